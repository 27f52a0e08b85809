"""Messages in packets that never become whole: each session keeps a bounded part of them, and loses no frame."""

from datetime import UTC, datetime

import pytest

from anlan.gateways.adapters import hj212 as hj212_adapter
from anlan.gateways.adapters import jt808 as jt808_adapter
from anlan.gateways.adapters import sl651 as sl651_adapter
from anlan.protocols import hj212, jt808, sl651

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def held(session) -> int:
    """Bytes of frames that a session keeps for messages under way."""
    return sum(len(frame) for parts in session._parts.values() for frame in parts.values())


def hj212_parts(number: int) -> list[bytes]:
    whole = hj212.Message(
        qn=f"20261124{number:09d}", st="31", cn="2051", pw="1", mn="2", flag="5",
        groups=((("a99001-Rtd", "1.5"), ("a99001-Flag", "N")),) * 60,
    )  # fmt: skip
    return [hj212.encode(part) for part in hj212.split(whole)]


def jt808_parts(number: int) -> list[bytes]:
    header = jt808.Header(0x0801, f"138{number:09d}", 1)
    return list(jt808.split(jt808.Message(header, jt808.Raw(bytes(2500)))))


def sl651_parts(number: int) -> list[bytes]:
    picture = sl651.Report((sl651.Block((sl651.reading("F3", bytes(1200)),), NOW, f"{number:010d}", "H"),))
    header = sl651.Header(function=0x36, station=f"{number:010d}", password="1234")
    return sl651.packets(sl651.Message(header=header, serial=1, sent=NOW, body=picture), size=500)


@pytest.mark.parametrize(
    ("session", "parts"),
    [(hj212_adapter.Session, hj212_parts), (jt808_adapter.Session, jt808_parts), (sl651_adapter.Session, sl651_parts)],
)
def test_what_never_becomes_whole_is_kept_within_bounds(session, parts):
    one = session(dict)
    for number in range(1, 400):
        one.feed(parts(number)[0], NOW)
        if number == 100:
            full = held(one)
    assert 0 < held(one) <= full
    again = session(dict)
    for _ in range(500):
        again.feed(parts(1)[0], NOW)
    assert held(again) <= len(parts(1)[0])


def test_packets_of_a_message_that_is_given_up_stand_for_themselves_each_with_its_frame():
    session = hj212_adapter.Session(dict)
    taken = [one for number in range(1, 40) for one in session.feed(hj212_parts(number)[0], NOW)]
    taken += session.close(NOW)
    frames = [frame for one in taken for frame in one.frames]
    assert sorted(frames) == sorted(hj212_parts(number)[0].rstrip() for number in range(1, 40))
    assert not session._parts
    first, *others = hj212_parts(77)
    (whole,) = [one for part in (*others, first) for one in session.feed(part, NOW)]
    assert len(whole.frames) == len(others) + 1
