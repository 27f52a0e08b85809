"""Where a scenario kills with the wind from any side: one model run, turned round the compass (致死足迹).

A model is run once with the wind along +u; its lethality on a grid is turned for every direction of the wind. That holds
because the models' ground is flat and has no obstacles. Lethality below a thousandth is left out.

>>> puff = footprint(lambda at: np.where((at[:, 0] > 0) & (np.abs(at[:, 1]) < 50), np.exp(-at[:, 0] / 100), 0.0), downwind_deg=90.0)
>>> bool(puff.at(np.array([[0.0, -40.0]]), 180.0)[0] > 0.5), float(puff.at(np.array([[0.0, 40.0]]), 180.0)[0])
(True, 0.0)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

Array = NDArray[np.float64]
#: Lethality below which nobody is counted.
LEAST = 1e-3
#: Bearings of the wind that a rose of shares is spread over.
BEARINGS = np.arange(0.0, 360.0, 5.0)
#: Points along and across the wind.
ALONG, ACROSS = 161, 121


class FootprintError(ValueError):
    """A scenario whose lethality the model does not give, or that reaches farther than is looked."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Lethality round a source, u metres downwind and v metres to the left of the wind."""

    u: Array
    v: Array
    #: Shape (len(v), len(u)).
    lethality: Array
    #: Whether it depends on the wind at all.
    is_directional: bool

    @property
    def reach_m(self) -> float:
        """Farthest point where it kills, m."""
        return float(np.hypot(np.abs(self.u).max(), np.abs(self.v).max())) if self.lethality.any() else 0.0

    def at(self, places: ArrayLike, downwind_deg: float) -> Array:
        """Lethality at places, metres east and north of the source, shape (n, 2), with the wind towards a bearing."""
        found = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        along, across = _turned(found, downwind_deg)
        rows = (across - self.v[0]) / (self.v[1] - self.v[0])
        columns = (along - self.u[0]) / (self.u[1] - self.u[0])
        return map_coordinates(self.lethality, np.array([rows, columns]), order=1, mode="constant", cval=0.0)


def _turned(places: Array, downwind_deg: float) -> tuple[Array, Array]:
    angle = np.radians(downwind_deg)
    east, north = places[:, 0], places[:, 1]
    return east * np.sin(angle) + north * np.cos(angle), -east * np.cos(angle) + north * np.sin(angle)


def _placed(along: Array, across: Array, downwind_deg: float) -> Array:
    angle = np.radians(downwind_deg)
    return np.column_stack(
        (along * np.sin(angle) - across * np.cos(angle), along * np.cos(angle) + across * np.sin(angle))
    )


def footprint(
    lethality_at: Callable[[Array], Array], *, downwind_deg: float | None, farthest_m: float = 20_000.0
) -> Footprint:
    """The footprint of a scenario; `lethality_at` takes places of shape (n, 2) in metres east and north of the source.

    `downwind_deg` is where the scenario's own wind blows to; None for one that no wind turns.
    """
    bearing = downwind_deg or 0.0
    away = np.geomspace(3.0, farthest_m, 70)
    aside = np.geomspace(2.0, farthest_m, 40)
    mesh = np.meshgrid(np.concatenate((-away[::-1], [0.0], away)), np.concatenate((-aside[::-1], [0.0], aside)))
    along, across = mesh[0].ravel(), mesh[1].ravel()
    seen = np.asarray(lethality_at(_placed(along, across, bearing)), dtype=np.float64)
    if np.isnan(seen).any():
        raise FootprintError("模型没有给出这个情景的致死率，不能计入风险")
    hit = seen >= LEAST
    if hit.any() and max(np.abs(along[hit]).max(), np.abs(across[hit]).max()) >= farthest_m:
        raise FootprintError(f"这个情景在 {farthest_m / 1000:.0f} km 处仍会致死，超出计算范围")
    step, aside_step = 1.02 * away[1] / away[0], 1.02 * aside[1] / aside[0]
    least = 5.0
    u = np.linspace(
        min(-least, step * float(along[hit].min(initial=0.0))),
        max(least, step * float(along[hit].max(initial=0.0))),
        ALONG,
    )
    side = max(least, aside_step * float(np.abs(across[hit]).max(initial=0.0)))
    v = np.linspace(-side, side, ACROSS)
    mesh = np.meshgrid(u, v)
    lethality = np.asarray(lethality_at(_placed(mesh[0].ravel(), mesh[1].ravel(), bearing)), dtype=np.float64)
    lethality = np.where(lethality >= LEAST, np.nan_to_num(lethality), 0.0).reshape(v.size, u.size)
    return Footprint(u=u, v=v, lethality=lethality, is_directional=downwind_deg is not None)


def spread_rose(shares: Sequence[float]) -> Array:
    """Shares of 16 (or any number of) sectors by the bearing that the wind comes from, spread over `BEARINGS`; sum 1.

    >>> rose = spread_rose([1.0] * 16)
    >>> round(float(rose.sum()), 9), bool(np.allclose(rose, 1 / 72))
    (1.0, True)
    """
    known = np.asarray(shares, dtype=np.float64)
    if known.ndim != 1 or not known.size or (known < 0).any() or not known.sum() > 0:
        raise ValueError("a wind rose has shares that are not negative and not all zero")
    at = np.arange(known.size + 1) * 360.0 / known.size
    found = np.interp(BEARINGS, at, np.append(known, known[0]))
    return found / found.sum()


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A footprint at its source, metres east and north of the study's origin, so often a year."""

    footprint: Footprint
    east_m: float
    north_m: float
    per_year: float

    def turns(self, rose: Array) -> list[tuple[float, float]]:
        """Each bearing that the wind may blow to, with its share."""
        if not self.footprint.is_directional:
            return [(0.0, 1.0)]
        return [((bearing + 180.0) % 360.0, share) for bearing, share in zip(BEARINGS, rose, strict=True) if share > 0]


def risk_at(sources: Sequence[Sourced], rose: Array, places: ArrayLike) -> Array:
    """Individual risk a year at places, metres east and north of the origin, over all scenarios and winds."""
    found = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    total = np.zeros(len(found))
    for one in sources:
        shifted = found - (one.east_m, one.north_m)
        near = np.flatnonzero(np.hypot(*shifted.T) <= one.footprint.reach_m)
        for bearing, share in one.turns(rose):
            total[near] += one.per_year * share * one.footprint.at(shifted[near], bearing)
    return total


def deaths_by_wind(one: Sourced, rose: Array, places: ArrayLike, people: ArrayLike) -> tuple[Array, Array]:
    """How often a year and how many die, for each wind of a scenario."""
    shifted = np.asarray(places, dtype=np.float64).reshape(-1, 2) - (one.east_m, one.north_m)
    count = np.asarray(people, dtype=np.float64)
    turns = one.turns(rose)
    often = np.array([one.per_year * share for _, share in turns])
    killed = np.array([float(one.footprint.at(shifted, bearing) @ count) for bearing, _ in turns])
    return often, killed
