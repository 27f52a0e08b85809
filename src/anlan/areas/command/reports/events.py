"""What reporting learns from incidents: a new one starts the legal clocks, a graver one starts further ones."""

from django.utils import timezone

from anlan.areas.command.reports.models import ReportDelivery
from anlan.areas.command.reports.services.duties import refresh_duties
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import IncidentChanged, IncidentRaised, NoticeSent
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.notices.models import Notice


@subscribe(IncidentRaised)
def start_duties(event: IncidentRaised) -> None:
    """The limits run from when the report was received."""
    incident = Incident.objects.filter(pk=event.incident).first()
    if incident is not None:
        refresh_duties(incident=incident)


@subscribe(IncidentChanged)
def follow_grade(event: IncidentChanged) -> None:
    """What a new grade adds runs from when it became known; an order or a note changes no duty."""
    newest = TimelineEntry.objects.filter(incident=event.incident).order_by("-pk").first()
    if newest is not None and newest.own:
        refresh_duties(incident=Incident.objects.get(pk=event.incident), at=timezone.now())


@subscribe(NoticeSent)
def take_receipt(event: NoticeSent) -> None:
    """Whoever confirms a report's notice has received the report."""
    if event.status != "confirmed":
        return
    notice = Notice.objects.filter(
        pk=event.notice, subject_type__app_label="reports", subject_type__model="reportdelivery"
    ).first()
    if notice and notice.confirmed_by:
        receipt = f"{notice.confirmed_by}（{notice.confirmed_by.post_title}）"[:150]
        ReportDelivery.objects.filter(pk=notice.subject_id, receipt="").update(
            receipt=receipt, receipt_at=notice.confirmed_at
        )
