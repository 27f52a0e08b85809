"""Readings out of the packed store in the order of time, as few blocks as a page needs, several instruments at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db.models import Sum

from anlan.areas.risk.monitoring.models import IntakeBatch, ReadingBlock
from anlan.areas.risk.monitoring.readings import Readings
from anlan.protocols.sensorthings import SensorThingsError

#: Readings that one request may look through; one that has to be looked at by itself counts as so many.
SCAN, SINGLE = 2_000_000, 20
#: Readings that are fetched at a time: at first, and at most.
FIRST, CHUNK = 1_000, 100_000
_DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
#: Keys in one SQL condition.
KEYS = 5_000


@dataclass(frozen=True)
class Window:
    """Between which moments (ms since 1970, both inside) and values readings are wanted."""

    start: int | None = None
    end: int | None = None
    low: float = -np.inf
    high: float = np.inf
    is_descending: bool = False
    #: Where a page goes on: the moment and the instrument of the last reading before it.
    after: tuple[int, int] | None = None

    @property
    def is_by_value(self) -> bool:
        return self.low > -np.inf or self.high < np.inf

    def pick(self, rows: Readings) -> Readings:
        """The rows inside, in order."""
        keep = np.ones(len(rows), bool)
        if self.start is not None:
            keep &= rows.observed >= self.start
        if self.end is not None:
            keep &= rows.observed <= self.end
        if self.is_by_value:
            keep &= (rows.value >= self.low) & (rows.value <= self.high)
        if self.after is not None:
            at, key = self.after
            is_beyond = np.less if self.is_descending else np.greater
            keep &= is_beyond(rows.observed, at) | ((rows.observed == at) & is_beyond(rows.instrument, key))
        index = np.flatnonzero(keep)
        return rows.pick(index[::-1] if self.is_descending else index)

    def narrowed(self) -> "Window":
        """The same, with the place where it goes on as a bound."""
        if self.after is None:
            return self
        at = self.after[0]
        if self.is_descending:
            end = at if self.end is None else min(at, self.end)
            return Window(self.start, end, self.low, self.high, True, self.after)
        start = at if self.start is None else max(at, self.start)
        return Window(start, self.end, self.low, self.high, False, self.after)


def moment_at(milliseconds: int) -> datetime:
    """A moment of any year; those beyond what can be written are its ends."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return _LAST if milliseconds > 0 else _FIRST


def _unique(rows: Readings) -> Readings:
    """By time, then instrument; of several at one moment the last received."""
    order = np.lexsort((rows.instrument, rows.observed))
    rows = rows.pick(order)
    if not len(rows):
        return rows
    is_last = (rows.observed[1:] != rows.observed[:-1]) | (rows.instrument[1:] != rows.instrument[:-1])
    return rows.pick(np.flatnonzero(np.append(is_last, True)))


def _fresh(keys: np.ndarray, window: Window) -> Readings:
    """The readings that no job has merged yet."""
    batches = IntakeBatch.objects.filter(is_merged=False, count__gt=0)
    if window.start is not None:
        batches = batches.filter(last_at__gte=moment_at(window.start))
    if window.end is not None:
        batches = batches.filter(first_at__lte=moment_at(window.end))
    parts = []
    for count, columns in batches.order_by("pk").values_list("count", "columns").iterator():
        rows = Readings.unpack(bytes(columns), count)
        hits = np.flatnonzero(np.isin(rows.instrument, keys))
        if len(hits):
            parts.append(rows.pick(hits))
    return Readings.joined(parts)


def _blocks(keys: Sequence[int], window: Window):
    blocks = ReadingBlock.objects.all()
    if len(keys) <= KEYS:
        blocks = blocks.filter(instrument__in=list(keys))
    if window.start is not None:
        blocks = blocks.filter(day__gte=moment_at(window.start).date())
    if window.end is not None:
        blocks = blocks.filter(day__lte=moment_at(window.end).date())
    return blocks


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


class Budget:
    """Counts what a request looks through."""

    def __init__(self) -> None:
        self.left = SCAN

    def spend(self, rows: int) -> None:
        self.left -= rows
        if self.left < 0:
            raise SensorThingsError("要翻看的数据太多；请用 phenomenonTime 缩小时段，或查询单个数据流", "too-long")


def walk(keys: Sequence[int], window: Window, budget: Budget) -> Iterator[Readings]:
    """The readings of instruments inside the window in the order of time, some days' worth at a time."""
    window = window.narrowed()
    wanted = np.array(keys, np.int64)
    fresh = _fresh(wanted, window)
    budget.spend(len(fresh))
    days = fresh.observed // _DAY
    sizes = {
        _day(day): n for day, n in _blocks(keys, window).values("day").annotate(n=Sum("count")).values_list("day", "n")
    }
    for day in np.unique(days).tolist():
        sizes.setdefault(day, 0)
    for group in _groups(sorted(sizes, reverse=window.is_descending), sizes):
        low, high = min(group), max(group)
        parts = []
        blocks = _blocks(keys, window).filter(
            day__gte=date(1970, 1, 1) + timedelta(low), day__lte=date(1970, 1, 1) + timedelta(high)
        )
        for count, columns in blocks.values_list("count", "columns").iterator():
            parts.append(Readings.unpack(bytes(columns), count))
            budget.spend(count)
        whole = Readings.joined([*parts, fresh.pick(np.flatnonzero((days >= low) & (days <= high)))])
        if len(keys) > KEYS:
            whole = whole.pick(np.flatnonzero(np.isin(whole.instrument, wanted)))
        yield window.pick(_unique(whole))


def _groups(days: list[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """Days that are fetched together: few at first, since most pages end soon, more the longer it takes."""
    group: list[int] = []
    total, enough = 0, FIRST
    for day in days:
        group.append(day)
        total += sizes[day]
        if total >= enough:
            yield group
            group, total, enough = [], 0, min(enough * 4, CHUNK)
    if group:
        yield group


def firsts(keys: Sequence[int], window: Window, most: int | None, budget: Budget) -> dict[int, Readings]:
    """At least the first `most` readings of each instrument inside the window (all, when None), in three queries."""
    wanted = np.array(keys, np.int64)
    fresh = _fresh(wanted, window)
    budget.spend(len(fresh))
    waiting = dict(zip(*(part.tolist() for part in np.unique(fresh.instrument, return_counts=True)), strict=True))
    edges = [moment_at(end).date() for end in (window.start, window.end) if end is not None]
    sums, chosen = dict.fromkeys(keys, 0), []
    index = _blocks(keys, window).order_by("-day" if window.is_descending else "day")
    for pk, key, day, count in index.values_list("pk", "instrument_id", "day", "count"):
        # A fresh reading may repeat one of a block, and a block at an edge may lie outside in part.
        if key not in sums or (most is not None and sums[key] >= most + waiting.get(key, 0)):
            continue
        sums[key] += 0 if day in edges or window.is_by_value else count
        chosen.append(pk)
        budget.spend(count)
    parts = [
        Readings.unpack(bytes(columns), count)
        for start in range(0, len(chosen), KEYS)
        for count, columns in ReadingBlock.objects.filter(pk__in=chosen[start : start + KEYS]).values_list(
            "count", "columns"
        )
    ]
    whole = _unique(Readings.joined([*parts, fresh]))
    order = np.argsort(whole.instrument, kind="stable")
    whole = whole.pick(order)
    starts = np.searchsorted(whole.instrument, wanted)
    ends = np.searchsorted(whole.instrument, wanted, side="right")
    found = {}
    for key, low, high in zip(keys, starts.tolist(), ends.tolist(), strict=True):
        found[key] = window.pick(whole.pick(np.arange(low, high)))
    return found
