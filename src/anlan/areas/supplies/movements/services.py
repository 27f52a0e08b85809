"""Receive, issue, transfer, lend, take back, rotate, scrap, sign, reverse: each a slip with its movements.

Slips are official records: what they say is Chinese, whatever language their writer reads.
"""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import Lot, Movement, Place, Slip
from anlan.areas.supplies.movements.posting import Line, Side, post, write_slip
from anlan.areas.supplies.movements.queries import depots_kept
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, meet_clocks, start_clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import TransferArrived
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.resources.models import Assignment
from anlan.foundation.rules.queries import rule

Kind = Slip.Kind
#: Where each kind of outgoing slip takes what leaves the depot.
DESTINATIONS = {
    Kind.ISSUE: Place.INCIDENT,
    Kind.TRANSFER: Place.TRANSIT,
    Kind.LOAN: Place.LOAN,
    Kind.ROTATION: Place.ROTATION,
    Kind.SCRAP: Place.SCRAP,
}
SUPPLIER, DIFFERENCE = Side(Place.SUPPLIER), Side(Place.DIFFERENCE)
Quantities = Mapping[Lot, int]


def demand_depot(actor: User, depot: Depot, capability: str = "act:stock") -> None:
    """The actor may do this at this depot: by role, by area, and because the own unit keeps it or stands above."""
    demand(actor, capability)
    if not depots_kept(actor).filter(pk=depot.pk).exists():
        raise PermissionDenied(_("“%(depot)s”不归您管理。") % {"depot": depot})


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("请写明事由。")})


def _sent_before(key: str) -> Slip | None:
    """The slip that this submission already made."""
    return Slip.objects.filter(key=key).first() if key else None


def _audit(actor: User, slip: Slip, verb: str = "") -> None:
    said = [f"{m.lot.code} {m.quantity} {m.source}→{m.target}" for m in slip.movements.select_related("lot")]
    audit.record(
        actor=actor, action=f"stock.{verb or slip.kind}", subject=slip, details={"lines": said, "reason": slip.reason}
    )


@transaction.atomic
def receive(
    *, actor: User, depot: Depot, quantity: int, reason: str, item: Item | None = None, lot: Lot | None = None,
    batch: str = "", supplier: str = "", produced_on: date | None = None, expires_on: date | None = None,
    bin: str = "", origin: Slip | None = None, key: str = "",
) -> Slip:  # fmt: skip
    """Take in supplies: as a new lot of an item, or more of a known lot. Its end follows from the shelf life if unsaid."""
    demand_depot(actor, depot)
    if made := _sent_before(key):
        return made
    _demand_reason(reason)
    if lot is None:
        if item is None:
            raise ValidationError({"item": _("请选择物资。")})
        lot = make_lot(item=item, batch=batch, supplier=supplier, produced_on=produced_on, expires_on=expires_on)
    slip = write_slip(
        lines=[Line(lot, quantity, SUPPLIER, Side(Place.DEPOT, depot), bin)], kind=Kind.RECEIPT, depot=depot,
        party=supplier or lot.supplier, reason=reason, origin=origin, key=key or None, author=actor,
        made_by=str(actor),
    )  # fmt: skip
    _audit(actor, slip)
    return slip


def make_lot(*, item: Item, produced_on: date | None = None, expires_on: date | None = None, **fields: object) -> Lot:
    """Enter a lot under a number of its own."""
    if expires_on is None and produced_on and item.shelf_life_months:
        expires_on = produced_on + timedelta(days=round(item.shelf_life_months * 30.4375))
    if produced_on and expires_on and expires_on < produced_on:
        raise ValidationError({"expires_on": _("有效期不能早于生产日期。")})
    lot = Lot(item=item, produced_on=produced_on, expires_on=expires_on, **fields)
    lot.code = f"{item.code}-{secrets.token_hex(3).upper()}"
    lot.full_clean()
    lot.save()
    return lot


@transaction.atomic
def send_out(
    *, actor: User, kind: str, depot: Depot, quantities: Quantities, reason: str, party: str = "",
    to_depot: Depot | None = None, incident: Incident | None = None, assignment: Assignment | None = None,
    approver: str = "", key: str = "",
) -> Slip:  # fmt: skip
    """Take lots out of a depot: issue them, send them to another depot, lend, rotate or scrap them.

    An issue is for an incident (by its assignment of this depot), or allowed by word of mouth: then `approver` says by
    whom, and a second person signs within the limit of the rule.
    """
    demand_depot(actor, depot)
    if made := _sent_before(key):
        return made
    _demand_reason(reason)
    if kind not in DESTINATIONS:
        raise ValidationError({"kind": _("这种单据不能出库。")})
    if assignment is not None:
        _demand_assignment(assignment, depot)
        incident = assignment.request.incident
    _demand_destination(kind, depot, to_depot, party, incident, approver)
    if kind == Kind.ISSUE:
        _demand_usable(quantities)
    place = DESTINATIONS[Kind(kind)]
    target = Side(place, {Place.TRANSIT: to_depot, Place.LOAN: depot}.get(place))
    slip = write_slip(
        lines=[Line(lot, n, Side(Place.DEPOT, depot), target) for lot, n in quantities.items() if n],
        kind=kind, depot=depot, to_depot=to_depot, party=party, incident=incident, assignment=assignment,
        reason=reason, approver=approver if kind == Kind.ISSUE else "", key=key or None, author=actor,
        made_by=str(actor), is_exercise=bool(incident and incident.is_exercise),
    )  # fmt: skip
    if slip.waits_for_signature:
        _start_signing(slip)
    if incident is not None:
        _tell_incident(actor, slip)
    _audit(actor, slip)
    return slip


def _demand_assignment(assignment: Assignment, depot: Depot) -> None:
    if assignment.ledger != "depots" or assignment.object_id != depot.pk:
        raise ValidationError({"assignment": _("这项调派不是派给本库的。")})
    if assignment.status == Assignment.Status.RELEASED:
        raise ValidationError({"assignment": _("这项调派已经撤出。")})


def _demand_destination(
    kind: str, depot: Depot, to_depot: Depot | None, party: str, incident: Incident | None, approver: str
) -> None:
    if kind == Kind.TRANSFER and (to_depot is None or to_depot == depot):
        raise ValidationError({"to_depot": _("请选择调入的另一个储备库。")})
    if kind != Kind.TRANSFER and to_depot is not None:
        raise ValidationError({"to_depot": _("只有调拨才有调入库。")})
    if kind == Kind.LOAN and not party.strip():
        raise ValidationError({"party": _("请写明借给哪个单位。")})
    if kind == Kind.ISSUE and incident is None and not approver.strip():
        raise ValidationError({"approver": _("没有资源调派的出库，请写明口头批准人，并在时限内补签。")})
    if incident is not None and incident.status == Incident.Status.CLOSED:
        raise ValidationError({"incident": _("突发事件已经结案。")})


def _demand_usable(quantities: Quantities) -> None:
    for lot, quantity in quantities.items():
        if quantity and (lot.is_expired() or lot.fitness == Lot.Fitness.UNFIT):
            why = _("已过期") if lot.is_expired() else _("检验不合格")
            raise ValidationError(_("%(lot)s %(why)s，不能发出使用，请报废或轮换。") % {"lot": lot, "why": why})


def _start_signing(slip: Slip) -> None:
    limit = rule("supplies.verbal_approval")
    start_clock(
        subject=slip, kind=Clock.Kind.OPERATIONAL, title=f"补签口头批准的出库 {slip.code}",
        due_at=slip.made_at + timedelta(hours=limit.params["hours"]), started_at=slip.made_at,
        area_code=slip.depot.area_id, rule=limit.reference, citation=limit.citation,
        incident_id=slip.incident_id, department=slip.depot.department, is_exercise=slip.is_exercise,
    )  # fmt: skip


def _tell_incident(actor: User, slip: Slip) -> None:
    sums = slip.movements.values("item__name", "item__unit").annotate(n=Sum("quantity")).order_by("item__name")
    said = "、".join(f"{row['item__name']} {row['n']} {row['item__unit']}" for row in sums)
    record_entry(
        incident=slip.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor,
        text=f"{slip.depot}{slip.get_kind_display()}：{said}（{slip.code}）", data={"slip": slip.pk},
    )  # fmt: skip


@transaction.atomic
def sign(*, actor: User, slip: Slip) -> Slip:
    """Sign for an issue that was allowed by word of mouth; whoever issued it does not sign it."""
    demand_depot(actor, slip.depot, "act:stock.approve")
    slip = Slip.objects.select_for_update().get(pk=slip.pk)
    if not slip.waits_for_signature:
        raise ValidationError(_("这张单据不需要补签，或已经补签。"))
    if slip.author_id == actor.pk:
        raise ValidationError(_("经办人不能给自己补签，请另一位负责人补签。"))
    slip.signed_by, slip.signed_at = actor, timezone.now()
    slip.save(update_fields=["signed_by", "signed_at"])
    meet_clocks(subject=slip)
    _audit(actor, slip, "sign")
    return slip


@transaction.atomic
def arrive(*, actor: User, slip: Slip, quantities: Quantities, reason: str = "") -> Slip:
    """Take a transfer in at its end; what is missing is written off as a difference, with a reason."""
    slip = Slip.objects.select_for_update(of=("self",)).select_related("depot", "to_depot").get(pk=slip.pk)
    if slip.kind != Kind.TRANSFER:
        raise ValidationError(_("这不是调拨单。"))
    demand_depot(actor, slip.to_depot)
    if not slip.is_under_way or slip.answers.exists():
        raise ValidationError(_("这张调拨单已经接收或冲销。"))
    transit, depot = Side(Place.TRANSIT, slip.to_depot), Side(Place.DEPOT, slip.to_depot)
    lines = []
    for lot, sent in outstanding(slip).items():
        came = quantities.get(lot, 0)
        if not 0 <= came <= sent:
            raise ValidationError(
                _("%(lot)s：发出 %(sent)s，不能接收 %(came)s。") % {"lot": lot, "sent": sent, "came": came}
            )
        lines += [Line(lot, came, transit, depot)] if came else []
        lines += [Line(lot, sent - came, transit, DIFFERENCE)] if came < sent else []
    if any(line.target == DIFFERENCE for line in lines) and not reason.strip():
        raise ValidationError({"reason": _("接收数量少于发出数量，请写明原因。")})
    post(slip=slip, lines=lines, made_by=str(actor), reason=reason or slip.reason)
    slip.arrived_by, slip.arrived_at = str(actor), timezone.now()
    slip.save(update_fields=["arrived_by", "arrived_at"])
    _audit(actor, slip, "arrive")
    publish(TransferArrived(slip=slip.pk, depot=slip.to_depot_id, area_code=slip.to_depot.area_id))
    return slip


def _lots(slip: Slip) -> dict[Lot, int]:
    """What a slip took out of its depot, by lot."""
    found: dict[Lot, int] = {}
    for movement in slip.movements.filter(source=Place.DEPOT).select_related("lot__item"):
        found[movement.lot] = found.get(movement.lot, 0) + movement.quantity
    return found


def outstanding(slip: Slip) -> dict[Lot, int]:
    """What was issued or lent and has not come back, by lot; of a delivery what somebody signed for; of a transfer all that
    was put on the road."""
    if slip.kind == Kind.TRANSFER:
        return _brought(slip, Place.TRANSIT)
    found = _brought(slip, Place.INCIDENT) if slip.is_delivery else _lots(slip)
    came = Movement.objects.filter(slip__origin=slip, slip__kind=Kind.RETURN, target=Place.DEPOT)
    undone = Movement.objects.filter(slip__origin__origin=slip, slip__kind=Kind.REVERSAL, source=Place.DEPOT)
    for movement in came.select_related("lot__item"):
        found[movement.lot] -= movement.quantity
    for movement in undone.select_related("lot__item"):
        found[movement.lot] += movement.quantity
    return {lot: n for lot, n in found.items() if n > 0}


def _brought(slip: Slip, place: Place) -> dict[Lot, int]:
    """What a slip brought to a place, by lot."""
    found: dict[Lot, int] = {}
    for movement in slip.movements.filter(target=place).select_related("lot__item"):
        found[movement.lot] = found.get(movement.lot, 0) + movement.quantity
    return found


@transaction.atomic
def take_back(*, actor: User, slip: Slip, quantities: Quantities, reason: str, key: str = "") -> Slip:
    """Take back what an issue or a loan gave out, never more than it gave."""
    slip = Slip.objects.select_for_update(of=("self",)).select_related("depot").get(pk=slip.pk)
    demand_depot(actor, slip.depot)
    if made := _sent_before(key):
        return made
    _demand_reason(reason)
    if slip.kind not in (Kind.ISSUE, Kind.LOAN):
        raise ValidationError(_("只有出库单和借出单可以归还。"))
    left = outstanding(slip) if not is_reversed(slip) else {}
    for lot, quantity in quantities.items():
        if quantity > left.get(lot, 0):
            raise ValidationError(
                _("%(lot)s：还有 %(left)s 没有归还，不能归还 %(n)s。")
                % {"lot": lot, "left": left.get(lot, 0), "n": quantity}
            )
    source = Side(Place.LOAN, slip.depot) if slip.kind == Kind.LOAN else Side(Place.INCIDENT)
    made = write_slip(
        lines=[Line(lot, n, source, Side(Place.DEPOT, slip.depot)) for lot, n in quantities.items() if n],
        kind=Kind.RETURN, depot=slip.depot, party=slip.party, incident=slip.incident, origin=slip, reason=reason,
        key=key or None, author=actor, made_by=str(actor), is_exercise=slip.is_exercise,
    )  # fmt: skip
    if slip.incident is not None:
        _tell_incident(actor, made)
    _audit(actor, made)
    return made


def is_reversed(slip: Slip) -> bool:
    return slip.answers.filter(kind=Kind.REVERSAL).exists()


@transaction.atomic
def reverse_slip(*, actor: User, slip: Slip, reason: str) -> Slip:
    """Undo a slip by its counter-movements; the slip and its reversal both stay."""
    slip = Slip.objects.select_for_update(of=("self",)).select_related("depot", "to_depot").get(pk=slip.pk)
    demand_depot(actor, slip.depot)
    _demand_reason(reason)
    if slip.kind in (Kind.REVERSAL, Kind.OPENING, Kind.COUNT):
        raise ValidationError(_("期初、盘点和冲销单不能冲销，请用盘点调整。"))
    if any(not is_reversed(answer) for answer in slip.answers.exclude(kind=Kind.REVERSAL)) or is_reversed(slip):
        raise ValidationError(_("这张单据已有后续单据或已经冲销，不能再冲销。"))
    if slip.kind == Kind.TRANSFER and slip.arrived_at is not None:
        demand_depot(actor, slip.to_depot)
    lines = [
        Line(m.lot, m.quantity, Side(Place(m.target), m.target_depot), Side(Place(m.source), m.source_depot))
        for m in slip.movements.select_related("lot__item", "source_depot", "target_depot").order_by("-pk")
    ]
    made = write_reversal(actor, slip, reason, lines)
    cancel_clocks(subject=slip)
    if slip.incident is not None:
        _tell_incident(actor, made)
    _audit(actor, made)
    return made


def write_reversal(actor: User, slip: Slip, reason: str, lines: list[Line]) -> Slip:
    """Write the counter-movements, the last step first: what arrived goes back on the way before it goes home."""
    fields = {
        "kind": Kind.REVERSAL, "depot": slip.depot, "to_depot": slip.to_depot, "party": slip.party,
        "incident": slip.incident, "origin": slip, "reason": reason, "author": actor, "is_exercise": slip.is_exercise,
    }  # fmt: skip
    last, before = (Place.TRANSIT, Place.RESERVED)
    steps = [
        [line for line in lines if line.target.place == last],
        [line for line in lines if line.target.place == before],
        [line for line in lines if line.target.place not in (last, before)],
    ]
    first, *rest = [step for step in steps if step]
    made = write_slip(lines=first, made_by=str(actor), **fields)
    for step in rest:
        post(slip=made, lines=step, made_by=str(actor), reason=reason, at=made.made_at)
    return made


@transaction.atomic
def inspect_lot(*, actor: User, lot: Lot, fitness: str, inspected_on: date, inspection: str = "") -> Lot:
    """Note what an inspection found; an unfit lot is no longer issued."""
    demand(actor, "act:stock")
    if not lot.balances.filter(depot__in=depots_kept(actor)).exists():
        raise PermissionDenied(_("这个批次不在您管理的储备库里。"))
    if fitness == Lot.Fitness.UNFIT and not inspection.strip():
        raise ValidationError({"inspection": _("不合格的请写明情况。")})
    lot.fitness, lot.inspected_on, lot.inspection = fitness, inspected_on, inspection
    lot.full_clean()
    lot.save()
    audit.record(
        actor=actor, action="stock.inspect", subject=lot, details={"fitness": fitness, "inspection": inspection}
    )
    return lot
