"""Convoys that can be called."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within

#: Fewest vehicles that make a convoy; our own decision, the standard is to be set by the transport bureau.
CONVOY = 5


@indicator(code="emergency_convoys", title=_("综合性应急保障车队"), unit=_("支"), drill_down="vehicles")
def convoys(area_code: str, as_of: datetime) -> Measure:
    """Convoys with at least five vehicles."""
    names = list(
        Vehicle.objects.filter(within((prefix(area_code),))).exclude(convoy="").values_list("convoy", flat=True)
    )
    whole = sum(names.count(name) >= CONVOY for name in set(names))
    return Measure(value=whole if names else None, samples=len(names), basis=f"应急车辆台账：不少于 {CONVOY} 辆的车队")
