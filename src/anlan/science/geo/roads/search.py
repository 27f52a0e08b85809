"""Shortest times on a network: from many places at once, between all pairs, and one route with its line.

Dijkstra's method with a binary heap of its own and a limit; what lies beyond the limit is never looked at, so a
five-minute circle costs what the circle holds and not what the city holds. benchmarks/roads.py holds it against scipy.
Searches let go of Python's lock, so that one person's long question does not hold up everybody's pages.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from anlan.science.geo.roads.graph import Floats, Integers, RoadError, Roads, Spots


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """How travel spreads from places; arrays over nodes."""

    #: Seconds from the nearest place; infinite beyond the limit.
    time_s: Floats
    #: Which place that is; -1 beyond the limit.
    source: Integers
    #: The arc over which it came, an edge or ~edge against it; `_NO_ARC` where a place's own edge leads.
    arc: Integers
    sources: Spots
    #: What each place was given to start with, s.
    head_start_s: Floats
    limit_s: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Route:
    """The fastest way between two places."""

    time_s: float
    length_m: float
    edges: tuple[int, ...]
    #: Longitude and latitude along it, degrees, shape (vertices, 2).
    line: Floats


_NO_ARC = np.iinfo(np.int64).max


def spread(
    roads: Roads, seconds: Floats, sources: Spots, *, limit_s: float = np.inf, head_start_s: ArrayLike = 0.0
) -> Spread:
    """How soon each node is reached from the nearest of many places; each sets out `head_start_s` seconds late.

    A place on a closed edge cannot leave it, except where it stands at the edge's very end.

    >>> from anlan.science.geo.roads.graph import build, seconds, snap
    >>> row = build(nodes=[[116, 36], [116.01, 36], [116.02, 36]], start=[0, 1], end=[1, 2], speed_kmh=[60, 60])
    >>> spread(row, seconds(row), snap(row, [[116, 36]]), limit_s=60).time_s.round().tolist()
    [0.0, 54.0, inf]
    """
    late = np.broadcast_to(np.asarray(head_start_s, dtype=np.float64), (sources.size,)).copy()
    if not (limit_s >= 0 and np.isfinite(late).all() and (late >= 0).all()):
        raise RoadError("limit_s and head_start_s must be numbers from 0")
    cost = _checked(roads, seconds)
    first, head, edge = roads.arcs
    count = len(roads.nodes)
    time, source = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    arc = np.full(count, _NO_ARC, dtype=np.int64)
    node, at, whose = _seeds(roads, cost, sources, late)
    _dijkstra(first, head, edge, cost, node, at, whose, float(limit_s), time, source, arc, *_heap(head.size, node.size))
    return Spread(time_s=time, source=source, arc=arc, sources=sources, head_start_s=late, limit_s=float(limit_s))


def arrivals(roads: Roads, seconds: Floats, found: Spread, places: Spots) -> tuple[Floats, Integers]:
    """How soon places are reached, s, and from which source (-1 where not within the limit)."""
    cost = _checked(roads, seconds)
    start, end = roads.start[places.edge], roads.end[places.edge]
    along, back = _last_part(roads, cost, places)
    by_start, by_end = found.time_s[start] + along, found.time_s[end] + back
    time = np.minimum(by_start, by_end)
    source = np.where(by_start <= by_end, found.source[start], found.source[end])
    _on_own_edge(
        found.sources.edge, found.sources.fraction, found.head_start_s, np.argsort(found.sources.edge, kind="stable"),
        places.edge, places.fraction, cost, roads.is_one_way, time, source,
    )  # fmt: skip
    is_late = (time > found.limit_s) | np.isinf(time)
    return np.where(is_late, np.inf, time), np.where(is_late, -1, source)


def matrix(roads: Roads, seconds: Floats, sources: Spots, targets: Spots, *, limit_s: float = np.inf) -> Floats:
    """Seconds from each source to each target, shape (sources, targets); infinite beyond the limit."""
    if not limit_s >= 0:
        raise RoadError("limit_s must be a number from 0")
    cost = _checked(roads, seconds)
    first, head, edge = roads.arcs
    late = np.zeros(sources.size)
    node, at, whose = _seeds(roads, cost, sources, late)
    firsts = np.searchsorted(whose, np.arange(sources.size + 1))
    along, back = _last_part(roads, cost, targets)
    time = np.empty((sources.size, targets.size))
    _matrix(
        first, head, edge, cost, node, at, firsts, float(limit_s), len(roads.nodes),
        roads.start[targets.edge], roads.end[targets.edge], along, back, time,
    )  # fmt: skip
    for row in range(sources.size):
        one = np.full(targets.size, -1, dtype=np.int64)
        _on_own_edge(
            sources.edge[row : row + 1], sources.fraction[row : row + 1], late[:1], np.zeros(1, dtype=np.int64),
            targets.edge, targets.fraction, cost, roads.is_one_way, time[row], one,
        )  # fmt: skip
    return np.where(time <= limit_s, time, np.inf)


def route(roads: Roads, seconds: Floats, start: Spots, end: Spots) -> Route | None:
    """The fastest way from one place to another, with its line; None when there is none."""
    if start.size != 1 or end.size != 1:
        raise RoadError("start and end: a route leads from one place to one place")
    cost = _checked(roads, seconds)
    found = spread(roads, cost, start)
    times, _ = arrivals(roads, cost, found, end)
    if not np.isfinite(times[0]):
        return None
    return told(roads, cost, found, start, end, float(times[0]))


def told(roads: Roads, cost: Floats, found: Spread, start: Spots, end: Spots, time_s: float) -> Route:
    """The route that a spread from `start` has found to `end`, where it arrives after `time_s`."""
    return along(roads, _way(roads, cost, found, start, end, time_s), time_s)


def along(roads: Roads, way: list[tuple[int, float, float]], time_s: float) -> Route:
    """The route over edges in turn, each with the fractions between which it is driven."""
    pieces = [_stretch(roads, edge, low, high) for edge, low, high in way]
    metres = float(sum(roads.length_m[edge] * abs(high - low) for edge, low, high in way))
    line = np.concatenate(pieces)
    keep = np.concatenate([[True], (np.diff(line, axis=0) != 0).any(axis=1)])
    return Route(time_s=time_s, length_m=metres, edges=tuple(edge for edge, _, _ in way), line=line[keep])


def _way(
    roads: Roads, cost: Floats, found: Spread, start: Spots, end: Spots, time: float
) -> list[tuple[int, float, float]]:
    """The edges of the way in turn, each with the fractions between which it is driven."""
    edge, here = int(end.edge[0]), float(end.fraction[0])
    own, there = int(start.edge[0]), float(start.fraction[0])
    through_start = found.time_s[roads.start[edge]] + _part(np.array([here]), cost[[edge]])[0]
    is_direct = own == edge and (here >= there or not roads.is_one_way[edge])
    if is_direct and _part(np.array([abs(here - there)]), cost[[edge]])[0] <= time:
        return [(edge, there, here)]
    by_end = _part(np.array([1 - there]), cost[[own]])[0]
    return traced(roads, found.time_s, found.arc, start, end, by_start=through_start <= time, leaves_by_end_s=by_end)


def traced(
    roads: Roads, time: Floats, arc: Integers, start: Spots, end: Spots, *, by_start: bool, leaves_by_end_s: float
) -> list[tuple[int, float, float]]:
    """The way back from the end, over its edge's start or end, along the arcs over which it came."""
    edge, own, there = int(end.edge[0]), int(start.edge[0]), float(start.fraction[0])
    node = int(roads.start[edge] if by_start else roads.end[edge])
    way = [(edge, 0.0 if by_start else 1.0, float(end.fraction[0]))]
    while arc[node] != _NO_ARC:
        came = int(arc[node])
        if came >= 0:
            way.append((came, 0.0, 1.0))
            node = int(roads.start[came])
        else:
            way.append((~came, 1.0, 0.0))
            node = int(roads.end[~came])
    leaves_by_end = int(roads.end[own]) == node and leaves_by_end_s <= time[node]
    way.append((own, there, 1.0 if leaves_by_end else 0.0))
    return way[::-1]


def _stretch(roads: Roads, edge: int, low: float, high: float) -> Floats:
    """The vertices of a part of an edge, in the direction driven."""
    line = roads.vertices[roads.first_vertex[edge] : roads.first_vertex[edge + 1]]
    if {low, high} == {0.0, 1.0}:
        return line if low < high else line[::-1]
    steps = np.hypot(*(np.diff(line, axis=0) * [np.cos(np.radians(line[0, 1])), 1.0]).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    at = at / at[-1] if at[-1] else np.linspace(0.0, 1.0, at.size)
    small, great = min(low, high), max(low, high)
    inside = np.concatenate([[small], at[(at > small) & (at < great)], [great]])
    part = np.column_stack([np.interp(inside, at, line[:, 0]), np.interp(inside, at, line[:, 1])])
    return part if low <= high else part[::-1]


def _checked(roads: Roads, seconds: Floats) -> Floats:
    cost = np.ascontiguousarray(seconds, dtype=np.float64)
    if cost.shape != (roads.size,):
        raise RoadError(f"seconds: {cost.shape} values for {roads.size} edges")
    if not (cost >= 0).all():
        raise RoadError("seconds must be numbers from 0, infinite where an edge is closed")
    return cost


def _part(fraction: Floats, seconds: Floats) -> Floats:
    """Seconds for a part of an edge; no part of a closed edge costs nothing, any other part is endless."""
    with np.errstate(invalid="ignore"):
        return np.where(fraction > 0, fraction * seconds, 0.0)


def _last_part(roads: Roads, cost: Floats, places: Spots) -> tuple[Floats, Floats]:
    """Seconds to each place from its edge's start, and from its edge's end."""
    edge, fraction = places.edge, places.fraction
    is_barred = roads.is_one_way[edge] & (fraction < 1)
    return _part(fraction, cost[edge]), np.where(is_barred, np.inf, _part(1 - fraction, cost[edge]))


def _seeds(roads: Roads, cost: Floats, sources: Spots, late: Floats) -> tuple[Integers, Floats, Integers]:
    """Nodes at which travel begins, when, and from which source, ordered by source."""
    edge, fraction = sources.edge, sources.fraction
    ahead = late + _part(1 - fraction, cost[edge])
    back = late + np.where(roads.is_one_way[edge] & (fraction > 0), np.inf, _part(fraction, cost[edge]))
    node = np.column_stack([roads.end[edge], roads.start[edge]]).ravel()
    at = np.column_stack([ahead, back]).ravel()
    whose = np.repeat(np.arange(sources.size), 2)
    is_open = np.isfinite(at)
    return node[is_open], at[is_open], whose[is_open]


def _heap(arcs: int, seeds: int) -> tuple[Floats, Integers]:
    return np.empty(arcs + seeds + 1), np.empty(arcs + seeds + 1, dtype=np.int64)


@njit(cache=True)
def _push(keys, values, size, key, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], values[at] = keys[above], values[above]
        at = above
    keys[at], values[at] = key, value
    return size + 1


@njit(cache=True)
def _pop(keys, values, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    size -= 1
    key, value = keys[size], values[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], values[at] = keys[below], values[below]
        at = below
    keys[at], values[at] = key, value
    return size


@njit(cache=True, nogil=True)
def _dijkstra(first, head, edge, cost, node, at, whose, limit, time, source, arc, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    size = 0
    for n in range(node.size):
        if at[n] <= limit and at[n] < time[node[n]]:
            time[node[n]], source[node[n]], arc[node[n]] = at[n], whose[n], _NO_ARC
            size = _push(keys, values, size, at[n], node[n])
    while size > 0:
        now, here = keys[0], values[0]
        size = _pop(keys, values, size)
        if now > time[here]:
            continue
        for k in range(first[here], first[here + 1]):
            e = edge[k]
            then = now + cost[e if e >= 0 else ~e]
            there = head[k]
            if then <= limit and then < time[there]:
                time[there], source[there], arc[there] = then, source[here], e
                size = _push(keys, values, size, then, there)


@njit(cache=True, nogil=True)
def _matrix(first, head, edge, cost, node, at, firsts, limit, count, start, end, along, back, found):  # type: ignore[no-untyped-def]  # pragma: no cover
    time = np.full(count, np.inf)
    touched = np.empty(count, dtype=np.int64)
    keys, values = np.empty(head.size + 3), np.empty(head.size + 3, dtype=np.int64)
    for row in range(firsts.size - 1):
        size, seen = 0, 0
        for n in range(firsts[row], firsts[row + 1]):
            if at[n] <= limit and at[n] < time[node[n]]:
                if time[node[n]] == np.inf:
                    touched[seen] = node[n]
                    seen += 1
                time[node[n]] = at[n]
                size = _push(keys, values, size, at[n], node[n])
        while size > 0:
            now, here = keys[0], values[0]
            size = _pop(keys, values, size)
            if now > time[here]:
                continue
            for k in range(first[here], first[here + 1]):
                e = edge[k]
                then = now + cost[e if e >= 0 else ~e]
                there = head[k]
                if then <= limit and then < time[there]:
                    if time[there] == np.inf:
                        touched[seen] = there
                        seen += 1
                    time[there] = then
                    size = _push(keys, values, size, then, there)
        for column in range(start.size):
            found[row, column] = min(time[start[column]] + along[column], time[end[column]] + back[column])
        for n in range(seen):
            time[touched[n]] = np.inf


@njit(cache=True)
def _on_own_edge(own, own_fraction, late, order, edge, fraction, cost, is_one_way, time, source):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Places on the edge of a source itself, which are reached without passing a node."""
    ordered = own[order]
    for n in range(edge.size):
        at = np.searchsorted(ordered, edge[n])
        while at < order.size and ordered[at] == edge[n]:
            s = order[at]
            gap = fraction[n] - own_fraction[s]
            if gap >= 0 or not is_one_way[edge[n]]:
                then = late[s] + (abs(gap) * cost[edge[n]] if gap != 0 else 0.0)
                if then < time[n]:
                    time[n], source[n] = then, s
            at += 1
