"""The register of convoy orders; written by their service only."""

from anlan.areas.transport.convoys.models import ConvoyOrder
from anlan.foundation.ledger.registry import Ledger, register


@register
class ConvoyOrderLedger(Ledger):
    """Orders to convoys and vehicles."""

    model = ConvoyOrder
    name = "convoyorders"
    group = "transport"
    icon = "truck-delivery"
    columns = ("code", "title", "task", "place", "area", "department", "issued_at", "status")
    filters = ("status", "area", "is_exercise")
    search = ("code", "title", "task", "place")
    location = "point"
    is_read_only = True
    detail_url = "convoys:order"
