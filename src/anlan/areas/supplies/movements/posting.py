"""The journal's one pen: write a movement and move both balances, all or nothing.

Taking from a balance is one statement, `UPDATE … WHERE quantity >= n`, so nothing is taken twice, however many people
take at once. SQLite has one writer at a time; on PostgreSQL the balances of all lots of a slip are locked first, in one
order, so that two slips never wait for each other in a ring.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.depots.models import Depot
from anlan.areas.supplies.movements.models import HELD, Balance, Lot, Movement, Place, Slip

PREFIXES = {
    Slip.Kind.OPENING: "QC", Slip.Kind.RECEIPT: "RK", Slip.Kind.ISSUE: "CK", Slip.Kind.TRANSFER: "DB",
    Slip.Kind.LOAN: "JC", Slip.Kind.RETURN: "GH", Slip.Kind.ROTATION: "LH", Slip.Kind.SCRAP: "BF",
    Slip.Kind.COUNT: "PD", Slip.Kind.REVERSAL: "CX",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One side of a movement: a place, and its depot if it is a held one."""

    place: Place
    depot: Depot | None = None


@dataclass(frozen=True)
class Line:
    """So much of a lot from one side to the other."""

    lot: Lot
    quantity: int
    source: Side
    target: Side
    bin: str = ""


class Short(ValidationError):
    """There is less than was to be taken; the message says of what and how much there is."""


@transaction.atomic
def write_slip(*, lines: Iterable[Line], made_by: str, **fields: object) -> Slip:
    """Number a slip, write its movements and move the balances."""
    slip = Slip(made_by=made_by, **fields)
    slip.full_clean(exclude=["code"])
    slip.code = secrets.token_hex(12)
    slip.save()
    slip.code = f"{PREFIXES[Slip.Kind(slip.kind)]}{timezone.localtime(slip.made_at):%y%m%d}-{slip.pk:05d}"
    slip.save(update_fields=["code"])
    post(slip=slip, lines=lines, made_by=made_by, reason=slip.reason, at=slip.made_at)
    return slip


@transaction.atomic
def post(*, slip: Slip, lines: Iterable[Line], made_by: str, reason: str, at: datetime | None = None) -> list[Movement]:
    """Write movements under a slip and move the balances of both sides."""
    written, lines = [], list(lines)
    touched = Balance.objects.filter(lot__in={line.lot.pk for line in lines}).order_by("pk")
    list(touched.select_for_update().values_list("pk", flat=True))
    for line in sorted(lines, key=lambda one: (one.lot.pk, one.source.place, one.target.place)):
        movement = Movement(
            slip=slip, lot=line.lot, item_id=line.lot.item_id, quantity=line.quantity, reason=reason, made_by=made_by,
            made_at=at or timezone.now(), source=line.source.place, source_depot=line.source.depot,
            target=line.target.place, target_depot=line.target.depot,
        )  # fmt: skip
        movement.full_clean()
        if line.source.place in HELD:
            _take(line)
        if line.target.place in HELD:
            _put(line)
        movement.save()
        written.append(movement)
    if not written:
        raise ValidationError(_("没有填写数量：至少一个批次的数量要大于 0。"))
    return written


def _take(line: Line) -> None:
    held = Balance.objects.filter(lot=line.lot, place=line.source.place, depot=line.source.depot)
    if not held.filter(quantity__gte=line.quantity).update(quantity=F("quantity") - line.quantity):
        there = held.values_list("quantity", flat=True).first() or 0
        raise Short(
            _("%(lot)s：%(place)s现有 %(there)s %(unit)s，不够 %(wanted)s %(unit)s。")
            % {"lot": line.lot, "place": line.source.depot, "there": there, "wanted": line.quantity,
               "unit": line.lot.item.unit}
        )  # fmt: skip


def _put(line: Line) -> None:
    row, _created = Balance.objects.get_or_create(
        lot=line.lot, place=line.target.place, depot=line.target.depot, defaults={"item_id": line.lot.item_id}
    )
    changed = {"quantity": F("quantity") + line.quantity} | ({"bin": line.bin} if line.bin else {})
    Balance.objects.filter(pk=row.pk).update(**changed)
