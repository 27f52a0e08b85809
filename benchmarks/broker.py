"""One message a segment through real sockets, each confirmed before the next: our gateway against Mosquitto's QoS 1.

Ours is decoded, judged and on disk (`synchronous=FULL`) before it is confirmed; Mosquitto's is in memory, for nobody or
for a subscriber who is away, and on disk at the next of its savings.
"""

import select
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import free_ports, gateway, processor_seconds, report_ratio, start_django, wait_for

LINES, MESSAGES, ROUNDS, READINGS = 1_000, 20, 5, 4
START = datetime.now(UTC) - timedelta(days=2)


def upload(line: int, number: int) -> bytes:
    """An HJ 212 message with a few readings; every number is another minute."""
    from anlan.protocols import hj212

    stamp = hj212.timestamp(START + timedelta(minutes=number))
    fields = tuple(((f"a{c:05d}-Rtd", f"{number % 20}.{c}"), (f"a{c:05d}-Flag", "N")) for c in range(READINGS))
    groups = ((("DataTime", stamp[:14]),), *fields)
    return hj212.encode(
        hj212.Message(qn=stamp, st="31", cn="2011", pw="123456", mn=f"BROKER{line:06d}", flag="5", groups=groups)
    )


def publish(line: int, number: int) -> bytes:
    """The same bytes as an MQTT message of QoS 1."""
    topic, payload = b"anlan/%06d" % line, upload(line, number)
    rest = len(topic).to_bytes(2, "big") + topic + (number % 65_535 + 1).to_bytes(2, "big") + payload
    return b"\x32" + bytes([len(rest) & 127 | 128, len(rest) >> 7]) + rest


def greeting(client: bytes, *, is_clean: bool) -> bytes:
    """The CONNECT of MQTT 3.1.1."""
    rest = b"\0\4MQTT\4" + bytes([2 * is_clean]) + b"\xff\xff" + len(client).to_bytes(2, "big") + client
    return bytes([0x10, len(rest)]) + rest


def converse(lines: list[socket.socket], script: list[list[bytes]], is_whole: Callable[[bytes], bool]) -> float:
    """Seconds until every line has sent its messages, each once the one before is confirmed."""
    poll, place, heard = select.epoll(), {}, {}
    for line, messages in zip(lines, script, strict=True):
        poll.register(line, select.EPOLLIN)
        place[line.fileno()], heard[line.fileno()] = [line, iter(messages)], b""
    started = time.perf_counter()
    open_lines = len(lines)
    for line, messages in place.values():
        line.send(next(messages))
    while open_lines:
        ready = poll.poll(30)
        assert ready, f"{open_lines} lines wait for a confirmation that does not come"
        for number, _ in ready:
            line, messages = place[number]
            heard[number] += line.recv(4096)
            assert heard[number], "the server hung up"
            if not is_whole(heard[number]):
                continue
            heard[number] = b""
            if message := next(messages, None):
                line.send(message)
            else:
                open_lines -= 1
    return time.perf_counter() - started


def connect(port: int) -> list[socket.socket]:
    """So many connections that send each message at once."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(LINES)]
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return lines


@contextmanager
def mosquitto():
    """A broker that keeps its messages on disk: process and port."""
    (port,), folder = free_ports(1), Path(tempfile.mkdtemp(prefix="anlan-broker-"))
    folder.chmod(0o777)
    settings = f"""listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
log_type error
"""
    (folder / "mosquitto.conf").write_text(settings)
    process = subprocess.Popen([shutil.which("mosquitto") or "mosquitto", "-c", str(folder / "mosquitto.conf")])
    try:
        wait_for(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def mqtt_lines(port: int, prefix: bytes) -> list[socket.socket]:
    """Publishers that are connected."""
    lines = connect(port)
    for number, line in enumerate(lines):
        line.send(greeting(b"%b-%d" % (prefix, number), is_clean=True))
    assert all(line.recv(4) == b"\x20\x02\0\0" for line in lines)
    return lines


def subscribe_and_leave(port: int) -> None:
    """A subscriber whose messages the broker keeps while it is away."""
    line = socket.create_connection(("127.0.0.1", port))
    line.send(greeting(b"away", is_clean=False))
    assert line.recv(4)[0] == 0x20
    line.send(bytes([0x82, 6, 0, 1, 0, 1, ord("#"), 1]))
    assert line.recv(5)[0] == 0x90
    line.close()


def prepare() -> None:
    """A station with its instruments for each line."""
    from anlan.areas.risk.monitoring.models import Instrument, Station
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    city = Area.objects.create(code="371500", name="聊城市", level="city")
    stations = Station.objects.bulk_create(
        Station(code=f"B{n}", name=f"企业 {n}", kind="works", area=city, protocol="hj212", address=f"BROKER{n:06d}")
        for n in range(LINES)
    )
    Instrument.objects.bulk_create(
        Instrument(
            station=station, area=city, code=f"{station.code}-{c}", name="探测器", quantity="gas_combustible",
            channel=f"a{c:05d}-Rtd",
        )
        for station in stations
        for c in range(READINGS)
    )  # fmt: skip


def main() -> None:
    """Rounds of ours, of the broker for nobody, and of the broker for a subscriber who is away."""
    start_django()
    prepare()
    costs: dict[str, list[float]] = {"ours": [], "for nobody": [], "kept for a subscriber": []}
    times: dict[str, list[float]] = {name: [] for name in costs}
    system, sent = 0.0, LINES * MESSAGES * ROUNDS
    with gateway("hj212") as (pid, ports), mosquitto() as (idle, idle_port), mosquitto() as (kept, kept_port):
        subscribe_and_leave(kept_port)
        servers = {
            "ours": (pid, connect(ports["hj212"]), upload, lambda data: data.endswith(b"\r\n")),
            "for nobody": (idle, mqtt_lines(idle_port, b"a"), publish, lambda data: len(data) == 4),
            "kept for a subscriber": (kept, mqtt_lines(kept_port, b"b"), publish, lambda data: len(data) == 4),
        }
        for turn in range(ROUNDS + 1):  # the first warms up
            for name, (process, lines, write, is_whole) in servers.items():
                numbers = range(turn * MESSAGES, (turn + 1) * MESSAGES)
                script = [[write(line, number) for number in numbers] for line in range(LINES)]
                before, kernel = processor_seconds(process)
                took = converse(lines, script, is_whole)
                after, kernel_after = processor_seconds(process)
                if turn:
                    costs[name].append(after - before)
                    times[name].append(took)
                    system += kernel_after - kernel if name == "ours" else 0.0
    from anlan.areas.risk.monitoring.models import IntakeBatch

    count = sum(IntakeBatch.objects.values_list("count", flat=True))
    assert count == LINES * MESSAGES * (ROUNDS + 1) * READINGS, "messages were lost"
    print(f"  {LINES * MESSAGES:,} messages of {len(upload(0, 0))} bytes a round over {LINES:,} lines, none lost")
    for name in costs:
        rates = [LINES * MESSAGES / cost for cost in costs[name]]
        wall = statistics.median(LINES * MESSAGES / took for took in times[name])
        print(
            f"  {name:<24} {statistics.median(rates):10,.0f} messages a processor second "
            f"({min(rates):,.0f} .. {max(rates):,.0f}), {wall:,.0f} a second"
        )
    print(f"  of ours, the kernel's part is {system / sum(costs['ours']):.0%}: {system / sent * 1e6:.1f} µs a message")
    for name in list(costs)[1:]:
        report_ratio(f"ours against Mosquitto QoS 1, {name}", costs[name], costs["ours"], "goal 1.5")


if __name__ == "__main__":
    main()
