"""Whether those who owe exercises hold them in time and often enough, and whether what was held was assessed."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.drills.exercises.models import Exercise, ExerciseUnit
from anlan.areas.drills.exercises.queries import standings
from anlan.areas.drills.exercises.rules import JUDGED, add_months
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule


@indicator(code="drills.in_time", title=_("按期演练的单位占比"), unit="%", drill_down="exerciseunits")
def in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of the units with a duty whose day has not passed on that date."""
    units = ExerciseUnit.objects.filter(within((prefix(area_code),)), since__lte=timezone.localdate(as_of))
    owing = [one for one in standings(units, timezone.localdate(as_of)) if one.due]
    value = round(100 * sum(not one.is_overdue for one in owing) / len(owing), 1) if owing else None
    basis = _("演练台账和演练频次规则，取最严；不含须按单位预案清单核对的规则")
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
    return Measure(
        value=round(100 * good / total, 1) if total else None, samples=total, basis=_("演练台账：近一年已举办")
    )


def _fewest(area_code: str, as_of: datetime, frequency: str) -> Measure:
    """How many exercises that a rule counts the unit with the fewest held in the rule's time; so many all have held.

    Units whose duty is younger than that time are left out.
    """
    params = rule(frequency).params
    day = timezone.localdate(as_of)
    start = add_months(day, -params["months"])
    units = ExerciseUnit.objects.filter(
        within((prefix(area_code),)), category__in=params["units"], since__lte=start
    ).prefetch_related("exercises")
    counts = [
        sum(
            one.status == Exercise.Status.HELD
            and start < one.held_on <= day
            and JUDGED[params["what"]](one.kind, one.coverage)
            for one in unit.exercises.all()
        )
        for unit in units
    ]
    late = sum(count < params["times"] for count in counts)
    return Measure(
        value=min(counts, default=None),
        samples=len(counts),
        basis=_("演练最少的单位；%(counts)s 家中 %(late)s 家不足") % {"counts": len(counts), "late": late},
    )


@indicator(
    code="high_risk_drills",
    title=_("高危行业企业、人员密集场所经营单位每半年演练次数"),
    unit=_("次/半年"),
    drill_down="exerciseunits",
)
def high_risk_drills(area_code: str, as_of: datetime) -> Measure:
    """Exercises in half a year of the high-risk or crowded unit with the fewest."""
    return _fewest(area_code, as_of, "drills.frequency.plan_high_risk")


@indicator(code="other_enterprise_drills", title=_("其他企业每年演练次数"), unit=_("次/年"), drill_down="exerciseunits")
def other_enterprise_drills(area_code: str, as_of: datetime) -> Measure:
    """Exercises in a year of the other enterprise with the fewest."""
    return _fewest(area_code, as_of, "drills.frequency.plan_other")


@indicator(
    code="plant_site_drills",
    title=_("企业各厂区每半年现场处置演练次数"),
    unit=_("次/半年"),
    drill_down="exerciseunits",
)
def plant_site_drills(area_code: str, as_of: datetime) -> Measure:
    """On-site exercises in half a year of the plant site with the fewest."""
    return _fewest(area_code, as_of, "drills.frequency.plan_plant_site")
