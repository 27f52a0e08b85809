"""Whole GB/T 26875.3 packets out of any stream of bytes, and packets ready to send.

A packet (数据包, 6.2) is ``40 40``, the control unit of 25 bytes, the application data unit, one byte of sum and
``23 23``. Numbers of several bytes stand low byte first. Bytes that cannot be read come out as :class:`Malformed`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

START, END = b"@@", b"##"
DATA_LIMIT = 1024
"""Bytes of an application data unit at most (6.2)."""
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The clock of the monitoring centre; a fixed offset, since reading a time-zone file would be I/O."""
_CONTROL = struct.Struct("<HBB6s6s6sHB")
_SIZE = len(START) + _CONTROL.size + 1 + len(END)
_LENGTH_AT = 24
_PIECE = 1024


class GB26875Error(ValueError):
    """What is wrong with a packet, naming the field and the fix."""

    def __init__(self, message: str, code: str = "body") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time tag (时间标签): second, minute, hour, day, month, year of the century, as sent."""

    second: int
    minute: int
    hour: int
    day: int
    month: int
    year: int

    @classmethod
    def read(cls, data: bytes) -> Stamp:
        return cls(*data[:6])

    @classmethod
    def of(cls, moment: datetime) -> Stamp:
        """The tag of a moment.

        >>> Stamp.of(datetime(2026, 11, 24, 5, 6, 7, tzinfo=SHANGHAI)).write().hex()
        '070605180b1a'
        """
        local = moment.astimezone(SHANGHAI)
        return cls(local.second, local.minute, local.hour, local.day, local.month, local.year % 100)

    def write(self) -> bytes:
        try:
            return bytes((self.second, self.minute, self.hour, self.day, self.month, self.year))
        except ValueError:
            raise GB26875Error(f"时间标签 {self} 的每项应为 0 到 255") from None

    @property
    def moment(self) -> datetime | None:
        """When; None for a time that does not exist."""
        try:
            return datetime(
                2000 + self.year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=SHANGHAI
            )  # fmt: skip
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"20{self.year:02d}-{self.month:02d}-{self.day:02d} {self.hour:02d}:{self.minute:02d}:{self.second:02d}"


@dataclass(frozen=True, slots=True)
class Header:
    """The control unit (控制单元) without the length of what follows."""

    serial: int
    command: int
    stamp: Stamp
    source: str
    """Six bytes as twelve hexadecimal digits, the high byte first."""
    destination: str
    main_version: int = 1
    user_version: int = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet whose length, sum and end are right."""

    raw: bytes
    header: Header
    data: bytes
    """The application data unit (应用数据单元)."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no packet, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """``garbage``, ``check`` or ``truncated``."""


def wrap(header: Header, data: bytes = b"") -> bytes:
    """The packet that carries an application data unit.

    >>> stamp = Stamp(56, 34, 12, 10, 8, 19)
    >>> wrap(Header(1, 3, stamp, "000000000001", "000000000002")).hex()
    '40400100010138220c0a0813010000000000020000000000000003942323'
    """
    if len(data) > DATA_LIMIT:
        raise GB26875Error(f"应用数据单元 {len(data)} 字节，最多 {DATA_LIMIT} 字节", "limit")
    try:
        control = _CONTROL.pack(
            header.serial, header.main_version, header.user_version, header.stamp.write(), _address(header.source),
            _address(header.destination), len(data), header.command,
        )  # fmt: skip
    except struct.error as error:
        raise GB26875Error(f"控制单元不能编码：{error}", "header") from None
    content = control + data
    return START + content + bytes([sum(content) & 0xFF]) + END


def _address(digits: str) -> bytes:
    try:
        raw = bytes.fromhex(digits.rjust(12, "0"))
    except ValueError:
        raw = b""
    if len(raw) != 6:
        raise GB26875Error(f"地址 {digits!r} 应为最多 12 位十六进制数字", "header")
    return raw[::-1]


def unwrap(raw: bytes) -> Frame:
    """The packet in some bytes, checked for start, length, sum and end."""
    raw = bytes(raw)
    if not raw.startswith(START):
        raise GB26875Error("数据包应以 40 40（@@）开始", "garbage")
    if len(raw) < _SIZE:
        raise GB26875Error(f"数据包只有 {len(raw)} 字节，至少应有 {_SIZE} 字节", "length")
    declared, actual = raw[_LENGTH_AT] | raw[_LENGTH_AT + 1] << 8, len(raw) - _SIZE
    if declared != actual:
        raise GB26875Error(f"应用数据单元长度声明为 {declared} 字节，实际 {actual} 字节", "length")
    if not raw.endswith(END):
        raise GB26875Error("数据包应以 23 23（##）结束", "garbage")
    return _frame(raw)


def _frame(raw: bytes) -> Frame:
    content, given = raw[2:-3], raw[-3]
    expected = sum(content) & 0xFF
    if given != expected:
        raise GB26875Error(f"校验和错误：收到 {given:02X}，应为 {expected:02X}", "check")
    serial, main, user, stamp, source, destination, _length, command = _CONTROL.unpack_from(content)
    header = Header(serial, command, Stamp.read(stamp), source[::-1].hex(), destination[::-1].hex(), main, user)
    return Frame(raw, header, content[_CONTROL.size :])


class Splitter:
    """Packets out of a stream that arrives in pieces of any size; the same bytes always give the same values.

    >>> packet = wrap(Header(1, 3, Stamp(56, 34, 12, 10, 8, 19), "1", "2"))
    >>> splitter = Splitter()
    >>> [type(one).__name__ for part in (b"no" + packet[:9], packet[9:]) for one in splitter.feed(part)]
    ['Malformed', 'Frame']
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._scanned = 0  # bytes at the head of the buffer that start no packet

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The packets, and the bytes that are none, that these bytes complete."""
        self._buffer += data
        found: list[Frame | Malformed] = []
        while self._step(found):
            pass
        self._shed(found)
        return found

    def close(self) -> list[Malformed]:
        """What is left when the stream ends: an unfinished packet, if any."""
        rest, self._buffer, self._scanned = self._buffer, b"", 0
        return [Malformed(rest, "连接结束时数据包不完整", "truncated")] if rest else []

    def _step(self, found: list[Frame | Malformed]) -> bool:
        """Take one decision from the head of the buffer; False when more bytes are needed first."""
        buffer = self._buffer
        start = buffer.find(START, self._scanned)
        if start < 0:
            self._scanned = max(self._scanned, len(buffer) - buffer.endswith(b"@"))
            return False
        self._scanned = start
        if len(buffer) < start + _LENGTH_AT + 2:
            return False
        length = buffer[start + _LENGTH_AT] | buffer[start + _LENGTH_AT + 1] << 8
        end = start + _SIZE + length
        if length > DATA_LIMIT:
            self._scanned += 1
            return True
        if len(buffer) < end:
            return False
        if buffer[end - 2 : end] != END:
            self._scanned += 1
            return True
        self._shed(found, everything=True)
        raw, self._buffer = self._buffer[: end - start], self._buffer[end - start :]
        try:
            found.append(_frame(raw))
        except GB26875Error as error:
            found.append(Malformed(raw, str(error), error.code))
        return True

    def _shed(self, found: list[Frame | Malformed], *, everything: bool = False) -> None:
        """Hand out what starts no packet, in pieces that do not depend on how the bytes arrived."""
        while self._scanned >= _PIECE or (everything and self._scanned):
            size = min(self._scanned, _PIECE)
            found.append(Malformed(self._buffer[:size], "没有找到启动符 40 40 和结束符 23 23", "garbage"))
            self._buffer, self._scanned = self._buffer[size:], self._scanned - size
