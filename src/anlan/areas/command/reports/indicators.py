"""How many reports that the rules ask for went out in time."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.command.reports.models import ReportDuty
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="command.reports_in_time", title=_("按时限报出的信息报告比例"), unit="%")
def reports_in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of the duties that are due or done of which the report went out within its limit."""
    owed = ReportDuty.objects.filter(
        within((prefix(area_code),), "area_code"), cancelled_at=None, started_at__lte=as_of
    )
    rows = counted(owed, "incident__is_exercise").values_list("met_at", "due_at")
    settled = [
        met is not None and met <= due for met, due in rows if (met is not None and met <= as_of) or due <= as_of
    ]
    value = round(100 * sum(settled) / len(settled), 1) if settled else None
    return Measure(value=value, samples=len(settled), basis=_("报告义务和报送记录"))
