"""Make and revoke secret addresses, and read a calendar by one."""

import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit import services as audit
from anlan.foundation.calendars.ical import write
from anlan.foundation.calendars.models import Subscription
from anlan.foundation.calendars.registry import Calendar, calendars

#: Addresses that a person may have at a time.
MOST = 20


@transaction.atomic
def subscribe(*, actor: User, calendar: str, unit: Department | None = None) -> str:
    """Make an address and return its secret; it is shown once."""
    chosen = calendars().get(calendar)
    if chosen is None:
        raise ValidationError({"calendar": _("没有这个日历。")})
    demand(actor, chosen.capability)
    if chosen.units is None:
        unit = None
    elif unit is None or not chosen.units(actor).filter(pk=unit.pk).exists():
        raise ValidationError({"unit": _("请选择您能看到的单位。")})
    if actor.subscriptions.filter(revoked_at=None).count() >= MOST:
        raise ValidationError(_("最多保留 %(n)s 个订阅地址，请先撤销不用的。") % {"n": MOST})
    secret = secrets.token_urlsafe(32)
    made = Subscription.objects.create(user=actor, calendar=calendar, unit=unit, digest=Subscription.digest_of(secret))
    audit.record(actor=actor, action="calendars.subscribe", subject=made)
    return secret


@transaction.atomic
def revoke(*, actor: User, subscription: Subscription) -> None:
    """End an address of one's own; whoever asks it from now on gets nothing."""
    if subscription.user != actor:
        raise PermissionDenied(_("只能撤销自己的订阅地址。"))
    if subscription.revoked_at is None:
        subscription.revoked_at = timezone.now()
        subscription.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action="calendars.revoke", subject=subscription)


def read(secret: str) -> bytes | None:
    """The calendar of an address, as its person may see it now; None when there is none any more."""
    found = Subscription.objects.select_related("user", "unit").filter(
        digest=Subscription.digest_of(secret), revoked_at=None, user__is_active=True
    )
    subscription = found.first()
    chosen = calendars().get(subscription.calendar) if subscription else None
    if subscription is None or chosen is None or not subscription.user.may(chosen.capability):
        return None
    if chosen.units and not chosen.units(subscription.user).filter(pk=subscription.unit_id).exists():
        return None
    found.update(last_used_at=timezone.now())
    return document(chosen, subscription.user, subscription.unit)


def document(calendar: Calendar, user: User, unit: Department | None = None) -> bytes:
    """A calendar as a person may see it."""
    name = str(calendar.title) if unit is None else f"{calendar.title}（{unit}）"
    return write(calendar.events(user, unit), name=name)
