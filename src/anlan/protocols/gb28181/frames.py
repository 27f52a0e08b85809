"""Whole SIP messages out of datagrams and TCP streams, told apart by Content-Length (RFC 3261 18.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_LIMIT = 16_384
"""Bytes of a start line and headers."""
BODY_LIMIT = 524_288
"""Bytes of a body; a catalogue of 100 items takes about 60 000."""

_BETWEEN = b"\r\n \t\x00"  # keep-alives between messages (RFC 5626 4.4.1) are not worth a report
_METHODS = rb"REGISTER|MESSAGE|NOTIFY|SUBSCRIBE|INVITE|ACK|BYE|CANCEL|INFO|OPTIONS|UPDATE|PRACK|REFER|PUBLISH"
_STATUS = rb"SIP/2\.0 [1-6]\d\d(?: [^\r\n]*)?"
_START = re.compile(
    rb"^(?:[A-Z][A-Za-z0-9\-.!%*_+`'~]{0,31} [^\s:]{1,8}:[^\s]{1,512} SIP/2\.0|" + _STATUS + rb")\r?$", re.MULTILINE
)
_START_ANYWHERE = re.compile(
    rb"(?:(?:" + _METHODS + rb") sips?:[^\s]{1,512} SIP/2\.0|" + _STATUS + rb")\r?$", re.MULTILINE
)
"""A start line right behind garbage that ends without a line break."""
_CONTENT_LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_MISSING = b""


class GB28181Error(ValueError):
    """What is wrong with a GB/T 28181 message, naming the field, what came and what is right."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One SIP message: its head as sent, and its body."""

    head: bytes
    """Start line and headers, without the blank line."""
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        """The message with its blank line."""
        return wrap(self.head, self.body)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no SIP message, kept, with the reason."""

    raw: bytes
    reason: str
    code: str
    """``garbage``, ``limit``, ``length`` or ``truncated``."""


def wrap(head: bytes, body: bytes = b"") -> bytes:
    """The bytes of a message whose head already says how long the body is.

    >>> wrap(b"SIP/2.0 200 OK", b"")
    b'SIP/2.0 200 OK\\r\\n\\r\\n'
    """
    return b"%b\r\n\r\n%b" % (head, body)


def unwrap(datagram: bytes) -> Frame:
    """The message in one datagram: bytes behind Content-Length are no part of it (RFC 3261 18.3).

    >>> unwrap(b"SIP/2.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nabc")
    Frame(head=b'SIP/2.0 200 OK\\r\\nContent-Length: 2', body=b'ab')
    """
    message = datagram.lstrip(_BETWEEN)
    end, behind = _head_end(message, 0, len(message))
    if end < 0:
        end, behind = len(message.rstrip(b"\r\n")), len(message)
    head, body = bytes(message[:end]), bytes(message[behind:])
    if not head or not _START.match(head):
        raise GB28181Error(f"起始行应为 方法 URI SIP/2.0 或 SIP/2.0 状态码，收到 {head[:40]!r}")
    if end > HEAD_LIMIT:
        raise GB28181Error(f"消息头 {end} 字节，超过上限 {HEAD_LIMIT}")
    size, problem = _body_size(head)
    if problem:
        raise GB28181Error(problem)
    if size is None:
        return Frame(head, body)
    if len(body) < size:
        raise GB28181Error(f"Content-Length 声明 {size} 字节，消息体只有 {len(body)} 字节")
    return Frame(head, body[:size])


def is_start_line(line: bytes) -> bool:
    """Whether a splitter would know this line as the start of a message.

    >>> is_start_line(b"BYE sip:1@2 SIP/2.0"), is_start_line(b"BYE")
    (True, False)
    """
    match = _START.match(line)
    return match is not None and match.end() == len(line)


def _head_end(data: bytes | bytearray, start: int, stop: int) -> tuple[int, int]:
    """Where the head ends and where the body starts; (-1, -1) without a blank line."""
    usual, bare = data.find(b"\n\r\n", start, stop), data.find(b"\n\n", start, stop)
    at, size = (usual, 3) if bare < 0 or 0 <= usual < bare else (bare, 2)
    if at < 0:
        return -1, -1
    return at - (at > 0 and data[at - 1] == 13), at + size


def _body_size(head: bytes) -> tuple[int | None, str]:
    """The declared size of the body, or what is wrong with it."""
    declared = [value.strip() for value in _CONTENT_LENGTH.findall(head)]
    if not declared:
        return None, ""
    if len(set(declared)) > 1:
        return None, f"Content-Length 出现 {len(declared)} 次且不一致"
    digits = declared[0]
    if not digits.isdigit() or len(digits) > 9:
        return None, f"Content-Length 应为不超过 9 位的十进制数字，收到 {digits[:20]!r}"
    if int(digits) > BODY_LIMIT:
        return None, f"Content-Length 声明 {int(digits)} 字节，超过上限 {BODY_LIMIT}"
    return int(digits), ""


class Splitter:
    """Messages out of a TCP stream that arrives in pieces of any size; the same bytes give the same values.

    >>> splitter = Splitter()
    >>> splitter.feed(b"\\r\\n\\r\\nSIP/2.0 200 OK\\r\\nl: 2")
    []
    >>> splitter.feed(b"\\r\\n\\r\\nab?")
    [Frame(head=b'SIP/2.0 200 OK\\r\\nl: 2', body=b'ab')]
    >>> [value.code for value in splitter.close()]
    ['truncated']
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0  # no head ends before this place
        self._behind = 0  # where the body starts, once the head is whole and good
        self._head = _MISSING
        self._size = 0

    def feed(self, data: bytes) -> list[Frame | Malformed]:
        """The messages, and the bytes that are none, that these bytes complete."""
        self._buffer += data
        found: list[Frame | Malformed] = []
        while self._step(found):
            pass
        return found

    def close(self) -> list[Malformed]:
        """What is left when the stream ends: an unfinished message, if any."""
        rest = bytes(self._buffer.strip(_BETWEEN))
        self._drop(len(self._buffer))
        return [Malformed(rest, "连接结束时消息不完整", "truncated")] if rest else []

    def _step(self, found: list[Frame | Malformed]) -> bool:
        """Take one decision from the head of the buffer; False when more bytes are needed first."""
        buffer = self._buffer
        if self._head:
            end = self._behind + self._size
            if len(buffer) < end:
                return False
            found.append(Frame(self._head, bytes(buffer[self._behind : end])))
            self._drop(end)
            return True
        blank = len(buffer) - len(buffer.lstrip(_BETWEEN))
        if blank:
            self._drop(blank)
        end, behind = _head_end(buffer, max(self._scanned - 3, 0), HEAD_LIMIT)
        if end >= 0:
            return self._take_head(found, bytes(buffer[:end]), behind)
        self._scanned = len(buffer)
        return len(buffer) >= HEAD_LIMIT and self._give_up(found)

    def _take_head(self, found: list[Frame | Malformed], head: bytes, behind: int) -> bool:
        starts = [match.start() for match in _START.finditer(head)]
        if not starts or starts[0]:
            match = _START_ANYWHERE.search(head)
            start = min([*starts[:1], match.start() if match else behind])
            return self._give(found, start, "不是 SIP 消息", "garbage")
        if len(starts) > 1:
            return self._give(found, starts[1], "消息头未完，又见起始行", "truncated")
        size, problem = _body_size(head)
        if problem:
            return self._give(found, behind, problem, "length")
        self._head, self._behind, self._size = head, behind, size or 0
        return True

    def _give_up(self, found: list[Frame | Malformed]) -> bool:
        """Hand out the longest allowed head that does not end, up to a start line in it."""
        block = bytes(self._buffer[:HEAD_LIMIT])
        match = _START_ANYWHERE.search(block, 1)
        return self._give(found, match.start() if match else HEAD_LIMIT, f"消息头超过上限 {HEAD_LIMIT} 字节", "limit")

    def _give(self, found: list[Frame | Malformed], size: int, reason: str, code: str) -> bool:
        found.append(Malformed(bytes(self._buffer[:size]), reason, code))
        self._drop(size)
        return True

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._scanned, self._behind, self._head, self._size = 0, 0, _MISSING, 0
