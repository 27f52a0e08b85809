"""Periodic work: follow the register of closures."""

from anlan.areas.transport.closures import services
from anlan.foundation.jobs.queue import every


@every(10)
def follow_closures() -> None:
    """Start and stop clocks, tell open pages."""
    services.follow_closures()
