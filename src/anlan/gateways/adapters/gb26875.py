"""GB/T 26875.3 on a connection: transmission devices of fire facilities (用户信息传输装置)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from anlan.areas.risk.monitoring.readings import GOOD, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.protocols import gb26875

PROTOCOL = "gb26875"
FIRE, FAULT, POWER = 1 << 1, 1 << 2, 1 << 3 | 1 << 4
#: The centre's own address until a device has told how it calls it.
CENTRE = "000000000000"


class Session:
    """One connection; a concentrator may speak for several devices."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._splitter = gb26875.Splitter()
        self._centre: dict[str, str] = {}
        self._asked: dict[tuple[str, int], int] = {}
        self._serial = 0
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.feed(data), at)

    def close(self, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.close(), at)

    def _take(self, found: list[gb26875.Frame | gb26875.Malformed], at: datetime) -> list[Submission | Fault]:
        taken: list[Submission | Fault] = []
        for item in found:
            if isinstance(item, gb26875.Malformed):
                taken.append(Fault(PROTOCOL, item.code, item.reason, item.raw))
                continue
            message = gb26875.decode(item)
            if message.problem:
                taken.append(Fault(PROTOCOL, "body", message.problem, item.raw))
            taken.append(self._submission(message, item.raw, at))
        return taken

    def _submission(self, message: gb26875.Message, raw: bytes, at: datetime) -> Submission:
        address = message.header.source
        device = self._register().get((PROTOCOL, address)) or self._register().get((PROTOCOL, address.lstrip("0")))
        if device is None:
            return Submission(PROTOCOL, address, (raw,), unknown=(("", "未登记的装置地址"),))
        address = device.address.lower()
        self.addresses.add(address)
        self._centre[address] = message.header.destination
        rows = []
        for index, channel, value in readings(message):
            moment = message.moment(index) or at
            instrument = device.channels.get(channel)
            if instrument is not None:
                rows.append((instrument, milliseconds(moment), value, GOOD))
        confirmation = b"" if message.problem else gb26875.acknowledge(message, at) or b""
        return Submission(PROTOCOL, address, (raw,), tuple(rows), confirmation, answer=self._answer(message, address))

    def _answer(self, message: gb26875.Message, address: str) -> tuple[int, bool, str] | None:
        """What a message says on a request that was sent."""
        codes = gb26875.codes
        if message.header.command not in (codes.CONFIRM, codes.RESPONSE, codes.DENY):
            return None
        key = self._asked.pop((address, message.header.serial), None)
        if key is None:
            return None
        said = gb26875.as_json(message)
        words = "; ".join(", ".join(f"{k}={v}" for k, v in one.items()) for one in said.get("objects", []))
        return key, True, f"{said['command_name']} {said.get('type_name', '')} {words}".strip()

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        kind = int(code) if code.isdigit() else 0
        if kind not in gb26875.codes.TYPES or kind < 61:
            raise ValueError("可下发 61-68、81、84-86、88-91（GB/T 26875.3 类型标志）")
        self._serial = (self._serial + 1) & 0xFFFF
        self._asked[address, self._serial] = key
        return gb26875.request(
            kind, serial=self._serial, source=self._centre.get(address, CENTRE), destination=address, at=at,
            minutes=int(parameters.get("minutes", 10)),
        )  # fmt: skip


def readings(message: gb26875.Message) -> Iterator[tuple[int, str, float]]:
    """What the objects of a message measure: (which object, channel, value).

    The channels are ``fire`` and ``fault`` for the whole device, ``system:TYPE-ADDRESS:fire`` and ``:fault``,
    ``part:TYPE-ADDRESS-PART:fire`` and ``:fault``, ``analog:TYPE-ADDRESS-PART``, ``power``.
    """
    for index, one in enumerate(message.items):
        if isinstance(one, gb26875.PartValue):
            yield index, f"analog:{one.system}-{one.address}-{one.part}", one.value
            continue
        if isinstance(one, gb26875.SystemState):
            place = f"system:{one.system}-{one.address}"
        elif isinstance(one, gb26875.PartState):
            place = f"part:{one.system}-{one.address}-{one.part}"
        elif isinstance(one, gb26875.DeviceState):
            place = "device"
            yield index, "power", float(bool(one.state & POWER))
        else:
            continue
        for name, bit in (("fire", FIRE), ("fault", FAULT)):
            value = float(bool(one.state & bit))
            yield index, f"{place}:{name}", value
            yield index, name, value
