"""Periodic work: merge fresh batches, forget raw frames after their time."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import GatewayMinute, IntakeBatch, MalformedFrame
from anlan.areas.risk.monitoring.services import MALFORMED_LIMIT
from anlan.foundation.jobs.queue import every

#: Frames as they came are kept this long beside the readings that came out of them.
FRAMES_KEPT = timedelta(days=30)


@every(30)
def merge_batches() -> int:
    """Merge what came in; a long backlog is worked off in steps."""
    merged = 0
    while done := storage.merge():
        merged += done
    return merged


@every(3600)
def forget_frames() -> None:
    """Drop raw frames, counters and malformed frames that are past their time; readings stay."""
    now = timezone.now()
    IntakeBatch.objects.filter(is_merged=True, received_at__lt=now - FRAMES_KEPT).delete()
    GatewayMinute.objects.filter(minute__lt=now - timedelta(days=400)).delete()
    surplus = MalformedFrame.objects.order_by("-last_at").values_list("pk", flat=True)[MALFORMED_LIMIT:]
    MalformedFrame.objects.filter(pk__in=list(surplus)).delete()
