"""What the areas contribute to the incident room: each panel is an area's own template and its own query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anlan.areas.command.reports import queries as reports
from anlan.areas.command.response import queries as response
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """A panel of the room."""

    name: str
    template: str
    capability: str
    query: Callable[[User, Incident], dict[str, Any]]


CONTRIBUTIONS = (
    Contribution(name="response", template="response/room.html", capability="view:activations", query=response.room_of),
    Contribution(name="reports", template="reports/room.html", capability="view:reports", query=reports.room_of),
)


def panels(user: User, incident: Incident) -> list[dict[str, Any]]:
    """The panels that a person may see, with what they show."""
    return [
        {"name": one.name, "template": one.template, "room": one.query(user, incident)}
        for one in CONTRIBUTIONS
        if user.may(one.capability)
    ]
