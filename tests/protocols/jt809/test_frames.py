"""Packets out of streams: escapes, lengths, CRC, resynchronisation, any chunking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.jt809.cipher import Cipher
from anlan.protocols.jt809.frames import Frame, JT809Error, Malformed, Splitter, escape, unescape, unwrap, wrap


def content_of(body: bytes, *, serial: int = 133) -> bytes:
    """A header of 2011 with the right length, and a body."""
    size = 22 + len(body) + 4
    return size.to_bytes(4, "big") + serial.to_bytes(4, "big") + bytes.fromhex("1200013415f40100000000000000") + body


KEEP_ALIVE = bytes.fromhex("5b0000001a000000851005013415f40100000000000000406b5d")


def crc_by_the_standard(content: bytes) -> int:
    """CRC-16 with 0x1021 from 0xFFFF, bit by bit."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def collect(stream: bytes, cuts: list[int], **options: int) -> list[Frame | Malformed]:
    splitter = Splitter(**options)
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found: list[Frame | Malformed] = []
    for start, end in zip(bounds, bounds[1:], strict=False):
        found += splitter.feed(stream[start:end])
    return found + list(splitter.close())


bodies = st.binary(max_size=60) | st.lists(st.sampled_from([b"\x5a", b"\x5b", b"\x5d", b"\x5e", b"\x01\x02"])).map(
    b"".join
)
noise = st.binary(max_size=40) | st.sampled_from([b"", b"\x5b", b"\x5d", b"\x5b\x00\x00\x00\x1a", KEEP_ALIVE[:-1]])


def test_a_known_packet_is_read() -> None:
    assert unwrap(KEEP_ALIVE) == KEEP_ALIVE[1:-3]


@given(bodies)
def test_what_is_wrapped_is_unwrapped(body: bytes) -> None:
    packet = wrap(content_of(body))
    assert unwrap(packet) == content_of(body)
    assert b"\x5b" not in packet[1:]
    assert b"\x5d" not in packet[:-1]
    assert unescape(packet[1:-1])[-2:] == crc_by_the_standard(content_of(body)).to_bytes(2, "big")


@given(bodies)
def test_what_is_escaped_is_unescaped(body: bytes) -> None:
    assert unescape(escape(body)) == body


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (KEEP_ALIVE[1:], "应以 5B 开头"),
        (KEEP_ALIVE[:-1], "5D 结尾"),
        (KEEP_ALIVE[:4] + b"\x1b" + KEEP_ALIVE[5:], "声明为 27 字节，实际为 26 字节"),
        (KEEP_ALIVE[:-3] + b"\x00\x00\x5d", "CRC 校验错误：收到 0000，应为 406B"),
        (b"\x5b\x00\x01\x5d", "不足"),
        (b"", "收到 空"),
    ],
)
def test_what_is_wrong_is_said(raw: bytes, reason: str) -> None:
    with pytest.raises(JT809Error, match=reason):
        unwrap(raw)


@given(st.lists(bodies | noise.map(lambda raw: b"!" + raw), max_size=6), st.lists(st.integers(0, 10_000)))
def test_any_chunking_gives_the_same_values_and_loses_no_byte(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(part[1:] if part[:1] == b"!" else wrap(content_of(part)) for part in parts)
    found = collect(stream, cuts)
    assert found == collect(stream, [])
    assert b"".join(one.raw for one in found) == stream


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_arbitrary_bytes_come_out_whole(stream: bytes, cuts: list[int]) -> None:
    found = collect(stream, cuts, limit=64)
    assert found == collect(stream, [], limit=64)
    assert b"".join(one.raw for one in found) == stream


def test_packets_among_noise_are_found() -> None:
    found = collect(b"noise" + KEEP_ALIVE + b"\r\n" + KEEP_ALIVE[:9] + KEEP_ALIVE, [])
    assert [getattr(one, "code", "frame") for one in found] == ["garbage", "frame", "garbage", "truncated", "frame"]


def test_a_head_left_unescaped_by_the_sender_is_read_when_length_and_crc_agree() -> None:
    content = content_of(b"\x5b\x5a\x5e\x11")
    raw = b"\x5b" + content + crc_by_the_standard(content).to_bytes(2, "big") + b"\x5d"
    assert unwrap(raw) == content
    assert collect(raw + KEEP_ALIVE, [3, 30]) == [Frame(raw, content), Frame(KEEP_ALIVE, KEEP_ALIVE[1:-3])]


def test_a_packet_without_end_is_handed_out_at_the_limit() -> None:
    splitter = Splitter(limit=100)
    found = [one for _ in range(50) for one in splitter.feed(b"\x5b" + b"\x01" * 9)]
    assert {one.code for one in found} == {"truncated"}
    assert sum(len(one.raw) for one in found) >= 390
    assert [one.code for one in Splitter(limit=100).feed(b"\x5b" + b"\x01" * 120)] == ["limit"]


def test_heads_alone_cost_no_more_than_their_bytes() -> None:
    splitter = Splitter()
    found = splitter.feed(b"\x5b" * 200_000)
    found += splitter.feed(b"\x5d")
    assert sum(len(one.raw) for one in found) == 200_001


@given(st.binary(max_size=600), *[st.integers(0, 0xFFFFFFFF)] * 4)
def test_encrypting_twice_gives_the_clear_text(body: bytes, m1: int, ia1: int, ic1: int, key: int) -> None:
    cipher = Cipher(m1, ia1, ic1)
    assert cipher.apply(cipher.apply(body, key=key), key=key) == body


def test_the_cipher_is_that_of_the_annex() -> None:
    def by_the_annex(body: bytes, key: int) -> bytes:
        out = bytearray(body)
        key = key or 1
        for place in range(len(out)):
            key = (20_000_000 * (key % 30_000_000) + 20_000_000) % 2**32
            out[place] ^= key >> 20 & 0xFF
        return bytes(out)

    for key in (0, 1, 15241, 256178):
        assert Cipher(30_000_000, 20_000_000, 20_000_000).apply(bytes(700), key=key) == by_the_annex(bytes(700), key)
