"""Whole HJ 212 packets out of any stream of bytes, and packets ready to send.

A packet (通讯包, HJ 212-2017 6.3) is ``##``, four decimal digits (bytes of the data segment), the data
segment, four hexadecimal digits of CRC, CR LF. Bytes that cannot be read are never dropped in silence:
they come out as :class:`Malformed`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

HEADER = b"##"
SEGMENT_LIMIT = 1024  # HJ 212-2017 6.3.1, table 2: 0 <= n <= 1024
DECLARABLE = 9999  # the most that four digits can declare; packets of 1045 bytes are seen in the field
_BETWEEN = b"\r\n\t \x00"  # what may stand between two packets without being worth a report
_HEX = frozenset(b"0123456789abcdefABCDEF")


class HJ212Error(ValueError):
    """What is wrong with an HJ 212 packet or message, naming the field and the fix."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet whose length and CRC are right."""

    raw: bytes
    """From ``##`` to the CRC, without the CR LF that may follow."""
    segment: bytes
    """The data segment (数据段)."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no packet, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """``garbage``, ``limit``, ``length``, ``crc`` or ``truncated``."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        register = byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
        table.append(register)
    return tuple(table)


_CRC = _crc_table()
_CRC_HIGH = bytes(entry >> 8 for entry in _CRC)
_FOLDS = tuple((64 << k, (1 << (64 << k)) - 1) for k in range(10, -1, -1))


def crc(segment: bytes) -> int:
    """The CRC of a data segment (HJ 212-2017 annex A).

    The annex shifts the register right by eight *before* it takes a byte in, so each step sees only eight
    bits of the past: ``register = T[(register >> 8) ^ byte]``. That map of eight bits is linear and its
    eighth power is the identity, so blocks of eight bytes may be folded together by XOR first, and eight
    steps remain however long the segment is.

    >>> example = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    >>> f"{crc(example + b'CP=&&RtdInterval=30&&'):04X}"  # the annex's own example
    '1C80'
    """
    size = len(segment)
    if not size:
        return 0xFFFF
    if size > DECLARABLE:
        raise HJ212Error(f"数据段 {size} 字节超过上限 {DECLARABLE}")
    folded = int.from_bytes(segment, "big")
    levels = ((size - 1) >> 3).bit_length()
    for bits, mask in _FOLDS[len(_FOLDS) - levels :]:
        folded = (folded >> bits) ^ (folded & mask)
    folded ^= 0xFF << 8 * ((size - 1) & 7)  # the register starts with 0xFFFF
    high = _CRC_HIGH
    a, b, c, d, e, f, g, last = folded.to_bytes(8, "big")
    return _CRC[high[high[high[high[high[high[high[a] ^ b] ^ c] ^ d] ^ e] ^ f] ^ g] ^ last]


def wrap(segment: bytes, *, limit: int = SEGMENT_LIMIT) -> bytes:
    """The packet that carries a data segment.

    >>> wrap(b"ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&")
    b'##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\\r\\n'
    """
    size = len(segment)
    if size > min(limit, DECLARABLE):
        raise HJ212Error(f"数据段 {size} 字节超过上限 {min(limit, DECLARABLE)}：请先拆分包（split）")
    return b"##%04d%b%04X\r\n" % (size, segment, crc(segment))


def unwrap(raw: bytes) -> bytes:
    """The data segment of one packet, checked for length and CRC.

    >>> unwrap(b"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5f00")
    b'ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&'
    """
    packet = bytes(raw).strip(_BETWEEN)
    if not packet.startswith(HEADER):
        raise HJ212Error("包头应为 ##")
    digits = packet[2:6]
    if len(digits) < 4 or not digits.isdigit():
        raise HJ212Error(f"数据段长度应为 4 位十进制数字，收到 {digits!r}")
    declared, actual = int(digits), len(packet) - 10
    if declared != actual:
        raise HJ212Error(f"数据段长度声明为 {declared} 字节，实际为 {max(actual, 0)} 字节")
    segment = packet[6:-4]
    if problem := _crc_problem(segment, packet[-4:]):
        raise HJ212Error(problem)
    return segment


def _crc_problem(segment: bytes, given: bytes) -> str:
    if not _HEX.issuperset(given):
        return f"声明的数据段长度之后应为 4 位十六进制 CRC，收到 {given!r}：长度或 CRC 有误"
    expected = crc(segment)
    if int(given, 16) != expected:
        return f"CRC 校验错误：收到 {given.decode()}，应为 {expected:04X}"
    return ""


class Splitter:
    """Packets out of a stream that arrives in pieces of any size; the same bytes always give the same values.

    >>> splitter = Splitter()
    >>> splitter.feed(b"##0049ST=91;CN=9014;CP=&&QN=20040516")
    []
    >>> [type(value).__name__ for value in splitter.feed(b"010101001;CN=2051&&5F00\\r\\nnoise##0049ST")]
    ['Frame', 'Malformed']
    """

    def __init__(self, *, limit: int = DECLARABLE) -> None:
        self._limit = min(limit, DECLARABLE)
        self._buffer = b""
        self._scanned = 0  # bytes at the head of the buffer that are known to start no packet

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The packets, and the bytes that are none, that these bytes complete."""
        self._buffer += data
        found: list[Frame | Malformed] = []
        if len(self._buffer) < 6:  # no length yet: mostly the CR LF after the last packet
            return found
        while self._step(found):
            pass
        return found

    def lend(self) -> bytes:
        """Hand out the bytes that wait for more, for another reader to go on with."""
        rest, self._buffer, self._scanned = self._buffer, b"", 0
        return rest

    def close(self) -> list[Malformed]:
        """What is left when the stream ends: an unfinished packet, if any."""
        rest, self._buffer, self._scanned = self._buffer.strip(_BETWEEN), b"", 0
        return [Malformed(rest, "连接结束时包不完整", "truncated")] if rest else []

    def _step(self, found: list[Frame | Malformed]) -> bool:
        """Take one decision from the head of the buffer; False when more bytes are needed first."""
        buffer = self._buffer
        start = buffer.find(HEADER, self._scanned)
        if start < 0:
            self._scanned = max(len(buffer) - buffer.endswith(b"#"), 0)
            return self._shed_garbage(found)
        digits = buffer[start + 2 : start + 6]
        if digits and not digits.isdigit():
            self._scanned = start + 1
            return True
        self._scanned = start
        if len(digits) < 4:
            return self._shed_garbage(found)
        if start:
            return self._give_garbage(found, start)
        size = int(digits)
        if size > self._limit:
            return self._give(found, 6, f"声明的数据段长度 {size} 超过上限 {self._limit}", "limit")
        crc_at, end = 6 + size, 10 + size
        next_packet = buffer.find(b"\r\n##", 6, crc_at)
        if next_packet >= 0:
            return self._give(found, next_packet + 2, f"声明 {size} 字节的数据段未完，又见包头", "length")
        if len(buffer) < end:
            return False
        segment, given = buffer[6:crc_at], buffer[crc_at:end]
        problem = _crc_problem(segment, given)
        if not problem:
            found.append(Frame(buffer[:end], segment))
            self._drop(end)
            return True
        inner = buffer.find(HEADER, 2, end)
        if inner < 0:
            inner = end - buffer.endswith(b"#", 0, end)
        return self._give(found, inner, problem, "crc" if _HEX.issuperset(given) else "length")

    def _shed_garbage(self, found: list[Frame | Malformed]) -> bool:
        """Hand out bytes without any header once they are as many as the longest packet."""
        return self._scanned >= self._limit + 10 and self._give_garbage(found, self._scanned)

    def _give_garbage(self, found: list[Frame | Malformed], size: int) -> bool:
        return self._give(found, min(size, self._limit + 10), "不是 HJ 212 通讯包", "garbage")

    def _give(self, found: list[Frame | Malformed], size: int, reason: str, code: str) -> bool:
        raw = self._buffer[:size].strip(_BETWEEN)
        if raw:
            found.append(Malformed(raw, reason, code))
        self._drop(size)
        return True

    def _drop(self, size: int) -> None:
        self._buffer = self._buffer[size:]
        self._scanned = max(self._scanned - size, 0)
