"""What a zone does to the roads: the edges it cuts, where roads lead into it, and what stays connected outside."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.science.geo.roads.graph import Floats, Integers, Roads

#: Crossings of one road nearer than this are one entry, such as the two carriageways of a street, m.
ONE_ENTRY_M = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Cut:
    """The roads that a zone cuts; arrays over cut edges, and over entries."""

    edge: Integers
    #: The parts inside the zone, in degrees, and how long they are, m.
    inside: NDArray[np.object_]
    inside_m: Floats
    #: Where roads cross the zone's outline: longitude and latitude, shape (entries, 2), and the edge that crosses.
    entries: Floats
    entry_edge: Integers


def cut(roads: Roads, zone: shapely.Geometry) -> Cut:
    """The edges that a zone, a surface in degrees, touches.

    >>> from anlan.science.geo.roads.graph import build
    >>> row = build(nodes=[[116, 36], [116.02, 36], [116.03, 36]], start=[0, 1], end=[1, 2], speed_kmh=[60, 60])
    >>> found = cut(row, shapely.box(116.01, 35.99, 116.018, 36.01))
    >>> found.edge.tolist(), found.inside_m.round().tolist(), found.entries.round(3).tolist()
    ([0], [721.0], [[116.01, 36.0], [116.018, 36.0]])
    """
    ground = shapely.transform(zone, roads.plane.to_metres)
    edge = roads.crossing(ground)
    parts = np.asarray(shapely.intersection(roads.lines[edge], ground), dtype=np.object_)
    is_inside = shapely.length(parts) > 0  # a road that touches the outline in a point stays open
    edge, parts = edge[is_inside], parts[is_inside]
    places, owner = _entries(roads, edge, ground)
    return Cut(
        edge=edge,
        inside=np.asarray(shapely.transform(parts, roads.plane.to_degrees), dtype=np.object_),
        inside_m=np.asarray(shapely.length(parts), dtype=np.float64),
        entries=roads.plane.to_degrees(places),
        entry_edge=owner,
    )


def _entries(roads: Roads, edge: Integers, ground: shapely.Geometry) -> tuple[Floats, Integers]:
    """Where the edges cross the outline, metres on the plane, and which edge; one for crossings of a road side by side."""
    if not edge.size:
        return np.empty((0, 2)), edge
    crossings = shapely.intersection(roads.lines[edge], shapely.boundary(ground))
    parts, which = shapely.get_parts(crossings, return_index=True)
    points = shapely.get_coordinates(shapely.centroid(parts))
    kept: list[int] = []
    for at in range(len(points)):
        same = [one for one in kept if roads.name[edge[which[one]]] == roads.name[edge[which[at]]]]
        if not same or np.hypot(*(points[same] - points[at]).T).min() > ONE_ENTRY_M:
            kept.append(at)
    return points[kept].reshape(-1, 2), edge[which[kept]]


def approach(
    roads: Roads, zone: shapely.Geometry, found: Cut, places: ArrayLike, within_m: float
) -> tuple[Floats, Floats, Integers]:
    """The nearest point to each place, in degrees, that can be driven to from outside: points, metres to them, edges.

    Driven to from elsewhere, that is over the greatest part of the network that stays connected in both directions
    when the cut edges are closed, and over the cut edges as far as the zone. Infinitely far, nan and -1 where there
    is none within so many metres.

    >>> from anlan.science.geo.roads.graph import build
    >>> row = build(nodes=[[116, 36], [116.01, 36], [116.02, 36], [116.03, 36], [116.04, 36]], start=[0, 1, 2, 3],
    ...             end=[1, 2, 3, 4], speed_kmh=[60] * 4)
    >>> zone = shapely.box(116.024, 35.99, 116.026, 36.01)
    >>> points, off_m, edge = approach(row, zone, cut(row, zone), [[116.005, 36.001], [116.0235, 36], [116.035, 36]], 300)
    >>> points.round(4).tolist(), off_m.round().tolist(), edge.tolist()
    ([[116.005, 36.0], [116.0235, 36.0], [nan, nan]], [111.0, 0.0, inf], [0, 2, -1])
    """
    is_main, nodes = _main(roads, found.edge)
    stubs, owner = _stubs(roads, zone, found.edge, nodes)
    given = roads.plane.to_metres(places)
    metres, off, edge = np.full(given.shape, np.nan), np.full(len(given), np.inf), np.full(len(given), -1)
    for at, place in enumerate(shapely.points(given)):
        near = roads.around(place, within_m)
        near = near[is_main[near]]
        lines, of = np.concatenate([roads.lines[near], stubs]), np.concatenate([near, owner])
        if lines.size:
            gaps = shapely.distance(lines, place)
            best = int(gaps.argmin())
            if gaps[best] <= within_m:
                spot = shapely.get_coordinates(shapely.shortest_line(lines[best], place))[0]
                metres[at], off[at], edge[at] = spot, gaps[best], of[best]
    is_found = edge >= 0
    points = np.full(given.shape, np.nan)
    points[is_found] = roads.plane.to_degrees(metres[is_found])
    return points, off, edge


def _main(roads: Roads, closed: Integers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The edges and the nodes of the greatest part that stays connected in both directions."""
    is_open = np.ones(roads.size, dtype=np.bool_)
    is_open[closed] = False
    both = is_open & ~roads.is_one_way
    tail = np.concatenate([roads.start[is_open], roads.end[both]])
    head = np.concatenate([roads.end[is_open], roads.start[both]])
    count = len(roads.nodes)
    links = coo_array((np.ones(tail.size, dtype=np.int8), (tail, head)), shape=(count, count)).tocsr()
    part = connected_components(links, directed=True, connection="strong")[1]
    is_main = part == np.bincount(part).argmax()
    return is_open & is_main[roads.start] & is_main[roads.end], is_main


def _stubs(
    roads: Roads, zone: shapely.Geometry, edge: Integers, is_main: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], Integers]:
    """What is left outside of the cut edges and hangs on the rest of the network, on the plane, and whose it is."""
    left = shapely.difference(roads.lines[edge], shapely.transform(zone, roads.plane.to_metres))
    parts, which = shapely.get_parts(left, return_index=True)
    owner = edge[which]
    hangs = np.zeros(owner.size, dtype=np.bool_)
    for node, may in ((roads.start[owner], True), (roads.end[owner], ~roads.is_one_way[owner])):
        ends = shapely.points(roads.plane.to_metres(roads.nodes[node]))
        hangs |= is_main[node] & may & (shapely.distance(parts, ends) < 1.0)
    return np.asarray(parts, dtype=np.object_)[hangs], owner[hangs]
