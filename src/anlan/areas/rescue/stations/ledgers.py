"""The registers of fire stations and of studies of sites."""

from anlan.areas.rescue.stations.models import FireStation, SiteStudy
from anlan.foundation.ledger.registry import Ledger, register


@register
class FireStationLedger(Ledger):
    """Stations from which fire crews set out; the five-minute circle is computed from those on duty."""

    model = FireStation
    name = "firestations"
    group = "rescue"
    icon = "firetruck"
    columns = ("code", "name", "kind", "area", "people", "vehicles", "area_km2", "status")
    filters = ("kind", "status", "area")
    search = ("code", "name")
    location = "point"


@register
class SiteStudyLedger(Ledger):
    """Studies of where further stations gain most people, with the proven gap."""

    model = SiteStudy
    name = "sitestudies"
    group = "rescue"
    icon = "map-pin-plus"
    columns = ("area", "count", "minutes", "with_closures", "status", "gain", "bound", "asked_by", "asked_at")
    filters = ("area", "status")
    search = ("area__name",)
    key = "id"
    is_read_only = True
