"""Messages in HEX/BCD coding: every function, both directions, observations, the shared vectors, bad input."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import sl651
from anlan.protocols.sl651 import Block, Header, Message, Report, Setting, Settings, reading, setting
from anlan.protocols.sl651.codes import SHANGHAI
from anlan.protocols.sl651.elements import ELEMENTS
from anlan.protocols.sl651.frames import unwrap, wrap

VECTORS = Path(__file__).resolve().parents[3].parent / "shared" / "vectors" / "sl651.json"
SENT = datetime(2019, 8, 10, 12, 0, 5, tzinfo=SHANGHAI)
NOON = datetime(2019, 8, 10, 12, 0, tzinfo=SHANGHAI)
STATION = "0031522345"
UP = Header(function=0x32, station=STATION, password="1234")
DOWN = replace(UP, direction="down", end=sl651.ENQ)


def vectors() -> list[dict]:
    return json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else []


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no shared vectors at {VECTORS}")
def test_vectors_are_there() -> None:
    assert len(vectors()) >= 10


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["hex"][4:34])
def test_vectors(vector: dict) -> None:
    raw = bytes.fromhex(vector["hex"])
    if not vector["valid"]:
        with pytest.raises(sl651.SL651Error):
            sl651.decode(raw)
        return
    message = sl651.decode(raw)
    told = sl651.as_json(message)
    assert {name: told.get(name) for name in vector["expect"]} == vector["expect"]
    json.dumps(told)
    assert sl651.encode(message) == raw


def message(function: int, body: sl651.Body, *, down: bool = False) -> Message:
    return Message(header=replace(DOWN if down else UP, function=function), serial=7, sent=SENT, body=body)


def rest(message: Message) -> str:
    """What a message writes after serial and time."""
    return unwrap(sl651.encode(message)).body[8:].hex()


def block(*readings: sl651.Reading, **changes: object) -> Block:
    return Block(**{"readings": readings, "observed": NOON, "station": STATION, "station_class": "H"} | changes)


HEAD = f"f1f1{STATION}48f0f01908101200"
BODIES = [
    (0x2F, False, sl651.Empty(), ""),
    (0x32, True, sl651.Empty(), ""),
    (0x30, False, Report((block(reading("20", 4.0), reading("38", 10.99)),)), HEAD + "201900004038121099"),
    (0x33, False, Report((block(reading("39", -1.5)),)), HEAD + "392bff00001500"),
    (0x31, False, Report((block(reading("39", [1.0, None]), step=sl651.Step(minutes=5)),)),
     HEAD + "0418000005392300001000ffffffff"),
    (0x35, False, Report((Block((reading("F2", b"Z 1.23"),)),)), "f2f25a20312e3233"),
    (0x36, False, Report((block(reading("F3", b"\xff\xd8\xff\xd9")),)), HEAD + "f3f3ffd8ffd9"),
    (0x37, False, Report((block(reading("FF09", 20, decimals=0)),)), HEAD + "ff090820"),
    (0x34, False, Report((block(reading("F4", [0.5, None])), block(reading("26", 4), station="", station_class=""))),
     HEAD + "f46005" + "ff" * 11 + "f0f01908101200261900" + "0040"),
    (0x38, True, sl651.PeriodQuery(NOON, NOON + timedelta(hours=2), sl651.Step(hours=1), (("1A", 0x19),)),
     "1908101219081014" + "0418000100" + "1a19"),
    (0x3A, True, sl651.Identifiers((("20", 0x19), ("FF09", 8))), "2019ff0908"),
    (0x40, True, Settings((setting("01", bytes([5, 0, 0, 0])), setting("0C", 2))), "0120050000000c0802"),
    (0x41, True, sl651.Identifiers((("0D", 0x40),)), "0d40"),
    (0x42, True, Settings((setting("28", -10),)), "282bff00010000"),
    (0x43, False, Settings((setting("20", 1),), STATION), f"f1f1{STATION}200801"),
    (0x45, False, sl651.Version(b"V1.0", STATION), f"f1f1{STATION}0456312e30"),
    (0x46, False, sl651.Status(0x481, STATION), f"f1f1{STATION}452000000481"),
    (0x47, True, Settings((setting("97"),)), "9700"),
    (0x48, True, Settings((setting("98"),)), "9800"),
    (0x49, True, Settings((setting("03", b"\x12\x34"), setting("03", b"\x56\x78"))), "0310123403105678"),
    (0x4A, False, Settings((), STATION), f"f1f1{STATION}"),
    (0x4B, True, sl651.Status(0x200), "452000000200"),
    (0x4C, True, sl651.Switches((True, False, True) + (False,) * 5), "0105"),
    (0x4D, False, sl651.Switches((False,) * 8 + (True,) * 8, (), STATION), f"f1f1{STATION}0200ff"),
    (0x4E, True, sl651.Switches((True, False, True), (120.0, None, 30.0)), "0305" + "0120ffff0030"),
    (0x4E, True, sl651.Switches((True, False), (-30.0, 9999.0)), "0201" + "ff309999"),
    (0x4F, True, sl651.Quota(True), "ff"),
    (0x50, False, sl651.Events(tuple(range(32)), STATION), f"f1f1{STATION}" + "".join(f"{n:04x}" for n in range(32))),
    (0x51, False, Settings((), STATION), f"f1f1{STATION}"),
    (0xE0, False, sl651.Custom(b"\x01\x02"), "0102"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "down", "body", "expected"), BODIES, ids=lambda value: str(value)[:30])
def test_bodies_of_every_function(function: int, down: bool, body: sl651.Body, expected: str) -> None:
    written = message(function, body, down=down)
    assert rest(written) == expected
    assert sl651.decode(sl651.encode(written)) == written
    json.dumps(sl651.as_json(written))


def test_hour_report_is_spread_over_its_times() -> None:
    first = NOON - timedelta(minutes=55)
    body = Report((block(reading("F4", [0.5] * 12), reading("F5", [0.12, None] + [1.0] * 10), observed=first),))
    rows = message(0x34, body).observations()
    assert len(rows) == 24
    assert [row.observed for row in rows[:12]] == [first + timedelta(minutes=5 * at) for at in range(12)]
    assert rows[11].observed == NOON
    assert (rows[0].element, rows[0].value, rows[0].unit, rows[0].decimals) == ("DRP", 0.5, "mm", 1)
    assert (rows[13].element, rows[13].value, rows[13].flag, rows[13].raw) == ("DRZ1", None, "missing", "ffff")
    assert not any(row.is_time_assumed for row in rows)


def test_hour_stamped_with_its_last_time() -> None:
    rows = message(0x34, Report((block(reading("F4", [0.0] * 11 + [2.0])),))).observations()
    assert (rows[-1].observed, rows[-1].value, rows[-1].is_time_assumed) == (NOON, 2.0, True)
    assert rows[0].observed == NOON - timedelta(minutes=55)


def test_series_are_spread_by_their_step() -> None:
    body = Report((block(reading("39", [1.0, 2.0, 3.0]), step=sl651.Step(hours=1)),))
    rows = message(0x38, body).observations()
    assert [(row.observed.hour, row.value) for row in rows] == [(12, 1.0), (13, 2.0), (14, 3.0)]


def test_several_hours_of_five_minutes() -> None:
    body = Report((block(reading("F4", [0.1] * 24), step=sl651.Step(), observed=NOON - timedelta(hours=3)),))
    rows = sl651.decode(sl651.encode(message(0x38, body))).observations()
    assert len(rows) == 24
    assert rows[-1].observed == rows[0].observed + timedelta(minutes=115)


def test_several_stations_in_one_report() -> None:
    other = "3715022711"
    body = Report((block(reading("39", 1.0)), block(reading("39", 2.0), station=other, station_class="Z")))
    rows = sl651.decode(sl651.encode(message(0x32, body))).observations()
    assert [(row.station, row.station_class, row.value) for row in rows] == [(STATION, "H", 1.0), (other, "Z", 2.0)]


def test_without_observation_time_the_time_of_sending_counts() -> None:
    rows = message(0x32, Report((Block((reading("39", 1.0),)),))).observations()
    assert (rows[0].observed, rows[0].station) == (SENT, STATION)


def test_values_that_are_codes() -> None:
    gate, well, wind = reading("09", 888), reading("0E", 0), reading("33", 9)
    rows = message(0x32, Report((block(gate, well, wind),))).observations()
    assert [(row.value, row.flag, row.meaning) for row in rows] == [
        (None, "state", "闸门提出水面"),
        (0.0, "", "地面积水"),
        (9.0, "", "南"),
    ]
    assert sl651.as_json(message(0x32, Report((block(gate),))))["elements"] == {"09": 888.0}


def test_missing_invalid_and_unreadable() -> None:
    own = sl651.Reading("FF10", 0x10, b"\x0a\x0b")
    invalid = sl651.Reading("39", 0x23, b"\xaa" * 4)
    rows = sl651.decode(sl651.encode(message(0x32, Report((block(reading("39", None), invalid, own),))))).observations()
    assert [(row.value, row.flag, row.raw) for row in rows] == [
        (None, "missing", "ffffffff"),
        (None, "invalid", "aaaaaaaa"),
        (None, "raw", "0a0b"),
    ]


def test_status_and_alarms() -> None:
    told = sl651.as_json(message(0x32, Report((block(reading("45", 0x802)),))))
    assert told["alarms"] == ["蓄电池电压状态: 电压低", "剩余水量报警: 水量超限"]
    assert told["elements"] == {"45": 0x802}


def test_settings_are_told_in_words() -> None:
    rows = (
        Setting("04", 0x50, bytes.fromhex("02218094153172009708")),
        Setting("05", 0x38, bytes.fromhex("01a13012345678")),
        Setting("0D", 0x40, bytes.fromhex("8001000000000000")),
        Setting("0E", 6, bytes.fromhex("003152234512")),
        Setting("0F", 0x28, b"11234"),
        Setting("FF07", 0x08, b"\x0a"),
    )
    told = sl651.as_json(sl651.decode(sl651.encode(message(0x41, Settings(rows, STATION)))))
    assert told["parameters"] == {
        "04": {"channel": "IPV4", "address": "218.94.153.172:9708"},
        "05": {"channel": "短信", "address": "13012345678"},
        "0D": ["降水量", "水位1"],
        "0E": [{"first": "0031522345", "stations": 12}],
        "0F": {"card": "1", "number": "1234"},
        "FF07": "0a",
    }


@pytest.mark.parametrize(
    ("function", "down", "content", "field"),
    [
        (0x2F, False, "0001", "serial and time"),
        (0x32, False, "0001190230120000", "sent"),
        (0x32, False, "0001190810120000f1f100315223", "station address"),
        (0x32, False, "0001190810120000f128", "station address"),
        (0x32, False, "0001190810120000f0f01908322400", "observed"),
        (0x32, False, "0001190810120000f0f0190810", "observed"),
        (0x32, False, "000119081012000039230000", "element 39"),
        (0x32, False, "0001190810120000392300a01049", "element 39"),
        (0x32, False, "000119081012000039", "element 39"),
        (0x32, False, "0001190810120000ff09", "identifier FF"),
        (0x34, False, "0001190810120000f46000", "element F4"),
        (0x31, False, "000119081012000004180000053923000010", "element 39"),
        (0x31, False, "00011908101200000418000099", "time step"),
        (0x38, True, "000019081012000019081012", "end of period"),
        (0x38, True, "00001908101200001908101219081014", "time step"),
        (0x42, True, "00001908101200002823000a0000", "parameter 28"),
        (0x42, True, "0000190810120000282300", "parameter 28"),
        (0x45, False, "0001190810120000f1f1003152234505563130", "software version"),
        (0x46, False, "0001190810120000f1f10031522345462000000000", "status"),
        (0x4C, True, "00001908101200000300", "switches"),
        (0x4E, True, "00001908101200000205000a", "openings"),
        (0x4E, True, "0000190810120000020500010a00", "decimal digits"),
        (0x4F, True, "0000190810120000aa", "fixed amount"),
        (0x50, False, "0001190810120000f1f100315223450000", "events"),
    ],
)
def test_bad_bodies_name_the_field(function: int, down: bool, content: str, field: str) -> None:
    raw = wrap(replace(DOWN if down else UP, function=function), bytes.fromhex(content))
    with pytest.raises(sl651.SL651Error, match=field):
        sl651.decode(raw)


def test_what_cannot_be_written() -> None:
    series = Report((block(reading("39", [1]), reading("20", [1]), step=sl651.Step()),))
    for body in (
        series,
        Report((block(reading("@AB", 1)),)),
        Report((block(reading("39", 1), station="12"), block(station_class=""))),
        sl651.Events((70000,), STATION),
        sl651.Version(bytes(300), STATION),
        sl651.Switches((True,), (10_000.0,)),
    ):
        with pytest.raises(sl651.SL651Error):
            sl651.encode(message(0x4E if isinstance(body, sl651.Switches) else 0x31, body))
    with pytest.raises(sl651.SL651Error, match="serial"):
        sl651.encode(replace(message(0x2F, sl651.Empty()), serial=None))
    with pytest.raises(sl651.SL651Error, match="serial"):
        sl651.encode(replace(message(0x2F, sl651.Empty()), serial=65536))
    for identifier, value in (("F4", [30.0]), ("F4", []), ("39", float("nan")), ("45", "x"), ("F2", 3.0)):
        with pytest.raises(sl651.SL651Error):
            reading(identifier, value)


_NUMBERS = sorted(identifier for identifier, row in ELEMENTS.items() if row.kind == "number")
_TIMES = st.integers(0, 50_000_000).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)


@st.composite
def any_reading(draw: st.DrawFn) -> sl651.Reading:
    identifier = draw(st.sampled_from(_NUMBERS))
    row = ELEMENTS[identifier]
    top = 10 ** (2 * row.size)
    scaled = draw(st.none() | st.integers(-top, top))
    return reading(identifier, None if scaled is None else scaled / 10**row.decimals)


@st.composite
def any_report(draw: st.DrawFn) -> Report:
    plain = st.lists(any_reading(), max_size=4).map(tuple)
    stations = st.text("0123456789abcdef", min_size=10, max_size=10)
    classes = st.sampled_from("PHKZDTMGQIO")
    blocks = st.builds(
        Block, readings=plain, observed=_TIMES, station=st.just("") | stations, station_class=classes
    ).map(lambda block: block if block.station else replace(block, station_class=""))
    return Report(tuple(draw(st.lists(blocks, max_size=4))))


@st.composite
def any_message(draw: st.DrawFn, coding: str = "hex") -> Message:
    header = replace(UP, function=draw(st.sampled_from([0x30, 0x32, 0x33, 0x37, 0x3A])), coding=coding)
    body = draw(any_report())
    sent = draw(_TIMES)
    return Message(
        header=header, serial=draw(st.integers(0, 65535)), sent=sent, body=body if body.blocks else sl651.Empty()
    )


@given(any_message())
def test_reports_survive_the_round_trip(written: Message) -> None:
    raw = sl651.encode(written)
    assert sl651.decode(raw) == written
    assert sl651.encode(sl651.decode(raw)) == raw
    json.dumps(sl651.as_json(written))


@given(any_message("ascii"))
def test_ascii_reports_survive_the_round_trip(written: Message) -> None:
    assert sl651.decode(sl651.encode(written)) == written


_LEADS = st.sampled_from([bytes.fromhex(text) for text in (
    "f1f1003152234548", "f0f01908101200", "0418000005", "0418000000", "39230000", "f460", "f5c0", "4520", "ff0910",
    "f2f2", "f3f3", "97", "0e06", "1908101219081014",
)])  # fmt: skip
_TEXTS = st.sampled_from([b"ST 0031522345 H ", b"TT 1908101200 ", b"DRH01 ", b"Z ", b"M ", b"1.5 ", b"PIC ", b"ZT ",
                          b"DRP ", b"20 ", b"0F ", b"-3 ", b"19081012 ", b"FF09 ", b"\xb3 "])  # fmt: skip


@given(
    st.integers(0, 255),
    st.sampled_from(["up", "down"]),
    st.sampled_from([0, 1, 2]),
    st.lists(_LEADS | st.binary(max_size=12), max_size=8).map(b"".join),
)
def test_only_our_error_comes_out(function: int, direction: str, total: int, content: bytes) -> None:
    header = replace(UP, function=function, direction=direction, total=total, index=min(total, 1))
    check_readable(wrap(header, bytes.fromhex("0001190810120000") + content))
    check_readable(wrap(header, content or b"\x00"))


@given(
    st.integers(0x2F, 0x51),
    st.sampled_from(["up", "down"]),
    st.lists(_TEXTS | st.binary(max_size=6), max_size=8).map(b"".join),
)
def test_only_our_error_comes_out_of_ascii(function: int, direction: str, content: bytes) -> None:
    header = replace(UP, function=function, direction=direction, coding="ascii")
    check_readable(wrap(header, b"0001190810120000" + content))
    check_readable(wrap(header, content or b"\x00"))


def check_readable(raw: bytes) -> None:
    """A frame is either refused with our error, or read, told and written again."""
    try:
        read = sl651.decode(raw)
    except sl651.SL651Error:
        return
    json.dumps(sl651.as_json(read))
    assert len(read.observations()) <= 4 * len(raw)
    try:
        again = sl651.encode(read)
    except sl651.SL651Error:
        return
    assert sl651.as_json(sl651.decode(again)) == sl651.as_json(read)


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    with pytest.raises(sl651.SL651Error):
        sl651.decode(raw)
