"""Notices: seen and confirmed by those whom they reached."""

import pytest

from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notice


@pytest.fixture
def notice(people, rules) -> Notice:
    post = people["commander"].current_posts[0]
    return send_notice(actor="测试", post=post, title="请确认响应", area_code="371500", urgency="urgent")


def test_notice_is_counted_listed_and_confirmed(client_of, notice):
    browser = client_of("commander")
    assert browser.get("/notices/counter/").content == b"1"
    assert "请确认响应" in browser.get("/notices/").content.decode()
    assert "请确认响应" in browser.get("/screen/panels/waiting/").content.decode()
    browser.post(f"/notices/{notice.pk}/confirm/")
    notice.refresh_from_db()
    assert notice.confirmed_by.username == "commander"
    assert browser.get("/notices/counter/").content == b""


def test_nobody_confirms_a_notice_sent_to_others(client_of, notice):
    assert client_of("duty_officer").post(f"/notices/{notice.pk}/confirm/").status_code == 404
    assert client_of("commander").get(f"/notices/{notice.pk}/confirm/").status_code == 405
    notice.refresh_from_db()
    assert notice.confirmed_at is None


def test_register_shows_rungs_and_who_confirmed(client_of, notice, people):
    page = client_of("duty_officer").get("/notices/register/").content.decode()
    assert "请确认响应" in page
    assert "系统内" in page
    assert f"/notices/{notice.pk}/phone/" in page
    assert client_of("warehouse").get("/notices/register/").status_code == 403
    assert "请确认响应" not in client_of("county").get("/notices/register/").content.decode()


def test_desk_writes_down_who_confirmed_by_telephone(client_of, notice, people):
    desk = client_of("duty_officer")
    assert "请选择确认的人。" in desk.post(f"/notices/{notice.pk}/phone/").content.decode()
    desk.post(f"/notices/{notice.pk}/phone/", {"person": people["commander"].pk})
    notice.refresh_from_db()
    assert (notice.confirmed_by, notice.recorded_by) == (people["commander"], people["duty_officer"])
    assert "电话确认" in desk.get("/notices/register/").content.decode()
    assert "叫应失败" in desk.get("/notices/register/?show=exhausted").content.decode()


def test_other_counties_write_down_nothing(client_of, notice, people):
    assert client_of("county").get(f"/notices/{notice.pk}/phone/").status_code == 404
