"""Session descriptions (SDP) by which a picture is asked for and handed to a media server (媒体服务器).

RFC 4566 with the lines that GB/T 28181-2016 annex F (2022 annex G) adds: y (SSRC), f (encoding), u (record or file).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.protocols.gb28181.frames import GB28181Error

SIZE_LIMIT = 16_384
FORMATS = ((96, "PS/90000"), (97, "MPEG4/90000"), (98, "H264/90000"), (99, "H265/90000"))
"""What a platform takes; PS (program stream) comes first. H265 is of 2022."""
NAMES = {"Play": "实时点播", "Playback": "历史回放", "Download": "文件下载", "Talk": "语音对讲"}
"""s=, what the session is for."""

_DIRECTIONS = ("recvonly", "sendonly", "sendrecv", "inactive")
_UNFIT = re.compile("[\x00-\x1f\x7f]")
_SSRC = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An offer or answer: who sends which stream where."""

    owner: str
    """Code of the device or platform in o=."""
    address: str
    """Where the media server listens, or the device sends from."""
    name: str = "Play"
    port: int = 0
    transport: str = "RTP/AVP"
    """``RTP/AVP`` over UDP, ``TCP/RTP/AVP`` over TCP."""
    media: str = "video"
    formats: tuple[tuple[int, str], ...] = FORMATS
    direction: str = "recvonly"
    setup: str = ""
    """Over TCP: ``passive`` waits for the connection, ``active`` makes it."""
    connection: str = ""
    ssrc: str = ""
    """y=, ten digits: 0 live or 1 history, five of the domain, four of the stream."""
    encoding: str = ""
    """f=, v/codec/resolution/frames/rate kind/kbit a/codec/kbit/sampling; empty where not said."""
    uri: str = ""
    """u=, code and kind of the record asked for."""
    start: int = 0
    stop: int = 0
    """t=, seconds since 1970 for history; 0 0 for live."""
    information: str = ""
    attributes: tuple[str, ...] = ()
    """Other a= lines: downloadspeed, filesize, streamnumber (2022), streamprofile."""

    @property
    def is_tcp(self) -> bool:
        """Whether the stream comes over TCP."""
        return self.transport.upper().startswith("TCP/")


def ssrc(domain: str, serial: int, *, is_history: bool = False) -> str:
    """The y= of a stream that a platform asks for (2016 annex F): digits 4 to 8 of its domain within.

    >>> ssrc("3715000000", 1), ssrc("3402000000", 9999, is_history=True)
    ('0500000001', '1200009999')
    """
    if not (domain.isascii() and domain.isdigit() and len(domain) >= 8 and 0 <= serial <= 9999):
        raise GB28181Error(f"SSRC 需要至少 8 位数字的域编码和 0 到 9999 的序号，收到 {domain[:20]!r}、{serial}")
    return f"{int(is_history)}{domain[3:8]}{serial:04d}"


def build(session: Session) -> bytes:
    """The lines that say a session; the inverse of parse.

    >>> print(build(Session(owner="34020000002000000001", address="10.0.0.9", port=30000,
    ...                     formats=FORMATS[:1], ssrc="0200000001")).decode().replace("\\r", ""), end="")
    v=0
    o=34020000002000000001 0 0 IN IP4 10.0.0.9
    s=Play
    c=IN IP4 10.0.0.9
    t=0 0
    m=video 30000 RTP/AVP 96
    a=recvonly
    a=rtpmap:96 PS/90000
    y=0200000001
    """
    _check(session)
    family = "IP6" if ":" in session.address else "IP4"
    lines = ["v=0", f"o={session.owner} 0 0 IN {family} {session.address}", f"s={session.name}"]
    lines += [f"i={session.information}"] if session.information else []
    lines += [f"u={session.uri}"] if session.uri else []
    payloads = " ".join(str(number) for number, _ in session.formats)
    lines += [f"c=IN {family} {session.address}", f"t={session.start} {session.stop}"]
    lines += [f"m={session.media} {session.port} {session.transport} {payloads}"]
    lines += [f"a={session.direction}"] if session.direction else []
    lines += [f"a=rtpmap:{number} {name}" for number, name in session.formats if name]
    lines += [f"a=setup:{session.setup}"] if session.setup else []
    lines += [f"a=connection:{session.connection}"] if session.connection else []
    lines += [f"a={attribute}" for attribute in session.attributes]
    lines += [f"y={session.ssrc}"] if session.ssrc else []
    lines += [f"f={session.encoding}"] if session.encoding else []
    return "".join(f"{line}\r\n" for line in lines).encode()


def _check(session: Session) -> None:
    texts = (session.owner, session.address, session.name, session.transport, session.media, session.direction)
    optional = (session.setup, session.connection, session.ssrc, session.encoding, session.uri, session.information)
    names = tuple(name for _, name in session.formats)
    for text in (*texts, *optional, *session.attributes, *names):
        if _UNFIT.search(text) or text != text.strip():
            raise GB28181Error(f"SDP 不能写 {text[:40]!r}：首尾有空白或含有控制字符")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise GB28181Error(f"SDP 不能写 {text[:40]!r}：不能编码为 UTF-8") from error
    single = (session.owner, session.address, session.transport, session.media)
    if not all(single) or any(mark.isspace() for text in single for mark in text) or not session.name:
        raise GB28181Error("SDP 的 o、c、m 行应有编码、地址、媒体和传输方式，都不含空白；s 行不能为空")
    if not 0 <= session.port < 65536 or not session.formats:
        raise GB28181Error(f"SDP 的端口应为 0 到 65535，并至少有一种格式，收到 {session.port}")
    _checked_ssrc(session.ssrc)
    if session.direction and session.direction not in _DIRECTIONS:
        raise GB28181Error(f"SDP 的方向应为 {'、'.join(_DIRECTIONS)}，收到 {session.direction[:20]!r}")
    known = (*_DIRECTIONS, "rtpmap", "setup", "connection", "")
    if any(attribute.partition(":")[0].strip() in known for attribute in session.attributes):
        raise GB28181Error("SDP 的其他 a= 行不能是方向、rtpmap、setup 或 connection，也不能为空")
    numbers = [number for number, _ in session.formats]
    if len(set(numbers)) != len(numbers) or not all(0 <= number <= 127 for number in numbers):
        raise GB28181Error(f"SDP 的负载类型应为 0 到 127 且不重复，收到 {numbers}")
    if not (0 <= session.start < 1 << 63 and 0 <= session.stop < 1 << 63):
        raise GB28181Error(f"SDP 的 t= 应为秒数，收到 {session.start} {session.stop}")


def _checked_ssrc(text: str) -> str:
    if text and not (_SSRC.fullmatch(text) and int(text) < 1 << 32):
        raise GB28181Error(f"y=（SSRC）应为 10 位十进制数，收到 {text[:20]!r}")
    return text


def parse(body: bytes) -> Session:
    """The session in an INVITE or its answer; the first media line counts, as the standard sends one.

    >>> answer = parse(b"v=0\\r\\no=1 0 0 IN IP4 2.2.2.2\\r\\ns=Play\\r\\nm=video 9712 TCP/RTP/AVP 96\\r\\na=sendonly\\r\\n"
    ...                b"a=rtpmap:96 PS/90000\\r\\na=setup:active\\r\\ny=0100000001\\r\\n")
    >>> answer.address, answer.port, answer.is_tcp, answer.ssrc
    ('2.2.2.2', 9712, True, '0100000001')
    """
    if len(body) > SIZE_LIMIT:
        raise GB28181Error(f"SDP {len(body)} 字节，超过上限 {SIZE_LIMIT}")
    text = _text(body)
    found: dict[str, str] = {}
    attributes: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip("\x00 \t\r"):
            continue
        kind, mark, value = line.partition("=")
        if not mark or len(kind) != 1:
            raise GB28181Error(f"SDP 的行应为 字母=值，收到 {line[:40]!r}")
        value = value.strip(" \t\r\x00")
        if kind == "m" and "m" in found:
            break
        if kind == "a":
            attributes.append(value)
        else:
            found.setdefault(kind, value)
    return _session(found, attributes)


def _text(body: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GB28181Error("SDP 编码无法识别：应为 UTF-8 或 GB18030")


def _session(found: dict[str, str], attributes: list[str]) -> Session:
    for kind in "om":
        if not found.get(kind):
            raise GB28181Error(f"SDP 缺少 {kind}= 行")
    origin, connection = found["o"].split(), found.get("c", "").split()
    address = connection[2] if len(connection) > 2 else origin[-1]
    media = found["m"].split()
    if len(media) < 4:
        raise GB28181Error(f"SDP 的 m= 行应为 媒体 端口 传输方式 格式，收到 {found['m'][:40]!r}")
    names, kept, direction, setup, connect = _attributes(attributes)
    times = [*found.get("t", "").split(), "0", "0"]
    session = Session(
        owner=origin[0],
        address=address.partition("/")[0],
        name=found.get("s") or "-",
        port=_number("端口", media[1].partition("/")[0]),
        transport=media[2],
        media=media[0],
        formats=tuple((number, names.get(number, "")) for number in (_number("格式", one) for one in media[3:])),
        direction=direction,
        setup=setup,
        connection=connect,
        ssrc=found.get("y", ""),
        encoding=found.get("f", ""),
        uri=found.get("u", ""),
        start=_number("t=", times[0]),
        stop=_number("t=", times[1]),
        information=found.get("i", ""),
        attributes=kept,
    )
    _check(session)
    return session


def _attributes(lines: list[str]) -> tuple[dict[int, str], tuple[str, ...], str, str, str]:
    names: dict[int, str] = {}
    kept: list[str] = []
    direction = ""
    single = {"setup": "", "connection": ""}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.strip(), value.strip()
        if name in _DIRECTIONS:
            direction = direction or name
        elif name in single:
            single[name] = single[name] or value
        elif name == "rtpmap":
            number, _, codec = value.partition(" ")
            names.setdefault(_number("rtpmap", number), codec.strip())
        elif name:
            kept.append(line)
    return names, tuple(kept), direction, single["setup"], single["connection"]


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise GB28181Error(f"SDP 的 {name} 应为整数，收到 {text[:20]!r}")
    return int(text)
