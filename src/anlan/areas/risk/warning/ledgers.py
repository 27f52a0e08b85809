"""The registers of assessments and warnings, written by events and messages only."""

from anlan.areas.risk.warning.models import Assessment, Warning
from anlan.foundation.ledger.registry import Ledger, register


@register
class AssessmentLedger(Ledger):
    """Internal assessments."""

    model = Assessment
    name = "assessments"
    group = "risk"
    icon = "report"
    columns = ("title", "hazard", "colour", "peak", "status", "area", "raised_at", "ended_at", "is_exercise")
    filters = ("hazard", "colour", "status", "area", "is_exercise")
    search = ("title",)
    key = "id"
    is_read_only = True
    detail_url = "warning:assessment"


@register
class WarningLedger(Ledger):
    """Relayed warnings."""

    model = Warning
    name = "warnings"
    group = "risk"
    icon = "cloud-storm"
    columns = ("headline", "colour", "event", "message_type", "sender_name", "is_official", "area", "sent", "expires")
    fields = ("identifier", "sender", "sender_name", "is_official", "sent", "headline", "colour")
    filters = ("colour", "message_type", "is_official", "area")
    search = ("headline", "identifier", "sender_name")
    key = "identifier"
    is_read_only = True
    detail_url = "warning:warning"
