"""What goes back and forth: answers of the platform, messages in several packets, packets asked for again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from anlan.protocols.jt808.frames import BODY_LIMIT, Header, wrap
from anlan.protocols.jt808.messages import (
    Answer,
    Body,
    Message,
    MissingParts,
    MissingParts2019,
    Raw,
    RegistrationAnswer,
    ServerTime,
    body_of,
    encode,
)

#: Messages of a terminal that are answers themselves.
ANSWERS = frozenset(
    {0x0001, 0x0005, 0x0104, 0x0107, 0x0201, 0x0302, 0x0500, 0x0608, 0x0700, 0x0802, 0x0805, 0x1003, 0x1205}
)


def acknowledge(
    message: Message, *, serial: int = 0, result: int = 0, code: str = "", at: datetime | None = None
) -> bytes | None:
    """The answer that a terminal waits for; None for what is an answer itself.

    A registration is answered with 8100 (`result` of table 19; 0 hands out `code`), the question for the time with
    8004 when `at` is given, everything else with the general answer 8001.

    >>> from anlan.protocols.jt808.messages import decode
    >>> acknowledge(decode(bytes.fromhex("7e00020000012345678900000a817e"))).hex()
    '7e800100050123456789000000000a000200057e'
    """
    header = message.header
    if header.message_id in ANSWERS:
        return None
    if header.message_id == 0x0100:
        return reply(
            header, 0x8100, RegistrationAnswer(header.serial, result, code if result == 0 else ""), serial=serial
        )
    if header.message_id == 0x0004 and at is not None:
        return reply(header, 0x8004, ServerTime(at.astimezone(UTC).strftime("%y%m%d%H%M%S")), serial=serial)
    return reply(header, 0x8001, Answer(header.serial, header.message_id, result), serial=serial)


def reply(to: Header, message_id: int, body: Body, *, serial: int) -> bytes:
    """A frame for the terminal that sent a header, in its edition."""
    return encode(Message(Header(message_id, to.phone, serial, to.version), body))


def split(message: Message, *, limit: int = BODY_LIMIT) -> tuple[bytes, ...]:
    """The frames of a message, in packets when its body is too long; their serials follow one another.

    >>> long = Message(Header(0x8900, "12345678900", 7), Raw(bytes(2000)))
    >>> [len(frame) for frame in split(long)]
    [1042, 996]
    """
    data = message.body.write()
    if len(data) <= limit:
        return (wrap(message.header, data),)
    parts = [data[start : start + limit] for start in range(0, len(data), limit)]
    return tuple(
        wrap(replace(message.header, serial=(message.header.serial + n) & 0xFFFF, total=len(parts), index=n + 1), part)
        for n, part in enumerate(parts)
    )


@dataclass(slots=True)
class _Waiting:
    since: datetime
    header: Header
    parts: dict[int, bytes] = field(default_factory=dict)
    asked: int = 0


class Assembler:
    """Whole messages from packets (分包); what is missing after a while can be asked for again (8003).

    >>> now = datetime(2026, 11, 24, tzinfo=UTC)
    >>> from anlan.protocols.jt808.messages import decode
    >>> frames = split(Message(Header(0x0900, "12345678900", 7), Raw(b"\\x41" + bytes(2000))))
    >>> assembler = Assembler()
    >>> [assembler.add(decode(frame), now) is not None for frame in reversed(frames)]
    [False, True]
    """

    def __init__(self, *, pending: int = 16, patience: timedelta = timedelta(seconds=30), packets: int = 2048) -> None:
        self._most, self._patience, self._packets = pending, patience, packets
        self._waiting: dict[tuple[str, int, int, int], _Waiting] = {}

    def add(self, message: Message, now: datetime) -> Message | None:
        """The whole message that this packet completes; a message in one packet is whole."""
        header = message.header
        if not header.is_part or not isinstance(message.body, Raw):
            return message
        if header.total > self._packets:
            return message
        first = (header.serial - header.index + 1) & 0xFFFF
        key = (header.phone, header.message_id, header.total, first)
        waiting = self._waiting.setdefault(key, _Waiting(now, replace(header, serial=first, index=1)))
        waiting.parts[header.index] = message.body.data
        if len(waiting.parts) == header.total:
            del self._waiting[key]
            data = b"".join(waiting.parts[n] for n in range(1, header.total + 1))
            whole = replace(header, total=1, index=1)
            return Message(whole, body_of(whole, data))
        if len(self._waiting) > self._most:
            del self._waiting[next(iter(self._waiting))]
        return None

    def missing(self, now: datetime, *, serial: int = 0) -> list[bytes]:
        """Requests for packets that did not come in time, three times each; then they are given up."""
        requests = []
        for key, waiting in list(self._waiting.items()):
            if now - waiting.since < self._patience * (waiting.asked + 1):
                continue
            if waiting.asked == 3:
                del self._waiting[key]
                continue
            waiting.asked += 1
            header = waiting.header
            absent = tuple(n for n in range(1, header.total + 1) if n not in waiting.parts)[:255]
            kind = MissingParts2019 if header.is_2019 else MissingParts
            requests.append(reply(header, 0x8003, kind(header.serial, absent), serial=serial))
        return requests
