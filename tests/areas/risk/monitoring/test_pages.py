"""Pages: who sees which stations and alarms, what the keyboard finds, a year of readings as a curve."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.risk.monitoring import queries, services, storage
from anlan.areas.risk.monitoring.models import (
    Alarm,
    DeviceCommand,
    Instrument,
    MalformedFrame,
    Source,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.readings import Readings, milliseconds
from anlan.areas.risk.monitoring.views.gateways import hex_dump
from anlan.foundation.audit.models import AuditEntry
from tests.areas.risk.monitoring.conftest import take_in


def receive(instrument: Instrument, *values: float) -> None:
    """Values a minute apart, the last of them now."""
    now = timezone.now().replace(microsecond=0)
    rows = [
        (instrument.pk, milliseconds(now - timedelta(minutes=len(values) - 1 - place)), value, 0)
        for place, value in enumerate(values)
    ]
    take_in(services.Delivery(received_at=now, rows=rows), queries.judge(now))


@pytest.fixture
def alarms(field):
    """An alarm at each of the river and the works."""
    receive(field.stage, 31.2)
    receive(field.gas, 30.0)
    return {alarm.instrument_id: alarm for alarm in Alarm.objects.all()}


PAGES = ("monitoring:overview", "monitoring:alarms", "monitoring:layer")


@pytest.mark.parametrize(
    ("role", "seen"),
    [("duty_officer", {"R1站", "H1站", "G1站"}), ("county", {"R1站"}), ("enterprise", {"G1站"}), ("analyst", {"R1站", "H1站", "G1站"})],
)  # fmt: skip
def test_everybody_sees_the_own_stations_and_no_others(client_of, field, alarms, role, seen):
    client = client_of(role)
    for name in PAGES:
        page = client.get(reverse(name)).content.decode()
        shown = {one for one in ("R1站", "H1站", "G1站") if one in page}
        assert shown == (seen - {"R1站"} if name == "monitoring:alarms" else seen)
    for instrument in (field.rain, field.stage, field.gas):
        is_mine = str(instrument.station) in seen
        assert client.get(f"/stations/{instrument.station_id}/").status_code == (200 if is_mine else 404)
        assert client.get(f"/instruments/{instrument.pk}/series.json?hours=24").status_code == (200 if is_mine else 404)
        if instrument.pk in alarms:
            assert client.get(f"/alarms/{alarms[instrument.pk].pk}/").status_code == (200 if is_mine else 404)


def test_who_has_no_business_here_is_refused(client_of, field):
    for role in ("warehouse", "audit_administrator"):
        for name in (*PAGES, "monitoring:gateways"):
            assert client_of(role).get(reverse(name)).status_code == 403


def test_the_overview_filters_and_counts(client_of, field, alarms):
    client = client_of("duty_officer")
    assert "H1站" not in client.get("/monitoring/?kind=rain").content.decode()
    assert "R1站" not in client.get("/monitoring/?state=alarm").content.decode()
    assert "G1站" in client.get("/monitoring/?county=371572").content.decode()
    context = client.get("/monitoring/?q=H1").context
    assert (context["shown"], context["total"], context["in_alarm"], context["waiting"]) == (1, 3, 2, 2)
    assert "未知" in client.get("/monitoring/?q=R1").content.decode()


def test_a_tile_sums_the_rain_of_a_day(client_of, field):
    receive(field.rain, 100.0, 100.5, 103.0)
    (group,) = client_of("duty_officer").get("/monitoring/?kind=rain").context["groups"]
    assert group[1][0].shown == "3.0 mm"


def test_the_map_layer_has_value_level_and_link(client_of, field, alarms):
    features = client_of("duty_officer").get("/stations/latest.geojson").json()["features"]
    found = {feature["properties"]["title"]: feature["properties"] for feature in features}
    assert found["H1站"]["level"] == alarms[field.stage.pk].level
    assert found["H1站"]["url"] == f"/stations/{field.stage.station_id}/"
    assert "31.20 m" in found["H1站"]["shown"]
    assert "level" not in found["R1站"]


def test_an_alarm_is_taken_over_from_the_list(client_of, field, alarms):
    client = client_of("duty_officer")
    page = client.get("/alarms/").content.decode()
    assert page.count("data-alarm=") == page.count("data-acknowledge") == 2
    assert "js/monitoring/alarms.js" in page
    alarm = alarms[field.gas.pk]
    url = reverse("monitoring:acknowledge", args=[alarm.pk])
    answer = client.post(url, {"reason": "calibration"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "acknowledged")
    alarm.refresh_from_db()
    assert (alarm.reason, alarm.acknowledged_by.username) == ("calibration", "duty_officer")
    page = client.get("/alarms/").content.decode()
    assert page.count("data-acknowledge") == 1
    assert page.index("H1站") < page.index("G1站")  # what waits stands first
    assert "G1站" not in client.get("/alarms/?show=waiting").content.decode()


def test_an_alarm_is_not_taken_over_by_who_may_only_look(client_of, field, alarms):
    url = reverse("monitoring:acknowledge", args=[alarms[field.stage.pk].pk])
    assert client_of("analyst").post(url).status_code == 403
    assert client_of("enterprise").post(url).status_code == 404
    assert "data-acknowledge" not in client_of("analyst").get("/alarms/").content.decode()
    assert client_of("duty_officer").post(url, {"reason": "nonsense"}).status_code == 422


def test_alarms_are_filtered_by_what_they_are(client_of, field, alarms):
    client = client_of("duty_officer")

    def shown(query: str) -> int:
        return client.get(f"/alarms/?{query}").content.decode().count("data-alarm=")

    assert [shown("kind=missing"), shown("kind=threshold"), shown("county=371572"), shown("exercise=yes")] == [
        0,
        2,
        1,
        0,
    ]
    assert shown(f"level={alarms[field.gas.pk].level}&county=371572") == 1
    Alarm.objects.update(cleared_at=timezone.now(), level="")
    assert [shown(""), shown("show=all")] == [0, 2]


def test_silence_and_state_say_what_is_missing_and_then_hold(client_of, field):
    client, key = client_of("enterprise"), field.gas.pk
    refused = client.post(f"/instruments/{key}/silence/", {f"{key}-hours": "4"})
    assert refused.status_code == 422
    assert "请写明静音的原因" in refused.content.decode()
    assert (
        client.post(f"/instruments/{key}/silence/", {f"{key}-hours": "4", f"{key}-reason": "换探头"}).status_code == 302
    )
    assert client.post(f"/instruments/{key}/state/", {f"{key}-state": "maintenance"}).status_code == 422
    until = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(f"/instruments/{key}/state/", {f"{key}-state": "maintenance", f"{key}-until": until})
    assert answer.status_code == 302
    field.gas.refresh_from_db()
    assert not field.gas.is_in_service(timezone.now())
    assert "检修" in client.get(f"/stations/{field.gas.station_id}/").content.decode()
    assert client.post(f"/instruments/{field.stage.pk}/silence/", {}).status_code == 404


def test_a_command_that_the_protocol_does_not_allow_is_refused(client_of, field):
    client = client_of("commander")
    url = reverse("monitoring:command", args=[field.gas.station_id])
    for code, parameters in (("1062", ""), ("1062", "RtdInterval=abc"), ("1062", "RtdInterval"), ("9014", "")):
        assert client.post(url, {"code": code, "parameters": parameters}).status_code == 422
    assert client.post(url, {"code": "1062", "parameters": "RtdInterval=30"}).status_code == 302
    assert DeviceCommand.objects.get().parameters == {"RtdInterval": "30"}
    assert "1062" in client.get(f"/stations/{field.gas.station_id}/").content.decode()
    assert client.post(reverse("monitoring:command", args=[field.rain.station_id]), {"code": "37"}).status_code == 302
    assert client_of("duty_officer").post(url, {"code": "2011"}).status_code == 403


def test_a_year_of_five_minute_readings_is_one_small_curve(client_of, field):
    end = milliseconds(timezone.now())
    observed = end - np.arange(105_120, dtype=np.int64)[::-1] * 300_000
    values = 29.0 + np.sin(np.arange(105_120) / 900)
    values[50_000] = 31.5
    keys, flags = np.full(105_120, field.stage.pk), np.zeros(105_120, np.uint8)
    storage.write_blocks(Readings(keys, observed, values, flags))
    curve = client_of("duty_officer").get(f"/instruments/{field.stage.pk}/series.json?hours=8784").json()
    assert curve["readings"] == 105_120
    assert len(curve["points"]) <= 1500
    assert max(value for _, value in curve["points"]) == 31.5


def test_a_curve_asks_for_sound_times(client_of, field):
    client, url = client_of("duty_officer"), f"/instruments/{field.stage.pk}/series.json"
    for query in (
        "",
        "?hours=0",
        "?hours=-1",
        "?hours=x",
        "?from=2026-01-02T00:00&to=2026-01-01T00:00",
        "?from=2026-13-01T00:00&to=1",
    ):
        assert client.get(url + query).status_code == 400, query
    assert client.get(url, {"from": "2026-01-01T00:00:00+08:00", "to": "2026-01-02T00:00:00+08:00"}).status_code == 200


def test_readings_are_taken_along_as_a_table_and_that_is_audited(client_of, field):
    receive(field.stage, 29.5, float("nan"), 29.6)
    answer = client_of("duty_officer").get(f"/instruments/{field.stage.pk}/series.csv?hours=1")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:] for line in lines[1:]] == [["29.5", "正常"], ["", "缺测"], ["29.6", "正常"]]
    assert AuditEntry.objects.filter(action="readings.export").count() == 1
    assert client_of("system_administrator").get(f"/instruments/{field.stage.pk}/series.csv?hours=1").status_code == 403


def test_the_gateways_page_shows_what_could_not_be_placed(client_of, field):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    services.take_in(
        services.Delivery(
            received_at=timezone.now(),
            malformed=[("hj212", "192.0.2.1:1", "crc", "校验码不符", b"##bad<script>")],
            unknown=[("sl651", "0099999999", "", "未登记的测站地址", b"~~")],
            counts={"hj212": {"frames": 7, "malformed": 1}},
        ),
        queries.judge(at),
    )
    page = client_of("department").get("/gateways/").content.decode()
    assert "校验码不符" in page
    assert "/registers/stations/add/?protocol=sl651&amp;address=0099999999" in page
    assert "0099999999" not in client_of("county").get("/gateways/").content.decode()
    frame = client_of("system_administrator").get(f"/gateways/malformed/{MalformedFrame.objects.get().pk}/")
    assert "23 23 62 61 64" in frame.content.decode()
    assert "<script>" not in frame.content.decode().split('class="mon-dump"')[1].split("</pre>")[0]
    device = UnknownDevice.objects.get()
    assert "7e 7e" in client_of("department").get(f"/gateways/unknown/{device.pk}/").content.decode()
    assert client_of("county").get(f"/gateways/unknown/{device.pk}/").status_code == 404


def test_a_frame_of_an_unknown_device_is_read_and_a_camera_cannot_be_sent_again(client_of, field):
    frame = b"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\r\n"
    services.take_in(
        services.Delivery(
            received_at=timezone.now(),
            unknown=[
                ("hj212", "91371500X", "", "未登记的设备标识 MN", frame),
                ("gb28181", "37150000001320000009", "", "未登记", b"REGISTER sip:x SIP/2.0"),
            ],
        ),
        queries.judge(datetime(2026, 6, 1, tzinfo=UTC)),
    )
    admin = client_of("system_administrator")
    monitor, camera = (UnknownDevice.objects.get(protocol=protocol) for protocol in ("hj212", "gb28181"))
    page = admin.get(f"/gateways/unknown/{monitor.pk}/").content.decode()
    assert "&quot;CN&quot;: &quot;9014&quot;" in page
    assert 'name="unknown"' in page
    assert 'name="unknown"' not in admin.get(f"/gateways/unknown/{camera.pk}/").content.decode()


def test_registering_an_unknown_device_begins_with_what_it_said(client_of, field):
    page = (
        client_of("department")
        .get("/registers/stations/add/?protocol=sl651&address=0099999999&is_demo=1")
        .content.decode()
    )
    assert 'value="0099999999"' in page


def test_a_dump_has_sixteen_bytes_a_line():
    assert [len(line.split("  ")[1].split()) for line in hex_dump(bytes(range(40))).splitlines()] == [16, 16, 8]


def test_a_source_shows_what_it_maps_and_what_to_do_next(client_of, field):
    broker = Source.objects.create(
        code="B", name="井盖平台", kind="mqtt", host="192.0.2.9", port=1883, area_id="371500"
    )
    address = f"/registers/sources/{broker.pk}/"
    empty = client_of("duty_officer").get(address).content.decode()
    assert "还没有监测站用这个接入源" in empty
    assert "up#values.0.v" in empty
    station = Station.objects.create(
        code="W7", name="七号井", kind="other", protocol="mqtt", address="city/well/07", source=broker, area_id="371502"
    )
    Instrument.objects.create(
        code="W7-L", name="液位", station=station, quantity="stage", channel="#data.level", area_id="371502"
    )
    page = client_of("duty_officer").get(address).content.decode()
    for words in ("city/well/07", "#data.level", "七号井", "没有数据"):
        assert words in page
    assert "连接被拒绝" not in page
    Source.objects.update(problem="连接被拒绝")
    assert "连接被拒绝" in client_of("system_administrator").get(address).content.decode()


def test_a_secret_is_only_kept_where_there_is_one(client_of, field):
    admin = client_of("system_administrator")
    assert "留空不改" not in admin.get("/registers/sources/add/").content.decode()
    broker = Source.objects.create(
        code="B", name="井盖平台", kind="mqtt", host="192.0.2.9", port=1883, area_id="371500", password="s3cret-word"
    )
    page = admin.get(f"/registers/sources/{broker.pk}/edit/").content.decode()
    assert "留空不改" in page
    assert "s3cret-word" not in page
