"""Numbers, times and steps as SL 651 writes them: packed decimal digits, two-digit years, FF for what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from anlan.protocols.sl651.codes import SHANGHAI
from anlan.protocols.sl651.frames import SL651Error

_NONE = 10_000  # no digit pair: makes every date that holds it impossible
_PAIRS = [(byte >> 4) * 10 + (byte & 15) if byte >> 4 < 10 and byte & 15 < 10 else _NONE for byte in range(256)]
_SCALES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_LONGEST = 31  # bytes of a datum, table 26


def is_missing(data: bytes) -> bool:
    """Whether the bytes are all FF: no datum at that time (6.6.4.4 d).

    >>> is_missing(bytes.fromhex("ffffffff")), is_missing(bytes.fromhex("ff000172"))
    (True, False)
    """
    return bool(data) and data == b"\xff" * len(data)


def is_invalid(data: bytes) -> bool:
    """Whether the bytes are all AA, with which terminals mark a faulty sensor (seen in the field)."""
    return bool(data) and data == b"\xaa" * len(data)


def number(data: bytes, decimals: int) -> float | None:
    """The number that packed decimal digits say, None when missing or invalid; FF leads a negative one (6.6.3.3).

    >>> number(bytes.fromhex("00010490"), 3), number(bytes.fromhex("ff00000172"), 2)
    (10.49, -1.72)
    >>> number(bytes.fromhex("ffffffff"), 3) is None
    True
    """
    digits = data.hex()
    if digits.isdecimal():
        return int(digits) / _SCALES[decimals]  # both exact, so the quotient is the nearest float
    if not data or is_missing(data) or is_invalid(data):
        return None
    if data[0] == 0xFF and digits[2:].isdecimal():
        return -int(digits[2:]) / _SCALES[decimals]
    raise SL651Error(f"{digits} holds other than decimal digits")


def digits(value: float | Decimal | None, decimals: int, size: int) -> bytes:
    """A number as packed decimal digits of at least ``size`` bytes and a sign byte FF, rounded to its decimals.

    >>> digits(10.49, 3, 4).hex(), digits(-1.72, 2, 4).hex(), digits(None, 1, 3).hex()
    ('00010490', 'ff00000172', 'ffffff')
    """
    if value is None:
        return b"\xff" * size
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or exact.adjusted() > 2 * _LONGEST:
        raise SL651Error(f"{value} is no number that can be sent")
    scaled = int(exact.scaleb(decimals).to_integral_value())
    text = str(abs(scaled))
    text = ("ff" if scaled < 0 else "") + text.zfill(max(2 * size, len(text) + len(text) % 2))
    if len(text) > 2 * _LONGEST:
        raise SL651Error(f"{value} is too long to be sent")
    return bytes.fromhex(text)


def moment(data: bytes, field: str) -> datetime:
    """A time of five or six bytes YYMMDDHHmm[SS], or four YYMMDDHH; all years are of this century.

    >>> moment(bytes.fromhex("170718110016"), "sent").isoformat()
    '2017-07-18T11:00:16+08:00'
    >>> moment(bytes.fromhex("1713181100"), "observed")
    Traceback (most recent call last):
    anlan.protocols.sl651.frames.SL651Error: observed: 1713181100 is no time
    """
    year, month, day, hour, minute, second = *[_PAIRS[byte] for byte in data], *(0,) * (6 - len(data))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        raise SL651Error(f"{field}: {data.hex()} is no time") from None


def stamp(time: datetime, size: int) -> bytes:
    """A time as packed digits YYMMDD..., as many pairs as ``size``, in Beijing time.

    >>> from datetime import timezone
    >>> stamp(datetime(2017, 7, 18, 3, 0, 16, tzinfo=timezone.utc), 6).hex()
    '170718110016'
    """
    if time.tzinfo is None:
        raise SL651Error(f"time: {time} has no time zone")
    local = time.astimezone(SHANGHAI)
    if not 2000 <= local.year < 2100:
        raise SL651Error(f"time: the year {local.year} has no two digits")
    return bytes.fromhex(f"{local:%y%m%d%H%M%S}"[: 2 * size])


class Step(NamedTuple):
    """Time step (时间步长码) of values at even intervals; all zero says one hour in five minutes (table C.1 g)."""

    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def interval(self) -> timedelta:
        """Time from one value to the next.

        >>> Step(hours=1).interval, Step().interval
        (datetime.timedelta(seconds=3600), datetime.timedelta(seconds=300))
        """
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes) or timedelta(minutes=5)

    @classmethod
    def read(cls, data: bytes) -> Step:
        """The step that three bytes say: day, hour, minute (table C.3).

        >>> Step.read(bytes.fromhex("000005"))
        Step(days=0, hours=0, minutes=5)
        """
        days, hours, minutes = (_PAIRS[byte] for byte in data)
        if days > 31 or hours > 23 or minutes > 59:
            raise SL651Error(f"time step: {data.hex()} is no step")
        return cls(days, hours, minutes)

    def write(self) -> bytes:
        """The three bytes of this step."""
        return bytes.fromhex("".join(f"{part:02d}" for part in self))
