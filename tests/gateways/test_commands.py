"""Commands to devices over the connection that they opened, and their answers."""

import asyncio

import pytest

from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.services import send_command
from anlan.protocols import hj212, sl651
from tests.gateways.conftest import RAIN, ago, gas_frame, in_thread, listening, rain_frame

pytestmark = pytest.mark.django_db(transaction=True)


async def until(found, *, patience_s: float = 10.0):
    """What `found()` gives once it gives anything."""
    for _ in range(int(patience_s / 0.05)):
        if result := await in_thread(found):
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_a_works_monitor_gets_the_command_and_its_answers_are_kept(stations, people):
    def ask():
        return send_command(
            actor=people["system_administrator"], station=stations["works"], code="1062", parameters={"RtdInterval": 30}
        )

    async def talk() -> hj212.Message:
        async with listening() as gateways:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("hj212").port)
            writer.write(gas_frame(1.0, ago(minutes=1)))
            await reader.readuntil(b"\r\n")
            command = await in_thread(ask)
            request = hj212.decode(await asyncio.wait_for(reader.readuntil(b"\r\n"), 10))
            writer.write(hj212.acknowledge(request))
            writer.write(hj212.report_execution(request))
            await until(lambda: "9012" in DeviceCommand.objects.get(pk=command.pk).answer)
            writer.close()
            await writer.wait_closed()
            return request

    request = asyncio.run(talk())
    assert (request.cn, request.get("RtdInterval")) == ("1062", "30")
    command = DeviceCommand.objects.get()
    assert command.status == DeviceCommand.Status.ANSWERED
    assert command.sent_at <= command.answered_at


def test_a_rain_station_is_asked_for_its_readings(stations, people):
    async def talk() -> None:
        async with listening() as gateways:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("sl651").port)
            writer.write(rain_frame(3.5, ago(minutes=5)))
            await reader.read(4096)
            await in_thread(
                lambda: send_command(
                    actor=people["system_administrator"], station=stations["rain"], code="37", parameters={}
                )
            )
            request = sl651.decode(await asyncio.wait_for(reader.read(4096), 10))
            assert (request.header.function, request.header.direction, request.header.station) == (0x37, "down", RAIN)
            writer.write(rain_frame(4.0, ago(minutes=1), serial=2, function=0x37))
            await until(lambda: DeviceCommand.objects.get().status == DeviceCommand.Status.ANSWERED)
            writer.close()
            await writer.wait_closed()

    asyncio.run(talk())
    assert "26=4.0" in DeviceCommand.objects.get().answer


def test_a_command_that_no_protocol_knows_is_refused_with_the_reason(stations, people):
    async def talk() -> None:
        async with listening() as gateways:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("hj212").port)
            writer.write(gas_frame(1.0, ago(minutes=1)))
            await reader.readuntil(b"\r\n")
            await in_thread(
                lambda: send_command(
                    actor=people["system_administrator"], station=stations["works"], code="9999", parameters={}
                )
            )
            await until(lambda: DeviceCommand.objects.get().status == DeviceCommand.Status.EXPIRED)
            writer.close()
            await writer.wait_closed()

    asyncio.run(talk())
    assert "9999" in DeviceCommand.objects.get().answer
