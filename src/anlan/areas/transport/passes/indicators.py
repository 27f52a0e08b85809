"""How well the green channel works."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.transport.passes.models import Check, Pass
from anlan.areas.transport.passes.rules import Outcome
from anlan.areas.transport.passes.services import RULE
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.rules.queries import rule

#: Days that the indicators look back.
DAYS = 90


@indicator(code="passes.decided_in_time", title=_("通行证按时办结率"), unit="%", drill_down="passes")
def decided_in_time(area_code: str, as_of: datetime) -> Measure:
    """Share of the applications of ninety days that were decided within the rule's time, or by the white list."""
    limit = timedelta(minutes=rule(RULE).params["decide_minutes"])
    rows = counted(Pass.objects.filter(within((prefix(area_code),)), applied_at__range=_period(as_of)))
    settled = [
        end is not None and end <= as_of and end - start <= limit
        for start, end in rows.values_list("applied_at", "decided_at")
        if (end is not None and end <= as_of) or start + limit <= as_of
    ]
    return Measure(
        value=round(100 * sum(settled) / len(settled), 1) if settled else None, samples=len(settled),
        basis=_("通行证台账：近%(days)s天申请，从申请到办结") % {"days": DAYS},
    )  # fmt: skip


@indicator(code="passes.checked_valid", title=_("通行证查验通过率"), unit="%", drill_down="passchecks")
def checked_valid(area_code: str, as_of: datetime) -> Measure:
    """Share of the checks of ninety days whose pass was good, as the office finds afterwards."""
    rows = counted(Check.objects.filter(within((prefix(area_code),)), checked_at__range=_period(as_of)))
    good = rows.filter(judged=Outcome.VALID).count()
    total = rows.count()
    return Measure(
        value=round(100 * good / total, 1) if total else None, samples=total,
        basis=_("查验记录：近%(days)s天，按复核结果") % {"days": DAYS},
    )  # fmt: skip


def _period(as_of: datetime) -> tuple[datetime, datetime]:
    return as_of - timedelta(days=DAYS), as_of
