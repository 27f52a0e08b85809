"""The registers of enterprises and hazard sources."""

from anlan.areas.risk.safety.models import Enterprise, HazardSource
from anlan.foundation.ledger.registry import Ledger, register


@register
class EnterpriseLedger(Ledger):
    """Enterprises under supervision."""

    model = Enterprise
    name = "enterprises"
    group = "risk"
    icon = "building-factory-2"
    columns = ("code", "name", "sector", "area", "employees", "licence_expires", "has_rescue_team")
    filters = ("sector", "has_rescue_team", "area")
    search = ("code", "name")
    location = "point"


@register
class HazardSourceLedger(Ledger):
    """Major hazard sources."""

    model = HazardSource
    name = "hazardsources"
    group = "risk"
    icon = "biohazard"
    columns = ("code", "name", "enterprise", "substance", "quantity_t", "level", "area")
    filters = ("level", "area")
    search = ("code", "name", "substance", "cas")
    location = "point"
