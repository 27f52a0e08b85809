"""EDXL-RM 1.0 (资源消息): resources asked for, offered, committed, released and returned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from xml.etree import ElementTree

from anlan.protocols.edxl.parts import PREFIXES, Party
from anlan.protocols.edxl.places import Geometry
from anlan.protocols.edxl.shapes import (
    EDXLError,
    Group,
    Tree,
    group_problems,
    many,
    needed,
    one,
    read_root,
    read_valid,
    write_root,
)
from anlan.protocols.markup import SIZE_LIMIT, split

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
COMMON = "urn:oasis:names:tc:emergency:EDXL:RM:1.0"

MESSAGE_TYPES = {
    "RequestResource": "请求资源",
    "ResponseToRequestResource": "答复资源请求",
    "RequisitionResource": "征用资源",
    "CommitResource": "承诺资源",
    "RequestInformation": "询问资源信息",
    "ResponseToRequestInformation": "答复资源信息",
    "OfferUnsolicitedResource": "主动提供资源",
    "ReleaseResource": "释放资源",
    "RequestReturn": "请求归还",
    "ResponseToRequestReturn": "答复归还请求",
    "RequestQuote": "询价",
    "ResponseToRequestQuote": "报价",
    "RequestResourceDeploymentStatus": "询问部署状态",
    "ReportResourceDeploymentStatus": "报告部署状态",
    "RequestExtendedDeploymentDuration": "请求延长部署",
    "ResponseToRequestExtendedDeploymentDuration": "答复延长部署",
}
SCHEDULE_TYPES = (
    "RequestedArrival",
    "EstimatedArrival",
    "ActualArrival",
    "RequestedDeparture",
    "EstimatedDeparture",
    "ActualDeparture",
    "RequestedReturnDeparture",
    "EstimatedReturnDeparture",
    "ActualReturnDeparture",
    "RequestedReturnArrival",
    "EstimatedReturnArrival",
    "ActualReturnArrival",
    "BeginAvailable",
    "EndAvailable",
    "Committed",
    "Current",
    "ReportTo",
    "Route",
)
CONTACT_ROLES = ("Sender", "Requester", "SubjectMatterExpert", "Approver", "RespondingOrg", "Owner")

_ANSWERS = frozenset(
    {
        "ResponseToRequestResource",
        "CommitResource",
        "ResponseToRequestReturn",
        "ResponseToRequestQuote",
        "ResponseToRequestExtendedDeploymentDuration",
    }
)
"""Types whose every resource carries ResponseInformation."""
_FOLLOWING = _ANSWERS | {"ResponseToRequestInformation"}
"""Types that must name the message before them."""
_OPENING = frozenset({"RequestResource", "OfferUnsolicitedResource"})
"""Types that open an exchange, so that no message can come before them."""
_UNANSWERING = frozenset(
    {
        "RequestResource",
        "RequisitionResource",
        "RequestInformation",
        "OfferUnsolicitedResource",
        "RequestReturn",
        "RequestResourceDeploymentStatus",
        "RequestExtendedDeploymentDuration",
    }
)
"""Types in which ResponseInformation makes no sense."""
_NAMING = frozenset(
    {
        "RequestResource",
        "RequisitionResource",
        "OfferUnsolicitedResource",
        "ReleaseResource",
        "RequestReturn",
        "RequestQuote",
        "RequestResourceDeploymentStatus",
        "RequestExtendedDeploymentDuration",
    }
)
"""Types whose every ResourceInformation names its resource."""
_WORDS_ONLY = frozenset({"RequestInformation", "ResponseToRequestInformation"})
"""Types that may do without ResourceInformation."""
_ACCEPTING = ("Accept", "Provisional")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueList(Group):
    """Values out of a managed list."""

    NAMESPACE: ClassVar[str] = COMMON
    urn: str = needed("ValueListURN")
    values: tuple[str, ...] = many("Value", is_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Group):
    """The emergency that a message is about."""

    NAMESPACE: ClassVar[str] = COMMON
    identifier: str = one("IncidentID")
    description: str = one("IncidentDescription")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Group):
    """A message that this one replaces or takes back."""

    NAMESPACE: ClassVar[str] = COMMON
    message_id: str = needed("RecalledMessageID")
    kind: str = needed("RecallType", choices=("Update", "Cancel"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding(Group):
    """Who pays."""

    NAMESPACE: ClassVar[str] = COMMON
    code: str = one("FundCode")
    info: str = one("FundingInfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio(Group):
    """Where somebody can be reached by radio."""

    NAMESPACE: ClassVar[str] = COMMON
    kind: str = needed("RadioType")
    channel: str = needed("RadioChannel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Group):
    """A place in words, as an address (CIQ) and on the map."""

    NAMESPACE: ClassVar[str] = COMMON
    description: str = one("LocationDescription")
    address: Tree | None = one("Address", "tree")
    area: Geometry | None = one("TargetArea", "geometry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Group):
    """Whom to ask, and what they have to do with it."""

    NAMESPACE: ClassVar[str] = COMMON
    description: str = one("ContactDescription")
    role: str = one("ContactRole", choices=CONTACT_ROLES)
    radios: tuple[Radio, ...] = many("Radio", Radio)
    location: Location | None = one("ContactLocation", Location)
    party: Party | None = one("AdditionalContactInformation", Party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Group):
    """What is said to a resource in an earlier message."""

    NAMESPACE: ClassVar[str] = COMMON
    preceding_element: str = needed("PrecedingResourceInfoElementID")
    kind: str = needed("ResponseType", choices=("Accept", "Decline", "Provisional"))
    reason_code: ValueList | None = one("ReasonCode", ValueList)
    reason: str = one("ResponseReason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership(Group):
    """Whose a resource is."""

    NAMESPACE: ClassVar[str] = COMMON
    owner: str = one("Owner")
    jurisdiction: str = one("OwningJurisdiction")
    home_dispatch: str = one("HomeDispatch")
    home_unit: str = one("HomeUnit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStatus(Group):
    """How a resource stands."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    inventory_refreshed: datetime | None = one("InventoryRefreshDateTime", "time")
    deployment: ValueList | None = one("DeploymentStatus", ValueList)
    availability: str = one("Availability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Group):
    """What is asked for or given."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    identifier: str = one("ResourceID")
    name: str = one("Name")
    kind: ValueList | None = one("TypeStructure", ValueList)
    kind_info: Tree | None = one("TypeInfo", "tree")
    keywords: tuple[ValueList, ...] = many("Keyword", ValueList)
    description: str = one("Description")
    credentials: str = one("Credentials")
    certifications: str = one("Certifications")
    special_requirements: str = one("SpecialRequirements")
    responsible_party: Contact | None = one("ResponsibleParty", Contact)
    ownership: Ownership | None = one("OwnershipInformation", Ownership)
    status: ResourceStatus | None = one("ResourceStatus", ResourceStatus)

    def __str__(self) -> str:
        """The resource in the words that the message has for it."""
        words = [self.name, *(self.kind.values if self.kind else ()), self.description, self.identifier]
        return next(filter(None, words), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Group):
    """An amount with its unit."""

    NAMESPACE: ClassVar[str] = COMMON
    amount: float = needed("Amount", "decimal")
    unit: ValueList | None = one("UnitOfMeasure", ValueList)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Group):
    """How much, in words or measured."""

    NAMESPACE: ClassVar[str] = COMMON
    texts: tuple[str, ...] = many("QuantityText")
    measured: Measured | None = one("MeasuredQuantity", Measured)

    @property
    def amount(self) -> float | None:
        """The number, also where it was said as text; None when the text is no number.

        >>> Quantity(texts=("4",)).amount
        4.0
        """
        if self.measured is not None:
            return self.measured.amount
        text = "".join(self.texts).strip()
        return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions(Group):
    """How a resource is to come and to report."""

    NAMESPACE: ClassVar[str] = COMMON
    transportation: str = one("ModeOfTransportation")
    navigation: str = one("NavigationInstructions")
    reporting: str = one("ReportingInstructions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Group):
    """How much, what for, for how much money."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    quantity: Quantity | None = one("Quantity", Quantity)
    restrictions: str = one("Restrictions")
    anticipated_function: str = one("AnticipatedFunction")
    price_quote: Quantity | None = one("PriceQuote", Quantity)
    order_id: str = one("OrderID")
    instructions: Instructions | None = one("AssignmentInstructions", Instructions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Group):
    """When and where."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    kind: str = needed("ScheduleType", choices=SCHEDULE_TYPES)
    at: datetime | None = one("DateTime", "time")
    location: Location | None = one("Location", Location)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceInformation(Group):
    """One resource with what is said about it."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    identifier: str = needed("ResourceInfoElementID")
    answer: Answer | None = one("ResponseInformation", Answer)
    resource: Resource | None = one("Resource", Resource)
    assignment: Assignment | None = one("AssignmentInformation", Assignment)
    schedules: tuple[Schedule, ...] = many("ScheduleInformation", Schedule)

    def schedule(self, kind: str) -> Schedule | None:
        """The first schedule of a kind."""
        return next((schedule for schedule in self.schedules if schedule.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMessage(Group):
    """A resource message of any type; ``kind`` is its MessageContentType, and the name of its root."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    identifier: str = needed("MessageID")
    sent: datetime = needed("SentDateTime", "time")
    kind: str = needed("MessageContentType", choices=tuple(MESSAGE_TYPES))
    description: str = one("MessageDescription")
    originating_id: str = needed("OriginatingMessageID")
    preceding_id: str = one("PrecedingMessageID")
    incidents: tuple[Incident, ...] = many("IncidentInformation", Incident)
    recall: Recall | None = one("MessageRecall", Recall)
    funding: tuple[Funding, ...] = many("Funding", Funding)
    contacts: tuple[Contact, ...] = many("ContactInformation", Contact, is_required=True)
    resources: tuple[ResourceInformation, ...] = many("ResourceInformation", ResourceInformation)


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> ResourceMessage:
    """The message that a document says; EDXLError lists everything that is wrong with it."""
    return from_tree(read_root(document, limit))


def from_tree(root: ElementTree.Element) -> ResourceMessage:
    """The message that elements say.

    What the schema asks is demanded; the tables of elements for each type are not, since senders follow the
    schema: ``problems`` tells.
    """
    namespace, name = split(root.tag)
    if not namespace.startswith(COMMON) or name not in MESSAGE_TYPES:
        raise EDXLError(f"{name[:60]}：根元素应为 {NAMESPACE} 的 {'、'.join(MESSAGE_TYPES)} 之一")

    def wrong(message: ResourceMessage) -> Iterator[str]:
        yield from group_problems(message)
        if message.kind in MESSAGE_TYPES and message.kind != name:
            yield f"MessageContentType：{message.kind} 与根元素 {name} 不符"

    return read_valid(ResourceMessage, root, wrong)


def build(message: ResourceMessage) -> bytes:
    """The document of a message, which must follow the table of its type."""
    if found := tuple(problems(message)):
        raise EDXLError(*found)
    return write_root(message, f"{{{NAMESPACE}}}{message.kind}", {NAMESPACE: "rmsg", COMMON: "rm", **PREFIXES})


def problems(message: ResourceMessage) -> Iterator[str]:
    """What keeps a message from following the standard: its elements, and those that its type needs or bars."""
    yield from group_problems(message)
    kind = message.kind
    if kind in _FOLLOWING and not message.preceding_id:
        yield f"PrecedingMessageID：{kind} 必填"
    if kind in _OPENING and message.preceding_id:
        yield f"PrecedingMessageID：{kind} 不适用，请去掉"
    if kind in _OPENING and message.originating_id != message.identifier:
        yield f"OriginatingMessageID：{kind} 开启一轮消息，应与 MessageID 相同"
    if kind == "OfferUnsolicitedResource" and message.funding:
        yield f"Funding：{kind} 不适用，请去掉"
    if kind not in _WORDS_ONLY and not message.resources:
        yield f"ResourceInformation：{kind} 必填"
    for index, contact in enumerate(message.contacts, 1):
        if not contact.description and not contact.role:
            yield f"ContactInformation[{index}]：ContactDescription 和 ContactRole 至少填一项"
    for index, incident in enumerate(message.incidents, 1):
        if not incident.identifier and not incident.description:
            yield f"IncidentInformation[{index}]：IncidentID 和 IncidentDescription 至少填一项"
    for index, item in enumerate(message.resources, 1):
        yield from _resource_problems(kind, item, f"ResourceInformation[{index}]")


def _resource_problems(kind: str, item: ResourceInformation, where: str) -> Iterator[str]:
    answer = item.answer
    is_accepted = answer is not None and answer.kind in _ACCEPTING
    if kind in _ANSWERS and answer is None:
        yield f"{where}.ResponseInformation：{kind} 必填"
    if kind in _UNANSWERING and answer is not None:
        yield f"{where}.ResponseInformation：{kind} 不适用，请去掉"
    if answer is not None and answer.kind == "Decline" and not (answer.reason or answer.reason_code):
        yield f"{where}.ResponseInformation：ResponseType 为 Decline 时 ReasonCode 和 ResponseReason 至少填一项"
    if item.resource is None:
        if kind in _NAMING or (kind in _ANSWERS - {"ResponseToRequestReturn"} and is_accepted):
            yield f"{where}.Resource：{kind} 必填"
    elif not (item.resource.identifier or item.resource.name or item.resource.kind):
        yield f"{where}.Resource：ResourceID、Name、TypeStructure 至少填一项"
    quantity = item.assignment.quantity if item.assignment else None
    if quantity is None and (
        kind in ("RequisitionResource", "ReleaseResource")
        or (kind in ("CommitResource", "ResponseToRequestResource") and is_accepted)
    ):
        yield f"{where}.AssignmentInformation.Quantity：{kind} 必填"
    price = item.assignment.price_quote if item.assignment else None
    if kind == "ResponseToRequestQuote" and is_accepted and price is None:
        yield f"{where}.AssignmentInformation.PriceQuote：{kind} 必填"
    if kind in ("RequestResource", "RequestQuote") and price is not None:
        yield f"{where}.AssignmentInformation.PriceQuote：{kind} 不适用，请去掉"
    if kind == "CommitResource" and is_accepted and not item.schedules:
        yield f"{where}.ScheduleInformation：{kind} 必填"
    if kind == "RequestResource" and item.resource is not None and item.resource.ownership is not None:
        yield f"{where}.Resource.OwnershipInformation：{kind} 不适用，请去掉"
