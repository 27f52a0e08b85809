"""Apply for a pass, decide, issue, revoke; every step attributed, every issued pass signed."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.passes import rules
from anlan.areas.transport.passes.keys import signing_key
from anlan.areas.transport.passes.models import Category, Pass, VehicleKind, WhiteListEntry
from anlan.areas.transport.passes.token import MOST_AREAS, Claims, encode
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import meet_clocks, start_clock
from anlan.foundation.incidents.models import Incident
from anlan.foundation.notices.services import send_notice
from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import rule

RULE = "transport.green_pass"


@transaction.atomic
def apply_pass(
    *,
    actor: User,
    plate: str,
    areas: list[Area],
    valid_from: datetime,
    valid_until: datetime,
    incident: Incident | None = None,
    replaces: Pass | None = None,
    is_exercise: bool = False,
    **given: Any,
) -> Pass:
    """Ask for a pass; what the white list and the declared rule allow is issued at once, anything else waits."""
    demand(actor, "add:passes")
    declared = rule(RULE)
    record = Pass(
        code=f"TXZ{timezone.localdate():%y%m%d}{secrets.token_hex(3).upper()}", plate=rules.tidy_plate(plate),
        areas=sorted({area.pk for area in areas}), valid_from=valid_from, valid_until=valid_until, incident=incident,
        replaces=replaces, department=actor.department, area_id=actor.department.area_id, applied_by=actor,
        is_exercise=is_exercise or bool(incident and incident.is_exercise), **given,
    )  # fmt: skip
    _demand_sense(record, declared.params)
    _save(record, actor)
    audit.record(actor=actor, action="passes.apply", subject=record, details={"plate": record.plate})
    entry, against = approving_entry(record)
    if entry is not None:
        record.entry_id, record.decided_by, record.decided_at = entry, str(_("白名单")), timezone.now()
        record.reason = str(_("按白名单和规则 %(rule)s 自动签发") % {"rule": declared.reference})
        _issue(record, actor)
    else:
        _ask(record, actor, declared, against)
    return record


def _demand_sense(record: Pass, params: dict[str, Any]) -> None:
    problems: dict[str, str] = {}
    if not record.plate:
        problems["plate"] = _("请填写车牌。")
    if not record.areas or len(record.areas) > MOST_AREAS:
        problems["areas"] = _("请选 1 至 %(n)s 个区域。") % {"n": MOST_AREAS}
    if record.valid_until <= timezone.now():
        problems["valid_until"] = _("结束时间已经过去。")
    if record.valid_until - record.valid_from > timedelta(hours=params["most_hours"]):
        problems["valid_until"] = _("一张通行证最长 %(n)s 小时；更久请到期前续办。") % {"n": params["most_hours"]}
    if record.replaces and (record.replaces.plate != record.plate or record.replaces.status != Pass.Status.ISSUED):
        problems["plate"] = _("只能为同一辆车、已签发的通行证续办。")
    if problems:
        raise ValidationError(problems)


def approving_entry(record: Pass) -> tuple[int | None, list[str]]:
    """The white list's line by which a pass approves itself, or what stands against it."""
    today = timezone.localdate()
    # Who writes a line of the list does not profit from it alone.
    own = WhiteListEntry.history.filter(history_user=record.applied_by_id).values("id")
    rows = WhiteListEntry.objects.exclude(valid_until__lt=today).exclude(pk__in=own)
    entries = [
        rules.Entry(
            pk=row.pk, plate=row.plate, department=row.department_id, category=row.category, area_code=row.area_id,
            most_hours=row.most_hours,
        )
        for row in rows.order_by("code")
    ]  # fmt: skip
    wish = rules.Wish(
        plate=record.plate, department=record.department_id, category=record.category, areas=tuple(record.areas),
        hours=(record.valid_until - record.valid_from).total_seconds() / 3600,
        has_incident=record.incident is not None and record.incident.is_open,
    )  # fmt: skip
    return rules.approving(wish, entries, rule(RULE).params)


def _ask(record: Pass, actor: User, declared: Any, against: list[str]) -> None:
    """Start the limit on the decision and call the people who decide."""
    start_clock(
        subject=record, kind=Clock.Kind.OPERATIONAL, title=f"审批通行证：{record.plate}", area_code=record.area_id,
        due_at=timezone.now() + timedelta(minutes=declared.params["decide_minutes"]), rule=declared.reference,
        citation=declared.citation, incident_id=record.incident_id, is_exercise=record.is_exercise,
    )  # fmt: skip
    posts = Post.objects.filter(role="transport").order_by("rank").select_related("department")
    post = next((one for one in posts if record.area_id.startswith(prefix(one.department.area_id))), None)
    if post is not None:
        send_notice(
            actor=actor, post=post, title=_("通行证待审批：%(plate)s") % {"plate": record.plate},
            body=f"{record.carrier}，{record.cargo}，{record.route}", subject=record, area_code=record.area_id,
            link=record.get_absolute_url(), is_exercise=record.is_exercise,
        )  # fmt: skip


@transaction.atomic
def decide_pass(*, actor: User, record: Pass, is_approved: bool, reason: str = "") -> Pass:
    """Approve or refuse; never what one applied for oneself."""
    demand(actor, "act:passes")
    _demand_inside(actor, record)
    if record.status != Pass.Status.APPLIED:
        raise ValidationError(_("这份申请已经办结。"))
    if record.applied_by_id == actor.pk:
        raise PermissionDenied(_("不能审批自己的申请。"))
    if not is_approved and not reason.strip():
        raise ValidationError({"reason": _("请写明不批准的原因。")})
    if is_approved and record.valid_until <= timezone.now():
        raise ValidationError(_("申请的时段已经过去，请重新申请。"))
    record.decided_by, record.decided_at, record.reason = str(actor), timezone.now(), reason.strip()
    if is_approved:
        _issue(record, actor)
    else:
        record.status = Pass.Status.REFUSED
        _save(record, actor)
        audit.record(actor=actor, action="passes.refuse", subject=record, details={"reason": reason})
    meet_clocks(subject=record)
    _answer(record, actor)
    return record


def _answer(record: Pass, actor: User) -> None:
    """Tell the applicant's unit."""
    post = Post.objects.filter(department=record.department).order_by("rank").first()
    if post is not None:
        send_notice(
            actor=actor, post=post, title=f"{record.plate}：{record.get_status_display()}", body=record.reason,
            subject=record, area_code=record.area_id, link=record.get_absolute_url(), is_exercise=record.is_exercise,
        )  # fmt: skip


def _issue(record: Pass, actor: User) -> None:
    key, sign = signing_key(actor)
    record.key, record.status = key, Pass.Status.ISSUED
    record.token = encode(
        Claims(
            key=key.kid, serial=record.pk, valid_from=record.valid_from, valid_until=record.valid_until,
            is_free=record.is_free, is_priority=record.is_priority, is_exercise=record.is_exercise,
            category=Category.values.index(record.category), areas=tuple(record.areas), plate=record.plate,
            vehicle_kind=VehicleKind.values.index(record.vehicle_kind),
        ),
        sign,
    )  # fmt: skip
    record.short = rules.short_code(record.token)
    _save(record, actor)
    audit.record(actor=actor, action="passes.issue", subject=record, details={"key": key.kid, "by": record.decided_by})


@transaction.atomic
def revoke_pass(*, actor: User, record: Pass, reason: str) -> Pass:
    """Withdraw an issued pass; checkpoints know with their next list."""
    demand(actor, "act:passes")
    _demand_inside(actor, record)
    if record.status != Pass.Status.ISSUED:
        raise ValidationError(_("只能撤销已签发的通行证。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤销的原因。")})
    record.status, record.revoked_at, record.reason = Pass.Status.REVOKED, timezone.now(), reason.strip()
    _save(record, actor)
    audit.record(actor=actor, action="passes.revoke", subject=record, details={"reason": reason})
    _answer(record, actor)
    return record


def _demand_inside(actor: User, record: Pass) -> None:
    if not actor.scope.contains(record.area_id):
        raise PermissionDenied(_("这张通行证不在您的管辖范围内。"))


def _save(record: Pass, actor: User) -> None:
    record._history_user = actor
    record.full_clean()
    record.save()
