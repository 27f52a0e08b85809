"""Improvements become overdue by the calendar."""

from anlan.areas.command.review.services import mark_overdue
from anlan.foundation.jobs.queue import every


@every(3600)
def mark_overdue_improvements() -> None:
    """Mark what was not done by its day, and tell its unit once."""
    mark_overdue()
