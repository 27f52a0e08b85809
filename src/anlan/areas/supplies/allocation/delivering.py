"""What becomes of a truck's load: checked, on its way, signed for, brought back; each with who and when."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation.models import ReliefRequest, Waybill, WaybillLine
from anlan.areas.supplies.allocation.planning import drop_onward, free_truck, load_aside, put_back
from anlan.areas.supplies.allocation.requesting import settle
from anlan.areas.supplies.allocation.rules import split
from anlan.areas.supplies.allocation.situation import left_of
from anlan.areas.supplies.allocation.stops import to_leave
from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.movements import delivering as stock
from anlan.areas.supplies.movements.models import Lot, Place
from anlan.areas.supplies.movements.services import demand_depot, reverse_slip
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.resources import services as resources
from anlan.foundation.resources.models import Assignment

Status = Waybill.Status
HOW = {"app": "手机签收", "phone": "电话确认", "paper": "纸质签收单"}


def _locked(waybill: Waybill, *states: str) -> Waybill:
    rows = Waybill.objects.select_for_update(of=("self",)).select_related("plan__incident", "depot", "slip")
    found = rows.get(pk=waybill.pk)
    if found.status not in states:
        raise ValidationError(_("运单现在是“%(status)s”，不能这样办理。") % {"status": found.get_status_display()})
    return found


def may_receive(user: User, waybill: Waybill) -> bool:
    """Whether the person takes signatures at the place where the truck goes."""
    return user.may("act:waybills.receive") and user.scope.contains(waybill.area_code)


@transaction.atomic
def check_load(*, actor: User, waybill: Waybill, picked: Mapping[Lot, int], reason: str = "") -> Waybill:
    """The keeper counts what is on the truck, lot by lot; less than planned needs a reason."""
    waybill = _locked(waybill, Status.TO_LOAD, Status.LOADED)
    demand_depot(actor, waybill.depot)
    planned = stock.carried(waybill.slip, Place.RESERVED)
    for lot, n in picked.items():
        if not 0 <= n <= planned.get(lot, 0):
            raise ValidationError(
                _("%(lot)s：应装 %(planned)s，不能装 %(taken)s。")
                % {"lot": lot, "planned": planned.get(lot, 0), "taken": n}
            )
    if not any(picked.values()):
        raise ValidationError(_("一件也没有装车：不发车请取消这张运单。"))
    if sum(picked.values()) < sum(planned.values()) and not reason.strip():
        raise ValidationError({"reason": _("装车数量少于计划数量，请写明原因。")})
    by_item: dict[int, int] = {}
    for lot, n in picked.items():
        by_item[lot.item_id] = by_item.get(lot.item_id, 0) + n
    _over_lines(waybill, by_item, "loaded")
    waybill.picked = {str(lot.pk): n for lot, n in picked.items() if n}
    waybill.status, waybill.loaded_by, waybill.loaded_at = Status.LOADED, str(actor), timezone.now()
    waybill.remark = reason[:200]
    waybill.save()
    audit.record(actor=actor, action="waybills.load", subject=waybill, details={"picked": waybill.picked})
    return waybill


def _over_lines(waybill: Waybill, by_item: Mapping[int, int], column: str) -> None:
    """Lay quantities of items over the lines of the way-bill, in their order."""
    for item in {line.item_id for line in waybill.lines.all()}:
        rows = list(WaybillLine.objects.filter(waybill=waybill, item=item).order_by("pk"))
        most = [row.loaded if column != "loaded" and row.loaded is not None else row.quantity for row in rows]
        for row, n in zip(rows, split(by_item.get(item, 0), most), strict=True):
            setattr(row, column, n)
            row.save(update_fields=[column])


@transaction.atomic
def depart(*, actor: User, waybill: Waybill) -> Waybill:
    """The truck leaves, of a round with the loads of all its stops; what it carries is in transit from now on."""
    trip = to_leave(waybill)
    waiting = [one for one in trip if one.status != Status.LOADED]
    if waiting:
        raise ValidationError(
            _("这一车还有 %(n)s 处没有装车核对：%(places)s。")
            % {"n": len(waiting), "places": "、".join(one.place for one in waiting)}
        )
    for one in trip or [waybill]:
        left = _depart(actor, one)
        waybill = left if one.pk == waybill.pk else waybill
    return waybill


def _depart(actor: User, waybill: Waybill) -> Waybill:
    waybill = _locked(waybill, Status.LOADED)
    lots = Lot.objects.select_related("item").in_bulk([int(pk) for pk in waybill.picked])
    picked = {lots[int(pk)]: n for pk, n in waybill.picked.items()}
    stock.leave(actor=actor, slip=waybill.slip, loaded=picked, reason=waybill.remark)
    waybill.status, waybill.left_by, waybill.left_at = Status.UNDER_WAY, str(actor), timezone.now()
    waybill.save(update_fields=["status", "left_by", "left_at"])
    _move_truck(actor, waybill, Assignment.Status.UNDER_WAY)
    audit.record(actor=actor, action="waybills.depart", subject=waybill)
    _tell(actor, waybill, f"{waybill.truck}从{waybill.depot}发车，送往{waybill.place}：{_carries(waybill, 'loaded')}")
    return waybill


def _move_truck(actor: User, waybill: Waybill, status: str) -> None:
    """Move the truck's assignment on, unless an earlier trip already did."""
    order = list(Assignment.Status.values)
    found = waybill.assignment
    if found is not None and order.index(found.status) < order.index(status):
        resources.follow(actor=actor, assignment=found, status=status)


def _carries(waybill: Waybill, column: str) -> str:
    totals: dict[Item, int] = {}
    for line in waybill.lines.select_related("item"):
        totals[line.item] = totals.get(line.item, 0) + (getattr(line, column) or 0)
    return "、".join(f"{item.name} {n} {item.unit}" for item, n in totals.items())


def _tell(actor: User, waybill: Waybill, text: str) -> None:
    record_entry(
        incident=waybill.plan.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor, text=f"{text}（{waybill.code}）",
        area_code=waybill.area_code, data={"waybill": waybill.pk, "status": waybill.status},
        lon=waybill.lon, lat=waybill.lat,
    )  # fmt: skip


@transaction.atomic
def receive(
    *,
    actor: User,
    waybill: Waybill,
    received: Mapping[WaybillLine, tuple[int, int]],
    receiver: str,
    phone: str = "",
    how: str = "app",
    reason: str = "",
) -> Waybill:
    """Somebody signs at the far end for what came, line by line (well, spoilt); the rest is missing and says why."""
    if waybill.to_depot_id:
        raise ValidationError(_("库间调拨由调入库在出入库单上接收。"))
    if not may_receive(actor, waybill):
        raise PermissionDenied(_("您不能为这个地点办理签收。"))
    waybill = _locked(waybill, Status.UNDER_WAY)
    if not receiver.strip():
        raise ValidationError({"receiver": _("请写明签收人。")})
    if how not in HOW:
        raise ValidationError({"how": _("请选择签收方式。")})
    good: dict[Item, int] = {}
    said = []
    for line in waybill.lines.select_related("item"):
        well, spoilt = received.get(line, (0, 0))
        loaded = line.loaded or 0
        if well < 0 or spoilt < 0 or well + spoilt > loaded:
            raise ValidationError(
                _("%(item)s：装车 %(loaded)s，完好和破损合计不能是 %(n)s。")
                % {"item": line.item, "loaded": loaded, "n": well + spoilt}
            )
        line.received, line.damaged = well, spoilt
        line.save(update_fields=["received", "damaged"])
        good[line.item] = good.get(line.item, 0) + well
        if well < loaded:
            said.append(f"{line.item.name}破损 {spoilt}、短少 {loaded - well - spoilt}")
    if said and not reason.strip():
        raise ValidationError({"reason": _("有破损或短少时，请写明原因。")})
    stock.hand_over(
        actor=actor, slip=waybill.slip, received=good, receiver=receiver,
        reason=f"{'；'.join(said)}：{reason}"[:200] if said else "",
    )  # fmt: skip
    waybill.status, waybill.received_at = Status.RECEIVED, timezone.now()
    waybill.received_by, waybill.received_phone = receiver.strip()[:60], phone.strip()[:30]
    waybill.received_how, waybill.recorded_by, waybill.remark = how, str(actor), reason[:200]
    waybill.save()
    _move_truck(actor, waybill, Assignment.Status.ON_SITE)
    free_truck(actor, waybill)
    for request in ReliefRequest.objects.filter(needs__lines__waybill=waybill).distinct():
        settle(request, left_of(request.needs.all()), waybill.received_at)
    details = {"receiver": receiver, "how": how, "difference": said, "reason": reason}
    audit.record(actor=actor, action="waybills.receive", subject=waybill, details=details)
    _tell(
        actor, waybill,
        f"{waybill.place}签收（{waybill.received_by}，{HOW[how]}）：{_carries(waybill, 'received')}"
        + (f"；{'；'.join(said)}，{reason}" if said else ""),
    )  # fmt: skip
    return waybill


@transaction.atomic
def take_in(slip_id: int) -> None:
    """A transfer was taken in by the other depot: what waited for it is set aside there, as much as came."""
    waybill = Waybill.objects.select_for_update(of=("self",)).filter(slip=slip_id, status=Status.UNDER_WAY).first()
    if waybill is None:
        return
    slip, actor = waybill.slip, waybill.plan.decided_by
    came: dict[int, int] = {}
    for movement in slip.movements.filter(target=Place.DEPOT, target_depot=slip.to_depot_id):
        came[movement.item_id] = came.get(movement.item_id, 0) + movement.quantity
    for line in waybill.lines.all():
        line.received = min(came.get(line.item_id, 0), line.loaded or 0)
        line.save(update_fields=["received"])
    waybill.status, waybill.received_at, waybill.received_by = Status.RECEIVED, slip.arrived_at, slip.arrived_by[:60]
    waybill.recorded_by = slip.arrived_by
    waybill.save()
    audit.record(actor=slip.arrived_by, action="waybills.take_in", subject=waybill, details={"came": came})
    _tell(actor, waybill, f"{waybill.to_depot}收到{waybill.depot}调拨：{_carries(waybill, 'received')}")
    for one in waybill.onward.filter(status=Status.WAITING).order_by("load_at", "stop"):
        _send_on(actor, one, came)
    _move_truck(actor, waybill, Assignment.Status.ON_SITE)
    free_truck(actor, waybill)


def _send_on(actor: User, waybill: Waybill, came: dict[int, int]) -> None:
    """Set aside for a trip what came of what it waited for; with nothing it is cancelled."""
    for line in waybill.lines.all():
        n = min(line.quantity, came.get(line.item_id, 0))
        came[line.item_id] = came.get(line.item_id, 0) - n
        if n < line.quantity:
            waybill.remark = "调拨到货少于计划，已减量"
        if n:
            WaybillLine.objects.filter(pk=line.pk).update(quantity=n)
        else:
            line.delete()
    if not waybill.lines.exists():
        put_back(actor=actor, waybill=waybill, reason="调拨的物资没有到货")
        return
    try:
        with transaction.atomic():
            load_aside(actor, waybill)
    except (PermissionDenied, ValidationError) as problem:
        # What came stays in the depot's free stock; taking it in is never held up by what was planned with it.
        waybill.slip, waybill.status = None, Status.WAITING
        waybill.remark = f"到货后没有锁定成功，请重编方案：{problem}"[:200]
        _tell(actor, waybill, f"{waybill.place}的车次没有锁定到物资，请重编方案")
    waybill.save()


@transaction.atomic
def cancel(*, actor: User, waybill: Waybill, reason: str) -> Waybill:
    """Take a way-bill back before its truck leaves."""
    demand_incident(actor, waybill.plan.incident, "act:allocationplans")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明取消的原因。")})
    made = put_back(actor=actor, waybill=waybill, reason=reason)
    _tell(actor, made, f"取消车次：{made.truck}，{made.depot}→{made.place}。{reason}")
    return made


@transaction.atomic
def turn_back(*, actor: User, waybill: Waybill, reason: str) -> Waybill:
    """The truck came back with its load; all of it lies in the depot again."""
    waybill = _locked(waybill, Status.UNDER_WAY)
    demand(actor, "act:stock")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明返回的原因。")})
    reverse_slip(actor=actor, slip=waybill.slip, reason=reason)
    waybill.status, waybill.remark = Status.CANCELLED, reason[:200]
    waybill.save(update_fields=["status", "remark"])
    free_truck(actor, waybill)
    audit.record(actor=actor, action="waybills.turn_back", subject=waybill, details={"reason": reason})
    drop_onward(actor, waybill, reason)
    _tell(actor, waybill, f"{waybill.truck}未送达，原车返回{waybill.depot}。{reason}")
    return waybill
