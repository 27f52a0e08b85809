"""Keep the targets' values, so that their movement can be drawn."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from anlan.foundation.indicators.models import Observation
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.jobs.queue import every

#: How often values are kept.
PERIOD = timedelta(minutes=10)


@every(60)
def observe_indicators() -> int:
    """Compute and keep every indicator once a period."""
    now = timezone.now()
    if Observation.objects.filter(as_of__gt=now - PERIOD).exists():
        return 0
    city = settings.ANLAN.city
    rows = []
    for found in indicators().values():
        measure = found.compute(city, now)
        rows.append(
            Observation(
                code=found.code,
                area_code=city,
                value=measure.value,
                samples=measure.samples,
                basis=measure.basis,
                as_of=now,
            )
        )
    Observation.objects.bulk_create(rows)
    return len(rows)
