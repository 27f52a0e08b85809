"""Frames out of streams: headers, lengths, CRC, resynchronisation, any chunking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import sl651
from anlan.protocols.sl651.frames import (
    BODY_LIMIT,
    ENQ,
    ETB,
    ETX,
    Frame,
    Header,
    Malformed,
    SL651Error,
    Splitter,
    crc,
    unwrap,
    wrap,
)

KEEP_ALIVE = bytes.fromhex("0003591011155111")
"""Serial 3, sent 2059-10-11 15:51:11 by a clock that was never set."""


def crc_by_the_annex(data: bytes) -> int:
    """The register of annex H.3.2, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            out, register = register & 1, register >> 1
            if out:
                register ^= 0xA001
    return register


def headers() -> st.SearchStrategy[Header]:
    digits = "0123456789abcdef"
    numbers = st.tuples(st.integers(1, 4095), st.integers(1, 4095)).map(sorted) | st.just([0, 0])
    return st.builds(
        lambda numbers, **rest: Header(index=numbers[0], total=numbers[1], **rest),
        numbers=numbers,
        function=st.integers(0, 255),
        station=st.text(digits, min_size=10, max_size=10),
        centre=st.integers(0, 255),
        password=st.text(digits, min_size=4, max_size=4),
        direction=st.sampled_from(["up", "down"]),
        coding=st.sampled_from(["hex", "ascii"]),
        end=st.sampled_from([0x03, 0x17, 0x05, 0x04, 0x06, 0x15, 0x1B]),
    )


def collect(stream: bytes, cuts: list[int], limit: int = 4096) -> list[Frame | Malformed]:
    splitter = Splitter(limit)
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found = [
        value for start, end in zip(bounds, bounds[1:], strict=False) for value in splitter.feed(stream[start:end])
    ]
    return found + splitter.close()


def keep_alive(**changes: object) -> bytes:
    return wrap(Header(**{"function": 0x2F, "station": "0012345678", "password": "1234"} | changes), KEEP_ALIVE)


@given(st.binary(max_size=300))
def test_crc_is_the_one_of_the_annex(data: bytes) -> None:
    assert crc(data) == crc_by_the_annex(data)


def test_header_up_and_down() -> None:
    assert keep_alive().hex() == "7e7e01001234567812342f0008020003591011155111036bca"
    down = wrap(
        Header(function=0x32, station="0010100001", password="a000", direction="down", end=0x06),
        bytes.fromhex("000c200724172349"),
    )
    assert down.hex() == "7e7e001010000101a00032800802000c20072417234906db17"
    assert unwrap(down).header.centre == 1


def test_ascii_header() -> None:
    raw = keep_alive(coding="ascii")
    assert raw[:24] == b"\x01" + b"01" + b"0012345678" + b"1234" + b"2F" + b"0008" + b"\x02"
    assert raw[-5] == ETX
    assert int(raw[-4:], 16) == crc_by_the_annex(raw[:-4])


@given(headers(), st.binary(min_size=1, max_size=200))
def test_frames_survive_the_round_trip(header: Header, body: bytes) -> None:
    frame = unwrap(wrap(header, body))
    assert (frame.header, frame.body) == (header, body)
    assert [value.header for value in Splitter().feed(wrap(header, body))] == [header]


def test_longest_body() -> None:
    for coding in ("hex", "ascii"):
        raw = wrap(Header(function=0x36, station="0012345678", coding=coding), bytes(BODY_LIMIT))
        assert len(Splitter().feed(raw)[0].body) == BODY_LIMIT
        with pytest.raises(SL651Error, match="length"):
            wrap(Header(function=0x36, station="0012345678", coding=coding), bytes(BODY_LIMIT + 1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"station": "12"}, "station"),
        ({"station": "00123456_8"}, "station"),
        ({"password": "12345"}, "password"),
        ({"centre": 256}, "centre"),
        ({"function": -1}, "function"),
        ({"end": 0x07}, "end"),
        ({"total": 2, "index": 3}, "packets"),
        ({"total": 0, "index": 1}, "packets"),
    ],
)
def test_headers_that_cannot_be_sent(change: dict, field: str) -> None:
    with pytest.raises(SL651Error, match=field):
        keep_alive(**change)


@pytest.mark.parametrize(
    ("place", "byte", "code"),
    [(0, 0x7F, "garbage"), (11, 0x40, "header"), (13, 0x07, "header"), (-3, 0x07, "length"), (-1, 0x00, "crc")],
)
def test_broken_frames_name_what_is_broken(place: int, byte: int, code: str) -> None:
    raw = bytearray(keep_alive())
    raw[place] = byte
    with pytest.raises(SL651Error) as caught:
        unwrap(bytes(raw))
    assert caught.value.code == code


@pytest.mark.parametrize("coding", ["hex", "ascii"])
def test_every_truncation_and_any_tail_is_an_error(coding: str) -> None:
    raw = keep_alive(coding=coding)
    for size in range(len(raw)):
        with pytest.raises(SL651Error):
            unwrap(raw[:size])
    with pytest.raises(SL651Error, match="length"):
        unwrap(raw + b"\x7f")


def test_packet_numbers_out_of_range() -> None:
    first = keep_alive(total=2, index=1)
    body = bytearray(first[:-2])
    body[14:17] = bytes.fromhex("002003")  # packet 3 of 2
    with pytest.raises(SL651Error, match="packet 3 of 2"):
        unwrap(bytes(body) + crc(bytes(body)).to_bytes(2, "big"))


def test_garbage_between_frames_is_kept() -> None:
    stream = b"AT+OK\r\n" + keep_alive() + b"\x00\x7e" + keep_alive(coding="ascii") + b"\x01"
    found = collect(stream, [])
    assert [type(value) for value in found] == [Malformed, Frame, Malformed, Frame, Malformed]
    assert b"".join(value.raw for value in found) == stream


def test_wrong_crc_does_not_swallow_the_next_frame() -> None:
    broken = keep_alive()[:-1] + b"\x00"
    found = collect(broken + keep_alive(), [])
    assert [getattr(value, "code", "frame") for value in found] == ["crc", "frame"]
    assert found[0].raw == broken
    assert found[0].reason.startswith("crc: ")


def test_truncated_frame_does_not_swallow_the_next() -> None:
    cut = keep_alive()[:-5]
    found = collect(cut + keep_alive() * 2, [])
    assert [getattr(value, "code", "frame") for value in found] == ["length", "frame", "frame"]


def test_absurd_length_hides_no_frame_when_the_line_falls_silent() -> None:
    lie = bytearray(keep_alive())
    lie[11:13] = b"\x0f\xff"
    splitter = Splitter()
    assert splitter.feed(bytes(lie) + keep_alive()) == []
    found = splitter.close()
    assert [getattr(value, "code", "frame") for value in found] == ["truncated", "frame"]


def test_bodies_beyond_the_limit_are_refused_at_once() -> None:
    long = wrap(Header(function=0x36, station="0012345678"), bytes(500))
    found = Splitter(limit=100).feed(long[:20])
    assert [value.code for value in found] == ["limit"]
    assert b"".join(value.raw for value in collect(long, [], limit=100)) == long


def test_endless_garbage_does_not_grow_the_buffer() -> None:
    splitter = Splitter()
    found = [value for _ in range(64) for value in splitter.feed(b"\xff" * 1000)]
    assert sum(len(value.raw) for value in found) >= 58_000


def test_unfinished_frame_on_close() -> None:
    splitter = Splitter()
    assert splitter.feed(keep_alive()[:20]) == []
    assert [value.code for value in splitter.close()] == ["truncated"]
    assert splitter.close() == []


_PIECES = st.sampled_from(
    [
        keep_alive(),
        keep_alive(coding="ascii"),
        keep_alive(total=3, index=2, end=ETB),
        keep_alive(direction="down", end=ENQ),
        keep_alive()[:-1] + b"\x00",
        keep_alive()[:17],
        keep_alive(coding="ascii")[:40],
        b"\x7e",
        b"\x01",
        b"\x01" + b"0" * 18,
        b"\x7e\x7e" + bytes(9) + b"\x0f\xff\x02",
        b"\r\n",
    ]
)


@given(
    st.lists(_PIECES | st.binary(max_size=40), max_size=12).map(b"".join), st.lists(st.integers(0, 10_000), max_size=40)
)
def test_any_chunking_gives_the_same(stream: bytes, cuts: list[int]) -> None:
    whole = collect(stream, [])
    assert collect(stream, cuts) == whole
    assert collect(stream, list(range(len(stream)))) == whole
    assert b"".join(value.raw for value in whole) == stream


@given(st.lists(_PIECES | st.binary(max_size=60), max_size=12).map(b"".join), st.integers(1, 30))
def test_a_low_limit_chunks_the_same(stream: bytes, limit: int) -> None:
    assert collect(stream, list(range(len(stream))), limit) == collect(stream, [], limit)


def test_a_frame_may_be_cut_out_of_a_log_with_what_follows_it():
    """Frames of 福建 and 北京 in wainshine/SL651: some carry the first byte of the next frame."""
    raw = bytes.fromhex("7E7E00100000000600003A001C020148221206123328F1F1100000000648F0F0221206123326190000000395F2")
    whole = unwrap(raw)
    for behind in (b"\x7e", b"\x7e\x7e", b"\r\n", b"\x00"):
        assert unwrap(raw + behind) == whole
    for behind in (b"\x01", b"\x7e\x01"):
        with pytest.raises(SL651Error, match="declared"):
            unwrap(raw + behind)


@pytest.mark.parametrize(
    ("frame", "elements"),
    [
        (
            "7E7E0100303A900600003300570200C2260701063604F1F100303A900648F0F0260701063522190000001A1900000020190000252619002105"
            "10110158FF921900019911110216FF931900020813110183FF9419000204FF951900017718110985381212000367EE",
            {"20": 2.5, "26": 210.5, "10": 15.8, "11": 21.6, "13": 18.3, "18": 98.5, "38": 12.0, "FF92": 19.9},
        ),
        (
            "7E7E0100305037680000320033020A02260701060114F1F1003050376848F0F02607010600392300033660361B000110272B0000004320FF22"
            "1B00011038121230032B97",
            {"39": 33.66, "36": 0.11, "27": 4.32, "FF22": 0.11},
        ),
        (
            "7E7E001000000006000037002B02013D221206100758F1F1100000000648F0F02212061007201900000026190000003923FFFFFFFF38121143"
            "03C7CD",
            {"39": None, "38": 11.43},
        ),
    ],
)  # fmt: skip
def test_field_frames_are_read(frame, elements):
    raw = bytes.fromhex(frame)
    message = sl651.decode(raw)
    said = sl651.as_json(message)["elements"]
    assert {key: said[key] for key in elements} == elements
    assert sl651.encode(message) == raw
