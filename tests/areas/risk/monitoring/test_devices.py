"""Pages of devices: who is there, what they sent, and sending it again."""

import asyncio

import pytest
from django.utils import timezone

from anlan.areas.risk.monitoring.models import DeviceState, Instrument, Station, UnknownDevice
from anlan.gateways.process import Gateways
from tests.gateways.conftest import WORKS, ago, gas_frame, in_thread
from tests.gateways.conftest import stations as stations  # noqa: PLC0414  (the fixture)

pytestmark = pytest.mark.django_db(transaction=True)


def play(story):
    """Run `story(gateways)` with a gateway that listens for HJ 212."""

    async def run():
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"hj212": 0})
        try:
            return await story(gateways)
        finally:
            await gateways.stop()

    return asyncio.run(run())


async def say(gateways, frame: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("hj212").port)
    writer.write(frame)
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
    finally:
        writer.close()


def test_the_list_tells_who_is_there(stations, client_of):
    DeviceState.objects.create(station=stations["works"], heard_at=timezone.now(), peer="10.1.1.1:5", messages=7)
    browser = client_of("duty_officer")
    page = browser.get("/gateways/devices/").content.decode()
    assert "化工厂" in page
    assert "10.1.1.1:5" in page
    assert "姜店" in page
    only = browser.get("/gateways/devices/?state=never").content.decode()
    assert "化工厂" not in only
    assert "姜店" in only
    assert "姜店" not in browser.get("/gateways/devices/?protocol=hj212").content.decode()


def test_frames_are_shown_byte_for_byte_and_in_words(stations, client_of):
    play(lambda gateways: say(gateways, gas_frame(1.5, ago(minutes=1))))
    page = client_of("duty_officer").get(f"/stations/{stations['works'].pk}/frames/").content.decode()
    assert "23 23 30" in page  # ##0
    assert "a99001" in page


def test_who_may_not_see_the_station_sees_no_frames(stations, people, client_of):
    browser = client_of("county")
    assert browser.get(f"/stations/{stations['works'].pk}/frames/").status_code == 404


def test_a_frame_of_a_device_that_was_unknown_counts_once_it_is_registered(stations, client_of, settings):
    works = stations["works"]
    Station.objects.filter(pk=works.pk).update(address="")
    browser = client_of("system_administrator")

    async def story(gateways):
        # Nobody confirms what an unknown device says.
        _reader, writer = await asyncio.open_connection("127.0.0.1", gateways.server("hj212").port)
        writer.write(gas_frame(2.5, ago(minutes=1)))
        while not await in_thread(UnknownDevice.objects.exists):
            await asyncio.sleep(0.01)
        writer.close()
        assert await in_thread(lambda: UnknownDevice.objects.get().address) == WORKS.lower()
        works.address = WORKS
        await in_thread(works.save)
        await in_thread(gateways.intake._tick)
        settings.ANLAN = _with_port(settings.ANLAN, gateways.server("hj212").port)
        for _ in range(2):  # the second time it counts no more
            answer = await in_thread(
                lambda: browser.post("/gateways/replay/", {"unknown": UnknownDevice.objects.get().pk})
            )
            assert answer.status_code == 302

    play(story)
    assert Instrument.objects.get(code="W1-G1").latest.value == 2.5
    page = client_of("duty_officer").get(f"/stations/{works.pk}/frames/").content.decode()
    assert page.count("mon-frame") == 1


def test_only_who_may_act_on_gateways_sends_again(stations, client_of):
    play(lambda gateways: say(gateways, gas_frame(1.5, ago(minutes=1))))
    assert client_of("analyst").post("/gateways/replay/", {"batch": 1, "place": 0}).status_code == 403


def test_a_frame_that_is_not_kept_is_not_found(stations, client_of):
    browser = client_of("system_administrator")
    for body in ({}, {"batch": "x"}, {"batch": 1, "place": 5}, {"malformed": "zz"}, {"unknown": "9"}):
        assert browser.post("/gateways/replay/", body).status_code == 404


def _with_port(config, port: int):
    from dataclasses import replace

    return replace(config, hj212_port=port)
