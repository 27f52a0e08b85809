"""`anlan simulate`: what does not exist, through the same doors as what does."""

import argparse
import asyncio
import statistics
import sys
import time

HELP = "simulate devices that speak to the gateways, with faults on demand"
#: The gateway learns of new devices within so many seconds.
LEARN_S = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is simulated: devices."""
    from anlan.cli.simulators.devices import FAULTS
    from anlan.cli.simulators.speakers import SPEAKERS
    from anlan.cli.simulators.video import VideoSpeaker

    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    devices = kinds.add_parser("devices", help="thousands of devices of one protocol")
    devices.add_argument("--protocol", choices=sorted([*SPEAKERS, VideoSpeaker.protocol]), default="hj212")
    devices.add_argument("--devices", type=int, default=100, help="how many (default 100)")
    devices.add_argument(
        "--interval", type=float, default=10.0, help="seconds between two messages of a device (default 10)"
    )
    devices.add_argument("--minutes", type=float, default=1.0, help="how long (default 1)")
    devices.add_argument(
        "--faults", default="", metavar="NAME=SHARE,...",
        help="what goes wrong how often, for example flip=0.01,twice=0.02: " + "; ".join(f"{k}: {v}" for k, v in FAULTS.items()),
    )  # fmt: skip
    devices.add_argument("--host", default="", help="the gateway's address (default: the one in the settings)")
    devices.add_argument("--port", type=int, default=0, help="the gateway's port (default: the one in the settings)")
    devices.add_argument(
        "--token", default="", help="sensorthings: the key of a user who may hand in readings (anlan issue-token)"
    )
    devices.add_argument(
        "--register",
        action="store_true",
        help="register the devices as demo stations first (whatever they say is an exercise)",
    )


def faults_of(text: str) -> dict[str, float]:
    """The shares of faults that `--faults` names.

    >>> faults_of("flip=0.5, twice=1")
    {'flip': 0.5, 'twice': 1.0}
    >>> faults_of("")
    {}
    """
    from anlan.cli.simulators.devices import FAULTS

    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _equals, share = part.partition("=")
        try:
            found[name] = float(share)
        except ValueError:
            raise ValueError(f"--faults {part!r}: write NAME=SHARE, for example flip=0.01") from None
        if name not in FAULTS or not 0 <= found[name] <= 1:
            raise ValueError(f"--faults {part!r}: a share from 0 to 1 of {', '.join(FAULTS)}")
    return found


def run(options: argparse.Namespace) -> int:
    """Simulate until the time is over; print how it went every few seconds."""
    import django

    django.setup()
    from anlan.cli.simulators import video
    from anlan.cli.simulators.devices import Tally
    from anlan.cli.simulators.speakers import SPEAKERS
    from anlan.gateways.live import allow_many_connections

    speaker = (SPEAKERS | {video.VideoSpeaker.protocol: video.VideoSpeaker()})[options.protocol]
    try:
        faults = faults_of(options.faults)
        if speaker.protocol == "gb28181" and (unfit := sorted(set(faults) - set(video.FAULTS))):
            raise ValueError(f"--faults {unfit[0]}: cameras know only {', '.join(video.FAULTS)}")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.register:
        print(f"{register(speaker, options.devices)} devices registered", flush=True)
        time.sleep(LEARN_S)
    if speaker.protocol == "sensorthings":
        if not options.token:
            print("--token: devices that post need a key; `anlan issue-token USER PURPOSE` prints one", file=sys.stderr)
            return 2
        speaker = with_key(options.token)
        if missing := [n for n in range(options.devices) if speaker.address(n) not in speaker.datastreams]:
            print(f"{len(missing)} devices are not registered; add --register", file=sys.stderr)
            return 2
    allow_many_connections()
    tally = Tally()

    async def play() -> None:
        playing = asyncio.create_task(_conversation(speaker, options, faults, tally))
        while not playing.done():
            await asyncio.wait({playing}, timeout=5)
            print(tally.line(), flush=True)
        await playing

    asyncio.run(play())
    if tally.delays:
        ordered = statistics.quantiles(tally.delays, n=100) if len(tally.delays) > 1 else tally.delays * 99
        print(f"confirmed after {ordered[49] * 1000:.0f} ms (p50), {ordered[98] * 1000:.0f} ms (p99)")
    return 0 if tally.confirmed else 1


def _conversation(speaker, options: argparse.Namespace, faults: dict[str, float], tally):
    """All devices of one protocol for the time that the options say."""
    from django.conf import settings

    from anlan.cli.simulators import devices, video
    from anlan.protocols.gb28181 import Party

    config, seconds = settings.ANLAN, options.minutes * 60
    host = options.host or config.host
    port = options.port or getattr(config, speaker.port)
    if isinstance(speaker, video.VideoSpeaker):
        roles = [speaker.role(number) for number in range(options.devices)]
        fleet = video.Fleet(Party(config.video_code, host, port), options.interval, faults, tally)
        return video.simulate(roles, fleet, seconds=seconds)
    return devices.simulate(
        speaker, devices=options.devices, host=host, port=port, interval_s=options.interval, seconds=seconds,
        faults=faults, tally=tally,
    )  # fmt: skip


def with_key(token: str):
    """The devices that post, with a key and what their Datastreams are called."""
    from anlan.areas.risk.monitoring.models import Instrument
    from anlan.cli.simulators.speakers import Pushers

    rows = Instrument.objects.filter(station__protocol=Pushers.protocol, station__code__startswith="SIM-")
    found: dict[str, tuple[int, ...]] = {}
    for key, address in rows.order_by("code").values_list("pk", "station__address"):
        found[address] = (*found.get(address, ()), key)
    return Pushers(token, found)


def register(speaker, devices: int) -> int:
    """Register simulated devices as demo stations of the city; how many there are."""
    from django.conf import settings
    from django.db import transaction

    from anlan.areas.risk.monitoring.models import Instrument, Station
    from anlan.foundation.places.models import Area

    city = Area.objects.get(pk=settings.ANLAN.city)
    with transaction.atomic():
        known = set(Station.objects.filter(protocol=speaker.protocol).values_list("address", flat=True))
        made = Station.objects.bulk_create(
            [
                Station(
                    code=f"SIM-{speaker.protocol}-{n:05d}", name=f"模拟设备 {speaker.protocol} {n}", kind=speaker.kind,
                    area=city, protocol=speaker.protocol, address=speaker.address(n),
                    password=speaker.password, is_demo=True,
                )
                for n in range(devices)
                if speaker.address(n) not in known
            ],
            batch_size=500,
        )  # fmt: skip
        Instrument.objects.bulk_create(
            [
                Instrument(
                    station=station, area=city, code=f"{station.code}-{k}", name=one.channel, quantity=one.quantity,
                    channel=one.channel, is_demo=True,
                )
                for station in made
                for k, one in enumerate(speaker.channels)
            ],
            batch_size=500,
        )  # fmt: skip
    return Station.objects.filter(code__startswith=f"SIM-{speaker.protocol}-").count()
