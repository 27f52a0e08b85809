"""The blasts that the sources make: each gives its wave at any distance, inside its validity (冲击波场).

A blast clamps what is nearer than its curve begins to the curve's first value, and has no overpressure where its curve
has ended; both are far from the levels that matter, and the result's notes say so.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from anlan.science.hazards.explosion import kingery, multi_energy
from anlan.science.hazards.explosion.waves import AMBIENT_PA, SOUND_M_S, Array, Wave, normal_reflection_pa


class Blast(Protocol):
    """Something that goes off at the origin."""

    @property
    def nearest_m(self) -> float:
        """Where the curve begins."""

    @property
    def farthest_m(self) -> float:
        """Where the curve ends."""

    def at(self, distance_m: ArrayLike) -> Wave:
        """The wave at distances from the origin."""


def _silenced(wave: Wave, distance: Array, farthest_m: float) -> Wave:
    heard = (distance <= farthest_m).astype(np.float64)
    return Wave(
        overpressure_pa=wave.overpressure_pa * heard,
        impulse_pa_s=wave.impulse_pa_s * heard,
        reflected_pa=wave.reflected_pa * heard,
        reflected_impulse_pa_s=wave.reflected_impulse_pa_s * heard,
        arrival_s=wave.arrival_s,
        duration_s=wave.duration_s,
    )


@dataclass(frozen=True, kw_only=True)
class TntBlast:
    """So much TNT; seen from `shift_m` farther away and never above `most_pa`, for vessels of some size.

    >>> TntBlast(tnt_kg=1000.0).at([100.0]).overpressure_pa.round(-2).tolist()
    [14800.0]
    """

    tnt_kg: float
    burst: str = "ground"
    shift_m: float = 0.0
    most_pa: float = np.inf

    @property
    def nearest_m(self) -> float:
        """Where the Kingery-Bulmash curves begin."""
        return max(kingery.NEAREST[self.burst] * float(np.cbrt(self.tnt_kg)) - self.shift_m, 0.1)

    @property
    def farthest_m(self) -> float:
        """Where Swisdak's far field ends."""
        return kingery.FARTHEST * float(np.cbrt(self.tnt_kg)) - self.shift_m

    def at(self, distance_m: ArrayLike) -> Wave:
        """The wave at distances from the origin."""
        distance = np.asarray(distance_m, dtype=np.float64)
        root = float(np.cbrt(self.tnt_kg))
        ends = kingery.NEAREST[self.burst] * root, kingery.FARTHEST * root
        seen = distance + self.shift_m
        wave = kingery.blast_wave(np.clip(seen, *ends), self.tnt_kg, self.burst)
        too_high = np.minimum(self.most_pa / wave.overpressure_pa, 1.0)
        capped = wave.overpressure_pa * too_high
        return _silenced(
            Wave(
                overpressure_pa=capped,
                impulse_pa_s=wave.impulse_pa_s,
                reflected_pa=np.where(too_high < 1.0, normal_reflection_pa(capped), wave.reflected_pa),
                reflected_impulse_pa_s=wave.reflected_impulse_pa_s,
                arrival_s=wave.arrival_s + np.maximum(seen - ends[1], 0.0) / SOUND_M_S,
                duration_s=wave.duration_s,
            ),
            distance,
            self.farthest_m,
        )


@dataclass(frozen=True, kw_only=True)
class CloudBlast:
    """A vapour cloud by the multi-energy method.

    >>> CloudBlast(energy_j=4.6e9, strength=7).at([100.0]).overpressure_pa.round(-2).tolist()
    [11800.0]
    """

    energy_j: float
    strength: int

    @property
    def _length_m(self) -> float:
        return float(np.cbrt(self.energy_j / AMBIENT_PA))

    @property
    def nearest_m(self) -> float:
        """Well inside the cloud, where the overpressure is that of the strength."""
        return 0.05 * self._length_m

    @property
    def farthest_m(self) -> float:
        """Where the curves end."""
        return multi_energy.FARTHEST * self._length_m

    def at(self, distance_m: ArrayLike) -> Wave:
        """The wave at distances from the origin; it travels with the speed of sound, so that strong ones come earlier."""
        distance = np.asarray(distance_m, dtype=np.float64)
        scaled = np.minimum(distance / self._length_m, multi_energy.FARTHEST)
        overpressure = AMBIENT_PA * multi_energy.scaled_overpressure(scaled, self.strength)
        unit = float(np.cbrt(self.energy_j) * AMBIENT_PA ** (2 / 3)) / SOUND_M_S
        impulse = unit * multi_energy.scaled_impulse(scaled, self.strength)
        reflected = normal_reflection_pa(overpressure)
        return _silenced(
            Wave(
                overpressure_pa=overpressure,
                impulse_pa_s=impulse,
                reflected_pa=reflected,
                reflected_impulse_pa_s=impulse * reflected / overpressure,
                arrival_s=distance / SOUND_M_S,
                duration_s=2.0 * impulse / overpressure,
            ),
            distance,
            self.farthest_m,
        )


@dataclass(frozen=True, kw_only=True)
class VentBlast:
    """The pressure outside a vented dust explosion: a peak, then falling with distance^-1.5 (EN 14491 6.2.2).

    >>> VentBlast(peak_pa=10e3, peak_at_m=5.0).at([1.0, 20.0]).overpressure_pa.round().tolist()
    [10000.0, 1250.0]
    """

    peak_pa: float
    peak_at_m: float

    @property
    def nearest_m(self) -> float:
        """Where the peak is; nearer it is taken as there."""
        return self.peak_at_m

    @property
    def farthest_m(self) -> float:
        """Where nothing is heard any more."""
        return 200.0 * self.peak_at_m

    def at(self, distance_m: ArrayLike) -> Wave:
        """The wave at distances from the vent; duration and impulse from a flame that takes its length at 100 m/s."""
        distance = np.asarray(distance_m, dtype=np.float64)
        overpressure = self.peak_pa * (self.peak_at_m / np.maximum(distance, self.peak_at_m)) ** 1.5
        duration = np.full(distance.shape, 4.0 * self.peak_at_m / 100.0)
        reflected = normal_reflection_pa(overpressure)
        impulse = 0.5 * overpressure * duration
        return _silenced(
            Wave(
                overpressure_pa=overpressure,
                impulse_pa_s=impulse,
                reflected_pa=reflected,
                reflected_impulse_pa_s=0.5 * reflected * duration,
                arrival_s=distance / SOUND_M_S,
                duration_s=duration,
            ),
            distance,
            self.farthest_m,
        )


def reach_m(blast: Blast, overpressure_pa: float) -> float:
    """Farthest distance at which a blast has an overpressure; 0 where it never has.

    >>> round(reach_m(TntBlast(tnt_kg=1000.0), 5000.0))
    233
    >>> reach_m(CloudBlast(energy_j=1e9, strength=1), 5000.0)
    0.0
    """
    grid = np.geomspace(blast.nearest_m, blast.farthest_m, 400)
    above = np.flatnonzero(blast.at(grid).overpressure_pa >= overpressure_pa)
    if not above.size:
        return 0.0
    if above[-1] == grid.size - 1:
        return float(grid[-1])
    ends = grid[above[-1]], grid[above[-1] + 1]
    return float(brentq(lambda at: float(blast.at([at]).overpressure_pa[0]) - overpressure_pa, *ends, xtol=1e-6))
