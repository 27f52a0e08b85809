"""Whether an accident at one vessel starts another at its neighbours: thresholds, probabilities, chains (多米诺效应).

Sources, all recalled from the papers (待核对; the papers' existence and subjects were checked, not their tables):

- overpressure: E. Salzano & V. Cozzani, Reliability Engineering & System Safety 90 (2005) 271-281, after V. Cozzani &
  E. Salzano, J. Hazardous Materials A107 (2004) 67-80: Pr = a + b ln(ps in Pa) by kind of equipment;
- thresholds: V. Cozzani, G. Gubinelli & E. Salzano, J. Hazardous Materials A129 (2006) 1-21;
- heat: G. Landucci et al., Accident Analysis & Prevention 41 (2009) 1206-1215: time to failure of a vessel without
  protection, and Pr = 9.25 - 1.847 ln(minutes), which is one in ten at 20 min and nine in ten at 5 min, the times in
  which a works' and a public fire brigade have cooling water on the vessel.

Fragments are not modelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]
#: Fires that are shorter than this do not heat a vessel to failure, s (Cozzani et al. 2006).
SHORTEST_HEATING_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """How a kind of equipment withstands blast and heat."""

    label: str
    probit_a: float
    probit_b: float
    #: Escalation is not credible below these: Pa, W/m2.
    overpressure_pa: float
    heat_w_m2: float
    is_pressurised: bool


EQUIPMENT = {
    "atmospheric": Equipment(
        label="常压储罐", probit_a=-18.96, probit_b=2.44, overpressure_pa=22e3, heat_w_m2=15e3, is_pressurised=False
    ),
    "pressurised": Equipment(
        label="压力容器", probit_a=-42.44, probit_b=4.33, overpressure_pa=16e3, heat_w_m2=45e3, is_pressurised=True
    ),
    "elongated": Equipment(
        label="塔器等细长设备",
        probit_a=-28.07,
        probit_b=3.16,
        overpressure_pa=31e3,
        heat_w_m2=45e3,
        is_pressurised=True,
    ),
    "small": Equipment(
        label="小型设备（泵、换热器）",
        probit_a=-17.79,
        probit_b=2.18,
        overpressure_pa=37e3,
        heat_w_m2=45e3,
        is_pressurised=True,
    ),
}
EQUIPMENT_LABELS = {code: one.label for code, one in EQUIPMENT.items()}


def blast_escalation(overpressure_pa: ArrayLike, kind: str) -> Array:
    """Probability that blast breaks a piece of equipment so that it loses its contents; 0 below the threshold.

    >>> blast_escalation([10e3, 30e3, 100e3], "atmospheric").round(2).tolist()
    [0.0, 0.88, 1.0]
    """
    equipment, load = EQUIPMENT[kind], np.asarray(overpressure_pa, dtype=np.float64)
    with np.errstate(divide="ignore"):
        probability = ndtr(equipment.probit_a + equipment.probit_b * np.log(load) - 5.0)
    return np.where(load >= equipment.overpressure_pa, probability, 0.0)


def seconds_to_failure(heat_w_m2: ArrayLike, volume_m3: ArrayLike, kind: str) -> Array:
    """Time in which steady heat makes a vessel without protection fail, s; infinite without heat.

    >>> seconds_to_failure([15e3, 60e3], 1000.0, "atmospheric").round(-1).tolist()
    [890.0, 190.0]
    """
    heat_kw = np.asarray(heat_w_m2, dtype=np.float64) / 1e3
    volume = np.asarray(volume_m3, dtype=np.float64)
    with np.errstate(divide="ignore", over="ignore"):
        if EQUIPMENT[kind].is_pressurised:
            return np.exp(-0.947 * np.log(heat_kw) + 8.835 * volume**0.032)
        return np.exp(-1.128 * np.log(heat_kw) - 2.667e-5 * volume + 9.877)


def heat_escalation(heat_w_m2: ArrayLike, lasts_s: float, volume_m3: ArrayLike, kind: str) -> Array:
    """Probability that heat makes a vessel fail; 0 below the threshold, in a short fire and where it would last longer.

    >>> heat_escalation([10e3, 20e3, 60e3], 3600.0, 1000.0, "atmospheric").round(2).tolist()
    [0.0, 0.44, 0.98]
    >>> heat_escalation([60e3], 20.0, 1000.0, "atmospheric").tolist()
    [0.0]
    """
    heat = np.asarray(heat_w_m2, dtype=np.float64)
    seconds = seconds_to_failure(heat, volume_m3, kind)
    with np.errstate(divide="ignore"):
        probability = ndtr(9.25 - 1.847 * np.log(seconds / 60.0) - 5.0)
    is_credible = (heat >= EQUIPMENT[kind].heat_w_m2) & (lasts_s >= SHORTEST_HEATING_S) & (seconds <= lasts_s)
    return np.where(is_credible, probability, 0.0)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One way in which the accident travels on (事故链)."""

    #: Names of the pieces of equipment in order.
    path: tuple[str, ...]
    #: Probability of the whole chain, given the first accident.
    probability: float


def chains(
    names: Sequence[str],
    first: ArrayLike,
    onward: ArrayLike,
    *,
    most_steps: int = 3,
    least: float = 1e-3,
    most: int = 100,
) -> tuple[Chain, ...]:
    """The chains that start at an accident, the likeliest first: each piece at most once, so many steps at most.

    `first` has the probability that the accident breaks each piece, shape (n,); `onward[i, j]` that piece i, when it
    fails, breaks piece j. Loads of several pieces are not added up.

    >>> chains(["V1", "V2"], [0.5, 0.0], [[0.0, 0.2], [0.0, 0.0]])
    (Chain(path=('V1',), probability=0.5), Chain(path=('V1', 'V2'), probability=0.1))
    """
    start, passed = np.asarray(first, dtype=np.float64), np.asarray(onward, dtype=np.float64)
    front: list[tuple[tuple[int, ...], float]] = [
        ((at,), float(start[at])) for at in range(len(names)) if start[at] >= least
    ]
    found = list(front)
    for _step in range(most_steps - 1):
        front = [
            ((*path, at), probability * float(passed[path[-1], at]))
            for path, probability in front
            for at in range(len(names))
            if at not in path and probability * passed[path[-1], at] >= least
        ]
        front = sorted(front, key=lambda one: -one[1])[:most]
        found += front
    found.sort(key=lambda one: (-one[1], one[0]))
    return tuple(
        Chain(path=tuple(names[at] for at in path), probability=probability) for path, probability in found[:most]
    )
