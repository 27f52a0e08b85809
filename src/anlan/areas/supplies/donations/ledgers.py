"""The register of donations; written by its services only."""

from anlan.areas.supplies.donations.models import Entry
from anlan.foundation.ledger.registry import Ledger, register


@register
class DonationLedger(Ledger):
    """What was given, what money was used for, corrections, and what is public."""

    model = Entry
    name = "donations"
    group = "supplies"
    icon = "heart-handshake"
    columns = ("code", "kind", "happened_on", "department", "party", "amount", "item", "quantity", "is_directed",
               "purpose", "published_at")  # fmt: skip
    filters = ("kind", "department", "is_directed", "is_exercise")
    search = ("code", "party", "purpose", "document")
    area_path = "department__area_id"
    owner_path = "department_id"
    is_read_only = True
    detail_url = "donations:entry"
