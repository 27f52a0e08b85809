"""MANSCDP commands (监控报警联网系统控制描述协议): one class for each root and CmdType, read from XML and written back.

GB/T 28181-2016 annex A.2 and 2022 annex A.2; a comment says which edition has a command or field where they differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from anlan.protocols.gb28181 import catalogue as c
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.ptz import PTZCommand
from anlan.protocols.gb28181.shapes import (
    Node,
    as_json,
    decimal,
    escape,
    group,
    groups,
    integer,
    read,
    read_tree,
    text,
    texts,
    time,
    write_fields,
)

ROOTS = ("Control", "Query", "Notify", "Response")
CONTENT_TYPE = "Application/MANSCDP+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A command by its root, CmdType, SN and device; the fields of one that is not listed are in ``extra``."""

    root: str
    cmd_type: str
    sn: int
    device_id: str = text("DeviceID")
    extra: tuple[Node, ...] = ()


_B = TypeVar("_B", bound=type)
COMMANDS: dict[tuple[str, str], type[Body]] = {}


def _command(root: str, *names: str) -> Callable[[_B], _B]:
    def add(kind: _B) -> _B:
        for name in names:
            COMMANDS[root, name.lower()] = kind
        return kind

    return add


@_command("Notify", "Keepalive")
@dataclass(frozen=True, slots=True, kw_only=True)
class Keepalive(Body):
    """A device says that it is there (状态信息报送)."""

    root: str = "Notify"
    cmd_type: str = "Keepalive"
    status: str = text("Status")
    """OK or ERROR."""
    faults: tuple[str, ...] = texts("Info", "DeviceID")
    """Devices under it that do not work."""


@_command("Notify", "Alarm")
@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Body):
    """A device raises an alarm (报警通知)."""

    root: str = "Notify"
    cmd_type: str = "Alarm"
    alarm_priority: str = text("AlarmPriority")
    alarm_method: str = text("AlarmMethod")
    alarm_time: datetime | None = time("AlarmTime")
    alarm_description: str = text("AlarmDescription")
    longitude: float | None = decimal("Longitude")
    latitude: float | None = decimal("Latitude")
    info: c.AlarmInfo | None = group("Info", c.AlarmInfo)


@_command("Notify", "MobilePosition")
@dataclass(frozen=True, slots=True, kw_only=True)
class MobilePosition(Body):
    """Where a device is (移动设备位置): one point in 2016, a list of devices in 2022."""

    root: str = "Notify"
    cmd_type: str = "MobilePosition"
    time: datetime | None = time("Time")
    """When measured in 2016, when reported in 2022."""
    longitude: float | None = decimal("Longitude")
    latitude: float | None = decimal("Latitude")
    speed: float | None = decimal("Speed")
    """km/h."""
    direction: float | None = decimal("Direction")
    altitude: float | None = decimal("Altitude")
    sum_num: int | None = integer("SumNum")  # 2022
    device_list: tuple[c.PositionItem, ...] = groups("DeviceList", c.PositionItem)

    def positions(self) -> tuple[c.PositionItem, ...]:
        """The points of either edition, one a device."""
        if self.device_list or self.longitude is None or self.latitude is None:
            return self.device_list
        return (
            c.PositionItem(
                device_id=self.device_id,
                capture_time=self.time,
                longitude=self.longitude,
                latitude=self.latitude,
                speed=self.speed,
                direction=self.direction,
                altitude=self.altitude,
            ),
        )


@_command("Notify", "MediaStatus")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStatus(Body):
    """A stream ended: 121, the record was sent whole (媒体通知)."""

    root: str = "Notify"
    cmd_type: str = "MediaStatus"
    notify_type: str = text("NotifyType")


@_command("Notify", "Broadcast")
@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast(Body):
    """Somebody is to speak through a device (语音广播通知); it has no DeviceID."""

    root: str = "Notify"
    cmd_type: str = "Broadcast"
    source_id: str = text("SourceID")
    target_id: str = text("TargetID")


@_command("Notify", "Catalog")
@_command("Response", "Catalog")
@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog(Body):
    """Part of a catalogue (目录): answered to a query, or what changed in a subscribed one."""

    root: str = "Response"
    cmd_type: str = "Catalog"
    result: str = text("Result")
    """In the answer to a SUBSCRIBE."""
    status: str = text("Status")
    sum_num: int | None = integer("SumNum")
    """Items of all parts together."""
    device_list: tuple[c.CatalogItem, ...] = groups("DeviceList", c.CatalogItem)


@_command("Notify", "UploadSnapShotFinished")
@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSnapShotFinished(Body):
    """Pictures were uploaded (2022, 图像抓拍传输完成通知)."""

    root: str = "Notify"
    cmd_type: str = "UploadSnapShotFinished"
    session_id: str = text("SessionID")
    snap_shot_list: tuple[str, ...] = texts("SnapShotList", "SnapShotFileID")


@_command("Notify", "VideoUploadNotify")
@dataclass(frozen=True, slots=True, kw_only=True)
class VideoUploadNotify(Body):
    """A device wants to send what it sees (2022, 设备实时视音频回传通知)."""

    root: str = "Notify"
    cmd_type: str = "VideoUploadNotify"
    time: datetime | None = time("Time")
    longitude: float | None = decimal("Longitude")
    latitude: float | None = decimal("Latitude")


@_command("Notify", "DeviceUpgradeResult")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUpgradeResult(Body):
    """Whether new firmware was taken (2022)."""

    root: str = "Notify"
    cmd_type: str = "DeviceUpgradeResult"
    session_id: str = text("SessionID")
    upgrade_result: str = text("UpgradeResult")
    firmware: str = text("Firmware")
    upgrade_failed_reason: str = text("UpgradeFailedReason")


@_command("Response", "PTZPosition")
@_command("Notify", "PTZPosition")
@dataclass(frozen=True, slots=True, kw_only=True)
class PTZPosition(Body):
    """Where a camera looks (2022, PTZ 精准状态)."""

    root: str = "Response"
    cmd_type: str = "PTZPosition"
    pan: float | None = decimal("Pan")
    tilt: float | None = decimal("Tilt")
    zoom: float | None = decimal("Zoom")
    horizontal_field_angle: float | None = decimal("HorizontalFieldAngle")
    vertical_field_angle: float | None = decimal("VerticalFieldAngle")
    max_view_distance: float | None = decimal("MaxViewDistance")


@_command(
    "Query",
    "Catalog",
    "DeviceInfo",
    "DeviceStatus",
    "RecordInfo",
    "Alarm",
    "ConfigDownload",
    "PresetQuery",
    "MobilePosition",
    "HomePositionQuery",
    "CruiseTrackListQuery",
    "CruiseTrackQuery",
    "PTZPosition",
    "SDCardStatus",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Body):
    """A question, or what a SUBSCRIBE asks for; each CmdType uses the fields that concern it."""

    root: str = "Query"
    start_time: datetime | None = time("StartTime")
    end_time: datetime | None = time("EndTime")
    file_path: str = text("FilePath")
    address: str = text("Address")
    secrecy: int | None = integer("Secrecy")
    type: str = text("Type")
    """RecordInfo: time, alarm, manual or all."""
    recorder_id: str = text("RecorderID")
    indistinct_query: str = text("IndistinctQuery")
    stream_number: int | None = integer("StreamNumber")  # 2022
    start_alarm_priority: str = text("StartAlarmPriority")
    end_alarm_priority: str = text("EndAlarmPriority")
    alarm_method: str = text("AlarmMethod")
    alarm_type: str = text("AlarmType")
    start_alarm_time: datetime | None = time("StartAlarmTime")
    end_alarm_time: datetime | None = time("EndAlarmTime")
    config_type: str = text("ConfigType")
    """ConfigDownload: one or more of BasicParam, VideoParamOpt, SVACEncodeConfig ..., parted by ``/``."""
    interval: int | None = integer("Interval")
    """MobilePosition: seconds between reports; 5 when not said."""
    number: int | None = integer("Number")
    """CruiseTrackQuery (2022): which track."""


@_command("Control", "DeviceControl")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceControl(Body):
    """An order to a device (设备控制)."""

    root: str = "Control"
    cmd_type: str = "DeviceControl"
    ptz_cmd: str = text("PTZCmd")
    """Sixteen hexadecimal digits, ptz.PTZCommand."""
    ptz_cmd_params: c.PTZParams | None = group("PTZCmdParams", c.PTZParams)  # 2022
    tele_boot: str = text("TeleBoot")
    """Boot."""
    record_cmd: str = text("RecordCmd")
    """Record or StopRecord."""
    stream_number: int | None = integer("StreamNumber")  # 2022
    guard_cmd: str = text("GuardCmd")
    """SetGuard or ResetGuard."""
    alarm_cmd: str = text("AlarmCmd")
    """ResetAlarm."""
    info: c.ControlInfo | None = group("Info", c.ControlInfo)
    ifame_cmd: str = text("IFameCmd")
    """Send; 2016 prints the name so."""
    iframe_cmd: str = text("IFrameCmd")  # 2022
    drag_zoom_in: c.Rectangle | None = group("DragZoomIn", c.Rectangle)
    drag_zoom_out: c.Rectangle | None = group("DragZoomOut", c.Rectangle)
    home_position: c.HomePosition | None = group("HomePosition", c.HomePosition)
    ptz_precise_ctrl: c.PrecisePosition | None = group("PTZPreciseCtrl", c.PrecisePosition)  # 2022, as all below
    device_upgrade: c.Upgrade | None = group("DeviceUpgrade", c.Upgrade)
    format_sd_card: int | None = integer("FormatSDCard")
    target_track: str = text("TargetTrack")
    device_id2: str = text("DeviceID2")
    target_area: c.Rectangle | None = group("TargetArea", c.Rectangle)

    @property
    def ptz(self) -> PTZCommand | None:
        """The camera movement that is ordered."""
        return PTZCommand.parse(self.ptz_cmd) if self.ptz_cmd else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings(Body):
    basic_param: c.BasicParam | None = group("BasicParam", c.BasicParam)
    video_param_opt: c.VideoParamOpt | None = group("VideoParamOpt", c.VideoParamOpt)
    alarm_report: c.AlarmReport | None = group("AlarmReport", c.AlarmReport)
    video_alarm_record: c.VideoAlarmRecord | None = group("VideoAlarmRecord", c.VideoAlarmRecord)
    frame_mirror: str = text("FrameMirror")  # 2022
    snap_shot_config: c.SnapShot | None = group("SnapShotConfig", c.SnapShot)


@_command("Control", "DeviceConfig")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig(_Settings):
    """Settings for a device (设备配置); those without a field here (OSD, SVAC, masks, plans) go through ``extra``."""

    root: str = "Control"
    cmd_type: str = "DeviceConfig"


@_command("Response", "ConfigDownload")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDownload(_Settings):
    """Settings of a device (设备配置查询应答)."""

    root: str = "Response"
    cmd_type: str = "ConfigDownload"
    result: str = text("Result")


@_command("Response", "DeviceControl", "DeviceConfig", "Alarm", "Broadcast")
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Body):
    """Whether something was done: OK or ERROR (应答)."""

    root: str = "Response"
    result: str = text("Result")


@_command("Response", "DeviceInfo")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo(Body):
    """What a device is (设备信息)."""

    root: str = "Response"
    cmd_type: str = "DeviceInfo"
    device_name: str = text("DeviceName")
    result: str = text("Result")
    device_type: str = text("DeviceType")  # 2011, still sent
    manufacturer: str = text("Manufacturer")
    model: str = text("Model")
    firmware: str = text("Firmware")
    channel: int | None = integer("Channel")


@_command("Response", "DeviceStatus")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatus(Body):
    """How a device is (设备状态)."""

    root: str = "Response"
    cmd_type: str = "DeviceStatus"
    result: str = text("Result")
    online: str = text("Online")
    """ONLINE or OFFLINE."""
    status: str = text("Status")
    reason: str = text("Reason")
    encode: str = text("Encode")
    record: str = text("Record")
    device_time: datetime | None = time("DeviceTime")
    alarm_status: tuple[c.DutyStatus, ...] = groups("Alarmstatus", c.DutyStatus)


@_command("Response", "RecordInfo")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInfo(Body):
    """Part of a list of records (文件目录检索应答)."""

    root: str = "Response"
    cmd_type: str = "RecordInfo"
    name: str = text("Name")
    sum_num: int | None = integer("SumNum")
    record_list: tuple[c.RecordItem, ...] = groups("RecordList", c.RecordItem)


@_command("Response", "PresetQuery")
@dataclass(frozen=True, slots=True, kw_only=True)
class PresetList(Body):
    """The preset positions of a camera."""

    root: str = "Response"
    cmd_type: str = "PresetQuery"
    sum_num: int | None = integer("SumNum")  # 2022
    preset_list: tuple[c.Preset, ...] = groups("PresetList", c.Preset)


@_command("Response", "HomePositionQuery")
@dataclass(frozen=True, slots=True, kw_only=True)
class HomePositionAnswer(Body):
    """Where a camera returns to (2022)."""

    root: str = "Response"
    cmd_type: str = "HomePositionQuery"
    home_position: c.HomePosition | None = group("HomePosition", c.HomePosition)


@_command("Response", "CruiseTrackListQuery")
@dataclass(frozen=True, slots=True, kw_only=True)
class CruiseTrackList(Body):
    """The cruises of a camera (2022)."""

    root: str = "Response"
    cmd_type: str = "CruiseTrackListQuery"
    sum_num: int | None = integer("SumNum")
    cruise_track_list: tuple[c.Track, ...] = groups("CruiseTrackList", c.Track, "CruiseTrack")


@_command("Response", "CruiseTrackQuery")
@dataclass(frozen=True, slots=True, kw_only=True)
class CruiseTrack(Body):
    """One cruise with its stops (2022)."""

    root: str = "Response"
    cmd_type: str = "CruiseTrackQuery"
    number: int | None = integer("Number")
    name: str = text("Name")
    sum_num: int | None = integer("SumNum")
    cruise_point_list: tuple[c.CruisePoint, ...] = groups("CruisePointList", c.CruisePoint, "CruisePoint")


@_command("Response", "SDCardStatus")
@dataclass(frozen=True, slots=True, kw_only=True)
class SDCardStatus(Body):
    """The storage cards of a camera (2022)."""

    root: str = "Response"
    cmd_type: str = "SDCardStatus"
    sum_num: int | None = integer("SumNum")
    sd_card_status_info: tuple[c.StorageCard, ...] = groups("SDCardStatusInfo", c.StorageCard)


def decode_body(document: bytes) -> Body:
    """The command in a document; GB28181Error says what is missing.

    >>> decode_body(b"<?xml version='1.0'?><Notify><CmdType>Keepalive</CmdType><SN>43</SN>"
    ...             b"<DeviceID>37152600001320000001</DeviceID><Status>OK</Status></Notify>").status
    'OK'
    """
    root = read_tree(document)
    name = next((one for one in ROOTS if one.lower() == root.tag.lower()), "")
    if not name:
        raise GB28181Error(f"根元素应为 {'、'.join(ROOTS)}，收到 {root.tag[:40]!r}")
    head: dict[str, str] = {}
    for child in list(root)[:32]:
        key = child.tag.lower()
        if key in ("cmdtype", "sn") and key not in head and not len(child):
            head[key] = (child.text or "").strip()
            root.remove(child)
    given, number = head.get("cmdtype", ""), head.get("sn", "")
    if not given:
        raise GB28181Error("缺少 CmdType")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise GB28181Error(f"SN 应为整数，收到 {number[:20]!r}" if number else "缺少 SN")
    kind = COMMANDS.get((name, given.lower()), Body)
    values: dict[str, Any] = {"root": name, "cmd_type": given, "sn": int(number)} | read(kind, root)
    if not values.get("device_id") and kind is not Broadcast:
        raise GB28181Error(f"{given[:40]} 缺少 DeviceID")
    return kind(**values)


def encode_body(body: Body, *, encoding: str = "") -> bytes:
    """The document that says a command: declared as GB2312 where that fits, as devices expect, else as GB18030.

    The encoding may be told to be GB2312, GB18030 or UTF-8.

    >>> decode_body(encode_body(Query(cmd_type="Catalog", sn=1, device_id="37152600002000000001"))).cmd_type
    'Catalog'
    """
    if body.root not in ROOTS:
        raise GB28181Error(f"根元素应为 {'、'.join(ROOTS)}，收到 {body.root[:40]!r}")
    if encoding.upper() not in ("", "GB2312", "GB18030", "UTF-8"):
        raise GB28181Error(f"XML 编码应为 GB2312、GB18030 或 UTF-8，收到 {encoding[:40]!r}")
    if not body.device_id and not isinstance(body, Broadcast):
        raise GB28181Error(f"{body.cmd_type[:40]} 缺少 DeviceID")
    if not 0 <= body.sn < 10**18 or not body.cmd_type:
        raise GB28181Error(f"CmdType 不能为空，SN 应为不超过 18 位的非负整数，收到 {body.cmd_type!r}、{body.sn}")
    lines = [f"<{body.root}>", f"<CmdType>{escape('CmdType', body.cmd_type)}</CmdType>", f"<SN>{body.sn}</SN>"]
    write_fields(body, lines)
    lines.append(f"</{body.root}>")
    document = "\r\n".join(lines) + "\r\n"
    if encoding.upper() == "UTF-8":
        return f'<?xml version="1.0" encoding="UTF-8"?>\r\n{document}'.encode()
    content = document.encode("gb18030")
    name = encoding or ("GB2312" if document.encode("gb2312", "replace") == content else "GB18030")
    return f'<?xml version="1.0" encoding="{name}"?>\r\n'.encode() + content


def body_json(body: Body) -> dict[str, Any]:
    """The command under the standard's names."""
    return {"root": body.root, "cmd_type": body.cmd_type, "sn": body.sn} | as_json(body)
