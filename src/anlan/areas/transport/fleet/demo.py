"""Sample carriers, convoys with people, vehicles and gear: the city's meets the standard, some lack something."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.transport.fleet.models import Carrier, Convoy, Driver, Gear, Vehicle
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind = Vehicle.Kind
#: Kind, name, load t, seats, other capacity, height m, weight t; one of each in every county's convoy.
CONVOY = (
    (Kind.TRUCK, "厢式货车", 10.0, None, "", 3.6, 18.0),
    (Kind.TRUCK, "平板货车", 30.0, None, "", 3.2, 49.0),
    (Kind.BUS, "大客车", None, 49, "", 3.5, 16.0),
    (Kind.BUS, "中巴车", None, 23, "", 2.9, 8.0),
    (Kind.PUMP, "移动排水车", None, None, "1000 立方米/时", 3.3, 16.0),
    (Kind.EXCAVATOR, "挖掘机", None, None, "斗容 1.2 立方米", 3.1, 23.0),
    (Kind.CRANE, "汽车起重机", None, None, "25 吨", 3.5, 32.0),
    (Kind.AMBULANCE, "转运救护车", None, None, "监护型", 2.8, 4.0),
)
#: The same for what the city keeps, and how many.
CITY = (
    (Kind.COMMAND, "应急指挥车", None, None, "卫星、4G 图传", 3.4, 10.0, 2),
    (Kind.PUMP, "龙吸水排水车", None, None, "3000 立方米/时", 3.5, 20.0, 5),
    (Kind.TRUCK, "物资运输车", 15.0, None, "", 3.8, 25.0, 5),
    (Kind.BUS, "人员转移客车", None, 55, "", 3.6, 18.0, 4),
    (Kind.TOW, "清障车", None, None, "20 吨", 3.4, 20.0, 1),
)
#: Vehicles of the city whose terminals report where they are.
REPORTING = 12
GEAR = (("radio", 6), ("extinguisher", 12), ("first_aid", 3), ("triangle", 12), ("ration", 60))
LICENCE = {Kind.BUS: "A1", Kind.CRANE: "B2", Kind.TRUCK: "A2"}


def load(city: Area) -> None:
    """Add the samples; plates have no place in any series that is issued."""
    sampler = Sampler(city, "fleet")
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    carriers = _carriers(sampler, city)
    convoys = _convoys(sampler, city, bureau, carriers)
    rows = []
    for kind, name, load_t, seats, capacity, height, weight, count in CITY:
        spot = sampler.spot(sampler.counties[0].pk)
        facts = (kind, name, load_t, seats, capacity, height, weight)
        rows += [_vehicle(sampler, len(rows) + n, facts, spot, convoys["city"], bureau) for n in range(1, count + 1)]
    for county in sampler.counties:
        spot = sampler.spot(county.pk)
        for facts in CONVOY:
            rows.append(_vehicle(sampler, len(rows) + 1, facts, spot, convoys[county.pk], None))
    for number, row in enumerate(rows[:REPORTING]):
        row["terminal"] = f"199{number:08d}"
    _papers_of_the_city(rows)
    sampler.add(Vehicle, rows)
    sampler.add(Driver, _drivers(sampler, rows))
    sampler.add(Gear, _gear(sampler, convoys))


def _carriers(sampler: Sampler, city: Area) -> list[Carrier]:
    rows = [
        {
            "code": f"DEMO-YS-{number:02d}", "name": f"{name}（示例）", "business": business, "area": city,
            "is_backbone": number < 3, "permit": f"鲁交运管许可示例{number:04d}号",
            "permit_until": sampler.day(25, 900), "contact": sampler.person(), "phone": sampler.phone(),
        }
        for number, (name, business) in enumerate(
            (
                ("市交运集团", "mixed"),
                ("市汽车运输总公司", "goods"),
                ("市危险品运输公司", "hazardous"),
                ("市公共交通集团", "city"),
            ),
            1,
        )
    ]  # fmt: skip
    sampler.add(Carrier, rows)
    return list(Carrier.objects.filter(code__startswith="DEMO-YS-").order_by("code"))


def _convoys(sampler: Sampler, city: Area, bureau: Department | None, carriers: list[Carrier]) -> dict[str, Convoy]:
    """The city's convoy and one a county, by area; the city's under the key "city"."""
    rows = [("city", "DEMO-CD-00", "市综合应急保障车队（示例）", city, bureau)]
    rows += [
        (county.pk, f"DEMO-CD-{number:02d}", f"{short(county)}应急保障车队（示例）", county, None)
        for number, county in enumerate(sampler.counties, 1)
    ]
    spots = {key: sampler.spot(sampler.counties[0].pk if key == "city" else key) for key, *_ in rows}
    sampler.add(
        Convoy,
        [
            {
                "code": code, "name": name, "area": area, "department": unit, "carrier": carriers[number % 2],
                "leader": sampler.person(), "phone": sampler.phone(), "lon": spots[key].lon, "lat": spots[key].lat,
                "established_on": timezone.localdate() - timedelta(days=200 + 10 * number),
            }
            for number, (key, code, name, area, unit) in enumerate(rows)
        ],
    )  # fmt: skip
    kept = {one.code: one for one in Convoy.objects.filter(code__startswith="DEMO-CD-")}
    return {key: kept[code] for key, code, *_ in rows}


def _vehicle(sampler, number, facts, spot, convoy, department) -> dict:
    kind, name, load_t, seats, capacity, height, weight = facts
    return {
        "code": f"演P-{number:04d}",
        "name": name,
        "kind": kind,
        "area": spot.county,
        "department": department,
        "convoy": convoy,
        "carrier": convoy.carrier,
        "load_t": load_t,
        "seats": seats,
        "capacity": capacity,
        "height_m": height,
        "weight_t": weight,
        "driver": sampler.person(),
        "phone": sampler.phone(),
        "status": sampler.random.choices(["ready", "repair"], [11, 1])[0],
        "inspected_until": sampler.day(-15, 380),
        "lon": spot.lon,
        "lat": spot.lat,
    }


def _papers_of_the_city(rows: list[dict]) -> None:
    """The city's vehicles have their papers in order but one, which is in repair as well."""
    for number, row in enumerate(row for row in rows if row["convoy"].code == "DEMO-CD-00"):
        row["inspected_until"] = timezone.localdate() + timedelta(days=20 + 17 * number)
        row["status"] = "repair" if number == 3 else "ready"


def _drivers(sampler: Sampler, vehicles: list[dict]) -> list[dict]:
    rows = []
    for vehicle in vehicles:
        number, is_city = len(rows) + 1, vehicle["convoy"].code == "DEMO-CD-00"
        rows.append(
            {
                "code": f"DEMO-JS-{number:04d}", "name": vehicle["driver"], "duty": "driver",
                "phone": vehicle["phone"], "area": vehicle["area"], "carrier": vehicle["carrier"],
                "convoy": vehicle["convoy"], "licence": LICENCE.get(vehicle["kind"], "B2"),
                "licence_until": sampler.day(40 if is_city else -20, 1500),
                "qualification": "passengers" if vehicle["kind"] == Kind.BUS else "goods",
                "qualification_until": sampler.day(12 if is_city else -40, 1200),
            }
        )  # fmt: skip
    for number, convoy in enumerate({row["convoy"].code: row["convoy"] for row in rows}.values(), 1):
        for duty in ("leader", "mechanic", "medic"):
            rows.append(
                {
                    "code": f"DEMO-SC-{number:02d}-{duty}", "name": sampler.person(), "duty": duty,
                    "phone": sampler.phone(), "area": convoy.area, "carrier": convoy.carrier, "convoy": convoy,
                }
            )  # fmt: skip
    return rows


def _gear(sampler: Sampler, convoys: dict[str, Convoy]) -> list[dict]:
    """Gear of every convoy; every third county's extinguishers are past their end, and one has no radios."""
    rows = []
    for number, convoy in enumerate(convoys.values()):
        for kind, quantity in GEAR:
            if number == 2 and kind == "radio":
                continue
            until = {"extinguisher": -10 if number % 3 == 1 else 300, "first_aid": 200, "ration": 120}.get(kind)
            rows.append(
                {
                    "code": f"{convoy.code}-{kind}", "convoy": convoy, "kind": kind, "quantity": quantity,
                    "area": convoy.area,
                    "valid_until": timezone.localdate() + timedelta(days=until) if until is not None else None,
                }
            )  # fmt: skip
    return rows
