"""Vehicle terminals over real sockets: they register, show their code, tell where they are, hear texts."""

import asyncio

import pytest

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import (
    DeviceCommand,
    Instrument,
    IntakeBatch,
    MalformedFrame,
    Station,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.services import send_command
from anlan.areas.transport.fleet.models import Vehicle
from anlan.gateways.process import Gateways
from anlan.protocols import jt808
from anlan.protocols.jt808.messages import Authentication, Authentication2019, Nothing, Registration, Registration2019
from tests.gateways.conftest import ago, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138000"


@pytest.fixture
def truck(city, rules):
    Vehicle.objects.create(code="鲁P12345", name="抢险车", kind="truck", area_id="371502", terminal=PHONE)
    return Station.objects.create(
        code="V1", name="抢险车", kind="vehicle", area_id="371502", protocol="jt808", address=PHONE
    )


class Terminal:
    """A vehicle's terminal on its own socket."""

    def __init__(self, port: int, *, is_2019: bool = False) -> None:
        self.port, self.version, self.serial = port, 1 if is_2019 else None, 0
        self._splitter = jt808.Splitter()
        self.heard: list[jt808.Message] = []

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    def frame(self, message_id: int, body: jt808.Body) -> bytes:
        self.serial += 1
        return jt808.encode(jt808.Message(jt808.Header(message_id, PHONE, self.serial, self.version), body))

    async def ask(self, message_id: int, body: jt808.Body) -> jt808.Message:
        self.writer.write(self.frame(message_id, body))
        return await self.next()

    async def next(self) -> jt808.Message:
        while not self.heard:
            data = await asyncio.wait_for(self.reader.read(4096), 10)
            assert data, "the gateway hung up"
            self.heard += [jt808.decode(frame) for frame in self._splitter.feed(data)]
        return self.heard.pop(0)

    async def sign_in(self) -> None:
        values = (37, 1500, "ANLAN", "T1", "0000001", 2, "鲁P12345")
        registration = Registration2019(*values) if self.version else Registration(*values)
        answer = await self.ask(0x0100, registration)
        assert answer.body.result == 0
        code = answer.body.code
        shown = Authentication2019(code, "123456789012345", "1.0") if self.version else Authentication(code)
        assert (await self.ask(0x0102, shown)).body.result == 0


def located(minutes: float, lon: float, lat: float, speed: float = 62.5, status: int = 0b11) -> jt808.Location:
    moment = ago(minutes=minutes).astimezone(jt808.SHANGHAI)
    items = ((0x01, (12345).to_bytes(4, "big")),)
    return jt808.Location(0, status, lat, lon, 35, speed, 90, moment.strftime("%y%m%d%H%M%S"), items)


def play(story, *, is_2019: bool = False):
    async def run():
        gateways = Gateways()
        await gateways.start("127.0.0.1", {"jt808": 0})
        try:
            async with Terminal(gateways.server("jt808").port, is_2019=is_2019) as terminal:
                return await story(terminal, gateways)
        finally:
            await gateways.stop()

    return asyncio.run(run())


def values(channel: str) -> list[float]:
    instrument = Instrument.objects.get(code=f"V1-{channel}")
    return storage.series(instrument.pk, ago(days=1), ago(days=-1)).value.tolist()


@pytest.mark.parametrize("is_2019", [False, True], ids=["2013", "2019"])
def test_a_terminal_registers_and_its_way_is_kept_and_moves_the_vehicle(truck, is_2019):
    async def story(terminal, gateways):
        await terminal.sign_in()
        assert (await terminal.ask(0x0200, jt808.Report(located(3, 115.98, 36.45)))).body.answered_id == 0x0200
        batch = jt808.Batch(1, (located(2, 115.985, 36.455), located(1, 115.99, 36.46)))
        assert (await terminal.ask(0x0704, batch)).body.result == 0
        await in_thread(gateways.intake._keep_states)

    play(story, is_2019=is_2019)
    assert values("lon") == [115.98, 115.985, 115.99]
    assert values("mileage") == [1234.5] * 3
    vehicle = Vehicle.objects.get()
    assert (vehicle.lon, vehicle.lat) == (115.99, 36.46)


def test_coordinates_of_the_map_plug_in_are_converted_when_registered_so(truck):
    Station.objects.update(crs="gcj02")

    async def story(terminal, _gateways):
        await terminal.sign_in()
        await terminal.ask(0x0200, jt808.Report(located(1, 115.99105131, 36.45679159)))

    play(story)
    assert values("lon") == [pytest.approx(115.985371, abs=2e-6)]
    assert values("lat") == [pytest.approx(36.456704, abs=2e-6)]


def test_a_position_without_a_fix_is_kept_and_moves_nothing(truck):
    async def story(terminal, gateways):
        await terminal.sign_in()
        await terminal.ask(0x0200, jt808.Report(located(1, 0.0, 0.0, status=0b01)))
        await in_thread(gateways.intake._keep_states)

    play(story)
    assert Vehicle.objects.get().located_at is None
    assert len(values("lon")) == 1


def test_a_terminal_that_shows_no_code_is_not_listened_to(truck):
    async def story(terminal, _gateways):
        assert (await terminal.ask(0x0200, jt808.Report(located(1, 115.98, 36.45)))).body.result == 1
        assert (await terminal.ask(0x0102, Authentication("guessed"))).body.result == 1
        assert (await terminal.ask(0x0200, jt808.Report(located(1, 115.98, 36.45)))).body.result == 1

    play(story)
    assert not IntakeBatch.objects.filter(count__gt=0).exists()
    assert UnknownDevice.objects.get().problem == "没有鉴权或鉴权码不符"


def test_a_terminal_that_nobody_registered_is_told_so(city, rules):
    async def story(terminal, _gateways):
        values = (37, 1500, "ANLAN", "T1", "0000001", 2, "鲁P12345")
        return (await terminal.ask(0x0100, Registration(*values))).body.result

    assert play(story) == 4
    assert UnknownDevice.objects.get().address == PHONE


def test_a_message_in_packets_is_put_together(truck):
    async def story(terminal, _gateways):
        await terminal.sign_in()
        batch = jt808.Batch(0, tuple(located(minute, 115.9 + minute / 1000, 36.4) for minute in range(60, 0, -1)))
        frames = jt808.split(jt808.Message(jt808.Header(0x0704, PHONE, 100), batch), limit=500)
        assert len(frames) > 3
        for frame in frames:
            terminal.writer.write(frame)
            assert (await terminal.next()).body.answered_id == 0x0704

    play(story)
    assert len(values("lon")) == 60
    assert not MalformedFrame.objects.exists()


def test_a_text_reaches_the_terminal_and_its_answer_comes_back(truck, people):
    async def story(terminal, _gateways):
        await terminal.sign_in()
        await in_thread(
            lambda: send_command(
                actor=people["system_administrator"],
                station=truck,
                code="8300",
                parameters={"text": "前方积水，请绕行"},
            )
        )
        asked = await terminal.next()
        terminal.writer.write(terminal.frame(0x0001, jt808.Answer(asked.header.serial, 0x8300, 0)))
        while await in_thread(lambda: DeviceCommand.objects.get().status) != DeviceCommand.Status.ANSWERED:
            await asyncio.sleep(0.02)
        return asked

    asked = play(story)
    assert asked.message_id == 0x8300
    assert "成功" in DeviceCommand.objects.get().answer


def test_heartbeats_are_answered_and_the_clock_is_told(truck):
    async def story(terminal, _gateways):
        await terminal.sign_in()
        assert (await terminal.ask(0x0002, Nothing())).body.answered_id == 0x0002
        return (await terminal.ask(0x0004, Nothing())).body

    assert len(play(story).time) == 12


def test_the_way_is_drawn_broken_where_nothing_was_heard(truck, client_of):
    async def story(terminal, _gateways):
        await terminal.sign_in()
        for minutes, lon in ((90, 115.90), (88, 115.91), (3, 115.98), (2, 115.99), (1, 116.0)):
            await terminal.ask(0x0200, jt808.Report(located(minutes, lon, 36.45)))

    play(story)
    browser = client_of("duty_officer")
    way = browser.get(f"/stations/{truck.pk}/track.geojson?hours=24").json()
    assert [len(one["geometry"]["coordinates"]) for one in way["features"]] == [2, 3]
    assert way["properties"]["positions"] == 5
    assert way["properties"]["last"] == [116.0, 36.45]
    # 0.01 and 0.02 degrees of longitude at 36.45 N: 0.03 x 111.195 x cos(36.45)
    assert way["properties"]["km"] == pytest.approx(2.7, abs=0.05)
    page = browser.get(f"/stations/{truck.pk}/").content.decode()
    assert 'id="track"' in page
    assert "行驶速度" in page
    assert browser.get("/map/config.json").json()["areas"]
