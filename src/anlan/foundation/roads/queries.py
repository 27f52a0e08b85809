"""The network in use, what its roads cost now, and how people get from a place to a road."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.packing import unpack
from anlan.foundation.roads.registry import Obstacle
from anlan.foundation.roads.speeds import Speeds, hours_from
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.during import route
from anlan.science.geo.roads.graph import Floats, Roads, Spots, Vehicle, edges_near, seconds
from anlan.science.geo.roads.landmarks import Landmarks, landmarks
from anlan.science.geo.roads.search import Route


@dataclass(frozen=True, kw_only=True)
class Access:
    """How people get from a place to the nearest road, by the rule `roads.access`."""

    metres_per_s: float
    detour: float
    #: Farther from any road a place is not reached at all.
    most_m: float
    #: Ground that counts as reached on both sides of a driven road.
    strip_m: float

    def seconds(self, spots: Spots) -> Floats:
        """Seconds from each place to its road; infinite where it lies too far from any."""
        time = spots.off_road_m * self.detour / self.metres_per_s
        return np.where(spots.off_road_m <= self.most_m, time, np.inf)


def current_network() -> RoadNetwork | None:
    """The network in use, without its packed columns."""
    return RoadNetwork.objects.filter(is_current=True).defer("packed").first()


def roads_of(network: RoadNetwork) -> Roads:
    """The roads of a version; versions never change, so they are unpacked once a process."""
    return _unpacked(network.pk, network.digest)


@lru_cache(maxsize=2)
def _unpacked(pk: int, digest: str) -> Roads:
    # The digest tells apart versions of databases that were restored: a key may come again, its content not.
    return unpack(bytes(RoadNetwork.objects.values_list("packed", flat=True).get(pk=pk, digest=digest)))


def fastest(
    network: RoadNetwork,
    obstacles: Iterable[Obstacle],
    start: Spots,
    end: Spots,
    *,
    at: datetime,
    vehicle: Vehicle | None = None,
) -> Route | None:
    """The earliest arrival when one sets out at a moment, speeds changing on the way; None where there is no way."""
    roads = roads_of(network)
    cost = seconds_with(roads, obstacles, vehicle)
    return route(roads, cost, start, end, hours_from(network, roads, at), _marks(network.pk, network.digest))


@lru_cache(maxsize=2)
def _marks(pk: int, digest: str) -> Landmarks:
    roads = _unpacked(pk, digest)
    return landmarks(roads, seconds(roads))


def seconds_with(
    roads: Roads, obstacles: Iterable[Obstacle], vehicle: Vehicle | None = None, speeds: Speeds | None = None
) -> Floats:
    """Seconds of every road edge with these obstacles in the way; of several on an edge the worst counts.

    Without `speeds` those of the free road, as for what does not depend on the hour.
    """
    factor = np.ones(roads.size)
    for one in obstacles:
        hit = edges_near(roads, one.lon, one.lat, one.radius_m)
        factor[hit] = np.maximum(factor[hit], one.factor)
    is_closed = np.isinf(factor)
    return seconds(
        roads, factor=np.where(is_closed, 1.0, factor), share=speeds.share if speeds else None, is_closed=is_closed,
        vehicle=vehicle,
    )  # fmt: skip


def access() -> Access:
    """The rule in force on how a road is got to."""
    params = rule("roads.access").params
    return Access(
        metres_per_s=params["off_road_kmh"] / 3.6, detour=params["detour"], most_m=params["most_m"],
        strip_m=params["strip_m"],
    )  # fmt: skip
