"""The register of networks."""

from anlan.foundation.ledger.registry import Ledger, register
from anlan.foundation.roads.models import RoadNetwork


@register
class RoadNetworkLedger(Ledger):
    """Versions of the road network; imported with `anlan import-roads`."""

    model = RoadNetwork
    name = "roadnetworks"
    group = "transport"
    icon = "road"
    columns = ("title", "source", "is_synthetic", "is_current", "edges", "length_km", "imported_at")
    filters = ("is_current", "is_synthetic")
    search = ("title", "source")
    key = "id"
    is_read_only = True
