"""Start, meet and escalate clocks."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from anlan.foundation.accounts.models import Department
from anlan.foundation.clocks.models import Clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import ClockStruck

STEPS = (50, 80, 100)


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


def escalate_clocks(*, now: datetime | None = None) -> list[Clock]:
    """Raise every running clock that passed its next step; each step is published once."""
    now = now or timezone.now()
    struck = []
    for clock in Clock.objects.filter(met_at=None, cancelled_at=None, escalated__lt=100):
        step = max((s for s in STEPS if s <= clock.percent(now)), default=0)
        if step <= clock.escalated:
            continue
        with transaction.atomic():
            moved = Clock.objects.filter(pk=clock.pk, escalated=clock.escalated).update(escalated=step)
            if not moved:
                continue
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
        struck.append(clock)
    return struck
