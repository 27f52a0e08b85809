"""Shifts in people's own calendars: in the city's time, under lasting names, with what was swapped or cancelled."""

from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from anlan.areas.command.duty.services import cancel_shift
from anlan.foundation.accounts.models import Department


def events(content: bytes) -> dict[str, icalendar.Event]:
    return {str(event["UID"]).partition("@")[0]: event for event in icalendar.Calendar.from_ical(content).events}


@pytest.fixture
def read(client_of):
    """The events of a download by their names."""
    return lambda role="duty_officer", unit="": events(client_of(role).get(f"/duty/roster.ics?unit={unit}").content)


def test_times_are_the_citys(desk, client_of):
    desk.later.start = datetime(2030, 1, 1, 0, 0, tzinfo=ZoneInfo("UTC"))
    desk.later.end = datetime(2030, 1, 2, 0, 0, tzinfo=ZoneInfo("UTC"))
    desk.later.save()
    answer = client_of("duty_officer").get("/duty/roster.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().split("\r\n")
    assert "DTSTART;TZID=Asia/Shanghai:20300101T080000" in lines
    assert lines.count("BEGIN:VTIMEZONE") == 1
    assert all(len(line.encode()) <= 75 for line in lines)


def test_a_change_keeps_the_name_and_raises_the_number(desk, read):
    name = f"shift-{desk.later.pk}"
    assert read()[name]["SEQUENCE"] == 0
    desk.later.save()
    event = read()[name]
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CONFIRMED"


def test_a_shift_given_away_is_cancelled_in_ones_own_calendar(desk, read):
    name = f"shift-{desk.later.pk}"
    before = read()[name]["SEQUENCE"]
    desk.later.user = desk.second
    desk.later.save()
    assert read()[name]["STATUS"] == "CANCELLED"
    assert read()[name]["SEQUENCE"] > before
    unit = read(unit=desk.post.department_id)[name]
    assert unit["STATUS"] == "CONFIRMED"
    assert "值班员乙" in unit["SUMMARY"]


def test_a_cancelled_shift_is_cancelled_everywhere(desk, read):
    name = f"shift-{desk.later.pk}"
    cancel_shift(actor=desk.leader, shift=desk.later, reason="重复排班")
    for found in (read(), read(unit=desk.post.department_id)):
        assert found[name]["STATUS"] == "CANCELLED"
        assert found[name]["SEQUENCE"] == 1


def test_a_roster_is_read_within_ones_areas(desk, client_of):
    other = Department.objects.get(code="yjj")
    assert client_of("county").get(f"/duty/roster.ics?unit={other.pk}").status_code == 404
    assert len(events(client_of("commander").get(f"/duty/roster.ics?unit={other.pk}").content)) == 3
