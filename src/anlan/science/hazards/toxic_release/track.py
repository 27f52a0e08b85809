"""How a plume or a puff widens, slumps and slows down as it travels (云团轨迹).

A track is a table over travelled distance s: half-width b of the uniform core, sigma_y of its edges, sigma_z, and the
stretched distance at which a tracer that moved with the transport wind would be (a heavy cloud lies in slower air). The
passive track follows the curves of its air (Briggs', or Pasquill and Gifford's) from a virtual source. The heavy one is a one-dimensional slab in the manner of
DEGADIS (Spicer & Havens 1989, EPA-450/4-89-019) and SLAB (Ermak 1990, UCRL-MA-105607):

    d(rho u A)/ds = rho_a (W w_e + h u dW_turbulent/ds),  db/ds = 1.15 sqrt(g' h) / u,  A = W h
    w_e = min(w_Briggs, w_heavy),  w_heavy = 0.35 u* (1 + alpha) / (0.88 + 0.099 Ri^1.04),  Ri = g' h / u*^2

so that a cloud which has lost its weight spreads without a switch, and no cloud ever faster than a passive one of its
depth. w_heavy knows the roughness and is the smaller where the ground's shear alone dilutes; in E and F the air's own
stability holds it back, in A and B eddies dilute: there w_e goes over to w_Briggs as 1 / (1 + Ri^2). W is the effective width of the core with its edges; h = sqrt(pi/2) sigma_z; u is the wind in
the cloud's depth while Ri is large and the transport wind when it is not. A puff has the core 2 b in both directions
and takes air in at its front too, 0.6 times the front's speed (values from Thorney Island lie between 0.6 and 0.9,
recalled, 待核对); a plume does not, as in DEGADIS. Where the wind does not take up what comes, the plume begins behind
the cloud that lies round the source (`blanket`).
Coefficients 1.15, 0.88, 0.099, 1.04: DEGADIS 2.1, read in a public transcription of its code.
"""

from dataclasses import dataclass
from math import erf, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import erf as erf_of

from anlan.science.hazards.toxic_release import weather
from anlan.science.hazards.toxic_release.blanket import KARMAN, lying
from anlan.science.hazards.toxic_release.mixture import Mixture

#: Farthest travel, m: Briggs' curves hold to about 10 km.
FARTHEST = 10_000.0
_HALF = sqrt(pi / 2.0)
#: Half the width of a rectangle as long and as large as a circle, over its radius.
_AS_WIDE = pi / 4.0
#: Height of the wind that carries a cloud from the ground, m: between the mean heights of a plume at 100 m and at 1 km.
#: Chosen on the runs 11 and 29 of Prairie Grass (tests/verification/toxic_release), the only tuned number here.
TRANSPORT_HEIGHT = 4.0


@dataclass(frozen=True, kw_only=True)
class Air:
    """The air that a cloud travels in."""

    kind: str  # Pasquill class
    terrain: str
    roughness_m: float
    wind_m_s: float  # at `wind_height_m`
    wind_height_m: float
    averaging_s: float
    temperature_k: float
    pressure_pa: float
    #: Those of Briggs, or of Pasquill and Gifford, which are of open country.
    curves: str = "briggs"

    def sigma_y(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Lateral spread of a plume, m."""
        return np.maximum(weather.sigma_y(x, self.kind, self._curves, self.averaging_s), 0.01)

    def sigma_z(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Vertical spread of a plume, m."""
        return weather.sigma_z(x, self.kind, self._curves, self.roughness_m)

    @property
    def _curves(self) -> str:
        return self.terrain if self.curves == "briggs" else self.curves

    def speed(self, height: float) -> float:
        """Wind at a height, m/s."""
        return float(weather.wind_at(self.wind_m_s, self.wind_height_m, height, self.kind, self.terrain))


@dataclass(frozen=True, kw_only=True)
class Track:
    """Arrays over distance travelled, m, from 0 upwards."""

    distance: NDArray[np.float64]
    core: NDArray[np.float64]
    sigma_y: NDArray[np.float64]
    sigma_z: NDArray[np.float64]
    #: Where a tracer at the transport wind would be, m.
    stretched: NDArray[np.float64]
    #: Transport wind, m/s.
    speed: float
    is_puff: bool
    #: Bulk Richardson number along the way; 0 for a passive cloud.
    richardson: NDArray[np.float64]
    #: Upper limit of the concentration, kg/m3: that of the undiluted release.
    most: float
    #: Radius of the cloud that lies round the source, m; 0 where the wind takes up all.
    lying: float = 0.0

    @property
    def width(self) -> NDArray[np.float64]:
        """Effective width of core and edges, m."""
        return effective_width(self.core, self.sigma_y)


def effective_width(core: NDArray[np.float64], sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width of a uniform profile with the same middle value: 2 b / erf(b / (sqrt(2) sigma)).

    >>> effective_width(np.array([0.0, 50.0]), np.array([1.0, 1e-6])).round(3).tolist()
    [2.507, 100.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = 2.0 * core / erf_of(core / (np.sqrt(2.0) * sigma))
    return np.where(core < 1e-6 * np.maximum(sigma, 1e-12), np.sqrt(2.0 * np.pi) * sigma, wide)


def distances(first: float) -> NDArray[np.float64]:
    """The nodes of a track: 0, then geometric from a first step.

    >>> distances(0.1)[0], distances(0.1)[-1]
    (np.float64(0.0), np.float64(10000.0))
    """
    return np.concatenate(([0.0], np.geomspace(min(max(first, 0.02), 5.0), FARTHEST, 260)))


def passive(air: Air, *, half_width: float, depth: float, height: float, is_puff: bool, most: float) -> Track:
    """A cloud that follows the air: Briggs' spreads from a source of a half-width and a depth, m.

    >>> air = Air(kind="D", terrain="rural", roughness_m=0.03, wind_m_s=5.0, wind_height_m=10.0, averaging_s=600.0,
    ...           temperature_k=293.15, pressure_pa=101325.0)
    >>> found = passive(air, half_width=0.0, depth=0.0, height=0.0, is_puff=False, most=1.0)
    >>> bool(np.isclose(np.interp(1000.0, found.distance, found.sigma_z), 37.95, rtol=1e-3))
    True
    """
    s = distances(0.05 * max(half_width, depth, 1.0))
    curve_x = np.concatenate(([0.0], np.geomspace(0.01, 3e4, 600)))
    curve = air.sigma_z(curve_x)
    start = weather.virtual_distance(depth / _HALF, curve, curve_x)
    speed = air.speed(max(height, TRANSPORT_HEIGHT))
    return Track(
        distance=s,
        core=np.full_like(s, half_width),
        sigma_y=air.sigma_y(s),
        sigma_z=np.maximum(air.sigma_z(s + start), 0.01),
        stretched=s.copy(),
        speed=speed,
        is_puff=is_puff,
        richardson=np.zeros_like(s),
        most=most,
    )


def heavy(
    air: Air, mixture: Mixture, *, flow: float, half_width: float, depth: float, is_puff: bool, first: float = 1.0,
    pooling_s: float = 0.0,
) -> Track:  # fmt: skip
    """A cloud denser than air on the ground; `flow` is kg/s of the substance, or kg for a puff; `first` its share.

    `pooling_s` is how long the release lies round its source where the wind does not take it up, s; 0 for a jet, which
    its momentum carries away.

    >>> from anlan.science.hazards.chemicals import substance
    >>> from anlan.science.hazards.toxic_release.mixture import mixed
    >>> air = Air(kind="D", terrain="rural", roughness_m=0.03, wind_m_s=3.0, wind_height_m=10.0, averaging_s=600.0,
    ...           temperature_k=293.15, pressure_pa=101325.0)
    >>> mix = mixed(substance("chlorine"), temperature_k=239.0, liquid_fraction=0.0, air_k=293.15,
    ...             pressure_pa=101325.0, humidity=0.5)
    >>> track = heavy(air, mix, flow=10.0, half_width=5.0, depth=1.0, is_puff=False)
    >>> bool(track.core[-1] > 5.0 and track.richardson[0] > track.richardson[-1])
    True
    """
    s = distances(0.02 * max(half_width, depth))
    curve_x = np.concatenate(([0.0], np.geomspace(0.01, 3e4, 600)))
    curve = air.sigma_z(curve_x)
    friction = weather.friction_velocity(air.wind_m_s, air.wind_height_m, air.kind, air.roughness_m)
    speed = air.speed(TRANSPORT_HEIGHT)
    power = weather.near_ground_exponent(air.kind, air.roughness_m)
    spread = air.sigma_y(s)
    reach = 0.0
    if not is_puff and pooling_s > 0.0:
        radius = half_width / _AS_WIDE
        reach, share = lying(
            mixture, flow=flow, first=first, radius=radius, wind=air.speed(10.0), height=10.0, friction=friction,
            power=power, pooling_s=pooling_s,
        )  # fmt: skip
        if reach > radius:
            half_width, first = _AS_WIDE * reach, share
        else:
            reach = 0.0
    core, deep, stretched, number = _slump(
        s, spread, curve_x, curve * _HALF, mixture.fraction, mixture.density, mixture.air_density, flow / first,
        half_width, speed, friction, power, is_puff, first, air.kind in "AB", reach,
        KARMAN * friction * (1.0 + power),
    )  # fmt: skip
    return Track(
        distance=s,
        core=core,
        sigma_y=spread,
        sigma_z=deep / _HALF,
        stretched=stretched,
        speed=speed,
        is_puff=is_puff,
        richardson=number,
        lying=reach,
        most=float(np.interp(first, mixture.fraction, mixture.concentration)),
    )


@njit(cache=True)
def cloud_speed(depth: float, speed: float, power: float) -> float:
    """Speed of a cloud of a depth: 0.885 of a power law's wind there, as the mean over DEGADIS' vertical profile is.

    >>> round(cloud_speed(4.0, 5.0, 0.2), 3), round(cloud_speed(0.5, 5.0, 0.2), 3)
    (4.425, 2.919)
    """
    return 0.885 * speed * (max(depth, 0.2) / TRANSPORT_HEIGHT) ** power


@njit(cache=True)
def _width(core: float, sigma: float) -> float:
    ratio = core / (1.4142135623730951 * sigma)
    return 2.5066282746310002 * sigma if ratio < 1e-6 else 2.0 * core / erf(ratio)


@njit(cache=True)
def _state(
    total: float,
    core: float,
    spread: float,
    released: float,
    fractions: NDArray[np.float64],
    densities: NDArray[np.float64],
    air_density: float,
    speed: float,
    friction: float,
    power: float,
    is_puff: bool,
    guess: float,
    first: float,
) -> tuple[float, float, float, float, float]:
    """Depth, speed, reduced gravity, Richardson number and width of a slab with a total mass (flow)."""
    share = min(first * released / total, first)
    density = np.interp(share, fractions, densities)
    reduced = max(9.80665 * (density - air_density) / air_density, 0.0)
    width = _width(core, spread)
    depth = guess
    moving = speed
    number = 0.0
    for _ in range(6):
        number = reduced * depth / (friction * friction)
        passive_share = 1.0 / (1.0 + number * number)
        moving = passive_share * speed + (1.0 - passive_share) * min(cloud_speed(depth, speed, power), speed)
        depth = total / density / (width * (width if is_puff else moving))
    return depth, moving, reduced, number, width


@njit(cache=True)
def _slump(
    s: NDArray[np.float64],
    spread: NDArray[np.float64],
    curve_x: NDArray[np.float64],
    curve_h: NDArray[np.float64],
    fractions: NDArray[np.float64],
    densities: NDArray[np.float64],
    air_density: float,
    released: float,
    half_width: float,
    speed: float,
    friction: float,
    power: float,
    is_puff: bool,
    first: float,
    is_convective: bool,
    reach: float,
    neutral: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Core half-width, depth, stretched distance and Richardson number at the nodes."""
    core = np.empty_like(s)
    deep = np.empty_like(s)
    stretched = np.zeros_like(s)
    number = np.empty_like(s)
    core[0] = half_width
    total = released
    depth, moving, reduced, ri, width = _state(
        total, half_width, spread[0], released, fractions, densities, air_density, speed, friction, power, is_puff, 1.0,
        first,
    )  # fmt: skip
    deep[0] = depth
    number[0] = ri
    for i in range(1, s.size):
        step = s[i] - s[i - 1]
        if s[i] <= reach:
            core[i], deep[i], number[i] = core[0], deep[0], number[0]
            stretched[i] = stretched[i - 1] + step * speed / moving
            continue
        # midpoint rule: rates at the start give the middle, rates in the middle give the end
        total_at, core_at, spread_at = total, core[i - 1], spread[i - 1]
        for half in range(2):
            reach = 0.5 * step if half == 0 else step
            share = 1.0 / (1.0 + ri * ri)
            front = 1.15 * np.sqrt(reduced * depth)
            x = np.interp(depth, curve_h, curve_x)
            ahead = np.interp(x + 0.01 * x + 0.01, curve_x, curve_h)
            behind = np.interp(x, curve_x, curve_h)
            natural = moving * (ahead - behind) / (0.01 * x + 0.01)
            damped = neutral / (0.88 + 0.099 * ri**1.04)
            entrained = share * natural + (1.0 - share) * damped if is_convective else min(natural, damped)
            wider = (spread[i] - spread[i - 1]) / step
            growth = (_width(core_at, spread_at + 1e-3 * spread_at) - width) / (1e-3 * spread_at) * wider
            if is_puff:
                gain = width * width * entrained / moving + 2.0 * width * depth * growth
                gain += 0.6 * 4.0 * width * depth * front / moving
                widening = front / moving * 0.886226925  # square of the circle's area
            else:
                gain = width * entrained + depth * moving * growth
                widening = front / moving
            total_at = total + air_density * gain * reach
            core_at = core[i - 1] + widening * reach
            spread_at = 0.5 * (spread[i] + spread[i - 1]) if half == 0 else spread[i]
            depth, moving, reduced, ri, width = _state(
                total_at, core_at, spread_at, released, fractions, densities, air_density, speed, friction, power,
                is_puff, depth, first,
            )  # fmt: skip
        total = total_at
        core[i] = core_at
        deep[i] = depth
        number[i] = ri
        stretched[i] = stretched[i - 1] + step * speed / moving
    return core, deep, stretched, number
