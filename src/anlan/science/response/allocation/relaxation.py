"""The linear relaxation: units and truck-days may be divided.

    maximise   sum of worth  subject to
    sum over places of v[s, p, i] <= supply[s, i],     sum over stores of v[s, p, i] <= asked[p, i],
    sum over p, i of load[i, m] v[s, p, i] / rounds[s, p] <= load of the store's trucks[s, m]

Its optimum bounds every plan. Quantities are shares of an item's total, so that all items have one scale.

While no truck binds, items are networks of their own (`networks`); otherwise interior points that keep items apart solve it
(`interior`). The prices alone prove the bound (weak duality): at the prices of stock and trucks, each place takes as much as is worth it over its cheapest link. Whatever the solver's
tolerance, the bound is valid and the quantities hold.
"""

from dataclasses import dataclass

import numpy as np

from anlan.science.response.allocation.interior import Optimum, Program, optimum
from anlan.science.response.allocation.networks import apart
from anlan.science.response.allocation.problem import Floats, Integers, Problem
from anlan.science.response.allocation.worth import TIERS, Worth

#: A share of the worth that does not count as left to gain.
PROVEN = 1e-9


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

    #: Units, parts of units too, shape (stores, places, items).
    quantity: Floats
    objective: float
    #: No plan is worth more; a share of about 1e-9 above `objective`.
    bound: float
    #: What one more unit, and one more load of a truck-day, would add, shape (stores, items) and (stores, measures).
    stock_price: Floats
    truck_price: Floats


def relax(problem: Problem, room: Room, measure: Worth) -> Relaxed:
    """The optimum of what is left, and the proof that there is no better one."""
    program = stated(problem, room, measure)
    share, stock, truck = measure.share, np.zeros(program.stock.shape), np.zeros(program.truck.shape)
    sent = np.zeros(program.usable.shape)
    if program.usable.any():
        best = _best(program)
        sent = _held(program, best.sent)
        stock = np.where(program.usable.sum(axis=2) > 0, best.stock, 0.0)
        truck = np.where((program.usable.sum(axis=(0, 2)) > 0)[:, None], best.truck, 0.0)
    objective = _worth(program, sent)
    return Relaxed(
        quantity=np.divide(sent, share[:, None, None], out=sent, where=sent > 0).transpose(1, 2, 0),
        objective=objective / measure.whole,
        bound=max(_bound(program, stock, truck), objective) / measure.whole,
        stock_price=stock.T * share / measure.whole, truck_price=truck / measure.whole,
    )  # fmt: skip


def _best(program: Program) -> Optimum:
    """Items by themselves where their prices prove that this is the optimum, with trucks that bind by interior points."""
    best = apart(program)
    if best is not None:
        worth = _worth(program, _held(program, best.sent))
        if _bound(program, best.stock, best.truck) - worth <= PROVEN * worth:
            return best
    return optimum(program)


def stated(problem: Problem, room: Room, measure: Worth) -> Program:
    """The linear program over every link that can be used, in shares of items."""
    rounds = problem.rounds.max(axis=2)
    opened = (rounds > 0) & (room.capacity.min(axis=1) > 0)[:, None]
    share = np.where(measure.share > 0, measure.share, 1.0)
    plain = measure.unit / share
    fair = np.broadcast_to(measure.fair / share, plain.shape)
    quarter = measure.guaranteed / len(TIERS)
    had, left = problem.asked - room.need, room.need.astype(np.float64)
    tiers, values = [], []
    for n, tier in enumerate(TIERS):
        part = np.minimum(quarter - np.clip(had - n * quarter, 0.0, quarter), left)
        tiers.append(part)
        values.append(plain + tier * fair)
        left = left - part
    tiers.append(left)
    values.append(plain)
    return Program(
        way=measure.way,
        day=np.divide(1.0, rounds, out=np.zeros(rounds.shape), where=rounds > 0),
        heft=problem.unit_load / share[:, None],
        stock=(room.stock * measure.share).T,
        truck=room.capacity,
        tier=(np.stack(tiers) * measure.share).transpose(2, 0, 1),
        value=np.stack(values).transpose(2, 0, 1),
        usable=(room.stock > 0).T[:, :, None] & (room.need > 0).T[:, None, :] & opened,
    )


def _held(program: Program, sent: Floats) -> Floats:
    """Made less where rounding went beyond stock, need or trucks."""
    sent = np.where(program.usable, sent, 0.0)
    sent *= _within(sent.sum(axis=2), program.stock)[:, :, None]
    sent *= _within(sent.sum(axis=1), program.tier.sum(axis=1))[:, None, :]
    load = np.einsum("isp,sp->is", sent, program.day).T @ program.heft
    return sent * _within(load, program.truck).min(axis=1)[:, None]


def _within(sums: Floats, limits: Floats) -> Floats:
    """By which to multiply so that sums stay within their limits."""
    return np.divide(limits, sums, out=np.ones_like(sums), where=sums > limits)


def _worth(program: Program, sent: Floats) -> float:
    """What these quantities are worth: the best tiers are met first."""
    got = sent.sum(axis=1)[:, None, :]
    below = program.tier.cumsum(axis=1) - program.tier
    met = np.clip(got - below, 0.0, program.tier)
    return float((met * program.value).sum() - (sent.sum(axis=0) * program.way).sum())


def _bound(program: Program, stock: Floats, truck: Floats) -> float:
    """What nobody can exceed, whatever the prices are, as long as none is below 0."""
    drive = program.heft @ truck.T
    cost = program.way + stock[:, :, None] + drive[:, :, None] * program.day
    least = np.where(program.usable, cost, np.inf).min(axis=1)[:, None, :]
    gain = float((program.tier * np.maximum(program.value - least, 0.0)).sum())
    return gain + float((stock * program.stock).sum() + (truck * program.truck).sum())
