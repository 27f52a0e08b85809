"""Whether a leader and an officer stood duty at every hour."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.command.duty.models import Shift
from anlan.areas.command.duty.queries import gaps
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

WINDOW = timedelta(days=7)


@indicator(
    code="command_duty_continuity", title=_("7×24小时应急指挥保障在岗率（近7天）"), unit="%", drill_down="shifts"
)
def duty_continuity(area_code: str, as_of: datetime) -> Measure:
    """Share of the last week in which the roster names a leader and an officer; unknown while there is no roster."""
    start = as_of - WINDOW
    rows = counted(Shift.objects.filter(within((prefix(area_code),)), end__gt=start, start__lt=as_of), "is_demo")
    shifts = [shift for shift in rows if shift.kind in (Shift.Kind.OFFICER, Shift.Kind.LEADER)]
    empty = [
        gap
        for kind in (Shift.Kind.OFFICER, Shift.Kind.LEADER)
        for gap in gaps([shift for shift in shifts if shift.kind == kind], start, as_of)
    ]
    value = round(100 * (1 - _length(empty) / WINDOW), 1) if shifts else None
    return Measure(value=value, samples=len(shifts), basis=_("值班表：带班领导和值班员都在岗的时间"))


def _length(intervals: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of them lasts."""
    total, reached = timedelta(), None
    for start, end in sorted(intervals):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total, reached = total + (end - begin), end
    return total
