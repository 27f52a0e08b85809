"""How fast roads are reopened."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

LIMIT = timedelta(hours=24)


@indicator(code="road_reopening_24h_rate", title=_("阻断道路 24 小时内抢通率"), unit="%", drill_down="closures")
def road_reopening_24h_rate(area_code: str, as_of: datetime) -> Measure:
    """Share of blocked roads that were open again within 24 hours, among those reopened or older than that."""
    rows = counted(Closure.objects.filter(within((prefix(area_code),)), since__lte=as_of, reason__in=Closure.BLOCKING))
    settled = [
        end is not None and end <= as_of and end - start <= LIMIT
        for start, end in rows.values_list("since", "reopened_at")
        if (end is not None and end <= as_of) or start + LIMIT <= as_of
    ]
    value = round(100 * sum(settled) / len(settled), 1) if settled else None
    return Measure(value=value, samples=len(settled), basis=_("道路阻断台账：开始和实际恢复时间，不含管制和拥堵"))


@indicator(code="closures.queue_told_rate", title=_("阻断排队预警率"), unit="%", drill_down="closures")
def queue_told_rate(area_code: str, as_of: datetime) -> Measure:
    """Share of the blocked roads of ninety days of whose queue police and dispatchers were told."""
    period = (as_of - timedelta(days=90), as_of)
    rows = counted(
        Closure.objects.filter(within((prefix(area_code),)), since__range=period, reason__in=Closure.BLOCKING)
    )
    total = rows.count()
    told = rows.filter(estimates__told_at__lte=as_of).distinct().count()
    return Measure(
        value=round(100 * told / total, 1) if total else None,
        samples=total,
        basis=_("道路阻断台账：近90天阻断中，已测算排队并通知交警、调度的"),
    )
