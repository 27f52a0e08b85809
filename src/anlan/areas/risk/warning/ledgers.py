"""The registers of assessments and warnings, written by events and messages only, and of where warnings come and go."""

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning.models import Assessment, TrustedCertificate, Warning, WarningFeed, WarningSource
from anlan.areas.risk.warning.services.feeds import poll_now
from anlan.foundation.ledger.registry import Action, Ledger, register


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
    columns = ("headline", "colour", "event", "message_type", "sender_name", "is_official", "signature", "area", "sent")
    fields = ("identifier", "sender", "sender_name", "is_official", "sent", "headline", "colour")
    filters = ("colour", "message_type", "is_official", "signature", "area")
    search = ("headline", "identifier", "sender_name")
    key = "identifier"
    is_read_only = True
    detail_url = "warning:warning"


@register
class WarningSourceLedger(Ledger):
    """Feeds that are asked for warnings, and what is demanded of their senders."""

    model = WarningSource
    name = "warningsources"
    group = "monitoring"
    icon = "cloud-download"
    columns = ("code", "name", "is_enabled", "demands_signature", "checked_at", "succeeded_at", "failures", "problem")
    filters = ("is_enabled", "demands_signature")
    search = ("code", "name", "address")
    actions = (Action(name="poll", label=_("立即查询"), service=poll_now, icon="refresh"),)
    detail_template = "warning/entries.html"


@register
class TrustedCertificateLedger(Ledger):
    """Certificates that may sign warnings."""

    model = TrustedCertificate
    name = "trustedcertificates"
    group = "monitoring"
    icon = "certificate"
    columns = ("code", "name", "senders", "subject", "valid_from", "valid_to", "is_enabled")
    filters = ("is_enabled",)
    search = ("code", "name", "subject", "fingerprint")


@register
class WarningFeedLedger(Ledger):
    """Feeds in which relayed warnings are offered."""

    model = WarningFeed
    name = "warningfeeds"
    group = "monitoring"
    icon = "rss"
    columns = ("code", "name", "area", "is_public", "decision", "is_enabled")
    filters = ("is_public", "is_enabled")
    search = ("code", "name")
    detail_template = "warning/feed_addresses.html"
