"""Gas building up in a room, a manhole or a closed-in river: when it can explode, when a detector tells (室内积聚).

Mixed: V dC/dt = q - (q + Qv) C. Layered: light gas rises in a plume (Morton, Taylor & Turner 1956, Proc. R. Soc. A 234,
1) that feeds a layer under the ceiling, itself well mixed, which grows downwards to the leak (Baines & Turner 1969, J.
Fluid Mech. 37, 51; layer mixed as in Lowesmith et al. 2009, Int. J. Hydrogen Energy 34, 5928); heavy gas the same way
up from the floor. The ventilation leaves through the layer. Symbols: C mole fraction, V volume and A floor (m2, m3),
q leak and Qv ventilation (m3/s), alpha entrainment coefficient, B buoyancy flux (m4/s3).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GRAVITY = 9.80665
#: Of a top-hat plume; Morton, Taylor & Turner 1956 found 0.093 for Gaussian profiles; 0.1-0.13 in use.
ENTRAINMENT = 0.1


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """A closed space: metres, and fresh air in m3/s."""

    length: float
    width: float
    height: float
    leak_height: float
    ventilation: float

    @property
    def floor(self) -> float:
        """m2."""
        return self.length * self.width

    @property
    def volume(self) -> float:
        """m3."""
        return self.floor * self.height


@dataclass(frozen=True, kw_only=True)
class Buildup:
    """Gas in the room, or in its layer, over time (s): mole fraction and the volume that has it (m3)."""

    time: Array
    fraction: Array
    volume: Array


def mixed(room: Enclosed, leak: Array, time: Array) -> Buildup:
    """A room mixed throughout; `leak` m3/s at each time, held from each time to the next.

    >>> room = Enclosed(length=4.0, width=3.0, height=2.5, leak_height=1.0, ventilation=0.0)
    >>> made = mixed(room, np.full(2, 0.001), np.array([0.0, 3000.0]))
    >>> made.fraction.round(4).tolist()
    [0.0, 0.0952]
    """
    fraction = np.zeros_like(time)
    for at, step in enumerate(np.diff(time)):
        through = leak[at] + room.ventilation
        final = leak[at] / through if through > 0 else fraction[at]
        fraction[at + 1] = final + (fraction[at] - final) * math.exp(-through * step / room.volume)
    return Buildup(time=time, fraction=fraction, volume=np.full_like(time, room.volume))


def plume_flow(leak: float, density_ratio: float, rise: float) -> float:
    """m3/s of gas and air in a plume after so many metres; density of the gas over that of the air.

    >>> round(plume_flow(0.001, 0.554, 2.0), 4)
    0.0609
    """
    buoyancy = GRAVITY * abs(1.0 - density_ratio) * leak
    shape = 6.0 * ENTRAINMENT / 5.0 * (9.0 * ENTRAINMENT / 10.0) ** (1.0 / 3.0) * math.pi ** (2.0 / 3.0)
    return leak + shape * buoyancy ** (1.0 / 3.0) * max(rise, 0.0) ** (5.0 / 3.0)


def layered(room: Enclosed, leak: Array, time: Array, density_ratio: float) -> Buildup:
    """A layer under the ceiling (or on the floor for heavy gas); arguments as of `mixed`.

    >>> room = Enclosed(length=4.0, width=3.0, height=2.5, leak_height=1.0, ventilation=0.0)
    >>> times = np.linspace(0.0, 3000.0, 601)
    >>> made = layered(room, np.full(601, 0.001), times, 0.554)
    >>> round(float(made.fraction[-1]), 3), round(float(made.volume[-1]), 1)
    (0.165, 16.5)
    """
    room_above = room.height - room.leak_height if density_ratio < 1.0 else room.leak_height
    most = room.floor * max(room_above, 0.05 * room.height)
    fraction, volume = np.zeros_like(time), np.zeros_like(time)
    gas = held = 0.0
    delay = plume_delay(float(leak.max()), density_ratio, most / room.floor)
    for at, step in enumerate(np.diff(time)):
        if time[at + 1] <= delay:  # what leaks until then fills the plume itself
            continue
        clear = (most - held) / room.floor
        inflow = plume_flow(leak[at], density_ratio, clear) if held < most else leak[at]
        outflow = min(room.ventilation + leak[at], held / step if held < most else math.inf)
        if held < most:
            gained = max(inflow - outflow, 0.0) * step
            share = gas / held if held > 0 else 0.0
            gas = max(gas + leak[at] * step - share * outflow * step, 0.0)
            held = min(held + gained, most)
            gas = min(gas, held)
        else:
            through = leak[at] + room.ventilation
            final = leak[at] / through * most if through > 0 else gas
            gas = final + (gas - final) * math.exp(-through * step / most)
        fraction[at + 1], volume[at + 1] = gas / held if held > 0 else 0.0, held
    return Buildup(time=time, fraction=np.clip(fraction, 0.0, 1.0), volume=volume)


def plume_delay(leak: float, density_ratio: float, rise: float) -> float:
    """Seconds until the head of a plume has risen so far, at the speed of the steady plume.

    >>> round(plume_delay(0.001, 0.554, 2.0), 1)
    4.5
    """
    flow = plume_flow(leak, density_ratio, rise)
    speed = flow / (math.pi * (6.0 * ENTRAINMENT / 5.0 * rise) ** 2)
    return 0.75 * rise / speed if leak > 0 else math.inf


def first_time(time: Array, values: Array, level: float) -> float | None:
    """When a series first reaches a level, by straight lines between its points; None if never.

    >>> first_time(np.array([0.0, 10.0]), np.array([0.0, 1.0]), 0.25)
    2.5
    """
    reached = np.flatnonzero(values >= level)
    if not len(reached):
        return None
    at = int(reached[0])
    if at == 0:
        return float(time[0])
    before, after = float(values[at - 1]), float(values[at])
    return float(time[at - 1] + (time[at] - time[at - 1]) * (level - before) / (after - before))


def time_between(time: Array, values: Array, low: float, high: float) -> float:
    """Seconds during which a series lies between two levels.

    >>> time_between(np.array([0.0, 10.0]), np.array([0.0, 1.0]), 0.25, 0.75)
    5.0
    """
    before, after = values[:-1], values[1:]
    change = np.where(after == before, 1.0, after - before)
    ends = [np.clip((level - before) / change, 0.0, 1.0) for level in (low, high)]
    held = ((before >= low) & (before <= high)).astype(np.float64)
    return float((np.diff(time) * np.where(after == before, held, np.abs(ends[1] - ends[0]))).sum())
