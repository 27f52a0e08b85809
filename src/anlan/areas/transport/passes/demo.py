"""Sample passes: a white list, checkpoints, passes in every state and some checks."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.transport.passes import services
from anlan.areas.transport.passes.checking import record_check
from anlan.areas.transport.passes.models import Checkpoint, Pass, WhiteListEntry
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.sampling import Sampler, short
from anlan.foundation.places.models import Area

#: Carrier, plate, kind, category, cargo, starts in hours, lasts hours, what becomes of it.
PASSES = (
    ("市应急保障车队（示例）", "演A0001P", "truck", "living", "帐篷 200 顶、棉被 400 床", -5, 30, "used"),
    ("市应急保障车队（示例）", "演A0002P", "truck", "living", "瓶装水 12 吨", -5, 30, "used"),
    ("示例冷链物流公司", "演A0003P", "truck", "living", "鲜蔬菜 8 吨", -30, 24, "used"),
    ("示例冷链物流公司", "演A0004P", "truck", "living", "奶粉 2 吨", -30, 24, "unused"),
    ("示例工程机械公司", "演A0005P", "special", "equipment", "移动排水车 1 台", -2, 48, "unused"),
    ("示例电力抢修队", "演A0006P", "special", "service", "抢修人员 6 人、发电车", -8, 36, "revoked"),
    ("示例客运公司", "演A0007P", "bus", "staff", "医疗队员 30 人", 3, 12, "unused"),
    ("示例建材公司", "演A0008P", "truck", "production", "水泥 30 吨", 2, 90, "refused"),
    ("示例药业公司", "演A0009P", "van", "production", "消毒剂 1 吨", 1, 20, "applied"),
    ("示例石油公司", "演A0010P", "tanker", "production", "柴油 12 吨", 2, 48, "applied"),
)
#: What a check found, minutes after the pass began, seconds it took.
CHECKS = ((40, 9.5), (95, 7.0), (180, 12.0))


def load(city: Area) -> None:
    """Add the samples once."""
    sampler = Sampler(city, "passes")
    dispatcher = User.objects.filter(username="yunshu").first()
    police = User.objects.filter(username="jiaojing").first()
    if dispatcher is None or police is None or Pass.objects.exists():
        return
    bureau = Department.objects.filter(area=city, name="市交通运输局").first()
    sampler.add(WhiteListEntry, _white_list(city, bureau))
    sampler.add(Checkpoint, _checkpoints(sampler))
    for line in PASSES:
        _pass(sampler, city, dispatcher, police, line)


def _white_list(city: Area, bureau: Department | None) -> list[dict]:
    common = {"area": city, "most_hours": 72}
    return [
        common
        | {"code": "BMD-01", "department": bureau, "category": "living", "basis": "市级生活物资保供单位（示例）"},
        common | {"code": "BMD-02", "plate": "演A0005P", "basis": "市综合应急保障车队车辆（示例）"},
    ]


def _checkpoints(sampler: Sampler) -> list[dict]:
    rows = []
    for number, county in enumerate(sampler.counties, 1):
        spot = sampler.spot(county.pk)
        kind = (Checkpoint.Kind.TOLL, Checkpoint.Kind.POLICE)[number % 2]
        rows.append(
            {
                "code": f"CYD-{number:02d}", "kind": kind, "area": county, "lon": spot.lon, "lat": spot.lat,
                "name": f"{short(county)}{kind.label}（示例）", "road": ("G3京台高速", "聊城绕城高速", "省道")[number % 3],
            }
        )  # fmt: skip
    return rows


def _pass(sampler: Sampler, city: Area, dispatcher: User, police: User, line: tuple) -> None:
    carrier, plate, kind, category, cargo, starts, lasts, fate = line
    now = timezone.now().replace(second=0, microsecond=0)
    start = now + timedelta(hours=starts)
    record = services.apply_pass(
        actor=dispatcher, plate=plate, areas=[city], valid_from=start, is_exercise=True, vehicle_kind=kind,
        valid_until=max(start + timedelta(hours=lasts), now + timedelta(minutes=5)), carrier=carrier, cargo=cargo,
        category=category, driver=sampler.person(), phone=sampler.phone(), route="市储备库 — 聊高路 — 高唐县（示例）",
    )  # fmt: skip
    Pass.objects.filter(pk=record.pk).update(is_demo=True)
    if fate == "applied":
        return
    refused = fate == "refused"
    services.decide_pass(
        actor=police, record=record, is_approved=not refused, reason="时段超出保供需要，请缩短" if refused else ""
    )
    if fate == "used":
        places = list(Checkpoint.objects.order_by("code"))
        for number, (minutes, seconds) in enumerate(CHECKS):
            record_check(
                actor=police, key=f"demo-{plate}-{number}", checked_at=start + timedelta(minutes=minutes),
                checkpoint=places[(number + record.pk) % len(places)], text=record.token, method="camera", told="valid",
                was_let_through=True, list_at=start, seconds=seconds,
            )  # fmt: skip
    if fate == "revoked":
        services.revoke_pass(actor=police, record=record, reason="任务取消（示例）")
