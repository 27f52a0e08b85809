"""Concentrations of a cloud anywhere and at any time, and what people at a place are exposed to (浓度场与暴露).

The released mass is a chain of slugs, each between the first and the last particle of an interval of the release; ends
ride on the wind, so a plume in a steady wind, a release of finite duration and a plume that bends with the wind are one
case. In a slug the mass per metre, greater where the cloud is slower, is spread over the profile that the track gives
for the distance travelled there:

    C = rate / speed(s) * ((erf(xi / sqrt2 sx) - erf((xi - L) / sqrt2 sx')) / 2) * lateral(y) * vertical(z)

In a steady wind that is a function of time and distance times one of place: exposures are integrated once a distance
(`_columns`), not once a place; that is what makes thousands of places and members cheap. `reference` in
benchmarks/plume.py is the same formula without this.
"""

from dataclasses import dataclass
from math import erf, exp, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlan.science.hazards.toxic_release.track import Track

#: Minutes of the moving means that levels are compared with.
WINDOWS_MIN = (10.0, 15.0, 30.0, 60.0, 240.0, 480.0)
#: Columns of `_measure`: peak, the moving means, dose, load, indoor peak, indoor load.
_COLUMNS = 1 + len(WINDOWS_MIN) + 4
_WINDOWS_S = np.array(WINDOWS_MIN) * 60.0
_ROOT2 = sqrt(2.0)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """A release on its way; times in seconds since it began, directions in radians clockwise from north."""

    track: Track
    #: Ends of the intervals of the release; for a puff (0, 0).
    edges_s: NDArray[np.float64]
    #: Mass released in each interval, kg.
    mass_kg: NDArray[np.float64]
    #: Starts of the winds, their speed over that of the track, and where they blow to.
    wind_from_s: NDArray[np.float64]
    wind_ratio: NDArray[np.float64]
    wind_to: NDArray[np.float64]
    height_m: float
    lid_m: float
    horizon_s: float

    @property
    def is_steady(self) -> bool:
        """Whether the wind stays as it is and the release takes time."""
        return self.wind_ratio.size == 1 and not self.track.is_puff


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """What places get; arrays over places. Concentrations in kg/m3 outdoors unless said."""

    peak: NDArray[np.float64]
    #: Greatest moving means over `WINDOWS_MIN`, shape (windows, places).
    means: NDArray[np.float64]
    dose: NDArray[np.float64]  # kg s/m3
    #: Integral of C^n dt, (kg/m3)^n s.
    load: NDArray[np.float64]
    indoor_peak: NDArray[np.float64]
    indoor_load: NDArray[np.float64]


def exposure(
    cloud: Cloud, places: NDArray[np.float64], *, height: float = 1.5, power: float = 1.0, changes_h: float = 0.5
) -> Exposure:
    """Exposure at places, metres east and north, shape (n, 2), over the whole event.

    `power` is the exponent n of the toxic load, `changes_h` the air changes of a building in an hour.
    """
    if cloud.is_steady:
        along, across = _placed(cloud, places)
        shape = amplitude(cloud, along, across, height)
        nodes = cloud.track.distance[::2]  # what comes and goes at a distance changes little from node to node
        table = _columns(nodes, *_arguments(cloud), cloud.horizon_s, power, changes_h / 3600.0)
        found = np.array([np.interp(along, nodes, table[:, at], left=0.0) for at in range(_COLUMNS)])
    else:
        times = sampling(cloud)
        values = history(cloud, places, times, height=height)
        found = _measured(times, values, power, changes_h / 3600.0).T
        shape = np.ones(len(places))
    scale = np.full_like(found, 1.0) * shape
    loads = [_COLUMNS - 3, _COLUMNS - 1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        limit = np.where(found[0] * shape > cloud.track.most, cloud.track.most / (found[0] * shape), 1.0)
    scale = scale * limit
    scale[loads] **= power
    found = found * scale
    return Exposure(
        peak=found[0],
        means=found[1 : 1 + len(WINDOWS_MIN)],
        dose=found[-4],
        load=found[-3],
        indoor_peak=found[-2],
        indoor_load=found[-1],
    )


def snapshot(cloud: Cloud, places: NDArray[np.float64], time_s: float, *, height: float = 1.5) -> NDArray[np.float64]:
    """Concentrations at a moment, kg/m3."""
    if cloud.is_steady:
        along, across = _placed(cloud, places)
        density = _series(cloud.track.distance, np.array([time_s]), *_arguments(cloud))[0]
        found = np.interp(along, cloud.track.distance, density, left=0.0) * amplitude(cloud, along, across, height)
    else:
        found = history(cloud, places, np.array([time_s]), height=height)[0]
    return np.minimum(found, cloud.track.most)


def arrival(cloud: Cloud, places: NDArray[np.float64], level: float, *, height: float = 1.5) -> NDArray[np.float64]:
    """Seconds until the concentration first reaches a level, kg/m3; nan where it does not."""
    if cloud.is_steady:
        along, across = _placed(cloud, places)
        shape = amplitude(cloud, along, across, height)
        return _first(along, shape, level, *_arguments(cloud), cloud.horizon_s)
    times = sampling(cloud)
    values = history(cloud, places, times, height=height)
    reached = values >= level
    return np.where(reached.any(axis=0), times[reached.argmax(axis=0)], np.nan)


def amplitude(cloud: Cloud, along: NDArray, across: NDArray, height: float) -> NDArray[np.float64]:
    """Concentration for a mass per metre of 1 kg/m, 1/m2, where a steady wind has blown."""
    track = cloud.track
    core = np.interp(along, track.distance, track.core)
    wide = np.interp(along, track.distance, track.sigma_y)
    deep = np.interp(along, track.distance, track.sigma_z)
    return _shape(along, np.abs(across), core, wide, deep, height, cloud.height_m, cloud.lid_m)


def history(
    cloud: Cloud, places: NDArray[np.float64], times: NDArray[np.float64], *, height: float = 1.5
) -> NDArray[np.float64]:
    """Concentrations at places over times, shape (times, places), in any wind."""
    ends = positions(cloud, times)
    track = cloud.track
    return _history(
        np.ascontiguousarray(places, dtype=np.float64), times, *ends, cloud.edges_s, cloud.mass_kg, track.distance,
        track.stretched, track.core, track.sigma_y, track.sigma_z, height, cloud.height_m, cloud.lid_m, track.is_puff,
    )  # fmt: skip


def sampling(cloud: Cloud, steps: int = 120) -> NDArray[np.float64]:
    """Times at which a cloud is followed when the wind turns or all is released at once, s."""
    early = 0.5 * max(float(cloud.track.width[0]), 5.0) / cloud.track.speed
    spaced = np.geomspace(min(max(early, 2.0), 30.0), cloud.horizon_s, steps)
    if cloud.track.is_puff:
        return np.concatenate(([0.0], spaced))
    return np.unique(np.concatenate(([0.0], spaced, np.linspace(0.0, cloud.horizon_s, steps))))


def positions(cloud: Cloud, times: NDArray[np.float64]) -> tuple[NDArray, NDArray, NDArray]:
    """Path travelled and place of each end of a slug at times, shapes (times, ends)."""
    track = cloud.track
    starts = np.append(cloud.wind_from_s, np.inf)
    every = np.unique(np.concatenate((times, cloud.edges_s, cloud.wind_from_s)))
    row = np.searchsorted(cloud.wind_from_s, every[:-1], side="right") - 1
    stretch = np.concatenate(([0.0], np.cumsum(np.diff(every) * cloud.wind_ratio[row] * track.speed)))
    released = np.interp(cloud.edges_s, every, stretch)
    tracer = np.maximum(stretch[:, None] - released[None, :], 0.0)
    path = np.interp(tracer, track.stretched, track.distance) + np.maximum(tracer - track.stretched[-1], 0.0)
    steps = np.diff(path, axis=0)
    zero = np.zeros((1, released.size))
    east = np.concatenate((zero, np.cumsum(steps * np.sin(cloud.wind_to[row])[:, None], axis=0)))
    north = np.concatenate((zero, np.cumsum(steps * np.cos(cloud.wind_to[row])[:, None], axis=0)))
    at = np.searchsorted(every, times)
    assert starts[-1] > every[-1]
    return path[at], east[at], north[at]


def _placed(cloud: Cloud, places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances along and across a steady wind; what lies round the source is the same on all its sides."""
    to, lying = float(cloud.wind_to[0]), cloud.track.lying
    east, north = places[:, 0], places[:, 1]
    along, across = east * np.sin(to) + north * np.cos(to), east * np.cos(to) - north * np.sin(to)
    return np.where(np.abs(along) < lying, 0.9 * lying, along), across


def _arguments(cloud: Cloud) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray, NDArray]:
    track = cloud.track
    return (cloud.edges_s, cloud.mass_kg, track.distance, track.stretched, track.sigma_y, np.array([track.speed]))


@njit(cache=True)
def _lookup(x: float, nodes: NDArray[np.float64]) -> tuple[int, float]:
    """Interval of a node table and the share within it."""
    if x <= nodes[0]:
        return 0, 0.0
    if x >= nodes[-1]:
        return nodes.size - 2, 1.0
    low, high = 0, nodes.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if nodes[middle] <= x:
            low = middle
        else:
            high = middle
    return low, (x - nodes[low]) / (nodes[low + 1] - nodes[low])


@njit(cache=True)
def _lateral(y: float, core: float, sigma: float) -> float:
    if core < 0.01 * sigma:
        return exp(-0.5 * (y / sigma) ** 2) / (2.5066282746310002 * sigma)
    return (erf((y + core) / (_ROOT2 * sigma)) - erf((y - core) / (_ROOT2 * sigma))) / (4.0 * core)


@njit(cache=True)
def _vertical(z: float, source: float, sigma: float, lid: float) -> float:
    if sigma > 1.6 * lid:
        return 1.0 / lid
    total = 0.0
    images = 2 if sigma > 0.3 * lid else 0
    for n in range(-images, images + 1):
        total += exp(-0.5 * ((z - source + 2 * n * lid) / sigma) ** 2)
        total += exp(-0.5 * ((z + source + 2 * n * lid) / sigma) ** 2)
    return total / (2.5066282746310002 * sigma)


@njit(cache=True)
def _shape(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    core: NDArray[np.float64],
    wide: NDArray[np.float64],
    deep: NDArray[np.float64],
    z: float,
    source: float,
    lid: float,
) -> NDArray[np.float64]:
    out = np.zeros(along.size)
    for i in range(along.size):
        if along[i] > 0.0 and across[i] < core[i] + 6.0 * wide[i]:
            out[i] = _lateral(across[i], core[i], wide[i]) * _vertical(z, source, deep[i], lid)
    return out


@njit(cache=True)
def _density(
    x: float,
    t: float,
    edges: NDArray[np.float64],
    masses: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    sigma: NDArray[np.float64],
    speed: float,
) -> float:
    """Mass per metre at a distance and a time, kg/m, in a steady wind."""
    total = 0.0
    for k in range(masses.size):
        if t <= edges[k]:
            break
        until = min(t, edges[k + 1])
        rate = masses[k] / (edges[k + 1] - edges[k])
        i, f = _lookup(speed * (t - edges[k]), stretched)
        head = nodes[i] + f * (nodes[i + 1] - nodes[i]) + max(speed * (t - edges[k]) - stretched[-1], 0.0)
        head_sigma = max(sigma[i] + f * (sigma[i + 1] - sigma[i]), 0.5)
        i, f = _lookup(speed * (t - until), stretched)
        tail = nodes[i] + f * (nodes[i + 1] - nodes[i]) + max(speed * (t - until) - stretched[-1], 0.0)
        tail_sigma = max(sigma[i] + f * (sigma[i + 1] - sigma[i]), 0.5)
        if head - tail < 1e-9:
            continue
        near = 1.0 if tail <= 0.0 else erf((x - tail) / (_ROOT2 * tail_sigma))
        total += rate * 0.5 * (near - erf((x - head) / (_ROOT2 * head_sigma)))
    i, f = _lookup(x, nodes)
    slow = (stretched[i + 1] - stretched[i]) / (nodes[i + 1] - nodes[i])
    return max(total, 0.0) / speed * slow


@njit(cache=True)
def _times(
    x: float,
    edges: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    sigma: NDArray[np.float64],
    speed: float,
    horizon: float,
) -> NDArray[np.float64]:
    """Times that resolve how a plume comes to a distance and leaves it."""
    i, f = _lookup(x, nodes)
    travel = (stretched[i] + f * (stretched[i + 1] - stretched[i])) / speed
    slow = (stretched[i + 1] - stretched[i]) / (nodes[i + 1] - nodes[i])
    spread = 4.0 * max(sigma[i] + f * (sigma[i + 1] - sigma[i]), 0.5) * slow / speed
    first, last = max(travel - spread, 0.0), edges[-1] + travel + spread
    rise, fall = travel + spread, edges[-1] + travel - spread
    if fall < rise:
        rise = fall = 0.5 * (first + last)
    out = np.empty(73)
    for k in range(21):
        out[k] = first + (rise - first) * k / 20.0
        out[44 + k] = fall + (last - fall) * k / 20.0
    for k in range(23):
        out[21 + k] = rise + (fall - rise) * (k + 1) / 24.0
    for k in range(8):
        out[65 + k] = max(last, 1.0) * (max(horizon, last) / max(last, 1.0)) ** ((k + 1) / 8.0)
    return np.minimum(out, horizon)


@njit(cache=True)
def _measure(
    times: NDArray[np.float64], values: NDArray[np.float64], power: float, rate: float, out: NDArray[np.float64]
) -> None:
    """Peak, moving means, dose, load, indoor peak and load of one history."""
    size = times.size
    total = np.zeros(size)
    load, indoor, indoor_peak, indoor_load, peak = 0.0, 0.0, 0.0, 0.0, values[0]
    raised, raised_indoor = values[0] ** power, 0.0
    for i in range(1, size):
        step = times[i] - times[i - 1]
        mean = 0.5 * (values[i] + values[i - 1])
        total[i] = total[i - 1] + mean * step
        before, raised = raised, (values[i] ** power if values[i] > 0.0 else 0.0)
        load += 0.5 * step * (raised + before)
        indoor = mean + (indoor - mean) * exp(-rate * step)
        before, raised_indoor = raised_indoor, (indoor**power if indoor > 0.0 else 0.0)
        indoor_load += 0.5 * step * (raised_indoor + before)
        peak = max(peak, values[i])
        indoor_peak = max(indoor_peak, indoor)
    out[0] = peak
    for w in range(_WINDOWS_S.size):
        best, at = 0.0, 0
        for i in range(1, size):
            start = times[i] - _WINDOWS_S[w]
            before = 0.0
            if start > times[0]:
                while times[at + 1] < start:
                    at += 1
                gap = times[at + 1] - times[at]
                before = total[at] + (0.0 if gap <= 0.0 else (total[at + 1] - total[at]) * (start - times[at]) / gap)
            best = max(best, (total[i] - before) / _WINDOWS_S[w])
        out[1 + w] = best
    out[-4] = total[-1]
    out[-3] = load
    out[-2] = indoor_peak
    out[-1] = indoor_load


@njit(cache=True)
def _columns(
    x: NDArray[np.float64],
    edges: NDArray[np.float64],
    masses: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    sigma: NDArray[np.float64],
    speed: NDArray[np.float64],
    horizon: float,
    power: float,
    rate: float,
) -> NDArray[np.float64]:
    out = np.zeros((x.size, _COLUMNS))
    for i in range(x.size):
        times = _times(x[i], edges, nodes, stretched, sigma, speed[0], horizon)
        values = np.empty_like(times)
        for k in range(times.size):
            values[k] = _density(x[i], times[k], edges, masses, nodes, stretched, sigma, speed[0])
        _measure(times, values, power, rate, out[i])
    return out


@njit(cache=True)
def _series(
    x: NDArray[np.float64],
    times: NDArray[np.float64],
    edges: NDArray[np.float64],
    masses: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    sigma: NDArray[np.float64],
    speed: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = np.empty((times.size, x.size))
    for k in range(times.size):
        for i in range(x.size):
            out[k, i] = _density(x[i], times[k], edges, masses, nodes, stretched, sigma, speed[0])
    return out


@njit(cache=True)
def _first(
    along: NDArray[np.float64],
    shape: NDArray[np.float64],
    level: float,
    edges: NDArray[np.float64],
    masses: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    sigma: NDArray[np.float64],
    speed: NDArray[np.float64],
    horizon: float,
) -> NDArray[np.float64]:
    out = np.full(along.size, np.nan)
    for i in range(along.size):
        if shape[i] <= 0.0:
            continue
        times = _times(along[i], edges, nodes, stretched, sigma, speed[0], horizon)
        before = 0.0
        for k in range(times.size):
            value = _density(along[i], times[k], edges, masses, nodes, stretched, sigma, speed[0]) * shape[i]
            if value >= level:
                share = 1.0 if k == 0 else (level - before) / max(value - before, 1e-300)
                out[i] = times[k] if k == 0 else times[k - 1] + share * (times[k] - times[k - 1])
                break
            before = value
    return out


@njit(cache=True)
def _measured(
    times: NDArray[np.float64], values: NDArray[np.float64], power: float, rate: float
) -> NDArray[np.float64]:
    out = np.zeros((values.shape[1], _COLUMNS))
    for i in range(values.shape[1]):
        _measure(times, np.ascontiguousarray(values[:, i]), power, rate, out[i])
    return out


@njit(cache=True)
def _history(
    places: NDArray[np.float64],
    times: NDArray[np.float64],
    path: NDArray[np.float64],
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    edges: NDArray[np.float64],
    masses: NDArray[np.float64],
    nodes: NDArray[np.float64],
    stretched: NDArray[np.float64],
    core: NDArray[np.float64],
    wide: NDArray[np.float64],
    deep: NDArray[np.float64],
    z: float,
    source: float,
    lid: float,
    is_puff: bool,
) -> NDArray[np.float64]:
    out = np.zeros((times.size, places.shape[0]))
    for t in range(times.size):
        for k in range(masses.size):
            if times[t] < edges[k] or (times[t] == edges[k] and not is_puff):
                continue
            i, f = _lookup(path[t, k], nodes)
            head_core = core[i] + f * (core[i + 1] - core[i])
            head_wide = max(wide[i] + f * (wide[i + 1] - wide[i]), 0.5)
            if is_puff:
                rise = _vertical(z, source, deep[i] + f * (deep[i + 1] - deep[i]), lid)
                reach = head_core + 5.0 * head_wide
                for p in range(places.shape[0]):
                    dx, dy = places[p, 0] - east[t, k], places[p, 1] - north[t, k]
                    if abs(dx) < reach and abs(dy) < reach:
                        profile = _lateral(dx, head_core, head_wide) * _lateral(dy, head_core, head_wide)
                        out[t, p] += masses[k] * profile * rise
                continue
            until = min(times[t], edges[k + 1])
            mass = masses[k] * (until - edges[k]) / (edges[k + 1] - edges[k])
            j, g = _lookup(path[t, k + 1], nodes)
            tail_wide = max(wide[j] + g * (wide[j + 1] - wide[j]), 0.5)
            dx, dy = east[t, k] - east[t, k + 1], north[t, k] - north[t, k + 1]
            length = sqrt(dx * dx + dy * dy)
            if length < 1e-9:
                continue
            ux, uy = dx / length, dy / length
            i, f = _lookup(path[t, k], nodes)
            tracer = stretched[i] + f * (stretched[i + 1] - stretched[i]) + max(path[t, k] - nodes[-1], 0.0)
            tracer -= stretched[j] + g * (stretched[j + 1] - stretched[j]) + max(path[t, k + 1] - nodes[-1], 0.0)
            is_attached = path[t, k + 1] <= 0.0
            reach = head_core + 6.0 * head_wide
            for p in range(places.shape[0]):
                rx, ry = places[p, 0] - east[t, k + 1], places[p, 1] - north[t, k + 1]
                along = rx * ux + ry * uy
                if along < -4.0 * tail_wide or along > length + 4.0 * head_wide or (is_attached and along <= 0.0):
                    continue
                across = abs(rx * uy - ry * ux)
                if across > reach:
                    continue
                share = min(max(along / length, 0.0), 1.0)
                s = path[t, k + 1] + share * (path[t, k] - path[t, k + 1])
                m, h = _lookup(s, nodes)
                sigma = max(wide[m] + h * (wide[m + 1] - wide[m]), 1e-3)
                near = 1.0 if is_attached else erf(along / (_ROOT2 * tail_wide))
                density = mass / tracer * 0.5 * (near - erf((along - length) / (_ROOT2 * head_wide)))
                if density <= 0.0:
                    continue
                density *= (stretched[m + 1] - stretched[m]) / (nodes[m + 1] - nodes[m])
                rise = _vertical(z, source, deep[m] + h * (deep[m + 1] - deep[m]), lid)
                out[t, p] += density * rise * _lateral(across, core[m] + h * (core[m + 1] - core[m]), sigma)
    return out
