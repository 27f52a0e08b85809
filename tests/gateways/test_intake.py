"""Frames over real sockets: kept before they are confirmed, once, judged; what cannot be read is kept too."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    Alarm,
    GatewayMinute,
    Instrument,
    IntakeBatch,
    Latest,
    MalformedFrame,
    UnknownDevice,
)
from anlan.foundation.events.models import OutboxRow
from anlan.gateways import lanes
from anlan.gateways.intake import Recent
from anlan.protocols import hj212, sl651
from tests.gateways.conftest import WORKS, ago, converse, gas_frame, listening, rain_frame

pytestmark = pytest.mark.django_db(transaction=True)


def series(code: str) -> list[float]:
    instrument = Instrument.objects.get(code=code)
    return storage.series(instrument.pk, ago(days=2), ago(days=-1)).value.tolist()


def test_a_frame_is_kept_and_then_confirmed(stations):
    async def talk():
        async with listening() as gateways:
            return await converse(gateways.server("sl651").port, rain_frame(3.5, ago(minutes=5)))

    (answer,) = asyncio.run(talk())
    confirmation = sl651.decode(answer)
    assert confirmation.header.direction == "down"
    assert series("R1-PT") == [3.5]
    assert Latest.objects.get().value == 3.5
    assert GatewayMinute.objects.get(protocol="sl651").frames == 1
    (batch,) = IntakeBatch.objects.all()
    frame = rain_frame(3.5, Latest.objects.get().observed_at)
    assert storage.frames_of(batch) == [(stations["rain"].pk, frame)]


def test_a_frame_sent_twice_is_confirmed_twice_and_counts_once_also_after_a_restart(stations):
    frame = gas_frame(1.5, ago(minutes=1))

    async def talk():
        async with listening() as gateways:
            port = gateways.server("hj212").port
            return await converse(port, frame) + await converse(port, frame)

    first, second = asyncio.run(talk())
    (third, _) = asyncio.run(talk())
    assert first == second == third
    assert hj212.decode(first).cn == "9014"
    assert series("W1-G1") == [1.5]
    assert sum(GatewayMinute.objects.values_list("duplicates", flat=True)) == 3
    assert sum(IntakeBatch.objects.values_list("count", flat=True)) == 1


def test_so_many_digests_are_remembered_at_least_and_twice_as_many_at_most():
    recent, digests = Recent(10), [bytes([number]) for number in range(60)]
    for start in range(0, 60, 5):
        recent.add(digests[start : start + 5])
        known = [digest in recent for digest in digests[: start + 5]]
        assert all(known[-10:])
        assert sum(known) <= 20


def test_what_cannot_be_read_is_kept_counted_and_harms_nobody(stations):
    good = gas_frame(2.0, ago(minutes=1))
    broken = bytearray(gas_frame(3.0, ago(minutes=2)))
    broken[30] ^= 1

    async def talk():
        async with listening() as gateways:
            port = gateways.server("hj212").port
            answers = await converse(port, b"\x00\xff garbage" * 3, bytes(broken), good)
            await converse(port, bytes(broken), gas_frame(2.5, ago(minutes=0)))
            return answers

    assert hj212.decode(asyncio.run(talk())[0]).cn == "9014"
    assert series("W1-G1") == [2.0, 2.5]
    crc = MalformedFrame.objects.get(code="crc")
    assert crc.times == 2
    assert bytes(broken).rstrip().startswith(bytes(crc.raw)[:40])
    assert "CRC" in crc.reason.upper()


def test_an_unknown_device_and_a_wrong_password_are_shown_and_not_confirmed(stations):
    frame = gas_frame(1.0, ago(minutes=1))
    stranger = gas_frame(1.0, ago(minutes=1), mn="91371500NONE000000000001")
    liar = gas_frame(1.0, ago(minutes=1), pw="654321")

    async def talk():
        async with listening() as gateways:
            return await converse(gateways.server("hj212").port, stranger, liar, frame)

    (answer,) = asyncio.run(talk())
    assert answer.count(b"CN=9014") == 1
    assert set(UnknownDevice.objects.values_list("problem", flat=True)) == {"未登记的设备标识 MN", "密码不符"}
    assert series("W1-G1") == [1.0]


def test_a_reading_over_the_set_point_raises_an_alarm_that_is_published(stations):
    async def talk():
        async with listening() as gateways:
            port = gateways.server("hj212").port
            await converse(port, gas_frame(5.0, ago(minutes=3)))
            await converse(port, gas_frame(30.0, ago(minutes=2)))
            await converse(port, gas_frame(55.0, ago(minutes=1)))

    asyncio.run(talk())
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.value, alarm.threshold) == ("red", 55.0, 50.0)
    assert alarm.citation
    assert [step[1] for step in alarm.steps] == ["yellow", "red"]
    levels = [row.payload["level"] for row in OutboxRow.objects.filter(topic="ReadingExceeded").order_by("id")]
    assert levels == ["yellow", "red"]


def test_future_and_doubtful_readings_are_kept_but_judged_by_nobody(stations):
    async def talk():
        async with listening() as gateways:
            port = gateways.server("hj212").port
            await converse(port, gas_frame(60.0, ago(hours=-3)))
            await converse(port, gas_frame(70.0, ago(minutes=2), flag="D"))
            await converse(port, gas_frame(80.0, ago(minutes=1), flag="C"))

    asyncio.run(talk())
    assert not Alarm.objects.exists()
    readings = storage.series(Instrument.objects.get(code="W1-G1").pk, ago(days=1), ago(days=-1))
    assert sorted(readings.value.tolist()) == [60.0, 70.0, 80.0]
    assert np.all(readings.flag > 0)
    assert not Latest.objects.exists()


def test_many_connections_are_kept_whole(stations):
    moments = [ago(minutes=600 - n) for n in range(500)]

    async def talk():
        async with listening() as gateways:
            port = gateways.server("hj212").port
            jobs = [
                converse(port, *(gas_frame(n % 20, moments[n]) for n in range(i, 500, 25)), answers=1)
                for i in range(25)
            ]
            await asyncio.gather(*jobs)

    asyncio.run(talk())
    assert len(series("W1-G1")) == 500
    assert (Latest.objects.get().observed_at, Latest.objects.get().value) == (moments[499], 19.0)
    assert storage.merge() == 500
    assert len(series("W1-G1")) == 500
    assert storage.merge() == 0


def test_what_a_lane_read_by_an_older_register_is_kept_message_by_message(stations):
    frames = [gas_frame(float(minute), ago(minutes=minute)) for minute in (3, 2, 1)]

    async def talk():
        async with listening() as gateways:
            lane = gateways.intake.lanes["hj212"]
            lane.follow(dict(gateways.intake.devices))
            answers = await converse(gateways.server("hj212").port, *frames, frames[0])
            return answers, gateways.server("hj212").laned

    (answer,), laned = asyncio.run(talk())
    assert answer.count(b"CN=9014") == laned == 4
    assert series("W1-G1") == [3.0, 2.0, 1.0]
    assert sum(GatewayMinute.objects.values_list("duplicates", flat=True)) == 1


def test_of_a_block_that_cannot_be_judged_the_rest_is_kept(stations):
    frames = [gas_frame(float(minute), ago(minutes=minute)) for minute in (3, 2, 1)]

    async def talk():
        async with listening() as gateways:
            intake = gateways.intake
            device = intake.devices["hj212", WORKS.lower()]
            # An instrument that went without the gateway knowing.
            intake.devices["hj212", "ghost"] = replace(device, password="", channels={"a99001-Rtd": 10**6})
            intake.lanes["hj212"].follow(intake.devices)
            ghost = gas_frame(9.0, ago(minutes=4), mn="GHOST")
            reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("hj212").port)
            writer.write(b"".join((frames[0], ghost, *frames[1:])))
            answers = [await asyncio.wait_for(reader.readuntil(b"\r\n"), 10) for _ in range(4)]
            writer.close()
            return answers, gateways.server("hj212").laned

    answers, laned = asyncio.run(talk())
    assert laned == 4
    assert all(b"CN=9014" in answer for answer in answers)
    assert series("W1-G1") == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("is_compiled", [True, False])
def test_until_the_lanes_are_compiled_the_sessions_read_all(stations, monkeypatch, is_compiled):
    if not is_compiled:
        monkeypatch.setattr(lanes, "_compiled", {})

    async def talk():
        async with listening() as gateways:
            works, rain = gateways.server("hj212"), gateways.server("sl651")
            answers = await converse(works.port, gas_frame(1.5, ago(minutes=1)))
            answers += await converse(rain.port, rain_frame(3.5, ago(minutes=5)))
            return answers, works.laned, rain.laned

    (works, rain), *laned = asyncio.run(talk())
    assert laned == [is_compiled, is_compiled]
    assert hj212.decode(works).cn == "9014"
    assert sl651.decode(rain).header.direction == "down"
    assert (series("W1-G1"), series("R1-PT")) == ([1.5], [3.5])
