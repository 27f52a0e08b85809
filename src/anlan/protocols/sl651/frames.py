"""Whole SL 651 frames out of any stream of bytes, and frames ready to send.

A frame (报文帧, SL 651-2014 6.2 to 6.5) is a start mark, a header, STX or SYN, a body, an end character and a
CRC; its header is hexadecimal (``7E7E`` first) or ASCII (``01`` first). Bytes that cannot be read are never
dropped in silence: they come out as :class:`Malformed`, with the reason.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Literal

from anlan.protocols.sl651.codes import CONTROLS

STX, ETX, EOT, ENQ, ACK = 0x02, 0x03, 0x04, 0x05, 0x06
NAK, SYN, ETB, ESC = 0x15, 0x16, 0x17, 0x1B

BODY_LIMIT = 4095  # twelve bits of length, 6.4.2 and 6.5.2
_HEX_HEAD, _ASCII_HEAD = 14, 24  # bytes up to and with STX or SYN
_GARBAGE_LIMIT = 4096  # bytes without any header that are handed out in one piece
_CANDIDATE = re.compile(rb"\x7e(?:\x7e|\Z)|\x01(?:[0-9A-Fa-f]|\Z)")
_BETWEEN = b"\x7e\r\n\x00 "  # what may stand behind the last byte of a frame that was cut out of a log
_DIGITS = frozenset(b"0123456789ABCDEFabcdef")


class SL651Error(ValueError):
    """What is wrong with an SL 651 frame or message, naming the field."""

    def __init__(self, message: str, code: str = "body") -> None:
        super().__init__(message)
        self.code = code
        """``garbage``, ``limit``, ``length``, ``crc``, ``truncated``, ``header`` or ``body``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who says to whom what kind of thing, and how the frame is written."""

    function: int
    """Function code (功能码)."""
    station: str
    """Station address (遥测站地址), ten hexadecimal digits."""
    centre: int = 1
    """Centre address (中心站地址), 1 to 255."""
    password: str = "0000"
    """Password (密码), four hexadecimal digits."""
    direction: Literal["up", "down"] = "up"
    coding: Literal["hex", "ascii"] = "hex"
    total: int = 0
    """Number of packets (包总数) when SYN leads the body, else 0."""
    index: int = 0
    """Number of this packet (包序列号), from 1; 0 without SYN."""
    end: int = ETX
    """End character (报文结束符)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose header, length, end and CRC are right."""

    header: Header
    body: bytes
    """Body (报文正文), without the packet numbers of a SYN frame."""
    raw: bytes


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no frame, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """As :attr:`SL651Error.code`."""


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        register = byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
        table.append(register)
    return table


_BYTES = _crc_table()
_LOW = [_BYTES[entry & 0xFF] ^ entry >> 8 for entry in _BYTES]
_WORDS = [high ^ low for high in _BYTES for low in _LOW]  # the CRC is linear: a table for two bytes at once


def crc(data: bytes) -> int:
    """The CRC of a frame (annex H.3.2: the one of Modbus, start FFFF, polynomial A001).

    >>> f"{crc(bytes.fromhex('7e7e00987654321012342f0008027e0822101110074703')):04x}"
    'c3ae'
    """
    register, words = 0xFFFF, _WORDS
    for word in struct.unpack_from(f"<{len(data) >> 1}H", data):
        register = words[register ^ word]
    if len(data) & 1:
        register = register >> 8 ^ _BYTES[(register ^ data[-1]) & 0xFF]
    return register


def wrap(header: Header, body: bytes) -> bytes:
    """The frame that carries a body.

    >>> wrap(Header(function=0x2F, station="9876543210", centre=0, password="1234"), b"").hex()
    Traceback (most recent call last):
    anlan.protocols.sl651.frames.SL651Error: length: a body has 1 to 4095 bytes, this one 0
    >>> keep_alive = bytes.fromhex("7e08221011100747")
    >>> wrap(Header(function=0x2F, station="9876543210", centre=0, password="1234"), keep_alive).hex()
    '7e7e00987654321012342f0008027e0822101110074703c3ae'
    """
    _check(header)
    numbers = f"{header.total:03X}{header.index:03X}" if header.total else ""
    is_ascii = header.coding == "ascii"
    content = (numbers.encode() if is_ascii else bytes.fromhex(numbers)) + body
    if not 1 <= len(content) <= BODY_LIMIT:
        raise SL651Error(f"length: a body has 1 to {BODY_LIMIT} bytes, this one {len(content)}", "length")
    addresses = f"{header.centre:02X}", header.station
    first, second = addresses if header.direction == "up" else reversed(addresses)
    mark = 0 if header.direction == "up" else 8
    head = f"{first}{second}{header.password}{header.function:02X}{mark}{len(content):03X}"
    start = b"\x01" + head.upper().encode() if is_ascii else b"\x7e\x7e" + bytes.fromhex(head)
    frame = b"%b%c%b%c" % (start, SYN if header.total else STX, content, header.end)
    check = crc(frame)
    return frame + (b"%04X" % check if is_ascii else check.to_bytes(2, "big"))


def _check(header: Header) -> None:
    for name, value, digits in (("station", header.station, 10), ("password", header.password, 4)):
        if len(value) != digits or not _DIGITS.issuperset(value.encode()):
            raise SL651Error(f"{name}: {digits} hexadecimal digits expected, {value!r} given", "header")
    for name, number in (("centre", header.centre), ("function", header.function)):
        if not 0 <= number <= 0xFF:
            raise SL651Error(f"{name}: one byte expected, {number} given", "header")
    if header.end not in CONTROLS:
        raise SL651Error(f"end: no end character {header.end:02X}", "header")
    if not (header.total == header.index == 0 or 1 <= header.index <= header.total <= 4095):
        raise SL651Error(f"packets: no packet {header.index} of {header.total}", "header")


def unwrap(raw: bytes) -> Frame:
    """Read one frame, checked for header, length, end and CRC.

    >>> frame = unwrap(bytes.fromhex("7e7e00987654321012342f0008027e0822101110074703c3ae"))
    >>> frame.header.station, frame.header.direction, frame.body.hex()
    ('9876543210', 'up', '7e08221011100747')
    """
    raw = bytes(raw)
    if raw[:2] == b"\x7e\x7e":
        return _unwrap_hex(raw)
    if raw[:1] == b"\x01":
        return _unwrap_ascii(raw)
    raise SL651Error("start: a frame starts with 7E7E or 01", "garbage")


def _unwrap_hex(raw: bytes) -> Frame:
    if len(raw) < _HEX_HEAD + 4:
        raise SL651Error(f"length: {len(raw)} bytes are no whole frame", "truncated")
    declared = (raw[11] & 0x0F) << 8 | raw[12]
    start = _HEX_HEAD
    raw = _cut(raw, start + declared + 3)
    _check_ends(raw, raw[11] >> 4, raw[13], declared, start + declared, 2)
    if (given := raw[-2] << 8 | raw[-1]) != (expected := crc(raw[:-2])):
        raise SL651Error(f"crc: {given:04X} received, {expected:04X} computed", "crc")
    total = index = 0
    if raw[13] == SYN:
        total, index = _packet(raw[start : start + 3].hex().encode(), declared, 3)
        start += 3
    is_down = raw[11] & 0x80
    header = Header(
        function=raw[10],
        station=(raw[2:7] if is_down else raw[3:8]).hex(),
        centre=raw[7] if is_down else raw[2],
        password=raw[8:10].hex(),
        direction="down" if is_down else "up",
        total=total,
        index=index,
        end=raw[-3],
    )
    return Frame(header, raw[start:-3], raw)


def _unwrap_ascii(raw: bytes) -> Frame:
    if len(raw) < _ASCII_HEAD + 6:
        raise SL651Error(f"length: {len(raw)} bytes are no whole frame", "truncated")
    if not _DIGITS.issuperset(raw[1:23]):
        raise SL651Error("header: hexadecimal digits expected", "header")
    head = raw[1:23].decode().lower()
    declared = int(head[19:], 16)
    start = _ASCII_HEAD
    raw = _cut(raw, start + declared + 5)
    _check_ends(raw, int(head[18], 16), raw[23], declared, start + declared, 4)
    given, expected = raw[-4:].upper(), b"%04X" % crc(raw[:-4])
    if given != expected:
        raise SL651Error(f"crc: {given!r} received, {expected.decode()} computed", "crc")
    total = index = 0
    if raw[23] == SYN:
        total, index = _packet(raw[start : start + 6], declared, 6)
        start += 6
    is_down = head[18] == "8"
    header = Header(
        function=int(head[16:18], 16),
        station=head[:10] if is_down else head[2:12],
        centre=int(head[10:12] if is_down else head[:2], 16),
        password=head[12:16],
        direction="down" if is_down else "up",
        coding="ascii",
        total=total,
        index=index,
        end=raw[-5],
    )
    return Frame(header, raw[start:-5], raw)


def _cut(raw: bytes, size: int) -> bytes:
    """A frame without what follows it in logs and manuals: the start of the next one, the end of the line."""
    return raw[:size] + raw[size:].lstrip(_BETWEEN)


def _check_ends(raw: bytes, mark: int, lead: int, declared: int, end: int, check: int) -> None:
    if mark not in (0, 8):
        raise SL651Error(f"direction: 0 or 8 expected, {mark:X} received", "header")
    if lead not in (STX, SYN):
        raise SL651Error(f"start of body: STX or SYN expected, {lead:02X} received", "header")
    if not declared:
        raise SL651Error("length: a body of no bytes is declared", "length")
    size = end + 1 + check
    if len(raw) < size:
        raise SL651Error(f"length: {size} bytes declared, {len(raw)} received", "truncated")
    if len(raw) > size:
        raise SL651Error(f"length: {size} bytes declared, {len(raw)} received", "length")
    if raw[end] not in CONTROLS:
        raise SL651Error(f"end: no end character {raw[end]:02X}", "length")


def _packet(numbers: bytes, declared: int, size: int) -> tuple[int, int]:
    """Total and index of a packet, three hexadecimal digits each."""
    total = index = 0
    if _DIGITS.issuperset(numbers):
        total, index = int(numbers[:3], 16), int(numbers[3:], 16)
    if declared < size or not 1 <= index <= total:
        raise SL651Error(f"packets: no packet {index} of {total}", "header")
    return total, index


class Splitter:
    """Frames out of a stream that arrives in pieces of any size; the same bytes always give the same values.

    ``limit`` is the longest body that is taken.

    >>> splitter = Splitter()
    >>> splitter.feed(b"noise" + bytes.fromhex("7e7e00987654321012342f0008027e08221011"))
    [Malformed(raw=b'noise', reason='start: these bytes belong to no frame', code='garbage')]
    >>> [frame.header.station for frame in splitter.feed(bytes.fromhex("100747 03c3ae"))]
    ['9876543210']
    """

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._buffer = b""
        self._scanned = 0  # bytes at the head of the buffer that are known to start no frame

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The frames, and the bytes that are none, that these bytes complete."""
        buffer = self._buffer + data
        found: list[Frame | Malformed] = []
        start, here = 0, self._scanned  # first byte not handed out, first byte not judged
        while True:
            here = _next(buffer, here, len(buffer))
            size = _declared(buffer, here)
            while here - start > _GARBAGE_LIMIT or (size and start < here):
                piece = buffer[start : min(here, start + _GARBAGE_LIMIT)]
                found.append(Malformed(piece, "start: these bytes belong to no frame", "garbage"))
                start += len(piece)
            if not size or (len(buffer) - here < size <= self._limit + _ASCII_HEAD + 5):
                break
            value, end = self._take(buffer, here, size)
            found.append(value)
            start = here = end
        self._buffer, self._scanned = buffer[start:], here - start
        return found

    def lend(self) -> bytes:
        """Hand out the bytes that wait for more, for another reader to go on with."""
        rest, self._buffer, self._scanned = self._buffer, b"", 0
        return rest

    def close(self) -> list[Frame | Malformed]:
        """What is left when the stream ends or falls silent: an unfinished frame, and what it may hide."""
        found: list[Frame | Malformed] = []
        while rest := self._buffer:
            end = _next(rest, 1, len(rest))
            reason = "start: these bytes belong to no frame" if self._scanned else "length: the frame is not whole"
            found.append(Malformed(rest[:end], reason, "garbage" if self._scanned else "truncated"))
            self._buffer, self._scanned = b"", 0
            found += self.feed(rest[end:])
        return found

    def _take(self, buffer: bytes, start: int, size: int) -> tuple[Frame | Malformed, int]:
        """The frame that starts here, or the bytes up to where the next one may start."""
        head = _HEX_HEAD if buffer[start] == 0x7E else _ASCII_HEAD
        declared = size - head - (3 if head == _HEX_HEAD else 5)
        if declared > self._limit:
            end = _next(buffer, start + 1, start + head)
            reason = f"length: a body of {declared} bytes is declared, {self._limit} are allowed"
            return Malformed(buffer[start:end], reason, "limit"), end
        try:
            return unwrap(buffer[start : start + size]), start + size
        except SL651Error as problem:
            end = _next(buffer, start + 1, start + size)
            return Malformed(buffer[start:end], str(problem), problem.code), end


def _next(buffer: bytes, start: int, end: int) -> int:
    """Where a frame starts or may start, judged by the bytes before ``end`` only; ``end`` when nowhere."""
    while candidate := _CANDIDATE.search(buffer, start, end):
        start = candidate.start()
        if _may_start(buffer, start, end):
            return start
        start += 1
    return end


def _may_start(buffer: bytes, start: int, end: int) -> bool:
    """Whether the bytes from here on, as far as they are there, are a header."""
    if buffer[start] == 0x7E:
        lead = buffer[start + 11 : min(start + _HEX_HEAD, end)]
        return (not lead or lead[0] >> 4 in (0, 8)) and (
            len(lead) < 3 or (lead[2] in (STX, SYN) and lead[:2] not in (b"\x00\x00", b"\x80\x00"))
        )
    head = buffer[start + 1 : min(start + _ASCII_HEAD, end)]
    return (
        _DIGITS.issuperset(head[:22])
        and head[18:19] in (b"", b"0", b"8")
        and (len(head) < 23 or (head[22] in (STX, SYN) and head[19:22] != b"000"))
    )


def _declared(buffer: bytes, start: int) -> int:
    """Bytes of the whole frame that starts here, 0 when its header is not whole."""
    head = _HEX_HEAD if buffer[start : start + 1] == b"\x7e" else _ASCII_HEAD
    if len(buffer) < start + head:
        return 0
    if head == _HEX_HEAD:
        return head + ((buffer[start + 11] & 0x0F) << 8 | buffer[start + 12]) + 3
    return head + int(buffer[start + 20 : start + 23], 16) + 5
