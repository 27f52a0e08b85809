"""CAP messages are taken in once, in chains, from listed issuers only; they are relayed and confirmed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from anlan.areas.risk.warning.models import Decision, Relay, Warning, WarningProblem
from anlan.areas.risk.warning.services.relays import relay_warning
from anlan.areas.risk.warning.services.warnings import SIZE_LIMIT, lapse_warnings, receive_warning
from anlan.foundation.accounts.models import ApiToken, Department
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.incidents.services import load_event_kinds, raise_incident
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice
from anlan.protocols import cap

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(people, rules):
    """The key of a program that may hand in warnings."""
    return ApiToken.issue(user=people["duty_officer"], name="预警接入", expires_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def post(token):
    """Hand a document in with the key."""

    def send(document: bytes, **headers):
        headers = {"Authorization": f"Bearer {token}"} | headers
        return Client(enforce_csrf_checks=True).post(
            "/warnings/cap/", document, content_type="application/cap+xml", headers=headers
        )

    return send


@pytest.fixture
def receive(people, rules):
    """Take a document in as the duty officer."""
    return lambda document: receive_warning(actor=people["duty_officer"], document=document, received_from="test")[0]


def statuses() -> list[tuple[str, str]]:
    rows = OutboxRow.objects.filter(topic="WarningIssued").order_by("pk")
    return [(row.payload["colour"], row.payload["status"]) for row in rows]


def test_a_message_is_accepted_once_and_called_out(post, message, people):
    document = message("1")
    first, again = post(document), post(document)
    assert (first.status_code, again.status_code) == (201, 200)
    found = Warning.objects.get()
    assert (found.colour, found.hazard, found.area_id, found.sender_name) == (
        "orange",
        "11B03",
        "371526",
        "聊城市气象台",
    )
    assert bytes(found.raw) == document
    assert first.json()["is_official"]
    assert statuses() == [("orange", "issued")]
    assert {str(relay.notice.post) for relay in found.relays.all()} == {"高唐县应急管理局值班室", "市应急局值班员"}
    assert {notice.urgency for notice in Notice.objects.all()} == {"critical"}
    refused = post(document.replace("50 毫米".encode(), "90 毫米".encode()))
    assert refused.status_code == 422
    assert "identifier" in refused.json()["problems"][0]


def test_update_and_cancel_end_the_chain(receive, message):
    first = receive(message("1", colour="橙"))
    second = receive(message("2", colour="红", kind="Update", of="1"))
    first.refresh_from_db()
    assert first.state == "replaced"
    assert first.replaced_by == second
    end = receive(message("3", kind="Cancel", of="1", bare=True))
    second.refresh_from_db()
    assert (second.state, end.state, end.area_id) == ("cancelled", "notice", "371526")
    assert statuses() == [("orange", "issued"), ("red", "updated"), ("red", "cancelled")]
    assert not Warning.objects.filter(Warning.in_force(timezone.now())).exists()


def test_a_cancellation_that_came_first_still_counts(receive, message):
    now = timezone.now().replace(microsecond=0)
    receive(message("3", kind="Cancel", of="1", sent=now + timedelta(minutes=1)))
    assert receive(message("1")).state == "cancelled" or Warning.objects.get(message_type="Alert").state == "cancelled"
    assert not Warning.objects.filter(Warning.in_force(timezone.now())).exists()


def test_only_the_issuer_itself_ends_its_warning_and_an_exercise_ends_nothing_real(receive, message):
    first = receive(message("1"))
    receive(message("2", kind="Cancel", of="1", sender="nobody@example.org"))
    receive(message("3", kind="Cancel", of="1", status="Exercise"))
    first.refresh_from_db()
    assert first.state == "in_force"


def test_an_unlisted_sender_is_kept_and_never_official(post, message):
    answer = post(message("1", sender="nobody@example.org"))
    assert answer.status_code == 201
    assert answer.json()["is_official"] is False
    assert not Notice.objects.exists()
    assert statuses() == []


def test_an_exercise_is_marked(receive, message, client_of):
    found = receive(message("1", status="Exercise"))
    assert found.is_exercise
    assert all(n.is_exercise for n in Notice.objects.all())
    assert "演练" in client_of("duty_officer").get(f"/warnings/{found.pk}/").content.decode()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"not xml", "XML"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>', "DOCTYPE"),
        (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>a</sender></alert>', "identifier"),
    ],
)
def test_a_malformed_message_is_refused_named_and_kept(post, client_of, document, said):
    answer = post(document)
    assert answer.status_code == 422
    assert any(said in problem for problem in answer.json()["problems"])
    kept = WarningProblem.objects.get()
    assert bytes(kept.raw) == document
    assert kept.size == len(document)
    assert kept.problems[0] in client_of("duty_officer").get("/warnings/").content.decode().replace("&#x27;", "'")
    assert not Warning.objects.exists()


def test_a_refused_message_can_be_fetched_by_who_works_for_the_whole_city(post, client_of):
    assert post(b"<alert/>").status_code == 422
    found = WarningProblem.objects.get()
    officer = client_of("duty_officer")
    assert f"/warnings/refused/{found.pk}.xml" in officer.get("/warnings/").content.decode()
    answer = officer.get(f"/warnings/refused/{found.pk}.xml")
    assert (answer.content, answer["Content-Type"]) == (b"<alert/>", "application/octet-stream")
    assert client_of("county").get(f"/warnings/refused/{found.pk}.xml").status_code == 404


def test_an_oversized_message_is_refused(post):
    assert post(b"<alert>" + b" " * SIZE_LIMIT + b"</alert>").status_code == 413


def test_a_warning_for_elsewhere_and_an_acknowledgement_are_refused(post, message):
    elsewhere = post(message("1", code="370102000000"))
    assert elsewhere.status_code == 422
    assert "area" in elsewhere.json()["problems"][0]
    ack = post(message("2", kind="Ack", of="1"))
    assert ack.status_code == 422
    assert "msgType" in ack.json()["problems"][0]


def test_who_may_hand_in(message, client_of, token, people):
    document = message("1")
    assert Client().post("/warnings/cap/", document, content_type="text/xml").status_code == 401
    wrong = Client().post("/warnings/cap/", document, content_type="text/xml", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401
    assert client_of("analyst").post("/warnings/cap/", document, content_type="text/xml").status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["duty_officer"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/warnings/cap/", document, content_type="text/xml").status_code == 403
    assert client_of("duty_officer").post("/warnings/cap/", document, content_type="text/xml").status_code == 201


def test_a_polygon_is_kept_and_drawn(receive, message, client_of):
    ring = ((116.1, 36.7), (116.3, 36.7), (116.3, 36.9), (116.1, 36.7))
    found = receive(message("1", areas=(cap.Area(area_desc="高唐县城区", polygons=(ring,)),)))
    layer = client_of("duty_officer").get("/warnings/layers.json").json()
    assert found.polygons["type"] == "MultiPolygon"
    assert layer["features"][0]["geometry"] == found.polygons
    assert layer["features"][0]["properties"]["level"] == "orange"


def test_counties_see_what_touches_them(receive, message, client_of):
    for_city = receive(message("1", code="371500000000"))
    inside = receive(message("2"))
    other = receive(message("3", code="371503000000"))
    county = client_of("county")
    assert [county.get(f"/warnings/{w.pk}/").status_code for w in (for_city, inside, other)] == [200, 200, 404]
    assert for_city.relays.filter(notice__post__department__code="371526-yjj").exists()
    # The decision on a warning for the whole city is the city's.
    values = {"decision": "no_response", "reason": "本县无雨"}
    assert county.post(f"/warnings/{for_city.pk}/decide/", values).status_code == 403
    assert county.post(f"/warnings/{inside.pk}/decide/", values).status_code == 302


def test_relays_are_confirmed_by_named_people(receive, message, people, client_of):
    found = receive(message("1"))
    unit = Department.objects.create(code="slj", name="市水利局", area_id="371500")
    unit.posts.create(title="值班室", role="department")
    duty = client_of("duty_officer")
    assert duty.post(f"/warnings/{found.pk}/relay/", {"text": "请加密巡查"}).status_code == 422
    answer = duty.post(f"/warnings/{found.pk}/relay/", {"departments": [unit.pk], "text": "请加密巡查"})
    assert answer.status_code == 302
    relay = Relay.objects.get(notice__post__department=unit)
    assert relay.text == "请加密巡查"
    assert "聊城市气象台" in relay.notice.body
    called = found.relays.get(notice__post__department__code="371526-yjj")
    confirm_notice(notice=called.notice, user=people["county"])
    page = duty.get(f"/warnings/{found.pk}/").content.decode()
    assert "高唐值班" in page
    assert "1 / 3" in page
    stranger = receive(message("2", sender="nobody@example.org"))
    with pytest.raises(ValidationError):
        relay_warning(actor=people["duty_officer"], warning=stranger, departments=[unit])


def test_an_incident_raised_from_a_warning_is_its_response(receive, message, people):
    found = receive(message("1"))
    load_event_kinds()
    raise_incident(
        actor=people["duty_officer"], title="姜店镇内涝", kind="11B03", area="371526", place="姜店镇",
        warning_ref=found.ref,
    )  # fmt: skip
    assert found.decisions.get().kind == Decision.Kind.RESPONSE


def test_decision_without_reason_is_refused(receive, message, client_of):
    found = receive(message("1"))
    duty = client_of("duty_officer")
    assert "未决定" in duty.get("/warnings/").content.decode()
    assert duty.post(f"/warnings/{found.pk}/decide/", {"decision": "no_response"}).status_code == 422
    assert (
        duty.post(f"/warnings/{found.pk}/decide/", {"decision": "no_response", "reason": "雨区已移出"}).status_code
        == 302
    )
    assert "雨区已移出" in duty.get("/warnings/").content.decode()


def test_expiry_is_said_once(receive, message):
    now = timezone.now().replace(microsecond=0)
    found = receive(message("1", expires=now + timedelta(minutes=5)))
    later = now + timedelta(minutes=6)
    assert (lapse_warnings(now), lapse_warnings(later), lapse_warnings(later)) == (0, 1, 0)
    assert statuses()[-1] == ("orange", "expired")
    found.refresh_from_db()
    assert found.lapsed_at == later


def test_the_original_is_exported(receive, message, client_of):
    document = message("1")
    found = receive(document)
    answer = client_of("analyst").get(f"/warnings/{found.pk}/cap.xml")
    assert answer.content == document
    assert answer["Content-Type"] == "application/cap+xml"


def _part(colour: str, county: str, *, language: str = "zh-CN", hours: int = 1, headline: str = "") -> cap.Info:
    now = timezone.now().replace(microsecond=0)
    return cap.Info(
        language=language, categories=("Met",), event="暴雨", urgency="Expected",
        severity=cap.SEVERITY_OF_COLOUR[colour], certainty="Likely", response_types=("Shelter",),
        headline=headline or f"{county}暴雨{colour}色预警", expires=now + timedelta(hours=hours),
        contact="0635-0000000", web="javascript:alert(1)",
        resources=(cap.Resource(resource_desc="雷达图", mime_type="image/png", uri="https://bureau.example/radar.png"),),
        areas=(cap.Area(area_desc=county),),
    )  # fmt: skip


def test_of_several_parts_the_gravest_is_the_warning_and_every_part_is_shown(receive, message, client_of):
    from dataclasses import replace

    parts = (
        _part("蓝", "高唐县", hours=6),
        _part("红", "临清市", hours=2),
        _part("红", "Linqing", language="en-US", headline="Red warning"),
    )
    found = receive(cap.build(replace(cap.parse(message("parts")), infos=parts)))
    assert (found.colour, found.headline) == ("red", "临清市暴雨红色预警")
    assert found.area_text == "临清市、高唐县"
    assert found.expires == parts[0].expires
    page = client_of("duty_officer").get(f"/warnings/{found.pk}/").content.decode()
    for words in (
        "高唐县暴雨蓝色预警",
        "Red warning",
        "就地避险",
        "很可能",
        "0635-0000000",
        "https://bureau.example/radar.png",
    ):
        assert words in page
    assert "javascript:" not in page


def test_a_part_without_an_end_leaves_the_warning_without_one(receive, message):
    from dataclasses import replace

    parts = (_part("蓝", "高唐县"), replace(_part("黄", "临清市"), expires=None))
    assert receive(cap.build(replace(cap.parse(message("open")), infos=parts))).expires is None
