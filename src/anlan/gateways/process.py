"""The gateway process: device servers, intake, live streams and counters in one event loop."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from functools import partial
from ipaddress import ip_network
from pathlib import Path

from django.conf import settings

from anlan.areas.risk.monitoring.queries import SourceConfig
from anlan.gateways.adapters import gb26875, hj212, jt808, sl651
from anlan.gateways.handover import HandoverServer
from anlan.gateways.intake import Intake
from anlan.gateways.lanes import compile_all
from anlan.gateways.live import allow_many_connections, serve_live
from anlan.gateways.platforms import PlatformServer
from anlan.gateways.server import DeviceServer, Limits
from anlan.gateways.sources import Runner
from anlan.gateways.sources.modbus import ModbusSource
from anlan.gateways.sources.mqtt import MqttSource
from anlan.gateways.sources.sensorthings import SensorThingsSource
from anlan.gateways.video import VideoServer

log = logging.getLogger(__name__)


#: Every protocol whose devices connect to Anlan, and the server that listens for them.
LISTENERS: dict[str, Callable[[Intake, Limits | None], DeviceServer]] = {
    **{
        module.PROTOCOL: partial(DeviceServer, module.PROTOCOL, module.Session)
        for module in (sl651, hj212, jt808, gb26875)
    },
    "jt809": PlatformServer,
    "gb28181": VideoServer,
}


#: Every kind of server that Anlan itself connects to.
SOURCES = {"mqtt": MqttSource, "modbus": ModbusSource, "sensorthings": SensorThingsSource}


class Gateways:
    """All device servers with the intake that they share."""

    def __init__(self, allowed: Mapping[str, Limits] | None = None) -> None:
        loop = asyncio.get_running_loop()
        self.intake = Intake(
            call=lambda function, *arguments: loop.is_closed() or loop.call_soon_threadsafe(function, *arguments),
            resume=self._resume,
            send=self._send,
            renewed=self._follow_sources,
            online=self._online,
        )
        self._loop = loop
        self._moves: asyncio.Task | None = None
        self._configs: list[SourceConfig] = []
        #: The sources that are switched on, by their key.
        self.sources: dict[int, Runner] = {}
        self._allowed = allowed or {}
        self.servers: list[DeviceServer] = []
        #: What the web process hears of devices comes here.
        self.handover = HandoverServer(self.intake)

    def server(self, protocol: str) -> DeviceServer:
        """The server that listens for a protocol."""
        return next(server for server in self.servers if server.protocol == protocol)

    async def start(self, host: str, ports: Mapping[str, int], handover: Path | None = None) -> None:
        """Load what is registered, then listen on the ports that are named, and for the web process."""
        await asyncio.to_thread(self.intake.start)
        if handover is not None:
            await self.handover.start(handover)
        for protocol, port in ports.items():
            server = LISTENERS[protocol](self.intake, self._allowed.get(protocol))
            server.follow(self._configs)
            await server.start(host, port)
            self.servers.append(server)

    async def stop(self) -> None:
        """Read nothing more, keep and confirm all that was read, hang up."""
        for server in self.servers:
            server.stop_listening()
        for runner in self.sources.values():
            runner.stop_listening()
        self.handover.stop_listening()
        await asyncio.to_thread(self.intake.stop)
        # Confirmations were handed to the loop by the intake; let them out before hanging up.
        await asyncio.sleep(0)
        await self.handover.stop()
        self._follow_sources([])
        await self._moves
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)

    def _online(self) -> dict[str, Collection[str]]:
        """The devices that are connected, by protocol; asked for by the intake's thread."""
        found: dict[str, Collection[str]] = {server.protocol: server.routes.keys() for server in self.servers}
        found |= self.handover.online()
        for runner in list(self.sources.values()):
            found[runner.config.kind] = runner.addresses.union(found.get(runner.config.kind, ()))
        return found

    def _follow_sources(self, configs: list[SourceConfig]) -> None:
        """Start, change and stop the conversations with sources as their register says, one change after another."""
        before, self._configs = self._moves, configs
        for server in self.servers:
            server.follow(configs)

        async def move() -> None:
            if before is not None:
                await asyncio.gather(before, return_exceptions=True)
            wanted = {config.pk: config for config in configs if config.kind in SOURCES}
            for key, runner in list(self.sources.items()):
                if wanted.get(key) != runner.config:
                    del self.sources[key]
                    await runner.stop()
            for key, config in wanted.items():
                if key in self.sources:
                    self.sources[key].follow()
                else:
                    self.sources[key] = SOURCES[config.kind](config, self.intake)
                    self.sources[key].start()

        self._moves = self._loop.create_task(move())

    def _resume(self) -> None:
        for server in self.servers:
            if server.paused:
                server.resume()

    def _send(self, command) -> None:
        for server in self.servers:
            if server.protocol == command.station.protocol:
                server.send(command)
        if command.station.source_id in self.sources:
            self.sources[command.station.source_id].send(command)

    def metrics(self) -> str:
        """The counters as Prometheus text."""
        books = self.intake.books
        lines = [
            f"anlan_intake_waiting {self.intake.waiting}",
            f"anlan_intake_commits_total {books.commits}",
            f"anlan_intake_failures_total {books.failures}",
            f"anlan_intake_commit_seconds_total {books.commit_seconds:.6f}",
            f"anlan_intake_largest_batch {books.largest}",
            f"anlan_lanes {len(self.intake.lanes)}",
        ]
        for protocol in dict.fromkeys([*(server.protocol for server in self.servers), *books.protocols]):
            label = f'{{protocol="{protocol}"}}'
            counters = books.of(protocol)
            lines += [f"anlan_gateway_{name}_total{label} {value}" for name, value in vars(counters).items()]
        for server in self.servers:
            label = f'{{protocol="{server.protocol}"}}'
            lines += [
                f"anlan_gateway_connections{label} {len(server.connections)}",
                f"anlan_gateway_devices{label} {len(server.routes)}",
                f"anlan_gateway_paused{label} {len(server.paused)}",
                f"anlan_gateway_slowed_total{label} {server.slowed}",
                f"anlan_gateway_refused_total{label} {server.refused}",
                f"anlan_gateway_bytes_total{label} {server.bytes}",
                f"anlan_gateway_dropped_total{label} {server.dropped}",
                f"anlan_gateway_laned_total{label} {server.laned}",
            ]
        return "\n".join(lines) + "\n"


async def serve_metrics(gateways: Gateways, host: str, port: int) -> asyncio.Server:
    """Answer any HTTP request with the counters."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            body = gateways.metrics().encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=8192)


def limits() -> dict[str, Limits]:
    """What the settings let through, by protocol."""
    config, found = settings.ANLAN, {}
    for protocol in LISTENERS:
        networks = (
            network.partition("=")[2] if "=" in network else network
            for network in config.gateway_networks
            if "=" not in network or network.partition("=")[0] == protocol
        )
        found[protocol] = Limits(
            connections=config.gateway_connections,
            per_peer=config.gateway_per_peer,
            rate=config.gateway_rate,
            datagrams=config.gateway_datagrams,
            idle_s=config.gateway_idle_seconds,
            networks=tuple(ip_network(network.strip(), strict=False) for network in networks),
        )
    return found


async def serve() -> None:
    """Run everything until the process is asked to stop."""
    config = settings.ANLAN
    allow_many_connections()
    # The intake's thread works hard when much arrives; let the streams have their turn sooner than usual.
    sys.setswitchinterval(0.002)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=compile_all, name="lanes", daemon=True).start()
    gateways = Gateways(limits())
    live = loop.create_task(serve_live(config.host, config.live_port, stop))
    ports = {protocol: getattr(config, f"{protocol}_port") for protocol in LISTENERS}
    listened = {protocol: port for protocol, port in ports.items() if port}
    await gateways.start(config.host, listened, config.handover_path)
    metrics = await serve_metrics(gateways, config.host, config.metrics_port)
    stopping = loop.create_task(stop.wait())
    await asyncio.wait({live, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    metrics.close()
    await gateways.stop()
    await live
