"""Who is on duty, the roster of a month, what a handover must name, the log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.command.duty.models import DutyLog, Handover, Shift, ShiftSwap
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.clocks.models import Clock
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import OPEN
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.codes import within


def shifts_for(user: User) -> QuerySet[Shift]:
    """The shifts of the user's areas, and the own ones."""
    rows = Shift.objects.filter(within(user.scope.prefixes) | Q(user=user))
    return rows.select_related("user", "department", "post")


def on_shift(at: datetime | None = None) -> QuerySet[Shift]:
    """The shifts that run at a time: officers first, then leaders, then departments."""
    at = at or timezone.now()
    rows = Shift.objects.filter(start__lte=at, end__gt=at, user__is_active=True).select_related("user", "department")
    return rows.order_by("-kind", "post__rank", "department", "start")


def people_on_shift(post: Post, at: datetime) -> list[User]:
    """Who stands duty on a post by the roster; nobody where no shift is planned."""
    return [shift.user for shift in on_shift(at).filter(post=post)]


def shift_of(user: User, at: datetime | None = None) -> Shift | None:
    """The person's own shift at a time."""
    return on_shift(at).filter(user=user).first()


@dataclass
class Day:
    """A day of the roster with the shifts that begin on it."""

    date: date
    is_in_month: bool
    is_today: bool
    shifts: list[Shift] = field(default_factory=list)

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= 5


def month_of(rows: Iterable[Shift], first: date) -> list[list[Day]]:
    """The weeks of a month, Monday first, with their shifts."""
    begin = first - timedelta(days=first.weekday())
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    count = -(-((after - begin).days) // 7) * 7
    today = timezone.localdate()
    days = [begin + timedelta(days=n) for n in range(count)]
    by_day = {day: Day(day, day.month == first.month, day == today) for day in days}
    for shift in rows:
        if found := by_day.get(timezone.localdate(shift.start)):
            found.shifts.append(shift)
    return [[by_day[day] for day in days[n : n + 7]] for n in range(0, count, 7)]


def swaps_for(user: User) -> QuerySet[ShiftSwap]:
    """The swaps that concern the person or that the person may decide, the newest first."""
    rows = ShiftSwap.objects.select_related(
        "shift__user", "shift__department", "in_return", "asked_by", "taken_by", "decided_by"
    )
    mine = Q(asked_by=user) | Q(taken_by=user)
    return (
        rows.filter(mine | within(user.scope.prefixes, "shift__area_id")) if user.may("act:duty") else rows.filter(mine)
    )


def handovers_for(user: User) -> QuerySet[Handover]:
    """The handovers of the user's areas, the newest first."""
    rows = Handover.objects.select_related("giving__user", "giving__department", "taking__user", "giving__post")
    own = Q(giving__user=user) | Q(taking__user=user)
    return rows.filter(own | within(user.scope.prefixes, "giving__area_id"))


def log_for(user: User) -> QuerySet[DutyLog]:
    """The duty log of the user's areas, the newest first."""
    rows = DutyLog.objects.filter(within(user.scope.prefixes, "area_code"))
    return rows.select_related("corrects").prefetch_related("corrections")


def next_shift(shift: Shift) -> Shift | None:
    """The shift that takes over on the same post."""
    later = Shift.objects.filter(post=shift.post, start__gte=shift.end - timedelta(minutes=30)).exclude(pk=shift.pk)
    return later.select_related("user").order_by("start").first()


def _row(text: object, note: object, link: str = "", is_exercise: bool = False) -> dict[str, Any]:
    return {"text": str(text), "note": str(note), "link": link, "is_exercise": is_exercise}


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def open_incidents(shift: Shift) -> list[dict[str, Any]]:
    """Incidents that are not over."""
    rows = Incident.objects.filter(within(shift.department.area.prefixes), status__in=OPEN)
    return [
        _row(
            row, f"{row.get_status_display()}，{_local(row.received_at)} 接报", f"/incidents/{row.pk}/", row.is_exercise
        )
        for row in rows.order_by("received_at")
    ]


def running_clocks(shift: Shift) -> list[dict[str, Any]]:
    """Limits that run."""
    rows = Clock.objects.filter(
        within(shift.department.area.prefixes, "area_code"), met_at=None, cancelled_at=None
    ).order_by("due_at")
    return [
        _row(
            row,
            f"{row.get_kind_display()}，截止 {_local(row.due_at)}",
            f"/incidents/{row.incident_id}/" if row.incident_id else "",
            row.is_exercise,
        )
        for row in rows
    ]


def unconfirmed_notices(shift: Shift) -> list[dict[str, Any]]:
    """Notices to the post that nobody has confirmed."""
    rows = Notice.objects.filter(post=shift.post, confirmed_at=None).order_by("created_at")
    return [
        _row(row, f"{row.get_urgency_display()}，{_local(row.created_at)} 发出", row.link, row.is_exercise)
        for row in rows
    ]


def swaps_ahead(shift: Shift) -> list[dict[str, Any]]:
    """Shifts of the department in the next days about which a swap is open."""
    rows = ShiftSwap.objects.filter(
        shift__department=shift.department, status__in=(ShiftSwap.Status.ASKED, ShiftSwap.Status.ACCEPTED)
    )
    return [_row(row, row.get_status_display(), "/duty/") for row in rows.select_related("shift__user", "taken_by")]


@dataclass(frozen=True)
class Source:
    """A section of the handover sheet: its title and what finds its rows."""

    title: str
    rows: Callable[[Shift], list[dict[str, Any]]]


#: The sections of every handover sheet. Titles are part of the record and stay Chinese. Layers above may add theirs.
SOURCES: list[Source] = [
    Source("未结束的突发事件", open_incidents),
    Source("正在计时的时限", running_clocks),
    Source("未确认的通知", unconfirmed_notices),
    Source("待定的换班", swaps_ahead),
]


def handover_items(shift: Shift) -> list[dict[str, Any]]:
    """What the next shift must know, section by section; an empty section says that there is nothing."""
    return [{"title": source.title, "rows": source.rows(shift)} for source in SOURCES]


def handover_due(user: User) -> tuple[Shift, Shift] | None:
    """The person's running shift with the one that takes over from it, while no handover is drafted."""
    shift = shift_of(user)
    after = next_shift(shift) if shift else None
    if shift is None or after is None or Handover.objects.filter(giving=shift, taking=after).exists():
        return None
    return shift, after


def handovers_to_sign(user: User) -> QuerySet[Handover]:
    """Handovers that wait for this person's signature."""
    mine = Q(giving__user=user, given_at=None) | Q(taking__user=user, given_at__isnull=False, taken_at=None)
    return Handover.objects.filter(mine).select_related("giving__user", "taking__user")


def gaps(department_shifts: Iterable[Shift], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Times that no shift covers."""
    found, covered = [], start
    for shift in sorted(department_shifts, key=lambda s: s.start):
        if shift.start > covered:
            found.append((covered, min(shift.start, end)))
        covered = max(covered, shift.end)
        if covered >= end:
            break
    if covered < end:
        found.append((covered, end))
    return found


def title_of_month(first: date) -> str:
    """Year and month as a heading."""
    return _("%(year)s年%(month)s月") % {"year": first.year, "month": first.month}
