"""From a scenario to its flame, and from the flame to zones, deaths and chains (火灾计算)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.exposure import escalation, vulnerability
from anlan.science.geo.contours import outlines
from anlan.science.hazards.declaring import ScenarioError, check
from anlan.science.hazards.distances import with_asked
from anlan.science.hazards.fire import flames
from anlan.science.hazards.fire.fields import CloudField, FlameField, HeatField, SphereField
from anlan.science.hazards.fire.radiation import Array, vapour_pressure_pa
from anlan.science.hazards.fire.result import FireResult, HeatedRow, HeatRow
from anlan.science.hazards.fire.scenario import (
    Fire,
    FireballSource,
    FlashSource,
    HeatedNeighbour,
    JetSource,
    PoolSource,
)
from anlan.science.hazards.fuels import FUELS
from anlan.science.hazards.outcomes import Impact, Level, Zone, circle
from anlan.science.hazards.sentences import tell

_HEAT = "热辐射伤害与损失表（世界银行1985，国内池火评价通用；数值与公开安全评价文本互校，AQ/T 3046-2013 原文待核对）"
#: Heat of the zones in kW/m2, gravest first.
LEVELS = (
    Level(
        code="heat_37.5",
        label="死亡区（1 min 内全部死亡，设备损坏）",
        value=37.5,
        unit="kW/m²",
        severity=4,
        source=_HEAT,
    ),
    Level(
        code="heat_12.5", label="重伤区（木材引燃，10 s 一度烧伤）", value=12.5, unit="kW/m²", severity=3, source=_HEAT
    ),
    Level(code="heat_4", label="轻伤区（20 s 以上疼痛、起泡）", value=4.0, unit="kW/m²", severity=2, source=_HEAT),
    Level(code="heat_1.6", label="安全限值（长时间无不适）", value=1.6, unit="kW/m²", severity=1, source=_HEAT),
)
_PURPLE = "Purple Book CPR 18E 5.3：闪火范围内死亡（回忆，待核对）"
FLASH_LEVELS = (
    Level(code="lower_limit", label="闪火范围（LFL）", value=1.0, unit="LFL", severity=4, source=_PURPLE),
    Level(
        code="half_limit", label="可能有火团的范围（1/2 LFL）", value=0.5, unit="LFL", severity=2,
        source="CCPS 等以1/2 LFL计浓度脉动（回忆，待核对）",
    ),
)  # fmt: skip
PROFILE_AT_M = (10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 750.0, 1000.0)
#: A pool without a given volume burns so long, s.
POOL_LASTS_S = 3600.0
#: Places along one side of the grid of a zone.
GRID = 45


@dataclass(frozen=True, kw_only=True)
class Burning:
    """A source turned into its heat."""

    label: str
    field: HeatField
    duration_s: float
    notes: tuple[str, ...]
    diameter_m: float | None = None
    height_m: float | None = None
    flame_length_m: float | None = None
    tilt_deg: float | None = None
    burning_kg_s: float | None = None
    emissive_w_m2: float | None = None
    radiated_share: float | None = None


def downwind(scenario: Fire) -> Array:
    """The unit vector, east and north, to which the wind blows.

    >>> fire = Fire(flash=FlashSource(lower_limit_m=10, lower_limit_width_m=5), wind_from_deg=270.0)
    >>> downwind(fire).round(3).tolist()
    [1.0, 0.0]
    """
    angle = math.radians(scenario.wind_from_deg)
    return np.array([-math.sin(angle), -math.cos(angle)])


def _vapour_pa(scenario: Fire) -> float:
    return vapour_pressure_pa(scenario.temperature_c, scenario.humidity_percent / 100.0)


def _fireball(scenario: Fire, source: FireballSource) -> Burning:
    fuel = FUELS[source.fuel]
    ball = flames.fireball(source.mass_kg, source.burst_bar * 1e5, fuel)
    notes = [
        "静态火球（最大直径持续全程），近处剂量偏大；火球初期贴地，直径内按全部死亡。",
        "容器爆破的冲击波与碎片未计算（碎片可达数百米）。",
    ]
    if ball.emissive_w_m2 >= flames.BRIGHTEST_FIREBALL_W_M2:
        notes.append("表面辐射强度已按400 kW/m²封顶。")
    return Burning(
        label=tell("{fuel} {released:g} kg 火球", fuel=fuel.label, released=source.mass_kg),
        field=SphereField(
            radius_m=ball.diameter_m / 2, height_m=ball.height_m, emissive_w_m2=ball.emissive_w_m2,
            vapour_pa=_vapour_pa(scenario),
        ),
        duration_s=ball.duration_s,
        diameter_m=ball.diameter_m,
        height_m=ball.height_m,
        emissive_w_m2=ball.emissive_w_m2,
        radiated_share=ball.radiated_share,
        notes=tuple(notes),
    )  # fmt: skip


def _pool(scenario: Fire, source: PoolSource) -> Burning:
    fuel = FUELS[source.fuel]
    diameter = math.sqrt(4.0 * source.area_m2 / math.pi)
    rate = source.burning_rate_kg_m2_s or flames.burning_rate_kg_m2_s(fuel, diameter)
    fire = flames.pool_flame(
        diameter_m=diameter, rate_kg_m2_s=rate, heat_j_kg=fuel.heat_of_combustion_j_kg, wind_m_s=scenario.wind_m_s,
        air_kg_m3=flames.air_density_kg_m3(scenario.temperature_c), radiated_share=source.radiated_share,
        soot_share=fuel.soot_share,
    )  # fmt: skip
    duration = POOL_LASTS_S
    if source.liquid_m3 is not None:
        duration = source.liquid_m3 * fuel.liquid_density_kg_m3 / (rate * source.area_m2)
    return Burning(
        label=tell("{fuel}池火（{area:g} m²）", fuel=fuel.label, area=source.area_m2),
        field=FlameField(flame=flames.standing(fire, downwind(scenario)), vapour_pa=_vapour_pa(scenario)),
        duration_s=duration,
        diameter_m=diameter,
        flame_length_m=fire.flame_length_m,
        tilt_deg=fire.tilt_deg,
        burning_kg_s=rate * source.area_m2,
        emissive_w_m2=fire.emissive_w_m2,
        radiated_share=source.radiated_share,
        notes=(
            tell(
                "烟尘遮挡份额取 {share:g}（Yellow Book 6.20）；大直径油池火常更暗，按此偏安全。", share=fuel.soot_share
            ),
            "风使火焰底面拉长的部分未计；距火焰表面0.1倍半径以内视角系数可偏低两成。",
        ),
    )


def _jet(scenario: Fire, source: JetSource) -> Burning:
    fuel = FUELS[source.fuel]
    up, towards = math.radians(source.elevation_deg), math.radians(source.towards_deg)
    axis = np.array([math.cos(up) * math.sin(towards), math.cos(up) * math.cos(towards), math.sin(up)])
    wind = np.append(downwind(scenario), 0.0)
    angle = math.degrees(math.acos(float(np.clip(axis @ wind, -1.0, 1.0))))
    fire = flames.jet_flame(
        hole_m=source.hole_mm / 1e3, pressure_pa=source.pressure_bar * 1e5, kelvin=source.temperature_c + 273.15,
        fuel=fuel, wind_m_s=scenario.wind_m_s, angle_deg=angle,
        air_kg_m3=flames.air_density_kg_m3(scenario.temperature_c), discharge=source.discharge_coefficient,
    )  # fmt: skip
    flame = flames.blowing(fire, hole_axis=axis, downwind=wind, height_m=source.height_m)
    return Burning(
        label=tell(
            "{fuel}喷射火（{hole:g} mm，{bar:g} bar）", fuel=fuel.label, hole=source.hole_mm, bar=source.pressure_bar
        ),
        field=FlameField(flame=flame, vapour_pa=_vapour_pa(scenario)),
        duration_s=source.lasts_min * 60.0,
        flame_length_m=fire.flame_length_m,
        tilt_deg=fire.tilt_deg,
        burning_kg_s=fire.rate_kg_s,
        emissive_w_m2=fire.emissive_w_m2,
        radiated_share=fire.radiated_share,
        notes=(
            "只算气相泄漏；液相或两相喷射的火焰更长更亮，不能用本结果代替。",
            "压力按恒定；水平喷射火焰的上飘未计，对地面偏安全。",
            "Chamberlain模型由天然气火炬试验得出，用于其他气体和水平喷射为外推（Yellow Book同样这样用）。",
        ),
    )


def _flash(scenario: Fire, source: FlashSource) -> Burning:
    wind = downwind(scenario)
    return Burning(
        label="闪火",
        field=CloudField(
            length_m=source.lower_limit_m, width_m=source.lower_limit_width_m, downwind=(float(wind[0]), float(wind[1]))
        ),
        duration_s=source.lower_limit_m / 10.0,
        notes=(
            "气云范围由扩散计算给出，本模型不计算扩散；范围内按全部死亡，范围外不计辐射。",
            "持续时间按火焰10 m/s估算（待核对）；拥塞处可能转为爆炸，另用“爆炸”计算。",
        ),
    )


def burning_of(scenario: Fire) -> Burning:
    """The scenario's source as a heat field."""
    if scenario.fireball is not None:
        return _fireball(scenario, scenario.fireball)
    if scenario.pool is not None:
        return _pool(scenario, scenario.pool)
    if scenario.jet is not None:
        if scenario.jet.elevation_deg < 90.0 and scenario.jet.height_m > 100.0:
            raise ScenarioError({"jet.height_m": "（孔离地高度）：100 m 以上只支持竖直火炬"})
        return _jet(scenario, scenario.jet)
    assert scenario.flash is not None
    return _flash(scenario, scenario.flash)


def death(scenario: Fire, field: HeatField, lasts_s: float, places: NDArray) -> Array:
    """Probability of death at places: engulfed, or by the dose that is taken before shelter or escape."""
    seconds = vulnerability.exposure_seconds(
        field.distance_m(places),
        min(lasts_s, scenario.exposure_s),
        reaction_s=scenario.reaction_s,
        escape_m_s=scenario.escape_m_s,
    )
    by_heat = vulnerability.heat_death(
        field.heat_w_m2(places), seconds, probit=scenario.probit, clothed=scenario.is_clothed
    )
    return np.where(field.engulfs(places), 1.0, by_heat)


@dataclass(frozen=True, kw_only=True)
class Around:
    """Heat and death on rays all round the origin; arrays have the shape (rays, distances)."""

    rays: Array
    distances_m: Array
    heat_w_m2: Array
    death: Array


def _around(scenario: Fire, burning: Burning) -> Around:
    angle = np.linspace(0.0, 2.0 * np.pi, 36, endpoint=False)
    rays = np.column_stack((np.sin(angle), np.cos(angle)))
    distances = np.geomspace(0.1, 80.0, 64) * burning.field.size_m
    places = (rays[:, None, :] * distances[:, None]).reshape(-1, 2)
    shape = (len(rays), len(distances))
    return Around(
        rays=rays,
        distances_m=distances,
        heat_w_m2=burning.field.heat_w_m2(places).reshape(shape),
        death=death(scenario, burning.field, burning.duration_s, places).reshape(shape),
    )


def _zone(field: HeatField, level: Level, around: Around) -> Zone:
    threshold = level.value * 1e3
    if isinstance(field, SphereField):
        return circle(level, _reach_of_sphere(field, threshold))
    ray, at = np.nonzero(around.heat_w_m2 >= threshold)
    if not ray.size:
        return Zone(level=level, outlines=(), reach_m=0.0)
    reached = around.rays[ray] * around.distances_m[at, None]
    margin = 0.2 * float(around.distances_m[at].max())
    east, north = (
        np.linspace(reached[:, axis].min() - margin, reached[:, axis].max() + margin, GRID) for axis in range(2)
    )
    heat = field.heat_w_m2(np.array(np.meshgrid(east, north)).reshape(2, -1).T).reshape(GRID, GRID)
    # Outsides only: what looks like a hole or an islet lies too near the flame for its panels.
    outsides = [polygon[0] for polygon in outlines(east, north, np.log(heat + 1.0), math.log(threshold + 1.0))]
    sizes = [float(np.prod(np.ptp(ring, axis=0))) for ring in outsides]
    kept = tuple(ring for ring, size in zip(outsides, sizes, strict=True) if size >= 0.05 * max(sizes))
    reach = max((float(np.hypot(*ring.T).max()) for ring in kept), default=0.0)
    return Zone(level=level, outlines=kept, reach_m=reach)


def _reach_of_sphere(field: SphereField, heat_w_m2: float) -> float:
    grid = np.append(0.0, np.geomspace(0.05 * field.radius_m, 300.0 * field.radius_m, 2000))
    above = np.flatnonzero(field.heat_w_m2(np.column_stack((grid, 0.0 * grid))) >= heat_w_m2)
    return float(grid[above[-1]]) if above.size else 0.0


def _zones(scenario: Fire, burning: Burning, around: Around) -> tuple[Zone, ...]:
    if isinstance(burning.field, CloudField):
        source = scenario.flash
        assert source is not None
        zones = [Zone(level=FLASH_LEVELS[0], outlines=(burning.field.outline(),), reach_m=source.lower_limit_m)]
        if source.half_limit_m is not None:
            stretched = burning.field.outline(source.half_limit_m / source.lower_limit_m)
            zones.append(Zone(level=FLASH_LEVELS[1], outlines=(stretched,), reach_m=source.half_limit_m))
        return tuple(zones)
    return tuple(_zone(burning.field, level, around) for level in LEVELS)


def _facing(scenario: Fire, burning: Burning) -> Array:
    """The direction of the profile: where a flame points, else downwind."""
    if isinstance(burning.field, FlameField):
        tip = np.array(burning.field.flame.tip[:2])
        if np.hypot(*tip) > 1e-6:
            return tip / np.hypot(*tip)
    return downwind(scenario)


def _profile(scenario: Fire, burning: Burning) -> tuple[HeatRow, ...]:
    away = np.array(with_asked(PROFILE_AT_M, scenario.at_m))
    places = away[:, None] * _facing(scenario, burning)
    heat = burning.field.heat_w_m2(places)
    dose = vulnerability.heat_dose(heat, min(burning.duration_s, scenario.exposure_s)) / 1e4
    columns = np.column_stack((away, heat / 1e3, dose, death(scenario, burning.field, burning.duration_s, places)))
    return tuple(HeatRow(distance_m=d, heat_kw_m2=q, dose=s, death=p) for d, q, s, p in columns.tolist())


def _farthest_death_m(scenario: Fire, burning: Burning, around: Around, share: float) -> float:
    """Farthest from the origin, in any direction, that so many die."""
    ray, at = np.nonzero(around.death >= share)
    if not ray.size:
        return 0.0
    farthest = int(np.argmax(at))
    start = around.distances_m[at[farthest]]
    grid = np.linspace(start, 1.13 * start, 60)
    ray_places = grid[:, None] * around.rays[ray[farthest]]
    there = death(scenario, burning.field, burning.duration_s, ray_places) >= share
    return float(grid[np.flatnonzero(there)[-1]]) if there.any() else float(start)


def _neighbour_pool(scenario: Fire, one: HeatedNeighbour) -> Burning:
    return _pool(scenario, PoolSource(fuel=one.fuel, area_m2=max(one.pool_area_m2, 0.8)))


def _domino(scenario: Fire, burning: Burning) -> tuple[tuple[HeatedRow, ...], tuple[escalation.Chain, ...]]:
    near = scenario.neighbours
    places = np.array([(one.east_m, one.north_m) for one in near])
    heat = burning.field.heat_w_m2(places)
    first = np.zeros(len(near))
    onward = np.zeros((len(near), len(near)))
    rows = []
    for at, one in enumerate(near):
        first[at] = escalation.heat_escalation(heat[at], burning.duration_s, one.volume_m3, one.kind)
        minutes = float(escalation.seconds_to_failure(heat[at], one.volume_m3, one.kind)) / 60.0
        rows.append(
            HeatedRow(
                name=one.name,
                heat_kw_m2=float(heat[at]) / 1e3,
                threshold_kw_m2=escalation.EQUIPMENT[one.kind].heat_w_m2 / 1e3,
                to_failure_min=minutes if minutes < 1440.0 else None,
                probability=float(first[at]),
            )
        )
        if one.pool_area_m2 > 0.0:
            passed = _neighbour_pool(scenario, one).field.heat_w_m2(places - places[at])
            for to, other in enumerate(near):
                if to != at:
                    onward[at, to] = escalation.heat_escalation(passed[to], POOL_LASTS_S, other.volume_m3, other.kind)
    return tuple(rows), escalation.chains([one.name for one in near], first, onward)


_LIMITS = ("平坦地面、无遮挡；建筑物、树木和水幕的遮挡未计。", "烟气毒性与次生爆炸未计算。")


def run(scenario: Fire) -> FireResult:
    """What a fire does; ScenarioError where the inputs are outside the model."""
    check(scenario)
    burning = burning_of(scenario)
    around = _around(scenario, burning)
    rows, found_chains = _domino(scenario, burning) if scenario.neighbours else ((), ())
    return FireResult(
        source=burning.label,
        duration_s=burning.duration_s,
        diameter_m=burning.diameter_m,
        height_m=burning.height_m,
        flame_length_m=burning.flame_length_m,
        tilt_deg=burning.tilt_deg,
        burning_kg_s=burning.burning_kg_s,
        emissive_kw_m2=None if burning.emissive_w_m2 is None else burning.emissive_w_m2 / 1e3,
        radiated_share=burning.radiated_share,
        lethal_half_m=_farthest_death_m(scenario, burning, around, 0.5),
        lethal_hundredth_m=_farthest_death_m(scenario, burning, around, 0.01),
        profile=_profile(scenario, burning),
        neighbours=rows,
        chains=found_chains,
        zones=_zones(scenario, burning, around),
        notes=burning.notes + _LIMITS,
        field=burning.field,
    )


def impact(scenario: Fire, result: FireResult, points: NDArray) -> Impact:
    """What happens at places: severity by heat or by the burning cloud, probability of death; a fire acts at once."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    field = result.field
    severity = np.zeros(len(places), dtype=np.int64)
    if isinstance(field, CloudField) and scenario.flash is not None:
        stretch = (scenario.flash.half_limit_m or scenario.flash.lower_limit_m) / scenario.flash.lower_limit_m
        severity[field.engulfs(places / stretch)] = FLASH_LEVELS[1].severity
        severity[field.engulfs(places)] = FLASH_LEVELS[0].severity
    else:
        heat = field.heat_w_m2(places)
        for level in LEVELS[::-1]:
            severity[heat >= level.value * 1e3] = level.severity
        severity[field.engulfs(places)] = LEVELS[0].severity
    return Impact(
        severity=severity,
        lethality=death(scenario, field, result.duration_s, places),
        arrival_s=np.where(severity > 0, 0.0, np.nan),
    )
