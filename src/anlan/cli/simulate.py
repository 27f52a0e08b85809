"""`anlan simulate`: what does not exist, through the same doors as what does."""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Coroutine, Mapping

HELP = "simulate devices that speak to the gateways, or what a release, a fire, a leak or a crowd does"
#: The gateway learns of new devices within so many seconds.
LEARN_S = 3.0
#: Devices that call are those of anlan.cli.simulators.speakers; Modbus instruments are called.
MODBUS = "modbus"
#: Cameras hold SIP dialogues of their own; devices of this one post to the web server with a key.
VIDEO, POSTED = "gb28181", "sensorthings"
PROTOCOLS = ("sl651", "hj212", "jt808", "gb26875", "jt809", "mqtt", POSTED, MODBUS, VIDEO)
#: Ports of what is no gateway of Anlan's: a broker, and the simulated instruments.
ELSEWHERE = {"mqtt": 1883, MODBUS: 5020}
#: The setting with the port where it is not called after the protocol.
PORT_SETTINGS = {POSTED: "web_port"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is simulated: devices, or a hazard."""
    from anlan.cli.simulators import hazards
    from anlan.cli.simulators.devices import FAULTS

    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    hazards.add_arguments(kinds)
    devices = kinds.add_parser("devices", help="thousands of devices of one or several protocols")
    devices.add_argument(
        "--protocol", default="hj212", metavar="NAME,...", help=f"{', '.join(PROTOCOLS)}; several share the devices"
    )
    devices.add_argument("--devices", type=int, default=100, help="how many (default 100)")
    devices.add_argument(
        "--interval", type=float, default=10.0, help="seconds between two messages of a device (default 10)"
    )
    devices.add_argument("--minutes", type=float, default=1.0, help="how long (default 1)")
    devices.add_argument(
        "--faults", default="", metavar="NAME=SHARE,...",
        help="what goes wrong how often, for example flip=0.01,twice=0.02: " + "; ".join(f"{k}: {v}" for k, v in FAULTS.items()),
    )  # fmt: skip
    devices.add_argument("--host", default="", help="the gateway's or broker's address (default: the settings')")
    devices.add_argument(
        "--port", type=int, default=0,
        help="the gateway's port (default: the settings'), the broker's (1883), or where Modbus instruments listen (5020)",
    )  # fmt: skip
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


def protocols_of(text: str) -> list[str]:
    """The protocols that `--protocol` names.

    >>> protocols_of("hj212, sl651")
    ['hj212', 'sl651']
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(PROTOCOLS):
        raise ValueError(f"--protocol {text!r}: one or several of {', '.join(PROTOCOLS)}")
    if len(names) > 1 and (alone := {MODBUS, VIDEO} & set(names)):
        raise ValueError(f"--protocol {min(alone)}: its devices hold another kind of conversation; simulate them alone")
    return names


def run(options: argparse.Namespace) -> int:
    """Print what a hazard does, or let devices speak until the time is over and print how it went."""
    from anlan.cli.simulators import hazards

    if options.what != "devices":
        return hazards.run(options)
    import django

    django.setup()
    from django.conf import settings

    from anlan.cli.simulators.devices import Tally
    from anlan.cli.simulators.video import FAULTS as CAMERA_FAULTS
    from anlan.gateways.live import allow_many_connections

    config = settings.ANLAN
    try:
        faults, names = faults_of(options.faults), protocols_of(options.protocol)
        if names == [VIDEO] and (unfit := sorted(set(faults) - set(CAMERA_FAULTS))):
            raise ValueError(f"--faults {unfit[0]}: cameras know only {', '.join(CAMERA_FAULTS)}")
        if POSTED in names and not options.token:
            raise ValueError("--token: devices that post need a key; `anlan issue-token USER PURPOSE` prints one")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    host = options.host or config.host
    ports = {
        name: options.port or ELSEWHERE.get(name) or getattr(config, PORT_SETTINGS.get(name, f"{name}_port"))
        for name in names
    }  # fmt: skip
    if options.register:
        for name, port in ports.items():
            print(
                f"{register(name, options.devices // len(names), host=host, port=port)} devices registered", flush=True
            )
        time.sleep(LEARN_S)
    if POSTED in names:
        speaker, wanted = with_key(options.token), range(options.devices // len(names))
        if missing := [n for n in wanted if speaker.address(n) not in speaker.datastreams]:
            print(f"{len(missing)} devices are not registered; add --register", file=sys.stderr)
            return 2
    allow_many_connections()
    tally = Tally()
    conversation = _conversation(names, ports, host, options, faults, tally)  # looks into the registers: no loop yet

    async def play() -> None:
        playing = asyncio.create_task(conversation)
        while not playing.done():
            await asyncio.wait({playing}, timeout=5)
            print(tally.line(), flush=True)
        await playing

    asyncio.run(play())
    if tally.delays:
        ordered = statistics.quantiles(tally.delays, n=100) if len(tally.delays) > 1 else tally.delays * 99
        print(f"confirmed after {ordered[49] * 1000:.0f} ms (p50), {ordered[98] * 1000:.0f} ms (p99)")
    return 0 if tally.confirmed else 1


def _conversation(
    names: list[str], ports: Mapping[str, int], host: str, options: argparse.Namespace, faults: dict[str, float], tally
) -> Coroutine:
    """All devices for the time that the options say."""
    from django.conf import settings

    from anlan.cli.simulators import devices, video
    from anlan.cli.simulators.instruments import serve_instruments
    from anlan.cli.simulators.speakers import SPEAKERS
    from anlan.protocols.gb28181 import Party

    seconds = options.minutes * 60
    if names == [MODBUS]:
        return serve_instruments(
            devices=options.devices, host=host, port=ports[MODBUS], seconds=seconds, faults=faults, tally=tally
        )
    if names == [VIDEO]:
        roles = [video.VideoSpeaker().role(number) for number in range(options.devices)]
        party = Party(settings.ANLAN.video_code, host, ports[VIDEO])
        return video.simulate(roles, video.Fleet(party, options.interval, faults, tally), seconds=seconds)
    speakers = [(with_key(options.token) if name == POSTED else SPEAKERS[name], port) for name, port in ports.items()]
    return devices.simulate(
        speakers, devices=options.devices, host=host, interval_s=options.interval, seconds=seconds, faults=faults,
        tally=tally,
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


def register(protocol: str, devices: int, *, host: str = "127.0.0.1", port: int = 0) -> int:
    """Register simulated devices as demo stations of the city; how many there are.

    `host` and `port` are where a broker or the simulated Modbus instruments are found.
    """
    from django.conf import settings
    from django.db import transaction

    from anlan.areas.risk.monitoring.models import Instrument, Source, Station
    from anlan.cli.simulators import instruments
    from anlan.cli.simulators.speakers import SPEAKERS
    from anlan.cli.simulators.video import VideoSpeaker
    from anlan.foundation.places.models import Area

    city = Area.objects.get(pk=settings.ANLAN.city)
    speaker = (SPEAKERS | {VIDEO: VideoSpeaker(), MODBUS: instruments})[protocol]
    with transaction.atomic():
        sources: dict[str, Source] = {}

        def source_of(number: int) -> Source | None:
            said = speaker.source(number)
            if said is not None and said["code"] not in sources:
                place = {} if protocol == "jt809" else {"host": host, "port": port}
                kept = {"kind": protocol, "area": city, "is_enabled": True} | place | said
                sources[said["code"]], _ = Source.objects.update_or_create(code=said["code"], defaults=kept)
            return sources[said["code"]] if said is not None else None

        known = set(Station.objects.filter(protocol=protocol).values_list("address", flat=True))
        made = Station.objects.bulk_create(
            [
                Station(
                    code=f"SIM-{protocol}-{n:05d}", name=f"模拟设备 {protocol} {n}", kind=speaker.kind,
                    area=city, protocol=protocol, address=speaker.address(n), source=source_of(n),
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
    return Station.objects.filter(code__startswith=f"SIM-{protocol}-").count()
