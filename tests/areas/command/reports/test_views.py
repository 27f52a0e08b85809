"""The pages of reports: list, editor, signing, sending, files, and who may see them."""

from io import BytesIO

import docx
import pytest
from django.urls import reverse

from anlan.areas.command.reports.models import Report, ReportDelivery, ReportDuty
from anlan.areas.command.reports.queries import room_of
from tests.foundation.documents.reading import pages

pytestmark = pytest.mark.django_db


def url(name, pk=None):
    return reverse(f"reports:{name}", args=[pk] if pk else [])


def test_list_shows_duties_with_clause_and_countdown(client_of, leak):
    page = client_of("duty_officer").get(url("list")).content.decode()
    assert "山东省安全生产条例 第六十五条" in page
    assert "data-due=" in page
    assert "待核对" in page


def test_from_draft_to_sent_through_the_pages(client_of, leak):
    officer, leader = client_of("duty_officer"), client_of("commander")
    made = officer.post(url("draft", leak.pk), {"kind": "first"})
    report = Report.objects.get()
    assert made.url == url("detail", report.pk)
    editor = officer.get(made.url).content.decode()
    assert "失联" in editor
    assert "hx-post" in editor
    values = {"title": report.title, "addressee": report.addressee, "copy_to": "市气象局", "urgency": "特急"}
    values |= {f"section-{s['key']}": s["text"] for s in report.sections}
    saved = officer.post(url("save", report.pk), values | {"revision": 1, "section-impact": "下风向两个村庄"})
    assert saved.status_code == 302
    assert officer.post(url("approve", report.pk), {"revision": 2}).status_code == 403
    leader.post(url("approve", report.pk), {"revision": 2})
    report.refresh_from_db()
    assert (report.status, report.copy_to) == ("approved", "市气象局")
    assert "下风向两个村庄" in str(report.sections)
    form = {"to-province_safety_office": "on", "by-province_safety_office": "written", "others": "市委办、市人大"}
    form |= {f"by-{role}": "written" for role in ("province_bureau", "province_government", "city_party_committee",
                                                   "city_government")}  # fmt: skip
    assert officer.post(url("send", report.pk), form).status_code == 302
    assert set(report.deliveries.values_list("addressee", flat=True)) == {"省政府安委会办公室", "市委办", "市人大"}
    delivery = report.deliveries.get(to_role="province_safety_office")
    officer.post(url("receipt", delivery.pk), {"receipt": "王五"})
    assert "王五" in officer.get(url("detail", report.pk)).content.decode()
    officer.post(url("correct", report.pk), {"reason": "地点有误"})
    assert report.corrections.get().is_draft


def test_a_stale_editor_is_refused(client_of, first):
    officer = client_of("duty_officer")
    values = {"title": "改过", "addressee": "省厅", "copy_to": "", "urgency": ""}
    officer.post(url("save", first.pk), values | {"revision": 1})
    answer = officer.post(url("save", first.pk), values | {"title": "又改", "revision": 1}, follow=True)
    assert "刚刚被别人改过" in answer.content.decode()
    first.refresh_from_db()
    assert first.title == "改过"


def test_preview_shows_what_is_typed_and_keeps_nothing(client_of, first):
    answer = client_of("duty_officer").post(
        url("preview", first.pk), {"title": "#import <b>", "addressee": "省厅", "copy_to": "", "urgency": ""}
    )
    assert answer.status_code == 200
    assert "data:image/png;base64," in answer.content.decode()
    assert Report.objects.get(pk=first.pk).title == first.title


def test_a_call_is_noted_from_the_page(client_of, leak):
    call = ReportDuty.objects.get(incident=leak, from_role="city_government", to_role="province_safety_office",
                                  channel="phone")  # fmt: skip
    officer = client_of("duty_officer")
    assert "接电话人" in officer.get(f"{url('list')}?incident={leak.pk}").content.decode()
    officer.post(url("phone", call.pk), {"spoke_to": ""})
    assert not ReportDelivery.objects.exists()
    officer.post(url("phone", call.pk), {"spoke_to": "李四", "text": "三人失联"})
    assert ReportDelivery.objects.get().receipt == "李四"


@pytest.mark.parametrize("is_exercise", [True, False])
def test_pdf_and_docx_come_down_with_their_marks(client_of, people, raise_one, is_exercise):
    from anlan.areas.command.reports.services.reports import draft_report

    one = raise_one(is_exercise=is_exercise)
    report = draft_report(actor=people["duty_officer"], incident=one, kind="first")
    officer = client_of("duty_officer")
    sheet = pages(officer.get(url("pdf", report.pk)).content)
    assert all(("【演练】" in text) == is_exercise for text in sheet)
    assert all("【草稿】" in text for text in sheet)
    assert "高唐县姜店镇" in sheet[0]
    answer = officer.get(url("docx", report.pk))
    assert f"report-{report.pk}.docx" in answer["Content-Disposition"]
    made = docx.Document(BytesIO(answer.content))
    assert ("演练" in made.sections[0].header.paragraphs[0].text) == is_exercise
    page = officer.get(url("detail", report.pk)).content.decode()
    assert ("exercise-ribbon" in page) == is_exercise


def test_another_county_sees_nothing(client_of, people, raise_one, kinds):
    from anlan.areas.command.reports.services.reports import draft_report

    one = raise_one(area="371502001", place="东昌府区古楼街道", figures={"missing": 3})
    report = draft_report(actor=people["duty_officer"], incident=one, kind="first")
    duty = ReportDuty.objects.filter(incident=one).first()
    county = client_of("county")
    for name in ("detail", "pdf", "docx"):
        assert county.get(url(name, report.pk)).status_code == 404
    for name in ("save", "preview", "figures", "send", "discard", "correct"):
        assert county.post(url(name, report.pk)).status_code == 404
    assert county.post(url("phone", duty.pk), {"spoke_to": "x"}).status_code == 404
    assert county.post(url("draft", one.pk), {"kind": "first"}).status_code == 404
    assert county.get(f"{url('list')}?incident={one.pk}").status_code == 404
    assert report.title not in county.get(url("list")).content.decode()
    assert room_of(people["county"], one)["duties"] == []


def test_the_county_itself_sees_its_duties_and_not_the_citys(people, leak):
    levels = {duty.level for duty in room_of(people["county"], leak)["duties"]}
    assert levels == {"county"}
    assert {duty.level for duty in room_of(people["duty_officer"], leak)["duties"]} == {"county", "city"}


def test_the_room_offers_what_comes_next(client_of, people, leak, sent):
    room = room_of(people["duty_officer"], leak)
    assert [kind for kind, _ in room["kinds"]] == ["followup", "final"]
    assert room_of(people["analyst"], leak)["kinds"] == []
    page = client_of("duty_officer").get(f"{url('list')}?incident={leak.pk}").content.decode()
    assert "拟续报" in page
    assert sent.title in page


@pytest.mark.parametrize("role", ["warehouse", "enterprise", "system_administrator"])
def test_who_does_not_report_does_not_read(client_of, role):
    assert client_of(role).get(url("list")).status_code == 403


def test_indicator_counts_what_went_out_in_time(people, sent):
    from django.utils import timezone

    from anlan.foundation.indicators.registry import indicators

    measure = indicators()["command.reports_in_time"].compute("371500", timezone.now())
    assert (measure.value, measure.samples) == (100.0, 1)
    assert indicators()["command.reports_in_time"].compute("371502", timezone.now()).value is None
