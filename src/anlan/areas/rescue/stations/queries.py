"""Villages, key places and stations that coverage is computed for, each through its reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from anlan.areas.rescue.stations import rules
from anlan.areas.rescue.stations.coverage import Reach, Share, share
from anlan.areas.rescue.stations.models import FireStation, SiteStudy
from anlan.foundation.accounts.models import User
from anlan.foundation.indicators.registry import counted
from anlan.foundation.ledger.registry import in_scope, ledger, ledgers
from anlan.foundation.places.codes import Scope, within
from anlan.foundation.places.models import Area
from anlan.foundation.roads import queries as roads
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.registry import Obstacle, obstacles_at
from anlan.foundation.roads.speeds import FREE, WORST, Speeds, speeds_for

#: Registers of places that must be reached; those that are installed count.
KEY_LEDGERS = ("hospitals", "keyplaces", "hazardsources", "enterprises")
#: Gaps that the page lists.
GAPS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class Villages:
    """Villages with a position; arrays over villages."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    people: np.ndarray
    places: np.ndarray

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.code)


def villages_within(prefixes: tuple[str, ...]) -> Villages:
    """The villages inside some areas that have a position; without a population one counts no people."""
    rows = Area.objects.filter(within(prefixes, "code"), level=Area.Level.VILLAGE, lon__isnull=False).order_by("code")
    found = list(rows.values_list("code", "name", "population", "lon", "lat"))
    return Villages(
        code=tuple(row[0] for row in found),
        name=tuple(row[1] for row in found),
        people=np.array([row[2] or 0 for row in found], dtype=np.int64),
        places=np.array([row[3:] for row in found], dtype=np.float64).reshape(-1, 2),
    )


def stations_on_duty() -> list[FireStation]:
    """Every station on duty with a position: a crew does not stop at a county's border."""
    rows = FireStation.objects.filter(status=FireStation.Status.ACTIVE, lon__isnull=False)
    return list(rows.select_related("area"))


def reach_of(
    network: RoadNetwork,
    stations: Sequence[FireStation],
    *,
    speeds: str,
    obstacles: Sequence[Obstacle] = (),
    extra: tuple[float, float] | None = None,
) -> Reach:
    """What these stations reach at the speeds asked for (see `speeds_for`), and one more that does not exist yet."""
    graph = roads.roads_of(network)
    driven = speeds_for(network, graph, speeds).for_emergency()
    places = [(one.lon, one.lat) for one in stations] + ([extra] if extra else [])
    return Reach(
        roads=graph, seconds=roads.seconds_with(graph, obstacles, speeds=driven), speeds=driven, access=roads.access(), arrival=rules.arrival(),
        stations=np.array(places, dtype=np.float64).reshape(-1, 2),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CountyLine:
    """A county's line of the table."""

    area: Area
    people: Share
    villages: Share
    built_up: Share
    key_places: Share


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A village that no crew reaches in time."""

    code: str
    name: str
    people: int
    lon: float
    lat: float
    #: Minutes until a crew is there; None where none comes within an hour.
    minutes: float | None


@dataclass(frozen=True, kw_only=True)
class KeyPlace:
    """A place of a register that must be reached."""

    title: str
    ledger: str
    url: str
    area_code: str
    lon: float
    lat: float
    minutes: float | None
    is_reached: bool


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Everything the page shows."""

    network: RoadNetwork
    reach: Reach
    minutes: float
    villages: Villages
    times: np.ndarray
    lines: list[CountyLine]
    total: CountyLine | None
    gaps: list[Gap]
    gap_count: int
    key_places: list[KeyPlace]
    stations: list[FireStation]
    obstacles: list[Obstacle]
    #: People that the extra station gains; None without one.
    gained: int | None
    #: The station whose crews are taken to be out.
    away: FireStation | None = None


def coverage_for(
    user: User,
    *,
    minutes: float,
    with_closures: bool,
    speeds: str,
    extra: tuple[float, float] | None = None,
    away: int | None = None,
) -> Coverage | None:
    """What the user's areas have of the circle; None while there is no network."""
    network = roads.current_network()
    if network is None:
        return None
    obstacles = obstacles_at(timezone.now()) if with_closures else []
    duty = stations_on_duty()
    left = next((one for one in duty if one.pk == away), None)
    duty = [one for one in duty if one != left]
    reach = reach_of(network, duty, speeds=speeds, obstacles=obstacles, extra=extra)
    villages = villages_within(user.scope.prefixes)
    times, _ = reach.minutes(villages.places)
    gained = None
    if extra:
        before, _ = reach_of(network, duty, speeds=speeds, obstacles=obstacles).minutes(villages.places)
        gained = int(villages.people[(times <= minutes) & ~(before <= minutes)].sum())
    keys = _key_places(user, reach, minutes)
    lines = _lines(user.scope, villages, times <= minutes, keys)
    missed = np.flatnonzero(~(times <= minutes))
    worst = missed[np.argsort(-villages.people[missed], kind="stable")][:GAPS]
    return Coverage(
        network=network, reach=reach, minutes=minutes, villages=villages, times=times, lines=lines[1:],
        total=lines[0] if lines else None, gaps=[_gap(villages, times, at) for at in worst], gap_count=len(missed),
        key_places=keys, obstacles=[one for one in obstacles if user.scope.contains(one.area_code)], gained=gained,
        away=left,
        stations=[one for one in duty if user.scope.contains(one.area_id)],
    )  # fmt: skip


def _gap(villages: Villages, times: np.ndarray, at: int) -> Gap:
    lon, lat = villages.places[at].tolist()
    time = round(float(times[at]), 1) if np.isfinite(times[at]) else None
    return Gap(
        code=villages.code[at], name=villages.name[at], people=int(villages.people[at]), lon=lon, lat=lat, minutes=time
    )


def _key_places(user: User, reach: Reach, minutes: float) -> list[KeyPlace]:
    """Places of the key registers that the user may see."""
    installed = {entry.name for entry in ledgers()}
    rows: list[tuple[Any, Any]] = []
    for name in KEY_LEDGERS:
        if name in installed and ledger(name).may(user, "view"):
            entry = ledger(name)
            rows += [(entry, row) for row in entry.rows(user).filter(lon__isnull=False)]
    times, _ = reach.minutes(np.array([(row.lon, row.lat) for _, row in rows], dtype=np.float64).reshape(-1, 2))
    return [
        KeyPlace(
            title=str(row), ledger=str(entry.title), url=entry.url_of(row), area_code=row.area_id, lon=row.lon,
            lat=row.lat, minutes=round(float(time), 1) if np.isfinite(time) else None, is_reached=bool(time <= minutes),
        )
        for (entry, row), time in zip(rows, times, strict=True)
    ]  # fmt: skip


def _lines(scope: Scope, villages: Villages, is_reached: np.ndarray, keys: Sequence[KeyPlace]) -> list[CountyLine]:
    """The whole first, then the counties; functional zones lie in counties and have no line of their own."""
    county_of = np.array([code[:6] for code in villages.code])
    is_built_up = np.array([rules.is_built_up(code) for code in villages.code], dtype=bool)

    def line(area: Area, chosen: np.ndarray, places: Sequence[KeyPlace]) -> CountyLine:
        people, hit = villages.people[chosen], is_reached[chosen]
        town = is_built_up[chosen]
        return CountyLine(
            area=area, people=share(people, hit), villages=share(np.ones(len(people)), hit),
            built_up=share(people[town], hit[town]),
            key_places=Share(total=len(places), reached=sum(one.is_reached for one in places)),
        )  # fmt: skip

    counties = list(Area.objects.filter(code__in=sorted({*county_of.tolist(), *(k.area_code[:6] for k in keys)})))
    counties = [one for one in counties if one.level == Area.Level.COUNTY and scope.contains(one.code)]
    if not villages.size:
        return []
    top = Area.objects.filter(code=f"{villages.code[0][:4]}00").first() if len(counties) != 1 else counties[0]
    whole = [line(top, np.ones(villages.size, dtype=bool), keys)] if top else []
    return whole + [
        line(one, county_of == one.code, [k for k in keys if k.area_code.startswith(one.code)]) for one in counties
    ]


@dataclass(frozen=True, kw_only=True)
class Circle:
    """People of subdistricts reached within the rule's time; closures left out."""

    network: RoadNetwork
    stations: int
    #: At the free speed, and at the hour at which the network is slowest.
    free: Share
    worst: Share
    speeds: Speeds

    @property
    def choice(self) -> str:
        """Which of both is the figure.

        A crew that is promised within five minutes has to come at any hour: the worst hour is the honest one. But a
        figure of the city does not move by a guess: until the speeds were measured and checked it stays that of the
        free road, which earlier figures were, and the other is told beside it.
        """
        return WORST if self.speeds.is_checked else FREE

    @property
    def share(self) -> Share:
        return self.worst if self.choice == WORST else self.free


def circle(area_code_prefix: str) -> Circle | None:
    """The circle of an area; None while there is no network or no station."""
    network = roads.current_network()
    stations = list(counted(FireStation.objects.filter(pk__in=[one.pk for one in stations_on_duty()]), "is_demo"))
    if network is None or not stations:
        return None
    villages = villages_within((area_code_prefix,))
    chosen = np.array([rules.is_built_up(code) for code in villages.code], dtype=bool)
    shares = []
    for speeds in (FREE, WORST):
        reach = reach_of(network, stations, speeds=speeds)
        times, _ = reach.minutes(villages.places[chosen])
        shares.append(share(villages.people[chosen], times <= reach.arrival.minutes))
    return Circle(network=network, stations=len(stations), free=shares[0], worst=shares[1], speeds=reach.speeds)


def counted_at() -> str:
    """The speeds that the indicator is counted at, which the page begins with."""
    network = roads.current_network()
    if network is None:
        return FREE
    return WORST if speeds_for(network, roads.roads_of(network), WORST).is_checked else FREE


def studies_for(user: User) -> list[SiteStudy]:
    """The newest studies of the user's areas."""
    rows = in_scope(SiteStudy.objects.all(), user, "area_id").select_related("area", "network", "asked_by")
    return list(rows[:6])


def oversized(stations: Sequence[FireStation]) -> list[tuple[FireStation, float]]:
    """Stations whose area is larger than their class allows, with the most allowed."""
    most = rules.most_km2()
    pairs = [(one, most.get(one.kind)) for one in stations]
    return [(one, limit) for one, limit in pairs if limit and one.area_km2 and one.area_km2 > limit]
