"""Readings as columns, with their quality."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

#: Quality of a reading; only a good one is judged. DEVICE is what the device itself flagged, SERVICE what came
#: while the instrument was in maintenance or calibration.
GOOD, MISSING, RANGE, FUTURE, ANCIENT, DEVICE, SERVICE = range(7)
_TYPES = (("instrument", "<u4"), ("observed", "<i8"), ("value", "<f8"), ("flag", "u1"))


@dataclass(frozen=True, eq=False)
class Readings:
    """Equal-length columns: instrument key, observed (ms since 1970 UTC), value (NaN is missing), quality flag."""

    instrument: np.ndarray
    observed: np.ndarray
    value: np.ndarray
    flag: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, float, int]]) -> "Readings":
        """The columns of rows of instrument, observed, value, flag."""
        columns = tuple(zip(*rows, strict=True)) or ((), (), (), ())
        return cls(*(np.array(column, kind) for column, (_, kind) in zip(columns, _TYPES, strict=True)))

    def __len__(self) -> int:
        return len(self.observed)

    def pick(self, index: np.ndarray | slice) -> "Readings":
        """The rows at these positions."""
        return Readings(self.instrument[index], self.observed[index], self.value[index], self.flag[index])

    def sorted(self) -> "Readings":
        """By time; of several at one moment the last."""
        order = np.argsort(self.observed, kind="stable")
        times = self.observed[order]
        return self.pick(order[np.append(times[1:] != times[:-1], True)] if len(order) else order)

    def pack(self) -> bytes:
        """The columns as bytes."""
        parts = (self.instrument, self.observed, self.value, self.flag)
        return b"".join(column.astype(kind).tobytes() for column, (_, kind) in zip(parts, _TYPES, strict=True))

    @classmethod
    def unpack(cls, data: bytes, count: int) -> "Readings":
        """The columns out of `count` rows of bytes."""
        columns, place = [], 0
        for _name, kind in _TYPES:
            columns.append(np.frombuffer(data, kind, count, place))
            place += columns[-1].nbytes
        return cls(*columns)

    @classmethod
    def joined(cls, parts: Iterable["Readings"]) -> "Readings":
        """Several one after the other."""
        parts = list(parts)
        if not parts:
            return cls.of(())
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name, _ in _TYPES))


def milliseconds(moment: datetime) -> int:
    """A moment as milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def amounts(totals: np.ndarray) -> np.ndarray:
    """What a running counter grew between readings; a counter that fell began again from zero.

    >>> amounts(np.array([10.0, 10.5, 12.0, 0.5])).tolist()
    [0.0, 0.5, 1.5, 0.5]
    """
    if len(totals) == 0:
        return totals
    steps = np.diff(totals, prepend=totals[0])
    return np.where(steps < 0, totals, steps)


def thinned(readings: Readings, points: int) -> Readings:
    """At most about `points` readings that keep every peak and dip: the least and greatest of each stretch."""
    if len(readings) <= points or points < 4:
        return readings
    buckets = points // 2
    edges = np.linspace(0, len(readings), buckets + 1).astype(int)
    keep = set()
    for left, right in zip(edges[:-1], edges[1:], strict=True):
        values = readings.value[left:right]
        if np.all(np.isnan(values)):
            keep.add(left)
            continue
        keep.update((left + int(np.nanargmin(values)), left + int(np.nanargmax(values))))
    return readings.pick(np.array(sorted(keep)))
