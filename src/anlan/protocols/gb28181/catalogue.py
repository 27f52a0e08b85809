"""What devices say of themselves: catalogue items, records, positions, alarms, settings (MANSCDP A.2.1 and A.2.5).

Fields of both editions stand together; where only one has a field, its docstring or comment says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anlan.protocols.gb28181.shapes import Node, decimal, group, integer, text, time


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraInfo:
    """How a camera is built and mounted (Info of an item)."""

    ptz_type: str = text("PTZType")
    """A number of codes.PTZ_TYPES; 2022 allows several, parted by ``/``."""
    position_type: int | None = integer("PositionType")  # 2016
    photoelectric_imaging_type: str = text("PhotoelectricImagingType")  # 2022
    capture_position_type: str = text("CapturePositionType")  # 2022
    room_type: int | None = integer("RoomType")
    """1 outdoors, 2 indoors."""
    use_type: int | None = integer("UseType")  # 2016
    supply_light_type: int | None = integer("SupplyLightType")
    direction_type: int | None = integer("DirectionType")
    """A number of codes.DIRECTIONS."""
    resolution: str = text("Resolution")
    business_group_id: str = text("BusinessGroupID")  # 2016; 2022 has it beside Info
    stream_number_list: str = text("StreamNumberList")  # 2022
    download_speed: str = text("DownloadSpeed")
    svc_space_support_mode: int | None = integer("SVCSpaceSupportMode")
    svc_time_support_mode: int | None = integer("SVCTimeSupportMode")
    ssvc_ratio_support_list: str = text("SSVCRatioSupportList")  # 2022, as all that follow
    mobile_device_type: int | None = integer("MobileDeviceType")
    horizontal_field_angle: float | None = decimal("HorizontalFieldAngle")
    vertical_field_angle: float | None = decimal("VerticalFieldAngle")
    max_view_distance: float | None = decimal("MaxViewDistance")
    grassroots_code: str = text("GrassrootsCode")
    point_type: int | None = integer("PointType")
    point_common_name: str = text("PointCommonName")
    mac: str = text("MAC")
    function_type: str = text("FunctionType")
    encode_type: str = text("EncodeType")
    install_time: datetime | None = time("InstallTime")
    management_unit: str = text("ManagementUnit")
    contact_info: str = text("ContactInfo")
    record_save_days: int | None = integer("RecordSaveDays")
    industrial_classification: str = text("IndustrialClassification")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogItem:
    """One camera, device, group, organisation or area of a catalogue (itemType)."""

    device_id: str = text("DeviceID")
    event: str = text("Event")
    """In a notification: what happened, of codes.CATALOG_EVENTS."""
    name: str = text("Name")
    manufacturer: str = text("Manufacturer")
    model: str = text("Model")
    owner: str = text("Owner")  # 2016
    civil_code: str = text("CivilCode")
    """Administrative division of two, four, six or eight digits."""
    block: str = text("Block")
    address: str = text("Address")
    parental: int | None = integer("Parental")
    """1 when it has devices under it."""
    parent_id: str = text("ParentID")
    safety_way: int | None = integer("SafetyWay")  # 2016
    register_way: int | None = integer("RegisterWay")
    security_level_code: str = text("SecurityLevelCode")  # 2022
    cert_num: str = text("CertNum")  # 2016, with the three that follow
    certifiable: int | None = integer("Certifiable")
    err_code: int | None = integer("ErrCode")
    end_time: datetime | None = time("EndTime")
    secrecy: int | None = integer("Secrecy")
    ip_address: str = text("IPAddress")
    port: int | None = integer("Port")
    password: str = text("Password")
    status: str = text("Status")
    """ON or OFF."""
    longitude: float | None = decimal("Longitude")
    """WGS-84 in 2022; 2016 names no system."""
    latitude: float | None = decimal("Latitude")
    business_group_id: str = text("BusinessGroupID")  # 2022
    info: CameraInfo | None = group("Info", CameraInfo)
    extra: tuple[Node, ...] = ()

    @property
    def position(self) -> tuple[float, float] | None:
        """(longitude, latitude), unless missing, out of range or the 0, 0 of a device that was never told."""
        if self.longitude is None or self.latitude is None or (self.longitude, self.latitude) == (0.0, 0.0):
            return None
        is_possible = abs(self.longitude) <= 180 and abs(self.latitude) <= 90
        return (self.longitude, self.latitude) if is_possible else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordItem:
    """One file of recorded pictures (itemFileType)."""

    device_id: str = text("DeviceID")
    name: str = text("Name")
    file_path: str = text("FilePath")
    address: str = text("Address")
    start_time: datetime | None = time("StartTime")
    end_time: datetime | None = time("EndTime")
    secrecy: int | None = integer("Secrecy")
    type: str = text("Type")
    """time, alarm or manual."""
    recorder_id: str = text("RecorderID")
    file_size: int | None = integer("FileSize")
    record_location: str = text("RecordLocation")  # 2022
    stream_number: int | None = integer("StreamNumber")  # 2022
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionItem:
    """Where one device of a 2022 notification was (itemMobilePositionType)."""

    device_id: str = text("DeviceID")
    capture_time: datetime | None = time("CaptureTime")
    longitude: float | None = decimal("Longitude")
    latitude: float | None = decimal("Latitude")
    speed: float | None = decimal("Speed")
    """km/h."""
    direction: float | None = decimal("Direction")
    """Degrees clockwise from north."""
    altitude: float | None = decimal("Altitude")
    height: float | None = decimal("Height")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTypeParam:
    """What belongs to an intrusion: 1 went in, 2 went out."""

    event_type: int | None = integer("EventType")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmInfo:
    """What an alarm was, by its method."""

    alarm_type: int | None = integer("AlarmType")
    alarm_type_param: AlarmTypeParam | None = group("AlarmTypeParam", AlarmTypeParam)
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStatus:
    """Whether an alarm input is on guard: ONDUTY, OFFDUTY or ALARM."""

    device_id: str = text("DeviceID")
    duty_status: str = text("DutyStatus")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One preset position."""

    preset_id: str = text("PresetID")
    preset_name: str = text("PresetName")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePosition:
    """Where a camera returns to by itself (看守位)."""

    enabled: int | None = integer("Enabled")
    reset_time: int | None = integer("ResetTime")
    """Seconds."""
    preset_index: int | None = integer("PresetIndex")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One cruise (2022)."""

    number: int | None = integer("Number")
    name: str = text("Name")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CruisePoint:
    """One stop of a cruise (2022)."""

    preset_index: int | None = integer("PresetIndex")
    stay_time: int | None = integer("StayTime")
    speed: int | None = integer("Speed")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageCard:
    """One storage card (2022)."""

    id: int | None = integer("ID")
    hdd_name: str = text("HddName")
    status: str = text("Status")
    """ok, formatting, unformatted, idle or error."""
    format_progress: int | None = integer("FormatProgress")
    capacity: int | None = integer("Capacity")
    """MB."""
    free_space: int | None = integer("FreeSpace")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicParam:
    """Name, registration and heartbeat of a device."""

    name: str = text("Name")
    device_id: str = text("DeviceID")  # 2011 only
    sip_server_id: str = text("SIPServerID")  # 2011 only, with the four that follow
    sip_server_ip: str = text("SIPServerIP")
    sip_server_port: int | None = integer("SIPServerPort")
    domain_name: str = text("DomainName")
    password: str = text("Password")
    expiration: int | None = integer("Expiration")
    """Seconds, as the heartbeat's."""
    heart_beat_interval: int | None = integer("HeartBeatInterval")
    heart_beat_count: int | None = integer("HeartBeatCount")
    position_capability: int | None = integer("PositionCapability")  # 2016, in answers
    longitude: float | None = decimal("Longitude")
    latitude: float | None = decimal("Latitude")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoParamOpt:
    """What a camera can be set to."""

    download_speed: str = text("DownloadSpeed")
    resolution: str = text("Resolution")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReport:
    """Which alarms a device reports (2022)."""

    motion_detection: int | None = integer("MotionDetection")
    field_detection: int | None = integer("FieldDetection")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoAlarmRecord:
    """How a device records on an alarm (2022)."""

    record_enable: int | None = integer("RecordEnable")
    record_time: int | None = integer("RecordTime")
    pre_record_time: int | None = integer("PreRecordTime")
    stream_number: int | None = integer("StreamNumber")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapShot:
    """How a device takes pictures and where it uploads them (2022)."""

    snap_num: int | None = integer("SnapNum")
    interval: int | None = integer("Interval")
    upload_url: str = text("UploadURL")
    session_id: str = text("SessionID")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A part of the picture, in pixels of the window that shows it."""

    length: int | None = integer("Length")
    width: int | None = integer("Width")
    mid_point_x: int | None = integer("MidPointX")
    mid_point_y: int | None = integer("MidPointY")
    length_x: int | None = integer("LengthX")
    length_y: int | None = integer("LengthY")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisePosition:
    """Pan and tilt in degrees, zoom as a factor (2022)."""

    pan: float | None = decimal("Pan")
    tilt: float | None = decimal("Tilt")
    zoom: float | None = decimal("Zoom")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlInfo:
    """What belongs to a control: its priority, or which alarms are reset."""

    control_priority: int | None = integer("ControlPriority")
    alarm_method: str = text("AlarmMethod")
    alarm_type: str = text("AlarmType")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PTZParams:
    """Names that belong to a preset or a cruise (2022)."""

    preset_name: str = text("PresetName")
    cruise_track_name: str = text("CruiseTrackName")
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """The firmware that a device shall fetch (2022)."""

    firmware: str = text("Firmware")
    file_url: str = text("FileURL")
    manufacturer: str = text("Manufacturer")
    session_id: str = text("SessionID")
    extra: tuple[Node, ...] = ()
