"""Work by the clock: orders whose deadline passed with the task undone are marked."""

from anlan.areas.command.response.services.orders import mark_overdue_orders
from anlan.foundation.jobs.queue import every


@every(10)
def mark_late_orders() -> None:
    """Say within seconds which orders are late; the ladder of notices calls those who did not acknowledge."""
    mark_overdue_orders()
