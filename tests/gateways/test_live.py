"""The live stream over real sockets: who hears what, what a reader that was away gets, who is cut off."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import IncidentRaised, NoticeSent, ReadingExceeded
from anlan.foundation.events.models import OutboxRow
from anlan.gateways import live
from tests.gateways.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def session_of(user) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def raised(area: str, title: str = "内涝") -> OutboxRow:
    return publish(IncidentRaised(area_code=area, incident=1, title=title, kind="11A01", grade="IV"))


class Reader:
    """A browser: opens the stream, reads events until told to stop."""

    def __init__(self, port: int, session: str = "", *, path: str = "/stream", headers: str = ""):
        self.port, self.path = port, path
        self.headers = f"Cookie: {settings.SESSION_COOKIE_NAME}={session}\r\n{headers}" if session else headers

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{self.headers}\r\n".encode())
        self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(self.head.split()[1])
        if self.status == 200 and "event-stream" in self.head:
            assert await self.reader.readuntil(b"\n\n") == b"retry: 1500\n\n"
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def event(self) -> dict:
        """The next event; comments are passed over."""
        while True:
            block = (await asyncio.wait_for(self.reader.readuntil(b"\n\n"), 5)).decode()
            for line in block.splitlines():
                if line.startswith("data: "):
                    return json.loads(line[6:])


def with_server(story) -> None:
    """Run `story(port, server)` against a real server."""

    async def play():
        server = live.LiveServer()
        await server.start("127.0.0.1", 0)
        try:
            await story(server.port, server)
        finally:
            await server.stop()

    asyncio.run(play())


@pytest.fixture
def sessions(people):
    return {code: session_of(user) for code, user in people.items()}


def test_event_reaches_those_whose_area_and_post_allow_it(sessions, people):
    async def story(port, server):
        async with Reader(port, sessions["duty_officer"]) as duty, Reader(port, sessions["county"]) as county:
            first = await in_thread(raised, "371502", "东昌府区")
            second = await in_thread(raised, "371526105", "姜店镇")
            assert [(await duty.event())["payload"]["title"] for _ in range(2)] == ["东昌府区", "姜店镇"]
            heard = await county.event()
            assert heard["id"] == second.pk > first.pk
            assert heard["topic"] == "IncidentRaised"
        assert server.counters.events == 2

    with_server(story)


def test_addressed_event_reaches_its_recipients_only(sessions, people):
    def send():
        commander = people["commander"].pk
        publish(
            NoticeSent(
                area_code="371500",
                recipients=(commander,),
                notice=1,
                title="请确认",
                urgency="urgent",
                status="sent",
            )
        )
        raised("371500")

    async def story(port, server):
        async with (
            Reader(port, sessions["commander"]) as commander,
            Reader(port, sessions["duty_officer"]) as duty,
        ):
            await in_thread(send)
            assert [(await commander.event())["topic"] for _ in range(2)] == ["NoticeSent", "IncidentRaised"]
            assert (await duty.event())["topic"] == "IncidentRaised"

    with_server(story)


def test_enterprise_hears_nothing_of_its_neighbours(sessions, people):
    def send():
        now = timezone.now()
        publish(
            ReadingExceeded(
                area_code="371572", alarm=1, instrument=1, station="隔壁厂", quantity="Cl2", level="red",
                value=9.0, unit="mg/m3", observed_at=now, rule="x@1",
            )
        )  # fmt: skip
        owner = people["enterprise"].pk
        publish(
            NoticeSent(
                area_code="371572",
                recipients=(owner,),
                notice=2,
                title="本厂",
                urgency="urgent",
                status="sent",
            )
        )

    async def story(port, server):
        async with Reader(port, sessions["enterprise"]) as reader:
            await in_thread(send)
            assert (await reader.event())["payload"]["title"] == "本厂"

    with_server(story)


def test_reader_that_was_away_gets_what_it_missed_once(sessions):
    seen = raised("371502", "看过")
    for number in range(3):
        raised("371502", f"错过{number}")

    async def story(port, server):
        for reader in (
            Reader(port, sessions["duty_officer"], headers=f"Last-Event-ID: {seen.pk}\r\n"),
            Reader(port, sessions["duty_officer"], path=f"/stream?last={seen.pk}"),
        ):
            async with reader:
                await in_thread(raised, "371502", "新的")
                titles = []
                while "新的" not in titles:
                    titles.append((await reader.event())["payload"]["title"])
                assert titles[:3] == ["错过0", "错过1", "错过2"]
                assert titles.count("新的") == 1

    with_server(story)


def test_reader_that_missed_too_much_is_told_to_reload(sessions, monkeypatch):
    monkeypatch.setattr(live, "REPLAY_LIMIT", 2)
    first = raised("371502")
    for _ in range(3):
        raised("371502")

    async def story(port, server):
        async with Reader(port, sessions["duty_officer"], path=f"/stream?last={first.pk}") as reader:
            assert (await reader.event())["topic"] == "Reset"

    with_server(story)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"session": ""}, 401),
        ({"session": "no-such-session"}, 401),
        ({"path": "/elsewhere"}, 404),
        ({"headers": "Origin: http://evil.example\r\n"}, 403),
        ({"headers": "X-Filler: " + "x" * 20_000 + "\r\n"}, 431),
    ],
)
def test_stranger_is_refused(sessions, change, status):
    async def story(port, server):
        async with Reader(port, **{"session": sessions["duty_officer"], **change}) as reader:
            assert reader.status == status
        assert server.counters.refused == 1
        assert server.counters.accepted == 0

    with_server(story)


def test_page_on_another_port_of_this_host_may_read(sessions):
    async def story(port, server):
        origin = "http://127.0.0.1:8000"
        async with Reader(port, sessions["duty_officer"], headers=f"Origin: {origin}\r\n") as reader:
            assert f"Access-Control-Allow-Origin: {origin}" in reader.head
            assert "Access-Control-Allow-Credentials: true" in reader.head

    with_server(story)


def test_person_whose_post_ended_is_refused(sessions, people):
    people["duty_officer"].appointments.update(valid_to=timezone.now() - timedelta(hours=1))
    people["duty_officer"].is_active = False
    people["duty_officer"].save()

    async def story(port, server):
        async with Reader(port, sessions["duty_officer"]) as reader:
            assert reader.status == 401

    with_server(story)


def test_reader_that_does_not_read_is_cut_off_and_others_go_on(sessions, monkeypatch):
    monkeypatch.setattr(live, "BACKLOG_LIMIT", 20_000)

    async def story(port, server):
        async with (
            Reader(port, sessions["commander"]) as slow,
            Reader(port, sessions["duty_officer"]) as quick,
        ):
            frame = b"id: 1\ndata: " + b"x" * 100_000 + b"\n\n"
            row = live.Row(1, "IncidentRaised", "371502", (), frame)
            slow.reader._transport.pause_reading()
            for _ in range(200):
                server.publish([row])
                await quick.reader.readexactly(len(frame))
                if server.counters.cut_off:
                    break
            assert server.counters.cut_off == 1
            assert server.counters.connected == 1
            await in_thread(raised, "371502", "还在")
            assert (await quick.event())["payload"]["title"] == "还在"

    with_server(story)


def test_health_shows_the_counters(sessions):
    async def story(port, server):
        async with Reader(port, sessions["duty_officer"]), Reader(port, path="/health") as health:
            counters = json.loads(await health.reader.read())
        assert counters["status"] == "ok"
        assert counters["connected"] == 1

    with_server(story)
