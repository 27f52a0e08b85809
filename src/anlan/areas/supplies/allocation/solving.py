"""From a situation to trips: the question put to the model, trucks sent to depots, the answer in words.

The model takes trucks as standing at depots. Which truck goes to which depot is decided before: the model first says
what would leave each depot if trucks were plentiful, then trucks go where most waits to be carried, the nearest first.
Government reserves are used first; agreements only for what they leave unmet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anlan.areas.supplies.allocation.answer import Answer, NoAnswer, Trip, Unmet
from anlan.areas.supplies.allocation.consolidating import ROOMY_M3, Terms, Yard, brought, consolidate, still_wanted
from anlan.areas.supplies.allocation.models import AllocationPlan
from anlan.areas.supplies.allocation.situation import Situation, Truck
from anlan.areas.supplies.allocation.transferring import with_transfers
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import Floats
from anlan.science.response.allocation import AllocationError, Plan, Problem, Reason, Shipments, allocate

#: Trucks that are ready within the same ten minutes are one kind.
BUCKET_S = 600.0
#: Kilometres that an hour of driving counts for where plans are told apart by tonne-kilometres.
KM_AN_HOUR = 50.0

REASONS = {
    Reason.STOCK: "各库可用库存不够",
    Reason.ROAD: "有货的库没有可通行的道路到达",
    Reason.LIMIT: "有货的库路程太远，时限内到不了",
    Reason.FORBIDDEN: "人工禁止了有货的库向这里发货",
    Reason.TRUCK: "有货的库在时限内能用的货车不够",
}
HEAVY = "没有载得动的货车"


@dataclass(frozen=True, kw_only=True)
class _Times:
    load_s: float
    unload_s: float
    ready_s: float
    grace_s: float


@dataclass(frozen=True, kw_only=True)
class _Fleet:
    """Trucks by depot and kind."""

    trucks: np.ndarray
    load: np.ndarray
    ready_s: np.ndarray
    #: The trucks of each depot and kind.
    who: dict[tuple[int, int], list[Truck]]


def solve(
    situation: Situation, *, limit_hours: float, wishes: Sequence[Mapping[str, Any]] = (),
    rounds: str = AllocationPlan.Rounds.SOONER,
) -> Answer:  # fmt: skip
    """The plan for a situation; NoAnswer where no truck and no depot can do anything."""
    if not situation.depots:
        raise NoAnswer("各库都没有这些物资的可用库存")
    params = rule("supplies.delivery").params
    times = _Times(
        load_s=60.0 * params["load_minutes"], unload_s=60.0 * params["unload_minutes"],
        ready_s=60.0 * params["ready_minutes"], grace_s=60.0 * rule("supplies.rounds").params["grace_minutes"],
    )  # fmt: skip
    most = max(truck.load_t for truck in situation.trucks)
    items = [one for one in situation.items if one.weight_kg / 1000 <= most]
    if not items:
        raise NoAnswer(HEAVY)
    terms = Terms(load_s=times.load_s, unload_s=times.unload_s, limit_s=3600 * limit_hours, grace_s=times.grace_s)

    def plain(free: Situation) -> Answer:
        return _plain(free, items, times, terms, wishes, rounds)

    return with_transfers(situation, items, plain, terms, times.ready_s, wishes)


def _plain(
    situation: Situation, items: Sequence[Item], times: _Times, terms: Terms, wishes: Sequence[Mapping[str, Any]],
    rounds: str,
) -> Answer:  # fmt: skip
    """Direct trips, and rounds where they are better; nothing goes to another depot first."""
    limit_hours, ways = terms.limit_s / 3600, situation.ways
    depots = ways.spots((one.lon, one.lat) for one in situation.depots)
    targets = ways.spots((one.lon, one.lat) for one in situation.targets)
    travel = ways.times(depots, targets)
    if np.isinf(travel).all():
        raise NoAnswer("现在没有可通行的道路从任何一个有货的库通到受灾地点")
    question = _question(situation, items, travel, limit_hours, times, wishes)
    approach = ways.times(ways.spots((one.lon, one.lat) for one in situation.trucks), depots)
    wanted = _wanted(situation, question)
    fleet = _fleet(situation, wanted, approach, travel, 3600 * limit_hours, times)
    if not fleet.who:
        raise NoAnswer("没有货车能沿现在的道路开到有货的库")
    plan = _tiered(situation, replace(question, trucks=fleet.trucks, truck_load=fleet.load, ready_s=fleet.ready_s))
    direct = _told(situation, items, plan, fleet, travel, times)
    return _driven(situation, items, direct, fleet, question, terms, rounds)


def _question(
    situation: Situation, items: Sequence[Item], travel: Floats, limit_hours: float, times: _Times,
    wishes: Sequence[Mapping[str, Any]],
) -> Problem:  # fmt: skip
    """The problem with as many trucks as anybody could wish for, each like the ones there are."""
    supply = np.array([[situation.stock.get((d.pk, i.pk), 0) for i in items] for d in situation.depots])
    demand = np.array([[target.asked(i.pk) for i in items] for target in situation.targets])
    load = np.array([[i.weight_kg / 1000, i.volume_m3 or 0.0] for i in items])
    typical = float(np.median([truck.load_t for truck in situation.trucks]))
    typical = max(typical, float(load[:, 0].max()))
    plenty = int(np.ceil((demand * load[:, 0]).sum() / typical)) + len(situation.targets)
    forbidden, fixed = _wishes(situation, items, supply, demand, wishes)
    try:
        return Problem(
            supply=supply, demand=demand, unit_load=load, travel_s=travel,
            trucks=np.full((len(situation.depots), 1), plenty), truck_load=np.array([[typical, ROOMY_M3]]),
            ready_s=np.array([times.ready_s]), limit_s=3600 * limit_hours, loading_s=times.load_s,
            unloading_s=times.unload_s,
            distance_km=np.where(np.isfinite(travel), travel, 0.0) / 3600 * KM_AN_HOUR,
            is_forbidden=forbidden, fixed=fixed,
        )  # fmt: skip
    except AllocationError as error:
        raise NoAnswer(f"人工要求不能满足：{error}") from error


def _wishes(
    situation: Situation, items: Sequence[Item], supply: np.ndarray, demand: np.ndarray,
    wishes: Sequence[Mapping[str, Any]],
) -> tuple[np.ndarray, Shipments]:  # fmt: skip
    """Links that a person forbids, and quantities that a person fixed, cut to what there is and what is asked."""
    depot_at = {one.pk: n for n, one in enumerate(situation.depots)}
    item_at = {one.pk: n for n, one in enumerate(items)}
    places = defaultdict(list)
    for n, one in enumerate(situation.targets):
        places[one.name].append(n)
    forbidden = np.zeros((len(situation.depots), len(situation.targets)), dtype=bool)
    rows = []
    for wish in wishes:
        depot = depot_at.get(wish["depot"])
        found = places.get(wish.get("place", ""), []) if wish.get("place") else range(len(situation.targets))
        if depot is None or wish["kind"] == "move":
            continue
        for target in found:
            if wish["kind"] == "forbid":
                forbidden[depot, target] = True
            elif (item := item_at.get(wish.get("item"))) is not None:
                sent = sum(n for d, _t, i, n in rows if (d, i) == (depot, item))
                got = sum(n for _d, t, i, n in rows if (t, i) == (target, item))
                n = min(wish["quantity"], supply[depot, item] - sent, demand[target, item] - got)
                rows += [(depot, target, item, int(n))] if n > 0 else []
    rows = [row for row in rows if not forbidden[row[0], row[1]]]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return forbidden, Shipments(store=columns[0], place=columns[1], item=columns[2], quantity=columns[3])


def _tiered(situation: Situation, problem: Problem) -> Plan:
    """Government reserves first; with agreements only what they leave unmet is asked of the others."""
    is_own = np.array([one.mode == Depot.Mode.GOVERNMENT for one in situation.depots])
    try:
        if not is_own.any() or is_own.all():
            return allocate(problem)
        fixed = problem.fixed
        own = np.where(is_own[:, None], problem.supply, 0)
        np.add.at(own, (fixed.store, fixed.item), np.where(is_own[fixed.store], 0, fixed.quantity))
        first = allocate(replace(problem, supply=own))
        if not first.unmet.any():
            return first
    except AllocationError as error:
        raise NoAnswer(f"人工要求不能满足：{error}") from error
    try:
        return allocate(replace(problem, fixed=first.shipped))
    except AllocationError:
        # What is fixed is packed anew and may need one truck more than there is: then all stores count alike.
        return allocate(problem)


def _wanted(situation: Situation, question: Problem) -> Floats:
    """Tonnes that would leave each depot for each place if trucks were plentiful."""
    sent = _tiered(situation, question).shipped
    tonnes = np.zeros(question.travel_s.shape)
    np.add.at(tonnes, (sent.store, sent.place), sent.quantity * question.unit_load[sent.item, 0])
    return tonnes


def _fleet(
    situation: Situation, wanted: Floats, approach: Floats, travel: Floats, limit_s: float, times: _Times
) -> _Fleet:
    """Send trucks where most trips wait to be driven, the nearest first; in one wave as far as they go round."""
    tonnes = wanted.sum(axis=1)
    typical = float(np.median([truck.load_t for truck in situation.trucks]))
    waits = np.ceil(wanted / typical - 1e-9).sum(axis=1)
    way = np.where(np.isfinite(travel), travel, 0.0)
    mean = (way * wanted).sum(axis=1) / np.maximum(tonnes, 1e-9)
    ready = np.ceil((times.ready_s + approach) / BUCKET_S) * BUCKET_S
    usable = ready + times.load_s + mean[None, :] + times.unload_s <= limit_s
    idle, sent = set(range(len(situation.trucks))), []
    while idle and waits.max() > 0:
        depot = int(np.lexsort((-tonnes, -waits))[0])
        able = [n for n in idle if usable[n, depot]]
        if not able:
            waits[depot] = 0.0
            continue
        truck = min(able, key=lambda n: (ready[n, depot], -situation.trucks[n].load_t, n))
        idle.discard(truck)
        sent.append((depot, truck))
        waits[depot] -= 1.0
    kinds: dict[tuple[float, float, float], int] = {}
    who: dict[tuple[int, int], list[Truck]] = defaultdict(list)
    for depot, n in sent:
        truck = situation.trucks[n]
        kind = kinds.setdefault((truck.load_t, truck.volume_m3 or ROOMY_M3, float(ready[n, depot])), len(kinds))
        who[depot, kind].append(truck)
    trucks = np.zeros((len(situation.depots), len(kinds)), dtype=np.int64)
    for (depot, kind), rows in who.items():
        trucks[depot, kind] = len(rows)
    keys = np.array(list(kinds), dtype=np.float64).reshape(-1, 3)
    return _Fleet(trucks=trucks, load=keys[:, :2], ready_s=keys[:, 2], who=dict(who))


def _told(
    situation: Situation, items: Sequence[Item], plan: Plan, fleet: _Fleet, travel: Floats, times: _Times
) -> Answer:
    found = []
    for n in range(plan.trips.size):
        depot, place = int(plan.trips.store[n]), int(plan.trips.place[n])
        rows = plan.loads.trip == n
        loads = {
            items[i].pk: int(q) for i, q in zip(plan.loads.item[rows], plan.loads.quantity[rows], strict=True) if q
        }
        start, leave = float(plan.trips.start_s[n]), float(plan.trips.start_s[n]) + times.load_s
        if loads:
            found.append(
                Trip(
                    depot=situation.depots[depot], target=situation.targets[place], loads=loads,
                    truck=fleet.who[depot, int(plan.trips.kind[n])][int(plan.trips.truck[n])], start_s=start,
                    leave_s=leave, arrive_s=leave + float(travel[depot, place]),
                    unloaded_s=float(plan.trips.arrive_s[n]), back_s=float(plan.trips.back_s[n]),
                )
            )  # fmt: skip
    at = {one.pk: n for n, one in enumerate(items)}
    unmet = []
    for place, target in enumerate(situation.targets):
        for item in situation.items:
            asked = target.asked(item.pk)
            if asked and item.pk not in at:
                unmet.append(Unmet(target=target, item=item, asked=asked, missing=asked, why=HEAVY))
            elif asked and (missing := int(plan.unmet[place, at[item.pk]])):
                why = REASONS.get(Reason(int(plan.reason[place, at[item.pk]])), "")
                unmet.append(Unmet(target=target, item=item, asked=asked, missing=missing, why=why))
    unknown = sum(truck.volume_m3 is None for truck in situation.trucks)
    notes = [f"{unknown} 辆货车的容积未知，只按载重装车"] if unknown else []
    found = _sooner(situation, items, found, fleet, times)
    return Answer(trips=found, unmet=unmet, worth=plan.objective, bound=plan.bound, notes=notes)


def _driven(
    situation: Situation, items: Sequence[Item], direct: Answer, fleet: _Fleet, question: Problem, terms: Terms,
    rounds: str,
) -> Answer:  # fmt: skip
    """The answer in rounds where they are better than direct trips."""
    trucks: dict[int, list[tuple[Truck, float]]] = defaultdict(list)
    for (depot, kind), rows in sorted(fleet.who.items()):
        trucks[situation.depots[depot].pk] += [(truck, float(fleet.ready_s[kind])) for truck in rows]
    most = {
        pk: max((truck.load_t, truck.volume_m3 or ROOMY_M3) for truck, _ready in rows) for pk, rows in trucks.items()
    }
    more = still_wanted(
        situation, items, direct.trips, direct.unmet, situation.depots, question.travel_s, question.is_forbidden, most
    )  # fmt: skip
    yards = [
        Yard(
            depot=depot, trucks=trucks[depot.pk], more=more.get(depot.pk, []),
            direct=[trip for trip in direct.trips if trip.depot.pk == depot.pk],
        )
        for depot in situation.depots
        if depot.pk in trucks
    ]  # fmt: skip
    trips, gains = consolidate(situation, yards, terms, rounds)
    trips.sort(key=lambda trip: (trip.start_s, trip.depot.code, trip.round, trip.stop, trip.target.name))
    return replace(direct, trips=trips, unmet=brought(direct.unmet, trips, direct.trips), gains=gains)


def _sooner(situation: Situation, items: Sequence[Item], trips: list[Trip], fleet: _Fleet, times: _Times) -> list[Trip]:
    """The same loads on whichever truck of the depot is there first: the model fills few trucks, people wait less if
    all that were called drive. Where that made a trip later than the last one was, everything stays as it was."""
    weight = {one.pk: (one.weight_kg / 1000, one.volume_m3 or 0.0) for one in items}
    depot_at = {one.pk: n for n, one in enumerate(situation.depots)}
    free: dict[int, dict[int, tuple[float, Truck]]] = defaultdict(dict)
    for (depot, kind), rows in fleet.who.items():
        free[depot] |= {truck.pk: (float(fleet.ready_s[kind]), truck) for truck in rows}
    found = []
    for trip in sorted(trips, key=lambda one: (one.start_s, one.unloaded_s)):
        there = free[depot_at[trip.depot.pk]]
        tonnes, cubic = (sum(weight[item][n] * units for item, units in trip.loads.items()) for n in (0, 1))
        able = [
            (at, truck.load_t, pk)
            for pk, (at, truck) in there.items()
            if tonnes <= truck.load_t + 1e-6 and cubic <= (truck.volume_m3 or ROOMY_M3) + 1e-6
        ]
        if not able:
            return trips
        start, _load, pk = min(able)
        truck, drive = there[pk][1], trip.arrive_s - trip.leave_s
        leave = start + times.load_s
        back = leave + drive + times.unload_s + drive
        there[pk] = (back, truck)
        found.append(
            replace(
                trip, truck=truck, start_s=start, leave_s=leave, arrive_s=leave + drive,
                unloaded_s=leave + drive + times.unload_s, back_s=back,
            )
        )  # fmt: skip
    last = max((one.unloaded_s for one in trips), default=0.0)
    return found if all(one.unloaded_s <= last for one in found) else trips
