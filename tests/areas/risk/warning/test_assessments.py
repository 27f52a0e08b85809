"""Alarms merge into one internal assessment for each county and hazard; it climbs, falls and ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.risk.warning.models import Assessment, AssessmentChange
from anlan.areas.risk.warning.services.assessments import end_quiet_assessments
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice


def colours() -> list[str]:
    return [row.payload["colour"] for row in OutboxRow.objects.filter(topic="AssessmentRaised").order_by("pk")]


def test_climbs_from_blue_to_orange_and_calls_at_each_step(exceed):
    exceed("blue")
    exceed("blue")
    exceed("orange")
    found = Assessment.objects.get()
    assert (found.area_id, found.hazard, found.colour, found.status) == ("371526", "rainstorm", "orange", "active")
    assert [change.kind for change in found.changes.all()] == ["raised", "climbed"]
    assert colours() == ["blue", "orange"]
    assert found.rule == "warning.rainstorm@1"
    assert "第16号" in found.citation
    assert "不是气象部门发布的预警信号" in found.text
    posts = {(str(notice.post), notice.urgency) for notice in Notice.objects.all()}
    assert posts == {
        (f"{post}", urgency)
        for post in ("高唐县应急管理局值班室", "市应急局值班员")
        for urgency in ("urgent", "critical")
    }
    assert all(notice.link == f"/assessments/{found.pk}/" for notice in Notice.objects.all())


def test_alarms_of_one_county_merge_and_the_worst_decides(exceed):
    exceed("yellow", alarm=1)
    exceed("red", alarm=2, area="371526001", station="鱼邱湖站")
    exceed("blue", alarm=3, area="371503001", station="茌平站")
    exceed("blue", alarm=4, quantity="stage", station="马颊河站", unit="m", value=27.1)
    found = {(row.area_id, row.hazard): row for row in Assessment.objects.all()}
    assert set(found) == {("371526", "rainstorm"), ("371503", "rainstorm"), ("371526", "flood")}
    gaotang = found["371526", "rainstorm"]
    assert gaotang.colour == "red"
    assert [one["station"] for one in gaotang.basis] == ["鱼邱湖站", "姜店站"]


def test_a_township_of_a_zone_belongs_to_the_zone(exceed):
    exceed("blue", area="371502110")
    assert Assessment.objects.get().area_id == "371572"


def test_falls_without_calling_again_and_ends_after_the_hold(exceed, django_capture_on_commit_callbacks):
    exceed("orange", alarm=1)
    exceed("yellow", alarm=2, station="鱼邱湖站")
    called = Notice.objects.count()
    exceed("", alarm=1)
    found = Assessment.objects.get()
    assert (found.colour, found.peak, found.status) == ("yellow", "orange", "lowered")
    assert Notice.objects.count() == called
    exceed("", alarm=2)
    exceed("", alarm=2)
    now = timezone.now()
    assert end_quiet_assessments(now + timedelta(minutes=30)) == 0
    exceed("blue", alarm=3)
    assert end_quiet_assessments(now + timedelta(minutes=90)) == 0
    exceed("", alarm=3)
    assert end_quiet_assessments(timezone.now() + timedelta(minutes=61)) == 1
    found.refresh_from_db()
    assert found.status == "ended"
    assert found.ended_at
    assert colours()[-1] == ""
    kinds = [change.kind for change in found.changes.all()]
    assert kinds == ["raised", "lowered", "cleared", "lowered", "cleared", "ended"]
    exceed("blue", alarm=4)
    assert Assessment.objects.filter(ended_at=None).count() == 1


def test_a_further_alarm_within_the_hold_resumes_without_calling_again(exceed):
    exceed("yellow")
    exceed("")
    called = Notice.objects.count()
    exceed("yellow", alarm=2)
    found = Assessment.objects.get()
    assert [change.kind for change in found.changes.all()] == ["raised", "cleared", "resumed"]
    assert (found.status, found.quiet_since, Notice.objects.count()) == ("active", None, called)
    exceed("", alarm=99)
    assert [one["alarm"] for one in found.basis] == [2, 1]


def test_an_exercise_is_marked_and_kept_apart(exceed):
    exceed("red", is_exercise=True)
    exceed("blue", alarm=2)
    drill = Assessment.objects.get(is_exercise=True)
    assert (drill.colour, Assessment.objects.get(is_exercise=False).colour) == ("red", "blue")
    notices = Notice.objects.filter(is_exercise=True)
    assert notices
    assert all("演练" not in notice.title for notice in notices), "pages show a badge, outlets put the mark first"
    assert OutboxRow.objects.filter(topic="AssessmentRaised").first().payload["is_exercise"] is True


def test_a_cleared_alarm_alone_and_a_quantity_without_hazard_make_nothing(exceed):
    exceed("")
    exceed("red", quantity="voltage")
    assert not Assessment.objects.exists()


def test_confirming_the_notice_acknowledges_and_a_climb_asks_again(exceed, people):
    exceed("blue")
    exceed("yellow")
    notice = Notice.objects.filter(post__department__code="371526-yjj").first()
    confirm_notice(notice=notice, user=people["county"])
    found = Assessment.objects.get()
    assert found.acknowledged_by == people["county"]
    assert not Notice.objects.filter(post__department__code="371526-yjj", confirmed_at=None).exists()
    assert Notice.objects.filter(post__department__code="yjj", confirmed_at=None).count() == 2
    exceed("red")
    found.refresh_from_db()
    assert found.acknowledged_at is None
    change = AssessmentChange.objects.first()
    with pytest.raises(AppendOnly):
        change.save()


def test_pages_show_basis_and_scope(exceed, client_of, people):
    exceed("orange")
    found = Assessment.objects.get()
    page = client_of("duty_officer").get(f"/assessments/{found.pk}/").content.decode()
    assert "52.5 mm" in page
    assert "第16号" in page
    assert "姜店站" in page
    assert f"warning=assessment%3A{found.pk}" in page
    assert "kind=11B03" in page
    assert found.title in client_of("county").get("/warnings/").content.decode()
    other = Department.objects.create(code="371503-yjj", name="茌平区应急管理局", area_id="371503")
    post = Post.objects.create(department=other, title="值班室", role="department")
    people["county"].appointments.update(post=post)
    stranger = client_of("county")
    assert stranger.get(f"/assessments/{found.pk}/").status_code == 404
    assert found.title not in stranger.get("/warnings/").content.decode()
    assert stranger.post(f"/assessments/{found.pk}/acknowledge/").status_code == 404


def test_acknowledge_and_decide_on_the_page(exceed, client_of):
    exceed("orange")
    found = Assessment.objects.get()
    duty = client_of("duty_officer")
    assert duty.post(f"/assessments/{found.pk}/acknowledge/").status_code == 302
    refused = duty.post(f"/assessments/{found.pk}/decide/", {"decision": "no_response", "reason": " "})
    assert refused.status_code == 422
    assert "必须写明理由" in refused.content.decode()
    made = duty.post(
        f"/assessments/{found.pk}/decide/", {"decision": "no_response", "reason": "已组织排水，无人员受困。"}
    )
    assert made.status_code == 302
    found.refresh_from_db()
    assert found.acknowledged_by
    assert found.decisions.get().reason == "已组织排水，无人员受困。"
    assert "已组织排水" in duty.get("/warnings/").content.decode()
    assert client_of("analyst").post(f"/assessments/{found.pk}/decide/").status_code == 403
