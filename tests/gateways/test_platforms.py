"""A subordinate platform over real sockets: it logs in, is called back, tells where vehicles are, hears texts."""

import asyncio
import time

import pytest

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    DeviceCommand,
    Instrument,
    Latest,
    MalformedFrame,
    Source,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.services import send_command
from anlan.areas.transport.fleet.models import Vehicle
from anlan.gateways.process import Gateways
from anlan.protocols import jt809
from anlan.protocols.jt809 import bodies, supervision
from tests.gateways.conftest import ago, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
CENTRE, USER, PLATE = 37150001, 7, "鲁P12345"


@pytest.fixture
def platform(city, rules):
    return Source.objects.create(
        code="YUN", name="运达物流平台", kind="jt809", username=str(USER), password="secret", centre=CENTRE, area=city,
        cipher="30000000,20000000,20000000",
    )  # fmt: skip


@pytest.fixture
def truck(platform):
    Vehicle.objects.create(code=PLATE, name="危化品运输车", kind="truck", area_id="371502", terminal=PLATE)
    return Station.objects.create(
        code="V1",
        name="危化品运输车",
        kind="vehicle",
        area_id="371502",
        protocol="jt809",
        address=PLATE,
        source=platform,
    )


class Theirs:
    """The subordinate platform's own side: both links, over real sockets."""

    def __init__(self, port: int, *, password: str = "secret", terms: jt809.Terms | None = None) -> None:
        self.terms = terms or jt809.Terms()
        self.account = jt809.Account(user_id=USER, password=password, centre_id=CENTRE)
        self.port = port
        self.said: list[jt809.Message] = []
        self._writers: dict[str, asyncio.StreamWriter] = {}
        self._tasks: list[asyncio.Task] = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._called_back, "127.0.0.1", 0)
        here = ("127.0.0.1", self._server.sockets[0].getsockname()[1])
        self.side = jt809.Subordinate(self.account, superior=("127.0.0.1", self.port), here=here, terms=self.terms)
        self.side.start()
        reader, self._writers[jt809.MAIN] = await asyncio.open_connection("127.0.0.1", self.port)
        self._tasks.append(asyncio.create_task(self._listen(reader, jt809.MAIN)))
        self._do(self.side.connected(jt809.MAIN, now=time.time()))
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        for writer in self._writers.values():
            writer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _called_back(self, reader, writer):
        self._writers[jt809.SUB] = writer
        self._do(self.side.connected(jt809.SUB, now=time.time()))
        self._tasks.append(asyncio.create_task(self._listen(reader, jt809.SUB)))

    async def _listen(self, reader, link):
        splitter = jt809.Splitter()
        while data := await reader.read(4096):
            for frame in splitter.feed(data):
                message = jt809.decode(frame, cipher=self.terms.cipher)
                self.said.append(message)
                self._do(self.side.received(link, message, now=time.time()))

    def _do(self, actions) -> None:
        for action in actions:
            if isinstance(action, jt809.Send):
                self._writers[action.link].write(action.data)
            elif isinstance(action, jt809.Receive) and (answer := jt809.acknowledge(action.message)):
                self.send(answer)

    def send(self, message: jt809.Message) -> None:
        self._do(self.side.send(message, now=time.time()))

    async def until(self, found, *, patience_s: float = 15.0):
        for _ in range(int(patience_s / 0.02)):
            if result := found():
                return result
            await asyncio.sleep(0.02)
        raise AssertionError("it did not happen in time")


def located(minutes: float, lon: float, lat: float, *, plate: str = PLATE) -> jt809.Message:
    moment = ago(minutes=minutes).astimezone(jt809.SHANGHAI)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    place = jt809.Location(
        stamp=stamp, longitude=lon, latitude=lat, speed=62.5, direction=90, altitude=35, status=0b11, alarm=0
    )
    return jt809.draft(0x1202, bodies.RealLocation2019(place), plate=plate, plate_color=2)


def play(story, *, password: str = "secret", terms: jt809.Terms | None = None):
    async def run():
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"jt809": 0})
        try:
            async with Theirs(gateways.server("jt809").port, password=password, terms=terms) as theirs:
                return await story(theirs)
        finally:
            await gateways.stop()

    return asyncio.run(run())


async def until(found, *, patience_s: float = 15.0):
    for _ in range(int(patience_s / 0.05)):
        if result := await in_thread(found):
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


def values(channel: str) -> list[float]:
    instrument = Instrument.objects.get(code=f"V1-{channel}")
    return storage.series(instrument.pk, ago(days=1), ago(days=-1)).value.tolist()


@pytest.mark.parametrize(
    "terms",
    [jt809.Terms(), jt809.Terms(cipher=jt809.Cipher(m1=30_000_000, ia1=20_000_000, ic1=20_000_000), key=256178)],
    ids=["plain", "encrypted"],
)
def test_a_platform_logs_in_and_its_vehicles_are_where_they_are(truck, terms):
    async def story(theirs):
        await theirs.until(lambda: theirs.side.is_ready(jt809.SUB))
        theirs.send(located(2, 115.98, 36.45))
        theirs.send(located(1, 115.99, 36.46))
        theirs.send(located(1, 116.5, 36.5, plate="鲁P99999"))
        await until(lambda: Latest.objects.filter(value=115.99).exists())
        await until(UnknownDevice.objects.exists)

    play(story, terms=terms)
    assert values("lon") == [115.98, 115.99]
    assert values("speed") == [62.5, 62.5]
    assert UnknownDevice.objects.get().address == "YUN/鲁P99999"
    truck.refresh_from_db()
    assert not MalformedFrame.objects.exists()
    assert Source.objects.get().connected_at


def test_where_the_vehicle_is_moves_its_register_entry(truck):
    async def story(theirs):
        await theirs.until(lambda: theirs.side.is_ready(jt809.MAIN))
        theirs.send(located(1, 115.99, 36.46))
        await until(lambda: Vehicle.objects.get().located_at)

    play(story)
    vehicle = Vehicle.objects.get()
    assert (vehicle.lon, vehicle.lat) == (115.99, 36.46)
    assert vehicle.located_at.second == 0
    truck.refresh_from_db()
    assert (truck.lon, truck.lat) == (115.99, 36.46)


def test_a_platform_with_a_wrong_password_is_told_and_cut_off(truck):
    async def story(theirs):
        answer = await theirs.until(lambda: theirs.said)
        return answer[0].body

    assert play(story, password="guessed").result == 4
    assert Source.objects.get().connected_at is None


def test_a_text_reaches_the_driver_and_its_answer_comes_back(truck, people):
    async def story(theirs):
        await theirs.until(lambda: theirs.side.is_ready(jt809.SUB))
        theirs.send(located(1, 115.99, 36.46))
        await until(Latest.objects.exists)
        await in_thread(
            lambda: send_command(
                actor=people["system_administrator"],
                station=truck,
                code="9503",
                parameters={"text": "前方道路积水，请绕行"},
            )
        )
        await until(lambda: DeviceCommand.objects.get().status == DeviceCommand.Status.ANSWERED)
        return next(message.body for message in theirs.said if isinstance(message.body, supervision.TextInfo))

    assert play(story).msg_content == "前方道路积水，请绕行"
    assert "成功" in DeviceCommand.objects.get().answer
