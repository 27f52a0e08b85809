"""What the shell's pages show about a person's work: to-do, notices, incidents, places."""

from django.db.models import Q, QuerySet

from anlan.areas.command.response.models import Order
from anlan.areas.command.response.queries import OPEN as OPEN_ORDERS
from anlan.areas.command.response.queries import my_orders
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.incidents.models import Incident
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.queries import waiting_notices
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area

OPEN = (Incident.Status.REPORTED, Incident.Status.CONFIRMED, Incident.Status.RESPONDING)


def open_incidents(user: User) -> QuerySet[Incident]:
    """The incidents in the user's areas that are not over."""
    if not user.may("view:incidents"):
        return Incident.objects.none()
    return Incident.objects.filter(within(user.scope.prefixes), status__in=OPEN).select_related("kind", "area")


def running_clocks(user: User) -> QuerySet[Clock]:
    """The limits that run in the user's areas, the most urgent first; an enterprise sees its own."""
    rows = Clock.objects.filter(within(user.scope.prefixes, "area_code"), met_at=None, cancelled_at=None)
    if user.scope.owner is not None:
        rows = rows.filter(department_id=user.scope.owner)
    return rows.select_related("department").order_by("due_at")


def confirmed_notices(user: User) -> QuerySet[Notice]:
    """Notices that reached this person and are confirmed."""
    rows = Notice.objects.filter(confirmed_at__isnull=False, attempts__user=user)
    return rows.distinct().select_related("confirmed_by").order_by("-confirmed_at")


def incidents_named(user: User, words: str) -> QuerySet[Incident]:
    """Incidents in the user's areas by title, place or number, the newest first."""
    if not user.may("view:incidents"):
        return Incident.objects.none()
    named = Q(title__icontains=words) | Q(place__icontains=words) | Q(code__icontains=words)
    return Incident.objects.filter(within(user.scope.prefixes), named).order_by("-received_at")


def places_named(user: User, words: str) -> QuerySet[Area]:
    """Areas in the user's scope by name or code, the larger ones first."""
    named = Q(name__icontains=words) | Q(code__startswith=words)
    return (
        Area.objects.filter(within(user.scope.prefixes, "code"), named)
        .select_related("parent")
        .order_by("level", "code")
    )


def open_orders_of(user: User) -> QuerySet[Order]:
    """What the person or the own department was ordered to do and has not done."""
    return my_orders(user).filter(status__in=OPEN_ORDERS).order_by("due_at")


def todo(user: User) -> dict:
    """What waits for this person on the home page."""
    return {
        "orders": open_orders_of(user)[:8] if user.may("act:orders") else None,
        "notices": waiting_notices(user)[:8],
        "incidents": open_incidents(user)[:8],
        "clocks": running_clocks(user)[:10],
    }
