"""What people need by the rule, what is left to send, whether a plan can be driven; pure decisions."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

#: A truck of the register says what it carries in words where nobody entered the tonnes.
_TONNES = ("载重", "吨")


def tonnes_of(load_t: float | None, capacity: str) -> float | None:
    """What a truck carries, from its own field or from the words of its register; None where neither says.

    >>> tonnes_of(8.0, ""), tonnes_of(None, "载重 10 吨"), tonnes_of(None, "49 座")
    (8.0, 10.0, None)
    """
    if load_t is not None:
        return float(load_t)
    start, end = _TONNES
    if not (start in capacity and end in capacity):
        return None
    try:
        return float(capacity.split(start, 1)[1].split(end, 1)[0].strip())
    except ValueError:
        return None


def hours_left(needed_by: Iterable[datetime], now: datetime, most: float) -> float:
    """Hours until the first time by which something is needed, not more than `most`; all of it where it has passed.

    >>> now = datetime(2026, 7, 1, 8)
    >>> hours_left([now + timedelta(hours=5), now + timedelta(hours=9)], now, 12)
    5.0
    >>> hours_left([now - timedelta(hours=1)], now, 12), hours_left([], now, 12)
    (12.0, 12.0)
    """
    first = min(needed_by, default=None)
    most = float(most)
    left = (first - now) / timedelta(hours=1) if first else most
    return round(min(left, most), 2) if left >= 0.5 else most


def split(wanted: int, parts: Sequence[int]) -> list[int]:
    """A quantity over parts in turn, none more than it holds.

    >>> split(7, [5, 5]), split(20, [5, 5])
    ([5, 2], [5, 5])
    """
    found = []
    for part in parts:
        taken = min(part, wanted)
        found.append(taken)
        wanted -= taken
    return found


def eta(left_at: datetime, planned: timedelta, now: datetime, ahead_s: float | None) -> datetime:
    """When a truck arrives: by what lies ahead of where it is now, or by the plan while nobody knows where it is.

    >>> start = datetime(2026, 7, 1, 8)
    >>> eta(start, timedelta(hours=2), start + timedelta(hours=1), 1800), eta(start, timedelta(hours=2), start, None)
    (datetime.datetime(2026, 7, 1, 9, 30), datetime.datetime(2026, 7, 1, 10, 0))
    """
    return left_at + planned if ahead_s is None else now + timedelta(seconds=ahead_s)


@dataclass(frozen=True, kw_only=True)
class Ride:
    """A trip, or a round with all its stops, as the check looks at it."""

    name: str
    #: Where its load comes from: a depot, or the transfer that brings it there.
    depot: Hashable
    truck: tuple[str, int]
    #: From the beginning of loading to the return.
    start: datetime
    end: datetime
    arrive: datetime
    weight_kg: float
    load_kg: float
    #: Units of each item, and of each need.
    items: Mapping[int, int]
    needs: Mapping[int, int]
    #: Whether it carries nothing to a place where it stops.
    is_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Why a plan cannot, or should not, be carried out; `kind` with its particulars, for the page to say in words."""

    kind: str
    is_hard: bool
    ride: str = ""
    subject: Any = None
    have: float = 0
    want: float = 0


def flaws(
    rides: Sequence[Ride],
    *,
    stock: Mapping[tuple[Hashable, int], int],
    open_needs: Mapping[int, int],
    due: datetime,
    busy: Iterable[tuple[str, int]] = (),
) -> list[Flaw]:
    """What is wrong with a plan as it stands: too little stock, too heavy, a truck in two places, more than is needed.

    >>> at = datetime(2026, 7, 1, 8)
    >>> ride = Ride(name="1", depot=1, truck=("vehicles", 7), start=at, end=at + timedelta(hours=3),
    ...             arrive=at + timedelta(hours=2), weight_kg=900, load_kg=800, items={4: 10}, needs={9: 10})
    >>> found = flaws([ride], stock={(1, 4): 8}, open_needs={9: 10}, due=at + timedelta(hours=1))
    >>> [(one.kind, one.is_hard) for one in found]
    [('stock', True), ('weight', True), ('late', False)]
    """
    found = []
    taken: Counter = Counter()
    given: Counter = Counter()
    turns = defaultdict(list)
    for ride in rides:
        for item, n in ride.items.items():
            taken[ride.depot, item] += n
        given.update(ride.needs)
        turns[ride.truck].append(ride)
    for key, n in taken.items():
        if n > stock.get(key, 0):
            found.append(Flaw(kind="stock", is_hard=True, subject=key, have=stock.get(key, 0), want=n))
    for need, n in given.items():
        if n > open_needs.get(need, 0):
            found.append(Flaw(kind="need", is_hard=True, subject=need, have=open_needs.get(need, 0), want=n))
    taken_trucks = set(busy)
    for truck, rows in turns.items():
        if truck in taken_trucks:
            found.append(Flaw(kind="busy", is_hard=True, ride=rows[0].name))
        rows.sort(key=lambda ride: ride.start)
        for first, second in zip(rows, rows[1:], strict=False):
            if second.start < first.end:
                found.append(Flaw(kind="overlap", is_hard=True, ride=first.name, subject=second.name))
    for ride in rides:
        if ride.is_empty or not ride.items:
            found.append(Flaw(kind="empty", is_hard=True, ride=ride.name))
        if ride.weight_kg > ride.load_kg + 0.5:
            found.append(
                Flaw(kind="weight", is_hard=True, ride=ride.name, have=ride.load_kg, want=ceil(ride.weight_kg))
            )
        if ride.arrive > due:
            found.append(Flaw(kind="late", is_hard=False, ride=ride.name))
    return found
