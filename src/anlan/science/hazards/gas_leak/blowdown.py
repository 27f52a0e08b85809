"""How a pipe between two valves empties through a leak while the valves are being closed (管存放空).

Isothermal flow in which friction balances the pressure gradient (inertia neglected), in finite volumes that grow away
from the leak; the pressure of a supplied end is held until its valve starts to close, whose opening then falls evenly
to none. Gas is neither lost nor made: what left equals what was there, plus what was supplied, less what remains.

Equations: G^2 f dx/D = d(p^2)/(Z R T/M) (Osiadacz 1987, Simulation and Analysis of Gas Networks, 2.3, without inertia);
density by Z(p) = 1 - b p fitted to the equation of state at the starting pressure.
Not described: cooling by expansion, the pressure wave of the first seconds (rates before about L/c are from the hole
model with full pressure and upper bounds), condensation.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, FuelGas
from anlan.science.hazards.gas_leak.release import critical_ratio, gas_unit

Array = NDArray[np.float64]
CELLS = 16


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


def blow_down(line: Line, duration: float, *, points: int = 121, pa: float = ATMOSPHERE) -> Blowdown:
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
    times = np.unique(np.concatenate(([0.0], np.geomspace(min(0.5, duration / 200.0), duration, points - 1))))
    breaks = sorted({t for s in (line.up, line.down) if s.is_supplied for t in (s.close_start, s.close_end)})
    edges = [0.0, *(t for t in breaks if 0.0 < t < duration), duration]
    state = np.concatenate((flow.start, [0.0, 0.0]))
    rows: list[Array] = []
    for begin, end in zip(edges[:-1], edges[1:], strict=True):  # the closing bends the right-hand side: start afresh
        wanted = times[(times >= begin) & (times < end)] if end < duration else times[times >= begin]
        made = solve_ivp(
            lambda moment, now: flow.change(moment, now[:, None])[:, 0],
            (begin, end),
            state,
            method="BDF",
            t_eval=np.unique(np.append(wanted, end)),
            rtol=1e-4,
            atol=np.append(1e-7 * flow.start, [1e-6 * flow.start.sum()] * 2),
            jac=flow.slopes,
        )
        if not made.success:
            raise ArithmeticError(f"blow-down did not converge: {made.message}")
        rows.append(made.y.T[: len(wanted)])
        state = made.y[:, -1]
    found = np.concatenate(rows)
    masses, released, supplied = found[:, :-2].T, found[:, -2], found[:, -1]
    pressure = flow.pressures(masses)
    return Blowdown(
        time=times,
        rate=flow.leaks(pressure).sum(axis=0),
        pressure=np.maximum(pressure[flow.middle - 1 : flow.middle + 1].mean(axis=0), pa),
        released=released,
        supplied=supplied,
        remaining=masses.sum(axis=0),
    )


class _Flow:
    """Right-hand side of the balance; columns of a state are alternatives."""

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
        factor = factor**2 / np.sqrt(factor**2 + 1e-6)  # finite slope as the pressures become equal
        return self.area * np.sqrt(p0 * self.density(p0)) * factor

    def along(self, difference: Array, mean: Array) -> Array:
        """Root of the drop of p^2/Z, smooth where the flow turns."""
        drop = difference / (1.0 - self.bend * mean)
        return drop / np.sqrt(np.sqrt(drop**2 + (1e-6 * self.line.pressure**2) ** 2))

    def slopes(self, time: float, state: Array) -> Array:
        """Jacobian by small differences; nothing depends on what was released or supplied."""
        cells = len(state) - 2
        step = -1e-8 * self.start  # downwards, where the supply answers
        moved = state[:, None] + np.vstack((np.diag(step), np.zeros((2, cells))))
        made = np.zeros((len(state), len(state)))
        made[:, :cells] = (self.change(time, moved) - self.change(time, state[:, None])) / step
        return made

    def change(self, time: float, state: Array) -> Array:
        masses = state[:-2]
        pressure = self.pressures(masses)
        square = pressure**2
        between = self.conductance * self.along(square[:-1] - square[1:], 0.5 * (pressure[:-1] + pressure[1:]))
        leak = self.leaks(pressure)
        rate = np.zeros_like(state)
        rate[:-2] -= leak
        rate[:-3] -= between
        rate[1:-2] += between
        rate[-2] = leak.sum(axis=0)
        for side, cell, conductance in (
            (self.line.up, 0, self.end_conductance[0]),
            (self.line.down, len(masses) - 1, self.end_conductance[1]),
        ):
            supply = self.line.pressure**2 - square[cell]
            inflow = side.opening(time) * np.minimum(conductance * self.along(supply, pressure[cell]), side.most)
            rate[cell] += inflow
            rate[-1] += inflow
        return rate


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
