"""Messages out of datagrams and streams: Content-Length, garbage, limits, any chunking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.gb28181.frames import (
    BODY_LIMIT,
    HEAD_LIMIT,
    Frame,
    GB28181Error,
    Malformed,
    Splitter,
    unwrap,
    wrap,
)

KEEPALIVE = (
    b"MESSAGE sip:37150000002000000001@3715000000 SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.64:5060;rport;branch=z9hG4bK1\r\n"
    b"From: <sip:37152600001320000001@3715000000>;tag=1\r\nTo: <sip:37150000002000000001@3715000000>\r\n"
    b"Call-ID: 2\r\nCSeq: 20 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\nContent-Length:   5\r\n\r\n<a/>\n"
)
OK = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK2\r\nl: 0\r\n\r\n"
BARE = OK.replace(b"\r\n", b"\n")
PIECES = (KEEPALIVE, OK, BARE, b"\r\n\r\n", b"\x00", b"noise", b"ACK sip:", b"REGISTER sip:1 SIP/2.0\r\nl: x\r\n\r\n",
          b"Content-Length: 9\r\n\r\n", b"BYE sip:1@2 SIP/2.0\r\nl: 3\r\n", b"\n")  # fmt: skip


def collect(stream: bytes, cuts: list[int]) -> list[Frame | Malformed]:
    splitter = Splitter()
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found: list[Frame | Malformed] = []
    for start, end in zip(bounds, bounds[1:], strict=False):
        found += splitter.feed(stream[start:end])
    return found + list(splitter.close())


def test_messages_that_share_a_segment_come_apart() -> None:
    first, second, third = collect(KEEPALIVE + b"\r\n\r\n" + OK + BARE, [])
    assert isinstance(first, Frame)
    assert first.body == b"<a/>\n"
    assert first.raw == KEEPALIVE
    assert [type(one) for one in (second, third)] == [Frame, Frame]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.lists(st.integers(0, 5000), max_size=12))
def test_any_chunking_gives_the_same_values(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(pieces)
    assert collect(stream, cuts) == collect(stream, []) == collect(stream, list(range(len(stream))))


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=8))
def test_every_byte_comes_out(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    kept = b"".join(one.raw for one in collect(stream, []))
    blank = b"\r\n \t\x00"
    assert kept.translate(None, blank) == stream.translate(None, blank)


def test_a_message_behind_garbage_is_found() -> None:
    garbage, found = collect(b"\x16\x03\x01hello" + OK, [])
    assert garbage == Malformed(b"\x16\x03\x01hello", "不是 SIP 消息", "garbage")
    assert found == Frame(OK[:-4])
    noise, good = collect(b"hello\r\n" + OK, [])
    assert noise == Malformed(b"hello\r\n", "不是 SIP 消息", "garbage")
    assert good == Frame(OK[:-4])


def test_a_head_cut_short_by_the_next_message_is_kept_with_the_reason() -> None:
    cut, good = collect(b"BYE sip:1@2 SIP/2.0\r\nVia: x\r\n" + OK, [])
    assert isinstance(cut, Malformed)
    assert cut.code == "truncated"
    assert good == Frame(OK[:-4])


@pytest.mark.parametrize(
    ("length", "word"),
    [(b"x", "十进制"), (b"-1", "十进制"), (b"999999999", "上限"), (b"1\r\nContent-Length: 2", "不一致")],
)
def test_a_wrong_length_is_named(length: bytes, word: str) -> None:
    bad, good = collect(b"BYE sip:1@2 SIP/2.0\r\nContent-Length: " + length + b"\r\n\r\n" + OK, [])
    assert isinstance(bad, Malformed)
    assert (bad.code, word in bad.reason) == ("length", True)
    assert isinstance(good, Frame)


def test_memory_is_bounded() -> None:
    splitter = Splitter()
    found = []
    for _ in range(100):
        found += splitter.feed(b"x" * 4096)
    assert sum(len(one.raw) for one in found) >= 100 * 4096 - HEAD_LIMIT
    assert {one.code for one in found} == {"limit"}


def test_a_datagram_is_cut_at_its_length_and_must_reach_it() -> None:
    assert unwrap(KEEPALIVE + b"trailing").body == b"<a/>\n"
    assert unwrap(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\nrest").body == b"rest"
    with pytest.raises(GB28181Error, match="声明 5 字节，消息体只有 3 字节"):
        unwrap(KEEPALIVE[:-2])
    with pytest.raises(GB28181Error, match="起始行"):
        unwrap(b"GET / HTTP/1.1\r\n\r\n")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_the_protocols_own_error(raw: bytes) -> None:
    try:
        frame = unwrap(raw)
    except GB28181Error:
        return
    assert wrap(frame.head, frame.body)


def test_the_largest_body_is_read() -> None:
    head = b"MESSAGE sip:1@2 SIP/2.0\r\nContent-Length: %d" % BODY_LIMIT
    (found,) = collect(wrap(head, b"x" * BODY_LIMIT), [HEAD_LIMIT])
    assert isinstance(found, Frame)
