"""What stands in the way now; declared here, read by whoever drives."""

import math
from collections.abc import Iterator
from datetime import datetime

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.roads.registry import Obstacle, obstacles


@obstacles
def closures_at(at: datetime) -> Iterator[Obstacle]:
    """The closures in force at a moment; a jam slows, everything else blocks."""
    for row in Closure.objects.filter(Closure.standing(at), lon__isnull=False):
        yield Obstacle(
            title=f"{row.name}（{row.get_reason_display()}）",
            area_code=row.area_id,
            lon=row.lon,
            lat=row.lat,
            radius_m=row.radius_m,
            factor=row.factor if row.reason == Closure.Reason.CONGESTED else math.inf,
        )
