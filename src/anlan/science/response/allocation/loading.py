"""Whole units onto whole trips of real trucks; stock, need and trucks are counted down and never below zero."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from anlan.science.response.allocation.problem import AllocationError, Integers, Problem
from anlan.science.response.allocation.relaxation import Room
from anlan.science.response.allocation.worth import TIERS, Worth

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
        #: Units on all trips over each link, shape (stores, places, items).
        self.sent = np.zeros((*problem.travel_s.shape, problem.supply.shape[1]), dtype=np.int64)

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
        self.sent[store, place] += units
        return units

    def fill(self, wanted: Integers) -> None:
        """Use room that trips have left for what their places still want, those with the least share first."""
        if not self.trips:
            return
        problem = self.problem
        units = np.array([trip.units for trip in self.trips])
        keys = np.array([(trip.place, trip.store, trip.kind) for trip in self.trips])
        order = np.argsort(keys[:, 0], kind="stable")
        first = np.searchsorted(keys[order, 0], np.arange(len(problem.demand) + 1))
        room = problem.truck_load[keys[:, 2]] - units @ problem.unit_load
        _fill(first, order, keys[:, 1], units, room, problem.unit_load, self.stock, self.need, problem.asked, wanted)
        for trip, loaded in zip(self.trips, units, strict=True):
            self.sent[trip.store, trip.place] += loaded - trip.units
            trip.units = loaded


@njit(cache=True)
def packed(wanted, unit_load, capacity, order):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The units that fit on one truck, taken in the given order of items."""
    units, room = np.zeros_like(wanted), capacity.copy()
    for item in order:
        if wanted[item] > 0:
            units[item] = min(wanted[item], _fitting(room, unit_load[item]))
            room -= units[item] * unit_load[item]
    return units


@njit(cache=True)
def _gained(units, had, unit, quarter, fair, tiers):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Worth of more units at a place that had some."""
    worth = 0.0
    for i in range(units.size):
        if units[i] > 0:
            worth += unit[i] * units[i]
            for n in range(tiers.size):
                low, high = n * quarter[i], (n + 1) * quarter[i]
                worth += tiers[n] * fair[i] * (min(max(had[i] + units[i], low), high) - min(max(had[i], low), high))
    return worth


@njit(cache=True)
def _fitting(room, weight):  # type: ignore[no-untyped-def]  # pragma: no cover
    """How many units of one weight there is room for."""
    fits = np.inf
    for m in range(weight.size):
        if weight[m] > 0:
            fits = min(fits, room[m] / weight[m])
    return max(int(np.floor(fits + _TINY)), 0)


@njit(cache=True)
def _fill(first, trips, store, units, room, unit_load, stock, need, asked, wanted):  # type: ignore[no-untyped-def]  # pragma: no cover
    for item in range(stock.shape[1]):
        share = 1.0 - need[:, item] / np.maximum(asked[:, item], 1)
        for place in np.argsort(share, kind="mergesort"):
            for n in trips[first[place] : first[place + 1]]:
                fits = min(
                    _fitting(room[n], unit_load[item]), wanted[place, item], need[place, item], stock[store[n], item]
                )
                if fits > 0:
                    units[n, item] += fits
                    room[n] -= fits * unit_load[item]
                    stock[store[n], item] -= fits
                    need[place, item] -= fits
                    wanted[place, item] -= fits


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
    quarter, tiers = measure.guaranteed / len(TIERS), np.array(TIERS)
    orders = [_order(yard, measure, place) for place in range(len(problem.demand))]

    def value(store: int, place: int) -> float:
        units = packed(wanted(store, place), problem.unit_load, biggest, orders[place])
        had = problem.asked[place] - yard.need[place]
        return _gained(units, had, measure.unit[place], quarter[place], measure.fair, tiers) * rounds[store, place]

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
