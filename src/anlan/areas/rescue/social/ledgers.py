"""The register of social teams that reported to incidents."""

from anlan.areas.rescue.social.models import Application
from anlan.foundation.ledger.registry import Ledger, register


@register
class SocialApplicationLedger(Ledger):
    """Social teams that reported; accepted and briefed ones can be tasked at their incident."""

    model = Application
    name = "socialapplications"
    group = "rescue"
    icon = "id-badge"
    columns = ("code", "name", "incident", "leader", "skills", "status", "submitted_at", "signed_at", "released_at")
    filters = ("status",)
    search = ("code", "name", "leader", "skills")
    area_path = "incident__area_id"
    deployable = "socialteam"
    is_read_only = True
    detail_url = "social:application"
