"""The linear relaxation: units and truck-days may be divided.

    maximise   sum of worth  subject to
    sum over places of v[s, p, i] <= supply[s, i],     sum over stores of v[s, p, i] <= asked[p, i],
    sum over p, i of load[i, m] v[s, p, i] / rounds[s, p] <= load of the store's trucks[s, m]

Its optimum bounds every plan. Quantities are parts of an item's total, so that all items have one scale.

Solved by column generation (列生成): HiGHS gets the links that are likely used, its prices tell which others would gain,
and what all of them together could gain at most is the bound (each place gets no more than it asks, over its best link).
Interior points, since the simplex method crawls where trucks are short: benchmarks/allocation.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from anlan.science.response.allocation.problem import AllocationError, Flags, Floats, Integers, Problem
from anlan.science.response.allocation.worth import TIERS, Worth

#: Parts of an item's total in which quantities are counted; keeps the solver's tolerance below a unit.
_PARTS = 1e4
#: Links of each place, and of each store, that every item starts with; and how many are added a round.
_FIRST, _MORE = 6, 4
#: Links are added until no plan can be better by more than the first share, or no more than the second share is added.
_PROVEN, _FEW = 1e-6, 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """What is left to be planned with: units in stores, units asked, and loads of trucks a round."""

    stock: Integers
    need: Integers
    #: Loads of all trucks of a store for what is left of their day, shape (stores, measures).
    capacity: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Relaxed:
    """The optimum of the relaxation."""

    store: Integers
    place: Integers
    item: Integers
    #: Units; parts of units, too.
    quantity: Floats
    objective: float
    #: No plan is worth more; a share of about 1e-5 above `objective` at most.
    bound: float
    #: What one more unit, and one more load of a truck-day, would add, shape (stores, items) and (stores, measures).
    stock_price: Floats
    truck_price: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prices:
    """What the last solution would pay, per part: for stock, for what comes to a place, and for truck-days."""

    stock: Floats
    met: Floats
    truck: Floats


class Program:
    """The linear program over any choice of columns; columns are places in the array (stores, places, items)."""

    def __init__(self, problem: Problem, room: Room, measure: Worth) -> None:
        self.problem, self.room, self.measure = problem, room, measure
        self.rounds = problem.rounds.max(axis=2)
        usable = (self.rounds > 0) & (room.capacity.min(axis=1) > 0)[:, None]
        self.usable: Flags = usable[:, :, None] & (room.stock > 0)[:, None, :] & (room.need > 0)[None]
        self.scale = _PARTS * measure.share
        #: Load of a part of an item, shape (items, measures); columns cost `way` and this over rounds of trucks.
        self.heft = problem.unit_load / np.where(self.scale > 0, self.scale, 1.0)[:, None]
        self.day = np.divide(1.0, self.rounds, out=np.zeros(self.rounds.shape), where=self.rounds > 0)
        self.wants = np.flatnonzero(room.need.ravel() > 0)
        share = np.where(measure.share > 0, measure.share, 1.0)
        plain, fair = (measure.unit / share).ravel()[self.wants], measure.fair / share
        fair = np.broadcast_to(fair, room.need.shape).ravel()[self.wants]
        need = (room.need * self.scale).ravel()[self.wants]
        #: Parts of each tier that are still to be met, and what they are worth; the last is what lies beyond.
        self.tier, self.value = [], []
        quarter = (measure.guaranteed * self.scale).ravel()[self.wants] / len(TIERS)
        had = (problem.asked * self.scale).ravel()[self.wants] - need
        for n, tier in enumerate(TIERS):
            part = np.minimum(quarter - np.clip(had - n * quarter, 0.0, quarter), need)
            self.tier.append(part)
            self.value.append(plain + tier * fair)
            need = need - part
        self.tier.append(need)
        self.value.append(plain)

    def stated(self, columns: Integers) -> dict[str, Any]:
        """The program over these columns, as `linprog` takes it."""
        stores, places, items = self.usable.shape
        store, place, item = np.unravel_index(columns, self.usable.shape)
        measures, count, wants = self.room.capacity.shape[1], columns.size, self.wants
        flow = np.arange(count)
        met, truck = stores * items, (stores + places) * items
        tiers = len(self.tier)
        rows = [store * items + item, met + place * items + item, np.tile(met + wants, tiers)]
        cols = [flow, flow, count + np.arange(tiers * wants.size)]
        data = [np.ones(count), -np.ones(count), np.ones(tiers * wants.size)]
        for m in range(measures):
            rows.append(truck + store * measures + m)
            cols.append(flow)
            data.append(self.heft[item, m] * self.day[store, place])
        shape = (truck + stores * measures, count + tiers * wants.size)
        matrix = coo_array((np.concatenate(data), (np.concatenate(rows), np.concatenate(cols))), shape=shape)
        limits = np.concatenate(
            [(self.room.stock * self.scale).ravel(), np.zeros(places * items), self.room.capacity.ravel()]
        )
        most = np.concatenate([np.full(count, np.inf), *self.tier])
        return {
            "c": -np.concatenate([-self.measure.way[store, place], *self.value]),
            "A_ub": matrix.tocsr(), "b_ub": limits, "bounds": np.column_stack([np.zeros(shape[1]), most]),
        }  # fmt: skip

    def solve(self, columns: Integers) -> tuple[Floats, float, _Prices]:
        """Parts over the columns, the objective, prices of all rows."""
        answer = linprog(**self.stated(columns), method="highs-ipm")
        if answer.status != 0:
            raise AllocationError(f"the relaxation was not solved: {answer.message}")
        price = -answer.ineqlin.marginals
        stores, places, items = self.usable.shape
        met, truck = stores * items, (stores + places) * items
        measures = self.room.capacity.shape[1]
        return answer.x[: columns.size], -float(answer.fun), _Prices(
            stock=price[:met].reshape(stores, items), met=price[met:truck].reshape(places, items),
            truck=price[truck:].reshape(stores, measures),
        )  # fmt: skip

    def gains(self, prices: _Prices) -> Floats:
        """What each column would gain at these prices, shape (stores, places, items); -inf where there is none."""
        gain = prices.met[None] - prices.stock[:, None] - self.measure.way[:, :, None]
        for m in range(self.room.capacity.shape[1]):
            gain -= (prices.truck[:, m, None] * self.day)[:, :, None] * self.heft[:, m]
        return np.where(self.usable, gain, -np.inf)


def relax(problem: Problem, room: Room, measure: Worth) -> Relaxed:
    """The optimum of what is left, proven by pricing every link of every item."""
    program = Program(problem, room, measure)
    usable = program.usable
    near = np.where(usable, -measure.way[:, :, None], -np.inf)
    columns = np.flatnonzero(_leading(near, _FIRST) & usable)
    quantity, objective, over = np.zeros(0), 0.0, 0.0
    prices = _Prices(
        stock=np.zeros(room.stock.shape), met=np.zeros(room.need.shape), truck=np.zeros(room.capacity.shape)
    )
    while columns.size:
        quantity, objective, prices = program.solve(columns)
        gain = program.gains(prices)
        over = float((np.maximum(gain.max(axis=0), 0.0) * room.need * program.scale).sum())
        better = np.setdiff1d(np.flatnonzero(_leading(gain, _MORE) & (gain > 0)), columns, assume_unique=True)
        if over <= _PROVEN * objective or better.size <= _FEW * columns.size:
            break
        columns = np.concatenate([columns, better])
    store, place, item = np.unravel_index(columns, usable.shape)
    whole = _PARTS * measure.whole
    return Relaxed(
        store=store, place=place, item=item, quantity=quantity / program.scale[item] if columns.size else quantity,
        objective=objective / whole, bound=(objective + over) / whole, stock_price=prices.stock * program.scale / whole,
        truck_price=prices.truck / whole,
    )  # fmt: skip


def _leading(value: Floats, count: int) -> Flags:
    """The greatest of each place and item over stores, and of each store and item over places."""
    chosen = np.zeros(value.shape, dtype=np.bool_)
    for axis in (0, 1):
        few = min(count, value.shape[axis])
        np.put_along_axis(
            chosen, np.argpartition(-value, few - 1, axis=axis).take(range(few), axis=axis), True, axis=axis
        )
    return chosen
