"""From a question to a plan, and from a plan to the next one when something has changed."""

from dataclasses import replace

import numpy as np

from anlan.science.response.allocation.fair import guaranteed
from anlan.science.response.allocation.loading import Yard, load, load_fixed
from anlan.science.response.allocation.plan import Loads, Plan, Reason, Trips
from anlan.science.response.allocation.problem import Flags, Floats, Integers, Problem, Shipments, UnderWay
from anlan.science.response.allocation.relaxation import relax
from anlan.science.response.allocation.worth import Worth, worth

#: Trucks that come back during the same quarter of an hour are one kind when a plan goes on.
_SAME_READY_S = 900.0


def allocate(problem: Problem) -> Plan:
    """The plan: first what everybody is guaranteed, then what is asked, then early, then few tonne-kilometres.

    >>> answer = allocate(Problem(supply=[[60]], demand=[[50], [70]], unit_load=[[0.1]], travel_s=[[3600, 7200]],
    ...                           trucks=[[2]], truck_load=[[5]]))
    >>> answer.shipped.quantity.tolist(), answer.unmet.ravel().tolist(), Reason(answer.reason[0, 0]).name
    ([25, 35], [25, 35], 'STOCK')
    """
    yard = Yard(problem)
    measure = worth(problem, guaranteed(problem, yard.room()))
    load_fixed(yard, measure)
    fixed = problem.fixed
    sure = _summed(fixed, problem)
    best = relax(problem, yard.room(), measure)
    whole = np.floor(best.quantity + 1e-6).astype(np.int64)
    held = yard.sent.copy()

    def planned(store: int, place: int) -> Integers:
        left = np.maximum(whole[store, place] - yard.sent[store, place] + held[store, place], 0)
        return np.minimum(left, np.minimum(yard.stock[store], yard.need[place]))

    def wanted(store: int, place: int) -> Integers:
        return np.minimum(yard.stock[store], yard.need[place])

    load(yard, measure, np.argwhere((best.quantity > 0.5).any(axis=2)), planned)
    due = np.ceil(measure.guaranteed - 1e-6).astype(np.int64) - (problem.asked - yard.need)
    yard.fill(np.maximum(due, 0))
    yard.fill(yard.need.copy())
    load(yard, measure, np.argwhere((problem.rounds > 0).any(axis=2)), wanted)
    start = measure.of(sure.astype(np.float64), float((fixed.quantity * _lost(measure, fixed)).sum()))
    return _told(yard, measure, start + best.bound, best.stock_price, best.truck_price)


def replan(problem: Problem, plan: Plan, *, elapsed_s: float, travel_s: Floats | None = None) -> Problem:
    """The question that is left after some time: what has been loaded is under way, its trucks come back later.

    Give `travel_s` where roads have changed; all times of the new question count from now.
    """
    trips, loads = plan.trips, plan.loads
    gone = trips.start_s < elapsed_s
    rows = gone[loads.trip]
    trip, item, quantity = loads.trip[rows], loads.item[rows], loads.quantity[rows]
    supply, sent = problem.supply.copy(), np.zeros((*problem.travel_s.shape, problem.supply.shape[1]), dtype=np.int64)
    np.subtract.at(supply, (trips.store[trip], item), quantity)
    np.add.at(sent, (trips.store[trip], trips.place[trip], item), quantity)
    trucks, kind, ready = _ready(problem, plan, gone, elapsed_s)
    before = problem.committed
    return replace(
        problem, supply=supply, trucks=trucks, truck_load=problem.truck_load[kind], ready_s=ready,
        travel_s=problem.travel_s if travel_s is None else travel_s, limit_s=max(problem.limit_s - elapsed_s, 0.0),
        fixed=_still_fixed(problem.fixed, sent),
        committed=UnderWay(
            place=np.concatenate([before.place, trips.place[trip]]), item=np.concatenate([before.item, item]),
            quantity=np.concatenate([before.quantity, quantity]),
            arrive_s=np.maximum(np.concatenate([before.arrive_s, trips.arrive_s[trip]]) - elapsed_s, 0.0),
        ),
    )  # fmt: skip


def _ready(problem: Problem, plan: Plan, gone: Flags, elapsed_s: float) -> tuple[Integers, Integers, Floats]:
    """Trucks by kind and by when they are free again: their number, which kind it was, and that time."""
    groups: dict[tuple[int, float], Integers] = {}
    back: dict[tuple[int, int, int], float] = {}
    trips = plan.trips
    for n in np.flatnonzero(gone):
        key = (int(trips.store[n]), int(trips.kind[n]), int(trips.truck[n]))
        back[key] = max(back.get(key, 0.0), float(trips.back_s[n]))
    for store, kind in np.argwhere(problem.trucks > 0):
        for truck in range(problem.trucks[store, kind]):
            free = max(back.get((int(store), int(kind), truck), problem.ready_s[kind]) - elapsed_s, 0.0)
            free = float(np.ceil(free / _SAME_READY_S) * _SAME_READY_S)
            count = groups.setdefault((int(kind), free), np.zeros(len(problem.supply), dtype=np.int64))
            count[store] += 1
    keys = sorted(groups)
    trucks = np.column_stack([groups[key] for key in keys])
    return trucks, np.array([kind for kind, _ in keys]), np.array([free for _, free in keys])


def _still_fixed(fixed: Shipments, sent: Integers) -> Shipments:
    """What is fixed and has not been loaded yet."""
    left = fixed.quantity.copy()
    sent = sent.copy()
    for n in range(fixed.size):
        at = (fixed.store[n], fixed.place[n], fixed.item[n])
        done = min(left[n], sent[at])
        left[n] -= done
        sent[at] -= done
    rows = left > 0
    return Shipments(store=fixed.store[rows], place=fixed.place[rows], item=fixed.item[rows], quantity=left[rows])


def _summed(rows: Shipments, problem: Problem) -> Integers:
    """Units by place and item."""
    units = np.zeros_like(problem.demand)
    np.add.at(units, (rows.place, rows.item), rows.quantity)
    return units


def _lost(measure: Worth, rows: Shipments) -> Floats:
    """Worth that each unit of these shipments loses on its way."""
    return measure.way[rows.store, rows.place] * measure.share[rows.item]


def _told(yard: Yard, measure: Worth, bound: float, stock_price: Floats, truck_price: Floats) -> Plan:
    problem = yard.problem
    trips = _scheduled(yard)
    units = np.array([t.units for t in yard.trips], dtype=np.int64).reshape(-1, problem.supply.shape[1])
    trip, item = np.nonzero(units)
    loads = Loads(trip=trip, item=item, quantity=units[trip, item])
    store, place = trips.store[trip], trips.place[trip]
    rows = Shipments(store=store, place=place, item=item, quantity=loads.quantity)
    got = (problem.asked - yard.need).astype(np.float64)
    objective = measure.of(got, float((rows.quantity * _lost(measure, rows)).sum()))
    arrival = np.full(len(problem.demand), np.nan)
    np.fmax.at(arrival, problem.committed.place, problem.committed.arrive_s)
    np.fmax.at(arrival, trips.place, trips.arrive_s)
    need = problem.asked
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(measure.guaranteed > 0, measure.guaranteed / need, np.inf).min(axis=0)
    return Plan(
        trips=trips, loads=loads, arrival_s=arrival, unmet=yard.need, reason=_reasons(yard),
        fair_share=np.where(np.isfinite(share), share, np.nan), objective=objective, bound=bound,
        tonne_km=float((rows.quantity * problem.unit_load[item, 0] * problem.distance_km[store, place]).sum()),
        stock_price=stock_price, truck_price=truck_price,
    )  # fmt: skip


def _scheduled(yard: Yard) -> Trips:
    """Each truck's trips in turn, the nearest place first; so the longest way back comes last and costs no time."""
    problem = yard.problem
    way = problem.travel_s
    start, arrive, back = (np.zeros(len(yard.trips)) for _ in range(3))
    free: dict[tuple[int, int, int], float] = {}
    for n in sorted(range(len(yard.trips)), key=lambda n: way[yard.trips[n].store, yard.trips[n].place]):
        trip = yard.trips[n]
        key = (trip.store, trip.kind, trip.truck)
        start[n] = free.get(key, float(problem.ready_s[trip.kind]))
        arrive[n] = start[n] + problem.loading_s + way[trip.store, trip.place] + problem.unloading_s
        back[n] = free[key] = arrive[n] + way[trip.store, trip.place]
    store, place, kind, truck = np.array(
        [(t.store, t.place, t.kind, t.truck) for t in yard.trips], dtype=np.int64
    ).reshape(-1, 4).T  # fmt: skip
    return Trips(store=store, place=place, kind=kind, truck=truck, start_s=start, arrive_s=arrive, back_s=back)


def _reasons(yard: Yard) -> Integers:
    """Which constraint would have to give first, for each place and item that is not met."""
    problem = yard.problem
    has = yard.stock > 0
    reason = np.zeros(yard.need.shape, dtype=np.int64)
    is_open = (problem.rounds > 0).any(axis=2)
    has_trucks = (problem.trucks.sum(axis=1) > 0)[:, None]
    leads = np.isfinite(problem.travel_s)
    quickest = problem.loading_s + problem.travel_s + problem.unloading_s
    in_time = leads & (quickest <= problem.limit_s)
    links = [
        (Reason.STOCK, np.ones_like(leads)), (Reason.ROAD, leads), (Reason.LIMIT, in_time),
        (Reason.FORBIDDEN, in_time & ~problem.is_forbidden), (Reason.TRUCK, is_open & has_trucks),
    ]  # fmt: skip
    unexplained = yard.need > 0
    for name, is_link in links:
        is_served = (is_link.T.astype(np.int64) @ has.astype(np.int64)) > 0
        reason[unexplained & ~is_served] = name
        unexplained &= is_served
    reason[unexplained] = Reason.TRUCK
    return reason
