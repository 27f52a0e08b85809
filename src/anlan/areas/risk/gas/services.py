"""Say that a valve was opened, closed, or found stuck."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.gas.models import GasPoint
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.registry import ledger


@transaction.atomic
def turn_valve(*, actor: User, record: GasPoint, state: str, at: datetime, why: str) -> GasPoint:
    """Keep a valve's state with who says so, since when and why; isolation follows it at once."""
    demand(actor, "act:gaspoints")
    if not ledger("gaspoints").holds(actor, record):
        raise PermissionDenied(_("这个阀门不在您的管辖范围内。"))
    if record.kind != GasPoint.Kind.VALVE:
        raise ValidationError(_("只有阀门可以开关。"))
    if record.turned_at is not None and at < record.turned_at:
        raise ValidationError({"at": _("已有更晚的登记，时间不能早于它。")})
    before = record.state
    record.valve_state = state
    if state != GasPoint.ValveState.STUCK:
        record.exercised_on = timezone.localdate(at)  # it was turned, so it can be
    record.turned_at, record.turned_by = at, actor
    record._history_user, record._change_reason = actor, why.strip()[:100]
    record.save()
    audit.record(
        actor=actor, action="gaspoints.turn", subject=record,
        details={"before": before, "state": state, "at": at.isoformat(), "why": why.strip()},
    )  # fmt: skip
    return record
