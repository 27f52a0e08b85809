"""What there is, what is asked, and what roads and trucks allow."""

from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
#: Greatest number of units of one entry; sums of as many stay exact.
MOST_UNITS = 10**9


class AllocationError(ValueError):
    """The question is not what it should be; the message names the field."""


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


class _Rows:
    """Columns of one length, whole numbers but for times."""

    quantity: Integers

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:  # type: ignore[attr-defined]
            given = np.asarray(getattr(self, name))
            if given.size and not (np.isfinite(given).all() and (given >= 0).all()):
                raise AllocationError(f"{name} must be numbers from 0")
            whole = given.astype(np.float64 if name.endswith("_s") else np.int64)
            if (whole != given).any():
                raise AllocationError(f"{name} must be whole numbers")
            object.__setattr__(self, name, whole)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.quantity.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Shipments(_Rows):
    """Quantities of items from stores to places, one row each."""

    store: Integers = field(default_factory=_none)
    place: Integers = field(default_factory=_none)
    item: Integers = field(default_factory=_none)
    quantity: Integers = field(default_factory=_none)


@dataclass(frozen=True, kw_only=True, eq=False)
class UnderWay(_Rows):
    """What already drives to places and counts as theirs; no longer in the stores, nor its trucks."""

    place: Integers = field(default_factory=_none)
    item: Integers = field(default_factory=_none)
    quantity: Integers = field(default_factory=_none)
    #: When it arrives, s from now.
    arrive_s: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """One question. Measures of a load are tonnes, or tonnes and cubic metres; a truck obeys all of them.

    A kind of truck is trucks that carry as much and are free at the same time. Times are seconds from now. A truck
    drives to one place, unloads, comes back, and may set out again as long as it can arrive and unload by the limit.
    """

    #: Units in the stores, shape (stores, items).
    supply: Integers
    #: Units asked, shape (places, items).
    demand: Integers
    #: Load of one unit, shape (items, measures).
    unit_load: Floats
    #: Seconds from store to place, shape (stores, places); infinite where no road leads.
    travel_s: Floats
    #: Trucks at the stores, shape (stores, kinds).
    trucks: Integers
    #: What a truck of each kind carries, shape (kinds, measures).
    truck_load: Floats
    #: When trucks of each kind are free, s; 0 if left out.
    ready_s: Floats = field(default_factory=lambda: np.zeros(0))
    #: Everything must have arrived by then; twelve hours.
    limit_s: float = 43_200.0
    loading_s: float = 1_800.0
    unloading_s: float = 1_800.0
    #: Kilometres from store to place, shape (stores, places); what is left to decide is decided for few tonne-kilometres.
    distance_km: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    #: How much a place matters, greater than 0; 1 if left out.
    priority: Floats = field(default_factory=lambda: np.zeros(0))
    #: How much of the equal share every place gets before priority decides: 1 all of it, 0 priority alone decides.
    fairness: float = 1.0
    #: Links that a person forbids, shape (stores, places).
    is_forbidden: Flags = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    #: What a person has decided to send; it comes first, and out of supply and trucks.
    fixed: Shipments = field(default_factory=Shipments)
    #: What already drives; it lessens what is asked.
    committed: UnderWay = field(default_factory=UnderWay)

    def __post_init__(self) -> None:
        supply, demand = self._units("supply", 2), self._units("demand", 2)
        (stores, items), places = supply.shape, len(demand)
        load = self._numbers("unit_load", (items, -1), least=0.0)
        self._units("trucks", 2)
        kinds = self.trucks.shape[1]
        self._numbers("truck_load", (kinds, load.shape[1]), least=0.0)
        self._numbers("travel_s", (stores, places), least=0.0, most=np.inf)
        self._numbers("distance_km", (stores, places), least=0.0, most=np.inf, default=0.0)
        self._numbers("ready_s", (kinds,), least=0.0, default=0.0)
        self._numbers("priority", (places,), least=0.0, default=1.0)
        banned = np.asarray(self.is_forbidden, dtype=np.bool_)
        object.__setattr__(self, "is_forbidden", banned if banned.size else np.zeros((stores, places), dtype=np.bool_))
        self._shapes(stores, places, items)
        for name in ("limit_s", "loading_s", "unloading_s", "fairness"):
            if not (np.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise AllocationError(f"{name} must be a number from 0")
        if self.fairness > 1:
            raise AllocationError("fairness must lie between 0 and 1")
        if not (self.priority > 0).all():
            raise AllocationError("priority must be greater than 0")
        if not (load > 0).any(axis=1).all():
            raise AllocationError(f"unit_load: item {int(np.argmin((load > 0).any(axis=1)))} weighs nothing")
        self._hopeless()
        self._rows(self.fixed, "fixed")
        self._rows(self.committed, "committed")

    def _units(self, name: str, dimensions: int) -> Integers:
        given = np.asarray(getattr(self, name))
        if given.ndim != dimensions:
            raise AllocationError(f"{name}: {given.ndim} dimensions where {dimensions} belong")
        if given.size and not (np.isfinite(given).all() and (given >= 0).all() and (given <= MOST_UNITS).all()):
            raise AllocationError(f"{name} must be whole numbers from 0 to {MOST_UNITS}")
        whole = given.astype(np.int64)
        if (whole != given).any():
            raise AllocationError(f"{name} must be whole numbers")
        object.__setattr__(self, name, whole)
        return whole

    def _numbers(
        self, name: str, shape: tuple[int, ...], *, least: float, most: float = 1e12, default: float | None = None
    ) -> Floats:
        given = np.asarray(getattr(self, name), dtype=np.float64)
        if given.size == 0 and default is not None:
            given = np.full(shape, default)
        if given.ndim != len(shape) or any(
            want not in (-1, have) for want, have in zip(shape, given.shape, strict=True)
        ):
            raise AllocationError(f"{name}: shape {given.shape} where {shape} belongs")
        if not ((given >= least) & (given <= most)).all():
            raise AllocationError(f"{name} must be numbers from {least:g}")
        object.__setattr__(self, name, given)
        return given

    def _shapes(self, stores: int, places: int, items: int) -> None:
        for name, have, want in (
            ("demand", self.demand.shape, (places, items)),
            ("trucks", self.trucks.shape, (stores, self.trucks.shape[1])),
            ("is_forbidden", self.is_forbidden.shape, (stores, places)),
        ):
            if have != want:
                raise AllocationError(f"{name}: shape {have} where {want} belongs")
        if not stores * places * items:
            raise AllocationError("supply and demand: there must be a store, a place and an item")

    def _hopeless(self) -> None:
        if np.isinf(self.travel_s).all():
            raise AllocationError("travel_s: no road leads from any store to any place")
        if not self.trucks.any():
            raise AllocationError("trucks: there are none")
        carried = self.truck_load[self.trucks.any(axis=0)].max(axis=0)
        heavy = (self.unit_load > carried).any(axis=1)
        if heavy.any():
            raise AllocationError(f"unit_load: no truck carries one unit of item {int(np.argmax(heavy))}")

    def _rows(self, rows: Shipments | UnderWay, name: str) -> None:
        sizes = {"store": len(self.supply), "place": len(self.demand), "item": self.supply.shape[1]}
        for column in fields(rows):
            values = getattr(rows, column.name)
            if values.shape != (rows.size,):
                raise AllocationError(f"{name}.{column.name}: {values.shape} values for {rows.size} rows")
            if column.name in sizes and (values >= sizes[column.name]).any():
                raise AllocationError(f"{name}.{column.name}: there are only {sizes[column.name]}")
        sent, asked = np.zeros_like(self.supply), np.zeros_like(self.demand)
        np.add.at(asked, (rows.place, rows.item), rows.quantity)
        if isinstance(rows, Shipments):
            np.add.at(sent, (rows.store, rows.item), rows.quantity)
            if (sent > self.supply).any():
                raise AllocationError("fixed: more than the stores have")
            if (asked > self.asked).any():
                raise AllocationError("fixed: more than is asked")
            if (self.rounds[rows.store, rows.place].max(axis=-1, initial=0) == 0).any():
                raise AllocationError("fixed: a place that no truck of the store reaches within the limit")

    @cached_property
    def asked(self) -> Integers:
        """Units asked that are not under way yet, shape (places, items)."""
        coming = np.zeros_like(self.demand)
        np.add.at(coming, (self.committed.place, self.committed.item), self.committed.quantity)
        return np.maximum(self.demand - coming, 0)

    @cached_property
    def rounds(self) -> Integers:
        """How often one truck serves a place from a store by the limit, shape (stores, places, kinds).

        A truck that serves several places is worth one day in all: a trip uses up 1/rounds of it. That is always
        possible in time, whichever places it serves, if the farthest comes last (the last way back takes no time
        of the limit), and it is what all plans are compared by.
        """
        cycle = self.loading_s + 2 * self.travel_s + self.unloading_s
        first = self.loading_s + self.travel_s + self.unloading_s
        spare = self.limit_s - self.ready_s - first[:, :, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            more = np.where(cycle[:, :, None] > 0, spare / cycle[:, :, None], 1e6)
        times = np.where((spare >= 0) & (self.trucks > 0)[:, None, :], 1 + np.floor(np.minimum(more, 1e6)), 0)
        return np.where(self.is_forbidden[:, :, None], 0, times).astype(np.int64)
