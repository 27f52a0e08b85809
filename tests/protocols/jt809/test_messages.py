"""Messages of both editions: real packets, every declared body both ways, arbitrary bytes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import jt809
from anlan.protocols.jt809 import bodies as b
from anlan.protocols.jt809.catalogue import LAYOUTS, LINK, SUB
from anlan.protocols.jt809.codes import MESSAGES, SUB_MESSAGES
from anlan.protocols.jt809.frames import wrap
from anlan.protocols.jt809.positions import Carried808, Fixed36
from tests.protocols.strategies import letters, values_of

CIPHER = jt809.Cipher(m1=30_000_000, ia1=20_000_000, ic1=20_000_000)
words = st.integers(0, 0xFFFFFFFF)
shorts = st.integers(0, 0xFFFF)
stamps = st.tuples(st.integers(2000, 2099), *[st.integers(0, 99)] * 5)
degrees = st.integers(0, 180_000_000).map(lambda micro: micro / 1e6)
positions = st.builds(
    jt809.Position, stamps, degrees, degrees, shorts, shorts, shorts, words, words, shorts, words, st.integers(0, 1)
)
locations = st.builds(
    jt809.Location, stamps, degrees, degrees, shorts.map(lambda tenths: tenths / 10), shorts, shorts, words, words,
    st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=8)), max_size=3).map(tuple),
    st.tuples(*[st.tuples(st.text("0123456789", max_size=11), words)] * 3), st.integers(0, 1),
)  # fmt: skip


OWN = {Fixed36: positions, Carried808: locations}


def bodies_of(kind: type[b.Body]) -> st.SearchStrategy[b.Body]:
    """Bodies of one kind whose fields agree with one another."""
    fields = {name: values_of(how, OWN) for name, how in LAYOUTS[kind].fields}
    if "photo" in fields:
        fields["photo"] = st.just(b"jpeg")
        fields["photo_len"] = st.just(4)
    if kind is b.CarInfoAnswer2019:
        fields["source_data_type"] = st.just(0x9601)
    return st.builds(kind, **fields)


EVERY = [
    (number, edition, kind)
    for table in (LINK, SUB)
    for number, choices in table.items()
    for edition, kinds in zip((2011, 2019), choices, strict=True)
    for kind in kinds
] + [(number, 2019, b.SourceFirst) for number in (0x1205, 0x1206)]


def test_every_real_packet_says_what_its_source_says(shared) -> None:
    for vector in json.loads((shared / "vectors" / "jt809.json").read_text("utf-8")):
        raw = bytes.fromhex(vector["hex"])
        if not vector["valid"]:
            with pytest.raises(jt809.JT809Error):
                jt809.decode(raw)
            continue
        message = jt809.decode(raw)
        found = jt809.as_json(message)
        assert {name: found[name] for name in vector["expect"]} == vector["expect"]
        assert not message.problem
        assert jt809.decode(jt809.encode(message) if not message.encrypt_flag else raw) == message


@given(st.data(), st.sampled_from(EVERY), st.booleans())
def test_every_body_is_read_as_it_was_written(data: st.DataObject, one: Any, is_encrypted: bool) -> None:
    number, edition, kind = one
    message = jt809.draft(number, data.draw(bodies_of(kind)))
    has_plate = number in SUB and number >> 8 not in (0x13, 0x93) and number != 0x9201
    sent = jt809.Message(
        message_id=message.message_id, data_type=message.data_type, body=message.body,
        plate=data.draw(letters) if has_plate else None, plate_color=data.draw(st.integers(0, 94)) if has_plate else None,
        serial=data.draw(words), centre_id=data.draw(words), version="1.2.19", key=data.draw(words),
        encrypt_flag=int(is_encrypted), utc=1_790_000_000 if edition == 2019 else None,
    )  # fmt: skip
    raw = jt809.encode(sent, cipher=CIPHER)
    assert jt809.decode(raw, cipher=CIPHER) == sent
    assert json.dumps(jt809.as_json(sent), ensure_ascii=False)
    if is_encrypted:
        sealed = jt809.decode(raw)
        assert jt809.encode(sealed) == raw or sealed.is_2019 != sent.is_2019


@given(st.sampled_from([*MESSAGES, 0x7777]), st.binary(max_size=80), st.integers(0, 1), st.booleans())
def test_arbitrary_content_is_kept_and_written_back(number: int, body: bytes, flag: int, is_sub: bool) -> None:
    if is_sub:
        data_type = (number & 0xFF00) | (body[0] & 0xF if body else 1)
        body = data_type.to_bytes(2, "big") + len(body).to_bytes(4, "big") + body
    content = (
        (26 + len(body)).to_bytes(4, "big") + bytes(4) + number.to_bytes(2, "big") + bytes(4) + b"\x01\x02\x0f"
        + bytes((flag, 0, 0, 0, 9)) + body
    )  # fmt: skip
    raw = wrap(content)
    message = jt809.decode(raw)
    assert jt809.encode(message) == raw
    assert json.dumps(jt809.as_json(message), ensure_ascii=False).encode()


@given(st.binary(max_size=120))
def test_arbitrary_bytes_raise_only_the_own_error(raw: bytes) -> None:
    for one in (raw, b"\x5b" + raw + b"\x5d"):
        try:
            jt809.decode(one)
        except jt809.JT809Error:
            continue


def test_a_position_of_2011_in_engineering_units() -> None:
    gnss = bytes.fromhex("00 18 0b 07ea 0c1e05 06e9dc28 022c2f28 003c 003b 0000007b 005a 0032 00000003 00000006")
    body = "鲁P12345".encode("gbk").ljust(21, b"\x00") + b"\x02\x12\x02" + len(gnss).to_bytes(4, "big") + gnss
    raw = wrap((26 + len(body)).to_bytes(4, "big") + bytes.fromhex("00000001120000000457010000 00 00000000") + body)
    found = jt809.as_json(jt809.decode(raw))
    assert (found["message_id"], found["data_type"], found["plate"], found["plate_color"]) == (
        "0x1200", "0x1202", "鲁P12345", "黄色",
    )  # fmt: skip
    assert found["position"] == {
        "lon": 115.989544, "lat": 36.450088, "speed": 60, "recorder_speed": 59, "mileage": 123, "direction": 90,
        "altitude": 50, "time": "2026-11-24T12:30:05+08:00", "fixed": True, "status": 3, "alarm": 6,
        "alarms": ["超速报警", "疲劳驾驶"], "encrypted": False,
    }  # fmt: skip


def test_a_location_of_2019_carries_items_and_the_alarms_of_platforms() -> None:
    place = jt809.Location(
        (2026, 11, 24, 12, 30, 5), 115.989544, 36.450088, 60.5, 90, 50, 0b1110, 0,
        ((1, (1234).to_bytes(4, "big")), (3, (590).to_bytes(2, "big"))), (("37150000001", 2), ("", 0), ("", 0)),
    )  # fmt: skip
    found = jt809.as_json(jt809.draft(0x1202, b.RealLocation2019(place), plate="鲁P12345", plate_color=5))
    assert found["plate_color"] == "绿色"
    where = found["position"]
    assert (where["lon"], where["lat"]) == (-115.989544, -36.450088)
    assert (where["mileage"], where["recorder_speed"]) == (123.4, 59.0)
    assert where["platforms"][0] == {"platform_id": "37150000001", "alarm": 2, "alarms": ["超速报警"]}


def test_a_sub_message_of_another_length_is_kept_with_the_reason() -> None:
    raw = jt809.encode(jt809.draft(0x9205, b.Reason(1), plate="鲁P1", plate_color=1))
    content = bytearray(raw[1:-3])
    content[22 + 22 + 5] = 9
    message = jt809.decode(wrap(bytes(content)))
    assert message.problem == "9205 后续数据长度声明为 9 字节，实际为 1 字节"
    assert "error" not in jt809.as_json(message)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (jt809.Message(message_id=0x1005, body=b.Nothing(), version="1.0"), "协议版本号"),
        (jt809.Message(message_id=0x1005, body=b.Nothing(), serial=1 << 32), "数据头"),
        (jt809.draft(0x9205, b.Reason(1), plate="鲁" * 11), "车牌号"),
        (jt809.draft(0x9205, b.Reason(1), plate="鲁P1", plate_color=300), "车牌颜色"),
        (jt809.draft(0x9205, b.Reason(300), plate="鲁P1"), "reason_code"),
        (jt809.Message(message_id=0x1005, body=b.Nothing(), encrypt_flag=1), "M1"),
        (jt809.draft(0x1202, b.RealLocation(jt809.Position((0, 0, 0, 0, 0, 0), 0, 0, 70000, 0, 0, 0, 0))), "position"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(message: jt809.Message, reason: str) -> None:
    with pytest.raises(jt809.JT809Error, match=reason):
        jt809.encode(message)


def test_every_sub_message_belongs_to_a_message() -> None:
    assert {number & 0xFF00 for number in SUB_MESSAGES} <= set(MESSAGES)
    assert set(SUB) <= set(SUB_MESSAGES)
    assert set(LINK) <= set(MESSAGES)
