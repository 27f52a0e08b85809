"""The answer: trips with their loads, when they arrive, what remains unmet and why."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from anlan.science.response.allocation.problem import Floats, Integers, Shipments


class Reason(IntEnum):
    """Why a place does not get all it asks of an item: the first constraint that would have to give."""

    MET = 0
    #: Every unit of all stores is sent; the item is short everywhere.
    STOCK = 1
    #: Where units are left, no road leads to the place.
    ROAD = 2
    #: Where units are left, a road leads to the place, but too long for the limit.
    LIMIT = 3
    #: Where units are left, a person has forbidden the link.
    FORBIDDEN = 4
    #: Where units are left, trucks that could arrive in time are used up, or there are none.
    TRUCK = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Trips:
    """One row for each trip of one truck; times in seconds from now."""

    store: Integers
    place: Integers
    kind: Integers
    #: Which of the store's trucks of that kind, from 0.
    truck: Integers
    #: When loading begins, when it is unloaded at the place, when it is back.
    start_s: Floats
    arrive_s: Floats
    back_s: Floats

    @property
    def size(self) -> int:
        """How many trips there are."""
        return int(self.store.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Loads:
    """What each trip carries."""

    trip: Integers
    item: Integers
    quantity: Integers

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.trip.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Whole units on whole trips. `objective` is the share of what is asked that is met, see `allocating`."""

    trips: Trips
    loads: Loads
    #: When the last unit (also of what is under way) has arrived at each place, s; nan where nothing comes.
    arrival_s: Floats
    #: Units asked that do not come, shape (places, items), and why (`Reason`).
    unmet: Integers
    reason: Integers
    #: The share of each item that reaches every place which can be reached at all, before priority decides.
    fair_share: Floats
    #: What this plan is worth, and what no plan can be worth more than.
    objective: float
    bound: float
    tonne_km: float
    #: What one more unit in a store, and one more truck-day there (in loads of one tonne), would add to the bound.
    stock_price: Floats
    truck_price: Floats

    @property
    def gap(self) -> float:
        """How much better a plan could be at most, as a share of the bound; 0 is proven best."""
        return max(0.0, (self.bound - self.objective) / self.bound) if self.bound > 0 else 0.0

    @cached_property
    def shipped(self) -> Shipments:
        """Units from each store to each place, summed over trips, ordered by store, place and item."""
        rows = np.column_stack([self.trips.store[self.loads.trip], self.trips.place[self.loads.trip], self.loads.item])
        links, which = np.unique(rows, axis=0, return_inverse=True)
        quantity = np.zeros(len(links), dtype=np.int64)
        np.add.at(quantity, which.ravel(), self.loads.quantity)
        return Shipments(store=links[:, 0], place=links[:, 1], item=links[:, 2], quantity=quantity)
