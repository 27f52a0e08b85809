"""What stays uncovered now when a station's crews leave, and which other station's crews should move there (移防)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.areas.rescue.stations import queries
from anlan.areas.rescue.stations.coverage import Reach
from anlan.areas.rescue.stations.models import FireStation
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.registry import Obstacle
from anlan.foundation.roads.speeds import NOW
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import RoadError, snap
from anlan.science.geo.roads.search import matrix


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """The station whose crews should move, how long they drive, and who would then be uncovered."""

    station: FireStation
    #: Minutes of driving; None where no road is known.
    minutes: float | None
    people_after: int


@dataclass(frozen=True, kw_only=True)
class Left:
    """What one station alone reaches within the limit."""

    station: FireStation
    minutes: float
    villages: int
    people: int
    #: The most populous villages, by name.
    names: tuple[str, ...]
    stand_in: StandIn | None


def left_uncovered(
    network: RoadNetwork,
    leaving: Collection[FireStation],
    *,
    empty: Collection[int] = (),
    obstacles: Sequence[Obstacle] = (),
) -> dict[int, Left]:
    """For each station that might leave, what nobody else reaches then; `empty` are stations whose crews are out."""
    manned = [one for one in queries.stations_on_duty() if one.pk not in empty]
    leaving = [one for one in leaving if one in manned]
    villages = queries.villages_within(("",))
    if not leaving or not villages.size:
        return {}
    try:
        reach = queries.reach_of(network, manned, speeds=NOW, obstacles=obstacles)
        covers = reach.covers(reach.stations, villages.places, reach.arrival.minutes)
    except RoadError:
        return {}
    often = covers.sum(axis=0)
    alone = [covers[at] & (often == 1) for at in range(len(manned))]
    lost = np.array([int(villages.people[mask].sum()) for mask in alone])
    drives = _drives(reach)
    found = {}
    for station in leaving:
        at = manned.index(station)
        order = np.flatnonzero(alone[at])
        order = order[np.argsort(-villages.people[order], kind="stable")]
        found[station.pk] = Left(
            station=station, minutes=reach.arrival.minutes, villages=len(order), people=int(lost[at]),
            names=tuple(villages.name[index] for index in order[:5]),
            stand_in=_stand_in(at, manned, covers, villages.people, drives, int(lost[at])),
        )  # fmt: skip
    return found


def _drives(reach: Reach) -> np.ndarray:
    """Minutes of driving between the stations; infinite beyond what the rule lets crews drive to stand in."""
    spots = snap(reach.roads, reach.stations)
    late = reach.access.seconds(spots)
    limit = rule("rescue.stand_in").params["most_minutes"] * 60
    time = matrix(reach.roads, reach.seconds, spots, spots, limit_s=limit) + late[:, None] + late[None, :]
    return np.where(time <= limit, time, np.inf) / 60


def _stand_in(
    at: int,
    manned: Sequence[FireStation],
    covers: np.ndarray,
    people: np.ndarray,
    drives: np.ndarray,
    lost: int,
) -> StandIn | None:
    """The other station whose move leaves fewest people uncovered, the nearer of equal ones; None where none helps.

    Once its crews stand at the station that left, only what it alone reached is uncovered.
    """
    often = covers.sum(axis=0)
    best = None
    for other, station in enumerate(manned):
        if other == at or not np.isfinite(drives[other, at]):
            continue
        after = int(people[covers[other] & (often == 1)].sum())
        rank = (after, float(drives[other, at]))
        if after < lost and (best is None or rank < best[0]):
            best = rank, StandIn(station=station, minutes=round(rank[1], 1), people_after=after)
    return best[1] if best else None
