"""An MQTT message as it is kept and as tools print it: the topic, a break, the payload."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from anlan.protocols.mqtt.mapping import SIZE_LIMIT, MQTTError
from anlan.protocols.mqtt.packets import Packet, parse

_BREAK = re.compile(rb"[\n\t ]")


@dataclass(frozen=True, slots=True)
class Message:
    """A message on a topic."""

    topic: str
    payload: bytes


def decode(raw: bytes) -> Message:
    """The message in a line: topic, then payload behind the first blank or line break (as ``mosquitto_sub -v`` prints).

    >>> decode(b'city/well/07 {"level": 3.5}')
    Message(topic='city/well/07', payload=b'{"level": 3.5}')
    """
    topic, found, payload = _parted(raw)
    try:
        name = topic.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MQTTError(f"主题不是 UTF-8 文本（第 {error.start} 字节）", "encoding") from None
    if not name or not found or len(topic) > 65535 or set(name) & set("+#\x00"):
        raise MQTTError("应为 主题、空格、内容，如 city/well/07 3.5；主题不含 + # 和空字符", "topic")
    if len(payload) > SIZE_LIMIT:
        raise MQTTError(f"报文 {len(payload)} 字节，超过上限 {SIZE_LIMIT}", "limit")
    return Message(name, payload)


def read(raw: bytes) -> Message | Packet:
    """What captured bytes are: a control packet, or a message as tools print it.

    >>> as_json(read(bytes.fromhex("d000"))), as_json(read(b"city/well/07 3.5"))
    ({'packet': 'PINGRESP', 'version': None}, {'topic': 'city/well/07', 'payload': 3.5})
    """
    try:
        return parse(raw)
    except MQTTError:
        # Lengths of two bytes stand near a packet's start, and no topic has their zeros.
        if b"\0" in raw[:5] or len(raw) < 4:
            raise
    return decode(raw)


def _parted(raw: bytes) -> tuple[bytes, bool, bytes]:
    match = _BREAK.search(raw)
    return (raw[: match.start()], True, raw[match.end() :]) if match else (raw, False, b"")


def encode(message: Message) -> bytes:
    """The message as it is kept.

    >>> encode(Message("a/b", b"1"))
    b'a/b\\n1'
    """
    return message.topic.encode() + b"\n" + message.payload


def as_json(message: Message | Packet) -> dict[str, Any]:
    """A packet under the standard's names; of a message the topic, and the payload as JSON where it is that, else as text, else as hexadecimal digits.

    >>> as_json(Message("a/b", b"3.5")), as_json(Message("a", b"\\xff"))
    ({'topic': 'a/b', 'payload': 3.5}, {'topic': 'a', 'payload_hex': 'ff'})
    """
    if isinstance(message, Packet):
        return message.json()
    try:
        text = message.payload.decode("utf-8")
    except UnicodeDecodeError:
        return {"topic": message.topic, "payload_hex": message.payload.hex()}
    try:
        said = json.loads(text, parse_constant=str, parse_float=_finite)
        json.dumps(said, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        said = text
    return {"topic": message.topic, "payload": said}


def _finite(text: str) -> float | str:
    return number if math.isfinite(number := float(text)) else text
