"""The drawn venue as ground to walk on: polygon, doors, grids, walking distances (场地)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.crowd import flow
from anlan.science.hazards.crowd.scenario import CORNERS, Crowd, Gate
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
#: A gate may lie so far from the drawn edge, m.
NEAR_EDGE_M = 1.0
#: Speed on parts of the ground as a share of that on the level: stairs SFPE 1.08 / 1.40; slopes of about 1:10 uphill,
#: Weidmann 1993 (recalled, 待核对).
GROUND_SPEEDS = {"stairs": 1.08 / 1.40, "slope": 0.88}
#: How far a door reaches outward for agents, m.
DOOR_DEPTH_M = 1.0
#: Largest extent of a venue, m.
LARGEST_M = 5_000.0


@dataclass(frozen=True, kw_only=True)
class Door:
    """A gate fitted into the edge."""

    gate: Gate
    #: Middle of the opening on the edge, the way out and along the edge, as unit vectors east and north.
    middle: Array
    outward: Array
    along: Array

    def mouth(self, depth_m: float = DOOR_DEPTH_M) -> shapely.Polygon:
        """The opening as a short passage from just inside the edge outward."""
        half = 0.5 * self.gate.clear_m * self.along
        inner, outer = self.middle - 0.05 * self.outward, self.middle + depth_m * self.outward
        return shapely.Polygon([inner - half, inner + half, outer + half, outer - half])


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells over a venue; arrays have the shape (len(y), len(x))."""

    x: Array
    y: Array
    cell_m: float
    inside: NDArray[np.bool_]
    #: Share of the level speed.
    speed: Array

    @property
    def cell_m2(self) -> float:
        """Area of a cell, m2."""
        return self.cell_m**2

    @cached_property
    def places(self) -> Array:
        """Centres of all cells, shape (cells, 2)."""
        xx, yy = np.meshgrid(self.x, self.y)
        return np.column_stack((xx.ravel(), yy.ravel()))


@dataclass(frozen=True, kw_only=True)
class Venue:
    """Ground, doors and parts with a meaning."""

    ground: shapely.Polygon
    doors: tuple[Door, ...]
    gathering: shapely.Geometry
    parts: tuple[tuple[str, shapely.Polygon], ...]

    def grid(self, cell_m: float, *, with_doors: Sequence[Door] = ()) -> Grid:
        """Cells whose centre is on the ground, or in one of the doors."""
        area = shapely.union_all([self.ground, *(door.mouth() for door in with_doors)])
        west, south, east, north = area.bounds
        x = np.arange(west - 0.5 * cell_m, east + 1.5 * cell_m, cell_m)
        y = np.arange(south - 0.5 * cell_m, north + 1.5 * cell_m, cell_m)
        xx, yy = np.meshgrid(x, y)
        shapely.prepare(area)
        speed = np.ones(xx.shape)
        for kind, part in self.parts:
            speed[shapely.contains_xy(part, xx, yy)] = GROUND_SPEEDS[kind]
        return Grid(x=x, y=y, cell_m=cell_m, inside=shapely.contains_xy(area, xx, yy), speed=speed)


def _rings(scenario: Crowd) -> dict[str, list[shapely.Polygon]]:
    corners: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for corner in scenario.corners:
        corners.setdefault((corner.kind, corner.number), []).append((corner.east_m, corner.north_m))
    rings: dict[str, list[shapely.Polygon]] = {kind: [] for kind in CORNERS}
    problems = {}
    for (kind, number), points in corners.items():
        told = tell("（{line} {number}）", line=CORNERS[kind], number=number)
        if len(points) < 3:
            problems["corners"] = tell("{told}：只有 {count} 个点，至少要3个", told=told, count=len(points))
            continue
        ring = shapely.Polygon(points)
        if not ring.is_valid:
            crossing = shapely.get_coordinates(shapely.union_all(shapely.LineString(ring.exterior)))
            where = next((at for at in crossing if tuple(at) not in points), points[0])
            problems["corners"] = tell(
                "{told}：边线在东 {east:.0f} m、北 {north:.0f} m 处自相交或重叠，请按顺序重画",
                told=told, east=float(where[0]), north=float(where[1]),
            )  # fmt: skip
        elif ring.area < 0.5:
            problems["corners"] = tell("{told}：面积几乎为零，请检查坐标", told=told)
        rings[kind].append(ring)
    if not problems and len(rings["venue"]) != 1:
        problems["corners"] = tell("（场地外缘）：应恰好有一圈，现在是 {count} 圈", count=len(rings["venue"]))
    if problems:
        raise ScenarioError(problems)
    return rings


def drawn(scenario: Crowd) -> Venue:
    """The venue of a scenario; ScenarioError where the drawing makes none."""
    rings = _rings(scenario)
    ground = shapely.difference(rings["venue"][0], shapely.union_all(rings["obstacle"]))
    if ground.geom_type != "Polygon" or ground.is_empty:
        raise ScenarioError({"corners": "（障碍物）：把场地切成了几块或全部盖住，请分块计算"})
    west, south, east, north = ground.bounds
    if max(east - west, north - south) > LARGEST_M:
        raise ScenarioError({"corners": tell("（场地外缘）：大于 {limit:g} km，请分块计算", limit=LARGEST_M / 1000)})
    doors, problems = [], {}
    for at, gate in enumerate(scenario.gates):
        door = _fitted(ground, gate)
        if door is None:
            away = shapely.Point(gate.east_m, gate.north_m).distance(ground.exterior)
            problems[f"gates[{at}].east_m"] = tell(
                "（“{name}”）：离场地外缘 {away:.1f} m，应在外缘上（1 m以内）", name=gate.name, away=away
            )
        else:
            doors.append(door)
    if problems:
        raise ScenarioError(problems)
    return Venue(
        ground=ground,
        doors=tuple(doors),
        gathering=shapely.intersection(ground, shapely.union_all(rings["gathering"])),
        parts=tuple((kind, ring) for kind in GROUND_SPEEDS for ring in rings[kind]),
    )


def _fitted(ground: shapely.Polygon, gate: Gate) -> Door | None:
    edge, point = ground.exterior, shapely.Point(gate.east_m, gate.north_m)
    if point.distance(edge) > NEAR_EDGE_M:
        return None
    middle = edge.interpolate(edge.project(point))
    corners = np.asarray(edge.coords)
    sides = shapely.linestrings(np.stack((corners[:-1], corners[1:]), axis=1))
    near = int(np.argmin(shapely.distance(sides, middle)))
    along = corners[near + 1] - corners[near]
    along = along / np.hypot(*along)
    outward = np.array([along[1], -along[0]])
    place = np.array(middle.coords[0])
    if shapely.contains_xy(ground, *(place + 0.05 * outward)):
        outward = -outward
    return Door(gate=gate, middle=place, outward=outward, along=along)


def capacity_of(gate: Gate, factor: float) -> float:
    """Persons a second through an opening by the SFPE effective width.

    >>> round(capacity_of(Gate(name="南", east_m=0, north_m=0, clear_m=1.3), 1.0), 2)
    1.32
    """
    return factor * flow.capacity(gate.clear_m, gate.way)


def distances(grid: Grid, doors: Sequence[Door], beyond_m: float = 0.0) -> Array:
    """Metres from each cell to each door, those on slow ground counted for more, shape (doors, rows, columns); inf where
    there is no way. Ways end so far beyond the edge, where the grid has the doors' passages.
    """
    slow = 1.0 / grid.speed
    found = []
    for door in doors:
        at = door_cells(grid, door, beyond_m)
        field = np.full(grid.inside.shape, np.inf)
        field.ravel()[at] = np.abs((grid.places[at] - door.middle) @ door.outward - beyond_m)
        _sweep(field, grid.inside.astype(np.int64), slow, grid.cell_m)
        found.append(field)
    return np.array(found)


def walking_times(grid: Grid, doors: Sequence[Door], catchment: NDArray[np.int64], slow: Array) -> Array:
    """Slowness-weighted metres from each cell to the door of its catchment (numbered by `doors`), by rows and columns."""
    field = np.full(grid.inside.shape, np.inf)
    for number, door in enumerate(doors):
        at = door_cells(grid, door)
        at = at[catchment.ravel()[at] == number]
        field.ravel()[at] = np.abs((grid.places[at] - door.middle) @ door.outward)
    _sweep(field, np.where(grid.inside, catchment + 1, 0), slow, grid.cell_m)
    return field


def door_cells(grid: Grid, door: Door, beyond_m: float = 0.0) -> NDArray[np.int64]:
    """Cells at an opening, or so far beyond it, at least the nearest, as indices into the flat grid."""
    inside = np.flatnonzero(grid.inside.ravel())
    apart = grid.places[inside] - door.middle
    across, depth = np.abs(apart @ door.along), np.abs(apart @ door.outward - beyond_m)
    near = (across <= 0.5 * door.gate.clear_m) & (depth <= grid.cell_m)
    return inside[near] if near.any() else inside[[int(np.argmin(np.hypot(across, depth)))]]


@njit(cache=True)
def _sweep(field, region, slow, cell_m):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fast sweeping for |grad T| = slowness (Zhao 2005, Math. Comp. 74, 603-627), in place; 0 is a wall, and no way leads
    from one region into another.
    """
    rows, columns = field.shape
    for _round in range(60):
        change = 0.0
        for order in range(4):
            for at in range(rows):
                i = at if order < 2 else rows - 1 - at
                for by in range(columns):
                    j = by if order % 2 == 0 else columns - 1 - by
                    own = region[i, j]
                    if own == 0:
                        continue
                    a = b = np.inf
                    if i > 0 and region[i - 1, j] == own:
                        a = field[i - 1, j]
                    if i < rows - 1 and region[i + 1, j] == own:
                        a = min(a, field[i + 1, j])
                    if j > 0 and region[i, j - 1] == own:
                        b = field[i, j - 1]
                    if j < columns - 1 and region[i, j + 1] == own:
                        b = min(b, field[i, j + 1])
                    low, high = min(a, b), max(a, b)
                    if low == np.inf:
                        continue
                    step = cell_m * slow[i, j]
                    value = low + step
                    if value > high:
                        value = 0.5 * (a + b + np.sqrt(max(2.0 * step * step - (a - b) ** 2, 0.0)))
                    if value < field[i, j] - 1e-9:
                        change = np.inf if field[i, j] == np.inf else max(change, field[i, j] - value)
                        field[i, j] = value
        if change < 1e-6:
            break


def directions(field: Array, grid: Grid) -> Array:
    """The way down a field as unit vectors east and north, shape (rows, columns, 2); carried a cell over the edge."""
    east, north = (_down(field, axis) for axis in (1, 0))
    size = np.hypot(east, north)
    ways = np.stack((east, north), axis=-1) / np.where(size > 0, size, 1.0)[..., None]
    known = grid.inside & (size > 0)
    for _ring in range(2):
        total, count = np.zeros_like(ways), np.zeros(known.shape)
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            neighbour = np.roll(known, step, axis)
            total += np.where(neighbour[..., None], np.roll(ways, step, axis), 0.0)
            count += neighbour
        fill = ~known & (count > 0)
        ways[fill] = total[fill] / count[fill][:, None]
        known |= fill
    return ways


def _down(field: Array, axis: int) -> Array:
    """Upwind: towards the lower neighbour on an axis, 0 where none is lower."""
    padded = np.pad(field, [(1, 1) if one == axis else (0, 0) for one in range(2)], constant_values=np.inf)
    size = padded.shape[axis]
    before, after = np.take(padded, range(size - 2), axis), np.take(padded, range(2, size), axis)
    finite = np.where(np.isfinite(field), field, 0.0)
    back, forth = (np.where(np.isfinite(one), np.maximum(finite - one, 0.0), 0.0) for one in (before, after))
    found = np.where(forth >= back, forth, -back)
    return np.where(np.isfinite(field), found, 0.0)
