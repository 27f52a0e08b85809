"""The plan read against live records."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.indicators.models import Observation
from anlan.foundation.indicators.registry import Indicator, Measure, indicators
from anlan.foundation.places.models import Area
from anlan.oversight.plan import Project, Target, Task, load


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a target stands now: its value, who computed it from what, and how it moved."""

    target: Target
    indicator: Indicator | None
    measure: Measure | None
    as_of: datetime
    #: Value by county for targets that every county has to reach.
    by_county: tuple[tuple[Area, Measure], ...] = ()
    #: Value a day ago, None when there is none.
    before: float | None = None

    @property
    def state(self) -> str:
        """met, open, direction (no goal), silent (no data yet) or missing (nothing computes it: the backlog)."""
        if self.indicator is None:
            return "missing"
        if self.measure is None or self.measure.value is None:
            return "silent"
        met = self.target.is_met(self.measure.value)
        return "direction" if met is None else "met" if met else "open"


@dataclass(frozen=True, kw_only=True)
class TaskStanding:
    """A task with its targets and what realises it."""

    task: Task
    standings: tuple[Standing, ...]

    @property
    def state(self) -> str:
        """live, partly (some of its numbers are not computed yet) or missing (nothing is built)."""
        if not is_built(self.task):
            return "missing"
        return "partly" if any(s.state == "missing" for s in self.standings) else "live"


def is_built(entry: Task | Project) -> bool:
    """Whether every module that realises an entry is here."""
    return bool(entry.realised_by) and all(find_spec(module) for module in entry.realised_by)


def standing(target: Target, *, as_of: datetime | None = None) -> Standing:
    """Compute one target now; of targets for every county, the worst county's value counts."""
    as_of = as_of or timezone.now()
    found = indicators().get(target.code)
    city = settings.ANLAN.city
    if found is None:
        return Standing(target=target, indicator=None, measure=None, as_of=as_of)
    by_county: tuple[tuple[Area, Measure], ...] = ()
    if target.per == "county":
        counties = Area.objects.filter(parent_id=city, level=Area.Level.COUNTY)
        by_county = tuple((county, found.compute(county.code, as_of)) for county in counties)
        known = [measure for _, measure in by_county if measure.value is not None]
        worst = (max if target.comparison == "<=" else min)(known, key=lambda m: m.value, default=None)
        silent = len(by_county) - len(known)
        measure = (
            Measure(
                value=worst.value if not silent else None,
                samples=len(known),
                basis=_("最差的县；%(silent)s 个县没有数据") % {"silent": silent},
            )
            if worst
            else None
        )
    else:
        measure = found.compute(city, as_of)
    earlier = Observation.objects.filter(code=target.code, area_code=city, as_of__lte=as_of - timedelta(days=1)).first()
    return Standing(
        target=target,
        indicator=found,
        measure=measure,
        as_of=as_of,
        by_county=by_county,
        before=earlier.value if earlier else None,
    )


def standings() -> list[Standing]:
    """All targets now."""
    return [standing(target) for target in load().targets]


def task_standings(found: list[Standing] | None = None) -> list[TaskStanding]:
    """All tasks with their targets."""
    found = standings() if found is None else found
    return [
        TaskStanding(task=task, standings=tuple(s for s in found if s.target.task == task.number))
        for task in load().tasks
    ]


def further(task: Task, *, as_of: datetime | None = None) -> list[tuple[Indicator, Measure]]:
    """A task's indicators beside its targets."""
    as_of = as_of or timezone.now()
    known = indicators()
    return [(known[code], known[code].compute(settings.ANLAN.city, as_of)) for code in task.indicators if code in known]
