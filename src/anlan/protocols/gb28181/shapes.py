"""How MANSCDP elements stand in a document: shapes declared on dataclass fields, and safe XML under them.

Entities and DTDs are refused. What a shape does not know, or cannot read as declared, is kept in ``extra``, so a
device's own elements survive and one bad number does not cost a catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from anlan.protocols.gb28181.frames import BODY_LIMIT, GB28181Error

SHANGHAI = timezone(timedelta(hours=8))
"""Times stand without a zone, in Beijing time."""
_DEPTH_LIMIT = 12
_DECLARATION = re.compile(
    r"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["'][^>]{0,80}\?>""", re.DOTALL
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_ENCODINGS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8"}


@dataclass(frozen=True, slots=True)
class Node:
    """An element that no shape declares."""

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """How one field stands in its parent."""

    name: str
    form: str = "text"
    """``text``, ``integer``, ``decimal``, ``time``, ``group``, ``groups`` or ``texts`` (repeated in a container)."""
    kind: Any = None
    """Dataclass of a group."""
    item: str = ""
    """Name of the repeated element; empty where it repeats without a container."""
    has_count: bool = True
    """The container carries Num."""


def text(name: str) -> Any:
    """An optional text; empty when absent."""
    return field(default="", metadata={"element": Element(name)})


def integer(name: str) -> Any:
    """An optional whole number."""
    return field(default=None, metadata={"element": Element(name, "integer")})


def decimal(name: str) -> Any:
    """An optional number."""
    return field(default=None, metadata={"element": Element(name, "decimal")})


def time(name: str) -> Any:
    """An optional time, in Beijing time when it names no zone."""
    return field(default=None, metadata={"element": Element(name, "time")})


def group(name: str, kind: Any) -> Any:
    """An optional element with elements of its own."""
    return field(default=None, metadata={"element": Element(name, "group", kind)})


def groups(name: str, kind: Any, item: str = "Item") -> Any:
    """A list: a container with Num and items; without an item name, the element itself repeats."""
    return field(default=(), metadata={"element": Element(name, "groups", kind, item)})


def texts(name: str, item: str) -> Any:
    """A list of texts in a container without Num."""
    return field(default=(), metadata={"element": Element(name, "texts", None, item, has_count=False)})


@lru_cache(maxsize=256)
def elements(kind: Any) -> tuple[tuple[str, Element], ...]:
    """The declared fields of a shape."""
    declared: Iterable[Field[Any]] = fields(kind)
    return tuple((one.name, one.metadata["element"]) for one in declared if "element" in one.metadata)


@lru_cache(maxsize=256)
def _by_tag(kind: Any) -> dict[str, tuple[str, Element]]:
    return {element.name.lower(): (name, element) for name, element in elements(kind)}


def read_tree(body: bytes) -> ElementTree.Element:
    """The root of a document, whatever of GB18030, GB2312 and UTF-8 it declares or really is.

    >>> read_tree('<?xml version="1.0" encoding="GB2312"?><a>聊城</a>'.encode("gb2312")).text
    '聊城'
    """
    if len(body) > BODY_LIMIT:
        raise GB28181Error(f"消息体 {len(body)} 字节，超过上限 {BODY_LIMIT}")
    document = _decoded(body).lstrip("\ufeff \t\r\n").rstrip("\x00 \t\r\n")
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise GB28181Error("消息体不能含 DOCTYPE 或实体声明")
    parser = ElementTree.XMLParser(encoding="utf-8")
    try:
        parser.feed(document.encode())
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise GB28181Error(f"消息体不是完整的 XML：{error}") from error
    return root


def _decoded(body: bytes) -> str:
    declared = _DECLARATION.search(body[:400].decode("latin-1"))
    name = declared[1].lower() if declared else "gb18030" if b"encoding" in body[:100] else "utf-8"
    if name not in _ENCODINGS:
        raise GB28181Error(f"XML 编码应为 GB18030、GB2312 或 UTF-8，收到 {name[:40]!r}")
    order = ("utf-8", "gb18030") if _ENCODINGS[name] == "utf-8" else ("gb18030", "utf-8")
    for encoding in order:  # devices declare one and write the other
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GB28181Error(f"消息体声明为 {name}，内容却不是 GB18030 也不是 UTF-8")


def read(kind: Any, node: ElementTree.Element, depth: int = 0) -> dict[str, Any]:
    """The values of a shape in an element, ready for its constructor."""
    if depth > _DEPTH_LIMIT:
        raise GB28181Error(f"元素嵌套超过 {_DEPTH_LIMIT} 层")
    known = _by_tag(kind)
    values: dict[str, Any] = {}
    extra: list[Node] = []
    for child in node:
        name, element = known.get(child.tag.lower(), ("", None))
        if element is None or (name in values and element.item):
            extra.append(_node(child, depth + 1))
            continue
        if element.form == "groups" and not element.item:
            found = read(element.kind, child, depth + 1)
            values[name] = (*values.get(name, ()), element.kind(**found))
            continue
        value = None if name in values else _value(element, child, depth + 1)
        if value is not None:
            values[name] = value
        elif len(child) or (child.text or "").strip():
            extra.append(_node(child, depth + 1))
    if extra:
        values["extra"] = tuple(extra)
    return values


def _value(element: Element, node: ElementTree.Element, depth: int) -> Any:
    """The value of an element, or None where it does not read as declared."""
    form = element.form
    if form == "group":
        return element.kind(**read(element.kind, node, depth))
    if form in ("groups", "texts"):
        if any(child.tag.lower() != element.item.lower() for child in node):
            return None
        if form == "texts":
            found = tuple((child.text or "").strip() for child in node)
            return found if all(found) and not any(len(child) for child in node) else None
        return tuple(element.kind(**read(element.kind, child, depth + 1)) for child in node)
    if len(node):
        return None
    return READERS[form]((node.text or "").strip())


def _node(node: ElementTree.Element, depth: int) -> Node:
    if depth > _DEPTH_LIMIT:
        raise GB28181Error(f"元素嵌套超过 {_DEPTH_LIMIT} 层")
    if not _NAME.fullmatch(node.tag) or not all(map(_NAME.fullmatch, node.attrib)):
        raise GB28181Error(f"元素 {node.tag[:40]!r} 及其属性的名称应为字母、数字和下划线")
    children = tuple(_node(child, depth + 1) for child in node)
    return Node(node.tag, (node.text or "").strip(), tuple(node.attrib.items()), children)


def _read_integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _read_decimal(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if isfinite(value) else None


def _read_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=SHANGHAI)
        return moment.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None


READERS = {"text": lambda text: text or None, "integer": _read_integer, "decimal": _read_decimal, "time": _read_time}


def write(kind: str, value: Any, lines: list[str]) -> None:
    """The lines of an element whose value is a shape."""
    lines.append(f"<{kind}>")
    write_fields(value, lines)
    lines.append(f"</{kind}>")


def write_fields(value: Any, lines: list[str]) -> None:
    """The lines of a shape's fields, in the order of the standard, then what it has besides."""
    kind: Any = type(value)
    for name, element in elements(kind):
        content = getattr(value, name)
        if content in ("", (), None):
            continue
        if element.form == "group":
            write(element.name, content, lines)
        elif element.form == "groups" and not element.item:
            for one in content:
                write(element.name, one, lines)
        elif element.form in ("groups", "texts"):
            lines.append(f'<{element.name} Num="{len(content)}">' if element.has_count else f"<{element.name}>")
            for one in content:
                if element.form == "texts":
                    lines.append(f"<{element.item}>{escape(element.item, one)}</{element.item}>")
                else:
                    write(element.item, one, lines)
            lines.append(f"</{element.name}>")
        else:
            lines.append(f"<{element.name}>{escape(element.name, _written(element, content))}</{element.name}>")
    for node in value.extra:
        _write_node(node, lines)


def _written(element: Element, value: Any) -> str:
    if element.form == "time":
        if value.tzinfo is None:
            raise GB28181Error(f"{element.name} 的时间没有时区")
        try:
            local: datetime = value.astimezone(SHANGHAI).replace(tzinfo=None)
        except OverflowError as error:
            raise GB28181Error(f"{element.name} 的时间超出范围：{value}") from error
        return local.isoformat()
    if element.form == "decimal":
        if not isfinite(value):
            raise GB28181Error(f"{element.name} 应为有限的数，收到 {value}")
        return repr(float(value))
    if element.form == "integer" and not -(10**18) < value < 10**18:
        raise GB28181Error(f"{element.name} 应为不超过 18 位的整数，收到 {value}")
    return str(value)


def _write_node(node: Node, lines: list[str]) -> None:
    if not _NAME.fullmatch(node.name) or not all(_NAME.fullmatch(name) for name, _ in node.attributes):
        raise GB28181Error(f"元素名 {node.name[:40]!r} 应为字母、数字和下划线")
    attributes = "".join(f' {name}="{_attribute(name, value)}"' for name, value in node.attributes)
    lines.append(f"<{node.name}{attributes}>{escape(node.name, node.text)}")
    for child in node.children:
        _write_node(child, lines)
    lines.append(f"</{node.name}>")


def escape(name: str, value: str) -> str:
    """A text as it stands in XML; GB28181Error for one that cannot."""
    if _NOT_XML.search(value) or value != value.strip():
        raise GB28181Error(f"{name} 首尾有空白或含有 XML 不允许的字符：{value[:40]!r}")
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(name: str, value: str) -> str:
    if _NOT_XML.search(value):
        raise GB28181Error(f"{name} 含有 XML 不允许的字符：{value[:40]!r}")
    kept = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return kept.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def as_json(value: Any) -> dict[str, Any]:
    """The fields of a shape that are there, under the standard's names in snake case; times with their zone."""
    found: dict[str, Any] = {}
    kind: Any = type(value)
    for name, element in elements(kind):
        content = getattr(value, name)
        if content in ("", (), None):
            continue
        if element.form == "group":
            found[name] = as_json(content)
        elif element.form == "groups":
            found[name] = [as_json(one) for one in content]
        elif element.form == "texts":
            found[name] = list(content)
        else:
            found[name] = content.isoformat() if element.form == "time" else content
    for node in value.extra:
        found.setdefault("extra", {}).setdefault(node.name, []).append(_node_json(node))
    return found


def _node_json(node: Node) -> Any:
    if not node.children and not node.attributes:
        return node.text
    found: dict[str, Any] = {f"@{name}": value for name, value in node.attributes}
    if node.text:
        found["#text"] = node.text
    for child in node.children:
        found.setdefault(child.name, []).append(_node_json(child))
    return found
