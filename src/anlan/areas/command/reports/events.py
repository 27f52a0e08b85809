"""What reporting learns from incidents: a new one starts the legal clocks, a graver one starts further ones."""

from django.utils import timezone

from anlan.areas.command.reports.services.duties import refresh_duties
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import IncidentChanged, IncidentRaised
from anlan.foundation.incidents.models import Incident


@subscribe(IncidentRaised)
def start_duties(event: IncidentRaised) -> None:
    """The limits run from when the report was received."""
    refresh_duties(incident=Incident.objects.get(pk=event.incident))


@subscribe(IncidentChanged)
def follow_grade(event: IncidentChanged) -> None:
    """What a new grade adds runs from when it became known."""
    refresh_duties(incident=Incident.objects.get(pk=event.incident), at=timezone.now())
