"""Sample teams of every kind; two of them are led by people who can sign in."""

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind = Team.Kind
#: Kind, name after the county's, people, vehicles, boats, pumps.
COUNTY_TEAMS = (
    (Kind.FIRE, "消防救援站", 45, 8, 2, 4),
    (Kind.FLOOD, "防汛抢险队", 60, 6, 6, 10),
    (Kind.GRASSROOTS, "", 20, 1, 0, 2),
)
#: Kind, name, people, vehicles, boats, pumps, unit.
CITY_TEAMS = (
    (Kind.ENGINEERING, "市工程抢险队", 80, 22, 0, 6, "市住房城乡建设局"),
    (Kind.ROAD, "市公路抢通队", 70, 30, 0, 2, "市交通运输局"),
    (Kind.COMMUNICATION, "市应急通信保障队", 24, 6, 0, 0, "市大数据局"),
    (Kind.MEDICAL, "市紧急医学救援队", 36, 8, 0, 0, "市卫生健康委"),
    (Kind.CHEMICAL, "市危险化学品救援队", 48, 12, 0, 6, "市应急局"),
    (Kind.FOREST, "市林地灭火队", 30, 5, 0, 3, "市自然资源和规划局"),
    (Kind.FLOOD, "黄河防汛机动队", 65, 16, 8, 12, "聊城黄河河务局"),
    (Kind.FIRE, "市消防特勤站", 60, 14, 4, 6, "市消防救援支队"),
    (Kind.ENTERPRISE, "示例化工专职救援队", 26, 5, 0, 4, ""),
    (Kind.ENTERPRISE, "示例热电专职救援队", 18, 3, 0, 4, ""),
    (Kind.SOCIAL, "水城志愿救援队", 40, 6, 5, 2, ""),
    (Kind.SOCIAL, "运河志愿救援队", 32, 4, 4, 1, ""),
)
#: Led by a demo person: code, name, county, user, people, vehicles, boats, pumps.
LED = (
    ("DEMO-TEAM-L1", "市防汛抢险救援队", "371502", "duizhang", 85, 18, 12, 20),
    ("DEMO-TEAM-L2", "高唐县应急救援队", "371526", "duizhang2", 52, 9, 6, 12),
)


def load(city: Area) -> None:
    """Add the sample teams."""
    sampler = Sampler(city, "teams")
    units = {unit.name: unit for unit in Department.objects.filter(area=city)}
    rows = [_led(sampler, row) for row in LED if any(county.pk == row[2] for county in sampler.counties)]
    seat = sampler.counties[0].pk
    for number, (kind, name, *sizes, unit) in enumerate(CITY_TEAMS, 1):
        rows.append(_team(sampler, f"DEMO-TEAM-C{number:02d}", kind, name, sizes, units.get(unit), sampler.spot(seat)))
    for county in sampler.counties:
        bureau = Department.objects.filter(code=f"{county.pk}-yjj").first()
        for number, (kind, name, *sizes) in enumerate(COUNTY_TEAMS, 1):
            spot = sampler.spot(county.pk)
            title = f"{short(county)}{name}" if name else f"{spot.township.name}应急救援站"
            rows.append(_team(sampler, f"DEMO-TEAM-{county.pk}-{number}", kind, title, sizes, bureau, spot))
    sampler.add(Team, rows)


def _team(sampler, code, kind, name, sizes, department, spot) -> dict:
    people, vehicles, boats, pumps = sizes
    draw = sampler.random
    return {
        "code": code,
        "name": f"{name}（示例）",
        "kind": kind,
        "area": spot.county,
        "department": department,
        "phone": sampler.phone(),
        "people": people + draw.randint(-4, 8),
        "vehicles": vehicles,
        "boats": boats,
        "pumps": pumps,
        "standby": draw.choices(["ready", "rest", "off"], [12, 2, 1])[0],
        "drilled_on": sampler.day(-260, -5),
        "inspected_on": sampler.day(-220, -2) if draw.random() < 0.9 else None,
        "lon": spot.lon,
        "lat": spot.lat,
    }


def _led(sampler, row) -> dict:
    code, name, county, username, *sizes = row
    leader = User.objects.filter(username=username).first()
    team = _team(sampler, code, Kind.FLOOD, name, sizes, leader.department if leader else None, sampler.spot(county))
    return team | {"leader": leader, "standby": "ready", "drilled_on": sampler.day(-60, -5)}
