"""What a plan is made of before it is kept: trips stop by stop, what stays unmet, what rounds change against direct trips."""

from dataclasses import dataclass, field

from anlan.areas.supplies.allocation.situation import Target, Truck
from anlan.areas.supplies.depots.models import Depot, Item


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One truck's load for one place; those of one round share its number. Seconds from the moment of the situation."""

    depot: Depot
    truck: Truck
    target: Target
    loads: dict[int, int]
    #: Loading begins; of all stops of a round at once.
    start_s: float
    #: The truck leaves the depot, or the stop before.
    leave_s: float
    arrive_s: float
    unloaded_s: float
    #: Back at the depot; of a stop that is followed by another, when the truck drives on.
    back_s: float
    #: Which round, and which stop of it; 0 where the truck serves this place alone.
    round: int = 0
    stop: int = 1
    before: Target | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Transfer:
    """One truck's load from a depot to another, and the trips that leave there with it (库间调拨)."""

    depot: Depot
    to_depot: Depot
    truck: Truck
    loads: dict[int, int]
    start_s: float
    leave_s: float
    arrive_s: float
    unloaded_s: float
    onward: list[Trip]
    #: Whether somebody asked for it.
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """What a place does not get, and the constraint that would have to give first."""

    target: Target
    item: Item
    asked: int
    missing: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A way to drive as it counts: trips, trucks, seconds on the road, when the last place has everything."""

    trips: int
    trucks: int
    driven_s: float
    last_s: float


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What rounds change at a depot against direct trips, and when each stop is served instead."""

    depot: Depot
    direct: Totals
    rounds: Totals
    #: Place, when direct (None: it would not come at all), when now.
    places: list[tuple[str, float | None, float]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The trips and what they leave unmet."""

    trips: list[Trip]
    unmet: list[Unmet]
    worth: float
    bound: float
    notes: list[str] = field(default_factory=list)
    gains: list[Gain] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)


class NoAnswer(ValueError):
    """There is nothing to plan with; the message says why."""
