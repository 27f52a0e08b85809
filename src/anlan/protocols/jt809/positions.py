"""Where a vehicle is: the GNSS data of both editions, with numbers in engineering units.

The edition of 2011 has a fixed structure of 36 bytes; that of 2019 carries the location of JT/T 808 (28
bytes and additional items) and the alarms that three platforms raised.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from anlan.protocols.jt809.codes import alarm_names
from anlan.protocols.layouts import LayoutError, take

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The standard's clock; a fixed offset, since reading a time-zone file would be I/O."""

_2011 = struct.Struct(">BBBHBBBIIHHIHHII")
_2019 = struct.Struct(">IIIIHHH6s")
_AFTER = struct.Struct(">11sI11sI11sI")
_SOUTH, _WEST, _FIXED = 1 << 2, 1 << 3, 1 << 1

Stamp = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute and second as sent, whether or not there is such a moment."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What both editions say."""

    stamp: Stamp
    longitude: float
    """Degrees without sign; `lon` has it."""
    latitude: float
    speed: float
    """km/h."""
    direction: int
    altitude: int
    status: int
    """State word of JT/T 808: bit 1 fixed, bit 2 south, bit 3 west ..."""
    alarm: int
    """Alarm word of JT/T 808."""

    @property
    def lon(self) -> float:
        """Degrees, west negative."""
        return -self.longitude if self.status & _WEST else self.longitude

    @property
    def lat(self) -> float:
        """Degrees, south negative."""
        return -self.latitude if self.status & _SOUTH else self.latitude

    @property
    def moment(self) -> datetime | None:
        """When; None for a date that does not exist."""
        try:
            return datetime(*self.stamp, tzinfo=SHANGHAI)
        except ValueError:
            return None

    @property
    def is_fixed(self) -> bool:
        """Whether the terminal had a fix (定位)."""
        return bool(self.status & _FIXED)


@dataclass(frozen=True, slots=True)
class Position(_Place):
    """GNSS data (车辆定位信息数据体) of 2011."""

    recorder_speed: int = 0
    """Speed of the driving recorder, km/h."""
    mileage: int = 0
    """Total of the vehicle's odometer, km."""
    encrypt: int = 0
    """Whether the coordinates went through the map plug-in (地图保密插件)."""


@dataclass(frozen=True, slots=True)
class Location(_Place):
    """GNSS data of 2019: a location of JT/T 808, and alarms of platforms."""

    items: tuple[tuple[int, bytes], ...] = ()
    """Additional items (位置附加信息) by identifier."""
    platforms: tuple[tuple[str, int], ...] = ()
    """Of the enterprise's, the city's and the province's platform: identifier and alarm word."""
    encrypt: int = 0

    @property
    def mileage(self) -> float | None:
        """Odometer, km, from item 01."""
        return self._number(0x01, 0.1)

    @property
    def recorder_speed(self) -> float | None:
        """Speed of the driving recorder, km/h, from item 03."""
        return self._number(0x03, 0.1)

    def _number(self, identifier: int, step: float) -> float | None:
        return next((round(int.from_bytes(raw, "big") * step, 6) for one, raw in self.items if one == identifier), None)


@dataclass(frozen=True, slots=True)
class Fixed36:
    """How the position of 2011 stands in the bytes."""

    def read(self, data: bytes, at: int, name: str) -> tuple[Position, int]:
        take(data, at, _2011.size, name)
        (encrypt, day, month, year, hour, minute, second, lon, lat,
         speed, recorder, mileage, direction, altitude, status, alarm) = _2011.unpack_from(data, at)  # fmt: skip
        stamp = (year, month, day, hour, minute, second)
        place = Position(stamp, lon / 1e6, lat / 1e6, speed, direction, altitude, status, alarm,
                         recorder, mileage, encrypt)  # fmt: skip
        return place, at + _2011.size

    def write(self, value: Position, name: str) -> bytes:
        year, month, day, hour, minute, second = value.stamp
        try:
            return _2011.pack(
                value.encrypt, day, month, year, hour, minute, second, _micro(value.longitude), _micro(value.latitude),
                round(value.speed), value.recorder_speed, value.mileage, value.direction, value.altitude,
                value.status, value.alarm,
            )  # fmt: skip
        except struct.error as error:
            raise LayoutError(f"{name} 的数值超出范围：{error}") from None


@dataclass(frozen=True, slots=True)
class Carried808:
    """How the position of 2019 stands in the bytes."""

    def read(self, data: bytes, at: int, name: str) -> tuple[Location, int]:
        encrypt, size = take(data, at, 5, name)[0], int.from_bytes(data[at + 1 : at + 5], "big")
        if size < _2019.size:
            raise LayoutError(f"{name} 的定位数据应至少 {_2019.size} 字节，声明 {size} 字节")
        place, end = at + 5, at + 5 + size
        take(data, place, size + _AFTER.size, name)
        alarm, status, lat, lon, altitude, speed, direction, bcd = _2019.unpack_from(data, place)
        digits = bcd.hex()
        if not digits.isdigit():
            raise LayoutError(f"{name} 的时间应为 BCD 数字，收到 {digits}")
        stamp = (2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6:8]), int(digits[8:10]),
                 int(digits[10:]))  # fmt: skip
        items = _items(data, place + _2019.size, end, name)
        one, first, two, second, three, third = _AFTER.unpack_from(data, end)
        platforms = ((_identifier(one), first), (_identifier(two), second), (_identifier(three), third))
        where = Location(stamp, lon / 1e6, lat / 1e6, speed / 10, direction, altitude, status, alarm,
                         items, platforms, encrypt)  # fmt: skip
        return where, end + _AFTER.size

    def write(self, value: Location, name: str) -> bytes:
        year, *rest = value.stamp
        if not 2000 <= year <= 2099 or any(not 0 <= one <= 99 for one in rest):
            raise LayoutError(f"{name} 的时间 {value.stamp} 不能写成 BCD")
        bcd = bytes.fromhex("".join(f"{one:02d}" for one in (year - 2000, *rest)))
        if any(not 0 <= identifier <= 0xFF or len(raw) > 0xFF for identifier, raw in value.items):
            raise LayoutError(f"{name} 的附加信息 ID 应为 1 字节，内容最多 255 字节")
        items = b"".join(bytes((identifier, len(raw))) + raw for identifier, raw in value.items)
        after = [part for one, alarm in value.platforms or (("", 0),) * 3 for part in (_written(one, name), alarm)]
        try:
            gnss = _2019.pack(value.alarm, value.status, _micro(value.latitude), _micro(value.longitude),
                              value.altitude, round(value.speed * 10), value.direction, bcd)  # fmt: skip
            head = struct.pack(">BI", value.encrypt, len(gnss) + len(items))
            return head + gnss + items + _AFTER.pack(*after)
        except struct.error as error:
            raise LayoutError(f"{name} 的数值超出范围：{error}") from None


def _items(data: bytes, at: int, end: int, name: str) -> tuple[tuple[int, bytes], ...]:
    items: list[tuple[int, bytes]] = []
    while at < end:
        size = data[at + 1] if at + 1 < end else 0
        behind = at + 2 + size
        if behind > end:
            raise LayoutError(f"{name} 的附加信息 {data[at]:02X} 不完整")
        items.append((data[at], data[at + 2 : behind]))
        at = behind
    return tuple(items)


def _micro(degrees: float) -> int:
    return round(degrees * 1e6)


def _identifier(raw: bytes) -> str:
    return raw.rstrip(b"\x00").decode("latin-1")


def _written(identifier: str, name: str) -> bytes:
    try:
        raw = identifier.encode("latin-1")
    except UnicodeEncodeError:
        raw = b""
    if len(raw) > 11 or (identifier and not raw):
        raise LayoutError(f"{name} 的平台编码 {identifier!r} 应为最多 11 位字母和数字")
    return raw


def position_json(place: Position | Location) -> dict[str, Any]:
    """A position for people and programs: degrees with sign, km/h, the time with +08:00."""
    moment = place.moment
    found: dict[str, Any] = {
        "lon": place.lon,
        "lat": place.lat,
        "speed": place.speed,
        "recorder_speed": place.recorder_speed,
        "mileage": place.mileage,
        "direction": place.direction,
        "altitude": place.altitude,
        "time": moment.isoformat() if moment else None,
        "fixed": place.is_fixed,
        "status": place.status,
        "alarm": place.alarm,
        "alarms": alarm_names(place.alarm),
        "encrypted": bool(place.encrypt),
    }
    if isinstance(place, Location):
        found["items"] = {f"0x{identifier:02X}": raw.hex() for identifier, raw in place.items}
        found["platforms"] = [
            {"platform_id": identifier, "alarm": alarm, "alarms": alarm_names(alarm)}
            for identifier, alarm in place.platforms
        ]
    return found
