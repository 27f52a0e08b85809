"""Calendars that areas declare: whose events they hold and who may read them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.functional import Promise

from anlan.foundation.accounts.models import Department, User


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of a calendar; whole days have dates, the end not included."""

    #: Stays the same for the life of what it stands for, such as `shift-7`.
    name: str
    start: datetime | date
    end: datetime | date
    title: str
    changed_at: datetime
    #: Grows with each change, so that the newer version wins wherever both are read.
    sequence: int = 0
    is_cancelled: bool = False
    place: str = ""
    text: str = ""
    #: Path of its page.
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A kind of calendar."""

    code: str
    title: str | Promise
    #: What one must be allowed to do to read it.
    capability: str
    events: Callable[[User, Department | None], Iterable[Event]]
    #: The units of which a reader may choose one; None where there is nothing to choose.
    units: Callable[[User], QuerySet[Department]] | None = None


_calendars: dict[str, Calendar] = {}


def calendar(
    *,
    code: str,
    title: str | Promise,
    capability: str,
    units: Callable[[User], QuerySet[Department]] | None = None,
) -> Callable:
    """Decorate `events(user, unit) -> events`; it shows what the user may see, now."""

    def decorate(events: Callable) -> Callable:
        if code in _calendars:
            raise ValueError(f"calendar {code!r} is declared twice")
        _calendars[code] = Calendar(code=code, title=title, capability=capability, events=events, units=units)
        return events

    return decorate


def calendars() -> dict[str, Calendar]:
    """All declared calendars by code."""
    return dict(_calendars)
