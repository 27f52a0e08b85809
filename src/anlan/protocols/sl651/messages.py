"""SL 651 messages: frames with their bodies understood, and back to bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from anlan.protocols.sl651 import bodies as b
from anlan.protocols.sl651 import characters, hexadecimal
from anlan.protocols.sl651.codes import FUNCTIONS, MEANINGS, STATES
from anlan.protocols.sl651.elements import Element
from anlan.protocols.sl651.frames import Frame, Header, SL651Error, unwrap, wrap
from anlan.protocols.sl651.values import number

_FIVE_MINUTES = timedelta(minutes=5)
_ARRAYS = frozenset({"rain", "level"})


class Observation(NamedTuple):
    """One measured number; a named tuple because a busy gateway makes millions of them."""

    station: str
    """Station address, ten hexadecimal digits."""
    station_class: str
    """Letter of table A.1."""
    element: str
    """ASCII symbol: ``PJ``, ``Z``, ``VT``; the identifier when the standard has no symbol."""
    identifier: str
    """Identifier lead: ``20``, ``FF09``."""
    name: str
    observed: datetime
    """Time of the value, or end of its period, in Beijing time."""
    value: float | None
    unit: str
    decimals: int
    flag: str
    """Empty when the value is a number, else ``missing``, ``invalid``, ``raw`` or ``state``."""
    meaning: str
    """What a coded value says in words: a wind direction, a gate out of the water."""
    raw: str
    """The bytes of this value, hexadecimal."""
    is_time_assumed: bool
    """Whether the time is not the one that the frame states by the letter of the standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One SL 651 message."""

    header: Header
    serial: int | None = None
    """Serial number (流水号); None in all but the first packet of several."""
    sent: datetime | None = None
    """Time of sending (发报时间)."""
    body: b.Body = b.Empty()

    def observations(self) -> tuple[Observation, ...]:
        """Every measured number with its own time; arrays and series are spread over theirs.

        >>> raw = bytes.fromhex(
        ...     "7e7e05001122334403e832002b020034170718110016f1f1001122334448f0f0170718110020190000402619"
        ...     "0000403923000104903812109903a421")
        >>> [(row.element, row.value, row.unit) for row in decode(raw).observations()]
        [('PJ', 4.0, 'mm'), ('PT', 4.0, 'mm'), ('Z', 10.49, 'm'), ('VT', 10.99, 'V')]
        """
        if not isinstance(self.body, b.Report) or self.sent is None:
            return ()
        rows: list[Observation] = []
        station, station_class, observed = self.header.station, "", self.sent
        for block in self.body.blocks:
            if block.station:
                station, station_class, observed = block.station, block.station_class, self.sent
            observed = block.observed or observed
            for reading in block.readings:
                rows += _spread(reading, block, (station, station_class), observed, self.sent)
        return tuple(rows)


_Place = tuple[str, str]


def _spread(reading: b.Reading, block: b.Block, place: _Place, observed: datetime, sent: datetime) -> list[Observation]:
    """The observations of one reading."""
    row = reading.element
    kind = row.kind if row else "free"
    if kind == "number" and block.step is None:
        value = number(reading.data, reading.definition & 7)
        return [_observation(reading, row, place, observed, value, reading.data)]
    if kind not in ("number", "free", "bits", *_ARRAYS):
        return []
    values = reading.values()
    if kind in _ARRAYS:
        interval = block.step.interval if block.step and any(block.step) else timedelta(hours=1)
        offsets = [at // 12 * interval + at % 12 * _FIVE_MINUTES for at in range(len(values))]
    else:
        interval = block.step.interval if block.step is not None else timedelta(0)
        offsets = [at * interval for at in range(len(values))]
    # An hour that would end after the frame was sent was stamped with its last time, not its first.
    filled = [offset for offset, value in zip(offsets, values, strict=True) if value is not None]
    is_assumed = kind in _ARRAYS and bool(filled) and observed + filled[-1] > sent + _FIVE_MINUTES
    first = observed - offsets[-1] if is_assumed else observed
    return [
        _observation(reading, row, place, first + offset, value, part, is_assumed)
        for part, value, offset in zip(reading.parts(), values, offsets, strict=True)
    ]


def _observation(
    reading: b.Reading,
    row: Element | None,
    place: _Place,
    observed: datetime,
    value: float | None,
    part: bytes,
    is_assumed: bool = False,
) -> Observation:
    identifier = reading.identifier
    symbol, name, unit = (row.symbol, row.name, row.unit) if row else (identifier, "", "")
    flag = meaning = ""
    if value is None:
        flag = reading.flag(part)
    elif identifier in MEANINGS and value.is_integer():
        meaning = MEANINGS[identifier].get(int(value), "")
        if value in STATES.get(identifier, ()):
            value, flag = None, "state"
    decimals = reading.definition & 7 if row and row.kind == "number" else reading.decimals
    return Observation(
        *place, symbol, identifier, name, observed, value, unit, decimals, flag, meaning, part.hex(), is_assumed
    )


def decode(raw: bytes) -> Message:
    """Read one frame; a single packet of several gives a :class:`Fragment`.

    >>> message = decode(bytes.fromhex("7e7e00987654321012342f0008027e0822101110074703c3ae"))
    >>> message.serial, message.sent.isoformat(), message.body
    (32264, '2022-10-11T10:07:47+08:00', Empty())
    """
    return interpret(unwrap(raw))


def interpret(frame: Frame) -> Message:
    """Read the body of a frame that a splitter found."""
    header, body = frame.header, frame.body
    codec = hexadecimal if header.coding == "hex" else characters
    is_part = header.total > 1 and header.direction == "up"
    if is_part or header.function not in FUNCTIONS:
        kind = b.Fragment if is_part else b.Custom
        if is_part and header.index > 1:
            return Message(header=header, body=kind(body))
        try:
            serial, sent = codec.read_head(body)
        except SL651Error:
            return Message(header=header, body=kind(body))
        return Message(header=header, serial=serial, sent=sent, body=kind(body[codec.HEAD :]))
    serial, sent = codec.read_head(body)
    return Message(header=header, serial=serial, sent=sent, body=codec.read(header, body[codec.HEAD :]))


def encode(message: Message) -> bytes:
    """The frame of a message; what is too long for one frame goes into :func:`packets`.

    >>> raw = bytes.fromhex("7e7e00987654321012342f0008027e0822101110074703c3ae")
    >>> encode(decode(raw)) == raw
    True
    """
    header = message.header
    if header.total > 1 and header.direction == "up" and not isinstance(message.body, b.Fragment):
        header = replace(header, total=0, index=0)
    return wrap(header, content(message))


def content(message: Message) -> bytes:
    """The whole body of a message as bytes, serial and time included."""
    codec = hexadecimal if message.header.coding == "hex" else characters
    try:
        rest: bytes = codec.write(message.header, message.body)
        if message.serial is None or message.sent is None:
            if isinstance(message.body, b.Fragment | b.Custom):
                return rest
            raise SL651Error("serial and time: both are needed")
        head: bytes = codec.write_head(message.serial, message.sent)
        return head + rest
    except SL651Error:
        raise
    except (ValueError, OverflowError, TypeError) as problem:
        raise SL651Error(f"body: it cannot be written, {problem}") from None
