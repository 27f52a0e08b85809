"""JT/T 809: subordinate platforms log in on the main link; Anlan opens the sub link back to them."""

import asyncio
import logging
import secrets
from functools import partial

from django.utils import timezone

from anlan.areas.risk.monitoring.queries import SourceConfig
from anlan.gateways.adapters.jt809 import PROTOCOL, Session
from anlan.gateways.intake import Intake
from anlan.gateways.server import Connection, DeviceServer, Limits
from anlan.gateways.sources import note
from anlan.protocols import jt809

log = logging.getLogger(__name__)

TICK_S = 5.0
CONNECT_S = 10.0


class SubLink(asyncio.Protocol):
    """The connection that Anlan opened to a subordinate platform."""

    def __init__(self, main: "PlatformConnection") -> None:
        self.main = main

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.main.take_from_sub(data)

    def connection_lost(self, _reason: Exception | None) -> None:
        self.main.sub_lost(self)


class PlatformConnection(Connection):
    """The main link of one subordinate platform, and the sub link that belongs to it."""

    server: "PlatformServer"
    session: Session

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._sub: SubLink | None = None
        self._opening: asyncio.Task | None = None
        self._was: SourceConfig | None = None
        host = (transport.get_extra_info("peername") or ("?",))[0]
        self.session = self.server.open_link(host)
        super().connection_made(transport)
        self._ticking = self.server.loop.call_later(TICK_S, self._tick)

    def connection_lost(self, reason: Exception | None) -> None:
        self._ticking.cancel()
        if self._opening is not None:
            self._opening.cancel()
        if self._sub is not None:
            self._sub.transport.close()
        super().connection_lost(reason)
        if self._was is not None:
            self.server.tell(self._was, "下级平台断开了主链路")

    def _take(self, data: bytes) -> None:
        super()._take(data)
        self.act()

    def take_from_sub(self, data: bytes) -> None:
        """Bytes that came over the sub link."""
        self._submit(self.session.feed(data, timezone.now(), jt809.SUB))
        self.act()

    def sub_lost(self, link: SubLink) -> None:
        """The sub link broke; business goes over the main link until it is back."""
        if self._sub is link:
            self._sub = None
            self.session.lost(jt809.SUB, _now())
            self.act()

    def _tick(self) -> None:
        self.session.tick(_now())
        self.act()
        self._ticking = self.server.loop.call_later(TICK_S, self._tick)

    def act(self) -> None:
        """Do what the links want done."""
        actions, self.session.actions = self.session.actions, []
        for action in actions:
            if isinstance(action, jt809.Send):
                self._write(action.link, action.data)
            elif isinstance(action, jt809.Close):
                log.info("jt809: %s: %s", self.peer, action.reason)
                self._hang_up(action.link)
            elif isinstance(action, jt809.Connect) and self._opening is None:
                self._opening = self.server.loop.create_task(self._open(action.host, action.port))
        platform = self.session.platform
        if platform is not None and self._was is None:
            self._was = platform
            self.server.tell(platform, "")

    def _write(self, link: str, data: bytes) -> None:
        transport = self.transport if link == jt809.MAIN else self._sub and self._sub.transport
        if transport is not None and not transport.is_closing():
            transport.write(data)

    def _hang_up(self, link: str) -> None:
        if link == jt809.MAIN:
            self.transport.close()
        elif self._sub is not None:
            sub, self._sub = self._sub, None
            sub.transport.close()

    async def _open(self, host: str, port: int) -> None:
        """Open the sub link; one that cannot be opened is tried again by the clock."""
        try:
            async with asyncio.timeout(CONNECT_S):
                _transport, self._sub = await self.server.loop.create_connection(partial(SubLink, self), host, port)
        except (OSError, TimeoutError) as error:
            log.info("jt809: sub link to %s:%s: %s", host, port, error)
            self.session.lost(jt809.SUB, _now())
        else:
            self.session.connected(_now())
        finally:
            self._opening = None
        self.act()


class PlatformServer(DeviceServer):
    """Listens for subordinate platforms, each of which speaks for many vehicles."""

    connection = PlatformConnection

    def __init__(self, intake: Intake, limits: Limits | None = None) -> None:
        super().__init__(PROTOCOL, lambda _register: None, intake, limits)
        self._platforms: dict[int, SourceConfig] = {}
        self._telling: set[asyncio.Task] = set()

    def follow(self, configs: list[SourceConfig]) -> None:
        """Know the platforms that may log in."""
        self._platforms = {int(one.username): one for one in configs if one.kind == PROTOCOL}

    def open_link(self, host: str) -> Session:
        """The conversation on a main link that was just opened."""
        return Session(
            lambda: self.intake.devices, dict(self._platforms), verify_code=secrets.randbits(32), host=host, now=_now()
        )

    def tell(self, platform: SourceConfig, problem: str) -> None:
        """Record that a platform came or went."""
        task = self.loop.create_task(note(platform, problem))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _carry(self, connection, command, address: str) -> None:
        await super()._carry(connection, command, address)
        connection.act()


def _now() -> float:
    return timezone.now().timestamp()
