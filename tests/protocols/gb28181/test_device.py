"""A played device and the platform, talking to each other through nothing but bytes and time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from anlan.protocols.gb28181 import bodies
from anlan.protocols.gb28181.bodies import Body, Query
from anlan.protocols.gb28181.catalogue import CatalogItem
from anlan.protocols.gb28181.device import Commanded, Device, Invited, Standing
from anlan.protocols.gb28181.digest import Authenticator
from anlan.protocols.gb28181.exchange import Agent, Collector, Party
from anlan.protocols.gb28181.registrar import Answered, Ended, Gone, Registered, Registrar, Reported
from anlan.protocols.gb28181.sdp import Session
from anlan.protocols.gb28181.transactions import Send, Source

START = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
PLATFORM, RECORDER = Party("37150000002000000001", "10.0.0.1"), Party("37152600001180000001", "10.0.0.64")
PLACE = Source(RECORDER.host, RECORDER.port)


def answers(body: Body) -> Iterable[Body]:
    """A recorder with three cameras that sends two parts."""
    if body.cmd_type == "Catalog":
        cameras = [CatalogItem(device_id=f"3715260000132000000{one}", name=f"{one} 号", status="ON") for one in "123"]
        for part in (cameras[:2], cameras[2:]):
            yield bodies.Catalog(sn=body.sn, device_id=RECORDER.code, sum_num=3, device_list=tuple(part))


@dataclass
class Line:
    """Both sides and the wire between them; `is_cut` loses everything."""

    device: Device
    platform: Registrar
    now: datetime = START
    is_cut: bool = False
    told: list[object] = field(default_factory=list)
    heard: list[object] = field(default_factory=list)

    def carry(self, outputs: list, *, from_device: bool) -> None:  # type: ignore[type-arg]
        for output in outputs:
            if not isinstance(output, Send):
                (self.heard if from_device else self.told).append(output)
            elif not self.is_cut and from_device:
                self.carry(self.platform.receive(output.data, PLACE, self.now), from_device=False)
            elif not self.is_cut:
                self.carry(self.device.receive(output.data, self.now), from_device=True)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.carry(self.device.tick(self.now), from_device=True)
            self.carry(self.platform.tick(self.now), from_device=False)

    def of(self, kind: type) -> list:  # type: ignore[type-arg]
        return [one for one in self.told if isinstance(one, kind)]


@pytest.fixture
def line() -> Line:
    gate = Authenticator("3715000000", b"secret of the test")
    platform = Registrar(Agent(PLATFORM, seed="platform"), gate, {RECORDER.code: "secret"}.get)
    device = Device(
        Agent(RECORDER, seed="recorder"), PLATFORM, "secret", expires=600, answers=answers,
        stream=lambda asked: Session(owner=RECORDER.code, address="10.0.0.64", port=9000, direction="sendonly",
                                     ssrc=asked.ssrc),
    )  # fmt: skip
    found = Line(device, platform)
    found.carry(device.start(START), from_device=True)
    return found


def test_a_device_stays_registered_for_hours(line: Line) -> None:
    assert line.heard == [Standing(True, 200)]
    line.run(2 * 3600)
    assert line.device.is_online
    assert line.of(Gone) == []
    assert len(line.of(Registered)) > 10
    assert len(line.of(Reported)) > 100


def test_a_device_comes_back_after_the_line_was_cut(line: Line) -> None:
    line.is_cut = True
    line.run(400)
    assert [one.reason for one in line.of(Gone)] == ["silent"]
    assert not line.device.is_online
    line.is_cut = False
    line.run(120)
    assert line.device.is_online
    assert RECORDER.code in line.platform.registrations


def test_a_device_that_the_platform_forgot_registers_again(line: Line) -> None:
    line.platform.registrations.clear()
    line.run(61)
    assert Standing(False, 403) in line.heard
    assert line.device.is_online


def test_a_catalogue_is_asked_for_and_put_together(line: Line) -> None:
    query = Query(cmd_type="Catalog", sn=line.platform.agent.number(), device_id=RECORDER.code)
    token, outputs = line.platform.ask(RECORDER.code, query, line.now)
    line.carry(outputs, from_device=False)
    assert Commanded(query) in line.heard
    assert Answered(token, RECORDER.code, 200) in line.told
    collector = Collector()
    parts = [collector.add(one.device_id, one.body, line.now) for one in line.of(Reported)]
    assert isinstance(parts[-1], bodies.Catalog)
    assert [item.name for item in parts[-1].device_list] == ["1 号", "2 号", "3 号"]


def test_positions_come_through_a_subscription(line: Line) -> None:
    query = Query(cmd_type="MobilePosition", sn=1, device_id=RECORDER.code, interval=5)
    token, outputs = line.platform.subscribe(RECORDER.code, query, line.now, expires=300)
    line.carry(outputs, from_device=False)
    line.run(1000)  # renewed meanwhile
    position = bodies.MobilePosition(sn=1, device_id=RECORDER.code, longitude=116.0, latitude=36.5)
    line.carry(line.device.report(position, line.now), from_device=True)
    assert line.told[-1] == Reported(RECORDER.code, position, token)
    line.carry(line.platform.close(token, line.now), from_device=False)
    assert line.told[-1] == Ended(token, RECORDER.code)
    line.carry(line.device.report(position, line.now), from_device=True)
    assert line.told[-1] == Reported(RECORDER.code, position)


def test_a_view_is_opened_and_closed(line: Line) -> None:
    offer = Session(owner=PLATFORM.code, address="10.0.0.9", port=30000, ssrc="0500000001")
    token, outputs = line.platform.invite(RECORDER.code, offer, line.now, target="37152600001320000001")
    line.carry(outputs, from_device=False)
    opened = line.told[-1]
    assert isinstance(opened, Answered)
    assert opened.session is not None
    assert (opened.status, opened.session.port, opened.session.ssrc) == (200, 9000, "0500000001")
    assert line.heard[-1] == Invited(token, offer)
    line.run(60)
    line.carry(line.platform.close(token, line.now), from_device=False)
    assert line.heard[-1] == Invited(token, None)
    assert line.told[-1] == Ended(token, RECORDER.code)


def test_a_device_leaves(line: Line) -> None:
    line.carry(line.device.start(line.now, expires=0), from_device=True)
    assert line.of(Gone) == [Gone(RECORDER.code, "request")]
    assert not line.device.is_online
    line.run(200)
    assert len(line.of(Registered)) == 1


def test_a_wrong_password_is_not_tried_at_once(line: Line) -> None:
    other = Device(Agent(RECORDER, seed="other"), PLATFORM, "guess")
    bad = Line(other, line.platform)
    bad.carry(other.start(bad.now), from_device=True)
    assert bad.heard == [Standing(False, 403)]
    bad.run(59)
    assert len(bad.heard) == 1
    bad.run(1)
    assert len(bad.heard) == 2
