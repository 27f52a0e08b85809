"""A lane reads what the sessions would have read, and nothing else: the same messages, answers, faults and rest."""

import itertools
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.areas.risk.monitoring.queries import Device
from anlan.gateways.adapters import Fault, Submission, hj212, jt808, sl651
from anlan.gateways.lanes import Lane
from anlan.protocols import hj212 as hj
from anlan.protocols import jt808 as jt
from anlan.protocols import sl651 as sl

AT = datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC)
EXAMPLES = int(os.environ.get("ANLAN_LANE_EXAMPLES", "300"))
ADAPTERS = {module.PROTOCOL: module for module in (hj212, sl651, jt808)}
PHONE, PHONE_2019 = "012345678901", "00000000002345678901"


def device(protocol: str, address: str, channels: dict[str, int], password: str = "", crs: str = "wgs84") -> Device:
    return Device(len(address) + len(channels), password, channels, protocol, address, crs)


VEHICLE = {"lon": 101, "lat": 102, "speed": 103, "mileage": 104}
DEVICES = {
    (one.protocol, one.address.lower()): one
    for one in (
        device("hj212", "MN-1", {"a21026-Rtd": 1, "a21026-Avg": 2, "w01018-Rtd": 3, "a34004-Rtd": 4}),
        device("hj212", "MN-2", {"a21026-Rtd": 5, "a21026-Avg": 6}, password="123456"),
        device("sl651", "0011223344", {"PT": 21, "Z": 22, "VT": 23, "20": 24, "GH": 25}),
        device("sl651", "00112233AA", {"PT": 26}, password="12aB"),
        device("jt808", PHONE.lstrip("0"), VEHICLE, password="code"),
        device("jt808", PHONE_2019.lstrip("0"), VEHICLE | {"lat": 105}, password="code"),
        device("jt808", "99999999999", VEHICLE, password="code", crs="gcj02"),
    )
}  # fmt: skip


class Line:
    """A connection without a socket."""

    peer = "192.0.2.1:1"

    def __init__(self, protocol: str) -> None:
        self.session = ADAPTERS[protocol].Session(lambda: DEVICES)

    def confirm(self, data: bytes) -> None: ...


@pytest.fixture(scope="module")
def lanes() -> dict[str, Lane]:
    found = {protocol: Lane(protocol) for protocol in ADAPTERS}
    for lane in found.values():
        lane.follow(DEVICES)
    return found


def by_session(protocol: str, lines: list[list[bytes]]) -> list[list[Submission | Fault]]:
    """What sessions read of the pieces of some lines."""
    found = []
    for pieces in lines:
        session = Line(protocol).session
        found.append([one for piece in pieces for one in session.feed(piece, AT)] + session.close(AT))
    return found


def by_lane(lane: Lane, lines: list[list[bytes]]) -> tuple[list[list[Submission | Fault]], int]:
    """The same with a lane before the sessions, all lines at once, and how many messages the lane read."""
    speakers = [Line(lane.protocol) for _ in lines]
    found: list[list[Submission | Fault]] = [[] for _ in lines]
    count = 0
    for turn in itertools.zip_longest(*lines):
        lent = []
        for place, (speaker, piece) in enumerate(zip(speakers, turn, strict=True)):
            if piece is None:
                continue
            if (waiting := speaker.session.lend()) is None:
                found[place] += speaker.session.feed(piece, AT)
            else:
                lent.append((place, (speaker, waiting + piece)))
        if not lent:
            continue
        block, taken = lane.read([one for _, one in lent], AT)
        if block is not None:
            count += len(block)
            for part, content in block.submissions():
                found[speakers.index(part.speaker)].append(content)
            assert [len(part.answers) for part in block.parts] == [
                sum(len(content.confirmation) for part, content in block.submissions() if part is one)
                for one in block.parts
            ]
        for (place, (speaker, data)), size in zip(lent, taken, strict=True):
            found[place] += speaker.session.feed(data[size:], AT)
    for place, speaker in enumerate(speakers):
        found[place] += speaker.session.close(AT)
    return found, count


def agree(lanes: dict[str, Lane], protocol: str, lines: list[list[bytes]]) -> int:
    """Check that both read the same; how many messages the lane read."""
    wanted = by_session(protocol, lines)
    found, count = by_lane(lanes[protocol], lines)
    assert [list(map(repr, one)) for one in found] == [list(map(repr, one)) for one in wanted]
    return count


moments = st.integers(0, 70 * 366 * 86_400).map(lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))  # fmt: skip
#: Three of four frames are usual ones, which a lane should know.
usually = st.integers(0, 3).map(bool)


@st.composite
def spoiled(draw, data: bytes, alphabet: bytes) -> bytes:
    """Bytes of which one may be another; what is wrapped around them is right nevertheless."""
    if not data or draw(st.booleans()):
        return data
    place = draw(st.integers(0, len(data) - 1))
    return data[:place] + bytes([draw(st.sampled_from(alphabet))]) + data[place + 1 :]


values = st.decimals(-10_000, 10_000, places=3).map(lambda value: str(value.normalize()))


@st.composite
def hj212_frames(draw) -> bytes:
    """Mostly usual uploads, with everything that may be a little different."""
    usual = draw(usually)
    factors = draw(st.lists(st.sampled_from(["a21026", "w01018", "a34004", "zzz"][: 1 if usual else 4]), max_size=4, unique=usual))  # fmt: skip
    groups = []
    for factor in factors:
        kinds = draw(st.lists(st.sampled_from(["Rtd", "Avg", "Min"][: 2 if usual else 3]), min_size=1, max_size=2))
        fields = [f"{factor}-{kind}={draw(values)}" for kind in kinds]
        if draw(st.booleans()):
            fields.append(f"{factor}-Flag={draw(st.sampled_from(['N', 'D', 'M', 'C', '', 'n', '1', 'NN']))}")
        if not usual:
            fields += draw(st.lists(st.sampled_from([f"{factor}-EFlag=A01", f"{factor}-SampleTime=20260101000000", f"{factor}-Info=x", "SB1-RS=1", " a=b", f"{factor}-Rtd=-", f"{factor}-Rtd=1e3"]), max_size=2))  # fmt: skip
        groups.append(",".join(fields))
    at = draw(moments)
    stamp = f"{at:%Y%m%d%H%M%S}" if usual else draw(st.sampled_from([f"{at:%Y%m%d%H%M%S}", "20230229000000", "2026", f"{at:%Y%m%d%H%M%S}000"]))  # fmt: skip
    command = "2011" if usual else draw(st.sampled_from(["2011", "2031", "2051", "2061", "2021", "9014", "3020"]))
    flag = draw(st.sampled_from(["5", "4"])) if usual else draw(st.sampled_from(["5", "9", "8", "7", "1", "0", "05", "11", "12", ""]))  # fmt: skip
    head = "".join(
        f"{name}={value};"
        for name, value in (
            ("QN", draw(st.sampled_from(["20260101000000000", "1", ""][: 2 + (not usual)]))),
            ("ST", draw(st.sampled_from(["31", "32", "91"][: 2 + (not usual)]))),
            ("CN", command),
            ("PW", draw(st.sampled_from(["123456", "654321", ""][: 1 + 2 * (not usual)]))),
            ("MN", draw(st.sampled_from(["MN-1", "mn-1", "MN-2", "MN-3", ""][: 3 + 2 * (not usual)]))),
            ("Flag", flag),
        )
        if value or not usual
    )
    joint = ";" if usual else draw(st.sampled_from([";", ";;", ","]))
    body = joint.join([f"DataTime={stamp}", *groups])
    segment = f"{head}CP=&&{body}&&".encode()
    return hj.frames.wrap(segment if usual else draw(spoiled(segment, b"0Z-.=,;&# \xff")))


@st.composite
def sl651_frames(draw) -> bytes:
    """Reports of numbers, with series, arrays and odd digits among them."""
    usual = draw(usually)
    header = sl.Header(
        function=draw(st.sampled_from([0x32, 0x30, 0x33, 0x34, 0x31, 0x2F, 0x36][: 4 if usual else 7])),
        station=draw(st.sampled_from(["0011223344", "00112233aa", "0099999999"][: 1 if usual else 3])),
        password=draw(st.sampled_from(["12ab", "0000"])),
        end=draw(st.sampled_from([3, 0x17][: 1 if usual else 2])),
    )
    body = draw(st.integers(0, 0xFFFF)).to_bytes(2, "big") + draw(stamps(6, usual=usual))
    parts = [
        b"\xf0\xf0" + draw(stamps(5, usual=usual)),
        b"\xf1\xf1" + bytes.fromhex("0011223344") + draw(st.sampled_from([b"P", b"H", b"\x00"])),
        *map(bytes.fromhex, ("2619000123", "392300010490", "38121099", "26091234", "2019000001")),
    ]
    if not usual:
        parts += map(bytes.fromhex, ("20190000ff", "261900aaaa", "391bffff0172", "0913ff0000", "09130123", "f4600c", "ff0312", "2600", "041801000000", "263f00000000000012", "26470000000000000012"))  # fmt: skip
    body += b"".join(draw(st.lists(st.sampled_from(parts), max_size=6)))
    return sl.frames.wrap(header, body if usual else draw(spoiled(body, b"\x00\x09\x26\x23\xaa\xf0\xf1\xff")))


def stamps(size: int, *, usual: bool):
    """Packed times; an unusual one is mostly none."""
    possible = moments.map(lambda at: bytes.fromhex(f"{at:%y%m%d%H%M%S}"[: 2 * size]))
    return possible if usual else st.one_of(possible, st.binary(min_size=size, max_size=size))


@st.composite
def jt808_frames(draw, phone: str) -> bytes:
    """Locations alone and in batches, registrations, heartbeats."""
    usual = draw(usually)
    phone = phone if usual else draw(st.sampled_from([PHONE, PHONE_2019, "099999999999"]))
    version = draw(st.sampled_from([1, 2][: 1 if usual else 2])) if len(phone) == 20 else None
    message = draw(st.sampled_from([0x0200, 0x0704, 0x0002, 0x0201, 0x0102][: 2 if usual else 5]))
    body = b""
    if message == 0x0200:
        body = draw(locations(usual=usual))
    elif message == 0x0704:
        found = draw(st.lists(locations(usual=usual), min_size=1, max_size=3))
        body = len(found).to_bytes(2, "big") + b"\0" + b"".join(len(one).to_bytes(2, "big") + one for one in found)
    elif message == 0x0102:
        code = draw(st.sampled_from([b"code", b"bad"]))
        body = bytes([len(code)]) + code + bytes(35) if version else code
    if not usual:
        body = draw(spoiled(body + draw(st.sampled_from([b"", b"\x01"])), b"\x00\x01\x04\x60\x99\xff"))
    serial, encryption = draw(st.sampled_from([0, 0x7D7E, 0xFFFF, 12])), 0 if usual else draw(st.sampled_from([0, 1]))
    return jt.frames.wrap(jt.Header(message, phone, serial, version, encryption), body)


@st.composite
def locations(draw, *, usual: bool) -> bytes:
    """The bytes of a location with what may come along."""
    items = [b"\x01\x04\x00\x00\x7d\x7e", b"\x01\x02\x00\x01", b"\x30\x01\x1f", b"\x31\x00", b"\x02\x09\x00"]
    found = draw(st.lists(st.sampled_from(items[: 4 if usual else 5]), max_size=3))
    return draw(st.binary(min_size=22, max_size=22)) + draw(stamps(6, usual=usual)) + b"".join(found)


FRAMES = {
    "hj212": [hj212_frames()],
    "sl651": [sl651_frames()],
    "jt808": [jt808_frames(PHONE), jt808_frames(PHONE_2019)],
}
OPENINGS = {
    "hj212": [b""],
    "sl651": [b""],
    "jt808": [
        jt.frames.wrap(jt.Header(0x0102, PHONE, 1), b"code"),
        jt.frames.wrap(jt.Header(0x0102, PHONE_2019, 1, 1), b"\x04code" + bytes(35)),
    ],
}
NOISE = {"hj212": b"#\r\n0&;=,-", "sl651": b"\x7e\x01\x02\x03\xf0\xf1", "jt808": b"\x7e\x7d\x01\x02"}


@st.composite
def streams(draw, protocol: str) -> list[bytes]:
    """Frames of one line, some spoiled, with noise between them, cut anywhere."""
    kind = draw(st.integers(0, len(FRAMES[protocol]) - 1))
    data = bytearray(OPENINGS[protocol][kind])
    noise = st.text(st.sampled_from(NOISE[protocol].decode("latin-1")), min_size=1, max_size=6)
    for frame in draw(st.lists(FRAMES[protocol][kind], max_size=6)):
        spoiled = bytearray(frame)
        match draw(st.integers(0, 9)):
            case 0:
                spoiled[draw(st.integers(0, len(frame) - 1))] = draw(st.integers(0, 255))
            case 1:
                del spoiled[draw(st.integers(0, len(frame) - 1)) :]
            case 2:
                spoiled += draw(noise).encode("latin-1")
            case 3:
                spoiled = spoiled.rstrip()
        data += spoiled
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=4)))
    return [bytes(data[start:end]) for start, end in itertools.pairwise([0, *cuts, len(data)])]


@pytest.mark.parametrize("protocol", list(ADAPTERS))
def test_a_lane_and_the_sessions_read_the_same(lanes, protocol):
    read = 0

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.lists(streams(protocol), min_size=1, max_size=3))
    def compare(lines: list[list[bytes]]) -> None:
        nonlocal read
        read += agree(lanes, protocol, lines)

    compare()
    assert read > EXAMPLES // 10, "the lane must have had something to read"


def upload(minute: int, **changes: str) -> bytes:
    groups = ((("DataTime", f"202611241201{minute:02d}"),), (("a21026-Rtd", f"{minute}.5"), ("a21026-Flag", "N")))
    message = hj.Message(qn="20261124120100000", st="31", cn="2011", pw="123456", mn="MN-2", flag="5", groups=groups)
    return hj.encode(replace(message, **changes))


def report(minute: int) -> bytes:
    at = AT + timedelta(minutes=minute)
    block = sl.Block(station="0011223344", station_class="H", observed=at, readings=(sl.reading("26", 3.5), sl.reading("39", 10.49)))  # fmt: skip
    header = sl.Header(function=0x32, station="0011223344", password="1234")
    return sl.encode(sl.Message(header=header, serial=minute, sent=at, body=sl.Report(blocks=(block,))))


def place(minute: int) -> bytes:
    location = jt.Location(0, 2, -36.5, 116.25, 30, 60.5, 90, f"2611241201{minute:02d}", ((1, b"\0\0\x7d\x7e"),))
    body = jt.Report(location) if minute % 2 else jt.messages.Batch(0, (location, location))
    message_id = 0x0200 if minute % 2 else 0x0704
    return jt.encode(jt.Message(jt.Header(message_id, PHONE, minute), body))


@pytest.mark.parametrize(("protocol", "frame", "opening"), [
    ("hj212", upload, b""), ("sl651", report, b""), ("jt808", place, OPENINGS["jt808"][0])
])  # fmt: skip
def test_usual_messages_are_all_read_by_the_lane_however_they_are_cut(lanes, protocol, frame, opening):
    data = b"".join(frame(minute) for minute in range(40))
    for size in (len(data), 1000, 97):
        line = [data[start : start + size] for start in range(0, len(data), size)]
        lines = [[opening, *line]] * 3 if opening else [line] * 3
        assert agree(lanes, protocol, lines) == 120


def test_a_register_that_changed_is_what_the_lane_goes_by(lanes):
    lane = Lane("hj212")
    lane.follow({})
    assert lane.read([(Line("hj212"), upload(1))], AT) == (None, [0])
    lane.follow(DEVICES)
    block, taken = lane.read([(Line("hj212"), upload(1))], AT)
    assert (len(block), taken) == (1, [len(upload(1))])
    assert block.devices is DEVICES


def test_while_a_command_waits_for_its_answer_the_session_reads_all():
    for protocol, address, code in (("hj212", "mn-1", "1061"), ("sl651", "0011223344", "37")):
        session = Line(protocol).session
        assert session.lend() == b""
        session.command(7, address, code, {}, AT)
        assert session.lend() is None
