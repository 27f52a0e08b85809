"""Cameras over real UDP and TCP sockets: they register, are listed, raise alarms, move, are turned, fall silent."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from anlan.areas.risk.cameras.models import Camera, CameraAlarm, VideoDevice
from anlan.areas.risk.cameras.services import control_camera
from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    DeviceCommand,
    DeviceState,
    GatewayMinute,
    IntakeBatch,
    MalformedFrame,
    Station,
    UnknownDevice,
)
from anlan.cli.simulators.video import Fleet, Role
from anlan.cli.simulators.video import VideoDevice as Simulated
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.events.models import OutboxRow
from anlan.gateways.process import Gateways
from anlan.gateways.server import Limits
from anlan.protocols import gb28181 as gb
from anlan.protocols.gb28181 import ptz
from anlan.protocols.gb28181.catalogue import CameraInfo
from anlan.science.geo.coordinates import wgs84_to_gcj02
from tests.gateways.conftest import ago, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
PLATFORM, NVR, PASSWORD = "37150000002000000001", "37152600001180000001", "a password of its own"


def view(number: int, **values) -> gb.CatalogItem:
    told = {
        "name": f"高唐路口 {number}", "manufacturer": "海康", "model": "D1", "civil_code": "371526", "status": "ON",
        "longitude": 116.23 + number / 1000, "latitude": 36.86, "parental": 0, "info": CameraInfo(ptz_type="1"),
    }  # fmt: skip
    return gb.CatalogItem(device_id=f"3715260000131{number:07d}", **told | values)


VIEWS = (view(1), view(2, status="OFF", info=CameraInfo(ptz_type="3"), civil_code="371526105"))


@pytest.fixture
def recorder(city, rules):
    """A recorder that may register."""
    return Station.objects.create(
        code="NVR1",
        name="高唐录像机",
        kind="video",
        area_id="371526",
        protocol="gb28181",
        address=NVR,
        password=PASSWORD,
    )


class Player(Simulated):
    """A simulated device that ticks beside the test."""

    async def __aenter__(self):
        await self.open()
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_):
        self._ticking.cancel()
        await self.close()

    async def _tick(self):
        while True:
            await asyncio.sleep(0.05)
            self.tick()

    @property
    def is_online(self) -> bool:
        return self.device.is_online


async def until(found, *, patience_s: float = 15.0):
    """What `found()` gives in a thread, once it is something."""
    for _ in range(int(patience_s / 0.05)):
        if result := await in_thread(found):
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


async def soon(found, *, patience_s: float = 15.0):
    """The same, in the event loop."""
    for _ in range(int(patience_s / 0.02)):
        if result := found():
            return result
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen in time")


def play(story, *, limits: Limits | None = None):
    """Run `story(server, make)`; `make(**role)` is a device that is not connected yet."""

    async def run():
        gateways = Gateways({"gb28181": limits} if limits else None)
        await gateways.start("127.0.0.1", {"gb28181": 0})
        server = gateways.server("gb28181")

        def make(number: int = 0, **values) -> Player:
            role = {"code": NVR, "password": PASSWORD, "items": VIEWS} | values
            fleet = Fleet(gb.Party(PLATFORM, "127.0.0.1", server.port))
            return Player(Role(**role), fleet, number=number)

        try:
            return await story(server, make)
        finally:
            await gateways.stop()

    return asyncio.run(run())


def refresh(gateways_server) -> None:
    """Let the gateway hear at once that registers changed."""
    gateways_server.intake._tick()


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_a_device_registers_and_its_cameras_are_in_the_ledger(recorder, transport):
    async def story(_server, make):
        async with make(transport=transport) as device:
            await soon(lambda: device.is_online)
            await until(lambda: VideoDevice.objects.filter(catalogue_total=2).exists())
            await until(lambda: VideoDevice.objects.exclude(model="").exists())
            await until(lambda: DeviceState.objects.filter(is_online=True).exists())
            await soon(lambda: {"Alarm", "MobilePosition", "Catalog"} <= {body.cmd_type for body in device.told})

    play(story)
    first, second = Camera.objects.order_by("code")
    assert (first.name, first.status, first.area_id, first.structure) == ("高唐路口 1", "online", "371526", 1)
    assert (second.status, second.area_id, second.structure) == ("offline", "371526105", 3)
    assert (first.lon, first.lat) == (116.231, 36.86)
    assert first.device == recorder
    assert first.heard_at
    assert first.history.get().history_change_reason == "目录 NVR1"
    assert AuditEntry.objects.filter(action="cameras.catalogue").exists()
    assert not MalformedFrame.objects.exists()
    frames = [raw for _at, _batch, _place, raw in storage.recent_frames(recorder.pk, ago(hours=1))]
    assert any(raw.startswith(b"REGISTER") for raw in frames)
    assert any(b"<CmdType>Catalog</CmdType>" in raw for raw in frames)


def test_a_wrong_password_is_refused_and_kept(recorder):
    async def story(server, make):
        async with make(password="guessed") as device:
            await until(lambda: MalformedFrame.objects.filter(code="password").exists())
            assert not device.is_online
            assert not server.routes

    play(story)
    assert "密码不符" in MalformedFrame.objects.get().reason
    assert not Camera.objects.exists()


def test_who_is_not_registered_is_listed_as_unknown(city, rules):
    async def story(_server, make):
        async with make():
            await until(UnknownDevice.objects.exists)

    play(story)
    assert UnknownDevice.objects.get().address == NVR


def test_a_station_without_password_cannot_be_registered_with(recorder):
    Station.objects.update(password="")

    async def story(_server, make):
        async with make(password=""):
            await until(MalformedFrame.objects.exists)

    play(story)
    assert "没有填设备密码" in MalformedFrame.objects.get().reason


def test_an_answer_that_was_heard_cannot_be_used_again(recorder):
    """Whoever listens on the line cannot register with what he heard: its nonce was used."""

    async def story(server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            heard = await until(_authorised)
        server.platform.registrar.dismiss(NVR)
        # Another branch and CSeq, or it would be answered as the same message that came again.
        forged = heard.replace(b"branch=z9hG4bK", b"branch=z9hG4bKforged").replace(b"CSeq: 2", b"CSeq: 7")
        assert forged != heard
        answer = await exchange(server.port, forged)
        assert answer.startswith(b"SIP/2.0 401")
        assert b"stale=TRUE" in answer
        assert NVR not in server.routes

    play(story)


def _authorised() -> bytes:
    frames = [raw for *_, raw in storage.recent_frames(Station.objects.get().pk, ago(hours=1))]
    return next((raw for raw in frames if raw.startswith(b"REGISTER") and b"Authorization:" in raw), b"")


class Ear(asyncio.DatagramProtocol):
    """Hears datagrams."""

    def __init__(self):
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data, _address):
        self.heard.put_nowait(data)


async def speak(port: int, *datagrams: bytes, local: str = "127.0.0.1") -> tuple[asyncio.DatagramTransport, Ear]:
    line, ear = await asyncio.get_running_loop().create_datagram_endpoint(
        Ear, remote_addr=("127.0.0.1", port), local_addr=(local, 0)
    )
    for data in datagrams:
        line.sendto(data)
    return line, ear


async def exchange(port: int, data: bytes) -> bytes:
    line, ear = await speak(port, data)
    try:
        return await asyncio.wait_for(ear.heard.get(), 5)
    finally:
        line.close()


def test_a_device_that_keeps_silent_is_offline_and_so_are_its_cameras(recorder):
    async def story(server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.filter(status="online").exists())
            moment = timezone.now()
            server.now = lambda: moment + timedelta(seconds=179)
            server.take(server.platform.tick(server.now()), "")
            assert NVR in server.routes
            server.now = lambda: moment + timedelta(seconds=200)
            await until(lambda: not Camera.objects.exclude(status="offline").exists())
            await until(lambda: DeviceState.objects.filter(is_online=False).exists())

    play(story)
    assert VideoDevice.objects.get().gone_reason == "silent"


def test_after_a_start_who_does_not_come_back_is_offline(recorder):
    Camera.objects.create(code=VIEWS[0].device_id, name="a", area_id="371526", device=recorder, status="online")

    async def story(server, make):
        moment = timezone.now() + timedelta(seconds=181)
        server.now = lambda: moment
        await until(lambda: Camera.objects.filter(status="offline").exists())

    play(story)


def test_a_device_that_signs_off_is_offline_at_once(recorder):
    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.filter(status="online").exists())
            device._do(device.device.start(timezone.now(), expires=0))
            await until(lambda: VideoDevice.objects.filter(gone_reason="request").exists())

    play(story)
    assert set(Camera.objects.values_list("status", flat=True)) == {"offline"}


def test_a_device_that_leaves_the_register_is_let_go(recorder):
    async def story(server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.filter(status="online").exists())
            recorder.protocol = recorder.address = ""
            await in_thread(recorder.save)
            await in_thread(refresh, server)
            await soon(lambda: not server.routes)
            await until(lambda: not Camera.objects.exclude(status="offline").exists())

    play(story)


def test_a_catalogue_of_500_views_in_many_parts_is_whole(recorder):
    views = tuple(view(n) for n in range(1, 501))
    Camera.objects.create(
        code="37152600001319999999", name="早已拆除", area_id="371526", device=recorder, is_kept_by_hand=False
    )
    kept = Camera.objects.create(
        code=views[0].device_id, name="人工起的名字", area_id="371502", device=recorder, lon=115.9, lat=36.4
    )
    platforms = (gb.CatalogItem(device_id="37152600002160000001", name="虚拟组织", parental=1),)

    async def story(_server, make):
        async with make(items=views + platforms) as device:
            await soon(lambda: device.is_online)
            await until(lambda: VideoDevice.objects.filter(catalogue_total=501).exists(), patience_s=60)

    play(story)
    assert Camera.objects.filter(status="online").count() == 500
    assert Camera.objects.get(code="37152600001319999999").status == "removed"
    kept.refresh_from_db()
    assert (kept.name, kept.area_id, kept.lon, kept.manufacturer) == ("人工起的名字", "371502", 115.9, "海康")
    assert not Camera.objects.filter(name="虚拟组织").exists()


def test_a_catalogue_that_did_not_come_is_asked_for_again(recorder):
    async def story(server, make):
        device = make()
        answers, lost = device._answers, []

        def lose_the_first(body):
            if body.cmd_type == "Catalog" and not lost:
                lost.append(body)
                return []
            return answers(body)

        device._answers = lose_the_first
        async with device:
            await soon(lambda: lost)
            assert not await in_thread(Camera.objects.exists)
            moment = timezone.now() + timedelta(seconds=61)
            server.now = lambda: moment
            await until(lambda: Camera.objects.count() == 2)
            asked = [body for body in device.told if body.cmd_type == "Catalog" and body.root == "Query"]
            return len(asked)

    assert play(story) >= 2


def test_coordinates_of_a_device_that_tells_gcj02_are_converted(recorder):
    Station.objects.update(crs="gcj02")
    lon, lat = (float(one) for one in wgs84_to_gcj02(116.23, 36.86))

    async def story(_server, make):
        async with make(items=(view(1, longitude=lon, latitude=lat),)) as device:
            await soon(lambda: device.is_online)
            await until(Camera.objects.exists)

    play(story)
    camera = Camera.objects.get()
    assert (camera.lon, camera.lat) == pytest.approx((116.23, 36.86), abs=1e-6)


def test_nobody_takes_another_devices_camera(recorder):
    other = Station.objects.create(code="NVR2", name="别的录像机", kind="video", area_id="371502")
    Camera.objects.create(code=VIEWS[0].device_id, name="别人的", area_id="371502", device=other, status="offline")

    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(UnknownDevice.objects.exists)
            await until(lambda: Camera.objects.count() == 2)

    play(story)
    camera = Camera.objects.get(code=VIEWS[0].device_id)
    assert (camera.device, camera.status, camera.name) == (other, "offline", "别人的")
    assert UnknownDevice.objects.get().channel == VIEWS[0].device_id


def test_changes_alarms_and_positions_arrive_within_subscriptions(recorder):
    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.count() == 2)
            await soon(lambda: {"Alarm", "MobilePosition", "Catalog"} <= {body.cmd_type for body in device.told})
            device.alarm(code=VIEWS[0].device_id)
            await until(CameraAlarm.objects.exists)
            device.move(116.5, 36.9)
            await until(lambda: Camera.objects.filter(lon=116.5).count() == 2)
            change = gb.Catalog(
                root="Notify", sn=9, device_id=NVR, sum_num=1,
                device_list=(gb.CatalogItem(device_id=VIEWS[0].device_id, event="VLOST"),),
            )  # fmt: skip
            device.report(change)
            await until(lambda: Camera.objects.filter(status="fault").exists())

    play(story)
    alarm = CameraAlarm.objects.get()
    assert (alarm.title, alarm.description, alarm.camera.name) == ("入侵检测报警", "有人进入警戒区", "高唐路口 1")
    assert OutboxRow.objects.get(topic="CameraAlarmed").payload["camera"] == alarm.camera_id
    camera = Camera.objects.get(status="fault")
    assert (camera.name, camera.lat) == ("高唐路口 1", 36.9)
    assert camera.located_at


def test_a_person_turns_a_camera_and_it_stops_by_itself(recorder, people):
    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            camera = await until(lambda: Camera.objects.filter(structure=1).first())
            asked = {"pan": -4, "tilt": 0, "zoom": 0, "ms": 100}
            await in_thread(
                lambda: control_camera(
                    actor=people["duty_officer"], camera=camera, action="ptz", parameters=asked
                )
            )  # fmt: skip
            moves = lambda: [one.ptz for one in device.told if isinstance(one, gb.DeviceControl)]  # noqa: E731
            await soon(lambda: len(moves()) == 2)
            await until(lambda: DeviceCommand.objects.filter(answer__contains="成功").exists())
            await in_thread(
                lambda: control_camera(
                    actor=people["duty_officer"], camera=camera, action="presets", parameters={}
                )
            )  # fmt: skip
            await until(lambda: Camera.objects.get(pk=camera.pk).presets)
            return moves()

    assert play(story) == [ptz.move(pan=-100), ptz.move()]
    assert DeviceCommand.objects.first().answer.splitlines() == ["设备已接收，状态码 200", "预置位 3 个"]
    assert Camera.objects.get(structure=1).presets == [[1, "大门"], [2, "路口"], [3, "全景"]]
    entry = AuditEntry.objects.get(action="camera.ptz")
    assert entry.details["pan"] == -4


def test_what_is_wanted_of_a_device_that_is_not_there_is_not_done_later(recorder, people):
    camera = Camera.objects.create(code=VIEWS[0].device_id, name="a", area_id="371526", device=recorder)
    control_camera(actor=people["duty_officer"], camera=camera, action="iframe", parameters={})

    async def story(_server, _make):
        await until(lambda: DeviceCommand.objects.filter(status="expired").exists())

    play(story)
    assert "不在线" in DeviceCommand.objects.get().answer


def test_a_picture_is_asked_for_and_stopped(recorder, people, settings):
    settings.ANLAN = replace(settings.ANLAN, media_receiver="tcp://10.0.0.9:30000")

    def want(action):
        camera = Camera.objects.get(structure=1)
        return control_camera(actor=people["duty_officer"], camera=camera, action=action, parameters={})

    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.count() == 2)
            await in_thread(want, "view")
            await until(lambda: Camera.objects.exclude(viewed_since=None).exists())
            await in_thread(want, "view")
            await until(lambda: DeviceCommand.objects.filter(answer="已在取流").exists())
            await in_thread(want, "stop")
            await until(lambda: not Camera.objects.exclude(viewed_since=None).exists())
            return device.invited

    session, end = play(story)
    assert (session.address, session.port, session.is_tcp, session.setup) == ("10.0.0.9", 30000, True, "passive")
    assert session.ssrc == "0500000001"
    assert end is None


def test_without_a_media_server_a_picture_is_refused_in_words(recorder, people):
    async def story(_server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            camera = await until(lambda: Camera.objects.filter(structure=1).first())
            await in_thread(
                lambda: control_camera(actor=people["duty_officer"], camera=camera, action="view", parameters={})
            )
            await until(lambda: DeviceCommand.objects.filter(answer__contains="media_receiver").exists())

    play(story)


def test_what_is_no_sip_is_kept_counted_and_shown(recorder, client_of):
    async def story(server, make):
        line, _ear = await speak(server.port, b"GET / HTTP/1.1\r\n\r\n", b"\r\n\r\n")
        await until(lambda: MalformedFrame.objects.count() == 1)
        async with make() as device:
            await soon(lambda: device.is_online)
            bad = device.device.agent.command(
                gb.Party(PLATFORM, "127.0.0.1", server.port), gb.Keepalive(sn=1, device_id=NVR, status="OK")
            )
            device.write(gb.encode(replace(bad, body=b"<Notify><CmdType>")))
            await until(lambda: MalformedFrame.objects.filter(code="body").exists())
        line.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"nonsense\r\n\r\n")
        await until(lambda: MalformedFrame.objects.filter(code="garbage").exists())
        writer.close()

    play(story)
    assert sum(GatewayMinute.objects.values_list("malformed", flat=True)) == 3
    page = client_of("duty_officer").get("/gateways/").content.decode()
    assert "GET / HTTP" in page or "起始行应为" in page
    station_page = client_of("duty_officer").get(f"/stations/{recorder.pk}/frames/").content.decode()
    assert "REGISTER" in station_page


def test_one_address_that_floods_does_not_keep_others_from_being_heard(recorder):
    async def story(server, make):
        junk = [b"INVITE sip:%d SIP/2.0\r\nX: %d\r\n\r\n" % (n, n) for n in range(3_000)]
        flooding, _ear = await speak(server.port, local="127.0.0.9")

        async def flood():
            for start in range(0, len(junk), 50):
                for data in junk[start : start + 50]:
                    flooding.sendto(data)
                await asyncio.sleep(0)

        flooded = asyncio.create_task(flood())
        async with make() as device:
            await soon(lambda: device.is_online, patience_s=5)
            await until(lambda: Camera.objects.count() == 2)
        await flooded
        flooding.close()
        return server.dropped

    dropped = play(story, limits=Limits(datagrams=50.0))
    assert dropped > 2_000
    assert MalformedFrame.objects.count() < 500


def test_only_networks_that_are_allowed_are_heard(recorder):
    async def story(server, make):
        async with make() as device:
            await soon(lambda: server.refused)
            assert not device.is_online

    play(story, limits=Limits(networks=(ip_network("10.0.0.0/8"),)))
    assert not IntakeBatch.objects.exists()


def test_a_message_is_answered_only_once_it_is_kept(recorder):
    """The same datagram twice is one frame; both its copies are answered, the second at once."""

    async def story(server, make):
        async with make() as device:
            await soon(lambda: device.is_online)
            await until(lambda: Camera.objects.count() == 2)
            party = gb.Party(PLATFORM, "127.0.0.1", server.port)
            alive = gb.encode(device.device.agent.command(party, gb.Keepalive(sn=77, device_id=NVR, status="OK")))
            before = device.fleet.tally.confirmed
            device.write(alive)
            device.write(alive)
            await soon(lambda: device.fleet.tally.confirmed > before)
            device.write(alive)
            await soon(lambda: device.fleet.tally.confirmed > before + 1)
            await until(lambda: any(GatewayMinute.objects.values_list("duplicates", flat=True)))
            return alive

    alive = play(story)
    frames = [raw for *_, raw in storage.recent_frames(recorder.pk, ago(hours=1))]
    assert frames.count(alive) == 1
