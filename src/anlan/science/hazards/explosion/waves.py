"""What a blast wave is: its figures where it passes, and what a wall in its way feels (冲击波)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
AMBIENT_PA = 101_325.0
#: Speed of sound in the air, m/s at 15 °C.
SOUND_M_S = 340.3


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A blast wave where it passes; each array has the shape of the distances asked for."""

    overpressure_pa: Array
    #: Area under the positive phase, Pa s.
    impulse_pa_s: Array
    reflected_pa: Array
    reflected_impulse_pa_s: Array
    #: Seconds after the detonation.
    arrival_s: Array
    duration_s: Array


def normal_reflection_pa(overpressure_pa: ArrayLike, ambient_pa: float = AMBIENT_PA) -> Array:
    """Pressure on a wall that a shock hits head on, air as an ideal gas with 1.4 (Rankine & Hugoniot; UFC 3-340-02).

    It lies between two and eight times the overpressure; real air gives up to 14 times above some 2 MPa.

    >>> float(normal_reflection_pa(101_325.0).round(-2))
    278600.0
    """
    side_on = np.asarray(overpressure_pa, dtype=np.float64)
    return 2.0 * side_on * (7.0 * ambient_pa + 4.0 * side_on) / (7.0 * ambient_pa + side_on)
