"""Sample vehicles: a convoy in each county and the city's machines."""

from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind = Vehicle.Kind
#: Kind, name, capacity; one of each in every county's convoy.
CONVOY = (
    (Kind.TRUCK, "厢式货车", "载重 10 吨"),
    (Kind.TRUCK, "平板货车", "载重 30 吨"),
    (Kind.BUS, "大客车", "49 座"),
    (Kind.BUS, "中巴车", "23 座"),
    (Kind.PUMP, "移动排水车", "1000 立方米/时"),
    (Kind.EXCAVATOR, "挖掘机", "斗容 1.2 立方米"),
    (Kind.CRANE, "汽车起重机", "25 吨"),
    (Kind.AMBULANCE, "转运救护车", "监护型"),
)
#: Kind, name, capacity, how many the city keeps.
CITY = (
    (Kind.COMMAND, "应急指挥车", "卫星、4G 图传", 2),
    (Kind.PUMP, "龙吸水排水车", "3000 立方米/时", 5),
    (Kind.TRUCK, "物资运输车", "载重 15 吨", 5),
    (Kind.BUS, "人员转移客车", "55 座", 4),
)
#: Vehicles of the city whose terminals report where they are.
REPORTING = 12


def load(city: Area) -> None:
    """Add the sample vehicles; plates have no place in any series that is issued."""
    sampler = Sampler(city, "fleet")
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    rows = []
    for kind, name, capacity, count in CITY:
        spot = sampler.spot(sampler.counties[0].pk)
        rows += [
            _vehicle(sampler, len(rows) + number, kind, name, capacity, spot, bureau, "市综合应急保障车队（示例）")
            for number in range(1, count + 1)
        ]
    for county in sampler.counties:
        spot, convoy = sampler.spot(county.pk), f"{short(county)}应急保障车队（示例）"
        for kind, name, capacity in CONVOY:
            rows.append(_vehicle(sampler, len(rows) + 1, kind, name, capacity, spot, None, convoy))
    for number, row in enumerate(rows[:REPORTING]):
        row["terminal"] = f"199{number:08d}"
    sampler.add(Vehicle, rows)


def _vehicle(sampler, number, kind, name, capacity, spot, department, convoy) -> dict:
    return {
        "code": f"演P-{number:04d}",
        "name": name,
        "kind": kind,
        "area": spot.county,
        "department": department,
        "convoy": convoy,
        "capacity": capacity,
        "driver": sampler.person(),
        "phone": sampler.phone(),
        "status": sampler.random.choices(["ready", "repair"], [11, 1])[0],
        "inspected_until": sampler.day(-15, 380),
        "lon": spot.lon,
        "lat": spot.lat,
    }
