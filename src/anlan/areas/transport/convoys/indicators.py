"""How soon convoys accept their orders."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.convoys.models import ConvoyOrder
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import NoRule, rule

WINDOW = timedelta(days=365)


@indicator(code="transport.orders_accepted", title=_("车队调令按时接受率"), unit="%", drill_down="convoyorders")
def orders_accepted(area_code: str, as_of: datetime) -> Measure:
    """Share of the year's orders that were accepted within the limit, among those accepted or past it."""
    try:
        limit = timedelta(minutes=rule("transport.order_acceptance").params["minutes"])
    except NoRule:
        return Measure(value=None, samples=0, basis=_("没有调令接受时限"))
    rows = counted(ConvoyOrder.objects).filter(
        within((prefix(area_code),)), issued_at__gt=as_of - WINDOW, issued_at__lte=as_of
    )
    in_time = []
    for order in rows.exclude(status=ConvoyOrder.Status.CANCELLED).prefetch_related("steps"):
        accepted = order.times.get(ConvoyOrder.Status.ACCEPTED) or order.times.get(ConvoyOrder.Status.DEPARTED)
        if accepted or order.issued_at + limit <= as_of:
            in_time.append(accepted is not None and accepted - order.issued_at <= limit)
    value = round(100 * sum(in_time) / len(in_time), 1) if in_time else None
    return Measure(value=value, samples=len(in_time), basis=_("近一年车队调令：签发到接受的时间，不含演练"))
