"""The register of service posts."""

from anlan.areas.grassroots.posts.models import ServicePost
from anlan.foundation.ledger.registry import Ledger, register


@register
class ServicePostLedger(Ledger):
    """Service posts of villages and communities."""

    model = ServicePost
    name = "serviceposts"
    group = "grassroots"
    icon = "home-heart"
    columns = ("code", "name", "area", "keeper", "phone", "has_loudspeaker", "score")
    filters = ("has_loudspeaker", "area")
    search = ("code", "name", "keeper")
    location = "point"
