"""One route while speeds change with the hour: exact, because nobody arrives earlier by setting out later.

Within an hour a road is driven at one share of its free speed, and at the turn of the hour the speed changes on the way,
not the time of the whole edge: so the one who sets out first arrives first (S. Ichoua, M. Gendreau & J.-Y. Potvin, European
Journal of Operational Research 144 (2003) 379-396), and a search by earliest arrival is exact. Landmarks draw it as they
draw the search at one hour, by the greatest share of each road within the hours.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from anlan.science.geo.roads.graph import Floats, Integers, RoadError, Roads, Spots
from anlan.science.geo.roads.landmarks import Landmarks, _least, ease_of
from anlan.science.geo.roads.search import (
    _NO_ARC,
    Route,
    _checked,
    _heap,
    _last_part,
    _part,
    _pop,
    _push,
    _seeds,
    along,
    traced,
)

#: Seconds of an hour.
HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours:
    """Shares of the free speed from an hour on; the last hour's go on for ever."""

    #: Share by group of edges and hour, greater than nothing; shape (groups, hours).
    share: Floats
    #: The group of each edge.
    group: Integers
    #: Seconds of the first hour that are gone at departure.
    into_s: float = 0.0


def route(roads: Roads, seconds: Floats, start: Spots, end: Spots, hours: Hours, marks: Landmarks) -> Route | None:
    """The earliest arrival from one place at another, with its line; None when there is no way.

    `seconds` are those of the edges at the free speed, infinite where they are closed.

    >>> from anlan.science.geo.roads.graph import build, seconds, snap
    >>> from anlan.science.geo.roads.landmarks import landmarks
    >>> row = build(nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], length_m=[60_000], speed_kmh=[60])
    >>> free, ends = seconds(row), snap(row, [[116, 36], [116.01, 36]])
    >>> slow_first = Hours(share=np.array([[0.5, 1.0]]), group=np.zeros(1, dtype=np.int64), into_s=1800)
    >>> route(row, free, ends[0], ends[1], slow_first, landmarks(row, free, 1)).time_s / 60
    75.0
    """
    if start.size != 1 or end.size != 1:
        raise RoadError("start and end: a route leads from one place to one place")
    free, share = _checked(roads, seconds), np.ascontiguousarray(hours.share, dtype=np.float64)
    if share.ndim != 2 or not share.size or not (np.isfinite(share) & (share > 0)).all():
        raise RoadError("hours: shares must be greater than 0, by group and hour")
    if hours.group.shape != free.shape or hours.group.min() < 0 or hours.group.max() >= len(share):
        raise RoadError(f"hours: group must number one of {len(share)} groups for each edge")
    if not 0 <= hours.into_s < HOUR_S:
        raise RoadError("hours: into_s must lie between 0 and 3600")
    best = share.max(axis=1)[hours.group]
    first, head, edge = roads.arcs
    nodes = len(roads.nodes)
    node, part, whose = _seeds(roads, free, start, np.zeros(1))
    own, last = int(start.edge[0]), int(end.edge[0])
    at = np.array([_passed(0.0, one, share[hours.group[own]], hours.into_s) for one in part.tolist()])
    to_end, to_start = _last_part(roads, free, end)
    goals, rest = np.array([roads.start[last], roads.end[last]]), np.array([to_end[0], to_start[0]])
    time, arc = np.full(nodes, np.inf), np.full(nodes, _NO_ARC, dtype=np.int64)
    _drawn(
        first, head, edge, free, hours.group, share, hours.into_s, node, at, goals, rest, last, rest / best[last],
        ease_of(marks, roads, free / best), marks.out, marks.back, time, arc, *_heap(head.size, node.size),
    )  # fmt: skip
    row = share[hours.group[last]]
    ways = [_passed(float(time[goal]), float(left), row, hours.into_s) for goal, left in zip(goals, rest, strict=True)]
    gap = float(end.fraction[0] - start.fraction[0])
    if own == last and (gap >= 0 or not roads.is_one_way[own]):
        direct = _passed(0.0, float(_part(np.array([abs(gap)]), free[[own]])[0]), row, hours.into_s)
        if direct <= min(ways) and np.isfinite(direct):
            return along(roads, [(own, float(start.fraction[0]), float(end.fraction[0]))], direct)
    arrival = min(ways)
    if not np.isfinite(arrival):
        return None
    by_end = float(_part(1 - start.fraction, free[start.edge])[0])
    way = traced(
        roads, time, arc, start, end, by_start=ways[0] <= ways[1],
        leaves_by_end_s=_passed(0.0, by_end, share[hours.group[own]], hours.into_s),
    )  # fmt: skip
    return along(roads, way, arrival)


@njit(cache=True)
def _passed(now, free, row, into):  # type: ignore[no-untyped-def]  # pragma: no cover
    """When a stretch of so many free seconds is passed that is entered `now` seconds after departure."""
    if now == np.inf or free == np.inf:
        return np.inf
    hour = int((now + into) // 3600.0)
    while hour < row.size - 1:
        until = (hour + 1) * 3600.0 - into
        passes = (until - now) * row[hour]
        if free <= passes:
            return now + free / row[hour]
        free -= passes
        now = until
        hour += 1
    return now + free / row[row.size - 1]


@njit(cache=True, nogil=True)
def _drawn(first, head, edge, free, group, share, into, node, at, goals, rest, last, least_rest, ease, out, back, time, arc, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover  # fmt: skip
    size, best, safe = 0, np.inf, 1.0 - 1e-12
    for n in range(node.size):
        if at[n] < time[node[n]]:
            time[node[n]] = at[n]
            size = _push(
                keys, values, size, at[n] + safe * _least(out, back, node[n], goals, least_rest, ease), node[n]
            )
    for g in range(goals.size):
        best = min(best, _passed(time[goals[g]], rest[g], share[group[last]], into))
    while size > 0 and keys[0] < best:
        here = values[0]
        size = _pop(keys, values, size)
        now = time[here]
        for k in range(first[here], first[here + 1]):
            e = edge[k]
            own = e if e >= 0 else ~e
            then = _passed(now, free[own], share[group[own]], into)
            there = head[k]
            if then < time[there]:
                key = then + safe * _least(out, back, there, goals, least_rest, ease)
                if key < best:
                    time[there], arc[there] = then, e
                    size = _push(keys, values, size, key, there)
                    for g in range(goals.size):
                        if there == goals[g]:
                            best = min(best, _passed(then, rest[g], share[group[last]], into))
