"""The registers of shifts and of the duty log; both are written by the services of duty only."""

from anlan.areas.command.duty.models import Shift
from anlan.foundation.ledger.registry import Ledger, register


@register
class ShiftLedger(Ledger):
    """The roster as rows."""

    model = Shift
    name = "shifts"
    group = "command"
    icon = "calendar-time"
    columns = ("start", "end", "kind", "user", "post", "department", "area")
    filters = ("kind", "department", "area")
    search = ("user__full_name",)
    key = "id"
    is_read_only = True
