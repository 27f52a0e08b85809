"""Twenty thousand devices of four protocols connected to one gateway process: memory, rate, processor, delays."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from urllib.request import urlopen

from benchmarks.measure import free_ports, start_django, wait_for

#: As many as the files that one process may open here allow, less those that the gateway itself needs.
DEVICES = min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 300)
INTERVAL_S, SECONDS = 60.0, 75.0
PROTOCOLS = ("hj212", "sl651", "jt808", "gb26875")


def main() -> None:
    """The gateway is a process of its own; the devices are this one."""
    start_django()
    ports = prepare()
    gateway = subprocess.Popen([sys.executable, "-m", "anlan.cli", "gateway"], stderr=subprocess.DEVNULL)
    try:
        measure(gateway.pid, ports)
    finally:
        gateway.terminate()
        gateway.wait(60)
    kept()


def prepare() -> dict[str, int]:
    """Register the devices; the ports on which the gateway will listen."""
    from anlan.areas.risk.monitoring.services import equip_vehicles
    from anlan.cli.simulate import register
    from anlan.foundation.places.models import Area
    from anlan.foundation.rules.services import load_rules

    load_rules()
    Area.objects.create(code="371500", name="聊城市", level="city")
    for protocol in PROTOCOLS:
        register(protocol, DEVICES // len(PROTOCOLS))
    began = time.perf_counter()
    equip_vehicles()
    print(f"  instruments of {DEVICES // len(PROTOCOLS):,} vehicles: {time.perf_counter() - began:.1f} s")
    names = [*PROTOCOLS, "live", "metrics"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    for name, port in ports.items():
        os.environ[f"ANLAN_{name.upper()}_PORT"] = str(port)
    os.environ |= {"ANLAN_JT809_PORT": "0", "ANLAN_GB28181_PORT": "0"}
    return ports


def measure(pid: int, ports: dict[str, int]) -> None:
    """Connect everything, let it report, and print what it took."""
    from anlan.cli.simulators.devices import Tally, simulate
    from anlan.cli.simulators.speakers import SPEAKERS
    from anlan.gateways.live import allow_many_connections

    for name in ("metrics", *PROTOCOLS):
        wait_for(ports[name])
    allow_many_connections()
    tally, empty, seen = Tally(), memory(pid), {}

    async def watch() -> None:
        while not tally.opened_s:
            await asyncio.sleep(0.2)
        await asyncio.sleep(2.0)
        seen["connected"] = memory(pid)
        cpu, at = processor(pid), time.monotonic()
        await asyncio.sleep(SECONDS - 10)
        seen["reporting"] = memory(pid)
        seen["cpu"] = (processor(pid) - cpu) / (time.monotonic() - at)

    async def play() -> None:
        watching = asyncio.create_task(watch())
        await simulate(
            [(SPEAKERS[protocol], ports[protocol]) for protocol in PROTOCOLS], devices=DEVICES, host="127.0.0.1",
            interval_s=INTERVAL_S, seconds=SECONDS, faults={}, tally=tally,
        )  # fmt: skip
        await watching
        text = (await asyncio.to_thread(urlopen, f"http://127.0.0.1:{ports['metrics']}/")).read().decode()
        seen["metrics"] = [line for line in text.splitlines() if "refused" in line or "malformed" in line]

    asyncio.run(play())
    delays = sorted(tally.delays)
    print(f"  {tally.line()}")
    print(f"  lines opened, a second: {DEVICES / tally.opened_s:,.0f}")
    print(f"  gateway's memory: {empty / 2**20:.0f} MiB with the devices registered, none connected; "
          f"{seen['connected'] / 2**20:.0f} MiB connected, {seen['reporting'] / 2**20:.0f} MiB reporting")  # fmt: skip
    print(f"  memory a device: {(seen['connected'] - empty) / DEVICES / 1024:.1f} KiB connected, "
          f"{(seen['reporting'] - empty) / DEVICES / 1024:.1f} KiB reporting")  # fmt: skip
    print(f"  messages a second: {tally.sent / SECONDS:,.0f}; processor of the gateway: {seen['cpu']:.0%} of one core")
    print(f"  confirmed after p50 {delays[len(delays) // 2] * 1000:.0f} ms, p99 {delays[len(delays) * 99 // 100] * 1000:.0f} ms, "
          f"at most {delays[-1] * 1000:.0f} ms")  # fmt: skip
    assert tally.refused == tally.broken == 0, tally.line()
    assert tally.confirmed == tally.sent, tally.line()
    assert all(line.endswith(" 0") for line in seen["metrics"]), json.dumps(seen["metrics"])
    SENT.append(tally.sent)


SENT: list[int] = []


def kept() -> None:
    """Every message that was confirmed is in the database, once."""
    from django.db.models import Sum

    from anlan.areas.risk.monitoring.models import GatewayMinute

    totals = GatewayMinute.objects.aggregate(Sum("frames"), Sum("duplicates"), Sum("malformed"))
    hellos = DEVICES // len(PROTOCOLS)  # each vehicle shows its code first
    print(f"  kept: {totals['frames__sum']:,} messages of {SENT[0] + hellos:,}, {totals['duplicates__sum']} twice")
    assert totals["frames__sum"] == SENT[0] + hellos


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor(pid: int) -> float:
    """Processor seconds that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
