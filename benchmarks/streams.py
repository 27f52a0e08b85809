"""Two thousand live streams: delay from the commit to the browser, and what a delivery costs, against plain ASGI."""

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ingest import free_ports
from benchmarks.measure import sign_in, start_django, wait_for

CLIENTS, EVENTS, PAUSE = 2000, 50, 0.1


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its children so far."""
    total = 0.0
    for task in [pid, *_children(pid)]:
        fields = Path(f"/proc/{task}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


async def listen(port: int, head: str, delays: list[float], ready: asyncio.Event, count: list[int]) -> None:
    """One browser: counts events, and the delay since the moment that each names."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n".encode())
    answer = await reader.readuntil(b"retry: 1500\n\n")
    assert b"200 OK" in answer, answer
    count[0] += 1
    if count[0] == CLIENTS:
        ready.set()
    seen = 0
    while seen < EVENTS:
        line = await reader.readline()
        if b'"sent:' in line:
            seen += 1
            delays.append(time.time() - float(line.split(b'"sent:')[1].split(b'"')[0]))
    writer.close()


async def measure(port: int, head: str, publish, pid: int) -> tuple[list[float], float]:
    """All delays, and the server's processor time for them."""
    delays: list[float] = []
    ready, count = asyncio.Event(), [0]
    tasks = []
    for start in range(0, CLIENTS, 100):
        tasks += [asyncio.create_task(listen(port, head, delays, ready, count)) for _ in range(start, start + 100)]
        await asyncio.sleep(0.05)
    await asyncio.wait_for(ready.wait(), 120)
    before = cpu_seconds(pid)
    for _ in range(EVENTS):
        await asyncio.to_thread(publish, time.time())
        await asyncio.sleep(PAUSE)
    await asyncio.wait_for(asyncio.gather(*tasks), 120)
    return delays, cpu_seconds(pid) - before


def tell(name: str, delays: list[float], cpu: float) -> float:
    """One line; microseconds of processor time for a delivery."""
    delays.sort()
    each = cpu / len(delays) * 1e6
    print(
        f"  {name:<46} {len(delays):,} deliveries, p50 {statistics.median(delays) * 1000:.0f} ms, "
        f"p99 {delays[int(len(delays) * 0.99)] * 1000:.0f} ms, {each:.1f} us of processor each"
    )
    return each


def main() -> None:
    """Ours, then the peer, on the same machine one after the other."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    start_django()
    from anlan.foundation.events.bus import publish
    from anlan.foundation.events.catalogue import IncidentRaised

    live, sl651, hj212, metrics, peer = free_ports(5)
    ports = {
        "ANLAN_LIVE_PORT": live,
        "ANLAN_SL651_PORT": sl651,
        "ANLAN_HJ212_PORT": hj212,
        "ANLAN_METRICS_PORT": metrics,
    }
    env = os.environ | {name: str(port) for name, port in ports.items()}
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    cookie = sign_in(Area.objects.create(code="371500", name="聊城市", level="city"))
    ours = subprocess.Popen([sys.executable, "-m", "anlan.cli", "gateway"], env=env, stderr=subprocess.DEVNULL)
    other = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(peer), "--no-ws", "--log-level", "critical", "--backlog", "4096", "--backpressure", "4096",
         "benchmarks.asgi_peer:app"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(live)
        wait_for(peer)

        def ours_publish(at: float) -> None:
            publish(IncidentRaised(area_code="371500", incident=0, title=f"sent:{at}", kind="11B03", grade=""))

        def peer_publish(at: float) -> None:
            from urllib.request import Request, urlopen

            body = f'data: {{"title":"sent:{at}","at":"{datetime.now(UTC).isoformat()}"}}\n\n'.encode()
            urlopen(Request(f"http://127.0.0.1:{peer}/", data=body, method="POST"), timeout=30).close()

        mine = tell("ours", *asyncio.run(measure(live, f"Cookie: {cookie}\r\n", ours_publish, ours.pid)))
        theirs = tell(
            "ASGI (granian), a queue for each client", *asyncio.run(measure(peer, "", peer_publish, other.pid))
        )
        print(f"  processor time of a delivery, ASGI / ours: {theirs / mine:.1f} x  (goal 2)")
    finally:
        for process in (ours, other):
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()
