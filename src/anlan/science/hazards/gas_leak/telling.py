"""The result in words: advice for the scene, and what was assumed (处置建议与说明)."""

from anlan.science.hazards.gas_leak.result import GasLeakResult
from anlan.science.hazards.gas_leak.scenario import ENCLOSURES, SITES, SOIL_LABELS, GasLeak
from anlan.science.hazards.sentences import tell


def advice(scenario: GasLeak, result: GasLeakResult) -> tuple[str, ...]:
    """What the figures ask for, most urgent first."""
    told = [
        tell(
            "以泄漏点为中心至少 {reach:.0f} m 内疏散无关人员，禁止一切火源、电气开关和车辆启动；从上风向接近。",
            reach=result.evacuation_m,
        )
    ]
    inside = result.indoors
    if inside is not None and scenario.enclosure is not None:
        name = ENCLOSURES[scenario.enclosure.kind]
        if inside.explosive_min is None:
            told.append(
                tell(
                    "{name}内推算浓度最高 {percent:.1f}%，未达到爆炸下限；仍应检测后再进入。",
                    name=name,
                    percent=inside.highest_percent,
                )
            )
        else:
            told.append(
                tell(
                    "{name}约 {minutes:.1f} min 达到爆炸下限，应在此前断气、断电（从外部）、疏散并自然通风；不得在室内开关电器。",
                    name=name,
                    minutes=inside.explosive_min,
                )
            )
        if inside.too_rich_min is not None:
            told.append("浓度会超过爆炸上限：此时不爆炸并不安全，通风稀释时会重新经过爆炸范围，人员不得进入。")
        if inside.alarm_min is None:
            told.append("按所填设定值，报警器不会动作，不能以未报警判断安全。")
    if result.ground is not None:
        told.append("沿管线两侧逐一检测建筑、阀井、雨污水井和管沟；地面封闭时燃气可窜行更远，打孔放散由燃气企业实施。")
    if result.fire.impact_radius_m is not None:
        told.append(
            tell(
                "断管着火时不要急于灭火，先关阀降压，保护 {reach:.0f} m 内建筑；潜在影响半径 {radius:.0f} m 不是安全距离。",
                reach=result.fire.reach_12_5_m,
                radius=result.fire.impact_radius_m,
            )
        )
    if result.valves is not None:
        told += _valve_advice(result)
    return tuple(told)


def _valve_advice(result: GasLeakResult) -> list[str]:
    assert result.valves is not None
    nearest, fewest = result.valves.nearest, result.valves.fewest
    if not nearest.is_isolated:
        return ["现有可操作阀门不能把泄漏点与全部气源隔断：须在气源站停气或采取封堵、夹管等措施。"]
    stopped: list[str] = [tell("停气居民 {homes} 户", homes=nearest.homes)]
    if nearest.hospitals:
        stopped.append(tell("医院：{names}", names=nearest.hospitals))
    if nearest.schools:
        stopped.append(tell("学校：{names}", names=nearest.schools))
    told: list[str] = [
        tell(
            "关闭 {valves}，约 {minutes:.0f} min 可隔断，{stopped}；管内尚存约 {left:.0f} m³。",
            valves=nearest.valves or "（无须关阀）", minutes=nearest.minutes, stopped=_joined(stopped),
            left=nearest.remaining_m3,
        )
    ]  # fmt: skip
    if fewest.valves != nearest.valves:
        told.append(
            tell(
                "最少只需关 {count} 个阀门：{valves}，停气居民 {homes} 户。",
                count=len(fewest.valves),
                valves=fewest.valves,
                homes=fewest.homes,
            )
        )
    return told


def _joined(clauses: list[str]) -> str:
    """Clauses one after the other."""
    first, *others = clauses
    for one in others:
        first = tell("{first}，{then}", first=first, then=one)
    return first


def notes(scenario: GasLeak, result: GasLeakResult) -> tuple[str, ...]:
    """Assumptions, limits, and what was not known."""
    pipe, site = scenario.pipe, scenario.site
    told = [
        "管内流动按等温、忽略惯性计算；最初数秒的速率按孔口处满压计算，为上限。",
        "可燃云距离为静风自由射流的平均浓度，沿地面或贴墙射流约可远 1.5 倍；方向不定，按圆表示。",
        tell(
            "热辐射按点燃后 {seconds:g} s 内的平均泄漏速率、受体正对火焰计算，未计建筑遮挡。", seconds=site.exposure_s
        ),
        "室外爆炸按TNT当量法，近处偏大，仅供筛选；室内超压公式适用到 10 kPa，超过时只表示会严重破坏。",
    ]
    if not pipe.is_rupture and pipe.hole_mm > pipe.diameter_mm:
        told.append("泄漏孔大于管径，按全孔径开口计算。")
    if pipe.gas in ("natural_gas", "coal_gas", "lpg"):
        told.append("燃气组成为典型值，未取自本市气质报告。")
    if pipe.supply_limit_m3_h is None:
        told.append("未填供气能力：关阀前阀门处压力保持不变，泄漏量为上限。")
    if result.ground is not None:
        told.append(
            tell(
                "{site}：土质按均匀{soil}，距离不确定约 2 倍、时间约 5 倍；管沟、裂缝、污水管会使燃气更快更远。",
                site=SITES[site.kind],
                soil=SOIL_LABELS[site.soil],
            )
        )
    elif site.kind == "buried":
        told.append("泄漏强度足以冲开覆土，按敞开泄漏计算。")
    inside = result.indoors
    if inside is not None and inside.pressure_kpa > 10.0:
        told.append("室内超压超出泄压公式的适用范围（10 kPa）：墙体会先破坏，数值仅表示量级。")
    return tuple(told)
