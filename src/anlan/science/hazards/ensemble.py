"""Uncertainty by many runs: members of a scenario whose uncertain inputs are drawn from their declared spread (集合预报).

Inputs are drawn by Latin hypercube sampling (McKay, Beckman & Conover 1979, Technometrics 21(2), 239-245), so that a
thousand members cover each input evenly; the same seed gives the same members. Inputs are taken as independent.
"""

import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from anlan.science.geo.contours import outlines as outlines_of
from anlan.science.hazards.declaring import Given, ScenarioError
from anlan.science.hazards.outcomes import Zone, covered

S = TypeVar("S")
Path = tuple[str, ...]


def uncertain(scenario: Any) -> dict[Path, Given]:
    """The inputs that have a spread and a value in this scenario, by path; inputs of tables stay as they are."""
    found: dict[Path, Given] = {}
    for one in fields(scenario):
        value, what = getattr(scenario, one.name), one.metadata["given"]
        if is_dataclass(value):
            found |= {(one.name, *path): inner for path, inner in uncertain(value).items()}
        elif what.spread is not None and value is not None:
            found[(one.name,)] = what
    return found


def members(scenario: S, count: int, *, seed: int = 0) -> tuple[S, ...]:
    """So many scenarios drawn round one; one without uncertain inputs is repeated."""
    inputs = uncertain(scenario)
    if not inputs:
        return (scenario,) * count
    shares = qmc.LatinHypercube(len(inputs), rng=np.random.default_rng(seed)).random(count)
    columns = {path: _drawn(_at(scenario, path), what, shares[:, at]) for at, (path, what) in enumerate(inputs.items())}
    return tuple(_agreeing(scenario, {path: column[row] for path, column in columns.items()}) for row in range(count))


def _at(scenario: Any, path: Path) -> Any:
    for name in path:
        scenario = getattr(scenario, name)
    return scenario


def _drawn(value: Any, what: Given, shares: NDArray[np.float64]) -> list[Any]:
    """Values of one input, inside its range."""
    spread = what.spread
    assert spread is not None
    deviation = norm.ppf(shares)
    if spread.kind == "steps":
        order = list(what.choices or {})
        steps = np.rint(order.index(value) + spread.scale * deviation).astype(int)
        return [order[step] for step in np.clip(steps, 0, len(order) - 1).tolist()]
    if spread.kind == "relative":
        drawn = value * np.exp(spread.scale * deviation)
    elif spread.kind == "normal":
        drawn = value + spread.scale * deviation
    else:
        raise ValueError(f"no spread of kind {spread.kind!r}")
    low = -np.inf if what.low is None else what.low
    high = np.inf if what.high is None else what.high
    if (low, high) == (0.0, 360.0) and what.unit == "°":  # a direction goes round
        return (drawn % 360.0).tolist()
    return np.clip(drawn, low, high).tolist()


def _agreeing(scenario: S, values: dict[Path, Any]) -> S:
    """A member; where drawn inputs contradict each other, numbers are pulled back half way to the scenario's own."""
    own = {path: _at(scenario, path) for path in values}
    for share in (1.0, 0.5, 0.25, 0.125):
        try:
            return _changed(scenario, {path: _between(own[path], values[path], share) for path in values})
        except ScenarioError:
            continue
    return scenario


def _between(own: Any, drawn: Any, share: float) -> Any:
    if share == 1.0:
        return drawn
    return own + share * (drawn - own) if isinstance(own, float) else own


def _changed(scenario: Any, values: dict[Path, Any]) -> Any:
    own = {path[0]: value for path, value in values.items() if len(path) == 1}
    for name in {path[0] for path in values if len(path) > 1}:
        inner = {path[1:]: value for path, value in values.items() if path[0] == name and len(path) > 1}
        own[name] = _changed(getattr(scenario, name), inner)
    return replace(scenario, **own)


def likely_zones(
    members: Sequence[Sequence[Zone]], *, shares: Sequence[float] = (0.1, 0.5, 0.9), nodes: int = 161
) -> tuple[Zone, ...]:
    """Where at least a share of the members reaches each level, at any time of the event.

    The members' zones are laid on a grid of `nodes` x `nodes` that holds them all: an outline is exact to a cell, which
    each zone's reach tells. A member without zones counts.
    """
    whole = [[zone for zone in zones if zone.at_s is None] for zones in members]
    outlines = [outline for zones in whole for zone in zones for outline in zone.outlines]
    if not outlines:
        return ()
    corners = np.concatenate(outlines)
    margin = 0.02 * float(np.ptp(corners, axis=0).max()) + 1.0
    (west, south), (east, north) = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    x, y = np.linspace(west, east, nodes), np.linspace(south, north, nodes)
    xx, yy = np.meshgrid(x, y)
    levels = {zone.level.code: zone.level for zones in whole for zone in zones}
    found = []
    for code, level in levels.items():
        count = np.zeros((nodes, nodes))
        for zones in whole:
            reached = [covered(zone) for zone in zones if zone.level.code == code and zone.outlines]
            if reached:
                area = shapely.union_all(reached)
                shapely.prepare(area)
                count += shapely.contains_xy(area, xx, yy)
        share = count / len(members)
        for wanted in shares:
            # Shares go in steps of one member: the outline runs half a step below the first that counts.
            least = (math.ceil(wanted * len(members)) - 0.5) / len(members)
            rings = tuple(ring for polygon in outlines_of(x, y, share, least) for ring in polygon)
            reach = max((float(np.hypot(ring[:, 0], ring[:, 1]).max()) for ring in rings), default=0.0)
            found.append(Zone(level=level, outlines=rings, reach_m=reach, probability=wanted))
    return tuple(found)
