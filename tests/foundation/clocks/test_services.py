"""A limit is raised at 50, 80 and 100 per cent, each time to the people whom the rule names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.foundation.accounts.models import Post
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, escalate_clocks, meet_clocks, start_clock, stop_reminders
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.notices.models import Attempt, Notice


@pytest.fixture
def clock(people, rules):
    """An hour for 高唐县应急管理局, begun now."""
    county = people["county"].department
    Post.objects.create(department=county, title="局长", role="department", rank=20)
    return start_clock(
        subject=county,
        kind=Clock.Kind.LEGAL,
        title="书面报告",
        due_at=timezone.now() + timedelta(minutes=60),
        area_code="371526",
        department=county,
        citation="示例办法 第三条",
    )


def _told(after=0):
    return [str(n.post) for n in Notice.objects.filter(pk__gt=after).order_by("pk")]


def _at(clock, percent):
    return clock.started_at + (clock.due_at - clock.started_at) * percent / 100


def test_steps_reach_ever_higher(clock, people):
    assert escalate_clocks(now=_at(clock, 49)) == []
    escalate_clocks(now=_at(clock, 50.5))
    assert _told() == ["高唐县应急管理局值班室"]
    last = Notice.objects.latest("pk").pk
    escalate_clocks(now=_at(clock, 81))
    assert _told(last) == ["高唐县应急管理局值班室", "高唐县应急管理局局长", "市应急局值班员"]
    last = Notice.objects.order_by("-pk").first().pk
    escalate_clocks(now=_at(clock, 101))
    assert _told(last) == ["高唐县应急管理局值班室", "市应急局值班员", "市应急局指挥长"]
    assert "书面报告" in Notice.objects.order_by("-pk").first().title
    assert "示例办法 第三条" in Notice.objects.order_by("-pk").first().body


def test_each_step_is_taken_once(clock):
    for _again in range(3):
        escalate_clocks(now=_at(clock, 101))
    assert OutboxRow.objects.filter(topic="ClockStruck").count() == 1


def test_steps_passed_while_the_worker_stood_still_are_told_together(clock):
    escalate_clocks(now=_at(clock, 101))
    assert _told() == ["高唐县应急管理局值班室", "高唐县应急管理局局长", "市应急局值班员", "市应急局指挥长"]
    assert Notice.objects.earliest("pk").title == "已超时限：书面报告"


def test_reminders_of_an_exercise_are_an_exercise(clock):
    Clock.objects.update(is_exercise=True)
    escalate_clocks(now=_at(clock, 51))
    assert Notice.objects.get().is_exercise


def test_done_duty_reminds_nobody(clock):
    meet_clocks(subject=clock.subject)
    assert escalate_clocks(now=_at(clock, 101)) == []


@pytest.mark.parametrize("stop", [meet_clocks, cancel_clocks])
def test_reminders_stop_climbing_when_the_duty_is_done_or_falls_away(clock, stop):
    escalate_clocks(now=_at(clock, 81))
    assert Attempt.objects.filter(next_at__isnull=False).exists()
    assert stop_reminders() == 0
    assert stop(subject=clock.subject) == 1
    assert stop_reminders() == 3
    assert not Attempt.objects.filter(next_at__isnull=False).exists()


def test_small_unit_passes_on_to_the_one_above(clock, people):
    Post.objects.filter(title="局长").delete()
    escalate_clocks(now=_at(clock, 81))
    assert "市应急局值班员" in _told()


def test_nothing_runs_without_rules(db):
    assert escalate_clocks() == []
