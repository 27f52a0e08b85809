"""The frame of the pages: menu by role, languages, pages that say what went wrong, installable pages."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from anlan.foundation.accounts.models import User
from anlan.web.navigation import GROUPS, menu


def titles(user) -> set[str]:
    return {str(page.title) for _group, pages in menu(user) for page in pages}


def test_menu_shows_what_a_post_may_open(people):
    assert {"工作台", "指挥大屏", "一张图", "突发事件"} <= titles(people["commander"])
    assert "指挥大屏" not in titles(people["warehouse"])
    assert "储备库" in titles(people["warehouse"])
    assert not {"突发事件", "一张图"} & titles(people["audit_administrator"])


@pytest.mark.parametrize(
    "role", ["commander", "department", "warehouse", "enterprise", "hospital", "audit_administrator"]
)
def test_home_opens_for_every_post(client_of, role):
    answer = client_of(role).get("/")
    assert answer.status_code == 200
    assert "待确认通知" in answer.content.decode()


def test_team_lands_on_the_phone_page(client_of):
    answer = client_of("field").get("/")
    assert answer.headers["Location"] == "/field/"
    assert client_of("field").get("/field/").status_code == 200


def test_visitor_is_sent_to_the_sign_in_page(city):
    browser = Client()
    assert browser.get("/").headers["Location"] == "/accounts/login/?next=/"
    page = browser.get("/accounts/login/").content.decode()
    assert "聊城市" in page
    assert "data-demo=" not in page


def test_language_is_switched_and_kept(client_of):
    browser = client_of("commander")
    assert '<html lang="zh-hans">' in browser.get("/").content.decode()
    browser.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in browser.get("/").content.decode()


def test_pages_that_fail_say_what_to_do(client_of, people):
    browser = client_of("warehouse")
    missing = browser.get("/no-such-page/")
    assert missing.status_code == 404
    assert "Ctrl K" in missing.content.decode()
    refused = browser.get("/screen/")
    assert refused.status_code == 403
    assert "安全管理员" in refused.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["warehouse"], backend="allauth.account.auth_backends.AuthenticationBackend")
    stale = strict.post("/sessions/")
    assert stale.status_code == 403
    assert "刷新后再提交" in stale.content.decode()


def test_server_error_page_needs_nothing(client_of, monkeypatch):
    def broken(*_):
        raise RuntimeError

    browser = client_of("commander")
    browser.raise_request_exception = False
    monkeypatch.setattr("anlan.web.queries.todo", broken)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "没有完成" in answer.content.decode()


def test_command_bar_finds_pages_incidents_and_places_in_scope(client_of):
    found = client_of("commander").get("/search/", {"q": "高唐"}).content.decode()
    assert "/map/?place=371526" in found
    found = client_of("county").get("/search/", {"q": "东昌府"}).content.decode()
    assert "371502" not in found
    assert "/registers/teams/" in client_of("commander").get("/search/", {"q": "队伍"}).content.decode()


def test_other_sign_ins_are_ended(client_of):
    here, there = client_of("commander"), client_of("commander")
    assert there.get("/").status_code == 200
    assert "其他设备" in here.get("/sessions/").content.decode()
    here.post("/sessions/")
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_health_and_installation_files_answer_without_a_sign_in(db):
    browser = Client()
    assert browser.get("/health").json()["status"] == "ok"
    manifest = browser.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == "/field/"
    worker = browser.get("/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert browser.get("/offline/").status_code == 200
    assert User.objects.count() == 0


def test_files_that_phones_keep_exist(db):
    from anlan.web.views.installation import SHELL_FILES

    own = [name for name in SHELL_FILES if not name.startswith("vendor/")]
    assert [name for name in own if not finders.find(name)] == []


def test_every_page_of_the_menu_exists():
    assert [page.target for group in GROUPS for page in group.pages if not page.url] == []
