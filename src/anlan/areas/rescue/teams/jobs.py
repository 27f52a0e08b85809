"""The readiness of every team is computed each night, and soon after a team is registered."""

from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone

from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.teams.services import recompute
from anlan.foundation.jobs.queue import every

#: Teams computed at a time.
MOST = 500


@every(300)
def judge_readiness() -> int:
    """Compute the teams that have no score of today; after midnight these are all."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    stale = Team.objects.filter(Q(readiness_at=None) | Q(readiness_at__lt=midnight)).order_by("pk")[:MOST]
    return recompute(stale)
