"""What an explosion does (爆炸后果)."""

from dataclasses import dataclass

from anlan.science.exposure.escalation import Chain
from anlan.science.hazards.explosion.blasts import Blast
from anlan.science.hazards.outcomes import Zone, found


@dataclass(frozen=True, kw_only=True)
class EffectRow:
    """The blast and what it does at one distance."""

    distance_m: float = found("距离", "m")
    overpressure_kpa: float = found("入射超压", "kPa")
    reflected_kpa: float = found("正反射超压", "kPa")
    impulse_kpa_ms: float = found("正压冲量", "kPa·ms")
    arrival_s: float = found("到达时间", "s")
    duration_ms: float = found("正压持续时间", "ms")
    death_outdoors: float = found("室外死亡概率")
    death_indoors: float = found("室内死亡概率")
    eardrum: float = found("鼓膜破裂概率")
    glass: float = found("玻璃破碎比例")
    collapse: float = found("砖房倒塌比例")


@dataclass(frozen=True, kw_only=True)
class NeighbourRow:
    """What the blast does to a vessel nearby."""

    name: str = found("设备")
    overpressure_kpa: float = found("入射超压", "kPa")
    threshold_kpa: float = found("升级阈值", "kPa")
    probability: float = found("破坏并升级的概率")


@dataclass(frozen=True, kw_only=True)
class ExplosionResult:
    """What an explosion does; figures that its source does not have are None."""

    source: str = found("爆源")
    energy_mj: float = found("参与爆炸的能量", "MJ")
    tnt_kg: float | None = found("TNT当量", "kg")
    lethal_outdoors_m: float = found("室外死亡概率50%的距离", "m")
    lethal_indoors_m: float = found("室内死亡概率50%的距离", "m")
    eardrum_m: float = found("鼓膜破裂50%的距离", "m")
    collapse_m: float = found("砖房倒塌50%的距离", "m")
    major_damage_m: float = found("房屋严重破坏50%的距离", "m")
    glass_m: float = found("玻璃破碎50%的距离", "m")
    dust_class: str | None = found("粉尘爆炸性分级")
    vent_needed_m2: float | None = found("所需泄爆面积", "m²")
    safety_distance_first_m: float | None = found("外部安全防护距离：高敏感、重要、一般一类（2 kPa）", "m")
    safety_distance_second_m: float | None = found("外部安全防护距离：一般二类（5 kPa）", "m")
    safety_distance_third_m: float | None = found("外部安全防护距离：一般三类（9 kPa）", "m")
    profile: tuple[EffectRow, ...] = found("随距离的效应")
    neighbours: tuple[NeighbourRow, ...] = found("邻近设备")
    chains: tuple[Chain, ...] = found("可能的事故链")
    zones: tuple[Zone, ...]
    notes: tuple[str, ...]
    #: The blast itself, for what happens at places; None where the enclosure holds.
    blast: Blast | None
