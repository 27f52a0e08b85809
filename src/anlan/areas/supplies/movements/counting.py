"""Stock-takes: open a sheet, enter what is found, hand it in; a second person approves the difference."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.depots.models import Depot
from anlan.areas.supplies.movements.models import Balance, Count, CountLine, Lot, Place, Slip
from anlan.areas.supplies.movements.posting import Line, Short, Side, write_slip
from anlan.areas.supplies.movements.services import DIFFERENCE, demand_depot
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit

Status = Count.Status


@transaction.atomic
def open_count(*, actor: User, depot: Depot) -> Count:
    """Begin a stock-take, or go on with the one that is open."""
    demand_depot(actor, depot)
    Depot.objects.select_for_update().get(pk=depot.pk)
    running = depot.counts.filter(status__in=(Status.OPEN, Status.REJECTED)).first()
    if running:
        return running
    count = Count.objects.create(depot=depot, counted_by=actor)
    audit.record(actor=actor, action="stock.count.open", subject=count)
    return count


def books(lot: Lot, depot: Depot) -> int:
    """What the books say of a lot in a depot now."""
    held = Balance.objects.filter(lot=lot, place=Place.DEPOT, depot=depot).values_list("quantity", flat=True)
    return held.first() or 0


@transaction.atomic
def enter(*, actor: User, count: Count, lot: Lot, counted: int, reason: str = "") -> CountLine:
    """Note what was found of a lot; entered again, the new figure counts, against the books of this moment."""
    count = Count.objects.select_for_update().get(pk=count.pk)
    demand_depot(actor, count.depot)
    if count.status not in (Status.OPEN, Status.REJECTED):
        raise ValidationError(_("这次盘点已经提交，不能再改。"))
    line = CountLine.objects.filter(count=count, lot=lot).first() or CountLine(count=count, lot=lot)
    line.expected, line.counted, line.reason = books(lot, count.depot), counted, reason
    line.counted_at = timezone.now()
    line.full_clean()
    line.save()
    return line


@transaction.atomic
def submit(*, actor: User, count: Count, remark: str = "") -> Count:
    """Hand the sheet in; every difference says why."""
    count = Count.objects.select_for_update().get(pk=count.pk)
    demand_depot(actor, count.depot)
    lines = list(count.lines.select_related("lot__item"))
    if count.status not in (Status.OPEN, Status.REJECTED):
        raise ValidationError(_("这次盘点已经提交。"))
    if not lines:
        raise ValidationError(_("还没有填写任何批次的实盘数量。"))
    silent = [line.lot.code for line in lines if line.variance and not line.reason.strip()]
    if silent:
        raise ValidationError(_("这些批次账实不符，请写明差异说明：%(lots)s。") % {"lots": "、".join(silent)})
    count.status, count.submitted_at, count.remark, count.counted_by = Status.SUBMITTED, timezone.now(), remark, actor
    count.save()
    audit.record(
        actor=actor, action="stock.count.submit", subject=count,
        details={line.lot.code: f"{line.expected}→{line.counted} {line.reason}" for line in lines if line.variance},
    )  # fmt: skip
    return count


@transaction.atomic
def decide(*, actor: User, count: Count, approves: bool, remark: str = "") -> Count:
    """Approve the differences, which adjusts the books, or send the sheet back; never whoever counted."""
    count = Count.objects.select_for_update(of=("self",)).select_related("depot").get(pk=count.pk)
    demand_depot(actor, count.depot, "act:stock.approve")
    if count.status != Status.SUBMITTED:
        raise ValidationError(_("这次盘点没有提交，或已经审批。"))
    if count.counted_by_id == actor.pk:
        raise ValidationError(_("盘点人不能审批自己的盘点，请另一位负责人审批。"))
    if not approves and not remark.strip():
        raise ValidationError({"remark": _("退回请写明原因。")})
    count.status = Status.APPROVED if approves else Status.REJECTED
    count.decided_by, count.decided_at, count.remark = actor, timezone.now(), remark or count.remark
    if approves:
        count.slip = _adjust(actor, count)
    count.save()
    audit.record(actor=actor, action=f"stock.count.{count.status}", subject=count, details={"remark": remark})
    return count


def _adjust(actor: User, count: Count) -> Slip | None:
    """Move every difference, so that what came and went since the counting stays counted."""
    depot = Side(Place.DEPOT, count.depot)
    lines = []
    for row in count.lines.select_related("lot__item"):
        if row.variance > 0:
            lines.append(Line(row.lot, row.variance, DIFFERENCE, depot))
        elif row.variance < 0:
            lines.append(Line(row.lot, -row.variance, depot, DIFFERENCE))
    if not lines:
        return None
    try:
        return write_slip(
            lines=lines, kind=Slip.Kind.COUNT, depot=count.depot, reason=f"盘点差异：{count}"[:200],
            author=count.counted_by, made_by=str(count.counted_by), signed_by=actor, signed_at=timezone.now(),
        )  # fmt: skip
    except Short as error:
        words = _("盘点以后又有出库，按盘亏数调整会少于零，没有调整：%(why)s 请退回重盘这一批。")
        raise ValidationError(words % {"why": " ".join(error.messages)}) from error
