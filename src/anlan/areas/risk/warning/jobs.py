"""Work by the clock: assessments end after their hold time, warnings expire, feeds are asked."""

from typing import Any

from django.utils import timezone

from anlan.areas.risk.warning.models import WarningSource
from anlan.areas.risk.warning.services.assessments import end_quiet_assessments
from anlan.areas.risk.warning.services.feeds import claim_due, note_failure, poll_source
from anlan.areas.risk.warning.services.warnings import lapse_warnings
from anlan.foundation.jobs.queue import enqueue_unseen, every, job


@every(60)
def keep_in_force() -> None:
    """End what is over, so that nothing old stays on the screen."""
    now = timezone.now()
    end_quiet_assessments(now)
    lapse_warnings(now)


@every(5)
def ask_sources() -> None:
    """Have the workers ask the feeds whose time has come."""
    for source in claim_due(timezone.now()):
        enqueue_unseen(poll, source=source.pk)


@job
def poll(*, progress: Any, source: int) -> dict[str, int]:
    """Ask one feed."""
    found = WarningSource.objects.filter(pk=source).first()
    if found is None:
        return {}
    try:
        return dict(poll_source(source=found))
    except Exception as error:
        note_failure(found, timezone.now(), f"系统内部错误（{type(error).__name__}），详见工作进程日志")
        raise
