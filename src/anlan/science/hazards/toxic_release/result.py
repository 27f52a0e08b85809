"""What is found of a toxic release (结果)."""

from dataclasses import dataclass

from anlan.science.hazards.outcomes import Zone, found


@dataclass(frozen=True, kw_only=True)
class Found:
    """Figures, zones and notes of a release; distances in metres downwind of the source."""

    substance: str = found("物质")
    released_kg: float = found("评估时长内泄出量", "kg")
    airborne_kg: float = found("评估时长内进入大气量", "kg")
    left_kg: float = found("评估时长末留在液池中的量", "kg")
    peak_rate_kg_s: float = found("进入大气的最大速率", "kg/s", help="瞬时释放为 nan")
    release_s: float = found("进入大气的持续时间", "s")
    flash_share: float = found("闪蒸份额")
    method: str = found("源强方法")
    stability: str = found("大气稳定度")
    wind_10m_m_s: float = found("10 m 风速", "m/s")
    model: str = found("扩散模型")
    #: Britter & McQuaid's number; heavy above 0.15 (plume) or 0.20 (puff).
    richardson: float = found("Britter–McQuaid 重气判别数")
    #: Farthest point by level, as a screening tool compares it: 60 min levels with the peak (ALOHA's way).
    screening_m: dict[str, float] = found("筛选口径距离：60 min 限值对峰值浓度", "m", help="与 ALOHA 的危险区口径一致")
    hot_m: float = found("热区建议半径（下风向）", "m")
    warm_m: float = found("温区建议边界（下风向）", "m")
    upwind_m: float = found("上风向警戒距离", "m")
    approach_deg: float = found("建议进入方位（从泄漏点看）", "°")
    shelter_ratio: float = found("温区边界处室内外毒性负荷之比")
    advice: tuple[str, ...] = found("行动建议")
    zones: tuple[Zone, ...] = found("影响范围")
    notes: tuple[str, ...]
