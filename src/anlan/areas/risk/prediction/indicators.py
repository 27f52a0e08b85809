"""How many of the plan's models work, and how much they are used."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.prediction.models import Run
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.science.hazards.catalogue import hazards

#: The six events that the plan (task 7) wants models for, and the models here that answer for each.
PLANNED = {
    _("台风"): ("typhoon",), _("洪水"): ("flood",), _("重大疫情"): ("epidemic",), _("燃气管道泄漏"): ("gas_leak",),
    _("危化品爆炸"): ("explosion", "fire", "toxic_release"), _("大规模群体性聚集"): ("crowd",),
}  # fmt: skip


@indicator(code="prediction_models", title=_("突发事件预测分析模型"), unit=_("个"), drill_down="predictions")
def models(area_code: str, as_of: datetime) -> Measure:
    """How many of the six kinds of event that the plan names have a working model."""
    built = [event for event, codes in PLANNED.items() if any(code in hazards() for code in codes)]
    return Measure(
        value=len(built),
        samples=len(hazards()),
        basis=_("模型目录：%(built)s") % {"built": _("、").join(str(one) for one in built)},
    )


@indicator(code="prediction.runs_accepted", title=_("近一年推演采纳率"), unit="%", drill_down="predictions")
def accepted(area_code: str, as_of: datetime) -> Measure:
    """Share of the finished runs of a year that a named person accepted."""
    rows = counted(Run.objects.filter(within((prefix(area_code),)), status=Run.Status.DONE))
    rows = rows.filter(asked_at__gt=as_of - timedelta(days=365), asked_at__lte=as_of)
    total = rows.count()
    done = rows.filter(accepted_at__isnull=False).count()
    return Measure(
        value=round(100 * done / total, 1) if total else None, samples=total, basis=_("推演台账：近一年算完的")
    )
