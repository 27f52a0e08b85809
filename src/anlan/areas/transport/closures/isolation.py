"""Settlements that nobody reaches by road while closures stand (断路受困村镇), and who lives there.

A closure shuts a place, not the whole road between two crossings: whoever lives before it still gets out that way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.queries import access, current_network, roads_of, seconds_with
from anlan.foundation.roads.registry import Obstacle
from anlan.science.geo.roads.graph import Roads, Spots, edges_near, snap
from anlan.science.geo.roads.search import spread


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """A village, or a township where no villages are placed."""

    code: str
    name: str
    lon: float
    lat: float
    #: None where nobody has said.
    people: int | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """What is cut off, the most people first; people are those of the settlements whose population is known."""

    network: RoadNetwork
    cut_off: tuple[Settlement, ...]

    @property
    def people(self) -> int | None:
        known = [one.people for one in self.cut_off if one.people is not None]
        return sum(known) if known else None

    @property
    def unknown(self) -> int:
        """Settlements whose population is not known."""
        return sum(one.people is None for one in self.cut_off)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({one.source for one in self.cut_off if one.source}))


def cut_off(
    prefixes: tuple[str, ...], obstacles: Sequence[Obstacle], by: Sequence[Obstacle] | None = None
) -> Isolation | None:
    """Settlements that no seat of a county reaches while obstacles stand; of these only those that `by` alone cuts off.

    None while there is no network. A settlement that is not reached with every road open either is not cut off by
    anything, and one too far from any road is not judged.
    """
    network = current_network()
    if network is None:
        return None
    roads = roads_of(network)
    settlements = _settlements(prefixes)
    if not settlements:
        return Isolation(network=network, cut_off=())
    seats = list(
        Area.objects.filter(
            within(network.area.prefixes, "code"), level__in=(Area.Level.CITY, Area.Level.COUNTY), lon__isnull=False
        ).values_list("lon", "lat")
    )
    spots = snap(roads, [(one.lon, one.lat) for one in settlements])
    sources = snap(roads, seats) if seats else spots[:0]
    blocking = [one for one in obstacles if math.isinf(one.factor)]
    others = [] if by is None else [one for one in blocking if one not in by]
    at = roads.plane.to_metres(np.array([(one.lon, one.lat) for one in settlements]))
    before, now = (_reached(roads, sources, spots, at, these) for these in (others, blocking))
    near = spots.off_road_m <= access().most_m
    chosen = np.flatnonzero(before & ~now & near)
    found = sorted(
        (settlements[at] for at in chosen), key=lambda one: -1 if one.people is None else one.people, reverse=True
    )
    return Isolation(network=network, cut_off=tuple(found))


def _reached(
    roads: Roads, sources: Spots, places: Spots, at: NDArray[np.float64], blocking: Sequence[Obstacle]
) -> NDArray[np.bool_]:
    """Which places some source reaches: nobody inside a block, on its road whoever lives on the side that is reached."""
    found = np.zeros(places.size, dtype=bool)
    if not sources.size:
        return found
    time = spread(roads, seconds_with(roads, blocking), sources).time_s
    inside = np.zeros(places.size, dtype=bool)
    middles: dict[int, list[float]] = {}
    for one in blocking:
        point = roads.plane.to_metres(np.array([[one.lon, one.lat]]))[0]
        inside |= np.hypot(*(at - point).T) <= one.radius_m
        for edge in edges_near(roads, one.lon, one.lat, one.radius_m).tolist():
            middles.setdefault(edge, []).append(roads.lines[edge].project(shapely.Point(*point), normalized=True))
    for number, (edge, fraction) in enumerate(zip(places.edge.tolist(), places.fraction.tolist(), strict=True)):
        shut = middles.get(edge, ())
        from_start = np.isfinite(time[roads.start[edge]]) and all(fraction < middle for middle in shut)
        from_end = np.isfinite(time[roads.end[edge]]) and all(fraction > middle for middle in shut)
        found[number] = from_start or (from_end and not roads.is_one_way[edge])
    return found & ~inside


def _settlements(prefixes: tuple[str, ...]) -> list[Settlement]:
    """Villages with a position; townships where none of their villages has one."""
    rows = Area.objects.filter(
        within(prefixes, "code"), level__in=(Area.Level.VILLAGE, Area.Level.TOWNSHIP), lon__isnull=False
    ).order_by("code")
    found = list(rows.values_list("code", "name", "level", "lon", "lat", "population", "population_note"))
    placed = {code[:9] for code, _name, level, *_rest in found if level == Area.Level.VILLAGE}
    return [
        Settlement(code=code, name=name, lon=lon, lat=lat, people=people, source=note)
        for code, name, level, lon, lat, people, note in found
        if level == Area.Level.VILLAGE or code not in placed
    ]
