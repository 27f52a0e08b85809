"""HJ 212 on a connection: monitors of chemical works and pollution sources (数采仪)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from anlan.areas.risk.monitoring.queries import Device
from anlan.areas.risk.monitoring.readings import DEVICE, GOOD, MISSING, SERVICE, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.protocols import hj212

PROTOCOL = "hj212"
#: Data flags (数据标记): normal; maintenance and calibration; anything else the device itself doubts.
_FLAGS = {"": GOOD, "N": GOOD, "M": SERVICE, "C": SERVICE}
_NAN = float("nan")
#: Requests whose answer is remembered at most.
ASKED_LIMIT = 64
_MARKS = np.full(256, DEVICE, np.uint8)
_MARKS[[0, *map(ord, filter(None, _FLAGS))]] = [_FLAGS[""], *(flag for mark, flag in _FLAGS.items() if mark)]


def entry(lane: Any, address: str, device: Device) -> Any:
    """A device as the lane's directory has it."""
    return lane.entry(address, device.password, device.channels, device.station)


def marks(_lane: Any, _at: datetime) -> np.ndarray:
    """The quality by data flag, at 0 without one."""
    return _MARKS


class Session:
    """One connection; several devices may share it."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._splitter = hj212.Splitter()
        self._reassembler = hj212.Reassembler()
        #: Packets of messages under way: by set, by number.
        self._parts: dict[str, dict[str, bytes]] = {}
        self._asked: dict[str, int] = {}
        self._st: dict[str, int] = {}
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.feed(data), at)

    def close(self, at: datetime) -> list[Submission | Fault]:
        rest = self._take(self._splitter.close(), at)
        for message in self._reassembler.close():
            rest.append(self._submission(message, self._frames(message)))
        return rest

    def lend(self) -> bytes | None:
        return None if self._asked else self._splitter.lend()

    def context(self, numbers: Mapping[str, int]) -> tuple[int, int, int]:
        return 0, 0, 0

    def noted(self, addresses: Sequence[str], notes: Sequence[int]) -> None:
        self.addresses.update(addresses)
        self._st.update(zip(addresses, notes, strict=True))

    def _take(self, found: list[hj212.Frame | hj212.Malformed], at: datetime) -> list[Submission | Fault]:
        taken: list[Submission | Fault] = []
        for item in found:
            if isinstance(item, hj212.Malformed):
                taken.append(Fault(PROTOCOL, item.code, item.reason, item.raw))
                continue
            try:
                part = hj212.decode(item)
                if part.packet:
                    self._parts.setdefault(_set(part), {})[part.pno] = item.raw
                for message in self._reassembler.add(part):
                    if message.packet:  # of a message that was given up
                        frames = self._frames(message)
                    else:
                        frames = tuple(self._parts.pop(_set(part)).values()) if part.packet else (item.raw,)
                    taken.append(self._submission(message, frames))
            except hj212.HJ212Error as error:
                taken.append(Fault(PROTOCOL, "body", str(error), item.raw))
        return taken

    def _frames(self, part: hj212.Message) -> tuple[bytes, ...]:
        """The packet of a part that stands for itself."""
        parts = self._parts[_set(part)]
        frame = parts.pop(part.pno)
        if not parts:
            del self._parts[_set(part)]
        return (frame,)

    def _submission(self, message: hj212.Message, frames: tuple[bytes, ...]) -> Submission:
        address = message.mn.lower()
        device = self._register().get((PROTOCOL, address))
        if device is None:
            return Submission(PROTOCOL, address, frames, unknown=(("", "未登记的设备标识 MN"),))
        if device.password and device.password != message.pw:
            return Submission(PROTOCOL, address, frames, unknown=(("", "密码不符"),))
        self.addresses.add(address)
        if message.st != "91":
            self._st[address] = int(message.st)
        rows, unknown = [], {}
        last, observed = None, 0
        for one in message.observations() if message.is_upload else ():
            channel = f"{one.factor}-{one.kind}"
            instrument = device.channels.get(channel)
            if instrument is None:
                unknown[channel] = "该站没有登记这个因子"
                continue
            if one.observed is not last:  # the readings of a message share their time
                last, observed = one.observed, milliseconds(one.observed)
            if one.value is None:
                rows.append((instrument, observed, _NAN, MISSING))
            else:
                rows.append((instrument, observed, one.value, _FLAGS.get(one.flag, DEVICE)))
        confirmation = hj212.acknowledge(message) or b""
        return Submission(
            PROTOCOL, address, frames, tuple(rows), confirmation, tuple(unknown.items()), self._answer(message)
        )

    def _answer(self, message: hj212.Message) -> tuple[int, bool, str] | None:
        """What a message says on a command that was sent."""
        number = message.qn or message.get("QN") or ""
        key = self._asked.get(number)
        if key is None:
            return None
        known = message.command
        name = known.upload or known.name if known else message.cn
        fields = ", ".join(f"{name}={value}" for name, value in message.fields())
        return key, message.cn != "9011", f"{message.cn} {name} {fields}".strip()

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        device = self._register()[PROTOCOL, address]
        frame = hj212.request(
            code,
            st=f"{self._st.get(address, 31):02d}",
            mn=device.address,
            pw=device.password or "123456",
            qn=at,
            **parameters,
        )
        if len(self._asked) >= ASKED_LIMIT:
            del self._asked[next(iter(self._asked))]
        self._asked[hj212.decode(frame).qn] = key
        return frame


def _set(message: hj212.Message) -> str:
    return f"{message.mn};{message.qn};{message.st};{message.cn};{message.pnum}"
