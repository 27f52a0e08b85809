"""What a simulated device of each protocol says, and how it knows that it was heard."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from anlan.protocols import gb26875, hj212, jt808, jt809, sensorthings, sl651


@dataclass(frozen=True, slots=True)
class Channel:
    """An instrument that a simulated station has."""

    channel: str
    quantity: str


class Speaker(Protocol):
    """One protocol's devices."""

    protocol: str
    #: Kind of station and its instruments, when the devices are to be registered.
    kind: str
    channels: tuple[Channel, ...]
    #: What a registered device shows; empty where nothing is checked.
    password: str

    def address(self, number: int) -> str:
        """How the device names itself."""
        ...

    def source(self, number: int) -> dict[str, Any] | None:
        """The other system behind which it stands, as it is to be registered; None where it stands for itself."""
        ...

    def hello(self, number: int, at: datetime) -> bytes:
        """What it says when it has connected; nothing when it just begins."""
        ...

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        """Its message of one turn."""
        ...

    def heard(self) -> "Ear":
        """Counts what confirms its messages."""
        ...


class Ear(Protocol):
    """Reads what comes back on one connection."""

    def feed(self, data: bytes) -> int:
        """How many messages these bytes confirm."""
        ...


def wave(number: int, turn: int, low: float, high: float) -> float:
    """A value that rises and falls, each device at its own time."""
    return low + (high - low) * (1 + math.sin(number * 0.7 + turn * 0.05)) / 2


class _Frames:
    """Every whole frame confirms one message."""

    def __init__(self, splitter) -> None:
        self._splitter = splitter

    def feed(self, data: bytes) -> int:
        return len(self._splitter.feed(data))


class _Alone:
    """Devices that stand for themselves and begin without a word."""

    password = ""

    def source(self, number: int) -> dict[str, Any] | None:
        return None

    def hello(self, number: int, at: datetime) -> bytes:
        return b""


class RainStations(_Alone):
    """SL 651: a rain gauge's running total."""

    protocol, kind = "sl651", "rain"
    channels = (Channel("PT", "rain_total"), Channel("VT", "voltage"))

    def address(self, number: int) -> str:
        return f"{9_900_000_000 + number:010d}"

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        local, address = at.astimezone(sl651.SHANGHAI), self.address(number)
        readings = (
            sl651.reading("26", round(turn * 0.2, 1)),
            sl651.reading("38", round(wave(number, turn, 11.8, 13.2), 2)),
        )
        block = sl651.Block(station=address, station_class="P", observed=local, readings=readings)
        header = sl651.Header(function=0x32, station=address, password="1234")
        return sl651.encode(
            sl651.Message(header=header, serial=turn % 65535 + 1, sent=local, body=sl651.Report(blocks=(block,)))
        )

    def heard(self) -> Ear:
        return _Frames(sl651.Splitter())


class WorksMonitors(_Alone):
    """HJ 212: the gas detectors of a chemical works."""

    protocol, kind = "hj212", "works"
    channels = (Channel("a99001-Rtd", "gas_combustible"), Channel("a01001-Rtd", "temperature"))

    def address(self, number: int) -> str:
        return f"9137150SIM{number:014d}"

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        stamp = hj212.timestamp(at.astimezone(hj212.SHANGHAI))
        groups = (
            (("DataTime", stamp[:14]),),
            (("a99001-Rtd", f"{wave(number, turn, 0, 8):.2f}"), ("a99001-Flag", "N")),
            (("a01001-Rtd", f"{wave(number, turn, 15, 32):.1f}"), ("a01001-Flag", "N")),
        )
        return hj212.encode(
            hj212.Message(qn=stamp, st="31", cn="2011", pw="123456", mn=self.address(number), flag="5", groups=groups)
        )

    def heard(self) -> Ear:
        return _Frames(hj212.Splitter())


class Vehicles(_Alone):
    """JT/T 808: vehicles on their rounds through the city."""

    protocol, kind = "jt808", "vehicle"
    channels = ()  # a vehicle's instruments come with its kind
    password = "simulated"

    def address(self, number: int) -> str:
        return f"{19_900_000_000 + number}"

    def hello(self, number: int, at: datetime) -> bytes:
        header = jt808.Header(0x0102, self.address(number), 0)
        return jt808.encode(jt808.Message(header, jt808.messages.Authentication(self.password)))

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        angle = number * 0.7 + turn * 0.02
        radius = 0.05 + number % 40 / 200
        location = jt808.Location(
            alarm=0, status=0b11, latitude=round(36.456704 + radius * math.sin(angle), 6),
            longitude=round(115.985371 + radius * math.cos(angle), 6), altitude=35,
            speed=round(wave(number, turn, 0, 90), 1), direction=int(math.degrees(-angle)) % 360,
            time=at.astimezone(jt808.SHANGHAI).strftime("%y%m%d%H%M%S"),
            items=((0x01, (number * 100 + turn).to_bytes(4, "big")),),
        )  # fmt: skip
        header = jt808.Header(0x0200, self.address(number), turn & 0xFFFF)
        return jt808.encode(jt808.Message(header, jt808.Report(location)))

    def heard(self) -> Ear:
        return _Answers(0x0200)


class _Answers:
    """General answers to one kind of message confirm it."""

    def __init__(self, message_id: int) -> None:
        self._splitter, self._message_id = jt808.Splitter(), message_id

    def feed(self, data: bytes) -> int:
        frames = (frame for frame in self._splitter.feed(data) if isinstance(frame, jt808.Frame))
        bodies = (jt808.decode(frame).body for frame in frames)
        return sum(isinstance(one, jt808.Answer) and one.answered_id == self._message_id for one in bodies)


class FireFacilities(_Alone):
    """GB/T 26875.3: halls whose fire systems are well; one in fifty turns a detector reports a fault."""

    protocol, kind = "gb26875", "fire"
    channels = (Channel("fire", "fire_alarm"), Channel("fault", "fault"), Channel("analog:11-0-1", "level"))

    def address(self, number: int) -> str:
        return f"{0xF1 + number:012x}"

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        stamp = gb26875.Stamp.of(at)
        header = gb26875.Header(turn & 0xFFFF, gb26875.codes.SEND, stamp, self.address(number), "000000000001")
        if turn % 2:
            kind: int = 3
            level = round(wave(number, turn, 300, 340))
            item: gb26875.Item = gb26875.PartValue(11, 0, 92, 1, 2, level)
        else:
            kind, state = 2, 0b101 if turn % 50 == 0 else 0b001
            item = gb26875.PartState(1, 1, 42, number + 1, state, "二楼走廊".encode("gb18030"))
        return gb26875.encode(gb26875.Message(header, kind, (item,), (stamp,)))

    def heard(self) -> Ear:
        return _Frames(gb26875.Splitter())


@dataclass(frozen=True)
class Pushers(_Alone):
    """SensorThings: weather stations whose computers post to the web server, with the key that lets them."""

    protocol, kind = "sensorthings", "other"
    channels = (Channel("temperature", "temperature"), Channel("humidity", "humidity"))
    token: str = ""
    #: The Datastreams of each device, as they are registered.
    datastreams: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def address(self, number: int) -> str:
        return f"sim-push-{number:05d}"

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        values = (wave(number, turn, -2, 14), wave(number, turn, 40, 95))
        groups = tuple(
            sensorthings.Group(
                key, (sensorthings.Entity("Observation", None, {"phenomenonTime": at, "result": round(value, 1)}),)
            )
            for key, value in zip(self.datastreams[self.address(number)], values, strict=True)
        )
        body = json.dumps(sensorthings.write_groups(groups)).encode()
        lines = (
            "POST /sta/v1.1/CreateObservations HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}",
            "Content-Type: application/json", f"Content-Length: {len(body)}",
        )  # fmt: skip
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def heard(self) -> Ear:
        return _Created()


class _Created:
    """Every answer 201 confirms one message."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> int:
        self._rest += data
        created = 0
        while b"\r\n\r\n" in self._rest:
            head, _blank, rest = self._rest.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)^content-length:\s*(\d+)", head, re.MULTILINE)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                break
            created += head.split(b" ", 2)[1:2] == [b"201"]
            self._rest = rest[size:]
        return created


class Platforms(_Alone):
    """JT/T 809: transport companies' platforms, each with one vehicle, over the main link alone."""

    protocol, kind = "jt809", "vehicle"
    channels = ()
    password = ""

    def address(self, number: int) -> str:
        return f"鲁P{number:05d}"

    def source(self, number: int) -> dict[str, Any] | None:
        return {
            "code": f"SIM-jt809-{number:05d}", "name": f"模拟平台 {number}", "username": str(90_000 + number),
            "password": "simulate", "centre": 37_190_000 + number,
        }  # fmt: skip

    def _packet(self, number: int, message: jt809.Message, serial: int, at: datetime) -> bytes:
        return jt809.encode(replace(message, serial=serial, centre_id=37_190_000 + number, utc=int(at.timestamp())))

    def hello(self, number: int, at: datetime) -> bytes:
        # Nobody listens for the sub link there, so that business goes over the main link.
        login = jt809.bodies.Login2019(90_000 + number, "simulate", 37_190_000 + number, "127.0.0.1", 9)
        return self._packet(number, jt809.draft(0x1001, login), 0, at)

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        """Where the vehicle is, and a test of the link, whose answer is all that there is to be heard."""
        angle = number * 0.7 + turn * 0.02
        local = at.astimezone(jt809.SHANGHAI)
        place = jt809.Location(
            stamp=(local.year, local.month, local.day, local.hour, local.minute, local.second),
            longitude=round(115.985371 + 0.1 * math.cos(angle), 6), latitude=round(36.456704 + 0.1 * math.sin(angle), 6),
            speed=round(wave(number, turn, 0, 90), 1), direction=int(math.degrees(-angle)) % 360, altitude=35,
            status=0b11, alarm=0,
        )  # fmt: skip
        located = jt809.draft(0x1202, jt809.bodies.RealLocation2019(place), plate=self.address(number), plate_color=2)
        test = jt809.draft(0x1005, jt809.bodies.Nothing())
        return self._packet(number, located, 2 * turn, at) + self._packet(number, test, 2 * turn + 1, at)

    def heard(self) -> Ear:
        return _LinkTests()


class _LinkTests:
    """Answers to tests of the main link."""

    def __init__(self) -> None:
        self._splitter = jt809.Splitter()

    def feed(self, data: bytes) -> int:
        frames = (frame for frame in self._splitter.feed(data) if isinstance(frame, jt809.Frame))
        return sum(jt809.decode(frame).message_id == 0x1006 for frame in frames)


class Sensors(_Alone):
    """MQTT 3.1.1: wells that publish their level as JSON to a broker, which confirms (QoS 1)."""

    protocol, kind = "mqtt", "waterlogging"
    channels = (Channel("#level", "level"), Channel("#battery", "voltage"))

    def address(self, number: int) -> str:
        return f"sim/well/{number:05d}"

    def source(self, number: int) -> dict[str, Any] | None:
        return {"code": "SIM-mqtt", "name": "模拟消息服务器", "time_path": "ts"}

    def hello(self, number: int, at: datetime) -> bytes:
        # Protocol name and level, clean session, a minute's keep-alive, the client's name (MQTT 3.1.1, 3.1).
        return _packet(0x10, _string("MQTT") + b"\x04\x02\x00\x3c" + _string(f"sim-{number}"))

    def report(self, number: int, turn: int, at: datetime) -> bytes:
        said = {"ts": at.isoformat(), "level": round(wave(number, turn, 0.1, 1.2), 3), "battery": 12.4}
        head = _string(self.address(number)) + (turn % 65535 + 1).to_bytes(2, "big")
        return _packet(0x32, head + json.dumps(said).encode())

    def heard(self) -> Ear:
        return _Receipts()


def _string(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()


def _packet(kind: int, content: bytes) -> bytes:
    """A control packet of less than 16 KiB, its length in one or two bytes of seven bits (2.2.3)."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([kind]) + length + content


class _Receipts:
    """PUBACK: what the broker has taken over."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> int:
        self._rest += data
        found = 0
        while len(self._rest) >= 4:  # CONNACK and PUBACK both take four bytes
            found += self._rest[0] == 0x40
            self._rest = self._rest[4:]
        return found


SPEAKERS: dict[str, Speaker] = {
    speaker.protocol: speaker
    for speaker in (
        RainStations(), WorksMonitors(), Vehicles(), FireFacilities(), Platforms(), Sensors(), Pushers(),
    )
}  # fmt: skip
