"""From the alarm to the return: times against limits, who may record them, what the record keeps."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.turnouts import queries, services
from anlan.areas.rescue.turnouts.models import Turnout
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.services import request_resource

NOW = timezone.now


@pytest.fixture
def out(crew, flood):
    """The team called out by the county's duty."""
    services.call_out(actor=crew.people["county"], incident=flood, team=crew.team)
    return Turnout.objects.get()


def back_date(turnout, minutes):
    """As if the alarm had come so long ago."""
    at = NOW() - timedelta(minutes=minutes)
    Assignment.objects.filter(pk=turnout.assignment_id).update(assigned_at=at)
    Turnout.objects.filter(pk=turnout.pk).update(alarmed_at=at)
    return Turnout.objects.get(pk=turnout.pk)


def test_a_call_out_keeps_the_limits_of_its_kind_or_the_teams_promise(crew, flood, out):
    assert (out.turnout_limit_min, out.arrival_due_at) == (30, None)
    assert out.limit_basis.startswith("rescue.turnout@1")
    quick = Team.objects.create(code="T2", name="快队", kind="fire", area_id="371526", people=9, turnout_limit_min=3)
    needed = NOW() + timedelta(hours=2)
    wanted = request_resource(actor=crew.people["county"], incident=flood, kind="team", what="x", needed_by=needed)
    services.call_out(actor=crew.people["county"], incident=flood, team=quick)
    made = wanted.assignments.get().turnout
    assert (made.turnout_limit_min, made.arrival_due_at) == (3, needed)
    fire = Team.objects.create(code="T3", name="火队", kind="fire", area_id="371526", people=9)
    services.call_out(actor=crew.people["county"], incident=flood, team=fire)
    made = Turnout.objects.get(team=fire)
    assert made.turnout_limit_min == 1
    assert made.arrival_due_at == made.alarmed_at + timedelta(minutes=5)


def test_the_leader_goes_from_alarm_to_return_with_one_button_each(crew, flood, out, browser_of):
    browser = browser_of(crew.leader)
    page = browser.get(out.get_absolute_url()).content.decode()
    assert '<button class="btn btn-primary rescue-big">出动</button>' in page
    assert "返回驻地" not in page
    for verb in ("under_way", "on_site", "controlled", "done", "released", "returned"):
        assert browser.post(reverse("turnouts:act", args=[out.pk, verb])).status_code == 302
    out = Turnout.objects.get(pk=out.pk)
    steps = [out.alarmed_at, out.assignment.under_way_at, out.assignment.on_site_at, out.controlled_at,
             out.assignment.released_at, out.returned_at]  # fmt: skip
    assert steps == sorted(steps)
    texts = list(flood.timeline.values_list("text", "actor"))
    for words in ("高唐排涝队出动", "高唐排涝队控制险情", "高唐排涝队返回驻地"):
        assert (words, "队长乙") in texts
    with pytest.raises(ValidationError):
        services.mark_returned(actor=crew.leader, turnout=out)


def test_steps_come_in_order(crew, out):
    with pytest.raises(ValidationError):
        services.mark_controlled(actor=crew.leader, turnout=out)
    with pytest.raises(ValidationError):
        services.mark_returned(actor=crew.leader, turnout=out)
    services.move(actor=crew.leader, turnout=out, status="on_site")
    with pytest.raises(ValidationError):
        services.mark_controlled(actor=crew.leader, turnout=out, at=out.alarmed_at - timedelta(minutes=1))


def test_late_is_late_also_before_it_sets_out_and_unknown_stays_unknown(crew, out):
    assert out.is_turnout_late is None
    out = back_date(out, 31)
    assert out.is_turnout_late is True
    services.move(actor=crew.leader, turnout=out, status="under_way", at=out.alarmed_at + timedelta(minutes=29))
    out = Turnout.objects.get()
    assert (out.turnout_min, out.is_turnout_late) == (29.0, False)
    assert out.is_arrival_late is None, "nobody said by when"
    Assignment.objects.update(under_way_at=None, status="on_site", on_site_at=NOW())
    assert Turnout.objects.get().is_turnout_late is None


def test_the_indicator_counts_real_turnouts_with_a_known_time(crew, flood, out):
    compute = indicators()["rescue.turnout_on_time"].compute
    assert compute("371500", NOW()).value is None
    services.move(actor=crew.leader, turnout=back_date(out, 20), status="under_way")
    assert (compute("371500", NOW()).value, compute("371526", NOW()).samples) == (100.0, 1)
    assert compute("371503", NOW()).value is None
    Turnout.objects.update(turnout_limit_min=10)
    assert compute("371500", NOW()).value == 0.0
    (line,) = queries.times_by_kind(Turnout.objects.all())
    assert (line.title, line.turnouts_on_time, line.turnouts_judged, line.arrival_min) == ("防汛抗旱", 0, 1, None)
    Turnout.objects.update(is_exercise=True)
    assert compute("371500", NOW()).value is None


def test_strangers_neither_see_nor_move(crew, out, browser_of):
    Team.objects.create(code="T9", name="厂队", kind="enterprise", area_id="371572", people=3,
                        department=crew.people["enterprise"].department)  # fmt: skip
    assert browser_of(crew.people["enterprise"]).get(out.get_absolute_url()).status_code == 404
    assert browser_of(crew.people["hospital"]).get(out.get_absolute_url()).status_code == 403
    with pytest.raises(PermissionDenied):
        services.mark_controlled(actor=crew.people["field"], turnout=out)
    assert browser_of(crew.people["field"]).post(reverse("turnouts:act", args=[out.pk, "under_way"])).status_code == 403


def test_the_list_shows_who_is_out_and_what_is_mine(crew, out, browser_of):
    page = browser_of(crew.leader).get("/turnouts/").content.decode()
    assert "我的队伍正在执行" in page
    assert "我的队伍正在执行" not in browser_of(crew.people["commander"]).get("/turnouts/").content.decode()
    assert "高唐排涝队" in browser_of(crew.people["commander"]).get("/turnouts/?team=1").content.decode()
