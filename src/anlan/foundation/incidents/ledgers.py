"""The registers of incidents and of the national event codes."""

from anlan.foundation.incidents.models import EventKind, Incident
from anlan.foundation.ledger.registry import Ledger, register


@register
class IncidentLedger(Ledger):
    """All incidents; they are written by the services of the incident room only."""

    model = Incident
    name = "incidents"
    group = "command"
    icon = "alert-triangle"
    columns = ("code", "title", "kind", "grade", "status", "area", "place", "received_at")
    filters = ("status", "grade", "area", "is_exercise")
    search = ("code", "title", "place")
    location = "point"
    is_read_only = True
    detail_url = "web:incident"


@register
class EventKindLedger(Ledger):
    """The table of event codes; rows that nobody checked against GB/T 35561 say so."""

    model = EventKind
    name = "eventkinds"
    icon = "category"
    columns = ("code", "name", "name_en", "category", "is_checked")
    filters = ("category", "is_checked")
    search = ("code", "name")
    area_path = ""
