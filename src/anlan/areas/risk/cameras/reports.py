"""What gateways report of cameras, in the ledger's words: positions in WGS84, texts as they came."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something that a device said or that became of it; `device` is the key of its station."""

    device: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One camera of a catalogue, or what changed about it; empty where nothing was said."""

    code: str
    name: str = ""
    civil_code: str = ""
    address: str = ""
    manufacturer: str = ""
    model: str = ""
    structure: int | None = None
    #: A value of Camera.Status.
    status: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued(Report):
    """Part of a catalogue (目录), or changes of one."""

    cameras: tuple[Listed, ...]
    #: The codes of the whole catalogue, once its last part has come.
    whole: frozenset[str] | None = None
    #: Items of every kind that the whole catalogue has.
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Report):
    """A device registered."""

    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Report):
    """A device signed off, fell silent, or let its registration lapse."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described(Report):
    """What a device or camera is (设备信息)."""

    code: str
    manufacturer: str
    model: str
    firmware: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Report):
    """How single cameras are (设备状态), or which of them do not work."""

    codes: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed(Report):
    """A device raised an alarm (报警通知)."""

    code: str
    priority: str
    method: str
    title: str
    description: str
    happened_at: datetime
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Report):
    """Where a mobile camera, or the device that carries cameras, was (移动位置)."""

    code: str
    at: datetime
    position: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(Report):
    """The preset positions (预置位) of a camera."""

    code: str
    presets: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Report):
    """A camera sends its picture to the media server under a number (SSRC), or no longer does."""

    code: str
    ssrc: str = ""
