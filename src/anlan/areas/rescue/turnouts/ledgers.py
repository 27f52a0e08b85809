"""The register of turn-outs."""

from django.db import models

from anlan.areas.rescue.turnouts.models import Turnout
from anlan.areas.rescue.turnouts.queries import turnouts_for
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import Ledger, register


@register
class TurnoutLedger(Ledger):
    """Call-outs of teams from the alarm to the return; written from the field and the incident room."""

    model = Turnout
    name = "turnouts"
    group = "rescue"
    icon = "firetruck"
    columns = ("team", "incident", "alarmed_at", "turnout_limit_min", "controlled_at", "returned_at", "people")
    filters = ("team", "is_exercise")
    search = ("team__name", "incident__title")
    key = "id"
    area_path = "incident__area_id"
    owner_path = "team__department_id"
    is_read_only = True
    detail_url = "turnouts:turnout"

    def rows(self, user: User) -> models.QuerySet:
        return turnouts_for(user)
