"""Hand attempts to their outlets, after the transaction that made them, and keep what the outlet said."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.jobs.queue import enqueue, job
from anlan.foundation.notices.channels import CHANNELS, Undelivered
from anlan.foundation.notices.models import Attempt

#: An attempt unsent for so long was lost on its way to the queue.
LOST_AFTER = timedelta(minutes=2)


def queue_delivery(attempts: Sequence[Attempt]) -> None:
    """Have the attempts that leave this system sent as soon as the transaction holds."""
    waiting = [attempt.pk for attempt in attempts if not attempt.outcome]
    if waiting:
        transaction.on_commit(lambda: enqueue(deliver_attempts, title=_("发送通知"), attempts=waiting))


def queue_lost() -> int:
    """Queue again what was written down but never sent, because the process ended in between."""
    lost = Attempt.objects.filter(outcome="", sent_at__lt=timezone.now() - LOST_AFTER)
    found = list(lost.order_by("pk").values_list("pk", flat=True)[:100])
    for pk in found:
        enqueue(deliver_attempts, title=_("发送通知"), attempts=[pk])
    return len(found)


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
