"""`anlan simulate devices`: many devices, with faults; none of their good messages is lost, none counts twice."""

import asyncio
import socket
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from anlan.areas.risk.cameras.models import Camera
from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import GatewayMinute, Instrument, Latest, MalformedFrame, Source
from anlan.cli import main
from anlan.cli.simulate import PROTOCOLS, faults_of, register, with_key
from anlan.cli.simulators import video
from anlan.cli.simulators.devices import Tally, simulate
from anlan.cli.simulators.instruments import serve_instruments
from anlan.cli.simulators.speakers import SPEAKERS
from anlan.foundation.accounts.models import ApiToken
from anlan.gateways.process import LISTENERS, SOURCES, Gateways
from anlan.protocols.gb28181 import Party
from tests.gateways.conftest import ago, in_thread
from tests.gateways.test_sensorthings import handing_over
from tests.gateways.test_sources import broker, free_port, needs_broker, until

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until_open(port: int) -> None:
    limit = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < limit
            time.sleep(0.02)
        else:
            return


#: What reaches the gateway as a frame of its own, faults and all.
FAULTY = {"flip": 0.1, "twice": 0.1, "noise": 0.1, "swap": 0.1, "silent": 0.1}
DEVICES = 12


@pytest.mark.parametrize("protocol", sorted(LISTENERS.keys() & SPEAKERS.keys()))
def test_devices_of_every_protocol_are_heard(city, rules, protocol):
    tally = Tally()

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {protocol: 0})
        try:
            await simulate(
                [(SPEAKERS[protocol], gateways.server(protocol).port)], devices=DEVICES, host="127.0.0.1",
                interval_s=0.2, seconds=1.2, faults={} if protocol == "jt809" else FAULTY, tally=tally,
            )  # fmt: skip
        finally:
            await gateways.stop()

    assert register(protocol, DEVICES) == DEVICES
    assert register(protocol, DEVICES) == DEVICES
    asyncio.run(story())
    assert tally.sent >= DEVICES * 3
    assert tally.confirmed >= tally.sent - tally.faults["flip"] - tally.faults["noise"]
    minutes = GatewayMinute.objects.filter(protocol=protocol)
    assert sum(minute.malformed for minute in minutes) >= tally.faults["flip"]
    assert MalformedFrame.objects.filter(protocol=protocol).exists() == bool(
        tally.faults["flip"] + tally.faults["noise"]
    )
    for instrument in Instrument.objects.filter(station__protocol=protocol).exclude(channel="mileage")[:5]:
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

    assert register("gb28181", devices) == devices
    asyncio.run(story())
    assert Camera.objects.filter(status="online").count() >= devices * 0.9
    assert tally.faults.total()
    assert sum(GatewayMinute.objects.values_list("malformed", flat=True)) > 0


def test_cameras_say_which_faults_they_know(capsys):
    assert main(["simulate", "devices", "--protocol", "gb28181", "--faults", "drip=1"]) == 2
    assert "deaf" in capsys.readouterr().err


def test_devices_of_several_protocols_share_a_simulation(city, rules):
    tally, names = Tally(), ("hj212", "sl651", "jt808", "gb26875")

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", dict.fromkeys(names, 0))
        try:
            await simulate(
                [(SPEAKERS[name], gateways.server(name).port) for name in names], devices=10, host="127.0.0.1",
                interval_s=0.3, seconds=0.9, faults={}, tally=tally,
            )  # fmt: skip
        finally:
            await gateways.stop()

    for name in names:
        register(name, 3)
    asyncio.run(story())
    assert tally.confirmed == tally.sent >= 20
    assert {minute.protocol for minute in GatewayMinute.objects.filter(frames__gt=0)} == set(names)


def test_a_flood_is_counted_message_by_message(city, rules):
    tally = Tally()

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"hj212": 0})
        try:
            await simulate(
                [(SPEAKERS["hj212"], gateways.server("hj212").port)], devices=2, host="127.0.0.1",
                interval_s=0.5, seconds=0.5, faults={"flood": 1.0}, tally=tally,
            )  # fmt: skip
        finally:
            await gateways.stop()

    register("hj212", 2)
    asyncio.run(story())
    assert (tally.sent, tally.confirmed, tally.faults["flood"]) == (200, 200, 2)


@needs_broker
def test_sensors_publish_to_a_broker_and_their_values_are_kept(city, rules, tmp_path):
    tally, port = Tally(), free_port()

    async def story() -> None:
        gateways = Gateways()
        with broker(tmp_path, port):
            await asyncio.to_thread(wait_until_open, port)
            await gateways.start("127.0.0.1", {})
            try:
                await until(lambda: Source.objects.filter(connected_at__isnull=False).exists())
                await simulate(
                    [(SPEAKERS["mqtt"], port)], devices=5, host="127.0.0.1", interval_s=0.2, seconds=0.8,
                    faults={"twice": 0.1, "swap": 0.1}, tally=tally,
                )  # fmt: skip
                await until(lambda: Latest.objects.filter(instrument__channel="#level").count() == 5)
            finally:
                await gateways.stop()

    assert register("mqtt", 5, port=port) == 5
    asyncio.run(story())
    # A device hangs up when all it said is confirmed; the receipt of what it said twice may come too late for it.
    assert 10 < tally.sent <= tally.confirmed <= tally.sent + tally.faults["twice"]


def test_modbus_instruments_are_asked_and_misbehave(city, rules):
    tally, port = Tally(), free_port()

    async def story() -> None:
        serving = asyncio.create_task(
            serve_instruments(
                devices=4, host="127.0.0.1", port=port, seconds=60, faults={"flip": 0.05, "twice": 0.05, "noise": 0.05},
                tally=tally,
            )
        )  # fmt: skip
        gateways = Gateways()
        await gateways.start("127.0.0.1", {})
        try:
            await until(lambda: Latest.objects.filter(instrument__channel="hr:0:f32").count() == 4, patience_s=40)
        finally:
            await gateways.stop()
            serving.cancel()

    assert register("modbus", 4, port=port) == 4
    Source.objects.update(poll_seconds=1)
    asyncio.run(story())
    level = Latest.objects.filter(instrument__channel="hr:0:f32").first()
    assert 0.5 <= level.value <= 3.0


def test_a_fault_that_nobody_knows_is_refused_with_the_names_of_those_there_are(capsys):
    with pytest.raises(ValueError, match="flip, cut"):
        faults_of("explode=0.1")
    with pytest.raises(ValueError, match="NAME=SHARE"):
        faults_of("flip=often")
    assert main(["simulate", "devices", "--faults", "flip=2"]) == 2
    assert "share from 0 to 1" in capsys.readouterr().err
    assert main(["simulate", "devices", "--protocol", "morse"]) == 2
    assert "hj212" in capsys.readouterr().err


def test_devices_that_post_are_heard_through_the_web(city, rules, people, live_server, monkeypatch):
    devices, tally = 4, Tally()
    register("sensorthings", devices)
    token = ApiToken.issue(user=people["duty_officer"], name="试验", expires_at=timezone.now() + timedelta(days=1))
    port = int(live_server.url.rpartition(":")[2])
    with handing_over(monkeypatch):
        work = simulate(
            [(with_key(token), port)], devices=devices, host="127.0.0.1", interval_s=0.7, seconds=2.1,
            faults={"twice": 0.2}, tally=tally,
        )  # fmt: skip
        asyncio.run(work)
    assert tally.sent >= devices * 2
    assert tally.confirmed >= tally.sent
    for instrument in Instrument.objects.filter(station__protocol="sensorthings"):
        times = storage.series(instrument.pk, ago(days=1), ago(days=-1)).observed.tolist()
        assert len(times) == len(set(times)) >= 2


def test_the_command_itself_lets_devices_post(city, rules, people, live_server, monkeypatch, capsys):
    register("sensorthings", 2)
    token = ApiToken.issue(user=people["duty_officer"], name="试验", expires_at=timezone.now() + timedelta(days=1))
    port = live_server.url.rpartition(":")[2]
    words = f"--devices 2 --interval 0.4 --minutes 0.02 --host 127.0.0.1 --port {port} --token {token}"
    with handing_over(monkeypatch):
        assert main(["simulate", "devices", "--protocol", "sensorthings", *words.split()]) == 0
    assert "confirmed after" in capsys.readouterr().out


def test_devices_that_post_need_a_key(city, capsys):
    assert main(["simulate", "devices", "--protocol", "sensorthings"]) == 2
    assert "issue-token" in capsys.readouterr().err
    assert main(["simulate", "devices", "--protocol", "sensorthings", "--token", "x", "--devices", "3"]) == 2
    assert "--register" in capsys.readouterr().err


def test_everything_that_a_gateway_hears_can_be_simulated():
    assert set(PROTOCOLS) >= LISTENERS.keys() | SOURCES.keys()
