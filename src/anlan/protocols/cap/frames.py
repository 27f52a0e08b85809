"""CAP 1.2 documents read and written; DTDs and entities are refused, sizes limited."""

from __future__ import annotations

import re
from typing import Any, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

from anlan.protocols.cap.codes import CAPError
from anlan.protocols.cap.forms import READERS, WRITERS
from anlan.protocols.cap.messages import GROUPS, Alert, Element, Pair, elements, problems
from anlan.protocols.cap.national import read_national

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIZE_LIMIT = 4_000_000
"""Bytes of a document; resources may be inside as base64."""

_DEPTH_LIMIT = 20
_GB_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*encoding=["'](?:gb2312|gbk|gb18030)["']""", re.IGNORECASE)
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> Alert:
    """The alert that a document says; CAPError lists everything that is wrong with it.

    Elements that CAP 1.2 does not know, a signature among them, are passed over. A document of the national
    platform (GB/T 35965.1) is read into the same alert.

    >>> try:
    ...     parse(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>a b</sender></alert>')
    ... except CAPError as error:
    ...     print(error.problems[0])
    identifier：缺少，必填
    """
    root = read_tree(document, limit=limit)
    found: list[str] = []
    if root.tag == f"{{{NAMESPACE}}}alert":
        alert: Alert = _read_group(Alert, root, "", found)
    elif root.tag == "alert" and root.find("senderCode") is not None:
        alert = read_national(root, found)
    else:
        raise CAPError(f"alert：根元素应为 {NAMESPACE} 的 alert，收到 {root.tag[:80]}")
    places = {problem.split("：")[0] for problem in found}
    found += [problem for problem in problems(alert) if problem.split("：")[0] not in places]
    if found:
        raise CAPError(*found)
    return alert


def build(alert: Alert) -> bytes:
    """The document that says an alert; CAPError lists everything that is wrong with it.

    >>> from datetime import UTC, datetime
    >>> alert = Alert(identifier="1", sender="a@b", sent=datetime(2019, 8, 10, tzinfo=UTC), status="Test",
    ...               message_type="Alert", scope="Public")
    >>> parse(build(alert)) == alert
    True
    """
    if found := tuple(problems(alert)):
        raise CAPError(*found)
    root = ElementTree.Element(f"{{{NAMESPACE}}}alert")
    _write_group(alert, root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE)
    return document


def read_tree(document: bytes, *, limit: int = SIZE_LIMIT) -> ElementTree.Element:
    """The elements of a document without DTD or entities, its names as ``{namespace}name``.

    >>> read_tree(b"<a><b>1</b></a>").findtext("b")
    '1'
    """
    if len(document) > limit:
        raise CAPError(f"文档 {len(document)} 字节，超过上限 {limit}")
    encoding = None
    if _GB_DECLARATION.match(document):
        try:
            document, encoding = document.decode("gb18030").encode(), "utf-8"
        except UnicodeDecodeError as error:
            raise CAPError("文档声明为 GB 编码，内容却不是") from error
    builder = ElementTree.TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH_LIMIT:
            raise CAPError(f"元素嵌套超过 {_DEPTH_LIMIT} 层")
        builder.start(_clark(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(tag))

    def refuse(*_: Any) -> NoReturn:
        raise CAPError("文档不能含 DOCTYPE 或实体声明")

    parser = expat.ParserCreate(encoding, namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, CAPError):
            raise
        raise CAPError(f"不是完整的 XML：{error}") from error
    return builder.close()


def _clark(tag: str) -> str:
    return "{" + tag if "}" in tag else tag


def _read_group(kind: type, node: ElementTree.Element, path: str, found: list[str]) -> Any:
    values: dict[str, Any] = {}
    for name, element in elements(kind):
        where = f"{path}.{element.name}" if path else element.name
        children = node.findall(f"{{{NAMESPACE}}}{element.name}")
        if not element.is_repeated and len(children) > 1:
            found.append(f"{where}：只能出现一次，收到 {len(children)} 个")
        read = []
        for index, child in enumerate(children):
            place = f"{where}[{index + 1}]" if element.is_repeated and len(children) > 1 else where
            value = _read_value(element, child, place, found)
            if value not in ("", None, ()):
                read.append(value)
        if element.is_repeated:
            values[name] = tuple(read)
        elif read:
            values[name] = read[0]
        elif element.is_required:
            values[name] = "" if element.form == "text" else None
    return kind(**values)


def _read_value(element: Element, node: ElementTree.Element, where: str, found: list[str]) -> Any:
    if element.form == "group":
        return _read_group(GROUPS[element.name], node, where, found)
    if element.form == "pair":
        return _read_pair(node, where, found)
    text = (node.text or "").strip()
    if not text:
        return None
    try:
        return READERS[element.form](text)
    except ValueError as error:
        found.append(f"{where}：{error}")
        return None


def _read_pair(node: ElementTree.Element, where: str, found: list[str]) -> Pair | None:
    name = (node.findtext(f"{{{NAMESPACE}}}valueName") or "").strip()
    value = (node.findtext(f"{{{NAMESPACE}}}value") or "").strip()
    if not name and not value:
        found.append(f"{where}：应含 valueName 和 value")
        return None
    return name, value


def _write_group(group: Any, parent: ElementTree.Element) -> None:
    for name, element in elements(type(group)):
        value = getattr(group, name)
        if value is None or value in ("", ()):
            continue
        for item in value if element.is_repeated else (value,):
            child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{element.name}")
            if element.form == "group":
                _write_group(item, child)
            elif element.form == "pair":
                for part, text in zip(("valueName", "value"), item, strict=True):
                    _write_text(ElementTree.SubElement(child, f"{{{NAMESPACE}}}{part}"), text, element.name)
            else:
                _write_text(child, WRITERS[element.form](item), element.name)


def _write_text(node: ElementTree.Element, text: str, name: str) -> None:
    if _NOT_XML.search(text):
        raise CAPError(f"{name}：含有 XML 不允许的字符，请去掉")
    node.text = text
