"""What the results of all hazards have in common: levels of harm, zones on the ground, and how they are told.

Places are metres east and north of the scenario's origin; whoever knows where that is puts them on the map.

>>> serious = Level(code="overpressure_20", label="重伤", value=20.0, unit="kPa", source="GB/T 37243-2019")
>>> zone = circle(serious, 350.0)
>>> zone.reach_m, len(zone.outlines[0])
(350.0, 73)
"""

from dataclasses import dataclass, field, fields, is_dataclass
from functools import reduce
from typing import Any, get_args, get_type_hints

import numpy as np
import shapely
from numpy.typing import NDArray

Outline = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of harm with the threshold that defines it (伤害等级)."""

    code: str
    label: str
    value: float
    unit: str
    #: Where the threshold is written: document and clause.
    source: str
    #: Grave levels count more: 1 attention, 2 injury or shelter, 3 serious injury or evacuation, 4 death.
    severity: int = 1


@dataclass(frozen=True, kw_only=True)
class Zone:
    """Where a level is reached or exceeded (影响范围)."""

    level: Level
    #: Closed outlines, metres east and north, shape (points, 2); the first of each polygon is its outside.
    outlines: tuple[Outline, ...]
    #: Farthest point from the origin, m; 0 when the level is reached nowhere.
    reach_m: float
    #: Seconds since the start of the event that the zone describes; None is the whole event.
    at_s: float | None = None
    #: Share of an ensemble that reaches the level here or farther; None is a single run.
    probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What happens at given places; each array has the shape of the places asked for."""

    #: Severity of the gravest level reached, 0 is none.
    severity: NDArray[np.int64]
    #: Probability that a person there dies, 0-1; nan where the method gives none.
    lethality: NDArray[np.float64]
    #: Seconds until the first level is reached; nan where none is.
    arrival_s: NDArray[np.float64]


def found(label: str, unit: str = "", *, help: str = "") -> Any:  # noqa: A002
    """A field of a result with its label and unit."""
    return field(metadata={"label": label, "unit": unit, "help": help})


def circle(level: Level, radius_m: float, *, points: int = 73, at_s: float | None = None) -> Zone:
    """The zone that is a circle round the origin; none where the radius is 0.

    >>> circle(Level(code="a", label="a", value=1, unit="kPa", source=""), 0.0).outlines
    ()
    """
    angle = np.linspace(0.0, 2.0 * np.pi, points)
    outline = radius_m * np.column_stack((np.sin(angle), np.cos(angle)))
    outline[-1] = outline[0]
    return Zone(level=level, outlines=(outline,) if radius_m > 0 else (), reach_m=radius_m, at_s=at_s)


def covered(zone: Zone) -> shapely.Geometry:
    """What a zone covers, in metres; rings inside others are holes.

    >>> level = Level(code="a", label="a", value=1, unit="kPa", source="")
    >>> ring = Zone(level=level, outlines=(*circle(level, 20.0).outlines, *circle(level, 10.0).outlines), reach_m=20.0)
    >>> bool(abs(covered(ring).area / (np.pi * 300.0) - 1.0) < 0.002)
    True
    """
    rings = (shapely.Polygon(ring) for ring in zone.outlines)
    return shapely.make_valid(reduce(shapely.symmetric_difference, rings, shapely.Polygon()))


def described(result: type) -> dict[str, dict[str, Any]]:
    """Label and unit of each figure of a result, by name; of a part or a table also those of its own `fields`.

    >>> @dataclass(frozen=True)
    ... class Row:
    ...     away_m: float = found("距离", "m")
    >>> @dataclass(frozen=True)
    ... class Found:
    ...     rows: tuple[Row, ...] = found("随距离")
    >>> described(Found)
    {'rows': {'label': '随距离', 'fields': {'away_m': {'label': '距离', 'unit': 'm'}}}}
    """
    kinds = get_type_hints(result)
    told: dict[str, dict[str, Any]] = {}
    for one in fields(result):
        if "label" in one.metadata:
            told[one.name] = {key: one.metadata[key] for key in ("label", "unit") if one.metadata.get(key)}
            inner = next((kind for kind in (kinds[one.name], *get_args(kinds[one.name])) if is_dataclass(kind)), None)
            if isinstance(inner, type) and (known := described(inner)):
                told[one.name]["fields"] = known
    return told


def as_json(value: Any) -> Any:
    """A result as plain values with the field names that bear the units; numbers to six significant figures.

    >>> as_json({"mass_kg": np.float64(1234.56789), "reaches": np.array([1.0, np.nan])})
    {'mass_kg': 1234.57, 'reaches': [1.0, None]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return str(value)  # a composed sentence, too, as its text
    if isinstance(value, float):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value
