"""Shifts as calendars: one's own, and those of a unit."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.areas.command.duty.models import Shift
from anlan.areas.command.duty.queries import shifts_for
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.calendars.registry import Event, calendar

#: How long ago a shift may have ended.
BEFORE = timedelta(days=31)
HistoricalShift = Shift.history.model


def units_on_duty(user: User) -> QuerySet[Department]:
    """The units whose roster the user may see."""
    return Department.objects.filter(pk__in=shifts_for(user).values("department"))


@calendar(code="duty.mine", title=_("我的班次"), capability="view:duty")
def my_shifts(user: User, _unit: Department | None) -> Iterator[Event]:
    """The person's own shifts; those that somebody else took over, or that were cancelled, as cancelled."""
    since = timezone.now() - BEFORE
    mine = Shift.objects.filter(user=user, end__gt=since).select_related("user", "department", "post")
    yield from _events(mine, HistoricalShift.objects.filter(user=user, end__gt=since), names_people=False)


@calendar(code="duty.unit", title=_("单位值班表"), capability="view:duty", units=units_on_duty)
def unit_shifts(user: User, unit: Department | None) -> Iterator[Event]:
    """The shifts of a unit, as far as the user may see them."""
    since = timezone.now() - BEFORE
    theirs = shifts_for(user).filter(department=unit, end__gt=since)
    yield from _events(theirs, HistoricalShift.objects.filter(department=unit, end__gt=since), names_people=True)


def _events(shifts: QuerySet[Shift], versions: QuerySet, *, names_people: bool) -> Iterator[Event]:
    """The shifts, and of their earlier versions those that are not among them any more."""
    rows = list(shifts.order_by("start", "pk"))
    present = {shift.pk for shift in rows}
    gone: dict[int, HistoricalShift] = {}
    for version in versions.exclude(id__in=present).select_related("user", "department", "post").order_by("history_id"):
        gone[version.id] = version
    changes = Counter(HistoricalShift.objects.filter(id__in=present | set(gone)).values_list("id", flat=True))
    latest = dict(HistoricalShift.objects.filter(id__in=gone).order_by("history_id").values_list("id", "history_date"))
    for shift in rows:
        yield _event(shift, shift.pk, changes[shift.pk], shift.updated_at, names_people)
    for key, version in gone.items():
        yield _event(version, key, changes[key], latest[key], names_people, is_cancelled=True)


def _event(
    shift: Shift, key: int, changes: int, at: datetime, names_people: bool, *, is_cancelled: bool = False
) -> Event:
    kind = shift.get_kind_display()
    return Event(
        name=f"shift-{key}",
        start=shift.start,
        end=shift.end,
        title=f"{kind} {shift.user}" if names_people else str(kind),
        place=str(shift.department),
        text=str(shift.post),
        changed_at=at,
        sequence=max(0, changes - 1),
        is_cancelled=is_cancelled,
        link="/duty/",
    )
