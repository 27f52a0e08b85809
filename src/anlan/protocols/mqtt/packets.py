"""MQTT control packets (控制报文) of 3.1.1 and 5.0, for reading what was captured; paho-mqtt speaks the protocol itself.

Only a CONNECT names its edition. Of the others that is read which fits, 5.0 first; where both do, the version is 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anlan.protocols.mqtt.mapping import MQTTError

NAMES = (
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE",
    "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
)  # fmt: skip
CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(8, 16)
_FIXED_FLAGS = {PUBREL: 2, SUBSCRIBE: 2, UNSUBSCRIBE: 2}
_PROTOCOLS = {("MQIsdp", 3): 3, ("MQIsdp", 4): 4, ("MQTT", 4): 4, ("MQTT", 5): 5}
_BRIDGE = 0x80
_WILL = 0
_ANSWERS = frozenset({CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH})
PROPERTIES: dict[int, tuple[str, str, frozenset[int]]] = {
    1: ("payload_format_indicator", "u8", frozenset({PUBLISH, _WILL})),
    2: ("message_expiry_interval", "u32", frozenset({PUBLISH, _WILL})),
    3: ("content_type", "text", frozenset({PUBLISH, _WILL})),
    8: ("response_topic", "text", frozenset({PUBLISH, _WILL})),
    9: ("correlation_data", "binary", frozenset({PUBLISH, _WILL})),
    11: ("subscription_identifier", "varint", frozenset({PUBLISH, SUBSCRIBE})),
    17: ("session_expiry_interval", "u32", frozenset({CONNECT, CONNACK, DISCONNECT})),
    18: ("assigned_client_identifier", "text", frozenset({CONNACK})),
    19: ("server_keep_alive", "u16", frozenset({CONNACK})),
    21: ("authentication_method", "text", frozenset({CONNECT, CONNACK, AUTH})),
    22: ("authentication_data", "binary", frozenset({CONNECT, CONNACK, AUTH})),
    23: ("request_problem_information", "u8", frozenset({CONNECT})),
    24: ("will_delay_interval", "u32", frozenset({_WILL})),
    25: ("request_response_information", "u8", frozenset({CONNECT})),
    26: ("response_information", "text", frozenset({CONNACK})),
    28: ("server_reference", "text", frozenset({CONNACK, DISCONNECT})),
    31: ("reason_string", "text", _ANSWERS),
    33: ("receive_maximum", "u16", frozenset({CONNECT, CONNACK})),
    34: ("topic_alias_maximum", "u16", frozenset({CONNECT, CONNACK})),
    35: ("topic_alias", "u16", frozenset({PUBLISH})),
    36: ("maximum_qos", "u8", frozenset({CONNACK})),
    37: ("retain_available", "u8", frozenset({CONNACK})),
    38: ("user_property", "pair", _ANSWERS | {CONNECT, PUBLISH, _WILL, SUBSCRIBE, UNSUBSCRIBE}),
    39: ("maximum_packet_size", "u32", frozenset({CONNECT, CONNACK})),
    40: ("wildcard_subscription_available", "u8", frozenset({CONNACK})),
    41: ("subscription_identifiers_available", "u8", frozenset({CONNACK})),
    42: ("shared_subscription_available", "u8", frozenset({CONNACK})),
}
"""Properties (2.2.2.2): name, form, and the packets that may carry them."""
REASONS = {
    0x00: "Success", 0x01: "Granted QoS 1", 0x02: "Granted QoS 2", 0x04: "Disconnect with Will Message",
    0x10: "No matching subscribers", 0x11: "No subscription existed", 0x18: "Continue authentication",
    0x19: "Re-authenticate", 0x80: "Unspecified error", 0x81: "Malformed Packet", 0x82: "Protocol Error",
    0x83: "Implementation specific error", 0x84: "Unsupported Protocol Version", 0x85: "Client Identifier not valid",
    0x86: "Bad User Name or Password", 0x87: "Not authorized", 0x88: "Server unavailable", 0x89: "Server busy",
    0x8A: "Banned", 0x8B: "Server shutting down", 0x8C: "Bad authentication method", 0x8D: "Keep Alive timeout",
    0x8E: "Session taken over", 0x8F: "Topic Filter invalid", 0x90: "Topic Name invalid",
    0x91: "Packet Identifier in use", 0x92: "Packet Identifier not found", 0x93: "Receive Maximum exceeded",
    0x94: "Topic Alias invalid", 0x95: "Packet too large", 0x96: "Message rate too high", 0x97: "Quota exceeded",
    0x98: "Administrative action", 0x99: "Payload format invalid", 0x9A: "Retain not supported",
    0x9B: "QoS not supported", 0x9C: "Use another server", 0x9D: "Server moved", 0x9E: "Shared Subscriptions not supported",
    0x9F: "Connection rate exceeded", 0xA0: "Maximum connect time", 0xA1: "Subscription Identifiers not supported",
    0xA2: "Wildcard Subscriptions not supported",
}  # fmt: skip
"""Reason codes of 5.0 (2.4)."""
RETURNS = {
    0: "Connection accepted", 1: "unacceptable protocol version", 2: "identifier rejected", 3: "server unavailable",
    4: "bad user name or password", 5: "not authorized",
}  # fmt: skip
"""Return codes of a CONNACK in 3.1.1 (3.2.2.3)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One control packet, under the standard's names."""

    kind: int
    version: int | None
    """3, 4 (3.1.1) or 5; None where every edition says the same."""
    values: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The packet under readable names."""
        return {"packet": NAMES[self.kind], "version": self.version, **self.values}


class _Bytes:
    """Bytes being read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int, name: str) -> bytes:
        part = self.data[self.at : self.at + size]
        if len(part) < size:
            raise MQTTError(f"{name} 应有 {size} 字节，只剩 {len(part)} 字节", "packet")
        self.at += size
        return part

    def number(self, size: int, name: str) -> int:
        return int.from_bytes(self.take(size, name), "big")

    def varint(self, name: str) -> int:
        value = 0
        for place in range(4):
            byte = self.number(1, name)
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise MQTTError(f"{name} 超过 4 字节", "packet")

    def binary(self, name: str) -> bytes:
        return self.take(self.number(2, name), name)

    def text(self, name: str) -> str:
        try:
            return self.binary(name).decode("utf-8")
        except UnicodeDecodeError:
            raise MQTTError(f"{name} 不是 UTF-8", "packet") from None

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def properties(self, kind: int) -> dict[str, Any]:
        """Properties that a packet may carry; those that may come again are lists."""
        size = self.varint("属性长度")
        inner = _Bytes(self.take(size, "属性"))
        found: dict[str, Any] = {}
        while inner.left:
            key = inner.varint("属性标识")
            name, form, allowed = PROPERTIES.get(key, ("", "", frozenset()))
            if kind not in allowed:
                raise MQTTError(f"{NAMES[kind] or '遗嘱'} 不能有属性 {key}", "packet")
            value = _FORMS[form](inner, name)
            if form == "pair" or (key == 11 and kind == PUBLISH):
                found.setdefault(name, []).append(value)
            elif name in found:
                raise MQTTError(f"属性 {name} 出现多次", "packet")
            else:
                found[name] = value
        return {"properties": found} if found else {}


_FORMS: dict[str, Callable[[_Bytes, str], Any]] = {
    "u8": lambda data, name: data.number(1, name),
    "u16": lambda data, name: data.number(2, name),
    "u32": lambda data, name: data.number(4, name),
    "varint": _Bytes.varint,
    "text": _Bytes.text,
    "binary": lambda data, name: data.binary(name).hex(),
    "pair": lambda data, name: [data.text(name), data.text(name)],
}


def parse(raw: bytes) -> Packet:
    """The control packet that some bytes are.

    >>> parse(bytes.fromhex("30 0a 00 04 74 65 73 74 74 65 73 74")).values["payload"]
    'test'
    >>> parse(bytes.fromhex("e0 02 8e 00")).json()
    {'packet': 'DISCONNECT', 'version': 5, 'reason_code': 142, 'reason': 'Session taken over'}
    """
    data = _Bytes(raw)
    first = data.number(1, "固定头")
    size = data.varint("剩余长度")
    if size != data.left:
        raise MQTTError(f"剩余长度声明为 {size} 字节，实际 {data.left} 字节", "packet")
    kind, flags = first >> 4, first & 0xF
    wrong = flags & 6 == 6 if kind == PUBLISH else flags != _FIXED_FLAGS.get(kind, 0)
    if kind == 0 or wrong:
        raise MQTTError(f"固定头 {first:02X} 不是 MQTT 报文的类型和标志", "packet")
    body = raw[data.at :]
    if kind == CONNECT:
        return _connect(_Bytes(body))
    problem = MQTTError("", "packet")
    for version in (5, 4):
        try:
            return _packet(kind, flags, version, _Bytes(body))
        except MQTTError as error:
            problem = error
    raise problem


@dataclass(frozen=True, slots=True)
class Part:
    """Captured bytes: a packet, or with a reason what is none."""

    raw: bytes
    reason: str = ""


class Splitter:
    """Packets out of captured bytes, by the lengths that they declare; behind damage no packet can be found.

    >>> splitter = Splitter()
    >>> [part.raw.hex() for part in splitter.feed(bytes.fromhex("d000e0028e00c0"))], splitter.close()[0].reason
    (['d000', 'e0028e00'], '抓包结束时报文不完整')
    """

    def __init__(self) -> None:
        self._rest, self._problem = b"", ""

    def feed(self, data: bytes) -> list[Part]:
        """The packets that these bytes complete."""
        rest = _Bytes(self._rest + data)
        found: list[Part] = []
        while not self._problem and (size := _declared(rest.data[rest.at : rest.at + 5])) and size <= rest.left:
            raw = rest.take(size, "报文")
            try:
                parse(raw)
            except MQTTError as error:
                rest.at, self._problem = rest.at - size, str(error)
            else:
                found.append(Part(raw))
        self._rest = rest.data[rest.at :]
        return found

    def close(self) -> list[Part]:
        """What is left when the capture ends."""
        rest, self._rest = self._rest, b""
        return [Part(rest, self._problem or "抓包结束时报文不完整")] if rest else []


def _declared(head: bytes) -> int:
    """How many bytes a packet takes, by its first ones; 0 where they do not say."""
    data = _Bytes(head)
    try:
        data.take(1, "固定头")
        size = data.varint("剩余长度")
    except MQTTError:
        return 0
    return data.at + size


def _packet(kind: int, flags: int, version: int, data: _Bytes) -> Packet:
    read: Callable[[_Bytes, int, int, int], dict[str, Any]] = _READERS[kind]
    values = read(data, kind, flags, version)
    if data.left:
        raise MQTTError(f"{NAMES[kind]} 之后多出 {data.left} 字节", "packet")
    is_same = kind in (PINGREQ, PINGRESP) or (
        kind in (PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT) and "reason" not in values
    )
    return Packet(kind, None if is_same else version, values)


def _connect(data: _Bytes) -> Packet:
    name, level = data.text("协议名"), data.number(1, "协议级别")
    version = _PROTOCOLS.get((name, level & ~_BRIDGE))
    if version is None:
        raise MQTTError(f"协议 {name[:20]!r} 级别 {level} 不是 MQTT 3.1、3.1.1、5.0", "packet")
    flags = data.number(1, "连接标志")
    if flags & 1 or flags & 0x18 == 0x18:
        raise MQTTError(f"连接标志 {flags:02X} 的保留位应为 0，遗嘱 QoS 不能为 3", "packet")
    values: dict[str, Any] = {"clean_start": bool(flags & 2), "keep_alive": data.number(2, "保持连接")}
    values |= {"is_bridge": True} if level & _BRIDGE else {}
    if version == 5:
        values |= data.properties(CONNECT)
    values["client_id"] = data.text("客户端标识")
    if flags & 4:
        will: dict[str, Any] = {"qos": flags >> 3 & 3, "retain": bool(flags & 0x20)}
        if version == 5:
            will |= data.properties(_WILL)
        values["will"] = will | {"topic": data.text("遗嘱主题"), **_payload(data.binary("遗嘱内容"))}
    if flags & 0x80:
        values["user_name"] = data.text("用户名")
    if flags & 0x40:
        values["password_size"] = len(data.binary("密码"))
    if data.left:
        raise MQTTError(f"CONNECT 之后多出 {data.left} 字节", "packet")
    return Packet(CONNECT, version, values)


def _connack(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    present, code = data.number(1, "连接确认标志"), data.number(1, "原因码")
    if present > 1:
        raise MQTTError("连接确认标志的保留位应为 0", "packet")
    values: dict[str, Any] = {"session_present": bool(present)}
    if version < 5:
        return values | {"return_code": code, "return": RETURNS.get(code, "")}
    return values | _reason(code) | data.properties(kind)


def _publish(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    qos = flags >> 1 & 3
    values: dict[str, Any] = {"dup": bool(flags & 8), "qos": qos, "retain": bool(flags & 1), "topic": data.text("主题")}
    if qos:
        values["packet_id"] = data.number(2, "报文标识符")
    if version == 5:
        values |= data.properties(kind)
    if not values["topic"] and "topic_alias" not in values.get("properties", {}):
        raise MQTTError("主题为空", "packet")
    return values | _payload(data.take(data.left, "内容"))


def _payload(raw: bytes) -> dict[str, Any]:
    try:
        return {"payload": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"payload_hex": raw.hex()}


def _reason(code: int) -> dict[str, Any]:
    return {"reason_code": code, "reason": REASONS.get(code, "")}


def _answer(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    """PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT, AUTH: a reason and properties where they are not left out."""
    values: dict[str, Any] = {} if kind in (DISCONNECT, AUTH) else {"packet_id": data.number(2, "报文标识符")}
    if version == 5 and data.left:
        values |= _reason(data.number(1, "原因码"))
        if data.left:
            values |= data.properties(kind)
    elif kind == AUTH:
        values |= _reason(0)
    return values


def _subscribe(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {"packet_id": data.number(2, "报文标识符")}
    if version == 5:
        values |= data.properties(kind)
    topics: list[Any] = []
    while data.left or not topics:
        topic = data.text("主题过滤器")
        if not topic:
            raise MQTTError("主题过滤器为空", "packet")
        if kind == UNSUBSCRIBE:
            topics.append(topic)
            continue
        options = data.number(1, "订阅选项")
        if options & 3 == 3 or options & 0x30 == 0x30 or options & (0xC0 if version == 5 else 0xFC):
            raise MQTTError(f"订阅选项 {options:02X} 的 QoS 和保留消息处理不能为 3，保留位应为 0", "packet")
        one: dict[str, Any] = {"topic": topic, "qos": options & 3}
        if version == 5:
            one |= {
                "no_local": bool(options & 4),
                "retain_as_published": bool(options & 8),
                "retain_handling": options >> 4,
            }
        topics.append(one)
    return values | {"topics": topics}


def _granted(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {"packet_id": data.number(2, "报文标识符")}
    if version == 5:
        values |= data.properties(kind)
    elif kind == UNSUBACK:
        return values
    codes = [data.number(1, "原因码") for _ in range(max(data.left, 1))]
    if any(code not in (REASONS if version == 5 else (0, 1, 2, 0x80)) for code in codes):
        raise MQTTError("原因码不在表中", "packet")
    return values | {"reason_codes": codes, "reasons": [REASONS[code] for code in codes]}


def _ping(data: _Bytes, kind: int, flags: int, version: int) -> dict[str, Any]:
    return {}


_READERS: dict[int, Callable[[_Bytes, int, int, int], dict[str, Any]]] = {
    CONNACK: _connack, PUBLISH: _publish, SUBSCRIBE: _subscribe, UNSUBSCRIBE: _subscribe, SUBACK: _granted,
    UNSUBACK: _granted, PINGREQ: _ping, PINGRESP: _ping,
} | dict.fromkeys((PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT, AUTH), _answer)  # fmt: skip
