"""The other side as a state machine: a camera or lower platform that registers, reports and answers.

For joining a higher platform, and for playing devices in tests and drills. Bytes and the time go in; things to send
and what the platform wants come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.protocols.gb28181.bodies import CONTENT_TYPE, Body, Keepalive, Query, encode_body
from anlan.protocols.gb28181.digest import Challenge
from anlan.protocols.gb28181.exchange import Agent, Party, respond
from anlan.protocols.gb28181.frames import Frame, GB28181Error
from anlan.protocols.gb28181.messages import content
from anlan.protocols.gb28181.sdp import Session, build
from anlan.protocols.gb28181.sip import Message, decode
from anlan.protocols.gb28181.transactions import Final, Send, Source, Transactions

MISSED = 3
"""Keep-alives without answer after which the platform counts as gone (2016 9.6)."""
PAUSE = timedelta(seconds=60)
"""Between two tries to register (9.1: not too often)."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """The platform asked, ordered or subscribed; answers were given by the device's `answers`."""

    body: Body


@dataclass(frozen=True, slots=True)
class Invited:
    """The platform wants a stream sent to where the session says, or (None) no longer wants it."""

    call_id: str
    session: Session | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the device is registered, and the status that said so."""

    is_online: bool
    status: int


Happening = Send | Commanded | Invited | Standing


@dataclass(slots=True)
class _Subscription:
    request: Message
    tag: str
    until: datetime
    number: int = 0


class Device:
    """One device; `answers` gives what it says to a query or order, `stream` what it sends for a view."""

    def __init__(
        self,
        agent: Agent,
        platform: Party,
        password: str,
        *,
        transport: str = "UDP",
        expires: int = 3600,
        keepalive: timedelta = timedelta(seconds=60),
        answers: Callable[[Body], Iterable[Body]] = lambda _: (),
        stream: Callable[[Session], Session | None] = lambda _: None,
    ) -> None:
        self.agent = agent
        self.is_online = False
        self._platform, self._password = platform, password
        self._to = Source(platform.host, platform.port, transport)
        self._expires, self._keepalive = expires, keepalive
        self._answers, self._stream = answers, stream
        self._transactions = Transactions()
        self._subscriptions: dict[str, _Subscription] = {}
        self._number = 0
        self._missed = 0
        self._call: Message | None = None  # the REGISTER whose Call-ID and tags stay
        self._next: datetime | None = None
        self._renew_at: datetime | None = None

    def start(self, now: datetime, *, expires: int | None = None) -> list[Happening]:
        """Register, or renew; expires 0 leaves."""
        wanted = self._expires if expires is None else expires
        request = self.agent.register(self._platform, expires=wanted, transport=self._to.transport)
        self._next = None if wanted == 0 else now + PAUSE
        return [self._ask(self._numbered(request), now)]

    def _numbered(self, request: Message) -> Message:
        """A REGISTER with the Call-ID of the first and the next number (RFC 3261 10.2)."""
        self._number += 1
        if self._call is None:
            self._call = request
        for name in ("Call-ID", "From"):
            request = request.with_header(name, self._call.header(name))
        return request.with_header("CSeq", f"{self._number} REGISTER")

    def _ask(self, request: Message, now: datetime) -> Send:
        return self._transactions.ask(request, self._to, now)

    def receive(self, raw: bytes | Frame, now: datetime) -> list[Happening]:
        """What follows bytes from the platform; GB28181Error when they cannot be read."""
        message = decode(raw)
        if not message.is_request:
            final = self._transactions.take(message, now)
            return self._final(final, now) if final else []
        again = self._transactions.repeat(message, self._to)
        if again or message.method == "ACK":
            return [again] if again else []
        return self._request(message, now)

    def _final(self, final: Final, now: datetime) -> list[Happening]:
        method = final.request.method
        if method == "REGISTER":
            return self._registered(final, now)
        if method == "MESSAGE" and isinstance(content(final.request), Keepalive):
            self._missed = 0 if final.status < 300 else self._missed + 1
            if final.status == 403 or self._missed >= MISSED:
                return [*self._lost(final.status), *self.start(now)]
        return []

    def _registered(self, final: Final, now: datetime) -> list[Happening]:
        response = final.response
        if response is not None and final.status == 401 and not final.request.header("Authorization"):
            return [self._ask(self._authorized(final.request, response), now)]
        if response is None or final.status >= 300:
            stale = response is not None and "stale=true" in response.header("WWW-Authenticate").lower()
            if response is not None and final.status == 401 and stale:
                return [self._ask(self._authorized(final.request, response), now)]
            return self._lost(final.status)
        if final.request.expires == 0:
            return self._lost(final.status)
        granted = response.expires or self._expires
        self.is_online, self._missed = True, 0
        self._renew_at, self._next = now + timedelta(seconds=granted * 0.8), now + self._keepalive
        return [Standing(True, final.status)]

    def _lost(self, status: int) -> list[Happening]:
        self.is_online, self._renew_at, self._missed = False, None, 0
        return [Standing(False, status)]

    def _authorized(self, request: Message, response: Message) -> Message:
        challenge = Challenge.parse(response.header("WWW-Authenticate"))
        credentials = challenge.answer(
            username=self.agent.me.code,
            password=self._password,
            method="REGISTER",
            uri=request.uri,
            cnonce=self.agent.identifier(),
        )
        again = request.with_header("Authorization", str(credentials))
        return self._numbered(again.with_header("Via", str(self.agent.via(self._to.transport))))

    def _request(self, message: Message, now: datetime) -> list[Happening]:
        try:
            body = content(message)
        except GB28181Error:
            return [self._reply(message, 400, now)]
        if message.method == "INVITE" and isinstance(body, Session):
            session = self._stream(body)
            if session is None:
                return [self._reply(message, 488, now)]
            return [Invited(message.call_id, body), self._reply(message, 200, now, build(session), "application/sdp")]
        if message.method in ("BYE", "CANCEL"):
            return [self._reply(message, 200, now), Invited(message.call_id, None)]
        if not isinstance(body, Body) or message.method not in ("MESSAGE", "SUBSCRIBE"):
            return [self._reply(message, 200 if message.method == "OPTIONS" else 405, now)]
        if message.method == "SUBSCRIBE":
            return self._subscribed(message, body, now)
        told = [self._ask(self._command(one), now) for one in self._answers(body)]
        return [self._reply(message, 200, now), Commanded(body), *told]

    def _subscribed(self, message: Message, body: Body, now: datetime) -> list[Happening]:
        seconds = message.expires or 0
        known = self._subscriptions.get(message.call_id)
        tag = known.tag if known else self.agent.identifier()
        response = respond(message, 200, tag=tag, headers=(("Expires", str(seconds)),))
        done = self._transactions.answer(message, response, self._to, now)
        if not seconds:
            self._subscriptions.pop(message.call_id, None)
            return [done]
        number = known.number if known else 0
        until = now + timedelta(seconds=seconds)
        self._subscriptions[message.call_id] = _Subscription(message, tag, until, number)
        return [done, Commanded(body)]

    def _reply(self, request: Message, status: int, now: datetime, body: bytes = b"", kind: str = "") -> Send:
        contact = ("Contact", f"<{self.agent.me.contact}>")
        tag = self.agent.identifier()
        response = respond(request, status, tag=tag, headers=(contact,), body=body, content_type=kind)
        return self._transactions.answer(request, response, self._to, now)

    def _command(self, body: Body) -> Message:
        return self.agent.command(self._platform, body, transport=self._to.transport)

    def report(self, body: Body, now: datetime) -> list[Happening]:
        """Tell the platform: as NOTIFY in a subscription to the same CmdType, else as MESSAGE."""
        for subscription in self._subscriptions.values():
            asked = content(subscription.request)
            if isinstance(asked, Query) and asked.cmd_type == body.cmd_type and now < subscription.until:
                return [self._ask(self._notice(subscription, body, now), now)]
        return [self._ask(self._command(body), now)]

    def _notice(self, subscription: _Subscription, body: Body, now: datetime) -> Message:
        subscription.number += 1
        request = subscription.request
        left = max(int((subscription.until - now).total_seconds()), 0)
        contact = request.contact
        headers = (
            ("Via", str(self.agent.via(self._to.transport))),
            ("From", str(request.recipient.tagged(subscription.tag))),
            ("To", request.header("From")),
            ("Call-ID", request.call_id),
            ("CSeq", f"{subscription.number} NOTIFY"),
            ("Contact", f"<{self.agent.me.contact}>"),
            ("Max-Forwards", "70"),
            ("Event", request.header("Event")),
            ("Subscription-State", f"active;expires={left}"),
            ("Content-Type", CONTENT_TYPE),
        )
        target = str(contact.uri if contact else self._platform.contact)
        return Message(headers, encode_body(body), method="NOTIFY", uri=target)

    def tick(self, now: datetime) -> list[Happening]:
        """What the time brings: keep-alives, renewals, requests sent again."""
        found: list[Happening] = []
        for due in self._transactions.tick(now):
            found += [due] if isinstance(due, Send) else self._final(due, now)
        self._subscriptions = {key: one for key, one in self._subscriptions.items() if now < one.until}
        if self._next is None or now < self._next:
            return found
        if not self.is_online or (self._renew_at is not None and now >= self._renew_at):
            return [*found, *self.start(now)]
        self._next = now + self._keepalive
        body = Keepalive(sn=self.agent.number(), device_id=self.agent.me.code, status="OK")
        return [*found, self._ask(self._command(body), now)]
