"""From a scenario to its blast, and from the blast to zones, harm, damage and chains (爆炸计算)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anlan.science.exposure import escalation, vulnerability
from anlan.science.hazards.declaring import ScenarioError, check
from anlan.science.hazards.distances import with_asked
from anlan.science.hazards.explosion import sources
from anlan.science.hazards.explosion.blasts import Blast, CloudBlast, TntBlast, VentBlast, reach_m
from anlan.science.hazards.explosion.result import EffectRow, ExplosionResult, NeighbourRow
from anlan.science.hazards.explosion.scenario import (
    Condensed,
    DustExplosion,
    Explosion,
    Neighbour,
    VapourCloud,
    VesselBurst,
)
from anlan.science.hazards.explosion.waves import AMBIENT_PA, Array, Wave
from anlan.science.hazards.fuels import BOILING, FUELS
from anlan.science.hazards.outcomes import Impact, Level, circle
from anlan.science.hazards.sentences import tell

_GBT37243 = "GB/T 37243-2019 事故后果法超压阈值（回忆，待核对）"
#: Overpressures of the zones in kPa, gravest first.
LEVELS = (
    Level(
        code="overpressure_70", label="死亡区（建筑基本全毁）", value=70.0, unit="kPa", severity=4,
        source="Clancey 1972，见 Lees 与 Crowl & Louvar 表6-9：10 psi（回忆，待核对）",
    ),
    Level(
        code="overpressure_30", label="重伤区（砖房倒塌起、室内人员致死）", value=30.0, unit="kPa", severity=3,
        source="Purple Book CPR 18E 5.3；AQ/T 3046-2013 沿用（回忆，待核对）",
    ),
    Level(
        code="overpressure_17", label="轻伤区（鼓膜破裂起）", value=17.0, unit="kPa", severity=2,
        source="国内安全评价常用轻伤阈值17 kPa；Eisenberg 1975 鼓膜1%为16.5 kPa（回忆，待核对）",
    ),
    Level(code="overpressure_9", label="防护目标限值：一般三类", value=9.0, unit="kPa", source=_GBT37243),
    Level(code="overpressure_5", label="防护目标限值：一般二类（玻璃多数破碎）", value=5.0, unit="kPa", source=_GBT37243),
    Level(code="overpressure_2", label="防护目标限值：高敏感、重要、一般一类", value=2.0, unit="kPa", source=_GBT37243),
)  # fmt: skip
PROFILE_AT_M = (10.0, 20.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0, 750.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0)


@dataclass(frozen=True, kw_only=True)
class Strength:
    """A source turned into its blast."""

    label: str
    energy_j: float
    blast: Blast | None
    tnt_kg: float | None = None
    dust_class: str | None = None
    vent_needed_m2: float | None = None
    notes: tuple[str, ...] = ()


def condensed_strength(source: Condensed) -> Strength:
    """The blast of a condensed explosive: its TNT equivalent by Kingery & Bulmash.

    >>> condensed_strength(Condensed(explosive="anfo", mass_kg=1000.0)).tnt_kg
    820.0
    """
    explosive = sources.EXPLOSIVES[source.explosive]
    tnt = source.mass_kg * explosive.tnt_per_kg * source.reacted_share
    return Strength(
        label=tell("{explosive} {mass:g} kg", explosive=explosive.label, mass=source.mass_kg),
        energy_j=tnt * sources.TNT_J_KG,
        tnt_kg=tnt,
        blast=TntBlast(tnt_kg=tnt, burst=source.burst),
        notes=(tell("TNT当量系数 {factor:g}，来源：{source}。", factor=explosive.tnt_per_kg, source=explosive.source),),
    )


def cloud_mass_kg(source: VapourCloud) -> float:
    """Mass that burns: what is airborne of the release, and of that what is within the flammable limits.

    >>> round(cloud_mass_kg(VapourCloud(fuel="propane", mass_kg=1000.0, stored_c=20.0, flammable_share=0.5)))
    324
    """
    airborne = 1.0
    if source.stored_c is not None:
        boiling = BOILING[source.fuel]
        airborne = sources.cloud_share_airborne(
            source.stored_c - boiling.boiling_c, boiling.liquid_heat_capacity_j_kg_k, boiling.heat_of_vaporisation_j_kg
        )
    return source.mass_kg * airborne * source.flammable_share


def cloud_strength(source: VapourCloud) -> Strength:
    """The blast of a vapour cloud, by the multi-energy method or by TNT equivalence.

    >>> cloud_strength(VapourCloud(fuel="propane", mass_kg=1000.0)).energy_j
    46000000000.0
    """
    fuel = FUELS[source.fuel]
    mass = cloud_mass_kg(source)
    heat = mass * fuel.heat_of_combustion_j_kg
    counted = tell("泄漏 {released:g} kg，计入气云 {mass:.4g} kg。", released=source.mass_kg, mass=mass)
    if source.method == "tnt":
        tnt = sources.tnt_equivalent_kg(mass, fuel.heat_of_combustion_j_kg, source.yield_share)
        notes = (
            counted,
            tell(
                "TNT当量法：{share:.1%} 的燃烧热以TNT计；近场（约30 kPa以上）偏大，远场与实例相符（Yellow Book 5.3）。",
                share=source.yield_share,
            ),
        )
        return Strength(label=tell("{fuel}蒸气云 {mass:.4g} kg", fuel=fuel.label, mass=mass), energy_j=heat * source.yield_share, tnt_kg=tnt,
                        blast=TntBlast(tnt_kg=tnt), notes=notes)  # fmt: skip
    energy = heat * source.congested_share
    notes = (
        counted,
        tell(
            "多能法：强度 {strength}，{share:.0%} 的气云在拥塞区；强度由现场拥塞程度判断，是最大的不确定来源；7～10级曲线由6级曲线与爆轰曲线构造（待核对）。",
            strength=source.strength,
            share=source.congested_share,
        ),
    )
    return Strength(
        label=tell("{fuel}蒸气云 {mass:.4g} kg", fuel=fuel.label, mass=mass),
        energy_j=energy,
        blast=CloudBlast(energy_j=energy, strength=int(source.strength)),
        notes=notes,
    )


def vessel_strength(source: VesselBurst) -> Strength:
    """The blast of a burst vessel: its energy as TNT, seen from a virtual distance (Prugh's method, CCPS 2010 7.3).

    >>> strength = vessel_strength(VesselBurst(pressure_bar=500, volume_m3=1, specific_heat_ratio=1.4))
    >>> round(strength.tnt_kg, 1)
    27.6
    """
    pressure = source.pressure_bar * 1e5
    by = sources.brode_energy_j if source.energy == "brode" else sources.isentropic_energy_j
    energy = by(pressure, source.volume_m3, source.specific_heat_ratio)
    kelvin = source.temperature_c + 273.15
    sound = math.sqrt(source.specific_heat_ratio * 8.314 * kelvin / (source.molar_mass_g_mol / 1e3))
    surface_pa = sources.burst_shock_pa(pressure, sound, source.specific_heat_ratio)
    tnt = energy / sources.TNT_J_KG
    point = TntBlast(tnt_kg=tnt)
    shift = max(reach_m(point, surface_pa) - math.cbrt(3.0 * source.volume_m3 / (4.0 * math.pi)), 0.0)
    return Strength(
        label=tell("压力容器 {volume:g} m³、{bar:g} bar 爆破", volume=source.volume_m3, bar=source.pressure_bar),
        energy_j=energy,
        tnt_kg=tnt,
        blast=replace(point, shift_m=shift, most_pa=surface_pa),
        notes=(
            tell(
                "容器壁处冲击波超压 {kpa:.0f} kPa（激波管方程），按虚拟距离 {shift:.1f} m 接TNT曲线。",
                kpa=surface_pa / 1000.0,
                shift=shift,
            ),
            "不含液体闪蒸的能量和碎片；沸腾液体容器（BLEVE）的火球用“火灾”计算。",
        ),
    )


def dust_strength(source: DustExplosion) -> Strength:
    """The blast of a dust explosion: outside the vents if they suffice, of the bursting enclosure if they do not.

    >>> held = dust_strength(DustExplosion(volume_m3=10, kst_bar_m_s=150, strength_bar=12))
    >>> held.dust_class, held.blast is None
    ('St1', True)
    """
    st = sources.dust_class(source.kst_bar_m_s)
    heat = (source.pmax_bar * 1e5) * source.volume_m3 / 0.4
    label = tell("粉尘爆炸（{st}，{volume:g} m³）", st=st, volume=source.volume_m3)
    made = Strength(label=label, energy_j=heat, blast=None, dust_class=st)
    if source.strength_bar >= source.pmax_bar:
        return replace(made, notes=("围护结构承受得住最大爆炸压力，外部没有冲击波（抗爆设计须按标准核算）。",))
    allowed = min(source.strength_bar, 2.0)
    needed = None
    if allowed >= source.vent_opens_bar + 0.12 - 1e-9 and st != "St0":
        needed = sources.vent_area_m2(
            volume_m3=source.volume_m3, kst_bar_m_s=source.kst_bar_m_s, pmax_bar=source.pmax_bar,
            reduced_bar=allowed, static_bar=source.vent_opens_bar,
        )  # fmt: skip
    if needed is not None and source.vent_area_m2 >= needed:
        flame = sources.vented_flame_m(source.volume_m3)
        peak = sources.vented_peak_pa(allowed, source.vent_area_m2, source.volume_m3)
        return replace(
            made,
            vent_needed_m2=needed,
            blast=VentBlast(peak_pa=peak, peak_at_m=0.25 * flame),
            notes=(
                tell(
                    "泄爆面积足够；泄爆口外火焰长约 {flame:.0f} m，该范围内的人会烧伤，泄爆口须朝向无人处。",
                    flame=flame,
                ),
                "外部超压按 EN 14491 估算（适用于 V≤250 m³、Kst≤200、约0.1～1 bar，其他仅为筛查），按圆形给出，实际只在泄爆方向。",
            ),
        )
    energy = sources.brode_energy_j(source.strength_bar * 1e5 + AMBIENT_PA, source.volume_m3, 1.4)
    tnt = energy / sources.TNT_J_KG
    why = (
        "结构强度低于泄爆设计公式的范围" if needed is None
        else tell("泄爆面积 {area:g} m² 小于所需 {needed:.2f} m²", area=source.vent_area_m2, needed=needed)
    )  # fmt: skip
    return replace(
        made,
        energy_j=energy,
        tnt_kg=tnt,
        vent_needed_m2=needed,
        blast=TntBlast(tnt_kg=tnt, most_pa=source.strength_bar * 1e5),
        notes=(
            tell("{why}，按围护结构在 {bar:g} bar 时破裂估算（Brode能量）。", why=why, bar=source.strength_bar),
            "二次爆炸未计算。",
        ),
    )


def strength_of(scenario: Explosion) -> Strength:
    """The scenario's source as a blast."""
    if scenario.condensed is not None:
        return condensed_strength(scenario.condensed)
    if scenario.cloud is not None:
        return cloud_strength(scenario.cloud)
    if scenario.vessel is not None:
        return vessel_strength(scenario.vessel)
    assert scenario.dust is not None
    return dust_strength(scenario.dust)


def _half_m(blast: Blast, share: Callable[[Wave], Array]) -> float:
    """Farthest distance at which a share of one half is reached."""
    grid = np.geomspace(blast.nearest_m, blast.farthest_m, 1500)
    above = np.flatnonzero(share(blast.at(grid)) >= 0.5)
    return float(grid[above[-1]]) if above.size else 0.0


def _profile(blast: Blast, asked_m: tuple[float, ...]) -> tuple[EffectRow, ...]:
    usual = tuple(one for one in PROFILE_AT_M if blast.nearest_m <= one <= blast.farthest_m)
    at = np.array(with_asked(usual, asked_m))
    if not at.size:
        return ()
    wave = blast.at(at)
    pressure, impulse = wave.overpressure_pa, wave.impulse_pa_s
    columns = (
        at, pressure / 1e3, wave.reflected_pa / 1e3, impulse, wave.arrival_s, wave.duration_s * 1e3,
        vulnerability.blast_death(pressure, impulse, indoors=False),
        vulnerability.blast_death(pressure, impulse, indoors=True),
        vulnerability.eardrum_rupture(pressure), vulnerability.glass_breakage(pressure),
        vulnerability.building_damage(pressure, impulse, "collapse"),
    )  # fmt: skip
    names = list(EffectRow.__dataclass_fields__)
    return tuple(EffectRow(**dict(zip(names, row, strict=True))) for row in np.column_stack(columns).tolist())


def _domino(
    blast: Blast, neighbours: tuple[Neighbour, ...]
) -> tuple[tuple[NeighbourRow, ...], tuple[escalation.Chain, ...]]:
    places = np.array([(one.east_m, one.north_m) for one in neighbours])
    loads = blast.at(np.hypot(*places.T)).overpressure_pa
    first = np.array([
        float(escalation.blast_escalation(load, one.kind)) for load, one in zip(loads, neighbours, strict=True)
    ])  # fmt: skip
    onward = np.zeros((len(neighbours), len(neighbours)))
    for at, one in enumerate(neighbours):
        if one.tnt_kg > 0.0:
            passed = TntBlast(tnt_kg=one.tnt_kg).at(np.hypot(*(places - places[at]).T)).overpressure_pa
            for to, other in enumerate(neighbours):
                if to != at:
                    onward[at, to] = escalation.blast_escalation(passed[to], other.kind)
    rows = tuple(
        NeighbourRow(
            name=one.name,
            overpressure_kpa=float(load) / 1e3,
            threshold_kpa=escalation.EQUIPMENT[one.kind].overpressure_pa / 1e3,
            probability=float(probability),
        )
        for one, load, probability in zip(neighbours, loads, first, strict=True)
    )
    return rows, escalation.chains([one.name for one in neighbours], first, onward)


_LIMITS = (
    "平坦开阔地面、无遮挡与街道汇聚；建筑物后方会小，街谷和墙角处可大一倍以上。",
    "碎片、坍塌压埋、地面震动和次生火灾未计算。",
    "概率关系由国外试验与事故得出，单点误差可达数倍；宜作距离量级使用。",
)


def run(scenario: Explosion) -> ExplosionResult:
    """What an explosion does; ScenarioError where the inputs are outside the model."""
    check(scenario)
    strength = strength_of(scenario)
    if strength.energy_j <= 0.0:
        raise ScenarioError({"cloud.stored_c": "（液化气的储存温度）：低于沸点，没有气云；请改用池火"})
    if strength.tnt_kg is not None and not 1e-4 <= strength.tnt_kg <= 5e7:
        raise ScenarioError(
            {"mass_kg": tell("：TNT当量 {tnt_kg:.3g} kg 超出 0.0001～5×10⁷ kg", tnt_kg=strength.tnt_kg)}
        )
    blast = strength.blast
    rows, found_chains = _domino(blast, scenario.neighbours) if blast and scenario.neighbours else ((), ())

    def half(share: Callable[[Wave], Array]) -> float:
        return _half_m(blast, share) if blast else 0.0

    def death(indoors: bool) -> Callable[[Wave], Array]:
        return lambda wave: vulnerability.blast_death(wave.overpressure_pa, wave.impulse_pa_s, indoors=indoors)

    def damage(kind: str) -> Callable[[Wave], Array]:
        return lambda wave: vulnerability.building_damage(wave.overpressure_pa, wave.impulse_pa_s, kind)

    is_condensed, tnt = scenario.condensed is not None, strength.tnt_kg or 0.0
    distances = [sources.ground_burst_distance_m(tnt, pa) if is_condensed else None for pa in (2e3, 5e3, 9e3)]
    return ExplosionResult(
        source=strength.label,
        energy_mj=strength.energy_j / 1e6,
        tnt_kg=strength.tnt_kg,
        lethal_outdoors_m=half(death(False)),
        lethal_indoors_m=half(death(True)),
        eardrum_m=half(lambda wave: vulnerability.eardrum_rupture(wave.overpressure_pa)),
        collapse_m=half(damage("collapse")),
        major_damage_m=half(damage("major")),
        glass_m=half(lambda wave: vulnerability.glass_breakage(wave.overpressure_pa)),
        dust_class=strength.dust_class,
        vent_needed_m2=strength.vent_needed_m2,
        safety_distance_first_m=distances[0],
        safety_distance_second_m=distances[1],
        safety_distance_third_m=distances[2],
        profile=_profile(blast, scenario.at_m) if blast else (),
        neighbours=rows,
        chains=found_chains,
        zones=tuple(circle(level, reach_m(blast, level.value * 1e3) if blast else 0.0) for level in LEVELS),
        notes=strength.notes + _LIMITS,
        blast=blast,
    )


def impact(scenario: Explosion, result: ExplosionResult, points: NDArray) -> Impact:
    """What happens at places: severity by overpressure, probability of death, arrival of the wave."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if result.blast is None:
        return Impact(
            severity=np.zeros(len(places), dtype=np.int64),
            lethality=np.zeros(len(places)),
            arrival_s=np.full(len(places), np.nan),
        )
    wave = result.blast.at(np.hypot(places[:, 0], places[:, 1]))
    severity = np.zeros(len(places), dtype=np.int64)
    for level in LEVELS[::-1]:
        severity[wave.overpressure_pa >= level.value * 1e3] = level.severity
    return Impact(
        severity=severity,
        lethality=vulnerability.blast_death(wave.overpressure_pa, wave.impulse_pa_s, indoors=scenario.is_indoors),
        arrival_s=np.where(severity > 0, wave.arrival_s, np.nan),
    )
