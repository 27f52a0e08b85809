"""EDXL-SitRep 1.0 (态势报告): what is known of an incident, by whom, for which time, in five kinds of report.

Drafts that spell elements with capitals are read too. What a report has beyond the elements declared here is
kept in ``others``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from xml.etree import ElementTree

from anlan.protocols.edxl.parts import CT, EDXL_XNL, PREFIXES
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

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:SitRep:1.0"
VERSIONS = ("Initial", "Update", "Final")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CONFIDENCES = ("HighlyConfident", "SomewhatConfident", "Unsure", "NoConfidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName(Group):
    """The name of a person."""

    NAMESPACE: ClassVar[str] = EDXL_XNL
    elements: tuple[str, ...] = many("nameElement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Group):
    """Who somebody is."""

    NAMESPACE: ClassVar[str] = CT
    names: tuple[PersonName, ...] = many("personName", PersonName, namespace=EDXL_XNL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Group):
    """Who did something, and when."""

    NAMESPACE: ClassVar[str] = CT
    person: Person = needed("personDetails", Person)
    at: datetime = needed("timeValue", "time")

    def __str__(self) -> str:
        return "、".join(" ".join(name.elements) for name in self.person.names)


def signed(name: str, at: datetime) -> Signature:
    """Who, by a plain name, and when.

    >>> from datetime import UTC
    >>> str(signed("值班员", datetime(2019, 8, 10, tzinfo=UTC)))
    '值班员'
    """
    return Signature(person=Person(names=(PersonName(elements=(name,)),)), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Group):
    """From when to when."""

    NAMESPACE: ClassVar[str] = CT
    start: datetime = needed("fromDateTime", "time")
    end: datetime = needed("toDateTime", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueList(Group):
    """Values out of a managed list."""

    NAMESPACE: ClassVar[str] = CT
    uri: str = needed("valueListURI")
    values: tuple[str, ...] = many("value", is_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Political(Group):
    """A place by the codes, or the address, of its administration."""

    NAMESPACE: ClassVar[str] = CT
    codes: tuple[ValueList, ...] = many("geoCode", ValueList)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Group):
    """Where: on the map, or by administration."""

    NAMESPACE: ClassVar[str] = CT
    geometry: Geometry | None = one("EDXLGeoLocation", "profiled")
    political: Political | None = one("EDXLGeoPoliticalLocation", Political)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldObservation(Group):
    """What somebody sees on the spot, and what is needed there at once."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    location: Location = needed("observationLocation", Location)
    immediate_needs: str = one("immediateNeeds")
    needs_categories: tuple[str, ...] = many("immediateNeedsCategory")
    text: str = needed("observationText")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Group):
    """How large."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    size: float | None = one("size", "decimal")
    is_estimate: bool | None = one("isEstimate", "boolean")
    remarks: str = one("remarks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Group):
    """A disaster as an authority declared it."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    name: str = one("disasterName")
    authority: str = one("disasterDeclarationAuthority")
    at: datetime | None = one("disasterDeclarationDateTime", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction(Group):
    """Whose area it is."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    name: str = one("name")
    size: Size | None = one("geographicSize", Size)
    location: Location | None = one("location", Location)
    description: str = one("description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging(Group):
    """Where forces gather."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    area: str = one("incidentStagingArea")
    location: Location | None = one("incidentStagingAreaLocation", Location)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentInformation(Group):
    """An incident: names, kinds, start, extent and place."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    names: tuple[str, ...] = many("incidentName", is_required=True)
    kinds: tuple[str, ...] = many("incidentKind")
    complexity: str = one("incidentComplexity")
    started: datetime | None = one("incidentStartDateTime", "time")
    size: Size | None = one("geographicSize", Size)
    declarations: tuple[Declaration, ...] = many("disasterInformation", Declaration)
    location: Location | None = one("incidentLocation", Location)
    jurisdictions: tuple[Jurisdiction, ...] = many("jurisdictionInformation", Jurisdiction)
    staging: tuple[Staging, ...] = many("incidentStaging", Staging)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIncidents(Group):
    """Incidents within the incident."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    incidents: tuple[IncidentInformation, ...] = many("subIncident", IncidentInformation)


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationInformation(Group):
    """The incident and those within it."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    primary: IncidentInformation | None = one("primaryIncidentInformation", IncidentInformation)
    subordinate: tuple[SubIncidents, ...] = many("subIncidentInformation", SubIncidents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals(Group):
    """People and resources together."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    personnel: int | None = one("personnel", "integer")
    resources: int | None = one("resources", "integer")
    organizations: str = one("additionalAssistingOrganizations")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDetail(Group):
    """One kind of resource with its work."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    organization: Tree | None = one("agencyOrganization", "tree")
    branch: str = one("branchDivisionGroupLocation")
    kind: str = one("typeCategoryKind")
    position: str = one("overheadPosition")
    equipment: str = one("specialEquipment")
    location: Location | None = one("reportingLocation", Location)
    work: str = one("workAssignment")
    requested_arrival: datetime | None = one("requestedArrival", "time")
    expected_arrival: datetime | None = one("ETA", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseResourcesTotals(Group):
    """Forces that are required, requested, committed, there, and still missing."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    required: Totals | None = one("totalResourcesRequired", Totals)
    requested: Totals | None = one("totalResourcesRequested", Totals)
    committed: Totals | None = one("totalResourcesCommitted", Totals)
    on_hand: Totals | None = one("totalResourcesOnHand", Totals)
    still_needed: Totals | None = one("totalResourcesStillNeeded", Totals)
    details: tuple[ResourceDetail, ...] = many("responseResourcesDetail", ResourceDetail)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyCategories(Group):
    """People by what happened to them; unknown figures are absent, never zero."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    fatalities: int | None = one("fatalities", "integer")
    hospitalized: int | None = one("hospitalized", "integer")
    injured: int | None = one("withInjuryOrIllness", "integer")
    trapped: int | None = one("trappedOrInNeedOfRescue", "integer")
    missing: int | None = one("missing", "integer")
    evacuated: int | None = one("evacuated", "integer")
    sheltering: int | None = one("shelteringInPlace", "integer")
    in_shelters: int | None = one("inTemporaryShelters", "integer")
    in_quarantine: int | None = one("inQuarantine", "integer")
    remarks: str = one("remarks")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyCounts(Group):
    """Responders and others, and what happened to them."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    responders: int | None = one("responderSummaryCount", "integer")
    total_responders: float | None = one("totalResponders", "decimal")
    non_responders: int | None = one("nonResponderSummaryCount", "integer")
    population: float | None = one("totalPopulation", "decimal")
    categories: CasualtyCategories | None = one("casualtyAndIllnessSummaryByCategory", CasualtyCategories)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyAndIllnessSummary(Group):
    """Casualties and sick people, in this period and all together."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    this_period: int | None = one("numberThisReportingPeriod", "integer")
    to_date: int | None = one("totalNumberToDate", "integer")
    affected: int | None = one("totalAffected", "integer")
    counts: CasualtyCounts | None = one("casualtyAndIllnessSummary", CasualtyCounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSupport(Group):
    """Threats, outlook and needs, for those who decide."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    weather: str = one("weatherConcerns")
    projected_activity: str = one("projectedIncidentActivity")
    threats: str = one("currentIncidentThreatSummary")
    projected_sheltered: int | None = one("projectedPeopleSheltered", "integer")
    critical_needs: str = one("criticalResourceNeeds")
    anticipated_completion: datetime | None = one("anticipatedCompletionDate", "time")
    costs_to_date: float | None = one("estimatedCostsToDate", "decimal")
    projected_costs: float | None = one("projectedFinalCosts", "decimal")
    strategy: str = one("strategicDiscussion")
    planned_actions: str = one("plannedActions")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementReportingSummary(Group):
    """The state of an incident, for those above."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    declared_at: datetime | None = one("disasterDeclarationDateTime", "time")
    remarks: str = one("remarks")
    decision_support: DecisionSupport | None = one("incidentDecisionSupportInformation", DecisionSupport)
    situation: Tree | None = one("situationSummary", "tree")


REPORTS: dict[str, Any] = {
    "FieldObservationType": FieldObservation,
    "SituationInformationType": SituationInformation,
    "ResponseResourcesTotalsType": ResponseResourcesTotals,
    "CasualtyAndIllnessSummaryType": CasualtyAndIllnessSummary,
    "ManagementReportingSummaryType": ManagementReportingSummary,
}
REPORT_TITLES = {
    "FieldObservationType": "现场观察",
    "SituationInformationType": "事件信息",
    "ResponseResourcesTotalsType": "应急力量汇总",
    "CasualtyAndIllnessSummaryType": "伤亡和疾病汇总",
    "ManagementReportingSummaryType": "管理报告汇总",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationReport(Group):
    """One report on one or more incidents."""

    NAMESPACE: ClassVar[str] = NAMESPACE
    identifier: str = needed("messageID")
    prepared_by: Signature = needed("preparedBy", Signature)
    authorized_by: Signature = needed("authorizedBy", Signature)
    purpose: str = needed("reportPurpose")
    number: int = needed("reportNumber", "integer")
    version: str = needed("reportVersion", choices=VERSIONS)
    period: Period = needed("forTimePeriod", Period)
    title: str = one("reportTitle")
    incident_ids: tuple[str, ...] = many("incidentID", is_required=True)
    phases: tuple[str, ...] = many("incidentLifecyclePhase")
    originating_id: str = one("originatingMessageID")
    preceding_ids: tuple[str, ...] = many("precedingMessageID")
    urgency: str = one("urgency", choices=URGENCIES)
    confidence: str = needed("reportConfidence")
    severity: str = needed("severity", choices=SEVERITIES)
    location: Location | None = one("reportingLocation", Location)
    action_plan: str = one("actionPlan")
    next_contact: datetime | None = one("nextContact", "time")
    report: Any = needed("report", REPORTS)

    @property
    def report_type(self) -> str:
        """Which of the five it is, by the name of its type in the schema."""
        return next(name for name, kind in REPORTS.items() if kind is type(self.report))


def parse(document: bytes, *, limit: int = SIZE_LIMIT) -> SituationReport:
    """The report that a document says; EDXLError lists everything that is wrong with it."""
    return from_tree(read_root(document, limit))


def from_tree(root: ElementTree.Element) -> SituationReport:
    """The report that elements say."""
    namespace, name = split(root.tag)
    if namespace.lower() != NAMESPACE.lower() or name.lower() != "sitrep":
        raise EDXLError(f"sitRep：根元素应为 {NAMESPACE} 的 sitRep，收到 {root.tag[:80]}")
    return read_valid(SituationReport, root, problems)


def build(report: SituationReport) -> bytes:
    """The document of a report."""
    if found := tuple(problems(report)):
        raise EDXLError(*found)
    return write_root(report, f"{{{NAMESPACE}}}sitRep", {NAMESPACE: "sitrep", **PREFIXES})


def problems(report: SituationReport) -> Iterator[str]:
    """What keeps a report from being valid, each naming the element and the fix."""
    yield from group_problems(report)
    if report.period is not None and _is_backwards(report.period):
        yield "forTimePeriod：toDateTime 不能早于 fromDateTime"


def _is_backwards(period: Period) -> bool:
    ends = (period.start, period.end)
    return all(end is not None and end.utcoffset() is not None for end in ends) and period.end < period.start
