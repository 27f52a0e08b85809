"""The register of sensitive places."""

from anlan.areas.risk.keyplaces.models import KeyPlace
from anlan.foundation.ledger.registry import Ledger, register


@register
class KeyPlaceLedger(Ledger):
    """Schools, kindergartens and care homes; counted with their people wherever a zone is asked what stands in it."""

    model = KeyPlace
    name = "keyplaces"
    group = "risk"
    icon = "school"
    columns = ("code", "name", "kind", "area", "people_day", "people_night", "needing_help", "counted_on", "phone")
    filters = ("kind", "area")
    search = ("code", "name", "contact")
    location = "point"
    people = ("people_day", "people_night")
