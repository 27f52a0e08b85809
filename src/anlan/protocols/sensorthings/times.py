"""Instants, intervals and durations as the standard writes them (ISO 8601, clause 9.3.3.5.1 and table 2)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from anlan.protocols.sensorthings.codes import SensorThingsError

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?)?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A period from its start up to its end."""

    start: datetime
    end: datetime


def instant(text: str) -> datetime:
    """A moment in UTC; one without a zone is refused, never guessed.

    >>> instant("2026-11-28T14:00:00+08:00")
    datetime.datetime(2026, 11, 28, 6, 0, tzinfo=datetime.timezone.utc)
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise SensorThingsError(f"时刻 {text[:40]!r} 应写成带时区的 ISO 8601，例如 2026-11-28T06:00:00Z", "time")
    *parts, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    try:
        found = datetime(
            year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")[:6]), tzinfo=_zone(zone)
        )
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SensorThingsError(f"没有 {text[:40]!r} 这样的时刻", "time") from None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def interval(text: str) -> Interval:
    """A period written as two moments with a slash between them.

    >>> interval("2026-11-28T06:00:00Z/2026-11-28T07:00:00Z").end.hour
    7
    """
    start, slash, end = text.partition("/")
    if not slash:
        raise SensorThingsError(f"时段 {text[:60]!r} 应写成用斜线分开的两个时刻", "time")
    found = Interval(instant(start), instant(end))
    if found.end < found.start:
        raise SensorThingsError(f"时段 {text[:60]!r} 的终点早于起点", "time")
    return found


def moment_or_period(text: str) -> datetime | Interval:
    """What phenomenonTime may be.

    >>> moment_or_period("2026-11-28T06:00:00Z").year
    2026
    """
    return interval(text) if "/" in text else instant(text)


def duration(text: str) -> timedelta:
    """Days, hours, minutes and seconds; months and years have no length of their own and are refused.

    >>> duration("PT1H30M"), duration("-P1D")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=-1))
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise SensorThingsError(f"时长 {text[:40]!r} 应写成 P1DT2H3M4S 这样的形式", "time")
    sign, days, hours, minutes, seconds = match.groups()
    found = timedelta(
        days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), seconds=float(seconds or 0)
    )
    return -found if sign else found


def written(value: datetime | Interval | timedelta) -> str:
    """A moment, period or length as the standard writes it.

    >>> written(instant("2026-11-28T14:00:00.5+08:00"))
    '2026-11-28T06:00:00.500Z'
    >>> written(duration("PT90M"))
    'P0DT1H30M0S'
    """
    if isinstance(value, Interval):
        return f"{written(value.start)}/{written(value.end)}"
    if isinstance(value, timedelta):
        sign, value = ("-", -value) if value < timedelta() else ("", value)
        hours, rest = divmod(value.seconds, 3600)
        fraction = f".{value.microseconds:06d}" if value.microseconds else ""
        return f"{sign}P{value.days}DT{hours}H{rest // 60}M{rest % 60}{fraction}S"
    utc = value.astimezone(UTC)
    spec = "microseconds" if utc.microsecond % 1000 else "milliseconds" if utc.microsecond else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=spec) + "Z"
