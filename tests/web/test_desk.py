"""The duty desk shows who is on duty, what waits, and takes a line for the log."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.command.duty.models import DutyLog, Handover, Shift


@pytest.fixture
def shifts(people, rules):
    """The duty officer's shift, then the commander's on the same post."""
    post = people["duty_officer"].current_posts[0]
    start = timezone.now() - timedelta(hours=20)
    return [
        Shift.objects.create(
            kind="officer",
            department=post.department,
            area_id=post.department.area_id,
            post=post,
            user=people[role],
            start=start + timedelta(days=n),
            end=start + timedelta(days=n + 1),
        )
        for n, role in enumerate(("duty_officer", "commander"))
    ]


def test_the_desk_names_who_is_on_duty_until_when(client_of, people, shifts):
    people["duty_officer"].phone = "13800138000"
    people["duty_officer"].save()
    page = client_of("commander").get("/desk/").content.decode()
    assert "13800138000" in page
    assert f"至 {timezone.localtime(shifts[0].end):%m-%d %H:%M}" in page


def test_without_a_roster_the_holder_of_the_post_answers(client_of, people, rules):
    page = client_of("commander").get("/desk/").content.decode()
    assert str(people["duty_officer"]) in page
    assert "未排班" in page


def test_the_desk_takes_a_line_for_the_log(client_of, shifts):
    browser = client_of("duty_officer")
    answer = browser.post("/duty/log/", {"kind": "call", "text": "来电咨询", "from": "desk"})
    assert answer.url == "/desk/"
    assert DutyLog.objects.get().shift == shifts[0]
    assert "来电咨询" in browser.get("/desk/").content.decode()


def test_the_desk_reminds_of_the_handover_until_it_is_signed(client_of, shifts):
    browser = client_of("duty_officer")
    assert "拟交接班单" in browser.get("/desk/").content.decode()
    browser.post("/duty/handovers/draft/")
    sheet = Handover.objects.get()
    assert "设备故障" in [section["title"] for section in sheet.items]
    assert "交接班单待您签名" in browser.get("/desk/").content.decode()
    browser.post(f"/duty/handovers/{sheet.pk}/", {"text": "正常"})
    assert "交接班单待您签名" not in browser.get("/desk/").content.decode()
    assert "交接班单待您签名" in client_of("commander").get("/desk/").content.decode()


def test_the_desk_is_the_first_page_of_a_duty_officer(client_of, people, rules):
    assert client_of("duty_officer").get("/").url == "/desk/"


def test_who_only_reads_writes_no_log(client_of, shifts):
    assert "desk-log" not in client_of("analyst").get("/desk/").content.decode()
    assert client_of("analyst").post("/duty/log/", {"kind": "call", "text": "x"}).status_code == 403
