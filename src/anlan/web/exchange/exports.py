"""What we provide to other bureaus: hospitals, situation reports and resource requests, in EDXL envelopes."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.areas.medical.capacity.models import Hospital
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.resources.queries import BUSY, requests_of
from anlan.protocols import edxl
from anlan.protocols.edxl import de, have, rm, sitrep
from anlan.protocols.edxl.parts import OrganisationDetails, organisation, telephone
from anlan.protocols.edxl.places import Geometry
from anlan.web.models import Exchange, ExchangedMessage

AREA_CODES = "urn:gb:2260"
RESOURCE_KINDS = "urn:anlan:resource-kinds"
SEVERITY = {"I": "Extreme", "II": "Severe", "III": "Moderate", "IV": "Minor", "": "Unknown"}


@transaction.atomic
def provide(
    *, actor: User, partner: str, sender: str, messages: list[tuple[edxl.Message, str]], is_exercise: bool
) -> bytes:
    """The envelope of messages, each with its title; what was provided is kept."""
    now = timezone.localtime()
    number = hashlib.sha256(f"{sender} {now.isoformat()} {actor.pk}".encode()).hexdigest()[:12]
    envelope = de.Distribution(
        identifier=f"{now:%Y%m%d%H%M%S}-{number}",
        sender=sender,
        sent=now.replace(microsecond=0),
        status="Exercise" if is_exercise else "Actual",
        kind="Report",
        confidentiality="内部",
        language="zh-CN",
        contents=tuple(de.embed(_document(message), description=title) for message, title in messages),
    )
    document = de.build(envelope)
    exchange = Exchange.objects.create(
        direction=Exchange.Direction.OUT,
        actor=actor,
        partner=partner[:200],
        area_id=actor.department.area_id if actor.department else None,
        standard="EDXL-DE",
        identifier=envelope.identifier,
        sender=sender[:200],
        result=Exchange.Result.PROVIDED,
        raw=document,
        size=len(document),
        digest=hashlib.sha256(document).hexdigest(),
        is_exercise=is_exercise,
    )
    for message, title in messages:
        ExchangedMessage.objects.create(
            exchange=exchange,
            standard=edxl.standard(message),
            identifier=getattr(message, "identifier", "")[:200],
            title=title[:200],
            result=ExchangedMessage.Result.PROVIDED,
        )
    audit.record(actor=actor, action="exchange.provide", subject=exchange, details={"digest": exchange.digest})
    return document


def _document(message: Any) -> bytes:
    module = {have.HospitalStatus: have, rm.ResourceMessage: rm, sitrep.SituationReport: sitrep}[type(message)]
    return module.build(message)


def _point(record: Any) -> Geometry | None:
    return None if record.lon is None or record.lat is None else Geometry("Point", ((record.lon, record.lat),))


def hospital_status(hospitals: list[Hospital]) -> have.HospitalStatus:
    """Reports of hospitals as they stand in the ledger; one that never reported has no figures."""
    return have.HospitalStatus(hospitals=tuple(map(_hospital, hospitals)))


def _hospital(hospital: Hospital) -> have.Hospital:
    beds = []
    if hospital.free_beds is not None:
        capacity = have.Capacity(
            status=have.AVAILABLE if hospital.free_beds else have.UNAVAILABLE, available=hospital.free_beds
        )
        beds.append(have.BedCapacity(bed_types=("MedicalSurgical",), capacities=(capacity,), comments=("全院空床",)))
    if hospital.infectious_beds is not None:
        capacity = have.Capacity(status=have.AVAILABLE, baseline=hospital.infectious_beds)
        beds.append(
            have.BedCapacity(bed_types=("OtherIsolation",), capacities=(capacity,), comments=("传染病床位总数",))
        )
    information = OrganisationDetails(
        names=(organisation(hospital.name, hospital.code),),
        numbers=telephone(hospital.phone) if hospital.phone else None,
    )
    return have.Hospital(
        organization=have.Organization(information=information, location=_point(hospital)),
        beds=have.Beds(capacities=tuple(beds)) if beds else None,
        updated=timezone.localtime(hospital.reported_at or hospital.updated_at),
    )


def resource_request(request: ResourceRequest) -> rm.ResourceMessage:
    """A resource request as a RequestResource message."""
    schedule = rm.Schedule(
        kind="RequestedArrival",
        at=timezone.localtime(request.needed_by) if request.needed_by else None,
        location=rm.Location(description=request.place, area=_point(request)),
    )
    identifier = f"urn:anlan:resource-request:{request.pk}"
    return rm.ResourceMessage(
        identifier=identifier,
        sent=timezone.localtime(request.created_at),
        kind="RequestResource",
        originating_id=identifier,
        incidents=(rm.Incident(identifier=request.incident.code, description=request.incident.title),),
        contacts=(rm.Contact(description=request.requested_by, role="Requester"),),
        resources=(
            rm.ResourceInformation(
                identifier="1",
                resource=rm.Resource(
                    name=request.what[:80],
                    kind=rm.ValueList(urn=RESOURCE_KINDS, values=(request.kind,)),
                    description=request.what,
                ),
                assignment=rm.Assignment(quantity=rm.Quantity(measured=rm.Measured(amount=float(request.quantity)))),
                schedules=(schedule,),
            ),
        ),
    )


def situation_reports(incident: Incident, actor: User) -> list[sitrep.SituationReport]:
    """What is known of an incident as situation reports: the incident, casualties, forces, a summary."""
    now = timezone.localtime().replace(microsecond=0)
    start = f"{incident.code}-S"
    number = 1 + (
        ExchangedMessage.objects.filter(identifier__startswith=start, exchange__direction="out")
        .values("exchange")
        .distinct()
        .count()
    )
    first = timezone.localtime(incident.occurred_at).replace(microsecond=0)
    is_known = incident.status != Incident.Status.REPORTED
    return [
        sitrep.SituationReport(
            identifier=f"{start}{number}-{position}",
            prepared_by=sitrep.signed(str(actor), now),
            authorized_by=sitrep.signed(incident.grade_confirmed_by or str(actor), now),
            purpose=incident.title,
            number=number,
            version="Final" if not incident.is_open else "Initial" if number == 1 else "Update",
            period=sitrep.Period(start=min(first, now), end=now),
            title=sitrep.REPORT_TITLES[_type_of(report)],
            incident_ids=(incident.code,),
            confidence="HighlyConfident" if is_known else "Unsure",
            severity=SEVERITY[incident.grade],
            report=report,
        )
        for position, report in enumerate(_reports(incident, first), 1)
    ]


def _type_of(report: Any) -> str:
    return next(name for name, kind in sitrep.REPORTS.items() if kind is type(report))


def _reports(incident: Incident, started: datetime) -> Iterator[Any]:
    place = sitrep.Location(geometry=point) if (point := _point(incident)) else None
    political = sitrep.Location(
        political=sitrep.Political(codes=(sitrep.ValueList(uri=AREA_CODES, values=(incident.area_id,)),))
    )
    yield sitrep.SituationInformation(
        primary=sitrep.IncidentInformation(
            names=(incident.title,),
            started=started,
            location=place or political,
            jurisdictions=(sitrep.Jurisdiction(name=incident.area.name, location=political),),
        )
    )
    hurt = [count for count in (incident.serious_injured, incident.injured) if count is not None]
    known = {
        "fatalities": incident.dead,
        "missing": incident.missing,
        "injured": sum(hurt) if hurt else None,
        "trapped": incident.trapped,
        "evacuated": incident.evacuated,
    }
    if any(value is not None for value in known.values()):
        counts = sitrep.CasualtyCounts(categories=sitrep.CasualtyCategories(**known))
        yield sitrep.CasualtyAndIllnessSummary(counts=counts)
    if requests := requests_of(incident):
        yield _forces(requests)
    if incident.description:
        yield sitrep.ManagementReportingSummary(remarks=incident.description[:1000])


def _forces(requests: list[ResourceRequest]) -> sitrep.ResponseResourcesTotals:
    states = [assignment.status for request in requests for assignment in request.assignments.all()]
    wanted = [request for request in requests if request.status != ResourceRequest.Status.CANCELLED]
    missing = [max(request.quantity - len(request.assignments.all()), 0) for request in wanted if request.is_open]
    return sitrep.ResponseResourcesTotals(
        requested=sitrep.Totals(resources=sum(request.quantity for request in wanted)),
        committed=sitrep.Totals(resources=sum(state in BUSY for state in states)),
        on_hand=sitrep.Totals(resources=sum(state == Assignment.Status.ON_SITE for state in states)),
        still_needed=sitrep.Totals(resources=sum(missing)),
        details=tuple(
            sitrep.ResourceDetail(
                kind=str(request.kind_title),
                work=request.what,
                requested_arrival=timezone.localtime(request.needed_by) if request.needed_by else None,
            )
            for request in wanted
        ),
    )
