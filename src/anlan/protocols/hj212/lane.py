"""The compiled lane for uploads of HJ 212 (2011, 2031, 2051, 2061): packets straight into columns.

Taken are whole packets of 2017 or 2025 with every header field in its usual place, one DataTime, plain decimal
numbers and registered channels. All else is left to the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anlan.protocols.columns import DEVICE, Entry, compiled, find, is_key, label, moment
from anlan.protocols.hj212.frames import crc

_CRC = np.array([crc(bytes([byte ^ 0xFF])) for byte in range(256)], np.uint16)
_HIGH = (_CRC >> 8).astype(np.uint8)
_HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_TENS = 10.0 ** np.arange(16)
_IS_WORD = np.array([byte < 128 and chr(byte).isalnum() for byte in range(256)])
_DIGITS = 15  # so many digits and a power of ten are exact, so their quotient is the nearest float


def _text(text: bytes) -> np.ndarray:
    return np.frombuffer(text, np.uint8)


_ST, _CN, _PW, _MN, _FLAG = (_text(b";%s=" % name) for name in (b"ST", b"CN", b"PW", b"MN", b"Flag"))
_QN, _CP = _text(b"QN="), _text(b";CP=&&DataTime=")
_ANSWER, _END = _text(b";ST=91;CN=9014;PW="), _text(b";CP=&&&&")
_FLAG_KIND, _EFLAG_KIND = _text(b"Flag"), _text(b"EFlag")
_SAMPLE_KIND, _SN_KIND, _INFO_KIND = _text(b"SampleTime"), _text(b"SN"), _text(b"Info")
_CODES = 64  # factors of one message at most


def entry(address: str, password: str, channels: Mapping[str, int], tag: int) -> Entry:
    """A device as its packets name it: MN, PW, factor and kind."""
    secret = password.encode() if password else None
    return Entry(address.lower().encode(), secret, {name.encode(): key for name, key in channels.items()}, tag)


@compiled
def _crc(data: np.ndarray, start: int, end: int) -> int:
    """As :func:`anlan.protocols.hj212.frames.crc`: folded by eight bytes, then eight steps."""
    lead = start + ((end - start) & 7)
    high, zero = np.uint8(0xFF), np.uint8(0)
    for place in range(start, lead):
        high = _HIGH[high ^ data[place]]
    a, b, c, d, e, f, g, h = high, zero, zero, zero, zero, zero, zero, zero
    for place in range(lead, end, 8):
        a ^= data[place]
        b ^= data[place + 1]
        c ^= data[place + 2]
        d ^= data[place + 3]
        e ^= data[place + 4]
        f ^= data[place + 5]
        g ^= data[place + 6]
        h ^= data[place + 7]
    high = _HIGH[_HIGH[_HIGH[_HIGH[_HIGH[_HIGH[_HIGH[a] ^ b] ^ c] ^ d] ^ e] ^ f] ^ g]
    return _CRC[high ^ h]


@compiled
def _hex(byte: int) -> int:
    if 48 <= byte <= 57:
        return byte - 48
    if 65 <= byte <= 70 or 97 <= byte <= 102:
        return (byte & 7) + 9
    return 1 << 20


@compiled
def _after(data: np.ndarray, at: int, end: int, text: np.ndarray) -> int:
    """Where what follows a text begins; a place behind the end when the text is not here."""
    if at + len(text) > end:
        return end + 1
    for place in range(len(text)):
        if data[at + place] != text[place]:
            return end + 1
    return at + len(text)


@compiled
def _run(data: np.ndarray, at: int, end: int, is_number: bool) -> int:
    """Where a run of digits, or of characters that a header value may have, ends."""
    while at < end:
        byte = data[at]
        if is_number:
            if not 48 <= byte <= 57:
                break
        elif byte < 33 or byte > 126 or byte == 59 or byte == 61 or byte == 38:  # ; = &
            break
        at += 1
    return at


@compiled
def _number(data: np.ndarray, at: int, size: int) -> int:
    """The number that so many digits say, a negative one when they are no digits."""
    number = 0
    for place in range(at, at + size):
        if not 48 <= data[place] <= 57:
            return -1 << 40
        number = number * 10 + data[place] - 48
    return number


@compiled
def _word(data: np.ndarray, at: int, end: int) -> int:
    """Where a run of letters and digits ends."""
    while at < end and _IS_WORD[data[at]]:
        at += 1
    return at


@compiled
def _is(data: np.ndarray, start: int, end: int, text: np.ndarray) -> bool:
    return end - start == len(text) and _after(data, start, end, text) == end


@compiled
def _hashed(data: np.ndarray, start: int, end: int) -> int:
    value = np.uint64(0xCBF29CE484222325)
    for place in range(start, end):
        value = (value ^ np.uint64(data[place])) * np.uint64(0x100000001B3)
    return np.int64(value)  # type: ignore[return-value]


@compiled
def _decimal(data: np.ndarray, at: int, end: int) -> tuple[float, int]:
    """A plain decimal number and where it ends; it ends before it begins when it is anything else."""
    start = at
    is_negative = at < end and data[at] == 45
    at += is_negative
    number, digits, decimals, whole = 0, 0, 0, 0
    while at < end and 48 <= data[at] <= 57:
        number = number * 10 + data[at] - 48
        digits, at = digits + 1, at + 1
    whole = digits
    if at < end and data[at] == 46:
        at += 1
        while at < end and 48 <= data[at] <= 57:
            number = number * 10 + data[at] - 48
            digits, at = digits + 1, at + 1
        decimals = digits - whole
        if not decimals:
            return 0.0, start - 1
    if not whole or digits > _DIGITS:
        return 0.0, start - 1
    value = number / _TENS[decimals]
    return (-value if is_negative else value), at


@compiled
def _fields(data: np.ndarray, at: int, end: int, device: int, observed: int, slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, flags: np.ndarray, codes: np.ndarray, rows: np.ndarray, row: int) -> int:  # fmt: skip
    """Read the fields after DataTime up to `end`; the rows up to then, -1 when one is not recognised."""
    known, first, quality = 0, row, flags[0]
    while at < end:
        if data[at] != 59 and not (data[at] == 44 and known):  # ; and, between fields of a group, a comma
            return -1
        start = at + 1
        hyphen = _word(data, start, end)
        stop = _word(data, hyphen + 1, end)
        if hyphen == start or stop >= end - 1 or data[hyphen] != 45 or stop == hyphen + 1 or data[stop] != 61:
            return -1
        code = _hashed(data, start, hyphen)
        if not known or code != codes[known - 1]:  # a factor has its fields side by side, once
            for place in range(first, row):
                rows[place].mark = quality
            first, quality = row, flags[0]
            for other in range(known):
                if codes[other] == code:
                    return -1
            if known == len(codes):
                return -1
            codes[known] = code
            known += 1
        at = stop + 1
        is_flag = _is(data, hyphen + 1, stop, _FLAG_KIND)
        if is_flag or _is(data, hyphen + 1, stop, _EFLAG_KIND):
            ending = _word(data, at, end)
            if is_flag and ending - at > 1:
                return -1
            if is_flag:
                quality = flags[data[at]] if ending > at else flags[0]
            at = ending
            continue
        for strange in (_SAMPLE_KIND, _SN_KIND, _INFO_KIND):
            if _is(data, hyphen + 1, stop, strange):
                return -1
        key = find(slots, entries, pool, device, data, start, stop, False)
        value, ending = _decimal(data, at, end)
        if key < 0 or ending < at or row >= len(rows):
            return -1
        rows[row].key, rows[row].observed, rows[row].value = key, observed, value
        row, at = row + 1, ending
    for place in range(first, row):
        rows[place].mark = quality
    return row


@compiled
def _copy(out: np.ndarray, at: int, data: np.ndarray, start: int, end: int) -> int:
    for place in range(start, end):
        out[at] = data[place]
        at += 1
    return at


@compiled
def _acknowledge(data: np.ndarray, spans: np.ndarray, version: int, out: np.ndarray, at: int) -> int:
    """Write the answer 9014 to a message whose QN, PW and MN stand at these spans; where it ends."""
    start = at + 6
    place = _copy(out, start, _QN, 0, len(_QN))
    place = _copy(out, place, data, spans[0], spans[1])
    place = _copy(out, place, _ANSWER, 0, len(_ANSWER))
    place = _copy(out, place, data, spans[2], spans[3])
    place = _copy(out, place, _MN, 0, len(_MN))
    place = _copy(out, place, data, spans[4], spans[5])
    place = _copy(out, place, _FLAG, 0, len(_FLAG))
    out[place] = 48 + (version << 2)
    place = _copy(out, place + 1, _END, 0, len(_END))
    size, check = place - start, _crc(out, start, place)
    out[at] = out[at + 1] = 35  # #
    for digit in range(4):
        out[at + 5 - digit] = 48 + size % 10
        size //= 10
        out[place + digit] = _HEX[check >> (12 - 4 * digit) & 15]
    out[place + 4], out[place + 5] = 13, 10
    return place + 6


@compiled
def _packet(data: np.ndarray, at: int, end: int) -> int:
    """Where the whole packet that starts here ends, -1 when it is none, is not whole, or is not right."""
    if at + 10 > end or data[at] != 35 or data[at + 1] != 35:
        return -1
    size = _number(data, at + 2, 4)
    stop = at + 10 + size
    if size < 0 or stop > end:
        return -1
    given = 0
    for place in range(stop - 4, stop):
        given = given << 4 | _hex(data[place])
    return stop if given == _crc(data, at + 6, stop - 4) else -1


@compiled
def _time(data: np.ndarray, at: int) -> int:
    return moment(
        _number(data, at, 4), _number(data, at + 4, 2), _number(data, at + 6, 2),
        _number(data, at + 8, 2), _number(data, at + 10, 2), _number(data, at + 12, 2),
    )  # fmt: skip


@compiled
def _header(data: np.ndarray, at: int, end: int, spans: np.ndarray) -> tuple[int, int, int]:
    """Note where QN, PW and MN stand; system code, Flag, and where the header ends: behind `end` when it is unusual."""
    at = spans[0] = _after(data, at, end, _QN)
    at = spans[1] = _run(data, at, end, True)
    at = _after(data, at, end - 8, _ST)
    system = _number(data, at, 2)
    at = _after(data, at + 2, end - 8, _CN)
    command = _number(data, at, 4)
    at = spans[2] = _after(data, at + 4, end, _PW)
    at = spans[3] = _run(data, at, end, False)
    at = spans[4] = _after(data, at, end, _MN)
    at = spans[5] = _run(data, at, end, False)
    at = _after(data, at, end - 4, _FLAG)
    stop = _run(data, at, end, True)
    flag = _number(data, at, stop - at) if 1 <= stop - at <= 2 else -1
    at = _after(data, stop, end, _CP)
    is_upload = command == 2011 or command == 2031 or command == 2051 or command == 2061
    is_usual = is_upload and 4 <= flag < 12 and 0 <= system != 91
    for span in range(0, 6, 2):
        is_usual &= 0 < spans[span + 1] - spans[span] <= (64 if span else 20)
    return system, flag, at if is_usual else end + 1


@compiled
def read(data: np.ndarray, ends: np.ndarray, contexts: np.ndarray, flags: np.ndarray, slots: np.ndarray, entries: np.ndarray, pool: np.ndarray, devices: np.ndarray, pieces: np.ndarray, frames: np.ndarray, rows: np.ndarray, labelled: np.ndarray, answers: np.ndarray, scratch: np.ndarray) -> None:  # fmt: skip
    """Read each piece of the data as far as it is recognised.

    `ends` are where the pieces end; `flags` is the quality by data flag (数据标记), at 0 without one; the next four
    are a directory, the last six the columns to fill. Notes are the system codes (ST); contexts are not used.
    """
    spans, codes = scratch[:6], scratch[6 : 6 + _CODES]
    frame = row = answer = labels = at = 0
    for piece in range(len(ends)):
        first, end = at, ends[piece]
        while frame < len(frames):
            start = at
            while start < end and (data[start] == 13 or data[start] == 10):
                start += 1
            stop = _packet(data, start, end)
            last = stop - 6  # of the segment, before && and the CRC
            if stop < 0 or data[last] != 38 or data[last + 1] != 38:
                break
            system, flag, time = _header(data, start + 6, last, spans)
            if time + 14 > last:
                break
            observed = _time(data, time)
            device = find(slots, entries, pool, DEVICE, data, spans[4], spans[5], True)
            if observed < 0 or device < 0:
                break
            secret = devices[device].secret
            if secret >= 0 and not is_key(entries, pool, secret, data, spans[2], spans[3], False):
                break
            found = _fields(data, time + 14, last, device, observed, slots, entries, pool, flags, codes, rows, row)
            if found < 0:
                break
            if flag & 1:
                answer = _acknowledge(data, spans, flag >> 2, answers, answer)
            row, at, labels = found, stop, label(labelled, labels, devices[device].tag, data, start, stop)
            frames[frame].end, frames[frame].rows, frames[frame].answers = labels, row, answer
            frames[frame].device, frames[frame].note = device, system
            frame += 1
        while at < end and (data[at] == 13 or data[at] == 10):  # so that mostly nothing is left
            at += 1
        pieces[piece].taken, pieces[piece].frames = at - first, frame
        at = end
