"""What a listener lets through: who may connect, how much one device may send, who is known to be there."""

import asyncio
import resource
import socket
from ipaddress import ip_network

import pytest

from anlan.areas.risk.monitoring.models import DeviceState, IntakeBatch
from anlan.gateways import server
from anlan.gateways.process import Gateways
from anlan.gateways.server import BURST_S, Limits
from tests.gateways.conftest import ago, gas_frame, in_thread, rain_frame

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_device_from_a_foreign_network_is_turned_away(stations):
    async def talk() -> tuple[bytes, int]:
        gateways = Gateways({"sl651": Limits(networks=(ip_network("10.0.0.0/8"),))})
        await gateways.start("127.0.0.1", {"sl651": 0})
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("sl651").port)
            writer.write(rain_frame(1.0, ago(minutes=1)))
            try:
                answer = await asyncio.wait_for(reader.read(100), 10)
            except ConnectionError:
                answer = b""
            writer.close()
            return answer, gateways.server("sl651").refused
        finally:
            await gateways.stop()

    assert asyncio.run(talk()) == (b"", 1)
    assert not IntakeBatch.objects.exists()


def test_devices_leave_the_files_that_the_database_needs(stations, monkeypatch):
    async def talk() -> int:
        gateways = Gateways()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        monkeypatch.setattr(server, "OWN_FILES", 100)
        try:
            await gateways.start("127.0.0.1", {"sl651": 0})
            port = gateways.server("sl651").port
            lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while len(gateways.server("sl651").connections) < 41:
                await asyncio.sleep(0.01)
            while not gateways.server("sl651").refused:
                lines.append(socket.create_connection(("127.0.0.1", port)))
                await asyncio.sleep(0)
            writer.write(rain_frame(1.0, ago(minutes=1)))
            assert await asyncio.wait_for(reader.read(100), 10)
            writer.close()
            return len(lines)
        finally:
            for line in lines:
                line.close()
            await gateways.stop()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert 41 < asyncio.run(talk()) < 100


@pytest.mark.parametrize(
    ("host", "is_admitted"),
    [("10.1.2.3", True), ("fe80::1%eth0", True), ("192.168.1.1", False), ("?", False), ("10.256.0.1", False)],
)
def test_networks_decide_by_address(host, is_admitted):
    limits = Limits(networks=(ip_network("10.0.0.0/8"), ip_network("fe80::/10")))
    assert limits.admits(host) is is_admitted


def test_one_that_floods_waits_and_loses_nothing_while_others_are_heard(stations):
    frames = 40

    async def talk() -> int:
        rate = 8.0
        gateways = Gateways({"hj212": Limits(rate=rate)})
        await gateways.start("127.0.0.1", {"sl651": 0, "hj212": 0})
        server = gateways.server("hj212")
        try:
            # The first message may spend the burst; start with less, so that the test is short.
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(gas_frame(0.0, ago(minutes=300)))
            await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
            (connection,) = server.connections
            connection._credit -= rate * BURST_S - 10
            for minute in range(frames - 1):
                writer.write(gas_frame(1.0, ago(minutes=minute + 1)))
                await writer.drain()
                await asyncio.sleep(0)
            other, hydrology = await asyncio.open_connection("127.0.0.1", gateways.server("sl651").port)
            hydrology.write(rain_frame(1.0, ago(minutes=1)))
            assert await asyncio.wait_for(other.read(100), 5)
            for _ in range(frames - 1):
                await asyncio.wait_for(reader.readuntil(b"\r\n"), 20)
            writer.close()
            hydrology.close()
            return server.slowed
        finally:
            await gateways.stop()

    assert asyncio.run(talk()) >= 1


def test_a_device_is_known_to_be_there_and_to_have_left(stations):
    async def talk() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"sl651": 0})
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("sl651").port)
            for serial in (1, 2):
                writer.write(rain_frame(serial, ago(minutes=3 - serial), serial=serial))
                await asyncio.wait_for(reader.read(100), 10)
            await in_thread(gateways.intake._keep_states)
            state = await in_thread(DeviceState.objects.get)
            assert (state.station_id, state.is_online, state.messages) == (stations["rain"].pk, True, 2)
            assert state.peer.startswith("127.0.0.1:")
            writer.close()
            while gateways.server("sl651").connections:
                await asyncio.sleep(0.01)
            await in_thread(gateways.intake._keep_states)
            state = await in_thread(DeviceState.objects.get)
            assert (state.is_online, state.messages) == (False, 2)
        finally:
            await gateways.stop()

    asyncio.run(talk())
