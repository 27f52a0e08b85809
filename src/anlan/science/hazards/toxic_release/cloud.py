"""From a scenario to a cloud on its way: which air, heavy or passive, how large at the start (云团初始条件)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.chemicals import AIR_MOLAR_MASS, substance
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release import weather
from anlan.science.hazards.toxic_release.emission import Emission, emission
from anlan.science.hazards.toxic_release.field import Cloud
from anlan.science.hazards.toxic_release.mixture import Mixture, mixed
from anlan.science.hazards.toxic_release.scenario import Scenario
from anlan.science.hazards.toxic_release.track import Air, Track, heavy, passive

#: Above these numbers a release behaves as a heavy gas (Britter & McQuaid 1988, HSE 17/1988; as in CCPS 1999).
HEAVY_PLUME, HEAVY_PUFF = 0.15, 0.20
#: A cloud round the source that is smaller than this, m, is not told: nobody stands there.
TOLD = 10.0


@dataclass(frozen=True, kw_only=True)
class Release:
    """A cloud with what it was made from."""

    cloud: Cloud
    emission: Emission
    air: Air
    wind_10m_m_s: float
    richardson: float
    is_heavy: bool
    notes: tuple[str, ...]

    def level(self, height: float) -> float:
        """The height to evaluate at for people at a height, m: a heavy cloud may be thinner than a person is tall."""
        return 0.0 if self.is_heavy and height <= 2.0 else height


def released(scenario: Scenario) -> Release:
    """The cloud of a scenario.

    >>> from anlan.science.hazards.toxic_release.scenario import Source, Weather
    >>> made = released(Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=5.0, duration_s=600.0),
    ...                          weather=Weather(wind_m_s=2.0, wind_from_deg=90.0, stability="F")))
    >>> made.is_heavy, float(made.cloud.mass_kg.sum())
    (True, 3000.0)
    """
    what, given = substance(scenario.substance), scenario.weather
    out = emission(scenario)
    air = _air(scenario, out)
    mix = mixed(
        what, temperature_k=out.temperature_k, liquid_fraction=out.aerosol, air_k=air.temperature_k,
        pressure_pa=air.pressure_pa, humidity=given.humidity_pct / 100.0,
    )  # fmt: skip
    wind = air.speed(10.0)
    amount = out.airborne_kg if out.is_puff else out.typical_rate_kg_s
    share = out.mole_fraction * what.molar_mass
    source_share = share / (share + (1.0 - out.mole_fraction) * AIR_MOLAR_MASS)
    number = _richardson(mix, amount, source_share, wind, out.is_puff)
    is_light = mix.density[-1] <= mix.air_density and mix.density.max() <= 1.02 * mix.air_density
    heavy_by_rule = number >= (HEAVY_PUFF if out.is_puff else HEAVY_PLUME)
    is_heavy = not is_light and (scenario.model == "heavy" or (scenario.model == "auto" and heavy_by_rule))
    track = _track(mix, air, out, amount, source_share, scenario.source.height_m, is_heavy)
    cloud = Cloud(
        track=track,
        edges_s=out.edges_s,
        mass_kg=out.mass_kg,
        height_m=0.0 if is_heavy else scenario.source.height_m,
        lid_m=given.mixing_depth_m or weather.MIXING_DEPTH[air.kind],
        horizon_s=scenario.horizon_s,
        **_winds(scenario, air),
    )
    return Release(cloud=cloud, emission=out, air=air, wind_10m_m_s=wind, richardson=number, is_heavy=is_heavy,
                   notes=_notes(scenario, out, air, number, is_heavy, is_light, track.lying))  # fmt: skip


def _air(scenario: Scenario, out: Emission) -> Air:
    given = scenario.weather
    first = weather.stability(given.sky, given.wind_m_s)
    wind = float(weather.wind_at(given.wind_m_s, given.wind_height_m, 10.0, given.stability or first, given.terrain))
    duration = 0.0 if out.is_puff else float(out.edges_s[-1] - out.edges_s[0])
    return Air(
        kind=given.stability or weather.stability(given.sky, wind),
        terrain=given.terrain,
        roughness_m=given.roughness_m,
        wind_m_s=given.wind_m_s,
        wind_height_m=given.wind_height_m,
        averaging_s=float(np.clip(duration, 20.0, 600.0)),
        temperature_k=given.temperature_c + 273.15,
        pressure_pa=given.pressure_kpa * 1000.0,
        curves=given.curves,
    )


def _richardson(mix: Mixture, amount: float, share: float, wind: float, is_puff: bool) -> float:
    """Britter & McQuaid's number of a release of kg/s, or kg, that is a share of what enters the air."""
    density = float(np.interp(share, mix.fraction, mix.density))
    reduced = weather.GRAVITY * (density - mix.air_density) / mix.air_density
    if reduced <= 0:
        return 0.0
    volume = amount / share / density
    if is_puff:
        return float(np.sqrt(reduced * volume ** (1.0 / 3.0)) / wind)
    return float((reduced * volume / (wind**3 * np.sqrt(volume / wind))) ** (1.0 / 3.0))


def _track(mix: Mixture, air: Air, out: Emission, amount: float, share: float, height: float, is_heavy: bool) -> Track:
    # a flashing jet takes air in until its droplets are gone before it lies on the ground (JRIII 2022: equivalent source)
    first = mix.dry_fraction if out.is_jet and out.aerosol > 0 else share
    density = float(np.interp(first, mix.fraction, mix.density))
    volume = amount / first / density
    if out.is_puff:
        radius = (volume / np.pi) ** (1.0 / 3.0)  # a cylinder as high as its radius
        half, deep = 0.5 * np.sqrt(np.pi) * radius, radius
    else:
        speed = air.speed(max(height, 2.0))
        half = max(out.half_width_m, float(np.sqrt(volume / speed / 2.0)))
        deep = volume / speed / (2.0 * half)
    if is_heavy:
        pooling_s = 0.0 if out.is_jet else float(out.edges_s[-1] - out.edges_s[0])
        return heavy(air, mix, flow=amount, half_width=half, depth=deep, is_puff=out.is_puff, first=first,
                     pooling_s=pooling_s)  # fmt: skip
    most = float(np.interp(first, mix.fraction, mix.concentration))
    return passive(air, half_width=half, depth=deep, height=height, is_puff=out.is_puff, most=most)


def _winds(scenario: Scenario, air: Air) -> dict[str, NDArray[np.float64]]:
    rows = [(0.0, scenario.weather.wind_m_s, scenario.weather.wind_from_deg)]
    for row in scenario.winds:
        if row.from_s == 0.0:
            rows = []
        rows.append((row.from_s, row.wind_m_s, row.wind_from_deg))
    start, speed, come = (np.array(column) for column in zip(*rows, strict=True))
    return {"wind_from_s": start, "wind_ratio": speed / air.wind_m_s, "wind_to": np.deg2rad((come + 180.0) % 360.0)}


def _notes(
    scenario: Scenario, out: Emission, air: Air, number: float, is_heavy: bool, is_light: bool, lying: float
) -> tuple[str, ...]:
    rule = HEAVY_PUFF if out.is_puff else HEAVY_PLUME
    found = list(out.notes)
    why = tell("Britter–McQuaid 判别数 {number:.2f}，判据 {rule:.2f}", number=number, rule=rule)
    if is_light:
        found.append("混合气不重于空气，按中性气体计算；不计浮力抬升，地面浓度偏保守。")
    elif scenario.model == "auto":
        found.append(tell("{why}，按{kind}计算。", why=why, kind="重气" if is_heavy else "中性气体"))
    else:
        found.append(tell("扩散模型由用户指定；{why}。", why=why))
    if is_heavy and scenario.receptor_height_m <= 2.0:
        found.append("重气云可能薄于人身高，按地面浓度计算（偏保守，低洼处更高）。")
    if is_heavy and scenario.source.height_m > 1.0:
        found.append(tell("重气按贴地释放计算，未计 {height:g} m 的释放高度。", height=scenario.source.height_m))
    if lying >= TOLD:
        found.append(tell("风带不走全部毒气，源周围积成半径约 {radius:.0f} m 的浓云，上风向同样危险。", radius=lying))
    if scenario.weather.stability is None:
        found.append(tell("大气稳定度 {stability} 由日照、云量和风速判定，整个过程不变。", stability=air.kind))
    if scenario.winds:
        found.append("风随时间变化，稳定度和重气扩展按初始风计算。")
    if air.wind_m_s < 1.0:
        found.append("风速低于 1 m/s，风向不稳，任何方向都可能受影响。")
    if out.is_jet:
        found.append("喷射动量只以液滴蒸完前的卷吸计入，泄漏口 50 m 以内不可信。")
    found.append("平坦地形，不计建筑物、山体和沉积、化学反应；100 m 以内和 10 km 以外不宜使用。")
    return tuple(found)
