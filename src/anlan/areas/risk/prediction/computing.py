"""One run: inputs to figures, zones in degrees, and the people at each village. Knows the models, not the database."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_noop as _

from anlan.foundation.places.residents import Village
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import Ensemble, Hazard
from anlan.science.hazards.declaring import ScenarioError, read
from anlan.science.hazards.ensemble import likely_zones, members
from anlan.science.hazards.outcomes import Zone, as_json, covered
from anlan.science.hazards.sentences import parts, tell

#: Rows of a result's table that are kept at most; a longer one is thinned evenly.
MOST_ROWS = 200
#: Steps of the progress: the run, people, then each member.
STEPS = 2


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run found, ready to be kept."""

    figures: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    notes: list[Any]
    advice: list[Any]
    zones: dict[str, Any]
    people: dict[str, Any]
    seconds: float


def compute(
    hazard: Hazard,
    inputs: Mapping[str, Any],
    *,
    lon: float,
    lat: float,
    villages: Sequence[Village],
    count: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Run a model at a place, and so many members round it; ScenarioError where the model does not hold."""
    started = time.perf_counter()
    scenario = read(hazard.scenario, inputs)
    result = hazard.run(scenario)
    progress(1, STEPS + count)
    plane = Plane(lon, lat)
    people = exposed(hazard, scenario, result, plane, villages)
    progress(STEPS, STEPS + count)
    notes, zones = [parts(one) for one in result.notes], list(result.zones)
    if count:
        made = (
            hazard.ensemble(scenario, count)
            if hazard.ensemble
            else member_by_member(hazard, scenario, count, lambda done: progress(STEPS + done, STEPS + count))
        )
        zones += made.zones
        refused = count - made.members
        note = tell(
            _("集合 {count} 个成员，按各输入登记的不确定度独立抽样；{refused} 个成员超出适用范围，没有计入。"),
            count=count, refused=refused,
        )  # fmt: skip
        notes.append(parts(note))
    return Outcome(
        figures=figures_of(result),
        tables=tables_of(result),
        notes=notes,
        advice=advice_of(result),
        zones=collection(zones, plane),
        people=people,
        seconds=round(time.perf_counter() - started, 3),
    )


def member_by_member(hazard: Hazard, scenario: Any, count: int, progress: Callable[[int], None]) -> Ensemble:
    """The likely zones of so many single runs."""
    found = []
    for number, member in enumerate(members(scenario, count), 1):
        try:
            found.append(hazard.run(member).zones)
        except ScenarioError:
            pass  # a member may be drawn out of the range; the note says how many were
        progress(number)
    return Ensemble(zones=likely_zones(found) if found else (), members=len(found))


def collection(zones: Sequence[Zone], plane: Plane) -> dict[str, Any]:
    """The zones as GeoJSON in degrees, the widest first, so that graver ones are drawn over them."""
    features = []
    for zone in sorted(zones, key=lambda one: (one.level.severity, -one.reach_m)):
        if not zone.outlines:
            continue
        shape = shapely.transform(covered(zone), plane.to_degrees)
        geometry = shapely.geometry.mapping(shapely.set_precision(shape, 1e-6))
        level = as_json(zone.level)
        level["told"] = parts(zone.level.label)
        properties = level | {"reach_m": round(zone.reach_m, 1), "at_s": zone.at_s, "probability": zone.probability}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def exposed(hazard: Hazard, scenario: Any, result: Any, plane: Plane, villages: Sequence[Village]) -> dict[str, Any]:
    """The people of the villages that the gravest level of each reaches, and how many of them may die there."""
    if not villages:
        return {"villages": [], "levels": {}, "deaths": None, "unknown": 0}
    impact = hazard.impact(scenario, result, plane.to_metres([(one.lon, one.lat) for one in villages]))
    rows: list[dict[str, Any]] = []
    for at in np.flatnonzero(impact.severity > 0).tolist():
        one = villages[at]
        rows.append(
            {
                "code": one.code, "name": one.name, "township": one.township, "people": one.people,
                "severity": int(impact.severity[at]), "lethality": as_json(impact.lethality[at]),
                "arrival_s": as_json(impact.arrival_s[at]),
            }
        )  # fmt: skip
    levels: dict[str, int] = {}
    for row in rows:
        levels[str(row["severity"])] = levels.get(str(row["severity"]), 0) + (row["people"] or 0)
    counted = [(row["people"], row["lethality"]) for row in rows if row["people"] is not None]
    deaths = None if any(share is None for _, share in counted) else sum(people * share for people, share in counted)
    rows.sort(key=lambda row: (-row["severity"], -(row["people"] or 0)))
    unknown = sum(row["people"] is None for row in rows)
    return {"villages": rows, "levels": levels, "deaths": as_json(deaths), "unknown": unknown}


def kept(value: Any) -> Any:
    """A value of a result as JSON, a composed text with what it was composed from."""
    return parts(value) if isinstance(value, str) else as_json(value)


def advice_of(result: Any) -> list[Any]:
    """What the model itself advises; a table of a result that has one is taken as its rows."""
    return [parts(getattr(one, "text", one)) for one in getattr(result, "advice", ())]


def figures_of(result: Any) -> list[dict[str, Any]]:
    """The single figures of a result with label and unit; those of its parts stand behind, with the part as `group`."""
    found, inner = [], []
    for one in fields(result):
        value = getattr(result, one.name)
        if "label" not in one.metadata:
            continue
        if is_dataclass(value):
            inner += [_of_part(figure, one.name, one.metadata["label"]) for figure in figures_of(value)]
        elif _is_list_of_texts(value) and one.name != "advice":
            found.append(_figure(one, parts(tell("{names}", names=list(value)))))
        elif not isinstance(value, tuple | list | np.ndarray | Mapping):
            found.append(_figure(one, kept(value)))
    return found + inner


def _figure(one: Field, value: Any) -> dict[str, Any]:
    return {"name": one.name, "value": value} | {key: one.metadata[key] for key in ("label", "unit", "help")}


def _of_part(figure: Mapping[str, Any], name: str, label: str) -> dict[str, Any]:
    """A figure of a part, named by its path; the part's label comes before that of a part of its own."""
    return {**figure, "name": f"{name}.{figure['name']}", "group": [label, *figure.get("group", ())]}


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, tuple | list) and bool(value) and all(isinstance(one, str) for one in value)


def tables_of(result: Any) -> list[dict[str, Any]]:
    """The rows of a result (tuples of dataclasses), its figures by name, and the series of its parts, as tables."""
    found = []
    for one in fields(result):
        rows = getattr(result, one.name)
        if "label" in one.metadata and isinstance(rows, Mapping) and rows:
            columns = [{"name": "name", "label": _("名称"), "unit": ""}]
            columns.append({"name": "value", "label": _("数值"), "unit": one.metadata["unit"]})
            values = [[str(name), as_json(value)] for name, value in rows.items()]
            found.append({"name": one.name, "label": one.metadata["label"], "columns": columns, "rows": values})
            continue
        if "label" in one.metadata and is_dataclass(rows):
            found += _series_of(one, rows)
            continue
        if (
            one.name == "advice"
            or "label" not in one.metadata
            or not isinstance(rows, tuple | list)
            or not rows
            or not is_dataclass(rows[0])
        ):
            continue
        columns = [
            {"name": column.name, "label": column.metadata["label"], "unit": column.metadata["unit"]}
            for column in fields(rows[0])
            if "label" in column.metadata
        ]
        if not columns:  # such as the zones, which are drawn
            continue
        step = -(-len(rows) // MOST_ROWS)
        values = [[kept(getattr(row, column["name"])) for column in columns] for row in rows[::step]]
        found.append({"name": one.name, "label": one.metadata["label"], "columns": columns, "rows": values})
    return found


def _series_of(one: Field, part: Any) -> list[dict[str, Any]]:
    """The series of a part over time, as one table; none where it has no series."""
    series = [
        (column, getattr(part, column.name))
        for column in fields(part)
        if "label" in column.metadata and isinstance(getattr(part, column.name), np.ndarray)
    ]
    if not series:
        return []
    step = -(-len(series[0][1]) // MOST_ROWS)
    columns = [
        {"name": column.name, "label": column.metadata["label"], "unit": column.metadata["unit"]}
        for column, _values in series
    ]
    rows = as_json(np.column_stack([values[::step] for _column, values in series]))
    return [{"name": one.name, "label": one.metadata["label"], "columns": columns, "rows": rows}]
