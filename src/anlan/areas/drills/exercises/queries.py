"""Which units owe an exercise, by when and why; the exercises ahead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.areas.drills.exercises.rules import Due, Held, applying, next_due
from anlan.foundation.rules.queries import rules

#: Days before a unit's day from which it counts as due soon.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """How a unit stands: when its next exercise is owed, and the one it has planned."""

    unit: ExerciseUnit
    due: Due | None
    planned: Exercise | None
    on: date

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due.on < self.on

    @property
    def is_soon(self) -> bool:
        return self.due is not None and self.on <= self.due.on <= self.on + SOON

    @property
    def days_over(self) -> int:
        """Days since the day passed."""
        return (self.on - self.due.on).days if self.due else 0


def standings(units: QuerySet[ExerciseUnit], on: date) -> list[Standing]:
    """How units stand on a day, by the exercises held until then; the most overdue first, those without a duty last."""
    done = Exercise.objects.filter(status=Exercise.Status.HELD, held_on__lte=on)
    ahead = Exercise.objects.filter(status=Exercise.Status.PLANNED).order_by("planned_on")
    rows = units.select_related("area").prefetch_related(
        Prefetch("exercises", done, to_attr="held"), Prefetch("exercises", ahead, to_attr="ahead")
    )
    frequencies = rules("drills.frequency.", on=on)
    found = [Standing(unit, _due(unit, frequencies), next(iter(unit.ahead), None), on) for unit in rows]
    return sorted(found, key=lambda one: (one.due.on if one.due else date.max, one.unit.code))


def _due(unit: ExerciseUnit, frequencies: Iterable) -> Due | None:
    fitting = applying(frequencies, category=unit.category, area=unit.area_id)
    return next_due(fitting, [Held(one.held_on, one.kind, one.coverage) for one in unit.held], unit.since)
