"""Planning, who is on duty, swaps."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.command.duty import services
from anlan.areas.command.duty.models import Shift


def test_the_post_is_answered_by_who_is_on_duty(desk):
    assert desk.post.holders() == [desk.first, desk.second]
    assert desk.post.holders(desk.coming.start)[0] == desk.second
    Shift.objects.all().delete()
    assert desk.post.holders()[0] == desk.first


def test_a_notice_goes_to_who_is_on_duty(desk):
    from anlan.foundation.notices.services import send_notice

    desk.running.user = desk.second
    desk.running.save()
    notice = send_notice(actor=desk.leader, post=desk.post, title="请确认", area_code="371500")
    assert notice.attempts.get().user == desk.second


def test_plans_in_turn_and_keeps_what_is_planned(desk):
    first = timezone.localdate() + timedelta(days=7)
    values = {"actor": desk.leader, "post": desk.post, "kind": "officer", "people": [desk.first, desk.second], "first": first,
              "changes": [time(8), time(20)]}  # fmt: skip
    planned = services.plan_roster(days=4, **values)
    assert len(planned) == 8
    assert {shift.user for shift in planned} == {desk.first, desk.second}
    assert len(services.plan_roster(days=6, **values)) == 4
    with pytest.raises(ValidationError):
        services.plan_roster(days=6, **values)


def test_nobody_stands_two_shifts_at_once(desk):
    double = Shift(
        kind="officer", department=desk.post.department, area_id="371500", post=desk.post, user=desk.first,
        start=desk.running.start + timedelta(hours=1), end=desk.running.end,
    )  # fmt: skip
    with pytest.raises(ValidationError):
        double.full_clean()


def test_who_may_not_plan(desk, people):
    with pytest.raises(PermissionDenied):
        services.plan_roster(
            actor=people["analyst"], post=desk.post, kind="officer", people=[desk.first], first=timezone.localdate(),
            days=1, changes=[time(8)],
        )  # fmt: skip


def test_a_swap_needs_the_other_and_a_leader(desk):
    swap = services.request_swap(
        actor=desk.second, shift=desk.coming, to=desk.first, reason="家中有事", in_return=desk.later
    )
    with pytest.raises(PermissionDenied):
        services.answer_swap(actor=desk.second, swap=swap, accepts=True)
    with pytest.raises(ValidationError):
        services.approve_swap(actor=desk.leader, swap=swap)
    services.answer_swap(actor=desk.first, swap=swap, accepts=True)
    with pytest.raises(PermissionDenied):
        services.approve_swap(actor=desk.first, swap=swap)
    services.approve_swap(actor=desk.leader, swap=swap)
    desk.coming.refresh_from_db()
    desk.later.refresh_from_db()
    assert (desk.coming.user, desk.later.user) == (desk.first, desk.second)


def test_a_running_shift_cannot_be_swapped(desk):
    with pytest.raises(ValidationError):
        services.request_swap(actor=desk.first, shift=desk.running, to=desk.second, reason="病假")


def test_a_refused_swap_changes_nothing(desk):
    swap = services.request_swap(actor=desk.second, shift=desk.coming, to=desk.first, reason="家中有事")
    services.answer_swap(actor=desk.first, swap=swap, accepts=False)
    desk.coming.refresh_from_db()
    assert desk.coming.user == desk.second
    with pytest.raises(ValidationError):
        services.withdraw_swap(actor=desk.second, swap=swap)
