"""What a JT/T 808 message says: the body by its identifier and edition, both ways, and all under readable names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, TypeVar

from anlan.protocols.jt808.codes import MESSAGES, PLATE_COLORS, REGISTRATION_RESULTS, RESULTS
from anlan.protocols.jt808.frames import Frame, Header, JT808Error, unwrap, wrap
from anlan.protocols.jt808.positions import Location, location_json
from anlan.protocols.layouts import U8, U16, Bcd, Bytes, Counted, Layout, LayoutError, Many, Text


class Body:
    """What a message carries; a dataclass whose layout says it all, or one that reads and writes itself."""

    __slots__ = ()

    @classmethod
    def read(cls, data: bytes) -> Any:
        """The body in some bytes."""
        return _layout(cls).read(data)

    def write(self) -> bytes:
        """The bytes of the body."""
        return _layout(type(self)).write(self)

    def json(self) -> dict[str, Any]:
        """The body under readable names."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]


_layouts: dict[type, Layout[Any]] = {}


def _layout(kind: type) -> Layout[Any]:
    if kind not in _layouts:
        _layouts[kind] = Layout(kind)
    return _layouts[kind]


_B = TypeVar("_B", bound=type[Body])
BODIES: dict[tuple[int, bool], list[type[Body]]] = {}
"""The bodies of a message by identifier and whether the edition is 2019; the likelier first."""


def body(*message_ids: int, editions: tuple[int, ...] = (2013, 2019)) -> Callable[[_B], _B]:
    """Declare that a class is the body of these messages in these editions."""

    def add(kind: _B) -> _B:
        for message_id in message_ids:
            for edition in editions:
                BODIES.setdefault((message_id, edition == 2019), []).append(kind)
        return kind

    return add


@dataclass(frozen=True, slots=True)
class Raw(Body):
    """Bytes kept as they came: a part, an encrypted body, one that is not declared or did not fit, with the reason."""

    data: bytes
    problem: str = ""

    def write(self) -> bytes:
        return self.data

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"data": self.data.hex()} if self.data else {}
        return found | ({"problem": self.problem} if self.problem else {})


@body(0x0002, 0x0003, 0x0004, 0x8104, 0x8107, 0x8201, 0x8204, 0x8702, 0x9003)
@dataclass(frozen=True, slots=True)
class Nothing(Body):
    """A body without bytes."""


@body(0x0001, 0x8001)
@dataclass(frozen=True, slots=True)
class Answer(Body):
    """The general answer (通用应答)."""

    answered_serial: Annotated[int, U16]
    answered_id: Annotated[int, U16]
    result: Annotated[int, U8]

    def json(self) -> dict[str, Any]:
        return {
            "answered_serial": self.answered_serial, "answered_id": f"0x{self.answered_id:04X}", "result": self.result,
            "result_name": RESULTS.get(self.result, ""),
        }  # fmt: skip


@body(0x8003, 0x0005, editions=(2019,))
@body(0x8003, editions=(2013,))
@dataclass(frozen=True, slots=True)
class MissingParts(Body):
    """Which sub-packets are to be sent again (补传分包请求)."""

    first_serial: Annotated[int, U16]
    missing: Annotated[tuple[int, ...], Many(U16, U8)]


@body(0x8003, 0x0005, editions=(2019,))
@dataclass(frozen=True, slots=True)
class MissingParts2019(MissingParts):
    """The same with a count of two bytes, as the edition of 2019 has it."""

    missing: Annotated[tuple[int, ...], Many(U16, U16)]


class _Registration(Body):
    __slots__ = ()

    def json(self) -> dict[str, Any]:
        found = Body.json(self)
        return found | {"plate_color_name": PLATE_COLORS.get(found["plate_color"], "")}


@body(0x0100, editions=(2013,))
@dataclass(frozen=True, slots=True)
class Registration(_Registration):
    """A terminal registers (终端注册)."""

    province: Annotated[int, U16]
    city: Annotated[int, U16]
    maker: Annotated[str, Text(5)]
    model: Annotated[str, Text(20)]
    terminal_id: Annotated[str, Text(7)]
    plate_color: Annotated[int, U8]
    plate: Annotated[str, Text()]


@body(0x0100, editions=(2013,))
@dataclass(frozen=True, slots=True)
class Registration2011(_Registration):
    """The same in terminals of the edition of 2011, whose model has eight bytes."""

    province: Annotated[int, U16]
    city: Annotated[int, U16]
    maker: Annotated[str, Text(5)]
    model: Annotated[str, Text(8)]
    terminal_id: Annotated[str, Text(7)]
    plate_color: Annotated[int, U8]
    plate: Annotated[str, Text()]


@body(0x0100, editions=(2019,))
@dataclass(frozen=True, slots=True)
class Registration2019(_Registration):
    """The same in the edition of 2019."""

    province: Annotated[int, U16]
    city: Annotated[int, U16]
    maker: Annotated[str, Text(11)]
    model: Annotated[str, Text(30)]
    terminal_id: Annotated[str, Text(30)]
    plate_color: Annotated[int, U8]
    plate: Annotated[str, Text()]


@body(0x8100)
@dataclass(frozen=True, slots=True)
class RegistrationAnswer(Body):
    """The answer to a registration, with the authentication code when it succeeded (终端注册应答)."""

    answered_serial: Annotated[int, U16]
    result: Annotated[int, U8]
    code: Annotated[str, Text()] = ""

    def json(self) -> dict[str, Any]:
        return Body.json(self) | {"result_name": REGISTRATION_RESULTS.get(self.result, "")}


@body(0x0102, editions=(2013,))
@dataclass(frozen=True, slots=True)
class Authentication(Body):
    """A terminal shows its code (终端鉴权)."""

    code: Annotated[str, Text()]


@body(0x0102, editions=(2019,))
@dataclass(frozen=True, slots=True)
class Authentication2019(Body):
    """The same with the terminal's IMEI and software version."""

    code: Annotated[str, Counted(U8, Text())]
    imei: Annotated[str, Text(15)]
    software: Annotated[str, Text(20)]


@body(0x8004)
@dataclass(frozen=True, slots=True)
class ServerTime(Body):
    """The platform's time, UTC (查询服务器时间应答)."""

    time: Annotated[str, Bcd(6)]


@body(0x0200)
@dataclass(frozen=True, slots=True)
class Report(Body):
    """Where the vehicle is (位置信息汇报)."""

    location: Location

    @classmethod
    def read(cls, data: bytes) -> Report:
        return cls(Location.read(data))

    def write(self) -> bytes:
        return self.location.write()

    def json(self) -> dict[str, Any]:
        return location_json(self.location)


@body(0x0201, 0x0500)
@dataclass(frozen=True, slots=True)
class ReportAnswer(Body):
    """Where the vehicle is, asked for (位置信息查询应答、车辆控制应答)."""

    answered_serial: int
    location: Location

    @classmethod
    def read(cls, data: bytes) -> ReportAnswer:
        serial, at = U16.read(data, 0, "应答流水号")
        return cls(serial, Location.read(data[at:]))

    def write(self) -> bytes:
        return U16.write(self.answered_serial, "应答流水号") + self.location.write()

    def json(self) -> dict[str, Any]:
        return {"answered_serial": self.answered_serial, **location_json(self.location)}


@body(0x0704)
@dataclass(frozen=True, slots=True)
class Batch(Body):
    """Locations that could not be sent when they were measured, or several at once (定位数据批量上传)."""

    kind: int
    """0 measured in turn, 1 from a blind spot (盲区补报)."""
    locations: tuple[Location, ...]

    @classmethod
    def read(cls, data: bytes) -> Batch:
        count, at = U16.read(data, 0, "数据项个数")
        kind, at = U8.read(data, at, "位置数据类型")
        parts = []
        for index in range(count):
            part, at = Counted(U16, Bytes()).read(data, at, f"位置汇报数据[{index}]")
            parts.append(Location.read(part))
        if at != len(data):
            raise LayoutError(f"{count} 项之后多出 {len(data) - at} 字节")
        return cls(kind, tuple(parts))

    def write(self) -> bytes:
        head = U16.write(len(self.locations), "数据项个数") + U8.write(self.kind, "位置数据类型")
        return head + b"".join(Counted(U16, Bytes()).write(one.write(), "位置汇报数据") for one in self.locations)

    def json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "count": len(self.locations),
            "items": [location_json(one) for one in self.locations],
        }


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its header and what it carries."""

    header: Header
    body: Body

    @property
    def message_id(self) -> int:
        return self.header.message_id

    @property
    def phone(self) -> str:
        """The terminal's number without leading zeros, by which registers know it."""
        return self.header.phone.lstrip("0") or "0"

    @property
    def problem(self) -> str:
        """Why the body could not be read; empty when it was."""
        return self.body.problem if isinstance(self.body, Raw) else ""


def decode(raw: bytes | Frame) -> Message:
    """The message in a frame; a part of one, or an encrypted one, keeps its bytes.

    >>> message = decode(bytes.fromhex("7e00020000012345678900000a817e"))
    >>> hex(message.message_id), message.phone, message.body
    ('0x2', '12345678900', Nothing())
    """
    frame = raw if isinstance(raw, Frame) else unwrap(raw)
    return Message(frame.header, body_of(frame.header, frame.body))


def body_of(header: Header, data: bytes) -> Body:
    """The body of a message, by the first declared form that fits."""
    if header.is_part or header.encryption:
        return Raw(data)
    problem = ""
    for kind in BODIES.get((header.message_id, header.is_2019), ()):
        try:
            found: Body = kind.read(data)
        except LayoutError as error:
            problem = problem or f"{MESSAGES.get(header.message_id, '')}（{header.message_id:04X}）{error}"
        else:
            return found
    return Raw(data, problem)


def encode(message: Message) -> bytes:
    """The frame of a message.

    >>> encode(Message(Header(0x8001, "12345678900", 1), Answer(10, 0x0002, 0))).hex()
    '7e800100050123456789000001000a000200047e'
    """
    try:
        data = message.body.write()
    except LayoutError as error:
        raise JT808Error(f"{MESSAGES.get(message.message_id, '')}（{message.message_id:04X}）{error}") from None
    return wrap(message.header, data)


def as_json(message: Message) -> dict[str, Any]:
    """The message under the standard's names: header, then what the body says."""
    header = message.header
    found: dict[str, Any] = {
        "message_id": f"0x{header.message_id:04X}", "message_name": MESSAGES.get(header.message_id, ""),
        "edition": 2019 if header.is_2019 else 2013, "phone": message.phone, "serial": header.serial,
    }  # fmt: skip
    if header.version is not None:
        found["protocol_version"] = header.version
    if header.encryption:
        found["encryption"] = "RSA" if header.encryption == 1 else header.encryption
    if header.is_part:
        found |= {"packet_total": header.total, "packet_index": header.index}
    return found | message.body.json()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip("\x00")  # some terminals fill up on the left
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Body):
        return value.json()
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value
