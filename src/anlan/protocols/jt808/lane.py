"""The compiled lane for locations of JT/T 808 (0200, 0704): frames straight into columns.

Taken are whole unencrypted frames in one packet of the terminal that authenticated on the connection, whose
locations all have a time that exists. All else is left to the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anlan.protocols.columns import DEVICE, Entry, compiled, find, label, moment
from anlan.protocols.jt808.frames import FRAME_LIMIT

CHANNELS = ("lon", "lat", "speed", "mileage")
"""What a location is read as, in this order: degrees, degrees, km/h, km."""
_FLAG, _ESCAPE = 0x7E, 0x7D
_PLACES = np.arange(len(CHANNELS), dtype=np.uint8)
_BASIC = 28  # bytes of a location before its additional items


def entry(address: str, channels: Mapping[str, int], tag: int) -> Entry | None:
    """A terminal by its number without leading zeros; None when it is no number.

    >>> entry("12345678900", {"lon": 7, "mileage": 9}, 1).channels
    {b'\\x00': 7, b'\\x03': 9}
    """
    if address.startswith("0") or len(address) > 20 or not (address.isascii() and address.isdigit()):
        return None
    known = {bytes([place]): channels[name] for place, name in enumerate(CHANNELS) if name in channels}
    return Entry(bytes.fromhex(address.rjust(len(address) + 1 & ~1, "0")), None, known, tag)


@compiled
def _unescape(data: np.ndarray, start: int, end: int, out: np.ndarray, place: int) -> int:
    """Put the bytes between two flags down from `place` on; how many they are, -1 when they are not right."""
    first, check = place, np.uint8(0)
    while start < end:
        byte = data[start]
        start += 1
        if byte == _ESCAPE:
            if start == end or (data[start] != 1 and data[start] != 2):
                return -1
            byte += data[start] - np.uint8(1)
            start += 1
        out[place] = byte
        check ^= byte
        place += 1
    return place - first if place - first >= 13 and not check else -1


@compiled
def _int(data: np.ndarray, at: int, size: int) -> int:
    value = 0
    for place in range(at, at + size):
        value = value << 8 | data[place]
    return value


@compiled
def _pair(byte: int) -> int:
    """The number of two packed digits, a great one when they are none."""
    high, low = byte >> 4, byte & 15
    return high * 10 + low if high < 10 and low < 10 else 10_000


@compiled
def _row(rows: np.ndarray, row: int, key: int, observed: int, value: float, mark: int) -> int:
    """Put a reading down if there is an instrument for it."""
    if key < 0:
        return row
    rows[row].key, rows[row].observed, rows[row].value, rows[row].mark = key, observed, value, mark
    return row + 1


@compiled
def _location(body: np.ndarray, at: int, end: int, keys: np.ndarray, marks: np.ndarray, rows: np.ndarray, row: int) -> int:  # fmt: skip
    """Read one location; the rows up to then, -1 when it is not recognised."""
    if at + _BASIC > end or row + len(CHANNELS) > len(rows):
        return -1
    year = _pair(body[at + 22])
    if year >= 69:
        return -1
    observed = moment(
        2000 + year, _pair(body[at + 23]), _pair(body[at + 24]),
        _pair(body[at + 25]), _pair(body[at + 26]), _pair(body[at + 27]),
    )  # fmt: skip
    status, latitude, longitude = _int(body, at + 4, 4), _int(body, at + 8, 4), _int(body, at + 12, 4)
    speed, mileage, has_mileage, is_first = _int(body, at + 18, 2), 0, False, True
    at += _BASIC
    while at < end:
        if at + 2 > end or at + 2 + body[at + 1] > end:
            return -1
        if body[at] == 1 and is_first:
            is_first, has_mileage = False, body[at + 1] == 4
            mileage = _int(body, at + 2, 4) if has_mileage else 0
        at += 2 + body[at + 1]
    if observed < 0:
        return -1
    mark = marks[0] if status & 2 else marks[1]
    row = _row(rows, row, keys[0], observed, (-longitude if status & 8 else longitude) / 1e6, mark)
    row = _row(rows, row, keys[1], observed, (-latitude if status & 4 else latitude) / 1e6, mark)
    row = _row(rows, row, keys[2], observed, speed / 10, marks[0])
    if has_mileage:
        row = _row(rows, row, keys[3], observed, mileage / 10, marks[0])
    return row


@compiled
def _body(message: int, body: np.ndarray, at: int, end: int, keys: np.ndarray, marks: np.ndarray, rows: np.ndarray, row: int) -> int:  # fmt: skip
    """Read one location or a batch; the rows up to then, -1 when something is not recognised."""
    if message == 0x0200:
        return _location(body, at, end, keys, marks, rows, row)
    if at + 3 > end:
        return -1
    count, at = _int(body, at, 2), at + 3
    for _ in range(count):
        stop = at + 2 + _int(body, at, 2) if at + 2 <= end else end + 1
        if stop > end:
            return -1
        row = _location(body, at + 2, stop, keys, marks, rows, row)
        if row < 0:
            return -1
        at = stop
    return row if at == end else -1


@compiled
def _escape(out: np.ndarray, at: int, byte: int) -> int:
    """Write a byte as it goes over the line; where it ends."""
    if byte in (_FLAG, _ESCAPE):
        out[at], out[at + 1] = _ESCAPE, 2 if byte == _FLAG else 1
        return at + 2
    out[at] = byte
    return at + 1


@compiled
def _acknowledge(head: np.ndarray, start: int, size: int, serial: int, out: np.ndarray, at: int) -> int:
    """Write the general answer 8001 to a message with so many bytes before its own serial; where it ends."""
    out[at] = _FLAG
    at += 1
    check = 0
    for place in range(size + 7):
        if place < 4:
            byte = (0x80, 0x01, head[start + 2] & 0x40, 5)[place]
        elif place < size:
            byte = head[start + place]
        elif place < size + 2:
            byte = serial >> 8 if place == size else serial & 0xFF
        elif place < size + 4:
            byte = head[start + place - 2]  # the serial that is answered
        else:
            byte = head[start + place - size - 4] if place < size + 6 else 0  # its message, and the result
        check ^= byte
        at = _escape(out, at, byte)
    at = _escape(out, at, check)
    out[at] = _FLAG
    return at + 1


@compiled
def _start_of_body(content: np.ndarray, at: int, size: int, version: int) -> int:
    """Bytes of the header of a message that the lane reads, 0 of another."""
    message, properties = _int(content, at, 2), _int(content, at + 2, 2)
    if (message != 0x0200 and message != 0x0704) or properties & 0xBC00:  # a part, encrypted, or reserved bits
        return 0
    is_2019 = properties & 0x4000 != 0
    head = 17 if is_2019 else 12
    is_whole = size == head + (properties & 0x3FF) + 1
    return head if is_whole and version == (np.int64(content[at + 4]) if is_2019 else -1) else 0


@compiled
def read(data: np.ndarray, ends: np.ndarray, contexts: np.ndarray, marks: np.ndarray, slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, devices: np.ndarray, pieces: np.ndarray, frames: np.ndarray, rows: np.ndarray, labelled: np.ndarray, answers: np.ndarray, scratch: np.ndarray) -> None:  # fmt: skip
    """Read each piece of the data as far as it is recognised.

    `ends` are where the pieces end; a context is the number of the authenticated terminal (-1 for none), the last
    serial of an answer and the terminal's protocol version (-1 before 2019); `marks` are the quality of a good number
    and of a place without a fix; the next four are a directory, the last six the columns to fill. Notes are 0.
    """
    frame = row = answer = labels = at = 0
    for piece in range(len(ends)):
        first, end = at, ends[piece]
        device, serial, version = contexts[piece]
        for place in range(len(CHANNELS)):
            scratch[place] = find(slots, entries, pool, device, _PLACES, place, place + 1, False)
        while device >= 0 and frame < len(frames):
            start = at
            while start + 1 < end and data[start] == _FLAG and data[start + 1] == _FLAG:
                start += 1
            stop = start + 1
            while stop < end and data[stop] != _FLAG:
                stop += 1
            if stop >= end or data[start] != _FLAG or stop - start > FRAME_LIMIT:
                break
            content = labels  # unescaped where the frame will be put down
            size = _unescape(data, start + 1, stop, labelled, content)
            head = _start_of_body(labelled, content, size, version) if size > 0 else 0
            phone = 5 if head == 17 else 4
            if (
                not head
                or find(slots, entries, pool, DEVICE, labelled, content + phone, content + head - 2, False) != device
            ):
                break
            message, last = _int(labelled, content, 2), content + size - 1
            found = _body(message, labelled, content + head, last, scratch, marks, rows, row)
            if found < 0:
                break
            serial = serial + 1 & 0xFFFF
            answer = _acknowledge(labelled, content, head - 2, serial, answers, answer)
            labels = label(labelled, labels, devices[device].tag, data, start, stop + 1)
            row, at = found, stop  # the flag that ends a frame may begin the next
            frames[frame].end, frames[frame].rows, frames[frame].answers = labels, row, answer
            frames[frame].device, frames[frame].note = device, 0
            frame += 1
        pieces[piece].taken, pieces[piece].frames = at - first, frame
        at = end
