"""A flood in 姜店镇, a small network, trucks of two sizes, and an officer, a commander and a keeper."""

from types import SimpleNamespace

import pytest

from anlan.areas.supplies.allocation.models import ReliefNeed
from anlan.areas.supplies.allocation.requesting import Wanted, state_request
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.incidents.models import Incident
from anlan.foundation.places.models import Area
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build

#: 鱼邱湖 (the depot), 姜店 (the flood), 振兴 (茌平's depot).
SEATS = [(116.23, 36.86), (116.30, 36.80), (116.26, 36.58)]
#: Along the road from the depot to 姜店 and on to 振兴.
PLACES = {"近村": (116.265, 36.83), "中村": (116.29, 36.81), "远村": (116.26, 36.58)}


@pytest.fixture
def relief(store, city, incident):
    """Half the depot's water and all its tents are asked for in two places of 姜店镇."""
    keep_network(
        actor="test", area=city, title="测试路网", source="测试", is_synthetic=True,
        roads=build(nodes=SEATS, start=[0, 1, 0], end=[1, 2, 2], speed_kmh=[40, 40, 40]),
    )  # fmt: skip
    for depot, (lon, lat) in ((store.depot, SEATS[0]), (store.far, SEATS[2])):
        Depot.objects.filter(pk=depot.pk).update(lon=lon, lat=lat)
        depot.refresh_from_db()
    Item.objects.filter(pk=store.water.pk).update(weight_kg=13)
    Item.objects.filter(pk=store.tent.pk).update(weight_kg=60)
    for item in (store.water, store.tent):
        item.refresh_from_db()
    trucks = [
        Vehicle.objects.create(
            code=f"演P-{n}",
            name="货车",
            kind="truck",
            area_id="371526",
            capacity=capacity,
            driver="李师傅",
            phone="0635-0000001",
            lon=SEATS[0][0],
            lat=SEATS[0][1],
        )  # fmt: skip
        for n, capacity in enumerate(("载重 1 吨", "载重 2 吨"), 1)
    ]
    Incident.objects.filter(pk=incident.pk).update(status="responding")
    incident.refresh_from_db()
    town = Area.objects.get(pk="371526105")
    people = store.people
    near = (116.30, 36.80)
    request = state_request(
        actor=people["duty_officer"], incident=incident, area=town,
        wanted=[
            Wanted(area=town, place="姜店小学", item=store.water, quantity=30, people=90, lon=near[0], lat=near[1]),
            Wanted(area=town, place="姜店小学", item=store.tent, quantity=10, people=90, lon=near[0], lat=near[1]),
            Wanted(area=town, place="姜店敬老院", item=store.tent, quantity=20, lon=near[0] + 0.001, lat=near[1]),
        ],
    )  # fmt: skip
    return SimpleNamespace(
        store=store, incident=incident, request=request, trucks=trucks, town=town, officer=people["duty_officer"],
        commander=people["commander"], keeper=store.keeper, field=people["field"],
    )  # fmt: skip


@pytest.fixture
def villages(relief):
    """Three villages that want five tents each, and nothing else is asked for."""
    ReliefNeed.objects.all().delete()
    state_request(
        actor=relief.officer, incident=relief.incident, area=relief.town,
        wanted=[
            Wanted(area=relief.town, place=name, item=relief.store.tent, quantity=5, people=50, lon=lon, lat=lat)
            for name, (lon, lat) in PLACES.items()
        ],
    )  # fmt: skip
    return relief
