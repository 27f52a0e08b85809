"""The ladder climbs by the clock."""

from anlan.foundation.jobs.queue import every
from anlan.foundation.notices.delivery import queue_lost
from anlan.foundation.notices.services import climb


@every(10)
def climb_ladders() -> None:
    """Call the next person wherever nobody confirmed in time."""
    climb()


@every(60)
def send_lost() -> None:
    """Send what a stopped process left unsent."""
    queue_lost()
