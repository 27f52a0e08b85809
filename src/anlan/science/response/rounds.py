"""Rounds of trucks that serve several places, one after the other, from one store (循环配送, milk runs).

Part-loads of a store are put together so that trucks drive and load least, and every load is there when it is due. A
truck may drive several rounds. The vehicle routing problem with time windows and several trips is solved by PyVRP
(N. A. Wouda, L. Lan & W. Kool, INFORMS Journal on Computing 36 (2024) 943-955), an iterated local search; it is bounded
by steps and has a fixed seed, so the same question has the same answer on every machine.
"""

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyvrp import Client, Depot, Location, ProblemData, Route, VehicleType, solve
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement

Floats = NDArray[np.float64]
#: Steps at most, steps without a better answer (fewer while what is due is only tried), and the seed of the search.
STEPS, PATIENCE, TRYING, SEED = 6_000, 1_500, 300, 1
#: Parts of a tonne or cubic metre, and of a second, that still count.
_LOAD_PARTS, _TIME_PARTS = 1_000_000, 10
#: Stands for "no road" and for "no limit", in parts of a second.
_FAR, _NEVER = 10**8, 10**10
#: What an optional load is worth beside its own `worth`: more than any way to it.
_PRIZE = 10**9


class RoundsError(ValueError):
    """The question is not what it should be; the message names the field."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Deliveries:
    """Loads that wait in one store, and its trucks. Times are seconds from now; measures tonnes, or tonnes and m3."""

    #: Seconds from place to place, shape (1 + loads, 1 + loads), the store first; infinite where no road leads.
    travel_s: Floats
    #: Shape (loads, measures), and what each truck carries, shape (trucks, measures).
    load: Floats
    truck_load: Floats
    #: When each truck is at the store, s; 0 if left out.
    ready_s: Floats = field(default_factory=lambda: np.zeros(0))
    #: When unloading may begin and by when it must be over, s; always if left out.
    open_s: Floats = field(default_factory=lambda: np.zeros(0))
    due_s: Floats = field(default_factory=lambda: np.zeros(0))
    #: Seconds of driving that using one more truck counts for.
    truck_cost_s: float = 0.0
    loading_s: float = 0.0
    unloading_s: float = 0.0
    #: Loads that are brought only if there is room and time, those of more worth first; 0 must be brought.
    worth: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        count = len(np.asarray(self.load))
        trucks = len(np.asarray(self.truck_load))
        measures = np.asarray(self.load).shape[-1] if count else 1
        self._numbers("travel_s", (count + 1, count + 1))
        self._numbers("load", (count, measures))
        self._numbers("truck_load", (trucks, measures))
        self._numbers("ready_s", (trucks,), default=0.0)
        self._numbers("open_s", (count,), default=0.0)
        self._numbers("due_s", (count,), default=np.inf)
        self._numbers("worth", (count,), default=0.0)
        for name in ("truck_cost_s", "loading_s", "unloading_s"):
            if not 0 <= getattr(self, name) < np.inf:
                raise RoundsError(f"{name} must be a number from 0")

    def _numbers(self, name: str, shape: tuple[int, ...], *, default: float | None = None) -> None:
        given = np.asarray(getattr(self, name), dtype=np.float64)
        if given.size == 0 and default is not None:
            given = np.full(shape, default)
        if given.shape != shape:
            raise RoundsError(f"{name}: shape {given.shape} where {shape} belongs")
        if not (given >= 0).all():
            raise RoundsError(f"{name} must be numbers from 0")
        object.__setattr__(self, name, given)

    @property
    def soonest_s(self) -> Floats:
        """When each load could be unloaded at the earliest if all trucks were its own, s."""
        first = float(self.ready_s.min(initial=np.inf)) + self.loading_s + self.travel_s[0, 1:]
        return np.maximum(first, self.open_s) + self.unloading_s


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A load on its round: when the truck arrives, when it is unloaded."""

    load: int
    arrive_s: float
    unloaded_s: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """A truck loads, serves its stops in turn and comes back."""

    truck: int
    start_s: float
    leave_s: float
    stops: tuple[Stop, ...]
    back_s: float


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """The rounds of all trucks, and optional loads that stay behind."""

    rounds: tuple[Round, ...]
    left: tuple[int, ...]
    #: Seconds driven in all.
    driven_s: float

    @property
    def last_s(self) -> float:
        """When the last load is unloaded; 0 where nothing is brought."""
        return max((stop.unloaded_s for one in self.rounds for stop in one.stops), default=0.0)

    @property
    def trucks(self) -> int:
        """How many trucks drive."""
        return len({one.truck for one in self.rounds})


def plan_rounds(asked: Deliveries, *, patience: int = PATIENCE) -> Rounds | None:
    """Rounds that bring what must be brought in time with the least driving and loading; None where none were found.

    >>> two = Deliveries(travel_s=[[0, 3000, 3600], [3000, 0, 900], [3600, 900, 0]], load=[[1], [2]], truck_load=[[5], [5]])
    >>> [[stop.load for stop in one.stops] for one in plan_rounds(two).rounds]
    [[0, 1]]
    """
    if not len(asked.load):
        return Rounds(rounds=(), left=(), driven_s=0.0)
    if not len(asked.truck_load):
        return None
    data = _data(asked)
    stop = MultipleCriteria([MaxIterations(STEPS), NoImprovement(patience)])
    with warnings.catch_warnings():
        # It says that what is due may be impossible; that is the answer None.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        best = solve(data, stop=stop, seed=SEED, collect_stats=False, display=False).best
    if not best.is_feasible():
        return None
    free: dict[int, list[int]] = {}
    for kind, truck in _trucks(asked):
        free.setdefault(kind, []).append(truck)
    found = [one for route in best.routes() for one in _rounds_of(asked, route, free[route.vehicle_type()].pop(0))]
    served = {stop.load for one in found for stop in one.stops}
    ends = [(stop.unloaded_s, float(asked.due_s[stop.load])) for one in found for stop in one.stops]
    if not all(np.isfinite(at) and at <= due + 0.5 for at, due in ends):
        return None
    left = tuple(n for n in range(len(asked.load)) if n not in served)
    return Rounds(rounds=tuple(found), left=left, driven_s=sum(_driven(asked, one) for one in found))


def sooner(asked: Deliveries, *, tries: int = 4) -> Rounds | None:
    """As `plan_rounds`, but the last load as early as can be: what is due is drawn in by halves while it can be met.

    Optional loads that a first answer brings must be brought by the next ones, too.
    """
    best = plan_rounds(asked)
    if best is None or not best.rounds:
        return best
    kept = np.setdiff1d(np.arange(len(asked.load)), best.left)
    must = _part(asked, kept)
    low, high = float(must.soonest_s.max()), best.last_s
    for _ in range(tries):
        middle = (low + high) / 2
        if high - middle < 60:
            break
        found = plan_rounds(replace(must, due_s=np.minimum(must.due_s, middle)), patience=TRYING)
        if found is None:
            low = middle
        else:
            best, high = _renamed(found, kept, best.left), found.last_s
    return best


def spread(asked: Deliveries, found: Rounds) -> Rounds:
    """The same rounds, the short ones first, each on whichever truck is there first; only if nothing gets later than due.

    A search for little driving fills few trucks; while others stand idle, people wait less if all of them drive.
    """
    free = [float(ready) for ready in asked.ready_s]
    made = []
    for one in sorted(found.rounds, key=lambda one: (one.back_s - one.start_s, one.stops[0].load)):
        loads = [stop.load for stop in one.stops]
        need = asked.load[loads].sum(axis=0)
        able = [n for n in range(len(free)) if (need <= asked.truck_load[n] + 1e-6).all()]
        truck = min(able, key=lambda n: (free[n], float(asked.truck_load[n].sum()), n))
        made.append(timed(asked, truck, free[truck], loads))
        free[truck] = made[-1].back_s
    is_fine = all(stop.unloaded_s <= asked.due_s[stop.load] + 0.5 for one in made for stop in one.stops)
    spread_out = replace(found, rounds=tuple(made))
    return spread_out if is_fine and spread_out.last_s <= found.last_s + 0.5 else found


def _part(asked: Deliveries, kept: NDArray[np.int64]) -> Deliveries:
    """The question with these loads alone, all of which must be brought."""
    rows = np.concatenate([[0], kept + 1])
    return replace(
        asked, travel_s=asked.travel_s[np.ix_(rows, rows)], load=asked.load[kept], open_s=asked.open_s[kept],
        due_s=asked.due_s[kept], worth=np.zeros(len(kept)),
    )  # fmt: skip


def _renamed(found: Rounds, kept: NDArray[np.int64], left: tuple[int, ...]) -> Rounds:
    rounds = tuple(
        replace(one, stops=tuple(replace(stop, load=int(kept[stop.load])) for stop in one.stops))
        for one in found.rounds
    )
    return replace(found, rounds=rounds, left=left)


def _time(seconds: float) -> int:
    return int(np.ceil(seconds * _TIME_PARTS - 1e-6)) if np.isfinite(seconds) else _NEVER


def _trucks(asked: Deliveries) -> list[tuple[int, int]]:
    """Pairs of kind and truck: trucks that carry as much and are there at the same time are one kind."""
    keys = [(*map(float, load), float(ready)) for load, ready in zip(asked.truck_load, asked.ready_s, strict=True)]
    kinds = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return [(kinds[key], truck) for truck, key in enumerate(keys)]


def _data(asked: Deliveries) -> ProblemData:
    """The question in whole numbers; loading is part of every way out of the store."""
    way = np.where(np.isfinite(asked.travel_s), np.ceil(asked.travel_s * _TIME_PARTS - 1e-6), _FAR).astype(np.int64)
    np.fill_diagonal(way, 0)
    way[0, 1:] += _time(asked.loading_s)
    matrices: list[Any] = [way]
    unload = _time(asked.unloading_s)
    clients = []
    for n, load in enumerate(asked.load):
        late = int(np.floor(asked.due_s[n] * _TIME_PARTS + 1e-6)) - unload if np.isfinite(asked.due_s[n]) else _NEVER
        early = _time(float(asked.open_s[n]))
        must = asked.worth[n] == 0
        clients.append(
            Client(
                location=n + 1, delivery=[int(np.ceil(part * _LOAD_PARTS - 1e-6)) for part in load],
                service_duration=unload, tw_early=min(early, max(late, 0)), tw_late=max(late, 0), required=bool(must),
                prize=0 if must else _PRIZE + int(asked.worth[n] * _LOAD_PARTS),
            )
        )  # fmt: skip
    kinds: dict[int, list[int]] = {}
    for kind, truck in _trucks(asked):
        kinds.setdefault(kind, []).append(truck)
    vehicles = [
        VehicleType(
            num_available=len(rows), capacity=[int(part * _LOAD_PARTS + 1e-6) for part in asked.truck_load[rows[0]]],
            fixed_cost=_time(asked.truck_cost_s), tw_early=_time(float(asked.ready_s[rows[0]])), reload_depots=[0],
            max_reloads=len(asked.load),
        )
        for rows in kinds.values()
    ]  # fmt: skip
    spots = [Location(0, n) for n in range(len(way))]
    return ProblemData(spots, clients, [Depot(location=0)], vehicles, matrices, matrices)


def _rounds_of(asked: Deliveries, route: Route, truck: int) -> list[Round]:
    """A truck's rounds in turn, each as early as it can be."""
    trips: list[list[int]] = [[]]
    for step in route:
        if step.is_client():
            trips[-1].append(step.idx)
        elif trips[-1]:
            trips.append([])
    at, found = float(asked.ready_s[truck]), []
    for loads in trips:
        if loads:
            found.append(_way_round(asked, timed(asked, truck, at, loads), timed(asked, truck, at, loads[::-1])))
            at = found[-1].back_s
    return found


def _way_round(asked: Deliveries, one: Round, other: Round) -> Round:
    """A round the way round in which people wait less, where that drives no farther and nothing is late."""
    is_fine = all(stop.unloaded_s <= asked.due_s[stop.load] for stop in other.stops) and other.back_s <= one.back_s
    wait = [sum(stop.unloaded_s for stop in way.stops) for way in (one, other)]
    return other if is_fine and wait[1] < wait[0] else one


def timed(asked: Deliveries, truck: int, start_s: float, loads: list[int]) -> Round:
    """A round as early as it can be driven."""
    leave = at = start_s + asked.loading_s
    stops, here = [], 0
    for load in loads:
        arrive = at + float(asked.travel_s[here, load + 1])
        at = max(arrive, float(asked.open_s[load])) + asked.unloading_s
        stops.append(Stop(load=load, arrive_s=arrive, unloaded_s=at))
        here = load + 1
    back = at + float(asked.travel_s[here, 0])
    return Round(truck=truck, start_s=start_s, leave_s=leave, stops=tuple(stops), back_s=back)


def _driven(asked: Deliveries, one: Round) -> float:
    rows = [0, *(stop.load + 1 for stop in one.stops), 0]
    return float(sum(asked.travel_s[a, b] for a, b in zip(rows, rows[1:], strict=False)))
