"""Stock moved to another depot first (库间调拨): where the near depot's stock or the far one's trucks are too few.

Asked only of what direct trips and rounds leave unmet, or of what a person wants moved. One truck takes a load from a
depot to one nearer to the places; from there the trucks that can be there by then bring it on. All other trucks and
stock are planned anew without it, and it is proposed only if more arrives within the limit than before.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anlan.areas.supplies.allocation.answer import Answer, NoAnswer, Transfer, Trip, Unmet
from anlan.areas.supplies.allocation.consolidating import (
    ROOMY_M3,
    Terms,
    Yard,
    brought,
    consolidate,
    fitting,
    weight_of,
)
from anlan.areas.supplies.allocation.models import AllocationPlan
from anlan.areas.supplies.allocation.situation import Situation, Target, Truck
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.science.response.allocation import AllocationError, Problem, allocate

#: Transfers that one plan proposes, and pairs of depots that are tried for each.
MOST, TRIED = 2, 3
#: Trucks that are ready within the same ten minutes are one kind.
BUCKET_S = 600.0
#: Plans a situation with direct trips and rounds.
Plain = Callable[[Situation], Answer]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A load to be moved from a depot to another, by which truck, and who wanted it (nobody where it is proposed)."""

    depot: Depot
    to_depot: Depot
    load: dict[int, int]
    truck: Truck
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class _Free:
    """A truck with the place where it is free, and when."""

    truck: Truck
    lon: float
    lat: float
    at_s: float


def with_transfers(
    situation: Situation, items: Sequence[Item], plain: Plain, terms: Terms, ready_s: float,
    wishes: Sequence[Mapping[str, Any]],
) -> Answer:  # fmt: skip
    """The plan with what is moved between depots first: what a person wants, then what brings more."""
    search = _Search(situation, items, plain, terms, ready_s, wishes)
    moves = search.wanted(wishes)
    answer = search.planned(moves)
    for _ in range(MOST):
        best = answer
        for move in search.proposals(answer, moves) if answer.unmet else []:
            found = search.planned([*moves, move])
            if search.missing_t(found) < search.missing_t(best) - 1e-3:
                best, chosen = found, move
        if best is answer:
            break
        answer, moves = best, [*moves, chosen]
    return answer


def every_trip(answer: Answer) -> list[Trip]:
    """All trips to places, those with moved stock last."""
    return [*answer.trips, *(trip for one in answer.transfers for trip in one.onward)]


class _Search:
    def __init__(
        self, situation: Situation, items: Sequence[Item], plain: Plain, terms: Terms, ready_s: float,
        wishes: Sequence[Mapping[str, Any]],
    ) -> None:  # fmt: skip
        self.situation, self.items, self.plain = situation, items, plain
        self.terms, self.ready_s = terms, ready_s
        self.by_item = {one.pk: one for one in items}
        self.forbidden = {
            (wish["depot"], target.name)
            for wish in wishes
            for target in situation.targets
            if wish["kind"] == "forbid" and wish["place"] in ("", target.name)
        }

    def missing_t(self, answer: Answer) -> float:
        """Tonnes that stay unmet."""
        return sum(weight_of({one.item.pk: one.missing}, self.by_item)[0] for one in answer.unmet)

    def planned(self, moves: Sequence[Move]) -> Answer:
        """The plan with these moves: the other trucks and stock without them first, then what they bring on."""
        stock = dict(self.situation.stock)
        for one in moves:
            for item, n in one.load.items():
                stock[one.depot.pk, item] -= n
        busy = {one.truck.key for one in moves}
        trucks = [truck for truck in self.situation.trucks if truck.key not in busy]
        try:
            answer = self.plain(replace(self.situation, stock=stock, trucks=trucks)) if trucks else self._nothing()
        except NoAnswer:
            if not moves:
                raise
            answer = self._nothing()
        for one in moves:
            made = self._moved(answer, one)
            unmet = brought(answer.unmet, made.onward, [])
            answer = replace(answer, transfers=[*answer.transfers, made], unmet=unmet)
        return answer

    def _nothing(self) -> Answer:
        unmet = [
            Unmet(target=target, item=item, asked=n, missing=n, why="有货的库在时限内能用的货车不够")
            for target in self.situation.targets
            for item in self.situation.items
            if (n := target.asked(item.pk))
        ]
        return Answer(trips=[], unmet=unmet, worth=0.0, bound=0.0)

    def wanted(self, wishes: Sequence[Mapping[str, Any]]) -> list[Move]:
        """What a person wants moved, cut to what there is and what one truck carries in time."""
        points = {one.pk: one for one in [*self.situation.points, *self.situation.depots]}
        found: list[Move] = []
        for wish in wishes:
            if wish["kind"] == "move" and wish["depot"] in points and wish["to_depot"] in points:
                load = {wish["item"]: min(wish["quantity"], self.situation.stock.get((wish["depot"], wish["item"]), 0))}
                move = self._by_truck(points[wish["depot"]], points[wish["to_depot"]], load, found)
                found += [replace(move, by=wish["by"])] if move else []
        return found

    def proposals(self, answer: Answer, moves: Sequence[Move]) -> list[Move]:
        """Moves that could bring what is lacking: from where it is left to depots nearer to where it lacks."""
        left = dict(self.situation.stock)
        for trip in [*answer.trips, *answer.transfers]:
            for item, n in trip.loads.items():
                left[trip.depot.pk, item] -= n
        lacking: dict[int, int] = defaultdict(int)
        for one in answer.unmet:
            lacking[one.item.pk] += one.missing
        found = []
        for depot in self.situation.depots:
            load = {i: min(n, left.get((depot.pk, i), 0)) for i, n in lacking.items() if i in self.by_item}
            load = {item: n for item, n in load.items() if n > 0}
            for point in self._nearer(depot, answer.unmet) if load else []:
                move = self._by_truck(depot, point, load, moves)
                found += [move] if move else []
        found.sort(key=lambda move: -weight_of(move.load, self.by_item)[0])
        return found[:TRIED]

    def _nearer(self, depot: Depot, unmet: Sequence[Unmet]) -> list[Depot]:
        """Depots from which the places that lack something are sooner reached, the nearest first."""
        ways = self.situation.ways
        targets = list({id(one.target): one.target for one in unmet}.values())
        points = [depot, *(one for one in self.situation.points if one.pk != depot.pk)]
        times = ways.times(
            ways.spots((one.lon, one.lat) for one in points), ways.spots((one.lon, one.lat) for one in targets)
        ).mean(axis=1)  # fmt: skip
        order = [n for n in np.argsort(times, kind="stable") if n and times[n] < times[0]]
        return [points[n] for n in order[:TRIED]]

    def _by_truck(self, depot: Depot, point: Depot, wanted: Mapping[int, int], moves: Sequence[Move]) -> Move | None:
        """The load on the truck that takes most of it there in time, the soonest of those."""
        busy = {one.truck.key for one in moves}
        trucks = [truck for truck in self.situation.trucks if truck.key not in busy]
        ways = self.situation.ways
        spots = ways.spots([(depot.lon, depot.lat), (point.lon, point.lat), *((one.lon, one.lat) for one in trucks)])
        times = ways.times(spots, spots[:2])
        options = []
        for n, truck in enumerate(trucks):
            arrive = self.ready_s + float(times[n + 2, 0]) + self.terms.load_s + float(times[0, 1])
            load = self._packed(truck, wanted)
            if load and arrive + self.terms.unload_s <= self.terms.limit_s:
                options.append((-weight_of(load, self.by_item)[0], arrive, n, load))
        if not options:
            return None
        _tonnes, _arrive, n, load = min(options, key=lambda option: option[:3])
        return Move(depot=depot, to_depot=point, load=load, truck=trucks[n])

    def _free(self, answer: Answer) -> list[_Free]:
        """Every truck after what it has to do already."""
        last: dict[tuple[str, int], _Free] = {}
        done = [(trip.truck, trip.depot, trip.back_s) for trip in every_trip(answer)]
        done += [(one.truck, one.to_depot, one.unloaded_s) for one in answer.transfers]
        for truck, depot, at in done:
            if truck.key not in last or last[truck.key].at_s < at:
                last[truck.key] = _Free(truck=truck, lon=depot.lon, lat=depot.lat, at_s=at)
        return [
            last.get(truck.key) or _Free(truck=truck, lon=truck.lon, lat=truck.lat, at_s=self.ready_s)
            for truck in self.situation.trucks
        ]

    def _moved(self, answer: Answer, move: Move) -> Transfer:
        """A move with its times, and the trips that bring it on by whichever truck can be there by then."""
        ways, free, depot, point = self.situation.ways, self._free(answer), move.depot, move.to_depot
        spots = ways.spots([(depot.lon, depot.lat), (point.lon, point.lat), *((one.lon, one.lat) for one in free)])
        times = ways.times(spots, spots[:2])
        own = next(n for n, one in enumerate(free) if one.truck.key == move.truck.key)
        start = self.ready_s + float(times[own + 2, 0])
        leave = start + self.terms.load_s
        arrive = leave + float(times[0, 1])
        made = Transfer(
            depot=depot, to_depot=point, truck=move.truck, loads=move.load, start_s=start, leave_s=leave,
            arrive_s=arrive, unloaded_s=arrive + self.terms.unload_s, onward=[], by=move.by,
        )  # fmt: skip
        there = [
            (one.truck, made.unloaded_s if n == own else max(one.at_s + float(times[n + 2, 1]), made.unloaded_s))
            for n, one in enumerate(free)
        ]
        return replace(made, onward=self._onward(answer, made, there))

    def _packed(self, truck: Truck, wanted: Mapping[int, int]) -> dict[int, int]:
        room, load = (truck.load_t, truck.volume_m3 or ROOMY_M3), {}
        for item in self.items:
            n = min(wanted.get(item.pk, 0), fitting(room, item))
            if n > 0:
                load[item.pk] = n
                used = weight_of({item.pk: n}, self.by_item)
                room = room[0] - used[0], room[1] - used[1]
        return load

    def _onward(self, answer: Answer, made: Transfer, there: list[tuple[Truck, float]]) -> list[Trip]:
        """Trips with what was moved, in rounds where that helps; the model decides who gets how much."""
        point, limit, ways = made.to_depot, self.terms.limit_s, self.situation.ways
        lacking: dict[int, tuple[Target, dict[int, int]]] = {}
        for one in answer.unmet:
            if one.item.pk in made.loads and (point.pk, one.target.name) not in self.forbidden:
                lacking.setdefault(id(one.target), (one.target, {}))[1][one.item.pk] = one.missing
        there = [(truck, float(np.ceil(at / BUCKET_S) * BUCKET_S)) for truck, at in there if at < limit]
        if not lacking or not there:
            return []
        targets, asked = [t for t, _n in lacking.values()], [n for _t, n in lacking.values()]
        travel = ways.times(ways.spots([(point.lon, point.lat)]), ways.spots((t.lon, t.lat) for t in targets))
        items = [self.by_item[pk] for pk in made.loads]
        kinds: dict[tuple[float, float, float], list[tuple[Truck, float]]] = defaultdict(list)
        for truck, at in there:
            kinds[truck.load_t, truck.volume_m3 or ROOMY_M3, at].append((truck, at))
        keys = np.array(list(kinds))
        try:
            plan = allocate(
                Problem(
                    supply=np.array([[made.loads[i.pk] for i in items]]),
                    demand=np.array([[n.get(i.pk, 0) for i in items] for n in asked]),
                    unit_load=np.array([[i.weight_kg / 1000, i.volume_m3 or 0.0] for i in items]), travel_s=travel,
                    trucks=np.array([[len(rows) for rows in kinds.values()]]), truck_load=keys[:, :2],
                    ready_s=keys[:, 2], limit_s=limit, loading_s=self.terms.load_s, unloading_s=self.terms.unload_s,
                )
            )  # fmt: skip
        except AllocationError:
            return []
        who = list(kinds.values())
        trips = []
        for n in range(plan.trips.size):
            rows = plan.loads.trip == n
            load = {
                items[i].pk: int(q) for i, q in zip(plan.loads.item[rows], plan.loads.quantity[rows], strict=True) if q
            }
            start = float(plan.trips.start_s[n])
            arrive = float(plan.trips.arrive_s[n]) - self.terms.unload_s
            if load:
                trips.append(
                    Trip(
                        depot=point, truck=who[int(plan.trips.kind[n])][int(plan.trips.truck[n])][0],
                        target=targets[int(plan.trips.place[n])], loads=load, start_s=start,
                        leave_s=start + self.terms.load_s, arrive_s=arrive, unloaded_s=float(plan.trips.arrive_s[n]),
                        back_s=float(plan.trips.back_s[n]),
                    )
                )  # fmt: skip
        used = {trip.truck.key for trip in trips}
        yard = Yard(depot=point, trucks=[row for row in there if row[0].key in used], direct=trips, more=[])
        begin = max((trip.round for trip in every_trip(answer)), default=0)
        found, _gains = consolidate(self.situation, [yard], self.terms, AllocationPlan.Rounds.SOONER)
        return [replace(trip, round=trip.round + begin) if trip.round else trip for trip in found]
