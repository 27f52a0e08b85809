"""Where a free jet of gas is still flammable, and how much gas is in that part (射流与可燃云).

Decay of the mean mass fraction on the axis of an expanded or under-expanded round jet, with the gas's density in the
hole: Y = 5.4 sqrt(rho_N/rho_a) d/x. Constant: Chen & Rodi 1980, and Birch, Brown, Dodson & Swaffield 1984 (Combust. Sci.
Technol. 36, 249) for natural gas with a pseudo-diameter, which is the same law; similarity for under-expanded jets:
Molkov 2012, Fundamentals of Hydrogen Safety Engineering, 5.2 (recalled, 待核对). Holds for jets driven by momentum, in
still air, that touch nothing: a jet along the ground or a wall reaches up to about 1.5 times as far.
"""

import math
from dataclasses import dataclass

import numpy as np

from anlan.science.hazards.gas_leak.gases import AIR_MOLAR_MASS, ATMOSPHERE, GAS_CONSTANT, FuelGas
from anlan.science.hazards.gas_leak.release import critical_ratio

DECAY = 5.4
#: Radius at which the mass fraction falls to 1/e of the axis', over distance: half-width 0.11 x (Chen & Rodi 1980).
SPREAD = 0.11 / math.sqrt(math.log(2.0))


@dataclass(frozen=True, kw_only=True)
class Throat:
    """The gas in the hole: density (kg/m3), speed (m/s), temperature (K), pressure (Pa)."""

    density: float
    speed: float
    temperature: float
    pressure: float


def throat(gas: FuelGas, p0: float, temperature: float, pa: float = ATMOSPHERE) -> Throat:
    """Conditions in the hole by isentropic expansion from rest.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> made = throat(usual("methane"), 501_325.0, 288.15)
    >>> round(made.density, 2), round(made.speed)
    (2.13, 411)
    """
    gamma = gas.gamma
    ratio = max(pa / p0, critical_ratio(gamma)) if p0 > pa else 1.0
    at = temperature * ratio ** ((gamma - 1.0) / gamma)
    heat = gamma / (gamma - 1.0) * GAS_CONSTANT / gas.molar_mass
    density = gas.density(p0, temperature) * ratio ** (1.0 / gamma)
    return Throat(
        density=density, speed=math.sqrt(2.0 * heat * (temperature - at)), temperature=at, pressure=max(p0, pa) * ratio
    )


def mass_fraction(gas: FuelGas, mole_fraction: float) -> float:
    """Mass fraction of gas in air.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> round(mass_fraction(usual("methane"), 0.05), 4)
    0.0283
    """
    mass = mole_fraction * gas.molar_mass
    return mass / (mass + (1.0 - mole_fraction) * AIR_MOLAR_MASS)


def air_density(temperature: float, pa: float = ATMOSPHERE) -> float:
    """kg/m3.

    >>> round(air_density(288.15), 3)
    1.225
    """
    return pa * AIR_MOLAR_MASS / (GAS_CONSTANT * temperature)


def jet_reach(gas: FuelGas, at: Throat, diameter: float, mole_fraction: float, air: float) -> float:
    """Metres along the axis to a mole fraction; `diameter` is that of the stream after its contraction.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> gas = usual("methane")
    >>> round(jet_reach(gas, throat(gas, 501_325.0, 288.15), 0.01, 0.05, 1.225), 2)
    2.51
    """
    return DECAY * math.sqrt(at.density / air) * diameter / mass_fraction(gas, mole_fraction)


def flammable_mass(gas: FuelGas, at: Throat, diameter: float, air: float) -> float:
    """kg of gas between the flammable limits in a steady jet, Gaussian across.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> gas = usual("methane")
    >>> round(flammable_mass(gas, throat(gas, 501_325.0, 288.15), 0.01, 1.225), 4)
    0.0043
    """
    low, high = (mass_fraction(gas, limit) for limit in (gas.lower_limit, gas.upper_limit))
    scale = DECAY * math.sqrt(at.density / air) * diameter
    along = np.linspace(scale, scale / low, 400)
    axis = np.minimum(scale / along, 1.0)
    inner = np.minimum(axis, high) - np.minimum(axis, low)  # integral of a Gaussian between two of its levels
    moles = (gas.lower_limit + gas.upper_limit) / 2.0
    mixed = 1.0 / (mass_fraction(gas, moles) * (AIR_MOLAR_MASS / gas.molar_mass - 1.0) + 1.0)
    return float(air * mixed * np.trapezoid(math.pi * (SPREAD * along) ** 2 * inner, along))
