"""The registers of forest cells and of water points."""

from anlan.areas.rescue.forest.models import ForestCell, WaterPoint
from anlan.foundation.ledger.registry import Ledger, register


@register
class ForestCellLedger(Ledger):
    """Compartments of forests; the reach of forest fire teams is computed for each."""

    model = ForestCell
    name = "forestcells"
    group = "rescue"
    icon = "trees"
    columns = ("code", "name", "farm", "area", "kind", "hectares", "is_key")
    filters = ("area", "kind", "is_key")
    search = ("code", "name", "farm")
    location = "point"


@register
class WaterPointLedger(Ledger):
    """Water for fighting forest fires."""

    model = WaterPoint
    name = "waterpoints"
    group = "rescue"
    icon = "droplet"
    columns = ("code", "name", "kind", "area", "capacity_m3", "by_pump", "by_helicopter", "checked_on")
    filters = ("area", "kind", "by_helicopter")
    search = ("code", "name")
    location = "point"
