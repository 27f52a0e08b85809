"""Record what was decided on an assessment or a warning, and why when no response follows."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.areas.risk.warning.models import Assessment, Decision, Warning
from anlan.areas.risk.warning.queries import may_decide
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident


@transaction.atomic
def record_decision(
    *,
    actor: User,
    subject: Assessment | Warning,
    decision: str,
    reason: str = "",
    incident: Incident | None = None,
) -> Decision:
    """Record the decision of a named person; the newest one is in force, the earlier ones stay."""
    if not may_decide(actor, subject):
        raise PermissionDenied(_("这项决定不在您的职责或管辖范围内。"))
    return _record(subject, decision, reason, incident, f"{actor} {actor.post_title}".strip(), actor)


def note_incident(*, subject: Assessment | Warning, incident: Incident) -> Decision:
    """Record that an incident was raised from the assessment or warning."""
    return _record(subject, Decision.Kind.RESPONSE, incident.title, incident, "system", "system")


def _record(
    subject: Assessment | Warning, kind: str, reason: str, incident: Incident | None, name: str, actor: User | str
) -> Decision:
    made = Decision(
        kind=kind,
        reason=reason.strip()[:300],
        incident=incident,
        decided_by=name[:150],
        is_exercise=subject.is_exercise,
        **{"warning" if isinstance(subject, Warning) else "assessment": subject},
    )
    made.full_clean()
    made.save()
    details = {"decision": kind, "reason": made.reason, "incident": incident.pk if incident else None}
    audit.record(actor=actor, action="warnings.decide", subject=subject, details=details)
    return made
