"""What a fire does (火灾后果)."""

from dataclasses import dataclass

from anlan.science.exposure.escalation import Chain
from anlan.science.hazards.fire.fields import HeatField
from anlan.science.hazards.outcomes import Zone, found


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """Heat and what it does at one distance, where the flame points or downwind."""

    distance_m: float = found("距离（火焰所指或下风方向）", "m")
    heat_kw_m2: float = found("热辐射强度", "kW/m²")
    dose: float = found("热剂量", "(kW/m²)^(4/3)·s")
    death: float = found("死亡概率")


@dataclass(frozen=True, kw_only=True)
class HeatedRow:
    """What the fire does to a vessel nearby."""

    name: str = found("设备")
    heat_kw_m2: float = found("热辐射强度", "kW/m²")
    threshold_kw_m2: float = found("升级阈值", "kW/m²")
    to_failure_min: float | None = found("无保护时的失效时间", "min")
    probability: float = found("失效并升级的概率")


@dataclass(frozen=True, kw_only=True)
class FireResult:
    """What a fire does; figures that its kind does not have are None."""

    source: str = found("火灾")
    duration_s: float = found("持续时间", "s")
    diameter_m: float | None = found("火球或液池直径", "m")
    height_m: float | None = found("火球中心高度", "m")
    flame_length_m: float | None = found("火焰长度", "m")
    tilt_deg: float | None = found("火焰倾角", "°")
    burning_kg_s: float | None = found("燃烧或泄漏速率", "kg/s")
    emissive_kw_m2: float | None = found("表面辐射强度", "kW/m²")
    radiated_share: float | None = found("辐射份额")
    lethal_half_m: float = found("死亡概率50%的最远距离", "m")
    lethal_hundredth_m: float = found("死亡概率1%的最远距离", "m")
    profile: tuple[HeatRow, ...] = found("随距离的效应")
    neighbours: tuple[HeatedRow, ...] = found("邻近设备")
    chains: tuple[Chain, ...] = found("可能的事故链")
    zones: tuple[Zone, ...]
    notes: tuple[str, ...]
    #: The heat itself, for what happens at places.
    field: HeatField
