"""What breaks around a gateway: the disk fills, the database goes and comes back, clocks jump, lines go half-open.

No confirmed message is lost, none counts twice, and nobody else is left waiting for good.
"""

import asyncio
import socket
import sqlite3
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import GatewayMinute, Instrument, MalformedFrame
from anlan.areas.risk.monitoring.readings import ANCIENT, FUTURE, GOOD
from anlan.gateways import server as servers
from anlan.gateways.process import Gateways
from anlan.gateways.server import Limits
from tests.gateways.conftest import ago, gas_frame, in_thread, listening, rain_frame

pytestmark = pytest.mark.django_db(transaction=True)
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="of the embedded database")
on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="of a database server")


def kept(code: str = "W1-G1") -> list[float]:
    instrument = Instrument.objects.get(code=code)
    return storage.series(instrument.pk, ago(days=9), ago(days=-9)).value.tolist()


class Line:
    """A works' connection."""

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    def __init__(self, gateways, protocol: str = "hj212") -> None:
        self.port = gateways.server(protocol).port

    async def __aexit__(self, *_):
        self.writer.close()

    async def confirmed(self, *, within_s: float = 20.0) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n"), within_s)

    async def is_silent(self, *, for_s: float = 0.8) -> bool:
        try:
            return not await asyncio.wait_for(self.reader.read(1), for_s)
        except TimeoutError:
            return True


@on_sqlite
def test_while_the_disk_is_full_nothing_is_confirmed_and_afterwards_all_is(stations):
    frames = [gas_frame(2.0, ago(minutes=minute)) for minute in range(300, 0, -1)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that other tests left free would be room on the full disk

    async def story() -> None:
        async with listening() as gateways, Line(gateways) as line:
            is_full, keep = True, gateways.intake._keep

            def keep_on_a_full_disk(batch):
                with connection.cursor() as cursor:
                    # No more pages than there are: what needs another finds the disk full.
                    cursor.execute(f"PRAGMA max_page_count = {1 if is_full else 2**30}")
                keep(batch)

            gateways.intake._keep = keep_on_a_full_disk
            confirmed = 0
            for frame in frames:
                line.writer.write(frame)
                if gateways.intake.books.failures:
                    continue
                try:
                    await line.confirmed(within_s=1.0)
                    confirmed += 1
                except TimeoutError:
                    assert gateways.intake.books.failures
            assert gateways.intake.books.failures
            assert confirmed < len(frames)
            assert await line.is_silent()
            is_full = False
            for _ in range(len(frames) - confirmed):
                await line.confirmed()

    asyncio.run(story())
    assert kept() == [2.0] * len(frames)


@on_sqlite
def test_while_another_process_holds_the_database_nothing_is_lost(stations):
    name = str(connection.settings_dict["NAME"])

    async def story() -> None:
        async with listening() as gateways, Line(gateways) as line:
            holder = sqlite3.connect(name, isolation_level=None, timeout=30)
            holder.execute("BEGIN EXCLUSIVE")
            for minute in range(5, 0, -1):
                line.writer.write(gas_frame(3.0, ago(minutes=minute)))
            assert await line.is_silent()
            holder.execute("COMMIT")
            holder.close()
            for _ in range(5):
                await line.confirmed()

    asyncio.run(story())
    assert kept() == [3.0] * 5


@on_postgres
def test_when_the_server_ends_the_connection_the_gateway_comes_back(stations):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()

    def end_all_others() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                [own],
            )

    async def story() -> int:
        async with listening() as gateways, Line(gateways) as line:
            for minute in range(9, 0, -1):
                line.writer.write(gas_frame(4.0, ago(minutes=minute)))
                if minute in (7, 3):
                    await in_thread(end_all_others)
                await line.confirmed()
            return gateways.intake.books.failures

    assert asyncio.run(story()) >= 1
    assert kept() == [4.0] * 9


def test_clocks_that_jump_neither_lose_nor_double_a_reading(stations, monkeypatch):
    now = timezone.now
    frames = [gas_frame(float(minute), ago(minutes=minute)) for minute in (3, 2, 1)]
    dreams = [gas_frame(50.0, ago(days=-3)), gas_frame(51.0, ago(days=9000))]

    async def story() -> None:
        async with listening() as gateways, Line(gateways) as line:
            for jump, frame in zip((timedelta(), timedelta(hours=-6), timedelta(hours=6)), frames, strict=True):
                monkeypatch.setattr(timezone, "now", lambda jump=jump: now() + jump)
                line.writer.write(frame)
                await line.confirmed()
                line.writer.write(frame)
                await line.confirmed()
            monkeypatch.setattr(timezone, "now", now)
            for frame in dreams:
                line.writer.write(frame)
                await line.confirmed()

    asyncio.run(story())
    instrument = Instrument.objects.get(code="W1-G1")
    rows = storage.series(instrument.pk, ago(days=9001), ago(days=-9))
    assert rows.value[rows.value < 50].tolist() == [3.0, 2.0, 1.0]
    assert (rows.flag == GOOD).sum() >= 2
    assert sorted(rows.value[(rows.flag == FUTURE) | (rows.flag == ANCIENT)].tolist())[-2:] == [50.0, 51.0]


def test_a_line_that_went_half_open_is_given_up_and_the_device_comes_back(stations, monkeypatch):
    monkeypatch.setattr(servers, "STALL_S", 0.2)

    async def story() -> None:
        gateways = Gateways({"hj212": Limits(idle_s=0.5)})
        await gateways.start("127.0.0.1", {"hj212": 0})
        try:
            frame = gas_frame(1.0, ago(minutes=1))
            dead = socket.create_connection(("127.0.0.1", gateways.server("hj212").port))
            dead.sendall(frame[: len(frame) // 2])
            while gateways.server("hj212").connections or not gateways.intake.books.of("hj212").malformed:
                await asyncio.sleep(0.02)
            async with Line(gateways) as line:
                line.writer.write(frame)
                await line.confirmed()
            dead.close()
        finally:
            await gateways.stop()

    asyncio.run(asyncio.wait_for(story(), 20))
    assert kept() == [1.0]
    assert MalformedFrame.objects.get().code == "truncated"


def test_one_that_never_reads_its_confirmations_holds_up_nobody(stations):
    async def story() -> None:
        async with listening() as gateways:
            deaf = socket.create_connection(("127.0.0.1", gateways.server("hj212").port))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            sent = 0
            for minute in range(2000):
                try:
                    deaf.sendall(gas_frame(1.0, ago(minutes=minute + 10)))
                    sent += 1
                except BlockingIOError:
                    await asyncio.sleep(0.01)
            async with Line(gateways, "sl651") as line:
                line.writer.write(rain_frame(1.0, ago(minutes=1)))
                assert await asyncio.wait_for(line.reader.read(100), 10)
            deaf.close()

    asyncio.run(story())
    assert kept("R1-PT") == [1.0]
    assert GatewayMinute.objects.filter(protocol="hj212").exists()
