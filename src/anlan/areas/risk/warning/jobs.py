"""Work by the clock: assessments end after their hold time, warnings expire."""

from django.utils import timezone

from anlan.areas.risk.warning.services.assessments import end_quiet_assessments
from anlan.areas.risk.warning.services.warnings import lapse_warnings
from anlan.foundation.jobs.queue import every


@every(60)
def keep_in_force() -> None:
    """End what is over, so that nothing old stays on the screen."""
    now = timezone.now()
    end_quiet_assessments(now)
    lapse_warnings(now)
