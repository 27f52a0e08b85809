"""EDXL-HAVE 1.0 (医院收治能力): what hospitals can take in, and how their departments, services and resources stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from xml.etree import ElementTree

from anlan.protocols.edxl.parts import PREFIXES, OrganisationDetails
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

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"

BED_TYPES = {
    "AdultICU": "成人重症监护",
    "PediatricICU": "儿童重症监护",
    "NeonatalICU": "新生儿重症监护",
    "EmergencyDepartment": "急诊",
    "NurseryBeds": "新生儿",
    "MedicalSurgical": "内外科",
    "RehabLongTermCare": "康复和长期护理",
    "Burn": "烧伤",
    "Pediatrics": "儿科",
    "AdultPsychiatric": "成人精神科",
    "PediatricPsychiatric": "儿童精神科",
    "NegativeFlowIsolation": "负压隔离",
    "OtherIsolation": "其他隔离",
    "OperatingRooms": "手术室",
}
AVAILABLE, UNAVAILABLE = "Vacant/Available", "NotAvailable"
_ADEQUACY = ("Adequate", "Insufficient")
_TRIAGE_COLOURS = ("Red", "Yellow", "Green", "Black", "Gray")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Group):
    """A hospital: its names and numbers, and where it is."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    information: OrganisationDetails = needed("OrganizationInformation", OrganisationDetails)
    location: Geometry | None = one("OrganizationGeoLocation", "geometry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic(Group):
    """Whether ambulances are welcome."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    status: str = one("EMSTrafficStatus", choices=("Normal", "Advisory", "Closed", "NotApplicable"))
    reason: str = one("EMSTrafficReason")
    comment: str = one("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageCode(Group):
    """Patients of one triage colour."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    value: str = needed("TriageCodeValue", choices=_TRIAGE_COLOURS)
    count: int = needed("TriageCountQuantity", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageCount(Group):
    """Patients by triage colour."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    list_urn: str = one("TriageCodeListURN")
    codes: tuple[TriageCode, ...] = many("TriageCode", TriageCode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offload(Group):
    """How long ambulances wait."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    status: str = one("EMSOffloadStatus", choices=("Normal", "Delayed"))
    minutes: int | None = one("EMSOffloadMinutes", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyDepartment(Group):
    """The emergency department."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    traffic: Traffic | None = one("EMSTraffic", Traffic)
    capacity: TriageCount | None = one("EMSCapacity", TriageCount)
    census: TriageCount | None = one("EMSCensus", TriageCount)
    ambulances: Offload | None = one("EMSAmbulanceStatus", Offload)
    aircraft: Offload | None = one("EMSAirTransportStatus", Offload)
    comments: tuple[str, ...] = many("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity(Group):
    """Beds that are free, usual, and to be had within one and three days."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    status: str = needed("CapacityStatus", choices=(AVAILABLE, UNAVAILABLE))
    available: int | None = one("AvailableCount", "integer")
    baseline: int | None = one("BaselineCount", "integer")
    additional_24h: int | None = one("AdditionalCapacityCount24Hr", "integer")
    additional_72h: int | None = one("AdditionalCapacityCount72Hr", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class BedCapacity(Group):
    """Beds of one kind."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    bed_types: tuple[str, ...] = many("BedType", is_required=True, choices=tuple(BED_TYPES))
    subcategories: tuple[str, ...] = many("SubCategoryBedType")
    capacities: tuple[Capacity, ...] = many("Capacity", Capacity)
    comments: tuple[str, ...] = many("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beds(Group):
    """Beds of every kind."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    capacities: tuple[BedCapacity, ...] = many("BedCapacity", BedCapacity, is_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Group):
    """Services that the hospital offers; those with kinds of their own are kept as they came."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    burn: bool | None = one("Burn", "boolean")
    cardiology: Tree | None = one("CardiologyIndicator", "tree")
    dialysis: bool | None = one("Dialysis", "boolean")
    emergency_department: bool | None = one("EmergencyDepartment", "boolean")
    hyperbaric_chamber: bool | None = one("HyperbaricChamber", "boolean")
    infectious_disease: bool | None = one("InfectiousDisease", "boolean")
    neonatology: bool | None = one("Neonatology", "boolean")
    neurology: Tree | None = one("NeurologyIndicator", "tree")
    obstetrics: Tree | None = one("OBGYNIndicator", "tree")
    ophthalmology: bool | None = one("Ophthalmology", "boolean")
    orthopedic: bool | None = one("Orthopedic", "boolean")
    pediatrics: Tree | None = one("Pediatrics", "tree")
    psychiatric: Tree | None = one("PsychiatricIndicator", "tree")
    surgery: Tree | None = one("SurgeryIndicator", "tree")
    transport: Tree | None = one("TransportServicesIndicator", "tree")
    trauma_center: Tree | None = one("TraumaCenterServicesIndicator", "tree")
    comments: tuple[str, ...] = many("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decontamination(Group):
    """Whether chemical, biological or radiological decontamination has room."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    status: str = one("DeconCapacityStatus", choices=("Inactive", "Open", "Full", "Exceeded"))
    comment: str = one("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Morgue(Group):
    """Whether the morgue has room."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    status: str = one("MorgueCapacityStatus", choices=("Open", "Full", "Exceeded"))
    units: int | None = one("MorgueCapacityUnits", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Group):
    """Patients of the last 24 hours."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    admissions: int | None = one("Admissions", "integer")
    discharges: int | None = one("Discharges", "integer")
    deaths: int | None = one("Deaths", "integer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility(Group):
    """The hospital as a whole."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    eoc_status: str = one("HospitalEOCStatus", choices=("Active", "Inactive"))
    eoc_plan: str = one("HospitalEOCPlan", choices=("Active", "Inactive"))
    clinical_status: str = one("ClinicalStatus", choices=("Normal", "Full"))
    decontamination: Decontamination | None = one("DeconCapacity", Decontamination)
    morgue: Morgue | None = one("MorgueCapacity", Morgue)
    status: str = one("FacilityStatus", choices=("Normal", "Compromised", "Evacuating", "Closed"))
    security: str = one(
        "SecurityStatus", choices=("Normal", "Elevated", "RestrictedAccess", "Lockdown", "Quarantine", "Closed")
    )
    activity_24h: Activity | None = one("Activity24Hr", Activity)
    comments: tuple[str, ...] = many("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources(Group):
    """Whether staff and supplies suffice."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    staffing: str = one("Staffing", choices=_ADEQUACY)
    facility_operations: str = one("FacilityOperations", choices=_ADEQUACY)
    clinical_operations: str = one("ClinicalOperations", choices=_ADEQUACY)
    information: tuple[str, ...] = many("ResourcesInformationText")
    comments: tuple[str, ...] = many("CommentText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital(Group):
    """One hospital's report."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    organization: Organization = needed("Organization", Organization)
    emergency: EmergencyDepartment | None = one("EmergencyDepartmentStatus", EmergencyDepartment)
    beds: Beds | None = one("HospitalBedCapacityStatus", Beds)
    services: Services | None = one("ServiceCoverageStatus", Services)
    facility: Facility | None = one("HospitalFacilityStatus", Facility)
    resources: Resources | None = one("HospitalResourcesStatus", Resources)
    updated: datetime = needed("LastUpdateTime", "time")

    @property
    def name(self) -> str:
        """The hospital's first name; empty without one."""
        names = self.organization.information.names
        return str(names[0]) if names else ""

    @property
    def identifier(self) -> str:
        """The identifier that the hospital's name carries; empty without one."""
        return next((name.identifier for name in self.organization.information.names if name.identifier), "")

    def available(self, *bed_types: str) -> int | None:
        """Free beds of these kinds, of all kinds without any; None where the report has no count.

        A kind that is not available counts as none free.
        """
        counts = []
        for beds in self.beds.capacities if self.beds else ():
            if bed_types and not set(bed_types) & set(beds.bed_types):
                continue
            for capacity in beds.capacities:
                if capacity.status == UNAVAILABLE:
                    counts.append(0)
                elif capacity.available is not None:
                    counts.append(capacity.available)
        return sum(counts) if counts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalStatus(Group):
    """Reports of one or more hospitals."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    hospitals: tuple[Hospital, ...] = many("Hospital", Hospital, is_required=True)


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> HospitalStatus:
    """The reports that a document says; EDXLError lists everything that is wrong with it.

    >>> try:
    ...     parse(b'<HospitalStatus xmlns="urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"/>')
    ... except EDXLError as error:
    ...     print(error)
    Hospital：缺少，必填
    """
    return from_tree(read_root(document, limit))


def from_tree(root: ElementTree.Element) -> HospitalStatus:
    """The reports that elements say."""
    namespace, name = split(root.tag)
    if namespace != NAMESPACE or name != "HospitalStatus":
        raise EDXLError(f"HospitalStatus：根元素应为 {NAMESPACE} 的 HospitalStatus，收到 {root.tag[:80]}")
    return read_valid(HospitalStatus, root, problems)


def build(status: HospitalStatus) -> bytes:
    """The document of reports."""
    if found := tuple(problems(status)):
        raise EDXLError(*found)
    return write_root(status, f"{{{NAMESPACE}}}HospitalStatus", {NAMESPACE: "have", **PREFIXES})


def problems(status: HospitalStatus) -> Iterator[str]:
    """What keeps reports from being valid, each naming the element and the fix."""
    yield from group_problems(status)
    for index, hospital in enumerate(status.hospitals, 1):
        where = f"Hospital[{index}]" if len(status.hospitals) > 1 else "Hospital"
        if hospital.organization is not None and hospital.organization.information is not None and not hospital.name:
            yield f"{where}.Organization.OrganizationInformation.OrganisationName：缺少，必填"
