"""Interior points (内点法) for items that share nothing but trucks.

    maximise   sum of value[i, t, p] met[i, t, p] - way[s, p] sent[i, s, p]     with 0 <= met <= tier, 0 <= sent,
    sum over p of sent[i, s, p] <= stock[i, s]                                  (price `stock`)
    sum over s of sent[i, s, p]  = sum over t of met[i, t, p]                   (price `place`)
    sum over i, p of heft[i, m] day[s, p] sent[i, s, p] <= truck[s, m]          (price `truck`)

Predictor and corrector after Mehrotra (Gondzio's further correctors save steps but no time). A step solves one symmetric system for the
prices: the stores of an item are eliminated first, then its places (a dense block of each item's own), and what couples
the items is one small system of the stores' trucks. So every link of every item takes part from the start, and a step
costs about items x places x stores x (places + stores) operations.
"""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from anlan.science.response.allocation.problem import Flags, Floats

#: Steps end when what is left to gain is this share of the objective, or after so many.
_GAP, _STEPS = 1e-10, 1000
#: How far towards the nearest wall a step goes.
_NEARLY = 0.9
#: By how much a step may lessen the products at most.
_SHARPEST = 1e-3
#: Keeps pivots above rounding.
_RIDGE = 1e-13


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """The question; what cannot be used has no tier, no stock or no truck, and `usable` says so for each link."""

    #: Shape (stores, places).
    way: Floats
    #: Truck-days of a full truck over each link, shape (stores, places).
    day: Floats
    #: Shape (items, measures).
    heft: Floats
    #: Shape (items, stores).
    stock: Floats
    #: Shape (stores, measures).
    truck: Floats
    #: Falling values, shape (items, tiers, places) both.
    tier: Floats
    value: Floats
    #: Shape (items, stores, places).
    usable: Flags


@dataclass(frozen=True, kw_only=True, eq=False)
class Optimum:
    """What is sent over each link, shape (items, stores, places), and prices of stock and trucks."""

    sent: Floats
    stock: Floats
    truck: Floats


@dataclass(eq=False)
class _Parts:
    """One number for each variable, or for each variable's price, in one row; and its parts as views."""

    row: Floats
    sent: Floats
    met: Floats
    #: What is left of a tier, of stock, of trucks.
    short: Floats
    kept: Floats
    idle: Floats

    @classmethod
    def zeros(cls, program: Program) -> "_Parts":
        shapes = [a.shape for a in (program.usable, program.tier, program.tier, program.stock, program.truck)]
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
        row = np.zeros(ends[-1])
        return cls(row, *(row[a:b].reshape(shape) for a, b, shape in zip(ends, ends[1:], shapes, strict=False)))


def optimum(program: Program) -> Optimum:
    """The optimum; its parts hold but for rounding. Where rounding allows no further step, the best so far."""
    state = _State(program)
    with suppress(np.linalg.LinAlgError):
        for _ in range(_STEPS):
            if state.step() < _GAP:
                break
    return Optimum(sent=state.have.sent, stock=state.price.kept, truck=state.price.idle)


class _State:
    """Variables and their prices between steps; a variable that is 0 at the start is not used."""

    def __init__(self, program: Program) -> None:
        self.program = program
        usable = program.usable
        tier = np.where((usable.sum(axis=1) > 0)[:, None, :], program.tier, 0.0)
        tier = np.where(tier > 1e-12 * tier.sum(axis=1, keepdims=True), tier, 0.0)
        need = tier.sum(axis=1)
        #: A row that no link uses still needs room to be left.
        self.stock = np.where(usable.sum(axis=2) > 0, program.stock, 1.0)
        self.truck = np.where((usable.sum(axis=(0, 2)) > 0)[:, None], program.truck, 1.0)
        have = self.have = _Parts.zeros(program)
        share = self.stock / np.maximum(usable.sum(axis=2), 1)
        part = need / np.maximum(usable.sum(axis=1), 1)
        have.sent[:] = 0.5 * np.minimum(share[:, :, None], part[:, None, :]) * usable
        load = self._load(have.sent)
        have.sent *= np.minimum(1.0, 0.5 * self.truck / np.maximum(load, 1e-300)).min(axis=1)[:, None]
        have.met[:] = tier * np.divide(have.sent.sum(axis=1), need, out=np.zeros_like(need), where=need > 0)[:, None, :]
        have.short[:] = tier - have.met
        have.kept[:] = self.stock - have.sent.sum(axis=2)
        have.idle[:] = self.truck - self._load(have.sent)
        self.is_used = have.row > 0
        self.count = int(self.is_used.sum())
        total = float((tier * program.value).sum())
        self.price = _Parts.zeros(program)
        self.price.row[:] = np.where(
            self.is_used, 10.0 * total / self.count / np.where(self.is_used, have.row, 1.0), 1.0
        )
        #: The share of the prices' first error that is left.
        self.off = 1.0
        self.place = np.where(need > 0, total / tier.sum(), 0.0)
        self.aim = _Parts.zeros(program)
        self.change, self.charge = _Parts.zeros(program), _Parts.zeros(program)

    def _load(self, sent: Floats) -> Floats:
        return np.einsum("isp,sp->is", sent, self.program.day).T @ self.program.heft

    def step(self) -> float:
        """One step; the share of the objective that is left to gain."""
        have, price, aim, program = self.have.row, self.price.row, self.aim.row, self.program
        self._factor()
        _aim(aim, have, price, have, price, 0.0, 0.0)
        change, charge = self.change.row, self.charge.row
        self._direct()
        before = _product(have, price, change, charge, 0.0, 0.0)
        p, q = _reach(have, price, change, charge)
        after = _product(have, price, change, charge, p, q)
        middle = before / self.count * max((after / before) ** 3, _SHARPEST)
        _aim(aim, have, price, change, charge, middle, 1.0)
        place = self._direct()
        p, q = _reach(have, price, change, charge)
        p, q = _NEARLY * p, _NEARLY * q
        have += p * change
        price += q * charge
        self.place += q * place
        self.off *= 1 - q
        left = _product(have, price, change, charge, 0.0, 0.0)
        objective = np.vdot(self.have.met, program.value) - np.vdot(self.have.sent.sum(axis=0), program.way)
        return max(float(left / objective), self.off)

    def _factor(self) -> None:
        """Eliminate stores, then places, of each item; then the trucks."""
        day, heft = self.program.day, self.program.heft
        have, price = self.have, self.price
        items, stores, places = have.sent.shape
        with np.errstate(divide="ignore", invalid="ignore"):
            bend = 1.0 / (price.met / have.met + price.short / have.short)
        self.bend = np.where(have.met > 0, bend, 0.0)
        self.own, self.tied = np.empty((items, stores)), np.empty((items, stores))
        self.block, self.coupling = np.empty((items, places, places)), np.empty((items, places, stores))
        rest = np.empty((items, stores))
        diagonal, every = np.arange(places), np.arange(stores)
        for i in range(items):
            ease = have.sent[i] / price.sent[i]
            driven = ease * day
            own = ease.sum(axis=1) + have.kept[i] / price.kept[i]
            tied = driven.sum(axis=1)
            rest[i] = (driven * day).sum(axis=1) - tied * tied / own
            half = ease / np.sqrt(own)[:, None]
            block = -(half.T @ half)
            whole = ease.sum(axis=0) + self.bend[i].sum(axis=0)
            block[diagonal, diagonal] += np.where(whole > 0, whole * (1 + _RIDGE), 1.0)
            self.block[i] = cholesky(block, lower=True, check_finite=False)
            link = ease * (tied / own)[:, None] - driven
            self.coupling[i] = solve_triangular(self.block[i], link.T, lower=True, check_finite=False)
            self.own[i], self.tied[i] = own, tied
        measures = heft.shape[1]
        system = np.zeros((stores, measures, stores, measures))
        for m in range(measures):
            for n in range(m + 1):
                weight = heft[:, m] * heft[:, n]
                rows = (self.coupling * np.sqrt(weight)[:, None, None]).reshape(-1, stores)
                both = -(rows.T @ rows)
                both[every, every] += weight @ rest
                system[:, m, :, n] = system[:, n, :, m] = both
            system[every, m, every, m] += have.idle[:, m] / price.idle[:, m]
        square = system.reshape(stores * measures, -1)
        square[np.diag_indices_from(square)] *= 1 + _RIDGE
        self.system = cho_factor(square, lower=True, check_finite=False)

    def _direct(self) -> Floats:
        """Newton's direction towards the products in `aim`, for variables and prices; and for the price at places."""
        program, have, price, aim = self.program, self.have, self.price, self.aim
        change, charge = self.change, self.charge
        day, heft = program.day, program.heft
        at_store, driven, at_place = _known(
            have.sent, price.sent, aim.sent, program.way, day, price.kept, heft @ price.idle.T, self.place, change.sent
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            off = self.place[:, None, :] - program.value + price.short - price.met
            met = np.where(have.met > 0, self.bend * (aim.met / have.met - aim.short / have.short - off), 0.0)
        stock = at_store + aim.kept / price.kept + have.kept - self.stock
        truck = driven.T @ heft + aim.idle / price.idle + have.idle - self.truck
        charge.kept[:], charge.idle[:], place = self._prices(stock, truck, (have.met + met).sum(axis=1) - at_place)
        _followed(
            have.sent, price.sent, program.way, day, price.kept, heft @ price.idle.T, self.place,
            charge.kept, heft @ charge.idle.T, place, change.sent, charge.sent,
        )  # fmt: skip
        change.met[:] = met - self.bend * place[:, None, :]
        change.short[:] = -change.met
        change.kept[:] = (aim.kept - have.kept * charge.kept) / price.kept
        change.idle[:] = (aim.idle - have.idle * charge.idle) / price.idle
        with np.errstate(divide="ignore", invalid="ignore"):
            charge.met[:] = np.where(have.met > 0, (aim.met - price.met * change.met) / have.met, 0.0)
            charge.short[:] = np.where(have.met > 0, (aim.short - price.short * change.short) / have.short, 0.0)
        return place

    def _prices(self, stock: Floats, truck: Floats, place: Floats) -> tuple[Floats, Floats, Floats]:
        """The symmetric system for prices of stock, trucks and places, from its right-hand sides."""
        heft, items = self.program.heft, len(stock)
        half, right = np.empty_like(place), truck.copy()
        ease = [self.have.sent[i] / self.price.sent[i] for i in range(items)]
        for i in range(items):
            share = stock[i] / self.own[i]
            half[i] = solve_triangular(self.block[i], place[i] + share @ ease[i], lower=True, check_finite=False)
            right -= np.outer(self.tied[i] * share + half[i] @ self.coupling[i], heft[i])
        of_truck = cho_solve(self.system, right.ravel(), check_finite=False).reshape(right.shape)
        of_stock, of_place = np.empty_like(stock), np.empty_like(place)
        for i in range(items):
            drive = of_truck @ heft[i]
            of_place[i] = solve_triangular(
                self.block[i], half[i] - self.coupling[i] @ drive, lower=True, trans=1, check_finite=False
            )
            of_stock[i] = (stock[i] - self.tied[i] * drive + ease[i] @ of_place[i]) / self.own[i]
        return of_stock, of_truck, of_place


@njit(cache=True)
def _known(sent, price, aim, way, day, stock, drive, place, out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What the change of each link is before prices change, and its sums, with what is sent, by store and by place."""
    items, stores, places = sent.shape
    at_store, driven, at_place = np.zeros((items, stores)), np.zeros((items, stores)), np.zeros((items, places))
    for i in range(items):
        for s in range(stores):
            for p in range(places):
                have = sent[i, s, p]
                off = way[s, p] + stock[i, s] + drive[i, s] * day[s, p] - place[i, p] - price[i, s, p]
                change = (aim[i, s, p] - have * off) / price[i, s, p]
                out[i, s, p] = change
                at_store[i, s] += change + have
                driven[i, s] += (change + have) * day[s, p]
                at_place[i, p] += change + have
    return at_store, driven, at_place


@njit(cache=True)
def _followed(sent, price, way, day, stock, drive, place, to_stock, to_drive, to_place, out, charge):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The change of each link and of its price once the other prices' changes are known."""
    items, stores, places = sent.shape
    for i in range(items):
        for s in range(stores):
            for p in range(places):
                if sent[i, s, p] > 0:
                    turn = to_stock[i, s] + to_drive[i, s] * day[s, p] - to_place[i, p]
                    off = way[s, p] + stock[i, s] + drive[i, s] * day[s, p] - place[i, p] - price[i, s, p]
                    out[i, s, p] -= sent[i, s, p] / price[i, s, p] * turn
                    charge[i, s, p] = turn + off
                else:
                    out[i, s, p] = charge[i, s, p] = 0.0


@njit(cache=True)
def _reach(have, price, change, charge):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The longest steps, at most 1, that leave variables, and prices, above 0."""
    p, q = 1.0, 1.0
    for n in range(have.size):
        if have[n] > 0:
            if have[n] + p * change[n] <= 0:
                p = -have[n] / change[n]
            if price[n] + q * charge[n] <= 0:
                q = -price[n] / charge[n]
    return p, q


@njit(cache=True)
def _product(have, price, change, charge, p, q):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The sum of all products after such a step."""
    total = 0.0
    for n in range(have.size):
        if have[n] > 0:
            total += (have[n] + p * change[n]) * (price[n] + q * charge[n])
    return total


@njit(cache=True)
def _aim(aim, have, price, change, charge, middle, second):  # type: ignore[no-untyped-def]  # pragma: no cover
    """How products should change to become `middle`, without what the direction adds by itself."""
    for n in range(aim.size):
        aim[n] = middle - have[n] * price[n] - second * change[n] * charge[n] if have[n] > 0 else 0.0
