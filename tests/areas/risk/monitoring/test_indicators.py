"""What is measured, reported and taken over, as numbers; samples are not counted outside a demonstration."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.risk.monitoring import indicators
from anlan.areas.risk.monitoring.models import Alarm, DeviceState, Latest, Station


@pytest.fixture
def alarm(field):
    at = timezone.now() - timedelta(hours=2)
    return Alarm.objects.create(
        instrument=field.gas, area_code="371572", kind="threshold", level="yellow", peak="yellow", title="报警",
        raised_at=at, recorded_at=at, last_at=at, acknowledged_at=at + timedelta(minutes=10),
    )  # fmt: skip


def test_coverage_and_online_count_what_is_registered(field):
    now = timezone.now()
    Latest.objects.create(instrument=field.rain, observed_at=now, received_at=now, value=1.0)
    assert indicators.townships_covered("371500", now).value == 20.0
    assert indicators.townships_covered("371526", now).value == 50.0
    online = indicators.instruments_online("371500", now)
    assert (online.value, online.samples) == (33.3, 3)
    assert indicators.instruments_online("371500", now + timedelta(days=2)).value == 0.0


def test_alarms_are_held_against_points_and_days(field, alarm):
    found = indicators.alarms_per_100("371500", timezone.now())
    assert (found.value, found.samples) == (round(100 / 3 / 30, 2), 3)
    assert indicators.alarms_taken_over("371500", timezone.now()).value == 100.0
    Alarm.objects.update(acknowledged_at=timezone.now())
    assert indicators.alarms_taken_over("371500", timezone.now()).value == 0.0


def test_samples_and_exercises_do_not_count(field, alarm):
    Alarm.objects.update(is_exercise=True)
    Station.objects.update(is_demo=True)
    now = timezone.now()
    assert indicators.alarms_taken_over("371500", now).value is None
    assert indicators.instruments_online("371500", now).value is None
    assert indicators.townships_covered("371500", now).value == 0.0


def test_devices_count_as_connected_while_they_are_heard(field):
    now = timezone.now()
    stations = list(Station.objects.exclude(protocol=""))
    DeviceState.objects.create(station=stations[0], heard_at=now - timedelta(hours=1), peer="10.0.0.1:1")
    found = indicators.devices_connected("371500", now)
    assert (found.value, found.samples) == (round(100 / len(stations), 1), len(stations))
    assert indicators.devices_connected("371500", now + timedelta(days=2)).value == 0.0
