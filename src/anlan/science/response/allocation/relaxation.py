"""The linear relaxation: units and truck-days may be divided.

    maximise   sum of worth  subject to
    sum over places of v[s, p, i] <= supply[s, i],     sum over stores of v[s, p, i] <= asked[p, i],
    sum over p, i of load[i, m] v[s, p, i] / rounds[s, p] <= load of the store's trucks[s, m]

Its optimum bounds every plan. Quantities are parts of an item's total, so that all items have one scale.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from anlan.science.response.allocation.problem import AllocationError, Floats, Integers, Problem
from anlan.science.response.allocation.worth import GUARANTEED, Worth

#: Parts of an item's total in which quantities are counted; keeps the solver's tolerance below a unit.
_PARTS = 1e4


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
    #: What one more unit, and one more load of a truck-day, would add, shape (stores, items) and (stores, measures).
    stock_price: Floats
    truck_price: Floats


def relax(problem: Problem, room: Room, measure: Worth) -> Relaxed:
    """The optimum of what is left."""
    rounds = problem.rounds.max(axis=2)
    usable = (rounds > 0)[:, :, None] & (room.stock > 0)[:, None, :] & (room.need > 0)[None]
    store, place, item = np.nonzero(usable & (room.capacity.min(axis=1) > 0)[:, None, None])
    stores, places, items = usable.shape
    if not store.size:
        prices = np.zeros((stores, items)), np.zeros_like(room.capacity)
        return Relaxed(
            store=store, place=place, item=item, quantity=np.zeros(0), objective=0.0, stock_price=prices[0], truck_price=prices[1]
        )  # fmt: skip
    part = _PARTS * measure.share[item]
    columns, measures = store.size, room.capacity.shape[1]
    wants = np.flatnonzero(room.need.ravel() > 0)
    # Rows: stock of a store, met at a place no more than comes, trucks of a store.
    row_stock, row_met, row_truck = (
        store * items + item,
        stores * items + place * items + item,
        (stores + places) * items,
    )
    flow = np.arange(columns)
    rows = [row_stock, row_met, stores * items + wants, stores * items + wants]
    cols = [flow, flow, columns + np.arange(wants.size), columns + wants.size + np.arange(wants.size)]
    ones = np.ones(wants.size)
    data = [np.ones(columns), -np.ones(columns), ones, ones]
    for m in range(measures):
        rows.append(row_truck + store * measures + m)
        cols.append(flow)
        data.append(problem.unit_load[item, m] / part / rounds[store, place])
    shape = (row_truck + stores * measures, columns + 2 * wants.size)
    matrix = coo_array((np.concatenate(data), (np.concatenate(rows), np.concatenate(cols))), shape=shape).tocsr()
    scale = _PARTS * measure.share
    limits = np.concatenate([(room.stock * scale).ravel(), np.zeros(places * items), room.capacity.ravel()])
    weight = np.divide(measure.unit, measure.share, out=np.zeros_like(measure.unit), where=measure.share > 0).ravel()[
        wants
    ]
    need, sure = (room.need * scale).ravel()[wants], (np.minimum(measure.guaranteed, room.need) * scale).ravel()[wants]
    answer = linprog(
        np.concatenate([measure.way[store, place], -(1 + GUARANTEED) * weight, -weight]), A_ub=matrix, b_ub=limits,
        bounds=np.column_stack([np.zeros(shape[1]), np.concatenate([np.full(columns, np.inf), sure, need - sure])]),
        method="highs",
    )  # fmt: skip
    if answer.status != 0:
        raise AllocationError(f"the relaxation was not solved: {answer.message}")
    price = -answer.ineqlin.marginals / (_PARTS * measure.whole)
    return Relaxed(
        store=store, place=place, item=item, quantity=answer.x[:columns] / part,
        objective=-float(answer.fun) / (_PARTS * measure.whole),
        stock_price=price[: stores * items].reshape(stores, items) * scale,
        truck_price=price[row_truck:].reshape(stores, measures) * _PARTS,
    )  # fmt: skip
