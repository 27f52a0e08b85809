"""Feeds of relayed warnings: official ones only, by token or declared public, the originals byte for byte."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.areas.risk.warning.models import Warning, WarningFeed
from anlan.areas.risk.warning.services.warnings import receive_warning
from anlan.foundation.accounts.models import ApiToken
from anlan.protocols.cap import build, parse, read_feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def receive(people, rules):
    return lambda document: receive_warning(actor=people["duty_officer"], document=document, received_from="test")[0]


@pytest.fixture
def feed(people):
    return WarningFeed.objects.create(code="gx", name="聊城预警", decision="市政府办〔2026〕1号", area_id="371500")


@pytest.fixture
def get(people):
    """Ask with a key of somebody: `get("/feeds/…", "county")`."""

    def ask(path: str, role: str = "", **headers):
        if role:
            token = ApiToken.issue(user=people[role], name="订阅", expires_at=timezone.now() + timedelta(days=1))
            headers["Authorization"] = f"Bearer {token}"
        return Client().get(path, headers=headers)

    return ask


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_entries_lead_to_the_message_as_it_came(feed, receive, message, get, kind):
    document = message("1")
    receive(document)
    answer = get(f"/feeds/warnings/gx.{kind}", "analyst")
    assert answer.status_code == 200
    entry = read_feed(answer.content, address="http://testserver/").entries[0]
    assert entry.title == "聊城市气象台发布暴雨橙色预警信号"
    original = get(entry.links[0].removeprefix("http://testserver"), "analyst")
    assert original.content == document
    assert original["Content-Type"] == "application/cap+xml"


def test_only_official_warnings_are_offered_and_no_assessments(feed, receive, message, get, exceed):
    exceed("orange")
    receive(message("1", sender="nobody@example.org"))
    receive(message("2", status="Test"))
    hidden = Warning.objects.first()
    page = get("/feeds/warnings/gx.atom", "analyst")
    assert read_feed(page.content).entries == ()
    assert "研判" not in page.content.decode()
    assert get(f"/feeds/warnings/gx/{hidden.pk}.xml", "analyst").status_code == 404


def test_updates_and_cancellations_are_entries_too(feed, receive, message, get):
    receive(message("1"))
    receive(message("2", kind="Cancel", of="1"))
    assert len(read_feed(get("/feeds/warnings/gx.atom", "analyst").content).entries) == 2


def test_a_reader_sees_what_touches_its_areas(feed, receive, message, get):
    receive(message("1", code="371503000000"))
    receive(message("2"))
    assert len(read_feed(get("/feeds/warnings/gx.atom", "county").content).entries) == 1
    WarningFeed.objects.update(area_id="371503")
    assert len(read_feed(get("/feeds/warnings/gx.atom", "analyst").content).entries) == 1
    assert read_feed(get("/feeds/warnings/gx.atom", "county").content).entries == ()


def test_who_may_read(feed, receive, message, get):
    found = receive(message("1"))
    paths = ("/feeds/warnings/gx.atom", "/feeds/warnings/gx.rss", f"/feeds/warnings/gx/{found.pk}.xml")
    assert [get(path).status_code for path in paths] == [401, 401, 401]
    assert [get(path, "warehouse").status_code for path in paths] == [403, 403, 403]
    WarningFeed.objects.update(is_public=True)
    assert [get(path).status_code for path in paths] == [200, 200, 200]
    WarningFeed.objects.update(is_enabled=False)
    assert [get(path).status_code for path in paths] == [401, 401, 401]
    assert get("/feeds/warnings/none.atom", "analyst").status_code == 404


def test_the_public_gets_what_is_real_and_meant_for_it(feed, receive, message, get):
    WarningFeed.objects.update(is_public=True)
    from dataclasses import replace

    receive(message("1", status="Exercise"))
    receive(build(replace(parse(message("2")), scope="Restricted", restriction="内部")))
    assert read_feed(get("/feeds/warnings/gx.atom").content).entries == ()
    receive(message("3"))
    assert len(read_feed(get("/feeds/warnings/gx.atom").content).entries) == 1
    WarningFeed.objects.update(is_public=False)
    assert len(read_feed(get("/feeds/warnings/gx.atom", "analyst").content).entries) == 3


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_nothing_new_is_said_in_a_few_bytes(feed, receive, message, get, kind):
    WarningFeed.objects.update(is_public=True)
    receive(message("1"))
    path = f"/feeds/warnings/gx.{kind}"
    etag = get(path)["ETag"]
    again = get(path, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    receive(message("2"))
    assert get(path, **{"If-None-Match": etag}).status_code == 200
    document = f"/feeds/warnings/gx/{Warning.objects.first().pk}.xml"
    assert get(document, **{"If-None-Match": get(document)["ETag"]}).status_code == 304


def test_only_the_security_administrator_declares_a_feed(client_of, feed):
    assert client_of("department").get("/registers/warningfeeds/add/").status_code == 403
    assert client_of("department").get(f"/registers/warningfeeds/{feed.pk}/").status_code == 200
    page = client_of("security_administrator").get("/registers/warningfeeds/add/")
    assert page.status_code == 200
