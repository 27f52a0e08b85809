"""Which answer belongs to which request, and when either is sent again (RFC 3261 17), with the time passed in."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sip import Message, encode

T1 = timedelta(milliseconds=500)
T2 = timedelta(seconds=4)
TIMEOUT = 64 * T1
"""Timers B, F, H and J: 32 s."""
PATIENCE = timedelta(seconds=180)
"""How long an INVITE waits once the other side said that it works on it (timer C)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message came from, and goes back to."""

    host: str
    port: int
    transport: str = "UDP"
    connection: Hashable = None
    """Which TCP connection, in the gateway's own terms."""

    @property
    def is_reliable(self) -> bool:
        """Whether the transport sends again by itself."""
        return self.transport.upper() != "UDP"


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes to send."""

    data: bytes
    to: Source


@dataclass(frozen=True, slots=True)
class Final:
    """How a request of ours ended; 408 without message when nobody answered."""

    token: str
    """The Call-ID of the request."""
    request: Message
    status: int
    response: Message | None
    to: Source


@dataclass(slots=True)
class _Asked:
    request: Message
    data: bytes
    to: Source
    next_send: datetime | None
    interval: timedelta
    deadline: datetime
    is_final: bool = False


@dataclass(slots=True)
class _Answered:
    data: bytes
    to: Source
    until: datetime


def branch_of(message: Message) -> tuple[str, str]:
    """What tells the transactions of one side apart: branch and method; ACK belongs to its INVITE."""
    via, (number, method) = message.via, message.sequence
    named = via.branch if via.branch.startswith("z9hG4bK") else f"{via.host}/{message.call_id}/{number}"
    return named, "INVITE" if method == "ACK" else method


class Transactions:
    """Requests that wait for an answer and answers that may be asked for again.

    Each side holds at most `limit`; a flood of new requests pushes the oldest answers out.
    """

    def __init__(self, *, limit: int = 65_536) -> None:
        self._limit = limit
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._answered: dict[tuple[str, str, str], _Answered] = {}

    def ask(self, request: Message, to: Source, now: datetime) -> Send:
        """Send a request and wait for its answer."""
        if len(self._asked) >= self._limit:
            raise GB28181Error(f"等待应答的请求超过 {self._limit} 个")
        data = encode(request)
        first = None if to.is_reliable else now + T1
        self._asked[branch_of(request)] = _Asked(request, data, to, first, T1, now + TIMEOUT)
        return Send(data, to)

    def take(self, response: Message, now: datetime) -> Final | None:
        """What a response ends; None for a provisional one, one that is late or one not asked for."""
        key = branch_of(response)
        asked = self._asked.get(key)
        if asked is None:
            return None
        if response.status < 200:
            asked.next_send = None if key[1] == "INVITE" else asked.next_send and now + T2
            asked.deadline = now + (PATIENCE if key[1] == "INVITE" else TIMEOUT)
            return None
        del self._asked[key]
        return Final(response.call_id, asked.request, response.status, response, asked.to)

    def answer(self, request: Message, response: Message, to: Source, now: datetime) -> Send:
        """Send an answer and keep it for a request that comes again."""
        data = encode(response)
        if request.method != "ACK":
            while len(self._answered) >= self._limit:
                del self._answered[next(iter(self._answered))]
            self._answered[(*branch_of(request), to.host)] = _Answered(data, to, now + TIMEOUT)
        return Send(data, to)

    def repeat(self, request: Message, source: Source) -> Send | None:
        """The answer to a request that was answered before; it goes to where the request came from now."""
        kept = self._answered.get((*branch_of(request), source.host))
        return Send(kept.data, source) if kept else None

    def tick(self, now: datetime) -> list[Send | Final]:
        """What is to be sent again, and what got no answer."""
        found: list[Send | Final] = []
        for key, asked in list(self._asked.items()):
            if now >= asked.deadline:
                del self._asked[key]
                found.append(Final(asked.request.call_id, asked.request, 408, None, asked.to))
            elif asked.next_send is not None and now >= asked.next_send:
                asked.interval = asked.interval * 2 if key[1] == "INVITE" else min(asked.interval * 2, T2)
                asked.next_send = now + asked.interval
                found.append(Send(asked.data, asked.to))
        while self._answered:
            oldest = next(iter(self._answered))
            if self._answered[oldest].until > now:
                break
            del self._answered[oldest]
        return found

    def next_tick(self) -> datetime | None:
        """When tick has something to do; None while nothing waits."""
        times = [asked.deadline for asked in self._asked.values()]
        times += [asked.next_send for asked in self._asked.values() if asked.next_send is not None]
        return min(times, default=None)
