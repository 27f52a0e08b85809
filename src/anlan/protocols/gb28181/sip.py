"""SIP messages as values: start line, headers with their compact and folded forms, addresses, body.

The subset of RFC 3261 that GB/T 28181-2016 annexes and clause 9 use; both standards name headers alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from anlan.protocols.gb28181.frames import BODY_LIMIT, HEAD_LIMIT, Frame, GB28181Error, is_start_line, unwrap, wrap

Header = tuple[str, str]
_Value = TypeVar("_Value")

METHODS = (
    "REGISTER", "MESSAGE", "NOTIFY", "SUBSCRIBE", "INVITE", "ACK", "BYE", "CANCEL", "INFO", "OPTIONS", "UPDATE",
    "PRACK", "REFER", "PUBLISH",
)  # fmt: skip
REASONS = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 415: "Unsupported Media Type", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
    489: "Bad Event", 500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable",
    504: "Server Time-out", 603: "Decline",
}  # fmt: skip

_COMPACT = {
    "i": "Call-ID", "m": "Contact", "e": "Content-Encoding", "l": "Content-Length", "c": "Content-Type", "f": "From",
    "s": "Subject", "k": "Supported", "t": "To", "v": "Via", "o": "Event", "u": "Allow-Events", "r": "Refer-To",
    "b": "Referred-By", "x": "Session-Expires",
}  # fmt: skip
_USUAL = (
    "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Expires", "Content-Type", "Content-Length",
    "User-Agent", "Authorization", "WWW-Authenticate", "Date", "Event", "Subscription-State", "Subject", "Allow",
    "Supported", "Route", "Record-Route", "Min-Expires", "Content-Encoding", "Monitor-User-Identity", "Note",
    "X-GB-Ver", "Allow-Events", "Refer-To", "Referred-By", "Session-Expires", "Server", "Reason",
)  # fmt: skip
_NAMES = {name.lower(): name for name in _USUAL} | _COMPACT
_LISTS = frozenset({"Via", "Contact", "Route", "Record-Route"})
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,64}")
_UNFIT = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^>]*>?|[,;]', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_URI = re.compile(
    r"(sips?):(?:([^@\s<>]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:;?\s@<>\[\]]+)(?::(\d{1,5}))?((?:;[^?\s]*)?)(\?\S*)?"
)
_VIA = re.compile(r"SIP ?/ ?2\.0 ?/ ?([A-Za-z\-]+) (\[[0-9A-Fa-f:.]+\]|[^:;\s]+) ?(?:: ?(\d{1,5}))?", re.ASCII)


def split_outside(text: str, mark: str) -> list[str]:
    """The parts of a header between commas or semicolons that stand outside quotes and angle brackets.

    >>> split_outside('<sip:1@2;x>;a="b;c";d', ";")
    ['<sip:1@2;x>', 'a="b;c"', 'd']
    """
    if '"' not in text and "<" not in text:
        return [part.strip() for part in text.split(mark)]
    found, start = [], 0
    for match in _PARTS.finditer(text):
        if match[0] == mark:
            found.append(text[start : match.start()].strip())
            start = match.end()
    return [*found, text[start:].strip()]


def _parameters(text: str) -> tuple[Header, ...]:
    """Parameters behind a value; the text is empty or starts with a semicolon."""
    pairs = [part.partition("=") for part in split_outside(text, ";") if part]
    return tuple((name.strip(), value.strip()) for name, _, value in pairs if name.strip())


def _write_parameters(parameters: tuple[Header, ...]) -> str:
    return "".join(f";{name}={value}" if value else f";{name}" for name, value in parameters)


def parameter(parameters: tuple[Header, ...], name: str) -> str | None:
    """The value of a parameter, whatever its case; empty for one without value, None for none.

    >>> parameter((("rport", ""), ("Tag", "1")), "tag"), parameter((), "tag")
    ('1', None)
    """
    return next((value for key, value in parameters if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Uri:
    """A SIP URI: whom (device id) and where."""

    user: str
    host: str
    port: int | None = None
    parameters: tuple[Header, ...] = ()
    scheme: str = "sip"

    @classmethod
    def parse(cls, text: str) -> Uri:
        """The parts of a URI.

        >>> Uri.parse("sip:34020000002000000001@3402000000")
        Uri(user='34020000002000000001', host='3402000000', port=None, parameters=(), scheme='sip')
        """
        return _uri(text)

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}:{user}{self.host}{port}{_write_parameters(self.parameters)}"


@dataclass(frozen=True, slots=True)
class Address:
    """What From, To and Contact hold: a URI with a display name and parameters such as the tag."""

    uri: Uri
    parameters: tuple[Header, ...] = ()
    display: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address in a header.

        >>> Address.parse('"Camera" <sip:1@2:5060>;tag=7').tag
        '7'
        """
        return _address(text)

    @property
    def tag(self) -> str | None:
        """The dialogue tag."""
        return parameter(self.parameters, "tag")

    def tagged(self, tag: str) -> Address:
        """The same address with a tag, unless it has one."""
        return self if self.tag else replace(self, parameters=(*self.parameters, ("tag", tag)))

    def __str__(self) -> str:
        quoted = self.display.replace("\\", "\\\\").replace('"', '\\"')
        return (f'"{quoted}" ' if self.display else "") + f"<{self.uri}>{_write_parameters(self.parameters)}"


@dataclass(frozen=True, slots=True)
class Via:
    """One hop that a request took: transport, sender and branch."""

    transport: str
    host: str
    port: int | None = None
    parameters: tuple[Header, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Via:
        """The parts of a Via.

        >>> Via.parse("SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1").branch
        'z9hG4bK1'
        """
        return _via(text)

    @property
    def branch(self) -> str:
        """The identifier of the transaction; empty for a sender of RFC 2543."""
        return parameter(self.parameters, "branch") or ""

    def answered(self, host: str, port: int) -> Via:
        """The Via of a response: where the request really came from (RFC 3581 4, GB/T 28181 annex H).

        >>> str(Via.parse("SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK1").answered("1.2.3.4", 99))
        'SIP/2.0/UDP 10.0.0.1:5060;rport=99;branch=z9hG4bK1;received=1.2.3.4'
        """
        asked = parameter(self.parameters, "rport") is not None
        kept = [(n, str(port) if n.lower() == "rport" else v) for n, v in self.parameters if n.lower() != "received"]
        if asked or host != self.host:
            kept.append(("received", host))
        return replace(self, parameters=tuple(kept))

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{_write_parameters(self.parameters)}"


def _remembered(read: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """The reader with a memory: a device writes the same addresses into every message."""
    remembered = lru_cache(maxsize=4096)(read)
    return lambda text: remembered(text) if len(text) <= 200 else read(text)


@_remembered
def _uri(text: str) -> Uri:
    match = _URI.fullmatch(text.strip())
    if not match or (match[4] and not 0 < int(match[4]) < 65536):
        raise GB28181Error(f"URI 应为 sip:编码@域或地址[:端口]，收到 {text[:64]!r}")
    user = (match[2] or "").partition(":")[0]
    return Uri(user, match[3], int(match[4]) if match[4] else None, _parameters(match[5]), match[1])


@_remembered
def _address(text: str) -> Address:
    text = text.strip()
    quoted = _QUOTED.match(text)
    start = text.find("<", quoted.end() if quoted else 0)
    if start >= 0:
        end = text.find(">", start)
        between = text[quoted.end() : start].strip() if quoted else ""
        if end < 0 or between or text[end + 1 :].strip()[:1] not in ("", ";"):
            raise GB28181Error(f"地址应为 名称 <sip:编码@域>;参数，收到 {text[:64]!r}")
        display = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text[:start].strip()
        return Address(Uri.parse(text[start + 1 : end]), _parameters(text[end + 1 :]), display)
    head, mark, rest = text.partition(";")  # without <>, parameters belong to the header (RFC 3261 20.10)
    return Address(Uri.parse(head), _parameters(mark + rest))


@_remembered
def _via(text: str) -> Via:
    head, mark, rest = text.partition(";")
    match = _VIA.fullmatch(" ".join(head.split()))
    if not match:
        raise GB28181Error(f"Via 应为 SIP/2.0/UDP 地址[:端口];branch=...，收到 {text[:64]!r}")
    return Via(match[1].upper(), match[2], int(match[3]) if match[3] else None, _parameters(mark + rest))


@dataclass(frozen=True, slots=True)
class Message:
    """A SIP request or response."""

    headers: tuple[Header, ...]
    body: bytes = b""
    method: str = ""
    """Empty for a response."""
    uri: str = ""
    status: int = 0
    """0 for a request."""
    reason: str = ""

    @property
    def is_request(self) -> bool:
        """Whether this asks for something."""
        return not self.status

    def header(self, name: str) -> str:
        """The first header of a name as it is usually written; empty when there is none."""
        for key, value in self.headers:
            if key == name:
                return value
        return ""

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a header, those that share a line by commas parted."""
        lines = [value for key, value in self.headers if key == name]
        if name not in _LISTS:
            return tuple(lines)
        return tuple(part for line in lines for part in split_outside(line, ",") if part)

    @property
    def via(self) -> Via:
        """The last hop."""
        return Via.parse((self.all("Via") or ("",))[0])

    @property
    def sender(self) -> Address:
        """From."""
        return Address.parse(self.header("From"))

    @property
    def recipient(self) -> Address:
        """To."""
        return Address.parse(self.header("To"))

    @property
    def contact(self) -> Address | None:
        """Where the sender wants to be reached; None without Contact or for ``*``."""
        found = self.all("Contact")
        return Address.parse(found[0]) if found and found[0] != "*" else None

    @property
    def call_id(self) -> str:
        """Call-ID."""
        return self.header("Call-ID")

    @property
    def sequence(self) -> tuple[int, str]:
        """CSeq: number and method."""
        number, method = (*self.header("CSeq").split(), "", "")[:2]
        if not (number.isascii() and number.isdigit() and len(number) <= 10 and _TOKEN.fullmatch(method)):
            raise GB28181Error(f"CSeq 应为 序号 方法，收到 {self.header('CSeq')[:40]!r}")
        return int(number), method

    @property
    def expires(self) -> int | None:
        """Seconds that a registration or subscription lasts: of Contact, else of Expires (RFC 3261 10.2.1.1)."""
        contact = self.contact
        text = (contact and parameter(contact.parameters, "expires")) or self.header("Expires")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise GB28181Error(f"Expires 应为秒数，收到 {text[:20]!r}")
        return int(text)

    @property
    def content_type(self) -> str:
        """Type of the body in lower case, without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def with_header(self, name: str, value: str) -> Message:
        """The same message with one header set."""
        kept = tuple(item for item in self.headers if item[0] != name)
        return replace(self, headers=(*kept, (name, value)))


def decode(raw: bytes | Frame) -> Message:
    """The message in a datagram or frame; GB28181Error says which header is wrong.

    >>> message = decode(b"SIP/2.0 200 OK\\r\\nv: SIP/2.0/UDP a;branch=z9hG4bK1\\r\\nf: <sip:1@2>;tag=3\\r\\n"
    ...                  b"t: <sip:4@5>\\r\\ni: 6\\r\\nCSeq: 1\\r\\n  REGISTER\\r\\nl: 0\\r\\n\\r\\n")
    >>> message.status, message.via.branch, message.sequence
    (200, 'z9hG4bK1', (1, 'REGISTER'))
    """
    frame = raw if isinstance(raw, Frame) else unwrap(raw)
    lines = _text(frame.head).replace("\r\n", "\n").split("\n")
    message = _start_line(lines[0], _headers(lines[1:]), frame.body)
    _check(message)
    return message


def _text(head: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return head.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GB28181Error("消息头编码无法识别：应为 UTF-8 或 GB18030")


def _start_line(line: str, headers: tuple[Header, ...], body: bytes) -> Message:
    first, _, rest = line.partition(" ")
    if first == "SIP/2.0":
        code, _, reason = rest.partition(" ")
        if not (len(code) == 3 and code.isascii() and code.isdigit() and 100 <= int(code) < 700):
            raise GB28181Error(f"状态码应为 100 到 699，收到 {code[:10]!r}")
        if _UNFIT.search(reason):
            raise GB28181Error(f"原因短语含有控制字符：{reason[:40]!r}")
        return Message(headers, body, status=int(code), reason=reason.strip())
    uri, _, version = rest.rpartition(" ")
    if version != "SIP/2.0" or not _TOKEN.fullmatch(first):
        raise GB28181Error(f"起始行应为 方法 URI SIP/2.0，收到 {line[:64]!r}")
    if not uri or any(mark.isspace() for mark in uri):
        raise GB28181Error(f"请求 URI 不能含空白，收到 {uri[:64]!r}")
    return Message(headers, body, method=first, uri=uri)


def _headers(lines: list[str]) -> tuple[Header, ...]:
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t"):
            if not unfolded:
                raise GB28181Error("起始行之后不能是续行")
            unfolded[-1] = f"{unfolded[-1].rstrip()} {line.strip()}"
        elif line:
            unfolded.append(line)
    found = []
    for line in unfolded:
        name, mark, value = line.partition(":")
        name, value = name.rstrip(" \t"), value.strip(" \t")
        if not mark or not _TOKEN.fullmatch(name):
            raise GB28181Error(f"消息头 {line[:40]!r} 不是 名称: 值")
        if _UNFIT.search(value):
            raise GB28181Error(f"{name} 含有控制字符")
        usual = _NAMES.get(name.lower(), name)
        if usual != "Content-Length":
            found.append((usual, value))
    return tuple(found)


def _check(message: Message) -> None:
    """Refuse a message that lacks or misstates what every message must have (RFC 3261 8.1.1)."""
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        if not message.header(name):
            raise GB28181Error(f"缺少 {name}")
    for via in message.all("Via"):
        Via.parse(via)
    _, method = message.sequence
    if message.method and method != message.method:
        raise GB28181Error(f"CSeq 的方法 {method} 与请求的 {message.method} 不同")
    _ = message.sender, message.recipient, message.contact, message.expires


def encode(message: Message) -> bytes:
    """The bytes of a message, its Content-Length counted; the inverse of decode.

    >>> ok = Message((("Via", "SIP/2.0/UDP a"), ("From", "<sip:1@2>"), ("To", "<sip:3@4>"), ("Call-ID", "5"),
    ...               ("CSeq", "1 BYE")), status=200, reason="OK")
    >>> decode(encode(ok)) == ok
    True
    """
    for name, value in message.headers:
        if not _TOKEN.fullmatch(name) or _NAMES.get(name.lower(), name) != name:
            raise GB28181Error(f"消息头名称 {name[:40]!r} 应为 {_NAMES.get(name.lower(), '字母、数字和 -')}")
        if _UNFIT.search(value) or value != value.strip(" \t"):
            raise GB28181Error(f"{name} 首尾有空白或含有控制字符：{value[:40]!r}")
    if _UNFIT.search(message.reason) or message.reason != message.reason.strip():
        raise GB28181Error(f"原因短语首尾有空白或含有控制字符：{message.reason[:40]!r}")
    if message.header("Content-Length"):
        raise GB28181Error("Content-Length 由消息体算出，不能另给")
    if bool(message.status) == bool(message.method):
        raise GB28181Error("消息应为请求（有方法）或应答（有状态码）之一")
    _check(message)
    start = (
        f"SIP/2.0 {message.status} {message.reason}" if message.status else f"{message.method} {message.uri} SIP/2.0"
    )
    if not is_start_line(start.encode()):
        raise GB28181Error(f"起始行应为 方法 URI SIP/2.0 或 SIP/2.0 状态码，写成了 {start[:64]!r}")
    lines = [start, *[f"{name}: {value}" for name, value in message.headers], f"Content-Length: {len(message.body)}"]
    head = "\r\n".join(lines).encode()
    if len(head) > HEAD_LIMIT or len(message.body) > BODY_LIMIT:
        raise GB28181Error(f"消息头 {len(head)} 字节或消息体 {len(message.body)} 字节超过上限")
    return wrap(head, message.body)
