"""What links and messages between platforms and about moving vehicles carry: a dataclass a body.

Each is declared in the order of its bytes; `catalogue` says which message has which, `supervision` has
those of alarms and of orders to vehicles.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.protocols.jt809.positions import Carried808, Fixed36, Location, Position
from anlan.protocols.layouts import U8, U16, U32, Annotated, Bytes, Counted, Integer, Many, Nested, Text


class Body:
    """What stands behind the header of a message or sub-message."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Utc(Integer):
    """A moment: seconds since 1970 in eight bytes; some platforms send milliseconds."""

    size: int = 8


@dataclass(frozen=True, slots=True)
class Identifier(Integer):
    """A business type, shown as 0x1202."""

    size: int = 2


UTC, TYPE = Utc(), Identifier()
PLATFORM = Text(11, "latin-1")
"""Identity of a platform (平台唯一编码): area code and number."""
CONTENT = Counted(U32, Text())


@dataclass(frozen=True, slots=True)
class Raw(Body):
    """Bytes kept as they came: a type without a declared body, or one that did not fit, with the reason."""

    data: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sealed(Body):
    """An encrypted body for which no cipher was given."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Nothing(Body):
    """A body without bytes."""


# Links: 1001 to 1008, 9001 to 9008


@dataclass(frozen=True, slots=True)
class Login(Body):
    """1001 of 2011 (UP_CONNECT_REQ)."""

    user_id: Annotated[int, U32]
    password: Annotated[str, Text(8)]
    down_link_ip: Annotated[str, Text(32)]
    down_link_port: Annotated[int, U16]


@dataclass(frozen=True, slots=True)
class Login2019(Body):
    """1001 of 2019, which names the access code once more."""

    user_id: Annotated[int, U32]
    password: Annotated[str, Text(8)]
    msg_gnsscenter_id: Annotated[int, U32]
    down_link_ip: Annotated[str, Text(32)]
    down_link_port: Annotated[int, U16]


@dataclass(frozen=True, slots=True)
class LoginAnswer(Body):
    """1002 (UP_CONNECT_RSP)."""

    result: Annotated[int, U8]
    verify_code: Annotated[int, U32] = 0


@dataclass(frozen=True, slots=True)
class Logout(Body):
    """1003 (UP_DISCONNECT_REQ)."""

    user_id: Annotated[int, U32]
    password: Annotated[str, Text(8)]


@dataclass(frozen=True, slots=True)
class Notice(Body):
    """1007, 1008, 9007 and 9008: why a link is gone."""

    error_code: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class VerifyCode(Body):
    """9001 and 9003: the code that 1002 gave out."""

    verify_code: Annotated[int, U32]


@dataclass(frozen=True, slots=True)
class Result(Body):
    """9002, and answers of 2011 that say no more."""

    result: Annotated[int, U8]


# Statistics and management: 1101 to 1103, 9101 to 9103


@dataclass(frozen=True, slots=True)
class Total(Body):
    """9101, 1101: how many positions came, or went, in a period."""

    dynamic_total: Annotated[int, U32]
    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class ManageRequest(Body):
    """9102 (DOWN_MANAGE_MSG_REQ)."""

    platform_id: Annotated[str, PLATFORM]
    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class ManageAnswer(Body):
    """1102 (UP_MANAGE_MSG_RSP): positions lost, and how often and how long (s) the link was down."""

    platform_id: Annotated[str, PLATFORM]
    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]
    lose_dynamic_sum: Annotated[int, U32]
    disconnect_num: Annotated[int, U8]
    disconnect_time: Annotated[int, U32]


@dataclass(frozen=True, slots=True)
class LastSerial(Body):
    """The last serial number that went out for a sub-business type."""

    data_type: Annotated[int, TYPE]
    msg_sn: Annotated[int, U32]
    time: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class LastSerials(Body):
    """1103, 9103: where numbering goes on after a link was down."""

    serials: Annotated[tuple[LastSerial, ...], Many(Nested(LastSerial), U8)]


# Vehicles: 1200, 9200


@dataclass(frozen=True, slots=True)
class Registration(Body):
    """1201 of 2011 (UP_EXG_MSG_REGISTER), with the model's 20 bytes of the amendment."""

    platform_id: Annotated[str, PLATFORM]
    producer_id: Annotated[str, Text(11)]
    terminal_model_type: Annotated[str, Text(20)]
    terminal_id: Annotated[str, Text(7)]
    terminal_simcode: Annotated[str, Text(12)]


@dataclass(frozen=True, slots=True)
class RegistrationAsPrinted(Body):
    """1201 of 2011 as first printed: eight bytes for the terminal's model."""

    platform_id: Annotated[str, PLATFORM]
    producer_id: Annotated[str, Text(11)]
    terminal_model_type: Annotated[str, Text(8)]
    terminal_id: Annotated[str, Text(7)]
    terminal_simcode: Annotated[str, Text(12)]


@dataclass(frozen=True, slots=True)
class Registration2019(Body):
    """1201 of 2019."""

    platform_id: Annotated[str, PLATFORM]
    producer_id: Annotated[str, Text(11)]
    terminal_model_type: Annotated[str, Text(30)]
    terminal_imei: Annotated[str, Text(15)]
    terminal_id: Annotated[str, Text(30)]
    terminal_simcode: Annotated[str, Text(13)]


@dataclass(frozen=True, slots=True)
class RealLocation(Body):
    """1202, 9202 of 2011: one position."""

    position: Annotated[Position, Fixed36()]


@dataclass(frozen=True, slots=True)
class RealLocation2019(Body):
    """1202, 9202 of 2019."""

    position: Annotated[Location, Carried808()]


@dataclass(frozen=True, slots=True)
class HistoryLocations(Body):
    """1203, 9203 of 2011: up to five positions in the order of their times."""

    positions: Annotated[tuple[Position, ...], Many(Fixed36(), U8)]


@dataclass(frozen=True, slots=True)
class HistoryLocations2019(Body):
    """1203, 9203 of 2019."""

    positions: Annotated[tuple[Location, ...], Many(Carried808(), U8)]


@dataclass(frozen=True, slots=True)
class Source(Body):
    """Which message is answered: answers of 2019 that say no more (1205, 1206, 1302 ...)."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]


@dataclass(frozen=True, slots=True)
class SourceFirst(Body):
    """1205, 1206 of 2019 as their tables print them: the source stands before a length, which is 0."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    data_length: Annotated[int, U32] = 0


@dataclass(frozen=True, slots=True)
class SourceTwice(Body):
    """1205, 1206 of 2019 with a length before the source and one, 0, behind it, as some platforms send them."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    data_length: Annotated[int, U32] = 0


@dataclass(frozen=True, slots=True)
class SourcedResult(Body):
    """An answer of 2019 with a result: 9201, 9207 to 9209, 1401, 1411, 1412, 1503, 1505."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    result: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class Period(Body):
    """1207, 1209: for which time positions are asked."""

    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class Driver(Body):
    """120A, 120C of 2011."""

    driver_name: Annotated[str, Text(16)]
    driver_id: Annotated[str, Text(20)]
    licence: Annotated[str, Text(40)]
    org_name: Annotated[str, Text(200)]


@dataclass(frozen=True, slots=True)
class Driver2019(Body):
    """120C of 2019."""

    driver_name: Annotated[str, Text(16)]
    driver_id: Annotated[str, Text(20)]
    licence: Annotated[str, Text(40)]
    org_name: Annotated[str, Text(200)]
    valid_date: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class DriverAnswer2019(Body):
    """120A of 2019."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    driver_name: Annotated[str, Text(16)]
    driver_id: Annotated[str, Text(20)]
    licence: Annotated[str, Text(40)]
    org_name: Annotated[str, Text(200)]
    valid_date: Annotated[int, UTC]


@dataclass(frozen=True, slots=True)
class Waybill(Body):
    """120B of 2011, 120D: the electronic waybill (电子运单)."""

    ewaybill_info: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class WaybillAnswer2019(Body):
    """120B of 2019."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    ewaybill_info: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class DriveLine(Body):
    """120E, 1602: the route as 8606 of JT/T 808 has it."""

    drv_line: Annotated[bytes, Bytes()]


@dataclass(frozen=True, slots=True)
class CarInfo(Body):
    """9204, 1601: ``VIN:=...;VEHICLE_COLOR:=...;`` and so on."""

    car_info: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class CarInfoAnswer2019(Body):
    """1601 of 2019."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    car_info: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Reason(Body):
    """9205, 9206."""

    reason_code: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class DriverRequest2019(Body):
    """920A of 2019."""

    upload_flag: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class DriveLineAnswer(Body):
    """920D."""

    drv_line_id: Annotated[int, U32]
    result: Annotated[int, U8]
    reason: Annotated[str, Counted(U16, Text())]


# Between platforms: 1300, 9300


@dataclass(frozen=True, slots=True)
class PlatformInfo(Body):
    """9301, 9302, 1301 of 2011: a question to the post (查岗), a message, an answer."""

    object_type: Annotated[int, U8]
    object_id: Annotated[str, Text(12)]
    info_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class PostQuery2019(Body):
    """9301 of 2019; the time to answer in minutes."""

    object_type: Annotated[int, U8]
    object_id: Annotated[str, Text(20)]
    answer_time: Annotated[int, U8]
    info_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class PlatformInfo2019(Body):
    """9302 of 2019."""

    object_type: Annotated[int, U8]
    object_id: Annotated[str, Text(20)]
    info_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class PostAnswer2019(Body):
    """1301 of 2019."""

    object_type: Annotated[int, U8]
    responder: Annotated[str, Text(16)]
    responder_tel: Annotated[str, Text(20)]
    object_id: Annotated[str, Text(20)]
    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class InfoAnswer(Body):
    """1302 of 2011."""

    info_id: Annotated[int, U32]


@dataclass(frozen=True, slots=True)
class Retransmission(Body):
    """1303, 9303 of 2019: which serial numbers, or since when, to send again; the other is 0."""

    start_msg_sn: Annotated[int, U32]
    end_msg_sn: Annotated[int, U32]
    time: Annotated[int, UTC]
