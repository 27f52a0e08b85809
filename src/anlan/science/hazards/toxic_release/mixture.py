"""Density and temperature of a released substance mixed with air, adiabatically (混合气体).

m: mass fraction of the substance; the released part may bring droplets (aerosol), which evaporate into the air and cool
it until the partial pressure allows no more; the air may bring water, which condenses and warms it. Homogeneous
equilibrium, as in HEGADAS and SLAB (Ermak 1990, UCRL-MA-105607, chapter 3), without heat from the ground and without
solution of the substance in water droplets.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.chemicals import AIR_MOLAR_MASS, GAS_CONSTANT, Substance

AIR_HEAT = 1006.0  # J/kg/K
WATER_HEAT, WATER_LATENT, WATER_MOLAR_MASS = 1860.0, 2.5e6, 0.018015


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Arrays over `fraction`, the mass fraction of the substance, rising from 0 to 1."""

    fraction: NDArray[np.float64]
    density: NDArray[np.float64]  # kg/m3
    temperature: NDArray[np.float64]  # K
    #: Mass concentration of the substance, kg/m3: rises with the fraction.
    concentration: NDArray[np.float64]
    air_density: float
    #: Greatest fraction at which the last droplet of the substance has evaporated.
    dry_fraction: float


def air_density(temperature_k: float, pressure_pa: float) -> float:
    """Of dry air, kg/m3.

    >>> round(air_density(293.15, 101325.0), 3)
    1.204
    """
    return pressure_pa * AIR_MOLAR_MASS / (GAS_CONSTANT * temperature_k)


@lru_cache(maxsize=64)  # members of an ensemble mostly share it
def mixed(
    what: Substance,
    *,
    temperature_k: float,
    liquid_fraction: float,
    air_k: float,
    pressure_pa: float,
    humidity: float,
) -> Mixture:
    """Mixtures of a release at a temperature, with a share of droplets, and air with a relative humidity of 0-1.

    >>> from anlan.science.hazards.chemicals import substance
    >>> cold = mixed(substance("ammonia"), temperature_k=239.8, liquid_fraction=0.8, air_k=293.15,
    ...              pressure_pa=101325.0, humidity=0.5)
    >>> warm = mixed(substance("ammonia"), temperature_k=293.15, liquid_fraction=0.0, air_k=293.15,
    ...              pressure_pa=101325.0, humidity=0.5)
    >>> bool(np.interp(0.2, cold.fraction, cold.density) > cold.air_density > np.interp(0.2, warm.fraction, warm.density))
    True
    """
    m = np.concatenate(([0.0], np.geomspace(1e-6, 1.0, 120)))
    gas_heat, liquid_heat = what.gas_heat or 1000.0, what.liquid_heat or 2000.0
    can_condense = what.is_complete
    boiling = what.boiling_point_k or temperature_k
    latent = what.latent_heat(boiling) if can_condense else 0.0
    water = humidity * _water_pressure(np.array(air_k)) / pressure_pa * WATER_MOLAR_MASS / AIR_MOLAR_MASS
    dry = (1.0 - m) / (1.0 + water)
    vapour = (1.0 - m) - dry

    def state(t: NDArray[np.float64]) -> tuple[NDArray, NDArray, NDArray]:
        """Liquid substance and water as mass fractions, and moles of gas for a kilogram, at equilibrium."""
        moles = dry / AIR_MOLAR_MASS
        wet = vapour / WATER_MOLAR_MASS
        gone = m / what.molar_mass
        share_w = np.minimum(_water_pressure(t) / pressure_pa, 0.95)
        if can_condense and what.antoine is not None:
            a, b, c = what.antoine
            share_s = np.minimum(np.exp(a - b / np.maximum(t + c, 1.0)) / pressure_pa, 0.999)
        else:
            share_s = np.ones_like(t)
        gas_w = np.minimum(wet, share_w / (1.0 - share_w) * (moles + gone))
        with np.errstate(divide="ignore"):
            gas_s = np.where(share_s >= 0.999, gone, np.minimum(gone, share_s / (1.0 - share_s) * (moles + gas_w)))
        pure = (m >= 1.0 - 1e-12) & (t >= boiling)
        gas_s = np.where(pure, gone, gas_s)
        return (gone - gas_s) * what.molar_mass, (wet - gas_w) * WATER_MOLAR_MASS, moles + gas_w + gas_s

    def enthalpy(t: NDArray[np.float64], liquid: NDArray[np.float64], drops: NDArray[np.float64]) -> NDArray:
        sensible = (m - liquid) * gas_heat * (t - boiling) + liquid * (liquid_heat * (t - boiling) - latent)
        return sensible + (dry * AIR_HEAT + vapour * WATER_HEAT) * (t - air_k) - drops * WATER_LATENT

    start_gas = (1.0 - liquid_fraction) * gas_heat * (temperature_k - boiling)
    start = m * (start_gas + liquid_fraction * (liquid_heat * (temperature_k - boiling) - latent))
    low = np.full_like(m, min(temperature_k, air_k) - 90.0)
    high = np.full_like(m, max(temperature_k, air_k) + 15.0)
    for _ in range(48):
        middle = 0.5 * (low + high)
        liquid, drops, _moles = state(middle)
        too_warm = enthalpy(middle, liquid, drops) > start
        high, low = np.where(too_warm, middle, high), np.where(too_warm, low, middle)
    temperature = 0.5 * (low + high)
    temperature[-1] = temperature_k
    liquid, drops, moles = state(temperature)
    if liquid_fraction > 0:
        liquid[-1], moles[-1] = liquid_fraction, (1.0 - liquid_fraction) / what.molar_mass
    volume = (
        moles * GAS_CONSTANT * temperature / pressure_pa + liquid / (what.liquid_density_kg_m3 or 1e3) + drops / 1e3
    )
    density = 1.0 / volume
    concentration = np.maximum.accumulate(m * density)
    return Mixture(
        fraction=m,
        density=density,
        temperature=temperature,
        concentration=concentration,
        air_density=float(density[0]),
        dry_fraction=float(m[np.flatnonzero(liquid < 1e-9 * np.maximum(m, 1e-9))[-1]]),
    )


def _water_pressure(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Saturation pressure of water, Pa (Magnus; WMO-No. 8)."""
    celsius = np.clip(t - 273.15, -60.0, 60.0)
    return 611.2 * np.exp(17.62 * celsius / (243.12 + celsius))
