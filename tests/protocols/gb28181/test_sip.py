"""SIP messages both ways: header forms, addresses, what every message must have."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.sip import Address, Message, Uri, Via, decode, encode

TORTUOUS = (
    b"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
    b"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
    b'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
    b"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 3\r\ncseq: 0009\r\n  INVITE\r\n"
    b"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
    b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
    b"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
    b"Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
    b"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
    b" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
    b'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n'
    b"\r\nv=0"
)
"""After RFC 4475 3.1.1.1, the short tortuous INVITE."""

REGISTER = (
    b"REGISTER sip:130909115229300920@10.64.49.44:7100 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 10.64.49.218:7100;rport;branch=z9hG4bK1670314216\r\n"
    b"From: <sip:130909113319427420@10.64.49.218:7100>;tag=1928169842\r\n"
    b"To: <sip:130909113319427420@10.64.49.218:7100>\r\nCall-ID: 3187228566\r\nCSeq: 1 REGISTER\r\n"
    b"Contact: <sip:130909113319427420@10.64.49.218:7100>\r\nMax-Forwards: 70\r\nUser-Agent: Hikvision\r\n"
    b"Expires: 0\r\nContent-Length: 0\r\n\r\n"
)
"""As a camera sends it when it leaves (publicly shown capture; an 18-digit code of before the standard)."""


def test_the_tortuous_invite_is_read() -> None:
    message = decode(TORTUOUS)
    assert message.recipient.tag == "1918181833n"
    assert message.sender.display == 'J Rosenberg \\"'
    assert message.sequence == (9, "INVITE")
    assert [Via.parse(via).branch for via in message.all("Via")] == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]
    assert message.header("NewFangledHeader") == "newfangled value continued newfangled value"
    assert message.contact == Address(
        Uri("jdrosen", "example.com"),
        (("newparam", "newvalue"), ("secondparam", ""), ("q", "0.33")),
        'Quoted string ""',
    )
    assert message.body == b"v=0"
    assert decode(encode(message)) == message


def test_a_camera_that_leaves_is_read() -> None:
    message = decode(REGISTER)
    assert (message.method, message.expires, message.sender.uri.user) == ("REGISTER", 0, "130909113319427420")
    assert message.via.port == 7100
    assert decode(encode(message)) == message


def test_expires_of_the_contact_wins() -> None:
    message = decode(REGISTER.replace(b":7100>\r\nMax", b":7100>;expires=3600\r\nMax"))
    assert message.expires == 3600


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"REGISTER sip:130909115229300920@10.64.49.44:7100 SIP/2.0", b"SIP/2.0 200 O\x07K", "原因短语"),
        (b"CSeq: 1 REGISTER", b"CSeq: 1 MESSAGE", "CSeq 的方法"),
        (b"CSeq: 1 REGISTER", b"CSeq: one REGISTER", "CSeq 应为"),
        (b"Call-ID: 3187228566\r\n", b"", "缺少 Call-ID"),
        (b"Expires: 0", b"Expires: soon", "Expires"),
        (b"Via: SIP/2.0/UDP", b"Via: UDP", "Via"),
        (b"From: <sip:", b"From: <tel:", "URI"),
        (b"Max-Forwards: 70", b"Max-Forwards 70", "不是 名称: 值"),
    ],
)
def test_what_is_wrong_is_named(old: bytes, new: bytes, word: str) -> None:
    with pytest.raises(GB28181Error, match=word):
        decode(REGISTER.replace(old, new))


def test_ipv6_and_bare_addresses_are_read() -> None:
    assert Uri.parse("sip:1@[2001:db8::1]:5060").host == "[2001:db8::1]"
    assert Address.parse("sip:1@2;tag=3").tag == "3"
    assert str(Address.parse('"a \\"b\\"" <sip:1@2;x=y>;tag=3')) == '"a \\"b\\"" <sip:1@2;x=y>;tag=3'


def test_gb_text_in_a_header_is_read() -> None:
    raw = REGISTER.replace(b"Hikvision", "海康威视".encode("gb18030"))
    assert decode(raw).header("User-Agent") == "海康威视"


@pytest.mark.parametrize("filling", [b" ", b",", b'"', b"<", b";", b'\\"', b';"\\', b"\t/ "])
def test_hostile_headers_take_linear_time(filling: bytes) -> None:
    started = time.perf_counter()
    for name in (b"Via", b"From", b"Contact", b"Content-Length", b"CSeq"):
        raw = REGISTER.replace(name + b": ", name + b": x" + filling * (12_000 // len(filling)) + b"y")
        with suppress(GB28181Error):
            decode(raw)
    assert time.perf_counter() - started < 1


TOKENS = st.from_regex(r"[A-Za-z0-9\-.]{1,12}", fullmatch=True)
VALUES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30).map(lambda text: text.strip(" \t"))
URIS = st.builds(Uri, TOKENS, TOKENS, st.none() | st.integers(1, 65535))
ADDRESSES = st.builds(Address, URIS, st.tuples(st.tuples(st.just("tag"), TOKENS)))


@given(
    st.sampled_from(["REGISTER", "MESSAGE", "INVITE", "BYE"]), URIS, ADDRESSES, ADDRESSES, TOKENS, TOKENS,
    st.lists(st.tuples(st.sampled_from(["User-Agent", "Subject", "Event", "X-Own"]), VALUES), max_size=4),
    st.binary(max_size=60), st.integers(0, 2**31),
)  # fmt: skip
def test_requests_and_responses_round_trip(method, uri, sender, to, call_id, branch, others, body, number) -> None:  # type: ignore[no-untyped-def]
    headers = (
        ("Via", f"SIP/2.0/UDP 10.0.0.1:5060;rport;branch={branch}"), ("From", str(sender)), ("To", str(to)),
        ("Call-ID", call_id), ("CSeq", f"{number} {method}"), *others,
    )  # fmt: skip
    request = Message(headers, body, method=method, uri=str(uri))
    response = Message(headers, body, status=200, reason="OK")
    assert decode(encode(request)) == request
    assert decode(encode(response)) == response
    assert request.sender == sender


@given(st.binary(max_size=400), st.integers(0, 600))
def test_arbitrary_bytes_raise_only_the_protocols_own_error(noise: bytes, place: int) -> None:
    for raw in (noise, REGISTER[:place] + noise + REGISTER[place:]):
        try:
            message = decode(raw)
        except GB28181Error:
            continue
        assert message.via
        assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "change",
    [
        {"headers": (("via", "SIP/2.0/UDP a"),)},
        {"reason": "two\r\nlines"},
        {"status": 200, "method": "BYE"},
        {"headers": (("Subject", "a\r\nEvil: b"),)},
    ],
)
def test_what_cannot_be_written_is_refused(change: dict) -> None:  # type: ignore[type-arg]
    good = {"headers": decode(REGISTER).headers, "status": 200, "reason": "OK"}
    extra = change.pop("headers", ())
    with pytest.raises(GB28181Error):
        encode(Message(**good | {"headers": (*good["headers"], *extra)} | change))  # type: ignore[operator,arg-type]
