"""Bodies in HEX/BCD coding (SL 651-2014 6.5, 6.6.3): identifier, definition byte, packed digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from anlan.protocols.sl651 import bodies as b
from anlan.protocols.sl651.codes import REPORTS, SERIES, SETTINGS, STATION_CLASSES, STATUS, SWITCHES
from anlan.protocols.sl651.elements import ELEMENTS, PARAMETERS
from anlan.protocols.sl651.frames import Header, SL651Error
from anlan.protocols.sl651.values import Step, digits, moment, number, stamp

HEAD = 8  # serial 2, time 6
_MARKED = {0xF0: "observation time", 0xF1: "station address", 0xF2: "manual text", 0xF3: "picture"}
_CLASS_OF = {ord(letter): letter for letter in STATION_CLASSES}
_ONES = {number: bytes((number,)).hex().upper() for number in range(256)}
_NUMBERS = {int(row.identifier, 16): row.identifier for row in ELEMENTS.values() if row.kind == "number"}


def read_head(body: bytes) -> tuple[int, datetime]:
    """Serial number and time of sending, the first eight bytes of a body.

    >>> read_head(bytes.fromhex("0034170718110016"))[0]
    52
    """
    if len(body) < HEAD:
        raise SL651Error(f"serial and time: {HEAD} bytes expected, {len(body)} received")
    return body[0] << 8 | body[1], moment(body[2:HEAD], "sent")


def write_head(serial: int, sent: datetime) -> bytes:
    """Serial number and time of sending as eight bytes."""
    if not 0 <= serial <= 0xFFFF:
        raise SL651Error(f"serial: 0 to 65535 expected, {serial} given")
    return serial.to_bytes(2, "big") + stamp(sent, 6)


def read(header: Header, rest: bytes) -> b.Body:
    """What follows serial and time, by function and direction."""
    if not rest:
        return b.Empty()
    function, is_up = header.function, header.direction == "up"
    if is_up and function in REPORTS:
        return read_report(rest, is_series=function in SERIES)
    station, place = _station(rest)
    if not is_up and function in (0x3A, 0x41, 0x43):
        return b.Identifiers(tuple(_identifiers(rest, place)), station)
    if not is_up and function == 0x38:
        return _read_period_query(rest, place, station)
    if function in SETTINGS:
        return b.Settings(tuple(_settings(rest, place)), station)
    if function in STATUS:
        return _read_status(rest, place, station)
    if function in SWITCHES:
        return _read_switches(rest[place:], station, is_gate=function == 0x4E)
    if function == 0x4F:
        return _read_quota(rest[place:], station)
    if is_up and function == 0x45:
        return _read_version(rest[place:], station)
    if is_up and function == 0x50:
        return _read_events(rest[place:], station)
    return b.Custom(rest)


def _left(data: bytes, place: int, size: int, field: str) -> bytes:
    part = data[place : place + size]
    if len(part) < size:
        raise SL651Error(f"{field}: {size} bytes expected, {len(part)} left")
    return part


def _identifier(data: bytes, place: int) -> tuple[str, int, int]:
    """Identifier, definition byte, and where its data begin."""
    lead = data[place]
    if lead == 0xFF:
        _left(data, place, 3, "identifier FF")
        return "FF" + _ONES[data[place + 1]], data[place + 2], place + 3
    if place + 1 >= len(data):
        raise SL651Error(f"element {_ONES[lead]}: its definition byte is missing")
    return _ONES[lead], data[place + 1], place + 2


def _identifiers(data: bytes, place: int) -> Iterable[tuple[str, int]]:
    while place < len(data):
        identifier, definition, place = _identifier(data, place)
        yield identifier, definition


def _station(data: bytes) -> tuple[str, int]:
    """The station address that F1F1 leads, and where the rest begins."""
    if data[:2] != b"\xf1\xf1":
        return "", 0
    return _left(data, 2, 5, "station address").hex(), 7


class Blocks:
    """Blocks of a report as they are read."""

    def __init__(self) -> None:
        self.done: list[b.Block] = []
        self.readings: list[b.Reading] = []
        self.station = self.station_class = ""
        self.observed: datetime | None = None
        self.step: Step | None = None

    def close(self) -> None:
        if self.readings or self.station or self.observed or self.step:
            self.done.append(b.Block(tuple(self.readings), self.observed, self.station, self.station_class, self.step))
            self.readings, self.station, self.station_class = [], "", ""
            self.observed = self.step = None


def read_report(data: bytes, *, is_series: bool) -> b.Report:
    """Stations, observation times and elements; with a time step, the rest is one element's series.

    >>> report = read_report(bytes.fromhex("f1f1001122334448f0f01707181100392300010490"), is_series=False)
    >>> report.blocks[0].station, report.blocks[0].station_class, report.blocks[0].readings[0].values()
    ('0011223344', 'H', [10.49])
    """
    blocks, place, end = Blocks(), 0, len(data)
    while place < end:
        lead = data[place]
        if lead in _NUMBERS and place + 1 < end and blocks.step is None:
            definition = data[place + 1]  # nearly every reading is such a number: the short way
            stop = place + 2 + (definition >> 3)
            part = data[place + 2 : stop]
            if stop <= end and part.hex().isdecimal():
                blocks.readings.append(b.Reading(_NUMBERS[lead], definition, part))
                place = stop
                continue
        if lead in _MARKED and data[place + 1 : place + 2] != data[place : place + 1]:
            raise SL651Error(f"{_MARKED[lead]}: {lead:02X}{lead:02X} expected")
        if lead == 0xF1:
            blocks.close()
            station = _left(data, place + 2, 6, "station address and class")
            blocks.station = station[:5].hex()
            blocks.station_class = _CLASS_OF.get(station[5]) or _ONES[station[5]]
            place += 8
        elif lead == 0xF0:
            if blocks.observed or blocks.readings or blocks.step:
                blocks.close()
            blocks.observed = moment(_left(data, place + 2, 5, "observed"), "observed")
            place += 7
        elif lead == 0x04 and is_series:
            if blocks.readings or blocks.step:
                blocks.close()
            blocks.step = Step.read(_left(data, place + 2, 3, "time step"))
            place += 5
        else:
            reading, place = _reading(data, place, is_series=blocks.step is not None)
            blocks.readings.append(reading)
    blocks.close()
    return b.Report(tuple(blocks.done))


def _reading(data: bytes, place: int, *, is_series: bool) -> tuple[b.Reading, int]:
    identifier, definition, place = _identifier(data, place)
    row = ELEMENTS.get(identifier)
    kind = row.kind if row else "free"
    if kind in ("text", "picture", "bytes"):
        return b.Reading(identifier, definition, data[place:]), len(data)
    size = row.size if row and kind in ("rain", "level") else definition >> 3
    if is_series and size:
        if (len(data) - place) % size:
            raise SL651Error(f"element {identifier}: {len(data) - place} bytes are no multiple of {size}")
        size = len(data) - place
    if len(data) - place < size:
        raise SL651Error(f"element {identifier}: {size} bytes declared, {len(data) - place} left")
    part = data[place : place + size]
    reading = b.Reading(identifier, definition, part)
    if kind == "number" and not part.hex().isdecimal():
        _check_digits(reading)
    return reading, place + size


def _check_digits(reading: b.Reading) -> None:
    try:
        reading.values()
    except SL651Error as problem:
        raise SL651Error(f"element {reading.identifier}: {problem}") from None


def _settings(data: bytes, place: int) -> Iterable[b.Setting]:
    while place < len(data):
        identifier, definition, place = _identifier(data, place)
        row = PARAMETERS.get(identifier)
        size = definition if identifier == "0E" else definition >> 3  # D.1 row 14
        part = _left(data, place, size, f"parameter {identifier}")
        if row and row.kind == "number":
            try:
                number(part, definition & 7)
            except SL651Error as problem:
                raise SL651Error(f"parameter {identifier}: {problem}") from None
        place += size
        yield b.Setting(identifier, definition, part)


def _read_period_query(data: bytes, place: int, station: str) -> b.PeriodQuery:
    start = moment(_left(data, place, 4, "start of period"), "start of period")
    end = moment(_left(data, place + 4, 4, "end of period"), "end of period")
    if data[place + 8 : place + 9] != b"\x04":
        raise SL651Error("time step: identifier 04 expected")
    step = Step.read(_left(data, place + 10, 3, "time step"))
    return b.PeriodQuery(start, end, step, tuple(_identifiers(data, place + 13)), station)


def _read_status(data: bytes, place: int, station: str) -> b.Body:
    if place == len(data):
        return b.Settings((), station)
    if data[place] != 0x45:
        raise SL651Error("status: identifier 45 expected")
    _, _, place = _identifier(data, place)
    bits = _left(data, place, 4, "status")
    _nothing(data[place + 4 :], "status")
    return b.Status(int.from_bytes(bits, "big"), station)


def _read_switches(data: bytes, station: str, *, is_gate: bool) -> b.Body:
    if not data:
        return b.Settings((), station)
    count = data[0]
    size = (count + 7) // 8 if is_gate else count
    field = "gates" if is_gate else "switches"
    flags = _left(data, 1, size, field)
    states = tuple(bool(flags[place >> 3] >> (place & 7) & 1) for place in range(count if is_gate else 8 * size))
    rest = data[1 + size :]
    if not (is_gate and rest):
        _nothing(rest, field)
        return b.Switches(states, (), station)
    _left(rest, 0, 2 * count, "openings")
    _nothing(rest[2 * count :], "openings")
    return b.Switches(states, tuple(number(rest[at : at + 2], 0) for at in range(0, 2 * count, 2)), station)


def _read_quota(data: bytes, station: str) -> b.Body:
    if not data:
        return b.Settings((), station)
    if data not in (b"\x00", b"\xff"):
        raise SL651Error(f"fixed amount: 00 or FF expected, {data.hex()} received")
    return b.Quota(data == b"\xff", station)


def _read_version(data: bytes, station: str) -> b.Version:
    text = _left(data, 1, data[0] if data else 1, "software version")
    _nothing(data[1 + len(text) :], "software version")
    return b.Version(text, station)


def _read_events(data: bytes, station: str) -> b.Events:
    counts = _left(data, 0, 64, "events")
    _nothing(data[64:], "events")
    return b.Events(tuple(counts[at] << 8 | counts[at + 1] for at in range(0, 64, 2)), station)


def _nothing(rest: bytes, field: str) -> None:
    if rest:
        raise SL651Error(f"{field}: {len(rest)} bytes too many")


def write(header: Header, body: b.Body) -> bytes:
    """What follows serial and time, as bytes."""
    if isinstance(body, b.Empty):
        return b""
    if isinstance(body, b.Custom | b.Fragment):
        return body.data
    if isinstance(body, b.Report):
        return b"".join(map(_write_block, body.blocks))
    if isinstance(body, b.Switches):
        content = _write_switches(body, is_gate=header.function == 0x4E)
    else:
        content = _WRITERS[type(body)](body)
    return (b"\xf1\xf1" + bytes.fromhex(body.station) if body.station else b"") + content


def _write_identifier(identifier: str, definition: int) -> bytes:
    if identifier.startswith("@"):
        raise SL651Error(f"element {identifier[1:]}: it has no identifier in HEX/BCD coding")
    return bytes.fromhex(identifier) + bytes((definition,))


def _write_block(block: b.Block) -> bytes:
    parts = []
    if block.station:
        station_class = block.station_class
        code = ord(station_class) if len(station_class) == 1 else int(station_class, 16)
        parts.append(b"\xf1\xf1%b%c" % (bytes.fromhex(block.station), code))
    if block.observed:
        parts.append(b"\xf0\xf0" + stamp(block.observed, 5))
    if block.step is not None:
        if len(block.readings) > 1:
            raise SL651Error("series: HEX/BCD coding has one element (6.6.4.4 b)")
        parts.append(b"\x04\x18" + block.step.write())
    for reading in block.readings:
        parts += (_write_identifier(reading.identifier, reading.definition), reading.data)
    return b"".join(parts)


def _write_settings(body: b.Settings) -> bytes:
    rows = body.settings
    return b"".join(_write_identifier(row.identifier, row.definition) + row.data for row in rows)


def _write_identifiers(body: b.Identifiers | b.PeriodQuery) -> bytes:
    return b"".join(_write_identifier(*item) for item in body.items)


def _write_period_query(body: b.PeriodQuery) -> bytes:
    period = stamp(body.start, 4) + stamp(body.end, 4)
    return period + b"\x04\x18" + body.step.write() + _write_identifiers(body)


def _write_switches(body: b.Switches, *, is_gate: bool) -> bytes:
    flags = bytearray((len(body.states) + 7) // 8)
    for place, is_on in enumerate(body.states):
        flags[place >> 3] |= is_on << (place & 7)
    openings = b"".join(map(_written_opening, body.openings))
    count = len(body.states) if is_gate else len(flags)
    return bytes((count,)) + flags + openings


def _written_opening(opening: float | None) -> bytes:
    """Two bytes; the sign of a negative one is the first of them."""
    data = digits(opening, 0, 2 if opening is None or opening >= 0 else 1)
    if len(data) != 2:
        raise SL651Error(f"openings: four digits of centimetres expected, {opening} given")
    return data


_WRITERS: dict[type, Callable[..., bytes]] = {
    b.Settings: _write_settings,
    b.Identifiers: _write_identifiers,
    b.PeriodQuery: _write_period_query,
    b.Status: lambda body: b"\x45\x20" + body.bits.to_bytes(4, "big"),
    b.Version: lambda body: bytes((len(body.data),)) + body.data,
    b.Quota: lambda body: b"\xff" if body.is_on else b"\x00",
    b.Events: lambda body: b"".join(count.to_bytes(2, "big") for count in body.counts),
}
