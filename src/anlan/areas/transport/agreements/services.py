"""Requisition step by step; whoever drafts does not approve, whoever proposes money does not grant it.

Records are official: what they say is Chinese, whatever language their writer reads.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.agreements.models import Agreement, Requisition, RequisitionItem, RequisitionStep
from anlan.areas.transport.agreements.rules import notice_due
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import meet_clocks, start_clock
from anlan.foundation.files.services import attach_file
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notices
from anlan.foundation.rules.queries import rule

Status = Requisition.Status
#: From each state to those that may follow.
MOVES = {
    Status.DRAFTED: (Status.APPROVED, Status.CANCELLED),
    Status.APPROVED: (Status.SERVED, Status.CANCELLED),
    Status.SERVED: (Status.HANDED_OVER, Status.CANCELLED),
    Status.HANDED_OVER: (Status.RETURNED,),
    Status.RETURNED: (Status.CLAIMED,),
    Status.CLAIMED: (Status.SETTLED, Status.CLAIMED),
    Status.SETTLED: (Status.PAID,),
}
#: Steps that a second person takes: which step must have been somebody else's.
SECOND = {Status.APPROVED: Status.DRAFTED, Status.SETTLED: Status.CLAIMED}
#: What each step has to say: the field and what is missing without it.
ASKED = {
    Status.APPROVED: {"number": _("请填写文号。")},
    Status.SERVED: {"party": _("请填写签收人。")},
    Status.HANDED_OVER: {"party": _("请填写交出人。"), "note": _("请写明交接时的状况：外观、里程、油量、缺陷。")},
    Status.RETURNED: {"party": _("请填写收回人。"), "note": _("请写明返还时的状况和毁损、灭失。")},
    Status.CLAIMED: {"amount": _("请填写补偿金额；不需要补偿的填 0 并说明。"), "note": _("请写明计算依据。")},
    Status.PAID: {"note": _("请写明支付凭证号。")},
    Status.CANCELLED: {"note": _("请写明撤销的原因。")},
}


def demand_requisition(actor: User, area_code: str, capability: str = "act:requisitions") -> None:
    """Raise PermissionDenied unless the person may do this in this area."""
    demand(actor, capability)
    if not actor.scope.contains(area_code):
        raise PermissionDenied(_("这项征用不在您的管辖范围内。"))


@transaction.atomic
def draft_requisition(
    *, actor: User, incident: Incident, department: Department, items: Sequence[Mapping[str, Any]],
    agreement: Agreement | None = None, **fields: Any,
) -> Requisition:  # fmt: skip
    """Write the notice for an incident; it takes nothing before somebody else approves it."""
    demand_requisition(actor, incident.area_id)
    if not incident.is_open:
        raise ValidationError({"incident": _("突发事件已经结束或结案。")})
    if not items:
        raise ValidationError(_("至少要写一项征用的财产。"))
    made = Requisition(
        area_id=incident.area_id, incident=incident, department=department, agreement=agreement,
        is_exercise=incident.is_exercise, code=secrets.token_hex(12), **fields,
    )  # fmt: skip
    made.full_clean()
    made.save()
    made.code = f"ZY{timezone.localtime(made.made_at):%y%m%d}-{made.pk:04d}"
    made.save(update_fields=["code"])
    for values in items:
        item = RequisitionItem(requisition=made, **values)
        item.full_clean()
        item.save()
    _write(made, Status.DRAFTED, actor, made.made_at)
    return made


@transaction.atomic
def take_step(
    *, actor: User, requisition: Requisition, kind: str, at: datetime | None = None, number: str = "", party: str = "",
    note: str = "", amount: Decimal | None = None, photo: UploadedFile | None = None,
) -> Requisition:  # fmt: skip
    """Approve, serve, hand over, return, propose and grant compensation, pay, or cancel."""
    found = Requisition.objects.select_for_update(of=("self",)).get(pk=requisition.pk)
    demand_requisition(actor, found.area_id, "act:requisitions.approve" if kind in SECOND else "act:requisitions")
    if kind not in MOVES.get(Status(found.status), ()):
        raise ValidationError(_("征用现在是“%(now)s”，不能办这一步。") % {"now": found.get_status_display()})
    said = {"number": number.strip(), "party": party.strip(), "note": note.strip(), "amount": amount}
    missing = {name: text for name, text in ASKED.get(Status(kind), {}).items() if said[name] in ("", None)}
    if missing:
        raise ValidationError(missing)
    first = found.step(SECOND[Status(kind)]) if kind in SECOND else None
    if first is not None and first.user_id == actor.pk:
        raise ValidationError(_("经办人不能批准自己提出的事项，请另一位负责人批准。"))
    at = _when(found, at)
    if kind == Status.APPROVED:
        found.number = said["number"]
    found.status = kind
    found.save(update_fields=["status", "number"])
    granted = found.amount if kind in (Status.SETTLED, Status.PAID) else amount
    _write(found, kind, actor, at, party=said["party"], note=said["note"], amount=granted)
    if photo is not None:
        attach_file(actor=actor, subject=found, upload=photo, area_code=found.area_id, taken_at=at)
    _follow(found, kind, at)
    return found


def _when(requisition: Requisition, at: datetime | None) -> datetime:
    now = timezone.now()
    last = requisition.steps.order_by("-pk").values_list("at", flat=True).first()
    if at and at > now:
        raise ValidationError({"at": _("时间不能晚于现在。")})
    at = at or now
    if last and at < last:
        raise ValidationError({"at": _("这一步的时间不能早于上一步。")})
    return at


def _write(requisition: Requisition, kind: str, actor: User, at: datetime, **rest: Any) -> None:
    step = RequisitionStep.objects.create(
        requisition=requisition, kind=kind, at=at, user=actor, made_by=str(actor), **rest
    )
    requisition.__dict__.pop("_steps", None)
    record_entry(
        incident=requisition.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor, happened_at=at,
        text=f"征用{requisition.owner_name}财产：{step.get_kind_display()}（{requisition.number or requisition.code}）",
        data={"requisition": requisition.pk, "step": kind},
    )  # fmt: skip
    details = {"amount": str(rest["amount"])} if rest.get("amount") is not None else {}
    audit.record(actor=actor, action=f"requisitions.{kind}", subject=requisition, details=details)


def _follow(requisition: Requisition, kind: str, at: datetime) -> None:
    """What was taken has to go back in time."""
    if kind == Status.HANDED_OVER:
        limit = rule("transport.requisition")
        start_clock(
            subject=requisition, kind=Clock.Kind.OPERATIONAL, title=f"返还征用财产 {requisition}",
            started_at=at, due_at=max(requisition.until, at) + timedelta(days=limit.params["return_days"]),
            area_code=requisition.area_id, rule=limit.reference, citation=limit.citation,
            incident_id=requisition.incident_id, department=requisition.department,
            is_exercise=requisition.is_exercise,
        )  # fmt: skip
    elif kind == Status.RETURNED:
        meet_clocks(subject=requisition, at=at)


def tell_expiring() -> int:
    """Tell the units whose agreements near their end, each limit once; how many were told."""
    days, today, wanted = rule("transport.paper_expiry").params["days"], timezone.localdate(), []
    rows = Agreement.objects.filter(
        valid_until__isnull=False, valid_until__lte=today + timedelta(days=max(days)), department__isnull=False
    )
    for row in rows.select_related("department", "carrier"):
        limit = notice_due((row.valid_until - today).days, row.told_days, days)
        post = Post.objects.filter(department=row.department).order_by("rank").first() if limit is not None else None
        if post is None:
            continue
        Agreement.objects.filter(pk=row.pk).update(told_days=limit)
        over = "已到期" if row.valid_until < today else f"{row.valid_until} 到期"
        wanted.append(
            {
                "actor": "system", "post": post, "title": f"协议到期：{row.name}", "subject": row,
                "body": f"{row.carrier or '运输企业'}，{over}，请续签。", "urgency": Notice.Urgency.ROUTINE,
                "area_code": row.department.area_id, "link": f"/registers/agreements/{row.pk}/",
            }
        )  # fmt: skip
    send_notices(wanted)
    return len(wanted)
