"""Where a vehicle is (位置信息汇报, 0200): alarm and state by name, position, additional items with units."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from anlan.protocols.jt808.codes import ALARMS, EXTENDED_SIGNALS, IO_STATES, STATES, VIDEO_ALARMS
from anlan.protocols.layouts import LayoutError

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The standard's clock (GMT+8); a fixed offset, since reading a time-zone file would be I/O."""
_BASIC = struct.Struct(">IIIIHHH6s")
_SOUTH, _WEST, _FIXED = 1 << 2, 1 << 3, 1 << 1


@dataclass(frozen=True, slots=True)
class Location:
    """One location of a terminal (table 23 of 2019)."""

    alarm: int
    status: int
    latitude: float
    """Degrees, south negative."""
    longitude: float
    """Degrees, west negative."""
    altitude: int
    """Metres; a number above 32767 is below the sea."""
    speed: float
    """km/h."""
    direction: int
    """Degrees from north, clockwise."""
    time: str
    """YYMMDDhhmmss, Beijing time, as sent."""
    items: tuple[tuple[int, bytes], ...] = ()
    """Additional items (位置附加信息项) by identifier, as sent."""
    rest: bytes = b""
    """Bytes behind the last whole item: one that declares more than there is; terminals with forms of their own."""

    @property
    def moment(self) -> datetime | None:
        """When; None for a time that does not exist."""
        try:
            return datetime.strptime(self.time, "%y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
        except ValueError:
            return None

    @property
    def is_fixed(self) -> bool:
        """Whether the terminal had a fix (定位)."""
        return bool(self.status & _FIXED)

    @property
    def mileage(self) -> float | None:
        """Odometer, km (item 01)."""
        raw = next((raw for key, raw in self.items if key == 0x01), b"")
        return int.from_bytes(raw, "big") / 10 if len(raw) == 4 else None

    @classmethod
    def read(cls, data: bytes) -> Location:
        """The location in a body.

        >>> Location.read(bytes.fromhex("000000010000000200ba7f0e07e4f11c0028003c0000181015101010")).speed
        6.0
        """
        if len(data) < _BASIC.size:
            raise LayoutError(f"位置基本信息应有 {_BASIC.size} 字节，只有 {len(data)} 字节")
        alarm, status, latitude, longitude, altitude, speed, direction, time = _BASIC.unpack_from(data)
        items, at, end = [], _BASIC.size, len(data)
        while at + 2 <= end and at + 2 + data[at + 1] <= end:
            items.append((data[at], data[at + 2 : at + 2 + data[at + 1]]))
            at += 2 + data[at + 1]
        return cls(
            alarm, status, (-latitude if status & _SOUTH else latitude) / 1e6,
            (-longitude if status & _WEST else longitude) / 1e6, altitude, speed / 10, direction, time.hex(), tuple(items),
            data[at:],
        )  # fmt: skip

    def write(self) -> bytes:
        """The bytes of the location; the signs of the coordinates set the state's bits."""
        status = self.status & ~(_SOUTH | _WEST)
        status |= _SOUTH * (self.latitude < 0) | _WEST * (self.longitude < 0)
        if self.latitude == 0:
            status |= self.status & _SOUTH
        if self.longitude == 0:
            status |= self.status & _WEST
        try:
            basic = _BASIC.pack(
                self.alarm, status, round(abs(self.latitude) * 1e6), round(abs(self.longitude) * 1e6), self.altitude,
                round(self.speed * 10), self.direction, bytes.fromhex(self.time),
            )  # fmt: skip
            return basic + b"".join(bytes([key, len(raw)]) + raw for key, raw in self.items) + self.rest
        except (struct.error, ValueError) as error:
            raise LayoutError(f"位置信息不能编码：{error}") from None


def names_of(bits: int, names: dict[int, str]) -> list[str]:
    """The names of the bits that are set.

    >>> names_of(0b10000011, ALARMS)
    ['紧急报警', '超速报警', '终端主电源欠压']
    """
    return [names.get(bit, f"第{bit}位") for bit in range(bits.bit_length()) if bits >> bit & 1]


def states_of(status: int) -> list[str]:
    """What the state word says: of each bit the name of its value (table 25)."""
    found = [pair[status >> bit & 1] for bit, pair in STATES.items() if pair[status >> bit & 1]]
    load = {0: "空车", 1: "半载", 2: "", 3: "满载"}[status >> 8 & 3]
    return [*found, load] if load else found


def location_json(one: Location) -> dict[str, Any]:
    """The location under the standard's names."""
    found: dict[str, Any] = {
        "alarm": f"0x{one.alarm:08X}", "alarm_names": names_of(one.alarm, ALARMS),
        "status": f"0x{one.status:08X}", "status_names": states_of(one.status),
        "latitude": one.latitude, "longitude": one.longitude, "altitude": one.altitude, "speed": one.speed,
        "direction": one.direction, "time": one.time,
    }  # fmt: skip
    if moment := one.moment:
        found["observed"] = moment.isoformat()
    if one.items:
        found["additional"] = additional = dict[str, Any]()
        for key, raw in one.items:
            name, value = _item(key, raw)
            again = sum(said == name or said.startswith(f"{name}#") for said in additional)
            additional[f"{name}#{again + 1}" if again else name] = value
    if one.rest:
        found["rest"] = one.rest.hex()
        size = one.rest[1] if len(one.rest) > 1 else 0
        found["problem"] = f"附加信息项 {one.rest[0]:02X} 声明 {size} 字节，只剩 {max(len(one.rest) - 2, 0)} 字节"
    return found


def _number(step: float = 1.0, *, size: int = 0) -> Callable[[bytes], Any]:
    def read(raw: bytes) -> float | int:
        if size and len(raw) != size:
            raise ValueError
        number = int.from_bytes(raw, "big")
        return number if step == 1 else round(number * step, 6)

    return read


def _temperature(raw: bytes) -> int:
    """Degrees: by the letter the highest bit is the sign and the rest the amount; two's complement is sent as well.

    >>> _temperature(bytes.fromhex("8005")), _temperature(bytes.fromhex("fffb")), _temperature(bytes.fromhex("0014"))
    (-5, -5, 20)
    """
    (number,) = struct.unpack(">H", raw)
    return -min(number & 0x7FFF, 0x10000 - number) if number & 0x8000 else number


def _overspeed(raw: bytes) -> dict[str, Any]:
    kinds = {0: "无特定位置", 1: "圆形区域", 2: "矩形区域", 3: "多边形区域", 4: "路段"}
    found: dict[str, Any] = {"position_type": kinds.get(raw[0], raw[0])}
    return found | ({"area_id": int.from_bytes(raw[1:5], "big")} if len(raw) == 5 else {})


def _area(raw: bytes) -> dict[str, Any]:
    return _overspeed(raw[:5]) | {"direction": "出" if raw[5] else "进"}


def _route(raw: bytes) -> dict[str, Any]:
    number, seconds, result = struct.unpack(">IHB", raw)
    return {"segment_id": number, "driving_s": seconds, "result": "过长" if result else "不足"}


def _bits(names: dict[int, str]) -> Callable[[bytes], Any]:
    return lambda raw: names_of(int.from_bytes(raw, "big"), names)


def _tyres(raw: bytes) -> list[int | None]:
    return [None if value == 0xFF else value for value in raw]


def _channels(raw: bytes) -> list[int]:
    return [bit + 1 for bit in range(32) if int.from_bytes(raw, "big") >> bit & 1]


def _behaviour(raw: bytes) -> dict[str, Any]:
    names = {0: "疲劳", 1: "打电话", 2: "抽烟"}
    return {"types": names_of(int.from_bytes(raw[:2], "big"), names), "fatigue": raw[2]}


ITEMS: dict[int, tuple[str, Callable[[bytes], Any]]] = {
    0x01: ("mileage_km", _number(0.1, size=4)),
    0x02: ("fuel_l", _number(0.1, size=2)),
    0x03: ("recorder_speed_kmh", _number(0.1, size=2)),
    0x04: ("manual_alarm_event_id", _number(size=2)),
    0x05: ("tyre_pressure_pa", _tyres),
    0x06: ("carriage_temperature_c", _temperature),
    0x11: ("overspeed", _overspeed),
    0x12: ("area", _area),
    0x13: ("route", _route),
    0x14: ("video_alarm", _bits(VIDEO_ALARMS)),
    0x15: ("video_signal_lost_channels", _channels),
    0x16: ("video_covered_channels", _channels),
    0x17: ("storage_failed", _channels),
    0x18: ("abnormal_driving", _behaviour),
    0x25: ("extended_signals", _bits(EXTENDED_SIGNALS)),
    0x2A: ("io_states", _bits(IO_STATES)),
    0x2B: ("analog", lambda raw: {"ad0": int.from_bytes(raw[2:4], "big"), "ad1": int.from_bytes(raw[:2], "big")}),
    0x30: ("signal_strength", _number(size=1)),
    0x31: ("satellites", _number(size=1)),
}
"""Additional items by identifier (table 27 of 2019, 14-18 of JT/T 1078-2016): name and how the bytes are read."""


def _item(key: int, raw: bytes) -> tuple[str, Any]:
    if key in ITEMS:
        name, read = ITEMS[key]
        try:
            return name, read(raw)
        except (ValueError, IndexError, struct.error):
            return name, raw.hex()
    return f"0x{key:02X}", raw.hex()
