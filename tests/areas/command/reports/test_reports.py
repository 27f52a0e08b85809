"""From a draft that the record writes to a report that went out: what it says, who signed, what never changes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from anlan.areas.command.reports.documents import as_official
from anlan.areas.command.reports.models import Report, ReportDuty
from anlan.areas.command.reports.services.reports import (
    Addressee,
    approve_report,
    correct_report,
    discard_report,
    draft_report,
    edit_report,
    record_receipt,
    refresh_figures,
    send_report,
)
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.incidents.services import add_note, confirm_grade, update_figures


def words(report) -> str:
    """Everything that the document of a report says."""
    document = as_official(report)
    parts = [document.title, document.number, document.addressee]
    for section in document.sections:
        parts += [section.heading, *section.paragraphs]
        if section.table:
            parts += [" ".join(row) for row in section.table.rows] + [section.table.note]
    return "\n".join(parts)


def test_a_first_report_tells_time_place_kind_casualties_measures_and_grade(people, leak, first):
    text = words(first)
    for part in (
        "高唐县应急管理局",
        "高唐县姜店镇",
        "储罐法兰泄漏",
        str(leak.kind),
        "失联 3 人",
        "初步判断为较大",
        "第493号",
    ):
        assert part in text, part
    assert first.title == "关于姜店镇化工厂泄漏的信息报告（初报）"
    assert first.urgency == "特急"
    assert "省政府安委会办公室" in first.addressee


def test_unknown_is_said_and_never_zero(first):
    text = words(first)
    assert "死亡 未知 — —" in text
    assert "重伤 未知 — —" in text
    assert "0 人" not in text
    assert "“未知”表示报告时没有可靠数字，不等于零。" in text
    assert "未知，正在核实。" in text


def test_a_known_zero_is_zero(people, raise_one):
    one = raise_one(figures={"dead": 0})
    assert "死亡 0 人" in words(draft_report(actor=people["duty_officer"], incident=one, kind="first"))


def test_figures_carry_source_and_time(people, leak):
    update_figures(actor=people["duty_officer"], incident=leak, figures={"injured": 2}, source="高唐县人民医院")
    report = draft_report(actor=people["duty_officer"], incident=leak, kind="first")
    (injured,) = [figure for figure in report.figures if figure["name"] == "injured"]
    assert (injured["value"], injured["source"]) == (2, "高唐县人民医院")
    assert injured["at"]


def test_a_second_person_signs(people, first):
    first.drafted_by = people["commander"]
    first.save()
    with pytest.raises(PermissionDenied):
        approve_report(actor=people["commander"], report=first)
    with pytest.raises(PermissionDenied):
        approve_report(actor=people["duty_officer"], report=first)
    first.approved_by = people["commander"]
    with pytest.raises(IntegrityError):
        first.save()


def test_what_was_not_seen_is_not_signed_or_overwritten(people, first):
    edit_report(actor=people["duty_officer"], report=first, values={"title": "新标题"}, texts={}, revision=1)
    with pytest.raises(ValidationError):
        approve_report(actor=people["commander"], report=first, revision=1)
    with pytest.raises(ValidationError):
        edit_report(actor=people["department"], report=first, values={}, texts={}, revision=1)
    assert approve_report(actor=people["commander"], report=first, revision=2).number.endswith("1号")


def test_sending_meets_the_written_duties_and_is_on_the_timeline(people, leak, sent):
    met = ReportDuty.objects.get(incident=leak, from_role="city_government", to_role="province_safety_office",
                                 channel="written")  # fmt: skip
    assert met.met_at == sent.sent_at
    assert sent.deliveries.get().due_at == met.due_at
    assert not sent.deliveries.get().was_late
    assert leak.timeline.filter(kind="report", text__contains="报出初报").exists()


def test_only_a_signed_report_goes_out(people, first):
    with pytest.raises(ValidationError):
        send_report(actor=people["duty_officer"], report=first, addressees=[Addressee("省厅", "written")])


def test_one_report_goes_to_many_and_each_gives_its_receipt(people, first):
    approve_report(actor=people["commander"], report=first)
    made = send_report(
        actor=people["duty_officer"],
        report=first,
        addressees=[
            Addressee("省应急管理厅", "system", "province_bureau"),
            Addressee("市委总值班室", "written", "city_party_committee"),
            Addressee("某集团公司", "phone"),
        ],
    )
    assert len(made) == 3
    receipt = record_receipt(actor=people["duty_officer"], delivery=made[0], receipt="王五 签收")
    assert receipt.receipt_at
    with pytest.raises(ValidationError):
        record_receipt(actor=people["duty_officer"], delivery=made[0], receipt="另一人")


def test_a_sent_report_never_changes(people, sent):
    before = words(sent)
    for change in (
        lambda: edit_report(actor=people["duty_officer"], report=sent, values={"title": "改"}, texts={}),
        lambda: refresh_figures(actor=people["duty_officer"], report=sent),
        lambda: discard_report(actor=people["duty_officer"], report=sent),
    ):
        with pytest.raises(ValidationError):
            change()
    update_figures(actor=people["duty_officer"], incident=sent.incident, figures={"missing": 5}, source="县公安局")
    fixed = correct_report(actor=people["duty_officer"], report=sent, reason="失联人数应为 5 人")
    sent.refresh_from_db()
    assert words(sent) == before
    assert fixed.corrects == sent
    assert "失联人数应为 5 人" in words(fixed)
    assert "失联 5 人" in words(fixed)
    assert sent.number in words(fixed)


def test_a_follow_up_tells_only_what_is_new(people, leak, sent):
    add_note(actor=people["duty_officer"], incident=leak, text="消防救援支队关闭上游阀门")
    update_figures(actor=people["duty_officer"], incident=leak, figures={"missing": 1}, source="县公安局")
    confirm_grade(actor=people["duty_officer"], incident=leak, grade="III", reason="以首报为准")
    report = draft_report(actor=people["duty_officer"], incident=leak, kind="followup")
    text = words(report)
    assert report.title.endswith("（续报一）")
    assert "关闭上游阀门" in text
    assert "失联 1 人 3 人 县公安局" in text
    assert "定级：较大" in text
    for old in ("储罐法兰泄漏", "来源", "死亡", "接报："):
        assert old not in text, old


def test_a_follow_up_without_news_is_a_zero_report(people, leak, sent):
    report = draft_report(actor=people["duty_officer"], incident=leak, kind="followup")
    text = words(report)
    assert "没有新情况（零报告）" in text
    assert "与前报相比没有变化" in text


def test_what_a_discarded_draft_told_is_still_new(people, leak, sent):
    add_note(actor=people["duty_officer"], incident=leak, text="阀门已关闭")
    draft = draft_report(actor=people["duty_officer"], incident=leak, kind="followup")
    discard_report(actor=people["duty_officer"], report=draft)
    again = draft_report(actor=people["duty_officer"], incident=leak, kind="followup")
    assert again.sequence == 1
    assert "阀门已关闭" in words(again)


def test_a_final_report_sums_up(people, leak, sent):
    add_note(actor=people["duty_officer"], incident=leak, text="泄漏得到控制")
    text = words(draft_report(actor=people["duty_officer"], incident=leak, kind="final"))
    for part in ("储罐法兰泄漏", "泄漏得到控制", "报出初报", "失联 3 人", "善后和恢复重建", "应急处置结束时间：未知"):
        assert part in text, part


def test_reports_come_in_order(people, leak):
    officer = people["duty_officer"]
    with pytest.raises(ValidationError):
        draft_report(actor=officer, incident=leak, kind="followup")
    draft = draft_report(actor=officer, incident=leak, kind="first")
    with pytest.raises(ValidationError):
        draft_report(actor=officer, incident=leak, kind="first")
    approve_report(actor=people["commander"], report=draft)
    with pytest.raises(ValidationError):
        draft_report(actor=officer, incident=leak, kind="first")


def test_a_natural_disaster_owes_a_report_every_day_until_the_final_one(people, raise_one):
    flood = raise_one(kind="11B03", title="姜店镇内涝")

    def go(kind):
        report = draft_report(actor=people["duty_officer"], incident=flood, kind=kind)
        approve_report(actor=people["commander"], report=report)
        to = [Addressee("省应急管理厅", "written", "province_bureau")]
        send_report(actor=people["duty_officer"], report=report, addressees=to)
        return ReportDuty.objects.filter(incident=flood, is_periodic=True, met_at=None, cancelled_at=None)

    (first_day,) = go("first")
    assert first_day.minutes == 24 * 60
    assert "自然灾害救助条例" in first_day.citation
    (second_day,) = go("followup")
    assert second_day.pk != first_day.pk
    assert not go("final").exists()


def test_exercises_are_marked_and_signing_is_audited(people, raise_one):
    one = raise_one(is_exercise=True)
    report = draft_report(actor=people["duty_officer"], incident=one, kind="first")
    assert as_official(report).marks == ("演练", "草稿")
    approve_report(actor=people["commander"], report=report)
    report.refresh_from_db()
    assert as_official(report).marks == ("演练",)
    assert AuditEntry.objects.filter(action="report.approve", details__number=report.number).exists()


def test_another_county_drafts_nothing_here(people, raise_one):
    one = raise_one(area="371502001", place="东昌府区古楼街道")
    with pytest.raises(PermissionDenied):
        draft_report(actor=people["county"], incident=one, kind="first")
    assert not Report.objects.exists()


def test_numbers_count_up_within_a_year_and_an_organ(people, leak, sent, raise_one):
    second = draft_report(actor=people["duty_officer"], incident=raise_one(title="另一起"), kind="first")
    approve_report(actor=people["commander"], report=second)
    second.refresh_from_db()
    assert second.serial == sent.serial + 1


def test_the_leader_is_called_to_sign_and_the_duty_room_confirms(people, raise_one):
    from anlan.areas.command.reports.services.receivers import ask_for_approval
    from anlan.foundation.notices.models import Notice
    from anlan.foundation.notices.services import confirm_notice

    one = raise_one(figures={"missing": 3})
    draft = draft_report(actor=people["county"], incident=one, kind="first")
    notice = ask_for_approval(actor=people["county"], report=draft)
    assert notice.post.role == "commander"
    assert notice.link == f"/reports/{draft.pk}/"
    approve_report(actor=people["commander"], report=draft)
    to = [Addressee("市应急管理局", "system", "city_bureau")]
    (delivery,) = send_report(actor=people["county"], report=draft, addressees=to)
    told = Notice.objects.get(title__startswith="收到信息报告")
    confirm_notice(notice=told, user=people["duty_officer"])
    delivery.refresh_from_db()
    assert delivery.receipt.startswith("值班员甲")
    assert delivery.receipt_at


def test_what_is_written_is_chinese_whatever_its_writer_reads(people, raise_one):
    from django.utils.translation import override

    with override("en"):
        one = raise_one(figures={"missing": 3})
        report = draft_report(actor=people["duty_officer"], incident=one, kind="first")
        text = words(report)
    assert report.title.endswith("（初报）")
    assert "失联 3 人" in text
    assert "省政府安委会办公室" in report.addressee
    assert "较大" in text
