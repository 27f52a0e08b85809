"""The gas that lies round a heavy release until the wind has taken it up (源周围的浓云).

Light wind carries a heavy gas off more slowly than it comes: it lies round its source as a flat cylinder, runs outward
under its weight, takes in air at its front, and spreads until the wind takes up through its top what comes. As in DEGADIS
2.1 (Spicer & Havens 1989, EPA-450/4-89-019; constants read in the public transcription degadisx 0.1.4):

    dR/dt = 1.15 sqrt(g' H),  air at the front 2 pi R H (dR/dt) rho_a 0.59 1.15^2
    taken up q pi R^2,  q = C kappa u* (1 + a) d / (d - 1) <1 / phi>,  phi = 0.88 + 0.099 Ri^1.04,  d = 2.15

with C its concentration, a the exponent of the wind's power law and <> the mean along the fetch 2 R, where

    Ri = g' h / u*^2,  h = Gamma(1 / (1 + a)) s / (1 + a),  s = z (kappa u* (1 + a)^2 x d / ((d - 1) 3.1 u z))^(1 / (1 + a))

for the wind u at the height z. What happens once both are in balance (it shrinks by a few per cent) is left out.
"""

from math import gamma

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.toxic_release.mixture import Mixture
from anlan.science.hazards.toxic_release.weather import GRAVITY

#: Von Karman's constant as DEGADIS has it. It belongs to the law of entrainment, which was fitted to measured u*; u* itself
#: comes from the wind with today's 0.40. With 0.35 there too, clouds over neutral ground keep 15 to 50 % more.
KARMAN = 0.35
#: Speed of the front, and d / (d - 1).
_FRONT, _LAYER = 1.15, 2.15 / 1.15
#: Places along the fetch that its mean is taken over, as shares of it.
_STEPS = (np.arange(24) + 0.5) / 24


def lying(
    mixture: Mixture, *, flow: float, first: float, radius: float, wind: float, height: float, friction: float,
    power: float, pooling_s: float,
) -> tuple[float, float]:  # fmt: skip
    """Radius, m, and mass fraction of the cloud that has gathered after so many seconds; what comes, where none gathers.

    `flow` is kg/s of the substance and `first` its share of what comes; `radius` that of the source, m; `wind` that at
    `height`, m/s and m; `friction` u*, m/s; `power` the exponent of the wind's power law.

    >>> from anlan.science.hazards.chemicals import substance
    >>> from anlan.science.hazards.toxic_release.mixture import mixed
    >>> chlorine = mixed(substance("chlorine"), temperature_k=239.2, liquid_fraction=0.0, air_k=293.15,
    ...                  pressure_pa=101325.0, humidity=0.5)
    >>> given = dict(flow=50.0, first=1.0, radius=15.0, height=10.0, pooling_s=3600.0)
    >>> [round(one, 2) for one in lying(chlorine, wind=2.5, friction=0.0961, power=0.386, **given)]
    [160.64, 0.59]
    >>> lying(chlorine, wind=8.0, friction=0.48, power=0.227, **given)
    (15.0, 1.0)
    """
    one = 1.0 + power
    rise = (KARMAN * friction * one**2 * _LAYER / (3.1 * wind * height)) ** (1.0 / one) * height
    depth = gamma(1.0 / one) / one * rise / friction**2 * GRAVITY
    found, share = _gathered(
        mixture.fraction, mixture.density, mixture.air_density, flow, first, radius, depth,
        KARMAN * friction * one * _LAYER, 1.0 / one, pooling_s, _STEPS,
    )  # fmt: skip
    return float(found), float(share)


@njit(cache=True)
def _gathered(
    fractions: NDArray[np.float64],
    densities: NDArray[np.float64],
    air_density: float,
    flow: float,
    first: float,
    radius: float,
    depth: float,
    neutral: float,
    power: float,
    pooling_s: float,
    steps: NDArray[np.float64],
) -> tuple[float, float]:
    at, total, held, time = radius, 0.0, 0.0, 0.0
    share = first
    while time < pooling_s:
        density = np.interp(share, fractions, densities)
        excess = max((density - air_density) / air_density, 0.0)
        suppressed = 0.0
        for step in steps:
            suppressed += 1.0 / (0.88 + 0.099 * (excess * depth * (2.0 * at * step) ** power) ** 1.04)
        taken = share * density * neutral * suppressed / steps.size * np.pi * at * at
        high = total / (np.pi * at * at * density)
        front = _FRONT * np.sqrt(GRAVITY * excess * high)
        air = 2.0 * np.pi * at * high * front * air_density * 0.59 * _FRONT * _FRONT
        gained = flow / first + air - taken / share
        if gained <= 0.0:
            break
        span = min(0.02 * at / max(front, 1e-6), 0.02 * time + 0.05, pooling_s - time)
        total += gained * span
        held += (flow - taken) * span
        at += front * span
        share = min(max(held / total, 1e-6), first)
        time += span
    return at, share
