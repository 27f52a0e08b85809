"""Applications at an incident as the command sees them."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from anlan.areas.rescue.social.models import Application
from anlan.areas.rescue.social.services import CAPABILITY, accepted_in
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.registry import in_scope


def applications_for(user: User) -> QuerySet[Application]:
    """The applications at the incidents of the person's areas."""
    return in_scope(Application.objects.all(), user, "incident__area_id").select_related(
        "incident__area", "entry", "team"
    )


def applications_at(incident: Incident) -> QuerySet[Application]:
    """With the number of people named, and of those inside; those to be decided first."""
    inside = Q(people__checked_in_at__isnull=False, people__checked_out_at=None)
    rows = Application.objects.filter(incident=incident).select_related("incident", "team")
    return rows.annotate(named=Count("people"), inside=Count("people", filter=inside))


def may_decide(user: User, incident: Incident) -> bool:
    return user.may(CAPABILITY) and user.scope.contains(incident.area_id)


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: how many reported, were accepted and are inside."""
    entry = incident.social_entries.order_by("-opened_at").first()
    rows = list(applications_at(incident))
    teams, people = accepted_in(entry) if entry else (0, 0)
    return {
        "incident": incident,
        "entry": entry,
        "waiting": [one for one in rows if one.status == Application.Status.SUBMITTED],
        "accepted_teams": teams,
        "accepted_people": people,
        "inside": sum(one.inside for one in rows),
        "may_decide": may_decide(user, incident),
    }
