"""Gas along a utility tunnel between two fire doors, with ventilation that changes when a detector trips (管廊舱室).

d(C)/dt + d(u C)/dx = K d2C/dx2 + q/(A) at the leak, on a cross-section that is mixed; fresh air enters at one end and
leaves at the other; between closed ends without ventilation the gas that enters drives air out through both. Dispersion
by Taylor 1954 (Proc. R. Soc. A 223, 446), K = 10.1 R u*, and no less than that of still air. Upwind finite volumes,
implicit in time: no over- or undershoot, gas conserved. Gas under the roof before it has mixed downwards is not
described: a roof detector near the leak trips earlier than told here.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

Array = NDArray[np.float64]
#: Darcy friction factor of a tunnel with pipes and brackets (an assumption).
FRICTION = 0.03


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """A compartment: metres; air changes in 1/s before and after the alarm; dispersion of still air, m2/s."""

    length: float
    width: float
    height: float
    leak_at: float
    normal: float
    emergency: float
    #: Mole fraction at which a detector switches to emergency ventilation, and metres between detectors.
    alarm: float
    spacing: float
    still_dispersion: float


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Mole fractions, shape (times, cells); gas that left (m3); when the alarm came (s)."""

    time: Array
    place: Array
    fraction: Array
    left: Array
    alarm_at: float | None


def dispersion(tunnel: Tunnel, speed: float) -> float:
    """K, m2/s.

    >>> tunnel = Tunnel(length=200, width=2, height=2.5, leak_at=50, normal=0, emergency=0, alarm=0.01, spacing=15,
    ...                 still_dispersion=0.05)
    >>> dispersion(tunnel, 0.0), round(dispersion(tunnel, 0.5), 2)
    (0.05, 0.17)
    """
    hydraulic = tunnel.width * tunnel.height / (2.0 * (tunnel.width + tunnel.height))
    shear = abs(speed) * math.sqrt(FRICTION / 8.0)
    return max(10.1 * hydraulic * shear, tunnel.still_dispersion)


def spread(tunnel: Tunnel, leak: Array, time: Array, *, cells: int = 200) -> Spread:
    """Gas in the compartment; `leak` m3/s at each time, held from each time to the next.

    >>> tunnel = Tunnel(length=200, width=2, height=2.5, leak_at=50, normal=6 / 3600, emergency=6 / 3600, alarm=1.0,
    ...                 spacing=15, still_dispersion=0.05)
    >>> made = spread(tunnel, np.full(400, 0.1), np.linspace(0, 7200, 400))
    >>> round(float(made.fraction[-1, -1]), 4)  # 0.1 / (0.1 + 1.667)
    0.0566
    """
    width = tunnel.length / cells
    section = tunnel.width * tunnel.height
    place = (np.arange(cells, dtype=np.float64) + 0.5) * width
    source = min(int(tunnel.leak_at / width), cells - 1)
    detectors = np.unique(
        np.clip((np.arange(tunnel.spacing / 2, tunnel.length, tunnel.spacing) / width).astype(int), 0, cells - 1)
    )
    fraction, left = np.zeros((len(time), cells)), np.zeros(len(time))
    alarm_at: float | None = None
    for at, step in enumerate(np.diff(time)):
        changes = tunnel.normal if alarm_at is None else tunnel.emergency
        air = changes * section * tunnel.length
        fraction[at + 1], out = _step(tunnel, fraction[at], leak[at], air, step, source, width)
        left[at + 1] = left[at] + out
        if alarm_at is None and fraction[at + 1, detectors].max() >= tunnel.alarm:
            alarm_at = float(time[at + 1])
    return Spread(time=time, place=place, fraction=fraction, left=left, alarm_at=alarm_at)


def _step(
    tunnel: Tunnel, now: Array, leak: float, air: float, step: float, source: int, width: float
) -> tuple[Array, float]:
    """Mole fractions after a step, and the gas that left in it."""
    cells, section = len(now), tunnel.width * tunnel.height
    backwards = leak / 2.0 if air < leak / 2.0 else 0.0  # too little air: the gas finds both ways out
    flow = np.full(cells + 1, air)
    flow[: source + 1] -= backwards
    flow[source + 1 :] += leak - backwards
    speeds = np.abs(flow) / section
    mixing = np.array([dispersion(tunnel, speed) for speed in (speeds[0], speeds[-1])])
    exchange = np.zeros(cells + 1)
    exchange[1:-1] = np.where(np.arange(1, cells) <= source, mixing[0], mixing[1]) * section / width
    rightward, leftward = np.maximum(flow, 0.0), np.maximum(-flow, 0.0)
    volume = section * width
    bands = np.zeros((3, cells))
    bands[1] = volume / step + rightward[1:] + leftward[:-1] + exchange[1:] + exchange[:-1]
    bands[0, 1:] = -(leftward[1:-1] + exchange[1:-1])
    bands[2, :-1] = -(rightward[1:-1] + exchange[1:-1])
    load = volume / step * now
    load[source] += leak
    made = solve_banded((1, 1), bands, load)
    return made, float((rightward[-1] * made[-1] + leftward[0] * made[0]) * step)
