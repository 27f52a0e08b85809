"""How fast warnings reach those who must know, and whether every one led to a decision."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning.models import Relay, Warning
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule


def _relays(area_code: str, as_of: datetime):
    rows = Relay.objects.filter(
        within((prefix(area_code),), "notice__area_code"),
        relayed_at__gte=as_of - timedelta(days=365),
        relayed_at__lte=as_of,
        warning__message_type__in=("Alert", "Update"),
    )
    return counted(rows, "warning__is_exercise")


@indicator(code="warning.relays_confirmed", title=_("预警叫应在时限内确认的比例"), unit="%", drill_down="warnings")
def relays_confirmed(area_code: str, as_of: datetime) -> Measure:
    """Share of a year's relays that a named person confirmed within the minutes of the warning's colour."""
    minutes = rule("warning.relay").params["minutes"]
    rows = list(_relays(area_code, as_of).values_list("warning__colour", "relayed_at", "notice__confirmed_at"))
    met = sum(
        confirmed is not None and confirmed - relayed <= timedelta(minutes=minutes.get(colour, minutes["blue"]))
        for colour, relayed, confirmed in rows
    )
    return Measure(
        value=round(100 * met / len(rows), 1) if rows else None, samples=len(rows), basis=_("预警转发记录：近一年")
    )


@indicator(code="warning.relay_minutes", title=_("预警叫应确认用时（中位数）"), unit=_("分钟"), drill_down="warnings")
def relay_minutes(area_code: str, as_of: datetime) -> Measure:
    """Median minutes from relay to confirmation over a year; unconfirmed ones are told in the basis."""
    rows = _relays(area_code, as_of)
    times = sorted(
        (confirmed - relayed).total_seconds() / 60
        for relayed, confirmed in rows.filter(notice__confirmed_at__isnull=False).values_list(
            "relayed_at", "notice__confirmed_at"
        )
    )
    silent = rows.count() - len(times)
    return Measure(
        value=round(times[len(times) // 2], 1) if times else None,
        samples=len(times),
        basis=_("预警转发记录：近一年；%(silent)s 次未确认") % {"silent": silent},
    )


@indicator(code="warning.decided", title=_("预警已作出响应决定的比例"), unit="%", drill_down="warnings")
def decided(area_code: str, as_of: datetime) -> Measure:
    """Share of a year's official warnings on which a response, or the reason for none, is on record."""
    rows = counted(
        Warning.objects.filter(
            within((prefix(area_code),), "area_id"),
            is_official=True,
            message_type="Alert",
            sent__gte=as_of - timedelta(days=365),
            sent__lte=as_of,
        )
    )
    total, known = rows.count(), rows.exclude(decisions=None).distinct().count()
    return Measure(value=round(100 * known / total, 1) if total else None, samples=total, basis=_("预警和响应决定记录"))
