"""The register of transport nodes."""

from anlan.areas.transport.nodes.models import TransportNode
from anlan.foundation.ledger.registry import Ledger, register


@register
class TransportNodeLedger(Ledger):
    """Stations, ports, airfields, helipads, hubs and key nodes, with whom to call."""

    model = TransportNode
    name = "transportnodes"
    group = "transport"
    icon = "map-pins"
    columns = ("code", "name", "kind", "mode", "area", "status", "contact", "phone", "people_an_hour", "tonnes_a_day")
    filters = ("kind", "mode", "status", "area")
    search = ("code", "name", "contact", "capacity")
    location = "point"
