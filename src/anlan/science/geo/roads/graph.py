"""A road network as arrays (路网), what it costs to drive each of its edges now, and places on it.

An edge runs from one node to another along its line; unless it is one-way it can be driven both ways. What changes
(a closure, a jam, the vehicle) is an array of seconds over the edges, made by `seconds`; the network itself is built
once. Islands stay as they are: what cannot be reached has infinite time. Of loops (an edge from a node to itself)
places can be left, but no path is shorter for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from anlan.science.geo.local import Plane

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
#: Road classes, the greatest first; an edge keeps the position in this list.
CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "service")
#: Edges a message about bad input names.
_NAMED = 5


class RoadError(ValueError):
    """The network or a question about it is not what it should be; the message names the field and the edges."""


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """What decides which limits bind; nan means that it is not known and no limit of that kind binds."""

    height_m: float = np.nan
    weight_t: float = np.nan
    is_hazardous: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Roads:
    """A checked network; make it with `build`. Arrays over edges unless said."""

    #: Longitude and latitude of nodes, degrees, shape (nodes, 2).
    nodes: Floats
    start: Integers
    end: Integers
    length_m: Floats
    speed_kmh: Floats
    is_one_way: NDArray[np.bool_]
    #: Positions in `CLASSES`.
    road_class: Integers
    #: Vehicles an hour and direction; nan where unknown.
    capacity: Floats
    #: Limits; nan where there is none or none is known.
    max_height_m: Floats
    max_weight_t: Floats
    allows_hazardous: NDArray[np.bool_]
    #: Vertices of all edges in turn, degrees, shape (vertices, 2), and where each edge's begin, shape (edges + 1).
    vertices: Floats
    first_vertex: Integers
    #: The names of roads, the first is empty for roads without one; and the position of each edge's name among them.
    names: NDArray[np.str_]
    name: Integers

    @property
    def size(self) -> int:
        """How many edges there are."""
        return int(self.start.size)

    @cached_property
    def arcs(self) -> tuple[Integers, Integers, Integers]:
        """Compressed rows: where each node's arcs begin, the node each leads to, and its edge (~edge: against it)."""
        both = np.flatnonzero(~self.is_one_way)
        tail = np.concatenate([self.start, self.end[both]])
        head = np.concatenate([self.end, self.start[both]])
        edge = np.concatenate([np.arange(self.size), ~both])
        order = np.argsort(tail, kind="stable")
        first = np.zeros(len(self.nodes) + 1, dtype=np.int64)
        np.cumsum(np.bincount(tail, minlength=len(self.nodes)), out=first[1:])
        return first, head[order], edge[order]

    @cached_property
    def plane(self) -> Plane:
        """The plane round the middle of the network in which distances are measured."""
        low, high = self.vertices.min(axis=0), self.vertices.max(axis=0)
        lon, lat = ((low + high) / 2).tolist()
        return Plane(lon, lat)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """The edges as lines in metres on the plane."""
        owner = np.repeat(np.arange(self.size), np.diff(self.first_vertex))
        return np.asarray(shapely.linestrings(self.plane.to_metres(self.vertices), indices=owner))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    def nearest(self, metres: Floats) -> Integers:
        """The edge nearest to each place on the plane; of several the one with the smallest number."""
        which, edge = self._tree.query_nearest(shapely.points(metres), all_matches=True)
        found = np.full(len(metres), self.size, dtype=np.int64)
        np.minimum.at(found, which, edge)
        return found

    def around(self, place: shapely.Geometry, within_m: float) -> Integers:
        """The edges that pass a place on the plane within so many metres."""
        return np.unique(self._tree.query(place, "dwithin", within_m)).astype(np.int64)

    def crossing(self, ground: shapely.Geometry) -> Integers:
        """The edges that meet some ground on the plane."""
        return np.unique(self._tree.query(ground, "intersects")).astype(np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Spots:
    """Places on roads; arrays over places."""

    edge: Integers
    #: How far along the edge, 0 at its start to 1 at its end.
    fraction: Floats
    #: Metres in a straight line from the place to the road.
    off_road_m: Floats

    @property
    def size(self) -> int:
        """How many places there are."""
        return int(self.edge.size)

    def __getitem__(self, chosen: Any) -> "Spots":
        index = np.atleast_1d(np.arange(self.size)[chosen])
        return Spots(edge=self.edge[index], fraction=self.fraction[index], off_road_m=self.off_road_m[index])


def build(
    *,
    nodes: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    speed_kmh: ArrayLike,
    length_m: ArrayLike | None = None,
    is_one_way: ArrayLike | None = None,
    road_class: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    max_height_m: ArrayLike | None = None,
    max_weight_t: ArrayLike | None = None,
    allows_hazardous: ArrayLike | None = None,
    lines: Sequence[ArrayLike] | None = None,
    names: ArrayLike | None = None,
) -> Roads:
    """A network from its edges; RoadError names the field and the first edges that are wrong.

    Without `lines` edges are straight; without `length_m` their length is that of their line. A speed must be greater
    than nothing: a road that cannot be driven is closed, by `seconds`, not built with a speed of zero.

    >>> cross = build(nodes=[[116, 36], [116.01, 36], [116.02, 36]], start=[0, 1], end=[1, 2], speed_kmh=[60, 30])
    >>> seconds(cross).round().tolist()
    [54.0, 108.0]
    >>> build(nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], speed_kmh=[0])
    Traceback (most recent call last):
    anlan.science.geo.roads.graph.RoadError: speed_kmh must be greater than 0: edges 0
    """
    places = np.asarray(nodes, dtype=np.float64).reshape(-1, 2)
    tail, head = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    count = tail.size
    if not count:
        raise RoadError("start: a network has at least one edge")

    def column(name: str, given: ArrayLike | None, default: Any, kind: Any = np.float64) -> Any:
        found = np.full(count, default, dtype=kind) if given is None else np.array(given, dtype=kind)
        if found.shape != (count,):
            raise RoadError(f"{name}: {found.shape} values for {count} edges")
        return found

    tail, head = column("start", tail, 0, np.int64), column("end", head, 0, np.int64)
    _demand(np.isfinite(places).all(axis=1), "nodes must be longitudes and latitudes", "nodes")
    _demand((np.abs(places) <= [180, 90]).all(axis=1), "nodes must be longitudes and latitudes", "nodes")
    for name, index in (("start", tail), ("end", head)):
        _demand((index >= 0) & (index < len(places)), f"{name} must number one of {len(places)} nodes")
    vertices, first = _vertices(places, tail, head, lines)
    lengths = _lengths(vertices, first) if length_m is None else column("length_m", length_m, 0)
    speeds = column("speed_kmh", speed_kmh, 0)
    classes = column("road_class", road_class, len(CLASSES) - 1, np.int64)
    _demand(np.isfinite(lengths) & (lengths >= 0), "length_m must be a number from 0")
    _demand(np.isfinite(speeds) & (speeds > 0), "speed_kmh must be greater than 0")
    _demand((classes >= 0) & (classes < len(CLASSES)), f"road_class must be 0 to {len(CLASSES) - 1}")
    limits = {}
    for name, given in (("capacity", capacity), ("max_height_m", max_height_m), ("max_weight_t", max_weight_t)):
        limits[name] = column(name, given, np.nan)
        _demand(~(limits[name] <= 0), f"{name} must be greater than 0, or nan where unknown")
    known, named = np.unique(["", *column("names", names, "", np.str_)], return_inverse=True)
    return Roads(
        names=known, name=named[1:].astype(np.int64),
        nodes=places, start=tail, end=head, length_m=lengths, speed_kmh=speeds, road_class=classes,
        is_one_way=column("is_one_way", is_one_way, False, np.bool_),
        allows_hazardous=column("allows_hazardous", allows_hazardous, True, np.bool_),
        vertices=vertices, first_vertex=first, **limits,
    )  # fmt: skip


def _demand(is_right: ArrayLike, what: str, of: str = "edges") -> None:
    wrong = np.flatnonzero(~np.asarray(is_right))
    if wrong.size:
        more = f" and {wrong.size - _NAMED} more" if wrong.size > _NAMED else ""
        raise RoadError(f"{what}: {of} {', '.join(map(str, wrong[:_NAMED]))}{more}")


def _vertices(
    nodes: Floats, start: Integers, end: Integers, lines: Sequence[ArrayLike] | None
) -> tuple[Floats, Integers]:
    if lines is None:
        flat = nodes[np.column_stack([start, end]).ravel()]
        return flat, np.arange(0, 2 * start.size + 1, 2)
    if len(lines) != start.size:
        raise RoadError(f"lines: {len(lines)} lines for {start.size} edges")
    parts = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
    counts = np.array([len(part) for part in parts])
    _demand(counts >= 2, "lines must have at least two vertices")
    _demand(np.array([np.isfinite(part).all() for part in parts]), "lines must be longitudes and latitudes")
    return np.concatenate(parts), np.concatenate([[0], np.cumsum(counts)])


def _lengths(vertices: Floats, first: Integers) -> Floats:
    """Lengths of lines in degrees, on a sphere (the error stays below 0.6 per cent)."""
    lon, lat = np.radians(vertices).T
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    step = np.concatenate([[0.0], 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))])
    step[first[:-1]] = 0.0
    return np.asarray(np.add.reduceat(step, first[:-1]), dtype=np.float64)


def seconds(
    roads: Roads,
    *,
    factor: ArrayLike | None = None,
    share: ArrayLike | None = None,
    is_closed: ArrayLike | None = None,
    vehicle: Vehicle | None = None,
) -> Floats:
    """Seconds that each edge takes now, infinite where it is closed to the vehicle.

    `factor` is how many times its time an edge takes, at least 1 (a jam); `share` is how much of the free speed is
    driven at this hour, greater than nothing and perhaps above 1. All arrays are over edges.

    >>> pair = build(nodes=[[116, 36], [116.01, 36]], start=[0, 0], end=[1, 1], speed_kmh=[60, 30], length_m=[500, 500],
    ...              max_height_m=[np.nan, 3.5])
    >>> seconds(pair, factor=[2, 1]).tolist(), seconds(pair, vehicle=Vehicle(height_m=3.8)).tolist()
    ([60.0, 60.0], [30.0, inf])
    """
    found = roads.length_m * 3.6 / roads.speed_kmh
    if factor is not None:
        times = _over_edges("factor", factor, roads)
        _demand(times >= 1, "factor must be at least 1")
        found = found * times
    if share is not None:
        driven = _over_edges("share", share, roads)
        _demand(np.isfinite(driven) & (driven > 0), "share must be greater than 0")
        found = found / driven
    shut = np.zeros(roads.size, dtype=np.bool_)
    if is_closed is not None:
        shut = np.array(is_closed, dtype=np.bool_)
        if shut.shape != found.shape:
            raise RoadError(f"is_closed: {shut.shape} values for {roads.size} edges")
    if vehicle is not None:
        shut |= (vehicle.height_m > roads.max_height_m) | (vehicle.weight_t > roads.max_weight_t)
        shut |= ~roads.allows_hazardous & vehicle.is_hazardous
    return np.where(shut, np.inf, found)


def _over_edges(name: str, given: ArrayLike, roads: Roads) -> Floats:
    found = np.asarray(given, dtype=np.float64)
    if found.shape != (roads.size,):
        raise RoadError(f"{name}: {found.shape} values for {roads.size} edges")
    return found


def snap(roads: Roads, places: ArrayLike) -> Spots:
    """Where places, longitude and latitude in degrees of shape (n, 2), lie on their nearest road.

    >>> street = build(nodes=[[116, 36], [116.02, 36]], start=[0], end=[1], speed_kmh=[60])
    >>> spots = snap(street, [[116.01, 36.001]])
    >>> round(float(spots.fraction[0]), 3), round(float(spots.off_road_m[0]))
    (0.5, 111)
    """
    given = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    _demand(np.isfinite(given).all(axis=1), "places must be longitudes and latitudes", "places")
    try:
        metres = roads.plane.to_metres(given)
    except ValueError as error:
        raise RoadError(f"places: {error}") from error
    edge = roads.nearest(metres)
    lines, points = roads.lines[edge], shapely.points(metres)
    return Spots(
        edge=edge,
        fraction=np.nan_to_num(np.clip(shapely.line_locate_point(lines, points, normalized=True), 0.0, 1.0)),
        off_road_m=np.asarray(shapely.distance(lines, points)),
    )


def edges_near(roads: Roads, lon: float, lat: float, within_m: float) -> Integers:
    """The edges that pass a place within so many metres; a closure there closes them.

    >>> street = build(nodes=[[116, 36], [116.02, 36]], start=[0], end=[1], speed_kmh=[60])
    >>> edges_near(street, 116.01, 36.001, 200).tolist(), edges_near(street, 116.01, 36.001, 50).tolist()
    ([0], [])
    """
    return roads.around(shapely.points(roads.plane.to_metres([[lon, lat]]))[0], within_m)
