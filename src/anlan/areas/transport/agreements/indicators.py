"""Whether agreements are complete and in force."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.agreements.models import Agreement
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(
    code="transport.agreements_complete", title=_("要素齐全且有效的运输保障协议比例"), unit="%",
    drill_down="agreements",
)  # fmt: skip
def agreements_complete(area_code: str, as_of: datetime) -> Measure:
    """Share of the registered agreements that say all that the rule demands and are in force."""
    rows = list(counted(Agreement.objects.filter(within((prefix(area_code),))), "is_demo"))
    day = timezone.localdate(as_of)
    good = sum(one.is_in_force(day) and not one.missing for one in rows)
    value = round(100 * good / len(rows), 1) if rows else None
    return Measure(value=value, samples=len(rows), basis=_("应急运输保障协议台账：必备要素齐全且在有效期内"))
