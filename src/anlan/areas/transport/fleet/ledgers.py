"""The register of vehicles."""

from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.ledger.registry import Ledger, register


@register
class VehicleLedger(Ledger):
    """Vehicles and machines that can be called."""

    model = Vehicle
    name = "vehicles"
    group = "transport"
    icon = "truck"
    columns = ("code", "name", "kind", "convoy", "area", "status", "inspected_until")
    filters = ("kind", "status", "area")
    search = ("code", "name", "convoy", "driver")
    location = "point"
    deployable = "vehicle"
    terminal = "terminal"
