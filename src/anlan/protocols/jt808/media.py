"""Pictures, sounds and videos of a terminal (多媒体), and the signalling of JT/T 1078-2016 for live and recorded video."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from anlan.protocols.jt808.messages import Body, body
from anlan.protocols.jt808.positions import Location, location_json
from anlan.protocols.layouts import U8, U16, U32, U64, Bcd, Bytes, Counted, LayoutError, Many, Nested, Text

_SHORT = Counted(U8, Text())
_BASIC = 28


class _Basic:
    """A location without additional items."""

    def read(self, data: bytes, at: int, name: str) -> tuple[Location, int]:
        raw, at = Bytes(_BASIC).read(data, at, name)
        return Location.read(raw), at

    def write(self, value: Location, name: str) -> bytes:
        return value.write()[:_BASIC]


class _Pictured(Body):
    __slots__ = ()

    def json(self) -> dict[str, Any]:
        found = Body.json(self)
        for name in ("location",):
            if isinstance(held := getattr(self, name, None), Location):
                found[name] = location_json(held)
        return found


@body(0x0800)
@dataclass(frozen=True, slots=True)
class MediaEvent(Body):
    """A picture, sound or video was made (多媒体事件信息上传)."""

    media_id: Annotated[int, U32]
    kind: Annotated[int, U8]
    format: Annotated[int, U8]
    event: Annotated[int, U8]
    channel: Annotated[int, U8]


@body(0x0801)
@dataclass(frozen=True, slots=True)
class Media(_Pictured):
    """The picture, sound or video itself (多媒体数据上传), with where it was made."""

    media_id: Annotated[int, U32]
    kind: Annotated[int, U8]
    format: Annotated[int, U8]
    event: Annotated[int, U8]
    channel: Annotated[int, U8]
    location: Annotated[Location, _Basic()]
    data: Annotated[bytes, Bytes()]


@body(0x8800)
@dataclass(frozen=True, slots=True)
class MediaAnswer(Body):
    """A medium has come (多媒体数据上传应答), or these packets of it are missing."""

    media_id: int
    missing: tuple[int, ...] | None = None

    @classmethod
    def read(cls, data: bytes) -> MediaAnswer:
        media_id, at = U32.read(data, 0, "多媒体ID")
        if at == len(data):
            return cls(media_id)
        missing, at = Many(U16, U8).read(data, at, "重传包ID")
        if at != len(data):
            raise LayoutError(f"重传包ID列表之后多出 {len(data) - at} 字节")
        return cls(media_id, missing)

    def write(self) -> bytes:
        rest = b"" if self.missing is None else Many(U16, U8).write(self.missing, "重传包ID")
        return U32.write(self.media_id, "多媒体ID") + rest


@body(0x8801)
@dataclass(frozen=True, slots=True)
class Shoot(Body):
    """Take pictures or video now (摄像头立即拍摄命令): 0 stop, FFFF video, else how many pictures."""

    channel: Annotated[int, U8]
    command: Annotated[int, U16]
    interval_s: Annotated[int, U16]
    is_kept: Annotated[int, U8]
    resolution: Annotated[int, U8]
    quality: Annotated[int, U8]
    brightness: Annotated[int, U8]
    contrast: Annotated[int, U8]
    saturation: Annotated[int, U8]
    chroma: Annotated[int, U8]


@body(0x0805)
@dataclass(frozen=True, slots=True)
class Shot(Body):
    """What was taken (摄像头立即拍摄命令应答)."""

    answered_serial: int
    result: int
    media: tuple[int, ...] | None = None

    @classmethod
    def read(cls, data: bytes) -> Shot:
        serial, at = U16.read(data, 0, "应答流水号")
        result, at = U8.read(data, at, "结果")
        if at == len(data):
            return cls(serial, result)
        media, at = Many(U32, U16).read(data, at, "多媒体ID")
        if at != len(data):
            raise LayoutError(f"多媒体ID列表之后多出 {len(data) - at} 字节")
        return cls(serial, result, media)

    def write(self) -> bytes:
        head = U16.write(self.answered_serial, "应答流水号") + U8.write(self.result, "结果")
        return head if self.media is None else head + Many(U32, U16).write(self.media, "多媒体ID")


@body(0x8802)
@dataclass(frozen=True, slots=True)
class FindMedia(Body):
    """Which stored media are wanted (存储多媒体数据检索)."""

    kind: Annotated[int, U8]
    channel: Annotated[int, U8]
    event: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored medium."""

    media_id: Annotated[int, U32]
    kind: Annotated[int, U8]
    channel: Annotated[int, U8]
    event: Annotated[int, U8]
    location: Annotated[Location, _Basic()]


@body(0x0802)
@dataclass(frozen=True, slots=True)
class FoundMedia(Body):
    """The stored media that were wanted (存储多媒体数据检索应答)."""

    answered_serial: Annotated[int, U16]
    media: Annotated[tuple[Stored, ...], Many(Nested(Stored), U16)]


@body(0x8803)
@dataclass(frozen=True, slots=True)
class SendMedia(Body):
    """Send stored media (存储多媒体数据上传命令)."""

    kind: Annotated[int, U8]
    channel: Annotated[int, U8]
    event: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]
    is_deleted: Annotated[int, U8]


@body(0x8804)
@dataclass(frozen=True, slots=True)
class Record(Body):
    """Record sound (录音开始命令): 0 stop, 1 begin."""

    command: Annotated[int, U8]
    duration_s: Annotated[int, U16]
    is_kept: Annotated[int, U8]
    rate: Annotated[int, U8]


@body(0x8805)
@dataclass(frozen=True, slots=True)
class SendOne(Body):
    """Send one stored medium (单条存储多媒体数据检索上传命令)."""

    media_id: Annotated[int, U32]
    is_deleted: Annotated[int, U8]


@body(0x1003)
@dataclass(frozen=True, slots=True)
class VideoAttributes(Body):
    """What sound and video a terminal can do (终端上传音视频属性)."""

    audio_codec: Annotated[int, U8]
    audio_channels: Annotated[int, U8]
    audio_rate: Annotated[int, U8]
    audio_bits: Annotated[int, U8]
    audio_frame_length: Annotated[int, U16]
    has_audio_output: Annotated[int, U8]
    video_codec: Annotated[int, U8]
    most_audio_channels: Annotated[int, U8]
    most_video_channels: Annotated[int, U8]


@body(0x1005)
@dataclass(frozen=True, slots=True)
class Passengers(Body):
    """How many got on and off (终端上传乘客流量)."""

    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]
    on: Annotated[int, U16]
    off: Annotated[int, U16]


@dataclass(frozen=True, slots=True)
class Resource:
    """One recording in a terminal."""

    channel: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]
    alarms: Annotated[int, U64]
    media: Annotated[int, U8]
    stream: Annotated[int, U8]
    storage: Annotated[int, U8]
    size: Annotated[int, U32]


@body(0x1205)
@dataclass(frozen=True, slots=True)
class Resources(Body):
    """The recordings that were asked for (终端上传音视频资源列表)."""

    answered_serial: Annotated[int, U16]
    resources: Annotated[tuple[Resource, ...], Many(Nested(Resource), U32)]


@body(0x1206)
@dataclass(frozen=True, slots=True)
class Uploaded(Body):
    """A recording was uploaded or not (文件上传完成通知)."""

    answered_serial: Annotated[int, U16]
    result: Annotated[int, U8]


@body(0x9101)
@dataclass(frozen=True, slots=True)
class Live(Body):
    """Send live video to this server (实时音视频传输请求)."""

    host: Annotated[str, _SHORT]
    tcp_port: Annotated[int, U16]
    udp_port: Annotated[int, U16]
    channel: Annotated[int, U8]
    media: Annotated[int, U8]
    stream: Annotated[int, U8]


@body(0x9102)
@dataclass(frozen=True, slots=True)
class LiveControl(Body):
    """Stop, switch, pause or resume live video (音视频实时传输控制)."""

    channel: Annotated[int, U8]
    command: Annotated[int, U8]
    closed: Annotated[int, U8]
    stream: Annotated[int, U8]


@body(0x9105)
@dataclass(frozen=True, slots=True)
class LiveState(Body):
    """How many packets of a live video are lost, per cent (实时音视频传输状态通知)."""

    channel: Annotated[int, U8]
    loss: Annotated[int, U8]


@body(0x9201)
@dataclass(frozen=True, slots=True)
class Playback(Body):
    """Send a recording to this server (平台下发远程录像回放请求)."""

    host: Annotated[str, _SHORT]
    tcp_port: Annotated[int, U16]
    udp_port: Annotated[int, U16]
    channel: Annotated[int, U8]
    media: Annotated[int, U8]
    stream: Annotated[int, U8]
    storage: Annotated[int, U8]
    mode: Annotated[int, U8]
    speed: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]


@body(0x9202)
@dataclass(frozen=True, slots=True)
class PlaybackControl(Body):
    """Play, pause, end, forward, jump (平台下发远程录像回放控制)."""

    channel: Annotated[int, U8]
    command: Annotated[int, U8]
    speed: Annotated[int, U8]
    position: Annotated[str, Bcd(6)]


@body(0x9205)
@dataclass(frozen=True, slots=True)
class FindResources(Body):
    """Which recordings are wanted (查询资源列表)."""

    channel: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]
    alarms: Annotated[int, U64]
    media: Annotated[int, U8]
    stream: Annotated[int, U8]
    storage: Annotated[int, U8]


@body(0x9206)
@dataclass(frozen=True, slots=True)
class Upload(Body):
    """Upload a recording by FTP (文件上传指令)."""

    host: Annotated[str, _SHORT]
    port: Annotated[int, U16]
    user: Annotated[str, _SHORT]
    password: Annotated[str, _SHORT]
    path: Annotated[str, _SHORT]
    channel: Annotated[int, U8]
    start: Annotated[str, Bcd(6)]
    end: Annotated[str, Bcd(6)]
    alarms: Annotated[int, U64]
    media: Annotated[int, U8]
    stream: Annotated[int, U8]
    storage: Annotated[int, U8]
    condition: Annotated[int, U8]


@body(0x9207)
@dataclass(frozen=True, slots=True)
class UploadControl(Body):
    """Pause, resume or cancel an upload (文件上传控制)."""

    answered_serial: Annotated[int, U16]
    command: Annotated[int, U8]


@body(0x9301)
@dataclass(frozen=True, slots=True)
class Turn(Body):
    """Turn the camera (云台旋转): 0 stop, 1 up, 2 down, 3 left, 4 right."""

    channel: Annotated[int, U8]
    direction: Annotated[int, U8]
    speed: Annotated[int, U8]


@body(0x9302, 0x9303, 0x9304, 0x9305, 0x9306)
@dataclass(frozen=True, slots=True)
class Adjust(Body):
    """Focus, iris, wiper, lamp, zoom (云台控制): which way, or on and off."""

    channel: Annotated[int, U8]
    value: Annotated[int, U8]
