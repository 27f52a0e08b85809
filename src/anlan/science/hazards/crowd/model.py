"""From a scenario to the crowd's event and evacuation, and what happens at places (人群聚集计算)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anlan.science.geo.contours import outlines
from anlan.science.hazards.crowd import advising, flow
from anlan.science.hazards.crowd.balance import Balance, balanced, capacities
from anlan.science.hazards.crowd.evacuating import Evacuation, evacuated
from anlan.science.hazards.crowd.gathering import Places
from anlan.science.hazards.crowd.result import (
    ClearRow,
    CrowdResult,
    Fields,
    GateRow,
    Moment,
    WatchRow,
)
from anlan.science.hazards.crowd.scenario import Crowd, Watch
from anlan.science.hazards.crowd.venue import Grid, Venue, capacity_of, drawn
from anlan.science.hazards.declaring import ScenarioError, check
from anlan.science.hazards.outcomes import Impact, Level, Zone
from anlan.science.hazards.sentences import tell

Array = NDArray[np.float64]
_BANDS = "Fruin 1971、Still（站立人群分级；分档为设计值，待核对）"
#: Density bands, gravest first.
LEVELS = (
    Level(code="crush", label="踩踏危险（≥5 人/m²）", value=5.0, unit="人/m²", severity=4, source=_BANDS),
    Level(code="packed", label="严重拥挤（≥4 人/m²）", value=4.0, unit="人/m²", severity=3, source=_BANDS),
    Level(code="crowded", label="拥挤（≥3 人/m²）", value=3.0, unit="人/m²", severity=2, source=_BANDS),
    Level(code="dense", label="较密（≥2 人/m²）", value=2.0, unit="人/m²", severity=1, source=_BANDS),
)
#: Design densities when no capacity is given, persons/m2: an engineering judgement within Fruin's queue levels (待核对).
DESIGN_PER_M2 = {"standing": 2.0, "moving": 1.0, "seated": 1.5}
#: Kinds of level of service by kind of event.
SERVICE = {"standing": "queue", "moving": "walkway", "seated": "queue"}
#: Cells of the ground at most, and side of a cell at least, m.
MOST_CELLS, CELL_M = 8_000, 0.5
#: Snapshots of the event and of the evacuation.
EVENT_SHOTS, EGRESS_SHOTS = 24, 12
#: People that a square metre of a queue outside holds.
QUEUE_PER_M2 = 2.0


def ground_grid(venue: Venue) -> Grid:
    """The cells on which densities are told: as fine as the size of the venue allows."""
    cell = float(np.clip(np.sqrt(venue.ground.area / MOST_CELLS), CELL_M, None))
    return venue.grid(cell)


def run(scenario: Crowd) -> CrowdResult:
    """What a crowd does; ScenarioError where the inputs are outside the model."""
    check(scenario)
    venue = drawn(scenario)
    grid = ground_grid(venue)
    if int(grid.inside.sum()) < 20:
        raise ScenarioError({"corners": "（场地外缘）：场地太小或太窄，无法划分网格"})
    area = float(venue.ground.area)
    capacity = scenario.capacity or DESIGN_PER_M2[scenario.kind] * area
    balance = balanced(scenario, capacity)
    _refuse_too_dense(balance, area)
    places = Places(scenario, venue, grid)
    starts_s = _evacuation_start(scenario, balance)
    people = places.people(float(np.interp(starts_s, balance.at_s, balance.people)))
    evacuation = evacuated(scenario, venue, grid, people)
    fields = _fields(balance, places, evacuation, grid, starts_s)
    shots = fields.at_s < starts_s + 1e-6
    event = fields.density[shots] if shots.any() else fields.density[:1]
    gates = _gates(scenario, balance, evacuation)
    peak, egress = _densest(event, grid), _densest(evacuation.egress.density, grid)
    mean = float(balance.people[balance.peak]) / area
    clear = evacuation.egress.all_out_s
    return CrowdResult(
        area_m2=area,
        capacity=capacity,
        permit=advising.permit(_attending(scenario)),
        peak_people=float(balance.people[balance.peak]),
        peak_people_min=float(balance.at_s[balance.peak]) / 60.0,
        capacity_share=float(balance.people[balance.peak]) / capacity,
        mean_per_m2=mean,
        service=flow.level_of_service(mean, SERVICE[scenario.kind]),
        peak_per_m2=peak[0],
        peak_east_m=peak[1],
        peak_north_m=peak[2],
        longest_queue=float(balance.queue.sum(axis=1).max()),
        longest_wait_min=_longest(gates),
        closed_at_min=None if balance.closed_at_s is None else balance.closed_at_s / 60.0,
        evacuate_at_min=starts_s / 60.0,
        evacuated_people=float(people.sum()),
        evacuation={"agents": "逐人模型", "cells": "网格人流"}[evacuation.egress.method],
        clear_95_min=_minutes(evacuation.egress.most_out_s),
        clear_min=_minutes(clear),
        clear_hydraulic_min=_minutes(evacuation.hydraulic_s),
        clear_balanced_min=_minutes(evacuation.balanced_s),
        margin_min=scenario.clear_within_min - clear / 60.0 if np.isfinite(clear) else None,
        egress_per_m2=egress[0],
        egress_east_m=egress[1],
        egress_north_m=egress[2],
        jam_min=_jam_min(evacuation),
        instant_capacity=None if scenario.scenic is None else instant_capacity(scenario),
        daily_capacity=None if scenario.scenic is None else daily_capacity(scenario),
        advice=advising.advice(scenario, balance, capacity, evacuation, gates),
        warnings=advising.warnings(scenario, balance, capacity, fields.at_s[shots], _by_time(event)),
        gates=gates,
        watches=tuple(_watched(scenario, one) for one in scenario.watches),
        series=_series(balance, area, capacity),
        clearing=_clearing(evacuation),
        zones=_zones(fields),
        notes=(*evacuation.notes, *_notes(scenario, evacuation, fields)),
        fields=fields,
    )


def instant_capacity(scenario: Crowd) -> float:
    """LB/T 034-2014 C1 = X / Y, of one area (several are summed by hand)."""
    assert scenario.scenic is not None
    return scenario.scenic.area_m2 / scenario.scenic.area_per_person_m2


def daily_capacity(scenario: Crowd) -> float:
    """LB/T 034-2014 C2 = C1 T / t."""
    assert scenario.scenic is not None
    return instant_capacity(scenario) * scenario.scenic.open_h / scenario.scenic.stay_h


def _attending(scenario: Crowd) -> float:
    return scenario.people_factor * (scenario.people_now + sum(count.arrivals for count in scenario.counts))


def _refuse_too_dense(balance: Balance, area: float) -> None:
    mean = float(balance.people.max()) / area
    if mean > flow.DENSEST:
        raise ScenarioError(
            {
                "people_now": tell(
                    "、counts（人数）：第 {minute:.0f} min 平均 {mean:.1f} 人/m²，超过 {limit:g} 人/m²，请核对人数和场地范围",
                    minute=balance.at_s[balance.peak] / 60,
                    mean=mean,
                    limit=flow.DENSEST,
                )
            }
        )


def _evacuation_start(scenario: Crowd, balance: Balance) -> float:
    if scenario.evacuate_at_min is None:
        return float(balance.at_s[balance.peak])
    if not scenario.counts and scenario.evacuate_at_min > 0:
        return 60.0 * scenario.evacuate_at_min
    if 60.0 * scenario.evacuate_at_min > balance.at_s[-1]:
        raise ScenarioError(
            {
                "evacuate_at_min": tell(
                    "（疏散开始时间）：客流只到第 {minute:.0f} min，请提前或补充客流", minute=balance.at_s[-1] / 60
                )
            }
        )
    return 60.0 * scenario.evacuate_at_min


def _fields(balance: Balance, places: Places, evacuation: Evacuation, grid: Grid, starts_s: float) -> Fields:
    """The event up to the call to leave, then the evacuation."""
    until = balance.at_s[balance.at_s <= starts_s + 1e-6]
    picks = np.unique(np.linspace(0, max(until.size - 1, 0), EVENT_SHOTS).astype(int))
    event = [places.people(float(balance.people[at])) / grid.cell_m2 for at in picks] if until.size else []
    times = [float(until[at]) for at in picks] if until.size else []
    egress = evacuation.egress
    later = np.unique(np.linspace(0, len(egress.at_s) - 1, EGRESS_SHOTS).astype(int))
    return Fields(
        x=grid.x,
        y=grid.y,
        inside=grid.inside,
        at_s=np.array([*times, *(starts_s + egress.at_s[later])]),
        density=np.array([*event, *egress.density[later]]),
    )


def _by_time(density: Array) -> Array:
    return density.reshape(len(density), -1).max(axis=1)


def _densest(density: Array, grid: Grid) -> tuple[float, float, float]:
    at = int(np.argmax(density.max(axis=0)))
    east, north = grid.places[at].tolist()
    return float(density.max()), east, north


def _jam_min(evacuation: Evacuation) -> float:
    egress = evacuation.egress
    spans = np.diff(egress.at_s, prepend=2.0 * egress.at_s[0] - egress.at_s[1] if len(egress.at_s) > 1 else 0.0)
    return float(spans[_by_time(egress.density) >= 4.0].sum()) / 60.0


def _minutes(seconds: float) -> float | None:
    return seconds / 60.0 if np.isfinite(seconds) else None


def _longest(gates: Sequence[GateRow]) -> float | None:
    waits = [row.longest_wait_min for row in gates if row.longest_queue > 0.5]
    return None if None in waits else max((wait for wait in waits if wait is not None), default=0.0)


def _gates(scenario: Crowd, balance: Balance, evacuation: Evacuation) -> tuple[GateRow, ...]:
    into, _out = capacities(scenario)
    by_name = {door.gate.name: at for at, door in enumerate(evacuation.doors)}
    rows = []
    for at, gate in enumerate(scenario.gates):
        queue = balance.queue[:, at]
        waiting = np.flatnonzero(queue > 0.5)
        door = by_name.get(gate.name)
        egress = evacuation.egress
        used = door is not None and egress.by_door[door] > 0.5
        rows.append(
            GateRow(
                name=gate.name,
                in_per_min=60.0 * float(into[at]),
                out_per_min=60.0 * capacity_of(gate, scenario.flow_factor) if gate.is_open else 0.0,
                admitted=float(balance.admitted[-1, at]),
                left=float(balance.left[-1, at]),
                longest_queue=float(queue.max()),
                longest_wait_min=_minutes(balance.longest_wait_s(at)),
                queue_m2=float(queue.max()) / QUEUE_PER_M2,
                queue_gone_min=_gone(balance, waiting),
                evacuated=float(egress.by_door[door]) if door is not None else 0.0,
                last_out_min=float(egress.last_by_door_s[door]) / 60.0 if door is not None and used else None,
            )
        )
    return tuple(rows)


def _gone(balance: Balance, waiting: NDArray[np.int64]) -> float | None:
    """When the last queue is over; None where it stays or there was none."""
    if not waiting.size or waiting[-1] + 1 >= len(balance.at_s):
        return None
    return float(balance.at_s[waiting[-1] + 1]) / 60.0


def _watched(scenario: Crowd, watch: Watch) -> WatchRow:
    density = watch.people / watch.area_m2
    if density > flow.DENSEST:
        raise ScenarioError(
            {
                "watches": tell(
                    "（{name}）：{density:.1f} 人/m² 超过 {limit:g}，请核对人数和面积",
                    name=watch.name,
                    density=density,
                    limit=flow.DENSEST,
                )
            }
        )
    variance = watch.speed_variance_m2_s2
    pressure = None if variance is None else float(flow.crowd_pressure(density, variance))
    if (pressure is not None and pressure >= flow.TURBULENT and density >= 4.0) or density >= 6.0:
        judgement = "踩踏危险：立即停止进入，从外向内逐层疏散"
    elif density >= 5.0:
        judgement = "极度拥挤：停止进入，开放旁侧出口"
    elif density >= 4.0 or (watch.opposing_share > 0.05 and density >= 2.0):
        judgement = "高度关注：控制进入，消除对流"
    else:
        judgement = "正常" if density < 2.0 else "关注"
    return WatchRow(
        name=watch.name,
        at_min=watch.at_min,
        per_m2=density,
        service=flow.level_of_service(density, SERVICE[scenario.kind]),
        pressure_s2=pressure,
        capacity_left=float(flow.counterflow_share(watch.opposing_share)),
        judgement=judgement,
    )


def _series(balance: Balance, area: float, capacity: float) -> tuple[Moment, ...]:
    picks = np.unique(np.linspace(0, len(balance.at_s) - 1, 121).astype(int)).tolist()
    return tuple(
        Moment(
            at_min=float(balance.at_s[at]) / 60.0,
            arrived=float(balance.arrived[at].sum()),
            admitted=float(balance.admitted[at].sum()),
            left=float(balance.left[at].sum()),
            queue=float(balance.queue[at].sum()),
            leaving=float(balance.leaving[at]),
            people=float(balance.people[at]),
            mean_per_m2=float(balance.people[at]) / area,
            share=float(balance.people[at]) / capacity,
        )
        for at in picks
    )


def _clearing(evacuation: Evacuation) -> tuple[ClearRow, ...]:
    egress = evacuation.egress
    start = float(egress.by_door.sum() + egress.remaining[-1])
    rows = [ClearRow(at_s=0.0, remaining=start)]
    rows += [
        ClearRow(at_s=float(at), remaining=float(left)) for at, left in zip(egress.at_s, egress.remaining, strict=True)
    ]
    return tuple(rows)


def _zones(fields: Fields) -> tuple[Zone, ...]:
    shots = np.unique(np.linspace(0, len(fields.at_s) - 1, EGRESS_SHOTS).astype(int)).tolist()
    zones = [_zone(fields, level, fields.density.max(axis=0), None) for level in LEVELS]
    for at in shots:
        zones += [_zone(fields, level, fields.density[at], float(fields.at_s[at])) for level in LEVELS]
    return tuple(zones)


def _zone(fields: Fields, level: Level, density: Array, at_s: float | None) -> Zone:
    rings = tuple(ring for polygon in outlines(fields.x, fields.y, density, level.value) for ring in polygon)
    reach = max((float(np.hypot(ring[:, 0], ring[:, 1]).max()) for ring in rings), default=0.0)
    return Zone(level=level, outlines=rings, reach_m=reach, at_s=at_s)


def _notes(scenario: Crowd, evacuation: Evacuation, fields: Fields) -> tuple[str, ...]:
    cell = float(fields.x[1] - fields.x[0])
    told = [
        "活动中的分布是假设（离看点指数递减、达到自然聚集密度后外扩），有现场计数时应以计数为准。",
        tell("局部密度为 {cell:.1f} m 网格内的平均，更小范围内可能更高。", cell=cell),
        "模型不算推挤力、跌倒和恐慌，也不预测伤亡：密度≥5人/m²或人群压力≥0.02/s²只表示踩踏的条件已具备。",
    ]
    if scenario.capacity is None:
        told.append(
            tell("未给核定容量，按 {density:g} 人/m² 估算（工程判断，待核对）。", density=DESIGN_PER_M2[scenario.kind])
        )
    if not scenario.counts:
        told.append("没有客流数据，只按当前人数计算。")
    if scenario.kind == "seated":
        told.append("坐席的排距和过道未单独建模，座区内步速可能更低。")
    if not np.isfinite(evacuation.egress.all_out_s):
        told.append("在2小时的计算时限内没有清空，请检查出口。")
    if evacuation.egress.density.max() >= 4.0:
        told.append("疏散时出口前出现≥4人/m²的拥堵，应有人在拥堵区上游分流。")
    return tuple(told)


def impact(scenario: Crowd, result: CrowdResult, points: NDArray) -> Impact:
    """What happens at places: severity by the greatest density there, when it first gets dense; no lethality."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    density = result.fields.at(places)
    severity = np.zeros(len(places), dtype=np.int64)
    for level in LEVELS[::-1]:
        severity[density.max(axis=0, initial=0.0) >= level.value] = level.severity
    dense = density >= LEVELS[-1].value
    arrival = np.where(dense.any(axis=0), result.fields.at_s[np.argmax(dense, axis=0)], np.nan)
    return Impact(severity=severity, lethality=np.full(len(places), np.nan), arrival_s=arrival)
