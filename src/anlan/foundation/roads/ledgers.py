"""The registers of networks and of speeds by time of day."""

from anlan.foundation.ledger.registry import Ledger, register
from anlan.foundation.roads.models import RoadNetwork, SpeedProfile


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


@register
class SpeedProfileLedger(Ledger):
    """Measured speeds by time of day; what no row says goes by the rule `roads.time_of_day`."""

    model = SpeedProfile
    name = "speedprofiles"
    group = "transport"
    icon = "gauge"
    columns = (
        "code",
        "area",
        "road_name",
        "road_class",
        "day_kind",
        "source",
        "measured_to",
        "status",
        "effective_from",
    )
    filters = ("area", "day_kind", "road_class", "status")
    search = ("code", "road_name", "source")
    detail_template = "roads/profile.html"
