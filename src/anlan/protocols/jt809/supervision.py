"""What messages about alarms, orders to vehicles and video carry: 1400, 1500, 9400, 9500, 1700, 1800."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.protocols.jt809.bodies import CONTENT, PLATFORM, TYPE, UTC, Body
from anlan.protocols.jt809.positions import Carried808, Fixed36, Location, Position
from anlan.protocols.layouts import U8, U16, U32, Annotated, Bcd, Bytes, Counted, Text

PLATE = Text(21)


# Alarms: 1400, 9400


@dataclass(frozen=True, slots=True)
class Urge(Body):
    """9401 of 2011 (DOWN_WARN_MSG_URGE_TODO_REQ): see to an alarm until a moment (报警督办)."""

    warn_src: Annotated[int, U8]
    warn_type: Annotated[int, U16]
    warn_time: Annotated[int, UTC]
    supervision_id: Annotated[int, U32]
    supervision_endtime: Annotated[int, UTC]
    supervision_level: Annotated[int, U8]
    supervisor: Annotated[str, Text(16)]
    supervisor_tel: Annotated[str, Text(20)]
    supervisor_email: Annotated[str, Text(32)]


@dataclass(frozen=True, slots=True)
class Urge2019(Body):
    """9401, 1413 of 2019, which name the message that brought the alarm."""

    source_platform_id: Annotated[str, PLATFORM]
    warn_time: Annotated[int, UTC]
    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    supervision_endtime: Annotated[int, UTC]
    supervision_level: Annotated[int, U8]
    supervisor: Annotated[str, Text(16)]
    supervisor_tel: Annotated[str, Text(20)]
    supervisor_email: Annotated[str, Text(32)]


@dataclass(frozen=True, slots=True)
class UrgeAnswer(Body):
    """1401 of 2011."""

    supervision_id: Annotated[int, U32]
    result: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class WarnInfo(Body):
    """1402 of 2011 (UP_WARN_MSG_ADPT_INFO)."""

    warn_src: Annotated[int, U8]
    warn_type: Annotated[int, U16]
    warn_time: Annotated[int, UTC]
    info_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class Tip(Body):
    """9402, 9403 of 2011: an alarm or a hint for a vehicle's platform."""

    warn_src: Annotated[int, U8]
    warn_type: Annotated[int, U16]
    warn_time: Annotated[int, UTC]
    warn_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class WarnInfo2019(Body):
    """1402, 1403, 9402, 9403 of 2019; the plate stands in the body."""

    source_platform_id: Annotated[str, PLATFORM]
    warn_type: Annotated[int, U16]
    warn_time: Annotated[int, UTC]
    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]
    vehicle_no: Annotated[str, PLATE]
    vehicle_color: Annotated[int, U8]
    destination_platform_id: Annotated[str, PLATFORM]
    drv_line_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class WarnInTwoTimes(Body):
    """9403 as seen in the field: without the moment of the alarm itself."""

    source_platform_id: Annotated[str, PLATFORM]
    warn_type: Annotated[int, U16]
    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]
    vehicle_no: Annotated[str, PLATE]
    vehicle_color: Annotated[int, U8]
    destination_platform_id: Annotated[str, PLATFORM]
    drv_line_id: Annotated[int, U32]
    info_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class WarnHandled(Body):
    """1403 of 2011 (UP_WARN_MSG_ADPT_TODO_INFO)."""

    info_id: Annotated[int, U32]
    result: Annotated[int, U8]


# Orders to vehicles: 1500, 9500


@dataclass(frozen=True, slots=True)
class Monitor(Body):
    """9501: listen in on the number given (单向监听)."""

    monitor_tel: Annotated[str, Text(20)]


@dataclass(frozen=True, slots=True)
class PhotoRequest(Body):
    """9502."""

    lens_id: Annotated[int, U8]
    size: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class Photo(Body):
    """1502 of 2011."""

    photo_rsp_flag: Annotated[int, U8]
    position: Annotated[Position, Fixed36()]
    lens_id: Annotated[int, U8]
    photo_len: Annotated[int, U32]
    size: Annotated[int, U8]
    photo_type: Annotated[int, U8]
    photo: Annotated[bytes, Bytes()]


@dataclass(frozen=True, slots=True)
class Photo2019(Body):
    """1502 with the position of 2019."""

    photo_rsp_flag: Annotated[int, U8]
    position: Annotated[Location, Carried808()]
    lens_id: Annotated[int, U8]
    photo_len: Annotated[int, U32]
    size: Annotated[int, U8]
    photo_type: Annotated[int, U8]
    photo: Annotated[bytes, Bytes()]


@dataclass(frozen=True, slots=True)
class PhotoAnswer2019(Body):
    """1502 of 2019, which names the request."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    photo_rsp_flag: Annotated[int, U8]
    position: Annotated[Location, Carried808()]
    lens_id: Annotated[int, U8]
    photo_len: Annotated[int, U32]
    size: Annotated[int, U8]
    photo_type: Annotated[int, U8]
    photo: Annotated[bytes, Bytes()]


@dataclass(frozen=True, slots=True)
class TextInfo(Body):
    """9503: a text for the driver."""

    msg_sequence: Annotated[int, U32]
    msg_priority: Annotated[int, U8]
    msg_content: Annotated[str, CONTENT]


@dataclass(frozen=True, slots=True)
class TextAnswer(Body):
    """1503 of 2011."""

    msg_id: Annotated[int, U32]
    result: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class TravelRequest(Body):
    """9504: a command of GB/T 19056 for the driving recorder."""

    command_type: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class TravelRequestInPeriod(Body):
    """9504 with a period, for commands that ask for records; times as yyMMddHHmmss."""

    command_type: Annotated[int, U8]
    start_time: Annotated[str, Bcd(6)]
    end_time: Annotated[str, Bcd(6)]
    max_units: Annotated[int, U16]


@dataclass(frozen=True, slots=True)
class TravelRequest2019(Body):
    """9504 of 2019."""

    start_time: Annotated[int, UTC]
    end_time: Annotated[int, UTC]
    command_type: Annotated[int, U8]


@dataclass(frozen=True, slots=True)
class Travel(Body):
    """1504 of 2011: data of the driving recorder."""

    command_type: Annotated[int, U8]
    traveldata_info: Annotated[bytes, Counted(U32, Bytes())]


@dataclass(frozen=True, slots=True)
class TravelAnswer2019(Body):
    """1504 of 2019."""

    source_data_type: Annotated[int, TYPE]
    source_msg_sn: Annotated[int, U32]
    command_type: Annotated[int, U8]
    traveldata_info: Annotated[bytes, Counted(U32, Bytes())]


@dataclass(frozen=True, slots=True)
class Emergency(Body):
    """9505: where the vehicle's terminal shall connect in an emergency (应急接入)."""

    authentication_code: Annotated[str, Bcd(10)]
    access_point_name: Annotated[str, Text(20)]
    username: Annotated[str, Text(49)]
    password: Annotated[str, Text(22)]
    server_ip: Annotated[str, Text(32)]
    tcp_port: Annotated[int, U16]
    udp_port: Annotated[int, U16]
    end_time: Annotated[int, UTC]


# Video, JT/T 1078


@dataclass(frozen=True, slots=True)
class AuthorizeCodes(Body):
    """1701: the codes (时效口令) by which platforms may ask for video."""

    platform_id: Annotated[str, PLATFORM]
    authorize_code_1: Annotated[str, Text(64)]
    authorize_code_2: Annotated[str, Text(64)]


@dataclass(frozen=True, slots=True)
class VideoServer(Body):
    """1801: where the video is to be had."""

    result: Annotated[int, U8]
    server_ip: Annotated[str, Text(32)]
    server_port: Annotated[int, U16]
