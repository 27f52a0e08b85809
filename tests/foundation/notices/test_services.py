"""A notice is delivered when a named person confirmed it; until then it climbs."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.foundation.accounts.models import Appointment, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.queries import waiting_notices
from anlan.foundation.notices.services import climb, confirm_notice, send_notices


def _called(notice):
    return [(a.user and a.user.username, a.channel) for a in notice.attempts.order_by("rung")]


def _later(minutes):
    return timezone.now() + timedelta(minutes=minutes)


def test_notice_waits_as_long_as_the_rule_says(notice):
    assert climb(now=_later(4)) == 0
    assert climb(now=_later(6)) == 1
    assert climb(now=_later(6)) == 0
    assert _called(notice)[0] == ("county", "in_app")


def test_ladder_goes_to_the_next_person_then_above_and_ends_at_the_city(notice, people):
    county = people["county"].department
    second = make_user(username="second", full_name="高唐副班", password="Anlan-demo-2026", department=county, posts=[])
    Appointment.objects.create(user=second, post=notice.post, is_substitute=True)
    head = Post.objects.create(department=county, title="局长", role="commander", rank=20)
    make_user(username="head", full_name="高唐局长", password="Anlan-demo-2026", department=county, posts=[head])
    for step in range(1, 12):
        climb(now=_later(6 * step))
    assert [name for name, _channel in _called(notice)] == ["county", "second", "head", "duty_officer"]
    notice.refresh_from_db()
    assert notice.exhausted_at is not None
    assert notice.confirmed_at is None
    assert climb(now=_later(200)) == 0


def test_every_rung_tells_the_new_person_alone(notice, people):
    climb(now=_later(6))
    told = OutboxRow.objects.filter(topic="NoticeSent", payload__status="sent").order_by("id")
    assert [row.recipients for row in told] == [[people["county"].pk], [people["duty_officer"].pk]]


def test_post_that_nobody_holds_is_climbed_past_at_once_and_told_to_nobody(send, people):
    empty = Post.objects.create(department=people["county"].department, title="空岗", role="department", rank=1)
    notice = send(post=empty)
    assert not OutboxRow.objects.filter(topic="NoticeSent").exists()
    climb()
    assert _called(notice) == [(None, "in_app"), ("county", "in_app")]


def test_confirmed_notice_climbs_no_more(notice, people):
    confirm_notice(notice=notice, user=people["county"])
    assert climb(now=_later(60)) == 0
    assert notice.confirmed_how == Notice.How.APP
    assert notice.wait < timedelta(seconds=30)


def test_the_first_confirmation_counts(notice, people):
    confirm_notice(notice=notice, user=people["county"])
    confirm_notice(notice=notice, user=people["duty_officer"])
    assert notice.confirmed_by == people["county"]


def test_desk_records_who_confirmed_by_telephone(notice, people):
    desk = people["duty_officer"]
    confirm_notice(notice=notice, user=people["county"], how=Notice.How.PHONE, recorded_by=desk)
    assert (notice.confirmed_by, notice.recorded_by) == (people["county"], desk)
    assert AuditEntry.objects.get(action="notices.confirm").details["how"] == "phone"


def test_telephone_confirmation_names_somebody_of_the_addressed_unit(notice, people):
    with pytest.raises(ValidationError):
        confirm_notice(notice=notice, user=people["analyst"], how="phone", recorded_by=people["duty_officer"])


def test_other_counties_confirm_nothing(send, people):
    notice = send(post=people["commander"].current_posts[0], area_code="371500")
    with pytest.raises(PermissionDenied):
        confirm_notice(notice=notice, user=people["county"])
    with pytest.raises(PermissionDenied):
        confirm_notice(notice=notice, user=people["commander"], how="phone", recorded_by=people["county"])


def test_sending_nothing_is_nothing(rules, db):
    assert send_notices([]) == []


def test_a_newer_call_about_the_same_subject_stands_for_the_older_ones(send, people):
    subject = people["commander"]
    blue, orange = send(subject=subject, title="蓝色"), send(subject=subject, title="橙色")
    other = send(subject=people["analyst"], title="另一件事")
    assert set(waiting_notices(people["county"])) == {orange, other}
    confirm_notice(notice=orange, user=people["county"])
    blue.refresh_from_db()
    assert blue.confirmed_by == people["county"]
    assert not blue.attempts.filter(next_at__isnull=False).exists()
    assert list(waiting_notices(people["county"])) == [other]


def test_an_older_call_confirmed_late_leaves_the_newer_one_waiting(send, people):
    older, newer = (send(subject=people["commander"], title=title) for title in ("蓝色", "橙色"))
    confirm_notice(notice=older, user=people["county"])
    assert list(waiting_notices(people["county"])) == [newer]
