"""The catalogue of events that areas publish and subscribe to."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.events.bus import Event


@dataclass(frozen=True, kw_only=True)
class ReadingExceeded(Event):
    """A monitored quantity crossed into an alarm level; raised, changed or cleared."""

    alarm: int
    instrument: int
    station: str
    quantity: str
    #: "", "blue", "yellow", "orange", "red" — the level now; empty when cleared.
    level: str
    value: float | None
    unit: str
    observed_at: datetime
    rule: str
    lon: float | None = None
    lat: float | None = None
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class AssessmentRaised(Event):
    """An internal assessment (研判提示) was made or changed its colour; the colour is empty when it ended."""

    assessment: int
    colour: str
    title: str
    hazard: str
    #: "active" when it rose, "lowered" when it fell, "ended".
    status: str = "active"
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class WarningIssued(Event):
    """The issuing bureau's warning arrived, was updated or cancelled, and is relayed."""

    warning: int
    colour: str
    title: str
    hazard: str
    status: str


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(Event):
    """An incident was recorded."""

    incident: int
    title: str
    kind: str
    grade: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentChanged(Event):
    """An incident's figures, grade or state changed, or its timeline grew."""

    incident: int
    title: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class ResponseActivated(Event):
    """A plan's level was proposed, confirmed or ended."""

    activation: int
    incident: int
    title: str
    level: str
    status: str


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """An order was sent, acknowledged, reported on, finished or became overdue."""

    order: int
    incident: int
    title: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ResourceMoved(Event):
    """A resource was asked for, assigned, set out, arrived or was released."""

    assignment: int
    incident: int
    title: str
    status: str


@dataclass(frozen=True, kw_only=True)
class NoticeSent(Event):
    """A notice reached somebody's inbox and waits for confirmation."""

    notice: int
    title: str
    urgency: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ClockStruck(Event):
    """A duty's time reached 50, 80 or 100 per cent, or was met."""

    clock: int
    incident: int | None
    title: str
    percent: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class GatewayReported(Event):
    """Counters of a device gateway, once a second while frames arrive."""

    protocol: str
    frames: int
    malformed: int
    readings: int
    devices: int


@dataclass(frozen=True, kw_only=True)
class CameraAlarmed(Event):
    """A camera, or a device with cameras, raised an alarm of its own."""

    alarm: int
    camera: int | None
    title: str
    source: str
    priority: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class TransferArrived(Event):
    """Supplies that one depot sent to another were taken in there."""

    slip: int
    depot: int


@dataclass(frozen=True, kw_only=True)
class RoadChanged(Event):
    """A road was closed, slowed or reopened: reach and routes are others now."""

    closure: int
    title: str
    is_open: bool
