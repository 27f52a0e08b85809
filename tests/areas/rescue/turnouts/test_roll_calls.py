"""On the scene people are counted; a missed count and a missing person reach the leader and the duty officer."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.turnouts import queries, services
from anlan.areas.rescue.turnouts.models import RollCall, Turnout
from anlan.foundation.audit.models import AppendOnly
from anlan.foundation.clocks.services import clocks_of, escalate_clocks
from anlan.foundation.notices.models import Notice


@pytest.fixture
def working(crew, flood):
    """The team at work on the scene."""
    services.call_out(actor=crew.people["county"], incident=flood, team=crew.team)
    turnout = Turnout.objects.get()
    services.move(actor=crew.leader, turnout=turnout, status="on_site")
    return Turnout.objects.get()


def told():
    return {notice.post.role for notice in Notice.objects.filter(title__contains="人员清点")}


def test_arriving_starts_the_clock_and_each_count_the_next(crew, working):
    clock = queries.clock_of(working)
    assert clock.due_at - clock.started_at == timedelta(minutes=20)
    call = services.count_people(actor=crew.leader, turnout=working, expected=8, counted=8)
    assert call.is_complete
    assert not call.is_late
    assert clocks_of(working).filter(met_at=None).count() == 1
    assert queries.clock_of(working).pk != clock.pk
    assert Turnout.objects.get().people == 8
    with pytest.raises(AppendOnly):
        call.save()
    with pytest.raises(AppendOnly):
        call.delete()


def test_only_the_miss_is_told_to_the_leader_and_the_duty_officer(crew, working):
    clock = queries.clock_of(working)
    escalate_clocks(now=clock.started_at + timedelta(minutes=19))
    assert told() == set()
    escalate_clocks(now=clock.due_at)
    assert {"field", "duty_officer"} <= told()
    notice = Notice.objects.filter(title__contains="人员清点").first()
    assert notice.title.startswith("已超时限")
    assert notice.link == working.get_absolute_url()
    clock.started_at -= timedelta(minutes=30)
    clock.due_at -= timedelta(minutes=30)
    clock.save()
    assert services.count_people(actor=crew.leader, turnout=working, expected=8, counted=8).is_late


def test_a_missing_person_is_an_alarm_at_once(crew, flood, working):
    with pytest.raises(ValidationError):
        services.count_people(actor=crew.leader, turnout=working, expected=8, counted=7)
    services.count_people(actor=crew.leader, turnout=working, expected=8, counted=7, missing="队员2，最后在泵站")
    alarms = Notice.objects.filter(title__contains="现场失联")
    assert {notice.post.role for notice in alarms} == {"duty_officer", "commander"}
    assert {notice.urgency for notice in alarms} == {"critical"}
    assert flood.timeline.filter(text__contains="应到 8，实到 7。队员2").exists()


@pytest.mark.parametrize("end", ["done", "released"])
def test_counting_ends_with_the_work(crew, working, end):
    services.move(actor=crew.leader, turnout=working, status=end)
    working = Turnout.objects.get()
    assert queries.clock_of(working) is None
    with pytest.raises(ValidationError):
        services.count_people(actor=crew.leader, turnout=working, expected=8, counted=8)
    escalate_clocks(now=timezone.now() + timedelta(hours=2))
    assert told() == set()


def test_the_page_counts_and_says_what_is_wrong(crew, working, browser_of):
    browser, address = browser_of(crew.leader), reverse("turnouts:count", args=[working.pk])
    page = browser.get(working.get_absolute_url()).content.decode()
    assert "每 20 分钟清点一次" in page
    assert "countdown" in page
    wrong = browser.post(address, {"expected": 8, "counted": 9})
    assert wrong.status_code == 422
    assert "实到不能多于应到" in wrong.content.decode()
    assert browser.post(address, {"expected": 8, "counted": 8}).status_code == 302
    assert RollCall.objects.get().made_by == "队长乙"
    with pytest.raises(PermissionDenied):
        services.count_people(actor=crew.people["field"], turnout=working, expected=8, counted=8)


def test_an_exercise_stays_one(crew, flood):
    flood.is_exercise = True
    flood.save()
    services.call_out(actor=crew.people["county"], incident=flood, team=crew.team)
    turnout = Turnout.objects.get()
    services.move(actor=crew.leader, turnout=turnout, status="on_site")
    services.count_people(actor=crew.leader, turnout=turnout, expected=2, counted=1, missing="甲")
    assert turnout.is_exercise
    assert queries.clock_of(turnout).is_exercise
    assert all(Notice.objects.values_list("is_exercise", flat=True))
