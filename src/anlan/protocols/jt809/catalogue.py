"""Which message carries which body, and bodies read, written and shown by what they declare."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from anlan.protocols.jt809 import bodies as b
from anlan.protocols.jt809 import supervision as s
from anlan.protocols.jt809.bodies import Body, Identifier, Raw, Sealed, Utc
from anlan.protocols.jt809.codes import meaning
from anlan.protocols.jt809.frames import JT809Error
from anlan.protocols.jt809.positions import SHANGHAI, Location, Position, position_json
from anlan.protocols.layouts import Layout, LayoutError

Choices = tuple[tuple[type[Body], ...], tuple[type[Body], ...]]
"""Bodies of 2011 and of 2019."""


def _both(*kinds: type[Body]) -> Choices:
    return kinds, kinds


_ANSWERED: Choices = (b.Result,), (b.SourcedResult,)

LINK: Mapping[int, Choices] = {
    0x1001: ((b.Login,), (b.Login2019,)), 0x1002: _both(b.LoginAnswer), 0x1003: _both(b.Logout),
    0x1004: _both(b.Nothing), 0x1005: _both(b.Nothing), 0x1006: _both(b.Nothing),
    0x1007: _both(b.Notice), 0x1008: _both(b.Notice),
    0x1101: _both(b.Total), 0x1102: _both(b.ManageAnswer), 0x1103: _both(b.LastSerials),
    0x9001: _both(b.VerifyCode), 0x9002: _both(b.Result), 0x9003: _both(b.VerifyCode),
    0x9004: _both(b.Nothing), 0x9005: _both(b.Nothing), 0x9006: _both(b.Nothing),
    0x9007: _both(b.Notice), 0x9008: _both(b.Notice),
    0x9101: _both(b.Total), 0x9102: _both(b.ManageRequest), 0x9103: _both(b.LastSerials),
}  # fmt: skip
"""Bodies of messages without sub-messages."""

SUB: Mapping[int, Choices] = {
    0x1201: ((b.Registration, b.RegistrationAsPrinted), (b.Registration2019,)),
    0x1202: ((b.RealLocation,), (b.RealLocation2019,)),
    0x1203: ((b.HistoryLocations,), (b.HistoryLocations2019,)),
    0x1205: ((b.Nothing,), (b.Source, b.SourceTwice)), 0x1206: ((b.Nothing,), (b.Source, b.SourceTwice)),
    0x1207: _both(b.Period), 0x1208: _both(b.Nothing), 0x1209: _both(b.Period),
    0x120A: ((b.Driver,), (b.DriverAnswer2019,)), 0x120B: ((b.Waybill,), (b.WaybillAnswer2019,)),
    0x120C: ((b.Driver,), (b.Driver2019,)), 0x120D: _both(b.Waybill), 0x120E: _both(b.DriveLine),
    0x1301: ((b.PlatformInfo,), (b.PostAnswer2019,)), 0x1302: ((b.InfoAnswer,), (b.Source,)),
    0x1303: _both(b.Retransmission),
    0x1401: ((s.UrgeAnswer,), (b.SourcedResult,)), 0x1402: ((s.WarnInfo,), (s.WarnInfo2019,)),
    0x1403: ((s.WarnHandled,), (s.WarnInfo2019, s.WarnInTwoTimes)),
    0x1411: _both(b.SourcedResult), 0x1412: _both(b.SourcedResult), 0x1413: _both(s.Urge2019),
    0x1501: _ANSWERED, 0x1502: ((s.Photo,), (s.Photo2019, s.PhotoAnswer2019)),
    0x1503: ((s.TextAnswer,), (b.SourcedResult,)), 0x1504: ((s.Travel,), (s.TravelAnswer2019,)),
    0x1505: _ANSWERED,
    0x1601: ((b.CarInfo,), (b.CarInfoAnswer2019, b.CarInfo)), 0x1602: _both(b.DriveLine),
    0x1701: _both(s.AuthorizeCodes), 0x1801: _both(s.VideoServer),
    0x9201: ((b.SourcedResult, b.Result), (b.SourcedResult,)),
    0x9202: ((b.RealLocation,), (b.RealLocation2019,)),
    0x9203: ((b.HistoryLocations,), (b.HistoryLocations2019,)),
    0x9204: _both(b.CarInfo), 0x9205: _both(b.Reason), 0x9206: _both(b.Reason),
    0x9207: _ANSWERED, 0x9208: _ANSWERED, 0x9209: _ANSWERED,
    0x920A: ((b.Nothing,), (b.DriverRequest2019,)), 0x920B: _both(b.Nothing), 0x920C: _both(b.Nothing),
    0x920D: _both(b.DriveLineAnswer),
    0x9301: ((b.PlatformInfo,), (b.PostQuery2019,)), 0x9302: ((b.PlatformInfo,), (b.PlatformInfo2019,)),
    0x9303: _both(b.Retransmission),
    0x9401: ((s.Urge,), (s.Urge2019,)),
    0x9402: ((s.Tip,), (s.WarnInfo2019, s.WarnInTwoTimes)),
    0x9403: ((s.Tip,), (s.WarnInfo2019, s.WarnInTwoTimes)),
    0x9501: _both(s.Monitor), 0x9502: _both(s.PhotoRequest), 0x9503: _both(s.TextInfo),
    0x9504: ((s.TravelRequest, s.TravelRequestInPeriod), (s.TravelRequest2019,)), 0x9505: _both(s.Emergency),
    0x9601: _both(b.Nothing), 0x9602: _both(b.Nothing),
}  # fmt: skip
"""Bodies of sub-messages; the others, of JT/T 1078, are kept as bytes."""


def _whole_photo(photo: s.Photo | s.Photo2019 | s.PhotoAnswer2019) -> None:
    if photo.photo_len != len(photo.photo):
        raise LayoutError(f"photo 声明 {photo.photo_len} 字节，实际 {len(photo.photo)} 字节")


def _answers_9601(answer: b.CarInfoAnswer2019) -> None:
    if answer.source_data_type >> 8 != 0x96:
        raise LayoutError(f"source_data_type={answer.source_data_type:04X} 应为 9601")


_FINISH: Mapping[type[Body], Any] = {
    s.Photo: _whole_photo, s.Photo2019: _whole_photo, s.PhotoAnswer2019: _whole_photo,
    b.CarInfoAnswer2019: _answers_9601,
}  # fmt: skip
_KINDS = {kind for table in (LINK, SUB) for choices in table.values() for edition in choices for kind in edition}
_KINDS.add(b.SourceFirst)
LAYOUTS: Mapping[type[Body], Layout[Any]] = {
    kind: Layout(kind, finish=_FINISH.get(kind, lambda value: None)) for kind in _KINDS
}


def _ordered(choices: Choices, is_2019: bool) -> tuple[type[Body], ...]:
    first, second = (choices[1], choices[0]) if is_2019 else choices
    return tuple(dict.fromkeys(first + second))


_ORDERED: Mapping[tuple[int, bool], tuple[Layout[Any], ...]] = {
    (number, is_2019): tuple(LAYOUTS[kind] for kind in _ordered(choices, is_2019))
    for table in (LINK, SUB)
    for number, choices in table.items()
    for is_2019 in (False, True)
}


def read_body(number: int, data: bytes, *, is_2019: bool) -> Body:
    """The body of a message or sub-message; the bytes and the reason when no declared one fits them."""
    problem = ""
    for layout in _ORDERED.get((number, is_2019), ()):
        try:
            body: Body = layout.read(data)
            return body
        except LayoutError as error:
            problem = problem or str(error)
    return Raw(data, problem)


def write_body(body: Body) -> bytes:
    """The bytes of a body."""
    if isinstance(body, Raw | Sealed):
        return body.data
    layout = LAYOUTS.get(type(body))
    if layout is None:
        raise JT809Error(f"{type(body).__name__} 不是数据体")
    try:
        return layout.write(body)
    except LayoutError as error:
        raise JT809Error(str(error)) from None


def moment(seconds: int) -> datetime | None:
    """What a field of UTC says, by the standard's clock; milliseconds are understood; None for 0 and nonsense.

    >>> moment(1263085674).isoformat()
    '2010-01-10T09:07:54+08:00'
    """
    start = datetime(1970, 1, 1, 8, tzinfo=SHANGHAI)
    if not 0 < seconds < 1 << 43:
        return None
    return start + (timedelta(seconds=seconds) if seconds < 1 << 33 else timedelta(milliseconds=seconds))


def body_json(number: int, body: Body) -> dict[str, Any]:
    """The fields of a body by the standard's names, with what codes mean beside them."""
    if isinstance(body, Raw):
        return {"data": body.data.hex()}
    if isinstance(body, Sealed):
        return {"encrypted_data": body.data.hex()}
    found: dict[str, Any] = {}
    for name, how in LAYOUTS[type(body)].fields:
        value = getattr(body, name)
        found[name] = _plain(value, how)
        if text := meaning(number, name, value):
            found[f"{name}_name"] = text
    if isinstance(body, b.CarInfo | b.CarInfoAnswer2019):
        found["car_info"] = car_info(body.car_info)
    return found


def _plain(value: Any, how: Any) -> Any:
    if isinstance(value, Position | Location):
        return position_json(value)
    if isinstance(value, tuple):
        return [_plain(one, None) for one in value]
    if isinstance(value, b.LastSerial):
        return {"data_type": f"0x{value.data_type:04X}", "msg_sn": value.msg_sn, "time": _iso(value.time)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(how, Utc):
        return _iso(value)
    return f"0x{value:04X}" if isinstance(how, Identifier) else value


def _iso(seconds: int) -> str | int:
    when = moment(seconds)
    return when.isoformat() if when else seconds


def car_info(text: str) -> dict[str, str]:
    """The fields of static vehicle data (车辆静态信息), ``KEY:=value;`` one after the other.

    >>> car_info("VIN:=LKJ123;VEHICLE_COLOR:=1;OWERS_NAME:=东阿客运")
    {'VIN': 'LKJ123', 'VEHICLE_COLOR': '1', 'OWERS_NAME': '东阿客运'}
    """
    pairs = (part.split(":=", 1) for part in text.split(";") if ":=" in part)
    return {key.strip(): value for key, value in pairs}


def car_text(info: Mapping[str, str]) -> str:
    """Static vehicle data as it is sent.

    >>> car_text({"VIN": "LKJ123", "VEHICLE_COLOR": "1"})
    'VIN:=LKJ123;VEHICLE_COLOR:=1'
    """
    for key, value in info.items():
        if ";" in key + value or ":=" in key:
            raise JT809Error(f"车辆静态信息 {key}={value} 不能含有 ; 和 :=")
    return ";".join(f"{key}:={value}" for key, value in info.items())
