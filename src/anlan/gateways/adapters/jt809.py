"""JT/T 809 on a connection: a subordinate platform (下级平台) that tells where its vehicles are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from anlan.areas.risk.monitoring.queries import SourceConfig
from anlan.areas.risk.monitoring.readings import GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Register, Submission
from anlan.gateways.adapters.positions import place_rows
from anlan.protocols import jt809
from anlan.protocols.jt809 import bodies, supervision

PROTOCOL = "jt809"
LOCATIONS = (bodies.RealLocation, bodies.RealLocation2019)
HISTORIES = (bodies.HistoryLocations, bodies.HistoryLocations2019)


def account_of(config: SourceConfig) -> jt809.Account:
    """What a subordinate platform has to show when it logs in."""
    hosts = frozenset([config.host]) if config.host else frozenset()
    return jt809.Account(int(config.username), config.password, config.centre or 0, hosts)


def cipher_of(config: SourceConfig) -> jt809.Cipher | None:
    """The cipher that was agreed on with a platform."""
    return jt809.Cipher(*map(int, config.cipher.split(","))) if config.cipher else None


class Session:
    """Both links with one subordinate platform; what is to be done for them waits in `actions`."""

    def __init__(
        self, register: Register, platforms: Mapping[int, SourceConfig], *, verify_code: int, host: str, now: float
    ) -> None:
        """`platforms` are those that may log in, by user number."""
        self._register, self._platforms, self._host = register, platforms, host
        accounts = {user: account_of(config) for user, config in platforms.items()}
        self._superior = jt809.Superior(accounts, verify_code=verify_code)
        self._superior.accepted(now=now)
        self._splitters = {jt809.MAIN: jt809.Splitter(), jt809.SUB: jt809.Splitter()}
        self._asked: dict[int, int] = {}
        self.actions: list[jt809.Action] = []
        self.addresses: set[str] = set()

    def feed(self, data: bytes, at: datetime, link: jt809.exchange.Link = jt809.MAIN) -> list[Submission | Fault]:
        return self._take(self._splitters[link].feed(data), at, link)

    def close(self, at: datetime) -> list[Submission | Fault]:
        return self._take(self._splitters[jt809.MAIN].close(), at, jt809.MAIN)

    def tick(self, now: float) -> None:
        """Let time pass: keep-alive, links given up, another try."""
        self.actions += self._superior.tick(now=now)

    def connected(self, now: float) -> None:
        """The sub link is open."""
        self._splitters[jt809.SUB] = jt809.Splitter()
        self.actions += self._superior.connected(jt809.SUB, now=now)

    def lost(self, link: jt809.exchange.Link, now: float) -> None:
        """A link broke or could not be opened."""
        self.actions += self._superior.lost(link, now=now)

    @property
    def platform(self) -> SourceConfig | None:
        """Who has logged in."""
        account = self._superior.account
        return self._platforms.get(account.user_id) if account else None

    def _take(self, found: list, at: datetime, link: jt809.exchange.Link) -> list[Submission | Fault]:
        taken: list[Submission | Fault] = []
        for item in found:
            if isinstance(item, jt809.Malformed):
                taken.append(Fault(PROTOCOL, item.code, item.reason, item.raw))
                continue
            try:
                message = self._decode(item)
            except jt809.JT809Error as error:
                taken.append(Fault(PROTOCOL, "body", str(error), item.raw))
                continue
            if message.problem:
                taken.append(Fault(PROTOCOL, "body", message.problem, item.raw))
            for action in self._superior.received(link, message, now=at.timestamp(), host=self._host):
                if isinstance(action, jt809.Receive):
                    taken += self._business(action.message, item.raw)
                else:
                    self.actions.append(action)
        return taken

    def _decode(self, frame: jt809.Frame) -> jt809.Message:
        message = jt809.decode(frame)
        if not isinstance(message.body, bodies.Sealed):
            return message
        config = next((one for one in self._platforms.values() if one.centre == message.centre_id), None)
        cipher = cipher_of(config) if config else None
        if cipher is None:
            raise jt809.JT809Error(f"接入码 {message.centre_id} 的平台没有登记加密参数，消息体不能解密")
        self._superior.terms = replace(self._superior.terms, cipher=cipher, key=message.key)
        return jt809.decode(frame, cipher=cipher)

    def _business(self, message: jt809.Message, raw: bytes) -> list[Submission]:
        """Where vehicles are; anything else that a platform says is kept as it came."""
        platform = self.platform
        if platform is None or message.plate is None:
            return []
        address = f"{platform.code}/{message.plate}".lower()
        device = self._register().get((PROTOCOL, address))
        if device is None:
            name = f"{platform.code}/{message.plate}"
            return [Submission(PROTOCOL, name, (raw,), unknown=(("", "未登记的车辆"),))]
        self.addresses.add(address)
        body, rows = message.body, []
        if isinstance(body, LOCATIONS):
            rows = self._rows(device, [body.position])
        elif isinstance(body, HISTORIES):
            rows = self._rows(device, body.positions)
        if (answer := jt809.acknowledge(message)) is not None:
            self.actions += self._superior.send(answer, now=message.utc or 0)
        return [Submission(PROTOCOL, address, (raw,), tuple(rows), answer=self._answer(message))]

    def _rows(self, device, positions) -> list[tuple[int, int, float, int]]:
        rows = []
        for one in positions:
            if (moment := one.moment) is None:
                continue
            values = {"speed": one.speed, "mileage": one.mileage}
            rows += place_rows(
                device, milliseconds(moment), one.lon, one.lat, values, flag=GOOD if one.is_fixed else MISSING,
                crs="gcj02" if one.encrypt else device.crs,
            )  # fmt: skip
        return rows

    def _answer(self, message: jt809.Message) -> tuple[int, bool, str] | None:
        body = message.body
        number = body.msg_id if isinstance(body, supervision.TextAnswer) else getattr(body, "source_msg_sn", None)
        key = self._asked.pop(number, None) if number is not None else None
        if key is None:
            return None
        result = getattr(body, "result", 0)
        return key, True, f"{message.kind:04X} {'成功' if result == 0 else f'结果 {result}'}"

    def command(self, key: int, address: str, code: str, parameters: Mapping[str, Any], at: datetime) -> bytes:
        """A text for the driver (9503); its parameter is `text`."""
        if code.upper() != "9503" or not str(parameters.get("text", "")).strip():
            raise ValueError("JT/T 809 可下发 9503（报文下发），参数为 text")
        number = key & 0xFFFFFFFF
        body = supervision.TextInfo(msg_sequence=number, msg_priority=0, msg_content=str(parameters["text"]))
        message = jt809.draft(0x9503, body, plate=address.rpartition("/")[2].upper(), plate_color=2)
        sent = self._superior.send(message, now=at.timestamp())
        self._asked[number] = key
        for action in sent:
            if isinstance(action, jt809.exchange.Send):
                self._asked[action.message.serial] = key
        self.actions += sent
        return b""
