"""`anlan simulate devices`: many devices, with faults; none of their good messages is lost, none counts twice."""

import asyncio
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from anlan.areas.risk.cameras.models import Camera
from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import GatewayMinute, Instrument, MalformedFrame
from anlan.cli import main
from anlan.cli.simulate import faults_of, register, with_key
from anlan.cli.simulators import video
from anlan.cli.simulators.devices import Tally, simulate
from anlan.cli.simulators.speakers import SPEAKERS
from anlan.foundation.accounts.models import ApiToken
from anlan.gateways.process import Gateways
from anlan.protocols.gb28181 import Party
from tests.gateways.conftest import ago, in_thread
from tests.gateways.test_sensorthings import handing_over

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("protocol", sorted(SPEAKERS.keys() - {"sensorthings"}))
def test_devices_of_every_protocol_are_heard(city, rules, protocol):
    tally = Tally()
    devices = 12

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {protocol: 0})
        try:
            await simulate(
                SPEAKERS[protocol], devices=devices, host="127.0.0.1", port=gateways.server(protocol).port,
                interval_s=0.2, seconds=0.8, faults={"flip": 0.1, "twice": 0.1, "noise": 0.1}, tally=tally,
            )  # fmt: skip
        finally:
            await gateways.stop()

    assert register(SPEAKERS[protocol], devices) == devices
    assert register(SPEAKERS[protocol], devices) == devices
    asyncio.run(story())
    assert tally.sent >= devices * 3
    assert tally.confirmed >= tally.sent - tally.faults["flip"] - tally.faults["noise"]
    minutes = GatewayMinute.objects.filter(protocol=protocol)
    assert sum(minute.malformed for minute in minutes) >= tally.faults["flip"]
    assert MalformedFrame.objects.filter(protocol=protocol).exists() == bool(
        tally.faults["flip"] + tally.faults["noise"]
    )
    for instrument in Instrument.objects.filter(station__protocol=protocol)[:5]:
        times = storage.series(instrument.pk, ago(days=1), ago(days=-1)).observed.tolist()
        assert len(times) == len(set(times))
        assert times


def test_cameras_are_heard_over_udp_and_tcp_whatever_they_do_wrong(city, rules):
    speaker, tally, devices = video.VideoSpeaker(), Tally(), 40

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"gb28181": 0})
        platform = Party(settings.ANLAN.video_code, "127.0.0.1", gateways.server("gb28181").port)
        faults = {"flip": 0.02, "cut": 0.02, "noise": 0.02, "twice": 0.05}
        fleet = video.Fleet(platform, 1.0, faults, tally)
        playing = asyncio.create_task(
            video.simulate([speaker.role(n) for n in range(devices)], fleet, seconds=60.0)
        )  # fmt: skip
        try:
            for _ in range(600):
                if await in_thread(Camera.objects.filter(status="online").count) >= devices * 0.9:
                    break
                await asyncio.sleep(0.05)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            await gateways.stop()

    assert register(speaker, devices) == devices
    asyncio.run(story())
    assert Camera.objects.filter(status="online").count() >= devices * 0.9
    assert tally.faults.total()
    assert sum(GatewayMinute.objects.values_list("malformed", flat=True)) > 0


def test_cameras_say_which_faults_they_know(capsys):
    assert main(["simulate", "devices", "--protocol", "gb28181", "--faults", "drip=1"]) == 2
    assert "deaf" in capsys.readouterr().err


def test_a_fault_that_nobody_knows_is_refused_with_the_names_of_those_there_are(capsys):
    with pytest.raises(ValueError, match="flip, cut"):
        faults_of("explode=0.1")
    with pytest.raises(ValueError, match="NAME=SHARE"):
        faults_of("flip=often")
    assert main(["simulate", "devices", "--faults", "flip=2"]) == 2
    assert "share from 0 to 1" in capsys.readouterr().err


def test_devices_that_post_are_heard_through_the_web(city, rules, people, live_server, monkeypatch):
    speaker, devices, tally = SPEAKERS["sensorthings"], 4, Tally()
    register(speaker, devices)
    token = ApiToken.issue(user=people["duty_officer"], name="试验", expires_at=timezone.now() + timedelta(days=1))
    port = int(live_server.url.rpartition(":")[2])
    with handing_over(monkeypatch):
        work = simulate(
            with_key(token), devices=devices, host="127.0.0.1", port=port, interval_s=0.7, seconds=2.1,
            faults={"twice": 0.2}, tally=tally,
        )  # fmt: skip
        asyncio.run(work)
    assert tally.sent >= devices * 2
    assert tally.confirmed >= tally.sent
    for instrument in Instrument.objects.filter(station__protocol="sensorthings"):
        times = storage.series(instrument.pk, ago(days=1), ago(days=-1)).observed.tolist()
        assert len(times) == len(set(times)) >= 2


def test_devices_that_post_need_a_key(city, capsys):
    assert main(["simulate", "devices", "--protocol", "sensorthings"]) == 2
    assert "issue-token" in capsys.readouterr().err
    assert main(["simulate", "devices", "--protocol", "sensorthings", "--token", "x", "--devices", "3"]) == 2
    assert "--register" in capsys.readouterr().err
