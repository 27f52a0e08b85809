"""EDXL messages of other bureaus: kept, handed over, refused with reasons; ours provided within the scope."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.areas.medical.capacity.models import Hospital
from anlan.areas.risk.warning.models import Warning, WarningProblem
from anlan.foundation.accounts.models import ApiToken, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import load_event_kinds, raise_incident
from anlan.foundation.resources.models import ResourceRequest
from anlan.foundation.resources.services import request_resource
from anlan.protocols import cap, edxl
from anlan.protocols.edxl import de, have, rm, sitrep
from anlan.protocols.edxl.parts import OrganisationDetails, organisation
from anlan.web.models import Exchange, ExchangedMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.localtime().replace(microsecond=0)


@pytest.fixture
def hospital(city):
    return Hospital.objects.create(code="H1", name="高唐县人民医院", area_id="371526", free_beds=9)


@pytest.fixture
def incident(people, rules):
    load_event_kinds()
    return raise_incident(
        actor=people["duty_officer"], title="徒骇河险情", kind="11A01", area="371526", place="南关", lon=116.23, lat=36.86,
        figures={"dead": 0, "evacuated": 1200}, description="水位超警戒",
    )  # fmt: skip


@pytest.fixture
def post(people, rules):
    """Hand a document in with the key of a role; by default of a platform that holds two posts."""

    posts = list(Post.objects.filter(role__in=("duty_officer", "department"), department__code="yjj"))
    people["program"] = make_user(
        username="program",
        full_name="平台接口",
        password="Anlan-demo-2026",
        department=posts[0].department,
        posts=posts,
    )

    def send(document: bytes, role: str = "program"):
        token = ApiToken.issue(user=people[role], name="交换", expires_at=timezone.now() + timedelta(days=1))
        return Client(enforce_csrf_checks=True).post(
            "/exchange/edxl/", document, content_type="application/xml", headers={"Authorization": f"Bearer {token}"}
        )

    return send


def alert(now) -> cap.Alert:
    info = cap.Info(
        language="zh-CN", categories=("Met",), event="暴雨", urgency="Expected", severity="Severe", certainty="Likely",
        event_codes=((cap.EVENT_CODE_NAME, "11B03"),), headline="高唐县气象台发布暴雨橙色预警信号",
        expires=now + timedelta(hours=6),
        areas=(cap.Area(area_desc="高唐县", geocodes=(("GB/T 2260", "371526000000"),)),),
    )  # fmt: skip
    return cap.Alert(
        identifier="37152641600000_20190811003000", sender="gaotang@weather.example", sent=now, status="Actual",
        message_type="Alert", scope="Public", infos=(info,),
    )  # fmt: skip


def beds(now, *, name: str = "高唐县人民医院", identifier: str = "", free: int = 40) -> have.HospitalStatus:
    def counted(kind: str, count: int, **more) -> have.BedCapacity:
        return have.BedCapacity(
            bed_types=(kind,), capacities=(have.Capacity(status=have.AVAILABLE, available=count, **more),)
        )

    report = have.Hospital(
        organization=have.Organization(information=OrganisationDetails(names=(organisation(name, identifier),))),
        beds=have.Beds(
            capacities=(
                counted("MedicalSurgical", free), counted("OperatingRooms", 6), counted("OtherIsolation", 2, baseline=30)
            )
        ),
        updated=now,
    )  # fmt: skip
    return have.HospitalStatus(hospitals=(report,))


def wanted(now, code: str, *, kind: str = "team", amount: str = "2") -> rm.ResourceMessage:
    item = rm.ResourceInformation(
        identifier="1",
        resource=rm.Resource(name="抢险队伍", kind=rm.ValueList(urn="urn:x", values=(kind,))),
        assignment=rm.Assignment(quantity=rm.Quantity(texts=(amount,)), anticipated_function="封堵管涌"),
        schedules=(
            rm.Schedule(kind="RequestedArrival", at=now + timedelta(hours=3), location=rm.Location(description="南关泵站")),
        ),
    )  # fmt: skip
    return rm.ResourceMessage(
        identifier="urn:gt:1", sent=now, kind="RequestResource", originating_id="urn:gt:1", resources=(item,),
        incidents=(rm.Incident(identifier=code),), contacts=(rm.Contact(role="Requester"),),
    )  # fmt: skip


def seen(now, code: str) -> sitrep.SituationReport:
    report = sitrep.FieldObservation(
        location=sitrep.Location(political=sitrep.Political(codes=(sitrep.ValueList(uri="u", values=("371526",)),))),
        text="南关积水 0.8 米", immediate_needs="泵车",
    )  # fmt: skip
    return sitrep.SituationReport(
        identifier="S-1", prepared_by=sitrep.signed("王建国", now), authorized_by=sitrep.signed("李红", now),
        purpose="险情续报", number=2, version="Update", period=sitrep.Period(start=now - timedelta(hours=2), end=now),
        incident_ids=(code,), confidence="HighlyConfident", severity="Severe", report=report,
    )  # fmt: skip


def envelope(now, *documents: bytes, **said) -> de.Distribution:
    values = {"identifier": "D-1", "sender": "a@b", "sent": now, "status": "Actual", "kind": "Report"} | said
    return de.Distribution(confidentiality="内部", contents=tuple(map(de.embed, documents)), **values)


def test_an_envelope_s_messages_reach_those_whom_they_concern(post, now, hospital, incident):
    document = de.build(
        envelope(
            now, cap.build(alert(now)), have.build(beds(now)), rm.build(wanted(now, incident.code)),
            sitrep.build(seen(now, incident.code)),
        )
    )  # fmt: skip
    response = post(document)
    said = response.json()
    assert response.status_code == 201, said
    assert [message["result"] for message in said["messages"]] == ["accepted"] * 4
    assert Warning.objects.get().area_id == "371526"
    hospital.refresh_from_db()
    assert (hospital.free_beds, hospital.infectious_beds, hospital.reported_at) == (42, 30, now)
    request = ResourceRequest.objects.get()
    assert (request.kind, request.quantity, request.place) == ("team", 2, "南关泵站")
    entry = TimelineEntry.objects.get(kind="report")
    assert "南关积水 0.8 米" in entry.text
    assert "王建国" in entry.source
    kept = Exchange.objects.get()
    assert (kept.direction, kept.result, bytes(kept.raw)) == ("in", "accepted", document)
    assert AuditEntry.objects.filter(action="exchange.receive").exists()


def test_the_same_document_and_the_same_message_are_taken_in_once(post, now, incident):
    document = rm.build(wanted(now, incident.code))
    assert (post(document).status_code, post(document).status_code) == (201, 200)
    again = post(de.build(envelope(now, document)))
    assert [message["result"] for message in again.json()["messages"]] == ["known"]
    assert ResourceRequest.objects.count() == 1


def test_a_warning_that_came_bare_is_known_in_an_envelope(post, now):
    document = cap.build(alert(now))
    assert post(document).status_code == 201
    again = post(de.build(envelope(now, document)))
    assert [message["result"] for message in again.json()["messages"]] == ["known"]
    assert Warning.objects.count() == 1


def test_base64_content_is_opened(post, now, hospital):
    data = base64.b64encode(have.build(beds(now, identifier="H1", name="别名"))).decode()
    item = de.ContentObject(non_xml=de.NonXMLContent(mime_type="application/xml", data=data))
    assert post(de.build(replace(envelope(now), contents=(item,)))).status_code == 201
    hospital.refresh_from_db()
    assert hospital.free_beds == 42


def test_what_is_malformed_is_kept_with_the_reason_and_listed(post, now, client_of):
    response = post(b"<EDXLDistribution/>")
    assert response.status_code == 422
    assert "EDXL-DE" in response.json()["problems"][0]
    kept = Exchange.objects.get()
    assert (kept.result, bytes(kept.raw)) == ("refused", b"<EDXLDistribution/>")
    page = client_of("duty_officer").get("/exchange/?show=problems").content.decode()
    assert "无法识别的文档" in page
    assert "EDXL-DE" in client_of("duty_officer").get(f"/exchange/{kept.pk}/").content.decode()


def test_a_failed_envelope_is_listed_as_what_it_means_to_be(post):
    document = f'<EDXLDistribution xmlns="{de.NAMESPACE}"><senderID>a</senderID></EDXLDistribution>'
    assert "distributionID：缺少，必填" in post(document.encode()).json()["problems"]
    assert Exchange.objects.get().standard == "EDXL-DE"


def test_one_bad_message_does_not_cost_the_others(post, now, hospital):
    broken = cap.build(alert(now)).replace(b"<sender>gaotang@weather.example</sender>", b"")
    response = post(de.build(envelope(now, broken, have.build(beds(now)))))
    said = response.json()["messages"]
    assert response.status_code == 207
    assert [message["result"] for message in said] == ["refused", "accepted"]
    assert said[0]["detail"] == "sender：缺少，必填"
    hospital.refresh_from_db()
    assert hospital.free_beds == 42


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "371526-20000101-001"}, "没有这个事件，或不在管辖范围内"),
        ({"kind": "飞艇"}, "没有台账提供这种资源，可用"),
        ({"amount": "若干"}, "应为正整数"),
    ],
)
def test_a_request_that_cannot_be_used_says_why(post, now, incident, change, reason):
    response = post(rm.build(wanted(now, **({"code": incident.code} | change))))
    assert response.status_code == 422
    assert reason in response.json()["messages"][0]["detail"]
    assert not ResourceRequest.objects.exists()


def test_an_unknown_hospital_and_an_older_report_change_nothing(post, now, hospital):
    assert "请先登记" in post(have.build(beds(now, name="别的医院"))).json()["messages"][0]["detail"]
    assert post(have.build(beds(now))).status_code == 201
    older = post(have.build(beds(now - timedelta(hours=1), free=1))).json()
    assert older["messages"][0]["result"] == "known"
    hospital.refresh_from_db()
    assert hospital.free_beds == 42


def test_exercises_and_tests_do_not_touch_what_is_real(post, now, hospital, incident):
    documents = (have.build(beds(now)), sitrep.build(seen(now, incident.code)))
    exercise = post(de.build(envelope(now, *documents, status="Exercise")))
    assert exercise.status_code == 422
    assert all("演练" in message["detail"] for message in exercise.json()["messages"])
    test = post(de.build(envelope(now, *documents, status="Test")))
    assert [message["result"] for message in test.json()["messages"]] == ["kept", "kept"]
    hospital.refresh_from_db()
    assert hospital.free_beds == 9
    assert Exchange.objects.filter(is_exercise=True).count() == 2


def test_other_resource_messages_become_lines_of_the_timeline(post, now, incident):
    release = replace(
        wanted(now, incident.code), kind="ReleaseResource", identifier="urn:gt:2", preceding_id="urn:gt:1",
        description="归还两支队伍",
    )  # fmt: skip
    assert post(rm.build(release)).status_code == 201
    assert "释放资源" in TimelineEntry.objects.filter(kind="resource").latest("pk").text


def test_each_message_needs_what_its_matter_needs(post, now, hospital, incident):
    """A hospital's officer may report beds, but neither warn nor ask for resources."""
    response = post(
        de.build(envelope(now, cap.build(alert(now)), have.build(beds(now)), rm.build(wanted(now, incident.code)))),
        "hospital",
    )
    assert [message["result"] for message in response.json()["messages"]] == ["refused", "accepted", "refused"]
    assert not Warning.objects.exists()
    assert not WarningProblem.objects.exists()


def test_a_county_reaches_only_its_own_area(post, now, people, rules, city):
    load_event_kinds()
    other = raise_incident(actor=people["duty_officer"], title="临清险情", kind="11A01", area="371581", place="卫运河")
    Hospital.objects.create(code="H2", name="临清市人民医院", area_id="371581", free_beds=1)
    answers = (
        post(sitrep.build(seen(now, other.code)), "county"),
        post(have.build(beds(now, name="临清市人民医院")), "county"),
        post(rm.build(wanted(now, other.code)), "county"),
    )
    assert {answer.status_code for answer in answers} == {422}
    assert Hospital.objects.get(code="H2").free_beds == 1


@pytest.mark.parametrize(("role", "status"), [("analyst", 403), ("warehouse", 403), ("department", 201)])
def test_who_may_hand_in(post, now, hospital, role, status):
    assert post(have.build(beds(now)), role).status_code == status


def test_strangers_and_forged_forms_are_turned_away(now, people, client_of, hospital):
    document = have.build(beds(now))
    assert Client().post("/exchange/edxl/", document, content_type="text/xml").status_code == 401
    wrong = {"Authorization": "Bearer x"}
    assert Client().post("/exchange/edxl/", document, content_type="text/xml", headers=wrong).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["duty_officer"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/exchange/edxl/", document, content_type="text/xml").status_code == 403
    assert Client().get("/exchange/edxl/have/").status_code == 401
    assert not Exchange.objects.exists()


def messages_in(response) -> list:
    assert response.status_code == 200, response.content
    distribution = de.parse(response.content)
    return [content.message for content in edxl.contents(distribution)]


def test_hospitals_are_provided_within_the_scope(client_of, hospital):
    Hospital.objects.create(code="H2", name="临清市人民医院", area_id="371581", free_beds=None)
    (status,) = messages_in(client_of("duty_officer").get("/exchange/edxl/have/"))
    assert [(one.name, one.identifier, one.available()) for one in status.hospitals] == [
        ("高唐县人民医院", "H1", 9),
        ("临清市人民医院", "H2", None),
    ]
    (status,) = messages_in(client_of("county").get("/exchange/edxl/have/"))
    assert [one.name for one in status.hospitals] == ["高唐县人民医院"]
    assert client_of("field").get("/exchange/edxl/have/").status_code == 403
    assert Exchange.objects.filter(direction="out").count() == 2


def test_what_we_provide_can_be_taken_in_again(post, client_of, hospital):
    document = client_of("duty_officer").get("/exchange/edxl/have/").content
    Hospital.objects.update(free_beds=1, reported_at=timezone.now() - timedelta(days=1))
    assert post(document).status_code == 201
    hospital.refresh_from_db()
    assert hospital.free_beds == 9


def test_demonstration_hospitals_are_provided_as_an_exercise(client_of, city):
    Hospital.objects.create(code="D", name="示例医院", area_id="371526", is_demo=True)
    distribution = de.parse(client_of("duty_officer").get("/exchange/edxl/have/").content)
    assert distribution.status == "Exercise"


def test_an_incident_is_provided_as_situation_reports(client_of, incident, people):
    request_resource(actor=people["duty_officer"], incident=incident, kind="team", what="抢险队伍", quantity=3)
    reports = messages_in(client_of("duty_officer").get(f"/exchange/edxl/sitrep/{incident.code}/"))
    assert [type(report.report) for report in reports] == [
        sitrep.SituationInformation, sitrep.CasualtyAndIllnessSummary, sitrep.ResponseResourcesTotals,
        sitrep.ManagementReportingSummary,
    ]  # fmt: skip
    categories = reports[1].report.counts.categories
    assert (categories.fatalities, categories.evacuated, categories.missing) == (0, 1200, None)
    assert reports[2].report.still_needed.resources == 3
    again = messages_in(client_of("county").get(f"/exchange/edxl/sitrep/{incident.pk}/"))
    assert (again[0].number, again[0].version) == (2, "Update")


def test_what_lies_outside_is_not_provided(client_of, people, rules, city):
    load_event_kinds()
    other = raise_incident(
        actor=people["duty_officer"], title="临清险情", kind="11A01", area="371581", place="卫运河", is_exercise=True
    )
    request = request_resource(actor=people["duty_officer"], incident=other, kind="team", what="队伍")
    county = client_of("county")
    assert county.get(f"/exchange/edxl/sitrep/{other.code}/").status_code == 404
    assert county.get(f"/exchange/edxl/rm/{request.pk}/").status_code == 404
    city_wide = client_of("duty_officer").get(f"/exchange/edxl/rm/{request.pk}/")
    assert de.parse(city_wide.content).status == "Exercise"
    (message,) = messages_in(city_wide)
    assert (message.incidents[0].identifier, str(message.resources[0].resource)) == (other.code, "队伍")


def test_a_county_sees_its_own_exchanges_only(post, now, client_of, hospital):
    post(have.build(beds(now)))
    post(have.build(beds(now, free=5)), "county")
    own = Exchange.objects.get(area_id="371526")
    foreign = Exchange.objects.exclude(pk=own.pk).get()
    county = client_of("county")
    assert [row.pk for row in county.get("/exchange/").context["page"]] == [own.pk]
    assert county.get(f"/exchange/{foreign.pk}/").status_code == 404
    assert county.get(f"/exchange/{foreign.pk}/original.xml").status_code == 404
    assert county.get(f"/exchange/{own.pk}/original.xml").content == bytes(own.raw)
    assert len(client_of("analyst").get("/exchange/").context["page"]) == 2
    assert client_of("hospital").get("/exchange/").status_code == 403
    assert ExchangedMessage.objects.count() == 2


def test_a_document_from_a_stick_is_taken_in_on_the_page(client_of, hospital, incident, rules):
    from django.core.files.uploadedfile import SimpleUploadedFile

    officer = client_of("duty_officer")
    page = officer.get("/exchange/").content.decode()
    assert 'name="document"' in page
    assert f"/exchange/edxl/sitrep/{incident.pk}/" in page
    alert = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>STICK-1</identifier>'
        "<sender>37150041600000</sender><sent>2026-11-29T08:00:00+08:00</sent><status>Actual</status>"
        "<msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category>"
        "<event>大风</event><urgency>Expected</urgency><severity>Minor</severity><certainty>Likely</certainty>"
        "<area><areaDesc>高唐县</areaDesc></area></info></alert>"
    )
    given = SimpleUploadedFile("warning.xml", alert.encode(), "application/xml")
    answer = officer.post("/exchange/upload/", {"document": given})
    found = Exchange.objects.get(direction="in")
    assert (answer.status_code, answer.url) == (302, f"/exchange/{found.pk}/")
    assert found.result == "accepted"
    assert "warning.xml" in found.partner
    assert Warning.objects.filter(identifier="STICK-1").exists()
    assert officer.post("/exchange/upload/", {}, follow=True).status_code == 200
    assert Exchange.objects.count() == 1
    assert client_of("analyst").post("/exchange/upload/", {}).status_code == 403


def test_a_picture_in_an_envelope_is_kept_and_no_fault_of_the_message(post, now):
    alert = (
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>WITH-PICTURE</identifier>'
        b"<sender>37150041600000</sender><sent>2026-11-29T08:00:00+08:00</sent><status>Actual</status>"
        b"<msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Wind</event>"
        b"<urgency>Expected</urgency><severity>Minor</severity><certainty>Likely</certainty>"
        b"<area><areaDesc>x</areaDesc><geocode><valueName>x</valueName><value>371526</value></geocode></area></info></alert>"
    )
    picture = de.NonXMLContent(mime_type="image/png", data=base64.b64encode(b"\x89PNG....").decode())
    envelope = de.Distribution(
        identifier="P1", sender="bureau@example", sent=now, status="Actual", kind="Report", confidentiality="内部",
        contents=(de.embed(alert), de.ContentObject(description="雷达图", non_xml=picture)),
    )  # fmt: skip
    answer = post(de.build(envelope))
    assert answer.status_code == 201
    assert [one["result"] for one in answer.json()["messages"]] == ["accepted", "kept"]
    kept = ExchangedMessage.objects.get(title="雷达图")
    assert kept.kind == "image/png"
    assert "附件" in kept.detail
