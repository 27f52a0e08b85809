"""GB/T 26875.3: packets in any pieces, objects of every type both ways, damage told by name."""

import struct
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import gb26875
from anlan.protocols.gb26875 import codes
from anlan.protocols.gb26875.messages import ITEMS, DeviceSetup, Message

HEADER = gb26875.Header(9, codes.SEND, gb26875.Stamp(7, 6, 5, 24, 11, 26), "0000000000a1", "000000000001")
stamps = st.builds(gb26875.Stamp, *[st.integers(0, 255)] * 6)


@st.composite
def messages(draw) -> Message:
    kind = draw(st.sampled_from(sorted(ITEMS)))
    shape = ITEMS[kind]
    heads = st.tuples(*[st.integers(0, 255)] * (0 if shape is DeviceSetup else 2))
    told = st.builds(lambda head, text: shape(*head, text), heads, st.binary(max_size=40))
    plain = st.binary(min_size=shape.layout.size, max_size=shape.layout.size) if hasattr(shape, "layout") else None
    objects = told if plain is None else plain.map(lambda raw: shape(*shape.layout.unpack(raw)))
    items = tuple(draw(st.lists(objects, max_size=4)))
    tags = tuple(draw(stamps) for _ in items) if kind in gb26875.messages.STAMPED else ()
    return Message(HEADER, kind, items, tags)


@given(messages())
def test_every_type_comes_back_as_it_was_written(message):
    packet = gb26875.encode(message)
    assert gb26875.decode(packet) == message
    assert gb26875.as_json(message)["type"] == message.type


@given(st.lists(messages() | st.binary(max_size=30), max_size=5), st.data())
def test_packets_come_out_alike_in_any_pieces(parts, data):
    stream = b"".join(part if isinstance(part, bytes) else gb26875.encode(part) for part in parts)

    def split(*pieces: bytes) -> list:
        splitter = gb26875.Splitter()
        found = [one for piece in pieces for one in splitter.feed(piece)]
        return found + splitter.close()

    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    whole = split(stream)
    assert split(*pieces) == whole
    assert b"".join(one.raw for one in whole) == stream


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_the_own_error(raw):
    try:
        message = gb26875.decode(raw)
    except gb26875.GB26875Error:
        return
    gb26875.as_json(message)


@given(st.integers(0, 255), st.binary(max_size=120))
def test_an_arbitrary_data_unit_is_read_or_kept_with_the_reason(kind, data):
    packet = gb26875.wrap(HEADER, bytes([kind]) + data)
    message = gb26875.decode(packet)
    if message.problem or message.data:
        assert message.data == bytes([kind]) + data
    assert gb26875.encode(message) == packet


def test_a_smoke_detector_alarms():
    # Built by hand from clause 8.2.1.2: system 1 address 1, part 42 address 0x00030005, state fire, time tag.
    data = (
        bytes([2, 1])
        + struct.pack("<BBBIH31s", 1, 1, 42, 0x00030005, 2, "三楼会议室".encode("gb18030"))
        + bytes([7, 6, 5, 24, 11, 26])
    )
    said = gb26875.as_json(gb26875.decode(gb26875.wrap(HEADER, data)))
    (one,) = said["objects"]
    assert one["part_type_name"] == "点型光电感烟火灾探测器"
    assert one["state_names"] == ["测试状态", "火警"]
    assert one["description"] == "三楼会议室"
    assert one["time"] == "2026-11-24 05:06:07"
    assert said["source"] == "0000000000a1"


def test_an_analog_value_has_its_unit():
    message = Message(HEADER, 3, (gb26875.PartValue(11, 0, 92, 1, 2, -125),), (HEADER.stamp,))
    (one,) = gb26875.as_json(gb26875.decode(gb26875.encode(message)))["objects"]
    assert (one["value"], one["unit"]) == (-1.25, "m")


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda raw: raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:], "check", "校验和错误"),
        (lambda raw: raw[:-1], "length", "长度声明"),
        (lambda raw: raw[1:], "garbage", "40 40"),
        (lambda raw: raw[:-2] + b"#!", "garbage", "23 23"),
        (lambda raw: raw[:10], "length", "只有 10 字节"),
    ],
)
def test_damage_is_told_by_name(change, code, words):
    packet = gb26875.encode(Message(HEADER, 21, (gb26875.DeviceState(1),), (HEADER.stamp,)))
    with pytest.raises(gb26875.GB26875Error, match=words) as caught:
        gb26875.unwrap(change(packet))
    assert caught.value.code == code


@pytest.mark.parametrize("kind", [61, 62, 63, 64, 65, 66, 67, 68, 81, 84, 85, 86, 88, 89, 90, 91])
def test_every_request_can_be_made_and_read(kind):
    packet = gb26875.request(
        kind, serial=3, source="1", destination="a1", at=datetime(2026, 11, 24, tzinfo=gb26875.SHANGHAI)
    )
    message = gb26875.decode(packet)
    assert (message.type, message.problem, len(message.items)) == (kind, "", 1)
    assert message.header.command == (codes.CONTROL if kind >= 89 else codes.REQUEST)


def test_answers_are_not_answered():
    at = datetime(2026, 11, 24, tzinfo=gb26875.SHANGHAI)
    sent = Message(HEADER, 21, (gb26875.DeviceState(1),), (HEADER.stamp,))
    answer = gb26875.decode(gb26875.acknowledge(sent, at))
    assert (answer.header.command, answer.header.serial, answer.header.destination) == (codes.CONFIRM, 9, HEADER.source)
    assert gb26875.acknowledge(answer, at) is None
    denial = gb26875.decode(gb26875.acknowledge(sent, at, is_taken=False))
    assert denial.header.command == codes.DENY


ALARM = (
    "40 40 01 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 30 00 02 02 01 01 01 28 0A 00 02 00 02 00 20 20"
    "20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 00 02 3A 09 1A 09 0C 46 23 23"
)
"""Number 2 of zone 10, a smoke detector, alarms: a vendor's example in ActorLancer/GB-T-26875.3.2011-rs."""


def test_a_part_has_a_zone_and_a_number():
    message = gb26875.decode(bytes.fromhex(ALARM))
    (one,) = gb26875.as_json(message)["objects"]
    assert (one["part_type_name"], one["part_zone"], one["part_number"]) == ("感烟火灾探测器", 10, 2)
    assert (one["state_names"], one["time"]) == (["测试状态", "火警"], "2012-09-26 09:58:02")
    assert gb26875.encode(message) == bytes.fromhex(ALARM)


def test_an_object_without_its_time_tag_is_read():
    """A heartbeat in a log of a LoRa gateway: the state of the device, no time tag, no clock."""
    raw = bytes.fromhex("404001000120000000000000B22396604001000000000000030002150101 4A2323")
    message = gb26875.decode(raw)
    said = gb26875.as_json(message)
    assert (said["source"], said["objects"]) == ("0140609623b2", [{"state": 1, "state_names": ["正常监视状态"]}])
    assert (message.problem, message.moment(0), gb26875.encode(message)) == ("", None, raw)


@pytest.mark.parametrize(("form", "kind"), [("0103 0A000200", None), ("0103 28 0A000200", 40)])
def test_a_part_is_asked_about_with_and_without_its_type(form, kind):
    packet = gb26875.wrap(HEADER, bytes.fromhex("3E01" + form))
    message = gb26875.decode(packet)
    (one,) = gb26875.as_json(message)["objects"]
    assert (one["system_address"], one["part_zone"], one["part_number"], one.get("part_type")) == (3, 10, 2, kind)
    assert gb26875.encode(message) == packet


def test_what_users_define_is_kept():
    raw = bytes.fromhex("4040010001052B350D1C041A8C0000000000000000000000030002BE0100FE2323")
    said = gb26875.as_json(gb26875.decode(raw))
    assert (said["type"], said["count"], said["data"], said["version"]) == (190, 1, "be0100", "1.5")
