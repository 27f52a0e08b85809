"""One message a segment through real sockets, each confirmed before the next: our gateway against Mosquitto's QoS 1.

Ours twice: decoded, checked and confirmed by the gateway's own server and lane without being kept (that alone is what a
broker does, less the delivery), and the whole gateway, where it is judged and on disk (`synchronous=FULL`) before it is
confirmed. Mosquitto's is in memory and on disk at the next of its savings: delivered to a subscriber who confirms it (that
is what a system behind a broker needs), for nobody, or for a subscriber who is away.
"""

import asyncio
import multiprocessing
import select
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
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


def subscribe(port: int) -> socket.socket:
    """A subscriber to everything, with QoS 1; the broker keeps its messages when it leaves."""
    line = socket.create_connection(("127.0.0.1", port))
    line.send(greeting(b"reader", is_clean=False))
    assert line.recv(4)[0] == 0x20
    line.send(bytes([0x82, 6, 0, 1, 0, 1, ord("#"), 1]))
    assert line.recv(5)[0] == 0x90
    return line


def take_all(port: int, count: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """A subscriber in a process of its own that confirms what it gets, and counts it."""
    line, heard = subscribe(port), b""
    count.value = 0
    while data := line.recv(1 << 16):
        heard, place, answers = heard + data, 0, []
        while len(heard) >= place + 3:
            size, head = (heard[place + 1] & 127) + (heard[place + 2] << 7), place + 3  # all take two bytes
            if len(heard) < head + size:
                break
            topic = int.from_bytes(heard[head : head + 2], "big")
            answers.append(b"\x40\x02" + heard[head + 2 + topic : head + 4 + topic])
            place = head + size
        heard = heard[place:]
        if answers:
            line.sendall(b"".join(answers))
            count.value += len(answers)


class Confirming:
    """In place of the intake: what was read and found right is counted and confirmed, and not kept."""

    is_full = False

    def __init__(self) -> None:
        from anlan.areas.risk.monitoring import queries
        from anlan.gateways.lanes import Lane

        self.devices, self.messages = queries.devices(), 0
        self.lanes = {"hj212": Lane("hj212")}
        self.lanes["hj212"].follow(self.devices)

    def submit(self, block) -> None:
        """Confirm the messages of a block; the bench's are all such as the lane reads."""
        assert len(block.readings) == READINGS * len(block)
        self.messages += len(block)
        for part in block.parts:
            part.speaker.confirm(part.answers)


def confirm_all(port: int) -> None:
    """The gateway's server without its intake, in a process of its own."""
    from anlan.gateways.adapters import hj212
    from anlan.gateways.server import DeviceServer

    server = DeviceServer("hj212", hj212.Session, Confirming())

    async def serve() -> None:
        await server.start("127.0.0.1", port)
        await asyncio.Event().wait()

    asyncio.run(serve())


@contextmanager
def beside(work: Callable, *arguments: object):
    """Something in a process of its own, which is ended afterwards."""
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments, daemon=True)
    process.start()
    try:
        yield process.pid
    finally:
        process.terminate()
        process.join()


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


OURS = ("ours, the whole gateway", "ours, read and confirmed")
PEERS = ("delivered", "for nobody", "for one who is away")


def main() -> None:
    """Rounds of ours and of the broker in each of their ways, in turn."""
    start_django()
    prepare()
    costs: dict[str, list[float]] = {name: [] for name in (*OURS, *PEERS)}
    times: dict[str, list[float]] = {name: [] for name in costs}
    system, sent = dict.fromkeys(costs, 0.0), LINES * MESSAGES * ROUNDS
    delivered = multiprocessing.Value("q", -1)
    with ExitStack() as open_all:
        pid, ports = open_all.enter_context(gateway("hj212"))
        (own_port,) = free_ports(1)
        own = open_all.enter_context(beside(confirm_all, own_port))
        brokers = dict(zip(PEERS, (open_all.enter_context(mosquitto()) for _ in PEERS), strict=True))
        open_all.enter_context(beside(take_all, brokers["delivered"][1], delivered))
        subscribe(brokers["for one who is away"][1]).close()
        wait_for(own_port)
        while delivered.value < 0:
            time.sleep(0.1)
        servers = {
            name: (process, connect(port), upload, lambda data: data.endswith(b"\r\n"))
            for name, process, port in zip(OURS, (pid, own), (ports["hj212"], own_port), strict=True)
        } | {
            name: (process, mqtt_lines(port, b"line"), publish, lambda data: len(data) == 4)
            for name, (process, port) in brokers.items()
        }
        for turn in range(ROUNDS + 1):  # the first warms up
            for name, (process, lines, write, is_whole) in servers.items():
                numbers = range(turn * MESSAGES, (turn + 1) * MESSAGES)
                script = [[write(line, number) for number in numbers] for line in range(LINES)]
                before, kernel = processor_seconds(process)
                took = converse(lines, script, is_whole)
                while name == "delivered" and delivered.value < LINES * MESSAGES * (turn + 1):
                    time.sleep(0.01)
                after, kernel_after = processor_seconds(process)
                if turn:
                    costs[name].append(after - before)
                    times[name].append(took)
                    system[name] += kernel_after - kernel
    from anlan.areas.risk.monitoring.models import IntakeBatch

    count = sum(IntakeBatch.objects.values_list("count", flat=True))
    assert count == LINES * MESSAGES * (ROUNDS + 1) * READINGS, "messages were lost"
    print(f"  {LINES * MESSAGES:,} messages of {len(upload(0, 0))} bytes a round over {LINES:,} lines, none lost")
    for name in costs:
        rates = [LINES * MESSAGES / cost for cost in costs[name]]
        wall = statistics.median(LINES * MESSAGES / took for took in times[name])
        print(
            f"  {name:<24} {statistics.median(rates):10,.0f} messages a processor second "
            f"({min(rates):,.0f} .. {max(rates):,.0f}), {wall:,.0f} a second; "
            f"{sum(costs[name]) / sent * 1e6:.1f} µs a message, {system[name] / sent * 1e6:.1f} of them the kernel's"
        )
    for ours in OURS:
        for peer in PEERS:
            report_ratio(f"{ours} against QoS 1 {peer}", costs[peer], costs[ours], "goal 1.5")


if __name__ == "__main__":
    main()
