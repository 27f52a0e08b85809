"""How complete the command bodies are."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.organisation.models import Seat
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(code="command.seats_filled", title=_("指挥机构席位有成员且有替补的比例"), unit="%", drill_down="seats")
def seats_filled(area_code: str, as_of: datetime) -> Measure:
    """Share of seats that a member and a substitute hold."""
    seats = list(Seat.objects.filter(within((prefix(area_code),))))
    filled = sum(seat.is_filled(timezone.localdate(as_of)) for seat in seats)
    value = round(100 * filled / len(seats), 1) if seats else None
    return Measure(value=value, samples=len(seats), basis=_("成员席位台账"))
