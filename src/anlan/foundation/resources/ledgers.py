"""The register of what incidents asked for."""

from anlan.foundation.ledger.registry import Ledger, register
from anlan.foundation.resources.models import ResourceRequest


@register
class ResourceRequestLedger(Ledger):
    """Requests for teams, vehicles and supplies; written from the incident room."""

    model = ResourceRequest
    name = "resourcerequests"
    group = "command"
    icon = "urgent"
    columns = ("what", "kind", "quantity", "incident", "place", "needed_by", "status")
    filters = ("kind", "status")
    search = ("what", "place")
    key = "id"
    area_path = "incident__area_id"
    location = "point"
    is_read_only = True
    detail_url = "resources:request"
