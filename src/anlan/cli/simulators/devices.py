"""Thousands of devices in one event loop: they connect, report, wait to be confirmed, and misbehave as asked."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle

from anlan.cli.simulators.speakers import Speaker

#: What a device can do wrong: how, and what it shows.
FAULTS = {
    "flip": "one bit of the message is wrong (checksum)",
    "cut": "the message stops in the middle and the line breaks",
    "noise": "bytes that are no message come before it",
    "twice": "the message is sent twice",
    "swap": "two messages come in the wrong order",
    "silent": "the device says nothing for a turn",
    "flood": "a hundred messages come at once",
    "late": "the message is from yesterday",
    "future": "the message is from tomorrow",
    "drip": "the message comes byte by byte",
    "deaf": "the device does not read its confirmation before the next turn",
}
#: Messages of a fault that brings more than one, the last of this turn and those a second apart before it.
SEVERAL = {"swap": 2, "flood": 100}
#: Devices that share one address of the loopback network, below the gateway's limit for one address.
PER_HOST = 4_000
#: Connections that are opened at the same time.
OPENING = 200


@dataclass
class Tally:
    """What happened so far."""

    connected: int = 0
    refused: int = 0
    broken: int = 0
    sent: int = 0
    confirmed: int = 0
    #: Where simulated devices listen that are asked.
    port: int = 0
    #: Seconds that it took to open all lines.
    opened_s: float = 0.0
    faults: Counter = field(default_factory=Counter)
    #: Seconds from a message to its confirmation, a sample.
    delays: list[float] = field(default_factory=list)

    def line(self) -> str:
        """One line for people."""
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items())) or "none"
        return (
            f"{self.connected} connected, {self.sent} sent, {self.confirmed} confirmed, "
            f"{self.refused} refused, {self.broken} lines broken, faults: {faults}"
        )


class Device:
    """One simulated device with its line."""

    def __init__(
        self, speaker: Speaker, number: int, host: str, port: int, *, faults: Mapping[str, float], tally: Tally,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.speaker, self.number, self.host, self.port = speaker, number, host, port
        self.faults, self.tally, self.now = faults, tally, now
        self.chance = random.Random(number)
        self.turn = 0
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task | None = None
        self._asked_at = 0.0
        self._may_read = asyncio.Event()
        self._may_read.set()

    async def connect(self) -> None:
        """Open the line and say hello; a gateway that refuses is counted."""
        local = None
        if self.host == "127.0.0.1":
            local = (f"127.0.1.{1 + self.number // PER_HOST % 250}", 0)  # of each protocol
        try:
            reader, self._writer = await asyncio.open_connection(self.host, self.port, local_addr=local)
        except OSError:
            self.tally.refused += 1
            return
        self.tally.connected += 1
        self._listening = asyncio.create_task(self._listen(reader))
        if hello := self.speaker.hello(self.number, self.now()):
            self._writer.write(hello)

    async def report(self) -> None:
        """Send the message of the next turn, with what is wrong about it."""
        if self._writer is None or self._writer.is_closing():
            await self.connect()
        if self._writer is None or self._writer.is_closing():
            return
        fault = next((name for name, share in self.faults.items() if self.chance.random() < share), "")
        if fault:
            self.tally.faults[fault] += 1
        messages = self._messages(fault)
        self._may_read.set()
        self._asked_at = time.monotonic()
        self.tally.sent += len(messages)
        try:
            for message in messages:
                await self._send(message, fault)
        except OSError:
            self._writer.close()

    def _messages(self, fault: str) -> list[bytes]:
        """What is said in a turn."""
        if fault == "silent":
            return []
        at = self.now() + {"late": timedelta(days=-1), "future": timedelta(days=1)}.get(fault, timedelta())
        made = []
        for before in reversed(range(SEVERAL.get(fault, 1))):
            self.turn += 1
            made.append(self.speaker.report(self.number, self.turn, at - timedelta(seconds=before)))
        return made[::-1] if fault == "swap" else made

    async def _send(self, message: bytes, fault: str) -> None:
        writer = self._writer
        if fault == "flip":
            place = self.chance.randrange(2, len(message) - 2)
            message = message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]
        elif fault == "noise":
            message = self.chance.randbytes(40) + message
        elif fault == "twice":
            message += message
        elif fault == "deaf":
            self._may_read.clear()
        elif fault == "cut":
            writer.write(message[: len(message) // 2])
            await writer.drain()
            writer.close()
            return
        elif fault == "drip":
            for place in range(len(message)):
                writer.write(message[place : place + 1])
                await asyncio.sleep(0.01)
            return
        writer.write(message)
        await writer.drain()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        ear = self.speaker.heard()
        try:
            while True:
                await self._may_read.wait()
                data = await reader.read(4096)
                if not data:
                    break
                if confirmed := ear.feed(data):
                    self.tally.confirmed += confirmed
                    if len(self.tally.delays) < 100_000:
                        self.tally.delays.append(time.monotonic() - self._asked_at)
        except OSError:
            pass
        self.tally.connected -= 1
        self.tally.broken += 1
        if self._writer is not None:
            self._writer.close()

    async def close(self) -> None:
        """Hang up without being counted as broken."""
        if self._listening is not None and not self._listening.done():
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()


async def simulate(
    speakers: Sequence[tuple[Speaker, int]],
    *,
    devices: int,
    host: str,
    interval_s: float,
    seconds: float,
    faults: Mapping[str, float],
    tally: Tally,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Let so many devices of these protocols, each with its port, report in turn, each once an interval."""
    fleet = [
        Device(speaker, n // len(speakers), host, port, faults=faults, tally=tally, now=now)
        for n, (speaker, port) in zip(range(devices), cycle(speakers), strict=False)
    ]
    try:
        started = time.monotonic()
        for start in range(0, devices, OPENING):
            await asyncio.gather(*(device.connect() for device in fleet[start : start + OPENING]))
        tally.opened_s = time.monotonic() - started
        started = time.monotonic()
        turns = [asyncio.create_task(_turns(device, started, interval_s, seconds)) for device in fleet]
        await asyncio.gather(*turns)
        limit = time.monotonic() + 10
        wanted = tally.sent - sum(tally.faults[name] for name in ("flip", "cut"))
        while tally.confirmed < wanted and time.monotonic() < limit:
            await asyncio.sleep(0.05)
    finally:
        await asyncio.gather(*(device.close() for device in fleet))


async def _turns(device: Device, started: float, interval_s: float, seconds: float) -> None:
    due = started + device.chance.random() * interval_s
    while due < started + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await device.report()
        due += interval_s
