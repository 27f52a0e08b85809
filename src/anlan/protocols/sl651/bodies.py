"""What the body of a message (报文正文) can be, in either coding: readings in blocks, settings, switches, queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.protocols.sl651.codes import CHANNELS, collected
from anlan.protocols.sl651.elements import ELEMENTS, PARAMETERS, Element
from anlan.protocols.sl651.frames import SL651Error
from anlan.protocols.sl651.values import Step, digits, is_invalid, is_missing, number

_ARRAYS = {"rain": (12, 1), "level": (24, 2)}  # bytes of one hour, decimals
_WITHOUT_NUMBERS = frozenset({"text", "picture", "bytes", "step"})

Number = float | Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One element as it was sent; in a block with a time step, all its values in a row."""

    identifier: str
    """Two hexadecimal digits, or four when FF leads; ``@`` and the symbol for an unknown ASCII one."""
    definition: int
    """Second byte of the identifier (数据定义): bytes in the high five bits, decimals in the low three."""
    data: bytes

    @property
    def element(self) -> Element | None:
        """The row of table C.1; None when reserved or the user's own."""
        return ELEMENTS.get(self.identifier)

    @property
    def kind(self) -> str:
        """How the bytes are to be read; ``free`` when the standard does not say."""
        row = ELEMENTS.get(self.identifier)
        return row.kind if row else "free"

    @property
    def symbol(self) -> str:
        """ASCII symbol (标识符ASCII码), or the identifier when there is none."""
        row = ELEMENTS.get(self.identifier)
        return row.symbol if row else self.identifier

    @property
    def decimals(self) -> int:
        """Digits after the point."""
        return _ARRAYS[self.kind][1] if self.kind in _ARRAYS else self.definition & 7

    @property
    def group(self) -> int:
        """Bytes of one value, or of one hour for the five-minute arrays F4 to FC."""
        return _ARRAYS[self.kind][0] if self.kind in _ARRAYS else self.definition >> 3

    def parts(self) -> list[bytes]:
        """The bytes of each single value.

        >>> [part.hex() for part in reading("F5", [0.12, None]).parts()[:3]]
        ['000c', 'ffff', 'ffff']
        """
        width = {"rain": 1, "level": 2}.get(self.kind, self.group)
        if self.kind in _WITHOUT_NUMBERS:
            return []
        width = width or max(len(self.data), 1)  # longer than a definition can say
        return [self.data[place : place + width] for place in range(0, len(self.data), width)] or [b""]

    def values(self) -> list[float | None]:
        """The numbers, None where missing, invalid or (for the user's own elements) no number.

        >>> reading("39", 10.49).values(), reading("F4", [0.5, None]).values()[:3]
        ([10.49], [0.5, None, None])
        """
        kind = self.kind
        if kind == "number":
            return [number(part, self.definition & 7) for part in self.parts()]
        if kind == "rain":
            return [None if byte == 0xFF else byte / 10 for byte in self.data]
        words = (int.from_bytes(part, "big") for part in self.parts())
        if kind == "level":
            return [None if word == 0xFFFF else word / 100 for word in words]
        if kind == "bits":
            return [float(word) for word in words]
        return [_number_if_any(part, self.definition & 7) for part in self.parts()]

    def flag(self, part: bytes) -> str:
        """Why a part gives no number: ``missing`` (FF), ``invalid`` (AA), ``raw`` (not decimal), else empty."""
        if not part or is_missing(part):
            return "missing"
        if self.kind in ("number", "free"):
            if is_invalid(part):
                return "invalid"
            if self.kind == "free" and _number_if_any(part, 0) is None:
                return "raw"
        return ""


def _number_if_any(data: bytes, decimals: int) -> float | None:
    try:
        return number(data, decimals)
    except SL651Error:
        return None


def reading(identifier: str, value: Number | Sequence[Number] | bytes, *, decimals: int | None = None) -> Reading:
    """A reading ready to send: a number, a series of numbers, or the bytes of text and picture.

    >>> reading("39", 10.49)
    Reading(identifier='39', definition=35, data=b'\\x00\\x01\\x04\\x90')
    >>> reading("F2", b"Z 1.23").definition == 0xF2
    True
    """
    row = ELEMENTS.get(identifier)
    kind = row.kind if row else "number"
    definition = row.definition if row else 0
    if isinstance(value, bytes):
        return Reading(identifier, definition or len(value) << 3, value)
    if kind == "bits" and isinstance(value, int):
        return Reading(identifier, definition, value.to_bytes(4, "big"))
    series = list(value) if isinstance(value, Sequence) else [value]
    if kind in _ARRAYS:
        return Reading(identifier, definition, _array(kind, series))
    if kind != "number" or isinstance(value, str):
        raise SL651Error(f"element {identifier}: {value!r} cannot be sent")
    places = decimals if decimals is not None else row.decimals if row else 0
    size, data = pack(series, places, row.size if row else 1)
    return Reading(identifier, size << 3 | places, data)


def _array(kind: str, series: Sequence[Number]) -> bytes:
    size, decimals = _ARRAYS[kind]
    width = size // 12
    top = (1 << 8 * width) - 1
    counts = [top if value is None else round(value * 10**decimals) for value in series]
    counts += [top] * (-len(counts) % 12)
    if not counts or any(not 0 <= count <= top for count in counts):
        raise SL651Error(f"five-minute values: from 1 on, each of 0 to {top} expected, {counts} given")
    return b"".join(count.to_bytes(width, "big") for count in counts)


def pack(series: Sequence[Number], decimals: int, size: int) -> tuple[int, bytes]:
    """Numbers as packed digits of one common size, which grows when a number or a sign needs it.

    >>> size, data = pack([1.5, -2, None], 1, 2)
    >>> size, data.hex()
    (3, '000015ff0020ffffff')
    """
    texts = [digits(value, decimals, size) for value in series]
    width = max(map(len, texts))
    for place, value in enumerate(series):
        if len(texts[place]) < width:
            texts[place] = digits(value, decimals, width - (value is not None and value < 0))
    return width, b"".join(texts)


@dataclass(frozen=True, slots=True)
class Block:
    """Readings of one station and one observation time; what a block leaves out, the one before it says."""

    readings: tuple[Reading, ...] = ()
    observed: datetime | None = None
    """Observation time (观测时间), F0F0: the end of a period, or the first of a series."""
    station: str = ""
    """Station address after F1F1, which also starts the next station's part."""
    station_class: str = ""
    """Station class (遥测站分类码), a letter of table A.1, or two hexadecimal digits."""
    step: Step | None = None
    """Time step (时间步长码); each reading then holds all values of its series."""


@dataclass(frozen=True, slots=True)
class Report:
    """Elements that a station reports by itself or on request: functions 30 to 3A and 44."""

    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of annex D as it was sent."""

    identifier: str
    definition: int
    data: bytes

    @property
    def parameter(self) -> Element | None:
        """The row of table D.1 or D.4; None when reserved or the user's own."""
        return PARAMETERS.get(self.identifier)

    @property
    def value(self) -> Any:
        """What the parameter says: a number, an address, a list; hexadecimal digits when it cannot be told.

        >>> Setting("04", 0x50, bytes.fromhex("02218094153172009708")).value
        {'channel': 'IPV4', 'address': '218.94.153.172:9708'}
        >>> Setting("28", 0x23, bytes.fromhex("00010000")).value
        10.0
        """
        row = self.parameter
        kind, data = row.kind if row else "free", self.data
        if kind == "order":
            return None
        if kind == "centres":
            return list(data)
        if kind == "channel" and data:
            return _channel(data)
        if kind == "collected":
            return list(collected(data))
        if kind == "relayed" and len(data) % 6 == 0 and data.hex().isdecimal():
            rows = [data[place : place + 6].hex() for place in range(0, len(data), 6)]
            return [{"first": text[:10], "stations": int(text[10:])} for text in rows]
        if kind == "card" and data.isascii():
            return {"card": data[:1].decode(), "number": data[1:].decode()}
        if kind in ("number", "free") and not (is_missing(data) or is_invalid(data)):
            value = _number_if_any(data, self.definition & 7)
            return data.hex() if value is None else value
        return None if kind == "number" else data.hex()


def _channel(data: bytes) -> dict[str, str]:
    kind = CHANNELS.get(data[0], f"{data[0]:02X}")
    text = data[1:].hex()
    if data[0] == 2 and len(data) == 10 and text.isdecimal():
        parts = [str(int(text[place : place + 3])) for place in range(0, 12, 3)]
        return {"channel": kind, "address": f"{'.'.join(parts)}:{int(text[12:])}"}
    return {"channel": kind, "address": text.lstrip("a")}  # A fills an odd number of digits, 6.6.3.3 b


def setting(identifier: str, value: Number | bytes = b"") -> Setting:
    """A parameter ready to send: a number, or the bytes of any other.

    >>> setting("28", 10), setting("03", bytes.fromhex("1234")).definition
    (Setting(identifier='28', definition=35, data=b'\\x00\\x01\\x00\\x00'), 16)
    """
    row = PARAMETERS.get(identifier)
    if isinstance(value, bytes):
        size = len(value) if identifier == "0E" else len(value) << 3
        if size > 0xFF:
            raise SL651Error(f"parameter {identifier}: {len(value)} bytes are too many")
        return Setting(identifier, size, value)
    if row is None or row.kind != "number":
        raise SL651Error(f"parameter {identifier}: bytes expected")
    width, data = pack([value], row.decimals, row.size)
    return Setting(identifier, width << 3 | row.decimals, data)


@dataclass(frozen=True, slots=True)
class Settings:
    """Parameters set or told, or only the station that answers: functions 40 to 43, 47 to 4A and 51."""

    settings: tuple[Setting, ...] = ()
    station: str = ""


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What is asked for, by identifier and definition byte: functions 3A, 41 and 43 downward."""

    items: tuple[tuple[str, int], ...]
    station: str = ""


@dataclass(frozen=True, slots=True)
class PeriodQuery:
    """Values of a period asked for, by the hour: function 38 downward."""

    start: datetime
    end: datetime
    step: Step
    items: tuple[tuple[str, int], ...]
    station: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Status and alarm word (遥测站状态及报警), table 58: functions 46 and 4B."""

    bits: int
    station: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """Software version (软件版本): function 45 upward."""

    data: bytes
    station: str = ""

    @property
    def text(self) -> str:
        """The version as text."""
        return self.data.decode("gb18030", "replace")


@dataclass(frozen=True, slots=True)
class Switches:
    """Pumps, valves or gates on (open) or off (shut), by number: functions 4C, 4D and 4E."""

    states: tuple[bool, ...]
    openings: tuple[float | None, ...] = ()
    """Openings of gates (闸门开度) in centimetres: function 4E only."""
    station: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """Control by a fixed amount of water (水量定值控制) on or off: function 4F."""

    is_on: bool
    station: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """How often each event ERC1 to ERC32 was logged (table 82): function 50 upward."""

    counts: tuple[int, ...]
    station: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing beyond serial and time: keep-alive, plain queries, confirmations."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One packet of a longer body, to be put together with the others."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Custom:
    """A body that the standard does not describe, kept as it came: reserved and user-defined functions."""

    data: bytes


Body = (
    Report | Settings | Identifiers | PeriodQuery | Status | Version | Switches | Quota | Events | Empty
    | Fragment | Custom
)  # fmt: skip
