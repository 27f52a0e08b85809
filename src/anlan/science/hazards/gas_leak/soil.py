"""A leak from a buried pipe: how much the soil lets through, where gas surfaces, when it reaches a cellar (埋地泄漏).

The soil is a uniform porous half-space. Seepage by Darcy's law, p^2 - pa^2 = m mu (R T/M) G/k with Green's function
G = (1/r1 -+ 1/r2)/(4 pi) of the leak and its image above an open (-) or sealed (+) surface. Where gas both seeps and
diffuses from a point, C = 1 - exp(-q G/D) is an exact solution of u.grad C = D lap C with u = -q grad G: seepage rules
near the leak, diffusion far off, as measured in controlled releases from a buried pipe (Elementa 9(1), 00008, 2021:
seepage rules within 1-1.5 m of 0.5-0.85 kg/h). Growth in time: erfc as of a steady point source (Carslaw & Jaeger 1959, 10.4), and the
front of pure gas that seeps out; the earlier counts.

Symbols: k permeability (m2), mu viscosity (Pa s), q volume flow at pa (m3/s), D effective diffusivity (m2/s), theta
air-filled porosity (-), h depth (m), r distance (m). Cracks, trenches, sewers and other pipes carry gas several times
farther and faster than any soil: distances are uncertain by a factor of 2, times by a factor of 5.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import erfc

from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.release import gas_unit, hole_flow

Array = NDArray[np.float64]
#: Pa s, methane at 15 °C (CoolProp 8.0.0: 1.08e-5).
VISCOSITY = 1.1e-5
#: m2/s, methane in air at 15 °C: 1.96e-5 at 0 °C times (T/T0)^1.75 (Massman 1998, Atmos. Environ. 32, 1111; 待核对).
DIFFUSIVITY = 2.15e-5


@dataclass(frozen=True, kw_only=True)
class Soil:
    """A soil: permeability to gas (m2), porosity and the part of it filled with air."""

    permeability: float
    porosity: float
    air_filled: float

    @property
    def diffusivity(self) -> float:
        """m2/s over the whole section: Millington & Quirk 1961, Science 122, 1 (theta^(10/3) / porosity^2)."""
        return DIFFUSIVITY * self.air_filled ** (10.0 / 3.0) / self.porosity**2


#: Typical soils; permeabilities after Bear 1972, Dynamics of Fluids in Porous Media, table 5.5.1 (recalled, 待核对).
SOILS: Mapping[str, Soil] = MappingProxyType(
    {
        "gravel": Soil(permeability=1e-9, porosity=0.40, air_filled=0.35),
        "sand": Soil(permeability=1e-11, porosity=0.40, air_filled=0.30),
        "loam": Soil(permeability=1e-12, porosity=0.45, air_filled=0.22),
        "clay": Soil(permeability=1e-14, porosity=0.45, air_filled=0.12),
    }
)


def green(distance: Array, depth: float, *, is_sealed: bool, level: float | None = None) -> Array:
    """1/m at horizontal distances and a depth `level` (the leak's if none).

    >>> green(np.array([1.0]), 1.0, is_sealed=False).round(4).tolist()
    [0.044]
    """
    below = depth if level is None else level
    near = np.hypot(distance, below - depth)
    far = np.hypot(distance, below + depth)
    sign = 1.0 if is_sealed else -1.0
    return (1.0 / np.maximum(near, 1e-6) + sign / far) / (4.0 * math.pi)


def seepage(
    gas: FuelGas, pressure: float, temperature: float, area: float, cd: float, soil: Soil, depth: float
) -> float:
    """kg/s from a hole against the soil round it: the pore space beside the hole is a sphere of the hole's area.

    The soil is taken as firm; a leak that is stronger than about 1 kg/s digs itself free and then is none of this.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> gas, area = usual("methane"), math.pi / 4 * 0.005**2
    >>> loose, firm = (seepage(gas, 301_325.0, 288.15, area, 0.9, SOILS[name], 1.0) for name in ("gravel", "clay"))
    >>> round(loose, 4), round(firm, 8)
    (0.0092, 3.85e-06)
    """
    radius = math.sqrt(area / (4.0 * math.pi))
    resistance = (
        VISCOSITY
        * gas_unit(gas, temperature)
        / (2.0 * math.pi * soil.permeability)
        * (1.0 / radius - 1.0 / (2.0 * depth))
    )

    def excess(outside: float) -> float:
        return hole_flow(gas, pressure, temperature, area, cd, outside) - (outside**2 - ATMOSPHERE**2) / resistance

    if pressure <= ATMOSPHERE:
        return 0.0
    outside = brentq(excess, ATMOSPHERE, pressure, xtol=1e-9)
    return (outside**2 - ATMOSPHERE**2) / resistance


def concentration(flow: float, soil: Soil, distance: Array, depth: float, *, is_sealed: bool, time: float) -> Array:
    """Mole fraction of gas in the soil's air at the leak's depth after so many seconds (inf: steady).

    >>> sand = SOILS["sand"]
    >>> far = concentration(2e-4, sand, np.array([1.0, 5.0]), 0.9, is_sealed=False, time=math.inf)
    >>> far.round(3).tolist()
    [0.966, 0.075]
    """
    grown = np.ones_like(distance)
    if math.isfinite(time):
        reach = math.sqrt(4.0 * soil.diffusivity / soil.air_filled * time)
        grown = erfc(distance / reach)
    return 1.0 - np.exp(-flow / soil.diffusivity * green(distance, depth, is_sealed=is_sealed) * grown)


def reach(flow: float, soil: Soil, depth: float, limit: float, *, is_sealed: bool, time: float) -> float:
    """Farthest horizontal distance at which a mole fraction is reached by then, m.

    >>> open_soil, paved = (reach(2e-4, SOILS["sand"], 0.9, 0.05, is_sealed=sealed, time=86400.0)
    ...                     for sealed in (False, True))
    >>> bool(open_soil < paved)
    True
    """
    distance = np.geomspace(0.05, 500.0, 4000)
    inside = concentration(flow, soil, distance, depth, is_sealed=is_sealed, time=time) >= limit
    diffused = float(distance[inside].max(initial=0.0))
    steady = concentration(flow, soil, distance, depth, is_sealed=is_sealed, time=math.inf) >= limit
    seeped = min(front(flow, soil, time), float(distance[steady].max(initial=0.0)))
    return max(diffused, seeped)


def front(flow: float, soil: Soil, time: float) -> float:
    """Radius of the sphere of soil air that the gas has pushed out by then, m.

    >>> round(front(2e-4, SOILS["sand"], 3600.0), 2)
    0.83
    """
    if not math.isfinite(time):
        return math.inf
    return (3.0 * flow * time / (4.0 * math.pi * soil.air_filled)) ** (1.0 / 3.0)


def arrival(flow: float, soil: Soil, distance: float, depth: float, limit: float, *, is_sealed: bool) -> float:
    """Seconds until a mole fraction is reached at a distance; inf where it never is.

    >>> arrival(2e-4, SOILS["sand"], 300.0, 0.9, 0.05, is_sealed=False)
    inf
    """
    if reach(flow, soil, depth, limit, is_sealed=is_sealed, time=math.inf) < distance:
        return math.inf
    low, high = 0.0, 12.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        is_there = reach(flow, soil, depth, limit, is_sealed=is_sealed, time=10.0**middle) >= distance
        low, high = (low, middle) if is_there else (middle, high)
    return 10.0**high if high < 11.99 else math.inf


def surfacing_radius(depth: float, share: float) -> float:
    """Radius round the point above the leak within which so much of the gas leaves an open surface, m.

    Flux through the plane of a source and its image: share = 1 - h/sqrt(h^2 + r^2).

    >>> round(surfacing_radius(1.0, 0.5), 3)
    1.732
    """
    return depth * math.sqrt((1.0 - share) ** -2 - 1.0)
