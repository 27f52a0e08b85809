"""A rain station, a river station and a works, with what their instruments are called."""

from dataclasses import dataclass

import pytest

from anlan.areas.risk.monitoring import services
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.areas.risk.monitoring.newest import Newest
from anlan.areas.risk.monitoring.rules import Judge


@dataclass
class Field:
    """The stations of a test."""

    rain: Instrument
    stage: Instrument
    gas: Instrument


@pytest.fixture
def field(city, people, rules) -> Field:
    """One instrument of each way of judging."""

    def instrument(code: str, quantity: str, channel: str, area: str, **station) -> Instrument:
        place = Station.objects.create(code=code, name=f"{code}站", area_id=area, lon=116.2, lat=36.8, **station)
        return Instrument.objects.create(
            code=f"{code}-1", name=f"{code}仪", station=place, quantity=quantity, channel=channel, area_id=area
        )

    return Field(
        rain=instrument("R1", "rain_total", "PT", "371526105", kind="rain", protocol="sl651", address="0037150001"),
        stage=instrument(
            "H1", "stage", "Z", "371503001", kind="river", protocol="sl651", address="0037150002",
            warning_mark=30.0, guaranteed_mark=31.0, historic_mark=32.0, marks_source="测试",
        ),
        gas=instrument(
            "G1", "gas_combustible", "a05002-Rtd", "371572", kind="works", protocol="hj212", address="MN1",
            department=people["enterprise"].department,
        ),
    )  # fmt: skip


def take_in(delivery: services.Delivery, judge: Judge) -> None:
    """Keep a delivery and move the newest readings on, as the gateway does."""
    newest = Newest()
    newest.note(services.take_in(delivery, judge))
    newest.write()
