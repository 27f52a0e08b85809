"""The registers of the green channel."""

from anlan.areas.transport.passes.models import Check, Checkpoint, Pass, WhiteListEntry
from anlan.foundation.ledger.registry import Ledger, register


@register
class PassLedger(Ledger):
    """Passes applied for and issued."""

    model = Pass
    name = "passes"
    group = "transport"
    icon = "id-badge-2"
    columns = (
        "code",
        "plate",
        "carrier",
        "category",
        "status",
        "valid_from",
        "valid_until",
        "applied_by",
        "decided_by",
    )
    filters = ("status", "category", "area", "is_exercise")
    search = ("code", "plate", "carrier", "driver")
    detail_url = "passes:pass"
    is_read_only = True
    fields = (
        "code", "plate", "vehicle_kind", "carrier", "driver", "phone", "category", "cargo", "route", "valid_from",
        "valid_until", "is_free", "is_priority", "status", "applied_by", "applied_at", "decided_by", "reason",
    )  # fmt: skip


@register
class WhiteListLedger(Ledger):
    """Units and vehicles whose passes need no decision."""

    model = WhiteListEntry
    name = "passwhitelist"
    group = "transport"
    icon = "list-check"
    columns = ("code", "plate", "department", "category", "area", "most_hours", "valid_until", "basis")
    filters = ("category", "area")
    search = ("code", "plate", "basis")


@register
class CheckpointLedger(Ledger):
    """Where passes are checked."""

    model = Checkpoint
    name = "checkpoints"
    group = "transport"
    icon = "barrier-block"
    columns = ("code", "name", "kind", "road", "area", "is_active")
    filters = ("kind", "area", "is_active")
    search = ("code", "name", "road")
    location = "point"


@register
class CheckLedger(Ledger):
    """Every check, once, as the checkpoint was told and as the office finds it."""

    model = Check
    name = "passchecks"
    group = "transport"
    icon = "scan"
    columns = (
        "checked_at", "checkpoint", "record", "plate_seen", "told", "judged", "was_let_through", "method", "checked_by",
    )  # fmt: skip
    filters = ("told", "judged", "method", "area")
    search = ("plate_seen", "record__plate", "record__code")
    key = "id"
    is_read_only = True
    fields = (
        "checked_at", "checkpoint", "record", "plate_seen", "told", "judged", "was_let_through", "method", "list_at",
        "seconds", "is_exercise",
    )  # fmt: skip
