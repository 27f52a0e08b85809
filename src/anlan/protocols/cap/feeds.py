"""Feeds of alerts (预警订阅源) as Atom (RFC 4287) and RSS 2.0 write them: entries that link to alerts or carry them.

An alert inside an entry is given back byte for byte, so that its signature still holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from anlan.protocols.cap.codes import CAPError
from anlan.protocols.cap.frames import NAMESPACE
from anlan.protocols.markup import SIZE_LIMIT, MarkupError, read_tree, slices

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
"""Media type of an alert; the feeds of some issuers say only that it is XML."""
XML_TYPES = ("", CAP_TYPE, "application/xml", "text/xml", "application/common-alerting-protocol+xml")

_ALERT = f"{{{NAMESPACE}}}alert"
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_ALERT_TEXT = re.compile(r"^\s*(?:<\?xml[^>]*\?>)?\s*<(?:[A-Za-z_][\w.-]*:)?alert[\s>]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, in the words of the feed."""

    identifier: str
    """Atom id, RSS guid, else the first link: what tells entries apart."""
    title: str = ""
    updated: str = ""
    """As written; it tells versions of an entry apart, nothing more."""
    links: tuple[str, ...] = ()
    """Absolute addresses where the alert may be, the likeliest first."""
    document: bytes | None = None
    """The alert itself, where the entry carries it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was read."""

    title: str
    entries: tuple[Entry, ...]


def read_feed(document: bytes, *, address: str = "", limit: int = SIZE_LIMIT) -> Feed:
    """The entries of an Atom or RSS 2.0 feed; relative links are completed from its address.

    >>> read_feed(b"<rss version='2.0'><channel><title>t</title><item><link>a.xml</link></item></channel></rss>",
    ...           address="https://example.org/rss").entries[0].links
    ('https://example.org/a.xml',)
    """
    try:
        root = read_tree(document, limit=limit, depth_limit=40)
    except MarkupError as error:
        raise CAPError(str(error)) from error
    # The alerts of the whole feed, in its order: the entries take theirs from the front.
    alerts = iter(slices(document, _ALERT))
    if root.tag == f"{{{ATOM}}}feed":
        base = urljoin(address, root.get("{http://www.w3.org/XML/1998/namespace}base", ""))
        entries = tuple(_atom_entry(node, base, alerts) for node in root.findall(f"{{{ATOM}}}entry"))
        return Feed(_text(root, f"{{{ATOM}}}title"), entries)
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise CAPError(f"feed：应为 Atom 的 feed 或 RSS 2.0 的 rss/channel，收到 {root.tag[:80]}")
    return Feed(_text(channel, "title"), tuple(_rss_item(node, address, alerts) for node in channel.findall("item")))


def _atom_entry(node: Element, base: str, alerts: Iterator[bytes]) -> Entry:
    links = [
        (_rank(link.get("type", ""), link.get("rel", "alternate")), urljoin(base, link.get("href", "")))
        for link in node.findall(f"{{{ATOM}}}link")
        if link.get("href")
    ]
    content = node.find(f"{{{ATOM}}}content")
    if content is not None and content.get("src"):
        links.append((_rank(content.get("type", ""), "content"), urljoin(base, content.get("src", ""))))
    return _entry(
        node,
        _text(node, f"{{{ATOM}}}id"),
        _text(node, f"{{{ATOM}}}title"),
        _text(node, f"{{{ATOM}}}updated"),
        links,
        alerts,
    )


def _rss_item(node: Element, base: str, alerts: Iterator[bytes]) -> Entry:
    links = [(_rank("", "alternate"), urljoin(base, text))] if (text := _text(node, "link")) else []
    for enclosure in node.findall("enclosure"):
        if enclosure.get("url"):
            links.append((_rank(enclosure.get("type", ""), "enclosure"), urljoin(base, enclosure.get("url", ""))))
    guid = node.find("guid")
    name = _text(node, "guid")
    if guid is not None and guid.get("isPermaLink", "true") == "true" and not links and name:
        links.append((_rank("", "alternate"), urljoin(base, name)))
    updated = _text(node, f"{{{ATOM}}}updated") or _text(node, "pubDate")
    return _entry(node, name, _text(node, "title"), updated, links, alerts)


def _entry(
    node: Element, name: str, title: str, updated: str, links: list[tuple[int, str]], alerts: Iterator[bytes]
) -> Entry:
    carried = [next(alerts) for _ in range(_outermost(node))]
    document = carried[0] if carried else next(filter(None, map(_alert_in_text, node.iter())), None)
    wanted = tuple(dict.fromkeys(address for rank, address in sorted(links, key=lambda link: link[0]) if rank < 3))
    return Entry(name or next(iter(wanted), ""), title, updated, wanted, document)


def _outermost(node: Element) -> int:
    return sum(1 if child.tag == _ALERT else _outermost(child) for child in node)


def _rank(media: str, rel: str) -> int:
    """How likely a link leads to the alert: 0 surely, 2 perhaps, 3 not."""
    kind = media.partition(";")[0].strip().lower()
    if kind not in XML_TYPES or rel in ("self", "edit", "related", "via", "next", "previous"):
        return 3
    return 0 if "cap" in kind or "common-alerting" in kind else 1 if kind else 2


def _alert_in_text(node: Element) -> bytes | None:
    """The alert that an element carries as escaped text or CDATA."""
    text = node.text or ""
    if not _ALERT_TEXT.match(text):
        return None
    declared = _DECLARED.match(text)
    try:
        return text.strip().encode(declared[1] if declared else "utf-8")
    except (LookupError, UnicodeEncodeError):
        return text.strip().encode()


def _text(node: Element, name: str) -> str:
    return (node.findtext(name) or "").strip()
