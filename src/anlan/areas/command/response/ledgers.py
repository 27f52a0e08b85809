"""The registers of plans and of orders."""

from anlan.areas.command.response.models import Order, Plan
from anlan.foundation.ledger.registry import Ledger, register


@register
class PlanLedger(Ledger):
    """Plans in all their versions; their text comes from TOML files."""

    model = Plan
    name = "plans"
    group = "drills"
    icon = "book-2"
    columns = ("code", "title", "kind", "version", "status", "department", "filed_at")
    filters = ("kind", "status")
    search = ("code", "title")
    owner_path = "department_id"
    is_read_only = True
    detail_url = "response:plan"


@register
class OrderLedger(Ledger):
    """Orders to departments and teams; written from the incident room."""

    model = Order
    name = "orders"
    group = "command"
    icon = "checklist"
    columns = ("title", "incident", "department", "status", "sent_at", "due_at")
    filters = ("status", "department", "is_exercise")
    search = ("title",)
    key = "id"
    area_path = "department__area_id"
    is_read_only = True
    detail_url = "response:order"
