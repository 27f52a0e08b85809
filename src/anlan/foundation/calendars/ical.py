"""Events as an iCalendar document (RFC 5545) for people's own calendar programs."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings

from anlan.foundation.calendars.registry import Event

ZONE = ZoneInfo(settings.TIME_ZONE)
#: How often a program that subscribes should ask again.
REFRESH = timedelta(hours=1)


def write(events: Iterable[Event], *, name: str) -> bytes:
    """The document: times in the city's zone with its definition, each event under a name that never changes."""
    document = icalendar.Calendar()
    document.add("prodid", "-//Anlan//Anlan//ZH")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    document.add("x-wr-calname", name)
    document.add("x-wr-timezone", settings.TIME_ZONE)
    document.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in events:
        document.add_component(_entry(event))
    document.add_missing_timezones()
    return document.to_ical()


def _entry(event: Event) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", f"{event.name}@anlan-{settings.ANLAN.city}")
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("dtstart", _moment(event.start))
    entry.add("dtend", _moment(event.end))
    entry.add("summary", event.title)
    if event.place:
        entry.add("location", event.place)
    if event.text:
        entry.add("description", event.text)
    if event.link and settings.ANLAN.public_url:
        entry.add("url", settings.ANLAN.public_url.rstrip("/") + event.link)
    return entry


def _moment(value: datetime | date) -> datetime | date:
    return value.astimezone(ZONE) if isinstance(value, datetime) else value
