"""The registers of command bodies and their seats."""

from anlan.areas.command.organisation.models import CommandBody, Seat
from anlan.foundation.ledger.registry import Ledger, register


@register
class CommandBodyLedger(Ledger):
    """Headquarters."""

    model = CommandBody
    name = "commandbodies"
    group = "command"
    icon = "sitemap"
    columns = ("code", "name", "kind", "office", "area")
    filters = ("kind", "area")
    search = ("code", "name")


@register
class SeatLedger(Ledger):
    """Seats with member and substitute."""

    model = Seat
    name = "seats"
    group = "command"
    icon = "armchair"
    columns = ("code", "body", "title", "department", "member", "substitute")
    search = ("code", "title", "duty")
    owner_path = "department_id"
