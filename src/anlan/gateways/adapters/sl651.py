"""SL 651 on a connection: rain and river stations (水文监测数据通信规约)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from anlan.areas.risk.monitoring.queries import Device
from anlan.areas.risk.monitoring.readings import DEVICE, GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.protocols import sl651

PROTOCOL = "sl651"
KEEP_ALIVE = 0x2F
#: An answer that comes later than this belongs to no command.
ANSWER_TIME = timedelta(minutes=5)
_FLAGS = {"": GOOD, "missing": MISSING}


def entry(lane: Any, address: str, device: Device) -> Any:
    """A station as the lane's directory has it."""
    return lane.entry(address, device.password, device.channels, device.station)


def marks(lane: Any, at: datetime) -> np.ndarray:
    """The time of answers and the quality of a number."""
    return lane.marks(at, GOOD)


class Session:
    """One connection; several stations may share it."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._splitter = sl651.Splitter()
        self._assembler = sl651.Assembler()
        self._parts: dict[tuple, dict[int, bytes]] = {}
        self._asked: dict[tuple[str, int], tuple[int, datetime]] = {}
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.feed(data), at)

    def close(self, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.close(), at)

    def lend(self) -> bytes | None:
        return None if self._asked else self._splitter.lend()

    def context(self, numbers: Mapping[str, int]) -> tuple[int, int, int]:
        return 0, 0, 0

    def noted(self, addresses: Sequence[str], notes: Sequence[int]) -> None:
        self.addresses.update(addresses)

    def _take(self, found: list[sl651.Frame | sl651.Malformed], at: datetime) -> list[Submission | Fault]:
        taken: list[Submission | Fault] = []
        for item in found:
            if isinstance(item, sl651.Malformed):
                taken.append(Fault(PROTOCOL, item.code, item.reason, item.raw))
                continue
            try:
                submission = self._submission(item, at)
            except sl651.SL651Error as error:
                taken.append(Fault(PROTOCOL, error.code, str(error), item.raw))
                continue
            if submission:
                taken.append(submission)
        return taken

    def _submission(self, frame: sl651.Frame, at: datetime) -> Submission | None:
        header = frame.header
        if header.direction == "down":
            raise sl651.SL651Error("direction: this frame is one that a centre sends", "header")
        message = self._assembler.add(frame, at=at)
        frames = self._frames(frame, is_whole=message is not None)
        if message is None:
            return None
        address = header.station.lower()
        device = self._register().get((PROTOCOL, address))
        if device is None:
            return Submission(PROTOCOL, address, frames, unknown=(("", "未登记的测站地址"),))
        if device.password and device.password.lower() != header.password.lower():
            return Submission(PROTOCOL, address, frames, unknown=(("", "密码不符"),))
        self.addresses.add(address)
        if header.function == KEEP_ALIVE:
            return Submission(PROTOCOL, address, ())
        rows, unknown = [], {}
        for one in message.observations():
            instrument = device.channels.get(one.element) or device.channels.get(one.identifier)
            if instrument is None:
                unknown[one.element] = "该站没有登记这个要素"
                continue
            value = float("nan") if one.value is None else one.value
            rows.append((instrument, milliseconds(one.observed), value, _FLAGS.get(one.flag, DEVICE)))
        asked = self._asked.get((address, header.function))
        if asked and at - asked[1] < ANSWER_TIME:
            text = ", ".join(f"{k}={v}" for k, v in sl651.as_json(message).get("elements", {}).items())
            del self._asked[address, header.function]
            return Submission(
                PROTOCOL, address, frames, tuple(rows), unknown=tuple(unknown.items()),
                answer=(asked[0], True, text or f"功能码 {header.function:02X} 已应答"),
            )  # fmt: skip
        confirmation = sl651.acknowledge(message, at=at)
        return Submission(PROTOCOL, address, frames, tuple(rows), confirmation, tuple(unknown.items()))

    def _frames(self, frame: sl651.Frame, *, is_whole: bool) -> tuple[bytes, ...]:
        """The frames of a message that came in packets; kept from its first to its last."""
        header = frame.header
        if header.total <= 1:
            return (frame.raw,)
        key = (header.station, header.function, header.total)
        self._parts.setdefault(key, {})[header.index] = frame.raw
        if not is_whole:
            if len(self._parts) > 64:
                del self._parts[next(iter(self._parts))]
            return ()
        return tuple(self._parts.pop(key).values())

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        device = self._register()[PROTOCOL, address]
        try:
            function = int(code, 16)
        except ValueError:
            raise ValueError(f"功能码 {code} 不是十六进制数") from None
        frame = sl651.request(function, station=device.address.lower(), password=device.password or "0000", at=at)
        self._asked[address, function] = (key, at)
        return frame
