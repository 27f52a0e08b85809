"""Hospitals' reports, as hospitals or their bureau's system hand them in."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.medical.capacity.models import Hospital
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.registry import ledger


@transaction.atomic
def report_capacity(
    *,
    actor: User,
    hospital: Hospital,
    reported_at: datetime,
    free_beds: int | None = None,
    infectious_beds: int | None = None,
    note: str = "",
) -> bool:
    """Write what a hospital reports; figures that it does not give stay. False when a later report is known."""
    demand(actor, "change:hospitals")
    if not ledger("hospitals").holds(actor, hospital):
        raise PermissionDenied(_("这家医院不在您的管辖范围内。"))
    if reported_at > timezone.now() + timezone.timedelta(minutes=5):
        raise ValidationError({"reported_at": _("填报时间不能晚于现在。")})
    hospital = Hospital.objects.select_for_update().get(pk=hospital.pk)
    if hospital.reported_at is not None and hospital.reported_at >= reported_at:
        return False
    figures = {"free_beds": free_beds, "infectious_beds": infectious_beds}
    changed = {name: value for name, value in figures.items() if value is not None}
    for name, value in changed.items():
        setattr(hospital, name, value)
    hospital.reported_at = reported_at
    if note:
        hospital.note = note[:200]
    hospital.full_clean()
    hospital._history_user = actor
    hospital.save()
    audit.record(
        actor=actor, action="hospitals.report", subject=hospital, details={**changed, "reported_at": reported_at}
    )
    return True
