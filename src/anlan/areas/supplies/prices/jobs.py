"""Periodic work: look for prices that jumped."""

from anlan.areas.supplies.prices import services
from anlan.foundation.jobs.queue import every


@every(3600)
def tell_rises() -> None:
    """Once an hour; each rise is told once."""
    services.tell_rises()
