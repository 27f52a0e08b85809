"""The live stream (SSE): what is published reaches every browser whose person may see it, within moments.

One asyncio process follows the outbox table and writes each event, encoded once, to the open connections.
A browser that was away names the last event it saw and gets the rest. Nothing is queued without bound: a
reader that cannot keep up is cut off and resumes from its last event.
"""

import asyncio
import json
import logging
import resource
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from anlan.foundation.accounts.middleware import has_second_factor
from anlan.foundation.events.models import OutboxRow

log = logging.getLogger(__name__)

POLL_S = 0.03
HEARTBEAT_S = 15
HEAD_TIMEOUT_S = 10
HEAD_LIMIT = 16 * 1024
#: Bytes that may wait for one reader before it is cut off.
BACKLOG_LIMIT = 256 * 1024
#: A reader that missed more than this is told to reload instead.
REPLAY_LIMIT = 2000
#: After this long a reader has to come back, so that an ended sign-in or a changed post takes effect.
LIFETIME_S = 900
#: PostgreSQL may commit a lower number after a higher one; the tail looks back this far for such rows.
LOOK_BACK = 200

#: The register whose readers may hear of an event; what is not listed goes to its named recipients only.
SUBJECTS = {
    "ReadingExceeded": "alarms",
    "AssessmentRaised": "assessments",
    "WarningIssued": "warnings",
    "IncidentRaised": "incidents",
    "IncidentChanged": "incidents",
    "ResponseActivated": "activations",
    "OrderChanged": "orders",
    "ResourceMoved": "resourcerequests",
    "ClockStruck": "incidents",
    "GatewayReported": "gateways",
    "RoadChanged": "closures",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A published event, ready for the wire."""

    id: int
    topic: str
    area_code: str
    recipients: tuple[int, ...]
    frame: bytes

    @classmethod
    def of(cls, row: OutboxRow) -> "Row":
        content = {"id": row.id, "topic": row.topic, "at": row.at.isoformat(), "payload": row.payload}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return cls(
            row.id,
            row.topic,
            row.area_code,
            tuple(row.recipients),
            f"id: {row.id}\ndata: {text}\n\n".encode(),
        )


@dataclass(frozen=True, slots=True)
class Audience:
    """People who see the same events: the same areas, the same topics."""

    prefixes: tuple[str, ...]
    topics: frozenset[str]

    def sees(self, row: Row) -> bool:
        return not row.recipients and row.topic in self.topics and row.area_code.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person behind a connection."""

    user: int
    audience: Audience

    def sees(self, row: Row) -> bool:
        return self.user in row.recipients or self.audience.sees(row)


@dataclass
class Counters:
    """What the stream has done since it started."""

    connected: int = 0
    accepted: int = 0
    refused: int = 0
    events: int = 0
    deliveries: int = 0
    replayed: int = 0
    cut_off: int = 0


def admit(cookies: str) -> Viewer | None:
    """The person whose session cookie this is; None when there is no valid sign-in."""
    try:
        jar = SimpleCookie(cookies)
    except CookieError:
        return None
    if settings.SESSION_COOKIE_NAME not in jar:
        return None
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(jar[settings.SESSION_COOKIE_NAME].value)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    if settings.ANLAN.require_mfa and user.needs_second_factor and not has_second_factor(request):
        return None
    scope = user.scope
    is_public_reader = scope.owner is None
    topics = frozenset(t for t, subject in SUBJECTS.items() if is_public_reader and user.may(f"view:{subject}"))
    return Viewer(user.pk, Audience(scope.prefixes, topics))


class Tail:
    """Follows the outbox table; used by one thread only."""

    def __init__(self) -> None:
        self.high = OutboxRow.objects.order_by("-id").values_list("id", flat=True).first() or 0
        self._version = None
        self._seen: set[int] = set()
        self._is_sqlite = connection.vendor == "sqlite"

    def new_rows(self) -> list[Row]:
        """The rows that appeared since the last call."""
        if self._is_sqlite and not self._has_changed():
            return []
        after = self.high if self._is_sqlite else max(0, self.high - LOOK_BACK)
        rows = [r for r in OutboxRow.objects.filter(id__gt=after).order_by("id")[:1000] if r.id not in self._seen]
        if rows and not self._is_sqlite:
            self._seen = {i for i in self._seen if i > rows[-1].id - LOOK_BACK} | {row.id for row in rows}
        self.high = max([self.high, *(row.id for row in rows)])
        if len(rows) == 1000:
            self._version = None
        return [Row.of(row) for row in rows]

    def _has_changed(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()[0]
        changed = version != self._version
        self._version = version
        return changed


def missed(viewer: Viewer, after: int, up_to: int) -> list[Row] | None:
    """The events between two numbers that this person sees; None when they are too many to send."""
    rows = list(OutboxRow.objects.filter(id__gt=after, id__lte=up_to).order_by("id")[: REPLAY_LIMIT + 1])
    if len(rows) > REPLAY_LIMIT:
        return None
    return [row for row in map(Row.of, rows) if viewer.sees(row)]


class Stream(asyncio.Protocol):
    """One connection: a small HTTP request, then events until somebody hangs up."""

    def __init__(self, server: "LiveServer"):
        self.server = server
        self.viewer: Viewer | None = None
        self.opened_at = time.monotonic()
        self._head = b""
        #: Events that came while the missed ones were fetched; None once the stream runs.
        self._held: list[bytes] | None = []
        self._is_asked = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.server.streams.add(self)
        self._timeout = self.server.loop.call_later(HEAD_TIMEOUT_S, self._refuse, "408 Request Timeout")

    def connection_lost(self, _reason: Exception | None) -> None:
        self._timeout.cancel()
        self.server.forget(self)

    def data_received(self, data: bytes) -> None:
        if self._is_asked:
            return
        self._head += data
        if len(self._head) > HEAD_LIMIT:
            self._is_asked = True
            self._refuse("431 Request Header Fields Too Large")
        elif b"\r\n\r\n" in self._head:
            self._is_asked = True
            self._timeout.cancel()
            self._answer(self._head.split(b"\r\n\r\n", 1)[0].decode("latin-1"))

    def send(self, data: bytes) -> None:
        """Write to the reader; one that lets too much pile up is cut off and will resume."""
        if self._held is not None:
            self._held.append(data)
        elif self.transport.get_write_buffer_size() > BACKLOG_LIMIT:
            self.server.counters.cut_off += 1
            self.transport.abort()
        else:
            self.transport.write(data)
            self.server.counters.deliveries += 1

    def _answer(self, head: str) -> None:
        line, *rest = head.split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (entry.partition(":") for entry in rest)}
        method, _, target = line.partition(" ")
        address = urlsplit(target.partition(" ")[0])
        host, _port = split_domain_port(headers.get("host", ""))
        if method != "GET":
            self._refuse("405 Method Not Allowed")
        elif not validate_host(host, settings.ALLOWED_HOSTS):
            self._refuse("400 Bad Request")
        elif address.path == "/health":
            self._refuse("200 OK", json.dumps({"status": "ok", **asdict(self.server.counters)}))
        elif address.path != "/stream":
            self._refuse("404 Not Found")
        elif (origin := headers.get("origin", "")) and urlsplit(origin).hostname != host:
            self._refuse("403 Forbidden")
        else:
            last = headers.get("last-event-id") or parse_qs(address.query).get("last", [""])[0]
            self._task = self.server.loop.create_task(self._open(headers.get("cookie", ""), origin, last))

    async def _open(self, cookies: str, origin: str, last: str) -> None:
        try:
            self.viewer = await self.server.at_door(admit, cookies)
            if self.viewer is None:
                self._refuse("401 Unauthorized", origin=origin)
                return
            self.transport.write(_stream_head(origin))
            up_to = self.server.join(self)
            if last.isdigit() and int(last) < up_to:
                await self._replay(int(last), up_to)
        except DatabaseError:
            log.exception("live stream could not be opened")
            self._refuse("503 Service Unavailable", origin=origin)
            return
        held, self._held = self._held, None
        for data in held or []:
            self.send(data)

    async def _replay(self, after: int, up_to: int) -> None:
        rows = await self.server.at_door(missed, self.viewer, after, up_to)
        if rows is None:
            self.transport.write(f'id: {up_to}\ndata: {{"id":{up_to},"topic":"Reset","payload":{{}}}}\n\n'.encode())
            return
        self.transport.write(b"".join(row.frame for row in rows))
        self.server.counters.replayed += len(rows)

    def _refuse(self, status: str, body: str = "", origin: str = "") -> None:
        if not status.startswith("200"):
            self.server.counters.refused += 1
        content = body.encode()
        self.transport.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
            f"{_sharing(origin)}Connection: close\r\n\r\n".encode()
            + content
        )
        self.transport.close()


def _sharing(origin: str) -> str:
    """Headers that let the page, served on another port of this host, read the answer."""
    if not origin:
        return ""
    return f"Access-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n"


def _stream_head(origin: str) -> bytes:
    return (
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
        f"X-Accel-Buffering: no\r\n{_sharing(origin)}Connection: keep-alive\r\n\r\nretry: 1500\n\n"
    ).encode()


def _close_connection() -> None:
    """Close the calling thread's own database connection."""
    connection.close()


class LiveServer:
    """Accepts readers, follows the outbox and hands every event to those who may see it."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.streams: set[Stream] = set()
        self._audiences: dict[Audience, set[Stream]] = defaultdict(set)
        self._high = 0
        # The tail has a thread of its own, so that a rush of sign-ins never delays an event.
        self._tail_thread = ThreadPoolExecutor(1, thread_name_prefix="live-tail")
        self._door_threads = ThreadPoolExecutor(2, thread_name_prefix="live-door")

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one."""
        self.loop = asyncio.get_running_loop()
        self._tail = await self._at_tail(Tail)
        self._high = self._tail.high
        self._server = await self.loop.create_server(lambda: Stream(self), host, port, backlog=2048)
        self._tasks = [self.loop.create_task(work()) for work in (self._follow, self._keep_alive)]

    async def stop(self) -> None:
        """Stop listening and let every reader go; they resume elsewhere from their last event."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for stream in list(self.streams):
            stream.transport.close()
        await self._at_tail(_close_connection)
        self._tail_thread.shutdown()
        self._door_threads.shutdown()

    def join(self, stream: Stream) -> int:
        """Let a reader hear what is published from now on; the answer is the last event before that."""
        self._audiences[stream.viewer.audience].add(stream)
        self.counters.accepted += 1
        self.counters.connected += 1
        return self._high

    def forget(self, stream: Stream) -> None:
        """A connection is gone."""
        self.streams.discard(stream)
        if stream.viewer is None or stream not in self._audiences.get(stream.viewer.audience, ()):
            return
        self.counters.connected -= 1
        members = self._audiences[stream.viewer.audience]
        members.discard(stream)
        if not members:
            del self._audiences[stream.viewer.audience]

    def publish(self, rows: list[Row]) -> None:
        """Hand new events to their readers, in order, each encoded once."""
        self.counters.events += len(rows)
        self._high = max([self._high, *(row.id for row in rows)])
        addressed = {user for row in rows for user in row.recipients}
        for audience, streams in list(self._audiences.items()):
            shared = b"".join(row.frame for row in rows if audience.sees(row))
            for stream in list(streams):
                is_addressed = stream.viewer.user in addressed
                data = b"".join(row.frame for row in rows if stream.viewer.sees(row)) if is_addressed else shared
                if data:
                    stream.send(data)

    async def at_door(self, function, *arguments):
        """Run database work of one reader beside the event loop."""

        def work():
            try:
                return function(*arguments)
            finally:
                _close_connection()

        return await self.loop.run_in_executor(self._door_threads, work)

    async def _at_tail(self, function):
        return await self.loop.run_in_executor(self._tail_thread, function)

    async def _follow(self) -> None:
        while True:
            try:
                rows = await self._at_tail(self._tail.new_rows)
            except DatabaseError:
                log.exception("the outbox cannot be read; trying again")
                await self._at_tail(_close_connection)
                await asyncio.sleep(1)
                continue
            if rows:
                self.publish(rows)
            else:
                await asyncio.sleep(POLL_S)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            limit = time.monotonic() - LIFETIME_S
            for stream in list(self.streams):
                if stream.viewer is None:
                    continue
                if stream.opened_at < limit:
                    stream.transport.close()
                else:
                    stream.send(b":\n\n")


def allow_many_connections() -> None:
    """Raise the limit on open files to what the machine permits: every reader is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve_live(host: str, port: int, stop: asyncio.Event) -> None:
    """Serve the stream until `stop` is set."""
    allow_many_connections()
    server = LiveServer()
    await server.start(host, port)
    log.info("live stream on %s:%s", host, server.port)
    try:
        await stop.wait()
    finally:
        await server.stop()
