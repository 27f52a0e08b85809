"""The fire of a burning leak: flame, radiation, deaths by burns; the impact radius of a broken pipeline (喷射火).

Flame: Chamberlain 1987, Chem. Eng. Res. Des. 65, 299 (length, tilt), as in Assael & Kakosimos 2010, Fires, Explosions,
and Toxic Gas Dispersions, p. 110. Radiation: weighted points along the flame, Hankinson & Lowesmith 2012, Combust.
Flame 159, 1165 (weights recalled, 待核对); receivers face the flame. Air: transmissivity of TNO Yellow Book 6.5.2.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from anlan.science.hazards.gas_leak.gases import AIR_MOLAR_MASS, ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.jets import Throat, air_density

Array = NDArray[np.float64]
GRAVITY = 9.80665
POINTS = 50


@dataclass(frozen=True, kw_only=True)
class Flame:
    """A flame: radiated power (W), its points (m east, north, up, shape (POINTS, 3)) and their weights."""

    length_m: float
    radiated_w: float
    points_m: Array
    weights: Array


def expanded_speed(gas: FuelGas, at: Throat, pa: float = ATMOSPHERE) -> float:
    """Speed of the jet after it expanded to the pressure of the air, m/s (Chamberlain's u_j).

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> from anlan.science.hazards.gas_leak.jets import throat
    >>> gas = usual("methane")
    >>> round(expanded_speed(gas, throat(gas, 501_325.0, 288.15)))
    629
    """
    gamma = gas.gamma
    sound = gamma * at.pressure / at.density
    mach = at.speed / math.sqrt(sound)
    rest = 1.0 + (gamma - 1.0) / 2.0 * mach**2
    full = 2.0 / (gamma - 1.0) * ((at.pressure / pa * rest ** (gamma / (gamma - 1.0))) ** ((gamma - 1.0) / gamma) - 1.0)
    temperature_ratio = rest / (1.0 + (gamma - 1.0) / 2.0 * full)
    return math.sqrt(full * sound * temperature_ratio)


def flame_length(gas: FuelGas, rate: float, speed: float, air_temperature: float, wind: float) -> float:
    """Metres from the hole to the tip, for a jet upwards in a wind (m/s).

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> round(flame_length(usual("methane"), 2.9, 800.0, 288.15, 5.0), 1)
    11.9
    """
    diameter = math.sqrt(4.0 * rate / (math.pi * air_density(air_temperature) * speed))
    fuel = gas.stoichiometric * gas.molar_mass
    share = fuel / (fuel + (1.0 - gas.stoichiometric) * AIR_MOLAR_MASS)
    buoyant = 0.024 * (GRAVITY * diameter / speed**2) ** (1.0 / 3.0)
    wanted = (2.85 / share) ** (2.0 / 3.0)
    scaled = brentq(lambda y: buoyant * y ** (5.0 / 3.0) + 0.2 * y ** (2.0 / 3.0) - wanted, 1e-3, 1e6)
    return scaled * diameter * (0.51 * math.exp(-0.4 * wind) + 0.49)


def seeping_flame_length(power: float, diameter: float) -> float:
    """Metres of flame over ground from which gas seeps, W and m (Heskestad 1983, Fire Safety J. 5, 103).

    >>> round(seeping_flame_length(1e6, 1.0), 2)
    2.7
    """
    return max(0.235 * (power / 1e3) ** 0.4 - 1.02 * diameter, 0.1)


def deadly_flux(share: float, seconds: float) -> float:
    """W/m2 that kills so many of those unprotected: `burn_deaths` turned round.

    >>> round(deadly_flux(0.5, 30.0))
    14359
    """
    return float((np.exp((norm.ppf(share) + 5.0 + 36.38) / 2.56) / seconds) ** 0.75)


def tilt(still_length: float, diameter: float, speed: float, wind: float) -> float:
    """Degrees by which wind bends a jet that points upwards.

    >>> tilt(30.0, 0.07, 600.0, 0.0), round(tilt(30.0, 0.07, 600.0, 5.0), 1)
    (0.0, 12.5)
    """
    richardson = still_length * (GRAVITY / (diameter * speed) ** 2) ** (1.0 / 3.0)
    ratio = wind / speed
    bent = 8000.0 * ratio if ratio <= 0.05 else 1726.0 * math.sqrt(ratio - 0.026) + 134.0
    return min(bent / richardson, 90.0)


def point_weights(count: int = POINTS) -> Array:
    """Share of the radiation from each point, rising to three quarters of the length, then falling; sums to one.

    >>> weights = point_weights()
    >>> int(weights.argmax()) + 1, round(float(weights.sum()), 6)
    (38, 1.0)
    """
    place, top = np.arange(1.0, count + 1.0), round(0.75 * count)
    weights = np.where(place <= top, place, top - (top - 1.0) / (count - top) * (place - top))
    return weights / weights.sum()


def flame(
    start: tuple[float, float, float], direction: tuple[float, float, float], length: float, power: float
) -> Flame:
    """A straight flame from a place along a unit vector, radiating so much (W).

    >>> flame((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 10.0, 1e6).points_m[-1].round(2).tolist()
    [0.0, 0.0, 9.9]
    """
    along = (np.arange(POINTS) + 0.5) / POINTS * length
    points = np.array(start) + along[:, None] * np.array(direction)
    return Flame(length_m=length, radiated_w=power, points_m=points, weights=point_weights())


def transmissivity(distance: Array, vapour_pressure: float) -> Array:
    """Share of radiation that moist air lets through; Pa, m.

    >>> transmissivity(np.array([10.0, 100.0]), 1200.0).round(3).tolist()
    [0.867, 0.705]
    """
    return np.minimum(1.0, 2.02 * np.maximum(vapour_pressure * distance, 1.0) ** -0.09)


def radiation(fire: Flame, places: Array, vapour_pressure: float) -> Array:
    """W/m2 on surfaces that face the flame, at places (m east, north, up), shape (n, 3).

    >>> fire = flame((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 1e-3, 4e6 * math.pi)
    >>> radiation(fire, np.array([[10.0, 0.0, 0.0]]), 1e-3).round().tolist()
    [10000.0]
    """
    distance = np.sqrt(((places[:, None, :] - fire.points_m[None]) ** 2).sum(axis=2))
    distance = np.maximum(distance, 0.5)
    each = fire.weights * transmissivity(distance, vapour_pressure) / (4.0 * math.pi * distance**2)
    return fire.radiated_w * each.sum(axis=1)


def burn_deaths(flux: Array, seconds: float) -> Array:
    """Probability that an unprotected person dies of the heat (W/m2).

    Pr = -36.38 + 2.56 ln(t q^(4/3)): TNO Green Book CPR 16E 1992, chapter 1 (recalled, 待核对).

    >>> burn_deaths(np.array([4e3, 12.5e3, 37.5e3]), 30.0).round(3).tolist()
    [0.0, 0.318, 0.999]
    """
    with np.errstate(divide="ignore"):
        return norm.cdf(-36.38 + 2.56 * np.log(seconds * np.maximum(flux, 0.0) ** (4.0 / 3.0)) - 5.0)


def impact_radius(diameter: float, gauge_pressure: float) -> float:
    """Potential impact radius of a broken natural gas pipeline, m: 15.8 kW/m2 some seconds after the break.

    ASME B31.8S-2004, 3.2, r = 0.00315 d sqrt(p) with mm and kPa; GRI-00/0189 (Stephens 2000); 49 CFR 192.903. Published
    accidents burned and killed beyond it (Carlsbad 2000, Danville 2019): not a distance at which people are safe.

    >>> round(impact_radius(0.762, 386 * 6894.76))
    124
    """
    return 0.00315 * (diameter * 1e3) * math.sqrt(gauge_pressure / 1e3)


def evacuation_radius(diameter: float, gauge_pressure: float) -> float:
    """Metres to 1.4 kW/m2 (450 Btu/(h ft2)) round a broken natural gas pipeline.

    Pipeline Association for Public Awareness, Pipeline Emergency Response Guidelines 2023, Appendix C, table 1:
    2.28 ft x nominal size (in) x sqrt(psig).

    >>> round(evacuation_radius(0.762, 386 * 6894.76))
    410
    """
    return 2.28 * 0.3048 * (diameter / 0.0254) * math.sqrt(gauge_pressure / 6894.757)
