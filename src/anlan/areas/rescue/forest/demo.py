"""Fictional forest farms on the sandy ground of the old Yellow River course, their teams, two water points each."""

from anlan.areas.rescue.forest.models import ForestCell, WaterPoint
from anlan.areas.rescue.teams.models import Team
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

Kind, Water = ForestCell.Kind, WaterPoint.Kind
Role = Team.ForestRole
#: County, name, kind, whether key, cells, and the form and name of a team that stands there.
FARMS = (
    ("371525", "冠北沙河林场", Kind.SHELTER, True, 5, Role.FULL_TIME, "扑火队"),
    ("371522", "莘西古道林场", Kind.SHELTER, True, 4, Role.FULL_TIME, "扑火队"),
    ("371503", "茌平故道林场", Kind.TIMBER, False, 3, None, ""),
    ("371526", "高唐鱼丘林场", Kind.SPECIAL, True, 3, Role.PART_TIME, "乡镇专职消防员扑火队"),
    ("371524", "阿胶山林区", Kind.SPECIAL, True, 3, None, ""),
)
#: Kind, name, cubic metres, pump, helicopter, first and last month.
WATERS = (
    (Water.POND, "塘坝", 12000.0, True, True, None, None),
    (Water.RIVER, "引水渠取水口", None, True, False, 3, 11),
)


def load(city: Area) -> None:
    """Add the sample forest and its water."""
    sampler = Sampler(city, "forest")
    bureau = Department.objects.filter(area=city, name="市自然资源和规划局").first()
    known = {county.pk for county in sampler.counties}
    cells, waters, teams = [], [], []
    for number, (county, farm, kind, is_key, count, role, team) in enumerate(FARMS, 1):
        if county not in known:
            continue
        spot = sampler.spot(county)
        if spot.lon is None:
            continue
        if role:
            teams.append(
                {
                    "code": f"DEMO-TEAM-F{number}", "name": f"{farm}{team}（示例）", "kind": Team.Kind.FOREST,
                    "forest_role": role, "area_id": county, "department": bureau, "phone": sampler.phone(), "people": 16,
                    "vehicles": 3, "pumps": 4, "turnout_limit_min": 10 if role == Role.FULL_TIME else None,
                    "level": "unit" if role == Role.FULL_TIME else "township", "lon": spot.lon, "lat": spot.lat,
                }
            )  # fmt: skip
        for at in range(count):
            cells.append(
                {
                    "code": f"DEMO-LQ-{number}{at + 1:02d}", "name": f"{farm}{at + 1}号林班（示例）", "farm": f"{farm}（示例）",
                    "area_id": county, "kind": kind, "is_key": is_key, "department": bureau, "phone": sampler.phone(),
                    "hectares": round(sampler.random.uniform(18, 140), 1),
                    "lon": round(spot.lon + sampler.random.gauss(0, 0.009), 5),
                    "lat": round(spot.lat + sampler.random.gauss(0, 0.007), 5),
                }
            )  # fmt: skip
        for at, (water, name, capacity, pump, helicopter, first, last) in enumerate(WATERS, 1):
            waters.append(
                {
                    "code": f"DEMO-SY-{number}{at}", "name": f"{farm}{name}（示例）", "kind": water, "area_id": county,
                    "capacity_m3": capacity, "by_pump": pump, "by_helicopter": helicopter, "from_month": first,
                    "to_month": last, "department": bureau, "checked_on": sampler.day(-200, -20),
                    "lon": round(spot.lon + sampler.random.gauss(0, 0.012), 5),
                    "lat": round(spot.lat + sampler.random.gauss(0, 0.01), 5),
                }
            )  # fmt: skip
    sampler.add(ForestCell, cells)
    sampler.add(WaterPoint, waters)
    sampler.add(Team, teams)
