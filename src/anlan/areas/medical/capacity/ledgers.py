"""The register of hospitals."""

from anlan.areas.medical.capacity.models import Hospital
from anlan.foundation.ledger.registry import Ledger, register


@register
class HospitalLedger(Ledger):
    """Hospitals with beds as last reported."""

    model = Hospital
    name = "hospitals"
    group = "medical"
    icon = "building-hospital"
    columns = ("code", "name", "level", "area", "infectious_beds", "free_beds", "reported_at")
    filters = ("area",)
    search = ("code", "name")
    location = "point"
