"""OASIS EDXL, the messages of emergency management: envelopes, hospitals, resources, situation reports.

One module a standard: ``de``, ``have``, ``rm``, ``sitrep``; here, whatever a document or an envelope holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from anlan.protocols import cap
from anlan.protocols.edxl import de, have, rm, shapes, sitrep
from anlan.protocols.edxl.shapes import EDXLError
from anlan.protocols.markup import SIZE_LIMIT, split

__all__ = ["SIZE_LIMIT", "Content", "EDXLError", "Message", "as_json", "contents", "parse", "recognise", "standard"]

Message = de.Distribution | have.HospitalStatus | rm.ResourceMessage | sitrep.SituationReport | cap.Alert

STANDARDS: dict[str, tuple[str, Any]] = {
    de.NAMESPACE: ("EDXL-DE", de.from_tree),
    de.NAMESPACE_2: ("EDXL-DE", de.from_tree),
    have.NAMESPACE: ("EDXL-HAVE", have.from_tree),
    rm.NAMESPACE: ("EDXL-RM", rm.from_tree),
    rm.COMMON: ("EDXL-RM", rm.from_tree),
    sitrep.NAMESPACE: ("EDXL-SitRep", sitrep.from_tree),
}
"""Namespaces of roots, what they stand for, and how their elements are read."""
_KINDS = {
    de.Distribution: "EDXL-DE",
    have.HospitalStatus: "EDXL-HAVE",
    rm.ResourceMessage: "EDXL-RM",
    sitrep.SituationReport: "EDXL-SitRep",
    cap.Alert: "CAP",
}


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> Message:
    """Whatever message a document says, an envelope or a bare one; EDXLError lists what is wrong with it.

    >>> try:
    ...     parse(b"<html/>")
    ... except EDXLError as error:
    ...     print(str(error).split("，")[0])
    html：不是能识别的消息
    """
    root = shapes.read_root(document, limit)
    namespace, name = split(root.tag)
    if namespace == cap.NAMESPACE or (not namespace and name == "alert"):
        try:
            return cap.parse(document, limit=limit)
        except cap.CAPError as error:
            raise EDXLError(*error.problems) from error
    if namespace not in STANDARDS:
        if "edxl:have:2.0" in namespace.lower():
            raise EDXLError(f"{name[:60]}：EDXL-HAVE 2.0 尚不能读取，请按 1.0 发送")
        raise EDXLError(
            f"{name[:60]}：不是能识别的消息，根元素应属于 EDXL-DE、EDXL-HAVE、EDXL-RM、EDXL-SitRep 或 CAP 1.2，"
            f"收到命名空间 {namespace[:80]!r}"
        )
    message: Message = STANDARDS[namespace][1](root)
    return message


def recognise(document: bytes, *, limit: int = SIZE_LIMIT) -> str:
    """The standard that a document means to follow, by its root, even where it fails; empty when none is known.

    >>> recognise(b'<sitRep xmlns="urn:oasis:names:tc:emergency:EDXL:SitRep:1.0"/>'), recognise(b"x")
    ('EDXL-SitRep', '')
    """
    try:
        namespace = split(shapes.read_root(document, limit).tag)[0]
    except EDXLError:
        return ""
    return "CAP" if namespace == cap.NAMESPACE else STANDARDS.get(namespace, ("", None))[0]


def standard(message: Message) -> str:
    """The name of the standard that a message follows."""
    return _KINDS[type(message)]


class Content(NamedTuple):
    """Something in an envelope: its place there, the document, and the message that it says or why it says none."""

    item: de.ContentObject
    document: bytes
    message: Message | None
    problems: tuple[str, ...] = ()

    @property
    def is_attachment(self) -> bool:
        """Whether it is a picture, a table or another file that never was to be a message."""
        inside = self.item.non_xml
        return self.message is None and inside is not None and "xml" not in inside.mime_type.lower()


def contents(distribution: de.Distribution, *, depth: int = 3) -> Iterator[Content]:
    """Every message in an envelope, embedded or as base64, also those in envelopes within it.

    Content that is no message, or cannot be read, comes with its problems.
    """
    for item, document in de.documents(distribution):
        try:
            message = parse(document)
        except EDXLError as error:
            yield Content(item, document, None, error.problems)
            continue
        if not isinstance(message, de.Distribution):
            yield Content(item, document, message)
        elif depth:
            yield from contents(message, depth=depth - 1)
        else:
            yield Content(item, document, None, ("EDXLDistribution：封装层数过多",))


def as_json(message: Message) -> dict[str, Any]:
    """A message under the standard's own names, with the standard's; an envelope with its messages read."""
    said: dict[str, Any] = {"standard": standard(message)}
    if isinstance(message, cap.Alert):
        return said | cap.as_json(message)
    said |= shapes.as_json(message)
    if isinstance(message, de.Distribution):
        said["messages"] = [
            as_json(content.message) if content.message else {"error": "；".join(content.problems)}
            for content in contents(message)
        ]
    if isinstance(message, sitrep.SituationReport):
        said["reportType"] = message.report_type
    return said
