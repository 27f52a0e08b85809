"""Sample headquarters with their seats; members are the demo people of the units, and some seats wait for a substitute."""

from anlan.areas.command.organisation.models import CommandBody, Seat
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

#: Code, name, kind, unit of its office, member units.
BODIES = (
    ("DEMO-CMD-00", "市应急救援总指挥部", "general", "市应急局", ("市公安局", "市消防救援支队", "市卫生健康委", "市交通运输局", "市财政局")),
    ("DEMO-CMD-01", "市防汛抗旱指挥部", "special", "市应急局", ("市水利局", "市气象局", "聊城黄河河务局", "市住房城乡建设局", "市农业农村局")),
    ("DEMO-CMD-02", "市危险化学品事故专项指挥部", "special", "市应急局", ("市生态环境局", "市消防救援支队", "市工业和信息化局", "市卫生健康委")),
    ("DEMO-CMD-03", "市公共卫生事件专项指挥部", "special", "市卫生健康委", ("市疾病预防控制中心", "市医保局", "市教育体育局", "市公安局")),
    ("DEMO-CMD-04", "市抗震救灾指挥部", "special", "市应急局", ("市地震监测中心", "市自然资源和规划局", "市住房城乡建设局", "市民政局")),
    ("DEMO-CMD-05", "市道路交通事故专项指挥部", "special", "市公安局", ("市交通运输局", "市消防救援支队", "市卫生健康委")),
)  # fmt: skip
DUTIES = {"总指挥": "全面指挥", "副总指挥": "协助指挥，分管现场处置", "成员": "按本单位职责参加处置"}


def load(city: Area) -> None:
    """Add the sample headquarters of the city and of each county, and their seats."""
    sampler = Sampler(city, "organisation")
    units = {unit.name: unit for unit in Department.objects.filter(area=city)}
    people = {}
    for person in User.objects.filter(is_demo=True, department__isnull=False).order_by("pk"):
        people.setdefault(person.department_id, []).append(person)
    bodies, seats = [], []
    for code, name, kind, office, members in BODIES:
        if office not in units:
            continue
        bodies.append({"code": code, "name": f"{name}（示例）", "kind": kind, "area": city, "office": units[office]})
        present = [units[member] for member in members if member in units]
        seats += _seats(code, city, units[office], present)
    for county in sampler.counties:
        bureau = Department.objects.filter(code=f"{county.pk}-yjj").first()
        if bureau is None:
            continue
        code, name = f"DEMO-CMD-{county.pk}", f"{county.name}应急救援总指挥部（示例）"
        bodies.append({"code": code, "name": name, "kind": "general", "area": county, "office": bureau})
        seats += _seats(code, county, bureau, [])
    sampler.add(CommandBody, bodies)
    made = {body.code: body for body in CommandBody.objects.filter(is_demo=True)}
    sampler.add(Seat, [_filled(sampler, seat, made, people) for seat in seats])


def _seats(code: str, area: Area, office: Department, members: list[Department]) -> list[dict]:
    titles = [("总指挥", office), ("副总指挥", office), *(("成员", unit) for unit in members)]
    return [
        {"code": f"{code}-{number:02d}", "body": code, "title": title, "area": area, "department": unit}
        for number, (title, unit) in enumerate(titles, 1)
    ]


def _filled(sampler: Sampler, seat: dict, bodies: dict, people: dict) -> dict:
    there = people.get(seat["department"].pk, [])
    return seat | {
        "body": bodies[seat["body"]],
        "duty": DUTIES[seat["title"]],
        "member": there[0] if there else None,
        "substitute": there[1] if len(there) > 1 else None,
        "valid_from": sampler.day(-300, -30),
    }
