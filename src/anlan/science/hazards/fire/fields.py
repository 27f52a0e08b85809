"""The heat that fires put on the ground, whatever their kind (热辐射场)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.fire.radiation import (
    Array,
    Flame,
    distance_to_axis_m,
    heat_flux_w_m2,
    is_inside,
    sphere_view_factor,
    transmissivity,
)


class HeatField(Protocol):
    """Heat at places, metres east and north, shape (n, 2)."""

    @property
    def size_m(self) -> float:
        """About how far the flame itself reaches from the origin, upwards too."""

    def heat_w_m2(self, places: NDArray) -> Array:
        """Heat on the best placed plane."""

    def distance_m(self, places: NDArray) -> Array:
        """Distance to the middle of the flame."""

    def engulfs(self, places: NDArray) -> NDArray[np.bool_]:
        """Whether the flame itself is there."""


@dataclass(frozen=True, kw_only=True)
class SphereField:
    """A fireball above the origin.

    >>> ball = SphereField(radius_m=50.0, height_m=75.0, emissive_w_m2=300e3, vapour_pa=1169.0)
    >>> ball.heat_w_m2(np.array([[0.0, 100.0], [400.0, 0.0]])).round(-2).tolist()
    [34800.0, 2900.0]
    """

    radius_m: float
    height_m: float
    emissive_w_m2: float
    vapour_pa: float

    @property
    def size_m(self) -> float:
        """Its radius."""
        return self.radius_m

    def heat_w_m2(self, places: NDArray) -> Array:
        """Heat on a plane that faces the centre."""
        away = np.hypot(places[:, 0], places[:, 1])
        path = np.hypot(away, self.height_m) - self.radius_m
        factor = sphere_view_factor(away, self.height_m, self.radius_m)
        return self.emissive_w_m2 * factor * transmissivity(path, self.vapour_pa)

    def distance_m(self, places: NDArray) -> Array:
        """Distance to the centre."""
        return np.hypot(np.hypot(places[:, 0], places[:, 1]), self.height_m)

    def engulfs(self, places: NDArray) -> NDArray[np.bool_]:
        """Below the fireball, which begins as a half sphere of 1.3 times its diameter on the ground (CCPS 2010)."""
        return np.hypot(places[:, 0], places[:, 1]) <= self.radius_m


@dataclass(frozen=True, kw_only=True)
class FlameField:
    """A pool's or a jet's flame.

    >>> flame = Flame(base=(0, 0, 0), tip=(0, 0, 20), base_radius_m=10, tip_radius_m=10, has_level_ends=True,
    ...               emissive_w_m2=50e3)
    >>> FlameField(flame=flame, vapour_pa=1169.0).heat_w_m2(np.array([[0.0, 30.0]])).round(-2).tolist()
    [5800.0]
    """

    flame: Flame
    vapour_pa: float

    def _on_ground(self, places: NDArray) -> Array:
        return np.column_stack((places, np.zeros(len(places))))

    @property
    def size_m(self) -> float:
        """To the farther end of the flame."""
        ends = [float(np.linalg.norm(end)) for end in (self.flame.base, self.flame.tip)]
        return max(ends) + max(self.flame.base_radius_m, self.flame.tip_radius_m)

    def heat_w_m2(self, places: NDArray) -> Array:
        """Heat on the best placed plane at the ground."""
        return heat_flux_w_m2(self.flame, self._on_ground(places), self.vapour_pa)

    def distance_m(self, places: NDArray) -> Array:
        """Distance to the flame's axis."""
        return distance_to_axis_m(self.flame, self._on_ground(places))

    def engulfs(self, places: NDArray) -> NDArray[np.bool_]:
        """Inside the flame at the ground, or less than two metres below it."""
        low = self._on_ground(places)
        inside = is_inside(self.flame, low)
        for height in (1.0, 2.0):
            inside |= is_inside(self.flame, low + np.array([0.0, 0.0, height]))
        return inside


@dataclass(frozen=True, kw_only=True)
class CloudField:
    """A flash fire: an ellipse downwind of the origin that burns, and no heat worth counting outside (Purple Book 5.3).

    >>> cloud = CloudField(length_m=100.0, width_m=40.0, downwind=(1.0, 0.0))
    >>> cloud.engulfs(np.array([[50.0, 19.0], [50.0, 21.0], [-1.0, 0.0]])).tolist()
    [True, False, False]
    """

    length_m: float
    width_m: float
    downwind: tuple[float, float]

    @property
    def size_m(self) -> float:
        """Its length."""
        return self.length_m

    def heat_w_m2(self, places: NDArray) -> Array:
        """Nothing outside the cloud; inside it is not heat that decides."""
        return np.zeros(len(places))

    def distance_m(self, places: NDArray) -> Array:
        """Distance to the middle of the cloud."""
        return np.hypot(*(np.asarray(places) - 0.5 * self.length_m * np.array(self.downwind)).T)

    def engulfs(self, places: NDArray) -> NDArray[np.bool_]:
        """Inside the ellipse."""
        east, north = self.downwind
        along = places[:, 0] * east + places[:, 1] * north
        across = -places[:, 0] * north + places[:, 1] * east
        half = 0.5 * self.length_m
        return ((along - half) / half) ** 2 + (across / (0.5 * self.width_m)) ** 2 <= 1.0

    def outline(self, stretch: float = 1.0, *, points: int = 73) -> Array:
        """The ellipse as a closed outline, drawn out by a factor."""
        east, north = self.downwind
        angle = np.linspace(0.0, 2.0 * np.pi, points)
        along = 0.5 * self.length_m * stretch * (1.0 + np.cos(angle))
        across = 0.5 * self.width_m * stretch * np.sin(angle)
        made = np.column_stack((along * east - across * north, along * north + across * east))
        made[-1] = made[0]
        return made
