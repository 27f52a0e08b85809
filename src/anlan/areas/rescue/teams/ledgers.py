"""The register of teams."""

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.ledger.registry import Ledger, register


@register
class TeamLedger(Ledger):
    """Teams that can be called out."""

    model = Team
    name = "teams"
    group = "rescue"
    icon = "users-group"
    columns = ("code", "name", "kind", "area", "people", "standby", "drilled_on")
    filters = ("kind", "standby", "area")
    search = ("code", "name")
    location = "point"
    deployable = "team"
