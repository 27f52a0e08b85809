"""The platform's side as a state machine: who is registered, who fell silent, what devices say and are asked.

Bytes and the time go in, things to send and events come out, in the order in which they are to be done: an event
stands before the answer that makes the device forget it, so whoever stores first and then sends loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.protocols.gb28181.bodies import Alarm, Body, Outcome
from anlan.protocols.gb28181.dialogue import Dialogue
from anlan.protocols.gb28181.digest import Authenticator, Credentials
from anlan.protocols.gb28181.exchange import Agent, Party, date_header, respond
from anlan.protocols.gb28181.frames import Frame, GB28181Error
from anlan.protocols.gb28181.messages import content
from anlan.protocols.gb28181.sdp import Session
from anlan.protocols.gb28181.sip import Header, Message, decode, encode
from anlan.protocols.gb28181.transactions import Final, Send, Source, Transactions

ALLOWED = "REGISTER, MESSAGE, NOTIFY, ACK, BYE, OPTIONS"


@dataclass(frozen=True, slots=True)
class Registration:
    """A device that is there."""

    device_id: str
    source: Source
    contact: Party
    expires_at: datetime
    last_heard: datetime
    version: str = ""
    """X-GB-Ver of a device of 2022."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A device came, or renewed its registration."""

    registration: Registration
    is_new: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """A device left: ``request``, ``expired`` (registration), ``silent`` (keep-alives) or ``dismissed``."""

    device_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A device said something: a notice, an alarm, a position, part of a catalogue, an answer to a command."""

    device_id: str
    """Who sent it; the body may be about a device under it."""
    body: Body
    token: str = ""
    """The subscription that it belongs to, if any."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a request of the platform ended: 200, a refusal, or 408 when nobody answered."""

    token: str
    device_id: str
    status: int
    session: Session | None = None
    """What a device sends, for a view that was opened."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A view or subscription is over."""

    token: str
    device_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was not taken, and why."""

    source: Source
    reason: str
    device_id: str = ""


Output = Send | Registered | Gone | Reported | Answered | Ended | Refused


class Registrar:
    """One platform that devices and lower platforms register with.

    `password` gives the password of a device, or None for one that may not register.
    """

    def __init__(
        self,
        agent: Agent,
        authenticator: Authenticator,
        password: Callable[[str], str | None],
        *,
        keepalive: timedelta = timedelta(seconds=60),
        missed: int = 3,
        shortest: int = 60,
        longest: int = 86_400,
    ) -> None:
        self.agent = agent
        self.registrations: dict[str, Registration] = {}
        self._by_source: dict[Source, str] = {}
        self._authenticator, self._password = authenticator, password
        self._silence = keepalive * missed  # 2016 9.6, 2022 9.6: 60 s, three times, both to be set
        self._shortest, self._longest = shortest, longest
        self._transactions = Transactions()
        self._dialogues: dict[str, Dialogue] = {}
        self._devices: dict[str, str] = {}  # token of a request outside dialogues: device

    def receive(self, raw: bytes | Frame, source: Source, now: datetime) -> list[Output]:
        """What follows a datagram, or a frame of a connection."""
        try:
            message = decode(raw)
            if not message.is_request:
                return self._response(message, now)
            again = self._transactions.repeat(message, source)
            return [again] if again else self._request(message, source, now)
        except GB28181Error as error:
            return [Refused(source, str(error))]

    def _request(self, message: Message, source: Source, now: datetime) -> list[Output]:
        if message.method == "ACK":
            return []
        if message.method == "REGISTER":
            return self._register(message, source, now)
        if message.method == "OPTIONS":
            return [self._reply(message, 200, source, now, ("Allow", ALLOWED))]
        if message.method not in ("MESSAGE", "NOTIFY", "BYE"):
            return [self._reply(message, 405, source, now, ("Allow", ALLOWED))]
        device_id = self._sender(message, source)
        registration = self.registrations.get(device_id)
        if registration is None or registration.source.host != source.host:
            reason = "未注册" if registration is None else f"来自 {source.host}，注册时为 {registration.source.host}"
            return [Refused(source, reason, device_id), self._dismiss(message, 403, source)]
        if registration.source != source:
            self._locate(replace(registration, source=source))
        if message.method == "BYE":
            return self._bye(message, source, now)
        return self._report(message, device_id, source, now)

    def _sender(self, message: Message, source: Source) -> str:
        """Who is registered behind a request: the one that From names, else the one that sends from there.

        A recorder may write the code of a camera under it into From.
        """
        device_id = message.sender.uri.user
        return device_id if device_id in self.registrations else self._by_source.get(source, device_id)

    def device_at(self, source: Source) -> str:
        """The registered device that sends from there; empty when none does."""
        return self._by_source.get(source, "")

    def dismiss(self, device_id: str) -> list[Output]:
        """Forget a device that may no longer be registered; what it says from now on is refused."""
        gone: list[Output] = [Gone(device_id, "dismissed")] if device_id in self.registrations else []
        return [*gone, *self._drop(device_id)]

    def _locate(self, registration: Registration) -> None:
        known = self.registrations.get(registration.device_id)
        if known is not None and known.source != registration.source:
            self._by_source.pop(known.source, None)
        self.registrations[registration.device_id] = registration
        self._by_source[registration.source] = registration.device_id

    def _drop(self, device_id: str) -> list[Output]:
        """Forget a device, its place and what is open with it."""
        known = self.registrations.pop(device_id, None)
        if known is None:
            return []
        if self._by_source.get(known.source) == device_id:
            del self._by_source[known.source]
        gone = [dialogue for dialogue in self._dialogues.values() if dialogue.device_id == device_id]
        for dialogue in gone:
            del self._dialogues[dialogue.token]
        return [Ended(dialogue.token, device_id) for dialogue in gone]

    def _where(self, dialogue: Dialogue) -> Source:
        """Where the device of a dialogue is now: behind NAT its port changes, over TCP its connection."""
        known = self.registrations.get(dialogue.device_id)
        return known.source if known else dialogue.to

    def _dismiss(self, request: Message, status: int, source: Source, *headers: Header) -> Send:
        """An answer to somebody who is not known; none is kept, so that strangers fill no memory."""
        tag = self.agent.identifier()
        place = (source.host, source.port)
        return Send(encode(respond(request, status, source=place, tag=tag, headers=headers)), source)

    def _reply(self, request: Message, status: int, source: Source, now: datetime, *headers: Header) -> Send:
        tag = self.agent.identifier()
        response = respond(request, status, source=(source.host, source.port), tag=tag, headers=headers)
        return self._transactions.answer(request, response, source, now)

    def _register(self, message: Message, source: Source, now: datetime) -> list[Output]:
        device_id = message.recipient.uri.user
        password = self._password(device_id)
        if password is None:
            return [Refused(source, "设备未登记", device_id), self._dismiss(message, 403, source)]
        given = message.header("Authorization")
        if not given:
            return [self._challenge(message, source, now)]
        problem = self._authenticator.check(Credentials.parse(given), password=password, method="REGISTER", now=now)
        if problem == "password":
            return [Refused(source, "口令错误", device_id), self._dismiss(message, 403, source)]
        if problem:
            return [self._challenge(message, source, now, is_stale=True)]
        expires = 3600 if message.expires is None else message.expires
        if not expires:
            gone = [Gone(device_id, "request")] if device_id in self.registrations else []
            done = self._reply(message, 200, source, now, ("Expires", "0"), date_header(now))
            return [*gone, *self._drop(device_id), done]
        if expires < self._shortest:
            return [self._reply(message, 423, source, now, ("Min-Expires", str(self._shortest)))]
        return self._admit(message, device_id, source, min(expires, self._longest), now)

    def _challenge(self, message: Message, source: Source, now: datetime, *, is_stale: bool = False) -> Send:
        challenge = self._authenticator.challenge(now, is_stale=is_stale)
        return self._dismiss(message, 401, source, ("WWW-Authenticate", str(challenge)))

    def _admit(self, message: Message, device_id: str, source: Source, expires: int, now: datetime) -> list[Output]:
        version = message.header("X-GB-Ver")
        party = Party(device_id, source.host, source.port, message.recipient.uri.host)
        until = now + timedelta(seconds=expires)
        registration = Registration(device_id, source, party, until, now, version)
        is_new = device_id not in self.registrations
        self._locate(registration)
        headers = [("Expires", str(expires)), date_header(now)]
        headers += [("Contact", contact) for contact in message.all("Contact")[:1]]
        headers += [("X-GB-Ver", version)] if version else []  # 2022 annex I
        return [Registered(registration, is_new), self._reply(message, 200, source, now, *headers)]

    def _report(self, message: Message, device_id: str, source: Source, now: datetime) -> list[Output]:
        try:
            body = content(message)
        except GB28181Error as error:
            return [Refused(source, str(error), device_id), self._reply(message, 400, source, now)]
        if body is not None and not isinstance(body, Body):
            reason = f"消息体类型应为 Application/MANSCDP+xml，收到 {message.content_type[:40]!r}"
            return [Refused(source, reason, device_id), self._reply(message, 415, source, now)]
        registration = self.registrations[device_id]
        self.registrations[device_id] = replace(registration, last_heard=now)
        token, ended = self._subscription(message)
        found: list[Output] = [Reported(device_id, body, token)] if body is not None else []
        done = self._reply(message, 200, source, now)
        if isinstance(body, Alarm) and message.method == "MESSAGE":  # 2016 9.4: the alarm itself is answered too
            outcome = Outcome(cmd_type="Alarm", sn=body.sn, device_id=body.device_id, result="OK")
            return [*found, done, *self.ask(device_id, outcome, now)[1]]
        return [*found, done, *ended]

    def _subscription(self, message: Message) -> tuple[str, list[Output]]:
        dialogue = self._dialogues.get(message.call_id) if message.method == "NOTIFY" else None
        if dialogue is None or not dialogue.owns(message):
            return "", []
        if message.header("Subscription-State").partition(";")[0].strip().lower() != "terminated":
            return dialogue.token, []
        dialogue.ended_by_device()
        del self._dialogues[dialogue.token]
        return dialogue.token, [Ended(dialogue.token, dialogue.device_id)]

    def _bye(self, message: Message, source: Source, now: datetime) -> list[Output]:
        dialogue = self._dialogues.get(message.call_id)
        if dialogue is None or not dialogue.owns(message):
            return [self._reply(message, 481, source, now)]
        dialogue.ended_by_device()
        del self._dialogues[dialogue.token]
        return [Ended(dialogue.token, dialogue.device_id), self._reply(message, 200, source, now)]

    def _response(self, message: Message, now: datetime) -> list[Output]:
        final = self._transactions.take(message, now)
        if final is not None:
            return self._final(final, now)
        dialogue = self._dialogues.get(message.call_id)
        again = (
            dialogue.repeat_ack() if dialogue and message.status >= 200 and message.sequence[1] == "INVITE" else None
        )
        return [Send(encode(again), self._where(dialogue))] if dialogue and again else []

    def _final(self, final: Final, now: datetime) -> list[Output]:
        dialogue = self._dialogues.get(final.token)
        if dialogue is None:
            device_id = self._devices.pop(final.token, "")
            return [Answered(final.token, device_id, final.status)] if device_id else []
        was = dialogue.state
        if final.response is None:
            is_over = final.request.method != "CANCEL"
            if is_over:
                dialogue.ended_by_device()
            step_outputs: list[Output] = []
        else:
            step = dialogue.respond(final.request, final.response, now)
            step_outputs = [Send(encode(message), self._where(dialogue)) for message in step.sends]
            step_outputs += [self._transactions.ask(message, self._where(dialogue), now) for message in step.asks]
        return [*step_outputs, *self._standing(dialogue, was, final.status)]

    def _standing(self, dialogue: Dialogue, was: str, status: int) -> list[Output]:
        """What callers are told after a response to a request of a dialogue."""
        if dialogue.state == "closed":
            self._dialogues.pop(dialogue.token, None)
            if was == "trying":
                return [Answered(dialogue.token, dialogue.device_id, status)]
            return [Ended(dialogue.token, dialogue.device_id)]
        if was == "trying" and dialogue.state == "open":
            return [Answered(dialogue.token, dialogue.device_id, status, dialogue.answer)]
        return []

    def ask(self, device_id: str, body: Body, now: datetime, *, target: str = "") -> tuple[str, list[Output]]:
        """Send a command to a device, or through it to one under it; the token names the answer to come."""
        registration = self._present(device_id)
        party = replace(registration.contact, code=target) if target else registration.contact
        request = self.agent.command(party, body, transport=registration.source.transport)
        self._devices[request.call_id] = device_id
        return request.call_id, [self._transactions.ask(request, registration.source, now)]

    def subscribe(self, device_id: str, query: Body, now: datetime, *, expires: int = 3600) -> tuple[str, list[Output]]:
        """Subscribe to a catalogue, alarms or positions; renewed until closed."""
        registration = self._present(device_id)
        request = self.agent.subscribe(registration.contact, query, expires, transport=registration.source.transport)
        return self._open(request, registration, now)

    def invite(self, device_id: str, session: Session, now: datetime, *, target: str = "") -> tuple[str, list[Output]]:
        """Ask a device, or one under it, to send what it sees to the media server that the session names."""
        registration = self._present(device_id)
        party = replace(registration.contact, code=target) if target else registration.contact
        request = self.agent.invite(party, session, transport=registration.source.transport)
        return self._open(request, registration, now)

    def _open(self, request: Message, registration: Registration, now: datetime) -> tuple[str, list[Output]]:
        dialogue = Dialogue(self.agent, request, registration.source, registration.device_id)
        self._dialogues[dialogue.token] = dialogue
        return dialogue.token, [self._transactions.ask(request, dialogue.to, now)]

    def close(self, token: str, now: datetime) -> list[Output]:
        """End a view or subscription."""
        dialogue = self._dialogues.get(token)
        request = dialogue.close() if dialogue else None
        return [self._transactions.ask(request, self._where(dialogue), now)] if dialogue and request else []

    def _present(self, device_id: str) -> Registration:
        registration = self.registrations.get(device_id)
        if registration is None:
            raise GB28181Error(f"设备 {device_id[:32]} 不在线")
        return registration

    def tick(self, now: datetime) -> list[Output]:
        """What the time brings: requests sent again, subscriptions renewed, devices that are gone."""
        found: list[Output] = []
        for due in self._transactions.tick(now):
            found += [due] if isinstance(due, Send) else self._final(due, now)
        for dialogue in list(self._dialogues.values()):
            if dialogue.refresh_at is not None and now >= dialogue.refresh_at:
                found.append(self._transactions.ask(dialogue.renew(), self._where(dialogue), now))
        for device_id, registration in list(self.registrations.items()):
            reason = "expired" if now >= registration.expires_at else ""
            if now - registration.last_heard >= self._silence:
                reason = reason or "silent"
            if reason:
                found += [Gone(device_id, reason), *self._drop(device_id)]
        return found
