"""Periodic work: forget old alarms of cameras."""

from datetime import timedelta

from django.utils import timezone

from anlan.areas.risk.cameras.models import CameraAlarm
from anlan.foundation.jobs.queue import every

#: Alarms of cameras are kept this long.
ALARMS_KEPT = timedelta(days=400)


@every(86_400)
def forget_alarms() -> None:
    """Drop alarms of cameras that are past their time."""
    CameraAlarm.objects.filter(received_at__lt=timezone.now() - ALARMS_KEPT).delete()
