"""What the records say about a response: phases, limits, orders, notices and figures; computed, never typed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.foundation.clocks.models import Clock
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.queries import figure_title, state_at
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.queries import median_wait

Kind = TimelineEntry.Kind


@dataclass(frozen=True)
class Phase:
    """A turning point of the response: when, by which entry, and how long after the one before, where that came first."""

    code: str
    title: str | Promise
    at: datetime | None
    entry: TimelineEntry | None
    took: timedelta | None
    since_received: timedelta | None


def _status_is(status: str) -> Callable[[TimelineEntry], bool]:
    return lambda e: e.own.get("status") == status


def _arrived(entry: TimelineEntry) -> bool:
    return entry.data.get("verb") == "arrive" or ("assignment" in entry.data and entry.data.get("status") == "on_site")


def _activated(entry: TimelineEntry) -> bool:
    return "activation" in entry.data and entry.data.get("status") == "confirmed"


#: The turning points after 接报, each with the entry that marks it.
_POINTS: tuple[tuple[str, str | Promise, Callable[[TimelineEntry], bool]], ...] = (
    ("confirmed", _("核实"), _status_is("confirmed")),
    ("activated", _("启动"), _activated),
    ("ordered", _("指令"), lambda e: e.kind == Kind.ORDER and "order" in e.data),
    ("arrived", _("到达"), _arrived),
    ("ended", _("结束"), _status_is("ended")),
)


def phases(incident: Incident, entries: list[TimelineEntry]) -> list[Phase]:
    """接报, 核实, 启动, 指令, 到达, 结束; a point without a record is unknown, never zero."""
    received = incident.received_at
    intake = next((e for e in entries if e.kind == Kind.INTAKE), None)
    found = [Phase("received", _("接报"), received, intake, received - incident.occurred_at, timedelta(0))]
    before = received
    for code, title, marks in _POINTS:
        entry = min(filter(marks, entries), key=lambda e: e.happened_at, default=None)
        at = entry.happened_at if entry else None
        if code == "ended" and at is None:
            at = incident.ended_at
        took = at - before if at and at >= before else None
        found.append(Phase(code, title, at, entry, took, at - received if at else None))
        before = max(before, at) if at else before
    return found


@dataclass(frozen=True)
class Orders:
    """How many orders were given and what became of them."""

    given: int
    done: int
    late: int
    cancelled: int


@dataclass(frozen=True)
class Calls:
    """How many notices were sent, confirmed, never confirmed, and how long a confirmation took."""

    sent: int
    confirmed: int
    failed: int
    median: timedelta | None


@dataclass(frozen=True)
class Analysis:
    """Everything that is computed for a review."""

    phases: list[Phase]
    clocks: list[Clock]
    orders: Orders
    calls: Calls
    #: Title of a figure with its values through time.
    figures: dict[str, list[tuple[datetime, Any]]]
    entries: list[TimelineEntry]

    @property
    def late_clocks(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.lateness]

    @property
    def lasted(self) -> timedelta | None:
        return self.phases[-1].since_received


def analyse(incident: Incident) -> Analysis:
    """Compute the review's sections from the incident's timeline, its clocks and its notices."""
    state = state_at(incident, timezone.now())
    orders = list(state.orders.values())
    return Analysis(
        phases=phases(incident, state.entries),
        clocks=limits(incident),
        orders=Orders(
            given=len(orders),
            done=sum(order.get("status") == "done" for order in orders),
            late=sum(bool(order.get("is_overdue")) for order in orders),
            cancelled=sum(order.get("status") == "cancelled" for order in orders),
        ),
        calls=calls(incident),
        figures=figures(state.entries),
        entries=state.entries,
    )


def limits(incident: Incident) -> list[Clock]:
    """The limits that ran for the incident, missed ones first, legal before operational."""
    late = Q(met_at__gt=F("due_at")) | Q(met_at=None, due_at__lt=timezone.now())
    rows = Clock.objects.filter(incident_id=incident.pk, cancelled_at=None).select_related("department")
    return list(rows.annotate(missed=late).order_by("-missed", "kind", "due_at"))


def calls(incident: Incident) -> Calls:
    """How the people were reached."""
    notices = list(Notice.objects.filter(incident_id=incident.pk))
    return Calls(
        sent=len(notices),
        confirmed=sum(notice.confirmed_at is not None for notice in notices),
        failed=sum(notice.confirmed_at is None and notice.exhausted_at is not None for notice in notices),
        median=median_wait(notices),
    )


def figures(entries: list[TimelineEntry]) -> dict[str, list[tuple[datetime, Any]]]:
    """Each figure's values with the time from which they were known to hold."""
    found: dict[str, list[tuple[datetime, Any]]] = {}
    for entry in sorted(entries, key=lambda e: e.happened_at):
        for name, value in (entry.data.get("figures") or {}).items():
            found.setdefault(figure_title(name), []).append((entry.happened_at, value))
    return found
