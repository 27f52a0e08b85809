"""Periodic work: tell of agreements that near their end."""

from anlan.areas.transport.agreements import services
from anlan.foundation.jobs.queue import every


@every(3600)
def tell_expiring() -> None:
    """Once an hour; each limit is told once."""
    services.tell_expiring()
