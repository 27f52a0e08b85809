"""The fastest way between two places now, beside the way as if every road were open."""

from dataclasses import dataclass

from django.utils import timezone

from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.queries import current_network, fastest, roads_of, seconds_with
from anlan.foundation.roads.registry import obstacles_at
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


def find_ways(start: Place, end: Place, vehicle: Vehicle) -> Ways | None:
    """Both ways for a vehicle; None while there is no network, RoadError for a place far from it."""
    network = current_network()
    if network is None:
        return None
    roads = roads_of(network)
    spots = snap(roads, [start, end])
    ways = [
        fastest(network, seconds_with(roads, obstacles, vehicle), spots[0], spots[1])
        for obstacles in (obstacles_at(timezone.now()), [])
    ]
    near, far = spots.off_road_m.tolist()
    return Ways(network=network, now=ways[0], if_all_open=ways[1], off_road_m=(near, far))
