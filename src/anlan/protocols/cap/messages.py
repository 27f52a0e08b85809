"""CAP 1.2 alerts as values: what each element means is declared once, on its field.

Positions are (longitude, latitude) here and latitude,longitude in the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from math import isfinite
from typing import Any

from anlan.protocols.cap import codes

Point = tuple[float, float]
"""(longitude, latitude) in WGS-84."""
Polygon = tuple[Point, ...]
"""Points of a closed ring: the last repeats the first."""
Pair = tuple[str, str]
"""valueName and value."""


@dataclass(frozen=True, slots=True)
class Element:
    """How a field stands in the document."""

    name: str
    form: str = "text"
    """``text``, ``time``, ``integer``, ``decimal``, ``pair``, ``polygon``, ``circle``, ``words``,
    ``references`` or ``group``."""
    is_required: bool = False
    is_repeated: bool = False
    choices: tuple[str, ...] = ()


def _one(name: str, form: str = "text", *, choices: tuple[str, ...] = ()) -> Any:
    absent = "" if form == "text" else () if form in ("words", "references") else None
    return field(default=absent, metadata={"element": Element(name, form, choices=choices)})


def _needed(name: str, form: str = "text", *, choices: tuple[str, ...] = ()) -> Any:
    return field(metadata={"element": Element(name, form, is_required=True, choices=choices)})


def _many(name: str, form: str = "text", *, choices: tuple[str, ...] = (), is_required: bool = False) -> Any:
    element = Element(name, form, is_required=is_required, is_repeated=True, choices=choices)
    return field(default=(), metadata={"element": element})


@dataclass(frozen=True, slots=True)
class Circle:
    """A point and a radius around it."""

    center: Point
    radius_km: float


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one updates, cancels, acknowledges or rejects."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where an alert applies."""

    area_desc: str = _needed("areaDesc")
    polygons: tuple[Polygon, ...] = _many("polygon", "polygon")
    circles: tuple[Circle, ...] = _many("circle", "circle")
    geocodes: tuple[Pair, ...] = _many("geocode", "pair")
    altitude: float | None = _one("altitude", "decimal")
    """Feet above mean sea level, as the standard has it."""
    ceiling: float | None = _one("ceiling", "decimal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that belongs to an alert."""

    resource_desc: str = _needed("resourceDesc")
    mime_type: str = _needed("mimeType")
    size: int | None = _one("size", "integer")
    uri: str = _one("uri")
    deref_uri: str = _one("derefUri")
    """The file itself in base64."""
    digest: str = _one("digest")
    """SHA-1 of the file in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is expected, how bad, when, and what to do; one for each language or audience."""

    language: str = _one("language")
    """RFC 3066 code; empty stands for en-US."""
    categories: tuple[str, ...] = _many("category", choices=codes.CATEGORIES, is_required=True)
    event: str = _needed("event")
    response_types: tuple[str, ...] = _many("responseType", choices=codes.RESPONSE_TYPES)
    urgency: str = _needed("urgency", choices=codes.URGENCIES)
    severity: str = _needed("severity", choices=codes.SEVERITIES)
    certainty: str = _needed("certainty", choices=codes.CERTAINTIES)
    audience: str = _one("audience")
    event_codes: tuple[Pair, ...] = _many("eventCode", "pair")
    effective: datetime | None = _one("effective", "time")
    onset: datetime | None = _one("onset", "time")
    expires: datetime | None = _one("expires", "time")
    sender_name: str = _one("senderName")
    headline: str = _one("headline")
    description: str = _one("description")
    instruction: str = _one("instruction")
    web: str = _one("web")
    contact: str = _one("contact")
    parameters: tuple[Pair, ...] = _many("parameter", "pair")
    resources: tuple[Resource, ...] = _many("resource", "group")
    areas: tuple[Area, ...] = _many("area", "group")

    @property
    def colour(self) -> str | None:
        """The warning colour that the headline names, else the one of the severity."""
        return codes.colour_in(self.headline) or codes.COLOUR_OF_SEVERITY.get(self.severity)

    @property
    def national_event(self) -> str | None:
        """The national event code among the event codes."""
        return next((value for _, value in self.event_codes if value in codes.EVENT_CODES), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One CAP message."""

    identifier: str = _needed("identifier")
    sender: str = _needed("sender")
    sent: datetime = _needed("sent", "time")
    status: str = _needed("status", choices=codes.STATUSES)
    message_type: str = _needed("msgType", choices=codes.MESSAGE_TYPES)
    source: str = _one("source")
    scope: str = _needed("scope", choices=codes.SCOPES)
    restriction: str = _one("restriction")
    addresses: tuple[str, ...] = _one("addresses", "words")
    handling: tuple[str, ...] = _many("code")
    """Codes for special handling, such as the profile followed."""
    note: str = _one("note")
    references: tuple[Reference, ...] = _one("references", "references")
    incidents: tuple[str, ...] = _one("incidents", "words")
    infos: tuple[Info, ...] = _many("info", "group")

    @property
    def reference(self) -> Reference:
        """How another message names this one."""
        return Reference(self.sender, self.identifier, self.sent)

    def is_in_force(self, at: datetime) -> bool:
        """Whether some part of the alert has not expired at this moment.

        >>> noon = datetime(2019, 8, 10, 12, tzinfo=codes.SHANGHAI)
        >>> info = Info(categories=("Met",), event="暴雨", urgency="Expected", severity="Severe",
        ...             certainty="Likely", expires=noon)
        >>> alert = Alert(identifier="1", sender="a@b", sent=noon, status="Actual", message_type="Alert",
        ...               scope="Public", infos=(info,))
        >>> alert.is_in_force(noon.replace(hour=11)), alert.is_in_force(noon)
        (True, False)
        """
        return any(info.expires is None or info.expires > at for info in self.infos)


GROUPS: dict[str, type] = {"info": Info, "resource": Resource, "area": Area}


def elements(kind: type) -> tuple[tuple[str, Element], ...]:
    """The fields of a group and the elements they stand for, in the standard's order.

    >>> elements(Resource)[0][1].name
    'resourceDesc'
    """
    return tuple((each.name, each.metadata["element"]) for each in fields(kind))


def current(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts that no other message has updated or cancelled, the latest first.

    >>> sent = datetime(2019, 8, 10, 12, tzinfo=codes.SHANGHAI)
    >>> common = {"sender": "a@b", "sent": sent, "status": "Actual", "scope": "Public"}
    >>> first = Alert(identifier="1", message_type="Alert", **common)
    >>> second = Alert(identifier="2", message_type="Update", references=(first.reference,), **common)
    >>> [alert.identifier for alert in current([first, second])]
    ['2']
    """
    known = list(alerts)
    replaced = {
        (reference.sender, reference.identifier)
        for alert in known
        if alert.message_type in ("Update", "Cancel")
        for reference in alert.references
    }
    standing = [
        alert
        for alert in known
        if alert.message_type in ("Alert", "Update") and (alert.sender, alert.identifier) not in replaced
    ]
    return tuple(sorted(standing, key=lambda alert: alert.sent, reverse=True))


def chain(alerts: Iterable[Alert], last: Alert) -> tuple[Alert, ...]:
    """The messages that led to one, the first of them first: what it refers to, and what those refer to.

    >>> sent = datetime(2019, 8, 10, 12, tzinfo=codes.SHANGHAI)
    >>> common = {"sender": "a@b", "status": "Actual", "scope": "Public"}
    >>> first = Alert(identifier="1", sent=sent, message_type="Alert", **common)
    >>> end = Alert(identifier="2", sent=sent.replace(hour=18), message_type="Cancel",
    ...             references=(first.reference,), **common)
    >>> [alert.message_type for alert in chain([first, end], end)]
    ['Alert', 'Cancel']
    """
    known = {(alert.sender, alert.identifier): alert for alert in alerts}
    found: dict[tuple[str, str], Alert] = {}
    waiting = [last]
    while waiting:
        alert = waiting.pop()
        if (key := (alert.sender, alert.identifier)) not in found:
            found[key] = alert
            named = [(reference.sender, reference.identifier) for reference in alert.references]
            waiting += [known[name] for name in named if name in known]
    return tuple(sorted(found.values(), key=lambda alert: alert.sent))


def as_json(group: Any) -> dict[str, Any]:
    """An alert, or a part of one, under the standard's own names; positions as [longitude, latitude].

    >>> as_json(Area(area_desc="高唐县", circles=(Circle((116.23, 36.86), 5.0),)))
    {'areaDesc': '高唐县', 'circle': [{'center': [116.23, 36.86], 'radius': 5.0}]}
    """
    said: dict[str, Any] = {}
    for name, element in elements(type(group)):
        value = getattr(group, name)
        if value is None or value in ("", ()):
            continue
        said[element.name] = [_plain(item) for item in value] if isinstance(value, tuple) else _plain(value)
    return said


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Circle():
            return {"center": list(value.center), "radius": value.radius_km}
        case Reference():
            return {"sender": value.sender, "identifier": value.identifier, "sent": value.sent.isoformat()}
        case (str(name), str(text)):
            return {"valueName": name, "value": text}
        case tuple():
            return [list(point) for point in value]
        case Info() | Resource() | Area():
            return as_json(value)
    return value


def problems(alert: Alert) -> Iterator[str]:
    """What keeps an alert from being a valid CAP message, each naming the element and the fix.

    >>> alert = Alert(identifier="1", sender="a@b", sent=datetime(2019, 8, 10, tzinfo=codes.SHANGHAI),
    ...               status="Actual", message_type="Cancel", scope="Public")
    >>> list(problems(alert))
    ['references：msgType 为 Cancel 时必须指明所针对的消息']
    """
    yield from _group_problems(alert, "alert")
    for name in ("identifier", "sender"):
        if any(character in getattr(alert, name) for character in " ,<&\t\r\n"):
            yield f"{name}：不能含空格、逗号、< 或 &"
    if alert.message_type in ("Update", "Cancel", "Ack", "Error") and not alert.references:
        yield f"references：msgType 为 {alert.message_type} 时必须指明所针对的消息"
    if alert.scope == "Restricted" and not alert.restriction:
        yield "restriction：scope 为 Restricted 时必填"
    if alert.scope == "Private" and not alert.addresses:
        yield "addresses：scope 为 Private 时必填"


def _group_problems(group: Any, path: str) -> Iterator[str]:
    for name, element in elements(type(group)):
        value = getattr(group, name)
        where = f"{path}.{element.name}" if path != "alert" else element.name
        if element.is_required and value in ("", (), None):
            yield f"{where}：缺少，必填"
        for index, item in enumerate(value if isinstance(value, tuple) else (value,)):
            place = f"{where}[{index + 1}]" if element.is_repeated and len(value) > 1 else where
            if element.form == "group":
                yield from _group_problems(item, place)
            else:
                yield from _value_problems(item, element, place)
    if isinstance(group, Area) and group.ceiling is not None and group.altitude is None:
        yield f"{path}.ceiling：只能与 altitude 同用"


def _value_problems(value: Any, element: Element, where: str) -> Iterator[str]:
    if element.choices and value and value not in element.choices:
        yield f"{where}：{value!r} 不在可用值中：{'、'.join(element.choices)}"
    match element.form:
        case "time" if value is not None:
            yield from _time_problems(value, where)
        case "references":
            yield from _time_problems(value.sent, where)
            if any(character in value.sender + value.identifier for character in " ,\t\r\n"):
                yield f"{where}：发送者和标识不能含空格或逗号"
        case "polygon":
            yield from _polygon_problems(value, where)
        case "circle":
            yield from _point_problems(value.center, where)
            if not 0 <= value.radius_km < 20_100:
                yield f"{where}：半径 {value.radius_km} 应为 0 到 20100 千米"
        case "words" if '"' in value or not value:
            yield f"{where}：不能为空，不能含双引号"
        case "decimal" if value is not None and not isfinite(value):
            yield f"{where}：应为有限的数"
        case "integer" if value is not None and value < 0:
            yield f"{where}：应为非负整数"


def _time_problems(value: datetime, where: str) -> Iterator[str]:
    offset = value.utcoffset()
    if offset is None:
        yield f"{where}：时间缺少时区，应为 2019-08-10T12:00:00+08:00"
    elif value.microsecond or offset.total_seconds() % 60:
        yield f"{where}：时间应精确到秒，时区精确到分"


def _polygon_problems(polygon: Polygon, where: str) -> Iterator[str]:
    if len(polygon) < 4:
        yield f"{where}：至少 4 个点，收到 {len(polygon)} 个"
    elif polygon[0] != polygon[-1]:
        yield f"{where}：首尾两点应相同"
    for point in polygon:
        yield from _point_problems(point, where)


def _point_problems(point: Point, where: str) -> Iterator[str]:
    longitude, latitude = point
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        yield f"{where}：纬度 {latitude}、经度 {longitude} 超出范围，文中次序应为 纬度,经度"
