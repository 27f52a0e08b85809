"""Sample units that owe exercises, and what they planned and held; some are late."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.foundation.accounts.models import Department
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

#: Category, what the name says, how many, months between exercises, plans that they drill.
UNITS = (
    ("high_risk", "示例化工{}号有限公司", 14, 6, ("危险化学品泄漏专项应急预案", "火灾爆炸专项应急预案")),
    ("crowded_place", "示例商场{}号", 8, 6, ("人员疏散应急预案", "火灾应急预案")),
    ("plant_site", "示例化工{}号厂区", 8, 6, ("受限空间作业现场处置方案", "罐区泄漏现场处置方案")),
    ("other_enterprise", "示例轴承{}号有限公司", 12, 12, ("生产安全事故综合应急预案", "触电现场处置方案")),
    ("township", "", 10, 12, ("防汛应急预案", "森林火灾应急预案")),
)
LESSONS = ("通信联络不畅，补充对讲机。", "疏散路线标识不清，已更换。", "物资清单与实物不符，已核对。", "")


def load(city: Area) -> None:
    """Add the sample units and exercises; the first of the high-risk ones is the demo safety officer's."""
    sampler = Sampler(city, "exercises")
    own = Department.objects.filter(code="demo-works").first()
    units, months, plans = [], {}, {}
    for category, words, count, every, drilled in UNITS:
        for number in range(1, count + 1):
            spot = sampler.spot()
            code = f"DEMO-EXU-{len(units) + 1:03d}"
            is_own = category == "high_risk" and number == 1 and own is not None
            name = f"{short(spot.county)}{words.format(f'{number:02d}')}" if words else f"{spot.township}（示例）"
            units.append(
                {
                    "code": code,
                    "name": own.name if is_own else name,
                    "category": category,
                    "area": own.area if is_own else spot.township,
                    "department": own if is_own else None,
                    "since": sampler.day(-900, -700),
                    "contact": sampler.person(),
                    "phone": sampler.phone(),
                }
            )
            months[code], plans[code] = every, drilled
    sampler.add(ExerciseUnit, units)
    rows = []
    for unit in ExerciseUnit.objects.filter(is_demo=True).order_by("code"):
        rows += _exercises(sampler, unit, months[unit.code], plans[unit.code], len(rows))
    sampler.add(Exercise, rows)


def _exercises(sampler: Sampler, unit: ExerciseUnit, months: int, plans: tuple[str, ...], before: int) -> list[dict]:
    """Two that were held, the later of them some time ago, and for most units one ahead."""
    today = timezone.localdate()
    last = sampler.random.randint(5, int(months * 36))
    days = [-last - int(months * 28), -last]
    if sampler.random.random() < 0.6:
        days.append(sampler.random.randint(3, 60))
    kind = "on_site" if unit.category == "plant_site" else sampler.random.choice(("tabletop", "live", "live"))
    rows = []
    for day in days:
        plan = sampler.random.choice(plans)
        on, is_held = today + timedelta(days=day), day < 0
        is_assessed = is_held and sampler.random.random() < 0.85
        rows.append(
            {
                "code": f"DEMO-EX-{before + len(rows) + 1:03d}",
                "name": f"{plan.removesuffix('应急预案').removesuffix('方案')}演练（示例）",
                "unit": unit,
                "area": unit.area,
                "kind": kind,
                "coverage": "single" if kind == "on_site" else sampler.random.choice(("comprehensive", "special")),
                "plan": plan,
                "planned_on": on,
                "status": "held" if is_held else "planned",
                "held_on": on if is_held else None,
                "participants": sampler.random.randint(12, 180) if is_held else None,
                "score": sampler.random.randint(70, 97) if is_assessed else None,
                "lessons": sampler.random.choice(LESSONS) if is_assessed else "",
            }
        )
    return rows
