"""Areas and routes that a terminal watches (区域、路线): circles, rectangles, polygons and routes of both editions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

from anlan.protocols.jt808.messages import Body, body
from anlan.protocols.layouts import U8, U16, U32, Bcd, Bytes, Counted, LayoutError, Many, Nested, Text

HAS_TIMES, HAS_SPEED = 1 << 0, 1 << 1
_SOUTH, _WEST = 1 << 6, 1 << 7
ATTRIBUTES = {
    0: "按时间", 1: "限速", 2: "进区域报警给驾驶员", 3: "进区域报警给平台", 4: "出区域报警给驾驶员", 5: "出区域报警给平台",
    6: "南纬", 7: "西经", 8: "禁止开门", 14: "进区域关闭通信模块", 15: "进区域采集GNSS详细定位数据",
}  # fmt: skip
"""Bits of an area's attributes (table 56 of 2019)."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A corner in millionths of a degree, without sign."""

    latitude: Annotated[int, U32]
    longitude: Annotated[int, U32]


@dataclass(frozen=True, slots=True)
class Limits:
    """When an area counts and how fast one may be in it; None where its attributes say that there is none."""

    start: str | None = None
    end: str | None = None
    max_speed_kmh: int | None = None
    overspeed_s: int | None = None
    night_max_speed_kmh: int | None = None
    name: str | None = None


class _Shape:
    """Reads one area: identifier, attributes, corners, limits; the edition of 2019 adds night speed and name."""

    def __init__(self, kind: Any, is_2019: bool) -> None:
        self.kind, self.is_2019 = kind, is_2019

    def read(self, data: bytes, at: int, name: str) -> tuple[Any, int]:
        key, at = U32.read(data, at, f"{name} 区域ID")
        attributes, at = U16.read(data, at, f"{name} 区域属性")
        values: dict[str, Any] = {}
        if self.kind is Polygon:
            values, at = self._limits(attributes, data, at, name)
            corners, at = Many(Nested(Vertex), U16).read(data, at, f"{name} 顶点")
            place: tuple[Any, ...] = (corners,)
        else:
            place, at = self.kind.place(data, at, name)
            values, at = self._limits(attributes, data, at, name)
        if self.is_2019:
            if attributes & HAS_SPEED:
                values["night_max_speed_kmh"], at = U16.read(data, at, f"{name} 夜间最高速度")
            values["name"], at = Counted(U16, Text()).read(data, at, f"{name} 区域名称")
        return self.kind(key, attributes, *place, Limits(**values)), at

    @staticmethod
    def _limits(attributes: int, data: bytes, at: int, name: str) -> tuple[dict[str, Any], int]:
        values: dict[str, Any] = {}
        if attributes & HAS_TIMES:
            values["start"], at = Bcd(6).read(data, at, f"{name} 起始时间")
            values["end"], at = Bcd(6).read(data, at, f"{name} 结束时间")
        if attributes & HAS_SPEED:
            values["max_speed_kmh"], at = U16.read(data, at, f"{name} 最高速度")
            values["overspeed_s"], at = U8.read(data, at, f"{name} 超速持续时间")
        return values, at

    def write(self, value: Any, name: str) -> bytes:
        limits: Any = value.limits
        parts = [U32.write(value.key, f"{name} 区域ID"), U16.write(value.attributes, f"{name} 区域属性")]
        timed = b""
        if value.attributes & HAS_TIMES:
            timed += Bcd(6).write(limits.start or "", f"{name} 起始时间") + Bcd(6).write(
                limits.end or "", f"{name} 结束时间"
            )
        if value.attributes & HAS_SPEED:
            timed += U16.write(limits.max_speed_kmh, f"{name} 最高速度") + U8.write(
                limits.overspeed_s, f"{name} 超速持续时间"
            )
        if isinstance(value, Polygon):
            parts += [timed, Many(Nested(Vertex), U16).write(value.corners, f"{name} 顶点")]
        else:
            parts += [value.placed(name), timed]
        if self.is_2019:
            if value.attributes & HAS_SPEED:
                parts.append(U16.write(limits.night_max_speed_kmh, f"{name} 夜间最高速度"))
            parts.append(Counted(U16, Text()).write(limits.name or "", f"{name} 区域名称"))
        return b"".join(parts)


class _Quad:
    """A shape whose place is a row of 32-bit numbers."""

    __slots__ = ()

    @classmethod
    def _numbers(cls) -> tuple[str, ...]:
        return tuple(one.name for one in fields(cls) if one.name not in ("key", "attributes", "limits"))  # type: ignore[arg-type]

    @classmethod
    def place(cls, data: bytes, at: int, name: str) -> tuple[tuple[int, ...], int]:
        found = []
        for field in cls._numbers():
            value, at = U32.read(data, at, f"{name} {field}")
            found.append(value)
        return tuple(found), at

    def placed(self, name: str) -> bytes:
        return b"".join(U32.write(getattr(self, field), f"{name} {field}") for field in self._numbers())


@dataclass(frozen=True, slots=True)
class Circle(_Quad):
    """A circle (圆形区域); its middle in millionths of a degree."""

    key: int
    attributes: int
    latitude: int
    longitude: int
    radius_m: int
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Rectangle(_Quad):
    """A rectangle (矩形区域) between its upper left and lower right corners."""

    key: int
    attributes: int
    top: int
    left: int
    bottom: int
    right: int
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Polygon:
    """A polygon (多边形区域)."""

    key: int
    attributes: int
    corners: tuple[Vertex, ...]
    limits: Limits = Limits()


class _Areas(Body):
    """A kind of change (0 replace, 1 add, 2 change) and areas."""

    __slots__ = ()
    shape: _Shape

    @classmethod
    def read(cls, data: bytes) -> Any:
        kind, at = U8.read(data, 0, "设置属性")
        areas, at = Many(cls.shape, U8).read(data, at, "区域")
        _whole(data, at)
        made: Any = cls
        return made(kind, areas)

    def write(self) -> bytes:
        return U8.write(self.kind, "设置属性") + Many(self.shape, U8).write(self.areas, "区域")  # type: ignore[attr-defined]


def _whole(data: bytes, at: int) -> None:
    if at != len(data):
        raise LayoutError(f"之后多出 {len(data) - at} 字节")


@body(0x8600, editions=(2013,))
@dataclass(frozen=True, slots=True)
class SetCircles(_Areas):
    """Circles to watch (设置圆形区域)."""

    shape = _Shape(Circle, is_2019=False)
    kind: int
    areas: tuple[Circle, ...]


@body(0x8600, editions=(2019,))
@dataclass(frozen=True, slots=True)
class SetCircles2019(_Areas):
    """The same in the edition of 2019."""

    shape = _Shape(Circle, is_2019=True)
    kind: int
    areas: tuple[Circle, ...]


@body(0x8602, editions=(2013,))
@dataclass(frozen=True, slots=True)
class SetRectangles(_Areas):
    """Rectangles to watch (设置矩形区域)."""

    shape = _Shape(Rectangle, is_2019=False)
    kind: int
    areas: tuple[Rectangle, ...]


@body(0x8602, editions=(2019,))
@dataclass(frozen=True, slots=True)
class SetRectangles2019(_Areas):
    """The same in the edition of 2019."""

    shape = _Shape(Rectangle, is_2019=True)
    kind: int
    areas: tuple[Rectangle, ...]


class _OnePolygon(Body):
    __slots__ = ()
    shape: _Shape

    @classmethod
    def read(cls, data: bytes) -> Any:
        area, at = cls.shape.read(data, 0, "多边形区域")
        _whole(data, at)
        made: Any = cls
        return made(area)

    def write(self) -> bytes:
        return self.shape.write(self.area, "多边形区域")  # type: ignore[attr-defined]


@body(0x8604, editions=(2013,))
@dataclass(frozen=True, slots=True)
class SetPolygon(_OnePolygon):
    """A polygon to watch (设置多边形区域)."""

    shape = _Shape(Polygon, is_2019=False)
    area: Polygon


@body(0x8604, editions=(2019,))
@dataclass(frozen=True, slots=True)
class SetPolygon2019(_OnePolygon):
    """The same in the edition of 2019."""

    shape = _Shape(Polygon, is_2019=True)
    area: Polygon


@body(0x8601, 0x8603, 0x8605, 0x8607)
@dataclass(frozen=True, slots=True)
class DeleteAreas(Body):
    """Areas or routes to forget (删除区域、路线); none named means all."""

    keys: Annotated[tuple[int, ...], Many(U32, U8)]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turning point of a route (拐点) with its segment; limits only where the segment's attributes say so."""

    key: int
    segment: int
    latitude: int
    longitude: int
    width_m: int
    attributes: int
    too_long_s: int | None = None
    too_short_s: int | None = None
    max_speed_kmh: int | None = None
    overspeed_s: int | None = None
    night_max_speed_kmh: int | None = None


class _Turn:
    def __init__(self, is_2019: bool) -> None:
        self.is_2019 = is_2019

    def read(self, data: bytes, at: int, name: str) -> tuple[Turn, int]:
        values: list[int] = []
        for size in (U32, U32, U32, U32, U8, U8):
            value, at = size.read(data, at, name)
            values.append(value)
        rest: dict[str, int] = {}
        for field, size in self._conditional(values[-1]):
            rest[field], at = size.read(data, at, f"{name} {field}")
        return Turn(*values, **rest), at

    def write(self, value: Turn, name: str) -> bytes:
        first = (value.key, value.segment, value.latitude, value.longitude, value.width_m, value.attributes)
        sizes = (U32, U32, U32, U32, U8, U8)
        found = b"".join(size.write(one, name) for size, one in zip(sizes, first, strict=True))
        return found + b"".join(
            size.write(getattr(value, field), f"{name} {field}") for field, size in self._conditional(value.attributes)
        )

    def _conditional(self, attributes: int) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        if attributes & HAS_TIMES:
            found += [("too_long_s", U16), ("too_short_s", U16)]
        if attributes & HAS_SPEED:
            found += [("max_speed_kmh", U16), ("overspeed_s", U8)]
            found += [("night_max_speed_kmh", U16)] if self.is_2019 else []
        return found


class _Route(Body):
    """A route: identifier, attributes, times where these say so, turning points; a name in 2019."""

    __slots__ = ()
    is_2019: bool

    @classmethod
    def read(cls, data: bytes) -> Any:
        key, at = U32.read(data, 0, "路线ID")
        attributes, at = U16.read(data, at, "路线属性")
        start = end = None
        if attributes & HAS_TIMES:
            start, at = Bcd(6).read(data, at, "起始时间")
            end, at = Bcd(6).read(data, at, "结束时间")
        turns, at = Many(_Turn(cls.is_2019), U16).read(data, at, "拐点")
        name = None
        if cls.is_2019:
            name, at = Counted(U16, Text()).read(data, at, "路线名称")
        _whole(data, at)
        made: Any = cls
        return made(key, attributes, turns, start, end, *([name] if cls.is_2019 else []))

    def write(self) -> bytes:
        one: Any = self
        found = U32.write(one.key, "路线ID") + U16.write(one.attributes, "路线属性")
        if one.attributes & HAS_TIMES:
            found += Bcd(6).write(one.start or "", "起始时间") + Bcd(6).write(one.end or "", "结束时间")
        found += Many(_Turn(self.is_2019), U16).write(one.turns, "拐点")
        return found + (Counted(U16, Text()).write(one.name, "路线名称") if self.is_2019 else b"")


@body(0x8606, editions=(2013,))
@dataclass(frozen=True, slots=True)
class SetRoute(_Route):
    """A route to keep to (设置路线)."""

    is_2019 = False
    key: int
    attributes: int
    turns: tuple[Turn, ...]
    start: str | None = None
    end: str | None = None


@body(0x8606, editions=(2019,))
@dataclass(frozen=True, slots=True)
class SetRoute2019(_Route):
    """The same in the edition of 2019."""

    is_2019 = True
    key: int
    attributes: int
    turns: tuple[Turn, ...]
    start: str | None = None
    end: str | None = None
    name: str = ""


@body(0x8608)
@dataclass(frozen=True, slots=True)
class AskAreas(Body):
    """Which areas or routes are wanted (查询区域或线路数据): 1 circles, 2 rectangles, 3 polygons, 4 routes."""

    kind: Annotated[int, U8]
    keys: Annotated[tuple[int, ...], Many(U32, U32)]


@body(0x0608)
@dataclass(frozen=True, slots=True)
class AreasAnswer(Body):
    """Areas or routes as they are set (查询区域或线路数据应答), in the layout of 8600, 8602, 8604 or 8606."""

    kind: Annotated[int, U8]
    count: Annotated[int, U32]
    data: Annotated[bytes, Bytes()]
