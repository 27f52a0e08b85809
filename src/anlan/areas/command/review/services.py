"""Open a review when the response has ended, record findings and improvements, close it, follow the improvements."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.review.models import Finding, Improvement, Review
from anlan.areas.command.review.queries import OVER
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.notices.ladder import posts_of
from anlan.foundation.notices.services import send_notice


@transaction.atomic
def open_review(*, actor: User, incident: Incident, department: Department | None = None) -> Review:
    """Begin the review of an incident whose response has ended; there is one review an incident."""
    demand_incident(actor, incident, "add:reviews")
    if incident.status not in OVER:
        raise ValidationError(_("响应结束后才能开展复盘评估。"))
    if Review.objects.filter(incident=incident).exists():
        raise ValidationError(_("这起事件已经在复盘评估。"))
    review = Review(
        incident=incident,
        department=department or incident.department or actor.department,
        opened_by=actor,
        is_exercise=incident.is_exercise,
    )
    review.full_clean()
    review.save()
    _write_down(actor, review, "review.open", f"开展复盘评估，牵头单位：{review.department}")
    return review


@transaction.atomic
def add_finding(
    *,
    actor: User,
    review: Review,
    kind: str,
    text: str,
    entry: TimelineEntry | None = None,
    department: Department | None = None,
) -> Finding:
    """Record what went well, what went wrong or what should change."""
    _demand_open(actor, review)
    if entry and entry.incident_id != review.incident_id:
        raise ValidationError({"entry": _("时间线记录不属于这起事件。")})
    finding = Finding(
        review=review, kind=kind, text=text.strip(), entry=entry, department=department, author=str(actor)[:150]
    )
    finding.full_clean()
    finding.save()
    audit.record(actor=actor, action="review.find", subject=review, details={"kind": kind, "text": text[:200]})
    return finding


@transaction.atomic
def add_improvement(
    *,
    actor: User,
    review: Review,
    title: str,
    department: Department,
    due_on: date,
    finding: Finding | None = None,
) -> Improvement:
    """Give a unit a task with a day, and tell its duty post."""
    _demand_open(actor, review)
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": _("完成期限不能早于今天。")})
    improvement = Improvement(
        code=f"{review.incident.code}-{review.improvements.count() + 1:02d}",
        review=review,
        finding=finding,
        title=title.strip(),
        department=department,
        area=department.area,
        due_on=due_on,
    )
    improvement._history_user = actor
    improvement.full_clean()
    improvement.save()
    audit.record(actor=actor, action="review.improve", subject=improvement, details={"due_on": due_on})
    _notify(actor, improvement, f"改进措施：{improvement.title}")
    return improvement


@transaction.atomic
def finish_improvement(*, actor: User, record: Improvement, evidence: str) -> Improvement:
    """State that an improvement is done, with what shows it."""
    demand(actor, "change:improvements")
    if not actor.scope.contains(record.area_id):
        raise PermissionDenied(_("改进措施不在您的管辖范围内。"))
    if not record.is_open:
        raise ValidationError(_("这项改进措施已经办结。"))
    if not evidence.strip():
        raise ValidationError({"evidence": _("请写明完成情况和证明。")})
    record.status, record.done_on = Improvement.Status.DONE, timezone.localdate()
    record.evidence = evidence.strip()
    record._history_user = actor
    record.save()
    audit.record(actor=actor, action="review.improved", subject=record, details={"evidence": evidence[:200]})
    return record


@transaction.atomic
def close_review(*, actor: User, review: Review, conclusion: str) -> Review:
    """Close a review with its verdict; it needs findings, and its improvements go on in their ledger."""
    _demand_open(actor, review)
    if not review.findings.exists():
        raise ValidationError(_("没有评估发现，不能结案。"))
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("请填写总体评价。")})
    review.status, review.conclusion = Review.Status.CLOSED, conclusion.strip()
    review.closed_by, review.closed_at = actor, timezone.now()
    review.save()
    _write_down(actor, review, "review.close", "复盘评估结案")
    return review


@transaction.atomic
def mark_overdue(*, on: date | None = None) -> int:
    """Mark improvements whose day has passed, and tell their units once."""
    on = on or timezone.localdate()
    late = Improvement.objects.filter(status=Improvement.Status.PLANNED, due_on__lt=on)
    marked = 0
    for improvement in late.select_related("department", "review__incident"):
        improvement.status = Improvement.Status.OVERDUE
        improvement.save()
        _notify("system", improvement, f"改进措施逾期：{improvement.title}")
        marked += 1
    return marked


def _demand_open(actor: User, review: Review) -> None:
    demand_incident(actor, review.incident, "change:reviews")
    if not review.is_open:
        raise ValidationError(_("复盘评估已经结案。"))


def _write_down(actor: User, review: Review, action: str, text: str) -> None:
    audit.record(actor=actor, action=action, subject=review)
    record_entry(incident=review.incident, kind=TimelineEntry.Kind.NOTE, text=text, actor=actor)


def _notify(actor: User | str, improvement: Improvement, title: str) -> None:
    post = next(iter(posts_of(improvement.department)), None)
    if post is not None:
        send_notice(
            actor=actor,
            post=post,
            title=title[:200],
            body=f"完成期限 {improvement.due_on:%Y年%m月%d日}",
            urgency="routine",
            subject=improvement,
            area_code=improvement.area_id,
            link=f"/registers/improvements/{improvement.pk}/",
            is_exercise=improvement.review.is_exercise if improvement.review else False,
        )
