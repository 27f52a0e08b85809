"""What the duty handover learns from the other areas: instruments that are out of order."""

from typing import Any

from django.utils import timezone

from anlan.areas.command.duty.models import Shift
from anlan.areas.command.duty.queries import SOURCES, Source
from anlan.areas.risk.monitoring.models import Alarm
from anlan.foundation.places.codes import within

FAULTS = (Alarm.Kind.MISSING, Alarm.Kind.STUCK, Alarm.Kind.QUALITY)


def broken_devices(shift: Shift) -> list[dict[str, Any]]:
    """Instruments that are silent, stuck or wrong, each with since when."""
    rows = Alarm.objects.filter(
        within(shift.department.area.prefixes, "area_code"), kind__in=FAULTS, cleared_at=None
    ).order_by("raised_at")
    return [
        {
            "text": row.title,
            "note": f"{timezone.localtime(row.raised_at):%m-%d %H:%M} 起",
            "link": "",
            "is_exercise": row.is_exercise,
        }
        for row in rows
    ]


def add_sources() -> None:
    """Put the section on every handover sheet."""
    SOURCES.append(Source("设备故障", broken_devices))
