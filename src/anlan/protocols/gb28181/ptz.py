"""The eight bytes that move a camera (PTZCmd): pan, tilt, zoom, lens, presets, cruises, scans, switches.

GB/T 28181-2016 and -2022 annex A.3 are alike here: A5H, version and its check, address, command, three data, sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anlan.protocols.gb28181.frames import GB28181Error

_START = 0xA5
_VERSION = 0  # 1.0, A.3.1
_PRESETS = {"set": 0x81, "call": 0x82, "delete": 0x83}
_CRUISES = {"add_point": 0x84, "delete_point": 0x85, "set_speed": 0x86, "set_stay": 0x87, "start": 0x88}
_SCANS = {"start": 0, "set_left": 1, "set_right": 2}
_SCAN, _SCAN_SPEED, _SWITCH_ON, _SWITCH_OFF = 0x89, 0x8A, 0x8C, 0x8D
_FAMILY = {code: ("preset", name) for name, code in _PRESETS.items()} | {
    code: ("cruise", name) for name, code in _CRUISES.items()
}


@dataclass(frozen=True, slots=True)
class PTZCommand:
    """One control code (控制码)."""

    code: int
    """Byte 4."""
    data1: int = 0
    data2: int = 0
    data3: int = 0
    """High half of byte 7."""
    address: int = 0
    """Twelve bits; the standard tells the target by DeviceID instead, so any value will do."""

    @classmethod
    def parse(cls, text: str) -> PTZCommand:
        """The command in 16 hexadecimal digits; GB28181Error when start, version check or sum are wrong.

        >>> PTZCommand.parse("A50F010800FA00B7").describe()
        {'action': 'move', 'tilt': 'up', 'tilt_speed': 250}
        """
        digits = text.strip()
        try:
            raw = bytes.fromhex(digits)
        except ValueError as error:
            raise GB28181Error(f"PTZCmd 应为 16 位十六进制数，收到 {digits[:32]!r}") from error
        if len(raw) != 8 or len(digits) != 16:
            raise GB28181Error(f"PTZCmd 应为 8 字节，收到 {len(raw)} 字节")
        if raw[0] != _START:
            raise GB28181Error(f"PTZCmd 首字节应为 A5H，收到 {raw[0]:02X}H")
        version = raw[1] >> 4
        check = ((raw[0] >> 4) + (raw[0] & 15) + version) & 15
        if raw[1] & 15 != check:
            raise GB28181Error(f"PTZCmd 字节 2 的校验位应为 {check:X}，收到 {raw[1] & 15:X}")
        if version != _VERSION:
            raise GB28181Error(f"PTZCmd 版本应为 {_VERSION}（1.0），收到 {version}")
        total = sum(raw[:7]) & 0xFF
        if raw[7] != total:
            raise GB28181Error(f"PTZCmd 校验和应为 {total:02X}，收到 {raw[7]:02X}")
        return cls(raw[3], raw[4], raw[5], raw[6] >> 4, raw[2] | (raw[6] & 15) << 8)

    def __str__(self) -> str:
        for name, value, most in (
            ("指令码", self.code, 0xFF),
            ("数据 1", self.data1, 0xFF),
            ("数据 2", self.data2, 0xFF),
            ("数据 3", self.data3, 0xF),
            ("地址", self.address, 0xFFF),
        ):
            if not 0 <= value <= most:
                raise GB28181Error(f"PTZCmd 的{name}应为 0 到 {most}，收到 {value}")
        check = ((_START >> 4) + (_START & 15) + _VERSION) & 15
        last = self.data3 << 4 | self.address >> 8
        raw = bytes((_START, _VERSION << 4 | check, self.address & 0xFF, self.code, self.data1, self.data2, last))
        return f"{raw.hex()}{sum(raw) & 0xFF:02x}".upper()

    def describe(self) -> dict[str, Any]:
        """What the command does, in words and numbers; ``unknown`` for a code that A.3 does not have.

        >>> preset("call", 3).describe(), PTZCommand(0).describe()
        ({'action': 'preset', 'operation': 'call', 'preset': 3}, {'action': 'stop'})
        """
        code = self.code
        if code == 0:
            return {"action": "stop"}
        if code < 0x40:
            return self._movement()
        if code < 0x50:
            return self._lens()
        if code == _SCAN:
            names = {value: name for name, value in _SCANS.items()}
            return {"action": "scan", "operation": names.get(self.data2, "unknown"), "group": self.data1}
        if code == _SCAN_SPEED:
            return {"action": "scan", "operation": "set_speed", "group": self.data1, "speed": self._twelve_bits}
        if code in (_SWITCH_ON, _SWITCH_OFF):
            return {"action": "auxiliary", "operation": "on" if code == _SWITCH_ON else "off", "switch": self.data1}
        family, operation = _FAMILY.get(code, ("unknown", ""))
        if family == "preset":
            return {"action": family, "operation": operation, "preset": self.data2}
        if family == "unknown":
            return {"action": family, "code": f"0x{code:02x}"}
        found: dict[str, Any] = {"action": family, "operation": operation, "group": self.data1}
        if operation.endswith("_point"):
            found["preset"] = self.data2
        elif operation.startswith("set_"):
            found["speed" if operation == "set_speed" else "stay_seconds"] = self._twelve_bits
        return found

    @property
    def _twelve_bits(self) -> int:
        return self.data2 | self.data3 << 8

    def _movement(self) -> dict[str, Any]:
        found: dict[str, Any] = {"action": "move"}
        for name, low, high, shift, speed in (
            ("pan", "right", "left", 0, self.data1),
            ("tilt", "down", "up", 2, self.data2),
            ("zoom", "in", "out", 4, self.data3),
        ):
            if way := self.code >> shift & 3:
                found |= {name: ("", low, high, "unknown")[way], f"{name}_speed": speed}
        return found

    def _lens(self) -> dict[str, Any]:
        found: dict[str, Any] = {"action": "lens"}
        for name, low, high, shift, speed in (
            ("focus", "far", "near", 0, self.data1),
            ("iris", "open", "close", 2, self.data2),
        ):
            if way := self.code >> shift & 3:
                found |= {name: ("", low, high, "unknown")[way], f"{name}_speed": speed}
        return found


def _way(speed: int, low: int, high: int) -> int:
    return low if speed > 0 else high if speed < 0 else 0


def move(*, pan: int = 0, tilt: int = 0, zoom: int = 0) -> PTZCommand:
    """Move: pan right or (negative) left, tilt up or down, at 1 to 255; zoom in or out at 1 to 15; none stops.

    >>> str(move(pan=-31)), str(move())
    ('A50F00021F0000D5', 'A50F0000000000B4')
    """
    code = _way(pan, 1, 2) | _way(tilt, 8, 4) | _way(zoom, 0x10, 0x20)
    return PTZCommand(code, abs(pan), abs(tilt), abs(zoom))


def lens(*, focus: int = 0, iris: int = 0) -> PTZCommand:
    """Adjust the lens: focus far or (negative) near, iris open or close, at 1 to 255; none stops.

    >>> str(lens(iris=250))
    'A50F004400FA00F2'
    """
    return PTZCommand(0x40 | _way(focus, 1, 2) | _way(iris, 4, 8), abs(focus), abs(iris))


def preset(operation: str, number: int) -> PTZCommand:
    """Set, call or delete a preset position (预置位), 1 to 255.

    >>> str(preset("set", 1))
    'A50F008100010036'
    """
    if operation not in _PRESETS or not 1 <= number <= 255:
        raise GB28181Error(f"预置位操作应为 {'、'.join(_PRESETS)}，编号 1 到 255，收到 {operation}、{number}")
    return PTZCommand(_PRESETS[operation], 0, number)


def cruise(operation: str, group: int, value: int = 0) -> PTZCommand:
    """Edit or start a cruise (巡航): a preset for points, 0 of which deletes all; else speed or seconds of stay.

    >>> cruise("set_stay", 1, 300).describe()
    {'action': 'cruise', 'operation': 'set_stay', 'group': 1, 'stay_seconds': 300}
    """
    if operation not in _CRUISES:
        raise GB28181Error(f"巡航操作应为 {'、'.join(_CRUISES)}，收到 {operation}")
    if operation.endswith("_point") and not 0 <= value <= 255:
        raise GB28181Error(f"巡航的预置位应为 0 到 255，收到 {value}")
    if operation == "start":
        value = 0
    return PTZCommand(_CRUISES[operation], group, value & 0xFF, value >> 8)


def scan(operation: str, group: int, speed: int = 0) -> PTZCommand:
    """Start a scan (自动扫描), set its left or right bound where the camera looks now, or its speed.

    >>> str(scan("set_left", 1))
    'A50F00890101003F'
    """
    if operation == "set_speed":
        return PTZCommand(_SCAN_SPEED, group, speed & 0xFF, speed >> 8)
    if operation not in _SCANS:
        raise GB28181Error(f"扫描操作应为 {'、'.join(_SCANS)}、set_speed，收到 {operation}")
    return PTZCommand(_SCAN, group, _SCANS[operation])


def auxiliary(switch: int, *, is_on: bool) -> PTZCommand:
    """Turn an auxiliary switch (辅助开关) on or off; 1 is the wiper.

    >>> str(auxiliary(1, is_on=True))
    'A50F008C01000041'
    """
    return PTZCommand(_SWITCH_ON if is_on else _SWITCH_OFF, switch)
