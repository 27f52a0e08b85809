"""Whole JT/T 809 packets out of any stream of bytes, and packets ready to send.

A packet (数据结构, JT/T 809 chapter 5) is ``5B``, the header, the body and two bytes of CRC, ``5D``. Inside,
``5A 01`` stands for 5B, ``5A 02`` for 5A, ``5E 01`` for 5D and ``5E 02`` for 5E. The header starts with the
length of the whole packet, both flags included, before escaping. Bytes that cannot be read are never
dropped in silence: they come out as :class:`Malformed`, with the reason.
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass

HEAD, TAIL = b"\x5b", b"\x5d"
HEADER_SIZE = 22
"""Bytes of the header of 2011: length, serial, id, access code, version, encryption flag and key."""
AROUND = 4
"""Bytes of a packet besides header and body: two flags, two of CRC."""
PACKET_LIMIT = 1 << 20
"""The most bytes of a packet, escaped, that are waited for; the standard's length field names no limit."""
_GARBAGE = 4096  # bytes outside any packet are handed out in pieces of this size
_UNESCAPED = 4096  # the longest packet in which a 5B that the sender forgot to escape is looked for
_ESCAPES = ((b"\x5a", b"\x5a\x02"), (b"\x5b", b"\x5a\x01"), (b"\x5e", b"\x5e\x02"), (b"\x5d", b"\x5e\x01"))


class JT809Error(ValueError):
    """What is wrong with a JT/T 809 packet or message, naming the field and the fix."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet whose escapes, length and CRC are right."""

    raw: bytes
    """As on the wire, from 5B to 5D."""
    content: bytes
    """Header and body, unescaped, without CRC; the body is still encrypted when the header says so."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no packet, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """``garbage``, ``limit``, ``length``, ``crc`` or ``truncated``."""


def escape(content: bytes) -> bytes:
    """Bytes with the flags and the marks of escape replaced.

    >>> escape(b"\\x5b\\x01\\x5a\\x5e\\x5d").hex(" ")
    '5a 01 01 5a 02 5e 02 5e 01'
    """
    for plain, written in _ESCAPES:  # the marks themselves first, or they would be replaced twice
        content = content.replace(plain, written)
    return content


def unescape(content: bytes) -> bytes:
    """The bytes that escaped ones stand for; a mark before anything but 01 and 02 stands for itself.

    Platforms in the field leave lone 5A and 5E as they are, and their CRC agrees.

    >>> unescape(bytes.fromhex("5a01 01 5a02 5e02 5e01 5e7b")).hex(" ")
    '5b 01 5a 5e 5d 5e 7b'
    """
    for plain, written in reversed(_ESCAPES):
        if written[:1] in content:
            content = content.replace(written, plain)
    return content


def wrap(content: bytes) -> bytes:
    """The packet that carries a header and a body; the length in the header is already right.

    >>> wrap(bytes.fromhex("0000001a000000851005013415f40100000000000000")).hex()
    '5b0000001a000000851005013415f40100000000000000406b5d'
    """
    return b"\x5b%b\x5d" % escape(content + crc_hqx(content, 0xFFFF).to_bytes(2, "big"))


def unwrap(raw: bytes) -> bytes:
    """Header and body of one packet, checked for flags, length and CRC.

    Flags that stand inside unescaped, as some platforms leave them in encrypted bodies, are read as data
    when length and CRC agree.
    """
    if raw[:1] != HEAD or raw[-1:] != TAIL:
        raise JT809Error(f"数据包应以 5B 开头、5D 结尾，收到 {raw[:1].hex() or '空'}…{raw[-1:].hex() or '空'}")
    content, reason, _ = _examine(bytes(raw[1:-1]))
    if reason:
        raise JT809Error(reason)
    return content


def _examine(inner: bytes) -> tuple[bytes, str, str]:
    """Header and body of what stands between the flags; else the reason why not, and its code."""
    checked = unescape(inner)
    size = len(checked) + 2
    if size < HEADER_SIZE + AROUND:
        return b"", f"数据包 {size} 字节，不足数据头、校验码和标识的 {HEADER_SIZE + AROUND} 字节", "length"
    declared = int.from_bytes(checked[:4], "big")
    if declared != size:
        return b"", f"数据长度声明为 {declared} 字节，实际为 {size} 字节", "length"
    if crc_hqx(checked, 0xFFFF):  # a register run over its own CRC ends at zero
        right = crc_hqx(checked[:-2], 0xFFFF)
        return b"", f"CRC 校验错误：收到 {checked[-2:].hex().upper()}，应为 {right:04X}", "crc"
    return checked[:-2], "", ""


class Splitter:
    """Packets out of a stream that arrives in pieces of any size; the same bytes always give the same values.

    >>> splitter = Splitter()
    >>> packet = wrap(bytes.fromhex("0000001a000000851005013415f40100000000000000"))
    >>> splitter.feed(b"noise" + packet[:9])
    [Malformed(raw=b'noise', reason='不是 JT/T 809 数据包', code='garbage')]
    >>> splitter.feed(packet[9:])[0].raw == packet
    True
    """

    def __init__(self, *, limit: int = PACKET_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._tail = 0  # no tail flag stands before this place of the buffer, behind the packet's head

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The packets, and the bytes that are none, that these bytes complete."""
        buffer = self._buffer
        buffer += data
        found: list[Frame | Malformed] = []
        at = 0
        while at < len(buffer):
            end = self._packet(found, at) if buffer[at] == 0x5B else self._garbage(found, at)
            if end == at:
                break
            at = end
        del buffer[:at]
        self._tail = max(self._tail - at, 0)
        return found

    def close(self) -> list[Malformed]:
        """What is left when the stream ends: an unfinished packet or garbage, if any."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._tail = 0
        if not rest:
            return []
        if rest[:1] == HEAD:
            return [Malformed(rest, "连接结束时数据包不完整", "truncated")]
        return [Malformed(rest, "不是 JT/T 809 数据包", "garbage")]

    def _garbage(self, found: list[Frame | Malformed], at: int) -> int:
        """Hand out bytes up to the next head flag; the place behind them, or the same when more are needed."""
        buffer = self._buffer
        end = buffer.find(HEAD, at, at + _GARBAGE)
        if end < 0:
            if len(buffer) - at < _GARBAGE:
                return at
            end = at + _GARBAGE
        found.append(Malformed(bytes(buffer[at:end]), "不是 JT/T 809 数据包", "garbage"))
        return end

    def _packet(self, found: list[Frame | Malformed], at: int) -> int:
        """Hand out the packet that starts here; the place behind it, or the same when more bytes are needed."""
        buffer, last = self._buffer, at + self._limit
        end = buffer.find(TAIL, max(at + 1, self._tail), last)
        self._tail = end if end >= 0 else min(len(buffer), last)
        if end < 0 and len(buffer) < last:
            return at
        next_head = buffer.find(HEAD, at + 1, self._tail)
        if next_head >= 0 and (end < 0 or end - at > _UNESCAPED):
            return self._unfinished(found, at, next_head)
        if end < 0:
            found.append(Malformed(bytes(buffer[at:last]), f"数据包超过上限 {self._limit} 字节", "limit"))
            return last
        raw = bytes(buffer[at : end + 1])
        content, reason, code = _examine(raw[1:-1])
        if reason and next_head >= 0:
            return self._unfinished(found, at, next_head)
        found.append(Malformed(raw, reason, code) if reason else Frame(raw, content))
        return end + 1

    def _unfinished(self, found: list[Frame | Malformed], at: int, next_head: int) -> int:
        found.append(Malformed(bytes(self._buffer[at:next_head]), "数据包未完，又见 5B", "truncated"))
        return next_head
