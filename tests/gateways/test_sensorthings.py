"""Observations posted over HTTP to a live web server: committed by the gateway, judged, counted, readable back."""

import asyncio
import json
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.utils import timezone

from anlan.areas.risk.monitoring import queries, storage
from anlan.areas.risk.monitoring.models import (
    Alarm,
    DeviceState,
    GatewayMinute,
    Instrument,
    Latest,
    MalformedFrame,
    Source,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.sensorthings import posting
from anlan.areas.risk.monitoring.views.sensorthings import ALLOWANCE
from anlan.foundation.accounts.models import ApiToken
from anlan.foundation.audit.models import AuditEntry
from anlan.gateways.process import Gateways
from anlan.gateways.sources.mqtt import submission
from tests.gateways.conftest import ago, in_thread
from tests.gateways.test_sources import until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def handing_over(monkeypatch):
    """A gateway in a thread of its own, to which the web hands over."""
    with tempfile.TemporaryDirectory(prefix="anlan-") as folder:
        monkeypatch.setattr(settings, "ANLAN", replace(settings.ANLAN, data_dir=Path(folder)))
        path = settings.ANLAN.handover_path
        started, loops = threading.Event(), []

        async def story() -> None:
            gateways = Gateways()
            await gateways.start("127.0.0.1", {}, path)
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop, gateways))
            started.set()
            await stop.wait()
            await gateways.stop()

        thread = threading.Thread(target=lambda: asyncio.run(story()))
        thread.start()
        assert started.wait(20)
        loop, stop, gateways = loops[0]
        try:
            yield gateways
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(20)


@pytest.fixture
def posts(city, rules, people, monkeypatch):
    """A county's outlet whose gateway computer pushes SensorThings: a gas detector and a thermometer."""
    ALLOWANCE._left.clear()
    posting._audited.clear()
    station = Station.objects.create(
        code="P1", name="推送站", kind="works", area_id="371526", protocol="sensorthings", address="push-1", lon=116.2,
        lat=36.9,
    )  # fmt: skip
    station.full_clean()
    gas = Instrument.objects.create(
        code="P1-G", name="可燃气体", station=station, quantity="gas_combustible", channel="gas", area_id="371526"
    )
    warm = Instrument.objects.create(
        code="P1-T", name="温度", station=station, quantity="temperature", channel="t", area_id="371526"
    )
    other = Station.objects.create(
        code="O1", name="水文站", kind="river", area_id="371502", protocol="sl651", address="0011223345"
    )
    stage = Instrument.objects.create(
        code="O1-Z", name="水位", station=other, quantity="stage", channel="Z", area_id="371502"
    )
    return {"gas": gas, "warm": warm, "stage": stage}


@pytest.fixture
def gateway(posts, monkeypatch):
    with handing_over(monkeypatch) as gateways:
        yield gateways


@pytest.fixture
def call(live_server, people):
    """`call("GET", path)`, `call("POST", path, value)`: status and answer, as the county's program."""

    def called(method: str, path: str, value=None, *, user: str = "county"):
        token = ApiToken.issue(user=people[user], name="试验", expires_at=timezone.now() + timedelta(days=1))
        data = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        request = Request(f"{live_server.url}/sta/v1.1/{path}", data, method=method)
        request.add_header("Authorization", f"Bearer {token}")
        request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read() or b"null"), dict(response.headers)
        except HTTPError as error:
            return error.code, json.loads(error.read() or b"null"), dict(error.headers)

    return called


def written(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def counted() -> dict[str, int]:
    rows = GatewayMinute.objects.filter(protocol="sensorthings")
    return {
        name: sum(getattr(row, name) for row in rows)
        for name in ("frames", "readings", "duplicates", "malformed", "unknown")
    }


def test_a_posted_observation_is_committed_judged_and_read_back(gateway, posts, call):
    at = ago(minutes=3)
    path = f"Datastreams({posts['gas'].pk})/Observations"
    status, answer, headers = call("POST", path, {"phenomenonTime": written(at), "result": 60})
    assert status == 201, answer
    latest = Latest.objects.get(instrument=posts["gas"])
    assert (latest.value, latest.observed_at) == (60.0, at)
    alarm = Alarm.objects.get(instrument=posts["gas"])
    assert alarm.level
    assert alarm.is_open
    location = headers["Location"].partition("/sta/v1.1/")[2]
    assert answer["@iot.selfLink"] == headers["Location"]
    assert call("GET", location)[1]["result"] == 60.0
    back = call("GET", f"{path}?$expand=Datastream")[1]["value"]
    assert [(one["phenomenonTime"], one["Datastream"]["@iot.id"]) for one in back] == [(written(at), posts["gas"].pk)]
    frame = storage.recent_frames(posts["gas"].station_id, ago(hours=1))[0][3]
    assert frame.startswith(f"POST /v1.1/{path}\nFrom: county\n\n".encode())
    entry = AuditEntry.objects.get(action="readings.receive")
    assert (entry.actor, entry.subject) == ("高唐值班", "推送站")


def test_what_is_sent_twice_counts_once(gateway, posts, call):
    value = {"phenomenonTime": written(ago(minutes=3)), "result": 5, "Datastream": {"@iot.id": posts["gas"].pk}}
    assert [call("POST", "Observations", value)[0] for _ in range(2)] == [201, 201]
    assert counted() == {"frames": 2, "readings": 1, "duplicates": 1, "malformed": 0, "unknown": 0}
    assert AuditEntry.objects.filter(action="readings.receive").count() == 1
    untimed = {"result": 5, "Datastream": {"@iot.id": posts["gas"].pk}}
    assert [call("POST", "Observations", untimed)[0] for _ in range(2)] == [201, 201]
    assert counted()["readings"] == 3


def test_a_data_array_is_taken_row_by_row(gateway, posts, call):
    start = ago(minutes=30)
    rows = [[written(start + timedelta(minutes=n)), 1.0 + n] for n in range(5)]
    groups = [
        {"Datastream": {"@iot.id": posts["gas"].pk}, "components": ["phenomenonTime", "result"], "dataArray": [*rows, ["x", 1]]},
        {"Datastream": {"@iot.id": posts["stage"].pk}, "components": ["phenomenonTime", "result"], "dataArray": rows[:1]},
        {"Datastream": {"@iot.id": 999999}, "components": ["result"], "dataArray": [[1], [2]]},
        {"Datastream": {"@iot.id": posts["warm"].pk}, "components": ["result"], "dataArray": [[21.5]]},
    ]  # fmt: skip
    status, answer, _headers = call("POST", "CreateObservations", groups)
    assert status == 201
    assert [one == "error" for one in answer] == [False] * 5 + [True, True, True, True, False]
    assert all(call("GET", one.partition("/sta/v1.1/")[2])[0] == 200 for one in answer if one != "error")
    assert len(storage.series(posts["gas"].pk, ago(hours=1), ago(hours=-1))) == 5
    assert MalformedFrame.objects.filter(protocol="sensorthings").count() == 1
    assert {one.address for one in UnknownDevice.objects.filter(protocol="sensorthings")} == {
        "datastreams(999999)", f"datastreams({posts['stage'].pk})",
    }  # fmt: skip
    many = [{"Datastream": {"@iot.id": 10**6 + n}, "components": ["result"], "dataArray": [[1]]} for n in range(99)]
    assert call("POST", "CreateObservations", [*groups[:1], *many])[0] == 201
    assert UnknownDevice.objects.filter(protocol="sensorthings").count() < 30
    status, answer, _headers = call("POST", "CreateObservations", groups[1:3])
    assert status == 404
    assert "没有这个数据流" in answer["message"]


@pytest.mark.parametrize(
    ("value", "status", "said"),
    [
        (b"{", 400, "不是 JSON"),
        (b"[" * 5000, 400, "嵌套太深"),
        ({}, 400, "缺少属性 result"),
        ({"result": "warm"}, 400, "result 应为数"),
        ({"result": True}, 400, "result 应为数"),
        ({"result": 1, "phenomenontime": "x"}, 400, "没有属性 'phenomenontime'"),
        ({"result": 1, "phenomenonTime": "2999-01-01T00:00:00Z"}, 400, "在将来"),
        ({"result": 1, "phenomenonTime": "0001-01-01T00:00:00+14:00"}, 400, "没有"),
        ({"result": 1, "phenomenonTime": "1900-01-01T00:00:00Z"}, 400, "早于十年前"),
        ({"result": 1, "phenomenonTime": "2026-02-30T00:00:00Z"}, 400, "没有"),
        ({"result": 1, "FeatureOfInterest": {"@iot.id": 99}}, 400, "FeatureOfInterest 只能是该站自己"),
        ({"result": 1, "Datastream": {"@iot.id": 999999}}, 400, "不是同一个"),
    ],
)
def test_what_cannot_be_taken_is_told_why_and_kept(gateway, posts, call, value, status, said):
    found, answer, _headers = call("POST", f"Datastreams({posts['gas'].pk})/Observations", value)
    assert (found, answer["code"]) == (status, status)
    assert said in answer["message"]
    assert MalformedFrame.objects.get(protocol="sensorthings").reason == answer["message"]
    assert counted()["readings"] == 0


def test_datastreams_of_others_and_of_other_protocols_cannot_be_written_to(gateway, posts, call):
    value = {"result": 1}
    for key in (posts["stage"].pk, 999999):
        status, answer, _headers = call("POST", f"Datastreams({key})/Observations", value)
        assert status == 404
        assert "没有这个数据流" in answer["message"]
    status, answer, _headers = call(
        "POST", f"Datastreams({posts['stage'].pk})/Observations", value, user="duty_officer"
    )
    assert status == 400
    assert "SL 651" in answer["message"]
    Instrument.objects.filter(pk=posts["warm"].pk).update(state="retired", updated_at=timezone.now())
    assert "已停用" in call("POST", f"Datastreams({posts['warm'].pk})/Observations", value)[1]["message"]
    assert call("POST", "Observations", value)[1]["message"].startswith("Observation 要写明 Datastream")


def test_missing_doubted_and_period_observations_keep_their_meaning(gateway, posts, call):
    path = f"Datastreams({posts['warm'].pk})/Observations"
    start, end = ago(minutes=9), ago(minutes=5)
    doubted = {"nameOfMeasure": "anlan:quality", "result": "in maintenance"}
    assert call("POST", path, {"phenomenonTime": f"{written(start)}/{written(end)}", "result": 20})[0] == 201
    assert call("POST", path, {"phenomenonTime": written(ago(minutes=4)), "result": None})[0] == 201
    assert (
        call("POST", path, {"phenomenonTime": written(ago(minutes=3)), "result": 1, "resultQuality": doubted})[0] == 201
    )
    back = call("GET", path)[1]["value"]
    assert [(one["result"], one["resultQuality"]["result"]) for one in back] == [
        (20.0, "good"), (None, "missing"), (1.0, "doubted by the device"),
    ]  # fmt: skip
    assert back[0]["phenomenonTime"] == written(end)


def test_without_a_gateway_nothing_is_confirmed(posts, call, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "ANLAN", replace(settings.ANLAN, data_dir=tmp_path))
    status, answer, headers = call("POST", f"Datastreams({posts['gas'].pk})/Observations", {"result": 1})
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "请重发" in answer["message"]


def test_a_device_that_pushes_counts_as_connected_and_is_in_the_counters(gateway, posts, call):
    assert call("POST", f"Datastreams({posts['gas'].pk})/Observations", {"result": 1})[0] == 201
    assert gateway.handover.online() == {"sensorthings": {"push-1"}}
    assert 'anlan_gateway_readings_total{protocol="sensorthings"} 1' in gateway.metrics()
    asyncio.run(until(lambda: DeviceState.objects.filter(station__code="P1", is_online=True).exists()))
    assert DeviceState.objects.get(station__code="P1").peer == "county 127.0.0.1"


def test_an_instrument_registered_just_now_is_not_dropped(gateway, posts, call):
    fresh = Instrument.objects.create(
        code="P1-H", name="湿度", station=posts["gas"].station, quantity="humidity", channel="h", area_id="371526"
    )

    async def story():
        def posted():
            return call("POST", f"Datastreams({fresh.pk})/Observations", {"result": 50})[0]

        statuses = set()
        for _ in range(200):
            statuses.add(status := await in_thread(posted))
            if status == 201:
                return statuses
            await asyncio.sleep(0.05)
        return statuses

    assert asyncio.run(story()) <= {503, 201}
    assert len(storage.series(fresh.pk, ago(hours=1), ago(hours=-1))) == 1


@pytest.fixture
def source(posts, live_server, people):
    """A station of ours that stands for the other server's Datastream (which is ours, too)."""
    token = ApiToken.issue(user=people["duty_officer"], name="取数", expires_at=timezone.now() + timedelta(days=1))
    host, _colon, port = live_server.url.removeprefix("http://").partition(":")
    city = posts["gas"].area
    source = Source.objects.create(
        code="ELSE", name="另一个平台", kind="sensorthings", host=host, port=int(port), base_path="/sta/v1.1", password=token,
        poll_seconds=1, area=city,
    )  # fmt: skip
    station = Station.objects.create(
        code="E1",
        name="取数站",
        kind="river",
        area_id="371526",
        protocol="sensorthings",
        address="thing-7",
        source=source,
    )
    station.full_clean()
    source.full_clean()
    return Instrument.objects.create(
        code="E1-Z", name="水位", station=station, quantity="stage", channel=str(posts["stage"].pk), area_id="371526"
    )


def test_another_service_is_asked_for_what_came_since(source, posts, monkeypatch):
    start = ago(minutes=50)
    monkeypatch.setattr("anlan.gateways.sources.sensorthings.PAGE", 7)

    def keep(minutes) -> None:
        rows = [
            (posts["stage"].pk, storage.milliseconds(start + timedelta(minutes=n)), 30 + n / 100, 0) for n in minutes
        ]
        storage.store(received_at=timezone.now(), readings=storage.Readings.of(rows), digests=b"", frames=b"")

    def taken() -> list[float]:
        return storage.series(source.pk, ago(hours=2), ago(hours=-1)).value.tolist()

    keep(range(20))

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {})
        try:
            await until(lambda: len(taken()) == 20)
            await in_thread(keep, range(20, 25))
            await until(lambda: len(taken()) == 25)
        finally:
            await gateways.stop()

    asyncio.run(story())
    assert taken() == [30 + n / 100 for n in range(25)]
    config = Source.objects.get(code="ELSE")
    assert config.connected_at
    assert not config.problem
    assert counted()["readings"] == 25  # nothing was fetched twice
    asyncio.run(_again(taken))
    assert counted()["readings"] == 25
    frame = storage.recent_frames(source.station_id, ago(hours=1))[0][3]
    assert frame.startswith(f"GET /v1.1/Datastreams({posts['stage'].pk})/Observations\n\n".encode())


async def _again(taken) -> None:
    """Start anew: what was taken before is not asked for again."""
    gateways = Gateways()
    await gateways.start("127.0.0.1", {})
    try:
        await until(lambda: Source.objects.get(code="ELSE").connected_at)
        runner = next(iter(gateways.sources.values()))
        await until(lambda: runner.addresses)
    finally:
        await gateways.stop()


def test_a_service_that_refuses_or_lacks_a_datastream_is_reported(source):
    Instrument.objects.filter(pk=source.pk).update(channel="999999")

    async def story(found) -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {})
        try:
            await until(found)
        finally:
            await gateways.stop()

    asyncio.run(story(lambda: UnknownDevice.objects.filter(protocol="sensorthings", channel="999999").exists()))
    Source.objects.filter(pk=source.station.source_id).update(password="wrong", updated_at=timezone.now())
    asyncio.run(story(lambda: "401" in Source.objects.get(code="ELSE").problem))
    Source.objects.filter(pk=source.station.source_id).update(port=1, updated_at=timezone.now())
    asyncio.run(story(lambda: "连接不上" in Source.objects.get(code="ELSE").problem))


class _Elsewhere(BaseHTTPRequestHandler):
    """A service whose first page goes on elsewhere, or that sends its callers elsewhere."""

    asked: ClassVar[list[tuple[int, str, str]]] = []
    elsewhere = ""
    is_moved = False

    def do_GET(self):
        port = self.server.server_address[1]
        self.asked.append((port, self.path.partition("?")[0], self.headers.get("Authorization", "")))
        address = f"{self.elsewhere}{self.path}"
        if self.is_moved:
            self.send_response(302)
            self.send_header("Location", address)
            self.end_headers()
            return
        body = json.dumps({"value": [], "@iot.nextLink": address}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("is_moved", "said"), [(False, "另一台服务器"), (True, "服务应答 302")])
def test_our_key_is_not_carried_to_another_server(source, monkeypatch, is_moved, said):
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ours, theirs = (server.server_address[1] for server in servers)
    monkeypatch.setattr(_Elsewhere, "elsewhere", f"http://127.0.0.1:{theirs}")
    monkeypatch.setattr(_Elsewhere, "is_moved", is_moved)
    monkeypatch.setattr(_Elsewhere, "asked", [])
    Source.objects.filter(pk=source.station.source_id).update(port=ours, host="127.0.0.1")

    async def story() -> None:
        gateways = Gateways()
        await gateways.start("127.0.0.1", {})
        try:
            await until(lambda: said in Source.objects.get(code="ELSE").problem)
        finally:
            await gateways.stop()

    asyncio.run(story())
    for server in servers:
        server.shutdown()
        server.server_close()
    assert {port for port, _path, _key in _Elsewhere.asked} == {ours}
    assert all(key.startswith("Bearer ") for _port, _path, key in _Elsewhere.asked)


@pytest.mark.parametrize(
    ("topic", "channel"),
    [("v1.1/Datastreams(17)/Observations", "#result"), ("v1.1", "Datastreams(17)/Observations#result")],
)
def test_observations_that_another_service_publishes_by_mqtt_are_read_as_documented(city, topic, channel):
    source = Source.objects.create(
        code="B", name="服务器", kind="mqtt", host="broker", port=1883, time_path="phenomenonTime", area=city
    )
    station = Station(
        code="M1", name="站", kind="other", area=city, protocol="mqtt", address=topic, source=source, crs="wgs84"
    )
    station.full_clean()
    station.save()
    one = Instrument(code="M1-1", name="温度", station=station, quantity="temperature", channel=channel, area=city)
    one.full_clean()
    one.save()
    payload = {"@iot.id": 3, "phenomenonTime": "2026-11-28T06:00:00Z", "result": 21.5, "resultTime": None}
    found = submission(
        queries.sources()[0],
        queries.devices,
        "v1.1/Datastreams(17)/Observations",
        json.dumps(payload).encode(),
        timezone.now(),
    )
    assert found.rows == ((one.pk, 1_795_845_600_000, 21.5, 0),)
    assert not found.unknown
