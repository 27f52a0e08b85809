"""Reopen a road, and follow every closure: its 24-hour clock, and what open pages are told."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of, meet_clocks, start_clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import RoadChanged
from anlan.foundation.rules.queries import rule


@transaction.atomic
def reopen_road(*, actor: User, record: Closure, reopened_at: datetime | None = None) -> Closure:
    """State that a road is open again; its clock stops at that moment."""
    demand(actor, "act:closures")
    if not actor.scope.contains(record.area_id):
        raise PermissionDenied(_("这处阻断不在您的管辖范围内。"))
    if record.reopened_at is not None:
        raise ValidationError(_("这条路已经恢复通行。"))
    record.reopened_at = reopened_at or timezone.now()
    record.full_clean()
    record._history_user = actor
    record.save()
    audit.record(actor=actor, action="closures.reopen", subject=record, details={"at": record.reopened_at.isoformat()})
    follow_closure(record)
    return record


def follow_closures() -> int:
    """Bring clocks and open pages up to date with the register, however its rows were written; how many had changed."""
    now = timezone.now()
    closed = Closure.objects.filter(Closure.standing(now)).exclude(told="closed")
    reopened = Closure.objects.filter(told="closed", reopened_at__lte=now)
    rows = [*closed.select_related("department"), *reopened]
    for row in rows:
        follow_closure(row)
    return len(rows)


@transaction.atomic
def follow_closure(closure: Closure) -> None:
    """Start or stop the clock of one closure and tell open pages, once a change."""
    is_open = closure.reopened_at is not None
    if is_open:
        meet_clocks(subject=closure, at=closure.reopened_at)
    elif closure.is_blocking and not clocks_of(closure).filter(met_at=None, cancelled_at=None).exists():
        limit = rule("limits.road_reopening")
        start_clock(
            subject=closure, kind=Clock.Kind.OPERATIONAL, title=f"抢通道路：{closure.name}", area_code=closure.area_id,
            started_at=closure.since, due_at=closure.since + timedelta(minutes=limit.params["minutes"]),
            rule=limit.reference, citation=limit.citation, incident_id=closure.incident_id,
            department=closure.department, is_exercise=closure.is_exercise,
        )  # fmt: skip
    Closure.objects.filter(pk=closure.pk).update(told="open" if is_open else "closed")
    publish(
        RoadChanged(
            area_code=closure.area_id, is_exercise=closure.is_exercise, closure=closure.pk, title=closure.name,
            is_open=is_open,
        )
    )  # fmt: skip
