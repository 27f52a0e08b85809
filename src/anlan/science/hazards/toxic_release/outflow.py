"""How fast a substance leaves a tank, a vessel or a pipe, until it is empty or shut (泄漏源强).

Each function gives the released mass as a curve over time (`Outflow`), so that nothing is lost between tank and air.
A: hole area, m2; Cd: discharge coefficient; P0, T0: stagnation pressure (absolute) and temperature; gamma: ratio of heat
capacities. Sources: TNO Yellow Book CPR 14E (YB), chapter 2; Crowl & Louvar, Chemical Process Safety, chapter 4 (CL);
Leung 1986, AIChE J. 32, 1743-1746 (omega method); Fauske & Epstein 1988, J. Loss Prev. 1, 75-83.
Equation numbers are recalled (待核对); the worked examples in tests/verification hold the results.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from anlan.science.hazards.chemicals import GAS_CONSTANT, Substance
from anlan.science.hazards.toxic_release.weather import GRAVITY

#: Factor on equilibrium two-phase flow for friction in a pipe of L/D (Fauske 1985, as tabulated by CL 4-6).
_FRICTION = ((0.0, 50.0, 100.0, 200.0, 400.0), (1.0, 0.85, 0.75, 0.65, 0.55))
#: Length beyond which a flashing liquid flows at equilibrium, m (Fauske).
RELAXATION_LENGTH = 0.1


@dataclass(frozen=True, kw_only=True)
class Outflow:
    """Mass that has left, kg, at times, s, and in which state it leaves."""

    time_s: NDArray[np.float64]
    mass_kg: NDArray[np.float64]
    temperature_k: float
    #: Share that leaves as liquid, before any flash.
    liquid_share: float
    method: str

    @property
    def initial_rate_kg_s(self) -> float:
        """Rate over the first step."""
        return float((self.mass_kg[1] - self.mass_kg[0]) / (self.time_s[1] - self.time_s[0]))


def liquid(
    *,
    density: float,
    hole_area: float,
    coefficient: float,
    gauge_pa: float,
    head_m: float,
    tank_area: float,
    until_s: float,
    temperature_k: float,
    steps: int = 24,
) -> Outflow:
    """Liquid through a hole under a constant gas cushion and a falling level (YB 2.194; CL 4-12).

    The outflow velocity sqrt(2 (p/rho + g h)) falls linearly in time, so the mass is exact.

    >>> found = liquid(density=812.5, hole_area=0.007854, coefficient=0.62, gauge_pa=0.0, head_m=11.12, tank_area=1e9,
    ...                until_s=1.0, temperature_k=288.0)
    >>> round(found.initial_rate_kg_s, 2)
    58.43
    """
    start = np.sqrt(2.0 * (gauge_pa / density + GRAVITY * head_m))
    end = np.sqrt(2.0 * gauge_pa / density)
    fall = coefficient * hole_area * GRAVITY / tank_area
    empty = (start - end) / fall  # until the level is at the hole
    last = min(until_s, empty)
    time = np.linspace(0.0, last, steps + 1)
    mass = coefficient * hole_area * density * (start * time - 0.5 * fall * time**2)
    return Outflow(
        time_s=time,
        mass_kg=mass,
        temperature_k=temperature_k,
        liquid_share=1.0,
        method="伯努利方程，液位下降（TNO 黄皮书第 2 章）",
    )


def gas_rate(
    pressure_pa: NDArray, temperature_k: NDArray, molar_mass: float, gamma: float, ambient_pa: float
) -> NDArray[np.float64]:
    """Mass flux of an ideal gas through a hole, kg/m2/s: choked above the critical pressure ratio (YB 2.22-2.26).

    >>> round(float(0.62 * 0.007854 * gas_rate(50e5, 288.15, 0.002016, 1.405, 101325.0)), 2)
    15.31
    """
    ratio = np.minimum(ambient_pa / np.asarray(pressure_pa, dtype=np.float64), 1.0)
    critical = (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0))
    r = np.maximum(ratio, critical)
    density = np.asarray(pressure_pa) * molar_mass / (GAS_CONSTANT * np.asarray(temperature_k))
    inner = gamma / (gamma - 1.0) * (r ** (2.0 / gamma) - r ** ((gamma + 1.0) / gamma))
    return np.asarray(np.sqrt(2.0 * density * pressure_pa * np.maximum(inner, 0.0)))


def gas(
    what: Substance,
    *,
    hole_area: float,
    coefficient: float,
    pressure_pa: float,
    temperature_k: float,
    volume: float,
    ambient_pa: float,
    until_s: float,
    steps: int = 24,
) -> Outflow:
    """Gas out of a vessel that cools as it empties, adiabatically: P ~ rho^gamma.

    The time to each lower mass is integrated, so what leaves is what the vessel loses.

    >>> from anlan.science.hazards.chemicals import substance
    >>> found = gas(substance("chlorine"), hole_area=1e-4, coefficient=0.8, pressure_pa=5e5, temperature_k=293.15,
    ...             volume=1.0, ambient_pa=101325.0, until_s=1e9)
    >>> bool(np.isclose(found.mass_kg[-1], 14.55 - 14.55 * (101325 / 5e5) ** (1 / 1.4), rtol=0.02))
    True
    """
    gamma = what.heat_ratio or 1.3
    start = what.gas_density(temperature_k, pressure_pa) * volume
    least = start * (ambient_pa / pressure_pa) ** (1.0 / gamma)
    # dense near the end, where the rate falls to nothing
    left = least + (start - least) * np.linspace(1.0, 0.0, 400) ** 2
    left[-1] = least + (start - least) * 1e-6
    pressure = pressure_pa * (left / start) ** gamma
    temperature = temperature_k * (left / start) ** (gamma - 1.0)
    rate = coefficient * hole_area * gas_rate(pressure, temperature, what.molar_mass, gamma, ambient_pa)
    inverse = 1.0 / np.maximum(rate, 1e-12)
    time = np.concatenate(([0.0], np.cumsum(-np.diff(left) * 0.5 * (inverse[1:] + inverse[:-1]))))
    gone = start - left
    last = min(until_s, float(time[-1]))
    # steps of equal released mass, the end included
    marks = np.interp(np.linspace(0.0, float(np.interp(last, time, gone)), steps + 1), gone, time)
    return Outflow(
        time_s=marks,
        mass_kg=np.interp(marks, time, gone),
        temperature_k=temperature_k,
        liquid_share=0.0,
        method="理想气体绝热放空，临界/亚临界（TNO 黄皮书第 2 章）",
    )


def omega_flux(
    what: Substance, pressure_pa: float, temperature_k: float, ambient_pa: float, quality: float = 0.0
) -> float:
    """Mass flux of a saturated liquid or two-phase mixture through a nozzle at equilibrium, kg/m2/s (Leung 1986).

    omega = x0 vg/v0 + cp T0 P0 / v0 (vfg / hfg)^2; the critical pressure ratio solves
    eta^2 + (omega^2 - 2 omega)(1 - eta)^2 + 2 omega^2 ln(eta) + 2 omega^2 (1 - eta) = 0.

    >>> from anlan.science.hazards.chemicals import substance
    >>> nh3 = substance("ammonia")
    >>> 5000 < omega_flux(nh3, nh3.vapour_pressure_pa(298.15), 298.15, 101325.0) < 15000
    True
    """
    vapour = 1.0 / what.gas_density(temperature_k, pressure_pa)
    fluid = 1.0 / what.liquid_density(temperature_k)
    start = quality * vapour + (1.0 - quality) * fluid
    latent = what.latent_heat(temperature_k)
    heat = what.liquid_heat or 2000.0
    omega = quality * vapour / start + heat * temperature_k * pressure_pa / start * ((vapour - fluid) / latent) ** 2

    def residual(eta: float) -> float:
        gap = 1.0 - eta
        return float(eta**2 + (omega**2 - 2 * omega) * gap**2 + 2 * omega**2 * np.log(eta) + 2 * omega**2 * gap)

    critical = float(brentq(residual, 1e-6, 1.0 - 1e-9))
    eta = max(critical, ambient_pa / pressure_pa)
    if eta >= 1.0:
        return 0.0
    head = -2.0 * (omega * np.log(eta) + (omega - 1.0) * (1.0 - eta))
    return float(np.sqrt(max(head, 0.0) * pressure_pa / start) / (omega * (1.0 / eta - 1.0) + 1.0))


def flashing_flux(
    what: Substance, *, pressure_pa: float, temperature_k: float, ambient_pa: float, length_m: float, diameter_m: float
) -> float:
    """Mass flux of a liquefied gas through a hole (length 0) or a pipe, kg/m2/s.

    Beyond 0.1 m at equilibrium: omega method, with friction; shorter, the liquid has no time to boil and the flow tends
    to that of a cold liquid: G = (Geq^-2 L/Le + Gl^-2 (1 - L/Le))^-1/2 (Fauske & Epstein 1988). Pressure above
    saturation (a gas cushion, a head) adds as that of a liquid. The hole's discharge coefficient is applied outside.

    >>> from anlan.science.hazards.chemicals import substance
    >>> made = dict(pressure_pa=8e5, temperature_k=293.15, ambient_pa=101325.0, diameter_m=0.05)
    >>> hole = flashing_flux(substance("chlorine"), length_m=0.0, **made)
    >>> pipe = flashing_flux(substance("chlorine"), length_m=1.0, **made)
    >>> hole > 2 * pipe > 0
    True
    """
    saturation = min(what.vapour_pressure_pa(temperature_k), pressure_pa)
    density = what.liquid_density(temperature_k)
    cold = np.sqrt(2.0 * density * max(pressure_pa - ambient_pa, 0.0))
    boiling = omega_flux(what, max(saturation, ambient_pa * 1.0001), temperature_k, ambient_pa)
    boiling *= float(np.interp(length_m / diameter_m, *_FRICTION))
    equilibrium = np.sqrt(boiling**2 + 2.0 * density * max(pressure_pa - max(saturation, ambient_pa), 0.0))
    share = min(length_m / RELAXATION_LENGTH, 1.0)
    inverse = share / max(equilibrium, 1e-6) ** 2 + (1.0 - share) / max(cold, 1e-6) ** 2
    return float(inverse**-0.5)


def pipe_gas(
    what: Substance,
    *,
    diameter_m: float,
    length_m: float,
    pressure_pa: float,
    temperature_k: float,
    ambient_pa: float,
    until_s: float,
    friction: float = 0.02,
    steps: int = 24,
) -> Outflow:
    """Full-bore rupture of a gas pipe after Bell 1978 and Wilson 1979 (YB 2.5.2.5).

    q = q0 / (1 + a) (exp(-t / (a^2 b)) + a exp(-t / b)), b = 2/3 l/c sqrt(gamma f l/d), a = W / (b q0): all of the
    pipe's content W comes out.

    >>> from anlan.science.hazards.chemicals import substance
    >>> found = pipe_gas(substance("ammonia"), diameter_m=0.2, length_m=2000.0, pressure_pa=8e5, temperature_k=293.15,
    ...                  ambient_pa=101325.0, until_s=1e6)
    >>> bool(np.isclose(found.mass_kg[-1], 3.14159 / 4 * 0.04 * 2000 * 5.59, rtol=0.01))
    True
    """
    gamma = what.heat_ratio or 1.3
    area = np.pi / 4.0 * diameter_m**2
    content = area * length_m * what.gas_density(temperature_k, pressure_pa)
    sound = np.sqrt(gamma * GAS_CONSTANT * temperature_k / what.molar_mass)
    start = float(area * gas_rate(pressure_pa, temperature_k, what.molar_mass, gamma, ambient_pa))  # type: ignore[arg-type]
    b = 2.0 / 3.0 * length_m / sound * np.sqrt(gamma * friction * length_m / diameter_m)
    b = max(b, 1e-3)
    a = content / (b * start)

    def gone(t: NDArray[np.float64]) -> NDArray[np.float64]:
        fast, slow = a * a * b, b
        return start / (1.0 + a) * (fast * (1.0 - np.exp(-t / fast)) + a * slow * (1.0 - np.exp(-t / slow)))

    last = min(until_s, 8.0 * max(a * a * b, b))
    fine = np.concatenate(([0.0], np.geomspace(last * 1e-5, last, 600)))
    marks = np.interp(np.linspace(0.0, float(gone(fine[-1:])[0]), steps + 1), gone(fine), fine)
    return Outflow(
        time_s=marks,
        mass_kg=gone(marks),
        temperature_k=temperature_k,
        liquid_share=0.0,
        method="管道全断裂 Bell-Wilson 模型（TNO 黄皮书 2.5.2.5）",
    )


def constant(*, rate: float, duration_s: float, temperature_k: float, liquid_share: float, method: str) -> Outflow:
    """A steady release.

    >>> constant(rate=2.0, duration_s=60.0, temperature_k=290.0, liquid_share=0.0, method="").mass_kg
    array([  0., 120.])
    """
    return Outflow(
        time_s=np.array([0.0, duration_s]),
        mass_kg=np.array([0.0, rate * duration_s]),
        temperature_k=temperature_k,
        liquid_share=liquid_share,
        method=method,
    )


def flash_share(what: Substance, temperature_k: float, pressure_pa: float) -> float:
    """Share of a superheated liquid that boils off at once, adiabatically: 1 - exp(-cp (T - Tb) / hfg) (CL 4-97).

    >>> from anlan.science.hazards.chemicals import substance
    >>> 0.15 < flash_share(substance("chlorine"), 293.15, 101325.0) < 0.18
    True
    """
    if not what.is_complete:
        return 0.0
    boiling = what.saturation_k(pressure_pa)
    if temperature_k <= boiling:
        return 0.0
    return float(1.0 - np.exp(-(what.liquid_heat or 0.0) * (temperature_k - boiling) / what.latent_heat(boiling)))
