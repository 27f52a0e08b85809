"""A block is reported once from a phone, worked on in entries, opened with proof; the wall sorts by what is due."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.areas.transport.closures.models import Closure, ClosureEntry
from anlan.areas.transport.closures.services import add_progress, follow_closures, reopen_road, request_plant
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.incidents.models import EventKind, Incident
from anlan.foundation.roads.registry import obstacles_at

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
SENT = {"key": "k1", "lon": "116.25", "lat": "36.85", "reason": "flooded", "name": "鼓楼路下穿", "text": "水深半米"}


def picture(name="p.png"):
    return SimpleUploadedFile(name, PICTURE, content_type="image/png")


@pytest.fixture
def phone(client_of, rules):
    client = client_of("traffic_police")

    def send(**given):
        answer = client.post("/field/roads/report/", SENT | given)
        return answer.status_code, answer.json()

    return send


@pytest.fixture
def block(city, rules):
    row = Closure(code="A1", name="鼓楼路", reason="flooded", area_id="371526", source="电话", lon=116.25, lat=36.85)
    row.full_clean()
    row.save()
    follow_closures()
    return row


def test_a_report_becomes_a_closure_with_its_clock_and_picture(phone, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    status, found = phone(photo=picture())
    assert (status, found["is_new"]) == (200, True)
    row = Closure.objects.get()
    assert (row.area_id, row.reason, row.source) == ("371526", "flooded", "现场上报：交通警察甲")
    assert clocks_of(row).count() == 1
    assert attachments_of(row.entries.get()).count() == 1
    assert phone()[1]["is_new"] is False
    assert Closure.objects.count() == ClosureEntry.objects.count() == 1


def test_a_report_beside_a_known_block_joins_it(phone):
    phone()
    assert phone(key="k2", lon="116.2505")[1]["is_new"] is False
    assert phone(key="k2", lon="116.2505")[1]["is_new"] is False
    assert phone(key="k3", lon="116.26")[1]["is_new"] is True
    assert phone(key="k4", reason="collapsed")[1]["is_new"] is True
    assert Closure.objects.count() == 3
    assert ClosureEntry.objects.count() == 4


@pytest.mark.parametrize("wrong", [{"lon": ""}, {"name": ""}, {"reason": "x"}, {"lanes": "2", "blocked_lanes": "3"}])
def test_a_report_that_makes_no_sense_is_refused_with_the_reason(phone, wrong):
    status, found = phone(**wrong)
    assert status == 422
    assert found["error"]
    assert not Closure.objects.exists()


def test_who_may_not_report(client_of, rules):
    for who in ("enterprise", "warehouse", "analyst"):
        assert client_of(who).post("/field/roads/report/", SENT).status_code == 403
        assert client_of(who).get("/field/roads/").status_code == 403
    assert client_of("field").get("/field/roads/").status_code == 200


def test_lanes_left_open_slow_and_do_not_shut(block):
    (obstacle,) = obstacles_at(timezone.now())
    assert obstacle.factor == float("inf")
    assert block.state == "closed"
    Closure.objects.update(lanes=2, blocked_lanes=1)
    (obstacle,) = obstacles_at(timezone.now())
    assert obstacle.factor == 3
    assert Closure.objects.get().state == "limited"


def test_progress_and_plant_are_entries(block, people, client_of):
    add_progress(actor=people["traffic_police"], closure=block, text="抽水中")
    with pytest.raises(ValidationError):
        add_progress(actor=people["transport"], closure=block, text=" ")
    with pytest.raises(PermissionDenied):
        add_progress(actor=people["analyst"], closure=block, text="x")
    plant = {"kind": "vehicle", "what": "排水车", "quantity": 2}
    with pytest.raises(ValidationError, match="突发事件"):
        request_plant(actor=people["transport"], closure=block, incident=None, **plant)
    kind = EventKind.objects.create(code="11B03", name="暴雨", category="natural")
    incident = Incident.objects.create(kind=kind, area_id="371526", title="高唐暴雨", occurred_at=timezone.now())
    wanted = request_plant(actor=people["transport"], closure=block, incident=incident, **plant)
    assert (wanted.lon, wanted.place) == (block.lon, block.name)
    block.refresh_from_db()
    assert block.incident == incident
    page = client_of("transport").get(f"/roads/closures/{block.pk}/").content.decode()
    assert "排水车 × 2" in page
    assert "抽水中" in page


def test_a_road_is_opened_with_a_picture_or_a_witness(block, people, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(ValidationError, match="照片"):
        reopen_road(actor=people["transport"], record=block)
    client = client_of("transport")
    address = f"/roads/closures/{block.pk}/reopen/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reopened_at": "2001-01-01T00:00", "words": "x"}).status_code == 422
    assert client_of("field").post(address, {"words": "x"}).status_code == 403
    assert client.post(address, {"proof": picture()}).status_code == 302
    block.refresh_from_db()
    assert block.reopened_at is not None
    assert clocks_of(block).get().met_at == block.reopened_at
    entry = block.entries.get(kind="reopened")
    assert attachments_of(entry).count() == 1
    assert client.get(f"/roads/closures/{block.pk}/").status_code == 200


def test_the_wall_sorts_by_what_is_due_and_counts_by_state(block, client_of):
    now = timezone.now()
    for code, reason, ago in (
        ("B", "collapsed", 23),
        ("C", "controlled", 5),
        ("D", "congested", 1),
        ("E", "flooded", 30),
    ):
        Closure.objects.create(
            code=code, name=f"路{code}", reason=reason, area_id="371526", source="试", lon=116.3, lat=36.8,
            since=now - timedelta(hours=ago),
        )  # fmt: skip
    follow_closures()
    client = client_of("transport")
    answer = client.get("/roads/")
    wall = answer.context["wall"]
    assert [card.closure.code for card in wall.closed] == ["E", "B", "A1"]
    assert ([c.closure.code for c in wall.limited], [c.closure.code for c in wall.slow]) == (["C"], ["D"])
    assert wall.overdue == 1
    assert wall.isolation is None
    assert client.get("/roads/", headers={"HX-Request": "true"}).status_code == 200
    assert client_of("county").get("/roads/").status_code == 200
    assert client_of("warehouse").get("/roads/").status_code == 403


def test_nobody_sees_or_works_on_closures_of_other_counties(block, client_of):
    Closure.objects.update(area_id="371502")
    client = client_of("county")
    assert client.get(f"/roads/closures/{block.pk}/").status_code == 404
    assert client.post(f"/roads/closures/{block.pk}/progress/", {"text": "x"}).status_code == 404
