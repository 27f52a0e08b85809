"""A crowd as single persons who keep their distance: the collision-free speed model (逐人模型).

Tordeux, Chraibi & Seyfried 2016, "Collision-free speed model for pedestrian dynamics" (TGF 2015; arXiv:1512.05597), the
model that JuPedSim has too: a person turns away from neighbours and walls, and walks as fast as the gap to the next in
front allows, v = min(v0, (s - l) / T). The way to the door is the descent of the walking-time field.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.crowd.flow import WAYS
from anlan.science.hazards.crowd.movement import Choice, Egress
from anlan.science.hazards.crowd.venue import DOOR_DEPTH_M, Door, Grid, Venue, directions

Array = NDArray[np.float64]
#: Diameter l and time gap T: JuPedSim's diameter, the gap tuned once to Weidmann's diagram (README).
BODY_M, GAP_S = 0.40, 0.70
#: Turning away from neighbours and walls: strength and range (m), JuPedSim's defaults but for the range at walls.
PUSH, PUSH_RANGE_M = 8.0, 0.1
WALL_PUSH, WALL_RANGE_M = 5.0, 0.05
#: Entries a metre of the table of turning away.
PUSHES_PER_M = 500.0
#: Nearest that a person's middle comes to a wall, m.
WALL_GAP_M = 0.15
#: Ways end so far beyond the edge of the ground, in the doors' passages, m.
WAY_END_M = 0.8
#: Time step, s; densities are counted at every tenth.
STEP_S, COUNT_EVERY = 0.05, 10
#: Cells of the field that shows the way, m; nearer to a wall than the margin its ways count for longer.
WAY_CELL_M, MARGIN_M, MARGIN_SPEED, MOST_WAY_CELLS = 0.2, 0.3, 0.2, 1_000_000


@dataclass(frozen=True, kw_only=True)
class Walkers:
    """Persons at the start: places east and north, free speeds m/s, and when each starts to walk, s."""

    places: Array
    free_m_s: Array
    starts_s: Array


def placed(people: Array, grid: Grid, ground: shapely.Polygon, count: int, rng: np.random.Generator) -> Array:
    """Places of so many persons drawn by the density of people by cell, nobody on another, clear of walls."""
    spacing = 0.42
    clear = shapely.buffer(ground, -WALL_GAP_M - 0.02)
    while True:
        west, south, east, north = clear.bounds
        xx, yy = np.meshgrid(np.arange(west, east, spacing), np.arange(south, north, spacing * np.sqrt(3) / 2))
        xx[1::2] += 0.5 * spacing
        spots = np.column_stack((xx.ravel(), yy.ravel()))
        shapely.prepare(clear)
        spots = spots[shapely.contains_xy(clear, spots)]
        column = np.clip(np.rint((spots[:, 0] - grid.x[0]) / grid.cell_m).astype(int), 0, len(grid.x) - 1)
        row = np.clip(np.rint((spots[:, 1] - grid.y[0]) / grid.cell_m).astype(int), 0, len(grid.y) - 1)
        weight = np.maximum(people[row, column], 1e-12)
        if len(spots) >= count:
            break
        spacing *= 0.9
    # Weighted draw without repetition (Efraimidis & Spirakis 2006): the largest u^(1/w).
    key = np.log(rng.random(len(spots))) / weight
    return spots[np.argsort(key)[len(spots) - count :]]


def way_field(venue: Venue, doors: list[Door]) -> Grid:
    """Cells for the ways of persons: they lead round corners with room for a body."""
    west, south, east, north = venue.ground.bounds
    cell_m = max(WAY_CELL_M, float(np.sqrt((east - west) * (north - south) / MOST_WAY_CELLS)))
    grid = venue.grid(cell_m, with_doors=doors)
    area = shapely.union_all([venue.ground, *(door.mouth() for door in doors)])
    open_ends = shapely.union_all([door.mouth(DOOR_DEPTH_M + 1.0) for door in doors])
    clear = shapely.buffer(shapely.union_all([area, open_ends]), -MARGIN_M)
    shapely.prepare(clear)
    has_room = shapely.contains_xy(clear, *grid.places.T).reshape(grid.inside.shape)
    return replace(grid, speed=np.where(has_room, grid.speed, MARGIN_SPEED * grid.speed))


def leave(
    venue: Venue,
    doors: list[Door],
    grid: Grid,
    choice: Choice,
    walkers: Walkers,
    cells: Grid,
    *,
    limit_s: float,
    gap_s: float = GAP_S,
    spans: int = 60,
    seed: int = 0,
) -> Egress:
    """An evacuation of persons; densities are counted on `cells`, ways lead over `grid`, made by `way_field`."""
    walls = _walls(venue, doors)
    level = WAYS["door"].k_m_s
    frames = np.array(
        [
            (*door.middle, *door.outward, *door.along, door.gate.clear_m, WAYS[door.gate.way].k_m_s / level)
            for door in doors
        ]
    )
    # Spans suit the time that the doors need at a usual flow, so that a short evacuation has as many as a long one.
    expected_s = len(walkers.places) / (1.2 * sum(door.gate.clear_m for door in doors)) + np.max(
        walkers.starts_s, initial=0
    )
    span_s = max(np.ceil(2.0 * expected_s / spans), 1.0)
    gone_s, by, counted = _walk(
        walkers.places.copy(), walkers.free_m_s, walkers.starts_s, frames, walls, directions(choice.field, grid),
        np.array((grid.x[0], grid.y[0], grid.cell_m)), cells.speed, np.array((cells.x[0], cells.y[0], cells.cell_m)),
        int(np.ceil(limit_s / STEP_S)), int(round(span_s / STEP_S)), 4 * spans, gap_s, seed,
    )  # fmt: skip
    count = len(gone_s)
    ordered = np.sort(gone_s)
    end = ordered[-1] if count and np.isfinite(ordered[-1]) else limit_s
    used = min(max(int(np.ceil(end / span_s)), 1), len(counted) - 1)
    ends = span_s * np.arange(1, used + 1)
    last = [float(gone_s[by == number].max(initial=0.0)) for number in range(len(doors))]
    return Egress(
        at_s=ends,
        remaining=count - np.searchsorted(ordered, ends, side="right").astype(float),
        density=_smooth(counted[:used] / cells.cell_m2, cells),
        grid=cells,
        by_door=np.bincount(by[by >= 0], minlength=len(doors)).astype(float),
        last_by_door_s=np.array(last),
        most_out_s=float(ordered[int(np.ceil(0.95 * count)) - 1]) if count else 0.0,
        all_out_s=float(ordered[-1]) if count else 0.0,
        method="agents",
    )


def _smooth(density: Array, cells: Grid) -> Array:
    """Counts in a cell of a few square metres jump with single persons: the mean with the four neighbours on the ground."""
    inside = cells.inside.astype(float)
    if cells.cell_m >= 2.0:
        return density
    total, weight = 2.0 * density, 2.0 * inside
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        total = total + np.roll(density, step, axis + 1)
        weight = weight + np.roll(inside, step, axis)
    return np.where(cells.inside, total / np.maximum(weight, 1.0), 0.0)


def _walls(venue: Venue, doors: list[Door]) -> Array:
    """Sides of the ground with its doors' passages, but for the far ends of the passages; shape (walls, 4)."""
    area = shapely.union_all([venue.ground, *(door.mouth() for door in doors)])
    found = []
    for ring in (area.exterior, *area.interiors):
        corners = np.asarray(ring.coords)
        for start, end in zip(corners[:-1], corners[1:], strict=True):
            middle = 0.5 * (start + end)
            is_way_out = any(
                abs((middle - door.middle) @ door.outward - DOOR_DEPTH_M) < 0.02
                and abs((middle - door.middle) @ door.along) < 0.5 * door.gate.clear_m
                for door in doors
            )
            if not is_way_out:
                found.append((*start, *end))
    return np.array(found)


@njit(cache=True)
def _buckets(xs, ys, size, west, south, columns, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Order of the points by square, and where each square starts in it."""
    count = xs.size
    square = np.empty(count, np.int64)
    starts = np.zeros(columns * rows + 1, np.int64)
    for k in range(count):
        c = min(max(int((xs[k] - west) / size), 0), columns - 1)
        r = min(max(int((ys[k] - south) / size), 0), rows - 1)
        square[k] = r * columns + c
        starts[square[k] + 1] += 1
    for s in range(columns * rows):
        starts[s + 1] += starts[s]
    fill = starts[:-1].copy()
    order = np.empty(count, np.int64)
    for k in range(count):
        order[fill[square[k]]] = k
        fill[square[k]] += 1
    return order, starts


@njit(cache=True)
def _wall_lists(walls, size, west, south, columns, rows, reach):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Walls within reach of each square, as a flat list with starts."""
    starts = np.zeros(columns * rows + 1, np.int64)
    flat = np.empty(0, np.int64)
    for turn in range(2):
        fill = starts[:-1].copy()
        for w in range(walls.shape[0]):
            ax, ay, bx, by = walls[w]
            c0 = max(int((min(ax, bx) - reach - west) / size), 0)
            c1 = min(int((max(ax, bx) + reach - west) / size), columns - 1)
            r0 = max(int((min(ay, by) - reach - south) / size), 0)
            r1 = min(int((max(ay, by) + reach - south) / size), rows - 1)
            length2 = (bx - ax) ** 2 + (by - ay) ** 2
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    mx, my = west + (c + 0.5) * size, south + (r + 0.5) * size
                    t = min(max(((mx - ax) * (bx - ax) + (my - ay) * (by - ay)) / length2, 0.0), 1.0)
                    dx, dy = mx - ax - t * (bx - ax), my - ay - t * (by - ay)
                    if dx * dx + dy * dy <= (reach + 0.7072 * size) ** 2:
                        s = r * columns + c
                        if turn == 0:
                            starts[s + 1] += 1
                        else:
                            flat[fill[s]] = w
                            fill[s] += 1
        if turn == 0:
            for s in range(columns * rows):
                starts[s + 1] += starts[s]
            flat = np.empty(starts[-1], np.int64)
    return flat, starts


@njit(cache=True)
def _heading(x, y, ways, frame):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The way at a place, between the four nodes round it."""
    rows, columns = ways.shape[0], ways.shape[1]
    u, v = (x - frame[0]) / frame[2], (y - frame[1]) / frame[2]
    j = min(max(int(np.floor(u)), 0), columns - 2)
    i = min(max(int(np.floor(v)), 0), rows - 2)
    a, b = min(max(u - j, 0.0), 1.0), min(max(v - i, 0.0), 1.0)
    ex = (1 - b) * ((1 - a) * ways[i, j, 0] + a * ways[i, j + 1, 0])
    ex += b * ((1 - a) * ways[i + 1, j, 0] + a * ways[i + 1, j + 1, 0])
    ey = (1 - b) * ((1 - a) * ways[i, j, 1] + a * ways[i, j + 1, 1])
    ey += b * ((1 - a) * ways[i + 1, j, 1] + a * ways[i + 1, j + 1, 1])
    size = np.sqrt(ex * ex + ey * ey)
    if size < 1e-9:
        return 0.0, 0.0
    return ex / size, ey / size


@njit(cache=True)
def _door_at(x, y, frames, depth_m):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The door in whose passage a place is, at least so deep; -1 elsewhere."""
    for d in range(frames.shape[0]):
        dx, dy = x - frames[d, 0], y - frames[d, 1]
        depth = dx * frames[d, 2] + dy * frames[d, 3]
        if depth_m < depth < 1.5 and abs(dx * frames[d, 4] + dy * frames[d, 5]) < 0.5 * frames[d, 6] + 0.1:
            return d
    return -1


@njit(cache=True, fastmath=True)
def _velocity(k, xs, ys, v0, ex, ey, gap_s, starts, squares, near, pushes):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Direction and speed of one person among neighbours; `squares` is west, south, size, columns, rows."""
    west, south, size = squares[0], squares[1], squares[2]
    columns, rows = int(squares[3]), int(squares[4])
    x, y = xs[k], ys[k]
    c = min(max(int((x - west) / size), 0), columns - 1)
    r = min(max(int((y - south) / size), 0), rows - 1)
    count = 0
    for rr in range(max(r - 1, 0), min(r + 2, rows)):
        for j in range(starts[rr * columns + max(c - 1, 0)], starts[rr * columns + min(c + 1, columns - 1) + 1]):
            dx, dy = xs[j] - x, ys[j] - y
            apart2 = dx * dx + dy * dy
            if j == k or apart2 > size * size or count == 96:
                continue
            apart = np.sqrt(apart2) + 1e-6
            near[count, 0], near[count, 1], near[count, 2] = dx, dy, apart
            count += 1
            push = pushes[int(apart * PUSHES_PER_M)] / apart
            ex -= push * dx
            ey -= push * dy
    length = np.sqrt(ex * ex + ey * ey)
    if length < 1e-9:
        return 0.0, 0.0, 0.0
    ex, ey = ex / length, ey / length
    gap = 1e9
    for n in range(count):
        if near[n, 2] >= gap or ex * near[n, 0] + ey * near[n, 1] <= 0.0:
            continue
        if abs(ey * near[n, 0] - ex * near[n, 1]) < BODY_M:
            gap = near[n, 2]
    if gap > size:  # nobody near in front: look one ring farther
        reach = BODY_M + v0 * gap_s
        for rr in range(max(r - 2, 0), min(r + 3, rows)):
            for j in range(starts[rr * columns + max(c - 2, 0)], starts[rr * columns + min(c + 2, columns - 1) + 1]):
                dx, dy = xs[j] - x, ys[j] - y
                ahead = ex * dx + ey * dy
                if ahead <= 0.0 or ahead > reach or abs(ey * dx - ex * dy) >= BODY_M:
                    continue
                gap = min(gap, np.sqrt(dx * dx + dy * dy))
    return ex, ey, max(0.0, min(v0, (gap - BODY_M) / gap_s))


@njit(cache=True)
def _from_walls(x, y, walls, flat, starts, square):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The turn away from near walls."""
    ex, ey = 0.0, 0.0
    for at in range(starts[square], starts[square + 1]):
        dx, dy, apart = _to_wall(x, y, walls[flat[at]])
        if 1e-9 < apart < 1.0:
            push = WALL_PUSH * np.exp((WALL_GAP_M - apart) / WALL_RANGE_M)
            ex += push * dx / apart
            ey += push * dy / apart
    return ex, ey


@njit(cache=True)
def _to_wall(x, y, wall):  # type: ignore[no-untyped-def]  # pragma: no cover
    ax, ay, bx, by = wall
    length2 = (bx - ax) ** 2 + (by - ay) ** 2
    t = min(max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2, 0.0), 1.0)
    dx, dy = x - ax - t * (bx - ax), y - ay - t * (by - ay)
    return dx, dy, np.sqrt(dx * dx + dy * dy)


@njit(cache=True)
def _held_back(x, y, walls, flat, starts, square):  # type: ignore[no-untyped-def]  # pragma: no cover
    """A place moved so far from walls that a body has room."""
    for at in range(starts[square], starts[square + 1]):
        dx, dy, apart = _to_wall(x, y, walls[flat[at]])
        if 1e-9 < apart < WALL_GAP_M:
            x += dx / apart * (WALL_GAP_M - apart)
            y += dy / apart * (WALL_GAP_M - apart)
    return x, y


@njit(cache=True)
def _walk(places, free, starts_s, frames, walls, ways, frame, speed, cells, steps, span, most_spans, gap_s, seed):  # type: ignore[no-untyped-def]  # pragma: no cover
    np.random.seed(seed)
    total = places.shape[0]
    gone, by = np.full(total, np.inf), np.full(total, -1, np.int64)
    counted = np.zeros((most_spans, speed.shape[0], speed.shape[1]))
    west, south = walls[:, 0].min() - 2.0, walls[:, 1].min() - 2.0
    size = 0.5 * (BODY_M + gap_s * max(free.max(), 0.5)) + 0.05
    columns = int((walls[:, 0].max() + 2.0 - west) / size) + 1
    rows = int((walls[:, 1].max() + 2.0 - south) / size) + 1
    squares = np.array((west, south, size, float(columns), float(rows)))
    flat, wall_starts = _wall_lists(walls, size, west, south, columns, rows, 0.8)
    near = np.empty((96, 3))
    middles = (np.arange(int(size * PUSHES_PER_M) + 2) + 0.5) / PUSHES_PER_M
    pushes = PUSH * np.exp((BODY_M - middles) / PUSH_RANGE_M)
    # Those still inside, in the order of their squares.
    who = np.arange(total)
    xs, ys = places[:, 0].copy(), places[:, 1].copy()
    for now in range(steps):
        inside = who.size
        if inside == 0:
            break
        order, starts = _buckets(xs, ys, size, west, south, columns, rows)
        xs, ys, who = xs[order], ys[order], who[order]
        to_x, to_y = np.empty(inside), np.empty(inside)
        stays = np.ones(inside, np.bool_)
        for k in range(inside):
            x, y = xs[k], ys[k]
            to_x[k], to_y[k] = x, y
            cell_j = min(max(int(np.rint((x - cells[0]) / cells[2])), 0), speed.shape[1] - 1)
            cell_i = min(max(int(np.rint((y - cells[1]) / cells[2])), 0), speed.shape[0] - 1)
            if now % COUNT_EVERY == 0:
                counted[min(now // span, most_spans - 1), cell_i, cell_j] += 1.0
            if now * STEP_S < starts_s[who[k]]:
                continue
            c = min(max(int((x - west) / size), 0), columns - 1)
            r = min(max(int((y - south) / size), 0), rows - 1)
            square = r * columns + c
            ex, ey = _heading(x, y, ways, frame)
            wx, wy = _from_walls(x, y, walls, flat, wall_starts, square)
            ex += wx + 0.1 * (np.random.random() - 0.5)
            ey += wy + 0.1 * (np.random.random() - 0.5)
            # On stairs people walk slower and need a longer time gap.
            door = _door_at(x, y, frames, -0.3)
            share = speed[cell_i, cell_j] if door < 0 else frames[door, 7]
            ex, ey, v = _velocity(k, xs, ys, free[who[k]], ex, ey, gap_s, starts, squares, near, pushes)
            v *= share * STEP_S
            to_x[k], to_y[k] = _held_back(x + v * ex, y + v * ey, walls, flat, wall_starts, square)
            door = _door_at(to_x[k], to_y[k], frames, 0.6)
            if door >= 0:
                gone[who[k]], by[who[k]], stays[k] = (now + 1) * STEP_S, door, False
        xs, ys, who = to_x[stays], to_y[stays], who[stays]
    counted *= COUNT_EVERY / span
    return gone, by, counted
