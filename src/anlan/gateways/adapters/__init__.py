"""One adapter a protocol: bytes of a connection in, submissions for intake out. No socket, no database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from anlan.areas.risk.cameras.reports import Report
from anlan.areas.risk.monitoring.queries import Device

#: Devices by protocol and address, as they are registered at the moment.
Register = Callable[[], Mapping[tuple[str, str], Device]]


@dataclass(slots=True)
class Submission:
    """One message of a device: what it says, the frames that said it, and what confirms it once it is kept."""

    protocol: str
    address: str
    frames: tuple[bytes, ...]
    #: (instrument, observed ms, value, flag)
    rows: tuple[tuple[int, int, float, int], ...] = ()
    #: Written to the device after the commit; empty where the protocol has no answer.
    confirmation: bytes = b""
    #: The device or the channels that no station claims: (channel, problem).
    unknown: tuple[tuple[str, str], ...] = ()
    #: (command, whether the matter ends with it, text)
    answer: tuple[int, bool, str] | None = None
    #: What it says of cameras.
    reports: tuple[Report, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether a station claims the device; what an unknown one sends is expected again once it is registered."""
        return not self.unknown or bool(self.unknown[0][0])


@dataclass(slots=True)
class Fault:
    """Bytes that could not be read."""

    protocol: str
    code: str
    reason: str
    raw: bytes


@dataclass(slots=True)
class Noticed:
    """What nobody sent: a camera's device that fell silent, a picture that ended."""

    protocol: str
    reports: tuple[Report, ...]


class Session(Protocol):
    """The conversation with whoever is at the other end of one connection."""

    #: Devices that spoke on this connection, by address.
    addresses: set[str]

    def feed(self, data: bytes, at: datetime) -> list[Submission | Fault]:
        """What these bytes complete."""
        ...

    def close(self, at: datetime) -> list[Submission | Fault]:
        """What is left when the connection ends or falls idle."""
        ...

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        """The frame that carries a command; ValueError says why there is none."""
        ...


class LanedSession(Session, Protocol):
    """The session of a protocol whose common frames a compiled lane reads (see `gateways/lanes.py`)."""

    def lend(self) -> bytes | None:
        """The bytes that wait for more, for the lane to go on with; None while every frame is the session's own."""
        ...

    def context(self, numbers: Mapping[str, int]) -> tuple[int, int, int]:
        """What the lane has to know of the conversation; `numbers` are the devices' in its directory."""
        ...

    def noted(self, addresses: Sequence[str], notes: Sequence[int]) -> None:
        """The lane read a message of each of these devices, with its note."""
        ...
