"""What driver assistance in a vehicle reports (主动安全, T/JSATL 12-2017, 苏标): items 64-67 of a location, attachments."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Annotated, Any

from anlan.protocols.jt808.messages import Body, body
from anlan.protocols.jt808.positions import ITEMS, names_of
from anlan.protocols.layouts import U8, U16, U32, Bcd, Bytes, Counted, Layout, Many, Nested, Text

FLAGS = {0: "不可用", 1: "开始", 2: "结束"}
ASSISTANCE = {
    0x01: "前向碰撞报警", 0x02: "车道偏离报警", 0x03: "车距过近报警", 0x04: "行人碰撞报警", 0x05: "频繁变道报警",
    0x06: "道路标识超限报警", 0x07: "障碍物报警", 0x10: "道路标志识别事件", 0x11: "主动抓拍事件",
}  # fmt: skip
DRIVER = {
    0x01: "疲劳驾驶报警", 0x02: "接打电话报警", 0x03: "抽烟报警", 0x04: "分神驾驶报警", 0x05: "驾驶员异常报警",
    0x10: "自动抓拍事件", 0x11: "驾驶员变更事件",
}  # fmt: skip
TYRES = {
    0: "定时上报", 1: "胎压过高报警", 2: "胎压过低报警", 3: "胎温过高报警", 4: "传感器异常报警", 5: "胎压不平衡报警",
    6: "慢漏气报警", 7: "电池电量低报警",
}  # fmt: skip
BLIND_SPOT = {1: "后方接近报警", 2: "左侧后方接近报警", 3: "右侧后方接近报警"}
VEHICLE = {0: "ACC开", 1: "左转向", 2: "右转向", 3: "雨刮器", 4: "制动", 5: "已插卡", 10: "定位"}
_DEVIATIONS = {1: "左侧偏离", 2: "右侧偏离"}
_SIGNS = {1: "限速", 2: "限高", 3: "限重"}


@dataclass(frozen=True, slots=True)
class AlarmNumber:
    """What names one alarm (报警标识号)."""

    terminal_id: Annotated[str, Text(7)]
    time: Annotated[str, Bcd(6)]
    serial: Annotated[int, U8]
    attachments: Annotated[int, U8]
    reserved: Annotated[int, U8] = 0


_NUMBER = Layout(AlarmNumber)
_WHERE = struct.Struct(">BHII6sH")


def _alarm(raw: bytes, at: int) -> dict[str, Any]:
    """Speed, place, time, state of the vehicle and the alarm's number, which end every kind of alarm."""
    speed, altitude, latitude, longitude, time, status = _WHERE.unpack_from(raw, at)
    number, _ = _NUMBER.read_at(raw, at + _WHERE.size)
    return {
        "speed_kmh": speed, "altitude": altitude, "latitude": latitude / 1e6, "longitude": longitude / 1e6,
        "time": time.hex(), "vehicle_status": names_of(status, VEHICLE),
        "alarm_number": {
            "terminal_id": number.terminal_id, "time": number.time, "serial": number.serial,
            "attachments": number.attachments,
        },
    }  # fmt: skip


def _head(raw: bytes, size: int, kinds: dict[int, str] | None) -> dict[str, Any]:
    if len(raw) != size:
        raise ValueError
    found: dict[str, Any] = {
        "alarm_id": int.from_bytes(raw[:4], "big"),
        "flag": raw[4],
        "flag_name": FLAGS.get(raw[4], ""),
    }
    return found | ({} if kinds is None else {"type": raw[5], "type_name": kinds.get(raw[5], "")})


def _assistance(raw: bytes) -> dict[str, Any]:
    return _head(raw, 47, ASSISTANCE) | {
        "level": raw[6], "front_speed_kmh": raw[7], "front_distance_100ms": raw[8],
        "deviation": _DEVIATIONS.get(raw[9], raw[9]), "road_sign": _SIGNS.get(raw[10], raw[10]), "road_sign_value": raw[11],
        **_alarm(raw, 12),
    }  # fmt: skip


def _driver(raw: bytes) -> dict[str, Any]:
    return _head(raw, 47, DRIVER) | {"level": raw[6], "fatigue": raw[7], **_alarm(raw, 12)}


def _tyres(raw: bytes) -> dict[str, Any]:
    found = _head(raw, 41 + 9 * raw[40], None) | _alarm(raw, 5)
    wheels = struct.iter_unpack(">BHHHH", raw[41:])
    found["tyres"] = [
        {"position": place, "alarms": names_of(bits, TYRES), "pressure_kpa": pressure, "temperature_c": heat, "battery": charge}
        for place, bits, pressure, heat, charge in wheels
    ]  # fmt: skip
    return found


def _blind_spot(raw: bytes) -> dict[str, Any]:
    if len(raw) == 42:  # some terminals give a level here too
        return _head(raw, 42, BLIND_SPOT) | {"level": raw[6], **_alarm(raw, 7)}
    return _head(raw, 41, BLIND_SPOT) | _alarm(raw, 6)


ITEMS.update(
    {
        0x64: ("driver_assistance", _assistance), 0x65: ("driver_state", _driver), 0x66: ("tyre_state", _tyres),
        0x67: ("blind_spot", _blind_spot),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of an alarm."""

    name: Annotated[str, Counted(U8, Text())]
    size: Annotated[int, U32]


@body(0x1210)
@dataclass(frozen=True, slots=True)
class Attachments(Body):
    """Which files an alarm has (报警附件信息消息); kind 1 is sent again."""

    terminal_id: Annotated[str, Text(7)]
    number: Annotated[AlarmNumber, Nested(AlarmNumber)]
    platform_number: Annotated[str, Text(32)]
    kind: Annotated[int, U8]
    files: Annotated[tuple[Attachment, ...], Many(Nested(Attachment), U8)]


@body(0x1211, 0x1212)
@dataclass(frozen=True, slots=True)
class AttachmentFile(Body):
    """A file is about to be sent, or was (文件信息上传、文件上传完成): 0 picture, 1 sound, 2 video, 3 text, 4 other."""

    name: Annotated[str, Counted(U8, Text())]
    kind: Annotated[int, U8]
    size: Annotated[int, U32]


@body(0x9208)
@dataclass(frozen=True, slots=True)
class SendAttachments(Body):
    """Send an alarm's files to this server (报警附件上传指令)."""

    host: Annotated[str, Counted(U8, Text())]
    tcp_port: Annotated[int, U16]
    udp_port: Annotated[int, U16]
    number: Annotated[AlarmNumber, Nested(AlarmNumber)]
    platform_number: Annotated[str, Text(32)]
    reserved: Annotated[bytes, Bytes(16)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file."""

    offset: Annotated[int, U32]
    size: Annotated[int, U32]


@body(0x9212)
@dataclass(frozen=True, slots=True)
class AttachmentAnswer(Body):
    """Whether a file has come whole (文件上传完成消息应答): 0 done, 1 these pieces are missing."""

    name: Annotated[str, Counted(U8, Text())]
    kind: Annotated[int, U8]
    result: Annotated[int, U8]
    missing: Annotated[tuple[Piece, ...], Many(Nested(Piece), U8)]
