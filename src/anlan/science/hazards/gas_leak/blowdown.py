"""How a pipe between two valves empties through a leak while the valves are being closed (管存放空).

Isothermal flow in which friction balances the pressure gradient (inertia neglected), in finite volumes that grow away
from the leak; the pressure of a supplied end is held until its valve starts to close, whose opening then falls evenly
to none. Gas is neither lost nor made: what left equals what was there, plus what was supplied, less what remains.

Implicit in time (backward Euler), to within 1 % of the steady flow of the adiabatic model (see tests).

Equations: G^2 f dx/D = d(p^2)/(Z R T/M) (Osiadacz 1987, Simulation and Analysis of Gas Networks, 2.3, without inertia);
density by Z(p) = 1 - b p fitted to the equation of state at the starting pressure.
Not described: cooling by expansion, the pressure wave of the first seconds (rates before about L/c are from the hole
model with full pressure and upper bounds), condensation.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.release import critical_ratio, gas_unit

Array = NDArray[np.float64]
CELLS = 16
PICARD_ROUNDS = 8


@dataclass(frozen=True, kw_only=True)
class Side:
    """The pipe from the leak to the valve on one side."""

    length: float
    is_supplied: bool
    #: Seconds until the valve starts to close, and until it is shut.
    close_start: float
    close_end: float
    #: kg/s that the supply can give at most, as a regulator or a compressor.
    most: float = math.inf

    def opening(self, time: float) -> float:
        """Share of the supply that the valve still lets through."""
        if not self.is_supplied or time >= self.close_end:
            return 0.0
        if time <= self.close_start:
            return 1.0
        return (self.close_end - time) / (self.close_end - self.close_start)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A pipe with a leak."""

    gas: FuelGas
    pressure: float
    temperature: float
    diameter: float
    friction: float
    up: Side
    down: Side
    hole_area: float
    discharge: float
    #: Broken clean off: each end lets out through its whole cross-section.
    is_rupture: bool


@dataclass(frozen=True, kw_only=True)
class Blowdown:
    """Time series of a leak."""

    time: Array
    #: kg/s at the start, then the mean of each step.
    rate: Array
    #: Absolute pressure at the leak, Pa.
    pressure: Array
    released: Array
    supplied: Array
    remaining: Array


def _widths(length: float, diameter: float) -> Array:
    """Cells from the leak outwards, growing evenly by ratio."""
    first = min(max(5.0 * diameter, length / 2000.0), length / CELLS)
    low, high = 1.0, 4.0
    for _ in range(60):
        ratio = 0.5 * (low + high)
        total = first * (CELLS if ratio == 1.0 else (ratio**CELLS - 1.0) / (ratio - 1.0))
        low, high = (ratio, high) if total < length else (low, ratio)
    made = first * ratio ** np.arange(CELLS)
    return made * length / made.sum()


def _factor(gamma: float, ratio: Array) -> Array:
    """`release.outflow_factor` for arrays."""
    throat = np.clip(ratio, critical_ratio(gamma), 1.0)
    inner = throat ** (2.0 / gamma) - throat ** ((gamma + 1.0) / gamma)
    return np.sqrt(2.0 * gamma / (gamma - 1.0) * np.maximum(inner, 0.0))


def blow_down(line: Line, duration: float, *, points: int = 400, pa: float = ATMOSPHERE) -> Blowdown:
    """What leaves a line in so many seconds.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> side = Side(length=500.0, is_supplied=False, close_start=0.0, close_end=0.0)
    >>> line = Line(gas=usual("methane"), pressure=501_325.0, temperature=288.15, diameter=0.1, friction=0.02,
    ...             up=side, down=side, hole_area=1e-4, discharge=0.9, is_rupture=False)
    >>> made = blow_down(line, 7200.0)
    >>> gap = made.remaining + made.released - made.supplied - made.remaining[0]
    >>> bool(np.abs(gap).max() < 1e-8 * made.remaining[0]), bool(made.pressure[-1] < 102_000)
    (True, True)
    """
    flow = _Flow(line, pa)
    breaks = [round(t, 3) for s in (line.up, line.down) if s.is_supplied for t in (s.close_start, s.close_end)]
    grid = np.geomspace(duration / 1e5, duration, points - 1)
    times = np.unique(np.concatenate(([0.0], grid, [t for t in breaks if 0.0 < t < duration])))
    masses = [flow.start]
    released, supplied = np.zeros_like(times), np.zeros_like(times)
    for at, (begin, end) in enumerate(zip(times[:-1], times[1:], strict=True)):
        made, leaked, fed = flow.step(masses[-1], end, end - begin)
        masses.append(made)
        released[at + 1], supplied[at + 1] = released[at] + leaked, supplied[at] + fed
    held = np.stack(masses, axis=1)
    pressure = flow.pressures(held)
    return Blowdown(
        time=times,
        rate=np.append(flow.leaks(pressure[:, :1]).sum(), np.diff(released) / np.diff(times)),
        pressure=np.maximum(pressure[flow.middle - 1 : flow.middle + 1].mean(axis=0), pa),
        released=released,
        supplied=supplied,
        remaining=held.sum(axis=0),
    )


class _Flow:
    """The balance of the cells; columns are states at different times."""

    def __init__(self, line: Line, pa: float) -> None:
        self.line, self.pa = line, pa
        self.unit = gas_unit(line.gas, line.temperature)
        self.bend = (1.0 - line.gas.compressibility(line.pressure, line.temperature)) / line.pressure
        widths = np.concatenate(
            (_widths(line.up.length, line.diameter)[::-1], _widths(line.down.length, line.diameter))
        )
        self.middle = CELLS
        cross = math.pi / 4.0 * line.diameter**2
        self.volume = (cross * widths)[:, None]
        self.start = (self.volume[:, 0]) * self.density(np.array(line.pressure))
        between = 0.5 * (widths[1:] + widths[:-1])
        self.conductance = cross * np.sqrt(line.diameter / (line.friction * between * self.unit))[:, None]
        if line.is_rupture:
            self.conductance[self.middle - 1] = 0.0
        ends = cross * np.sqrt(line.diameter / (line.friction * 0.5 * widths[[0, -1]] * self.unit))
        self.end_conductance = ends
        self.area = np.zeros((len(widths), 1))
        share = line.discharge * (cross if line.is_rupture else 0.5 * line.hole_area)
        self.area[self.middle - 1 : self.middle + 1] = share

    def density(self, pressure: Array) -> Array:
        return pressure / (self.unit * (1.0 - self.bend * pressure))

    def pressures(self, masses: Array) -> Array:
        term = masses / self.volume * self.unit
        return term / (1.0 + self.bend * term)

    def leaks(self, pressure: Array) -> Array:
        """kg/s out of each cell."""
        p0 = np.maximum(pressure, self.pa)
        factor = _factor(self.line.gas.gamma, self.pa / p0)
        return self.area * np.sqrt(p0 * self.density(p0)) * factor

    def step(self, old: Array, time: float, step: float) -> tuple[Array, float, float]:
        """Masses after a step, and what leaked and was supplied in it, kg.

        Flows are written as a conductance times a difference of pressures; the conductances, which go as one over the
        root of the difference, are renewed until they settle (each round halves their error).
        """
        pressure = self.pressures(old[:, None])[:, 0]
        for _ in range(PICARD_ROUNDS):
            between, leak, feed = self.conductances(pressure, time)
            capacity = self.volume[:, 0] * self.density(pressure) / pressure / step
            pressure = self.solved(old / step, capacity, between, leak, feed)
        for _ in range(len(old)):  # what fell below the air's pressure did not leak: nothing is sucked in
            if not ((pressure < self.pa) & (leak > 0.0)).any():
                break
            leak = np.where(pressure < self.pa, 0.0, leak)
            pressure = self.solved(old / step, capacity, between, leak, feed)
        along = between * (pressure[:-1] - pressure[1:])
        out, fed = leak * (pressure - self.pa), feed * (self.line.pressure - pressure)
        change = fed - out
        change[:-1] -= along
        change[1:] += along
        return old + step * change, float(step * out.sum()), float(step * fed.sum())

    def solved(self, held: Array, capacity: Array, between: Array, leak: Array, feed: Array) -> Array:
        """Pressures that balance what is held, flows and leaks; positive, as the matrix is an M-matrix."""
        bands = np.zeros((3, len(held)))
        bands[1] = capacity + leak + feed
        bands[1, :-1] += between
        bands[1, 1:] += between
        bands[0, 1:] = bands[2, :-1] = -between
        return solve_banded((1, 1), bands, held + leak * self.pa + feed * self.line.pressure)

    def conductances(self, pressure: Array, time: float) -> tuple[Array, Array, Array]:
        """kg/(s Pa) between cells, out of each cell, and into each from its supply."""
        least = 1e-9 * self.line.pressure  # differences below this carry next to nothing
        mean = 0.5 * (pressure[:-1] + pressure[1:])
        drop = np.maximum(np.abs(pressure[:-1] - pressure[1:]), least)
        stretch = np.sqrt(2.0 * mean / (1.0 - self.bend * mean))
        between = self.conductance[:, 0] * stretch / np.sqrt(drop)
        above = np.maximum(pressure, self.pa * (1.0 + 1e-9))
        leak = self.leaks(above[:, None])[:, 0] / (above - self.pa)
        feed = np.zeros_like(pressure)
        for side, cell, conductance in (
            (self.line.up, 0, self.end_conductance[0]),
            (self.line.down, len(pressure) - 1, self.end_conductance[1]),
        ):
            missing = max(self.line.pressure - pressure[cell], least)
            middle = 0.5 * (self.line.pressure + pressure[cell])
            full = conductance * math.sqrt(2.0 * middle / (1.0 - self.bend * middle) / missing)
            feed[cell] = side.opening(time) * min(full, side.most / missing)
        return between, leak, feed


def vessel_time(gas: FuelGas, pressure: float, temperature: float, volume: float, area: float, final: float) -> float:
    """Seconds in which a vessel or a network without friction empties to a pressure (Pa absolute) above the air's.

    Isothermal; `area` is the hole's times its discharge coefficient.

    >>> from anlan.science.hazards.gas_leak.gases import usual
    >>> round(vessel_time(usual("methane"), 501_325.0, 288.15, 10.0, 1e-4, 102_325.0))
    692
    """
    if pressure <= final:
        return 0.0
    rungs = np.geomspace(final, pressure, 400)
    pace = _factor(gas.gamma, ATMOSPHERE / rungs)
    unit = gas_unit(gas, temperature) * gas.compressibility(pressure, temperature)
    return float(volume / (area * math.sqrt(unit)) * np.trapezoid(1.0 / pace, np.log(rungs)))
