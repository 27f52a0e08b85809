"""CAP 1.2 documents read and written; DTDs and entities are refused, sizes limited."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from anlan.protocols.cap.codes import CAPError
from anlan.protocols.cap.forms import READERS, WRITERS
from anlan.protocols.cap.messages import GROUPS, Alert, Element, Pair, elements, problems
from anlan.protocols.cap.national import read_national
from anlan.protocols.markup import NOT_XML, SIZE_LIMIT, MarkupError, read_tree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_OLDER = "{urn:oasis:names:tc:emergency:cap:1.1}"


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> Alert:
    """The alert that a document says; CAPError lists everything that is wrong with it.

    Elements that CAP 1.2 does not know, a signature among them, are passed over. A document of CAP 1.1, whose elements
    are the same, or of the national platform (GB/T 35965.1) is read into the same alert.

    >>> try:
    ...     parse(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>a b</sender></alert>')
    ... except CAPError as error:
    ...     print(error.problems[0])
    identifier：缺少，必填
    """
    root = _root(document, limit)
    found: list[str] = []
    if root.tag == f"{_OLDER}alert":
        for node in root.iter():
            node.tag = node.tag.replace(_OLDER, f"{{{NAMESPACE}}}")
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


def _root(document: bytes, limit: int) -> ElementTree.Element:
    try:
        return read_tree(document, limit=limit)
    except MarkupError as error:
        raise CAPError(str(error)) from error


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
    if NOT_XML.search(text):
        raise CAPError(f"{name}：含有 XML 不允许的字符，请去掉")
    node.text = text
