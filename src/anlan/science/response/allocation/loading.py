"""Whole units onto whole trips of real trucks; stock, need and trucks are counted down and never below zero."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.science.response.allocation.problem import AllocationError, Floats, Integers, Problem
from anlan.science.response.allocation.relaxation import Room
from anlan.science.response.allocation.worth import GUARANTEED, Worth

_TINY = 1e-9


@dataclass
class _Trip:
    store: int
    place: int
    kind: int
    truck: int
    units: Integers


class Yard:
    """The stores while trucks are loaded."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stock, self.need = problem.supply.copy(), problem.asked.copy()
        #: What is left of each truck's day, by store and kind.
        self.left = [[np.ones(count) for count in row] for row in problem.trucks]
        self.trips: list[_Trip] = []

    def room(self) -> Room:
        """What is left to plan with."""
        days = np.array([[left.sum() for left in row] for row in self.left]).reshape(self.problem.trucks.shape)
        is_free = self.problem.rounds.any(axis=1)
        return Room(stock=self.stock, need=self.need, capacity=(days * is_free) @ self.problem.truck_load)

    def send(self, store: int, place: int, wanted: Integers, order: Integers) -> Integers | None:
        """Load as much as goes onto one trip; what was loaded, or None if no truck is free long enough."""
        best: tuple[float, float, int] | None = None
        for kind, left in enumerate(self.left[store]):
            rounds = self.problem.rounds[store, place, kind]
            if rounds and (left >= 1 / rounds - _TINY).any():
                units = packed(wanted, self.problem.unit_load, self.problem.truck_load[kind], order)
                value = (
                    float((units @ self.problem.unit_load).sum()),
                    -float(self.problem.truck_load[kind].sum()),
                    kind,
                )
                best = value if best is None or value > best else best
        if best is None or best[0] == 0:
            return None
        kind = best[2]
        left, share = self.left[store][kind], 1 / self.problem.rounds[store, place, kind]
        truck = int(np.argmin(np.where(left >= share - _TINY, left, np.inf)))
        left[truck] = max(left[truck] - share, 0.0)
        units = packed(wanted, self.problem.unit_load, self.problem.truck_load[kind], order)
        self.trips.append(_Trip(store, place, kind, truck, units))
        self.stock[store] -= units
        self.need[place] -= units
        return units

    def fill(self, wanted: Integers) -> None:
        """Use room that trips have left for what their places still want, those with the least share first."""
        room = {n: self.problem.truck_load[t.kind] - t.units @ self.problem.unit_load for n, t in enumerate(self.trips)}
        to: dict[int, list[int]] = {}
        for n, trip in enumerate(self.trips):
            to.setdefault(trip.place, []).append(n)
        asked = np.maximum(self.problem.asked, 1)
        for item in range(self.stock.shape[1]):
            for place in np.argsort(1 - self.need[:, item] / asked[:, item], kind="stable"):
                for n in to.get(int(place), ()):
                    trip, weight = self.trips[n], self.problem.unit_load[item]
                    fits = _fitting(room[n], weight)
                    units = min(
                        fits, int(wanted[place, item]), int(self.need[place, item]), int(self.stock[trip.store, item])
                    )
                    if units > 0:
                        trip.units[item] += units
                        room[n] = room[n] - units * weight
                        self.stock[trip.store, item] -= units
                        self.need[place, item] -= units
                        wanted[place, item] -= units


def packed(wanted: Integers, unit_load: Floats, capacity: Floats, order: Integers) -> Integers:
    """The units that fit on one truck, taken in the given order of items."""
    units, room = np.zeros_like(wanted), capacity.copy()
    for item in order:
        if wanted[item] > 0:
            units[item] = min(int(wanted[item]), _fitting(room, unit_load[item]))
            room = room - units[item] * unit_load[item]
    return units


def _fitting(room: Floats, weight: Floats) -> int:
    """How many units of one weight there is room for."""
    heavy = weight > 0
    return max(int(np.floor((room[heavy] / weight[heavy]).min() + _TINY)), 0)


def load_fixed(yard: Yard, measure: Worth) -> None:
    """What a person has decided goes first; an error says which link has no truck."""
    fixed = yard.problem.fixed
    for store, place in np.unique(np.column_stack([fixed.store, fixed.place]), axis=0):
        rows = (fixed.store == store) & (fixed.place == place)
        wanted = np.zeros(yard.stock.shape[1], dtype=np.int64)
        np.add.at(wanted, fixed.item[rows], fixed.quantity[rows])
        while wanted.any():
            units = yard.send(int(store), int(place), wanted, _order(yard, measure, int(place)))
            if units is None:
                raise AllocationError(f"fixed: the trucks of store {store} cannot bring it all to place {place}")
            wanted -= units


def load(yard: Yard, measure: Worth, links: Integers, wanted: Callable[[int, int], Integers]) -> None:
    """Trips over links, the trip first that is worth most for what it takes of a truck's day.

    `wanted` tells what a link should still carry; it is asked anew after each trip.
    """
    problem = yard.problem
    rounds = problem.rounds.max(axis=2)
    biggest = problem.truck_load[problem.trucks.any(axis=0)].max(axis=0)
    orders = [_order(yard, measure, place) for place in range(len(problem.demand))]

    def value(store: int, place: int) -> float:
        units = packed(wanted(store, place), problem.unit_load, biggest, orders[place])
        sure = np.minimum(units, np.maximum(measure.guaranteed[place] - (problem.asked[place] - yard.need[place]), 0.0))
        return float((measure.unit[place] * (units + GUARANTEED * sure)).sum()) * rounds[store, place]

    heap = [(-value(int(s), int(p)), int(s), int(p)) for s, p in links]
    heapq.heapify(heap)
    while heap:
        _, store, place = heapq.heappop(heap)
        now = value(store, place)
        if now <= 0:
            continue
        if heap and now < -heap[0][0] * (1 - _TINY):
            heapq.heappush(heap, (-now, store, place))
        elif yard.send(store, place, wanted(store, place), orders[place]) is not None:
            heapq.heappush(heap, (-value(store, place), store, place))


def _order(yard: Yard, measure: Worth, place: int) -> Integers:
    """Items by worth for their load: what is light and much needed rides first."""
    return np.argsort(-measure.unit[place] / yard.problem.unit_load.sum(axis=1), kind="stable")
