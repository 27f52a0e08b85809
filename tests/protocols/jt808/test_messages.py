"""JT/T 808 bodies of both editions: what can be read can be written and is read again; packets; answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols import jt808
from anlan.protocols.jt808 import areas, control, media, parameters
from anlan.protocols.jt808.messages import (
    BODIES,
    Authentication2019,
    MissingParts,
    Registration,
    RegistrationAnswer,
    body_of,
)
from anlan.protocols.layouts import Layout
from tests.protocols.strategies import values_of

PHONE = "13800138000"
locations = st.builds(
    jt808.Location,
    alarm=st.integers(0, 2**32 - 1),
    status=st.integers(0, 2**32 - 1).map(lambda bits: bits & ~0b1100),
    latitude=st.integers(0, 90_000_000).map(lambda n: n / 1e6),
    longitude=st.integers(0, 180_000_000).map(lambda n: n / 1e6),
    altitude=st.integers(0, 0xFFFF),
    speed=st.integers(0, 0xFFFF).map(lambda n: n / 10),
    direction=st.integers(0, 359),
    time=st.text("0123456789", min_size=12, max_size=12),
    items=st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=12)), max_size=4).map(tuple),
)


def header(message_id: int, *, is_2019: bool = False, serial: int = 7) -> jt808.Header:
    return jt808.Header(message_id, PHONE.rjust(20 if is_2019 else 12, "0"), serial, 1 if is_2019 else None)


def back(message_id: int, body: jt808.Body, *, is_2019: bool = False) -> jt808.Body:
    return jt808.decode(jt808.encode(jt808.Message(header(message_id, is_2019=is_2019), body))).body


@given(locations)
def test_a_location_comes_back_as_it_was_written(location):
    assert back(0x0200, jt808.Report(location)).location == location


@given(st.lists(locations, max_size=4).map(tuple), st.sampled_from([0, 1]))
def test_a_batch_comes_back_as_it_was_written(found, kind):
    assert back(0x0704, jt808.Batch(kind, found)) == jt808.Batch(kind, found)


@settings(max_examples=400)
@given(st.sampled_from(sorted(BODIES)), st.binary(max_size=90))
def test_whatever_can_be_read_can_be_written_and_is_read_again(key, data):
    message_id, is_2019 = key
    body = body_of(header(message_id, is_2019=is_2019), data)
    again = back(message_id, body, is_2019=is_2019)
    assert again == body or again.write() == body.write()
    jt808.as_json(jt808.Message(header(message_id, is_2019=is_2019), body))


DECLARED = [
    (message_id, is_2019, kind)
    for (message_id, is_2019), kinds in sorted(BODIES.items(), key=lambda item: item[0])
    for kind in kinds
    if kind.read.__func__ is jt808.Body.read.__func__
]
"""Messages whose bodies stand as their fields are declared; the others are in the list of examples below."""


@settings(max_examples=400)
@given(st.data(), st.sampled_from(DECLARED))
def test_every_declared_body_is_read_as_it_was_written(data, one):
    message_id, is_2019, kind = one
    own = {media._Basic: locations.map(lambda place: replace(place, items=()))}
    body = kind(**{name: data.draw(values_of(how, own)) for name, how in Layout(kind).fields})
    found = back(message_id, body, is_2019=is_2019)
    assert found == body or found.write() == body.write()  # two forms of one message may stand as the same bytes
    jt808.as_json(jt808.Message(header(message_id, is_2019=is_2019), found))


def test_the_south_and_the_west_have_signs():
    location = jt808.Location(0, 0b10, -33.5, -70.6, 520, 0.0, 0, "261124050607")
    assert back(0x0200, jt808.Report(location)).location.latitude == -33.5
    assert jt808.Report(location).write()[4:8].hex() == "0000000e"
    sent = jt808.decode(jt808.encode(jt808.Message(header(0x0200), jt808.Report(location))))
    assert jt808.as_json(sent)["status_names"][1:4] == ["定位", "南纬", "西经"]


def test_additional_items_have_names_and_units():
    items = (
        (0x01, bytes.fromhex("00003039")), (0x02, bytes.fromhex("01f4")), (0x03, bytes.fromhex("0271")),
        (0x06, bytes.fromhex("fffb")), (0x11, bytes.fromhex("0100000009")), (0x12, bytes.fromhex("020000000901")),
        (0x13, bytes.fromhex("00000003003c01")), (0x15, bytes.fromhex("00000005")), (0x25, bytes.fromhex("00000009")),
        (0x2B, bytes.fromhex("00010002")), (0x30, b"\x1f"), (0x31, b"\x0c"), (0xE1, b"\xab"), (0x01, b"\x01"),
    )  # fmt: skip
    location = jt808.Location(0, 2, 36.4, 115.9, 35, 62.5, 90, "261124050607", items[:-1])
    said = jt808.as_json(jt808.Message(header(0x0200), jt808.Report(location)))["additional"]
    assert said == {
        "mileage_km": 1234.5, "fuel_l": 50.0, "recorder_speed_kmh": 62.5, "carriage_temperature_c": -5,
        "overspeed": {"position_type": "圆形区域", "area_id": 9},
        "area": {"position_type": "矩形区域", "area_id": 9, "direction": "出"},
        "route": {"segment_id": 3, "driving_s": 60, "result": "过长"}, "video_signal_lost_channels": [1, 3],
        "extended_signals": ["近光灯", "左转向灯"], "analog": {"ad0": 2, "ad1": 1}, "signal_strength": 31, "satellites": 12,
        "0xE1": "ab",
    }  # fmt: skip


def test_a_position_is_read_whatever_stands_behind_it():
    """A frame of Traccar's tests: a terminal with a form of its own behind the position."""
    raw = bytes.fromhex(
        "7e0200002e202000129707001c0000000000001c0601a2f0a8091f0bf00000000000ed201103031733000000000000000000780000000018"
        "000000267e"
    )
    message = jt808.decode(raw)
    said = jt808.as_json(message)
    assert (said["latitude"], said["longitude"], said["observed"]) == (
        -27.455656,
        153.029616,
        "2020-11-03T03:17:33+08:00",
    )
    assert (said["rest"], said["problem"]) == ("00780000000018000000", "附加信息项 00 声明 120 字节，只剩 8 字节")
    assert jt808.encode(message) == raw


def test_items_that_come_twice_are_all_told():
    items = ((0x00, b"\x01"), (0x00, b"\x02"), (0x30, b"\x05"), (0x00, b""))
    location = jt808.Location(0, 2, 36.4, 115.9, 35, 62.5, 90, "261124050607", items)
    said = jt808.as_json(jt808.Message(header(0x0200), jt808.Report(location)))["additional"]
    assert said == {"0x00": "01", "0x00#2": "02", "signal_strength": 5, "0x00#3": ""}


@pytest.mark.parametrize(
    ("message_id", "version", "body", "said"),
    [
        # Bodies of SmallChi/JT808's tests: text filled up on the left, milliseconds as a number.
        (
            0x0702, None, "0118081609161600056B6F696B6500000000000000007177653132333435366161610671776572747820180816",
            {"name": "koike", "certificate": "qwe123456aaa", "issuer": "qwertx", "valid_until": "20180816"},
        ),
        (0x0705, None, "0001200005015E010203040102030401020304", {"time": "200005015E"}),
        # A card whose number has a letter, as those of 中国移动 and 中国联通 may.
        (
            0x0107, 1, "00ff3838383838" + "43" * 30 + "31" * 30 + "898600D0901234567890" + "0156" + "0157" + "0220",
            {"maker": "88888", "iccid": "898600D0901234567890", "gnss": 2, "communication": 32},
        ),
    ],
)  # fmt: skip
def test_bodies_are_read_as_terminals_write_them(message_id, version, body, said):
    raw = jt808.wrap(jt808.Header(message_id, PHONE.rjust(20 if version else 12, "0"), 1, version), bytes.fromhex(body))
    message = jt808.decode(raw)
    found = jt808.as_json(message)
    assert {name: found.get(name) for name in said} == said
    assert jt808.encode(message) == raw


@pytest.mark.parametrize(("raw", "degrees"), [("0014", 20), ("8005", -5), ("fffb", -5), ("0000", 0), ("00", "00")])
def test_a_carriage_s_temperature_is_read_by_the_letter_and_as_terminals_send_it(raw, degrees):
    location = jt808.Location(0, 2, 36.4, 115.9, 35, 62.5, 90, "261124050607", ((0x06, bytes.fromhex(raw)),))
    said = jt808.as_json(jt808.Message(header(0x0200), jt808.Report(location)))["additional"]
    assert said == {"carriage_temperature_c": degrees}


@pytest.mark.parametrize(
    ("body", "known", "problem"),
    [
        ("0004 01 00000001 00 00000001", {"0x0001": 0}, "声明 1 个参数，读出 1 个，之后有 4 字节"),
        ("0000 03 00000001 04 0000000f 00000018 04 00000328", {"0x0001": 15, "0x0018": 808}, "声明 3 个参数，读出 2 个，之后有 0 字节"),
        ("0000 02 00000001 04 0000000f 00000018 09 00000328", {"0x0001": 15}, "声明 2 个参数，读出 1 个，之后有 9 字节"),
    ],
)  # fmt: skip
def test_parameters_are_read_though_their_number_or_a_length_lies(body, known, problem):
    data = bytes.fromhex(body)
    message = jt808.Message(header(0x0104), body_of(header(0x0104), data))
    said = jt808.as_json(message)
    assert {one["id"]: one["value"] for one in said["parameters"]} == known
    assert (said["problem"], message.body.write()) == (problem, data)


@pytest.mark.parametrize(
    ("message_id", "is_2019", "body"),
    [
        (0x0100, False, Registration(37, 1500, "ANLAN", "T1", "0000001", 2, "鲁P12345")),
        (0x0102, True, Authentication2019("code", "123456789012345", "V1")),
        (0x8100, False, RegistrationAnswer(3, 0, "code")),
        (0x8100, False, RegistrationAnswer(3, 4)),
        (0x8100, False, RegistrationAnswer(3, 4, "code")),
        (0x8103, False, parameters.SetParameters(parameters.Parameters((parameters.Parameter(0x0013, b"10.0.0.1"), parameters.Parameter(1, b"\0\0\0\x0a"))))),
        (0x8300, True, control.Words2019(0b1101, 1, "前方积水")),
        (0x8302, False, control.Question(1, "能否通行", (control.Option(1, "能"), control.Option(2, "不能")))),
        (0x8301, False, control.SetEvents(0, None)),
        (0x8401, False, control.SetContacts(1, (control.Contact(3, "12119", "森林火警"),))),
        (0x0702, True, control.Driver(1, "261124050607", 0, "张三", "C1", "聊城", "20300101", "372500")),
        (0x0702, False, control.Driver(2, "261124050607")),
        (0x8600, False, areas.SetCircles(0, (areas.Circle(1, 0b11, 36_400_000, 115_900_000, 500, areas.Limits("261124000000", "261125000000", 60, 5)),))),
        (0x8600, True, areas.SetCircles2019(0, (areas.Circle(1, 0b10, 36_400_000, 115_900_000, 500, areas.Limits(None, None, 60, 5, 40, "化工园区")),))),
        (0x8604, True, areas.SetPolygon2019(areas.Polygon(1, 0b10, (areas.Vertex(1, 2), areas.Vertex(3, 4), areas.Vertex(5, 6)), areas.Limits(None, None, 60, 5, 40, "园")))),
        (0x8606, True, areas.SetRoute2019(1, 1, (areas.Turn(1, 1, 2, 3, 20, 0b11, 60, 10, 80, 5, 60),), "261124000000", "261125000000", "危化路线")),
        (0x8800, False, media.MediaAnswer(5, (1, 2))),
        (0x9101, False, media.Live("10.0.0.1", 1078, 0, 1, 0, 0)),
        (0x1205, True, media.Resources(9, (media.Resource(1, "261124000000", "261124010000", 0, 0, 1, 1, 1024),))),
    ],
)  # fmt: skip
def test_bodies_come_back_as_they_were_written(message_id, is_2019, body):
    assert back(message_id, body, is_2019=is_2019) == body


@given(st.integers(20, 900), st.integers(1, 3000), st.permutations(range(8)))
def test_a_message_in_packets_comes_together_in_any_order(limit, size, order):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    whole = jt808.Message(header(0x0900, serial=65530), control.Transparent(0x41, bytes(size)))
    frames = list(jt808.split(whole, limit=limit))
    shuffled = [frames[n] for n in order if n < len(frames)] + frames[8:]
    assembler = jt808.Assembler()
    found = [one for frame in shuffled if (one := assembler.add(jt808.decode(frame), now)) is not None]
    assert [one.body for one in found] == [whole.body]


def test_packets_that_stay_away_are_asked_for_three_times():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    frames = jt808.split(jt808.Message(header(0x0900), control.Transparent(0x41, bytes(2500))), limit=500)
    assembler = jt808.Assembler()
    for frame in (frames[0], frames[3]):
        assert assembler.add(jt808.decode(frame), now) is None
    assert assembler.missing(now) == []
    asked = [assembler.missing(now + timedelta(seconds=30 * n)) for n in range(1, 6)]
    assert [len(one) for one in asked] == [1, 1, 1, 0, 0]
    assert jt808.decode(asked[0][0]).body == MissingParts(7, (2, 3, 5, 6))


@pytest.mark.parametrize("is_2019", [False, True])
def test_answers_are_in_the_edition_of_the_question(is_2019):
    report = jt808.Message(header(0x0002, is_2019=is_2019), jt808.messages.Nothing())
    answer = jt808.decode(jt808.acknowledge(report, serial=3))
    assert (answer.header.is_2019, answer.phone, answer.body) == (is_2019, PHONE, jt808.Answer(7, 0x0002, 0))
    assert jt808.acknowledge(answer) is not None
    assert jt808.acknowledge(jt808.Message(header(0x0001), jt808.Answer(1, 2, 0))) is None


def test_a_body_that_does_not_fit_is_kept_with_the_reason():
    body = body_of(header(0x0200), b"\x00" * 10)
    assert body.data == b"\x00" * 10
    assert "位置基本信息应有 28 字节" in body.problem
