"""A declared topic-to-quantity mapping (主题映射): topics and JSON paths in, readings out.

A station has a topic, such as ``city/well/07``; each of its instruments says where below it its value stands:

=====================  =========================================================================
``level``              the payload of ``city/well/07/level`` is the number itself
``#data.level``        the payload of ``city/well/07`` is JSON; the number is at ``data.level``
``up#values.0.v``      the payload of ``city/well/07/up`` is JSON; a number is the index in a list
=====================  =========================================================================
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SIZE_LIMIT = 256 * 1024
"""Bytes of a payload that are read; larger ones are refused."""
_SECONDS = 1e11
"""Numbers below count seconds since 1970 (until the year 5138), others milliseconds."""


class MQTTError(ValueError):
    """A message or a mapping that cannot be used, naming the topic or the path and the fix."""

    def __init__(self, message: str, code: str = "payload") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the topic below the station's own, and the path into its JSON payload."""

    topic: str
    path: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that a mapping names.

        >>> Place.parse("up#values.0.v")
        Place(topic='up', path=('values', '0', 'v'))
        >>> Place.parse("level/+")
        Traceback (most recent call last):
            ...
        anlan.protocols.mqtt.mapping.MQTTError: 通道 'level/+' 不能含通配符 + 或 #：写明子主题
        """
        topic, has_path, path = text.partition("#")
        if "+" in topic or "#" in path:
            raise MQTTError(f"通道 {text!r} 不能含通配符 + 或 #：写明子主题", "mapping")
        if topic.startswith("/") or topic.endswith("/"):
            raise MQTTError(f"通道 {text!r} 的子主题不能以 / 开头或结尾", "mapping")
        parts = tuple(path.split(".")) if path else ()
        if has_path and (not parts or "" in parts):
            raise MQTTError(f"通道 {text!r} 的 # 后面应为 JSON 路径，如 #data.level", "mapping")
        return cls(topic, parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a message, or why there is none."""

    channel: str
    value: float | None
    problem: str = ""


def stations_of(topic: str) -> Iterator[str]:
    """The topics that a station could have for a message to belong to it, the longest first.

    >>> list(stations_of("city/well/07"))
    ['city/well/07', 'city/well', 'city']
    """
    while topic:
        yield topic
        topic = topic.rpartition("/")[0]


def readings(
    payload: bytes, topic: str, channels: Mapping[str, Place], *, time_path: str = ""
) -> tuple[datetime | None, list[Reading]]:
    """What a message on a station's sub-topic says, and when it was measured (None when it does not say).

    >>> places = {"#t": Place.parse("#t"), "#h": Place.parse("#h"), "level": Place.parse("level")}
    >>> moment, found = readings(b'{"t": 21.5, "ts": 1565424000}', "", places, time_path="ts")
    >>> moment.isoformat(), [(one.channel, one.value, one.problem) for one in found]
    ('2019-08-10T08:00:00+00:00', [('#t', 21.5, ''), ('#h', None, '报文中没有 h')])
    """
    if len(payload) > SIZE_LIMIT:
        raise MQTTError(f"报文 {len(payload)} 字节，超过上限 {SIZE_LIMIT}", "limit")
    wanted = [(channel, place) for channel, place in channels.items() if place.topic == topic]
    if not wanted:
        return None, []
    plain = [(channel, place) for channel, place in wanted if not place.path]
    if len(plain) == len(wanted) and not time_path:
        value = _number(_text(payload))
        return None, [Reading(channel, value, "" if value is not None else "报文不是数") for channel, _ in plain]
    content = _json(payload)
    moment = (
        _moment(_at(content, tuple(time_path.split("."))), time_path)
        if time_path and isinstance(content, dict | list)
        else None
    )
    found = []
    for channel, place in wanted:
        held = _at(content, place.path)
        value = None if held is _ABSENT else _number(held)
        path = ".".join(place.path)
        problem = f"报文中没有 {path}" if held is _ABSENT else ""
        if held is not _ABSENT and held is not None and value is None:
            problem = f"{path or '报文'} 不是数"
        found.append(Reading(channel, value, problem))
    return moment, found


_ABSENT = object()


def _text(payload: bytes) -> str:
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise MQTTError(f"报文不是 UTF-8 文本（第 {error.start} 字节）", "encoding") from None


def _json(payload: bytes) -> Any:
    text = _text(payload)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MQTTError(f"报文不是 JSON：第 {error.lineno} 行第 {error.colno} 列 {error.msg}", "json") from None
    except RecursionError:
        raise MQTTError("报文的 JSON 嵌套过深", "json") from None
    except ValueError as error:  # digits of a number beyond what the interpreter converts
        raise MQTTError(f"报文的 JSON 不能读取：{error}", "json") from None


def _at(content: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(content, dict) and step in content:
            content = content[step]
        elif (
            isinstance(content, list)
            and step.isascii()
            and step.isdigit()
            and len(step) < 9
            and int(step) < len(content)
        ):
            content = content[int(step)]
        else:
            return _ABSENT
    return content


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and value.lower() in ("true", "on", "false", "off"):
        return float(value.lower() in ("true", "on"))
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _moment(value: Any, path: str) -> datetime | None:
    if value is _ABSENT or value is None:
        return None
    number = None if isinstance(value, bool) else _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(number if abs(number) < _SECONDS else number / 1000, UTC)
        moment = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError):
        raise MQTTError(f"时间 {path}={str(value)[:40]!r} 应为 ISO 8601 或自 1970 年起的秒或毫秒数", "time") from None
    if moment.tzinfo is None:
        raise MQTTError(f"时间 {path}={str(value)[:40]!r} 没有时区：请写明 +08:00 或 Z", "time")
    return moment
