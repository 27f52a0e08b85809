"""A delivery is kept and judged at once: alarms rise, merge, climb and end, and the platform hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.risk.monitoring import queries, services, storage
from anlan.areas.risk.monitoring.models import Alarm, DeviceCommand, GatewayMinute, Instrument, Latest, MalformedFrame
from anlan.areas.risk.monitoring.readings import milliseconds
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.events.models import OutboxRow
from tests.areas.risk.monitoring.conftest import take_in

START = datetime(2026, 6, 1, 8, tzinfo=UTC)


class Line:
    """Deliveries of one instrument, a minute apart."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument, self.judge = instrument, queries.judge(START)

    def send(self, *rows: tuple[float, float]) -> None:
        """Minutes after the start, value; received with the last of them."""
        at = START + timedelta(minutes=max(minute for minute, _ in rows))
        delivery = services.Delivery(
            received_at=at,
            rows=[
                (self.instrument.pk, milliseconds(START + timedelta(minutes=minute)), value, 0)
                for minute, value in rows
            ],
            counts={"hj212": {"frames": 1, "readings": len(rows), "devices": 3}},
        )
        take_in(delivery, self.judge)


def told() -> list[str]:
    """The levels that were published."""
    rows = OutboxRow.objects.filter(topic="ReadingExceeded").order_by("pk")
    return [row.payload["level"] for row in rows]


def test_an_alarm_rises_is_merged_climbs_and_ends(field):
    line = Line(field.gas)
    line.send((0, 2.0))
    assert not Alarm.objects.exists()
    for minute, value in ((1, 30.0), (2, 31.0), (3, 60.0), (4, 61.0)):
        line.send((minute, value))
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.peak, alarm.occurrences, alarm.is_exercise) == ("red", "red", 4, False)
    assert [step[1] for step in alarm.steps] == ["yellow", "red"]
    assert alarm.rule.startswith("monitoring.gas_alarm")
    assert "GB/T 50493" in alarm.citation
    assert alarm.area_code == "371572"
    line.send((5, 1.0), (20, 1.0))
    alarm.refresh_from_db()
    assert alarm.cleared_at
    assert alarm.level == ""
    assert alarm.peak == "red"
    assert told() == ["yellow", "red", ""]
    assert Latest.objects.get(instrument=field.gas).value == 1.0
    assert storage.series(field.gas.pk, START, START + timedelta(hours=1)).value.tolist() == [2, 30, 31, 60, 61, 1, 1]
    assert GatewayMinute.objects.filter(protocol="hj212").count() == 6


def test_a_worse_level_wants_to_be_acknowledged_again(field, people):
    line = Line(field.gas)
    line.send((0, 30.0))
    services.acknowledge_alarm(actor=people["duty_officer"], alarm=Alarm.objects.get(), reason="real")
    assert not queries.waiting_alarms(people["duty_officer"]).exists()
    line.send((1, 60.0))
    assert queries.waiting_alarms(people["duty_officer"]).exists()
    assert AuditEntry.objects.filter(action="alarm.acknowledge").exists()


def test_while_a_level_is_held_its_text_says_that_the_value_fell(field):
    line = Line(field.gas)
    line.send((0, 30.0))
    assert "达到黄色阈值 25 %LEL" in Alarm.objects.get().title
    line.send((1, 3.0))
    assert "回落到 3.0 %LEL，低于黄色阈值 25 %LEL" in Alarm.objects.get().title


def test_while_silenced_it_is_recorded_and_nobody_is_called(field, people):
    services.silence_instrument(actor=people["enterprise"], instrument=field.gas, hours=1, reason="更换探头")
    Line(field.gas).send((0, 30.0))
    assert Alarm.objects.get().is_silenced
    assert told() == []
    assert not queries.waiting_alarms(people["duty_officer"]).exists()
    assert queries.alarm_budget(people["duty_officer"]).alarms == 0


def test_silence_has_a_reason_and_an_end(field, people):
    for hours, reason in ((1, " "), (100, "更换探头"), (-1, "更换探头")):
        with pytest.raises(ValidationError):
            services.silence_instrument(actor=people["duty_officer"], instrument=field.gas, hours=hours, reason=reason)


def test_in_maintenance_readings_are_kept_and_not_judged(field, people):
    until = timezone.now() + timedelta(days=4000)
    services.change_state(actor=people["enterprise"], instrument=field.gas, state="maintenance", until=until)
    Line(field.gas).send((0, 60.0))
    assert not Alarm.objects.exists()
    assert storage.series(field.gas.pk, START, START).flag.tolist() == [6]
    with pytest.raises(ValidationError):
        services.change_state(actor=people["enterprise"], instrument=field.gas, state="calibration", until=None)


def test_what_a_demo_station_sends_is_an_exercise(field):
    type(field.gas.station).objects.update(is_demo=True)
    Line(field.gas).send((0, 60.0))
    assert Alarm.objects.get().is_exercise
    assert OutboxRow.objects.get(topic="ReadingExceeded").payload["is_exercise"] is True


def test_rain_is_judged_over_the_hours_before_with_what_is_stored(field):
    line = Line(field.rain)
    line.send(*((minute, 100 + minute / 50) for minute in range(0, 240, 5)))
    line.judge = queries.judge(START)
    line.send((240, 199.0))
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.window_h, alarm.value) == ("orange", 3, pytest.approx(199.0 - 101.2))
    assert "小时降水量" in alarm.title


def test_a_late_reading_does_not_turn_the_newest_back(field):
    line = Line(field.stage)
    line.send((60, 29.0))
    line.send((30, 28.0))
    assert Latest.objects.get(instrument=field.stage).value == 29.0
    assert storage.series(field.stage.pk, START, START + timedelta(hours=2)).value.tolist() == [28.0, 29.0]


def test_a_stage_climbs_mark_by_mark(field):
    line = Line(field.stage)
    for minute, value in ((0, 29.0), (15, 30.1), (30, 31.1), (45, 32.1)):
        line.send((minute, value))
    found = [step[1] for step in Alarm.objects.get().steps]
    assert found == sorted(found, key=["blue", "yellow", "orange", "red"].index)
    assert found[-1] == "red"


def test_a_frame_that_cannot_be_read_is_kept_once_and_counted(field):
    for _ in range(2):
        services.take_in(
            services.Delivery(
                received_at=START,
                malformed=[("hj212", "192.0.2.1:1", "crc", "校验码不符", b"##bad")],
                unknown=[("sl651", "0099999999", "", "未登记的测站地址", b"~~")],
            ),
            queries.judge(START),
        )
    frame = MalformedFrame.objects.get()
    assert (frame.times, bytes(frame.raw)) == (2, b"##bad")


def test_only_who_is_in_charge_acknowledges(field, people):
    Line(field.stage).send((0, 31.5))
    alarm = Alarm.objects.get()
    for role in ("enterprise", "county", "analyst"):
        with pytest.raises(PermissionDenied):
            services.acknowledge_alarm(actor=people[role], alarm=alarm)


def test_a_command_waits_for_its_device_and_is_given_up_after_its_time(field, people):
    command = services.send_command(
        actor=people["system_administrator"], station=field.rain.station, code="37", parameters={}
    )
    assert [one.pk for one in services.commands_to_send()] == [command.pk]
    DeviceCommand.objects.update(asked_at=timezone.now() - services.COMMAND_LIFE * 2)
    services.expire_commands()
    assert services.commands_to_send() == []
    command.refresh_from_db()
    assert command.status == DeviceCommand.Status.EXPIRED


def test_what_one_county_raises_on_one_day_calls_once_in_the_budget(field, people):
    line = Line(field.gas)
    for minute in (0, 60, 120):
        line.send((minute, 30.0), (minute + 5, 1.0), (minute + 30, 1.0))
    assert Alarm.objects.count() == 3
    assert queries.alarm_budget(people["duty_officer"]).alarms == 1
