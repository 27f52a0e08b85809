"""Entities as JSON (clauses 8 and 10), CreateObservations (clause 12.1), pages that a server answers, and errors."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.protocols.sensorthings import paths, times
from anlan.protocols.sensorthings.codes import SETS, TYPES, EntityType, Property, Relation, SensorThingsError
from anlan.protocols.sensorthings.paths import Key, Resource
from anlan.protocols.sensorthings.times import Interval

#: Bytes of a document, how deep it may nest, and observations in one.
SIZE, DEPTH, OBSERVATIONS = 4_000_000, 24, 20_000
_LINK = re.compile(r"(?:^|/)(\w+)\((?:(\d{1,18})|'([^']{1,200})')\)$")


@dataclass(frozen=True)
class Entity:
    """A Thing, Location, HistoricalLocation, Datastream, Sensor, ObservedProperty, Observation or FeatureOfInterest.

    `values` holds what was given, times as moments and periods; `related` the entities that came inside.
    """

    type: str
    key: Key | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    related: Mapping[str, "Entity | tuple[Entity, ...]"] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Observations of one Datastream in a CreateObservations; one that cannot be read stands as its error."""

    datastream: Key
    observations: tuple[Entity | SensorThingsError, ...]


@dataclass(frozen=True)
class Page:
    """What a server answers of a set, and where the rest is."""

    entities: tuple[Entity, ...]
    next_link: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Creation:
    """An Observation, or a CreateObservations, with where it was posted and by whom."""

    resource: Resource | None
    content: Entity | tuple[Group, ...]
    sender: str = ""


@dataclass(frozen=True)
class Root:
    """The sets that a server has, and where (9.2.1)."""

    sets: tuple[tuple[str, str], ...]


Message = Entity | Page | Creation | Root


def load(raw: bytes) -> Any:
    """JSON of bounded size and depth, with finite numbers and texts that can be written again.

    >>> load(b'{"result": 3.5}')
    {'result': 3.5}
    """
    if len(raw) > SIZE:
        raise SensorThingsError(f"文档超过 {SIZE} 字节", "too-long")
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except SensorThingsError:
        raise
    except UnicodeDecodeError as error:
        raise SensorThingsError(f"第 {error.start + 1} 个字节处不是 UTF-8", "json") from None
    except json.JSONDecodeError as error:
        raise SensorThingsError(f"不是 JSON：第 {error.lineno} 行第 {error.colno} 个字符处有误", "json") from None
    except (RecursionError, ValueError):
        raise SensorThingsError("JSON 嵌套太深，或其中的数太长", "json") from None
    _look_through(value)
    return value


def _no_constant(name: str) -> float:
    raise SensorThingsError(f"JSON 中不能有 {name}；没有数值时写 null", "json")


def _look_through(value: Any) -> None:
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEPTH:
            raise SensorThingsError(f"JSON 嵌套超过 {DEPTH} 层", "json")
        if isinstance(one, dict):
            waiting += [(inner, depth + 1) for inner in (*one, *one.values())]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
        elif isinstance(one, str):
            if any("\ud800" <= character <= "\udfff" for character in one):
                raise SensorThingsError("JSON 的文字中有半个字符（\\ud800 至 \\udfff）", "json")
        elif isinstance(one, float) and not math.isfinite(one):
            raise SensorThingsError("JSON 中的数太大", "json")


def read(kind: EntityType, value: Any, *, is_strict: bool = True) -> Entity:
    """An entity out of its JSON; a strict reader refuses what the standard does not name, and what is missing.

    >>> read(TYPES["Observation"], {"phenomenonTime": "2026-11-28T06:00:00Z", "result": 3}).values["result"]
    3
    """
    return _entity(kind, value, is_strict, 0)


def _entity(kind: EntityType, value: Any, is_strict: bool, depth: int) -> Entity:
    if not isinstance(value, dict):
        raise SensorThingsError(f"{kind.name} 应为 JSON 对象", "type")
    if depth > 4:
        raise SensorThingsError("实体嵌套超过 4 层", "too-deep")
    values: dict[str, Any] = {}
    related: dict[str, Entity | tuple[Entity, ...]] = {}
    for name, given in value.items():
        known, relation = kind.property(name), kind.relation(name)
        if known is not None:
            values[name] = _value(kind, known, given)
        elif relation is not None:
            related[name] = _related(relation, given, is_strict, depth)
        elif is_strict and name != "id" and "@" not in name:
            names = [*(one.name for one in kind.properties), *(one.name for one in kind.relations)]
            raise SensorThingsError(f"{kind.name} 没有属性 {name[:40]!r}；可用：{'、'.join(names)}", "property")
    if is_strict and (value.keys() != {"@iot.id"} or not depth):
        missing = [one.name for one in kind.properties if one.is_needed and one.name not in values]
        if missing:
            raise SensorThingsError(f"{kind.name} 缺少属性 {'、'.join(missing)}", "property")
    return Entity(kind.name, _key(value.get("@iot.id", value.get("id"))), values, related)


def _key(value: Any) -> Key | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18):
        return value
    if isinstance(value, str) and 0 < len(value) <= 200:
        return value
    raise SensorThingsError(f"@iot.id 应为整数或不超过 200 字的文字，写的是 {str(value)[:40]!r}", "type")


def _related(relation: Relation, given: Any, is_strict: bool, depth: int) -> Entity | tuple[Entity, ...]:
    target = TYPES[relation.target]
    if relation.is_many != isinstance(given, list):
        raise SensorThingsError(f"{relation.name} 应为 JSON {'数组' if relation.is_many else '对象'}", "type")
    if relation.is_many:
        return tuple(_entity(target, one, is_strict, depth + 1) for one in given)
    return _entity(target, given, is_strict, depth + 1)


_JSON = {"text": (str, "文字"), "object": (dict, "对象"), "geometry": (dict, "GeoJSON 对象")}


def _value(kind: EntityType, known: Property, given: Any) -> Any:
    if given is None and (not known.is_needed or known.kind == "any"):
        return None
    if known.kind in _JSON:
        wanted, word = _JSON[known.kind]
        if not isinstance(given, wanted):
            raise SensorThingsError(f"{kind.name}/{known.name} 应为{word}", "type")
    elif known.kind != "any":
        if not isinstance(given, str):
            raise SensorThingsError(f"{kind.name}/{known.name} 应为时间（文字）", "type")
        reader = {"instant": times.instant, "interval": times.interval, "time": times.moment_or_period}[known.kind]
        try:
            return reader(given)
        except SensorThingsError as error:
            raise SensorThingsError(f"{kind.name}/{known.name}：{error}", error.code) from None
    return given


def write(entity: Entity) -> dict[str, Any]:
    """The JSON of an entity.

    >>> write(Entity("Observation", 3, {"phenomenonTime": times.instant("2026-11-28T06:00:00Z"), "result": 3.5}))
    {'@iot.id': 3, 'phenomenonTime': '2026-11-28T06:00:00Z', 'result': 3.5}
    """
    found: dict[str, Any] = {} if entity.key is None else {"@iot.id": entity.key}
    found |= {name: plain(value) for name, value in entity.values.items()}
    for name, related in entity.related.items():
        found[name] = [write(one) for one in related] if isinstance(related, tuple) else write(related)
    return found


def plain(value: Any) -> Any:
    """A value as JSON: moments and periods as text.

    >>> plain(times.instant("2026-11-28T06:00:00Z"))
    '2026-11-28T06:00:00Z'
    """
    return times.written(value) if isinstance(value, datetime | Interval) else value


def read_groups(value: Any, *, is_answer: bool = False) -> tuple[Group, ...]:
    """The observations of a CreateObservations; what is wrong with one of them stays with it.

    An answer names its Datastreams by links.

    >>> group, = read_groups([{"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": [[3], []]}])
    >>> group.observations[0].values["result"], str(group.observations[1])
    (3, '第 2 行应有 1 个值，写了 0 个')
    """
    if not isinstance(value, list) or not value:
        raise SensorThingsError("CreateObservations 应为 JSON 数组，每个数据流一个对象", "type")
    found, total = [], 0
    for place, one in enumerate(value, 1):
        if not isinstance(one, dict):
            raise SensorThingsError(f"CreateObservations 第 {place} 组应为 JSON 对象", "type")
        datastream = one.get("Datastream")
        key = _key(datastream.get("@iot.id")) if isinstance(datastream, dict) else _linked(one, is_answer)
        rows, names = one.get("dataArray"), one.get("components")
        if key is None or not isinstance(rows, list):
            raise SensorThingsError(f"CreateObservations 第 {place} 组应有 Datastream/@iot.id 和 dataArray", "property")
        if not isinstance(names, list) or "result" not in names or len(set(map(str, names))) < len(names):
            raise SensorThingsError(f"CreateObservations 第 {place} 组的 components 应有 result，且不重复", "property")
        total += len(rows)
        if total > OBSERVATIONS:
            raise SensorThingsError(f"一次最多 {OBSERVATIONS} 条观测", "too-long")
        found.append(Group(key, tuple(_rows(names, rows))))
    return tuple(found)


def _linked(group: dict[str, Any], is_answer: bool) -> Key | None:
    match = _LINK.search(str(group.get("Datastream@iot.navigationLink", ""))) if is_answer else None
    return (int(match[2]) if match[2] else match[3]) if match else None


def _rows(names: list[Any], rows: list[Any]) -> Iterator[Entity | SensorThingsError]:
    kind = TYPES["Observation"]
    for place, row in enumerate(rows, 1):
        try:
            if not isinstance(row, list) or len(row) != len(names):
                size = len(row) if isinstance(row, list) else 0
                raise SensorThingsError(f"第 {place} 行应有 {len(names)} 个值，写了 {size} 个", "property")
            value: dict[str, Any] = {}
            for name, given in zip(map(str, names), row, strict=True):
                if name in ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id"):
                    value["FeatureOfInterest"] = {"@iot.id": given}
                else:
                    value[name] = given
            yield read(kind, value)
        except SensorThingsError as error:
            yield error


def write_groups(groups: tuple[Group, ...]) -> list[dict[str, Any]]:
    """A CreateObservations; every observation must be readable.

    >>> write_groups((Group(1, (Entity("Observation", None, {"result": 3}),)),))[0]["dataArray"]
    [[3]]
    """
    found = []
    for group in groups:
        rows = [one for one in group.observations if isinstance(one, Entity)]
        names = [one.name for one in TYPES["Observation"].properties if any(one.name in row.values for row in rows)]
        array: list[list[Any]] = [[plain(row.values.get(name)) for name in names] for row in rows]
        if any("FeatureOfInterest" in row.related for row in rows):
            names.append("FeatureOfInterest/id")
            for values, row in zip(array, rows, strict=True):
                feature = row.related.get("FeatureOfInterest")
                values.append(feature.key if isinstance(feature, Entity) else None)
        found.append(
            {
                "Datastream": {"@iot.id": group.datastream},
                "components": names,
                "dataArray@iot.count": len(array),
                "dataArray": array,
            }
        )
    return found


def read_page(kind: EntityType, value: Any) -> Page:
    """What another server answered of a set; its own additions are passed over.

    >>> read_page(TYPES["Observation"], {"value": [{"result": 3}], "@iot.nextLink": "…"}).next_link
    '…'
    """
    if not isinstance(value, dict) or not isinstance(value.get("value"), list):
        raise SensorThingsError("应答中没有 value 数组", "type")
    link, count = value.get("@iot.nextLink", ""), value.get("@iot.count")
    if not isinstance(link, str) or not (count is None or isinstance(count, int)):
        raise SensorThingsError("应答的 @iot.nextLink 应为文字，@iot.count 应为整数", "type")
    return Page(tuple(read(kind, one, is_strict=False) for one in value["value"]), link, count)


def problem(status: int, text: str) -> dict[str, Any]:
    """The body of an answer that refuses.

    >>> problem(404, "没有")["code"]
    404
    """
    return {"code": status, "type": "error", "message": text}


def frame(path: str, body: bytes, sender: str = "", at: str = "") -> bytes:
    """A creation as it is kept: where it was posted, by whom and (where it says no time of its own) when.

    >>> frame("Datastreams(1)/Observations", b"{}", "zhiban")
    b'POST /v1.1/Datastreams(1)/Observations\\nFrom: zhiban\\n\\n{}'
    """
    lines = (f"POST /v1.1/{path}", sender and f"From: {sender}", at and f"Date: {at}")
    return "\n".join(line for line in lines if line).encode() + b"\n\n" + body


def answered(path: str, body: bytes) -> bytes:
    """A page as it is kept: which set was asked, then what its server answered.

    >>> answered("Datastreams(1)/Observations", b"{}")
    b'GET /v1.1/Datastreams(1)/Observations\\n\\n{}'
    """
    return f"GET /v1.1/{path}\n\n".encode() + body


def decode(raw: bytes) -> Message:
    """A kept creation, an answered page, or an entity alone.

    >>> decode(frame("Datastreams(1)/Observations", b'{"result": 3}')).content.values["result"]
    3
    """
    if not raw.startswith((b"POST ", b"GET ")):
        return _bare(load(raw))
    head, _blank, body = raw.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").splitlines()
    sender = next((line[6:] for line in lines[1:] if line.startswith("From: ")), "")
    method, _space, path = lines[0].partition(" ")
    path = path.strip().removeprefix("/").removeprefix("v1.1/")
    if path == "CreateObservations" and method == "POST":
        return Creation(None, read_groups(load(body)), sender)
    resource = paths.parse(path)
    if not resource.steps or not resource.is_many:
        raise SensorThingsError(f"{path[:60]!r} 不是实体的集合", "path")
    if method == "GET":
        return read_page(resource.type, load(body))
    return Creation(resource, read(resource.type, load(body)), sender)


def _bare(value: Any) -> Message:
    if isinstance(value, list):
        return Creation(None, read_groups(value))
    if not (isinstance(value, dict) and isinstance(value.get("value"), list)):
        return read(_recognised(value), value, is_strict=False)
    rows = value["value"]
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    if "dataArray" in first:
        return _page_of_groups(value)
    if {"name", "url"} <= first.keys() and "@iot.id" not in first:
        return Root(tuple((str(one.get("name", "")), str(one.get("url", ""))) for one in rows if isinstance(one, dict)))
    return read_page(_recognised(rows[0]) if rows else TYPES["Observation"], value)


def _page_of_groups(value: dict[str, Any]) -> Page:
    """Observations that a server answered as a dataArray (12.2), each with the Datastream of its group."""
    found: list[Entity] = []
    for group in read_groups(value["value"], is_answer=True):
        datastream = Entity("Datastream", group.datastream)
        for one in group.observations:
            if isinstance(one, SensorThingsError):
                raise one
            found.append(Entity(one.type, one.key, one.values, {"Datastream": datastream, **one.related}))
    rest = read_page(TYPES["Observation"], value | {"value": []})
    return Page(tuple(found), rest.next_link, rest.count)


def _recognised(value: Any) -> EntityType:
    """The type that the entity's own link names, or else whose needed properties are all there."""
    if not isinstance(value, dict):
        raise SensorThingsError("不像八类实体中的任何一类", "type")
    if "multiObservationDataTypes" in value:
        raise SensorThingsError("是 MultiDatastream，尚不能读取", "type")
    link = _LINK.search(str(value.get("@iot.selfLink", "")))
    if link and link[1] in SETS:
        return SETS[link[1]]
    for name in ("Observation", "Datastream", "ObservedProperty", "Location", "FeatureOfInterest", "Sensor"):
        if {one.name for one in TYPES[name].properties if one.is_needed} <= value.keys():
            return TYPES[name]
    if "time" in value:
        return TYPES["HistoricalLocation"]
    if {"name", "description"} <= value.keys():
        return TYPES["Thing"]
    raise SensorThingsError("不像八类实体中的任何一类", "type")


def as_json(message: Message) -> dict[str, Any]:
    """A message in the standard's own names.

    >>> as_json(decode(b'{"result": 3}'))
    {'message_name': 'Observation', 'result': 3}
    """
    if isinstance(message, Entity):
        return {"message_name": message.type} | write(message)
    if isinstance(message, Root):
        return {"message_name": "Root", "value": [{"name": name, "url": url} for name, url in message.sets]}
    if isinstance(message, Page):
        counted = {} if message.count is None else {"@iot.count": message.count}
        rows = [write(one) for one in message.entities]
        return {"message_name": "Page", **counted, "value": rows, "@iot.nextLink": message.next_link}
    found: dict[str, Any] = {"sender": message.sender} if message.sender else {}
    if isinstance(message.content, Entity):
        path = paths.write(message.resource) if message.resource else ""
        return as_json(message.content) | found | {"path": path}
    found |= {"message_name": "CreateObservations"}
    errors = [str(one) for group in message.content for one in group.observations if isinstance(one, SensorThingsError)]
    return found | {"groups": write_groups(message.content), "errors": errors}
