"""JT/T 808 on a connection: terminals of vehicles (车载终端)."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from django.conf import settings

from anlan.areas.risk.monitoring.queries import Device
from anlan.areas.risk.monitoring.readings import GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.gateways.adapters.positions import TO_WGS84, place_rows
from anlan.protocols import jt808
from anlan.protocols.jt808.control import Follow, Words, Words2019
from anlan.protocols.jt808.messages import Authentication, Authentication2019, Nothing
from anlan.protocols.jt808.parameters import AskParameters
from anlan.protocols.layouts import LayoutError

PROTOCOL = "jt808"
REGISTER, AUTHENTICATE, UNREGISTER = 0x0100, 0x0102, 0x0003
#: Results of a registration: done; no such terminal.
DONE, UNKNOWN = 0, 4
#: Result of the general answer for what is refused.
REFUSED = 1
ASKED_LIMIT = 64
_MARKS = np.array([GOOD, MISSING], np.uint8)


def entry(lane: Any, address: str, device: Device) -> Any:
    """A terminal as the lane's directory has it; one whose coordinates are to be converted is not."""
    return None if device.crs in TO_WGS84 else lane.entry(address, device.channels, device.station)


def marks(_lane: Any, _at: datetime) -> np.ndarray:
    """The quality of a number, and of a place without a fix."""
    return _MARKS


def code_of(device: Device) -> str:
    """The authentication code (鉴权码) of a terminal: its registered password, else one that only Anlan can make."""
    if device.password:
        return device.password
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"jt808/{device.address.lower()}".encode(), sha256).hexdigest()[:16]


class Session:
    """One connection; a terminal has to show its code before it is listened to."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._splitter = jt808.Splitter()
        self._assembler = jt808.Assembler()
        self._parts: dict[tuple[str, int, int], dict[int, bytes]] = {}
        self._headers: dict[str, jt808.Header] = {}
        self._asked: dict[tuple[str, int], int] = {}
        self._serial = 0
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.feed(data), at)

    def close(self, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitter.close(), at)

    def lend(self) -> bytes | None:
        return self._splitter.lend() if len(self.addresses) == 1 else None

    def context(self, numbers: Mapping[str, int]) -> tuple[int, int, int]:
        (address,) = self.addresses
        version = self._headers[address].version
        return numbers.get(address, -1), self._serial, -1 if version is None else version

    def noted(self, addresses: Sequence[str], notes: Sequence[int]) -> None:
        self._serial = (self._serial + len(addresses)) & 0xFFFF

    def _next(self) -> int:
        self._serial = (self._serial + 1) & 0xFFFF
        return self._serial

    def _take(self, found: list[jt808.Frame | jt808.Malformed], at: datetime) -> list[Submission | Fault]:
        taken: list[Submission | Fault] = []
        for item in found:
            if isinstance(item, jt808.Malformed):
                taken.append(Fault(PROTOCOL, item.code, item.reason, item.raw))
                continue
            part = jt808.decode(item)
            message = self._assembler.add(part, at)
            frames = self._frames(item, is_whole=message is not None)
            if message is None:
                # Each packet is answered, so that the terminal sends the next.
                answer = jt808.acknowledge(part, serial=self._next()) or b""
                taken.append(Submission(PROTOCOL, part.phone, (), confirmation=answer))
                continue
            if message.problem:
                taken.append(Fault(PROTOCOL, "body", message.problem, item.raw))
            taken.append(self._submission(message, frames, at))
        return taken

    def _frames(self, frame: jt808.Frame, *, is_whole: bool) -> tuple[bytes, ...]:
        """The frames of a message that came in packets; kept from its first to its last."""
        header = frame.header
        if not header.is_part:
            return (frame.raw,)
        key = (header.phone, header.message_id, header.total)
        self._parts.setdefault(key, {})[header.index] = frame.raw
        if not is_whole:
            if len(self._parts) > 16:
                del self._parts[next(iter(self._parts))]
            return ()
        return tuple(self._parts.pop(key).values())

    def _submission(self, message: jt808.Message, frames: tuple[bytes, ...], at: datetime) -> Submission:
        address = message.phone
        device = self._register().get((PROTOCOL, address))
        if device is None:
            result = UNKNOWN if message.message_id == REGISTER else REFUSED
            answer = jt808.acknowledge(message, serial=self._next(), result=result) or b""
            return Submission(PROTOCOL, address, frames, (), answer, (("", "未登记的终端手机号"),))
        self._headers[address] = message.header
        if message.message_id == REGISTER:
            answer = jt808.acknowledge(message, serial=self._next(), result=DONE, code=code_of(device)) or b""
            return Submission(PROTOCOL, address, frames, (), answer)
        if not self._is_authentic(message, address, device):
            answer = jt808.acknowledge(message, serial=self._next(), result=REFUSED) or b""
            return Submission(PROTOCOL, address, frames, (), answer, (("", "没有鉴权或鉴权码不符"),))
        if message.message_id == UNREGISTER:
            self.addresses.discard(address)
        answer = jt808.acknowledge(message, serial=self._next(), at=at) or b""
        return Submission(
            PROTOCOL, address, frames, tuple(self._rows(message.body, device)), answer, answer=self._answered(message)
        )

    def _is_authentic(self, message: jt808.Message, address: str, device: Device) -> bool:
        """Whether the terminal has shown its code on this connection, now or before."""
        if message.message_id == AUTHENTICATE:
            body = message.body
            code = body.code if isinstance(body, Authentication | Authentication2019) else ""
            if hmac.compare_digest(code.encode(), code_of(device).encode()):
                self.addresses.add(address)
            else:
                self.addresses.discard(address)
        return address in self.addresses

    def _rows(self, body: jt808.Body, device: Device) -> list[tuple[int, int, float, int]]:
        if isinstance(body, jt808.Report | jt808.ReportAnswer):
            locations: tuple[jt808.Location, ...] = (body.location,)
        elif isinstance(body, jt808.Batch):
            locations = body.locations
        else:
            return []
        rows = []
        for one in locations:
            if (moment := one.moment) is None:
                continue
            values = {"speed": one.speed, "mileage": one.mileage}
            rows += place_rows(
                device, milliseconds(moment), one.longitude, one.latitude, values,
                flag=GOOD if one.is_fixed else MISSING, crs=device.crs,
            )  # fmt: skip
        return rows

    def _answered(self, message: jt808.Message) -> tuple[int, bool, str] | None:
        """What a message says on a command that was sent."""
        number = getattr(message.body, "answered_serial", None)
        key = self._asked.pop((message.phone, number), None) if number is not None else None
        if key is None:
            return None
        said = jt808.as_json(message)
        words = ", ".join(f"{name}={value}" for name, value in said.items() if name not in _SHOWN_NOT)
        return key, True, f"{message.message_id:04X} {said['message_name']} {words}".strip()

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        header = self._headers[address]
        try:
            message_id = int(code, 16)
        except ValueError:
            raise ValueError(f"消息 ID {code} 不是十六进制数") from None
        serial = self._next()
        try:
            body = body_for(message_id, parameters, is_2019=header.is_2019)
            frame = jt808.reply(header, message_id, body, serial=serial)
        except LayoutError as error:
            raise ValueError(str(error)) from error
        if len(self._asked) >= ASKED_LIMIT:
            del self._asked[next(iter(self._asked))]
        self._asked[address, serial] = key
        return frame


_SHOWN_NOT = ("message_id", "message_name", "edition", "phone", "serial", "protocol_version", "answered_serial")
#: Requests without a body that the duty desk may send: parameters, attributes, location, link, driver, video attributes.
_PLAIN = (0x8104, 0x8107, 0x8201, 0x8204, 0x8702, 0x9003)


def body_for(message_id: int, parameters: Mapping[str, Any], *, is_2019: bool) -> jt808.Body:
    """The body of a command by its identifier and named parameters; ValueError says what is wanted."""
    if message_id in _PLAIN:
        return Nothing()
    if message_id == 0x8300:
        text = str(parameters.get("text", "")).strip()
        if not text:
            raise ValueError("8300（文本信息下发）的参数为 text，可加 flag")
        flag = int(parameters.get("flag", 0b1101))
        return Words2019(flag, 1, text) if is_2019 else Words(flag, text)
    if message_id == 0x8202:
        return Follow(int(parameters.get("interval", 10)), int(parameters.get("duration", 600)))
    if message_id == 0x8106:
        return AskParameters(tuple(int(str(key), 16) for key in str(parameters.get("ids", "")).split(",") if key))
    raise ValueError(
        "可下发 8104 8107 8201 8204 8702 9003（不带参数）、8300（text）、8202（interval、duration）、8106（ids，如 0001,0013）"
    )
