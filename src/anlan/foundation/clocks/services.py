"""Start, meet and escalate clocks."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from anlan.foundation.accounts.models import Department
from anlan.foundation.clocks.escalation import reminders
from anlan.foundation.clocks.models import Clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import ClockStruck
from anlan.foundation.notices.models import Attempt
from anlan.foundation.notices.services import send_notices
from anlan.foundation.rules.queries import rule


def start_clock(
    *,
    subject: models.Model,
    kind: str,
    title: str,
    due_at: datetime,
    area_code: str,
    started_at: datetime | None = None,
    rule: str = "",
    citation: str = "",
    incident_id: int | None = None,
    department: Department | None = None,
    is_exercise: bool = False,
) -> Clock:
    """Start a limit on a duty."""
    return Clock.objects.create(
        subject=subject,
        kind=kind,
        title=title,
        started_at=started_at or timezone.now(),
        due_at=due_at,
        area_code=area_code,
        rule=rule,
        citation=citation,
        incident_id=incident_id,
        department=department,
        is_exercise=is_exercise,
    )


def clocks_of(subject: models.Model) -> models.QuerySet[Clock]:
    """The clocks that run or ran on a record."""
    return Clock.objects.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)


def meet_clocks(*, subject: models.Model, kind: str = "", at: datetime | None = None) -> int:
    """Stop the running clocks of a record because the duty was done."""
    running = clocks_of(subject).filter(met_at=None, cancelled_at=None)
    if kind:
        running = running.filter(kind=kind)
    return running.update(met_at=at or timezone.now())


def cancel_clocks(*, subject: models.Model) -> int:
    """Stop the running clocks of a record because the duty fell away."""
    return clocks_of(subject).filter(met_at=None, cancelled_at=None).update(cancelled_at=timezone.now())


def stop_reminders() -> int:
    """End the calls about clocks that have stopped; the reminders themselves can still be confirmed."""
    kind = ContentType.objects.get_for_model(Clock)
    climbing = Attempt.objects.filter(next_at__isnull=False, notice__subject_type=kind)
    reminded = set(climbing.values_list("notice__subject_id", flat=True))
    stopped = Clock.objects.filter(pk__in=reminded).exclude(met_at=None, cancelled_at=None)
    return climbing.filter(notice__subject_id__in=list(stopped.values_list("pk", flat=True))).update(next_at=None)


def escalate_clocks(*, now: datetime | None = None) -> list[Clock]:
    """Raise every running clock that passed its next step; each step is published and told once."""
    now = now or timezone.now()
    running = list(Clock.objects.filter(met_at=None, cancelled_at=None, escalated__lt=100, started_at__lte=now))
    if not running:
        return []
    escalation = rule("clocks.escalation")
    told = {step["percent"]: step["tell"] for step in escalation.params["steps"]}
    struck = []
    for clock in running:
        step = max((percent for percent in told if percent <= clock.percent(now)), default=0)
        if step > clock.escalated:
            tell = [who for percent in sorted(told) if clock.escalated < percent <= step for who in told[percent]]
            struck += [clock] if _strike(clock, step, tell) else []
    return struck


@transaction.atomic
def _strike(clock: Clock, step: int, tell: list[str]) -> bool:
    """Take one step, unless another process took it or the duty was done meanwhile."""
    waiting = Clock.objects.filter(pk=clock.pk, escalated=clock.escalated, met_at=None, cancelled_at=None)
    if not waiting.update(escalated=step):
        return False
    clock.escalated = step
    publish(
        ClockStruck(
            area_code=clock.area_code,
            is_exercise=clock.is_exercise,
            clock=clock.pk,
            incident=clock.incident_id,
            title=clock.title,
            percent=step,
            due_at=clock.due_at,
        )
    )
    send_notices(list(reminders(clock, tell)))
    return True
