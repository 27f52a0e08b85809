"""What both ways of following an evacuation have in common: who leaves by which door, and what is found (疏散过程)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.crowd.venue import Door, Grid, distances

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Egress:
    """An evacuation, from the call to leave."""

    #: Ends of the spans of the density, s, and people still inside then.
    at_s: Array
    remaining: Array
    #: Mean density of each span in persons/m2, shape (spans, rows, columns).
    density: Array
    grid: Grid
    #: People that left by each door, and when the last did, s (0 where nobody).
    by_door: Array
    last_by_door_s: Array
    #: When 95 % and all have left, s; inf where the time did not suffice.
    most_out_s: float
    all_out_s: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which door each cell walks to."""

    #: Distance to the chosen door plus its handicap, m, and the chosen door's number, shape (rows, columns).
    field: Array
    door: NDArray[np.int64]


def chosen(
    grid: Grid,
    doors: list[Door],
    people: Array,
    capacities: Array,
    free_m_s: float,
    *,
    even: bool,
    beyond_m: float = 0.0,
) -> Choice:
    """The nearest door by walking time, or doors so that all are needed equally long.

    `people` by cell, shape (rows, columns). Even loads are found by raising the handicap of doors that take longer than
    the mean and lowering that of others; the best assignment seen counts.
    """
    way = distances(grid, doors, beyond_m)
    handicap = np.zeros(len(doors))
    best, least = handicap, np.inf
    for turn in range(80 if even and len(doors) > 1 else 0):
        load = _loads(way, handicap, people, len(doors)) / capacities
        if load.max() < least - 1e-9:
            best, least = handicap.copy(), load.max()
        handicap = handicap + 0.5 * free_m_s * (load - people.sum() / capacities.sum()) / (1.0 + 0.1 * turn)
        handicap -= handicap.min()
    shifted = way + best[:, None, None]
    door = np.argmin(np.where(np.isfinite(shifted), shifted, np.inf), axis=0)
    return Choice(field=shifted.min(axis=0), door=door)


def _loads(way: Array, handicap: Array, people: Array, doors: int) -> Array:
    door = np.argmin(way + handicap[:, None, None], axis=0)
    return np.bincount(door.ravel(), weights=people.ravel(), minlength=doors).astype(np.float64)
