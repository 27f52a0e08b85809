"""The registers of shelters and flood spots."""

from anlan.areas.risk.works.models import FloodSpot, Shelter
from anlan.foundation.ledger.registry import Ledger, register


@register
class ShelterLedger(Ledger):
    """Shelters with their places."""

    model = Shelter
    name = "shelters"
    group = "risk"
    icon = "home-shield"
    columns = ("code", "name", "area", "places", "sheltered", "status", "inspected_on")
    filters = ("status", "area")
    search = ("code", "name", "address")
    location = "point"


@register
class FloodSpotLedger(Ledger):
    """Spots that flood."""

    model = FloodSpot
    name = "floodspots"
    group = "risk"
    icon = "droplet-exclamation"
    columns = ("code", "name", "kind", "area", "keeper", "pump_m3_h")
    filters = ("kind", "area")
    search = ("code", "name")
    location = "point"
