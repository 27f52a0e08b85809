"""Warnings as the national platform writes them (GB/T 35965.1-2018), read into the same alerts.

A dialect of CAP: no namespace, ``senderCode`` and ``sendTime``, ``eventType`` for the event, colours for
severities, lists with commas. Known from documents in use; to be checked against the standard (待核对).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from anlan.protocols.cap.codes import (
    COLOUR_WORDS,
    EVENT_CODE_NAME,
    EVENT_CODES,
    SEVERITY_OF_COLOUR,
    CAPError,
    WarningIdentifier,
)
from anlan.protocols.cap.forms import READERS
from anlan.protocols.cap.messages import Alert, Area, Info, Pair, Reference

GEOCODE_NAME = "GB/T 2260"
"""valueName under which a geocode carries an administrative code."""

_CATEGORIES = (
    ("11A", "Met"),
    ("11B", "Met"),
    ("11C", "Geo"),
    ("11D", "Geo"),
    ("11E", "Met"),
    ("11G", "Fire"),
    ("12", "Safety"),
    ("13", "Health"),
    ("14", "Security"),
)


def read_national(root: Element, found: list[str]) -> Alert:
    """The alert that a document of the national platform says; problems are added to the list."""
    return Alert(
        identifier=_text(root, "identifier"),
        sender=_text(root, "senderCode"),
        sent=_value(root, "sendTime", "time", found),
        status=_text(root, "status"),
        message_type=_text(root, "msgType"),
        scope=_text(root, "scope"),
        note=_text(root, "note"),
        references=_references(_text(root, "references"), found),
        infos=tuple(_info(node, _text(root, "sender"), found) for node in root.findall("info")),
    )


def _info(node: Element, issuer: str, found: list[str]) -> Info:
    event = _text(node, "eventType")
    colour = COLOUR_WORDS.get(_text(node, "severity"), "")
    signer = _text(node, "senderName")
    return Info(
        language=_text(node, "language"),
        categories=(next((name for code, name in _CATEGORIES if event.startswith(code)), "Other"),),
        event=EVENT_CODES.get(event, event),
        urgency=_text(node, "urgency") or "Unknown",
        severity=SEVERITY_OF_COLOUR.get(colour) or _text(node, "severity") or "Unknown",
        certainty=_text(node, "certainty") or "Unknown",
        event_codes=((EVENT_CODE_NAME, event),) if event else (),
        effective=_value(node, "effective", "time", found),
        onset=_value(node, "onset", "time", found),
        expires=_value(node, "expires", "time", found),
        sender_name=issuer,
        headline=_text(node, "headline"),
        description=_text(node, "description"),
        instruction=_text(node, "instruction"),
        web=_text(node, "web"),
        parameters=(("senderName", signer),) if signer else (),
        areas=tuple(_area(area, found) for area in node.findall("area")),
    )


def _area(node: Element, found: list[str]) -> Area:
    polygon, circle = (_value(node, name, name, found) for name in ("polygon", "circle"))
    places: tuple[Pair, ...] = tuple((GEOCODE_NAME, code) for code in dict.fromkeys(_list(node, "geocode")))
    return Area(
        area_desc="，".join(dict.fromkeys(_list(node, "areaDesc"))),
        polygons=(polygon,) if polygon else (),
        circles=(circle,) if circle else (),
        geocodes=places,
    )


def _references(text: str, found: list[str]) -> tuple[Reference, ...]:
    references = []
    for word in re.split(r"[,\s]+", text):
        if not word:
            continue
        try:
            issued = WarningIdentifier.parse(word)
        except CAPError as error:
            found.append(f"references：{error}")
            continue
        references.append(Reference(issued.area + issued.organisation, word, issued.issued))
    return tuple(references)


def _text(node: Element, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _list(node: Element, name: str) -> list[str]:
    return [word for word in re.split(r"[,，\s]+", _text(node, name)) if word]


def _value(node: Element, name: str, form: str, found: list[str]) -> Any:
    text = _text(node, name)
    read: Callable[[str], Any] = READERS[form]
    try:
        return read(text) if text else None
    except ValueError as error:
        found.append(f"{name}：{error}")
        return None
