"""Packets out of streams: lengths, CRC, resynchronisation, any chunking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.hj212.frames import (
    DECLARABLE,
    SEGMENT_LIMIT,
    Frame,
    HJ212Error,
    Malformed,
    Splitter,
    crc,
    unwrap,
    wrap,
)

EXAMPLE = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80"
)
"""The packet by which HJ 212-2017 annex A illustrates the CRC."""


def crc_by_the_annex(segment: bytes) -> int:
    """The register of annex A, bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            out, register = register & 1, register >> 1
            if out:
                register ^= 0xA001
    return register


def collect(stream: bytes, cuts: list[int], **options: int) -> list[Frame | Malformed]:
    splitter = Splitter(**options)
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found: list[Frame | Malformed] = []
    for start, end in zip(bounds, bounds[1:], strict=False):
        found += splitter.feed(stream[start:end])
    return found + list(splitter.close())


def test_the_annex_example_is_read() -> None:
    assert crc(EXAMPLE[6:-4]) == 0x1C80
    assert unwrap(EXAMPLE) == unwrap(EXAMPLE + b"\r\n") == EXAMPLE[6:-4]


@given(st.binary(max_size=DECLARABLE))
def test_folded_crc_is_the_annex_crc(segment: bytes) -> None:
    assert crc(segment) == crc_by_the_annex(segment)


def test_folding_rests_on_the_eighth_power_being_the_identity() -> None:
    def step(high: int, byte: int) -> int:
        return crc_by_the_annex_from(high, byte) >> 8

    def crc_by_the_annex_from(high: int, byte: int) -> int:
        register = high ^ byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
        return register

    for start in range(256):
        high = start
        for _ in range(8):
            high = step(high, 0)
        assert high == start


def test_a_segment_that_four_digits_cannot_declare_is_refused() -> None:
    with pytest.raises(HJ212Error, match="10000"):
        crc(b"a" * 10_000)


@given(st.binary(max_size=SEGMENT_LIMIT))
def test_wrapped_is_unwrapped(segment: bytes) -> None:
    packet = wrap(segment)
    assert packet[:2] == b"##"
    assert packet[-2:] == b"\r\n"
    assert unwrap(packet) == segment


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "包头"),
        (b"#", "包头"),
        (b"QN=1", "包头"),
        (b"##", "4 位十进制"),
        (b"##01", "4 位十进制"),
        (b"##01x1abc", "4 位十进制"),
        (b"##0101", "声明为 101 字节"),
        (EXAMPLE[:-1], "声明为 101 字节，实际为 100"),
        (EXAMPLE.replace(b"0101", b"0100"), "声明为 100"),
        (EXAMPLE[:-4] + b"1C81", "应为 1C80"),
        (EXAMPLE[:-4] + b"1C8G", "4 位十六进制"),
        (EXAMPLE.replace(b"RtdInterval=30", b"RtdInterval=31"), "CRC 校验错误"),
    ],
)
def test_a_wrong_packet_is_named(raw: bytes, problem: str) -> None:
    with pytest.raises(HJ212Error, match=problem):
        unwrap(raw)


def test_a_segment_past_the_limit_is_not_wrapped() -> None:
    assert len(wrap(b"a" * SEGMENT_LIMIT)) == SEGMENT_LIMIT + 12
    with pytest.raises(HJ212Error, match="1025 字节超过上限 1024"):
        wrap(b"a" * (SEGMENT_LIMIT + 1))
    with pytest.raises(HJ212Error, match="9999"):
        wrap(b"a" * 10_000, limit=20_000)


class TestSplitter:
    def test_lower_case_crc_and_missing_line_end_are_taken(self) -> None:
        lower = EXAMPLE[:-4] + b"1c80"
        found = Splitter().feed(EXAMPLE + lower + b"\r\n" + EXAMPLE + b"\n\r\n")
        assert [frame.raw for frame in found] == [EXAMPLE, lower, EXAMPLE]

    def test_a_frame_is_given_as_soon_as_its_crc_is_there(self) -> None:
        splitter = Splitter()
        assert splitter.feed(EXAMPLE[:-1]) == []
        assert splitter.feed(EXAMPLE[-1:]) == [Frame(EXAMPLE, EXAMPLE[6:-4])]
        assert splitter.feed(b"\r\n") == []
        assert splitter.close() == []

    def test_noise_between_frames_is_kept(self) -> None:
        found = Splitter().feed(b"AT+CIPSEND\r\n" + EXAMPLE + b"#\xff##zz" + EXAMPLE)
        assert [(type(value).__name__, value.raw) for value in found] == [
            ("Malformed", b"AT+CIPSEND"),
            ("Frame", EXAMPLE),
            ("Malformed", b"#\xff##zz"),
            ("Frame", EXAMPLE),
        ]

    def test_a_third_hash_before_a_packet_is_noise(self) -> None:
        found = Splitter().feed(b"#" + EXAMPLE)
        assert found == [Malformed(b"#", "不是 HJ 212 通讯包", "garbage"), Frame(EXAMPLE, EXAMPLE[6:-4])]

    def test_a_wrong_crc_costs_one_packet_only(self) -> None:
        wrong = EXAMPLE[:-4] + b"0000"
        found = Splitter().feed(wrong + b"\r\n" + EXAMPLE)
        assert [value.raw for value in found] == [wrong, EXAMPLE]
        assert isinstance(found[0], Malformed)
        assert (found[0].code, found[0].reason) == ("crc", "CRC 校验错误：收到 0000，应为 1C80")

    def test_a_truncated_packet_does_not_swallow_the_next(self) -> None:
        found = Splitter().feed(EXAMPLE[:60] + b"\r\n" + EXAMPLE + b"\r\n")
        assert [type(value) for value in found] == [Malformed, Frame]
        assert found[0].raw == EXAMPLE[:60]

    def test_a_truncated_packet_without_line_end_does_not_swallow_the_next(self) -> None:
        found = Splitter().feed(EXAMPLE[:60] + EXAMPLE + b"\r\n")
        assert [value.raw for value in found] == [EXAMPLE[:60], EXAMPLE]

    def test_a_declared_length_past_the_limit_is_named(self) -> None:
        found = Splitter(limit=1024).feed(b"##1025ST=32\r\n" + EXAMPLE)
        assert [(type(value).__name__, value.raw) for value in found] == [
            ("Malformed", b"##1025"),
            ("Malformed", b"ST=32"),
            ("Frame", EXAMPLE),
        ]
        assert isinstance(found[0], Malformed)
        assert found[0].code == "limit"

    def test_noise_without_end_is_handed_out_in_pieces(self) -> None:
        splitter = Splitter(limit=100)
        found = [value for _ in range(50) for value in splitter.feed(b"x" * 10)]
        assert [len(value.raw) for value in found] == [110] * 4
        assert len(splitter.close()[0].raw) == 60

    def test_an_unfinished_packet_is_reported_when_the_stream_ends(self) -> None:
        splitter = Splitter()
        splitter.feed(EXAMPLE[:30])
        assert splitter.close() == [Malformed(EXAMPLE[:30], "连接结束时包不完整", "truncated")]
        assert splitter.feed(EXAMPLE) == [Frame(EXAMPLE, EXAMPLE[6:-4])]


PIECES = st.one_of(
    st.sampled_from(
        [
            EXAMPLE,
            EXAMPLE + b"\r\n",
            EXAMPLE[:-2],
            EXAMPLE[:-4] + b"0000",
            b"#",
            b"##",
            b"##0",
            b"##0012",
            b"##9999",
            b"\r\n",
        ]
    ),
    st.binary(max_size=40),
    st.binary(max_size=60).map(wrap),
)


@given(
    st.lists(PIECES, max_size=8).map(b"".join),
    st.lists(st.integers(0), max_size=12),
    st.sampled_from([64, 9999]),
)
def test_any_chunking_gives_the_same_values(stream: bytes, cuts: list[int], limit: int) -> None:
    whole = collect(stream, [], limit=limit)
    assert collect(stream, cuts, limit=limit) == whole
    assert collect(stream, list(range(len(stream))), limit=limit) == whole


def test_much_garbage_before_the_start_of_a_packet_comes_out_alike_in_any_pieces() -> None:
    stream = b"x" * 80 + b"##"
    assert collect(stream, [], limit=64) == collect(stream, list(range(len(stream))), limit=64)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_every_byte_of_the_stream_is_accounted_for(noise: list[bytes]) -> None:
    stream = EXAMPLE.join(noise)
    kept = b"".join(value.raw for value in collect(stream, []))
    white = b"\r\n\t \x00"
    assert kept.translate(None, white) == stream.translate(None, white)


@given(st.lists(st.binary(max_size=80).filter(lambda segment: b"\r\n##" not in segment), max_size=6))
def test_frames_in_a_row_all_come_out(segments: list[bytes]) -> None:
    found = collect(b"".join(map(wrap, segments)), [])
    assert [value.segment for value in found if isinstance(value, Frame)] == segments
