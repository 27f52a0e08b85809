"""What goes back and forth: confirmations, requests of the centre, repetition until somebody answers (7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from anlan.protocols.gb26875 import codes
from anlan.protocols.gb26875.frames import Header, Stamp, wrap
from anlan.protocols.gb26875.messages import (
    AskDeviceOperations,
    AskOperations,
    AskPart,
    AskPresence,
    AskSystem,
    DeviceTime,
    Item,
    Message,
    Reserved,
    answer_header,
    encode,
)

TIMEOUT_S = 3.0
REPEATS = 3
"""An unanswered packet is sent again after three seconds, three times (7.2; RECALLED)."""


def acknowledge(message: Message, at: datetime, *, is_taken: bool = True) -> bytes | None:
    """The confirmation (确认) or denial (否认) of data or a command; None for what is an answer itself.

    >>> from anlan.protocols.gb26875.messages import decode
    >>> sent = Message(Header(7, codes.SEND, Stamp(0, 0, 0, 1, 1, 26), "1", "2"), 21, (Reserved(1),))
    >>> answer = decode(acknowledge(sent, datetime(2026, 1, 1)))
    >>> answer.header.command, answer.header.serial, int(answer.header.destination)
    (3, 7, 1)
    """
    if message.header.command in (codes.CONFIRM, codes.RESPONSE, codes.DENY):
        return None
    return wrap(answer_header(message.header, codes.CONFIRM if is_taken else codes.DENY, Stamp.of(at)))


def request(
    kind: int, *, serial: int, source: str, destination: str, at: datetime, objects: tuple[Item, ...] = (),
    minutes: int = 10, command: int | None = None,
) -> bytes:  # fmt: skip
    """A request (61-88) or command (89-91) of the centre to a device; the clock and the wait are filled in.

    >>> packet = request(90, serial=1, source="2", destination="1", at=datetime(2026, 1, 1))
    >>> packet[26], packet[27]
    (1, 90)
    """
    if kind == 90:
        objects = (DeviceTime(Stamp.of(at).write()),)
    elif kind == 91:
        objects = (AskPresence(minutes),)
    elif not objects:
        objects = (_default(kind, at),)
    order = command if command is not None else codes.CONTROL if kind in (89, 90, 91) else codes.REQUEST
    header = Header(serial, order, Stamp.of(at), source, destination)
    return encode(Message(header, kind, objects))


def _default(kind: int, at: datetime) -> Item:
    if kind in (61, 65, 66, 68):
        return AskSystem(1, 0)
    if kind in (62, 63, 67):
        return AskPart(1, 0, 0)
    if kind == 64:
        return AskOperations(1, 0, 10, Stamp.of(at).write())
    if kind == 84:
        return AskDeviceOperations(10, Stamp.of(at).write())
    return Reserved()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A packet that waits for its answer."""

    packet: bytes
    sent: float
    times: int


class Sender:
    """Repeats what is not answered; time is passed in, in seconds.

    >>> sender = Sender()
    >>> sender.send(b"packet", serial=7, now=0.0)
    >>> [sender.due(now=t) for t in (2.0, 3.0, 6.0, 9.0, 12.0)]
    [([], []), ([b'packet'], []), ([b'packet'], []), ([b'packet'], []), ([], [7])]
    """

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}

    def send(self, packet: bytes, *, serial: int, now: float) -> None:
        """Remember what was sent."""
        self._waiting[serial] = Waiting(packet, now, 0)

    def answered(self, serial: int) -> bool:
        """An answer came; whether anything waited for it."""
        return self._waiting.pop(serial, None) is not None

    def due(self, *, now: float) -> tuple[list[bytes], list[int]]:
        """What is to be sent again, and the numbers that are given up."""
        again, lost = [], []
        for serial, one in list(self._waiting.items()):
            if now - one.sent < TIMEOUT_S:
                continue
            if one.times >= REPEATS:
                lost.append(serial)
                del self._waiting[serial]
            else:
                self._waiting[serial] = replace(one, sent=now, times=one.times + 1)
                again.append(one.packet)
        return again, lost
