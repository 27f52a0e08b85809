"""Heat that a flame's surface sends to a place: view factor, air between, solid flame (热辐射).

q = E F tau (Yellow Book CPR 14E eq. 6.4) with E the surface emissive power, F the view factor of the best placed plane,
tau the transmissivity of the air. Flames are frusta of a cone, upright or tilted; their view factors are integrated over
panels and agree with the closed forms and the table of Yellow Book appendix 6.1 (see tests/verification/fire).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
#: Panels round a flame and along it.
ROUND, ALONG, ACROSS = 36, 24, 3
#: Places that are worked on together, to bound memory.
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Flame:
    """A frustum of a cone that radiates; metres east, north, up."""

    base: tuple[float, float, float]
    tip: tuple[float, float, float]
    base_radius_m: float
    tip_radius_m: float
    #: Whether the ends lie level (a pool's flame, leaning) or stand across the axis (a jet's).
    has_level_ends: bool
    #: Surface emissive power, W/m2.
    emissive_w_m2: float

    @property
    def length_m(self) -> float:
        """From base to tip along the axis."""
        return float(np.linalg.norm(np.subtract(self.tip, self.base)))


def vapour_pressure_pa(temperature_c: float, humidity: float) -> float:
    """Partial pressure of water vapour in air, Pa; humidity as a share (Tetens 1930, Magnus form).

    >>> round(vapour_pressure_pa(20.0, 0.5))
    1169
    """
    return humidity * 610.78 * float(np.exp(17.27 * temperature_c / (temperature_c + 237.3)))


def transmissivity(path_m: ArrayLike, vapour_pa: float) -> Array:
    """Share of heat that the air lets through: 2.02 (pw x)^-0.09 (Bagster; Yellow Book eq. 6.29), at most 1.

    The Yellow Book advises it for pw x between 1e4 and 1e5 Pa m; shorter paths pass more than it says, up to 1, and
    longer ones less, so that both ends stay on the safe side by a few per cent.

    >>> transmissivity([10.0, 50.0, 200.0], 1168.0).round(3).tolist()
    [0.87, 0.752, 0.664]
    """
    path = np.maximum(np.asarray(path_m, dtype=np.float64), 1e-3)
    return np.clip(2.02 * (max(vapour_pa, 1.0) * path) ** -0.09, 0.0, 1.0)


def sphere_view_factor(distance_m: ArrayLike, height_m: float, radius_m: float) -> Array:
    """View factor of a sphere above the ground for a plane that faces it: (R/X)^2 (Yellow Book eq. 6.A.3).

    >>> sphere_view_factor([0.0, 100.0], 75.0, 50.0).round(3).tolist()
    [0.444, 0.16]
    """
    squared = np.asarray(distance_m, dtype=np.float64) ** 2 + height_m**2
    return np.minimum(radius_m**2 / squared, 1.0)


def _across(axis: Array, has_level_ends: bool) -> tuple[Array, Array]:
    """Two unit vectors that span the plane of the flame's ends."""
    if has_level_ends:
        return np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    unit = axis / np.linalg.norm(axis)
    helper = np.array([0.0, 0.0, 1.0]) if abs(unit[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    first = np.cross(helper, unit)
    first /= np.linalg.norm(first)
    return first, np.cross(unit, first)


def panels(flame: Flame) -> tuple[Array, Array]:
    """Centres of a flame's panels, shape (n, 3), and their outward normals times their areas, shape (n, 3).

    What lies below the ground radiates nothing.

    >>> upright = Flame(base=(0, 0, 0), tip=(0, 0, 20), base_radius_m=10, tip_radius_m=10, has_level_ends=True,
    ...                 emissive_w_m2=1.0)
    >>> areas = np.linalg.norm(panels(upright)[1], axis=1)
    >>> bool(np.isclose(areas.sum(), 2 * np.pi * 10 * 20 + 2 * np.pi * 10**2, rtol=0.01))
    True
    """
    base, tip = np.array(flame.base), np.array(flame.tip)
    axis = tip - base
    first, second = _across(axis, flame.has_level_ends)
    angle = (np.arange(ROUND) + 0.5) * 2.0 * np.pi / ROUND
    ring = np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second
    onward = -np.sin(angle)[:, None] * first + np.cos(angle)[:, None] * second
    # Narrow panels near the base, where people stand close to the flame.
    edges = np.linspace(0.0, 1.0, ALONG + 1) ** 2
    share, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    radius = flame.base_radius_m + share * (flame.tip_radius_m - flame.base_radius_m)
    centres = base + share[:, None, None] * axis + radius[:, None, None] * ring
    along = axis + (flame.tip_radius_m - flame.base_radius_m) * ring
    normals = np.cross(radius[:, None, None] * onward, np.broadcast_to(along, centres.shape))
    normals *= 2.0 * np.pi / ROUND * width[:, None, None]
    parts = [(centres.reshape(-1, 3), normals.reshape(-1, 3))]
    up = np.cross(first, second)
    for middle, outside, end in ((base, flame.base_radius_m, -up), (tip, flame.tip_radius_m, up)):
        steps = (np.arange(ACROSS) + 0.5) / ACROSS * outside
        area = 2.0 * np.pi / ROUND * steps * outside / ACROSS
        discs = middle + steps[:, None, None] * ring
        parts.append((discs.reshape(-1, 3), np.repeat(area, ROUND)[:, None] * end))
    middles, facings = np.vstack([one for one, _ in parts]), np.vstack([one for _, one in parts])
    return middles, np.where(middles[:, 2:] < 0.0, 0.0, facings)


def view_factor(flame: Flame, points: NDArray) -> Array:
    """Largest view factor of a flame for a small plane at each place; 1 inside the flame. Places have shape (n, 3).

    >>> upright = Flame(base=(0, 0, 0), tip=(0, 0, 20), base_radius_m=10, tip_radius_m=10, has_level_ends=True,
    ...                 emissive_w_m2=1.0)
    >>> view_factor(upright, np.array([[30.0, 0.0, 0.0], [0.0, 50.0, 0.0]])).round(3).tolist()
    [0.142, 0.055]
    """
    centres, normals = panels(flame)
    places = np.asarray(points, dtype=np.float64)
    factor = np.empty(len(places))
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        x, y, z = (batch[:, at, None] - centres[:, at] for at in range(3))
        squared = np.maximum(x * x + y * y + z * z, 1e-9)
        facing = np.maximum(x * normals[:, 0] + y * normals[:, 1] + z * normals[:, 2], 0.0)
        facing /= np.pi * squared * squared
        factor[start : start + BATCH] = np.sqrt(sum(np.einsum("ij,ij->i", facing, one) ** 2 for one in (x, y, z)))
    return np.where(is_inside(flame, places), 1.0, np.minimum(factor, 1.0))


def is_inside(flame: Flame, points: NDArray) -> NDArray[np.bool_]:
    """Whether places lie in the flame, or under a leaning pool flame's foot.

    >>> upright = Flame(base=(0, 0, 0), tip=(0, 0, 20), base_radius_m=10, tip_radius_m=10, has_level_ends=True,
    ...                 emissive_w_m2=1.0)
    >>> is_inside(upright, np.array([[9.0, 0.0, 0.0], [11.0, 0.0, 0.0]])).tolist()
    [True, False]
    """
    base, axis = np.array(flame.base), np.subtract(flame.tip, flame.base)
    line = np.asarray(points, dtype=np.float64) - base
    if flame.has_level_ends:
        share = line[:, 2] / axis[2]
        off = line - share[:, None] * axis
    else:
        share = line @ axis / (axis @ axis)
        off = line - share[:, None] * axis
    radius = flame.base_radius_m + share * (flame.tip_radius_m - flame.base_radius_m)
    return (share >= 0.0) & (share <= 1.0) & (np.linalg.norm(off, axis=1) <= radius)


def distance_to_axis_m(flame: Flame, points: NDArray) -> Array:
    """Distance of places from the flame's axis between its ends, m; shape (n, 3) to (n,).

    >>> jet = Flame(base=(0, 0, 1), tip=(10, 0, 1), base_radius_m=1, tip_radius_m=2, has_level_ends=False,
    ...             emissive_w_m2=1.0)
    >>> distance_to_axis_m(jet, np.array([[5.0, 3.0, 1.0], [14.0, 3.0, 1.0]])).tolist()
    [3.0, 5.0]
    """
    base, axis = np.array(flame.base), np.subtract(flame.tip, flame.base)
    line = np.asarray(points, dtype=np.float64) - base
    share = np.clip(line @ axis / (axis @ axis), 0.0, 1.0)
    return np.linalg.norm(line - share[:, None] * axis, axis=1)


def heat_flux_w_m2(flame: Flame, points: NDArray, vapour_pa: float) -> Array:
    """Heat on the best placed plane at places, W/m2; places have shape (n, 3).

    >>> pool = Flame(base=(0, 0, 0), tip=(0, 0, 20), base_radius_m=10, tip_radius_m=10, has_level_ends=True,
    ...              emissive_w_m2=50e3)
    >>> heat_flux_w_m2(pool, np.array([[30.0, 0.0, 0.0]]), 1168.0).round(-1).tolist()
    [5780.0]
    """
    path = distance_to_axis_m(flame, points) - 0.5 * (flame.base_radius_m + flame.tip_radius_m)
    return flame.emissive_w_m2 * view_factor(flame, points) * transmissivity(path, vapour_pa)
