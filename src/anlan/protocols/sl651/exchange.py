"""Who answers what in SL 651 (链路传输规约, 6.3): confirmations, requests, packets sent and put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from anlan.protocols.sl651.bodies import Body, Empty, Fragment
from anlan.protocols.sl651.frames import (
    ACK,
    BODY_LIMIT,
    ENQ,
    EOT,
    ESC,
    ETB,
    ETX,
    NAK,
    Frame,
    Header,
    SL651Error,
    wrap,
)
from anlan.protocols.sl651.messages import Message, content, encode, interpret

KEEP_ALIVE = 0x2F


def acknowledge(message: Message, *, at: datetime, stay_online: bool = False) -> bytes:
    """The frame by which the centre confirms (确认) what a station sent; no bytes for what has no answer.

    A report that ends in ETB is answered with ACK (more follows), any other with EOT, or with ESC to keep the
    station online; a message in packets (M3) is answered once, with the number of its last packet, and never
    packet by packet. Keep-alive has no answer (6.6.4.2), nor has a station that sends one way (M1): then do
    not call this.

    >>> from anlan.protocols.sl651.messages import decode
    >>> from anlan.protocols.sl651.codes import SHANGHAI
    >>> report = decode(bytes.fromhex("7e7e05001122334403e8320008020034170718110016037545"))
    >>> acknowledge(report, at=datetime(2017, 7, 18, 11, 0, 17, tzinfo=SHANGHAI)).hex()
    '7e7e00112233440503e832800802003417071811001704bd94'
    """
    header = message.header
    if header.direction == "down":
        raise SL651Error("direction: only what a station sends is confirmed", "header")
    if header.function == KEEP_ALIVE or isinstance(message.body, Fragment):
        return b""
    more_follows = header.end == ETB and not header.total
    end = ACK if more_follows else ESC if stay_online else EOT
    answer = replace(header, direction="down", index=header.total, end=end)
    return encode(Message(header=answer, serial=message.serial or 0, sent=at, body=Empty()))


def reject(header: Header, missing: Iterable[int], *, at: datetime, serial: int = 0) -> list[bytes]:
    """The frames that ask a station for lost packets again (NAK), one for each (table 23 a)."""
    answers = []
    for index in missing:
        answer = replace(header, direction="down", index=index, end=NAK)
        answers.append(encode(Message(header=answer, serial=serial, sent=at, body=Empty())))
    return answers


def request(
    function: int,
    *,
    station: str,
    at: datetime,
    centre: int = 1,
    password: str = "0000",
    body: Body | None = None,
    coding: str = "hex",
) -> bytes:
    """A query or order of the centre (M4), ended by ENQ; its serial number is 0 (6.6.2.4).

    >>> from anlan.protocols.sl651.codes import SHANGHAI
    >>> noon = datetime(2019, 8, 10, 12, tzinfo=SHANGHAI)
    >>> request(0x37, station="0011223344", password="03e8", at=noon).hex()
    '7e7e00112233440103e8378008020000190810120000051658'
    """
    header = Header(
        function=function,
        station=station,
        centre=centre,
        password=password,
        direction="down",
        coding="ascii" if coding == "ascii" else "hex",
        end=ENQ,
    )
    return encode(Message(header=header, serial=0, sent=at, body=body or Empty()))


def packets(message: Message, *, size: int = 220) -> list[bytes]:
    """The frames of a message that is too long for one, its body cut into packets of ``size`` (M3).

    >>> from anlan.protocols.sl651.messages import decode
    >>> report = decode(bytes.fromhex("7e7e05001122334403e8320008020034170718110016037545"))
    >>> [frame[11:17].hex() for frame in packets(report, size=5)]
    ['000816002001', '000616002002']
    """
    whole = content(message)
    numbers = 3 if message.header.coding == "hex" else 6
    if not 1 <= size <= BODY_LIMIT - numbers:
        raise SL651Error(f"packets: a size of 1 to {BODY_LIMIT - numbers} bytes expected, {size} given")
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    total = len(pieces)
    if total > 4095:
        raise SL651Error(f"packets: {total} are needed, 4095 are allowed")
    ends = [ETB] * (total - 1) + [ETX]
    return [
        wrap(replace(message.header, total=total, index=index, end=end), piece)
        for index, (piece, end) in enumerate(zip(pieces, ends, strict=True), 1)
    ]


@dataclass(slots=True)
class _Transfer:
    header: Header
    last: datetime
    bodies: dict[int, bytes] = field(default_factory=dict)
    size: int = 0


_Key = tuple[str, int, int, int, str]


def _key(header: Header) -> _Key:
    return header.station, header.centre, header.function, header.total, header.coding


class Assembler:
    """Long messages out of their packets, in any order, each within limits of time, bytes and number.

    ``size_limit`` bounds one message, ``open_limit`` the messages under way; the oldest gives way.
    """

    def __init__(
        self,
        *,
        size_limit: int = 4 * 1024 * 1024,
        open_limit: int = 64,
        lifetime: timedelta = timedelta(minutes=10),
    ) -> None:
        self._size_limit, self._open_limit, self._lifetime = size_limit, open_limit, lifetime
        self._open: dict[_Key, _Transfer] = {}

    def add(self, frame: Frame, *, at: datetime) -> Message | None:
        """The message that this frame completes, None while packets are missing; a single frame is complete.

        The header of a message in packets is the one of the packet that completed it.
        """
        header = frame.header
        if header.total <= 1:
            return interpret(frame)
        self.expire(at=at)
        key = _key(header)
        known = self._open.get(key)
        if known and header.index == 1 and known.bodies.get(1, frame.body) != frame.body:
            known = None  # another message has begun
        if not known:
            self._open.pop(key, None)
            if len(self._open) >= self._open_limit:
                del self._open[min(self._open, key=lambda other: self._open[other].last)]
            known = self._open[key] = _Transfer(header, at)
        known.last = at
        known.size += len(frame.body) - len(known.bodies.get(header.index, b""))
        if known.size > self._size_limit:
            del self._open[key]
            raise SL651Error(f"packets: the message is longer than {self._size_limit} bytes", "limit")
        known.bodies[header.index] = frame.body
        if len(known.bodies) < header.total:
            return None
        del self._open[key]
        order = range(1, header.total + 1)
        body = b"".join(known.bodies[index] for index in order)
        whole = interpret(Frame(replace(header, total=1, index=1), body, b""))
        return replace(whole, header=header)

    def missing(self, header: Header) -> tuple[int, ...]:
        """Numbers of the packets that are missing from a message under way."""
        transfer = self._open.get(_key(header))
        return tuple(index for index in range(1, header.total + 1) if not transfer or index not in transfer.bodies)

    def expire(self, *, at: datetime) -> tuple[Header, ...]:
        """The messages that were not completed in time and are given up, by the header of a packet of each."""
        late = [key for key, transfer in self._open.items() if at - transfer.last > self._lifetime]
        return tuple(self._open.pop(key).header for key in late)
