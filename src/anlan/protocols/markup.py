"""XML that strangers send, read safely, and elements written with chosen prefixes.

DTDs and entities are refused, sizes and depths limited; what is wrong is said in Chinese, for whoever sent it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

SIZE_LIMIT = 4_000_000
"""Bytes of a document; files may be inside as base64."""
XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that a document cannot hold; a carriage return would come back as a newline."""

_START = re.compile(rb"<[^\s/>]+")
_RETURN = {"\r": "&#13;"}
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([\w-]+)["']""")
_LATIN = (b"iso-8859-1", b"windows-1252", b"us-ascii")
_GB_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*encoding=["'](?:gb2312|gbk|gb18030)["']""", re.IGNORECASE)


class MarkupError(ValueError):
    """Why a document cannot be read."""


def read_tree(document: bytes, *, limit: int = SIZE_LIMIT, depth_limit: int = 20) -> ElementTree.Element:
    """The elements of a document without DTD or entities, its names as ``{namespace}name``.

    The name that ``xsi:type`` gives is written out in the same way.

    >>> read_tree(b"<a><b>1</b></a>").findtext("b")
    '1'
    """
    if len(document) > limit:
        raise MarkupError(f"文档 {len(document)} 字节，超过上限 {limit}")
    document, encoding = _transcoded(document)
    reading = _Reading(depth_limit)
    parser = expat.ParserCreate(encoding, namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.builder.data
    parser.StartNamespaceDeclHandler = reading.declare
    parser.EndNamespaceDeclHandler = reading.undeclare
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(document, True)
    except MarkupError:
        raise
    except expat.ExpatError as error:
        if _is_mislabelled(document):
            raise MarkupError("内容不是 UTF-8（可能是 GBK），与编码声明不符，请改正声明或编码") from error
        raise MarkupError(f"不是完整的 XML：第 {error.lineno} 行第 {error.offset + 1} 列起不能读") from error
    except (LookupError, ValueError) as error:
        raise MarkupError("不是完整的 XML：文档声明的编码不能读，请用 UTF-8") from error
    return reading.builder.close()


def _transcoded(document: bytes) -> tuple[bytes, str | None]:
    """A document that the parser can read, and the encoding that it then has, where it is not the declared one.

    Blanks before the declaration, as some programs put them, are passed over.
    """
    document = document.lstrip(b" \t\r\n")
    declared = _DECLARED.match(document)
    if declared and declared[1].lower() in _LATIN and not document.isascii() and _is_utf8(document):
        raise MarkupError(f"文档声明为 {declared[1].decode()} 编码，内容却是 UTF-8，请改正声明")
    if not _GB_DECLARATION.match(document):
        return document, None
    try:
        return document.decode("gb18030").encode(), "utf-8"
    except UnicodeDecodeError as error:
        raise MarkupError("文档声明为 GB 编码，内容却不是") from error


def _is_mislabelled(document: bytes) -> bool:
    """Whether a document that counts as UTF-8 is none."""
    if (declared := _DECLARED.match(document)) and declared[1].lower() != b"utf-8":
        return False
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return not _is_utf8(document)


def _is_utf8(document: bytes) -> bool:
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def slices(document: bytes, tag: str) -> list[bytes]:
    """The outermost elements of one name as the document writes them, byte for byte, in its order.

    Only namespaces that an element takes from around it are added to its start tag; GB and UTF-16 become UTF-8. The
    document is one that ``read_tree`` has taken.

    >>> slices(b'<a><b x="1"/> <b><b/></b></a>', "b")
    [b'<b x="1"/>', b'<b><b/></b>']
    >>> slices(b'<a xmlns:p="urn:p"><p:b>1</p:b></a>', "{urn:p}b")
    [b'<p:b xmlns:p="urn:p">1</p:b>']
    """
    document, encoding = _transcoded(document)
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        document, encoding = document.decode("utf-16").encode(), "utf-8"
    cutting = _Cutting(document, tag)
    parser = expat.ParserCreate(encoding, namespace_separator="}")
    parser.StartElementHandler = lambda name, _attributes: cutting.start(_clark(name), parser.CurrentByteIndex)
    parser.EndElementHandler = lambda _name: cutting.end(parser.CurrentByteIndex)
    parser.CharacterDataHandler = cutting.text
    parser.StartNamespaceDeclHandler = cutting.declare
    parser.EndNamespaceDeclHandler = cutting.undeclare
    parser.Parse(document, True)
    return cutting.found


def _refuse(*_: Any) -> NoReturn:
    raise MarkupError("文档不能含 DOCTYPE 或实体声明")


class _Reading:
    """Elements being built, and the prefixes in force."""

    def __init__(self, depth_limit: int) -> None:
        self.builder = ElementTree.TreeBuilder()
        self.depth, self.depth_limit = 0, depth_limit
        self.prefixes: dict[str | None, list[str]] = {}

    def declare(self, prefix: str | None, namespace: str | None) -> None:
        self.prefixes.setdefault(prefix, []).append(namespace or "")

    def undeclare(self, prefix: str | None) -> None:
        self.prefixes[prefix].pop()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > self.depth_limit:
            raise MarkupError(f"元素嵌套超过 {self.depth_limit} 层")
        said = {_clark(name): value for name, value in attributes.items()}
        if (kind := said.get(f"{{{XSI}}}type")) is not None:
            prefix, colon, name = kind.strip().rpartition(":")
            known = self.prefixes.get(prefix if colon else None) or [""]
            said[f"{{{XSI}}}type"] = f"{{{known[-1]}}}{name}" if known[-1] else name
        self.builder.start(_clark(tag), said)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(_clark(tag))


class _Cutting:
    """Where the elements of one name begin and end, and which namespaces they take from around them."""

    def __init__(self, document: bytes, tag: str) -> None:
        self.document, self.tag = document, tag
        self.found: list[bytes] = []
        self.depth = self.begin = 0
        self.is_empty = False
        self.around: dict[str, list[str]] = {}
        self.own: set[str] = set()
        self.taken: dict[str, str] = {}

    def declare(self, prefix: str | None, namespace: str | None) -> None:
        self.around.setdefault(prefix or "", []).append(namespace or "")
        self.own.add(prefix or "")

    def undeclare(self, prefix: str | None) -> None:
        self.around[prefix or ""].pop()

    def start(self, tag: str, index: int) -> None:
        self.is_empty = False
        if self.depth:
            self.depth += 1
        elif tag == self.tag:
            self.depth, self.begin, self.is_empty = 1, index, True
            self.taken = {
                prefix: names[-1] for prefix, names in self.around.items() if names and prefix not in self.own
            }
        self.own.clear()

    def text(self, _text: str) -> None:
        self.is_empty = False

    def end(self, index: int) -> None:
        if not self.depth:
            return
        self.depth -= 1
        if not self.depth:
            # Of an empty-element tag the parser says where it ends, of an end tag where it begins.
            is_one_tag = self.is_empty and self.document[index - 2 : index] == b"/>"
            after = index if is_one_tag else self.document.index(b">", index) + 1
            self.found.append(self._alone(self.document[self.begin : after]))

    def _alone(self, element: bytes) -> bytes:
        try:
            if read_tree(element, limit=len(element)).tag == self.tag:
                return element
        except MarkupError:
            pass
        name = _START.match(element)
        declared = "".join(
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(namespace)}" for prefix, namespace in self.taken.items()
        )
        cut = name.end() if name else 0
        return element[:cut] + declared.encode() + element[cut:]


def _clark(tag: str) -> str:
    return "{" + tag if "}" in tag else tag


def split(tag: str) -> tuple[str, str]:
    """Namespace and local name of ``{namespace}name``.

    >>> split("{urn:a}b"), split("b")
    (('urn:a', 'b'), ('', 'b'))
    """
    namespace, brace, name = tag[1:].rpartition("}")
    return (namespace, name) if brace else ("", tag)


def write_tree(root: ElementTree.Element, prefixes: Mapping[str, str]) -> bytes:
    """A document of these elements, its namespaces declared once; ``prefixes`` maps namespaces to prefixes.

    >>> root = ElementTree.Element("{urn:a}x")
    >>> ElementTree.SubElement(root, "{urn:b}y").text = "1<2"
    >>> write_tree(root, {"urn:a": ""}).decode().splitlines()[1]
    '<x xmlns="urn:a" xmlns:n1="urn:b"><n1:y>1&lt;2</n1:y></x>'
    """
    used = {XML: "xml"}
    for tag in _tags(root):
        if (namespace := split(tag)[0]) and namespace not in used:
            used[namespace] = prefixes.get(namespace, f"n{len(used) - 1}")
    beside = {split(name)[0] for node in root.iter() for name in node.attrib}
    if any(not split(node.tag)[0] for node in root.iter()):
        beside |= set(used)  # no namespace may be the default one where some elements are in none
    used = {namespace: prefix or ("n" if namespace in beside else "") for namespace, prefix in used.items()}
    declared = "".join(
        f" xmlns{':' if prefix else ''}{prefix}={quoteattr(namespace)}"
        for namespace, prefix in used.items()
        if prefix != "xml"
    )
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, used, parts, declared)
    return "".join(parts).encode()


def _tags(root: ElementTree.Element) -> Iterator[str]:
    for node in root.iter():
        yield node.tag
        for name, value in node.items():
            yield name
            if name == f"{{{XSI}}}type":
                yield value


def _write(node: ElementTree.Element, used: Mapping[str, str], parts: list[str], declared: str = "") -> None:
    name = _short(node.tag, used)
    parts.append(f"<{name}{declared}")
    for key, value in node.items():
        said = _short(value, used) if key == f"{{{XSI}}}type" else value
        parts.append(f" {_short(key, used)}={quoteattr(said)}")
    if not len(node) and not node.text:
        parts.append("/>")
        return
    parts.append(f">{escape(node.text or '', _RETURN)}")
    for child in node:
        _write(child, used, parts)
        parts.append(escape(child.tail or "", _RETURN))
    parts.append(f"</{name}>")


def _short(tag: str, used: Mapping[str, str]) -> str:
    namespace, name = split(tag)
    prefix = used[namespace] if namespace else ""
    return f"{prefix}:{name}" if prefix else name
