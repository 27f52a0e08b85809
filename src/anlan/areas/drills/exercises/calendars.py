"""The exercises of one's areas as a calendar."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.drills.exercises.models import Exercise
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.calendars.registry import Event, calendar
from anlan.foundation.ledger.registry import ledger

#: How long ago an exercise may have been.
BEFORE = timedelta(days=183)


@calendar(code="drills.exercises", title=_("演练计划"), capability="view:exercises")
def exercises(user: User, _unit: Department | None) -> Iterator[Event]:
    """Exercises on the day on which they were held or are planned, as whole days."""
    since = timezone.localdate() - BEFORE
    rows = list(ledger("exercises").rows(user).filter(planned_on__gte=since).select_related("unit", "area"))
    versions = Exercise.history.model.objects.filter(id__in=[row.pk for row in rows])
    changes = Counter(versions.values_list("id", flat=True))
    for row in rows:
        day = row.held_on or row.planned_on
        yield Event(
            name=f"exercise-{row.pk}",
            start=day,
            end=day + timedelta(days=1),
            title=f"{row.get_kind_display()} {row.name}",
            place=row.place or str(row.area),
            text="\n".join(part for part in (str(row.unit), row.plan, row.get_status_display()) if part),
            changed_at=row.updated_at,
            sequence=max(0, changes[row.pk] - 1),
            is_cancelled=row.status == Exercise.Status.CANCELLED,
            link=f"/registers/exercises/{row.pk}/",
        )
