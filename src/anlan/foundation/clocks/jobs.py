"""Running limits are raised by the clock."""

from anlan.foundation.clocks.services import escalate_clocks, stop_reminders
from anlan.foundation.jobs.queue import every


@every(5)
def raise_clocks() -> None:
    """Tell those responsible at 50, 80 and 100 per cent, and nobody further once the duty is done."""
    escalate_clocks()
    stop_reminders()
