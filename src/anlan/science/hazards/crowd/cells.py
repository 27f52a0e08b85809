"""A crowd as a flow over cells: fast for any number of people, exact in how many there are (网格人流模型).

Hughes 2002 (Transp. Res. B 36, 507-535): people walk down the field of walking time, which the crowd itself slows, at
the speed of the fundamental diagram. Solved as cell transmission (Daganzo 1994/1995; Lebacque 1996): what crosses a side of a cell is the lesser of
what the one can send and the other can take, so that queues grow backwards from where the flow is too much. A door
passes at most its capacity.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.crowd.flow import FREE_SPEED_M_S, JAM, SHAPE, weidmann_flow, weidmann_speed
from anlan.science.hazards.crowd.movement import Choice, Egress
from anlan.science.hazards.crowd.venue import Door, Grid, directions, door_cells, walking_times

Array = NDArray[np.float64]
#: Density at which most people pass, persons/m2 (of Weidmann's diagram).
BEST = float(np.linspace(0.0, JAM, 5401)[np.argmax(weidmann_flow(np.linspace(0.0, JAM, 5401)))])
#: Greatest flow at a free speed of 1 m/s.
_MOST = float(weidmann_flow(BEST)) / FREE_SPEED_M_S
#: Ways are found anew so often, s, and a jam counts as at most so many times the free walking time.
ANEW_S, SLOWEST = 4.0, 10.0
#: Fewer persons in a cell stay until more come: they are rounding.
NOBODY = 1e-12


def leave(
    grid: Grid,
    doors: list[Door],
    choice: Choice,
    people: Array,
    capacities: Array,
    *,
    free_m_s: float,
    limit_s: float,
    spans: int = 60,
) -> Egress:
    """An evacuation of `people` by cell, shape (rows, columns), through doors that pass `capacities` persons a second."""
    steps = int(np.ceil(ANEW_S * np.sqrt(2.0) * free_m_s / (0.8 * grid.cell_m)))
    step = ANEW_S / steps
    door_at = np.full(grid.inside.shape, -1, dtype=np.int64)
    for number, door in enumerate(doors):
        at = door_cells(grid, door)
        door_at.ravel()[at[choice.door.ravel()[at] == number]] = number
    now, total = people.copy(), float(people.sum())
    curve: list[Array] = []
    left = [np.zeros(len(doors))]
    densities: list[Array] = []
    while len(densities) * ANEW_S < limit_s and now.sum() > 0.25:
        crowding = weidmann_speed(now / grid.cell_m2, 1.0)
        slow = 1.0 / (grid.speed * np.maximum(crowding, 1.0 / SLOWEST))
        ways = directions(walking_times(grid, doors, choice.door, slow), grid)
        ways[~grid.inside] = 0.0
        mean, remaining, out = _advance(
            now, ways, grid.inside, grid.speed * free_m_s, door_at, capacities, grid.cell_m, step, steps
        )
        curve.append(remaining)
        left.append(left[-1] + out)
        densities.append(mean / grid.cell_m2)
    remaining = np.concatenate(curve) if curve else np.zeros(1)
    times: Array = step * np.arange(1.0, len(remaining) + 1.0, dtype=np.float64)
    merged = max(int(np.ceil(len(densities) / spans)), 1)
    kept = [np.mean(densities[at : at + merged], axis=0) for at in range(0, len(densities), merged)]
    ends = np.minimum(ANEW_S * merged * np.arange(1, len(kept) + 1), times[-1])
    passed = np.array(left)
    last = [ANEW_S * int(np.argmax(passed[:, one] >= passed[-1, one] - 0.5)) for one in range(len(doors))]
    return Egress(
        at_s=ends,
        remaining=np.interp(ends, times, remaining),
        density=np.array(kept).reshape(-1, *people.shape),
        grid=grid,
        by_door=passed[-1],
        last_by_door_s=np.array(last),
        most_out_s=_first(times, remaining <= 0.05 * total),
        all_out_s=_first(times, remaining <= 0.5),
        method="cells",
    )


def _first(times: Array, reached: NDArray[np.bool_]) -> float:
    return float(times[int(np.argmax(reached))]) if reached.any() else float("inf")


@njit(cache=True)
def _sent(density, speed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a cell can send, persons/(m s)."""
    if density >= BEST:
        return _MOST * speed
    if density <= 0.0:
        return 0.0
    return density * speed * (1.0 - np.exp(-SHAPE * (1.0 / density - 1.0 / JAM)))


@njit(cache=True)
def _taken(density, speed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a cell can take, persons/(m s)."""
    if density <= BEST:
        return _MOST * speed
    if density >= JAM:
        return 0.0
    return density * speed * (1.0 - np.exp(-SHAPE * (1.0 / density - 1.0 / JAM)))


@njit(cache=True)
def _advance(people, ways, inside, speed, door_at, capacities, cell_m, step, steps):  # type: ignore[no-untyped-def]  # pragma: no cover
    rows, columns = people.shape
    area = cell_m * cell_m
    doors = capacities.size
    curve, left, mean = np.empty(steps), np.zeros(doors), np.zeros((rows, columns))
    asked = np.zeros((rows, columns, 2))
    demand, room = np.zeros((rows, columns)), np.zeros((rows, columns))
    wanting = np.zeros(doors)
    for now in range(steps):
        demand[:] = 0.0
        wanting[:] = 0.0
        for i in range(rows):
            for j in range(columns):
                asked[i, j, 0] = 0.0
                asked[i, j, 1] = 0.0
                if people[i, j] <= NOBODY:
                    continue
                send = _sent(people[i, j] / area, speed[i, j]) * cell_m * step
                if door_at[i, j] >= 0:
                    wanting[door_at[i, j]] += min(people[i, j], send)
                    continue
                for axis in range(2):
                    part = ways[i, j, axis]
                    to_i, to_j = i, j
                    if part == 0.0:
                        continue
                    if axis == 0:
                        to_j = j + 1 if part > 0 else j - 1
                    else:
                        to_i = i + 1 if part > 0 else i - 1
                    if to_i < 0 or to_j < 0 or to_i >= rows or to_j >= columns or not inside[to_i, to_j]:
                        continue
                    asked[i, j, axis] = send * abs(part)
                    demand[to_i, to_j] += asked[i, j, axis]
        for i in range(rows):
            for j in range(columns):
                if demand[i, j] > 0.0:
                    take = _taken(people[i, j] / area, speed[i, j]) * cell_m * step
                    spread = 1.0 if door_at[i, j] >= 0 else min(abs(ways[i, j, 0]) + abs(ways[i, j, 1]), 1.5)
                    room[i, j] = min(1.0, take * max(spread, 1.0) / demand[i, j])
        for i in range(rows):
            for j in range(columns):
                if door_at[i, j] >= 0 and people[i, j] > 0.0 and wanting[door_at[i, j]] > 0.0:
                    number = door_at[i, j]
                    allowed = min(1.0, capacities[number] * step / wanting[number])
                    out = allowed * min(people[i, j], _sent(people[i, j] / area, speed[i, j]) * cell_m * step)
                    people[i, j] -= out
                    left[number] += out
        for i in range(rows):
            for j in range(columns):
                for axis in range(2):
                    if asked[i, j, axis] > 0.0:
                        to_i, to_j = i, j
                        if axis == 0:
                            to_j = j + 1 if ways[i, j, 0] > 0 else j - 1
                        else:
                            to_i = i + 1 if ways[i, j, 1] > 0 else i - 1
                        moved = asked[i, j, axis] * room[to_i, to_j]
                        people[i, j] -= moved
                        people[to_i, to_j] += moved
        mean += people / steps
        curve[now] = people.sum()
    return mean, curve, left
