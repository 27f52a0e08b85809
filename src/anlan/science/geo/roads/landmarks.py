"""One route at a time, soon: a search that is drawn to its end by landmarks (A* with landmarks, ALT, 地标启发式).

A. V. Goldberg & C. Harrelson, Computing the shortest path: A* search meets graph theory, SODA 2005, 156-165. From the times
to and from some far-off nodes follows by the triangle inequality how long a way takes at least. Where every edge takes at
least k times the seconds that the landmarks were chosen with, every way does, and k times the bound holds: roads may close,
slow down and be faster without anything to be made anew, and the route stays the exact one.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.science.geo.roads.graph import Floats, Integers, RoadError, Roads, Spots
from anlan.science.geo.roads.search import (
    _NO_ARC,
    Route,
    Spread,
    _checked,
    _dijkstra,
    _heap,
    _last_part,
    _pop,
    _push,
    _seeds,
    arrivals,
    told,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Landmarks:
    """Times between landmarks and all nodes, s; infinite where no way leads."""

    seconds: Floats
    #: From each landmark to each node, and from each node to each landmark; shape (nodes, landmarks).
    out: Floats
    back: Floats


def landmarks(roads: Roads, seconds: Floats, count: int = 16) -> Landmarks:
    """Nodes far from one another, in the largest connected part; the better `seconds` fit, the sooner routes are found.

    >>> from anlan.science.geo.roads.graph import build, seconds, snap
    >>> row = build(nodes=[[116, 36], [116.01, 36], [116.02, 36]], start=[0, 1], end=[1, 2], speed_kmh=[60, 60])
    >>> marks = landmarks(row, seconds(row), 2)
    >>> way = route(row, seconds(row), snap(row, [[116, 36]]), snap(row, [[116.02, 36]]), marks)
    >>> way.edges, round(way.time_s)
    ((0, 1), 108)
    """
    if count < 1:
        raise RoadError("count must be a number from 1")
    cost = _checked(roads, seconds)
    nodes = len(roads.nodes)
    first, head, edge = roads.arcs
    tail = np.repeat(np.arange(nodes), np.diff(first))
    order = np.argsort(head, kind="stable")
    backwards = np.concatenate([[0], np.cumsum(np.bincount(head, minlength=nodes))]), tail[order], edge[order]
    _, part = connected_components(coo_array((np.ones(head.size), (tail, head)), shape=(nodes, nodes)), directed=False)
    inside = part == np.bincount(part).argmax()
    nearest = np.where(inside, _from(roads, (first, head, edge), cost, int(np.argmax(inside))), -1.0)
    out, back = np.full((nodes, count), np.inf), np.full((nodes, count), np.inf)
    for n in range(count):
        mark = int(np.argmax(np.where(np.isfinite(nearest), nearest, -1.0)))
        out[:, n] = _from(roads, (first, head, edge), cost, mark)
        back[:, n] = _from(roads, backwards, cost, mark)
        nearest = np.minimum(nearest, out[:, n]) if n else np.where(inside, out[:, n], -1.0)
    return Landmarks(seconds=cost, out=out, back=back)


def route(roads: Roads, seconds: Floats, start: Spots, end: Spots, marks: Landmarks) -> Route | None:
    """The fastest way from one place to another, with its line; None when there is none."""
    if start.size != 1 or end.size != 1:
        raise RoadError("start and end: a route leads from one place to one place")
    cost = _checked(roads, seconds)
    ease = ease_of(marks, roads, cost)
    first, head, edge = roads.arcs
    nodes = len(roads.nodes)
    node, at, whose = _seeds(roads, cost, start, np.zeros(1))
    along, rest = _last_part(roads, cost, end)
    goals = np.array([roads.start[end.edge[0]], roads.end[end.edge[0]]])
    time, arc = np.full(nodes, np.inf), np.full(nodes, _NO_ARC, dtype=np.int64)
    _drawn(
        first, head, edge, cost, node, at, goals, np.array([along[0], rest[0]]), ease, marks.out, marks.back, time, arc,
        *_heap(head.size, node.size),
    )  # fmt: skip
    found = Spread(
        time_s=time, source=np.where(np.isfinite(time), 0, -1), arc=arc, sources=start, head_start_s=np.zeros(1), limit_s=np.inf
    )  # fmt: skip
    times, _ = arrivals(roads, cost, found, end)
    return told(roads, cost, found, start, end, float(times[0])) if np.isfinite(times[0]) else None


def ease_of(marks: Landmarks, roads: Roads, cost: Floats) -> float:
    """How many times the landmarks' seconds every edge takes at least; the bounds hold when multiplied by it."""
    if marks.seconds.shape != cost.shape or len(marks.out) != len(roads.nodes):
        raise RoadError("marks: they belong to another network")
    counts = (marks.seconds > 0) & np.isfinite(cost)
    return float(np.min(cost[counts] / marks.seconds[counts], initial=np.inf)) if counts.any() else 0.0


def _from(roads: Roads, arcs: tuple[Integers, Integers, Integers], cost: Floats, node: int) -> Floats:
    """Times from one node over these arcs."""
    first, head, edge = arcs
    nodes = len(roads.nodes)
    time, source = np.full(nodes, np.inf), np.full(nodes, -1, dtype=np.int64)
    _dijkstra(
        first, head, edge, cost, np.array([node]), np.zeros(1), np.zeros(1, dtype=np.int64), np.inf, time, source,
        np.full(nodes, _NO_ARC, dtype=np.int64), *_heap(head.size, 1),
    )  # fmt: skip
    return time


@njit(cache=True)
def _least(out, back, node, goals, rest, ease):  # type: ignore[no-untyped-def]  # pragma: no cover
    """At least so many seconds from a node to the end of the route."""
    least = np.inf
    for g in range(goals.size):
        if rest[g] == np.inf:
            continue
        bound, goal = 0.0, goals[g]
        for n in range(out.shape[1]):
            if out[goal, n] < np.inf and out[node, n] < np.inf:
                bound = max(bound, out[goal, n] - out[node, n])
            if back[goal, n] < np.inf and back[node, n] < np.inf:
                bound = max(bound, back[node, n] - back[goal, n])
        least = min(least, ease * bound + rest[g])
    return least


@njit(cache=True, nogil=True)
def _drawn(first, head, edge, cost, node, at, goals, rest, ease, out, back, time, arc, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    # Rounding must not let a bound lie above the truth.
    size, best, safe = 0, np.inf, 1.0 - 1e-12
    for n in range(node.size):
        if at[n] < time[node[n]]:
            time[node[n]] = at[n]
            size = _push(keys, values, size, at[n] + safe * _least(out, back, node[n], goals, rest, ease), node[n])
    for g in range(goals.size):
        best = min(best, time[goals[g]] + rest[g])
    while size > 0 and keys[0] < best:
        here = values[0]
        size = _pop(keys, values, size)
        now = time[here]
        for k in range(first[here], first[here + 1]):
            e = edge[k]
            then = now + cost[e if e >= 0 else ~e]
            there = head[k]
            if then < time[there]:
                key = then + safe * _least(out, back, there, goals, rest, ease)
                if key < best:
                    time[there], arc[there] = then, e
                    size = _push(keys, values, size, key, there)
                    for g in range(goals.size):
                        if there == goals[g]:
                            best = min(best, then + rest[g])
