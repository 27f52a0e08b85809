"""What platforms answer one another, and the two links between them as state machines without I/O.

A subordinate platform (下级平台) opens the main link (主链路) and logs in; the superior (上级平台) then opens the
sub link (从链路) to where the login said, and shows the code that it gave out. Each link is kept alive every
minute and given up after three without a word. Time is passed in, as seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Literal

from anlan.protocols.jt809 import bodies as b
from anlan.protocols.jt809 import supervision as s
from anlan.protocols.jt809.bodies import Body, Nothing
from anlan.protocols.jt809.catalogue import LINK
from anlan.protocols.jt809.cipher import Cipher
from anlan.protocols.jt809.frames import JT809Error
from anlan.protocols.jt809.messages import Message, encode

Link = Literal["main", "sub"]
MAIN: Link = "main"
SUB: Link = "sub"

_ANSWERS = {
    0x1001: 0x1002, 0x1003: 0x1004, 0x1005: 0x1006, 0x9001: 0x9002, 0x9003: 0x9004, 0x9005: 0x9006,
    0x1201: 0x9201, 0x1207: 0x9207, 0x1208: 0x9208, 0x1209: 0x9209, 0x9102: 0x1102,
    0x9205: 0x1205, 0x9206: 0x1206, 0x920A: 0x120A, 0x920B: 0x120B, 0x920C: 0x120E, 0x120E: 0x920D,
    0x9301: 0x1301, 0x9302: 0x1302, 0x9401: 0x1401,
    0x9501: 0x1501, 0x9502: 0x1502, 0x9503: 0x1503, 0x9504: 0x1504, 0x9505: 0x1505,
    0x9601: 0x1601, 0x9602: 0x1602, 0x1702: 0x9702, 0x9801: 0x1801, 0x9802: 0x1802, 0x1901: 0x9901,
    0x9902: 0x1902, 0x9A01: 0x1A01, 0x9A02: 0x1A02, 0x9B01: 0x1B01, 0x1B02: 0x9B02, 0x9B03: 0x1B03,
}  # fmt: skip
_EMPTY = frozenset({0x1004, 0x1006, 0x9004, 0x9006})
_WITHOUT_PLATE = frozenset({0x9201})


def draft(kind: int, body: Body, *, plate: str | None = None, plate_color: int | None = None) -> Message:
    """A message of a type, ready for `send`: a sub-message brings its business type along.

    >>> hex(draft(0x9502, s.PhotoRequest(lens_id=1, size=2), plate="鲁P12345", plate_color=2).message_id)
    '0x9500'
    """
    if kind in LINK:
        return Message(message_id=kind, body=body)
    return Message(message_id=kind & 0xFF00, data_type=kind, body=body, plate=plate, plate_color=plate_color)


def answer(request: Message, body: Body) -> Message:
    """The answer that carries a body, for the type that the standard answers this request with."""
    kind = _ANSWERS.get(request.kind)
    if kind is None:
        raise JT809Error(f"{request.kind:04X} 不需应答")
    if kind in _WITHOUT_PLATE:
        return draft(kind, body)
    return draft(kind, body, plate=request.plate, plate_color=request.plate_color)


def acknowledge(request: Message, *, result: int = 0) -> Message | None:
    """The answer that says how a request went; None where the standard wants none or one with content.

    >>> asked = draft(0x9503, s.TextInfo(msg_sequence=7, msg_priority=0, msg_content="前方结冰"), plate="鲁P12345")
    >>> acknowledge(asked).data_type == 0x1503, acknowledge(asked).body
    (True, TextAnswer(msg_id=7, result=0))
    """
    kind, asked = _ANSWERS.get(request.kind), request.body
    if kind in _EMPTY:
        return answer(request, Nothing())
    body = _acknowledgement_2019(request, kind, result) if request.is_2019 else _acknowledgement(asked, kind, result)
    return None if body is None else answer(request, body)


def _acknowledgement(asked: Body, kind: int | None, result: int) -> Body | None:
    if kind in (0x1205, 0x1206):
        return Nothing()
    if kind in (0x9207, 0x9208, 0x9209, 0x1501, 0x1505):
        return b.Result(result)
    if isinstance(asked, b.PlatformInfo) and kind == 0x1302:
        return b.InfoAnswer(asked.info_id)
    if isinstance(asked, s.Urge):
        return s.UrgeAnswer(asked.supervision_id, result)
    return s.TextAnswer(asked.msg_sequence, result) if isinstance(asked, s.TextInfo) else None


def _acknowledgement_2019(request: Message, kind: int | None, result: int) -> Body | None:
    if kind in (0x1205, 0x1206):
        return b.SourceFirst(request.kind, request.serial)
    if kind == 0x1302:
        return b.Source(request.kind, request.serial)
    if kind in (0x9201, 0x9207, 0x9208, 0x9209, 0x1401, 0x1501, 0x1503, 0x1505):
        return b.SourcedResult(request.kind, request.serial, result)
    return None


def answer_post(request: Message, content: str, *, responder: str = "", responder_tel: str = "") -> Message:
    """The answer of the person on duty to a query of the post (平台查岗)."""
    asked = request.body
    if isinstance(asked, b.PostQuery2019):
        return answer(request, b.PostAnswer2019(
            asked.object_type, responder, responder_tel, asked.object_id, request.kind, request.serial, content,
        ))  # fmt: skip
    if not isinstance(asked, b.PlatformInfo) or request.kind != 0x9301:
        raise JT809Error(f"{request.kind:04X} 不是平台查岗请求")
    return answer(request, replace(asked, info_content=content))


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a link's connection."""

    link: Link
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Send:
    """Send bytes over a link."""

    link: Link
    message: Message
    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close a link's connection."""

    link: Link
    reason: str


@dataclass(frozen=True, slots=True)
class Receive:
    """A business message for the one who runs the platform."""

    link: Link
    message: Message


Action = Connect | Send | Close | Receive


@dataclass(frozen=True, slots=True)
class Account:
    """What a superior knows of a subordinate platform."""

    user_id: int
    password: str
    centre_id: int
    hosts: frozenset[str] = frozenset()
    """From where it may log in; anywhere when empty."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How two platforms speak: edition, version, encryption, and the standard's times in seconds."""

    is_2019: bool = True
    version: str = "1.0.0"
    cipher: Cipher | None = None
    key: int = 0
    keep_alive: float = 60
    timeout: float = 180
    retry: float = 60


class _Connection:
    """What is known of one link."""

    def __init__(self) -> None:
        self.is_connecting = False
        self.is_open = False
        self.is_ready = False
        self.heard = 0.0
        self.spoken = 0.0
        self.retry_at: float | None = None


class _Platform:
    """What both sides do alike: number, send, keep alive, give up."""

    _keeps: Link
    """The link that this side opens, and keeps alive."""
    _probe: int
    """The business type of its keep-alive request."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.centre_id = 0
        self._serial = 0
        self._address = ("", 0)
        self._links: dict[Link, _Connection] = {MAIN: _Connection(), SUB: _Connection()}

    def is_ready(self, link: Link) -> bool:
        """Whether both sides have shown who they are on this link."""
        return self._links[link].is_ready

    def send(self, message: Message, *, now: float) -> list[Action]:
        """A business message on this side's own link, or on the other while that one is down."""
        for link in (self._keeps, SUB if self._keeps == MAIN else MAIN):
            if self._links[link].is_ready:
                return [self._send(link, message, now)]
        raise JT809Error("主链路和从链路都没有登录，消息未发")

    def _send(self, link: Link, message: Message, now: float) -> Send:
        terms = self.terms
        stamped = replace(
            message, serial=self._serial, centre_id=self.centre_id, version=terms.version, key=terms.key,
            encrypt_flag=int(terms.cipher is not None), utc=int(now) if terms.is_2019 else None,
        )  # fmt: skip
        self._serial = (self._serial + 1) & 0xFFFFFFFF
        self._links[link].spoken = now
        return Send(link, stamped, encode(stamped, cipher=terms.cipher))

    def _say(self, link: Link, kind: int, body: Body, now: float) -> list[Action]:
        """A message of the links themselves, when the link is there."""
        return [self._send(link, draft(kind, body), now)] if self._links[link].is_open else []

    def _open(self, link: Link, now: float) -> None:
        connection = self._links[link]
        connection.is_open, connection.is_ready, connection.is_connecting = True, False, False
        connection.heard = connection.spoken = now

    def _close(self, link: Link, reason: str) -> list[Action]:
        connection = self._links[link]
        if not connection.is_open:
            return []
        connection.is_open = connection.is_ready = False
        return [Close(link, reason)]

    def tick(self, *, now: float) -> list[Action]:
        """What time alone brings: keep-alive requests, links given up, another try. Call it every second or so."""
        actions: list[Action] = []
        for link, connection in self._links.items():
            if connection.is_open and now - connection.heard >= self.terms.timeout:
                actions += self._close(link, f"{self.terms.timeout:g} 秒没有收到数据")
                actions += self._gone(link, now)
        own = self._links[self._keeps]
        if own.is_ready and now - own.spoken >= self.terms.keep_alive:
            actions += self._say(self._keeps, self._probe, Nothing(), now)
        if own.retry_at is not None and now >= own.retry_at:
            actions += self._connect()
        return actions

    def lost(self, link: Link, *, now: float) -> list[Action]:
        """A link's connection is gone, or could not be opened; one that was closed here is no news."""
        connection = self._links[link]
        if not connection.is_open and not connection.is_connecting:
            return []
        connection.is_open = connection.is_ready = False
        return self._gone(link, now)

    def _gone(self, link: Link, now: float) -> list[Action]:
        raise NotImplementedError

    def _connect(self) -> list[Action]:
        """Open this side's own link, unless that is under way."""
        own = self._links[self._keeps]
        own.retry_at = None
        if own.is_open or own.is_connecting or not self._may_connect():
            return []
        own.is_connecting = True
        return [Connect(self._keeps, *self._address)]

    def _may_connect(self) -> bool:
        return True


class Superior(_Platform):
    """The superior's side of one subordinate platform.

    >>> ours = Superior({7: Account(user_id=7, password="secret", centre_id=1111)}, verify_code=2222)
    >>> theirs = Subordinate(Account(user_id=7, password="secret", centre_id=1111), superior=("10.0.0.1", 9000),
    ...                      here=("10.0.0.2", 9001))
    >>> ours.accepted(now=0)
    >>> login = theirs.connected(MAIN, now=0)[0].message
    >>> [type(action).__name__ for action in ours.received(MAIN, login, now=0)]
    ['Send', 'Connect']
    """

    _keeps = SUB
    _probe = 0x9005

    def __init__(self, accounts: Mapping[int, Account], *, verify_code: int, terms: Terms = Terms()) -> None:
        super().__init__(terms)
        self._accounts = accounts
        self._verify_code = verify_code
        self._account: Account | None = None

    @property
    def account(self) -> Account | None:
        """Who has logged in on the main link."""
        return self._account if self.is_ready(MAIN) else None

    def accepted(self, *, now: float) -> None:
        """The subordinate has opened the main link."""
        self._open(MAIN, now)

    def connected(self, link: Link, *, now: float) -> list[Action]:
        """The sub link's connection, asked for by `Connect`, is open."""
        self._open(link, now)
        return self._say(SUB, 0x9001, b.VerifyCode(self._verify_code), now)

    def received(self, link: Link, message: Message, *, now: float, host: str = "") -> list[Action]:
        """What a message brings; `host` is where the main link came from."""
        connection = self._links[link]
        connection.heard = now
        kind, body = message.message_id, message.body
        if link == MAIN and isinstance(body, b.Login | b.Login2019):
            return self._login(message, body, host, now)
        if link == SUB and kind == 0x9002:
            return self._admitted(body, now)
        if not connection.is_ready:
            return self._close(link, f"没有登录，收到 {message.kind:04X}")
        if kind == 0x1005:
            return self._say(link, 0x1006, Nothing(), now)
        if kind == 0x1003:
            return self._logout(body, now)
        if kind == 0x1007:
            return self._close(MAIN, "下级平台通知主链路断开")
        if kind == 0x1008:
            self._links[SUB].retry_at = None
            return self._close(MAIN, "下级平台主动关闭链路") + self._close(SUB, "下级平台主动关闭链路")
        return [] if kind in (0x9004, 0x9006) else [Receive(link, message)]

    def close(self, *, now: float, reason: int = 0) -> list[Action]:
        """Close both links, and say so (9008)."""
        self._links[SUB].retry_at = None
        actions = self._say(MAIN, 0x9008, b.Notice(reason), now)
        return actions + self._close(SUB, "上级平台主动关闭") + self._close(MAIN, "上级平台主动关闭")

    def _login(self, message: Message, login: b.Login | b.Login2019, host: str, now: float) -> list[Action]:
        self.terms = replace(self.terms, is_2019=message.is_2019)
        self.centre_id = message.centre_id
        account = self._accounts.get(login.user_id)
        result = self._verdict(account, message, login, host)
        accepted = b.LoginAnswer(result, 0 if result else self._verify_code)
        answered = self._say(MAIN, 0x1002, accepted, now)
        if result:
            return answered + self._close(MAIN, f"登录失败：结果 {result}")
        self._account, self._links[MAIN].is_ready = account, True
        self._address = (login.down_link_ip, login.down_link_port)
        return answered + self._connect()

    @staticmethod
    def _verdict(account: Account | None, message: Message, login: b.Login | b.Login2019, host: str) -> int:
        if account is None:
            return 3
        if account.centre_id != message.centre_id:
            return 2
        if account.hosts and host not in account.hosts:
            return 1
        return 0 if compare_digest(account.password.encode(), login.password.encode()) else 4

    def _admitted(self, body: Body, now: float) -> list[Action]:
        if isinstance(body, b.Result) and body.result == 0:
            self._links[SUB].is_ready = True
            return []
        self._links[SUB].retry_at = now + self.terms.retry
        return self._close(SUB, "下级平台不接受从链路")

    def _logout(self, body: Body, now: float) -> list[Action]:
        account = self._account
        right = account is not None and body == b.Logout(account.user_id, account.password)
        if not right:
            return self._close(MAIN, "注销请求的用户名或密码有误")
        self._links[SUB].retry_at = None
        actions = self._say(MAIN, 0x1004, Nothing(), now) + self._say(SUB, 0x9003, b.VerifyCode(self._verify_code), now)
        return actions + self._close(MAIN, "下级平台注销") + self._close(SUB, "下级平台注销")

    def _may_connect(self) -> bool:
        return self._links[MAIN].is_ready

    def _gone(self, link: Link, now: float) -> list[Action]:
        if link == MAIN:
            return []
        own = self._links[SUB]
        why = b.Notice(0 if own.is_connecting else 1)
        own.is_connecting, own.retry_at = False, now + self.terms.retry
        return self._say(MAIN, 0x9007, why, now) if self._links[MAIN].is_ready else []


class Subordinate(_Platform):
    """The subordinate's side: it logs in at a superior platform, and waits for the sub link."""

    _keeps = MAIN
    _probe = 0x1005

    def __init__(
        self, account: Account, *, superior: tuple[str, int], here: tuple[str, int], terms: Terms = Terms()
    ) -> None:
        """`superior` is where to log in, `here` where the superior finds this platform."""
        super().__init__(terms)
        self.centre_id = account.centre_id
        self._account = account
        self._address, self._here = superior, here
        self._verify_code: int | None = None

    def start(self) -> list[Action]:
        """Open the main link."""
        return self._connect()

    def connected(self, link: Link, *, now: float) -> list[Action]:
        """The main link's connection is open, or the superior has opened the sub link."""
        self._open(link, now)
        if link == SUB:
            return []
        account, (host, port) = self._account, self._here
        login: Body = b.Login(account.user_id, account.password, host, port)
        if self.terms.is_2019:
            login = b.Login2019(account.user_id, account.password, account.centre_id, host, port)
        return self._say(MAIN, 0x1001, login, now)

    def received(self, link: Link, message: Message, *, now: float) -> list[Action]:
        """What a message brings."""
        connection = self._links[link]
        connection.heard = now
        kind, body = message.message_id, message.body
        if link == MAIN and isinstance(body, b.LoginAnswer):
            return self._admitted(body, now)
        if link == SUB and kind == 0x9001:
            return self._checked(body, now)
        if not connection.is_ready:
            return self._close(link, f"没有登录，收到 {message.kind:04X}")
        if kind == 0x9005:
            return self._say(link, 0x9006, Nothing(), now)
        if kind == 0x9003:
            return self._say(link, 0x9004, Nothing(), now) + self._close(SUB, "上级平台注销从链路")
        if kind == 0x1004:
            self._links[MAIN].retry_at = None
            return self._close(MAIN, "已注销")
        if kind == 0x9007:
            return self._close(SUB, "上级平台通知从链路断开")
        if kind == 0x9008:
            self._links[MAIN].retry_at = now + self.terms.retry
            return self._close(SUB, "上级平台主动关闭链路") + self._close(MAIN, "上级平台主动关闭链路")
        return [] if kind == 0x1006 else [Receive(link, message)]

    def logout(self, *, now: float) -> list[Action]:
        """Take leave of the superior (1003); the link closes with its answer."""
        self._links[MAIN].retry_at = None
        return self._say(MAIN, 0x1003, b.Logout(self._account.user_id, self._account.password), now)

    def close(self, *, now: float, reason: int = 0) -> list[Action]:
        """Close both links, and say so (1008)."""
        self._links[MAIN].retry_at = None
        actions = self._say(SUB, 0x1008, b.Notice(reason), now)
        return actions + self._close(MAIN, "下级平台主动关闭") + self._close(SUB, "下级平台主动关闭")

    def _admitted(self, login: b.LoginAnswer, now: float) -> list[Action]:
        if login.result:
            self._links[MAIN].retry_at = now + self.terms.retry
            return self._close(MAIN, f"登录失败：结果 {login.result}")
        self._verify_code, self._links[MAIN].is_ready = login.verify_code, True
        return []

    def _checked(self, body: Body, now: float) -> list[Action]:
        right = self._verify_code is not None and body == b.VerifyCode(self._verify_code)
        answered = self._say(SUB, 0x9002, b.Result(0 if right else 1), now)
        self._links[SUB].is_ready = right
        return answered if right else answered + self._close(SUB, "从链路校验码有误")

    def _gone(self, link: Link, now: float) -> list[Action]:
        if link == SUB:
            return []
        own = self._links[MAIN]
        own.is_connecting, own.retry_at = False, now + self.terms.retry
        return self._say(SUB, 0x1007, b.Notice(0), now) if self._links[SUB].is_ready else []
