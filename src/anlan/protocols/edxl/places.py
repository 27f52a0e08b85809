"""Points, lines, areas and circles of EDXL messages (GML simple features), read and written.

Positions are (longitude, latitude) here and latitude, longitude in the document (EPSG:4326).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from anlan.protocols.markup import split

GML = "http://www.opengis.net/gml"
GML_32 = "http://www.opengis.net/gml/3.2"
_METRES = {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "km": 1000.0, "kilometre": 1000.0, "[mi_i]": 1609.344}

Point = tuple[float, float]
"""(longitude, latitude) in WGS-84."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where something is: a point, a line, a ring, or a circle."""

    kind: str
    """``Point``, ``LineString``, ``Polygon`` (outer ring) or ``Circle``."""
    points: tuple[Point, ...]
    radius_m: float | None = None

    @property
    def centre(self) -> Point:
        """The point itself, the centre of a circle, or the middle of the points.

        >>> Geometry("Point", ((116.2, 36.9),)).centre
        (116.2, 36.9)
        """
        several = self.points[:-1] if self.kind == "Polygon" else self.points
        return (sum(point[0] for point in several) / len(several), sum(point[1] for point in several) / len(several))

    def problems(self) -> Iterator[str]:
        """What is wrong with it."""
        least = {"Point": 1, "Circle": 1, "LineString": 2, "Polygon": 4}[self.kind]
        if len(self.points) < least:
            yield f"至少 {least} 个点，收到 {len(self.points)} 个"
        if self.kind == "Polygon" and self.points[:1] != self.points[-1:]:
            yield "首尾两点应相同"
        if self.kind == "Circle" and (self.radius_m is None or not isfinite(self.radius_m) or self.radius_m < 0):
            yield "圆应有半径"
        for longitude, latitude in self.points:
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                yield f"纬度 {latitude}、经度 {longitude} 超出范围，文中次序应为 纬度 经度"

    def as_json(self) -> dict[str, Any]:
        """GeoJSON; a circle as its centre with a radius in metres."""
        points = [list(point) for point in self.points]
        if self.kind == "Circle":
            return {"type": "Point", "coordinates": points[0], "radius": self.radius_m}
        return {
            "type": self.kind,
            "coordinates": points[0] if self.kind == "Point" else [points] if self.kind == "Polygon" else points,
        }


def read_geometry(node: ElementTree.Element) -> Geometry | None:
    """The first geometry within an element, however deep; None without one.

    >>> from anlan.protocols.markup import read_tree
    >>> read_geometry(read_tree(b"<x><Point><pos>36.9 116.2</pos></Point></x>"))
    Geometry(kind='Point', points=((116.2, 36.9),), radius_m=None)
    """
    for each in node.iter():
        name = split(each.tag)[1].lower()
        if name == "point":
            return Geometry("Point", _positions(each))
        if name == "linestring":
            return Geometry("LineString", _positions(each))
        if name == "polygon":
            ring = next((ring for ring in each.iter() if split(ring.tag)[1].lower() == "linearring"), each)
            return Geometry("Polygon", _positions(ring))
        if name == "circlebycenterpoint":
            return Geometry("Circle", _positions(each)[:1], _radius(each))
        if name == "envelope":
            (west, south), (east, north) = (_positions(each) * 2)[:2]
            return Geometry("Polygon", ((west, south), (east, south), (east, north), (west, north), (west, south)))
    return None


def _positions(node: ElementTree.Element) -> tuple[Point, ...]:
    numbers: list[float] = []
    for each in node.iter():
        if split(each.tag)[1].lower() in ("pos", "poslist", "coordinates", "lowercorner", "uppercorner"):
            try:
                said = [float(word) for word in (each.text or "").replace(",", " ").split()]
            except ValueError:
                said = []
            if not said or len(said) % 2 or not all(map(isfinite, said)):
                raise ValueError(f"位置应为成对的 纬度 经度，收到 {(each.text or '')[:40]!r}")
            numbers += said
    if not numbers:
        raise ValueError("缺少位置，应为 纬度 经度")
    return tuple(zip(numbers[1::2], numbers[::2], strict=True))


def _radius(node: ElementTree.Element) -> float:
    for each in node.iter():
        if split(each.tag)[1].lower() == "radius":
            unit = next((value for key, value in each.items() if split(key)[1].lower() == "uom"), "")
            try:
                radius = float(each.text or "")
            except ValueError:
                raise ValueError(f"半径 {(each.text or '')[:40]!r} 不是数") from None
            if unit.lower() not in _METRES:
                raise ValueError(f"半径单位 {unit[:20]!r} 应为 m 或 km")
            return radius * _METRES[unit.lower()]
    raise ValueError("圆缺少半径")


def write_geometry(geometry: Geometry, parent: ElementTree.Element, *, is_profiled: bool = False) -> None:
    """Add the element of a geometry; profiled as EDXL-GSF 1.0 has it: GML 3.2, shapes with small initials."""
    namespace = GML_32 if is_profiled else GML

    def within(node: ElementTree.Element, name: str) -> ElementTree.Element:
        if is_profiled and node is parent:
            shape = ElementTree.SubElement(node, f"{{{namespace}}}{name[0].lower()}{name[1:]}")
            shape.set(f"{{{namespace}}}Id", "g1")
            shape.set("SrsName", "urn:ogc:def:crs:EPSG::4326")
            return shape
        return ElementTree.SubElement(node, f"{{{namespace}}}{name}")

    said = [f"{latitude!r} {longitude!r}" for longitude, latitude in geometry.points]
    if geometry.kind == "Circle":
        circle = within(parent, "CircleByCenterPoint")
        circle.set("numArc", "1")
        within(circle, "pos").text = said[0]
        radius = within(circle, "radius")
        radius.set("uom", "m")
        radius.text = repr(geometry.radius_m)
        return
    shape = within(parent, geometry.kind)
    if geometry.kind == "Point":
        within(shape, "pos").text = said[0]
        return
    if geometry.kind == "Polygon":
        shape = within(within(shape, "exterior"), "LinearRing")
    for position in said:
        within(shape, "pos").text = position
