"""Rounds instead of direct trips (循环配送): the loads of one depot put together on its trucks, never worse than apart.

What goes from where to where is decided; here it is only driven otherwise. Direct trips stand unless rounds bring
something that would stay behind, or need fewer trips, or bring the last place its goods sooner, and nobody has to wait
longer than was allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from anlan.areas.supplies.allocation.answer import Gain, Totals, Trip, Unmet
from anlan.areas.supplies.allocation.models import AllocationPlan
from anlan.areas.supplies.allocation.situation import Situation, Target, Truck
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.science.response.rounds import Deliveries, Rounds, plan_rounds, sooner, spread

Rule = AllocationPlan.Rounds
#: Stands for a hold whose volume nobody knows: weight alone binds.
ROOMY_M3 = 1e6
#: Seconds that do not count as later or sooner.
SAME_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Yard:
    """A depot with the trucks that were sent there and when each is ready, its direct trips, and what may still go."""

    depot: Depot
    trucks: list[tuple[Truck, float]]
    direct: list[Trip]
    #: Loads of this depot that no direct trip brings.
    more: list[tuple[Target, dict[int, int]]]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How long things take, and how much later than by a direct trip a place may be served."""

    load_s: float
    unload_s: float
    limit_s: float
    grace_s: float


def consolidate(situation: Situation, yards: Sequence[Yard], terms: Terms, rule: str) -> tuple[list[Trip], list[Gain]]:
    """The trips of all depots, in rounds where that helps, and what it changes."""
    found: list[Trip] = []
    gains: list[Gain] = []
    number = 0
    for yard in yards:
        made = (
            None
            if rule == Rule.DIRECT or len(yard.direct) + len(yard.more) < 2
            else _rounds(situation, yard, terms, rule)
        )
        if made is None:
            found += yard.direct
            continue
        asked, rounds = made
        trips = _trips(yard, rounds, number)
        number = max([number, *(trip.round for trip in trips)])
        found += trips
        gains.append(_gain(yard, asked, rounds))
    return found, gains


def _loads(yard: Yard) -> list[tuple[Target, dict[int, int]]]:
    return [(trip.target, trip.loads) for trip in yard.direct] + yard.more


def _rounds(situation: Situation, yard: Yard, terms: Terms, rule: str) -> tuple[Deliveries, Rounds] | None:
    """The rounds of a depot where they are better than its direct trips; first with what would stay behind."""
    for chosen in [yard, replace(yard, more=[])] if yard.more else [yard]:
        asked = _asked(situation, chosen, terms, rule)
        found = plan_rounds(asked) if rule == Rule.FEWER else sooner(asked)
        if found is not None and rule == Rule.SOONER:
            found = spread(asked, found)
        if found is not None and _is_better(chosen, found, rule):
            return asked, found
    return None


def _asked(situation: Situation, yard: Yard, terms: Terms, rule: str) -> Deliveries:
    """The question of one depot. What went directly is due by then, give or take; while nothing more is to be brought
    the last place waits no longer than it would."""
    loads, items = _loads(yard), {one.pk: one for one in situation.items}
    spots = situation.ways.spots(
        [(yard.depot.lon, yard.depot.lat), *((target.lon, target.lat) for target, _load in loads)]
    )
    weight = np.array([weight_of(load, items) for _target, load in loads])
    direct = np.array([trip.unloaded_s for trip in yard.direct])
    due = np.full(len(loads), terms.limit_s)
    if rule == Rule.SOONER:
        last = direct.max(initial=0.0) if not yard.more else terms.limit_s
        due[: len(direct)] = np.maximum(np.minimum(direct + terms.grace_s, last), direct)
    return Deliveries(
        travel_s=situation.ways.times(spots, spots), load=weight,
        truck_load=np.array([(truck.load_t, truck.volume_m3 or ROOMY_M3) for truck, _ready in yard.trucks]),
        ready_s=np.array([ready for _truck, ready in yard.trucks]), due_s=due,
        worth=np.concatenate([np.zeros(len(direct)), weight[len(direct) :, 0]]),
        truck_cost_s=terms.limit_s if rule == Rule.FEWER else 0.0, loading_s=terms.load_s, unloading_s=terms.unload_s,
    )  # fmt: skip


def weight_of(load: dict[int, int], items: dict[int, Item]) -> tuple[float, float]:
    """Tonnes and cubic metres of a load."""
    tonnes = sum(items[item].weight_kg / 1000 * n for item, n in load.items())
    return tonnes, sum((items[item].volume_m3 or 0.0) * n for item, n in load.items())


def _is_better(yard: Yard, found: Rounds, rule: str) -> bool:
    """Whether rounds bring more, or need less, or are sooner, and are worse in nothing that the rule holds fixed."""
    if yard.more:
        return len(found.left) < len(yard.more)
    before, after = _direct(yard), _totals(found)
    if rule == Rule.FEWER:
        return (after.trucks, after.trips, after.driven_s) < (before.trucks, before.trips, before.driven_s - SAME_S)
    if after.last_s > before.last_s + 1 or after.trips > before.trips:
        return False
    return after.trips < before.trips or after.last_s < before.last_s - SAME_S


def _direct(yard: Yard) -> Totals:
    rows = yard.direct
    return Totals(
        trips=len(rows), trucks=len({trip.truck.key for trip in rows}),
        driven_s=sum(2 * (trip.arrive_s - trip.leave_s) for trip in rows),
        last_s=max((trip.unloaded_s for trip in rows), default=0.0),
    )  # fmt: skip


def _totals(found: Rounds) -> Totals:
    return Totals(trips=len(found.rounds), trucks=found.trucks, driven_s=found.driven_s, last_s=found.last_s)


def _gain(yard: Yard, asked: Deliveries, found: Rounds) -> Gain:
    places = []
    for one in found.rounds:
        for stop in one.stops:
            is_direct = stop.load < len(yard.direct)
            before = yard.direct[stop.load].unloaded_s if is_direct else None
            places.append((_loads(yard)[stop.load][0].name, before, stop.unloaded_s))
    return Gain(depot=yard.depot, direct=_direct(yard), rounds=_totals(found), places=places)


def _trips(yard: Yard, found: Rounds, number: int) -> list[Trip]:
    loads, trips = _loads(yard), []
    for one in found.rounds:
        leave, before = one.leave_s, None
        number += len(one.stops) > 1
        for n, stop in enumerate(one.stops, 1):
            target, load = loads[stop.load]
            is_last = n == len(one.stops)
            trips.append(
                Trip(
                    depot=yard.depot, truck=yard.trucks[one.truck][0], target=target, loads=load, start_s=one.start_s,
                    leave_s=leave, arrive_s=stop.arrive_s, unloaded_s=stop.unloaded_s,
                    back_s=one.back_s if is_last else stop.unloaded_s, round=number if len(one.stops) > 1 else 0,
                    stop=n, before=before,
                )
            )  # fmt: skip
            leave, before = stop.unloaded_s, target
    return trips


def still_wanted(
    situation: Situation, items: Sequence[Item], trips: Sequence[Trip], unmet: Sequence[Unmet], depots: Sequence[Depot],
    travel: np.ndarray, forbidden: np.ndarray, most: dict[int, tuple[float, float]],
) -> dict[int, list[tuple[Target, dict[int, int]]]]:  # fmt: skip
    """What places lack and depots still have, the nearest depot first, in loads that the depot's biggest truck carries."""
    stock = dict(situation.stock)
    for trip in trips:
        for item, n in trip.loads.items():
            stock[trip.depot.pk, item] -= n
    lacking = {(id(one.target), one.item.pk): one.missing for one in unmet}
    by_item = {one.pk: one for one in items}
    found: dict[int, list[tuple[Target, dict[int, int]]]] = {}
    for place, target in enumerate(situation.targets):
        for row in np.argsort(travel[:, place], kind="stable"):
            depot = depots[row]
            if not np.isfinite(travel[row, place]) or forbidden[row, place] or depot.pk not in most:
                continue
            room, load = most[depot.pk], {}
            for item in items:
                n = min(lacking.get((id(target), item.pk), 0), stock.get((depot.pk, item.pk), 0))
                n = min(n, fitting(room, item))
                if n > 0:
                    load[item.pk] = n
                    used = weight_of({item.pk: n}, by_item)
                    room = (room[0] - used[0], room[1] - used[1])
                    lacking[id(target), item.pk] -= n
                    stock[depot.pk, item.pk] -= n
            if load:
                found.setdefault(depot.pk, []).append((target, load))
    return found


def fitting(room: tuple[float, float], item: Item) -> int:
    """How many units there is room for, by weight and volume."""
    by_weight = room[0] / (item.weight_kg / 1000)
    by_volume = room[1] / item.volume_m3 if item.volume_m3 else by_weight
    return max(int(min(by_weight, by_volume) + 1e-9), 0)


def brought(unmet: Sequence[Unmet], trips: Sequence[Trip], direct: Sequence[Trip]) -> list[Unmet]:
    """What stays unmet when rounds bring more than direct trips did."""
    sent: dict[tuple[int, int], int] = {}
    for sign, rows in ((1, trips), (-1, direct)):
        for trip in rows:
            for item, n in trip.loads.items():
                sent[id(trip.target), item] = sent.get((id(trip.target), item), 0) + sign * n
    left = [replace(one, missing=one.missing - sent.get((id(one.target), one.item.pk), 0)) for one in unmet]
    return [one for one in left if one.missing > 0]
