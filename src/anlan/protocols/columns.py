"""What the compiled lanes share: a directory of devices, the columns that they fill, and the compiler.

A lane reads the common frames of a protocol straight into columns, of many connections at once. It never decides
what a frame means: whatever it does not fully recognise it leaves to the protocol's own decoder, so that both give the
same (`tests/gateways/test_lane.py` holds them to it). Numba keeps its compiled code by the file that holds a function:
after a change here, touch the lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np

_F = TypeVar("_F", bound=Callable)
DEVICE = -1
"""Owner of the devices' own addresses in a directory."""
_SECRET = -2
HEADROOM = 8
"""Bytes of the label before each frame: four of its device's tag, four of its size, both little-endian."""
OWNER, START, END, VALUE = range(4)
"""Columns of a directory's entries."""
_DEVICE = np.dtype([("tag", "i8"), ("secret", "i8")])
_PIECE = np.dtype([("taken", "i8"), ("frames", "i8")])
_FRAME = np.dtype([("end", "i8"), ("rows", "i8"), ("answers", "i8"), ("device", "i8"), ("note", "i8")])
_ROW = np.dtype([("observed", "i8"), ("value", "f8"), ("key", "u4"), ("mark", "u1")])


def compiled(function: _F) -> _F:
    """The function as machine code, kept on disk between runs; it runs without holding up other threads.

    It may not make arrays: without numba's counting of references (NRT) it is several times faster.
    """
    options: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
    return numba.njit(**options)(function)


class Entry(NamedTuple):
    """A device as its frames name it."""

    address: bytes
    secret: bytes | None
    """What every frame has to show; None when anything will do."""
    channels: Mapping[bytes, int]
    tag: int


class Directory(NamedTuple):
    """Devices and their channels as one hash table of bytes."""

    slots: np.ndarray
    """By hash: place of an entry and one; 0 is free."""
    entries: np.ndarray
    """By entry: whose it is (a device's number, or DEVICE), where its key stands in the pool, and the value behind it."""
    pool: np.ndarray
    devices: np.ndarray
    """By number of a device: its tag, and the place of its secret among the entries, -1 when it needs none."""


class Columns(NamedTuple):
    """What a lane found, in the order of the bytes."""

    pieces: np.ndarray
    """By piece: bytes taken, and the frames up to and with it."""
    frames: np.ndarray
    """By frame: its end in `labelled`, rows and bytes of answers up to and with it, its device's number, a note for the
    session."""
    rows: np.ndarray
    """By row: observed (ms since 1970 UTC), value, key (the value of its channel), mark (quality)."""
    labelled: np.ndarray
    """The bytes of the frames, each after its label."""
    answers: np.ndarray
    """The bytes of the answers."""
    scratch: np.ndarray
    """Room that the lane uses as it likes."""


def columns(pieces: int, size: int) -> Columns:
    """Room for what can be in so many pieces of so many bytes together."""
    return Columns(
        np.zeros(pieces, _PIECE), np.zeros(size // 16 + 1, _FRAME), np.zeros(size // 3 + 4, _ROW),
        np.zeros(2 * size + 64, np.uint8), np.zeros(2 * size + 64, np.uint8), np.zeros(2048, np.int64),
    )  # fmt: skip


def directory(devices: Iterable[Entry]) -> Directory:
    """The directory of these devices, numbered in their order.

    >>> slots, entries, pool, _ = directory([Entry(b"a1", None, {b"Rtd": 7}, 1), Entry(b"b2", b"secret", {}, 2)])
    >>> data = np.frombuffer(b"Rtd B2", np.uint8)
    >>> find(slots, entries, pool, 0, data, 0, 3, False), find(slots, entries, pool, 1, data, 0, 3, False)
    (7, -1)
    >>> find(slots, entries, pool, DEVICE, data, 4, 6, True)
    1
    """
    rows: list[tuple[int, int, int, int]] = []
    keys: list[bytes] = []
    known: list[tuple[int, int]] = []
    place = 0
    for number, (address, secret, channels, tag) in enumerate(devices):
        known.append((tag, -1 if secret is None else len(rows)))
        named = [(_SECRET, secret, 0)] if secret is not None else []
        for owner, key, value in (*named, (DEVICE, address, number), *((number, *one) for one in channels.items())):
            rows.append((owner, place, place + len(key), value))
            keys.append(key)
            place += len(key)
    found = Directory(
        np.zeros(1 << max(4, (3 * len(rows)).bit_length()), np.int32), np.array(rows, np.int64).reshape(-1, 4),
        np.frombuffer(b"".join(keys) + b"\0", np.uint8), np.array(known, _DEVICE),
    )  # fmt: skip
    _fill(found.slots, found.entries, found.pool)
    return found


@compiled
def _hash(owner: int, data: np.ndarray, start: int, end: int, is_folded: bool) -> int:
    value = np.uint64(owner + 3) * np.uint64(0x9E3779B97F4A7C15)
    for place in range(start, end):
        byte = data[place]
        if is_folded and 65 <= byte <= 90:
            byte |= np.uint8(32)
        value = (value ^ np.uint64(byte)) * np.uint64(0x100000001B3)
    return value ^ (value >> np.uint64(29))  # type: ignore[return-value]


@compiled
def _fill(slots: np.ndarray, entries: np.ndarray, pool: np.ndarray) -> None:
    mask = np.uint64(len(slots) - 1)
    for place in range(len(entries)):
        if entries[place, OWNER] == _SECRET:
            continue
        at = _hash(entries[place, OWNER], pool, entries[place, START], entries[place, END], False) & mask
        while slots[at]:
            at = (at + np.uint64(1)) & mask
        slots[at] = place + 1


@compiled
def is_key(entries: np.ndarray, pool: np.ndarray, entry: int, data: np.ndarray, start: int, end: int, is_folded: bool) -> bool:  # fmt: skip
    """Whether these bytes are the key of an entry; folded, their capitals are taken for small letters."""
    ahead = entries[entry, START] - start
    if entries[entry, END] - ahead != end:
        return False
    for place in range(start, end):
        byte = data[place]
        if is_folded and 65 <= byte <= 90:
            byte |= np.uint8(32)
        if byte != pool[ahead + place]:
            return False
    return True


@compiled
def find(slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, owner: int, data: np.ndarray, start: int, end: int, is_folded: bool) -> int:  # fmt: skip
    """The value that a directory has for these bytes, -1 for none."""
    mask = np.uint64(len(slots) - 1)
    at = _hash(owner, data, start, end, is_folded) & mask
    while slots[at]:
        entry = slots[at] - 1
        if entries[entry, OWNER] == owner and is_key(entries, pool, entry, data, start, end, is_folded):
            return entries[entry, VALUE]
        at = (at + np.uint64(1)) & mask
    return -1


@compiled
def moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """Milliseconds since 1970 UTC of a moment in Beijing time, -1 for one that does not exist or is older.

    >>> moment(1970, 1, 2, 8, 0, 1), moment(2023, 2, 29, 0, 0, 0), moment(2024, 2, 29, 0, 0, 0)
    (86401000, -1, 1709136000000)
    """
    if not (1970 <= year <= 2199 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        return -1
    if day > 28:
        last = 31 - (month == 4 or month == 6 or month == 9 or month == 11)
        if month == 2:
            last = 28 + (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
        if day > last:
            return -1
    # Days from March on, so that the leap day is the last of its year.
    shifted = year - (month <= 2)
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400
    days += (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719468
    return ((days * 24 + hour - 8) * 60 + minute) * 60_000 + second * 1000


@compiled
def label(labelled: np.ndarray, at: int, tag: int, data: np.ndarray, start: int, end: int) -> int:
    """Keep the bytes of a frame behind its label; where they end."""
    size = end - start
    for place in range(4):
        labelled[at + place] = tag >> 8 * place & 0xFF
        labelled[at + 4 + place] = size >> 8 * place & 0xFF
    at += HEADROOM
    for place in range(size):
        labelled[at + place] = data[start + place]
    return at + size
