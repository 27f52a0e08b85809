"""How many townships have service posts up to the standard."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.areas.grassroots.posts.models import ServicePost
from anlan.foundation.indicators.registry import Measure, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: Score from which a post counts as up to the standard; to be set by the bureau's own scoring rules.
PASS = 80


@indicator(code="township_standardisation", title=_("达标的乡镇（街道）占比"), unit="%", drill_down="serviceposts")
def township_standardisation(area_code: str, as_of: datetime) -> Measure:
    """Share of townships all of whose scored posts reach the pass mark."""
    townships = Area.objects.filter(within((prefix(area_code),), "code"), level=Area.Level.TOWNSHIP).count()
    scores: dict[str, list[int]] = {}
    for code, score in ServicePost.objects.filter(within((prefix(area_code),)), score__isnull=False).values_list(
        "area_id", "score"
    ):
        scores.setdefault(code[:9], []).append(score)
    passed = sum(min(found) >= PASS for found in scores.values())
    value = round(100 * passed / townships, 1) if scores and townships else None
    return Measure(
        value=value, samples=len(scores), basis=_("应急服务站台账：已评分且均不低于 %(pass)s 分的乡镇") % {"pass": PASS}
    )
