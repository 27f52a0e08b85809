"""Whether somebody stood duty at every hour."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.command.duty.models import Shift
from anlan.areas.command.duty.queries import gaps
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

WINDOW = timedelta(days=30)


@indicator(code="command.duty_covered", title=_("值班员在岗时间覆盖率（近30天）"), unit="%", drill_down="shifts")
def duty_covered(area_code: str, as_of: datetime) -> Measure:
    """Share of the last thirty days in which the roster names a duty officer; unknown while there is no roster."""
    start = as_of - WINDOW
    rows = Shift.objects.filter(within((prefix(area_code),)), kind=Shift.Kind.OFFICER, end__gt=start, start__lt=as_of)
    shifts = list(counted(rows, "is_demo"))
    empty = sum((end - begin for begin, end in gaps(shifts, start, as_of)), timedelta())
    value = round(100 * (1 - empty / WINDOW), 1) if shifts else None
    return Measure(value=value, samples=len(shifts), basis="值班表")
