"""What is found of a gas leak (燃气泄漏结果)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.gas_leak.fires import Flame
from anlan.science.hazards.outcomes import Zone, found

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Release:
    """The leak over time."""

    initial_rate_kg_s: float = found("初始泄漏速率", "kg/s")
    initial_rate_m3_h: float = found("初始泄漏速率（标准状态）", "m³/h")
    held_rate_kg_s: float = found("不关阀时的稳定泄漏速率", "kg/s")
    is_choked: bool = found("孔口是否为临界（音速）流")
    line_pack_kg: float = found("两阀间管存", "kg")
    released_kg: float = found("推算时长内泄漏量", "kg")
    supplied_kg: float = found("关阀前补入量", "kg")
    remaining_kg: float = found("推算结束时管内剩余", "kg")
    emptied_min: float | None = found("泄漏速率降到初始1%的时间", "min", help="推算时长内未降到为空")
    time_s: Array = found("时间", "s")
    rate_kg_s: Array = found("泄漏速率", "kg/s")
    pressure_kpa: Array = found("泄漏处压力（表压）", "kPa")
    released_over_time_kg: Array = found("累计泄漏量", "kg")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Gas in the soil."""

    surfacing_radius_m: float | None = found("冒气范围半径（九成气量）", "m", help="地面封闭时无")
    reach_m: float = found("推算结束时土中达到爆炸下限的距离", "m")
    neighbour_min: float | None = found("到达最近建筑或井室的时间", "min", help="未到达为空；管沟、裂缝会快得多")


@dataclass(frozen=True, kw_only=True)
class Fire:
    """The leak burning."""

    rate_kg_s: float = found("燃烧速率", "kg/s")
    flame_length_m: float = found("火焰长度", "m")
    radiated_mw: float = found("热辐射功率", "MW")
    reach_4_m: float = found("4 kW/m² 距离", "m")
    reach_12_5_m: float = found("12.5 kW/m² 距离（木材引燃）", "m")
    reach_37_5_m: float = found("37.5 kW/m² 距离（设备破坏）", "m")
    impact_radius_m: float | None = found("潜在影响半径（ASME B31.8S）", "m", help="仅整管断开的天然气管道")
    flame: Flame = found("火焰")


@dataclass(frozen=True, kw_only=True)
class Indoors:
    """Gas in the closed space."""

    alarm_min: float | None = found("报警器动作的时间", "min")
    fifth_limit_min: float | None = found("达到20%爆炸下限的时间", "min")
    half_limit_min: float | None = found("达到50%爆炸下限的时间", "min")
    explosive_min: float | None = found("达到爆炸下限的时间", "min")
    too_rich_min: float | None = found("超过爆炸上限的时间", "min")
    explosive_for_min: float = found("处于爆炸范围的时长", "min")
    final_percent: float = found("推算结束时浓度", "%")
    highest_percent: float = found("最高浓度", "%")
    explosive_mass_kg: float = found("最危险时参与爆炸的燃气", "kg")
    pressure_kpa: float = found("室内爆炸超压", "kPa")
    damage: str = found("室内破坏程度")
    tnt_kg: float = found("TNT当量", "kg")
    time_s: Array = found("时间", "s")
    percent: Array = found("浓度", "%", help="管廊为沿程最高浓度")


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One way of closing valves."""

    valves: tuple[str, ...] = found("需关闭的阀门")
    is_isolated: bool = found("能否与全部气源隔断")
    minutes: float = found("关完所需时间", "min")
    homes: int = found("停气居民户数", "户")
    hospitals: tuple[str, ...] = found("停气医院")
    schools: tuple[str, ...] = found("停气学校")
    others: int = found("停气其他用户", "户")
    remaining_m3: float = found("隔断段内存气（标准状态）", "m³")
    bleeding_min: float | None = found("存气放空时间", "min", help="未隔断时为空")
    bleeding: tuple[str, ...] = found("隔断段内管段")


@dataclass(frozen=True, kw_only=True)
class Valves:
    """Which valves to close."""

    nearest: Closure = found("最近阀门（停气最少）")
    fewest: Closure = found("最少阀门（关阀最快）")


@dataclass(frozen=True, kw_only=True)
class GasLeakResult:
    """All that is found."""

    source: str = found("泄漏")
    grade: str = found("压力级别")
    lower_limit_percent: float = found("爆炸下限", "%")
    upper_limit_percent: float = found("爆炸上限", "%")
    relative_density: float = found("相对密度（空气为1）")
    release: Release = found("泄漏")
    ground: Ground | None = found("土壤")
    lfl_reach_m: float = found("可燃云距离（爆炸下限）", "m")
    half_lfl_reach_m: float = found("可燃云距离（半爆炸下限）", "m")
    cloud_mass_kg: float = found("射流内可燃气量", "kg")
    fire: Fire = found("喷射火")
    indoors: Indoors | None = found("密闭空间")
    valves: Valves | None = found("关阀方案")
    evacuation_m: float = found("建议疏散半径", "m")
    #: kg of TNT of the worst explosion considered, for `impact`.
    blast_tnt_kg: float = found("爆炸TNT当量", "kg")
    blast_at_s: float = found("可能爆炸的最早时间", "s")
    advice: tuple[str, ...] = found("处置建议")
    zones: tuple[Zone, ...] = ()
    notes: tuple[str, ...] = ()
