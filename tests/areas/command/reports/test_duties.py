"""Who must report to whom by when: the strictest limit binds, all are shown, a graver grade adds duties."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.command.reports.models import ReportDuty
from anlan.areas.command.reports.services.duties import running_clocks
from anlan.areas.command.reports.services.reports import record_phone_report
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import escalate_clocks
from anlan.foundation.incidents.services import change_status, confirm_grade, merge_incident, update_figures


def duty(incident, from_role, to_role, channel):
    return ReportDuty.objects.get(
        incident=incident, from_role=from_role, to_role=to_role, channel=channel, cancelled_at=None
    )


def test_shandong_asks_for_a_call_in_30_minutes_and_writing_in_an_hour(leak):
    call = duty(leak, "city_government", "province_safety_office", "phone")
    assert call.due_at == leak.received_at + timedelta(minutes=30)
    assert "山东省安全生产条例 第六十五条" in call.citation
    assert call.is_checked
    written = duty(leak, "city_government", "province_safety_office", "written")
    assert written.due_at == leak.received_at + timedelta(minutes=60)
    national = duty(leak, "city_bureau", "province_bureau", "any")
    assert national.minutes == 120
    assert "第493号" in national.citation


def test_a_light_accident_needs_no_writing_to_the_province(raise_one):
    one = raise_one(figures={"injured": 1})
    owed = set(ReportDuty.objects.filter(incident=one).values_list("from_role", "to_role", "channel"))
    assert ("city_government", "province_safety_office", "phone") in owed
    assert ("city_government", "province_safety_office", "written") not in owed


def test_one_legal_clock_for_each_reporter_and_channel_runs_the_strictest(leak):
    clocks = {(clock.area_code, clock.title.partition("报告")[0]): clock for clock in running_clocks(leak)}
    assert {key: round((c.due_at - leak.received_at).total_seconds() / 60) for key, c in clocks.items()} == {
        ("371500", "电话"): 30,
        ("371526", "电话"): 30,
        ("371500", "书面"): 60,
        ("371526", "书面"): 60,
    }
    assert all(clock.kind == Clock.Kind.LEGAL and clock.citation for clock in clocks.values())


def test_a_city_wide_incident_gives_no_county_a_duty(raise_one):
    one = raise_one(area="371500", place="全市", kind="11B03")
    assert {duty.level for duty in ReportDuty.objects.filter(incident=one)} <= {"city"}


def test_a_graver_grade_adds_duties_from_when_it_was_known(people, raise_one):
    one = raise_one(figures={"dead": 0}, received_at=timezone.now() - timedelta(hours=5),
                    occurred_at=timezone.now() - timedelta(hours=6))  # fmt: skip
    before = timezone.now()
    update_figures(actor=people["duty_officer"], incident=one, figures={"dead": 3}, source="市人民医院")
    written = duty(one, "city_government", "province_safety_office", "written")
    assert written.started_at >= before
    old = duty(one, "city_government", "province_safety_office", "phone")
    assert old.started_at == one.received_at


def test_a_grade_in_force_never_lightens_what_the_figures_ask_for(people, leak):
    confirm_grade(actor=people["duty_officer"], incident=leak, grade="IV", reason="人数待核")
    assert duty(leak, "city_government", "province_safety_office", "written").is_open


def test_a_telephone_report_meets_the_call_and_not_the_writing(people, leak):
    call = duty(leak, "city_government", "province_safety_office", "phone")
    delivery = record_phone_report(actor=people["duty_officer"], incident=leak, duty=call, spoke_to="省安委办 李四")
    call.refresh_from_db()
    assert call.met_at == delivery.sent_at
    assert delivery.due_at == call.due_at
    assert not delivery.was_late
    assert duty(leak, "city_government", "province_safety_office", "written").is_open
    assert Clock.objects.get(subject_id=call.pk, rule=call.rule).met_at == delivery.sent_at
    assert ("371526", "电话") in {(c.area_code, c.title.partition("报告")[0]) for c in running_clocks(leak)}
    assert leak.timeline.filter(kind="report", text__contains="李四").exists()


def test_a_late_call_is_late_and_its_clock_was_raised(people, raise_one):
    one = raise_one(received_at=timezone.now() - timedelta(minutes=50), occurred_at=timezone.now() - timedelta(hours=1))
    escalate_clocks()
    call = duty(one, "city_government", "province_safety_office", "phone")
    assert Clock.objects.get(subject_id=call.pk, rule=call.rule).escalated == 100
    assert record_phone_report(actor=people["duty_officer"], incident=one, duty=call, spoke_to="李四").was_late


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_duties_fall_away_with_the_incident(people, leak, raise_one, how):
    if how == "merged":
        merge_incident(actor=people["duty_officer"], incident=leak, into=raise_one(title="同一起泄漏"))
    else:
        change_status(actor=people["duty_officer"], incident=leak, status="closed", reason="误报")
    assert not ReportDuty.objects.filter(incident=leak, met_at=None, cancelled_at=None).exists()
    assert running_clocks(leak) == []


def test_the_clocks_of_an_exercise_are_an_exercises(raise_one):
    one = raise_one(is_exercise=True)
    assert all(clock.is_exercise for clock in running_clocks(one))
