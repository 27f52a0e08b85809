"""Whether teams set out and arrive in time."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.rescue.turnouts.models import Turnout
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within

#: Days that the indicators look back.
WINDOW = timedelta(days=365)


def _share(area_code: str, as_of: datetime, name: str, what: str) -> Measure:
    rows = counted(Turnout.objects.filter(within((prefix(area_code),), "incident__area_id")))
    rows = rows.filter(alarmed_at__gt=as_of - WINDOW, alarmed_at__lte=as_of).select_related("assignment", "team")
    judged = [late for late in (getattr(one, name) for one in rows) if late is not None]
    value = round(100 * judged.count(False) / len(judged), 1) if judged else None
    basis = _("一年内的出动记录：%(what)s，没有登记时间或没有时限的不判定") % {"what": what}
    return Measure(value=value, samples=len(judged), basis=basis)


@indicator(code="rescue.turnout_on_time", title=_("救援队伍按时出动率"), unit="%", drill_down="turnouts")
def turnout_on_time(area_code: str, as_of: datetime) -> Measure:
    """Share of turn-outs that set out within the limit of their kind."""
    return _share(area_code, as_of, "is_turnout_late", _("接警到出动的时间与出动时限"))


@indicator(code="rescue.arrival_on_time", title=_("救援队伍按时到场率"), unit="%", drill_down="turnouts")
def arrival_on_time(area_code: str, as_of: datetime) -> Measure:
    """Share of turn-outs that arrived by the time that was asked for or that the rule sets."""
    return _share(area_code, as_of, "is_arrival_late", _("到场时间与到场时限"))
