"""The register of experts."""

from anlan.areas.command.experts.models import Expert
from anlan.foundation.ledger.registry import Ledger, register


@register
class ExpertLedger(Ledger):
    """Experts by field, with the end of their term."""

    model = Expert
    name = "experts"
    group = "command"
    icon = "school"
    columns = ("code", "name", "field", "employer", "title", "is_chief", "term_end")
    filters = ("field", "is_chief", "area")
    search = ("code", "name", "employer")
    location = "point"
