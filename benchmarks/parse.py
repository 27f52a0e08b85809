"""Bytes to checked numbers: a straightforward decoder, our codec with its session, and the compiled lane.

Coalesced are sips of 16 KiB as a busy socket gives them; alone is one message a call for the first two, and for the
lane what one turn of the event loop brings it, a message of each of so many connections.
"""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from operator import xor

from benchmarks.measure import paired, report, report_ratio, start_django

start_django()

from anlan.areas.risk.monitoring.queries import Device  # noqa: E402
from anlan.gateways.adapters import hj212, jt808  # noqa: E402
from anlan.gateways.lanes import Lane  # noqa: E402
from anlan.gateways.server import SIP  # noqa: E402
from anlan.protocols import hj212 as hj  # noqa: E402
from anlan.protocols import jt808 as jt  # noqa: E402

MESSAGES, LINES, CHANNELS = 10_000, 200, 20
START = datetime(2026, 11, 24, tzinfo=UTC)
PHONE, CODE = "13800138000", "code"
Row = tuple[str, float, str, float]


def uploads() -> list[bytes]:
    """HJ 212 messages of twenty readings with their flags."""
    found = []
    for number in range(MESSAGES):
        stamp = hj.timestamp(START + timedelta(seconds=number))
        fields = tuple(((f"a{c:05d}-Rtd", f"{number % 20}.{c:02d}"), (f"a{c:05d}-Flag", "N")) for c in range(CHANNELS))
        groups = ((("DataTime", stamp[:14]),), *fields)
        message = hj.Message(qn=stamp, st="31", cn="2011", pw="123456", mn="PARSE01", flag="5", groups=groups)
        found.append(hj.encode(message))
    return found


def places() -> list[bytes]:
    """JT/T 808 locations with three additional items."""
    found = []
    for number in range(MESSAGES):
        at = START + timedelta(seconds=number)
        items = ((1, number.to_bytes(4, "big")), (3, b"\0\x55"), (0x30, b"\x1f"))
        one = jt.Location(0, 3, 36.5 + number / 1e5, 116.0, 40, number % 120, 90, f"{at:%y%m%d%H%M%S}", items)
        found.append(jt.encode(jt.Message(jt.Header(0x0200, PHONE, number & 0xFFFF), jt.Report(one))))
    return found


CRC_TABLE = [reduce(lambda crc, _: crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1, range(8), byte) for byte in range(256)]


def plain_hj212(buffer: bytes) -> Iterator[tuple[int, list[Row]]]:
    """What one writes first: each message's end and rows."""
    at = 0
    while (at := buffer.find(b"##", at)) >= 0 and len(buffer) >= at + 6:
        size = int(buffer[at + 2 : at + 6])
        end = at + size + 10
        if len(buffer) < end:
            return
        segment = buffer[at + 6 : end - 4]
        crc = 0xFFFF
        for byte in segment:
            crc = crc >> 8 ^ byte
            crc = CRC_TABLE[crc & 0xFF]
        if crc != int(buffer[end - 4 : end], 16):
            raise ValueError("CRC")
        head, _, rest = segment.decode().partition("CP=&&")
        header = dict(item.split("=", 1) for item in head.split(";") if item)
        observed, values, flags = 0.0, {}, {}
        for group in rest[:-2].split(";"):
            for item in group.split(","):
                name, value = item.split("=", 1)
                if name == "DataTime":
                    time = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=timezone(timedelta(hours=8)))
                    observed = time.timestamp()
                elif name.endswith("-Flag"):
                    flags[name[:-5]] = value
                else:
                    values[name] = float(value)
        yield end, [(f"{header['MN']}/{n}", observed, flags.get(n.split("-")[0], ""), v) for n, v in values.items()]
        at = end


def plain_jt808(buffer: bytes) -> Iterator[tuple[int, list[Row]]]:
    """The same for locations."""
    at = 0
    while (at := buffer.find(b"\x7e", at)) >= 0 and (end := buffer.find(b"\x7e", at + 1)) >= 0:
        content = buffer[at + 1 : end].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        if reduce(xor, content):
            raise ValueError("check")
        phone = content[4:10].hex()
        _alarm, _status, lat, lon, _height, speed, _course, stamp = struct.unpack(">IIIIHHH6s", content[12:40])
        time = datetime.strptime(stamp.hex(), "%y%m%d%H%M%S").replace(tzinfo=timezone(timedelta(hours=8)))
        values, place = {"lon": lon / 1e6, "lat": lat / 1e6, "speed": speed / 10}, 40
        while place < len(content) - 1:
            key, size = content[place : place + 2]
            if key == 1:
                values["mileage"] = int.from_bytes(content[place + 2 : place + 6], "big") / 10
            place += 2 + size
        yield end + 1, [(f"{phone}/{name}", time.timestamp(), "N", value) for name, value in values.items()]
        at = end + 1


def run_plain(decode: Callable[[bytes], Iterator[tuple[int, list[Row]]]], pieces: list[bytes]) -> int:
    """Rows that the straightforward decoder finds in the pieces of a stream."""
    rest, rows = b"", 0
    for piece in pieces:
        rest, end = rest + piece, 0
        for end, found in decode(rest):  # noqa: B007
            rows += len(found)
        rest = rest[end:]
    return rows


class Line:
    """A connection without a socket, open and, where there is such a thing, authenticated."""

    peer = ""

    def __init__(self, adapter, devices: dict) -> None:
        self.session = adapter.Session(lambda: devices)
        if adapter is jt808:
            self.session.feed(jt.frames.wrap(jt.Header(0x0102, PHONE, 0), CODE.encode()), START)

    def confirm(self, data: bytes) -> None: ...


def run_session(line: Line, pieces: list[bytes]) -> int:
    """Rows that the session finds."""
    return sum(len(found.rows) for piece in pieces for found in line.session.feed(piece, START))


def run_lane(lane: Lane, turns: list[list[tuple[Line, bytes]]]) -> int:
    """Rows that the lane finds in what each turn of the event loop brings."""
    rows = 0
    for turn in turns:
        lent = [(line, line.session.lend() + piece) for line, piece in turn]
        block, taken = lane.read(lent, START)
        for (line, data), size in zip(lent, taken, strict=True):
            line.session.feed(data[size:], START)
        rows += len(block.readings) if block else 0
    return rows


def main() -> None:
    """Both protocols, both ways of arriving."""
    for adapter, messages, plain, per_message in ((hj212, uploads(), plain_hj212, CHANNELS), (jt808, places(), plain_jt808, 4)):  # fmt: skip
        name = adapter.PROTOCOL
        channels = {f"a{c:05d}-Rtd": c + 1 for c in range(CHANNELS)} if adapter is hj212 else jt_channels()
        address = "parse01" if adapter is hj212 else PHONE
        devices = {(name, address): Device(1, "" if adapter is hj212 else CODE, channels, name, address)}
        lane, line = Lane(name), Line(adapter, devices)
        lane.follow(devices)
        lines = [Line(adapter, devices) for _ in range(LINES)]
        data = b"".join(messages)
        sips = [data[start : start + SIP] for start in range(0, len(data), SIP)]
        arrivals = {
            "coalesced": (sips, [[(line, sip)] for sip in sips]),
            "alone": (messages, [list(zip(lines, messages[n : n + LINES], strict=False)) for n in range(0, MESSAGES, LINES)]),
        }  # fmt: skip
        print(f"  {name}: {MESSAGES:,} messages of about {len(data) // MESSAGES} bytes, {per_message} numbers each")
        for way, (pieces, turns) in arrivals.items():

            def straightforward(pieces=pieces, plain=plain) -> int:
                return run_plain(plain, pieces)

            def codec(pieces=pieces, line=line) -> int:
                return run_session(line, pieces)

            def compiled(turns=turns, lane=lane) -> int:
                return run_lane(lane, turns)

            assert straightforward() == codec() == compiled() == MESSAGES * per_message
            fast, slow = paired(compiled, straightforward)
            ours, again = paired(codec, straightforward)
            for title, times in (("straightforward", slow), ("codec and session", ours), ("lane", fast)):
                report(f"{way}, {title}", [MESSAGES / took / 1000 for took in times], "thousand messages/s", 1)
            report_ratio(f"{way}, codec and session / straightforward", again, ours)
            report_ratio(f"{way}, lane / straightforward", slow, fast, "goal 10" if way == "coalesced" else "")


def jt_channels() -> dict[str, int]:
    """The instruments of a vehicle."""
    return {"lon": 1, "lat": 2, "speed": 3, "mileage": 4}


if __name__ == "__main__":
    main()
