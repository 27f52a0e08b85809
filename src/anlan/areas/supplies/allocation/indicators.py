"""How long people wait for basic relief, from the request to the signature."""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext_lazy as _

from anlan.areas.supplies.allocation.models import ReliefNeed, Waybill
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import NoRule, rule

#: Requests older than this no longer say how fast relief comes now.
SPAN = timedelta(days=365)


def waits(area_code: str, as_of: datetime) -> tuple[list[float], list[float]]:
    """Hours until everything that a place asked for was signed for; and hours that places with something open wait."""
    rows = counted(
        ReliefNeed.objects.filter(
            within((prefix(area_code),)), request__requested_at__gt=as_of - SPAN, request__requested_at__lte=as_of
        ),
        "request__is_exercise",
    )
    places: dict[tuple[int, str], list[ReliefNeed]] = defaultdict(list)
    for need in rows.select_related("request").prefetch_related("lines__waybill"):
        places[need.request_id, need.place].append(need)
    done, waiting = [], []
    for needs in places.values():
        asked, last = needs[0].request.requested_at, [_met_at(need, as_of) for need in needs]
        if None not in last:
            done.append((max(last) - asked) / timedelta(hours=1))
        elif needs[0].request.is_open:
            waiting.append((as_of - asked) / timedelta(hours=1))
    return done, waiting


def _met_at(need: ReliefNeed, as_of: datetime) -> datetime | None:
    """When the last of a need was signed for; None while something is missing."""
    got = sorted(
        (line.waybill.received_at, line.received or 0)
        for line in need.lines.all()
        if line.waybill.status == Waybill.Status.RECEIVED and line.waybill.received_at <= as_of
    )
    total = 0
    for at, n in got:
        total += n
        if total >= need.quantity:
            return at
    return None


@indicator(code="basic_relief_hours", title=_("受灾人员基本生活有效救助时间"), unit=_("小时"), drill_down="waybills")
def basic_relief_hours(area_code: str, as_of: datetime) -> Measure:
    """Median hours from the request until a place has all it asked for; a place that waits past the limit counts, too."""
    done, waiting = waits(area_code, as_of)
    try:
        limit = rule("limits.basic_relief").params["minutes"] / 60
    except NoRule:
        limit = float("inf")
    hours = done + [one for one in waiting if one > limit]
    told = (
        _("；最慢 %(hours)s 小时，%(waiting)s 处还没有送齐（超过时限的按已等时间计）")
        % {"hours": f"{max(hours):.1f}", "waiting": len(waiting)}
        if hours
        else ""
    )
    return Measure(
        value=round(median(hours), 1) if hours else None, samples=len(hours),
        basis=_("运单：提出需求到地点全部签收的用时（中位数），一年内%(told)s") % {"told": told},
    )  # fmt: skip
