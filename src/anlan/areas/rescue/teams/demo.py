"""Sample teams of every kind with people, papers, equipment and agreements; two are led by people who can sign in."""

from datetime import timedelta

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.rescue.teams.models import (
    Agreement,
    Certificate,
    ChemicalPark,
    Equipment,
    Member,
    Shift,
    Team,
    TeamPart,
    Training,
)
from anlan.areas.rescue.teams.services import recompute
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

Kind, Role = Team.Kind, Team.ForestRole
#: Kind, name after the county's, people, vehicles, boats, pumps.
COUNTY_TEAMS = (
    (Kind.FIRE, "消防救援站", 45, 8, 2, 4),
    (Kind.FLOOD, "防汛抢险队", 60, 6, 6, 10),
    (Kind.GRASSROOTS, "", 20, 1, 0, 2),
)
#: Kind, name, people, vehicles, boats, pumps, unit; teams of the city.
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
    (Kind.EPIDEMIC, "市传染病防控队", 28, 5, 0, 0, "市卫生健康委"),
    (Kind.UTILITY, "市供水供气抢修队", 34, 9, 0, 3, "市城管局"),
    (Kind.WATER, "市水上搜救队", 22, 3, 6, 0, "市交通运输局"),
    (Kind.ENVIRONMENT, "市环境应急监测队", 18, 5, 0, 0, "市生态环境局"),
    (Kind.FOREST, "东阿镇专职消防员森林灭火队", 16, 2, 0, 2, ""),
    (Kind.FOREST, "景阳冈企业森林灭火后备队", 20, 2, 0, 2, ""),
)
#: How the forest teams are made up, in their order.
FOREST_ROLES = (Role.FULL_TIME, Role.PART_TIME, Role.RESERVE)
#: Led by a demo person: code, name, county, user, people, vehicles, boats, pumps.
LED = (
    ("DEMO-TEAM-L1", "市防汛抢险救援队", "371502", "duizhang", 85, 18, 12, 20),
    ("DEMO-TEAM-L2", "高唐县应急救援队", "371526", "duizhang2", 52, 9, 6, 12),
)
#: Papers by a member's job; what a team has by its kind.
PAPERS = {
    "leader": "应急救援指挥员岗位证",
    "driver": "特种车辆驾驶证",
    "medic": "急救员证",
    "rescuer": "应急救援员职业技能证书",
}
SKILLS = ("水域救援", "绳索救援", "破拆", "排涝", "无人机", "急救", "潜水", "危化品处置")
THINGS = (
    ("vehicle", "抢险救援车"),
    ("vehicle", "器材运输车"),
    ("pump", "移动排水泵车"),
    ("breathing", "正压式空气呼吸器"),
    ("detection", "复合气体检测仪"),
    ("cutting", "液压破拆工具组"),
    ("rope", "绳索救援套装"),
    ("communication", "防爆对讲机组"),
)
PARKS = (("DEMO-PARK-1", "371502"), ("DEMO-PARK-2", "371523"), ("DEMO-PARK-3", "371581"))


def load(city: Area) -> None:
    """Add the sample teams and what belongs to them."""
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
    if not sampler.add(Team, _placed(rows)):
        return
    teams = list(Team.objects.filter(is_demo=True).order_by("code"))
    _people(Sampler(city, "teampeople"), teams)
    _parks(Sampler(city, "chemicalparks"), teams)
    recompute(teams)


def _placed(rows: list[dict]) -> list[dict]:
    """Say of each team what level it is of, its station, its enterprise, its form, and whether it was accepted."""
    stations = {one.code: one for one in FireStation.objects.filter(is_demo=True)}
    works = _large_works()
    roles = iter(FOREST_ROLES)
    for row in rows:
        code, kind = row["code"], row["kind"]
        is_city = code.startswith(("DEMO-TEAM-C", "DEMO-TEAM-L1"))
        row["level"] = "unit" if kind in (Kind.ENTERPRISE, Kind.SOCIAL) else "city" if is_city else "county"
        if kind == Kind.GRASSROOTS:
            row["level"] = "township"
        if kind == Kind.FOREST:
            row["forest_role"] = next(roles)
            row["level"] = "city" if row["forest_role"] == Role.FULL_TIME else "unit"
        if kind == Kind.FIRE:
            row["station"] = stations.get("DEMO-FIRE-C1" if is_city else f"DEMO-FIRE-{row['area'].pk}-1")
            if row["station"] and row["station"].lon is not None:
                row["lon"], row["lat"] = row["station"].lon, row["station"].lat
        if kind == Kind.ENTERPRISE and works:
            found = works.pop(0)
            row |= {"enterprise_code": found.code, "department": found.department or row["department"]}
        if kind in (Kind.ENTERPRISE, Kind.CHEMICAL):
            row |= {"accepted_on": timezone.localdate() - timedelta(days=420), "accepted_by": "市应急局（示例）"}
    return rows


def _large_works() -> list:
    """The demo safety officer's enterprise, then the largest sample chemical works."""
    try:
        model = ledger("enterprises").model
    except KeyError:
        return []
    rows = model._default_manager.filter(is_demo=True, sector="chemical").select_related("department")
    return sorted(rows, key=lambda row: (row.department_id is None, -(row.employees or 0), row.code))[:2]


def _people(sampler: Sampler, teams: list[Team]) -> None:
    """A dozen people for each team with papers and insurance, equipment, training, and a running shift for most."""
    draw, members, papers, things, trained = sampler.random, [], [], [], []
    for team in teams:
        least = team.least_on_duty(0.3)
        for number in range(1, least + 7):
            job = ("leader", "driver", "medic", "signaller", "safety")[number - 1] if number < 6 else "rescuer"
            skills = "、".join(draw.sample(SKILLS, 2))
            code = f"{team.code}-P{number:02d}"
            members.append({"code": code, "team": team, "name": sampler.person(), "job": job, "phone": "",
                            "skills": skills, "insurer": "示例财险", "insured_until": sampler.day(-20, 340)})  # fmt: skip
        for number, (kind, name) in enumerate(draw.sample(THINGS, 5), 1):
            state = draw.choices(["serviceable", "repair"], [9, 1])[0]
            things.append({"code": f"{team.code}-E{number}", "team": team, "name": name, "kind": kind,
                           "count": draw.randint(1, 8) if kind != "vehicle" else 1, "state": state,
                           "inspected_until": sampler.day(-30, 360)})  # fmt: skip
        if team.drilled_on:
            trained.append(Training(team=team, kind="drill", title="防汛排涝拉动演练", held_on=team.drilled_on,
                                    people=draw.randint(12, 40), hours=3, result="集结超时 4 分钟，已整改", is_demo=True))  # fmt: skip
        trained.append(Training(team=team, kind="training", title="体能和器材操作训练", held_on=sampler.day(-40, -1),
                                people=draw.randint(8, 30), hours=4, is_demo=True))  # fmt: skip
    _keep(Member, members)
    for one in Member.objects.filter(team__in=teams).order_by("code"):
        if one.job in PAPERS:
            papers.append({"number": f"ZS-{one.code}", "member": one, "name": PAPERS[one.job],
                           "issued_on": sampler.day(-900, -400), "expires_on": sampler.day(-60, 900)})  # fmt: skip
    _keep(Certificate, papers)
    _keep(Equipment, things)
    Training.objects.bulk_create(trained)
    now = timezone.now()
    for team in teams:
        if draw.random() < 0.85:
            shift = Shift.objects.create(
                team=team, started_at=now - timedelta(hours=draw.randint(1, 20)), taken_by="值班队长", is_demo=True
            )
            shift.members.set(list(team.members.all())[: max(1, team.least_on_duty(0.3) + draw.randint(-2, 3))])


def _keep(model: type[TeamPart], rows: list[dict]) -> None:
    """Add rows with one history row each."""
    made = [model(is_demo=True, **row) for row in rows]
    bulk_create_with_history(made, model, batch_size=500, default_change_reason="demo")


def _parks(sampler: Sampler, teams: list[Team]) -> None:
    """The three chemical parks; two are covered, one only by an agreement that has run out."""
    counties = {county.pk for county in sampler.counties}
    rows = []
    for code, county in PARKS:
        spot = sampler.spot(county if county in counties else "")
        rows.append({"code": code, "name": f"{short(spot.county)}化工产业园（示例）", "area": spot.county,
                     "recognised_on": sampler.day(-1500, -1200), "lon": spot.lon, "lat": spot.lat})  # fmt: skip
    sampler.add(ChemicalPark, rows)
    parks = list(ChemicalPark.objects.filter(is_demo=True).order_by("code"))
    by_kind: dict[str, list[Team]] = {}
    for team in teams:
        by_kind.setdefault(team.kind, []).append(team)
    chemical = [*by_kind.get(Kind.CHEMICAL, ()), *by_kind.get(Kind.ENTERPRISE, ())]
    today, made = timezone.localdate(), []
    for number, (park, team) in enumerate(zip(parks, chemical, strict=False), 1):
        ends = today + timedelta(days=400 if number < 3 else -12)
        made.append({"code": f"DEMO-AGR-{number}", "team": team, "kind": "park", "park": park,
                     "content": "十五分钟内到达园区，含泡沫和气防", "signed_on": today - timedelta(days=700), "expires_on": ends})  # fmt: skip
    floods = by_kind.get(Kind.FLOOD, [])
    for number, (one, other) in enumerate(zip(floods, floods[1:], strict=False), 1):
        made.append({"code": f"DEMO-AGR-M{number}", "team": one, "kind": "mutual", "partner": other,
                     "content": "排涝设备和人员互助", "signed_on": today - timedelta(days=300),
                     "expires_on": today + timedelta(days=65 * number - 40)})  # fmt: skip
    _keep(Agreement, made)


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
