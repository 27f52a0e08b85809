"""Pure decisions about the roster: the slots of a period, and who takes which so that it is fair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

#: Hours between two shifts of a person, where there are people enough.
REST_HOURS = 20


@dataclass(frozen=True)
class Slot:
    """A time that somebody must cover."""

    start: datetime
    end: datetime

    @property
    def is_weekend(self) -> bool:
        return self.start.weekday() >= 5


@dataclass
class Load:
    """What a person has done already: shifts, those on weekends, and the end of the last."""

    shifts: int = 0
    weekends: int = 0
    last_end: datetime | None = None
    busy: list[tuple[datetime, datetime]] = field(default_factory=list)

    def is_free(self, slot: Slot) -> bool:
        return all(end <= slot.start or start >= slot.end for start, end in self.busy)

    def is_rested(self, slot: Slot) -> bool:
        return self.last_end is None or slot.start - self.last_end >= timedelta(hours=REST_HOURS)


def slots(first: date, days: int, changes: Sequence[time], zone: tzinfo) -> list[Slot]:
    """The slots of some days, each from one change of shift to the next.

    >>> from datetime import UTC
    >>> found = slots(date(2019, 8, 10), 2, [time(8), time(20)], UTC)
    >>> len(found), found[0].end.hour, found[-1].end.day
    (4, 20, 12)
    """
    starts = [datetime.combine(first + timedelta(days=n), at, zone) for n in range(days + 1) for at in sorted(changes)]
    pairs = list(zip(starts, starts[1:], strict=False))
    return [Slot(start, end) for start, end in pairs[: days * len(changes)]]


def rotate(people: Sequence[int], wanted: Sequence[Slot], loads: Mapping[int, Load] | None = None) -> list[int | None]:
    """Who takes each slot: the rested person with the fewest weekends, then shifts, then the longest pause.

    A slot that nobody is free for stays empty (None).

    >>> from datetime import UTC
    >>> week = slots(date(2019, 8, 5), 7, [time(8)], UTC)
    >>> rotate([1, 2, 3], week)
    [1, 2, 3, 1, 2, 3, 1]
    """
    known = {person: (loads or {}).get(person) or Load() for person in people}
    taken: list[int | None] = []
    for slot in wanted:
        free = [person for person in people if known[person].is_free(slot)]
        if not free:
            taken.append(None)
            continue
        chosen = min(free, key=lambda person: _burden(known[person], slot, people.index(person)))
        load = known[chosen]
        load.shifts, load.weekends, load.last_end = load.shifts + 1, load.weekends + slot.is_weekend, slot.end
        load.busy.append((slot.start, slot.end))
        taken.append(chosen)
    return taken


def _burden(load: Load, slot: Slot, order: int) -> tuple:
    pause = -(slot.start - load.last_end).total_seconds() if load.last_end else float("-inf")
    return (not load.is_rested(slot), load.weekends if slot.is_weekend else 0, load.shifts, pause, order)
