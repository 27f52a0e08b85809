"""Sample fire stations: a special one, one or two in each county, a few small ones and brigades of towns."""

from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind = FireStation.Kind
#: Kind, name after the county's, people, vehicles, area from and to in km2.
COUNTY_STATIONS = (
    (Kind.FIRST, "消防救援站", 35, 7, (5.0, 7.8)),
    (Kind.SECOND, "第二消防救援站", 22, 5, (3.0, 4.4)),
    (Kind.VOLUNTEER, "镇专职消防队", 12, 2, None),
)
#: Kind, name, people, vehicles, area from and to in km2; all in the city's seat.
CITY_STATIONS = (
    (Kind.SPECIAL, "市特勤消防站", 55, 12, (6.0, 6.9)),
    (Kind.SMALL, "古城小型消防站", 15, 2, (1.2, 1.9)),
    (Kind.SMALL, "湖滨小型消防站", 15, 2, (1.4, 2.6)),
)


def load(city: Area) -> None:
    """Add the sample stations."""
    sampler = Sampler(city, "firestations")
    brigade = Department.objects.filter(area=city, name="市消防救援支队").first()
    seat = sampler.counties[0]
    rows = [_station(sampler, f"DEMO-FIRE-C{at}", "", seat, row, brigade) for at, row in enumerate(CITY_STATIONS, 1)]
    for county in sampler.counties:
        for at, row in enumerate(COUNTY_STATIONS, 1):
            rows.append(_station(sampler, f"DEMO-FIRE-{county.pk}-{at}", short(county), county, row, brigade))
    sampler.add(FireStation, rows)


def _station(sampler: Sampler, code: str, before: str, county: Area, row: tuple, department: Department | None) -> dict:
    kind, name, people, vehicles, sizes = row
    spot = sampler.spot(county.pk)
    return {
        "code": code,
        "name": f"{before}{name}（示例）",
        "kind": kind,
        "area": county,
        "department": department,
        "phone": sampler.phone(),
        "people": people + sampler.random.randint(-2, 5),
        "vehicles": vehicles,
        "area_km2": round(sampler.random.uniform(*sizes), 1) if sizes else None,
        "restructured_on": sampler.day(-1500, -1300) if sizes and sampler.random.random() < 0.8 else None,
        "lon": spot.lon,
        "lat": spot.lat,
    }
