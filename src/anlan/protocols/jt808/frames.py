"""Whole JT/T 808 frames out of any stream of bytes, and frames ready to send.

A frame stands between two flags ``7E``; inside, ``7D 02`` is 7E and ``7D 01`` is 7D; its last byte is the XOR of all
before it (JT/T 808-2019 4.4). Bytes that cannot be read come out as :class:`Malformed`, with the reason.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

FLAG = b"\x7e"
BODY_LIMIT = 1023
"""Bytes of a body: ten bits of the header's properties."""
FRAME_LIMIT = 2 * (BODY_LIMIT + 24)
"""Bytes between two flags at most, when every byte is escaped."""
_FIRST = struct.Struct(">HH")
_SPLIT, _VERSION, _RESERVED = 1 << 13, 1 << 14, 1 << 15
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


class JT808Error(ValueError):
    """What is wrong with a JT/T 808 frame or message, naming the field and the fix."""

    def __init__(self, message: str, code: str = "body") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Header:
    """The message header (消息头, 4.4.3)."""

    message_id: int
    phone: str
    """The terminal's number as sent: twelve digits, twenty in the edition of 2019; some terminals send A to F in it."""
    serial: int
    version: int | None = None
    """The protocol version of 2019 and later (1 for 2019); None before."""
    encryption: int = 0
    """Three bits: 0 none, 1 RSA."""
    total: int = 1
    index: int = 1
    """Which of how many sub-packets (分包)."""
    spare: int = 0
    """Bits of the properties that say nothing here, as sent: 1 one sub-packet of one, 2 bit 14 before 2019, 4 bit 15."""

    @property
    def is_2019(self) -> bool:
        """Whether the header is that of 2019."""
        return self.version is not None

    @property
    def is_part(self) -> bool:
        """Whether the message came in several packets."""
        return self.total > 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose escapes, check and length are right."""

    raw: bytes
    """As on the wire, with both flags."""
    header: Header
    body: bytes


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no frame, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """``garbage``, ``escape``, ``check``, ``length``, ``header``, ``limit`` or ``truncated``."""


def check(content: bytes) -> int:
    """The XOR of all bytes (校验码).

    >>> check(bytes.fromhex("00020000012345678900000a"))
    129
    """
    size = len(content)
    folded = int.from_bytes(content, "big")
    while size > 1:
        half = (size + 1) >> 1
        bits = half << 3
        folded = (folded >> bits) ^ (folded & ((1 << bits) - 1))
        size = half
    return folded


def wrap(header: Header, body: bytes) -> bytes:
    """The frame that carries a body.

    >>> wrap(Header(0x0002, "012345678900", 10), b"").hex()
    '7e00020000012345678900000a817e'
    """
    if len(body) > BODY_LIMIT:
        raise JT808Error(f"消息体 {len(body)} 字节，超过 {BODY_LIMIT}：请先分包（split）", "limit")
    if not 0 <= header.serial <= 0xFFFF:
        raise JT808Error(f"流水号 {header.serial} 应为 0 到 65535", "header")
    properties = len(body) | (header.encryption & 7) << 10 | header.is_part << 13 | header.is_2019 << 14
    properties |= (header.spare & 7) << 13
    size = 10 if header.is_2019 else 6
    phone = header.phone.rjust(size * 2, "0")
    if not _HEXADECIMAL.issuperset(phone) or len(phone) != size * 2:
        raise JT808Error(f"终端手机号 {header.phone!r} 应为最多 {size * 2} 位数字", "header")
    content = _FIRST.pack(header.message_id, properties)
    content += bytes([header.version]) if header.version is not None else b""
    content += bytes.fromhex(phone) + header.serial.to_bytes(2, "big")
    if properties & _SPLIT:
        content += header.total.to_bytes(2, "big") + header.index.to_bytes(2, "big")
    content += body
    content += bytes([check(content)])
    return FLAG + content.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + FLAG


def unwrap(raw: bytes) -> Frame:
    """The frame in some bytes, checked for escapes, check and length.

    >>> unwrap(bytes.fromhex("7e00020000012345678900000a817e")).header.phone
    '012345678900'
    """
    inner = bytes(raw).strip(FLAG)
    if not inner:
        raise JT808Error("标识位 7E 之间没有内容", "garbage")
    if FLAG in inner:
        raise JT808Error("一行里有多个帧：标识位 7E 出现在中间", "garbage")
    return _frame(inner)


def _frame(inner: bytes) -> Frame:
    """The frame between two flags."""
    raw, content = FLAG + inner + FLAG, inner
    if b"\x7d" in inner:
        if inner.count(b"\x7d") != inner.count(b"\x7d\x01") + inner.count(b"\x7d\x02"):
            raise JT808Error("转义错误：7D 之后应为 01 或 02", "escape")
        content = inner.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    if len(content) < 13:
        raise JT808Error(f"帧只有 {len(content)} 字节，消息头和校验码至少 13 字节", "length")
    if given := check(content):
        raise JT808Error(f"校验码错误：收到 {content[-1]:02X}，应为 {content[-1] ^ given:02X}", "check")
    message_id, properties = _FIRST.unpack_from(content)
    declared, given, is_split = properties & BODY_LIMIT, len(content) - 1, properties & _SPLIT
    head = 16 if is_split else 12
    is_2019 = bool(properties & _VERSION)
    # Before 2019 bit 14 was reserved, and some terminals of then set it: the length tells which header it is.
    if is_2019 and given - head != declared:
        head += 5
    else:
        is_2019 = False
    if given < head:
        raise JT808Error(f"帧只有 {len(content)} 字节，消息头没有完", "length")
    if given - head != declared:
        raise JT808Error(f"消息体长度声明为 {declared} 字节，实际 {given - head} 字节", "length")
    at = 15 if is_2019 else 10
    total = index = 1
    spare = (properties & _RESERVED and 4) | (0 if is_2019 else properties & _VERSION and 2)
    if is_split:
        total, index = _FIRST.unpack_from(content, at + 2)
        if not 1 <= index <= total:
            raise JT808Error(f"分包序号 {index} 不在 1 到 {total} 之间", "header")
        spare |= total == 1
    header = Header(
        message_id, content[at - 10 if is_2019 else at - 6 : at].hex(), content[at] << 8 | content[at + 1],
        content[4] if is_2019 else None, properties >> 10 & 7, total, index, spare,
    )  # fmt: skip
    return Frame(raw, header, content[head:-1])


class Splitter:
    """Frames out of a stream that arrives in pieces of any size; the same bytes always give the same values.

    >>> frame = bytes.fromhex("7e00020000012345678900000a817e")
    >>> splitter = Splitter()
    >>> [len(splitter.feed(part)) for part in (frame[:5], frame[5:] + frame)]
    [0, 2]
    """

    def __init__(self) -> None:
        self._rest = b""
        self._is_inside = False  # a flag was seen
        self._is_overlong = False

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The frames, and the bytes that are none, that these bytes complete."""
        found: list[Frame | Malformed] = []
        *whole, self._rest = (self._rest + data).split(FLAG)
        for part in whole:
            self._part(part, found)
            self._is_inside, self._is_overlong = True, False
        if len(self._rest) > FRAME_LIMIT:
            self._rest = self._shed(self._rest, found)
        return found

    def lend(self) -> bytes | None:
        """Hand out the bytes that wait for more, for another reader to go on with; None amid what is too long."""
        if self._is_overlong:
            return None
        rest, self._rest = self._rest, b""
        is_inside, self._is_inside = self._is_inside, False
        return FLAG + rest if is_inside else rest

    def close(self) -> list[Malformed]:
        """What is left when the stream ends: an unfinished frame, if any."""
        rest, self._rest = self._rest, b""
        is_inside, self._is_inside, self._is_overlong = self._is_inside, False, False
        if not rest:
            return []
        return [Malformed(FLAG + rest if is_inside else rest, "连接结束时帧不完整", "truncated")]

    def _part(self, part: bytes, found: list[Frame | Malformed]) -> None:
        if not part:
            return
        if self._is_overlong or len(part) > FRAME_LIMIT:
            rest = self._shed(part, found)
            found.append(Malformed(rest, f"两个标识位之间超过 {FRAME_LIMIT} 字节", "limit"))
        elif not self._is_inside:
            found.append(Malformed(part, "帧应以标识位 7E 开始", "garbage"))
        else:
            try:
                found.append(_frame(part))
            except JT808Error as error:
                found.append(Malformed(FLAG + part + FLAG, str(error), error.code))

    def _shed(self, part: bytes, found: list[Frame | Malformed]) -> bytes:
        """Hand out what is too long for a frame in pieces; what is left of it."""
        while len(part) > FRAME_LIMIT:
            found.append(Malformed(part[:FRAME_LIMIT], f"两个标识位之间超过 {FRAME_LIMIT} 字节", "limit"))
            part, self._is_overlong = part[FRAME_LIMIT:], True
        return part
