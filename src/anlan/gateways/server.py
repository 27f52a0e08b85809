"""Device servers: connections with limits, back-pressure, counters and a stop that loses nothing."""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address

from django.utils import timezone

from anlan.areas.risk.monitoring import services
from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import SourceConfig
from anlan.gateways.adapters import Fault, Register, Session
from anlan.gateways.intake import Intake, Item
from anlan.gateways.lanes import Lane

log = logging.getLogger(__name__)

#: Bytes of a frame that stopped coming are given up after this.
STALL_S = 30.0
#: Faults in a row after which whoever is there does not speak the protocol.
FAULTS = 100
#: Bytes taken from a connection at a time, so that one that sends much does not hold up the others.
SIP = 16 * 1024
#: Bytes that are lent to the lane at a time.
LENT = 1 << 20
#: Confirmations that may wait for a device that does not read them.
UNREAD = 256 * 1024
#: Files that the process keeps for its database and its other ports; devices may have all others that it may open.
OWN_FILES = 200
#: A device may catch up on so many seconds' worth of messages before it is slowed down.
BURST_S = 30.0


@dataclass(frozen=True)
class Limits:
    """What one listener lets through."""

    #: Connections in all, and from one address.
    connections: int = 20_000
    per_peer: int = 5_000
    #: Messages a second that a device may send in the long run; 0 is any number.
    rate: float = 0.0
    #: Datagrams a second from one address, where a protocol is spoken over UDP; more are dropped. 0 is any number.
    datagrams: float = 0.0
    #: A device that says nothing for so long has gone; its next frame opens a new connection.
    idle_s: float = 600.0
    #: Networks that devices may come from; empty is any.
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def admits(self, host: str) -> bool:
        """Whether a device may come from this address."""
        if not self.networks:
            return True
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in network for network in self.networks)


class Connection(asyncio.BufferedProtocol):
    """One device, or a concentrator that speaks for several."""

    def __init__(self, server: "DeviceServer"):
        self.server = server
        self.session: Session = server.open_session()
        self._faults = 0
        self._is_stalled = False
        self._is_slowed = False
        self._credit: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.host, port = (transport.get_extra_info("peername") or ("?", 0))[:2]
        self.peer = f"{self.host}:{port}"
        if not self.server.admit(self):
            transport.abort()
            return
        self._heard = self.server.loop.time()
        self._timer = self.server.loop.call_later(STALL_S, self._look)
        if self.server.intake.is_full:
            self.pause()

    def connection_lost(self, _reason: Exception | None) -> None:
        self.server.read_lent()
        if self.server.forget(self):
            self._timer.cancel()
            self._submit(self.session.close(timezone.now()))

    def get_buffer(self, _sizehint: int) -> bytearray:
        # One buffer serves all: the event loop fills it and calls `buffer_updated` in the same breath.
        return self.server.buffer

    def buffer_updated(self, size: int) -> None:
        server = self.server
        self._heard = server.loop.time()
        self._is_stalled = False
        server.bytes += size
        lent = self.session.lend() if server.lane else None
        if lent is None:
            self._take(bytes(server.view[:size]))
            self._check()
        else:
            server.lend(self, lent + server.view[:size])

    def _take(self, data: bytes) -> None:
        self._submit(self.session.feed(data, timezone.now()))

    def take_back(self, addresses: Sequence[str], rest: bytes, at: datetime) -> None:
        """The lane read messages of these devices, and left the rest."""
        if addresses:
            self._spend(len(addresses))
            self._faults = 0
            if not self.transport.is_closing():
                for address in addresses:
                    self.server.routes[address] = self
        if rest:
            self._submit(self.session.feed(rest, at))
        self._check()

    def _check(self) -> None:
        """Hang up or slow down whoever has to be."""
        if self._faults >= FAULTS:
            log.warning("%s: %s sends no %s; hanging up", self.server.protocol, self.peer, self.server.protocol)
            self.transport.close()
        elif self.server.intake.is_full:
            self.pause()
        elif self._credit is not None and self._credit < 0:
            self._slow_down()

    def pause(self) -> None:
        """Read no further until the intake has caught up; the device's own buffer holds what it sends."""
        if self not in self.server.paused:
            self.transport.pause_reading()
            self.server.paused.add(self)

    def resume(self) -> None:
        """Read on, unless this device has to wait for its own sake."""
        if not self._is_slowed and not self.transport.is_closing():
            self.transport.resume_reading()

    def _slow_down(self) -> None:
        """Leave a device that floods waiting until it is back at its rate; nothing that it sent is dropped."""
        self._is_slowed = True
        self.transport.pause_reading()
        self.server.slowed += 1
        self.server.loop.call_later(-self._credit / self._allowance, self._go_on)

    def _go_on(self) -> None:
        self._is_slowed = False
        if self not in self.server.paused:
            self.resume()

    @property
    def _allowance(self) -> float:
        """Messages a second of all devices that speak on this connection."""
        return self.server.limits.rate * max(1, len(self.session.addresses))

    def _spend(self, messages: int) -> None:
        if not self.server.limits.rate:
            return
        now, most = self.server.loop.time(), self._allowance * BURST_S
        if self._credit is None:
            self._credit = most
        else:
            self._credit = min(most, self._credit + (now - self._counted) * self._allowance)
        self._counted = now
        self._credit -= messages

    def confirm(self, data: bytes) -> None:
        """Tell the device that its message is kept, where the protocol says so."""
        if not data or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > UNREAD:
            self.transport.abort()
            return
        self.transport.write(data)

    def _submit(self, found: list) -> None:
        if not found:
            return
        self._spend(len(found))
        for content in found:
            self._faults = self._faults + 1 if isinstance(content, Fault) else 0
            self.server.intake.submit(Item(content, self.peer, self.confirm))
            if not isinstance(content, Fault) and content.is_known and not self.transport.is_closing():
                self.server.routes[content.address] = self

    def _look(self) -> None:
        """Give up a frame that stopped in the middle, and a connection that fell silent."""
        self.server.read_lent()
        quiet = self.server.loop.time() - self._heard
        if quiet >= self.server.limits.idle_s:
            self.transport.close()
            return
        if quiet >= STALL_S and not self._is_stalled:
            self._is_stalled = True
            self._submit(self.session.close(timezone.now()))
        self._timer = self.server.loop.call_later(STALL_S, self._look)


class DeviceServer:
    """Listens for the devices of one protocol."""

    connection: type[Connection] = Connection

    def __init__(
        self,
        protocol: str,
        session: Callable[[Register], Session],
        intake: Intake,
        limits: Limits | None = None,
    ) -> None:
        self.protocol, self.intake, self.limits = protocol, intake, limits or Limits()
        self._session = session
        self.connections: set[Connection] = set()
        self.paused: set[Connection] = set()
        #: The connection over which a device was last heard.
        self.routes: dict[str, Connection] = {}
        self._hosts: Counter[str] = Counter()
        self._sending: dict[int, asyncio.Task] = {}
        #: What connections received in this turn of the loop, for the lane to read at once.
        self._lent: list[tuple[Connection, bytes]] = []
        self._lent_bytes = 0
        self.buffer = bytearray(SIP)
        self.view = memoryview(self.buffer)
        self.bytes = 0
        #: Messages that the lane read.
        self.laned = 0
        self.refused = 0
        #: How often a device had to wait because it sent too much.
        self.slowed = 0
        #: Datagrams that were not taken: their address sent too many, or the intake was full.
        self.dropped = 0

    def open_session(self) -> Session:
        """A conversation for a new connection."""
        return self._session(lambda: self.intake.devices)

    @property
    def lane(self) -> Lane | None:
        """What reads the common frames, once it is compiled."""
        return self.intake.lanes.get(self.protocol)

    def lend(self, connection: Connection, data: bytes) -> None:
        """Let the lane read these bytes with those of other connections, at the end of this turn of the loop."""
        if not self._lent:
            self.loop.call_soon(self.read_lent)
        self._lent.append((connection, data))
        self._lent_bytes += len(data)
        if self._lent_bytes >= LENT:
            self.read_lent()

    def read_lent(self) -> None:
        """Have the lane read what was lent, and give the rest back to its connections."""
        if not self._lent:
            return
        lent, self._lent, self._lent_bytes, at = self._lent, [], 0, timezone.now()
        block, taken = self.lane.read(lent, at)
        parts, part = iter(()), None
        if block is not None:
            self.intake.submit(block)
            self.laned += len(block)
            parts = iter(block.parts)
            part = next(parts)
        for (connection, data), size in zip(lent, taken, strict=True):  # parts stand in the order of the pieces
            spoken: Sequence[str] = ()
            if part is not None and part.speaker is connection:
                spoken, part = block.addresses[part.first : part.last], next(parts, None)
            connection.take_back(spoken, data[size:], at)

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one."""
        self.loop = asyncio.get_running_loop()
        files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most_files = max(files - OWN_FILES, files // 2)
        self._server = await self.loop.create_server(lambda: self.connection(self), host, port, backlog=2048)
        log.info("%s gateway on %s:%s", self.protocol, host, self.port)

    def follow(self, configs: list[SourceConfig]) -> None:
        """Hear which other systems are registered; devices of most protocols stand for themselves."""

    def stop_listening(self) -> None:
        """Take no new connection and read nothing more; what was read is still confirmed."""
        self._server.close()
        self.read_lent()
        for connection in self.connections:
            connection.pause()

    def close(self) -> None:
        """Hang up; devices resume with what was not confirmed."""
        for connection in list(self.connections):
            connection.transport.close()

    def admit(self, connection: Connection) -> bool:
        """Take a connection in unless there are too many."""
        limits, host = self.limits, connection.host
        if (
            len(self.connections) >= limits.connections
            or self._hosts[host] >= limits.per_peer
            or not limits.admits(host)
            or connection.transport.get_extra_info("socket").fileno() >= self._most_files
        ):
            self.refused += 1
            return False
        self.connections.add(connection)
        self._hosts[host] += 1
        return True

    def forget(self, connection: Connection) -> bool:
        """A connection is gone; whether it had been taken in."""
        if connection not in self.connections:
            return False
        self.connections.discard(connection)
        self.paused.discard(connection)
        self._hosts[connection.host] -= 1
        for address in connection.session.addresses:
            if self.routes.get(address) is connection:
                del self.routes[address]
        return True

    def resume(self) -> None:
        """Let connections that were paused go on."""
        paused, self.paused = self.paused, set()
        for connection in paused:
            connection.resume()

    def send(self, command: DeviceCommand) -> None:
        """Carry a command to its device, when that is connected; else it goes on waiting."""
        address = command.station.device_key
        connection = self.routes.get(address)
        if connection is None or connection.transport.is_closing():
            return
        if command.pk not in self._sending:
            self._sending[command.pk] = self.loop.create_task(self._carry(connection, command, address))

    async def _carry(self, connection: Connection, command: DeviceCommand, address: str) -> None:
        """Write a command to its device, once it is on record as sent: the answer may come at once."""
        at = timezone.localtime()
        try:
            frame = connection.session.command(command.pk, address, command.code, command.parameters, at)
        except (ValueError, TypeError, KeyError) as error:
            await asyncio.to_thread(mark, command, "", str(error))
        else:
            await asyncio.to_thread(mark, command, f"{at:%Y%m%d%H%M%S}", "")
            connection.transport.write(frame)
        del self._sending[command.pk]


def mark(command: DeviceCommand, number: str, problem: str) -> None:
    from django.db import connection

    try:
        services.mark_sent(command=command, number=number, problem=problem)
    finally:
        connection.close()
