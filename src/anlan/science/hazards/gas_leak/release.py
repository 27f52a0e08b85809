"""How fast gas leaves a hole in a pipe: choked and unchoked, fed through the pipe from one or both sides (泄漏速率).

Symbols: p0 stagnation pressure (Pa absolute), pa of the surroundings, T0 stagnation temperature (K), A area (m2),
Cd discharge coefficient, Ma Mach number, f Darcy friction factor, L length and D diameter of pipe (m), G mass flux
(kg/(m2 s)).

Hole: isentropic nozzle flow of a gas with constant gamma whose density at rest is that of the real gas (TNO Yellow
Book CPR 14E 1997, 2.5.2.3). Pipe: adiabatic flow with friction at constant stagnation temperature (Fanno; Levenspiel
1977, AIChE J. 23, 402). Both together, for any hole from pinhole to full bore: Montiel, Vilchez, Casal & Arnaldos 1998,
J. Hazard. Mater. 59, 211-233. The hole sees the stagnation pressure of the flow that arrives, so that hole and pipe
model meet exactly at full bore.
"""

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, GAS_CONSTANT, FuelGas


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A pipe that feeds the leak from where its pressure is held."""

    length: float
    diameter: float
    friction: float


def critical_ratio(gamma: float) -> float:
    """Pressure at the throat over stagnation pressure when the flow is choked.

    >>> round(critical_ratio(1.4), 4)
    0.5283
    """
    return (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0))


def outflow_factor(gamma: float, ratio: float) -> float:
    """G over p0 sqrt(M/(Z R T0)) at pa/p0 = ratio: constant when choked, 0 at ratio 1.

    >>> round(outflow_factor(1.4, 0.2), 4), outflow_factor(1.4, 1.0)
    (0.6847, 0.0)
    """
    throat = max(ratio, critical_ratio(gamma))
    if throat >= 1.0:
        return 0.0
    inner = throat ** (2.0 / gamma) - throat ** ((gamma + 1.0) / gamma)
    return math.sqrt(2.0 * gamma / (gamma - 1.0) * inner)


def hole_flow(gas: FuelGas, p0: float, temperature: float, area: float, cd: float, pa: float = ATMOSPHERE) -> float:
    """kg/s through a hole from a gas at rest at p0.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> round(hole_flow(usual("methane"), 501_325.0, 288.15, 1e-4, 1.0), 4)
    0.0872
    """
    if p0 <= pa:
        return 0.0
    density = gas.density(p0, temperature)
    return cd * area * math.sqrt(p0 * density) * outflow_factor(gas.gamma, pa / p0)


def friction_factor(diameter: float, roughness: float) -> float:
    """Darcy friction factor of fully rough turbulent flow (Nikuradse; Colebrook at infinite Reynolds number).

    Leaks large enough for friction to matter run at Reynolds numbers above 1e6.

    >>> round(friction_factor(0.1, 1e-4), 4)
    0.0196
    """
    return (-2.0 * math.log10(roughness / diameter / 3.7)) ** -2


def mach_flux(mach: float, gamma: float) -> float:
    """G over p0 sqrt(M/(Z R T0)) of a stream at a Mach number.

    >>> round(mach_flux(1.0, 1.4), 4)
    0.6847
    """
    return math.sqrt(gamma) * mach * (1.0 + (gamma - 1.0) / 2.0 * mach**2) ** (-(gamma + 1.0) / (2.0 * (gamma - 1.0)))


def fanno(mach: float, gamma: float) -> float:
    """f L / D from this Mach number to 1.

    >>> round(fanno(0.5, 1.4), 4)
    1.0691
    """
    square = mach**2
    return (1.0 - square) / (gamma * square) + (gamma + 1.0) / (2.0 * gamma) * math.log(
        (gamma + 1.0) * square / (2.0 + (gamma - 1.0) * square)
    )


def _entry_mach(end: float, gamma: float, resistance: float) -> float:
    """Mach number at the start of a pipe of f L/D from that at its end."""
    wanted = fanno(end, gamma) + resistance
    return brentq(lambda mach: fanno(mach, gamma) - wanted, 1e-9, end, xtol=1e-15, rtol=1e-13)


def pipe_flow(gas: FuelGas, p0: float, temperature: float, feed: Feed, end: float) -> float:
    """kg/s that reach the pipe's end with the stagnation pressure `end` there; less than the choked flow.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> feed = Feed(length=1000.0, diameter=0.1, friction=0.02)
    >>> round(pipe_flow(usual("methane"), 501_325.0, 288.15, feed, 200_000.0), 3)
    0.661
    """
    if end >= p0:
        return 0.0
    area, resistance = math.pi / 4.0 * feed.diameter**2, feed.friction * feed.length / feed.diameter
    unit = area * math.sqrt(p0 * gas.density(p0, temperature))

    def excess(mach: float) -> float:
        entry = _entry_mach(mach, gas.gamma, resistance)
        return mach_flux(entry, gas.gamma) / mach_flux(mach, gas.gamma) - end / p0

    if excess(1.0) >= 0.0:  # choked at the end: lower pressure beyond it changes nothing
        return unit * mach_flux(_entry_mach(1.0, gas.gamma, resistance), gas.gamma)
    mach = brentq(excess, 1e-7, 1.0, xtol=1e-13)
    return unit * mach_flux(_entry_mach(mach, gas.gamma, resistance), gas.gamma)


def steady_release(
    gas: FuelGas,
    p0: float,
    temperature: float,
    feeds: tuple[Feed, ...],
    area: float,
    cd: float,
    pa: float = ATMOSPHERE,
) -> tuple[float, float]:
    """kg/s of a leak whose feeds are kept at p0, and the stagnation pressure at the hole, Pa.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> feed = Feed(length=1000.0, diameter=0.1, friction=0.02)
    >>> rate, pressure = steady_release(usual("methane"), 501_325.0, 288.15, (feed,), 3.14e-6, 0.9)
    >>> bool(abs(rate / hole_flow(usual("methane"), 501_325.0, 288.15, 3.14e-6, 0.9) - 1) < 0.001)
    True
    """
    if p0 <= pa:
        return 0.0, p0

    def shortage(pressure: float) -> float:
        fed = sum(pipe_flow(gas, p0, temperature, feed, pressure) for feed in feeds)
        return hole_flow(gas, pressure, temperature, area, cd, pa) - fed

    pressure = brentq(shortage, pa, p0, xtol=1e-9 * pa)
    return hole_flow(gas, pressure, temperature, area, cd, pa), pressure


def gas_unit(gas: FuelGas, temperature: float) -> float:
    """R T / M, J/kg.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> round(gas_unit(usual("methane"), 288.15))
    149339
    """
    return GAS_CONSTANT * temperature / gas.molar_mass
