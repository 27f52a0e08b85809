"""A real broker and a real Modbus device: what they say becomes readings, and is acknowledged once it is kept."""

import asyncio
import shutil
import socket
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    DeviceCommand,
    Instrument,
    Latest,
    MalformedFrame,
    Source,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.services import send_command
from anlan.gateways.process import Gateways
from tests.gateways.conftest import ago, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
needs_broker = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed on this machine")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def broker(folder, port: int):
    """Mosquitto with a memory that outlives it."""
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
    )
    process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def sensor(port: int):
    """A client that publishes, and hears what is published to it."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "sensor", protocol=paho.MQTTv311)
    heard: list[tuple[str, bytes]] = []
    client.on_message = lambda _client, _data, message: heard.append((message.topic, message.payload))
    for _ in range(200):
        try:
            client.connect("127.0.0.1", port)
            break
        except OSError:
            await asyncio.sleep(0.05)
    client.loop_start()
    try:
        yield client, heard
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)


@asynccontextmanager
async def gateways():
    running = Gateways()
    await running.start("127.0.0.1", {})
    try:
        yield running
    finally:
        await running.stop()


async def until(found, *, patience_s: float = 15.0):
    for _ in range(int(patience_s / 0.05)):
        if result := await in_thread(found):
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


def values(code: str) -> list[float]:
    instrument = Instrument.objects.get(code=code)
    return storage.series(instrument.pk, ago(days=9000), ago(days=-1)).value.tolist()


@pytest.fixture
def well(city, rules):
    """A well that reports over MQTT."""
    source = Source.objects.create(
        code="BROKER", name="市政物联网", kind="mqtt", host="127.0.0.1", port=free_port(), time_path="ts", area=city
    )
    station = Station.objects.create(
        code="M1", name="窨井7", kind="waterlogging", area_id="371502", protocol="mqtt", address="city/well/07",
        source=source,
    )  # fmt: skip
    for code, quantity, channel in (("M1-L", "level", "#data.level"), ("M1-U", "voltage", "battery")):
        Instrument.objects.create(
            station=station, area_id="371502", code=code, name=code, quantity=quantity, channel=channel
        )
    return station


@asynccontextmanager
async def of_the_older_version(port: int, behind: int):
    """A broker that knows MQTT 3.1.1 only: it turns newer clients away, as the standard says, and serves the rest."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(4096)
        if first[first.index(b"MQTT") + 4] > 4:
            writer.write(bytes([0x20, 2, 0, 1]))
            writer.close()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", behind)
        inner_writer.write(first)
        await asyncio.gather(pipe(reader, inner_writer), pipe(inner_reader, writer))

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield


@needs_broker
@pytest.mark.parametrize("is_old", [False, True], ids=["mqtt5", "mqtt311"])
def test_what_a_sensor_publishes_becomes_readings(well, tmp_path, is_old):
    port = free_port() if is_old else well.source.port

    async def story() -> None:
        async with AsyncExitStack() as stack:
            client, _heard = await stack.enter_async_context(sensor(port))
            if is_old:
                await stack.enter_async_context(of_the_older_version(well.source.port, port))
            await stack.enter_async_context(gateways())
            await until(lambda: Source.objects.get().connected_at)
            client.publish("city/well/07", b'{"ts": 1565424000, "data": {"level": 1.25}}', qos=1)
            client.publish("city/well/07/battery", b"3.61", qos=1)
            client.publish("city/well/07", b"{broken", qos=1)
            client.publish("city/well/07", b'{"ts": 1565424300, "data": {"level": 1.5}}', qos=1)
            await until(lambda: values("M1-L") == [1.25, 1.5] and values("M1-U") == [3.61])
            await until(MalformedFrame.objects.exists)

    with broker(tmp_path, port):
        asyncio.run(story())
    assert MalformedFrame.objects.get().code == "json"
    assert Source.objects.get().problem == ""


@needs_broker
def test_what_comes_while_the_gateway_is_away_is_not_lost_and_counts_once(well, tmp_path):
    port = well.source.port

    def level(minute: int) -> bytes:
        return b'{"ts": %d, "data": {"level": %d}}' % (1565424000 + minute * 60, minute)

    async def story() -> None:
        async with sensor(port) as (client, _heard):
            async with gateways():
                await until(lambda: Source.objects.get().connected_at)
                client.publish("city/well/07", level(1), qos=1)
                await until(lambda: values("M1-L") == [1.0])
            for minute in (2, 3, 3):
                client.publish("city/well/07", level(minute), qos=1).wait_for_publish(10)
            async with gateways():
                await until(lambda: values("M1-L") == [1.0, 2.0, 3.0])

    with broker(tmp_path, port):
        asyncio.run(story())


@needs_broker
def test_a_retained_message_without_a_time_is_no_reading_of_now(well, tmp_path):
    port = well.source.port

    async def story() -> None:
        async with sensor(port) as (client, _heard):
            client.publish("city/well/07/battery", b"1.0", qos=1, retain=True).wait_for_publish(10)
            async with gateways():
                await until(lambda: Source.objects.get().connected_at)
                client.publish("city/well/07/battery", b"3.7", qos=1)
                await until(lambda: 3.7 in values("M1-U"))

    with broker(tmp_path, port):
        asyncio.run(story())
    assert values("M1-U") == [3.7]


@needs_broker
def test_a_command_is_published_below_the_stations_topic(well, people, tmp_path):
    port = well.source.port

    async def story() -> list[tuple[str, bytes]]:
        async with gateways(), sensor(port) as (client, heard):
            client.subscribe("city/well/07/set", 1)
            await until(lambda: Source.objects.get().connected_at)
            await in_thread(
                lambda: send_command(
                    actor=people["system_administrator"], station=well, code="set", parameters={"interval": 60}
                )
            )
            await until(lambda: DeviceCommand.objects.get().status == DeviceCommand.Status.ANSWERED)
            await until(lambda: heard)
            return heard

    with broker(tmp_path, port):
        assert asyncio.run(story()) == [("city/well/07/set", b'{"interval": 60}')]


def test_a_broker_that_is_not_there_is_told_on_the_source(well):
    async def story() -> None:
        async with gateways():
            await until(lambda: Source.objects.get().problem)

    asyncio.run(story())
    assert str(well.source.port) in Source.objects.get().problem


@pytest.fixture
def tank(city, rules):
    """A tank whose controller is asked by Modbus."""
    source = Source.objects.create(
        code="PLC", name="罐区PLC", kind="modbus", host="127.0.0.1", port=free_port(), poll_seconds=1, area=city
    )
    station = Station.objects.create(
        code="T1", name="1号罐", kind="works", area_id="371502", protocol="modbus", address="3", source=source
    )
    for code, quantity, channel in (
        ("T1-L", "level", "hr:10:u16*0.01"),
        ("T1-P", "pressure", "hr:12:f32"),
        ("T1-X", "temperature", "hr:900:u16"),
    ):
        Instrument.objects.create(
            station=station, area_id="371502", code=code, name=code, quantity=quantity, channel=channel
        )
    return station


def test_a_modbus_device_is_asked_and_what_it_lacks_is_told(tank):
    async def story() -> None:
        registers = [
            SimData(10, values=[325, 0], datatype=DataType.REGISTERS),
            SimData(12, values=101.5, datatype=DataType.FLOAT32),
        ]
        server = ModbusTcpServer(SimDevice(3, simdata=registers), address=("127.0.0.1", tank.source.port))
        serving = asyncio.create_task(server.serve_forever())
        try:
            async with gateways():
                await until(lambda: Latest.objects.count() == 2)
        finally:
            await server.shutdown()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(story())
    assert values("T1-L")[0] == 3.25
    assert values("T1-P")[0] == 101.5
    unknown = UnknownDevice.objects.get()
    assert (unknown.channel, unknown.problem) == ("hr:900:u16", "hr:900 地址不存在")
    assert Source.objects.get().problem == ""


def test_a_modbus_device_that_is_away_is_told_and_makes_no_readings(tank):
    async def story() -> None:
        async with gateways():
            await until(lambda: Source.objects.get().problem)

    asyncio.run(story())
    assert str(tank.source.port) in Source.objects.get().problem
    assert not Latest.objects.exists()
