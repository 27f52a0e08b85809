"""JT/T 808 frames: any pieces give the same, damage is told by name, vectors are read as their sources say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import jt808
from anlan.protocols.jt808.frames import FRAME_LIMIT, check

headers = st.builds(
    lambda message_id, number, serial, version, packet: jt808.Header(
        message_id, number[: 20 if version is not None else 12], serial, version, 0, *packet
    ),
    st.integers(0, 0xFFFF),
    st.text("0123456789", min_size=20, max_size=20),
    st.integers(0, 0xFFFF),
    st.none() | st.integers(0, 255),
    st.just((1, 1)) | st.integers(2, 0xFFFF).flatmap(lambda total: st.tuples(st.just(total), st.integers(1, total))),
)
bodies = st.binary(max_size=60) | st.sampled_from([b"\x7e" * 30, b"\x7d" * 30, b"\x7d\x02\x7d\x01"])


def slow_check(content: bytes) -> int:
    found = 0
    for byte in content:
        found ^= byte
    return found


@given(st.binary(max_size=100))
def test_the_check_is_the_xor_of_all_bytes(content):
    assert check(content) == slow_check(content)


@given(headers, bodies)
def test_what_is_wrapped_is_unwrapped_again(header, body):
    raw = jt808.wrap(header, body)
    assert raw[1:-1].find(b"\x7e") < 0
    assert jt808.unwrap(raw) == jt808.Frame(raw, header, body)


@given(
    st.lists(st.builds(jt808.wrap, headers, bodies) | st.binary(max_size=20) | st.just(b"x" * 5000), max_size=5),
    st.data(),
)
def test_frames_come_out_alike_in_any_pieces_and_nothing_is_lost(parts, data):
    stream = b"".join(parts)

    def split(*pieces: bytes) -> list:
        splitter = jt808.Splitter()
        found = [one for piece in pieces for one in splitter.feed(piece)]
        return found + splitter.close()

    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    whole = split(stream)
    assert split(*pieces) == whole
    assert b"".join(one.raw for one in whole).replace(b"\x7e", b"") == stream.replace(b"\x7e", b"")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_the_own_error(raw):
    try:
        message = jt808.decode(raw)
    except jt808.JT808Error:
        return
    jt808.as_json(message)


def test_memory_is_bounded():
    splitter = jt808.Splitter()
    found = [one for _ in range(100) for one in splitter.feed(b"\x7e" + b"x" * 1000)]
    found += splitter.feed(b"y" * 100_000)
    assert len(splitter._rest) <= FRAME_LIMIT
    assert {one.code for one in found} <= {"check", "limit", "length"}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda raw: raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:], "check"),
        (lambda raw: raw[:5] + b"\x7d\x03" + raw[5:], "escape"),
        (lambda raw: raw[:4] + raw[-1:], "length"),
        (lambda raw: b"\x7e\x7e", "garbage"),
        (lambda raw: raw + raw[1:], "garbage"),
    ],
)
def test_damage_is_told_by_name(damage, code):
    raw = jt808.wrap(jt808.Header(0x0002, "13800138000", 1), b"")
    with pytest.raises(jt808.JT808Error) as caught:
        jt808.unwrap(damage(raw))
    assert caught.value.code == code


def test_a_wrong_length_and_an_impossible_packet_are_told():
    raw = jt808.wrap(jt808.Header(0x0900, "13800138000", 1, total=3, index=2), b"ab")
    content = bytearray(raw[1:-2])
    content[3] += 1
    with pytest.raises(jt808.JT808Error, match="声明为 3 字节，实际 2 字节"):
        jt808.unwrap(b"\x7e" + bytes(content) + bytes([check(bytes(content))]) + b"\x7e")
    content[3] -= 1
    content[15] = 9
    with pytest.raises(jt808.JT808Error, match="分包序号 9 不在 1 到 3 之间"):
        jt808.unwrap(b"\x7e" + bytes(content) + bytes([check(bytes(content))]) + b"\x7e")


def test_real_frames_are_read_or_refused_as_their_sources_say(shared):
    for vector in json.loads((shared / "vectors" / "jt808.json").read_text("utf-8")):
        raw = bytes.fromhex(vector["hex"])
        if not vector["valid"]:
            with pytest.raises(jt808.JT808Error):
                jt808.decode(raw)
            continue
        said = jt808.as_json(jt808.decode(raw))
        assert {name: said.get(name) for name in vector["expect"]} == vector["expect"], vector["hex"]


@pytest.mark.parametrize(
    ("frame", "phone", "edition"),
    [
        # Real frames of public projects: SmallChi/JT808 (bit 14 before 2019), Traccar (a number that is not decimal).
        ("7E0102400C01003000068109024A3130303330303030363831857E", "10030000681", 2013),
        (
            "7e0200406c010030000681090e00000000000c0003026c936f074c794c0004036300d7210625155739010400000000052801cc0021062515"
            "5739054145bbc91e4145a2fa1141450000004145bbc8194145a1370a4145000000240200002a0200002b04000000003001153101125f0a89"
            "860418231870850620757e",
            "10030000681", 2013,
        ),
        (
            "7E0900005A4E5DE66FBA2200C4F02204280610090002010D052B0150052C0400129009052D016B052E014F05300231BA0535020000053602"
            "03B8053802000005390200AD053D0201EA05440150054604009899D90545040000001E000C00030160A85C06D1C1389C7E",
            "4e5de66fba22", 2013,
        ),
    ],
)  # fmt: skip
def test_numbers_and_reserved_bits_as_terminals_send_them(frame, phone, edition):
    raw = bytes.fromhex(frame)
    message = jt808.decode(raw)
    assert (message.phone, jt808.as_json(message)["edition"]) == (phone, edition)
    assert jt808.encode(message) == raw


def test_one_packet_of_one_is_a_whole_message():
    body = bytes.fromhex("0001000200")
    raw = jt808.wrap(jt808.Header(0x0001, "013800138000", 7, spare=5), body)
    assert raw[3:5].hex() == "a005"
    frame = jt808.unwrap(raw)
    assert (frame.header.total, frame.header.is_part, frame.body) == (1, False, body)
    assert jt808.encode(jt808.decode(raw)) == raw
