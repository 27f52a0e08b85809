"""A pool of liquid on the ground that spreads and evaporates (液池扩展与蒸发).

Spreading: dr/dt = sqrt(2 g (h - h0)) until the depth is that of the ground's unevenness, h0, or the bund is full (TNO
Yellow Book, 3.5.2). Evaporation by wind: k = 0.004786 u10^(7/9) d^(-1/9) Sc^(-2/3) m/s (Mackay & Matsugu 1973, as the
Yellow Book 3.24 prints it, read in a transcription), with the flow of the vapour itself, ln(1 / (1 - pv / p)). Heat:
conduction from half-infinite ground, lambda (Tg - T) / sqrt(pi a t), and convection from air by the analogy of heat and
mass; sun and radiation are left out. A boiling pool takes what heat reaches it. Ground constants: Yellow Book table 3.2
(recalled, 待核对).
"""

from dataclasses import dataclass
from math import pi

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.chemicals import GAS_CONSTANT, Substance

#: Thermal conductivity W/m/K, diffusivity m2/s, and depth of a pool that spreads no more, m.
GROUNDS = {"concrete": (0.92, 4.2e-7, 0.005), "soil": (0.9, 4.3e-7, 0.010), "gravel": (2.5, 1.1e-6, 0.020)}
AIR_VISCOSITY = 1.5e-5  # m2/s
WATER_DIFFUSIVITY = 2.4e-5  # m2/s in air at 281 K; others by Graham's law, as in ALOHA (OR&R 43, 4.2)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Mass that has evaporated and that is left, kg, at times, s."""

    time_s: NDArray[np.float64]
    evaporated_kg: NDArray[np.float64]
    left_kg: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    temperature_k: NDArray[np.float64]


def mass_transfer(wind_10m: float, diameter_m: float, schmidt: float) -> float:
    """Mass transfer coefficient of Mackay & Matsugu, m/s.

    >>> round(mass_transfer(5.0, 10.0, 0.8), 5)
    0.01504
    """
    return float(0.004786 * wind_10m ** (7.0 / 9.0) * diameter_m ** (-1.0 / 9.0) * schmidt ** (-2.0 / 3.0))


def evaporating(
    what: Substance,
    *,
    time_s: NDArray[np.float64],
    spilt_kg: NDArray[np.float64],
    liquid_k: float,
    air_k: float,
    pressure_pa: float,
    wind_10m: float,
    bund_m2: float | None,
    ground: str,
    until_s: float,
    steps: int = 160,
) -> Pool:
    """The pool that a spill, a curve of mass over time, makes; temperatures in K.

    >>> from anlan.science.hazards.chemicals import substance
    >>> found = evaporating(substance("benzene"), time_s=np.array([0.0, 10.0]), spilt_kg=np.array([0.0, 1000.0]),
    ...     liquid_k=293.15, air_k=293.15, pressure_pa=101325.0, wind_10m=3.0, bund_m2=50.0, ground="concrete",
    ...     until_s=3600.0)
    >>> bool(np.allclose(found.evaporated_kg + found.left_kg, np.minimum(100.0 * found.time_s, 1000.0)))
    True
    """
    assert what.antoine is not None
    assert what.boiling_point_k is not None
    conductivity, diffusivity, least_depth = GROUNDS[ground]
    schmidt = AIR_VISCOSITY / (WATER_DIFFUSIVITY * np.sqrt(0.018015 / what.molar_mass))
    marks = np.unique(np.concatenate((np.geomspace(1.0, until_s, steps), np.clip(time_s, 0.0, until_s), [0.0])))
    boiling = what.saturation_k(pressure_pa)
    columns = _evaporate(
        marks,
        np.interp(marks, time_s, spilt_kg),
        min(liquid_k, boiling),
        boiling,
        what.liquid_density(min(liquid_k, boiling)),
        what.liquid_heat or 2000.0,
        what.latent_heat(min(boiling, air_k)),
        what.molar_mass,
        np.array(what.antoine),
        air_k,
        pressure_pa,
        wind_10m,
        0.0 if bund_m2 is None else bund_m2,
        conductivity,
        diffusivity,
        least_depth,
        schmidt,
    )
    return Pool(
        time_s=marks,
        evaporated_kg=columns[0],
        left_kg=columns[1],
        area_m2=columns[2],
        temperature_k=columns[3],
    )


@njit(cache=True)
def _evaporate(
    marks: NDArray[np.float64],
    spilt: NDArray[np.float64],
    start_k: float,
    boiling_k: float,
    density: float,
    heat: float,
    latent: float,
    molar_mass: float,
    antoine: NDArray[np.float64],
    air_k: float,
    pressure: float,
    wind: float,
    bund: float,
    conductivity: float,
    diffusivity: float,
    least_depth: float,
    schmidt: float,
) -> NDArray[np.float64]:
    """Rows: evaporated, left, area, temperature at the marks."""
    out = np.zeros((4, marks.size))
    mass, gone, radius, temperature = 0.0, 0.0, 0.1, start_k
    out[3, 0] = start_k
    for at in range(1, marks.size):
        inner = 40
        step = (marks[at] - marks[at - 1]) / inner
        inflow = (spilt[at] - spilt[at - 1]) / inner
        for sub in range(inner):
            if mass + inflow > 0.0:
                temperature = (mass * temperature + inflow * start_k) / (mass + inflow)
            mass += inflow
            if mass <= 0.0:
                continue
            depth = mass / density / (pi * radius * radius)
            radius += step * np.sqrt(2.0 * 9.80665 * max(depth - least_depth, 0.0))
            widest = np.sqrt(max(mass / density / least_depth, 1e-4) / pi)
            if bund > 0.0:
                widest = min(widest, np.sqrt(bund / pi))
            radius = min(radius, widest) if depth > least_depth else radius
            area = pi * radius * radius
            age = max(marks[at - 1] + (sub + 0.5) * step, 1.0)
            pull = 0.004786 * wind ** (7.0 / 9.0) * (2.0 * radius) ** (-1.0 / 9.0) * schmidt ** (-2.0 / 3.0)
            warm = pull * 1.2 * 1006.0 * (schmidt / 0.71) ** (2.0 / 3.0) * (air_k - temperature)
            warm += conductivity * (air_k - temperature) / np.sqrt(pi * diffusivity * age)
            vapour = min(np.exp(antoine[0] - antoine[1] / (temperature + antoine[2])) / pressure, 0.99)
            flux = -pull * molar_mass * pressure / (GAS_CONSTANT * temperature) * np.log(1.0 - vapour)
            if temperature >= boiling_k - 0.01 and warm > flux * latent:
                flux = warm / latent
            else:
                # the temperature moves towards where heat and evaporation balance, no farther than there
                change = (warm - flux * latent) * area * step / (mass * heat)
                temperature = min(temperature + max(min(change, 2.0), -2.0), boiling_k)
            lost = min(flux * area * step, mass)
            mass -= lost
            gone += lost
        out[0, at] = gone
        out[1, at] = mass
        out[2, at] = pi * radius * radius if mass > 0.0 else 0.0
        out[3, at] = temperature
    return out
