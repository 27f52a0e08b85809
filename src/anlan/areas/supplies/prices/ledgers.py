"""The register of prices seen; imported or entered by hand."""

from anlan.areas.supplies.prices.models import Price
from anlan.foundation.ledger.registry import Ledger, register


@register
class PriceLedger(Ledger):
    """What supplies cost where and when, and who says so."""

    model = Price
    name = "prices"
    group = "supplies"
    icon = "tag"
    columns = ("code", "item", "area", "market", "yuan", "source", "observed_on", "department")
    filters = ("item", "area")
    search = ("code", "item__name", "market", "source")
