"""What a crowd does: how many, how dense, how long they wait and need to leave, and what to do about it (人群聚集结果)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.outcomes import Zone, found


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Counts at a time."""

    at_min: float = found("时间", "min")
    arrived: float = found("累计到达", "人")
    admitted: float = found("累计入场", "人")
    left: float = found("累计离场", "人")
    queue: float = found("入口外排队", "人")
    leaving: float = found("场内等待离场", "人")
    people: float = found("场内人数", "人")
    mean_per_m2: float = found("平均密度", "人/m²")
    share: float = found("占容量的比例")


@dataclass(frozen=True, kw_only=True)
class GateRow:
    """One gate: what it passes, how long people wait there, and its part in the evacuation."""

    name: str = found("出入口")
    in_per_min: float = found("入场能力", "人/min")
    out_per_min: float = found("疏散能力", "人/min")
    admitted: float = found("入场人数", "人")
    left: float = found("离场人数", "人")
    longest_queue: float = found("最长排队", "人")
    #: None is that not all who queue get in.
    longest_wait_min: float | None = found("最长等待", "min")
    queue_m2: float = found("排队所需面积（2人/m²）", "m²")
    queue_gone_min: float | None = found("排队消散时间", "min")
    evacuated: float = found("疏散经过人数", "人")
    last_out_min: float | None = found("疏散最后一人通过", "min")


@dataclass(frozen=True, kw_only=True)
class WarningRow:
    """A threshold and when it is reached."""

    level: str = found("预警")
    what: str = found("指标")
    value: str = found("阈值")
    reached_min: float | None = found("达到时间", "min")
    source: str = found("依据")


@dataclass(frozen=True, kw_only=True)
class WatchRow:
    """What the counted places say of crushing."""

    name: str = found("位置")
    at_min: float = found("时间", "min")
    per_m2: float = found("密度", "人/m²")
    service: str = found("服务水平")
    pressure_s2: float | None = found("人群压力", "1/s²")
    capacity_left: float = found("对向流后的通行能力比例")
    judgement: str = found("判断")


@dataclass(frozen=True, kw_only=True)
class AdviceRow:
    """One thing to do, with its figures."""

    text: str = found("建议")


@dataclass(frozen=True, kw_only=True)
class ClearRow:
    """People still inside after the call to leave."""

    at_s: float = found("疏散开始后", "s")
    remaining: float = found("场内剩余", "人")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Density on a grid over time; arrays of places in metres, density (times, rows, columns)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inside: NDArray[np.bool_]
    at_s: NDArray[np.float64]
    density: NDArray[np.float64]

    def at(self, points: NDArray) -> NDArray[np.float64]:
        """Density over time of the cell at each place, shape (times, places); 0 outside the grid."""
        cell = self.x[1] - self.x[0]
        column = np.rint((points[:, 0] - self.x[0]) / cell).astype(int)
        row = np.rint((points[:, 1] - self.y[0]) / cell).astype(int)
        known = (column >= 0) & (column < len(self.x)) & (row >= 0) & (row < len(self.y))
        values = self.density[:, np.clip(row, 0, len(self.y) - 1), np.clip(column, 0, len(self.x) - 1)]
        return np.where(known, values, 0.0)


@dataclass(frozen=True, kw_only=True)
class CrowdResult:
    """What a crowd does in a venue; times of the event count from its start."""

    area_m2: float = found("可行走面积", "m²")
    capacity: float = found("容量", "人")
    permit: str = found("大型群众性活动许可")
    peak_people: float = found("最多场内人数", "人")
    peak_people_min: float = found("人数最多的时间", "min")
    capacity_share: float = found("最多人数占容量")
    mean_per_m2: float = found("最多时平均密度", "人/m²")
    service: str = found("最多时服务水平（Fruin）")
    peak_per_m2: float = found("活动中最大局部密度", "人/m²")
    peak_east_m: float = found("最密处东向坐标", "m")
    peak_north_m: float = found("最密处北向坐标", "m")
    longest_queue: float = found("入口外最长排队", "人")
    longest_wait_min: float | None = found("入口最长等待", "min")
    closed_at_min: float | None = found("入口关闭时间", "min")
    evacuate_at_min: float = found("疏散开始时间", "min")
    evacuated_people: float = found("疏散人数", "人")
    evacuation: str = found("疏散算法")
    #: None is that the time limit of the computation did not suffice.
    clear_95_min: float | None = found("95%离场用时", "min")
    clear_min: float | None = found("清场用时", "min")
    clear_hydraulic_min: float | None = found("水力法清场用时（出口满负荷）", "min")
    clear_balanced_min: float | None = found("均衡引导时的清场用时", "min")
    margin_min: float | None = found("与要求清场时间之差", "min")
    egress_per_m2: float = found("疏散中最大局部密度", "人/m²")
    egress_east_m: float = found("疏散最堵处东向坐标", "m")
    egress_north_m: float = found("疏散最堵处北向坐标", "m")
    jam_min: float = found("疏散中有≥4人/m²拥堵的时间", "min")
    instant_capacity: float | None = found("瞬时最大承载量 C1", "人")
    daily_capacity: float | None = found("日最大承载量 C2", "人")
    advice: tuple[AdviceRow, ...] = found("建议")
    warnings: tuple[WarningRow, ...] = found("预警时间")
    gates: tuple[GateRow, ...] = found("出入口")
    watches: tuple[WatchRow, ...] = found("现场观测")
    series: tuple[Moment, ...] = found("客流过程")
    clearing: tuple[ClearRow, ...] = found("疏散过程")
    zones: tuple[Zone, ...]
    notes: tuple[str, ...]
    #: Density over the event and the evacuation, for what happens at places.
    fields: Fields
