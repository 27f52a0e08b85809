"""The compiled lane for reports of SL 651 in HEX/BCD coding (30, 32, 33, 34): frames straight into columns.

Taken are whole frames in one packet that end in ETX, whose body holds only stations, observation times and plain
numbers of registered elements. All else is left to the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from anlan.protocols.columns import DEVICE, Entry, compiled, find, is_key, label, moment
from anlan.protocols.sl651.codes import STATES
from anlan.protocols.sl651.elements import ELEMENTS
from anlan.protocols.sl651.frames import EOT, ETX, STX, crc
from anlan.protocols.sl651.values import stamp

_HEAD, _TAIL = 14, 3  # bytes up to and with STX; ETX and CRC
_LONGEST = 7  # bytes of digits that a float holds exactly
_CRC = np.array([crc(bytes([byte ^ 0xFF])) ^ 0xFF for byte in range(256)], np.uint16)
_TENS = 10.0 ** np.arange(8)
_NUMBERS = {
    identifier: bytes.fromhex(identifier)
    for identifier, row in ELEMENTS.items()
    if row.kind == "number" and identifier not in STATES
}


def entry(address: str, password: str, channels: Mapping[str, int], tag: int) -> Entry | None:
    """A device as its frames name it: address, password, identifiers of elements; None for an address of other form.

    >>> entry("0011223344", "", {"PJ": 7, "39": 8}, 1).channels
    {b' ': 7, b'9': 8}
    """
    try:
        key, secret = bytes.fromhex(address), bytes.fromhex(password) if password else None
    except ValueError:
        return None
    known = {}
    for identifier, raw in _NUMBERS.items():
        if channel := channels.get(ELEMENTS[identifier].symbol) or channels.get(identifier):
            known[raw] = channel
    return Entry(key, secret, known, tag) if len(key) == 5 and len(address) == 10 else None


def marks(at: datetime, quality: int) -> np.ndarray:
    """What :func:`read` has to know: the time of its answers, and the quality of a number."""
    return np.frombuffer(stamp(at, 6) + bytes([quality]), np.uint8)


@compiled
def _check(data: np.ndarray, start: int, end: int) -> int:
    """As :func:`anlan.protocols.sl651.frames.crc`."""
    register = np.uint16(0xFFFF)
    for place in range(start, end):
        register = _CRC[(register ^ data[place]) & 0xFF] ^ (register >> 8)
    return register  # type: ignore[return-value]


@compiled
def _packed(data: np.ndarray, at: int, size: int) -> int:
    """The number that packed decimal digits say, a negative one when they are none."""
    number = 0
    for place in range(at, at + size):
        high, low = data[place] >> 4, data[place] & 15
        if high > 9 or low > 9:
            return -1
        number = number * 100 + high * 10 + low
    return number


@compiled
def _time(data: np.ndarray, at: int, size: int) -> int:
    """The moment of YYMMDDHHmm[SS], negative when there is none."""
    second = _packed(data, at + 5, 1) if size == 6 else 0
    year, month, day = _packed(data, at, 1), _packed(data, at + 1, 1), _packed(data, at + 2, 1)
    hour, minute = _packed(data, at + 3, 1), _packed(data, at + 4, 1)
    if min(year, hour, minute, second) < 0:
        return -1
    return moment(2000 + year, month, day, hour, minute, second)


@compiled
def _frame(data: np.ndarray, at: int, end: int) -> int:
    """Where the whole frame that starts here ends, -1 when it is none, is not whole, or is not right."""
    if at + _HEAD + 8 + _TAIL > end or data[at] != 0x7E or data[at + 1] != 0x7E:
        return -1
    function, size = data[at + 10], (data[at + 11] & 0x0F) << 8 | data[at + 12]
    stop = at + _HEAD + size + _TAIL
    is_report = function == 0x30 or 0x32 <= function <= 0x34
    if not is_report or data[at + 11] >> 4 or data[at + 13] != STX or size < 8 or stop > end or data[stop - 3] != ETX:
        return -1
    return stop if _check(data, at, stop - 2) == data[stop - 2] << 8 | data[stop - 1] else -1


@compiled
def _body(data: np.ndarray, at: int, end: int, device: int, sent: int, mark: int, slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, rows: np.ndarray, row: int) -> int:  # fmt: skip
    """Read what follows serial and time; the rows up to then, -1 when something is not recognised."""
    observed = sent
    while at < end:
        lead = data[at]
        if lead == 0xF1:
            if at + 8 > end or data[at + 1] != 0xF1:
                return -1
            observed, at = sent, at + 8
            continue
        if lead == 0xF0:
            if at + 7 > end or data[at + 1] != 0xF0:
                return -1
            observed, at = _time(data, at + 2, 5), at + 7
            if observed < 0:
                return -1
            continue
        if at + 1 >= end or row >= len(rows):
            return -1
        size, decimals = data[at + 1] >> 3, data[at + 1] & 7
        key = find(slots, entries, pool, device, data, at, at + 1, False)
        if key < 0 or not 0 < size <= _LONGEST or at + 2 + size > end:
            return -1
        number = _packed(data, at + 2, size)
        if number < 0:
            return -1
        rows[row].key, rows[row].observed, rows[row].mark = key, observed, mark
        rows[row].value = number / _TENS[decimals]
        row, at = row + 1, at + 2 + size
    return row


@compiled
def _acknowledge(data: np.ndarray, at: int, time: np.ndarray, out: np.ndarray, place: int) -> int:
    """Write the confirmation (EOT) of the frame that starts at `at`; where it ends."""
    start = place
    out[start] = out[start + 1] = 0x7E
    for offset in range(5):
        out[start + 2 + offset] = data[at + 3 + offset]
    out[start + 7] = data[at + 2]
    for offset in range(8, 11):
        out[start + offset] = data[at + offset]
    out[start + 11], out[start + 12], out[start + 13] = 0x80, 8, STX
    out[start + 14], out[start + 15] = data[at + 14], data[at + 15]
    for offset in range(6):
        out[start + 16 + offset] = time[offset]
    out[start + 22] = EOT
    check = _check(out, start, start + 23)
    out[start + 23], out[start + 24] = check >> 8, check & 0xFF
    return start + 25


@compiled
def read(data: np.ndarray, ends: np.ndarray, contexts: np.ndarray, known: np.ndarray, slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, devices: np.ndarray, pieces: np.ndarray, frames: np.ndarray, rows: np.ndarray, labelled: np.ndarray, answers: np.ndarray, scratch: np.ndarray) -> None:  # fmt: skip
    """Read each piece of the data as far as it is recognised.

    `ends` are where the pieces end; `known` is from :func:`marks`; the next four are a directory, the last six the
    columns to fill. Contexts and scratch are not used; notes are 0.
    """
    frame = row = answer = labels = at = 0
    for piece in range(len(ends)):
        first, end = at, ends[piece]
        while frame < len(frames):
            stop = _frame(data, at, end)
            if stop < 0:
                break
            sent = _time(data, at + 16, 6)
            device = find(slots, entries, pool, DEVICE, data, at + 3, at + 8, False)
            if sent < 0 or device < 0:
                break
            secret = devices[device].secret
            if secret >= 0 and not is_key(entries, pool, secret, data, at + 8, at + 10, False):
                break
            found = _body(data, at + 22, stop - _TAIL, device, sent, known[6], slots, entries, pool, rows, row)
            if found < 0:
                break
            answer = _acknowledge(data, at, known, answers, answer)
            labels = label(labelled, labels, devices[device].tag, data, at, stop)
            row, at = found, stop
            frames[frame].end, frames[frame].rows, frames[frame].answers = labels, row, answer
            frames[frame].device, frames[frame].note = device, 0
            frame += 1
        pieces[piece].taken, pieces[piece].frames = at - first, frame
        at = end
