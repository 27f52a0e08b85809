"""How CAP writes times, positions, references and lists of words, read and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from anlan.protocols.cap.messages import Circle, Point, Polygon, Reference

_WORD = re.compile(r'"([^"]*)"|(\S+)')


def _read_text(text: str) -> str:
    return {"Very Likely": "Likely"}.get(text, text)  # CAP 1.2, 3.2.2: the word of CAP 1.0 reads as Likely


def read_time(text: str) -> datetime:
    """The moment that a CAP time says; ``Z`` and a blank for the ``T`` are taken too.

    >>> read_time("2020-02-05 10:57:42+08:00").isoformat()
    '2020-02-05T10:57:42+08:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or len(text) < 20:
        raise ValueError(f"{text[:40]!r} 不是带时区的时间，应为 2019-08-10T12:00:00+08:00")
    return moment.replace(microsecond=0)


def _read_integer(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(f"{text[:40]!r} 不是整数")
    return int(text)


def _read_decimal(text: str) -> float:
    try:
        value = float(text) if "_" not in text and text.isascii() else None
    except ValueError:
        value = None
    if value is None or not isfinite(value):
        raise ValueError(f"{text[:40]!r} 不是数")
    return value


def _read_point(text: str) -> Point:
    latitude, comma, longitude = text.partition(",")
    if not (comma and latitude and longitude) or longitude.endswith(","):
        raise ValueError(f"{text[:40]!r} 不是 纬度,经度（逗号前后不加空格，各点用空格分开）")
    return _read_decimal(longitude), _read_decimal(latitude)


def _read_polygon(text: str) -> Polygon:
    return tuple(_read_point(pair) for pair in text.split())


def _read_circle(text: str) -> Circle:
    center, *radius = text.split()
    if len(radius) != 1:
        raise ValueError(f"{text[:40]!r} 不是 纬度,经度 半径")
    return Circle(_read_point(center), _read_decimal(radius[0]))


def _read_words(text: str) -> tuple[str, ...]:
    return tuple(quoted or bare for quoted, bare in _WORD.findall(text) if quoted or bare)


def _read_references(text: str) -> tuple[Reference, ...]:
    references = []
    for word in text.split():
        parts = word.split(",")
        if len(parts) != 3:
            raise ValueError(f"{word[:80]!r} 不是 发送者,标识,时间")
        references.append(Reference(parts[0], parts[1], read_time(parts[2])))
    return tuple(references)


READERS: dict[str, Callable[[str], Any]] = {
    "text": _read_text,
    "time": read_time,
    "integer": _read_integer,
    "decimal": _read_decimal,
    "polygon": _read_polygon,
    "circle": _read_circle,
    "words": _read_words,
    "references": _read_references,
}


def write_time(moment: datetime) -> str:
    """A moment as CAP writes it: to the second, UTC as -00:00.

    >>> from datetime import UTC
    >>> write_time(datetime(2019, 8, 10, 4, tzinfo=UTC))
    '2019-08-10T04:00:00-00:00'
    """
    text = moment.isoformat(timespec="seconds")
    return text[:-6] + "-00:00" if moment.utcoffset() == timedelta(0) else text


def _write_decimal(value: float) -> str:
    return format(Decimal(repr(value)), "f")


def _write_point(point: Point) -> str:
    return f"{_write_decimal(point[1])},{_write_decimal(point[0])}"


def _write_circle(circle: Circle) -> str:
    return f"{_write_point(circle.center)} {_write_decimal(circle.radius_km)}"


def _write_words(words: tuple[str, ...]) -> str:
    return " ".join(f'"{word}"' if re.search(r"\s", word) else word for word in words)


def _write_references(references: tuple[Reference, ...]) -> str:
    return " ".join(f"{each.sender},{each.identifier},{write_time(each.sent)}" for each in references)


WRITERS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "time": write_time,
    "integer": str,
    "decimal": _write_decimal,
    "polygon": lambda polygon: " ".join(map(_write_point, polygon)),
    "circle": _write_circle,
    "words": _write_words,
    "references": _write_references,
}
