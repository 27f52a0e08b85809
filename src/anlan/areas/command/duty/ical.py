"""Shifts as an iCalendar file (RFC 5545) for people's own calendars."""

from collections.abc import Iterable
from datetime import UTC, datetime

from anlan.areas.command.duty.models import Shift


def _escaped(text: str) -> str:
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never inside a character (RFC 5545, section 3.1)."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def calendar(shifts: Iterable[Shift], *, name: str, host: str) -> str:
    """The shifts as events; an identifier stays the same, so that a second import updates the first."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Anlan//Duty roster//ZH", f"X-WR-CALNAME:{_escaped(name)}"]
    for shift in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:shift-{shift.pk}@{host}",
            f"DTSTAMP:{_stamp(shift.updated_at)}",
            f"DTSTART:{_stamp(shift.start)}",
            f"DTEND:{_stamp(shift.end)}",
            f"SUMMARY:{_escaped(f'{shift.get_kind_display()} {shift.user}')}",
            f"LOCATION:{_escaped(str(shift.department))}",
            f"DESCRIPTION:{_escaped(str(shift.post))}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)
