"""Hand attempts to their outlets, after the transaction that made them, and keep what the outlet said."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.jobs.queue import enqueue, job
from anlan.foundation.notices.channels import CHANNELS, Undelivered
from anlan.foundation.notices.models import Attempt


def queue_delivery(attempts: Sequence[Attempt]) -> None:
    """Have the attempts that leave this system sent as soon as the transaction holds."""
    waiting = [attempt.pk for attempt in attempts if not attempt.outcome]
    if waiting:
        transaction.on_commit(lambda: enqueue(deliver_attempts, title=_("发送通知"), attempts=waiting))


@job
def deliver_attempts(*, progress: Any, attempts: list[int]) -> dict[str, int]:
    """Send each attempt once; what an outlet refuses makes the ladder climb without waiting."""
    sent = 0
    rows = Attempt.objects.filter(pk__in=attempts, outcome="").select_related("notice", "user")
    for done, attempt in enumerate(rows, 1):
        attempt.outcome = _outcome(attempt)
        attempt.save(update_fields=["outcome"])
        if attempt.outcome == Attempt.SENT:
            sent += 1
        else:
            Attempt.objects.filter(pk=attempt.pk, next_at__isnull=False).update(next_at=timezone.now())
        progress(done, len(attempts))
    return {"sent": sent}


def _outcome(attempt: Attempt) -> str:
    if attempt.notice.confirmed_at:
        return _("已确认，未再发送")
    try:
        return CHANNELS[attempt.channel].deliver(attempt)
    except Undelivered as error:
        return str(error)[:200] or _("未送出")
