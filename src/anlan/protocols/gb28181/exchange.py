"""Requests and answers of a platform, ready to send, and lists that come in many messages put together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.protocols.gb28181.bodies import CONTENT_TYPE, Body, Catalog, DeviceControl, RecordInfo, encode_body
from anlan.protocols.gb28181.catalogue import CatalogItem, RecordItem
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sdp import Session, build
from anlan.protocols.gb28181.shapes import SHANGHAI
from anlan.protocols.gb28181.sip import REASONS, Address, Header, Message, Uri, Via

MAX_FORWARDS = "70"
SUBSCRIPTIONS = {"Catalog": "Catalog", "Alarm": "presence", "MobilePosition": "presence", "PTZPosition": "presence"}
"""The Event of a SUBSCRIBE by CmdType (2016 annex J, 2022 9.11; PTZPosition is of 2022)."""


@dataclass(frozen=True, slots=True)
class Party:
    """A device or platform: its code, its SIP domain, and where it is reached."""

    code: str
    host: str
    port: int = 5060
    domain: str = ""
    """The first ten digits of the code when not told."""

    @property
    def identity(self) -> Address:
        """How From and To name it."""
        return Address(Uri(self.code, self.domain or self.code[:10] or self.host))

    @property
    def contact(self) -> Uri:
        """How a request URI or Contact names it."""
        return Uri(self.code, self.host, self.port)


class Agent:
    """Makes requests with identifiers of their own; `seed` keeps those of two processes apart.

    >>> from anlan.protocols.gb28181.bodies import Query
    >>> agent = Agent(Party("37150000002000000001", "10.0.0.1"), seed="test")
    >>> request = agent.command(Party("37152600001320000001", "10.0.0.64"), Query(
    ...     cmd_type="Catalog", sn=agent.number(), device_id="37152600001320000001"))
    >>> request.method, str(request.recipient)
    ('MESSAGE', '<sip:37152600001320000001@3715260000>')
    """

    def __init__(self, me: Party, *, seed: str, user_agent: str = "Anlan", version: str = "") -> None:
        self.me = me
        self._seed, self._user_agent, self._version = seed, user_agent, version
        self._made = 0
        self._number = 0

    def number(self) -> int:
        """The next SN of a command."""
        self._number = self._number % 999_999_999 + 1
        return self._number

    def identifier(self) -> str:
        """A name that no other request has."""
        self._made += 1
        return hashlib.blake2b(f"{self._seed}/{self._made}".encode(), digest_size=10).hexdigest()

    def via(self, transport: str = "UDP") -> Via:
        """A Via with a new branch."""
        branch = ("branch", f"z9hG4bK{self.identifier()}")
        return Via(transport, self.me.host, self.me.port, (("rport", ""), branch))

    def request(
        self,
        method: str,
        to: Party,
        *,
        transport: str = "UDP",
        headers: Sequence[Header] = (),
        body: bytes = b"",
        content_type: str = "",
        recipient: Address | None = None,
        number: int = 1,
    ) -> Message:
        """A request outside any dialogue."""
        sender = self.me.identity.tagged(self.identifier())
        lines = [
            ("Via", str(self.via(transport))),
            ("From", str(sender)),
            ("To", str(recipient or to.identity)),
            ("Call-ID", f"{self.identifier()}@{self.me.host}"),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<{self.me.contact}>"),
            ("Max-Forwards", MAX_FORWARDS),
            ("User-Agent", self._user_agent),
            *([("X-GB-Ver", self._version)] if self._version else []),
            *headers,
            *([("Content-Type", content_type)] if body else []),
        ]
        return Message(tuple(lines), body, method=method, uri=str(to.contact))

    def command(self, to: Party, body: Body, *, transport: str = "UDP") -> Message:
        """The MESSAGE that carries a command."""
        return self.request("MESSAGE", to, transport=transport, body=encode_body(body), content_type=CONTENT_TYPE)

    def subscribe(self, to: Party, query: Body, expires: int, *, transport: str = "UDP") -> Message:
        """The SUBSCRIBE for what a query names; expires 0 ends it."""
        event = SUBSCRIPTIONS.get(query.cmd_type)
        if event is None:
            raise GB28181Error(f"不能订阅 {query.cmd_type[:40]}：应为 {'、'.join(SUBSCRIPTIONS)}")
        named = f"{event};id={query.sn}" if event == "Catalog" else event
        headers = (("Event", named), ("Expires", str(expires)))
        body = encode_body(query)
        return self.request("SUBSCRIBE", to, transport=transport, headers=headers, body=body, content_type=CONTENT_TYPE)

    def invite(self, to: Party, session: Session, *, receiver: str = "", transport: str = "UDP") -> Message:
        """The INVITE that asks a device to send a stream to where the session says."""
        subject = f"{to.code}:{session.ssrc or 0},{receiver or self.me.code}:0"
        return self.request(
            "INVITE",
            to,
            transport=transport,
            headers=(("Subject", subject),),
            body=build(session),
            content_type="application/sdp",
        )

    def register(self, to: Party, *, expires: int, number: int = 1, transport: str = "UDP") -> Message:
        """The REGISTER of a device or lower platform; add Authorization and send it again on a 401."""
        return self.request(
            "REGISTER",
            to,
            transport=transport,
            headers=(("Expires", str(expires)),),
            recipient=self.me.identity,
            number=number,
        )


def respond(
    request: Message,
    status: int,
    *,
    source: tuple[str, int] | None = None,
    tag: str = "",
    headers: Sequence[Header] = (),
    body: bytes = b"",
    content_type: str = "",
) -> Message:
    """The response to a request: its Via, From, To with a tag, Call-ID and CSeq (RFC 3261 8.2.6).

    >>> agent = Agent(Party("37152600001320000001", "10.0.0.64"), seed="test")
    >>> respond(agent.request("MESSAGE", Party("37150000002000000001", "10.0.0.1")), 200, tag="7").recipient.tag
    '7'
    """
    first, *others = request.all("Via")
    via = Via.parse(first)
    if source is not None:
        via = via.answered(*source)
    recipient = request.recipient
    lines = [
        ("Via", str(via)),
        *[("Via", other) for other in others],
        ("From", request.header("From")),
        ("To", str(recipient.tagged(tag)) if tag and not recipient.tag else request.header("To")),
        ("Call-ID", request.call_id),
        ("CSeq", request.header("CSeq")),
        *headers,
        *([("Content-Type", content_type)] if body else []),
    ]
    return Message(tuple(lines), body, status=status, reason=REASONS.get(status, ""))


def date_header(now: datetime) -> Header:
    """The Date by which devices set their clocks (2016 9.10): Beijing time with milliseconds."""
    return "Date", now.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(timespec="milliseconds")


def emphasise_iframe(sn: int, device_id: str, *, is_2022: bool = False) -> DeviceControl:
    """The order to send a key frame (强制关键帧): 2016 prints its element as IFameCmd."""
    if is_2022:
        return DeviceControl(sn=sn, device_id=device_id, iframe_cmd="Send")
    return DeviceControl(sn=sn, device_id=device_id, ifame_cmd="Send")


class Collector:
    """Catalogues and record lists that come in many messages, whole once SumNum items are there.

    Parts belong together by device, CmdType and SN. At most `pending` lists wait, none longer than `patience`.

    >>> now = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
    >>> parts = [Catalog(sn=1, device_id="1", sum_num=2, device_list=(CatalogItem(device_id=one),)) for one in "23"]
    >>> collector = Collector()
    >>> [collector.add("1", part, now) for part in parts][1].device_list[1].device_id
    '3'
    """

    def __init__(
        self, *, pending: int = 1024, items: int = 200_000, patience: timedelta = timedelta(minutes=2)
    ) -> None:
        self._most, self._items, self._patience = pending, items, patience
        self._waiting: dict[tuple[str, str, int], tuple[datetime, Catalog | RecordInfo, dict[object, None]]] = {}

    def add(self, sender: str, part: Catalog | RecordInfo, now: datetime) -> Catalog | RecordInfo | None:
        """The whole list that this part completes, in the order of arrival; a part that comes twice counts once."""
        key = (sender, part.cmd_type, part.sn)
        items: Sequence[CatalogItem | RecordItem] = part.device_list if isinstance(part, Catalog) else part.record_list
        if part.sum_num is None or len(items) >= part.sum_num:
            self._waiting.pop(key, None)
            return part
        _, first, found = self._waiting.pop(key, (now, part, {}))
        found.update(dict.fromkeys(items))
        if len(found) >= part.sum_num:
            return _joined(first, tuple(found))
        if sum(len(others) for _, _, others in self._waiting.values()) + len(found) > self._items:
            raise GB28181Error(f"等待中的目录项超过 {self._items} 个")
        if len(self._waiting) >= self._most:
            raise GB28181Error(f"等待中的目录超过 {self._most} 个")
        self._waiting[key] = (now, first, found)
        return None

    def overdue(self, now: datetime) -> list[tuple[str, Catalog | RecordInfo]]:
        """Senders and lists whose other parts did not come in time: what there is of them."""
        late = [key for key, (moment, _, _) in self._waiting.items() if now - moment >= self._patience]
        found = []
        for key in late:
            _, first, items = self._waiting.pop(key)
            found.append((key[0], _joined(first, tuple(items))))
        return found


def _joined(first: Catalog | RecordInfo, items: tuple[object, ...]) -> Catalog | RecordInfo:
    name = "device_list" if isinstance(first, Catalog) else "record_list"
    values = {slot: getattr(first, slot) for slot in first.__dataclass_fields__}
    return type(first)(**values | {name: items})
