"""A street of 20 km through 高唐县 with a station at its west end, and villages along it."""

import pytest

from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.places.models import Area
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build

#: Code, name, population, longitude; 60 km/h are about 0.0111 degrees a minute.
VILLAGES = [
    ("371526001001", "近村", 1000, 116.22),
    ("371526001002", "中村", 2000, 116.26),
    ("371526105202", "远村", 4000, 116.38),
    ("371502001001", "邻村", 8000, 116.39),
]


@pytest.fixture
def street(city, rules):
    """The network and the villages."""
    for code, name, people, lon in VILLAGES:
        Area.objects.create(
            code=code, name=name, level="village", parent_id=code[:9], population=people, lon=lon, lat=36.85
        )
    stops = [116.2 + 0.02 * at for at in range(11)]
    roads = build(
        nodes=[[lon, 36.85] for lon in stops], start=range(10), end=range(1, 11), speed_kmh=[60.0] * 10
    )  # fmt: skip
    return keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)


@pytest.fixture
def station(street):
    """A station at the street's west end."""
    return FireStation.objects.create(
        code="F1",
        name="西站",
        kind="first",
        area_id="371526",
        people=30,
        vehicles=5,
        area_km2=9.0,
        lon=116.2,
        lat=36.85,
    )
