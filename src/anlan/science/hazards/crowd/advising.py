"""Thresholds with the times when they are reached, and what to do about them (预警与建议)."""

import math

import numpy as np

from anlan.science.hazards.crowd.balance import Balance, capacities
from anlan.science.hazards.crowd.evacuating import Evacuation
from anlan.science.hazards.crowd.result import AdviceRow, GateRow, WarningRow
from anlan.science.hazards.crowd.scenario import Crowd
from anlan.science.hazards.crowd.venue import capacity_of
from anlan.science.hazards.sentences import tell

_TOURISM = "LB/T 034-2014（80%预警、100%停止入园：回忆，待核对）"
#: Waiting outside from which crowds turn restless, min. An engineering judgement (待核对).
LONG_WAIT_MIN = 30.0


def permit(people: float) -> str:
    """Who has to permit an event with so many people at once or in all, by the State Council's order 505, articles 2, 12.

    >>> permit(999), permit(1000)[:6], permit(5000)[:6]
    ('预计不足1000人，不属大型群众性活动', '县级公安机关', '设区的市级公')
    """
    if people >= 5000:
        return "设区的市级公安机关安全许可（国令505第12条：5000人以上）"
    if people >= 1000:
        return "县级公安机关安全许可（国令505第2、12条：1000人以上）"
    return "预计不足1000人，不属大型群众性活动"


def crossing_min(times_s: np.ndarray, values: np.ndarray, threshold: float) -> float | None:
    """When a series first reaches a threshold, min, straight between its values; None where it does not.

    >>> crossing_min(np.array([60.0, 120.0]), np.array([10.0, 20.0]), 15.0)
    1.5
    """
    at = np.flatnonzero(values >= threshold)
    if not at.size:
        return None
    first = int(at[0])
    if first == 0:
        return float(times_s[0]) / 60.0
    before, after = values[first - 1], values[first]
    share = (threshold - before) / (after - before)
    return float(times_s[first - 1] + share * (times_s[first] - times_s[first - 1])) / 60.0


def warnings(
    scenario: Crowd, balance: Balance, capacity: float, times_s: np.ndarray, densest: np.ndarray
) -> tuple[WarningRow, ...]:
    """All thresholds; `densest` is the greatest local density at `times_s` of the event."""
    rows = [
        WarningRow(level=level, what="场内人数/容量", value=f"{share:.0%}", source=_TOURISM,
                   reached_min=crossing_min(balance.at_s, balance.people, share * capacity))
        for level, share in (("黄色", 0.8), ("红色", 1.0))
    ]  # fmt: skip
    rows += [
        WarningRow(level=level, what="局部密度", value=tell("{value:g} 人/m²", value=value), source="Fruin、Still（分级为设计值，待核对）",
                   reached_min=crossing_min(times_s, densest, value))
        for level, value in (("蓝色", 2.0), ("黄色", 3.0), ("橙色", 4.0), ("红色", 5.0))
    ]  # fmt: skip
    into, _out = capacities(scenario)
    waiting = balance.queue.sum(axis=1) / max(into.sum(), 1e-9) / 60.0
    rows.append(
        WarningRow(level="黄色", what="入口预计等待", value=f"{LONG_WAIT_MIN:g} min", source="工程判断，待核对",
                   reached_min=crossing_min(balance.at_s, waiting, LONG_WAIT_MIN))
    )  # fmt: skip
    return tuple(rows)


def advice(
    scenario: Crowd, balance: Balance, capacity: float, evacuation: Evacuation, gates: tuple[GateRow, ...]
) -> tuple[AdviceRow, ...]:
    """What to do, each with its figure."""
    told = (
        *_on_entrances(scenario, balance, capacity),
        *_on_queues(scenario, balance, gates),
        *_on_clearing(scenario, evacuation),
    )
    return tuple(AdviceRow(text=one) for one in told)


def _on_entrances(scenario: Crowd, balance: Balance, capacity: float) -> list[str]:
    full = crossing_min(balance.at_s, balance.people, capacity)
    if full is None:
        return []
    latest = full - scenario.closing_min
    start, end = np.interp([max(full - 10.0, 0.0) * 60.0, full * 60.0], balance.at_s, balance.admitted.sum(axis=1))
    told: list[str] = [
        tell(
            "第 {full:.0f} min 达到容量：关闭入口需 {closing:g} min，{when}；此前10 min入场 {rate:.0f} 人/min。",
            full=full, closing=scenario.closing_min, rate=(end - start) / min(10.0, max(full, 0.1)),
            when=tell("最迟第 {latest:.0f} min 下令关闭", latest=latest) if latest > 0 else "应立即下令关闭",
        )
    ]  # fmt: skip
    if balance.queue[-1].sum() > 0.5:
        told.append(
            tell("仍有 {people:.0f} 人未能入场，应在外围分流并告知，勿让其涌向入口。", people=balance.queue[-1].sum())
        )
    return told


def _on_queues(scenario: Crowd, balance: Balance, gates: tuple[GateRow, ...]) -> list[str]:
    told = []
    for at, (gate, row) in enumerate(zip(scenario.gates, gates, strict=True)):
        late = row.longest_wait_min is None or row.longest_wait_min > LONG_WAIT_MIN
        if late and row.longest_queue > 1.0:
            rate = np.diff(balance.arrived[:, at], prepend=0.0).max() / (balance.at_s[0] / 60.0)
            if balance.closed_at_s is not None and rate <= row.in_per_min:  # it is the closing that they queue for
                told.append(
                    tell(
                        "“{gate}”关闭入场后外面积压 {queue:.0f} 人，应在外围拦截分流、告知不再放行，并腾出 {area:.0f} m²。",
                        gate=gate.name,
                        queue=row.longest_queue,
                        area=row.queue_m2,
                    )
                )
            elif gate.checked_per_min is not None and rate > row.in_per_min > 0 and gate.is_open:
                more = math.ceil(100.0 * (rate / row.in_per_min - 1.0))
                told.append(
                    tell(
                        "“{gate}”排队最长 {queue:.0f} 人：到达高峰 {rate:.0f} 人/min 超过能力 {most:.0f} 人/min，检票安检能力应再加 {more}%，或设蛇形排队区 {area:.0f} m²。",
                        gate=gate.name,
                        queue=row.longest_queue,
                        rate=rate,
                        most=row.in_per_min,
                        more=more,
                        area=row.queue_m2,
                    )
                )
            else:
                told.append(
                    tell(
                        "“{gate}”排队最长 {queue:.0f} 人，应分流到其他入口或错峰。",
                        gate=gate.name,
                        queue=row.longest_queue,
                    )
                )
        if gate.use == "both" and row.admitted > 1.0 and row.left > 1.0:
            entering, leaving = np.diff(balance.admitted[:, at]), np.diff(balance.left[:, at])
            at_once = (np.minimum(entering, leaving) > 0.02 * np.maximum(entering, leaving)) & (leaving > 0)
            if at_once.any():
                told.append(
                    tell(
                        "“{gate}”第 {minute:.0f} min 起进出对流，应改单向或用硬隔离分开进出。",
                        gate=gate.name,
                        minute=balance.at_s[1:][at_once][0] / 60,
                    )
                )
    return told


def _on_clearing(scenario: Crowd, evacuation: Evacuation) -> list[str]:
    egress, target = evacuation.egress, 60.0 * scenario.clear_within_min
    told: list[str] = []
    if egress.all_out_s <= target:
        return told
    people = egress.by_door.sum() + egress.remaining[-1]
    open_now = sum(capacity_of(door.gate, scenario.flow_factor) for door in evacuation.doors)
    moving_s = target - scenario.reaction_s
    took = f"{egress.all_out_s / 60:.1f} min" if np.isfinite(egress.all_out_s) else "超出计算时限"
    told.append(tell("清场用时 {took}，超过要求的 {limit:g} min。", took=took, limit=scenario.clear_within_min))
    if evacuation.balanced_s < 0.95 * egress.all_out_s and scenario.choice == "nearest":
        told.append(
            tell("把人群均衡引导到各出口，清场可缩短到约 {minutes:.1f} min。", minutes=evacuation.balanced_s / 60)
        )
    for gate in scenario.gates:
        if not gate.is_open:
            more = capacity_of(gate, scenario.flow_factor)
            told.append(
                tell(
                    "打开“{gate}”增加 {more:.0f} 人/min，出口满负荷用时由 {before:.1f} 降到 {after:.1f} min。",
                    gate=gate.name,
                    more=60 * more,
                    before=evacuation.hydraulic_s / 60,
                    after=(scenario.reaction_s + people / (open_now + more)) / 60,
                )
            )
    if moving_s > 0 and people / moving_s > open_now:
        wider = (people / moving_s - open_now) / (1.316 * scenario.flow_factor)
        fewer = open_now * moving_s
        told.append(
            tell(
                "按出口能力需再加有效宽度 {wider:.1f} m，或把场内人数控制在 {fewer:.0f} 人以内。",
                wider=wider,
                fewer=fewer,
            )
        )
    elif moving_s <= 0:
        told.append("反应时间已超过要求的清场时间，应先改进通知和引导。")
    return told
