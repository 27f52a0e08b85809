"""A road was closed or opened: look at the plans that drive on it. A depot took stock in: send on what waited for it."""

from django.db import transaction

from anlan.areas.supplies.allocation.delivering import take_in
from anlan.areas.supplies.allocation.jobs import check_roads
from anlan.areas.supplies.allocation.models import AllocationPlan
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import RoadChanged, TransferArrived
from anlan.foundation.jobs.queue import enqueue_unseen


@subscribe(RoadChanged)
def look_at_plans(event: RoadChanged) -> None:
    """The check itself is queued: closing a road never waits for it."""
    if AllocationPlan.objects.exists():
        transaction.on_commit(lambda: enqueue_unseen(check_roads))


@subscribe(TransferArrived)
def send_on(event: TransferArrived) -> None:
    """In the same transaction: what came is set aside before anybody else can take it."""
    take_in(event.slip)
