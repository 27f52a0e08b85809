"""Runs that a person may see, what is known at a place, and what runs say side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from django.db.models import QuerySet
from django.utils import timezone

from anlan.areas.risk.monitoring.models import Latest
from anlan.areas.risk.monitoring.readings import GOOD
from anlan.areas.risk.prediction import inputs, rules
from anlan.areas.risk.prediction.models import Run
from anlan.areas.risk.safety.models import HazardSource
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.rules import GradeProposal, propose_grade
from anlan.foundation.ledger.registry import in_scope
from anlan.foundation.ledger.zones import Inside, inside
from anlan.foundation.places.geometry import near
from anlan.foundation.rules.queries import rules as rules_of
from anlan.science.geo.distance import great_circle_km
from anlan.science.geo.local import Plane

#: A hazard source this near an incident is taken as where it happens; wind is taken from stations this far, this late.
NEAR_KM, WIND_KM, FRESH = 2.0, 60.0, timedelta(hours=2)
#: Quantities that tell of a release.
SNIFFING = ("gas_combustible", "gas_toxic", "concentration")


def runs_for(user: User) -> QuerySet[Run]:
    """The runs in the person's areas, the newest first."""
    rows = in_scope(Run.objects.all(), user, "area_id", "asked_by__department_id")
    return rows.select_related("incident", "asked_by", "accepted_by", "area", "based_on")


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: its runs."""
    may_add = user.may("add:predictions") and user.scope.contains(incident.area_id)
    return {"runs": runs_for(user).filter(incident=incident)[:8], "may_add": may_add}


def zone_shapes(run: Run) -> list[tuple[dict[str, Any], shapely.Geometry]]:
    """The zones of the whole event, the gravest first, each with its outline in degrees."""
    found = [(one["properties"], shapely.geometry.shape(one["geometry"])) for one in rules.whole(run.zones)]
    return sorted(found, key=lambda one: (-one[0]["severity"], one[0]["reach_m"]))


#: Inputs with a place of their own, in metres from the run's, that have a name.
NAMED = ("gates", "neighbours")


def drawn_inputs(run: Run) -> list[dict[str, Any]]:
    """What was drawn or placed among the inputs, on the map: a venue's rings, its gates, vessels near by."""
    plane = Plane(run.lon, run.lat)
    rings: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in run.inputs.get("corners") or ():
        key = row.get("kind") or "venue", str(row.get("number") or 1)
        rings.setdefault(key, []).append((float(row["east_m"]), float(row["north_m"])))
    found = [
        _feature("LineString", plane.to_degrees([*ring, ring[0]]).tolist(), kind=kind)
        for (kind, _number), ring in rings.items()
    ]
    for name in NAMED:
        for row in run.inputs.get(name) or ():
            (place,) = plane.to_degrees([(float(row["east_m"]), float(row["north_m"]))]).tolist()
            found.append(_feature("Point", place, kind=name, name=row["name"]))
    return found


def _feature(shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": shape, "coordinates": coordinates}, "properties": properties}


def things_inside(user: User, run: Run) -> list[tuple[int, Inside]]:
    """The records by the gravest severity that reaches them, as far as the person may see them, the gravest first."""
    by_severity: dict[int, list[shapely.Geometry]] = {}
    for properties, shape in zone_shapes(run):
        by_severity.setdefault(properties["severity"], []).append(shape)
    found, counted = [], shapely.Polygon()
    for severity, shapes in by_severity.items():
        shape = shapely.union_all(shapes)
        found.append((severity, inside(shapely.difference(shape, counted), user, without=("predictions",))))
        _tell_lines_once(found)
        counted = shapely.union(counted, shape)
    return [(severity, one) for severity, one in found if one.ledgers]


def _tell_lines_once(found: list[tuple[int, Inside]]) -> None:
    """A pipe that runs through several zones counts in the gravest."""
    *before, (_severity, newest) = found
    seen = {(one.ledger.name, row.pk) for _, zone in before for one in zone.ledgers for row in one.rows}
    for one in newest.ledgers:
        rows = [row for row in one.rows if (one.ledger.name, row.pk) not in seen]
        one.count, one.rows = one.count - len(one.rows) + len(rows), rows
    newest.ledgers = [one for one in newest.ledgers if one.count]


def potential_grade(run: Run) -> GradeProposal | None:
    """The grade that the event may reach if nobody is protected, by the rules in force.

    None where deaths cannot be told, and where nobody is expected to die: that alone makes no grade.
    """
    deaths = run.people.get("deaths")
    if deaths is None or round(deaths) == 0:
        return None
    kind = run.incident.kind_id if run.incident else "12D00"
    return propose_grade(rules_of("grading."), kind, {"dead": round(deaths)})


@dataclass(frozen=True)
class Known:
    """Inputs that the records give, each with where it came from."""

    inputs: dict[str, Any]
    sources: dict[str, str]
    lon: float | None
    lat: float | None
    #: What gas detectors and monitors near the place show now, for a person to weigh.
    readings: tuple[Latest, ...] = ()


def known_at(lon: float, lat: float, *, at: datetime | None = None) -> Known:
    """What the registers and stations say about a place: the hazard source there, the wind."""
    found: dict[str, Any] = {}
    sources: dict[str, str] = {}
    source = _nearest(HazardSource.objects.filter(near(lon, lat, NEAR_KM)).select_related("enterprise"), lon, lat)
    if source is not None:
        said = f"重大危险源台账 {source.code} {source.enterprise.name} {source.substance}"
        found |= {"cas": source.cas, "mass_kg": source.quantity_t and 1000 * source.quantity_t}
        sources |= {"cas": said, "mass_kg": f"{said}，设计最大量"}
    for quantity, name in (("wind_speed", "wind_m_s"), ("wind_direction", "wind_from_deg")):
        latest = _latest(quantity, lon, lat, at or timezone.now())
        if latest is not None:
            station = latest.instrument.station
            clock = timezone.localtime(latest.observed_at)
            found[name] = latest.value
            sources[name] = f"{station.name} {clock:%m-%d %H:%M} 实测"
    here = (source.lon, source.lat) if source is not None else (lon, lat)
    shown = _fresh(at or timezone.now()).filter(
        near(lon, lat, NEAR_KM, "instrument__station__"), instrument__quantity__in=SNIFFING
    )
    return Known(found, sources, *here, tuple(shown.order_by("instrument__quantity", "-value")[:12]))


def _fresh(at: datetime) -> QuerySet[Latest]:
    """The newest good readings of the last hours."""
    rows = Latest.objects.filter(flag=GOOD, value__isnull=False, observed_at__gt=at - FRESH, observed_at__lte=at)
    return rows.select_related("instrument__station")


def _nearest(rows: QuerySet, lon: float, lat: float):
    return min(rows, key=lambda row: great_circle_km(lon, lat, row.lon, row.lat), default=None)


def _latest(quantity: str, lon: float, lat: float, at: datetime) -> Latest | None:
    """The newest good reading of the nearest station that has one."""
    rows = _fresh(at).filter(near(lon, lat, WIND_KM, "instrument__station__"), instrument__quantity=quantity)

    def distance(row: Latest) -> float:
        return great_circle_km(lon, lat, row.instrument.station.lon, row.instrument.station.lat)

    return min(rows, key=distance, default=None)


@dataclass(frozen=True)
class Difference:
    """One input or figure of two runs."""

    label: str
    unit: str
    values: tuple[Any, ...]
    #: Labels of the part of the result that a figure belongs to.
    group: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        return len({str(value) for value in self.values}) > 1


def compared(runs: Sequence[Run]) -> dict[str, list[Difference]]:
    """Inputs and figures of runs of one model side by side; figures that all lack are left out."""
    model = runs[0].model
    given = [inputs.flat(run.inputs) for run in runs]
    paths = dict.fromkeys(path for one in given for path in one)
    differing = []
    for path in paths:
        told = [inputs.shown(model and model.scenario, path, one.get(path, "")) for one in given]
        row = Difference(told[0].label, told[0].unit, tuple(one.value for one in told))
        if row.differs:
            differing.append(row)
    by_name = [{figure["name"]: figure for figure in run.figures} for run in runs]
    named = {name: figure for one in reversed(by_name) for name, figure in one.items()}
    figures = [
        Difference(
            figure["label"],
            figure["unit"],
            tuple(one.get(name, {}).get("value") for one in by_name),
            tuple(figure.get("group", ())),
        )
        for name, figure in named.items()
    ]
    return {"inputs": differing, "figures": [row for row in figures if any(v is not None for v in row.values)]}
