"""The register of areas."""

from anlan.foundation.ledger.registry import Ledger, register
from anlan.foundation.places.models import Area


@register
class AreaLedger(Ledger):
    """Areas, from the national table and by import for local nodes."""

    model = Area
    name = "areas"
    icon = "map-pins"
    columns = ("code", "name", "level", "parent", "population", "population_note")
    filters = ("level",)
    search = ("code", "name", "former_code")
    fields = (
        "code", "name", "level", "parent", "zone", "is_local", "former_code", "population", "population_note",
        "lon", "lat", "position_note",
    )  # fmt: skip
    area_path = "code"
    location = "point"
