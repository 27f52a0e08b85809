"""How soon ready forest teams are at each forest cell, where water is, and what one more team would gain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from django.db import models
from django.utils import timezone
from scipy.spatial import cKDTree

from anlan.areas.rescue.forest import rules
from anlan.areas.rescue.forest.models import Among, ForestCell, TeamStudy, WaterPoint
from anlan.areas.rescue.stations.coverage import Reach
from anlan.areas.rescue.stations.models import FireStation
from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.turnouts.rules import limits_of
from anlan.foundation.accounts.models import User
from anlan.foundation.indicators.registry import counted
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import Scope, within
from anlan.foundation.places.models import Area
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY
from anlan.foundation.roads import queries as roads
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.registry import Obstacle, obstacles_at
from anlan.foundation.roads.speeds import FREE, Speeds, speeds_for
from anlan.science.geo.covering import Siting, best_sites
from anlan.science.geo.local import Plane

#: Gaps that the page lists.
GAPS = 50
#: Teams that a suggestion adds at most.
MOST_SITES = 5
#: Candidates whose reach is computed between two words about progress.
AT_ONCE = 8
#: Studies that the page lists.
STUDIES = 6
#: Minutes beyond which nobody waits for a team.
FARTHEST_MIN = 180.0
Role = Team.ForestRole


def ready_teams() -> list[Team]:
    """Forest teams that stand by with a position; a team does not stop at a county's border."""
    out = Assignment.objects.filter(ledger="teams", status__in=BUSY).values_list("object_id", flat=True)
    rows = Team.objects.filter(kind=Team.Kind.FOREST, standby=Team.Standby.READY, lon__isnull=False)
    return list(rows.exclude(pk__in=list(out)).select_related("area").order_by("code"))


def ways_for(network: RoadNetwork, *, speeds: str, obstacles: Sequence[Obstacle] = ()) -> Reach:
    """The roads at these speeds and the way on foot from their end, without any team yet."""
    graph, limits = roads.roads_of(network), rules.limits()
    driven = speeds_for(network, graph, speeds).for_emergency()
    return Reach(
        roads=graph, seconds=roads.seconds_with(graph, obstacles, speeds=driven), speeds=driven, access=roads.access(),
        on_foot=limits.walk, arrival=limits.arrival, farthest_min=FARTHEST_MIN, stations=np.empty((0, 2)),
    )  # fmt: skip


def with_teams(ways: Reach, teams: Sequence[Team]) -> Reach:
    """What these teams reach, each setting out in its own time."""
    now = timezone.now()
    return replace(
        ways, stations=_places(teams),
        turnout_s=60 * np.array([limits_of(one, now).turnout_min for one in teams], dtype=np.float64),
    )  # fmt: skip


def _places(rows: Sequence[Any]) -> np.ndarray:
    return np.array([(one.lon, one.lat) for one in rows], dtype=np.float64).reshape(-1, 2)


@dataclass(frozen=True, kw_only=True)
class Arriving:
    """The nearest ready team of a form, and when it is there; no minutes where none comes."""

    minutes: float | None
    team: Team | None
    #: Whether the reader may know the team's name.
    is_named: bool = True


@dataclass(frozen=True, kw_only=True)
class Line:
    """A cell with who comes and where water is."""

    cell: ForestCell
    by_role: tuple[Arriving, ...]
    minutes: float | None
    is_reached: bool
    #: The nearest water that can be used this month, and how far it is.
    water: WaterPoint | None
    water_m: int | None
    is_watered: bool
    #: Whether the reader may know its name.
    is_water_named: bool


@dataclass(frozen=True, kw_only=True)
class Hectares:
    """How much forest is there and how much of it is reached."""

    total: float
    reached: float

    @property
    def percent(self) -> float | None:
        """Per cent reached; None where there is no forest."""
        return round(100 * self.reached / self.total, 1) if self.total else None


@dataclass(frozen=True, kw_only=True)
class Farm:
    """A forest farm's line of the table."""

    name: str
    cells: int
    whole: Hectares
    key: Hectares
    #: Minutes at the cell reached last; None where one is not reached at all.
    worst: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ForestReach:
    """Everything the page shows."""

    network: RoadNetwork
    #: The roads and the way on foot, without any team.
    ways: Reach
    limits: rules.Limits
    minutes: float
    lines: list[Line]
    #: Cells without a position: nothing can be said of them.
    unplaced: int
    #: Of the reader's areas; those of others count as well.
    teams: list[Team]
    waters: list[WaterPoint]
    obstacles: list[Obstacle]
    #: Hectares, and those of key forest, that a team at the extra place gains; None without one.
    gained: tuple[float, float] | None = None

    @property
    def places(self) -> np.ndarray:
        return _places([one.cell for one in self.lines])

    @property
    def whole(self) -> Hectares:
        return _hectares(self.lines)

    @property
    def key(self) -> Hectares:
        return _hectares([one for one in self.lines if one.cell.is_key])

    @property
    def watered(self) -> Hectares:
        return _hectares(self.lines, watered=True)

    @property
    def farms(self) -> list[Farm]:
        return _farms(self.lines)

    @property
    def gaps(self) -> list[Line]:
        """Cells that are not reached in time, key forest and large ones first."""
        missed = [one for one in self.lines if not one.is_reached]
        return sorted(missed, key=lambda one: (not one.cell.is_key, -one.cell.hectares, one.cell.code))


def reach_for(
    user: User,
    *,
    minutes: float,
    with_closures: bool,
    speeds: str,
    extra: tuple[float, float] | None = None,
) -> ForestReach | None:
    """What the user's forest has of the teams; None while there is no network."""
    network = roads.current_network()
    if network is None:
        return None
    rows = list(ledger("forestcells").rows(user).select_related("area"))
    cells = [one for one in rows if one.lon is not None]
    obstacles = obstacles_at(timezone.now()) if with_closures else []
    teams, scope, places = ready_teams(), user.scope, _places(cells)
    ways = ways_for(network, speeds=speeds, obstacles=obstacles)
    # Teams of which nobody said the form come as well, though they have no column.
    groups = {role: [one for one in teams if one.forest_role == role] for role in (*Role.values, "")}
    times = {role: with_teams(ways, of).minutes(places) for role, of in groups.items()}
    best = np.min([time for time, _which in times.values()], axis=0)
    waters, limits, lines = usable_waters(), rules.limits(), []
    nearest = _nearest_water(places, waters)
    for at, cell in enumerate(cells):
        water, metres = nearest[at]
        lines.append(
            Line(
                cell=cell, minutes=_told(best[at]), is_reached=bool(best[at] <= minutes), water=water, water_m=metres,
                is_watered=metres is not None and metres <= limits.water_m,
                is_water_named=water is not None and scope.contains(water.area_id),
                by_role=tuple(_arriving(groups[role], times[role], at, scope) for role in Role.values),
            )
        )  # fmt: skip
    found = ForestReach(
        network=network, ways=ways, limits=limits, minutes=minutes, lines=lines, unplaced=len(rows) - len(cells),
        teams=[one for one in teams if scope.contains(one.area_id)],
        waters=[one for one in waters if scope.contains(one.area_id)],
        obstacles=[one for one in obstacles if scope.contains(one.area_code)],
    )  # fmt: skip
    return replace(found, gained=_gained(found, extra)) if extra else found


def _told(minutes: float) -> float | None:
    return round(float(minutes), 1) if np.isfinite(minutes) else None


def _arriving(teams: Sequence[Team], times: tuple[np.ndarray, np.ndarray], at: int, scope: Scope) -> Arriving:
    if not np.isfinite(times[0][at]):
        return Arriving(minutes=None, team=None)
    team = teams[times[1][at]]
    return Arriving(minutes=_told(times[0][at]), team=team, is_named=scope.contains(team.area_id))


def _hectares(lines: Sequence[Line], *, watered: bool = False) -> Hectares:
    reached = [one.cell.hectares for one in lines if (one.is_watered if watered else one.is_reached)]
    return Hectares(total=sum(one.cell.hectares for one in lines), reached=sum(reached))


def _farms(lines: Sequence[Line]) -> list[Farm]:
    by_name: dict[str, list[Line]] = {}
    for one in lines:
        by_name.setdefault(one.cell.farm, []).append(one)
    return [
        Farm(
            name=name, cells=len(rows), whole=_hectares(rows), key=_hectares([one for one in rows if one.cell.is_key]),
            worst=None if any(one.minutes is None for one in rows) else max(one.minutes or 0.0 for one in rows),
        )
        for name, rows in sorted(by_name.items())
    ]  # fmt: skip


def usable_waters(rows: models.QuerySet[WaterPoint] | None = None) -> list[WaterPoint]:
    """Water, or of these rows, that can be used this month; nobody asks whose it is."""
    today = timezone.localdate()
    rows = WaterPoint.objects.all() if rows is None else rows
    return [one for one in rows.filter(lon__isnull=False).select_related("area") if one.is_usable(today)]


def _nearest_water(places: np.ndarray, waters: Sequence[WaterPoint]) -> list[tuple[WaterPoint | None, int | None]]:
    """The nearest water of each place in a straight line, m."""
    if not waters or not len(places):
        return [(None, None)] * len(places)
    plane = Plane(*places.mean(axis=0).tolist())
    tree = cKDTree(plane.to_metres(_places(waters)))
    metres, which = tree.query(plane.to_metres(places))
    return [(waters[at], round(float(far))) for far, at in zip(metres, which, strict=True)]


def _new_turnout_min() -> float:
    """Minutes in which a forest team that does not exist yet would set out."""
    return limits_of(Team(kind=Team.Kind.FOREST), timezone.now()).turnout_min


def _gained(found: ForestReach, extra: tuple[float, float]) -> tuple[float, float]:
    if not found.lines:
        return 0.0, 0.0
    covers = found.ways.covers(np.array([extra]), found.places, found.minutes - _new_turnout_min())[0]
    new = [one.cell for one, hit in zip(found.lines, covers, strict=True) if hit and not one.is_reached]
    return sum(one.hectares for one in new), sum(one.hectares for one in new if one.is_key)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a further team would stand, and what it gains beyond those before it."""

    name: str
    lon: float
    lat: float
    hectares: float


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Where further teams gain most key forest, or most forest where none is key."""

    sites: tuple[Site, ...]
    siting: Siting | None
    of_key: bool
    #: Of how many places these are chosen.
    candidates: int


def _candidates(user: User, among: str) -> list[Any]:
    """Places with a name and a position in the user's areas."""
    if among == Among.SEATS:
        seats = Area.objects.filter(within(user.scope.prefixes, "code"), level=Area.Level.TOWNSHIP)
        return list(seats.filter(lon__isnull=False).order_by("code"))
    name, kind = (
        ("firestations", FireStation.Kind.VOLUNTEER) if among == Among.BRIGADES else ("teams", Team.Kind.ENTERPRISE)
    )
    entry = ledger(name)
    return list(entry.rows(user).filter(kind=kind, lon__isnull=False)) if entry.may(user, "view") else []


def suggest(
    user: User,
    found: ForestReach,
    count: int,
    among: str = Among.SEATS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Suggestion:
    """So many places from which teams reach most forest that is a gap now."""
    places = _candidates(user, among)
    of_key = any(one.cell.is_key for one in found.lines)
    weights = np.array([one.cell.hectares if one.cell.is_key or not of_key else 0.0 for one in found.lines])
    gaps = np.array([not one.is_reached for one in found.lines], dtype=bool)
    if not places or not (weights[gaps] > 0).any():
        return Suggestion(sites=(), siting=None, of_key=of_key, candidates=len(places))
    spots, minutes, rows = _places(places), found.minutes - _new_turnout_min(), []
    for start in range(0, len(places), AT_ONCE):
        rows.append(found.ways.covers(spots[start : start + AT_ONCE], found.places, minutes))
        progress(min(start + AT_ONCE, len(places)), len(places) + 1)
    covers = np.concatenate(rows)
    siting = best_sites(covers, weights, min(count, len(places)), is_covered=~gaps)
    left, open_to, sites = list(siting.sites), gaps.copy(), []
    while left:
        best = max(left, key=lambda site: float(weights[covers[site] & open_to].sum()))
        gain = round(float(weights[covers[best] & open_to].sum()), 1)
        sites.append(Site(name=places[best].name, lon=places[best].lon, lat=places[best].lat, hectares=gain))
        open_to &= ~covers[best]
        left.remove(best)
    chosen = tuple(one for one in sites if one.hectares)
    return Suggestion(sites=chosen, siting=siting, of_key=of_key, candidates=len(places))


def studies_for(user: User) -> list[TeamStudy]:
    """The newest studies about the user's areas alone; of who sees own records only, the own ones."""
    rows = TeamStudy.objects.select_related("network", "asked_by", "job")
    if user.scope.owner is not None:
        rows = rows.filter(asked_by=user)
    seen = (one for one in rows[:200] if all(user.scope.contains(prefix) for prefix in one.prefixes))
    return list(islice(seen, STUDIES))


def key_forest(prefix: str) -> list[ForestCell]:
    """Key forest of an area that counts for indicators."""
    return list(counted(ForestCell.objects.filter(within((prefix,)), is_key=True, lon__isnull=False), "is_demo"))


def key_forest_reached(prefix: str, speeds: str = FREE) -> tuple[Hectares, Speeds, RoadNetwork] | None:
    """Key forest that some ready team reaches within the rule's time; None while nothing can be said."""
    network, cells = roads.current_network(), key_forest(prefix)
    teams = counted(Team.objects.filter(pk__in=[one.pk for one in ready_teams()]), "is_demo")
    if network is None or not cells or not Team.objects.filter(kind=Team.Kind.FOREST).exists():
        return None
    reach = with_teams(ways_for(network, speeds=speeds), list(teams))
    times, _ = reach.minutes(_places(cells))
    reached = [one.hectares for one, time in zip(cells, times, strict=True) if time <= reach.arrival.minutes]
    return Hectares(total=sum(one.hectares for one in cells), reached=sum(reached)), reach.speeds, network


def key_forest_watered(prefix: str) -> Hectares | None:
    """Key forest with water that can be used this month within the rule's distance; None without a register."""
    cells = key_forest(prefix)
    if not cells:
        return None
    waters = usable_waters(counted(WaterPoint.objects.all(), "is_demo"))
    most = rules.limits().water_m
    nearest = _nearest_water(_places(cells), waters)
    near = [one.hectares for one, (_water, far) in zip(cells, nearest, strict=True) if far is not None and far <= most]
    return Hectares(total=sum(one.hectares for one in cells), reached=sum(near))
