"""The fastest way between two places from a moment on, beside the way as if every road were open."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.queries import current_network, fastest, roads_of
from anlan.foundation.roads.registry import obstacles_at
from anlan.foundation.roads.speeds import Speeds, speeds_at
from anlan.science.geo.roads.graph import Vehicle, snap
from anlan.science.geo.roads.search import Route

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What a dispatcher compares; None where there is no way."""

    network: RoadNetwork
    now: Route | None
    if_all_open: Route | None
    #: Metres in a straight line from both places to their roads.
    off_road_m: tuple[float, float]
    #: The speeds at the moment of setting out; on the way they change by the hour.
    speeds: Speeds


def find_ways(start: Place, end: Place, vehicle: Vehicle, at: datetime | None = None) -> Ways | None:
    """Both ways for a vehicle that sets out at a moment (now); None while there is no network.

    Obstacles are those that stand now: nobody knows which will stand at a later departure. RoadError for a place far
    from the network.
    """
    network = current_network()
    if network is None:
        return None
    roads = roads_of(network)
    spots = snap(roads, [start, end])
    now = timezone.now()
    ways = [
        fastest(network, obstacles, spots[0], spots[1], at=at or now, vehicle=vehicle)
        for obstacles in (obstacles_at(now), [])
    ]
    near, far = spots.off_road_m.tolist()
    return Ways(
        network=network, now=ways[0], if_all_open=ways[1], off_road_m=(near, far),
        speeds=speeds_at(network, roads, at or now),
    )  # fmt: skip
