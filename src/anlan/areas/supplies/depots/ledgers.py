"""The registers of depots and stock."""

from anlan.areas.supplies.depots.models import Depot, Stock
from anlan.foundation.ledger.registry import Ledger, register


@register
class DepotLedger(Ledger):
    """Depots of city, county and township."""

    model = Depot
    name = "depots"
    group = "supplies"
    icon = "building-warehouse"
    columns = ("code", "name", "level", "area", "keeper", "phone", "is_open")
    filters = ("level", "is_open", "area")
    search = ("code", "name", "keeper")
    location = "point"
    deployable = "depot"


@register
class StockLedger(Ledger):
    """What the depots hold."""

    model = Stock
    name = "stock"
    group = "supplies"
    icon = "packages"
    columns = ("code", "item", "depot", "quantity", "unit", "norm", "counted_at", "expires_on")
    filters = ("area",)
    search = ("code", "item", "depot__name")
