"""What assessments and warnings learn from others: alarms, confirmed notices, incidents raised from them."""

from anlan.areas.risk.warning.models import Assessment, Warning
from anlan.areas.risk.warning.services.assessments import acknowledge_assessment, take_in_alarm
from anlan.areas.risk.warning.services.decisions import note_incident
from anlan.foundation.events.bus import subscribe
from anlan.foundation.events.catalogue import IncidentRaised, NoticeSent, ReadingExceeded
from anlan.foundation.incidents.models import Incident
from anlan.foundation.notices.models import Notice


@subscribe(ReadingExceeded)
def merge_alarm(event: ReadingExceeded) -> None:
    """An alarm rose, changed or was cleared."""
    take_in_alarm(event)


@subscribe(NoticeSent)
def acknowledge_by_notice(event: NoticeSent) -> None:
    """Whoever confirms an assessment's notice has taken note of it."""
    if event.status != "confirmed":
        return
    notice = Notice.objects.filter(
        pk=event.notice, subject_type__app_label="warning", subject_type__model="assessment"
    ).first()
    if notice is None or notice.confirmed_by is None:
        return
    assessment = Assessment.objects.filter(pk=notice.subject_id).first()
    if assessment is not None:
        acknowledge_assessment(actor=notice.confirmed_by, assessment=assessment, at=notice.confirmed_at)


@subscribe(IncidentRaised)
def note_response(event: IncidentRaised) -> None:
    """An incident raised from an assessment or a warning is the response to it."""
    incident = Incident.objects.filter(pk=event.incident).first()
    kind, _, key = incident.warning_ref.partition(":") if incident else ("", "", "")
    if kind not in ("assessment", "warning") or not key.isdigit():
        return
    model = Assessment if kind == "assessment" else Warning
    subject = model.objects.filter(pk=key).first()
    if subject is not None:
        note_incident(subject=subject, incident=incident)
