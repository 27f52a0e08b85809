"""The camera page, who may turn a camera, catalogues against what people entered, the share that is online."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.risk.cameras import reports, services
from anlan.areas.risk.cameras.indicators import expressway_video_coverage, nodes_online, online
from anlan.areas.risk.cameras.models import Camera, CameraAlarm
from anlan.areas.risk.cameras.queries import alarms, title_of
from anlan.areas.risk.monitoring.models import DeviceCommand, DeviceState, Station
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build

CODE = "37152600001310000001"


@pytest.fixture
def recorder(city):
    return Station.objects.create(
        code="NVR1", name="高唐录像机", kind="video", area_id="371526", protocol="gb28181",
        address="37152600001180000001", password="x" * 8,
    )  # fmt: skip


@pytest.fixture
def camera(recorder):
    return Camera.objects.create(
        code=CODE, name="高唐路口", kind="road", area_id="371526001", device=recorder, structure=1, status="online",
        lon=116.23, lat=36.86,
    )  # fmt: skip


def catalogued(recorder, *listed, **values):
    with_defaults = {"device": recorder.pk, "cameras": listed} | values
    services.take_in([reports.Catalogued(**with_defaults)], timezone.now())


def test_the_page_tells_all_that_is_known(camera, client_of):
    DeviceState.objects.create(station=camera.device, heard_at=timezone.now(), peer="10.1.1.1:5060")
    CameraAlarm.objects.create(
        device=camera.device, camera=camera, area_code=camera.area_id, code=CODE, title="入侵检测报警", priority="1",
        happened_at=timezone.now(),
    )  # fmt: skip
    page = client_of("duty_officer").get(f"/cameras/{camera.pk}/").content.decode()
    for words in ("高唐路口", CODE, "高唐录像机", "10.1.1.1:5060", "入侵检测报警", "ptz.up_left", "media_server"):
        assert words in page
    assert "ptz.up" not in client_of("analyst").get(f"/cameras/{camera.pk}/").content.decode()


def test_a_devices_cameras_are_one_step_from_its_page(camera, rules, client_of):
    browser = client_of("duty_officer")
    page = browser.get(f"/stations/{camera.device_id}/").content.decode()
    assert "/registers/cameras/?q=NVR1" in page
    assert "高唐路口" in browser.get("/registers/cameras/?q=NVR1").content.decode()
    assert "高唐路口" not in browser.get("/registers/cameras/?q=NVR2").content.decode()


def test_the_picture_is_where_the_setting_says(camera, client_of, settings):
    settings.ANLAN = replace(settings.ANLAN, media_server="https://media.example/live/{camera}.m3u8")
    page = client_of("duty_officer").get(f"/cameras/{camera.pk}/").content.decode()
    assert (
        f'<video class="cam-picture" controls muted playsinline preload="none" src="https://media.example/live/{CODE}.m3u8"'
        in page
    )
    settings.ANLAN = replace(settings.ANLAN, media_server="https://media.example/rtp/{ssrc_hex}.html")
    Camera.objects.update(ssrc="0500000001")
    page = client_of("duty_officer").get(f"/cameras/{camera.pk}/").content.decode()
    assert "https://media.example/rtp/1DCD6501.html" in page
    assert "<video" not in page


def test_the_browser_may_take_media_from_the_media_server_only(camera, client_of, settings):
    from anlan.project.middleware import content_security_policy

    settings.ANLAN = replace(settings.ANLAN, media_server="https://media.example/live/{camera}.m3u8")
    from django.http import HttpResponse
    from django.test import RequestFactory

    response = content_security_policy(lambda _request: HttpResponse())(RequestFactory().get("/"))
    assert "media-src 'self' blob: https://media.example;" in response["Content-Security-Policy"]


def test_a_button_queues_a_command_that_is_audited(camera, client_of):
    browser = client_of("duty_officer")
    answer = browser.post(f"/cameras/{camera.pk}/control/", {"do": "ptz.up_left", "speed": 4, "step": 300})
    assert answer.status_code == 302
    command = DeviceCommand.objects.get()
    assert (command.code, command.station) == ("ptz", camera.device)
    assert command.parameters == {"camera": CODE, "pan": -4, "tilt": 4, "zoom": 0, "ms": 300}
    assert AuditEntry.objects.filter(action="camera.ptz", subject="高唐路口").exists()
    page = browser.post(
        f"/cameras/{camera.pk}/control/", {"do": "preset.call", "number": "3"}, headers={"HX-Request": "true"}
    )
    assert "转到预置位 3" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "problem"),
    [({"do": "explode"}, "没有这种操作"), ({"do": "preset.call"}, "1 到 255"), ({"do": "ptz.up", "speed": 99}, "10")],
)
def test_a_wrong_button_says_what_is_wrong(camera, client_of, data, problem):
    page = client_of("duty_officer").post(f"/cameras/{camera.pk}/control/", data, headers={"HX-Request": "true"})
    assert problem in page.content.decode()
    assert not DeviceCommand.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [("duty_officer", 302), ("commander", 302), ("transport", 302), ("analyst", 403), ("department", 403),
     ("system_administrator", 403), ("hospital", 403), ("field", 403)],
)  # fmt: skip
def test_only_who_may_turn_cameras_turns_them(camera, client_of, role, status):
    assert client_of(role).post(f"/cameras/{camera.pk}/control/", {"do": "iframe"}).status_code == status


def test_a_camera_outside_the_area_is_not_there(camera, people, client_of):
    Camera.objects.update(area="371502")
    assert client_of("county").get(f"/cameras/{camera.pk}/").status_code == 404
    camera.refresh_from_db()
    with pytest.raises(PermissionDenied):
        services.control_camera(actor=people["county"], camera=camera, action="iframe", parameters={})


def test_alarms_are_seen_inside_the_area_only(camera, people):
    now = timezone.now()
    services.take_in(
        [
            reports.Alarmed(
                device=camera.device_id, code=CODE, priority="4", method="5", title="入侵检测报警", description="",
                happened_at=now,
            )
        ],
        now,
    )  # fmt: skip
    assert alarms(people["county"]).count() == 1
    CameraAlarm.objects.update(area_code="371502")
    assert alarms(people["county"]).count() == 0


def test_the_list_of_alarms_has_those_of_no_camera_too(camera, client_of):
    now = timezone.now()
    for code, title, priority in ((CODE, "入侵检测报警", "1"), ("37152600001340000009", "设备防拆报警", "2")):
        services.take_in(
            [
                reports.Alarmed(
                    device=camera.device_id, code=code, priority=priority, method="2", title=title, description="",
                    happened_at=now,
                )
            ],
            now,
        )  # fmt: skip
    page = client_of("duty_officer").get("/cameras/alarms/").content.decode()
    assert "设备防拆报警" in page
    assert "37152600001340000009" in page
    assert f"/cameras/{camera.pk}/" in page
    assert "设备防拆报警" not in client_of("duty_officer").get("/cameras/alarms/?priority=1").content.decode()


def test_a_camera_that_two_devices_claim_is_found_in_its_register(camera, client_of):
    other = Station.objects.create(code="NVR2", name="别的录像机", kind="video", area_id="371502")
    catalogued(other, reports.Listed(code=CODE, name="抢注", status="offline"))
    camera.refresh_from_db()
    assert (camera.name, camera.status) == ("高唐路口", "online")
    assert f"/registers/cameras/?q={CODE}" in client_of("duty_officer").get("/gateways/").content.decode()


def test_what_cannot_be_done_is_said(camera, people):
    def want(**values):
        services.control_camera(actor=people["duty_officer"], camera=camera, **values)

    with pytest.raises(ValidationError, match="没有这种操作"):
        want(action="ptz", parameters={"pan": 1})
    camera.structure = Camera.Structure.FIXED
    with pytest.raises(ValidationError, match="固定枪机"):
        want(action="preset", parameters={"operation": "call", "number": 1})
    camera.device = None
    with pytest.raises(ValidationError, match="没有登记所属设备"):
        want(action="iframe", parameters={})


def test_what_people_changed_is_theirs(camera, recorder):
    Camera.objects.update(is_kept_by_hand=False)
    camera.refresh_from_db()
    camera.clean()
    assert not camera.is_kept_by_hand
    camera.name = "更好的名字"
    camera.clean()
    camera.save()
    assert camera.is_kept_by_hand
    catalogued(recorder, reports.Listed(code=CODE, name="IPC-1", model="D9", status="offline", position=(115.0, 36.0)))
    camera.refresh_from_db()
    assert (camera.name, camera.model, camera.status, camera.lon) == ("更好的名字", "D9", "offline", 116.23)


def test_a_camera_known_by_hand_gets_its_device_from_the_catalogue(camera, recorder):
    Camera.objects.update(device=None)
    catalogued(recorder, reports.Listed(code=CODE, status="online"))
    camera.refresh_from_db()
    assert camera.device == recorder


def test_the_same_catalogue_again_changes_nothing(camera, recorder):
    one = reports.Listed(code=CODE, name="高唐路口", structure=1, status="online")
    catalogued(recorder, one)
    before = camera.history.count(), AuditEntry.objects.count()
    catalogued(recorder, one, whole=frozenset([CODE]), total=1)
    assert (camera.history.count(), AuditEntry.objects.count()) == before


def test_an_older_position_does_not_turn_a_newer_one_back(camera):
    now = timezone.now()
    for minutes, lon in ((0, 116.5), (-5, 116.1)):
        at = now + timedelta(minutes=minutes)
        services.take_in([reports.Moved(device=camera.device_id, code=CODE, at=at, position=(lon, 36.9))], now)
    camera.refresh_from_db()
    assert camera.lon == 116.5


def test_a_device_needs_its_code_and_a_password(recorder):
    recorder.full_clean()
    recorder.password = ""
    with pytest.raises(ValidationError, match="密码"):
        recorder.full_clean()
    recorder.password, recorder.address = "secret", "3715"
    with pytest.raises(ValidationError, match="20 位"):
        recorder.full_clean()


def test_a_camera_of_a_device_has_a_code_of_20_digits(camera):
    camera.code = "K-1"
    with pytest.raises(ValidationError, match="20 位"):
        camera.full_clean()
    camera.device.protocol = "hj212"
    with pytest.raises(ValidationError, match="GB/T 28181"):
        camera.full_clean()


def test_the_share_online_counts_what_is_listed(camera, city):
    now = timezone.now()
    for number, (kind, status) in enumerate((("road", "offline"), ("works", "fault"), ("road", "removed")), 2):
        Camera.objects.create(
            code=f"C{number}", name="x", kind=kind, area_id="371502", status=status
        )  # fmt: skip
    assert (online("371500", now).value, online("371500", now).samples) == (33.3, 3)
    assert (nodes_online("371500", now).value, nodes_online("371500", now).samples) == (50.0, 2)
    assert nodes_online("371581", now).value is None


def test_commands_have_titles():
    assert str(title_of("ptz", {"camera": CODE, "pan": -4, "tilt": 0, "zoom": 0, "ms": 300})) == "云台 左"
    assert title_of("record", {"camera": CODE, "is_on": True}) == "开始录像"


def test_expressways_are_seen_as_far_as_cameras_online_reach(camera, city, rules):
    at = timezone.now()
    assert expressway_video_coverage("371500", at).value is None, "there is no network"
    Camera.objects.filter(pk=camera.pk).update(kind="expressway", lon=116.20, lat=36.80)
    Camera.objects.create(
        code=CODE[:-1] + "2", name="离线点", kind="expressway", area_id="371526001", device=camera.device,
        status="offline", lon=116.22, lat=36.80,
    )  # fmt: skip
    roads = build(
        nodes=[[116.15, 36.80], [116.25, 36.80], [116.25, 36.90]], start=[0, 1], end=[1, 2], speed_kmh=[100, 60],
        road_class=[0, 2],
    )  # fmt: skip
    keep_network(actor="test", roads=roads, area=city, title="试路网", source="试", is_synthetic=True)
    found = expressway_video_coverage("371500", at)
    assert found.value == pytest.approx(100 * 2000 / roads.length_m[0], rel=0.02)
    assert found.samples == 1
    assert "合成路网" in found.basis
    assert expressway_video_coverage("371526", at).value is None, "the network is the city's"
    assert expressway_video_coverage("120000", at).value is None
