"""Cameras that do not exist: they register over SIP, keep alive, answer, alarm, move, and misbehave as asked."""

import asyncio
import math
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from anlan.cli.simulators.devices import OPENING, Tally
from anlan.protocols import gb28181 as gb
from anlan.protocols.gb28181.catalogue import AlarmInfo, CameraInfo, Preset
from anlan.science.geo.coordinates import wgs84_to_gcj02

#: What goes wrong with a message of a simulated camera; the names are those of all simulated devices.
FAULTS = ("flip", "cut", "noise", "twice", "deaf")
TICK_S = 0.25
#: Items of a catalogue in one message, as field devices do over UDP.
PART = 4
PRESETS = ("大门", "路口", "全景")
_TURN = re.compile(rb"^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Role:
    """Who a simulated device is, and what its catalogue has."""

    code: str
    password: str
    items: tuple[gb.CatalogItem, ...]
    transport: str = "UDP"
    #: It reports where it is: a camera on a vehicle.
    is_mobile: bool = False


@dataclass
class Fleet:
    """What simulated devices share: whom they speak to, how often, what goes wrong."""

    platform: gb.Party
    interval_s: float = 60.0
    faults: Mapping[str, float] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class VideoDevice(asyncio.DatagramProtocol):
    """One simulated camera, recorder or lower platform, over UDP or TCP."""

    def __init__(self, role: Role, fleet: Fleet, *, number: int = 0) -> None:
        self.role, self.fleet = role, fleet
        self.chance = random.Random(number)
        self.turn = 0
        #: What the platform ordered, asked or subscribed to, and the streams that it wanted (None ends one).
        self.told: list[gb.Body] = []
        self.invited: list[gb.Session | None] = []
        self._number = number
        self._sent_at: dict[bytes, float] = {}
        self._is_deaf = False

    async def open(self, *, local: str = "") -> None:
        """Open the line and register."""
        here, platform = (local, 0) if local else None, self.fleet.platform
        loop = asyncio.get_running_loop()
        if self.role.transport == "UDP":
            await loop.create_datagram_endpoint(
                lambda: self, remote_addr=(platform.host, platform.port), local_addr=here
            )
            host, port = self._transport.get_extra_info("sockname")[:2]
        else:
            reader, self._writer = await asyncio.open_connection(platform.host, platform.port, local_addr=here)
            host, port = self._writer.get_extra_info("sockname")[:2]
            self._reading = loop.create_task(self._read(reader))
        seed = f"{self.role.code}/{self.chance.random()}"
        agent = gb.Agent(gb.Party(self.role.code, host, port), seed=seed, user_agent="Anlan simulated camera")
        self.device = gb.Device(
            agent, platform, self.role.password, transport=self.role.transport,
            keepalive=timedelta(seconds=self.fleet.interval_s), answers=self._answers, stream=self._stream,
        )  # fmt: skip
        self._do(self.device.start(self.fleet.now()))

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, _address: tuple) -> None:
        self._hear(data)

    def error_received(self, _error: OSError) -> None:
        self.fleet.tally.broken += 1  # nobody listens there just now

    async def _read(self, reader: asyncio.StreamReader) -> None:
        splitter = gb.Splitter()
        while data := await reader.read(65_536):
            for found in splitter.feed(data):
                self._hear(found.raw)
        self.fleet.tally.broken += 1

    def _hear(self, data: bytes) -> None:
        if data.startswith(b"SIP/2.0 2") and (match := _TURN.search(data)):
            self.fleet.tally.confirmed += 1
            if (sent := self._sent_at.pop(match[1], None)) and len(self.fleet.tally.delays) < 100_000:
                self.fleet.tally.delays.append(time.monotonic() - sent)
        if not self._is_deaf or data.startswith(b"SIP/2.0"):
            self._do(self.device.receive(data, self.fleet.now()))

    def tick(self) -> None:
        """Let time pass: keep-alives, renewals, messages sent again."""
        self._do(self.device.tick(self.fleet.now()))

    def _do(self, happenings: Iterable[object]) -> None:
        for one in happenings:
            if isinstance(one, gb.Send):
                self._send(one.data)
            elif isinstance(one, gb.Commanded):
                self.told.append(one.body)
            elif isinstance(one, gb.Invited):
                self.invited.append(one.session)
            elif isinstance(one, gb.Standing):
                self.fleet.tally.connected += 1 if one.is_online else 0
                self.fleet.tally.refused += 0 if one.is_online else 1

    def _send(self, data: bytes) -> None:
        fleet, fault = self.fleet, ""
        if not data.startswith(b"SIP/2.0"):
            fleet.tally.sent += 1
            if match := _TURN.search(data):
                self._sent_at[match[1]] = time.monotonic()
            fault = next((name for name, share in fleet.faults.items() if self.chance.random() < share), "")
        if fault:
            fleet.tally.faults[fault] += 1
        self._is_deaf = fault == "deaf"
        if fault == "flip":
            place = self.chance.randrange(len(data) // 2)
            data = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        elif fault == "cut":
            data = data[: len(data) // 2]
        elif fault == "noise":
            data = self.chance.randbytes(40) + data
        self.write(data)
        if fault == "twice":
            self.write(data)

    def write(self, data: bytes) -> None:
        """Bytes as they are, onto the line."""
        if self.role.transport == "UDP":
            self._transport.sendto(data)
        elif not self._writer.is_closing():
            self._writer.write(data)

    def _answers(self, body: gb.Body) -> list[gb.Body]:
        """What the device says to a question or an order."""
        about = {"sn": body.sn, "device_id": body.device_id}
        if isinstance(body, gb.DeviceControl):
            return [gb.Outcome(cmd_type="DeviceControl", result="OK", **about)]
        if body.cmd_type == "Catalog":
            items = self.role.items
            parts = [items[start : start + PART] for start in range(0, len(items), PART)] or [()]
            return [gb.Catalog(sum_num=len(items), device_list=part, **about) for part in parts]
        if body.cmd_type == "DeviceInfo":
            told = {"device_name": "模拟视频设备", "manufacturer": "Anlan", "model": "SIM-1", "firmware": "1.0"}
            return [gb.DeviceInfo(result="OK", channel=len(self.role.items), **told, **about)]
        if body.cmd_type == "DeviceStatus":
            return [gb.DeviceStatus(result="OK", online="ONLINE", status="OK", encode="ON", record="OFF", **about)]
        if body.cmd_type == "PresetQuery":
            named = tuple(Preset(preset_id=str(n), preset_name=name) for n, name in enumerate(PRESETS, 1))
            return [gb.PresetList(sum_num=len(named), preset_list=named, **about)]
        return []

    def _stream(self, asked: gb.Session) -> gb.Session | None:
        """Agree to send a picture; none is sent, as there is no camera."""
        host, port = self.device.agent.me.host, self.device.agent.me.port
        return replace(asked, owner=self.role.code, address=host, port=port, direction="sendonly", setup="")

    def alarm(self, *, code: str = "", method: str = "5", kind: int = 6, text: str = "有人进入警戒区") -> None:
        """Raise an alarm: somebody went where nobody should be."""
        agent, now = self.device.agent, self.fleet.now()
        who = code or (self.role.items[0].device_id if self.role.items else self.role.code)
        self.report(
            gb.Alarm(
                sn=agent.number(), device_id=who, alarm_priority="4", alarm_method=method, alarm_time=now,
                alarm_description=text, info=AlarmInfo(alarm_type=kind),
            )
        )  # fmt: skip

    def move(self, lon: float, lat: float, *, speed: float = 30.0) -> None:
        """Tell where the device is."""
        self.report(
            gb.MobilePosition(
                sn=self.device.agent.number(), device_id=self.role.code, time=self.fleet.now(), longitude=lon,
                latitude=lat, speed=speed, direction=90.0,
            )
        )  # fmt: skip

    def report(self, body: gb.Body) -> None:
        """Tell the platform something, within a subscription where there is one."""
        self._do(self.device.report(body, self.fleet.now()))

    def act(self) -> None:
        """One turn of a device's life: a mobile one says where it is, one in fifty raises an alarm."""
        self.turn += 1
        if not self.device.is_online:
            return
        if self.role.is_mobile and self.role.items:
            angle = self._number + self.turn * 0.05
            start = self.role.items[0]
            self.move(
                round((start.longitude or 115.985) + 0.03 * math.cos(angle), 6),
                round((start.latitude or 36.456) + 0.03 * math.sin(angle), 6),
            )
        if self.chance.random() < 0.02:
            self.alarm()

    async def close(self, *, leaves: bool = False) -> None:
        """Hang up; one that leaves signs off first."""
        if leaves:
            self._do(self.device.start(self.fleet.now(), expires=0))
        if self.role.transport == "UDP":
            self._transport.close()
            return
        self._reading.cancel()
        self._writer.close()
        await asyncio.gather(self._reading, return_exceptions=True)


class VideoSpeaker:
    """How simulated cameras are registered: each is a device of its own with one view."""

    protocol, kind = "gb28181", "video"
    channels = ()
    password = "simulated"  # noqa: S105  (of devices that do not exist)

    def address(self, number: int) -> str:
        return f"3715000099132{number:07d}"

    def source(self, number: int) -> None:
        """It stands for itself."""

    def role(self, number: int) -> Role:
        """The device with its one view, somewhere in the city; every tenth speaks TCP, every twentieth moves."""
        item = gb.CatalogItem(
            device_id=f"3715000099131{number:07d}", name=f"模拟摄像机 {number}", manufacturer="Anlan", model="SIM-1",
            civil_code="371500", address="模拟位置", parental=0, parent_id=self.address(number), safety_way=0,
            register_way=1, secrecy=0, status="ON", longitude=round(115.985 + 0.3 * math.sin(number), 6),
            latitude=round(36.456 + 0.3 * math.cos(number * 0.7), 6), info=CameraInfo(ptz_type="1"),
        )  # fmt: skip
        transport = "TCP" if number % 10 == 9 else "UDP"
        return Role(
            code=self.address(number), password=self.password, items=(item,), transport=transport,
            is_mobile=number % 20 == 19,
        )  # fmt: skip


def demo_roles() -> list[Role]:
    """The demonstration's devices, each with the views that the ledger has of it."""
    from anlan.areas.risk.cameras.models import Camera
    from anlan.areas.risk.monitoring.models import Station

    found = []
    for station in Station.objects.filter(is_demo=True, protocol="gb28181", code__startswith="VIDEO-"):
        cameras = list(station.cameras.order_by("code"))
        items = tuple(_item(camera, station, is_last=camera is cameras[-1] and len(cameras) > 2) for camera in cameras)
        is_mobile = any(camera.kind == Camera.Kind.MOBILE for camera in cameras)
        found.append(Role(code=station.address, password=station.password, items=items, is_mobile=is_mobile))
    return found


def _item(camera, station, *, is_last: bool) -> gb.CatalogItem:
    """A camera as its device tells of it; the last one of several is out of order."""
    lon, lat = camera.lon, camera.lat
    if lon is not None and station.crs == "gcj02":
        lon, lat = (round(float(one), 6) for one in wgs84_to_gcj02(lon, lat))
    return gb.CatalogItem(
        device_id=camera.code, name=camera.name, manufacturer="Anlan", model="SIM-1", civil_code=camera.civil_code,
        address=camera.address, parental=0, parent_id=station.address, safety_way=0, register_way=1, secrecy=0,
        status="OFF" if is_last else "ON", longitude=lon, latitude=lat,
        info=CameraInfo(ptz_type=str(camera.structure or "")),
    )  # fmt: skip


async def simulate(roles: Sequence[Role], fleet: Fleet, *, seconds: float) -> None:
    """Let these devices live for some time: each keeps alive and has a turn once an interval, evenly spread."""
    devices = [VideoDevice(role, fleet, number=n) for n, role in enumerate(roles)]
    opened: list[VideoDevice] = []
    try:
        for start in range(0, len(devices), OPENING):
            batch = devices[start : start + OPENING]
            outcomes = await asyncio.gather(*(one.open() for one in batch), return_exceptions=True)
            opened += [one for one, outcome in zip(batch, outcomes, strict=True) if not isinstance(outcome, OSError)]
        fleet.tally.refused += len(devices) - len(opened)
        started, due = time.monotonic(), [one.chance.random() * fleet.interval_s for one in opened]
        while (passed := time.monotonic() - started) < seconds:
            for place, one in enumerate(opened):
                one.tick()
                if passed >= due[place]:
                    due[place] += fleet.interval_s
                    one.act()
            await asyncio.sleep(TICK_S)
    finally:
        for one in opened:
            await one.close()
