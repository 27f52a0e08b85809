"""Limits of a turn-out and the teams suited to an event, by the rules in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.rules.judging import covers
from anlan.foundation.rules.queries import rule


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How soon a team sets out and arrives, and by what."""

    turnout_min: float
    arrival_due_at: datetime | None
    basis: str


def limits_of(team: Team, alarmed_at: datetime, needed_by: datetime | None = None) -> Limits:
    """The team's own promise before the rule; the time that the request names before the rule's."""
    found = rule("rescue.turnout")
    row = next((r for r in found.params["kinds"] if r["kind"] == team.kind), found.params["default"])
    turnout = team.turnout_limit_min or row["turnout_minutes"]
    due = needed_by
    if due is None and "arrival_minutes" in row:
        due = alarmed_at + timedelta(minutes=row["arrival_minutes"])
    basis = "队伍承诺的出动时限" if team.turnout_limit_min else f"{found.reference} {found.citation}"
    if needed_by is not None:
        basis += "；需求写明的到位时间"
    return Limits(turnout_min=turnout, arrival_due_at=due, basis=basis[:200])


def suited_kinds(event: str) -> tuple[str, ...]:
    """The kinds of teams that fit an event's code best; none where the rule does not say."""
    rows = rule("rescue.suited_kinds").params["events"]
    best = max(rows, key=lambda row: covers([row["event"]], event), default=None)
    return tuple(best["kinds"]) if best and covers([best["event"]], event) > 0 else ()
