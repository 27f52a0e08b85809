"""GB/T 28181 over UDP and TCP on one port: cameras, recorders and lower platforms register and are asked."""

import asyncio
import logging
import secrets
import socket
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import count

from django.conf import settings
from django.utils import timezone

from anlan.areas.risk.cameras.services import begin
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import SourceConfig
from anlan.gateways.adapters import Fault, Noticed
from anlan.gateways.adapters.gb28181 import PROTOCOL, Heard, Platform
from anlan.gateways.adapters.orders import LONGEST_MS, halt
from anlan.gateways.intake import Intake, Item
from anlan.gateways.server import Connection, DeviceServer, Limits, mark
from anlan.gateways.sources import in_thread
from anlan.protocols import gb28181 as gb

log = logging.getLogger(__name__)

TICK_S = 0.5
#: Addresses whose datagrams are counted at the same time; the one that was silent longest gives way.
ADDRESSES = 50_000
#: An address may catch up on so many seconds' worth of datagrams before they are dropped.
BURST_S = 2.0
#: Bytes that the system holds for datagrams until their turn comes.
RECEIVED = 4 * 1024 * 1024
OFFLINE = "设备不在线，没有下发"


class Talk:
    """What one TCP connection brings, message by message."""

    def __init__(self, hear: Callable[[gb.Frame | gb.Malformed, datetime], Heard]) -> None:
        self._hear, self._splitter = hear, gb.Splitter()
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime) -> list[Heard]:
        return [self._hear(found, at) for found in self._splitter.feed(data)]

    def close(self, at: datetime) -> list[Heard]:
        return [self._hear(found, at) for found in self._splitter.close()]


class VideoConnection(Connection):
    """A device, or a lower platform, over TCP."""

    server: "VideoServer"

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.key = next(self.server.numbers)
        host, port = (transport.get_extra_info("peername") or ("?", 0))[:2]
        self.source = gb.Source(host, port, "TCP", self.key)
        self.session = Talk(lambda found, at: self.server.platform.hear(found, self.source, at))
        super().connection_made(transport)

    def _submit(self, found: list[Heard]) -> None:
        self._spend(len(found))
        for heard in found:
            self._faults = self._faults + 1 if isinstance(heard.content, Fault) else 0
            self.server.take(heard, self.peer)


class Datagrams(asyncio.DatagramProtocol):
    """The UDP side of the same port."""

    def __init__(self, server: "VideoServer") -> None:
        self.server = server
        self._credits: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def datagram_received(self, data: bytes, address: tuple) -> None:
        server, (host, port) = self.server, address[:2]
        if not self._may(host):
            server.dropped += 1
            return
        if not server.limits.admits(host):
            server.refused += 1
            return
        if server.intake.is_full:  # a device sends again what is not answered
            server.dropped += 1
            return
        server.bytes += len(data)
        server.hear(data, gb.Source(host, port))

    def _may(self, host: str) -> bool:
        """Whether an address is within its datagrams a second."""
        rate = self.server.limits.datagrams
        if not rate:
            return True
        now, most = self.server.loop.time(), rate * BURST_S
        credit, at = self._credits.pop(host, (most, now))
        credit = min(most, credit + (now - at) * rate)
        self._credits[host] = (max(credit - 1, 0.0), now)
        if len(self._credits) > ADDRESSES:
            self._credits.popitem(last=False)
        return credit >= 1


class VideoServer(DeviceServer):
    """Listens for cameras, recorders and lower platforms."""

    connection = VideoConnection

    def __init__(self, intake: Intake, limits: Limits | None = None, *, now: Callable[[], datetime] = timezone.now):
        super().__init__(PROTOCOL, lambda _register: None, intake, limits)
        self.now = now
        self.numbers = count(1)
        #: Messages that wait to be kept: one that comes again meanwhile is not heard twice.
        self._waiting: set[bytes] = set()
        self._halting: dict[str, asyncio.TimerHandle] = {}
        self._udp: asyncio.DatagramTransport | None = None

    def open_session(self) -> None:
        """A connection has its conversation once it is known where it comes from."""

    async def start(self, host: str, port: int) -> None:
        """Listen on both transports; port 0 takes one that is free on both."""
        await super().start(host, port)
        config = settings.ANLAN
        name = config.gb28181_host or host
        agent = gb.Agent(gb.Party(config.video_code, name, self.port), seed=secrets.token_hex(8))
        self.platform = Platform(
            lambda: self.intake.devices, agent, secret=secrets.token_bytes(32),
            silence=timedelta(seconds=config.gb28181_silence_seconds), now=self.now(),
        )  # fmt: skip
        self.routes = self.platform.registrar.registrations
        await in_thread(begin)
        bell = socket.socket(type=socket.SOCK_DGRAM, family=self._server.sockets[0].family)
        bell.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
        bell.bind((host, self.port))
        self._udp, _ = await self.loop.create_datagram_endpoint(partial(Datagrams, self), sock=bell)
        self._ticking = self.loop.call_later(TICK_S, self._tick)

    def follow(self, configs: list[SourceConfig]) -> None:
        """Registers changed: a device that is no longer in them is let go."""
        if hasattr(self, "platform"):
            self.take(self.platform.forget_strangers(self.now()), "")

    def stop_listening(self) -> None:
        self._ticking.cancel()
        for timer in self._halting.values():
            timer.cancel()
        super().stop_listening()

    def close(self) -> None:
        super().close()
        if self._udp is not None:
            self._udp.close()

    def _tick(self) -> None:
        try:
            self.take(self.platform.tick(self.now()), "")
        except gb.GB28181Error as error:
            log.warning("gb28181: %s", error)
        finally:
            self._ticking = self.loop.call_later(TICK_S, self._tick)

    def hear(self, data: bytes, source: gb.Source) -> None:
        """A datagram; the same one again is not heard while it waits to be kept."""
        digest = blake2b(data, digest_size=16, key=source.host.encode()[:64]).digest()
        if digest in self._waiting:
            return
        heard = self.platform.hear(data, source, self.now())
        self.take(heard, f"{source.host}:{source.port}", digest)

    def take(self, heard: Heard, peer: str, digest: bytes = b"") -> None:
        """Keep what was heard, then send what follows from it."""
        for command in heard.unanswered:
            self.loop.create_task(_marked(command, "设备没有应答"))
        content = heard.content
        if content is None or isinstance(content, Noticed):
            self._send_all(heard.sends)
            heard = Heard()
        if content is None:
            return
        if digest:
            self._waiting.add(digest)
        self.intake.submit(Item(content, peer, lambda _confirmation: self._kept(heard.sends, digest)))

    def _kept(self, sends: list[gb.Send], digest: bytes) -> None:
        self._waiting.discard(digest)
        self._send_all(sends)

    def _send_all(self, sends: list[gb.Send]) -> None:
        lines = {one.key: one for one in self.connections} if any(one.to.is_reliable for one in sends) else {}
        for one in sends:
            if not one.to.is_reliable:
                if self._udp is not None and not self._udp.is_closing():
                    self._udp.sendto(one.data, (one.to.host, one.to.port))
            elif line := lines.get(one.to.connection):
                line.confirm(one.data)

    def send(self, command: DeviceCommand) -> None:
        """Carry out what a person wants at once, or say that it cannot be: nobody wants a camera to turn later."""
        if command.pk not in self._sending:
            self._sending[command.pk] = self.loop.create_task(self._order(command))

    async def _order(self, command: DeviceCommand) -> None:
        device_id, problem = command.station.address, ""
        try:
            if device_id not in self.routes:
                await _marked(command, OFFLINE)
                return
            await _marked(command, "")  # on record as sent: the answer may come at once
            try:
                self._send_all(self.platform.order(command, self.now(), settings.ANLAN.receiver))
            except (ValueError, KeyError, TypeError) as error:
                problem = str(error)
            if problem:
                await _marked(command, problem)
            elif command.code in ("ptz", "lens"):
                self._halt_later(command)
        finally:
            del self._sending[command.pk]

    def _halt_later(self, command: DeviceCommand) -> None:
        """End a movement after its time; another one of the same camera takes its place."""
        camera, device_id = command.parameters["camera"], command.station.address

        def stop() -> None:
            self._halting.pop(camera, None)
            body = halt(command.code, code=camera, sn=self.platform.registrar.agent.number())
            self._send_all(self.platform.halt(device_id, body, self.now()))

        if timer := self._halting.pop(camera, None):
            timer.cancel()
        seconds = min(max(int(command.parameters["ms"]), 0), LONGEST_MS) / 1000
        self._halting[camera] = self.loop.call_later(seconds, stop)


async def _marked(command: DeviceCommand, problem: str) -> None:
    at = timezone.localtime()
    await asyncio.to_thread(mark, command, "" if problem else f"{at:%Y%m%d%H%M%S}", problem)
