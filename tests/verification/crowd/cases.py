"""Published numbers, experiments and RiMEA's tests against the crowd model: (name, observed, predicted, unit, source)."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from anlan.science.hazards.crowd import agents, flow
from anlan.science.hazards.crowd.movement import Egress, chosen
from anlan.science.hazards.crowd.scenario import Corner, Crowd, Gate
from anlan.science.hazards.crowd.venue import Venue, drawn
from tests.verification import examples

HERE = Path(__file__).parent
#: Trajectories of experiments (Forschungszentrum Jülich, by way of PedPy's demo data); not part of the repository.
TRAJECTORIES = Path(__file__).resolve().parents[4] / "shared" / "data" / "pedestrian-trajectories"
RIMEA = "RiMEA 4.1.1（2025）附件1，数字取自公开转录"


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table here."""
    with (HERE / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published() -> list[tuple[str, float, float, str, str]]:
    """Numbers of the handbooks."""
    foot2 = 0.3048**2
    found = {
        "greatest_flow": float(flow.weidmann_flow(np.linspace(0, 5.4, 5401)).max()),
        "door_flow": flow.greatest_specific_flow("door"),
        "stairs_flow": flow.greatest_specific_flow("stairs"),
        "stairs_steep_flow": flow.greatest_specific_flow("stairs_steep"),
        "stairs_gentle_flow": flow.greatest_specific_flow("stairs_gentle"),
        "walkway_d_low_ft2": round(flow.SERVICE["walkway"][3] / foot2, 1),
        "walkway_e_low_ft2": round(flow.SERVICE["walkway"][4] / foot2, 1),
    }
    return [
        (f"{row['case']} {row['quantity']}", float(row["value"]), found[row["quantity"]], row["unit"], row["source"])
        for row in rows("published.csv")
    ]


def ring(points, kind: str = "venue", number: int = 1) -> tuple[Corner, ...]:
    """Corners of a ring."""
    return tuple(Corner(kind=kind, number=number, east_m=x, north_m=y) for x, y in points)


def box(west: float, south: float, east: float, north: float, kind: str = "venue", number: int = 1):
    """Corners of a rectangle."""
    return ring(((west, south), (east, south), (east, north), (west, north)), kind, number)


def walked(
    venue: Venue,
    places: np.ndarray,
    free: np.ndarray,
    *,
    starts=None,
    limit_s: float = 900.0,
    spans: int = 100,
    seed: int = 0,
) -> Egress:
    """Persons at places leave through the nearest doors."""
    doors = list(venue.doors)
    way = agents.way_field(venue, doors)
    nobody = np.zeros(way.inside.shape)
    choice = chosen(way, doors, nobody, np.ones(len(doors)), 1.34, even=False, beyond_m=agents.WAY_END_M)
    walkers = agents.Walkers(places=places, free_m_s=free, starts_s=np.zeros(len(free)) if starts is None else starts)
    return agents.leave(venue, doors, way, choice, walkers, venue.grid(0.5), limit_s=limit_s, spans=spans, seed=seed)


def scattered(venue: Venue, count: int, where=None, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Places and free speeds of so many persons, evenly on the ground where `where(grid)` holds."""
    rng = np.random.default_rng(seed)
    grid = venue.grid(0.25)
    people = np.where(grid.inside if where is None else grid.inside & where(grid), 1.0, 0.0)
    places = agents.placed(people, grid, venue.ground, count, rng)
    return places, 1.34 * (1.0 + np.clip(rng.standard_normal(count), -2, 2) * 0.194)


@cache
def bottleneck_flow(width_m: float, people: int = 100) -> float:
    """Persons a second through a door of a room of 10 x 8 m, between a fifth and four fifths of them."""
    room = box(0, 0, 10, 8)
    venue = drawn(Crowd(corners=room, gates=(Gate(name="门", east_m=10, north_m=4, clear_m=width_m),)))
    flows = []
    for seed in range(2):
        places, free = scattered(venue, people, seed=seed)
        egress = walked(venue, places, free, spans=400, seed=seed)
        early, late = (np.interp(-share * people, -egress.remaining, egress.at_s) for share in (0.8, 0.2))
        flows.append(0.6 * people / (late - early))
    return float(np.mean(flows))


def kretz() -> list[tuple[str, float, float, str, str]]:
    """Flow through bottlenecks of the widths that a gate may have here."""
    return [
        (f"Kretz {row['width_m']} m", float(row["flow_per_s"]), bottleneck_flow(float(row["width_m"])), "人/s",
         row["source"])
        for row in rows("kretz_2006.csv")
        if row["use"] == "judged"
    ]  # fmt: skip


@cache
def corridor(people: int, exit_m: float) -> tuple[float, float]:
    """Density and speed in the middle of a corridor of 30 x 2.4 m that empties through a door at its end."""
    venue = drawn(Crowd(corners=box(0, 0, 30, 2.4), gates=(Gate(name="门", east_m=30, north_m=1.2, clear_m=exit_m),)))
    egress = walked(venue, *scattered(venue, people))
    grid = egress.grid
    counts = egress.density.sum(axis=1) * grid.cell_m2
    upstream = counts[:, grid.x < 21.0].sum(axis=1)
    middle = counts[:, (grid.x > 18.0) & (grid.x < 24.0)].sum(axis=1) / (6.0 * 2.4)
    passing = -np.gradient(upstream, egress.at_s) / 2.4
    until = int(np.argmax(upstream < 0.15 * people))
    density = float(middle[3 : max(until, 4)].mean())
    return density, float(passing[3 : max(until, 4)].mean()) / density


def fundamental() -> list[tuple[str, float, float, str, str]]:
    """Speed of persons in a corridor against Weidmann's diagram at the same density (the time gap was tuned to it)."""
    setups = ((20, 2.4), (40, 2.4), (70, 2.4), (110, 2.4), (160, 2.4), (200, 1.8), (200, 1.2))
    found = [corridor(*setup) for setup in setups]
    return [
        (f"走道 {density:.2f} 人/m²", float(flow.weidmann_speed(density)), speed, "m/s", "Weidmann 1993")
        for density, speed in found
    ]


def seen(name: str, metres: float, frames_s: float, measured, axis: int) -> np.ndarray:
    """Density and speed of an experiment over spans of 2 s, by counting in a rectangle; shape (spans, 2)."""
    track = np.loadtxt(TRAJECTORIES / name)
    west, east, south, north = measured
    half = int(frames_s // 4)
    frame, speeds = [], []
    for person in np.unique(track[:, 0]):
        own = track[track[:, 0] == person]
        at, place = own[:, 1].astype(int), own[:, 2:4] * metres
        steady = np.arange(half, len(own) - half)
        steady = steady[at[steady + half] - at[steady - half] == 2 * half]
        here = place[steady]
        inside = (here[:, 0] > west) & (here[:, 0] < east) & (here[:, 1] > south) & (here[:, 1] < north)
        steady = steady[inside]
        frame.append(at[steady])
        speeds.append(np.abs(place[steady + half, axis] - place[steady - half, axis]) * frames_s / (2 * half))
    span = (np.concatenate(frame) // int(2 * frames_s)).astype(int)
    count, total = np.bincount(span), np.bincount(span, weights=np.concatenate(speeds))
    used = count >= frames_s
    area = (east - west) * (north - south)
    return np.column_stack((count[used] / (2 * frames_s) / area, total[used] / count[used]))


def experiments() -> dict[str, np.ndarray]:
    """Corridors: one way, 1.8 m wide (16 pictures/s), and two ways, 4 m wide (25 pictures/s)."""
    return {
        "uo-180-180-070": seen("uo-180-180-070.txt", 0.01, 16.0, (0.0, 1.8, -2.0, 2.0), 1),
        "bi_corr_400_b_03": seen("bi_corr_400_b_03.txt", 0.01, 25.0, (-2.0, 2.0, 0.1, 3.9), 0),
    }


def entrance_flow() -> float:
    """Persons a second through the entrance of 0.5 m of the experiment 040_c_56_h- (highly motivated), middle 80 %."""
    track = np.loadtxt(TRAJECTORIES / "040_c_56_h-.txt")
    times = []
    for person in np.unique(track[:, 0]):
        own = track[track[:, 0] == person]
        beyond = np.flatnonzero(own[:, 3] < 0.0)
        if beyond.size:
            times.append(own[beyond[0], 1] / 25.0)
    first, last = int(0.1 * len(times)), int(0.9 * len(times))
    ordered = np.sort(times)
    return (last - first) / (ordered[last] - ordered[first])


def corridors() -> dict[str, list[tuple[str, float, float, str, str]]]:
    """Speeds that were walked in the experiments against Weidmann's diagram at the same density; none without the data."""
    found = {}
    for name, spans in experiments().items() if TRAJECTORIES.is_dir() else ():
        rows = zip(spans.tolist(), flow.weidmann_speed(spans[:, 0]).tolist(), strict=True)
        found[f"Corridor {name} (judged)"] = [
            (f"{density:.2f} 人/m²", speed, told, "m/s", "Forschungszentrum Jülich, PedPy 演示数据")
            for (density, speed), told in rows
        ]
    return found


def groups() -> dict[str, list[tuple[str, float, float, str, str]]]:
    """The cases by data set and use, as the validation page shows them."""
    return {
        "Handbooks (judged)": published(), "Bottlenecks, Kretz 2006 (judged)": kretz(),
        "Walking speed in a corridor (tuned)": fundamental(), **corridors(), **examples.groups("crowd"),
    }  # fmt: skip
