"""The incident room: the panels that areas contribute, the timeline as somebody may read it, its replay."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from anlan.areas.command.reports import queries as reports
from anlan.areas.command.response import queries as response
from anlan.areas.command.response.models import Activation, Order
from anlan.areas.rescue.social import queries as social
from anlan.areas.rescue.turnouts import queries as turnouts
from anlan.areas.risk.prediction import queries as prediction
from anlan.areas.supplies.allocation import queries as allocation
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.queries import State, figure_title, visible_entries
from anlan.foundation.resources import queries as resources
from anlan.foundation.resources.models import Assignment


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """A panel of the room."""

    name: str
    template: str
    capability: str
    query: Callable[[User, Incident], dict[str, Any]]


CONTRIBUTIONS = (
    Contribution(name="response", template="response/room.html", capability="view:activations", query=response.room_of),
    Contribution(
        name="predictions", template="prediction/room.html", capability="view:predictions", query=prediction.room_of
    ),
    Contribution(
        name="resources", template="resources/room.html", capability="view:resourcerequests", query=resources.room_of
    ),
    Contribution(name="turnouts", template="turnouts/room.html", capability="view:turnouts", query=turnouts.room_of),
    Contribution(
        name="social", template="social/room.html", capability="view:socialapplications", query=social.room_of
    ),
    Contribution(
        name="allocation", template="allocation/room.html", capability="view:reliefrequests", query=allocation.room_of
    ),
    Contribution(name="reports", template="reports/room.html", capability="view:reports", query=reports.room_of),
)


def panels(user: User, incident: Incident) -> list[dict[str, Any]]:
    """The panels that a person may see, with what they show."""
    return [
        {"name": one.name, "template": one.template, "room": one.query(user, incident)}
        for one in CONTRIBUTIONS
        if user.may(one.capability)
    ]


#: The icon of each kind of entry of the timeline.
ICONS = {
    "intake": "headset",
    "figures": "users",
    "grade": "scale",
    "warning": "cloud-storm",
    "response": "broadcast",
    "order": "checklist",
    "feedback": "message-report",
    "resource": "truck",
    "report": "file-text",
    "note": "note",
    "clock": "hourglass",
    "instruction": "writing-sign",
}


def entries_for(incident: Incident, reader: User, viewer: User | None = None) -> list[TimelineEntry]:
    """The timeline as the reader may read it, as far as `viewer` could see it too, in the order of recording."""
    entries = visible_entries(incident, reader)
    if viewer is not None and viewer != reader:
        theirs = {entry.pk for entry in visible_entries(incident, viewer)}
        entries = [entry for entry in entries if entry.pk in theirs]
    for entry in entries:
        entry.icon = ICONS.get(entry.kind, "point")
    return entries


def state_of(entries: Iterable[TimelineEntry], at: datetime) -> State:
    """The incident as those entries tell it up to a time."""
    state = State(at)
    for entry in entries:
        if entry.recorded_at <= at:
            state.fold(entry)
    return state


def viewers_of(incident: Incident) -> list[User]:
    """People whose view can be replayed: who was told, and who works over the incident's area."""
    told = {pk for row in incident.timeline.values_list("told", flat=True) for pk in row}
    code = incident.area_id
    codes = {code, code[:9], code[:6], f"{code[:4]}00", f"{code[:2]}0000"}
    people = User.objects.filter(Q(pk__in=told) | Q(department__area_id__in=codes), is_active=True)
    rows = people.select_related("department").distinct().order_by("department", "full_name")
    return [person for person in rows if person.pk in told or person.may("view:incidents")]


def _labelled(known: dict[int, dict], status: Any) -> list[dict[str, Any]]:
    labels = dict(status.choices)
    return [one | {"label": labels.get(one.get("status", ""), one.get("status", ""))} for one in known.values()]


def replayed(state: State) -> dict[str, Any]:
    """The state with the words that people use: figures, responses, orders and resources then."""
    return {
        "figures": [
            {"title": figure_title(name), "value": state.figures.get(name)}
            for name in dict.fromkeys((*Incident.FIGURES[:6], *state.figures))
        ],
        "activations": _labelled(state.activations, Activation.Status),
        "orders": _labelled(state.orders, Order.Status),
        "assignments": _labelled(state.assignments, Assignment.Status),
    }
