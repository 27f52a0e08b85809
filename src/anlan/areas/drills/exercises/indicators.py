"""Whether those who owe exercises hold them in time, and whether what was held was assessed."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.areas.drills.exercises.queries import standings
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="drills.in_time", title=_("按期演练的单位占比"), unit="%", drill_down="exerciseunits")
def in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of the units with a duty whose day has not passed on that date."""
    units = ExerciseUnit.objects.filter(within((prefix(area_code),)), since__lte=timezone.localdate(as_of))
    owing = [one for one in standings(units, timezone.localdate(as_of)) if one.due]
    value = round(100 * sum(not one.is_overdue for one in owing) / len(owing), 1) if owing else None
    basis = "演练台账和演练频次规则，取最严；不含须按单位预案清单核对的规则"
    return Measure(value=value, samples=len(owing), basis=basis)


@indicator(code="drills.assessed", title=_("演练有评估得分和改进意见的比例"), unit="%", drill_down="exercises")
def assessed(area_code: str, as_of: datetime) -> Measure:
    """Share of a year's exercises that have a score and say what is to be improved."""
    day = timezone.localdate(as_of)
    held = Exercise.objects.filter(
        within((prefix(area_code),)),
        status=Exercise.Status.HELD,
        held_on__gt=day - timedelta(days=365),
        held_on__lte=day,
    )
    total = held.count()
    good = held.exclude(score=None).exclude(lessons="").count()
    return Measure(value=round(100 * good / total, 1) if total else None, samples=total, basis="演练台账：近一年已举办")
