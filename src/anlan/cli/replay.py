"""`anlan replay`: play a story into the running installation, over real sockets and by the people's own services."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta

HELP = "play a story (lekima) into the running installation"
#: The part of the time in which it rains; the rest is the people's.
RAIN = 0.45
#: What reports beside the story: protocol, devices, seconds between two messages.
ROAMING = (("jt808", 12, 10.0), ("gb26875", 1, 30.0))
DAY_S = 24 * 3600.0
#: Seconds between two turns of a camera: a keep-alive, a position, now and then an alarm.
CAMERAS_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The story, how long it takes, and whether all of it is played at once."""
    parser.add_argument("story", choices=["lekima"])
    parser.add_argument("--minutes", type=float, default=12.0, help="how long it takes until people have acted")
    parser.add_argument("--measurements-only", action="store_true", help="play what stations send, no people")


def run(options: argparse.Namespace) -> int:
    """Play, then go on in real time until stopped."""
    import django

    django.setup()
    from django.conf import settings

    if not settings.ANLAN.demo:
        print(
            "A story is played into a demonstration only: set `demo = true` (ANLAN_DEMO=true) and run `anlan setup --demo`."
        )
        return 2
    asyncio.run(_play(options.minutes * 60, with_people=not options.measurements_only))
    return 0


async def _play(seconds: float, *, with_people: bool) -> None:
    from django.utils import timezone

    from anlan.cli.stories.storm import Storm, facts_of

    facts = facts_of("lekima")
    length = facts["response"] - facts["start"]
    was_played = await asyncio.to_thread(_was_played, timezone.now() - length)
    rain_s = 0.0 if was_played else seconds * RAIN
    # What is measured at the moment of the response is measured now, once the rain has been played.
    shift = timezone.now() + timedelta(seconds=rain_s) - facts["response"]
    storm = await asyncio.to_thread(lambda: Storm(facts, shift=shift, is_over=was_played))
    devices = Devices()
    await devices.find_gateway()
    roaming = [asyncio.create_task(_roam(*one)) for one in ROAMING]
    roaming.append(asyncio.create_task(_film()))
    people = None
    if was_played:
        print(
            "story: played within its own hours before; the stations go on. A fresh data folder plays it again.",
            flush=True,
        )
    else:
        await _rain(storm, devices, rain_s)
        people = asyncio.create_task(_people(facts, seconds - rain_s)) if with_people else None
    async for sent in _in_order(storm, facts["response"] + timedelta(minutes=5), facts["end"]):
        if (wait := (sent.at + shift - timezone.now()).total_seconds()) > 0:
            await asyncio.sleep(wait)
        await devices.send(sent)
    if people:
        await people
    await asyncio.gather(*roaming)


async def _roam(protocol: str, devices: int, interval_s: float) -> None:
    """Let the demonstration's vehicles and fire facilities report for as long as the story goes on."""
    from django.conf import settings

    from anlan.cli.simulators.devices import Tally, simulate
    from anlan.cli.simulators.speakers import SPEAKERS

    config = settings.ANLAN
    if port := getattr(config, f"{protocol}_port"):
        await simulate(
            [(SPEAKERS[protocol], port)], devices=devices, host=config.host, interval_s=interval_s, seconds=DAY_S,
            faults={}, tally=Tally(),
        )  # fmt: skip


async def _film() -> None:
    """Let the demonstration's cameras register and tell of themselves for as long as the story goes on."""
    from django.conf import settings

    from anlan.cli.simulators.video import Fleet, demo_roles, simulate
    from anlan.protocols.gb28181 import Party

    config = settings.ANLAN
    if config.gb28181_port:
        roles = await asyncio.to_thread(demo_roles)
        platform = Party(config.video_code, config.host, config.gb28181_port)
        await simulate(roles, Fleet(platform, interval_s=CAMERAS_S), seconds=DAY_S)


def _was_played(since: datetime) -> bool:
    """Whether the demo stations were heard since then: a second storm in the same hours would add to the first."""
    from anlan.areas.risk.monitoring.models import Latest

    return Latest.objects.filter(instrument__station__is_demo=True, observed_at__gt=since).exists()


async def _rain(storm, devices: "Devices", seconds: float) -> None:
    """Everything that the stations said before the response, in so many seconds."""
    facts, started = storm.facts, time.monotonic()
    span = facts["response"] - facts["start"]
    print(
        f"story: {facts['title']}; rain for {seconds / 60:.0f} min, then people; {len(storm.gauges)} stations",
        flush=True,
    )
    async for sent in _in_order(storm, facts["start"], facts["response"]):
        due = started + (sent.at - facts["start"]) / span * seconds
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        await devices.send(sent)
    await devices.hear_all(patience_s=10.0)
    print(f"story: {devices.sent} frames sent, {devices.confirmed} confirmed", flush=True)


async def _in_order(storm, start: datetime, end: datetime) -> AsyncIterator:
    """The frames, made an hour ahead beside the event loop."""
    while start <= end:
        stop = min(start + timedelta(minutes=55), end)
        for sent in await asyncio.to_thread(lambda a=start, b=stop: list(storm.frames(a, b))):
            yield sent
        start = stop + timedelta(minutes=5)


async def _people(facts: dict, seconds: float) -> None:
    """The steps of the story's people, each at its time; one that fails is told and does not hold up the rest."""
    from anlan.cli.stories.lekima import STEPS, Stage

    stage, started = Stage(facts), time.monotonic()
    for step in STEPS:
        await asyncio.sleep(max(0.0, started + step.share * seconds - time.monotonic()))
        print(f"story: {step.title}", flush=True)
        try:
            await asyncio.to_thread(step.act, stage)
        except Exception as error:  # noqa: BLE001  (somebody else may have acted first)
            print(f"story: {type(error).__name__}: {error}", flush=True)


class Devices:
    """The stations' ends of the line: one connection each, confirmations counted."""

    def __init__(self, ports: dict[str, int] | None = None, host: str = "") -> None:
        from django.conf import settings

        config = settings.ANLAN
        self.host = host or config.host
        self.ports = ports or {"sl651": config.sl651_port, "hj212": config.hj212_port}
        self._lines: dict[str, tuple[asyncio.StreamWriter, asyncio.Task]] = {}
        self.sent = self.confirmed = 0

    async def find_gateway(self, *, patience_s: float = 60.0) -> None:
        """Wait until the gateway listens."""
        limit = time.monotonic() + patience_s
        for port in self.ports.values():
            while True:
                try:
                    _reader, writer = await asyncio.open_connection(self.host, port)
                except OSError:
                    if time.monotonic() > limit:
                        raise
                    await asyncio.sleep(0.3)
                else:
                    writer.close()
                    break

    async def send(self, sent) -> None:
        """Send a frame over its station's line; a line that broke is opened anew, once."""
        for _attempt in range(2):
            line = self._lines.get(sent.address)
            if line is None or line[0].is_closing():
                reader, writer = await asyncio.open_connection(self.host, self.ports[sent.protocol])
                line = self._lines[sent.address] = (writer, asyncio.create_task(self._listen(reader)))
            try:
                line[0].write(sent.frame)
                await line[0].drain()
            except OSError:
                line[0].close()
                continue
            self.sent += 1
            return

    async def send_all(self, frames: Iterable) -> None:
        """Send all, then wait until every one is confirmed."""
        for sent in frames:
            await self.send(sent)
        await self.hear_all()

    async def hear_all(self, *, patience_s: float = 60.0) -> None:
        """Wait until everything that was sent is confirmed."""
        limit = time.monotonic() + patience_s
        while self.confirmed < self.sent and time.monotonic() < limit:
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Hang up."""
        for writer, task in self._lines.values():
            writer.close()
            task.cancel()
        await asyncio.gather(*(task for _, task in self._lines.values()), return_exceptions=True)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        from anlan.protocols import hj212, sl651

        splitters = sl651.Splitter(), hj212.Splitter()
        while data := await reader.read(65536):
            splitter = splitters[data.startswith(b"##")]
            self.confirmed += len(splitter.feed(data))
