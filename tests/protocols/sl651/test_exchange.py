"""Confirmations, requests, and messages in packets."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import sl651
from anlan.protocols.sl651 import Assembler, Block, Header, Message, Report, reading
from anlan.protocols.sl651.codes import SHANGHAI
from anlan.protocols.sl651.frames import SYN, unwrap

NOW = datetime(2019, 8, 10, 12, 0, 6, tzinfo=SHANGHAI)
STATION = "0031522345"
UP = Header(function=0x36, station=STATION, centre=5, password="03e8")
PICTURE = bytes(range(256)) * 8
MESSAGE = Message(
    header=UP,
    serial=9,
    sent=NOW,
    body=Report((Block((reading("F3", PICTURE),), NOW.replace(second=0), STATION, "H"),)),
)
FRAMES = [unwrap(raw) for raw in sl651.packets(MESSAGE)]


def report(**changes: object) -> Message:
    return Message(header=replace(UP, function=0x32, **changes), serial=9, sent=NOW)


def test_reports_are_confirmed() -> None:
    answer = sl651.decode(sl651.acknowledge(report(), at=NOW))
    assert answer.header == replace(UP, function=0x32, direction="down", end=sl651.EOT)
    assert (answer.serial, answer.sent, answer.body) == (9, NOW, sl651.Empty())


@pytest.mark.parametrize(
    ("end", "stay_online", "expected"),
    [
        (sl651.ETX, False, sl651.EOT),
        (sl651.ETX, True, sl651.ESC),
        (sl651.ETB, False, sl651.ACK),
        (sl651.ETB, True, sl651.ACK),
    ],
)
def test_ends_of_confirmations(end: int, stay_online: bool, expected: int) -> None:
    answer = sl651.acknowledge(report(end=end), at=NOW, stay_online=stay_online)
    assert unwrap(answer).header.end == expected


def test_confirmations_in_ascii() -> None:
    answer = sl651.acknowledge(report(coding="ascii"), at=NOW)
    assert answer[:1] == b"\x01"
    assert sl651.decode(answer).serial == 9


def test_keep_alive_has_no_answer_and_orders_are_not_confirmed() -> None:
    assert sl651.acknowledge(replace(report(), header=replace(UP, function=0x2F)), at=NOW) == b""
    with pytest.raises(sl651.SL651Error, match="direction"):
        sl651.acknowledge(report(direction="down"), at=NOW)


def test_requests() -> None:
    query = sl651.Identifiers((("39", 0x23),))
    raw = sl651.request(0x3A, station=STATION, centre=5, password="03e8", at=NOW, body=query)
    asked = sl651.decode(raw)
    assert (asked.header.end, asked.header.direction, asked.serial, asked.body) == (sl651.ENQ, "down", 0, query)


def test_packets_and_their_confirmation() -> None:
    assert len(FRAMES) == 10
    assert {frame.raw[13] for frame in FRAMES} == {SYN}
    assert [frame.header.end for frame in FRAMES] == [sl651.ETB] * 9 + [sl651.ETX]
    assembler = Assembler()
    whole = [assembler.add(frame, at=NOW) for frame in FRAMES]
    assert whole[:-1] == [None] * 9
    message = whole[-1]
    assert message.body == MESSAGE.body
    assert sl651.encode(message) == sl651.encode(MESSAGE)
    answer = unwrap(sl651.acknowledge(message, at=NOW)).header
    assert (answer.total, answer.index, answer.end) == (10, 10, sl651.EOT)
    assert sl651.decode(sl651.acknowledge(message, at=NOW)).serial == 9


def test_one_packet_alone_is_a_fragment() -> None:
    first, second = (sl651.decode(frame.raw) for frame in FRAMES[:2])
    assert (first.serial, second.serial) == (9, None)
    assert isinstance(second.body, sl651.Fragment)
    assert second.observations() == ()
    assert sl651.acknowledge(first, at=NOW) == b""
    assert [sl651.encode(message) for message in (first, second)] == [frame.raw for frame in FRAMES[:2]]


@given(st.randoms(use_true_random=False), st.integers(1, 400), st.sampled_from(["hex", "ascii"]))
def test_packets_in_any_order_with_repeats(order: random.Random, size: int, coding: str) -> None:
    message = replace(MESSAGE, header=replace(UP, coding=coding))
    frames = [unwrap(raw) for raw in sl651.packets(message, size=size)]
    order.shuffle(frames)
    assembler = Assembler()
    given_frames = [frame for frame in frames[:-1] for _ in range(2)] + frames[-1:]
    whole = [assembler.add(frame, at=NOW) for frame in given_frames]
    assert [message.body for message in whole if message] == [message.body]


def test_missing_packets_are_asked_for_one_by_one() -> None:
    assembler = Assembler()
    for frame in (*FRAMES[:3], *FRAMES[4:7], *FRAMES[8:]):
        assert assembler.add(frame, at=NOW) is None
    last = FRAMES[-1].header
    assert assembler.missing(last) == (4, 8)
    asked = [unwrap(raw).header for raw in sl651.reject(last, assembler.missing(last), at=NOW)]
    assert [(header.index, header.end, header.direction) for header in asked] == [
        (4, sl651.NAK, "down"),
        (8, sl651.NAK, "down"),
    ]
    assembler.add(FRAMES[7], at=NOW)
    repeated = unwrap(sl651.encode(sl651.decode(FRAMES[3].raw)))
    assert assembler.add(repeated, at=NOW).body == MESSAGE.body


def test_another_message_of_the_same_length_starts_again() -> None:
    other = [unwrap(raw) for raw in sl651.packets(replace(MESSAGE, serial=10))]
    assembler = Assembler()
    for frame in (*FRAMES[:5], *other[:-1]):
        assert assembler.add(frame, at=NOW) is None
    assert assembler.add(other[-1], at=NOW).serial == 10


def test_single_frames_pass() -> None:
    assert Assembler().add(unwrap(sl651.encode(report())), at=NOW).serial == 9


def test_limits_of_size_number_and_time() -> None:
    with pytest.raises(sl651.SL651Error, match="longer"):
        Assembler(size_limit=100).add(FRAMES[0], at=NOW)

    few = Assembler(open_limit=1)
    few.add(FRAMES[0], at=NOW)
    few.add(replace(FRAMES[0], header=replace(FRAMES[0].header, station="0031522346")), at=NOW)
    assert len(few.missing(FRAMES[0].header)) == 10

    slow = Assembler(lifetime=timedelta(minutes=1))
    slow.add(FRAMES[0], at=NOW)
    assert slow.expire(at=NOW + timedelta(minutes=1)) == ()
    assert [header.station for header in slow.expire(at=NOW + timedelta(minutes=2))] == [STATION]
    assert len(slow.missing(FRAMES[0].header)) == 10


def test_packets_of_no_size() -> None:
    with pytest.raises(sl651.SL651Error, match="size"):
        sl651.packets(MESSAGE, size=0)
    with pytest.raises(sl651.SL651Error, match="4095"):
        sl651.packets(replace(MESSAGE, body=Report((Block((reading("F3", bytes(5000)),)),))), size=1)
