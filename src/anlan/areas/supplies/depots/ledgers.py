"""The registers of depots, of the catalogue, of norms and of purchase plans."""

from anlan.areas.supplies.depots.models import Depot, Item, Norm, PurchasePlan
from anlan.foundation.ledger.registry import Ledger, register


@register
class DepotLedger(Ledger):
    """Depots of city, county and township."""

    model = Depot
    name = "depots"
    group = "supplies"
    icon = "building-warehouse"
    columns = ("code", "name", "level", "mode", "area", "keeper", "phone", "is_open")
    filters = ("level", "mode", "is_open", "area")
    search = ("code", "name", "keeper")
    location = "point"
    deployable = "depot"
    detail_url = "movements:depot"


@register
class ItemLedger(Ledger):
    """The catalogue of supplies with its codes; everybody reads the same."""

    model = Item
    name = "items"
    group = "supplies"
    icon = "category"
    columns = ("code", "name", "specification", "gb_code", "is_code_checked", "group", "need", "unit")
    filters = ("group", "need", "is_code_checked")
    search = ("code", "name", "gb_code")
    area_path = ""


@register
class NormLedger(Ledger):
    """How much each area's reserve has to hold."""

    model = Norm
    name = "norms"
    group = "supplies"
    icon = "scale"
    columns = ("code", "area", "item", "quantity", "basis")
    filters = ("area", "item")
    search = ("code", "item__name")


@register
class PurchasePlanLedger(Ledger):
    """What is to be bought each year."""

    model = PurchasePlan
    name = "purchaseplans"
    group = "supplies"
    icon = "receipt"
    columns = ("code", "title", "year", "area", "adopted_on", "document", "budget_yuan")
    filters = ("year", "area")
    search = ("code", "title", "document")
