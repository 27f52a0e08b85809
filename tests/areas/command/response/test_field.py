"""What the phone page asks for and sends: the pack, late and doubled reports, pictures, refusals."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from anlan.areas.command.response.models import Order, OrderReport
from anlan.areas.command.response.services.orders import add_order
from anlan.foundation.files.queries import attachments_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64


@pytest.fixture
def order(people, flood) -> Order:
    return add_order(
        actor=people["commander"], incident=flood, department=people["county"].department, title="转移低洼村群众",
        detail="逐户核对", place="姜店村", lon=116.3, lat=36.8, due_at=timezone.now() + timedelta(hours=3),
    )  # fmt: skip


def send(client, order, verb, **fields):
    return client.post(f"/field/orders/{order.pk}/{verb}/", fields)


def test_the_pack_has_all_that_is_needed_without_a_network(client_of, order):
    entry = client_of("county").get("/field/pack.json").json()["orders"][0]
    assert (entry["id"], entry["title"], entry["place"]) == (order.pk, "转移低洼村群众", "姜店村")
    assert entry["verbs"] == ["acknowledge", "set_out", "arrive", "finish"]
    assert parse_datetime(entry["due_at"]) == order.due_at
    assert (entry["lon"], entry["lat"]) == (116.3, 36.8)
    assert entry["is_exercise"] is False
    assert entry["incident"]["title"] == "利奇马暴雨"
    assert ["被困", "3（县应急局）"] in entry["incident"]["facts"]
    assert client_of("field").get("/field/pack.json").json() == {"orders": []}


def test_verbs_follow_what_was_done(client_of, order):
    county = client_of("county")

    def verbs():
        return [entry["verbs"] for entry in county.get("/field/pack.json").json()["orders"]]

    send(county, order, "arrive")
    assert verbs() == [["finish", "withdraw"]]
    send(county, order, "finish")
    assert verbs() == [["withdraw"]]
    send(county, order, "withdraw")
    assert verbs() == []


def test_the_same_key_counts_once_with_its_picture_and_its_own_time(client_of, order, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Order.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    county, at = client_of("county"), timezone.now() - timedelta(minutes=40)

    def once():
        return send(
            county, order, "report", at=at.isoformat().replace("+00:00", "Z"), text="水深 40 厘米", key="k" * 32,
            lon="116.301234", lat="36.801234", photo=SimpleUploadedFile("k.jpg", JPEG),
        )  # fmt: skip

    assert [once().json()["is_new"] for _again in range(3)] == [True, False, False]
    report = OrderReport.objects.get()
    assert (report.at, report.lon) == (at, 116.301234)
    picture = attachments_of(report).get()
    assert (picture.media_type, picture.taken_at) == ("image/jpeg", at)
    order.refresh_from_db()
    assert order.acknowledged_at == at
    assert order.status == "under_way"


def test_a_time_to_come_is_now(client_of, order):
    send(client_of("county"), order, "set_out", at=(timezone.now() + timedelta(hours=5)).isoformat())
    order.refresh_from_db()
    assert order.set_out_at <= timezone.now()


@pytest.mark.parametrize(
    ("verb", "fields", "status", "words"),
    [
        ("report", {}, 422, "请填写反馈内容"),
        ("dance", {}, 422, "dance"),
        ("report", {"text": "x", "at": "yesterday"}, 422, ""),
        ("report", {"text": "x", "lon": "999"}, 422, "180"),
        ("report", {"photo": SimpleUploadedFile("x.jpg", b"MZ no picture")}, 422, "只能上传"),
    ],
)
def test_refusals_say_why(client_of, order, verb, fields, status, words):
    answer = send(client_of("county"), order, verb, **fields)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert not OrderReport.objects.exists()


def test_an_order_of_others_is_refused(client_of, order, people):
    assert send(client_of("field"), order, "acknowledge").status_code == 404
    assert send(client_of("analyst"), order, "acknowledge").status_code == 403
    answer = send(client_of("transport"), order, "acknowledge")
    assert (answer.status_code, answer.json()) == (403, {"error": "这条指令不是下达给您单位的。"})


def test_a_phone_without_a_session_is_told_so(client, order):
    answer = client.get("/field/pack.json", headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401


def test_a_report_on_an_order_cancelled_meanwhile_is_kept(client_of, order):
    Order.objects.update(status="cancelled")
    assert send(client_of("county"), order, "report", text="已到现场").status_code == 200
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert "指令此前已取消" in order.incident.timeline.latest("recorded_at").text
