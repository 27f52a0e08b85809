"""A field of stations with readings, some of them merged, and somebody who asks by address."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from anlan.areas.risk.monitoring import storage
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.areas.risk.monitoring.readings import Readings, milliseconds
from anlan.areas.risk.monitoring.views.sensorthings import ALLOWANCE

START = datetime(2026, 6, 1, 22, tzinfo=UTC)
ROOT = "/sta/v1.1"


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def keep(instrument, values: dict[int, float], *, flag: int = 0, is_merged: bool = False) -> None:
    """Readings by minutes after the start."""
    rows = [(instrument.pk, milliseconds(at(minute)), value, flag) for minute, value in values.items()]
    storage.store(received_at=START + timedelta(days=9), readings=Readings.of(rows), digests=b"", frames=b"")
    if is_merged:
        storage.merge()


@pytest.fixture(autouse=True)
def _rested():
    """Nobody has used up their allowance."""
    ALLOWANCE._left.clear()


@pytest.fixture
def world(field):
    """The field with five days of stages, some rain, a gas detector; and a station without a position."""
    keep(field.stage, {minute: 29.0 + minute / 1000 for minute in range(0, 5 * 1440, 30)}, is_merged=True)
    keep(field.stage, {30: 99.5, 5 * 1440: 31.5})
    keep(field.rain, {0: 1.0, 60: 2.0, 180: float("nan")})
    keep(field.gas, {60: 7.0}, flag=5)
    bare = Station.objects.create(code="B1", name="无位置站", kind="other", area_id="371502")
    field.bare = Instrument.objects.create(
        code="B1-1", name="温度计", station=bare, quantity="temperature", channel="T", area_id="371502"
    )
    return field


@pytest.fixture
def ask(client_of):
    """`ask("Things?$top=1")` as a duty officer: the JSON; `ask(path, status=404, role="county")` otherwise."""
    clients = {}

    def asked(path: str, *, status: int = 200, role: str = "duty_officer"):
        if role not in clients:
            clients[role] = client_of(role)
        client = clients[role]
        path, mark, query = path.partition("?")
        response = client.get(f"{ROOT}/{quote(path)}{mark}{quote(query, safe='=&$(),;/:')}")
        assert response.status_code == status, response.content.decode()
        return response.json() if response.get("Content-Type", "").startswith("application/json") else response

    return asked


@pytest.fixture
def follow(client_of):
    """Every page from an answer on, by its @iot.nextLink."""
    client = client_of("duty_officer")

    def pages(answer: dict):
        yield answer
        while link := answer.get("@iot.nextLink"):
            response = client.get(link.removeprefix("http://testserver"))
            assert response.status_code == 200, response.content.decode()
            answer = response.json()
            yield answer

    return pages


def names(answer: dict) -> list[str]:
    return [one["name"] for one in answer["value"]]
