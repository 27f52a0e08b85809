"""How soon the command answers social teams."""

from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.social.models import Application
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within


@indicator(
    code="rescue.social_decided",
    title=_("社会救援力量报备答复时间（中位数）"),
    unit=_("分钟"),
    drill_down="socialapplications",
)
def social_decided(area_code: str, as_of: datetime) -> Measure:
    """Median minutes from a report to the last decision about it, within a year."""
    rows = counted(
        Application.objects.filter(within((prefix(area_code),), "incident__area_id")), "incident__is_exercise"
    ).filter(submitted_at__gt=as_of - timedelta(days=365), decided_at__lte=as_of)
    waits = [(one.decided_at - one.submitted_at).total_seconds() / 60 for one in rows]
    value = round(median(waits), 1) if waits else None
    return Measure(value=value, samples=len(waits), basis=_("一年内社会救援力量报备记录：从提交到审核"))
