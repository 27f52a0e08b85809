"""How EDXL values stand in a document: declared once, on the fields of frozen dataclasses.

A group is a dataclass whose ``NAMESPACE`` is the one that its elements are written in; its fields stand in the
order of the schema. Reading goes by local names in either case, since drafts of a standard and its final
text differ in namespaces of parts and in capitals; writing follows the final schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from anlan.protocols.edxl.places import Geometry, read_geometry, write_geometry
from anlan.protocols.markup import NOT_XML, MarkupError, read_tree, split, write_tree

DEPTH_LIMIT = 60
"""Levels of elements: a message within an envelope within an envelope, with addresses and geometry."""


class EDXLError(ValueError):
    """What is wrong with a document: one line a problem, each naming the element and the fix."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Tree:
    """Elements that the standard leaves to others: an embedded message, typing of a resource, an extension."""

    name: str
    """``{namespace}name``"""
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Tree, ...] = ()
    tail: str = ""
    """Text behind the element, where elements stand amid text."""

    @classmethod
    def of(cls, node: ElementTree.Element) -> Tree:
        """The value of an element as it was read."""
        children = tuple(cls.of(child) for child in node)
        return cls(node.tag, _mixed(node.text), tuple(node.items()), children, _mixed(node.tail))

    def element(self) -> ElementTree.Element:
        """The element that says this value."""
        node = ElementTree.Element(self.name, dict(self.attributes))
        node.text, node.tail = self.text, self.tail
        node.extend(child.element() for child in self.children)
        return node

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return split(self.name)[1]

    def find(self, *names: str) -> str:
        """The text of the first element below under these local names, empty without one.

        >>> Tree("a", children=(Tree("{urn:x}B", "1"),)).find("b")
        '1'
        """
        at: Tree | None = self
        for name in names:
            at = next((each for each in at.children if each.local.lower() == name.lower()), None) if at else None
        return at.text.strip() if at else ""


def _mixed(text: str | None) -> str:
    return text if text and text.strip() else ""


@dataclass(frozen=True, slots=True)
class Element:
    """How a field stands in the document."""

    name: str
    form: str = "text"
    """``text``, ``time``, ``integer``, ``decimal``, ``boolean``, ``geometry``, ``profiled`` (geometry of
    EDXL-GSF), ``tree``, ``group``, ``kinds``, ``attribute``, ``content`` (the element's own text) or ``rest`` (elements that no field declares)."""
    kind: Any = None
    """Dataclass of a group; of ``kinds``, names of ``xsi:type`` with their dataclasses."""
    namespace: str | None = None
    """Where it differs from the group's."""
    is_required: bool = False
    is_repeated: bool = False
    choices: tuple[str, ...] = ()


def _element(name: str, form: Any, **said: Any) -> Element:
    if isinstance(form, str):
        return Element(name, form, **said)
    return Element(name, "kinds" if isinstance(form, dict) else "group", form, **said)


def one(name: str, form: Any = "text", **said: Any) -> Any:
    """An optional element: empty text, or None, when absent."""
    element = _element(name, form, **said)
    return field(default="" if element.form in ("text", "attribute") else None, metadata={"element": element})


def needed(name: str, form: Any = "text", **said: Any) -> Any:
    """An element that must be there."""
    return field(metadata={"element": _element(name, form, is_required=True, **said)})


def many(name: str, form: Any = "text", **said: Any) -> Any:
    """An element that may stand more than once."""
    return field(default=(), metadata={"element": _element(name, form, is_repeated=True, **said)})


def attribute(name: str, namespace: str | None = None) -> Any:
    """An optional attribute of the group's element."""
    return one(name, "attribute", namespace=namespace)


def content() -> Any:
    """The text of the group's own element."""
    return field(default="", metadata={"element": Element("", "content")})


def rest() -> Any:
    """Elements that no other field declares, kept as they came."""
    return field(default=(), metadata={"element": Element("", "rest", is_repeated=True)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What stands within an element; what nobody declares there is kept as it came."""

    others: tuple[Tree, ...] = rest()


@lru_cache(maxsize=256)
def elements(kind: Any) -> tuple[tuple[str, Element], ...]:
    """The fields of a group and how each stands in the document, in order, what is not declared last."""
    found = [(each.name, each.metadata["element"]) for each in fields(kind) if "element" in each.metadata]
    return tuple(sorted(found, key=lambda one: one[1].form == "rest"))


def read_root(document: bytes, limit: int) -> ElementTree.Element:
    """The elements of a document; what keeps it from being read comes as an EDXLError."""
    try:
        return read_tree(document, limit=limit, depth_limit=DEPTH_LIMIT)
    except MarkupError as error:
        raise EDXLError(str(error)) from error


def read_valid(kind: type, root: ElementTree.Element, problems: Callable[[Any], Iterable[str]]) -> Any:
    """The value of a whole message; EDXLError lists what cannot be read, and what is wrong with the rest."""
    found: list[str] = []
    message = read_group(kind, root, "", found)
    places = set(map(_place, found))
    if found := [*found, *(problem for problem in problems(message) if _place(problem) not in places)]:
        raise EDXLError(*found)
    return message


def _place(problem: str) -> str:
    return problem.split("：")[0]


def read_group(kind: type, node: ElementTree.Element, path: str, found: list[str]) -> Any:
    """The value of a group; problems are added to ``found``."""
    children: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        children.setdefault(split(child.tag)[1].lower(), []).append(child)
    values: dict[str, Any] = {}
    for name, element in elements(kind):
        match element.form:
            case "attribute":
                values[name] = _attribute(node, element.name)
            case "content":
                values[name] = (node.text or "").strip()
            case "rest":
                declared = {each.name.lower() for _, each in elements(kind) if each.form != "attribute"}
                values[name] = tuple(Tree.of(child) for child in node if split(child.tag)[1].lower() not in declared)
            case _:
                values[name] = _read_field(element, children.get(element.name.lower(), []), path, found)
    return kind(**values)


def _attribute(node: ElementTree.Element, name: str) -> str:
    for key, value in node.items():
        if split(key)[1].lower() == name.lower():
            return value.strip()
    return ""


def _read_field(element: Element, nodes: list[ElementTree.Element], path: str, found: list[str]) -> Any:
    where = f"{path}.{element.name}" if path else element.name
    read = []
    for index, node in enumerate(nodes):
        place = f"{where}[{index + 1}]" if element.is_repeated and len(nodes) > 1 else where
        value = _read_value(element, node, place, found)
        if value not in ("", None):
            read.append(value)
    if element.is_repeated:
        return tuple(read)
    if len(nodes) > 1:
        found.append(f"{where}：只能出现一次，收到 {len(nodes)} 个")
    if read:
        return read[0]
    return "" if element.form == "text" else None


def _read_value(element: Element, node: ElementTree.Element, where: str, found: list[str]) -> Any:
    match element.form:
        case "group":
            return read_group(element.kind, node, where, found)
        case "kinds":
            return _read_kinds(element, node, where, found)
        case "tree":
            return Tree.of(node)
    try:
        if element.form in ("geometry", "profiled"):
            return read_geometry(node)
        return _read_text(element.form, (node.text or "").strip())
    except ValueError as error:
        found.append(f"{where}：{error}")
        return None


def _read_kinds(element: Element, node: ElementTree.Element, where: str, found: list[str]) -> Any:
    kinds = {name.lower(): kind for name, kind in element.kind.items()}
    name = split(_attribute(node, "type"))[1].lower()
    if name not in kinds and len(node) and (child := split(node[0].tag)[1].lower() + "type") in kinds:
        name, node = child, node[0]  # drafts name the report by an element
    if name not in kinds:
        found.append(f"{where}：xsi:type 应为 {'、'.join(element.kind)} 之一")
        return None
    return read_group(kinds[name], node, where, found)


def _read_text(form: str, text: str) -> Any:
    if not text:
        return None
    match form:
        case "time":
            return read_time(text)
        case "integer":
            if not (text.lstrip("+").isascii() and text.lstrip("+").isdigit() and len(text) < 16):
                raise ValueError(f"{text[:40]!r} 不是非负整数")
            return int(text)
        case "decimal":
            return _decimal(text)
        case "boolean":
            if text.lower() not in ("true", "false", "1", "0"):
                raise ValueError(f"{text[:40]!r} 应为 true 或 false")
            return text.lower() in ("true", "1")
    return text


def _decimal(text: str) -> float:
    try:
        value = float(text) if "_" not in text and text.isascii() else None
    except ValueError:
        value = None
    if value is None or not isfinite(value):
        raise ValueError(f"{text[:40]!r} 不是数")
    return value


def read_time(text: str) -> datetime:
    """The moment that an EDXL time says.

    >>> read_time("2019-08-10T12:00:00+08:00").isoformat()
    '2019-08-10T12:00:00+08:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise ValueError(f"{text[:40]!r} 不是带时区的时间，应为 2019-08-10T12:00:00+08:00")
    return moment


def write_group(group: Any, parent: ElementTree.Element) -> None:
    """Add the elements of a group to its own element."""
    kind = group.__class__
    for name, element in elements(kind):
        value = getattr(group, name)
        if value is None or value in ("", ()):
            continue
        namespace = kind.NAMESPACE if element.namespace is None else element.namespace
        tag = f"{{{namespace}}}{element.name}" if namespace else element.name
        if element.form == "attribute":
            parent.set(tag, value)
        elif element.form == "content":
            parent.text = value
        elif element.form == "rest":
            parent.extend(item.element() for item in value)
        else:
            for item in value if element.is_repeated else (value,):
                _write_value(element, item, tag, parent)


def _write_value(element: Element, value: Any, tag: str, parent: ElementTree.Element) -> None:
    if element.form == "tree":
        parent.append(value.element())
        return
    child = ElementTree.SubElement(parent, tag)
    match element.form:
        case "group":
            write_group(value, child)
        case "kinds":
            name = next(name for name, kind in element.kind.items() if kind is type(value))
            child.set("{http://www.w3.org/2001/XMLSchema-instance}type", f"{{{type(value).NAMESPACE}}}{name}")
            write_group(value, child)
        case "geometry" | "profiled":
            write_geometry(value, child, is_profiled=element.form == "profiled")
        case "time":
            child.text = value.isoformat()
        case "decimal":
            child.text = format(Decimal(repr(value)), "f")
        case "boolean":
            child.text = "true" if value else "false"
        case _:
            child.text = str(value)


def write_root(group: Any, tag: str, prefixes: dict[str, str]) -> bytes:
    """The document whose root says a group."""
    root = ElementTree.Element(tag)
    write_group(group, root)
    return write_tree(root, prefixes)


def group_problems(group: Any, path: str = "") -> Iterator[str]:
    """What keeps a group from following its declaration."""
    for name, element in elements(group.__class__):
        value = getattr(group, name)
        where = f"{path}.{element.name}" if path else element.name
        if element.is_required and value in ("", (), None):
            yield f"{where}：缺少，必填"
        if element.form in ("rest", "tree"):
            continue
        items = value if element.is_repeated else (value,)
        for index, item in enumerate(items):
            place = f"{where}[{index + 1}]" if element.is_repeated and len(items) > 1 else where
            if is_dataclass(item) and not isinstance(item, Geometry):
                yield from group_problems(item, place)
            elif item is not None:
                yield from _value_problems(item, element, place)


def _value_problems(value: Any, element: Element, where: str) -> Iterator[str]:
    if element.choices and value and value not in element.choices:
        yield f"{where}：{value!r} 不在可用值中：{'、'.join(element.choices)}"
    match value:
        case str() if NOT_XML.search(value):
            yield f"{where}：含有 XML 不允许的字符，请去掉"
        case datetime() if value.utcoffset() is None:
            yield f"{where}：时间缺少时区，应为 2019-08-10T12:00:00+08:00"
        case float() if not isfinite(value):
            yield f"{where}：应为有限的数"
        case bool():
            return
        case int() if value < 0:
            yield f"{where}：应为非负整数"
        case Geometry():
            yield from (f"{where}：{problem}" for problem in value.problems())


def as_json(group: Any) -> dict[str, Any]:
    """A group under the standard's own names; geometry as GeoJSON, positions [longitude, latitude]."""
    said: dict[str, Any] = {}
    for name, element in elements(group.__class__):
        value = getattr(group, name)
        if value is None or value in ("", ()):
            continue
        key = element.name or {"content": "value", "rest": "others"}[element.form]
        said[key] = [plain(item) for item in value] if isinstance(value, tuple) else plain(value)
    return said


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case datetime():
            return value.isoformat()
        case Geometry():
            return value.as_json()
        case Tree():
            said: dict[str, Any] = {"name": value.local}
            if value.text.strip():
                said["text"] = value.text.strip()
            said |= {f"@{split(key)[1]}": text for key, text in value.attributes}
            if value.children:
                said["children"] = [plain(child) for child in value.children]
            return said
        case _ if is_dataclass(value):
            return as_json(value)
    return value
