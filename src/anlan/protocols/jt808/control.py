"""Control of a terminal and words with its driver: texts, questions, events, telephone, upgrade, recorder, driver's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from anlan.protocols.jt808.messages import Body, body
from anlan.protocols.layouts import U8, U16, U32, Bcd, Bytes, Counted, LayoutError, Many, Nested, Text

_SHORT, _LONG = Counted(U8, Text()), Counted(U16, Text())
_REST = Text()
_CAN_TIME = Bcd(5, is_loose=True)


@body(0x8105)
@dataclass(frozen=True, slots=True)
class Control(Body):
    """An order to the terminal (终端控制): 1 upgrade, 2 other server, 3 off, 4 restart, 5 factory, 6 no data, 7 no radio."""

    command: Annotated[int, U8]
    parameters: Annotated[str, _REST]


@body(0x0107, editions=(2013,))
@dataclass(frozen=True, slots=True)
class Attributes(Body):
    """What the terminal is (查询终端属性应答)."""

    kind: Annotated[int, U16]
    maker: Annotated[str, Text(5)]
    model: Annotated[str, Text(20)]
    terminal_id: Annotated[str, Text(7)]
    iccid: Annotated[str, Bcd(10, is_loose=True)]
    hardware: Annotated[str, _SHORT]
    firmware: Annotated[str, _SHORT]
    gnss: Annotated[int, U8]
    communication: Annotated[int, U8]


@body(0x0107, editions=(2019,))
@dataclass(frozen=True, slots=True)
class Attributes2019(Body):
    """The same in the edition of 2019."""

    kind: Annotated[int, U16]
    maker: Annotated[str, Text(5)]
    model: Annotated[str, Text(30)]
    terminal_id: Annotated[str, Text(30)]
    iccid: Annotated[str, Bcd(10, is_loose=True)]
    hardware: Annotated[str, _SHORT]
    firmware: Annotated[str, _SHORT]
    gnss: Annotated[int, U8]
    communication: Annotated[int, U8]


@body(0x8108)
@dataclass(frozen=True, slots=True)
class Upgrade(Body):
    """New firmware (下发终端升级包)."""

    kind: Annotated[int, U8]
    maker: Annotated[bytes, Bytes(5)]
    version: Annotated[str, _SHORT]
    package: Annotated[bytes, Counted(U32, Bytes())]


@body(0x0108)
@dataclass(frozen=True, slots=True)
class UpgradeResult(Body):
    """How an upgrade went (终端升级结果应答): 0 done, 1 failed, 2 cancelled."""

    kind: Annotated[int, U8]
    result: Annotated[int, U8]


@body(0x8202)
@dataclass(frozen=True, slots=True)
class Follow(Body):
    """Report more often for a while (临时位置跟踪控制); an interval of 0 ends it."""

    interval_s: int
    duration_s: int = 0

    @classmethod
    def read(cls, data: bytes) -> Follow:
        interval, at = U16.read(data, 0, "时间间隔")
        if interval == 0 and at == len(data):
            return cls(0)
        duration, at = U32.read(data, at, "位置跟踪有效期")
        if at != len(data):
            raise LayoutError(f"位置跟踪有效期之后多出 {len(data) - at} 字节")
        return cls(interval, duration)

    def write(self) -> bytes:
        rest = U32.write(self.duration_s, "位置跟踪有效期") if self.interval_s or self.duration_s else b""
        return U16.write(self.interval_s, "时间间隔") + rest


@body(0x8203)
@dataclass(frozen=True, slots=True)
class ConfirmAlarm(Body):
    """Somebody has seen an alarm (人工确认报警消息)."""

    alarm_serial: Annotated[int, U16]
    alarms: Annotated[int, U32]


@body(0x8300, editions=(2013,))
@dataclass(frozen=True, slots=True)
class Words(Body):
    """A text for the driver (文本信息下发); flag bits: 0 urgent, 2 display, 3 read aloud, 4 advertisement screen."""

    flag: Annotated[int, U8]
    text: Annotated[str, _REST]


@body(0x8300, editions=(2019,))
@dataclass(frozen=True, slots=True)
class Words2019(Body):
    """The same with its kind: 1 notice, 2 service."""

    flag: Annotated[int, U8]
    kind: Annotated[int, U8]
    text: Annotated[str, _REST]


@dataclass(frozen=True, slots=True)
class Choice:
    """One event that the driver may report."""

    key: Annotated[int, U8]
    content: Annotated[str, _SHORT]


class _Listed(Body):
    """A kind of change, and the entries that follow it; none when everything is deleted (kind 0)."""

    __slots__ = ()
    entry: Nested

    @classmethod
    def read(cls, data: bytes) -> Any:
        kind, at = U8.read(data, 0, "设置类型")
        entries = Many(cls.entry, U8).read(data, at, "列表") if at < len(data) else (None, at)
        if entries[1] != len(data):
            raise LayoutError(f"列表之后多出 {len(data) - entries[1]} 字节")
        made: Any = cls
        return made(kind, entries[0])

    def write(self) -> bytes:
        kind, entries = self.kind, self.entries  # type: ignore[attr-defined]
        return U8.write(kind, "设置类型") + (b"" if entries is None else Many(self.entry, U8).write(entries, "列表"))


@body(0x8301)
@dataclass(frozen=True, slots=True)
class SetEvents(_Listed):
    """Events that the driver may report by a key (事件设置)."""

    entry = Nested(Choice)
    kind: int
    entries: tuple[Choice, ...] | None


@body(0x0301)
@dataclass(frozen=True, slots=True)
class Event(Body):
    """The driver reports an event (事件报告)."""

    event: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that the driver may give."""

    key: Annotated[int, U8]
    content: Annotated[str, _LONG]


@body(0x8302)
@dataclass(frozen=True, slots=True)
class Question(Body):
    """A question to the driver (提问下发)."""

    flag: Annotated[int, U8]
    question: Annotated[str, _SHORT]
    options: Annotated[tuple[Option, ...], Many(Nested(Option))]


@body(0x0302)
@dataclass(frozen=True, slots=True)
class Chosen(Body):
    """What the driver answered (提问应答)."""

    answered_serial: Annotated[int, U16]
    answer: Annotated[int, U8]


@body(0x8303)
@dataclass(frozen=True, slots=True)
class SetMenu(_Listed):
    """Kinds of information that the driver may ask for (信息点播菜单设置)."""

    entry = Nested(Option)
    kind: int
    entries: tuple[Option, ...] | None


@body(0x0303)
@dataclass(frozen=True, slots=True)
class AskInformation(Body):
    """The driver asks for information or no longer (信息点播/取消)."""

    kind: Annotated[int, U8]
    is_wanted: Annotated[int, U8]


@body(0x8304)
@dataclass(frozen=True, slots=True)
class Information(Body):
    """Information for the driver (信息服务)."""

    kind: Annotated[int, U8]
    content: Annotated[str, _LONG]


@body(0x8400)
@dataclass(frozen=True, slots=True)
class CallBack(Body):
    """Call this number (电话回拨): 0 talk, 1 listen in."""

    flag: Annotated[int, U8]
    number: Annotated[str, _REST]


@dataclass(frozen=True, slots=True)
class Contact:
    """One entry of the telephone book: 1 may call in, 2 out, 3 both."""

    flag: Annotated[int, U8]
    number: Annotated[str, _SHORT]
    name: Annotated[str, _SHORT]


@body(0x8401)
@dataclass(frozen=True, slots=True)
class SetContacts(_Listed):
    """The telephone book (设置电话本)."""

    entry = Nested(Contact)
    kind: int
    entries: tuple[Contact, ...] | None


@body(0x8500, editions=(2013,))
@dataclass(frozen=True, slots=True)
class ControlVehicle(Body):
    """Doors (车辆控制): bit 0 says locked."""

    flag: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class Switch:
    """One control of a vehicle; 0001 is the doors: 0 lock, 1 unlock."""

    key: Annotated[int, U16]
    value: Annotated[int, U8]


@body(0x8500, editions=(2019,))
@dataclass(frozen=True, slots=True)
class ControlVehicle2019(Body):
    """The same in the edition of 2019."""

    switches: Annotated[tuple[Switch, ...], Many(Nested(Switch), U16)]


@body(0x8700, 0x8701)
@dataclass(frozen=True, slots=True)
class Recorder(Body):
    """What is asked of, or set in, the driving recorder (GB/T 19056)."""

    command: Annotated[int, U8]
    data: Annotated[bytes, Bytes()]


@body(0x0700)
@dataclass(frozen=True, slots=True)
class RecorderAnswer(Body):
    """What the driving recorder gives (行驶记录数据上传)."""

    answered_serial: Annotated[int, U16]
    command: Annotated[int, U8]
    data: Annotated[bytes, Bytes()]


@body(0x0701)
@dataclass(frozen=True, slots=True)
class Waybill(Body):
    """The electronic way-bill (电子运单上报)."""

    content: Annotated[str, Counted(U32, Text())]


@body(0x0702)
@dataclass(frozen=True, slots=True)
class Driver(Body):
    """The driver's card was put in (status 1) or pulled out (驾驶员身份信息采集上报)."""

    status: int
    time: str
    result: int | None = None
    name: str = ""
    certificate: str = ""
    issuer: str = ""
    valid_until: str = ""
    identity: str | None = None
    """Of the edition of 2019 only."""

    @classmethod
    def read(cls, data: bytes) -> Driver:
        status, at = U8.read(data, 0, "状态")
        time, at = Bcd(6).read(data, at, "时间")
        if at == len(data):
            return cls(status, time)
        result, at = U8.read(data, at, "IC卡读取结果")
        if at == len(data):
            return cls(status, time, result)
        name, at = _SHORT.read(data, at, "驾驶员姓名")
        certificate, at = Text(20).read(data, at, "从业资格证编码")
        issuer, at = _SHORT.read(data, at, "发证机构")
        valid_until, at = Bcd(4).read(data, at, "证件有效期")
        identity = None
        if at < len(data):
            identity, at = Text(20).read(data, at, "驾驶员身份证号")
        if at != len(data):
            raise LayoutError(f"驾驶员身份信息之后多出 {len(data) - at} 字节")
        return cls(status, time, result, name, certificate, issuer, valid_until, identity)

    def write(self) -> bytes:
        found = U8.write(self.status, "状态") + Bcd(6).write(self.time, "时间")
        if self.result is None:
            return found
        found += U8.write(self.result, "IC卡读取结果")
        if not self.valid_until:
            return found
        found += _SHORT.write(self.name, "驾驶员姓名") + Text(20).write(self.certificate, "从业资格证编码")
        found += _SHORT.write(self.issuer, "发证机构") + Bcd(4).write(self.valid_until, "证件有效期")
        return found if self.identity is None else found + Text(20).write(self.identity, "驾驶员身份证号")


@dataclass(frozen=True, slots=True)
class CanItem:
    """One frame of the vehicle's bus."""

    can_id: Annotated[int, U32]
    data: Annotated[bytes, Bytes(8)]


@body(0x0705)
@dataclass(frozen=True, slots=True)
class CanBus(Body):
    """Data of the vehicle's bus (CAN总线数据上传); a count, the time of the first (hhmmssmsms), the frames.

    Some terminals send the milliseconds as a number; the time is kept as sent.
    """

    time: str
    items: tuple[CanItem, ...]

    @classmethod
    def read(cls, data: bytes) -> CanBus:
        count, at = U16.read(data, 0, "数据项个数")
        time, at = _CAN_TIME.read(data, at, "接收时间")
        items, at = Many(Nested(CanItem)).read(data, at, "CAN总线数据项")
        if count != len(items):
            raise LayoutError(f"数据项个数声明为 {count}，实际 {len(items)}")
        return cls(time, items)

    def write(self) -> bytes:
        head = U16.write(len(self.items), "数据项个数") + _CAN_TIME.write(self.time, "接收时间")
        return head + Many(Nested(CanItem)).write(self.items, "CAN总线数据项")


@body(0x8900, 0x0900)
@dataclass(frozen=True, slots=True)
class Transparent(Body):
    """Bytes for another module (数据透传): 00 GNSS, 0B card, 41 and 42 serial ports, F0-FF user-defined."""

    kind: Annotated[int, U8]
    content: Annotated[bytes, Bytes()]


@body(0x0901)
@dataclass(frozen=True, slots=True)
class Compressed(Body):
    """A message compressed with GZIP (数据压缩上报)."""

    content: Annotated[bytes, Counted(U32, Bytes())]


@body(0x8A00, 0x0A00)
@dataclass(frozen=True, slots=True)
class RsaKey(Body):
    """A public key (RSA公钥): e, and n of 1024 bits."""

    e: Annotated[int, U32]
    n: Annotated[bytes, Bytes(128)]
