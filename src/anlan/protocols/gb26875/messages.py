"""What a GB/T 26875.3 packet says: information objects (信息对象) by type flag, both ways, under readable names."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from anlan.protocols.gb26875 import codes
from anlan.protocols.gb26875.frames import Frame, GB26875Error, Header, Stamp, unwrap, wrap


@dataclass(frozen=True, slots=True)
class Item:
    """One information object."""

    layout: ClassVar[struct.Struct]
    has_stamp: ClassVar[bool] = False

    @classmethod
    def read(cls, data: bytes, at: int) -> tuple[Any, int]:
        """The object that starts at a place, and the place behind it."""
        end = at + cls.layout.size
        if end > len(data):
            raise GB26875Error(f"{cls.__name__} 应有 {cls.layout.size} 字节，只剩 {len(data) - at} 字节")
        return cls(*cls.layout.unpack_from(data, at)), end

    def write(self) -> bytes:
        """The bytes of the object."""
        try:
            return self.layout.pack(*(getattr(self, name) for name in self.names()))
        except struct.error as error:
            raise GB26875Error(f"{type(self).__name__} 不能编码：{error}") from None

    def json(self) -> dict[str, Any]:
        """The object under readable names."""
        return {name: getattr(self, name) for name in self.names()}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields in the order of the bytes."""
        return tuple(one.name for one in fields(cls))


_I = TypeVar("_I", bound=type[Item])
ITEMS: dict[int, type[Item]] = {}
OTHERS: dict[int, type[Item]] = {}
STAMPED = frozenset({1, 2, 3, 4, 21, 24})
"""Types whose objects are each followed by a time tag."""


def item(*types: int) -> Callable[[_I], _I]:
    """Declare the information object of these type flags."""

    def add(kind: _I) -> _I:
        ITEMS.update(dict.fromkeys(types, kind))
        return kind

    return add


def other(*types: int) -> Callable[[_I], _I]:
    """Declare another form of these types' objects, read where the first does not fit."""

    def add(kind: _I) -> _I:
        OTHERS.update(dict.fromkeys(types, kind))
        return kind

    return add


def _named(system: int) -> dict[str, Any]:
    return {"system_type": system, "system_type_name": codes.SYSTEMS.get(system, "")}


@item(1)
@dataclass(frozen=True, slots=True)
class SystemState(Item):
    """The state of a facility's system (系统状态)."""

    layout = struct.Struct("<BBH")
    system: int
    address: int
    state: int

    def json(self) -> dict[str, Any]:
        names = codes.states(self.state, codes.SYSTEM_STATES)
        return _named(self.system) | {"system_address": self.address, "state": self.state, "state_names": names}


def _address(part: int) -> dict[str, int]:
    """Where a part is: its zone (区号) stands in the lower two bytes, its number (位号) in the upper ones."""
    return {"part_address": part, "part_zone": part & 0xFFFF, "part_number": part >> 16}


@dataclass(frozen=True, slots=True)
class _Part(Item):
    """What names a part of a system."""

    @staticmethod
    def place(system: int, address: int, kind: int, part: int) -> dict[str, Any]:
        return _named(system) | {
            "system_address": address, "part_type": kind, "part_type_name": codes.PARTS.get(kind, ""),
            **_address(part),
        }  # fmt: skip


def _description(raw: bytes) -> str:
    text = raw.rstrip(b"\x00 ")
    try:
        return text.decode("gb18030")
    except UnicodeDecodeError:
        return text.hex()


@item(2)
@dataclass(frozen=True, slots=True)
class PartState(_Part):
    """The running state of a part (部件运行状态)."""

    layout = struct.Struct("<BBBIH31s")
    system: int
    address: int
    kind: int
    part: int
    state: int
    description: bytes = b""

    def json(self) -> dict[str, Any]:
        return self.place(self.system, self.address, self.kind, self.part) | {
            "state": self.state, "state_names": codes.states(self.state, codes.PART_STATES),
            "description": _description(self.description),
        }  # fmt: skip


@item(3)
@dataclass(frozen=True, slots=True)
class PartValue(_Part):
    """An analog value of a part (部件模拟量值)."""

    layout = struct.Struct("<BBBIBh")
    system: int
    address: int
    kind: int
    part: int
    analog: int
    number: int
    """As sent, in steps of table 8."""

    @property
    def value(self) -> float:
        """In the unit of its type."""
        return round(self.number * codes.ANALOGS.get(self.analog, ("", "", 1.0))[2], 6)

    def json(self) -> dict[str, Any]:
        name, unit, _step = codes.ANALOGS.get(self.analog, ("", "", 1.0))
        return self.place(self.system, self.address, self.kind, self.part) | {
            "analog_type": self.analog, "analog_type_name": name, "value": self.value, "unit": unit,
        }  # fmt: skip


@item(4)
@dataclass(frozen=True, slots=True)
class SystemOperation(Item):
    """What somebody did at a system (操作信息)."""

    layout = struct.Struct("<BBBB")
    system: int
    address: int
    flags: int
    operator: int

    def json(self) -> dict[str, Any]:
        done = [name for bit, name in enumerate(codes.SYSTEM_OPERATIONS) if self.flags >> bit & 1]
        return _named(self.system) | {"system_address": self.address, "operations": done, "operator": self.operator}


@item(5)
@dataclass(frozen=True, slots=True)
class SystemVersion(Item):
    """The software of a system (软件版本)."""

    layout = struct.Struct("<BBBB")
    system: int
    address: int
    main: int
    minor: int


class _Told(Item):
    """An object that ends with a text of its own length."""

    __slots__ = ()
    head: ClassVar[struct.Struct]

    @classmethod
    def read(cls, data: bytes, at: int) -> tuple[Any, int]:
        end = at + cls.head.size
        if end > len(data):
            raise GB26875Error(f"{cls.__name__} 应有 {cls.head.size} 字节，只剩 {len(data) - at} 字节")
        *first, size = cls.head.unpack_from(data, at)
        if end + size > len(data):
            raise GB26875Error(f"说明长度声明为 {size} 字节，只剩 {len(data) - end} 字节")
        made: Any = cls
        return made(*first, bytes(data[end : end + size])), end + size

    def write(self) -> bytes:
        *first, text = (getattr(self, name) for name in self.names())
        try:
            return self.head.pack(*first, len(text)) + text
        except struct.error as error:
            raise GB26875Error(f"{type(self).__name__} 不能编码：{error}") from None


@item(6)
@dataclass(frozen=True, slots=True)
class SystemSetup(_Told):
    """How a system is configured (系统配置情况)."""

    head = struct.Struct("<BBB")
    system: int
    address: int
    description: bytes

    def json(self) -> dict[str, Any]:
        return _named(self.system) | {"system_address": self.address, "description": _description(self.description)}


@item(7)
@dataclass(frozen=True, slots=True)
class PartSetup(_Part):
    """How a part is configured (部件配置情况)."""

    layout = struct.Struct("<BBBI31s")
    system: int
    address: int
    kind: int
    part: int
    description: bytes = b""

    def json(self) -> dict[str, Any]:
        place = self.place(self.system, self.address, self.kind, self.part)
        return place | {"description": _description(self.description)}


class _Timed(Item):
    """An object that is a time."""

    __slots__ = ()

    def json(self) -> dict[str, Any]:
        *first, stamp = (getattr(self, name) for name in self.names())
        return dict(zip(self.names(), first, strict=False)) | {"time": str(Stamp.read(stamp))}


@item(8)
@dataclass(frozen=True, slots=True)
class SystemTime(_Timed):
    """The clock of a system (系统时间)."""

    layout = struct.Struct("<BB6s")
    system: int
    address: int
    stamp: bytes


@item(21)
@dataclass(frozen=True, slots=True)
class DeviceState(Item):
    """The state of the transmission device (用户信息传输装置运行状态)."""

    layout = struct.Struct("<B")
    state: int

    def json(self) -> dict[str, Any]:
        return {"state": self.state, "state_names": codes.states(self.state, codes.DEVICE_STATES)}


@item(24)
@dataclass(frozen=True, slots=True)
class DeviceOperation(Item):
    """What somebody did at the transmission device (装置操作信息)."""

    layout = struct.Struct("<BB")
    flags: int
    operator: int

    def json(self) -> dict[str, Any]:
        done = [name for bit, name in enumerate(codes.DEVICE_OPERATIONS) if self.flags >> bit & 1]
        return {"operations": done, "operator": self.operator}


@item(25)
@dataclass(frozen=True, slots=True)
class DeviceVersion(Item):
    """The software of the transmission device (装置软件版本)."""

    layout = struct.Struct("<BB")
    main: int
    minor: int


@item(26)
@dataclass(frozen=True, slots=True)
class DeviceSetup(_Told):
    """How the transmission device is configured (装置配置情况)."""

    head = struct.Struct("<B")
    description: bytes

    def json(self) -> dict[str, Any]:
        return {"description": _description(self.description)}


@item(28, 90)
@dataclass(frozen=True, slots=True)
class DeviceTime(_Timed):
    """The clock of the transmission device (装置系统时间), or what it is set to."""

    layout = struct.Struct("<6s")
    stamp: bytes


@item(61, 65, 66, 68)
@dataclass(frozen=True, slots=True)
class AskSystem(Item):
    """Which system is asked about."""

    layout = struct.Struct("<BB")
    system: int
    address: int

    def json(self) -> dict[str, Any]:
        return _named(self.system) | {"system_address": self.address}


@item(62, 63, 67)
@dataclass(frozen=True, slots=True)
class AskPart(Item):
    """Which part is asked about; the text gives no part type here."""

    layout = struct.Struct("<BBI")
    system: int
    address: int
    part: int

    def json(self) -> dict[str, Any]:
        return _named(self.system) | {"system_address": self.address, **_address(self.part)}


@other(62, 63, 67)
@dataclass(frozen=True, slots=True)
class AskTypedPart(_Part):
    """The same with a part type, as some centres send it."""

    layout = struct.Struct("<BBBI")
    system: int
    address: int
    kind: int
    part: int

    def json(self) -> dict[str, Any]:
        return self.place(self.system, self.address, self.kind, self.part)


@item(64)
@dataclass(frozen=True, slots=True)
class AskOperations(_Timed):
    """How many records of operations are wanted, from when on."""

    layout = struct.Struct("<BBB6s")
    system: int
    address: int
    count: int
    stamp: bytes


@item(84)
@dataclass(frozen=True, slots=True)
class AskDeviceOperations(_Timed):
    """The same of the transmission device."""

    layout = struct.Struct("<B6s")
    count: int
    stamp: bytes


@item(81, 85, 86, 88, 89)
@dataclass(frozen=True, slots=True)
class Reserved(Item):
    """One byte that says nothing yet (预留)."""

    layout = struct.Struct("<B")
    byte: int = 0


@item(91)
@dataclass(frozen=True, slots=True)
class AskPresence(Item):
    """Is somebody at the post (查岗)? To be answered within so many minutes."""

    layout = struct.Struct("<B")
    minutes: int


@dataclass(frozen=True, slots=True)
class Message:
    """One packet: its control unit, and its information objects with their time tags."""

    header: Header
    type: int | None = None
    """The type flag; None for a packet without data, such as a confirmation."""
    items: tuple[Item, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    """One an object where the type has them; a missing one is written as the packet's."""
    is_unstamped: bool = False
    """Whether the objects came without the time tags of their type."""
    data: bytes = b""
    """The data unit as it came, where its type is not known or did not fit."""
    problem: str = ""

    def moment(self, index: int) -> datetime | None:
        """When an object was so: its own time tag, else the packet's."""
        own = self.stamps[index].moment if index < len(self.stamps) else None
        return own or self.header.stamp.moment


def decode(raw: bytes | Frame) -> Message:
    """The message in a packet; a data unit that does not fit is kept with the reason."""
    frame = raw if isinstance(raw, Frame) else unwrap(raw)
    data = frame.data
    if not data:
        return Message(frame.header)
    if len(data) < 2:
        return Message(frame.header, data=data, problem=f"应用数据单元只有 {len(data)} 字节，没有类型标志和对象数目")
    kind = ITEMS.get(data[0])
    if kind is None:
        return Message(frame.header, data[0], data=data)
    has_stamps, problem = data[0] in STAMPED, ""
    for form, is_stamped in ((kind, has_stamps), (OTHERS.get(data[0], kind), has_stamps), (kind, False)):
        try:
            items, stamps = _objects(form, data, is_stamped)
        except GB26875Error as error:
            problem = problem or f"{codes.TYPES.get(data[0], '')}（{data[0]}）{error}"
        else:
            return Message(frame.header, data[0], items, stamps, has_stamps and not is_stamped)
    return Message(frame.header, data[0], data=data, problem=problem)


def _objects(kind: type[Item], data: bytes, is_stamped: bool) -> tuple[tuple[Item, ...], tuple[Stamp, ...]]:
    count, at = data[1], 2
    items, stamps = [], []
    for index in range(count):
        one, at = kind.read(data, at)
        items.append(one)
        if is_stamped:
            if at + 6 > len(data):
                raise GB26875Error(f"第 {index + 1} 个信息对象没有时间标签")
            stamps.append(Stamp.read(data[at : at + 6]))
            at += 6
    if at != len(data):
        raise GB26875Error(f"{count} 个信息对象之后多出 {len(data) - at} 字节")
    return tuple(items), tuple(stamps)


def encode(message: Message) -> bytes:
    """The packet of a message."""
    if message.type is None or message.data:
        return wrap(message.header, message.data)
    if len(message.items) > 255:
        raise GB26875Error(f"信息对象 {len(message.items)} 个，最多 255 个")
    parts = [bytes([message.type, len(message.items)])]
    for index, one in enumerate(message.items):
        parts.append(one.write())
        if message.type in STAMPED and not message.is_unstamped:
            parts.append((message.stamps[index] if index < len(message.stamps) else message.header.stamp).write())
    return wrap(message.header, b"".join(parts))


def as_json(message: Message) -> dict[str, Any]:
    """The message under readable names."""
    header = message.header
    found: dict[str, Any] = {
        "serial": header.serial, "version": f"{header.main_version}.{header.user_version}", "time": str(header.stamp),
        "source": header.source, "destination": header.destination, "command": header.command,
        "command_name": codes.COMMANDS.get(header.command, ""),
    }  # fmt: skip
    if message.type is not None:
        found |= {"type": message.type, "type_name": codes.TYPES.get(message.type, "")}
        found["count"] = message.data[1] if len(message.data) > 1 else len(message.items)
    if message.items:
        times = [{"time": str(stamp)} for stamp in message.stamps] or [{}] * len(message.items)
        found["objects"] = [one.json() | time for one, time in zip(message.items, times, strict=True)]
    if message.data:
        found["data"] = message.data.hex()
    return found | ({"problem": message.problem} if message.problem else {})


def answer_header(header: Header, command: int, stamp: Stamp) -> Header:
    """The control unit of an answer: the same serial, addresses exchanged."""
    return replace(header, command=command, stamp=stamp, source=header.destination, destination=header.source)
