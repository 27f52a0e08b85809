"""Read incidents: the proposed grade, likely duplicates, and what was known when and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import OTHER_FIGURES, EventKind, Incident, TimelineEntry
from anlan.foundation.incidents.rules import GradeProposal, Likeness, Report, likeness
from anlan.foundation.incidents.rules import propose_grade as propose_by_rules
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import rule, rules

OPEN = (Incident.Status.REPORTED, Incident.Status.CONFIRMED, Incident.Status.RESPONDING)


def incidents_for(user: User) -> QuerySet[Incident]:
    """The incidents that a person may open: in the own areas, and those of the areas above that include them."""
    if not user.may("view:incidents"):
        return Incident.objects.none()
    above = {p[:n].ljust(6, "0") for p in user.scope.prefixes for n in (4, 6, 9) if len(p) > n}
    rows = Incident.objects.filter(within(user.scope.prefixes) | Q(area_id__in=above))
    return rows.select_related("kind", "area", "department")


def open_incidents(user: User) -> QuerySet[Incident]:
    """Those of them that are not over, the newest first."""
    return incidents_for(user).filter(status__in=OPEN)


def possible_causes(user: User, incident: Incident) -> QuerySet[Incident]:
    """What may have brought an incident about: what happened within a week before it, and what was said already."""
    at = incident.occurred_at
    rows = incidents_for(user).filter(
        Q(occurred_at__range=(at - timedelta(days=7), at)) | Q(pk=incident.cause_id), is_exercise=incident.is_exercise
    )
    return rows.exclude(pk=incident.pk).exclude(status=Incident.Status.MERGED).order_by("-occurred_at")[:60]


def figure_title(name: str) -> str:
    """What people call a figure."""
    return str(OTHER_FIGURES[name] if name in OTHER_FIGURES else Incident._meta.get_field(name).verbose_name)


def figure_text(figures: Mapping[str, Any]) -> str:
    """Known figures as one line of a record: 死亡 1 人，被困 3 人; Chinese, whatever language its writer reads."""
    with override("zh-hans"):
        return _figure_text(figures)


def _figure_text(figures: Mapping[str, Any]) -> str:
    parts = []
    for name, value in figures.items():
        if name == "loss_yuan":
            parts.append(f"直接经济损失 {float(value) / 10000:g} 万元")
        elif name in OTHER_FIGURES:
            parts.append(f"{OTHER_FIGURES[name]} {value:g}")
        else:
            parts.append(f"{Incident._meta.get_field(name).verbose_name} {value} 人")
    return "，".join(parts)


def propose_grade(incident: Incident) -> GradeProposal | None:
    """The grade by the rules in force on the day it happened; None where no rule grades such events."""
    day = timezone.localtime(incident.occurred_at).date()
    return propose_by_rules(rules("grading.", on=day), incident.kind_id, incident.figures)


@dataclass(frozen=True)
class FigureSource:
    """Where a figure in force came from, and when."""

    name: str
    value: Any
    source: str
    at: datetime


def figure_sources(incident: Incident) -> list[FigureSource]:
    """Every known figure with the source and time of the entry that set it."""
    found: dict[str, FigureSource] = {}
    for entry in incident.timeline.order_by("recorded_at", "id"):
        for name, value in (entry.data.get("figures") or {}).items():
            found[name] = FigureSource(name, value, entry.source or entry.actor, entry.happened_at)
    return list(found.values())


@dataclass(frozen=True)
class Duplicate:
    """An open incident that a new report may be about, and why."""

    incident: Incident
    likeness: Likeness

    @property
    def score(self) -> float:
        return self.likeness.score

    @property
    def percent(self) -> int:
        return round(100 * self.likeness.score)


def likely_duplicates(
    *,
    area: Area | str,
    text: str,
    occurred_at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    kind: EventKind | str = "",
    user: User | None = None,
    exclude: Incident | None = None,
) -> list[Duplicate]:
    """Open incidents that look like this report by time, distance and words, the likest first."""
    params = rule("incidents.duplicates").params
    area_code = area.pk if isinstance(area, Area) else area
    new = Report(occurred_at or timezone.now(), area_code, text, lon, lat)
    window = timedelta(hours=params["hours"])
    rows = Incident.objects.filter(status__in=OPEN, occurred_at__range=(new.at - window, new.at + window))
    rows = rows.filter(within((area_code[:4],))).exclude(pk=exclude.pk if exclude else None)
    if user is not None:
        rows = rows.filter(within(user.scope.prefixes))
    category = (kind.pk if isinstance(kind, EventKind) else kind)[:2]
    found = []
    for row in rows.select_related("kind", "area")[:200]:
        old = Report(row.occurred_at, row.area_id, f"{row.title} {row.place} {row.description}", row.lon, row.lat)
        alike = likeness(new, old, hours=params["hours"], km=params["km"], weights=params["weights"])
        if alike.score >= params["at_least"] and (not category or row.kind_id.startswith(category)):
            found.append(Duplicate(row, alike))
    return sorted(found, key=lambda d: -d.score)[: params["most"]]


@dataclass
class State:
    """An incident as it was known at a time (by one person)."""

    at: datetime
    status: str = ""
    grade: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    #: Activation, order and assignment numbers with what was last recorded of them.
    activations: dict[int, dict] = field(default_factory=dict)
    orders: dict[int, dict] = field(default_factory=dict)
    assignments: dict[int, dict] = field(default_factory=dict)
    entries: list[TimelineEntry] = field(default_factory=list)

    def fold(self, entry: TimelineEntry) -> None:
        """Take one more entry into account."""
        self.entries.append(entry)
        data = entry.data
        for name, known in (("activation", self.activations), ("order", self.orders), ("assignment", self.assignments)):
            if name in data:
                number = data[name]
                known[number] = known.get(number, {}) | {k: v for k, v in data.items() if k != name}
                return
        self.figures |= entry.own.get("figures") or {}
        self.grade = entry.own.get("grade", self.grade)
        self.status = entry.own.get("status", self.status)


def visible_entries(incident: Incident, viewer: User | None) -> list[TimelineEntry]:
    """The entries that a person could see: of the own areas, or told to that person; all without a person."""
    return [e for e in incident.timeline.order_by("recorded_at", "id") if viewer is None or _saw(e, viewer)]


def _saw(entry: TimelineEntry, viewer: User) -> bool:
    return viewer.pk in entry.told or viewer.scope.contains(entry.area_code)


def state_at(incident: Incident, at: datetime, viewer: User | None = None) -> State:
    """Replay the timeline up to a time, as this person saw it; entries recorded later are not known yet."""
    state = State(at)
    for entry in visible_entries(incident, viewer):
        if entry.recorded_at <= at:
            state.fold(entry)
    return state
