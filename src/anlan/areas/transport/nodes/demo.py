"""Sample transport nodes; invented places and numbers."""

from anlan.areas.transport.nodes.models import TransportNode
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind, Mode = TransportNode.Kind, TransportNode.Mode
#: Kind, mode, name, people an hour, tonnes a day; those of the city lie in its first county.
CITY = (
    (Kind.RAILWAY_STATION, Mode.RAIL, "中心火车站", 6000, None),
    (Kind.FREIGHT_YARD, Mode.RAIL, "铁路货场", None, 8000),
    (Kind.AIRPORT, Mode.AIR, "通用机场", 200, 60),
    (Kind.LOGISTICS, Mode.ROAD, "物流园区", None, 12000),
    (Kind.CITY_HUB, Mode.ROAD, "公交枢纽", 4000, None),
    (Kind.PORT, Mode.WATER, "运河码头", None, 500),
)
COUNTY = ((Kind.BUS_HUB, Mode.ROAD, "汽车客运站", 1200, None), (Kind.HELIPAD, Mode.AIR, "直升机起降点", 30, None))


def load(city: Area) -> None:
    """Add the sample nodes."""
    sampler = Sampler(city, "nodes")
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    places = [(sampler.counties[0], "市", *row) for row in CITY]
    places += [(county, short(county), *row) for county in sampler.counties for row in COUNTY]
    rows = []
    for number, (county, whose, kind, mode, name, people, tonnes) in enumerate(places, 1):
        spot = sampler.spot(county.pk)
        rows.append(
            {
                "code": f"DEMO-JD-{number:02d}", "name": f"{whose}{name}（示例）", "kind": kind, "mode": mode,
                "area": spot.county, "department": bureau if whose == "市" else None, "contact": sampler.person(),
                "phone": sampler.phone(), "people_an_hour": people, "tonnes_a_day": tonnes, "lon": spot.lon,
                "lat": spot.lat, "status": "limited" if number == 6 else "open",
            }
        )  # fmt: skip
    sampler.add(TransportNode, rows)
