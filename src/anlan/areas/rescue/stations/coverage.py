"""What fire crews reach: villages, key places and ground, from the stations on duty over the roads as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from anlan.areas.rescue.stations.rules import Arrival
from anlan.foundation.roads.queries import Access
from anlan.foundation.roads.speeds import Speeds
from anlan.science.geo.roads.graph import Floats, Integers, Roads, Spots, snap
from anlan.science.geo.roads.reach import reached
from anlan.science.geo.roads.search import Spread, arrivals, matrix, spread

#: Minutes beyond which nobody asks how soon a crew comes.
FARTHEST_MIN = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Times from stations on a network; make it from their positions, then ask it about places."""

    roads: Roads
    #: Seconds of the edges at these speeds.
    seconds: Floats
    speeds: Speeds
    access: Access
    arrival: Arrival
    #: Longitude and latitude of the stations, degrees, shape (stations, 2); none gives infinite times.
    stations: Floats
    farthest_min: float = field(default=FARTHEST_MIN)
    #: How people go on from the road to a place; as they came to the road unless said.
    on_foot: Access | None = None
    #: Seconds that each station needs to turn out beyond `arrival.turnout_min`; none unless said.
    turnout_s: Floats | None = None

    @cached_property
    def _starts(self) -> tuple[Spots, Floats, Integers]:
        """Stations that reach a road, their time to it, and which they are."""
        spots = snap(self.roads, self.stations)
        late = self.access.seconds(spots) + (0.0 if self.turnout_s is None else self.turnout_s)
        joined = np.flatnonzero(np.isfinite(late))
        return spots[joined], late[joined], joined

    @cached_property
    def _spread(self) -> Spread:
        spots, late, _ = self._starts
        return spread(self.roads, self.seconds, spots, limit_s=self.farthest_min * 60, head_start_s=late)

    def _last(self, spots: Spots) -> Floats:
        """Seconds from the road to each place."""
        return (self.on_foot or self.access).seconds(spots)

    def minutes(self, places: Floats) -> tuple[Floats, Integers]:
        """Minutes from the order until a crew is at each place, and from which station (-1: from none)."""
        if not len(places):
            return np.empty(0), np.empty(0, dtype=np.int64)
        spots = snap(self.roads, places)
        time, source = arrivals(self.roads, self.seconds, self._spread, spots)
        total = self.arrival.turnout_min + (time + self._last(spots)) / 60
        joined = self._starts[2]
        which = np.where(source >= 0, joined[source] if joined.size else -1, -1)
        return total, np.where(np.isfinite(total), which, -1)

    def ground(self, minutes: float) -> shapely.Geometry:
        """The ground on both sides of the roads that crews drive within so many minutes of the order."""
        drive = max(0.0, (minutes - self.arrival.turnout_min) * 60)
        (shape,) = reached(self.roads, self.seconds, self._spread, [drive], strip_m=self.access.strip_m)
        return shape

    def covers(self, sites: Floats, places: Floats, minutes: float) -> np.ndarray:
        """Which places a crew from each site would reach in time, shape (sites, places)."""
        drive = max(0.0, (minutes - self.arrival.turnout_min) * 60)
        starts, ends = snap(self.roads, sites), snap(self.roads, places)
        time = matrix(self.roads, self.seconds, starts, ends, limit_s=drive)
        return time + self.access.seconds(starts)[:, None] + self._last(ends)[None, :] <= drive


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of something is reached in time."""

    total: int
    reached: int

    @property
    def percent(self) -> float | None:
        """Per cent reached; None where there is nothing to reach."""
        return round(100 * self.reached / self.total, 1) if self.total else None


def share(weights: Sequence[float] | Floats, is_reached: np.ndarray) -> Share:
    """The weight that is reached, of all.

    >>> share([100, 300], np.array([True, False])).percent
    25.0
    """
    given = np.asarray(weights, dtype=np.float64)
    return Share(total=int(given.sum()), reached=int(given[is_reached].sum()))
