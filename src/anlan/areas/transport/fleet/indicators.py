"""Convoys that can be called."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

#: Fewest vehicles that make a convoy; our own decision, the standard is to be set by the transport bureau.
CONVOY = 5
#: A position older than this says little about where a vehicle is.
FRESH = timedelta(hours=1)


@indicator(code="emergency_convoys", title=_("综合性应急保障车队"), unit=_("支"), drill_down="vehicles")
def convoys(area_code: str, as_of: datetime) -> Measure:
    """Convoys with at least five vehicles."""
    names = list(
        Vehicle.objects.filter(within((prefix(area_code),))).exclude(convoy="").values_list("convoy", flat=True)
    )
    whole = sum(names.count(name) >= CONVOY for name in set(names))
    return Measure(value=whole if names else None, samples=len(names), basis=f"应急车辆台账：不少于 {CONVOY} 辆的车队")


@indicator(code="transport.vehicles_located", title=_("应急车辆实时定位率"), unit="%", drill_down="vehicles")
def vehicles_located(area_code: str, as_of: datetime) -> Measure:
    """Share of the registered emergency vehicles whose terminal said within an hour where they are."""
    rows = counted(Vehicle.objects.filter(within((prefix(area_code),))), "is_demo")
    total = rows.count()
    located = rows.filter(located_at__gt=as_of - FRESH, located_at__lte=as_of).count()
    return Measure(
        value=round(100 * located / total, 1) if total else None,
        samples=total,
        basis="应急车辆台账：近1小时有定位的车辆",
    )
