"""A view or a subscription from its first request to its end: INVITE, ACK, BYE; SUBSCRIBE, NOTIFY.

GB/T 28181-2016 9.2 (live view) and 9.11 (subscriptions); 2022 keeps both flows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.protocols.gb28181.exchange import Agent
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sdp import Session, parse
from anlan.protocols.gb28181.sip import Address, Header, Message, Via
from anlan.protocols.gb28181.transactions import Source

REFRESH = 0.8
"""A subscription is renewed after this part of its time."""
SHORTEST = 30
"""Seconds that a subscription is taken to last at least, whatever a device grants."""
_KEPT = frozenset({"Via", "From", "To", "Call-ID", "CSeq", "Contact"})


@dataclass(frozen=True, slots=True)
class Step:
    """What a dialogue does on a response: requests to ask, an ACK to send at once, and how it stands then."""

    asks: tuple[Message, ...] = ()
    sends: tuple[Message, ...] = ()


class Dialogue:
    """One INVITE or SUBSCRIBE and what follows within it; `state` is trying, open, closing or closed."""

    def __init__(self, agent: Agent, request: Message, to: Source, device_id: str) -> None:
        self.request = request
        self.to = to
        self.device_id = device_id
        self.state = "trying"
        self.answer: Session | None = None
        """What the device sends, once an INVITE is answered."""
        self.refresh_at: datetime | None = None
        self._agent = agent
        self._remote: Address = request.recipient
        self._target = request.uri
        self._route: tuple[Header, ...] = ()
        self._number = request.sequence[0]
        self._ack: Message | None = None
        self._is_unwanted = False

    @property
    def token(self) -> str:
        """The Call-ID, by which callers name the dialogue."""
        return self.request.call_id

    @property
    def is_call(self) -> bool:
        """Whether this is a view, not a subscription."""
        return self.request.method == "INVITE"

    def owns(self, message: Message) -> bool:
        """Whether a request from the device is within this dialogue (RFC 3261 12.2.2)."""
        mine, theirs = self.request.sender.tag, self._remote.tag
        same = message.call_id == self.token and message.recipient.tag == mine
        return same and (theirs is None or message.sender.tag == theirs)

    def respond(self, request: Message, response: Message, now: datetime) -> Step:
        """What follows a final response to a request of this dialogue."""
        method = request.method
        if method == "BYE" or (method == "SUBSCRIBE" and self.state == "closing"):
            self.state = "closed"
            return Step()
        if method == "CANCEL":
            return Step()
        if response.status >= 300:
            self._failed(method)
            if method != "INVITE":
                return Step()
            self._ack = self._same_branch("ACK", response.header("To"))  # RFC 3261 17.1.1.3
            return Step(sends=(self._ack,))
        self._learn(response)
        if method == "INVITE":
            return self._accepted(response)
        self.state = "open"
        self._plan(request, response, now)
        return Step()

    def _failed(self, method: str) -> None:
        if method == "SUBSCRIBE" and self.state == "open":
            self.refresh_at = None
        self.state = "closed"

    def _learn(self, response: Message) -> None:
        self._remote = response.recipient
        if response.contact is not None:
            self._target = str(response.contact.uri)
        self._route = tuple(("Route", value) for value in reversed(response.all("Record-Route")))

    def _accepted(self, response: Message) -> Step:
        self._ack = self._within("ACK", number=self.request.sequence[0])
        try:
            self.answer = parse(response.body)
        except GB28181Error:
            self._is_unwanted = True
        if self._is_unwanted:  # closed before the answer came, or an answer that cannot be read
            self.state = "closing"
            return Step(asks=(self._within("BYE"),), sends=(self._ack,))
        self.state = "open"
        return Step(sends=(self._ack,))

    def _plan(self, request: Message, response: Message, now: datetime) -> None:
        granted = response.expires if response.expires is not None else request.expires
        self.refresh_at = now + timedelta(seconds=max(granted or 0, SHORTEST) * REFRESH)

    def repeat_ack(self) -> Message | None:
        """The ACK for a final response that came again."""
        return self._ack

    def renew(self, expires: int | None = None) -> Message:
        """The SUBSCRIBE that keeps a subscription alive; expires 0 ends it."""
        kept = [item for item in self.request.headers if item[0] not in _KEPT and item[0] not in ("Max-Forwards",)]
        if expires is not None:
            kept = [(name, str(expires) if name == "Expires" else value) for name, value in kept]
        self.refresh_at = None
        if expires == 0:
            self.state = "closing"
        again = self._within("SUBSCRIBE", headers=tuple(kept))
        return replace(again, body=self.request.body)

    def close(self) -> Message | None:
        """The request that ends the dialogue; None when it has ended or waits for the first answer."""
        if self.state in ("closing", "closed"):
            return None
        if not self.is_call:
            return self.renew(0)
        if self.state == "trying":
            self._is_unwanted = True
            return self._cancel()
        self.state = "closing"
        return self._within("BYE")

    def ended_by_device(self) -> None:
        """The device said BYE, or that a subscription is over."""
        self.state = "closed"

    def _within(self, method: str, *, headers: tuple[Header, ...] = (), number: int = 0) -> Message:
        if not number:
            self._number += 1
            number = self._number
        via = self._agent.via(self.to.transport)
        lines = (
            ("Via", str(via)),
            *self._route,
            ("From", self.request.header("From")),
            ("To", str(self._remote)),
            ("Call-ID", self.token),
            ("CSeq", f"{number} {method}"),
            ("Contact", self.request.header("Contact")),
            ("Max-Forwards", "70"),
            *headers,
        )
        return Message(tuple(lines), method=method, uri=self._target)

    def _same_branch(self, method: str, recipient: str) -> Message:
        via = Via.parse(self.request.all("Via")[0])
        lines = (
            ("Via", str(via)),
            ("From", self.request.header("From")),
            ("To", recipient),
            ("Call-ID", self.token),
            ("CSeq", f"{self.request.sequence[0]} {method}"),
            ("Max-Forwards", "70"),
        )
        return Message(lines, method=method, uri=self.request.uri)

    def _cancel(self) -> Message:
        return self._same_branch("CANCEL", self.request.header("To"))
