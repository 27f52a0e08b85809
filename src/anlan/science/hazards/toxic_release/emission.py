"""From a declared source to what enters the air when: outflow, flash, droplets, pool (源项).

Of a superheated liquid more than the flashed share stays airborne, as droplets; the rest rains out into a pool (TNO
Purple Book CPR 18E, table 4.8, recalled, 待核对). Every kilogram that leaves is either airborne or in the pool.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.chemicals import Substance, substance
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release import outflow
from anlan.science.hazards.toxic_release.outflow import Outflow
from anlan.science.hazards.toxic_release.pool import evaporating
from anlan.science.hazards.toxic_release.scenario import Scenario, Source
from anlan.science.hazards.toxic_release.weather import stability, wind_at

#: Intervals that a changing release is described by.
INTERVALS = 24


@dataclass(frozen=True, kw_only=True)
class Emission:
    """What enters the air: mass in intervals, and its state."""

    edges_s: NDArray[np.float64]
    mass_kg: NDArray[np.float64]
    is_puff: bool
    released_kg: float
    left_kg: float
    temperature_k: float
    #: Share of the airborne mass that is droplets.
    aerosol: float
    flash: float
    #: Half the side of a pool, m; 0 for a jet.
    half_width_m: float
    is_jet: bool
    #: Mole fraction of the substance in what enters the air: below 1 over a pool that does not boil.
    mole_fraction: float
    method: str
    notes: tuple[str, ...]

    @property
    def airborne_kg(self) -> float:
        """All that entered the air."""
        return float(self.mass_kg.sum())

    @property
    def typical_rate_kg_s(self) -> float:
        """Mean rate as a released kilogram sees it."""
        rates = self.mass_kg / np.diff(self.edges_s)
        return float((rates * self.mass_kg).sum() / self.mass_kg.sum())

    @property
    def peak_rate_kg_s(self) -> float:
        """Greatest rate of an interval; nan for a puff."""
        return float("nan") if self.is_puff else float((self.mass_kg / np.diff(self.edges_s)).max())


def emission(scenario: Scenario) -> Emission:
    """What a scenario brings into the air within its horizon.

    >>> from anlan.science.hazards.toxic_release.scenario import Weather
    >>> made = emission(Scenario(substance="ammonia", weather=Weather(wind_m_s=3.0, wind_from_deg=0.0),
    ...     source=Source(kind="tank_liquefied", hole_mm=25.0, mass_kg=20000.0, duration_s=600.0)))
    >>> bool(np.isclose(made.airborne_kg + made.left_kg, made.released_kg)), round(made.flash, 2)
    (True, 0.17)
    """
    what = substance(scenario.substance)
    source = scenario.source
    _refuse(what, source, scenario)
    if source.kind == "instant":
        return _instant(what, scenario)
    if source.kind == "pool":
        mass = (source.mass_kg or 0.0) * source.factor
        out = outflow.constant(rate=mass, duration_s=1.0, temperature_k=_liquid_k(scenario), liquid_share=1.0,
                               method="液池扩展与蒸发（TNO 黄皮书第 3 章）")  # fmt: skip
        return _airborne(what, scenario, out, flash=0.0, kept=0.0)
    out = _scaled(_outflow(what, scenario), source.factor)
    flash = airborne = 0.0
    if out.liquid_share > 0:
        flash = outflow.flash_share(what, out.temperature_k, _ambient(scenario))
        airborne = airborne_share(flash)
    return _airborne(what, scenario, out, flash=flash, kept=airborne)


def airborne_share(flash: float) -> float:
    """Share of a flashing liquid that stays in the air as vapour and droplets.

    >>> airborne_share(0.05), round(airborne_share(0.17), 3), airborne_share(0.4)
    (0.1, 0.415, 1.0)
    """
    if flash < 0.1:
        return 2.0 * flash
    return min((0.8 * flash - 0.028) / 0.26, 1.0)


def _refuse(what: Substance, source: Source, scenario: Scenario) -> None:
    has_liquid = source.kind in ("tank_liquid", "tank_liquefied", "pipe_liquefied", "pool") or source.liquid_share > 0
    if has_liquid and not what.is_complete:
        raise ScenarioError(
            {
                "substance": tell(
                    "（物质）：{name} 缺少液体物性，不能计算液相泄漏，请改用“已知泄漏速率”的气相", name=what.name
                )
            }
        )
    if has_liquid and (what.melting_point_k or 0.0) > (what.boiling_point_k or 1e9):
        raise ScenarioError(
            {"substance": tell("（物质）：{name} 常压下升华，没有液体，请改用“已知泄漏速率”的气相", name=what.name)}
        )
    if what.gas_heat is None:
        raise ScenarioError({"substance": tell("（物质）：{name} 常温下为固体，本模型不适用", name=what.name)})
    kelvin = _liquid_k(scenario)
    if source.kind in ("tank_liquefied", "pipe_liquefied"):
        boiling = what.saturation_k(_ambient(scenario))
        if kelvin <= boiling:
            raise ScenarioError(
                {
                    "source.kind": tell(
                        "（泄漏方式）：{name} 在 {celsius:.0f} ℃ 不过热，请选液相小孔或液池",
                        name=what.name,
                        celsius=kelvin - 273.15,
                    )
                }
            )
        if what.critical_k is not None and kelvin > 0.98 * what.critical_k:
            raise ScenarioError({"source.temperature_c": "（介质温度）：接近或超过临界温度，请按气体泄漏计算"})
    if source.kind == "tank_liquid" and kelvin > what.saturation_k(_ambient(scenario)) + 1.0:
        raise ScenarioError(
            {
                "source.kind": tell(
                    "（泄漏方式）：{name} 在 {celsius:.0f} ℃ 已过热，请选液化气体",
                    name=what.name,
                    celsius=kelvin - 273.15,
                )
            }
        )
    if has_liquid and what.melting_point_k is not None and kelvin < what.melting_point_k - 1.0:
        raise ScenarioError(
            {
                "source.temperature_c": tell(
                    "（介质温度）：低于 {name} 的熔点 {celsius:.0f} ℃",
                    name=what.name,
                    celsius=what.melting_point_k - 273.15,
                )
            }
        )


def _ambient(scenario: Scenario) -> float:
    return scenario.weather.pressure_kpa * 1000.0


def _liquid_k(scenario: Scenario) -> float:
    given = scenario.source.temperature_c
    return (scenario.weather.temperature_c if given is None else given) + 273.15


def _outflow(what: Substance, scenario: Scenario) -> Outflow:
    source, ambient, kelvin = scenario.source, _ambient(scenario), _liquid_k(scenario)
    until = min(source.duration_s or scenario.horizon_s, scenario.horizon_s)
    area = np.pi / 4.0 * ((source.hole_mm or 0.0) / 1000.0) ** 2
    if source.kind == "rate":
        return outflow.constant(rate=source.rate_kg_s or 0.0, duration_s=until, temperature_k=kelvin,
                                liquid_share=source.liquid_share, method="按给定速率")  # fmt: skip
    if source.kind == "tank_liquid":
        density = what.liquid_density(kelvin)
        mass, head = source.mass_kg or 0.0, max(source.liquid_head_m or 0.0, 0.01)
        return outflow.liquid(
            density=density, hole_area=area, coefficient=source.discharge_coefficient,
            gauge_pa=(source.gauge_kpa or 0.0) * 1000.0, head_m=head, tank_area=mass / density / head, until_s=until,
            temperature_k=kelvin,
        )  # fmt: skip
    if source.kind == "tank_gas":
        return outflow.gas(
            what, hole_area=area, coefficient=source.discharge_coefficient, pressure_pa=_stagnation(source, ambient),
            temperature_k=kelvin, volume=source.volume_m3 or 0.0, ambient_pa=ambient, until_s=until,
        )  # fmt: skip
    if source.kind == "pipe_gas":
        return outflow.pipe_gas(
            what, diameter_m=(source.pipe_mm or 0.0) / 1000.0, length_m=source.pipe_length_m or 0.0,
            pressure_pa=_stagnation(source, ambient), temperature_k=kelvin, ambient_pa=ambient, until_s=until,
        )  # fmt: skip
    return _flashing(what, scenario, until)


def _stagnation(source: Source, ambient: float) -> float:
    gauge = source.gauge_kpa or 0.0
    if gauge < 1.0:
        raise ScenarioError({"source.gauge_kpa": "（容器压力（表压））：应大于 1 kPa，否则没有压差"})
    return ambient + gauge * 1000.0


def _flashing(what: Substance, scenario: Scenario, until: float) -> Outflow:
    """A liquefied gas at constant pressure until what is there has left."""
    source, ambient, kelvin = scenario.source, _ambient(scenario), _liquid_k(scenario)
    is_pipe = source.kind == "pipe_liquefied"
    across = ((source.pipe_mm if is_pipe else source.hole_mm) or 0.0) / 1000.0
    head = (source.liquid_head_m or 0.0) * what.liquid_density(kelvin) * 9.80665
    saturation = what.vapour_pressure_pa(kelvin)
    pressure = saturation if source.gauge_kpa is None else ambient + source.gauge_kpa * 1000.0
    if pressure < saturation - 2000.0:
        raise ScenarioError(
            {
                "source.gauge_kpa": tell(
                    "（容器压力（表压））：低于饱和蒸气压 {limit:.0f} kPa", limit=(saturation - ambient) / 1000
                )
            }
        )
    flux = outflow.flashing_flux(
        what, pressure_pa=pressure + head, temperature_k=kelvin, ambient_pa=ambient,
        length_m=(source.pipe_length_m or 0.0) if is_pipe else 0.0, diameter_m=across,
    )  # fmt: skip
    rate = flux * np.pi / 4.0 * across**2 * (1.0 if is_pipe else source.discharge_coefficient)
    method = "平衡两相流 Leung ω 法（管道）" if is_pipe else "亚稳态液体经孔口（Fauske–Epstein，L=0）"
    return outflow.constant(rate=rate, duration_s=min(until, (source.mass_kg or 0.0) / rate), temperature_k=kelvin,
                            liquid_share=1.0, method=method)  # fmt: skip


def _scaled(out: Outflow, factor: float) -> Outflow:
    return Outflow(time_s=out.time_s, mass_kg=out.mass_kg * factor, temperature_k=out.temperature_k,
                   liquid_share=out.liquid_share, method=out.method)  # fmt: skip


def _airborne(what: Substance, scenario: Scenario, out: Outflow, *, flash: float, kept: float) -> Emission:
    """Jet and pool together; the pool is followed to the horizon."""
    horizon, ambient = scenario.horizon_s, _ambient(scenario)
    released = float(out.mass_kg[-1])
    jet_share = 1.0 - out.liquid_share * (1.0 - kept)
    rain = released * (1.0 - jet_share)
    boiling = what.saturation_k(ambient) if what.is_complete else out.temperature_k
    jet_k = min(out.temperature_k, boiling) if out.liquid_share > 0 and flash > 0 else out.temperature_k
    aerosol = out.liquid_share * (kept - flash) / jet_share if jet_share > 0 else 0.0
    time, mass = out.time_s, out.mass_kg * jet_share
    notes, half_width, evaporated, kelvin, moles = [], 0.0, 0.0, jet_k, 1.0
    if rain > 1e-9 * released:
        found = evaporating(
            what, time_s=out.time_s, spilt_kg=out.mass_kg * (1.0 - jet_share), liquid_k=out.temperature_k,
            air_k=scenario.weather.temperature_c + 273.15, pressure_pa=ambient,
            wind_10m=_wind_10m(scenario), bund_m2=scenario.source.bund_m2, ground=scenario.source.ground, until_s=horizon,
        )  # fmt: skip
        evaporated = float(found.evaporated_kg[-1])
        time = found.time_s
        mass = np.interp(time, out.time_s, out.mass_kg * jet_share) + found.evaporated_kg
        half_width = 0.5 * float(np.sqrt(found.area_m2.max()))
        pool_k = float(np.average(found.temperature_k, weights=np.gradient(found.evaporated_kg) + 1e-12))
        if evaporated > released * jet_share:
            moles = min(what.vapour_pressure_pa(pool_k) / ambient, 1.0)
        kelvin = (jet_k * released * jet_share + pool_k * evaporated) / (released * jet_share + evaporated)
        notes.append(
            tell(
                "雨降成池 {rain:.3g} kg，评估时长内蒸发 {evaporated:.3g} kg，液池最大面积 {area:.3g} m²。",
                rain=rain,
                evaporated=evaporated,
                area=found.area_m2.max(),
            )
        )
    airborne = released * jet_share + evaporated
    if airborne <= 0:
        raise ScenarioError({"substance": tell("（物质）：{name} 在此条件下几乎不挥发，不形成毒气云", name=what.name)})
    edges, parts = _intervals(time, mass)
    return Emission(
        edges_s=edges,
        mass_kg=parts,
        is_puff=False,
        released_kg=released,
        left_kg=rain - evaporated,
        temperature_k=kelvin,
        aerosol=aerosol * released * jet_share / airborne,
        flash=flash,
        half_width_m=half_width if evaporated > released * jet_share else 0.0,
        is_jet=out.liquid_share > 0 and flash > 0 and released * jet_share >= evaporated,
        mole_fraction=moles,
        method=out.method,
        notes=tuple(notes),
    )


def _intervals(time: NDArray[np.float64], mass: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """Intervals of equal mass; a steady release is one."""
    total = float(mass[-1] - mass[0])
    straight = np.abs(mass - mass[0] - total * (time - time[0]) / (time[-1] - time[0])).max()
    count = 1 if straight < 1e-3 * total else INTERVALS
    rising = np.concatenate(([True], np.diff(mass) > 1e-12 * total))
    # the curve may rest before it rises: keep the last point of the rest
    keep = rising | np.append(rising[1:], False)
    marks = mass[0] + total * np.linspace(0.0, 1.0, count + 1)
    edges = np.interp(marks, mass[keep], time[keep])
    return edges, np.full(count, total / count)


def _instant(what: Substance, scenario: Scenario) -> Emission:
    source, kelvin, ambient = scenario.source, _liquid_k(scenario), _ambient(scenario)
    mass = (source.mass_kg or 0.0) * source.factor
    share = source.liquid_share
    flash = outflow.flash_share(what, kelvin, ambient) if share > 0 else 0.0
    kept = airborne_share(flash)
    jet_share = 1.0 - share * (1.0 - kept)
    if jet_share <= 0:
        raise ScenarioError({"source.liquid_share": "（泄漏物中液体的质量份额）：液体不闪蒸，请改用液池蒸发"})
    left = mass * (1.0 - jet_share)
    notes = (
        (tell("未闪蒸的 {left:.3g} kg 落地成池，不计入云团；请另用“液池蒸发”计算。", left=left),)
        if left > 1e-9 * mass
        else ()
    )
    boiling = what.saturation_k(ambient) if flash > 0 else kelvin
    return Emission(
        edges_s=np.array([0.0, 0.0]),
        mass_kg=np.array([mass * jet_share]),
        is_puff=True,
        released_kg=mass,
        left_kg=left,
        temperature_k=min(kelvin, boiling),
        aerosol=share * (kept - flash) / jet_share,
        flash=flash,
        half_width_m=0.0,
        is_jet=flash > 0,
        mole_fraction=1.0,
        method="瞬时释放",
        notes=notes,
    )


def _wind_10m(scenario: Scenario) -> float:
    air = scenario.weather
    kind = air.stability or stability(air.sky, air.wind_m_s)
    return float(wind_at(air.wind_m_s, air.wind_height_m, 10.0, kind, air.terrain))
