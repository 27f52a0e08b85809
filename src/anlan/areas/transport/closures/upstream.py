"""The road upstream of a blocked place, for as many metres as a queue may grow."""

from dataclasses import dataclass

import numpy as np
import shapely

from anlan.science.geo.roads.graph import Floats, Roads, snap

#: Names of the eight directions that traffic may come from, clockwise from north.
DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True, kw_only=True, eq=False)
class Upstream:
    """A line from the blocked place against the traffic."""

    #: Metres on the plane, shape (vertices, 2).
    line: shapely.LineString
    roads: Roads

    @property
    def length_m(self) -> float:
        return float(self.line.length)

    def place(self, metres: float) -> tuple[float, float]:
        """Longitude and latitude so far upstream; the line's end where it is shorter."""
        point = self.line.interpolate(min(metres, self.line.length))
        lon, lat = self.roads.plane.to_degrees(np.array([[point.x, point.y]]))[0]
        return round(float(lon), 6), round(float(lat), 6)

    def stretch(self, metres: float) -> list[list[float]]:
        """The way so far upstream as longitudes and latitudes."""
        line = shapely.ops.substring(self.line, 0, max(min(metres, self.line.length), 1.0))
        return self.roads.plane.to_degrees(shapely.get_coordinates(line)).round(6).tolist()


def directions(roads: Roads, lon: float, lat: float) -> list[tuple[str, bool]]:
    """From where traffic can come to a place: the direction's name, and whether that is from the edge's start."""
    spots = snap(roads, [(lon, lat)])
    edge = int(spots.edge[0])
    sides = [True] if roads.is_one_way[edge] else [True, False]
    here = roads.lines[edge].interpolate(float(spots.fraction[0]), normalized=True)
    found = []
    for from_start in sides:
        node = roads.nodes[roads.start[edge] if from_start else roads.end[edge]]
        x, y = roads.plane.to_metres(node[None, :])[0]
        found.append((DIRECTIONS[round(np.degrees(np.arctan2(x - here.x, y - here.y)) / 45) % 8], from_start))
    return found


def upstream(roads: Roads, lon: float, lat: float, *, from_start: bool, metres: float) -> Upstream:
    """Against the traffic from a place: along its edge, then at each crossing the way that goes on straightest."""
    spots = snap(roads, [(lon, lat)])
    edge, fraction = int(spots.edge[0]), float(spots.fraction[0])
    whole = roads.lines[edge]
    first = (
        shapely.ops.substring(whole, fraction, 0, normalized=True)
        if from_start
        else shapely.ops.substring(whole, fraction, 1, normalized=True)
    )
    pieces = [shapely.get_coordinates(first)]
    node = int(roads.start[edge] if from_start else roads.end[edge])
    length, seen = first.length, {edge}
    while length < metres:
        onward = _straightest(roads, node, seen, pieces[-1])
        if onward is None:
            break
        edge, piece, node = onward
        seen.add(edge)
        pieces.append(piece)
        length += float(np.hypot(*np.diff(piece, axis=0).T).sum())
    coordinates = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    if len(coordinates) < 2 or not np.diff(coordinates, axis=0).any():
        coordinates = np.array([coordinates[0], coordinates[0] + 0.01])
    line = shapely.LineString(coordinates)
    return Upstream(line=shapely.ops.substring(line, 0, metres), roads=roads)


def _straightest(roads: Roads, node: int, seen: set[int], last: Floats) -> tuple[int, Floats, int] | None:
    """The edge over which traffic comes to a node, that turns least: its number, its line against traffic, its far node."""
    heading = _heading(last[-2:] if len(last) > 1 else last)
    best: tuple[float, int, Floats, int] | None = None
    for edge in np.flatnonzero((roads.end == node) | ((roads.start == node) & ~roads.is_one_way)).tolist():
        if edge in seen:
            continue
        line = shapely.get_coordinates(roads.lines[edge])
        comes_by_end = int(roads.end[edge]) == node
        piece = line[::-1] if comes_by_end else line
        turn = abs((_heading(piece[:2]) - heading + np.pi) % (2 * np.pi) - np.pi)
        far = int(roads.start[edge] if comes_by_end else roads.end[edge])
        if best is None or (turn, edge) < best[:2]:
            best = (float(turn), edge, piece, far)
    return None if best is None else best[1:]


def _heading(pair: Floats) -> float:
    if len(pair) < 2:
        return 0.0
    x, y = pair[-1] - pair[0]
    return float(np.arctan2(y, x))
