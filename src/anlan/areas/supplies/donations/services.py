"""Record what was given and used, correct by counter-entries, publish by a second person.

Entries are official records: what they say is Chinese, whatever language their writer reads.
"""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.donations.queries import Kind, available, to_publish, units_of
from anlan.areas.supplies.movements.services import is_reversed, receive, reverse_slip
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for

MONEY, GOODS, PUBLISH = "act:donations", "act:donations.goods", "act:donations.publish"
PREFIXES = {Kind.MONEY: "JK", Kind.GOODS: "JW", Kind.USE: "SY"}


def _demand_unit(actor: User, department: Department, capability: str) -> None:
    """The actor may do this, and for this unit; money of a unit moves one at a time."""
    demand(actor, capability)
    if not units_of(actor).filter(pk=department.pk).exists():
        raise PermissionDenied(_("“%(unit)s”的捐赠账不归您管理。") % {"unit": department})
    Department.objects.select_for_update().get(pk=department.pk)


def _marks(actor: User, incident: Incident | None, is_exercise: bool) -> dict[str, bool]:
    if incident is not None and not incidents_for(actor).filter(pk=incident.pk).exists():
        raise PermissionDenied(_("这个突发事件不在您的管辖范围内。"))
    return {"is_exercise": incident.is_exercise if incident else is_exercise, "is_demo": settings.ANLAN.demo}


def _write(actor: User, **fields: Any) -> Entry:
    entry = Entry(author=actor, made_by=str(actor), code=secrets.token_hex(12), **fields)
    entry.full_clean()
    entry.save()
    entry.code = f"{PREFIXES[Kind(entry.kind)]}{timezone.localtime(entry.made_at):%y%m%d}-{entry.pk:05d}"
    Entry.objects.filter(pk=entry.pk).update(code=entry.code)
    said = str(entry.amount) if entry.item is None else f"{entry.item.code} {entry.quantity}"
    audit.record(
        actor=actor, action=f"donations.{'correct' if entry.corrects_id else entry.kind}", subject=entry,
        details={"what": said, "reason": entry.reason},
    )  # fmt: skip
    return entry


@transaction.atomic
def record_money(
    *, actor: User, department: Department, party: str, amount: Decimal, happened_on: date, document: str,
    is_anonymous: bool = False, is_directed: bool = False, purpose: str = "", incident: Incident | None = None,
    is_exercise: bool = False, key: str = "",
) -> Entry:  # fmt: skip
    """Enter money that a unit was given."""
    _demand_unit(actor, department, MONEY)
    if made := _sent_before(key):
        return made
    return _write(
        actor, kind=Kind.MONEY, department=department, party=party, amount=_positive(amount), happened_on=happened_on,
        document=_documented(document), is_anonymous=is_anonymous, is_directed=is_directed, purpose=purpose,
        incident=incident, key=key or None, **_marks(actor, incident, is_exercise),
    )  # fmt: skip


@transaction.atomic
def record_goods(
    *, actor: User, department: Department, party: str, item: Item, quantity: int, depot: Depot | None,
    happened_on: date, expires_on: date | None = None, document: str = "", is_anonymous: bool = False,
    is_directed: bool = False, purpose: str = "", incident: Incident | None = None, is_exercise: bool = False,
    key: str = "",
) -> Entry:  # fmt: skip
    """Enter goods and take them into a depot in the same step; goods of an exercise never reach the stock."""
    _demand_unit(actor, department, GOODS)
    if made := _sent_before(key):
        return made
    if quantity <= 0:
        raise ValidationError({"quantity": _("数量要大于 0。")})
    marks = _marks(actor, incident, is_exercise)
    slip = None
    if not marks["is_exercise"]:
        if depot is None:
            raise ValidationError({"depot": _("请选择收进哪个储备库。")})
        slip = receive(
            actor=actor, depot=depot, item=item, quantity=quantity, supplier=party[:80], expires_on=expires_on,
            reason=f"接收捐赠{f'（定向：{purpose}）' if is_directed else ''}"[:200],
        )  # fmt: skip
    return _write(
        actor, kind=Kind.GOODS, department=department, party=party, item=item, quantity=quantity, slip=slip,
        happened_on=happened_on, document=document, is_anonymous=is_anonymous, is_directed=is_directed,
        purpose=purpose, incident=incident, key=key or None, **marks,
    )  # fmt: skip


@transaction.atomic
def record_use(
    *, actor: User, department: Department, party: str, amount: Decimal, purpose: str, document: str,
    happened_on: date, source: Entry | None = None, is_anonymous: bool = False, incident: Incident | None = None,
    is_exercise: bool = False, key: str = "",
) -> Entry:  # fmt: skip
    """Enter what money was used for; never more than is left of the directed donation or of the undirected money."""
    _demand_unit(actor, department, MONEY)
    if made := _sent_before(key):
        return made
    marks = _marks(actor, incident, is_exercise)
    if not purpose.strip():
        raise ValidationError({"purpose": _("请写明用途。")})
    if source is not None:
        if source.department_id != department.pk or source.kind != Kind.MONEY or not source.is_directed:
            raise ValidationError({"source": _("请选择本单位收到的一笔定向捐款。")})
        if marks["is_exercise"] != source.is_exercise:
            raise ValidationError({"source": _("演练的捐款和真实的捐款不能混用。")})
    _demand_left(department, source, _positive(amount), **marks)
    return _write(
        actor, kind=Kind.USE, department=department, party=party, amount=amount, purpose=purpose, source=source,
        document=_documented(document), happened_on=happened_on, is_anonymous=is_anonymous, incident=incident,
        key=key or None, **marks,
    )  # fmt: skip


def _sent_before(key: str) -> Entry | None:
    return Entry.objects.filter(key=key).first() if key else None


def _positive(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise ValidationError({"amount": _("金额要大于 0。")})
    return amount


def _documented(document: str) -> str:
    if not document.strip():
        raise ValidationError({"document": _("请填写凭证号。")})
    return document


def _demand_left(department: Department, source: Entry | None, amount: Decimal, **marks: bool) -> None:
    left = available(department, source, **marks)
    if amount > left:
        raise ValidationError(
            {"amount": _("可用余额 %(left)s 元，不够 %(amount)s 元。") % {"left": left, "amount": amount}}
        )


@transaction.atomic
def correct(*, actor: User, entry: Entry, reason: str) -> Entry:
    """Undo an entry by a counter-entry; both stay. Goods leave the depot again, money that was used cannot be undone."""
    _demand_unit(actor, entry.department, GOODS if entry.kind == Kind.GOODS else MONEY)
    entry = Entry.objects.select_related("slip", "department", "source").get(pk=entry.pk)
    if entry.corrects_id or entry.is_corrected:
        raise ValidationError(_("这条记录已经更正，或本身就是更正。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正原因。")})
    if entry.kind == Kind.MONEY:
        _demand_left(
            entry.department, entry if entry.is_directed else None, entry.amount, is_exercise=entry.is_exercise,
            is_demo=entry.is_demo,
        )  # fmt: skip
    if entry.slip is not None and not is_reversed(entry.slip):
        reverse_slip(actor=actor, slip=entry.slip, reason=f"更正捐赠 {entry.code}：{reason}"[:200])
    same = ("kind", "department", "party", "is_anonymous", "item", "is_directed", "purpose", "incident", "document",
            "source", "is_exercise", "is_demo")  # fmt: skip
    return _write(
        actor, corrects=entry, reason=reason, happened_on=timezone.localdate(),
        amount=None if entry.amount is None else -entry.amount,
        quantity=None if entry.quantity is None else -entry.quantity,
        **{name: getattr(entry, name) for name in same},
    )  # fmt: skip


@transaction.atomic
def publish(*, actor: User, entry: Entry) -> Entry:
    """Make an entry public; never whoever recorded it, and no use before the money that it was paid from."""
    _demand_unit(actor, entry.department, PUBLISH)
    entry = Entry.objects.select_related("department", "source").get(pk=entry.pk)
    if not to_publish(Entry.objects.filter(pk=entry.pk)).exists():
        raise ValidationError(_("这条记录已经公示，或已经更正，不用公示。"))
    if entry.author_id == actor.pk:
        raise ValidationError(_("登记人不能公示自己的记录，请另一位负责人核对后公示。"))
    if entry.kind == Kind.USE and entry.corrects_id is None:
        marks = {"is_exercise": entry.is_exercise, "is_demo": entry.is_demo}
        if entry.amount > available(entry.department, entry.source, is_public=True, **marks):
            raise ValidationError(_("这笔使用多于已公示的捐款余额，请先公示对应的捐款。"))
    Entry.objects.filter(pk=entry.pk).update(published_by=actor, published_at=timezone.now())
    entry.refresh_from_db()
    audit.record(actor=actor, action="donations.publish", subject=entry, details={"code": entry.code})
    return entry
