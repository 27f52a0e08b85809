"""Demo people: one for each role, one for each department and county; all with the same password, all flagged."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.places.models import Area

PASSWORD = "Anlan-demo-2026"  # noqa: S105  (shown on the sign-in page of a demo installation)

#: username, name, department, post, role, rank.
PEOPLE = (
    ("zhiban", "王建国", "市应急局", "指挥中心值班员", "duty_officer", 1),
    ("zhiban2", "刘敏", "市应急局", "指挥中心值班员", "duty_officer", 1),
    ("zhihui", "赵志刚", "市应急局", "指挥长", "commander", 2),
    ("fuzhihui", "孙立", "市应急局", "副指挥长", "commander", 3),
    ("yunshu", "周强", "市交通运输局", "运输调度员", "transport", 2),
    ("jiaojing", "许静", "市公安局", "交警执勤", "traffic_police", 2),
    ("fenxi", "郑爽", "市应急局", "风险分析员", "analyst", 6),
    ("ducha", "冯军", "市应急局", "督查员", "auditor", 7),
    ("xitong", "陈系", "市大数据局", "系统管理员", "system_administrator", 8),
    ("anquan", "褚安", "市大数据局", "安全管理员", "security_administrator", 8),
    ("shenji", "卫审", "市大数据局", "审计管理员", "audit_administrator", 8),
)
#: Units that the story needs and that are samples: code, name, kind, area code, post, role, username, name.
SAMPLE_UNITS = (
    (
        "demo-depot",
        "市应急物资储备中心（示例）",
        "institution",
        "371502",
        "仓库管理员",
        "warehouse",
        "cangku",
        "吴海",
    ),
    ("demo-works", "聊城示例化工有限公司", "enterprise", "371572", "安全员", "enterprise", "qiye", "蒋华"),
    ("demo-gas", "聊城示例燃气有限公司", "enterprise", "371502", "安全员", "enterprise", "ranqi", "宋凯"),
    (
        "demo-hospital",
        "市人民医院（示例）",
        "institution",
        "371502",
        "应急联络员",
        "hospital",
        "yiyuan",
        "沈洁",
    ),
    ("demo-team", "市防汛抢险救援队（示例）", "institution", "371502", "队长", "field", "duizhang", "韩勇"),
    (
        "demo-team-gt",
        "高唐县应急救援队（示例）",
        "institution",
        "371526",
        "队长",
        "field",
        "duizhang2",
        "杨帆",
    ),
)


def load(city: Area) -> None:
    """Create the demo people."""
    since = timezone.now() - timedelta(days=60)
    encoded = make_password(PASSWORD)

    def add(username: str, name: str, department: Department, title: str, role: str, rank: int) -> None:
        post, _ = Post.objects.get_or_create(department=department, title=title, defaults={"role": role, "rank": rank})
        number = 13800000000 + sum(ord(c) * 31**i for i, c in enumerate(username)) % 99999999
        make_user(
            username=username, full_name=name, encoded_password=encoded, department=department, posts=[post],
            phone=str(number), valid_from=since, is_demo=True, actor="demo",
        )  # fmt: skip

    units = {unit.name: unit for unit in Department.objects.filter(area=city)}
    for username, name, unit, title, role, rank in PEOPLE:
        add(username, name, units[unit], title, role, rank)
    for code, name, kind, area, title, role, username, person in SAMPLE_UNITS:
        area = area if Area.objects.filter(pk=area).exists() else city.code
        parent = units["市应急局"] if role == "warehouse" else None
        unit, _ = Department.objects.get_or_create(
            code=code, defaults={"name": name, "kind": kind, "area_id": area, "parent": parent, "is_demo": True}
        )
        add(username, person, unit, title, role, 2)
    for unit in Department.objects.filter(is_demo=False, posts__title="值班室").select_related("area").distinct():
        username = f"xianji-{unit.area_id}" if unit.code.endswith("-yjj") else f"bumen-{unit.code}"
        add(username, f"{unit.short_name or unit.name}值班", unit, "值班室", "department", 1)


def sign_ins() -> list[tuple[str, str, str]]:
    """Username, name and post of the sign-ins worth listing on a demo installation's sign-in page."""
    if not settings.ANLAN.demo:
        return []
    listed = [(p[0], p[1], f"{p[2]}{p[3]}") for p in PEOPLE]
    listed += [(u[6], u[7], f"{u[1]}{u[4]}") for u in SAMPLE_UNITS]
    return [*listed, ("xianji-371526", "高唐县应急局值班", "高唐县应急管理局值班室")]
