"""The owner signs for the notice, the return and the compensation, or refuses before two witnesses.

On the officer's telephone, handed over, or on the owner's own by an address that only works for this paper and ends after
two days. Records are official: what they say is Chinese, whatever language their reader reads.
"""

import hashlib

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.agreements.documents import said
from anlan.areas.transport.agreements.models import OwnerAnswer, Requisition
from anlan.areas.transport.agreements.services import demand_requisition, take_step
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.signature import Strokes
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import record_entry

Paper, Status = OwnerAnswer.Paper, Requisition.Status
#: The step after which each paper can be signed for.
AFTER = {Paper.NOTICE: Status.APPROVED, Paper.RETURN: Status.RETURNED, Paper.MONEY: Status.SETTLED}
#: How long an address for the owner's own telephone works, and what it is signed for.
LASTS_S, SALT = 2 * 86_400, "requisition-owner"


def waiting(requisition: Requisition) -> list[Paper]:
    """The papers that the owner has not answered yet."""
    if requisition.status == Status.CANCELLED:
        return []
    done = set(requisition.answers.values_list("paper", flat=True))
    reached = set(requisition.steps.values_list("kind", flat=True))
    return [paper for paper, step in AFTER.items() if step in reached and paper not in done]


def address_for(*, actor: User, requisition: Requisition, paper: str) -> str:
    """What the address of one paper ends with, for the owner's own telephone."""
    demand_requisition(actor, requisition.area_id)
    return signing.dumps({"r": requisition.pk, "p": paper, "u": actor.pk}, salt=SALT, compress=True)


def behind(token: str) -> tuple[Requisition, str, User] | None:
    """The paper behind an address and who gave it; None where it has ended or was never given."""
    try:
        told = signing.loads(token, salt=SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return None
    rows = Requisition.objects.select_related("incident", "department", "agreement", "area")
    found, giver = rows.filter(pk=told["r"]).first(), User.objects.filter(pk=told["u"], is_active=True).first()
    return (found, told["p"], giver) if found and giver else None


@transaction.atomic
def sign(
    *, actor: User, requisition: Requisition, paper: str, signer: str, strokes: Strokes, phone: str = "",
    is_typed: bool = False, lon: float | None = None, lat: float | None = None, is_own_phone: bool = False,
) -> OwnerAnswer:  # fmt: skip
    """The owner signs; for the notice that is its service. The actor is the officer there, or who gave the address."""
    found = _open(actor, requisition, paper)
    if not signer.strip():
        raise ValidationError({"signer": _("请填写签收人姓名。")})
    if not strokes and not is_typed:
        raise ValidationError({"strokes": _("请在框内手写签名；不便手写时勾选以姓名确认。")})
    if paper == Paper.NOTICE and found.status == Status.APPROVED:
        how = "被征用人在本人手机上签收" if is_own_phone else "被征用人当面签收"
        take_step(actor=actor, requisition=found, kind=Status.SERVED, party=signer.strip()[:60], note=how)
    return _keep(
        actor, found, paper, signer=signer.strip()[:60], phone=phone.strip()[:30], strokes=strokes, lon=lon, lat=lat,
        is_own_phone=is_own_phone,
    )  # fmt: skip


@transaction.atomic
def refuse(
    *, actor: User, requisition: Requisition, paper: str, reason: str, witnesses: tuple[str, str],
    lon: float | None = None, lat: float | None = None,
) -> OwnerAnswer:  # fmt: skip
    """The owner does not sign; the reason stands, and two people beside the officer saw it (留置送达)."""
    found = _open(actor, requisition, paper)
    names = [name.strip()[:60] for name in witnesses]
    if not reason.strip():
        raise ValidationError({"reason": _("请写明拒签的理由。")})
    if not all(names):
        raise ValidationError({"witness_2": _("请写明两位见证人。")})
    if len({*names, actor.full_name, found.owner_contact, found.owner_name}) < 2 + len(
        {actor.full_name, found.owner_contact, found.owner_name}
    ):
        raise ValidationError({"witness_2": _("两位见证人应是不同的人，且不是经办人或被征用人。")})
    if paper == Paper.NOTICE and found.status == Status.APPROVED:
        note = f"被征用人拒签：{reason.strip()}；留置送达，见证人：{'、'.join(names)}"
        take_step(actor=actor, requisition=found, kind=Status.SERVED, party="拒签（留置送达）", note=note)
    return _keep(
        actor, found, paper, is_refused=True, signer=found.owner_contact, reason=reason.strip()[:300], witnesses=names,
        lon=lon, lat=lat,
    )  # fmt: skip


def _open(actor: User, requisition: Requisition, paper: str) -> Requisition:
    """The requisition, locked, if this paper waits for its owner."""
    found = Requisition.objects.select_for_update(of=("self",)).get(pk=requisition.pk)
    demand_requisition(actor, found.area_id)
    if paper not in Paper.values:
        raise PermissionDenied
    if paper not in waiting(found):
        raise ValidationError(_("这份文书现在不需要签收，或已经签收。"))
    return found


def _keep(actor: User, found: Requisition, paper: str, **fields: object) -> OwnerAnswer:
    shown = "\n".join(said(found, paper))
    made = OwnerAnswer(requisition=found, paper=paper, shown=shown, at=timezone.now(), user=actor, made_by=str(actor))
    for name, value in fields.items():
        setattr(made, name, value)
    made.full_clean(exclude=["strokes", "witnesses"])
    made.save()
    verb = "refuse" if made.is_refused else "sign"
    details = {
        "paper": paper, "signer": made.signer, "reason": made.reason, "witnesses": made.witnesses,
        "own_phone": made.is_own_phone, "place": [made.lon, made.lat],
        "shown_sm3": hashlib.new("sm3", shown.encode()).hexdigest(),
        "signature_sm3": hashlib.new("sm3", str(made.strokes).encode()).hexdigest() if made.strokes else "",
    }  # fmt: skip
    audit.record(actor=actor, action=f"requisitions.owner_{verb}", subject=found, details=details)
    told = f"拒签，见证人{'、'.join(made.witnesses)}" if made.is_refused else f"签收（{made.signer}）"
    record_entry(
        incident=found.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor, data={"requisition": found.pk},
        text=f"{found.owner_name}对{made.get_paper_display()}{told}（{found.number or found.code}）",
    )  # fmt: skip
    return made
