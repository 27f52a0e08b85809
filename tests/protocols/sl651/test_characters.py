"""Messages in ASCII coding, written out by hand from 6.4 and 6.6.2."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from anlan.protocols import sl651
from anlan.protocols.sl651 import Block, Header, Message, Report, Settings, Step, reading, setting
from anlan.protocols.sl651.codes import SHANGHAI
from anlan.protocols.sl651.frames import unwrap, wrap

SENT = datetime(2019, 8, 10, 12, 0, 5, tzinfo=SHANGHAI)
NOON = datetime(2019, 8, 10, 12, 0, tzinfo=SHANGHAI)
STATION = "003152234a"
UP = Header(function=0x32, station=STATION, password="1234", coding="ascii")
DOWN = replace(UP, direction="down", end=sl651.ENQ)
HEAD = b"ST 003152234A H TT 1908101200 "


def block(*readings: sl651.Reading, **changes: object) -> Block:
    return Block(**{"readings": readings, "observed": NOON, "station": STATION, "station_class": "H"} | changes)


BODIES = [
    (0x2F, False, sl651.Empty(), b""),
    (0x32, False, Report((block(reading("20", 4.0), reading("39", -1.5), reading("38", None)),)),
     HEAD + b"PJ 4.0 Z -1.500 VT M "),
    (0x31, False, Report((block(reading("39", [1.0, None]), reading("27", [2, 3]), step=Step(hours=1)),)),
     HEAD + b"DRH01 Z Q 1.000 2.000 M 3.000 "),
    (0x38, False, Report((block(reading("F4", [0.5] * 12), step=Step()),)),
     HEAD + b"DRH00 DRP " + b"05" * 12 + b" "),
    (0x34, False, Report((block(reading("F5", [0.12] * 12), reading("45", 2)),)),
     HEAD + b"DRZ1 " + b"000C" * 12 + b" ZT 00000002 "),
    (0x33, False, Report((block(reading("FF09", 20, decimals=0)),)), HEAD + b"FF09 20 "),
    (0x35, False, Report((Block((reading("F2", b"Z 1.23 Q 4"),)),)), b"RGZS Z 1.23 Q 4 "),
    (0x36, False, Report((block(reading("F3", b"\xff\xd8 \xff\xd9")),)), HEAD + b"PIC \xff\xd8 \xff\xd9 "),
    (0x38, True, sl651.PeriodQuery(NOON, SENT.replace(hour=14, second=0), Step(hours=1), (("39", 0x23),)),
     b"19081012 19081014 DRH01 Z "),
    (0x3A, True, sl651.Identifiers((("20", 0x19), ("39", 0x23))), b"PJ Z "),
    (0x40, True, Settings((setting("01", bytes([5, 0, 0, 0])), setting("0F", b"11234"))), b"01 05000000 0F 11234 "),
    (0x42, True, Settings((setting("28", -10), setting("97"))), b"28 -10.000 97 "),
    (0x43, True, sl651.Identifiers((("28", 0x23),)), b"28 "),
    (0x45, False, sl651.Version(b"V1.0", STATION), b"ST 003152234A 04 V1.0 "),
    (0x46, False, sl651.Status(0x481, STATION), b"ST 003152234A ZT 00000481 "),
    (0x4A, False, Settings((), STATION), b"ST 003152234A "),
    (0x4E, True, sl651.Switches((True, False, True), (120.0, 0.0, 30.0)), b"0305012000000030 "),
    (0x4F, False, sl651.Quota(False, STATION), b"ST 003152234A 00 "),
    (0x50, False, sl651.Events((1,) * 32, STATION), b"ST 003152234A " + b"0001" * 32 + b" "),
]  # fmt: skip


@pytest.mark.parametrize(("function", "down", "body", "expected"), BODIES, ids=lambda value: str(value)[:30])
def test_bodies(function: int, down: bool, body: sl651.Body, expected: bytes) -> None:
    written = Message(header=replace(DOWN if down else UP, function=function), serial=7, sent=SENT, body=body)
    raw = sl651.encode(written)
    assert unwrap(raw).body == b"0007190810120005" + expected
    assert sl651.decode(raw) == written
    json.dumps(sl651.as_json(written))


def test_same_report_in_both_codings_says_the_same() -> None:
    body = Report((block(reading("20", 4.0), reading("39", 10.49)),))
    ascii_message = Message(header=UP, serial=7, sent=SENT, body=body)
    hex_message = replace(ascii_message, header=replace(UP, coding="hex"))
    told = [sl651.decode(sl651.encode(message)).observations() for message in (ascii_message, hex_message)]
    assert told[0] == told[1]


def test_lower_case_and_several_blanks() -> None:
    raw = wrap(UP, b"0007190810120005" + b"ST 003152234a H  TT 1908101200 pj  4.0 PH 7.1")
    assert sl651.as_json(sl651.decode(raw))["elements"] == {"20": 4.0, "46": 7.1}


@pytest.mark.parametrize("word", ["FFFF", "AAAA", "FF0012", "FF00", "FF1A", "0A", "C0" * 31, "C0" * 40, "-12", "M"])
def test_a_value_of_an_unknown_symbol_stays_what_it_is(word: str) -> None:
    content = f"0007190810120005{HEAD.decode()}1TT {word} "
    written = sl651.decode(wrap(replace(UP, function=0x32), content.encode()))
    assert sl651.decode(sl651.encode(written)) == written


def test_unknown_symbols_and_classes_are_kept() -> None:
    raw = wrap(UP, b"0007190810120005" + b"ST 003152234A X TT 1908101200 XYZ 4.25 ")
    (row,) = sl651.decode(raw).observations()
    assert (row.identifier, row.value, row.station_class) == ("@XYZ", 4.25, "58")
    assert sl651.encode(sl651.decode(raw)) == raw


@pytest.mark.parametrize(
    ("function", "down", "content", "field"),
    [
        (0x32, False, b"0007", "serial and time"),
        (0x32, False, b"00G7190810120005", "serial and time"),
        (0x32, False, b"0007190230120005", "sent"),
        (0x32, False, b"0007190810120005ST 0031 ", "station address"),
        (0x32, False, b"0007190810120005TT 190810120 ", "observed"),
        (0x32, False, b"0007190810120005Z ", "element Z"),
        (0x32, False, b"0007190810120005Z 1..5 ", "element Z"),
        (0x32, False, b"0007190810120005Z \xb3\xc2 ", "ASCII"),
        (0x34, False, b"0007190810120005DRP 0102 ", "element DRP"),
        (0x31, False, b"0007190810120005DRH01 Z Q 1.0 2.0 3.0 ", "series"),
        (0x31, False, b"0007190810120005DRH24 Z 1.0 ", "step"),
        (0x38, True, b"000719081012000519081012 19081014 Z ", "step"),
        (0x42, True, b"000719081012000528 1x ", "parameter 28"),
        (0x45, False, b"0007190810120005ST 003152234A 05 V1.0 ", "software version"),
        (0x46, False, b"0007190810120005ST 003152234A ZT 0481 ", "status"),
        (0x4F, True, b"00071908101200050G ", "control data"),
    ],
)
def test_bad_bodies_name_the_field(function: int, down: bool, content: bytes, field: str) -> None:
    raw = wrap(replace(DOWN if down else UP, function=function), content)
    with pytest.raises(sl651.SL651Error, match=field):
        sl651.decode(raw)
