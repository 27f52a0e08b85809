"""A fire-facility transmission device over a real socket: its alarm is kept, judged, confirmed; it answers a roll call."""

import asyncio

import pytest

from anlan.areas.risk.monitoring.models import Alarm, DeviceCommand, Instrument, Latest, Station, UnknownDevice
from anlan.areas.risk.monitoring.services import send_command
from anlan.gateways.process import Gateways
from anlan.protocols import gb26875
from tests.gateways.conftest import ago, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE, CENTRE = "0000000000a1", "000000000001"


@pytest.fixture
def hall(city, rules):
    station = Station.objects.create(
        code="F1", name="会展中心", kind="fire", area_id="371502", protocol="gb26875", address=DEVICE.upper()
    )
    for code, quantity, channel in (
        ("F1-FIRE", "fire_alarm", "fire"),
        ("F1-TANK", "level", "analog:11-0-1"),
    ):
        Instrument.objects.create(
            station=station, area_id="371502", code=code, name=code, quantity=quantity, channel=channel,
            first_limit=1 if quantity == "fire_alarm" else None,
        )  # fmt: skip
    return station


def packet(kind: int, *items: gb26875.Item, serial: int = 1, source: str = DEVICE, command: int = 2) -> bytes:
    stamp = gb26875.Stamp.of(ago(minutes=1))
    header = gb26875.Header(serial, command, stamp, source, CENTRE)
    return gb26875.encode(gb26875.Message(header, kind, items, (stamp,) * len(items)))


def play(story):
    async def run():
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"gb26875": 0})
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("gb26875").port)
            try:
                return await story(reader, writer)
            finally:
                writer.close()
        finally:
            await gateways.stop()

    return asyncio.run(run())


async def answer(reader) -> gb26875.Message:
    return gb26875.decode(await asyncio.wait_for(reader.read(4096), 10))


def test_a_fire_alarm_is_kept_confirmed_and_raised(hall):
    async def story(reader, writer):
        writer.write(packet(2, gb26875.PartState(1, 1, 42, 5, 0b11, "三楼".encode("gb18030"))))
        confirmed = await answer(reader)
        writer.write(packet(3, gb26875.PartValue(11, 0, 92, 1, 2, 325), serial=2))
        await answer(reader)
        return confirmed

    confirmed = play(story)
    assert (confirmed.header.command, confirmed.header.serial, confirmed.header.destination) == (3, 1, DEVICE)
    assert {one.instrument.code: one.value for one in Latest.objects.all()} == {"F1-FIRE": 1.0, "F1-TANK": 3.25}
    alarm = Alarm.objects.get()
    assert alarm.instrument.code == "F1-FIRE"
    assert alarm.kind == Alarm.Kind.THRESHOLD


def test_a_device_that_nobody_registered_is_shown_and_not_confirmed(hall):
    async def story(reader, writer):
        writer.write(packet(21, gb26875.DeviceState(1), source="0000000000ff"))
        while not await in_thread(UnknownDevice.objects.exists):
            await asyncio.sleep(0.02)

    play(story)
    assert UnknownDevice.objects.get().address == "0000000000ff"


def test_a_roll_call_is_answered(hall, people):
    async def story(reader, writer):
        writer.write(packet(21, gb26875.DeviceState(1)))
        await answer(reader)
        await in_thread(
            lambda: send_command(
                actor=people["system_administrator"], station=hall, code="91", parameters={"minutes": 5}
            )
        )
        asked = await answer(reader)
        header = gb26875.Header(asked.header.serial, 3, gb26875.Stamp.of(ago(minutes=0)), DEVICE, CENTRE)
        writer.write(gb26875.wrap(header))
        while await in_thread(lambda: DeviceCommand.objects.get().status) != DeviceCommand.Status.ANSWERED:
            await asyncio.sleep(0.02)
        return asked

    asked = play(story)
    assert (asked.type, asked.items[0].minutes, asked.header.destination) == (91, 5, DEVICE)
