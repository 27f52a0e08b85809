"""Where people stand during an event: drawn to the focus and into the gathering areas, never denser than they like
(聚集分布).

An assumption, not a law: the density falls with the distance d from the focus as exp(-d / pull), is cut where it
would exceed what people choose to stand in, and the rest spreads outward. Without a focus it is even. The total is exact.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.science.hazards.crowd.scenario import Crowd
from anlan.science.hazards.crowd.venue import Grid, Venue

Array = NDArray[np.float64]


def spread(people: float, weight: Array, most: float) -> Array:
    """People by cell in proportion to weights, at most so many in each; evenly more where all are full.

    >>> spread(6.0, np.array([4.0, 1.0, 1.0, 0.0]), 3.0).tolist()
    [3.0, 1.5, 1.5, 0.0]
    >>> spread(12.0, np.array([4.0, 1.0]), 3.0).tolist()
    [6.0, 6.0]
    """
    room = weight > 0
    if people <= 1e-9 or not room.any():
        return np.zeros(weight.shape)
    if people >= most * room.sum():
        return np.where(room, people / room.sum(), 0.0)
    ordered = np.sort(weight[room])[::-1]
    # With the k heaviest full the others share the rest: the first k that leaves nobody over the most.
    rest = np.append(np.cumsum(ordered[::-1])[::-1], 0.0)
    full = np.arange(ordered.size)
    scale = (people - most * full) / rest[:-1]
    at = int(np.argmax(scale * ordered <= most * (1.0 + 1e-12)))
    found = np.minimum(scale[at] * weight, most)
    return found * (people / found.sum())


class Places:
    """How the people of a scenario stand on a grid, for any number of them."""

    def __init__(self, scenario: Crowd, venue: Venue, grid: Grid) -> None:
        self._most = scenario.front_per_m2 * grid.cell_m2
        pull = np.ones(grid.inside.shape)
        if scenario.kind != "seated" and scenario.focus_east_m is not None and scenario.focus_north_m is not None:
            xx, yy = np.meshgrid(grid.x, grid.y)
            away = np.hypot(xx - scenario.focus_east_m, yy - scenario.focus_north_m)
            pull = np.exp(-(away - away[grid.inside].min()) / scenario.pull_m)
        pull = np.where(grid.inside, np.maximum(pull, 1e-12), 0.0)
        self._gathering = np.zeros(grid.inside.shape, dtype=bool)
        if not venue.gathering.is_empty:
            shapely.prepare(venue.gathering)
            at = shapely.contains_xy(venue.gathering, *grid.places.T).reshape(grid.inside.shape)
            self._gathering = at & grid.inside
        self._pull, self._inside = pull, grid.inside
        self._share = scenario.gathering_share if self._gathering.any() else 0.0

    def people(self, count: float) -> Array:
        """People by cell."""
        if self._share == 0.0:
            return spread(count, self._pull, self._most)
        inner = np.where(self._gathering, self._pull, 0.0)
        outer = np.where(self._inside & ~self._gathering, 1.0, 0.0)
        fits = self._most * self._gathering.sum()
        into = min(self._share * count, fits) if outer.any() else count
        around = count - into
        # Who finds no room outside goes in again.
        around = min(around, max(self._most * outer.sum(), count - fits))
        return spread(count - around, inner, self._most) + spread(around, outer, self._most)
