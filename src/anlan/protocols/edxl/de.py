"""EDXL Distribution Element (分发封装): messages on their way, to whom and about what.

Version 1.0 is read and written; 2.0 is read into the same values.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from xml.etree import ElementTree

from anlan.protocols.edxl.parts import PREFIXES
from anlan.protocols.edxl.shapes import (
    EDXLError,
    Group,
    Tree,
    group_problems,
    many,
    needed,
    one,
    read_root,
    read_time,
    read_valid,
    rest,
    write_root,
)
from anlan.protocols.markup import SIZE_LIMIT, split, write_tree

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:DE:1.0"
NAMESPACE_2 = "urn:oasis:names:tc:emergency:EDXL:DE:2.0"
STATUSES = ("Actual", "Exercise", "System", "Test")
TYPES = (
    "Report",
    "Update",
    "Cancel",
    "Request",
    "Response",
    "Dispatch",
    "Ack",
    "Error",
    "SensorConfiguration",
    "SensorControl",
    "SensorStatus",
    "SensorDetection",
)

_NUMBER = r"-?\d{1,3}(?:\.\d+)?"
_CIRCLE = re.compile(rf"{_NUMBER},{_NUMBER} \d+(?:\.\d+)?", re.ASCII)
_POLYGON = re.compile(rf"{_NUMBER},{_NUMBER}(?: {_NUMBER},{_NUMBER}){{3,}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueList(Group):
    """Values, such as keywords or roles, out of a named list."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    urn: str = needed("valueListUrn")
    values: tuple[str, ...] = many("value", is_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Group):
    """A recipient."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    scheme: str = needed("explicitAddressScheme")
    values: tuple[str, ...] = many("explicitAddressValue", is_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetArea(Group):
    """Where recipients are; circles and polygons as in CAP."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    circles: tuple[str, ...] = many("circle")
    polygons: tuple[str, ...] = many("polygon")
    countries: tuple[str, ...] = many("country")
    subdivisions: tuple[str, ...] = many("subdivision")
    loc_codes: tuple[str, ...] = many("locCodeUN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Embedded XML."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    trees: tuple[Tree, ...] = rest()


@dataclass(frozen=True, slots=True, kw_only=True)
class XMLContent(Group):
    """XML messages, with the parts of them that recipients sort by."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    keys: tuple[Holder, ...] = many("keyXMLContent", Holder)
    embedded: tuple[Holder, ...] = many("embeddedXMLContent", Holder)


@dataclass(frozen=True, slots=True, kw_only=True)
class NonXMLContent(Group):
    """A file."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    mime_type: str = needed("mimeType")
    size: int | None = one("size", "integer")
    digest: str = one("digest")
    """SHA-1 of the file in hexadecimal."""
    uri: str = one("uri")
    data: str = one("contentData")
    """The file itself in base64."""

    @property
    def file(self) -> bytes:
        """The file that is inside; empty when it is only named."""
        try:
            return base64.b64decode("".join(self.data.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise EDXLError("contentData：不是 base64") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentObject(Group):
    """One message or file in the envelope."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    description: str = one("contentDescription")
    keywords: tuple[ValueList, ...] = many("contentKeyword", ValueList)
    incident_id: str = one("incidentID")
    incident_description: str = one("incidentDescription")
    originator_roles: tuple[ValueList, ...] = many("originatorRole", ValueList)
    consumer_roles: tuple[ValueList, ...] = many("consumerRole", ValueList)
    confidentiality: str = one("confidentiality")
    non_xml: NonXMLContent | None = one("nonXMLContent", NonXMLContent)
    xml: XMLContent | None = one("xmlContent", XMLContent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution(Group):
    """An envelope."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    identifier: str = needed("distributionID")
    sender: str = needed("senderID")
    sent: datetime = needed("dateTimeSent", "time")
    status: str = needed("distributionStatus", choices=STATUSES)
    kind: str = needed("distributionType", choices=TYPES)
    confidentiality: str = needed("combinedConfidentiality")
    language: str = one("language")
    sender_roles: tuple[ValueList, ...] = many("senderRole", ValueList)
    recipient_roles: tuple[ValueList, ...] = many("recipientRole", ValueList)
    keywords: tuple[ValueList, ...] = many("keyword", ValueList)
    references: tuple[str, ...] = many("distributionReference")
    """``distributionID,senderID,dateTimeSent`` of earlier envelopes."""
    addresses: tuple[Address, ...] = many("explicitAddress", Address)
    target_areas: tuple[TargetArea, ...] = many("targetArea", TargetArea)
    contents: tuple[ContentObject, ...] = many("contentObject", ContentObject)


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> Distribution:
    """The envelope that a document says; EDXLError lists everything that is wrong with it."""
    return from_tree(read_root(document, limit))


def from_tree(root: ElementTree.Element) -> Distribution:
    """The envelope that elements say."""
    namespace, name = split(root.tag)
    if name.lower() != "edxldistribution" or namespace not in (NAMESPACE, NAMESPACE_2):
        raise EDXLError(f"EDXLDistribution：根元素应为 {NAMESPACE} 的 EDXLDistribution，收到 {root.tag[:80]}")
    return read_valid(Distribution, _first_edition(root) if namespace == NAMESPACE_2 else root, problems)


def build(distribution: Distribution) -> bytes:
    """The document of an envelope, as version 1.0 has it.

    >>> from datetime import UTC
    >>> envelope = Distribution(identifier="1", sender="a@b", sent=datetime(2019, 8, 10, tzinfo=UTC), status="Test",
    ...                         kind="Report", confidentiality="unclassified")
    >>> parse(build(envelope)) == envelope
    True
    """
    if found := tuple(problems(distribution)):
        raise EDXLError(*found)
    return write_root(distribution, f"{{{NAMESPACE}}}EDXLDistribution", {NAMESPACE: "de", **PREFIXES})


def problems(distribution: Distribution) -> Iterator[str]:
    """What keeps an envelope from being valid, each naming the element and the fix."""
    yield from group_problems(distribution)
    if distribution.kind in ("Update", "Cancel", "Ack", "Error") and not distribution.references:
        yield f"distributionReference：distributionType 为 {distribution.kind} 时必须指明所针对的封装"
    for index, reference in enumerate(distribution.references, 1):
        parts = reference.split(",")
        if len(parts) != 3 or not _is_time(parts[2]):
            yield f"distributionReference[{index}]：应为 distributionID,senderID,dateTimeSent，收到 {reference[:80]!r}"
    for area in distribution.target_areas:
        for circle in area.circles:
            if not _CIRCLE.fullmatch(circle):
                yield f"targetArea.circle：{circle[:40]!r} 不是 纬度,经度 半径"
        for polygon in area.polygons:
            words = polygon.split()
            if not _POLYGON.fullmatch(" ".join(words)) or words[0] != words[-1]:
                yield f"targetArea.polygon：{polygon[:40]!r} 不是首尾相同的至少 4 个 纬度,经度"
    for index, item in enumerate(distribution.contents, 1):
        yield from _content_problems(item, f"contentObject[{index}]")


def _is_time(text: str) -> bool:
    try:
        read_time(text.strip())
    except ValueError:
        return False
    return True


def _content_problems(item: ContentObject, where: str) -> Iterator[str]:
    if (item.xml is None) == (item.non_xml is None):
        yield f"{where}：应有且只有 xmlContent、nonXMLContent 之一"
    if item.non_xml is None or not item.non_xml.data:
        return
    try:
        file = item.non_xml.file
    except EDXLError as error:
        yield f"{where}.nonXMLContent.{error}"
        return
    if item.non_xml.size is not None and item.non_xml.size != len(file):
        yield f"{where}.nonXMLContent.size：写明 {item.non_xml.size} 字节，实为 {len(file)} 字节"
    if (digest := item.non_xml.digest) and digest.lower() != hashlib.sha1(file, usedforsecurity=False).hexdigest():
        yield f"{where}.nonXMLContent.digest：与内容的 SHA-1 不符"


def documents(distribution: Distribution) -> Iterator[tuple[ContentObject, bytes]]:
    """Every embedded message as a document of its own, and every file inside, with the content that it belongs to.

    Embedded XML is written again, with prefixes of our choice.
    """
    for item in distribution.contents:
        for holder in item.xml.embedded if item.xml else ():
            for tree in holder.trees:
                yield item, write_tree(tree.element(), {})
        if item.non_xml and item.non_xml.data:
            yield item, item.non_xml.file


def embed(document: bytes, **said: Any) -> ContentObject:
    """A content object that carries an XML document; further fields by name.

    >>> embed(b"<alert/>", description="CAP").xml.embedded[0].trees[0].name
    'alert'
    """
    tree = Tree.of(read_root(document, SIZE_LIMIT))
    return ContentObject(xml=XMLContent(embedded=(Holder(trees=(tree,)),)), **said)


_RENAMED = {
    "distributionkind": "distributionType",
    "valuelisturi": "valueListUrn",
    "valuelisturn": "valueListUrn",
    "contentxml": "xmlContent",
    "othercontent": "nonXMLContent",
}
_LEFT_OUT = {"descriptor", "content", "contentdescriptor", "targetareas", "contents"}
"""Elements that version 2.0 puts around what 1.0 has directly."""


def _first_edition(root: ElementTree.Element) -> ElementTree.Element:
    """The elements of a version 2.0 envelope where version 1.0 has them."""
    made = ElementTree.Element(f"{{{NAMESPACE}}}EDXLDistribution")
    _carry(root, made)
    if not any(split(node.tag)[1] == "combinedConfidentiality" for node in made):
        ElementTree.SubElement(made, f"{{{NAMESPACE}}}combinedConfidentiality").text = "unspecified"
    return made


def _carry(old: ElementTree.Element, new: ElementTree.Element) -> None:
    for node in old:
        name = split(node.tag)[1]
        if name.lower() in _LEFT_OUT:
            _carry(node, new)
            continue
        child = ElementTree.SubElement(new, f"{{{NAMESPACE}}}{_RENAMED.get(name.lower(), name)}")
        if name.lower() in ("embeddedxmlcontent", "keyxmlcontent"):
            child.extend(node)
        elif name.lower() in ("distributionstatus", "distributionkind"):
            words = [(each.text or "").strip() for each in node.iter() if split(each.tag)[1].lower() == "value"]
            child.text = words[0] if words else (node.text or "").strip()
        else:
            child.text = node.text
            _carry(node, child)
