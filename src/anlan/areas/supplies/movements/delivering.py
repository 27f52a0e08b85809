"""Deliveries by truck: set aside when they are approved, on the way when the truck leaves, used when somebody signs.

What is set aside no longer lies in the depot's free stock, so no other plan can promise it. What does not arrive is
written off as a difference, with its reason; nothing vanishes between a depot and a village.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import Balance, Lot, Place, Slip
from anlan.areas.supplies.movements.posting import Line, Short, Side, post, write_slip
from anlan.areas.supplies.movements.queries import proposal
from anlan.areas.supplies.movements.services import (
    DIFFERENCE,
    Quantities,
    demand_depot,
    is_reversed,
    write_reversal,
)
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.registry import ledger

USED = Side(Place.INCIDENT)


def lock_stock(depots: Iterable[Depot], items: Iterable[Item]) -> None:
    """Let whoever else takes from these depots wait until this transaction is over; in one order, so nobody waits in a ring."""
    rows = Balance.objects.filter(depot__in=depots, item__in=items).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


@transaction.atomic
def set_aside(
    *, actor: User, depot: Depot, wanted: Mapping[Item, int], incident: Incident, reason: str, party: str = "",
    to_depot: Depot | None = None,
) -> Slip:  # fmt: skip
    """Set lots aside for a truck, first expired first out; Short says what is missing. To another depot it is a transfer."""
    demand(actor, "act:stock.approve")
    if not ledger("depots").rows(actor).filter(pk=depot.pk).exists():
        raise PermissionDenied(_("“%(depot)s”不归您管理。") % {"depot": depot})
    lock_stock([depot], wanted)
    there, aside = Side(Place.DEPOT, depot), Side(Place.RESERVED, depot)
    lots = Lot.objects.select_related("item").in_bulk(
        Balance.objects.filter(depot=depot, item__in=wanted).values_list("lot_id", flat=True)
    )
    lines = []
    for item, quantity in wanted.items():
        taken, missing = proposal(depot, item, quantity)
        if missing:
            raise Short(
                _("%(depot)s的%(item)s可用 %(there)s %(unit)s，不够 %(wanted)s %(unit)s。")
                % {"depot": depot, "item": item, "there": quantity - missing, "wanted": quantity, "unit": item.unit}
            )
        lines += [Line(lots[lot], n, there, aside) for lot, n in taken]
    slip = write_slip(
        lines=lines, kind=Slip.Kind.TRANSFER if to_depot else Slip.Kind.ISSUE, depot=depot, to_depot=to_depot, party=party, incident=incident, reason=reason,
        is_delivery=True, author=actor, made_by=str(actor), is_exercise=incident.is_exercise,
    )  # fmt: skip
    _audit(actor, slip, "set_aside")
    return slip


def _audit(actor: User, slip: Slip, verb: str) -> None:
    audit.record(actor=actor, action=f"stock.{verb}", subject=slip, details={"depot": slip.depot_id})


def _locked(slip: Slip) -> Slip:
    rows = Slip.objects.select_for_update(of=("self",)).select_related("depot", "to_depot", "incident")
    return rows.get(pk=slip.pk, is_delivery=True)


def carried(slip: Slip, place: Place) -> dict[Lot, int]:
    """What a delivery brought to a place, set aside or on the way, by lot; the first to expire first."""
    found: dict[Lot, int] = {}
    rows = slip.movements.filter(target=place).select_related("lot__item").order_by("lot__expires_on", "lot_id")
    for movement in rows:
        found[movement.lot] = found.get(movement.lot, 0) + movement.quantity
    return found


@transaction.atomic
def leave(*, actor: User, slip: Slip, loaded: Quantities, reason: str = "") -> Slip:
    """The truck leaves with what was loaded; what stays goes back to the free stock, with a reason."""
    slip = _locked(slip)
    demand_depot(actor, slip.depot)
    if not slip.is_to_load or is_reversed(slip):
        raise ValidationError(_("这批物资已经发车或取消。"))
    aside, depot = Side(Place.RESERVED, slip.depot), Side(Place.DEPOT, slip.depot)
    road = Side(Place.TRANSIT, slip.to_depot or slip.depot)
    lines = []
    for lot, planned in carried(slip, Place.RESERVED).items():
        taken = loaded.get(lot, 0)
        if not 0 <= taken <= planned:
            raise ValidationError(
                _("%(lot)s：应装 %(planned)s，不能装 %(taken)s。") % {"lot": lot, "planned": planned, "taken": taken}
            )
        lines += [Line(lot, taken, aside, road)] if taken else []
        lines += [Line(lot, planned - taken, aside, depot)] if taken < planned else []
    if not any(line.target == road for line in lines):
        raise ValidationError(_("一件也没有装车：不发车请取消这张运单。"))
    if any(line.target == depot for line in lines) and not reason.strip():
        raise ValidationError({"reason": _("装车数量少于计划数量，请写明原因。")})
    post(slip=slip, lines=lines, made_by=str(actor), reason=reason or slip.reason)
    slip.left_at = timezone.now()
    slip.save(update_fields=["left_at"])
    _audit(actor, slip, "leave")
    return slip


@transaction.atomic
def hand_over(*, actor: User, slip: Slip, received: Mapping[Item, int], receiver: str, reason: str = "") -> Slip:
    """Somebody signs at the far end; what is missing or spoilt becomes a difference, with its reason.

    Whether the actor may take the signature is for the caller to say: it knows the place.
    """
    slip = _locked(slip)
    if slip.to_depot_id:
        raise ValidationError(_("库间调拨由调入库接收。"))
    if slip.left_at is None or slip.arrived_at is not None or is_reversed(slip):
        raise ValidationError(_("这批物资还没有发车，或已经签收、取消。"))
    road = Side(Place.TRANSIT, slip.depot)
    left = dict(received)
    lines = []
    for lot, sent in carried(slip, Place.TRANSIT).items():
        came = min(sent, left.get(lot.item, 0))
        left[lot.item] = left.get(lot.item, 0) - came
        lines += [Line(lot, came, road, USED)] if came else []
        lines += [Line(lot, sent - came, road, DIFFERENCE)] if came < sent else []
    if more := [item for item, n in left.items() if n > 0]:
        raise ValidationError(_("%(item)s：签收数量多于发出数量。") % {"item": more[0]})
    if any(line.target == DIFFERENCE for line in lines) and not reason.strip():
        raise ValidationError({"reason": _("接收数量少于发出数量，请写明原因。")})
    post(slip=slip, lines=lines, made_by=str(actor), reason=reason or slip.reason)
    slip.arrived_by, slip.arrived_at = receiver[:150], timezone.now()
    slip.save(update_fields=["arrived_by", "arrived_at"])
    _audit(actor, slip, "hand_over")
    return slip


@transaction.atomic
def release(*, actor: User, slip: Slip, reason: str) -> Slip:
    """Put back what was set aside and has not left; the slip and its reversal both stay."""
    slip = _locked(slip)
    if not slip.is_to_load or is_reversed(slip):
        raise ValidationError(_("这批物资已经发车或取消。"))
    aside, depot = Side(Place.RESERVED, slip.depot), Side(Place.DEPOT, slip.depot)
    lines = [Line(lot, n, aside, depot) for lot, n in carried(slip, Place.RESERVED).items()]
    made = write_reversal(actor, slip, reason, lines)
    _audit(actor, slip, "release")
    return made
