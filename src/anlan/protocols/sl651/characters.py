"""Bodies in ASCII coding (SL 651-2014 6.4, 6.6.2): symbols and values, each with a blank behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from anlan.protocols.sl651 import bodies as b
from anlan.protocols.sl651 import hexadecimal
from anlan.protocols.sl651.codes import REPORTS, SERIES, SETTINGS, STATION_CLASSES, STATUS
from anlan.protocols.sl651.elements import ELEMENTS, PARAMETERS, SYMBOLS, Element
from anlan.protocols.sl651.frames import Header, SL651Error
from anlan.protocols.sl651.values import Step, is_invalid, is_missing, moment, stamp

HEAD = 16  # serial 4, time 12
_BY_SYMBOL = {symbol.upper(): row for symbol, row in SYMBOLS.items()}
_STEP = re.compile(r"DR([DHN])(\d\d)")
_UNITS = {"D": "days", "H": "hours", "N": "minutes"}
_NUMBER = re.compile(r"[+-]?\d{1,60}(\.\d{1,7})?")
_OWN = re.compile(r"FF[0-9A-F]{2}|7[6-9A-F]|[89A-E][0-9A-F]")  # user-defined and reserved identifiers
_HEXADECIMAL = frozenset({"rain", "level", "bits"})
_TO_THE_END = frozenset({"text", "picture", "bytes"})


def read_head(body: bytes) -> tuple[int, datetime]:
    """Serial number and time of sending, the first sixteen characters of a body.

    >>> read_head(b"0034170718110016")[0]
    52
    """
    if len(body) < HEAD:
        raise SL651Error(f"serial and time: {HEAD} characters expected, {len(body)} received")
    return hexadecimal.read_head(_bytes(_characters(body[:HEAD], "serial and time"), "serial and time"))


def write_head(serial: int, sent: datetime) -> bytes:
    """Serial number and time of sending as sixteen characters."""
    return hexadecimal.write_head(serial, sent).hex().upper().encode()


def _characters(data: bytes, field: str) -> str:
    if not data.isascii():
        raise SL651Error(f"{field}: ASCII characters expected")
    return data.decode("ascii")


def _bytes(text: str, field: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise SL651Error(f"{field}: {text!r} are no hexadecimal digits") from None


class _Words:
    """The blank-separated words of a body, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def peek(self) -> str:
        """The next word without taking it; empty at the end."""
        return self._find()[0]

    def take(self, field: str) -> str:
        """The next word, which must be there."""
        word, end = self._find()
        if not word:
            raise SL651Error(f"{field}: nothing is left")
        self._place = end
        return word

    def rest(self) -> bytes:
        """All bytes that are left, without the blank before and the blank behind them."""
        start, end = self._place, len(self._data)
        start += self._data[start : start + 1] == b" "
        end -= end > start and self._data[end - 1 : end] == b" "
        self._place = len(self._data)
        return self._data[start:end]

    def _find(self) -> tuple[str, int]:
        start, data = self._place, self._data
        while data[start : start + 1] == b" ":
            start += 1
        end = data.find(b" ", start)
        end = len(data) if end < 0 else end
        return _characters(data[start:end], "word"), end


def read(header: Header, rest: bytes) -> b.Body:
    """What follows serial and time, by function and direction."""
    if not rest.strip(b" "):
        return b.Empty()
    function, is_up = header.function, header.direction == "up"
    words = _Words(rest)
    if is_up and function in REPORTS:
        return _read_report(words, is_series=function in SERIES)
    station = _read_station(words) if words.peek() == "ST" else ""
    if not is_up and function == 0x38:
        return _read_period_query(words, station)
    if not is_up and function in (0x3A, 0x41, 0x43):
        return b.Identifiers(_read_items(words, is_element=function == 0x3A), station)
    if function in SETTINGS:
        return b.Settings(_read_settings(words), station)
    if function in STATUS:
        return _read_status(words, station)
    if is_up and function == 0x45:
        return _read_version(words, station)
    if function in range(0x4C, 0x51):
        lead = f"F1F1{station}" if station else ""
        content = _characters(words.rest(), "control data").replace(" ", "")
        body = hexadecimal.read(header, _bytes(lead + content, "control data"))
        return b.Custom(rest) if isinstance(body, b.Custom) else body
    return b.Custom(rest)


def _read_station(words: _Words) -> str:
    words.take("ST")
    station = words.take("station address").lower()
    if len(_bytes(station, "station address")) != 5:
        raise SL651Error(f"station address: ten characters expected, {station!r} received")
    return station


def _read_report(words: _Words, *, is_series: bool) -> b.Report:
    blocks = hexadecimal.Blocks()
    while word := words.peek():
        if word == "ST":
            blocks.close()
            blocks.station = _read_station(words)
            if len(words.peek()) == 1:
                letter = words.take("station class")
                blocks.station_class = letter if letter in STATION_CLASSES else f"{ord(letter):02X}"
        elif word == "TT":
            words.take("TT")
            if blocks.observed or blocks.readings or blocks.step:
                blocks.close()
            blocks.observed = _read_time(words, "observed", 5)
        elif is_series and _STEP.fullmatch(word):
            if blocks.readings or blocks.step:
                blocks.close()
            blocks.step = _read_step(words)
            blocks.readings = _read_series(words)
        else:
            blocks.readings.append(_read_reading(words))
    blocks.close()
    return b.Report(tuple(blocks.done))


def _read_time(words: _Words, field: str, size: int) -> datetime:
    data = _bytes(words.take(field), field)
    if len(data) != size:
        raise SL651Error(f"{field}: {2 * size} digits expected")
    return moment(data, field)


def _read_step(words: _Words) -> Step:
    word = words.take("time step")
    if not (match := _STEP.fullmatch(word)):
        raise SL651Error(f"time step: DRD, DRH or DRN and two digits expected, {word!r} received")
    step = Step(**{_UNITS[match[1]]: int(match[2])})
    return Step.read(step.write())


def _known(word: str) -> tuple[str, Element | None]:
    """Identifier and row of a symbol."""
    row = _BY_SYMBOL.get(word.upper())
    if row:
        return row.identifier, row
    return (word, None) if _OWN.fullmatch(word) else (f"@{word}", None)


def _read_reading(words: _Words) -> b.Reading:
    if _STEP.fullmatch(words.peek()):
        return b.Reading("04", 0x18, _read_step(words).write())
    symbol = words.take("symbol")
    identifier, row = _known(symbol)
    if row and row.kind in _TO_THE_END:
        return b.Reading(identifier, row.definition, words.rest())
    return _reading(identifier, row, [words.take(f"element {symbol}")])


def _reading(identifier: str, row: Element | None, words: Sequence[str]) -> b.Reading:
    """A reading of one value, or of a series."""
    field = f"element {row.symbol if row else identifier}"
    if row and row.kind in _HEXADECIMAL:
        data = _bytes("".join(words), field)
        if len(data) != row.size * len(words):
            raise SL651Error(f"{field}: {2 * row.size} characters expected")
        return b.Reading(identifier, row.definition, data)
    if not row and len(words) == 1 and not _NUMBER.fullmatch(words[0]) and words[0] != "M":
        data = _bytes(words[0], field)
        if (number := _word(data, 0)) != words[0].upper():  # the packed digits of a number, or of a missing one
            return _reading(identifier, None, [number])
        return b.Reading(identifier, len(data) << 3 if len(data) < 32 else 0, data)
    definition, data = _numbers(words, row, field)
    return b.Reading(identifier, definition, data)


def _numbers(words: Sequence[str], row: Element | None, field: str) -> tuple[int, bytes]:
    """Definition byte and packed digits of decimal words; M is a missing one (6.6.4.4 d)."""
    values: list[Decimal | None] = []
    decimals = 0
    for word in words:
        if word == "M":
            values.append(None)
        elif _NUMBER.fullmatch(word):
            values.append(Decimal(word))
            decimals = max(decimals, len(word.partition(".")[2]))
        else:
            raise SL651Error(f"{field}: {word!r} is no number")
    if row and values.count(None) == len(values):
        decimals = row.decimals
    size, data = b.pack(values, decimals, row.size if row else 1)
    return size << 3 | decimals, data


def _read_series(words: _Words) -> list[b.Reading]:
    columns = []
    while (word := words.peek()) and word.upper() in _BY_SYMBOL:
        columns.append(_BY_SYMBOL[words.take("symbol").upper()])
    values = []
    while words.peek():
        values.append(words.take("value"))
    if not columns or len(values) % len(columns):
        raise SL651Error(f"series: {len(values)} values do not fit {len(columns)} elements")
    return [_reading(row.identifier, row, values[at :: len(columns)]) for at, row in enumerate(columns)]


def _read_items(words: _Words, *, is_element: bool) -> tuple[tuple[str, int], ...]:
    items = []
    while words.peek():
        identifier = words.take("identifier")
        row: Element | None
        if is_element:
            identifier, row = _known(identifier)
        else:
            identifier = _bytes(identifier, "identifier").hex().upper()
            row = PARAMETERS.get(identifier)
        items.append((identifier, row.definition if row else 0))
    return tuple(items)


def _read_period_query(words: _Words, station: str) -> b.PeriodQuery:
    start, end = _read_time(words, "start of period", 4), _read_time(words, "end of period", 4)
    return b.PeriodQuery(start, end, _read_step(words), _read_items(words, is_element=True), station)


def _read_settings(words: _Words) -> tuple[b.Setting, ...]:
    settings = []
    while words.peek():
        identifier = _bytes(words.take("parameter"), "parameter").hex().upper()
        row, field = PARAMETERS.get(identifier), f"parameter {identifier}"
        if row and row.kind == "order":
            settings.append(b.Setting(identifier, 0, b""))
            continue
        word = words.take(field)
        if row and row.kind == "card":
            settings.append(b.setting(identifier, word.encode()))
        elif (row and row.kind == "number") or (not row and _NUMBER.fullmatch(word)):
            settings.append(b.Setting(identifier, *_numbers([word], row, field)))
        else:
            settings.append(b.setting(identifier, _bytes(word, field)))
    return tuple(settings)


def _read_status(words: _Words, station: str) -> b.Body:
    if not words.peek():
        return b.Settings((), station)
    if words.take("status") != "ZT":
        raise SL651Error("status: ZT expected")
    data = _bytes(words.take("status"), "status")
    if len(data) != 4 or words.peek():
        raise SL651Error("status: eight characters expected")
    return b.Status(int.from_bytes(data, "big"), station)


def _read_version(words: _Words, station: str) -> b.Version:
    rest = words.rest()
    size = _bytes(_characters(rest[:2], "software version"), "software version")
    text = rest[2:].removeprefix(b" ")
    if len(size) != 1 or len(text) != size[0]:
        raise SL651Error(f"software version: {size.hex()} characters declared, {len(text)} received")
    return b.Version(text, station)


def write(header: Header, body: b.Body) -> bytes:
    """What follows serial and time, as characters."""
    if isinstance(body, b.Custom | b.Fragment):
        return body.data
    if isinstance(body, b.Empty):
        return b""
    if isinstance(body, b.Report):
        return b"".join(map(_write_block, body.blocks))
    return (b"ST %b " % body.station.upper().encode() if body.station else b"") + _write_content(header, body)


def _write_content(header: Header, body: b.Body) -> bytes:
    if isinstance(body, b.Settings):
        return b"".join(map(_write_setting, body.settings))
    if isinstance(body, b.Identifiers):
        return _write_items(body.items, is_element=header.function == 0x3A)
    if isinstance(body, b.PeriodQuery):
        period = hexadecimal.write(header, b.PeriodQuery(body.start, body.end, Step(), ())).hex()
        items = _write_items(body.items, is_element=True)
        return f"{period[:8]} {period[8:16]} {_write_step(body.step)} ".encode() + items
    if isinstance(body, b.Status):
        return b"ZT %08X " % body.bits
    if isinstance(body, b.Version):
        return b"%02X %b " % (len(body.data), body.data)
    content = hexadecimal.write(header, body)
    return content[7 if body.station else 0 :].hex().upper().encode() + b" "  # type: ignore[union-attr]


def _write_items(items: Sequence[tuple[str, int]], *, is_element: bool) -> bytes:
    names = [_symbol(identifier) if is_element else identifier for identifier, _ in items]
    return "".join(f"{name} " for name in names).encode()


def _symbol(identifier: str) -> str:
    row = ELEMENTS.get(identifier)
    return row.symbol if row else identifier.removeprefix("@")


def _write_step(step: Step) -> str:
    set_parts = [(letter, part) for letter, part in zip("DHN", step, strict=True) if part]
    if len(set_parts) > 1:
        raise SL651Error("time step: days, hours or minutes, only one of them")
    letter, part = set_parts[0] if set_parts else ("H", 0)
    return f"DR{letter}{part:02d}"


def _write_block(block: b.Block) -> bytes:
    parts = []
    if block.station:
        code = block.station_class
        letter = code if len(code) < 2 else chr(int(code, 16))
        parts.append(f"ST {block.station.upper()} {letter} ".encode())
    if block.observed:
        parts.append(f"TT {stamp(block.observed, 5).hex()} ".encode())
    if block.step is None:
        return b"".join(parts) + b"".join(map(_write_reading, block.readings))
    parts.append(f"{_write_step(block.step)} ".encode())
    parts += [f"{_symbol(reading.identifier)} ".encode() for reading in block.readings]
    columns = [[part.decode() for part in _words(reading)] for reading in block.readings]
    if len({len(column) for column in columns}) > 1:
        raise SL651Error("series: the elements have different numbers of values")
    parts += [f"{word} ".encode() for row in zip(*columns, strict=True) for word in row]
    return b"".join(parts)


def _words(reading: b.Reading) -> list[bytes]:
    """The values of a reading as words."""
    if reading.kind in _HEXADECIMAL:
        size = reading.group
        return [reading.data[at : at + size].hex().upper().encode() for at in range(0, len(reading.data), size)]
    return [_word(part, reading.definition & 7).encode() for part in reading.parts()]


def _write_reading(reading: b.Reading) -> bytes:
    if reading.identifier == "04":
        return f"{_write_step(Step.read(reading.data))} ".encode()
    values = [reading.data] if reading.kind in _TO_THE_END else _words(reading)
    return b" ".join([_symbol(reading.identifier).encode(), *values, b""])


def _write_setting(setting: b.Setting) -> bytes:
    row = setting.parameter
    kind = row.kind if row else "free"
    if kind == "order":
        return setting.identifier.encode() + b" "
    if kind == "card":
        value = setting.data
    elif kind in ("number", "free"):
        value = _word(setting.data, setting.definition & 7).encode()
    else:
        value = setting.data.hex().upper().encode()
    return b"%b %b " % (setting.identifier.encode(), value)


def _word(data: bytes, decimals: int) -> str:
    """Packed digits as decimal text; M when missing, hexadecimal digits when they are no number."""
    if not data or is_missing(data) or is_invalid(data):
        return "M"
    text = data.hex()
    sign = "-" if text.startswith("ff") else ""
    text = text.removeprefix("ff")
    if not text.isdecimal():
        return data.hex().upper()
    text = str(int(text)).zfill(decimals + 1)
    return f"{sign}{text[:-decimals]}.{text[-decimals:]}" if decimals else sign + text
