"""The evacuation of a scenario: who stands where, which doors, persons or cells, and what even guidance would give
(疏散计算).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.crowd import agents, cells, flow
from anlan.science.hazards.crowd.movement import Egress, chosen
from anlan.science.hazards.crowd.scenario import GROUP_SPEEDS, Crowd, mean_speed_m_s
from anlan.science.hazards.crowd.venue import Door, Grid, Venue, capacity_of
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
#: Steps of persons that fit into the time of an answer; above, `auto` takes cells.
MOST_AGENT_STEPS = 8e6
#: The longest that is followed, s.
LIMIT_S = 7200.0


@dataclass(frozen=True, kw_only=True)
class Evacuation:
    """An evacuation with what it is compared to."""

    egress: Egress
    doors: tuple[Door, ...]
    #: All doors at their SFPE capacity all the time, after the reaction, s.
    hydraulic_s: float
    #: By cells with doors loaded evenly, s.
    balanced_s: float
    notes: tuple[str, ...]


def doors_of(scenario: Crowd, venue: Venue) -> tuple[Door, ...]:
    """The doors that an evacuation has: all that are open, whatever they serve for during the event."""
    return tuple(door for door in venue.doors if door.gate.is_open)


def evacuated(scenario: Crowd, venue: Venue, grid: Grid, people: Array) -> Evacuation:
    """People by cell leave; ScenarioError where there is no way out or too many for the method asked for."""
    doors = list(doors_of(scenario, venue))
    if not doors:
        raise ScenarioError({"gates": "（出入口）：没有开放的门，无法疏散；请至少开放一个"})
    capacities = np.array([capacity_of(door.gate, scenario.flow_factor) for door in doors])
    if capacities.sum() <= 0.0:
        raise ScenarioError({"gates": "（出入口）：净宽都不足以通行"})
    total, free = float(people.sum()), mean_speed_m_s(scenario)

    def flowing(*, even: bool) -> Egress:
        choice = chosen(grid, doors, people, capacities, free, even=even)
        return cells.leave(grid, doors, choice, people, capacities, free_m_s=free, limit_s=LIMIT_S)

    even = flowing(even=True)
    own = even if scenario.choice == "balanced" or len(doors) == 1 else flowing(even=False)
    notes = []
    egress = own
    steps = total * min(own.all_out_s, LIMIT_S) / agents.STEP_S * 0.6
    if scenario.method == "agents" and steps > 6 * MOST_AGENT_STEPS:
        raise ScenarioError(
            {"method": tell("（疏散算法）：{total:.0f} 人逐人计算过久，请选“自动”或“网格人流”", total=total)}
        )
    if scenario.method == "agents" or (scenario.method == "auto" and 0 < steps <= MOST_AGENT_STEPS):
        egress = _walked(scenario, venue, grid, doors, people, capacities)
        notes.append(
            tell(
                "疏散按逐人模型计算；网格人流法的清场用时为 {minutes:.1f} min，供对照。",
                minutes=(own.all_out_s + scenario.reaction_s) / 60,
            )
        )
    else:
        egress = _later(own, scenario.reaction_s)
        notes.append("疏散按网格人流计算（人数多或指定）；全部人员视为同时起步，出口按SFPE有效宽度限流。")
    return Evacuation(
        egress=egress,
        doors=tuple(doors),
        hydraulic_s=scenario.reaction_s + total / float(capacities.sum()),
        balanced_s=scenario.reaction_s + even.all_out_s,
        notes=tuple(notes),
    )


def _later(egress: Egress, seconds: float) -> Egress:
    return Egress(
        at_s=egress.at_s + seconds,
        remaining=egress.remaining,
        density=egress.density,
        grid=egress.grid,
        by_door=egress.by_door,
        last_by_door_s=np.where(egress.by_door > 0.5, egress.last_by_door_s + seconds, 0.0),
        most_out_s=egress.most_out_s + seconds,
        all_out_s=egress.all_out_s + seconds,
        method=egress.method,
    )


def _walked(scenario: Crowd, venue: Venue, grid: Grid, doors: list[Door], people: Array, capacities: Array) -> Egress:
    rng = np.random.default_rng(0)
    count = int(round(people.sum()))
    way = agents.way_field(venue, doors)
    # Even loads want people on the grid of the ways: each cell of it belongs to one of the other.
    column = np.clip(np.rint((way.x - grid.x[0]) / grid.cell_m).astype(int), 0, len(grid.x) - 1)
    row = np.clip(np.rint((way.y - grid.y[0]) / grid.cell_m).astype(int), 0, len(grid.y) - 1)
    fine = np.where(way.inside, people[np.ix_(row, column)], 0.0)
    fine *= people.sum() / max(fine.sum(), 1e-9)
    choice = chosen(
        way, doors, fine, capacities, mean_speed_m_s(scenario), even=scenario.choice == "balanced",
        beyond_m=agents.WAY_END_M,
    )  # fmt: skip
    walkers = agents.Walkers(
        places=agents.placed(people, grid, venue.ground, count, rng),
        free_m_s=free_speeds(scenario, count, rng),
        starts_s=scenario.reaction_s * rng.uniform(0.5, 1.5, count),
    )
    gap_s = agents.GAP_S / scenario.flow_factor
    return agents.leave(venue, doors, way, choice, walkers, grid, limit_s=LIMIT_S, gap_s=gap_s)


def free_speeds(scenario: Crowd, count: int, rng: np.random.Generator) -> Array:
    """Free speeds of so many persons, m/s: normal about the mean of each one's group, cut at two deviations."""
    groups = np.array([1.0, *GROUP_SPEEDS.values()])
    shares = np.array([getattr(scenario, name) for name in GROUP_SPEEDS])
    group = rng.choice(groups, size=count, p=np.append(1.0 - shares.sum(), shares))
    spread = np.clip(rng.standard_normal(count), -2.0, 2.0) * flow.FREE_SPEED_SPREAD_M_S / flow.FREE_SPEED_M_S
    return scenario.free_m_s * group * (1.0 + spread)
