"""What several EDXL standards share: value lists, people and organisations (OASIS CIQ 3), places with names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from anlan.protocols.edxl.shapes import Group, attribute, content, many, one

CT = "urn:oasis:names:tc:emergency:edxl:ct:1.0"
XNL = "urn:oasis:names:tc:ciq:xnl:3"
XPIL = "urn:oasis:names:tc:ciq:xpil:3"
XAL = "urn:oasis:names:tc:ciq:xal:3"
EDXL_XNL = "urn:oasis:names:tc:emergency:edxl:ciq:1.0:xnl"
"""CIQ as later EDXL standards profile it."""

PREFIXES = {
    CT: "ct",
    XNL: "xnl",
    XPIL: "xpil",
    XAL: "xal",
    EDXL_XNL: "n",
    "http://www.opengis.net/gml": "gml",
    "http://www.opengis.net/gml/3.2": "gml32",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameElement(Group):
    """A part of a name, such as a first name."""

    NAMESPACE: ClassVar[str] = XNL
    text: str = content()
    kind: str = attribute("ElementType")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Group):
    """The name of a person or an organisation."""

    NAMESPACE: ClassVar[str] = XNL
    identifier: str = attribute("ID")
    parts: tuple[NameElement, ...] = many("NameElement", NameElement)

    def __str__(self) -> str:
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyName(Group):
    """Who somebody is."""

    NAMESPACE: ClassVar[str] = XNL
    identifier: str = attribute("ID", XPIL)
    people: tuple[Name, ...] = many("PersonName", Name)
    organisations: tuple[Name, ...] = many("OrganisationName", Name)

    def __str__(self) -> str:
        return "、".join(str(name) for name in (*self.organisations, *self.people))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNumber(Group):
    """A telephone number or the like."""

    NAMESPACE: ClassVar[str] = XPIL
    kind: str = attribute("CommunicationMediaType")
    use: str = attribute("Usage")
    parts: tuple[str, ...] = many("ContactNumberElement")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNumbers(Group):
    """Where somebody can be called."""

    NAMESPACE: ClassVar[str] = XPIL
    numbers: tuple[ContactNumber, ...] = many("ContactNumber", ContactNumber)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Group):
    """A person or organisation with everything that CIQ may say."""

    NAMESPACE: ClassVar[str] = XPIL
    name: PartyName | None = one("PartyName", PartyName)
    numbers: ContactNumbers | None = one("ContactNumbers", ContactNumbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDetails(Group):
    """An organisation as CIQ describes it."""

    NAMESPACE: ClassVar[str] = XPIL
    names: tuple[Name, ...] = many("OrganisationName", Name, namespace=XNL)
    numbers: ContactNumbers | None = one("ContactNumbers", ContactNumbers)


def telephone(number: str) -> ContactNumbers:
    """One telephone number.

    >>> telephone("0635-8888120").numbers[0].parts
    ('0635-8888120',)
    """
    return ContactNumbers(numbers=(ContactNumber(kind="Telephone", parts=(number,)),))


def organisation(name: str, identifier: str = "") -> Name:
    """The name of an organisation.

    >>> str(organisation("聊城市人民医院"))
    '聊城市人民医院'
    """
    return Name(identifier=identifier, parts=(NameElement(text=name),))
