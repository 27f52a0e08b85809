"""The pages of duty, as people use them."""

import pytest

from anlan.areas.command.duty.models import DutyLog, Handover, ShiftSwap
from anlan.foundation.notices.models import Notice


def test_the_roster_shows_who_is_on_duty_and_mine(desk, client_of):
    page = client_of("duty_officer").get("/duty/").content.decode()
    assert "现在在班" in page
    assert "is-mine" in page


def test_plans_from_the_page_and_keeps_what_was_chosen(desk, client_of):
    client = client_of("commander")
    values = {"post": desk.post.pk, "kind": "officer", "first": "2030-01-01", "days": "3", "changes": "8"}
    wrong = client.post("/duty/plan/", values)
    assert 'value="2030-01-01"' in wrong.content.decode()
    right = client.post("/duty/plan/", values | {"people": [desk.first.pk, desk.second.pk]})
    assert right.status_code == 302
    assert desk.post.shifts.filter(start__year=2030).count() == 3


def test_a_shift_is_cancelled_from_the_page(desk, client_of):
    client = client_of("commander")
    assert "/cancel/" in client.get("/duty/").content.decode()
    address = f"/duty/shifts/{desk.later.pk}/cancel/"
    assert client_of("analyst").get(address).status_code == 403
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "重复排班"}).status_code == 302
    assert not desk.post.shifts.filter(pk=desk.later.pk).exists()
    assert "撤销" in Notice.objects.latest("pk").title
    begun = client.post(f"/duty/shifts/{desk.running.pk}/cancel/", {"reason": "x"})
    assert "已经开始" in begun.content.decode()
    assert desk.post.shifts.filter(pk=desk.running.pk).exists()


def test_a_swap_goes_through_the_pages(desk, client_of):
    first, leader = client_of("duty_officer"), client_of("commander")
    assert first.get(f"/duty/shifts/{desk.coming.pk}/swap/").status_code == 404
    first.post(f"/duty/shifts/{desk.later.pk}/swap/", {"to": desk.second.pk, "reason": "开会"})
    swap = ShiftSwap.objects.get()
    assert first.post(f"/duty/swaps/{swap.pk}/accept/").status_code == 403
    from django.test import Client

    second = Client()
    second.force_login(desk.second, backend="allauth.account.auth_backends.AuthenticationBackend")
    second.post(f"/duty/swaps/{swap.pk}/accept/")
    leader.post(f"/duty/swaps/{swap.pk}/approve/")
    desk.later.refresh_from_db()
    assert desk.later.user == desk.second


def test_hands_over_on_the_page(desk, client_of):
    client = client_of("duty_officer")
    assert "拟交接班单" in client.get("/duty/handovers/").content.decode()
    client.post("/duty/handovers/draft/")
    sheet = Handover.objects.get()
    client.post(f"/duty/handovers/{sheet.pk}/", {"text": "一切正常"})
    sheet.refresh_from_db()
    assert sheet.given_at
    assert sheet.notes == "一切正常"
    assert "签名交班" not in client.get(f"/duty/handovers/{sheet.pk}/").content.decode()


def test_writes_the_log(desk, client_of):
    client = client_of("duty_officer")
    assert client.post("/duty/log/", {"kind": "call", "text": ""}).status_code == 200
    client.post("/duty/log/", {"kind": "call", "text": "来电"})
    assert DutyLog.objects.get().actor_post
    assert "来电" in client.get("/duty/log/?q=来").content.decode()


@pytest.mark.parametrize("address", ["/duty/", "/duty/handovers/", "/duty/log/", "/duty/roster.ics"])
def test_is_closed_to_those_without_duty(desk, client_of, address):
    assert client_of("warehouse").get(address).status_code == 403


def test_the_sample_roster_loads_once(city, rules):
    from anlan.areas.command.duty import demo
    from anlan.areas.command.duty.models import Shift
    from anlan.areas.command.duty.queries import on_shift
    from anlan.foundation.accounts import demo as accounts
    from anlan.foundation.accounts.services import load_departments

    load_departments(city)
    accounts.load(city)
    demo.load(city)
    count = Shift.objects.count()
    demo.load(city)
    assert Shift.objects.count() == count
    assert "zhiban" in {shift.user.username for shift in on_shift()}
