"""Hand one message to the area that it concerns, and say what became of it.

Outcomes are records: Chinese, whatever language the sender's program reads.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from anlan.areas.medical.capacity.models import Hospital
from anlan.areas.medical.capacity.services import report_capacity
from anlan.areas.risk.warning.models import Warning
from anlan.areas.risk.warning.services.warnings import Refused, Waiting, receive_warning
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.queries import resource_kinds
from anlan.foundation.resources.services import request_resource
from anlan.protocols import cap, edxl
from anlan.protocols.edxl import have, rm, sitrep
from anlan.web.models import ExchangedMessage

Result = ExchangedMessage.Result
INFECTIOUS = ("NegativeFlowIsolation", "OtherIsolation")
#: Operating rooms are reported as beds, but nobody can be put up in them.
BEDS = tuple(kind for kind in have.BED_TYPES if kind != "OperatingRooms")


@dataclass(frozen=True)
class Sent:
    """Who sent a message, and what the envelope says of it."""

    actor: User
    partner: str
    #: Whether it is an exercise; None where no envelope says.
    is_exercise: bool | None = None
    #: The envelope is a test or a receipt: its messages are only kept.
    is_only_kept: bool = False
    incident_id: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a message."""

    result: str
    detail: str = ""
    link: str = ""


@dataclass(frozen=True)
class Handed:
    """A message with what became of it."""

    standard: str = ""
    kind: str = ""
    identifier: str = ""
    title: str = ""
    outcome: Outcome = field(default_factory=lambda: Outcome(Result.KEPT))


def hand_over(message: edxl.Message, document: bytes, sent: Sent) -> list[Handed]:
    """Give a message to whom it concerns; of hospitals, each by itself."""
    if isinstance(message, cap.Alert):
        return [_handed(message, message.identifier, _headline(message), sent, lambda: _warn(document, sent))]
    if isinstance(message, rm.ResourceMessage):
        return _resource_message(message, sent)
    if isinstance(message, sitrep.SituationReport):
        title = message.title or message.purpose
        return [_handed(message, message.identifier, title, sent, lambda: _report(message, sent))]
    if isinstance(message, have.HospitalStatus):
        return [
            _handed(message, hospital.identifier, hospital.name, sent, lambda one=hospital: _hospital(one, sent))
            for hospital in message.hospitals
        ]
    raise TypeError(type(message))


def _handed(
    message: edxl.Message, identifier: str, title: str, sent: Sent, act: Callable[[], Outcome], kind: str = ""
) -> Handed:
    standard = edxl.standard(message)
    kind = kind or (sitrep.REPORT_TITLES[message.report_type] if isinstance(message, sitrep.SituationReport) else "")
    return Handed(standard, kind, identifier[:200], title[:200], _outcome(standard, identifier, sent, act))


def _outcome(standard: str, identifier: str, sent: Sent, act: Callable[[], Outcome]) -> Outcome:
    if sent.is_only_kept:
        return Outcome(Result.KEPT, "封装为测试、系统、确认或差错消息，只留存")
    if standard in ("EDXL-RM", "EDXL-SitRep"):
        same = ExchangedMessage.objects.filter(standard=standard, identifier=identifier[:200], result=Result.ACCEPTED)
        if known := same.filter(exchange__direction="in").first():
            return Outcome(Result.KNOWN, "同一标识的消息已接收", known.link)
    try:
        return act()
    except Unsuitable as error:
        return Outcome(Result.REFUSED, str(error))
    except Refused as error:
        return Outcome(Result.REFUSED, "；".join(error.problems))
    except PermissionDenied as error:
        return Outcome(Result.REFUSED, str(error) or "没有权限")
    except ValidationError as error:
        return Outcome(Result.REFUSED, "；".join(error.messages))


class Unsuitable(ValueError):
    """Why a well-formed message cannot be used here."""


def _headline(alert: cap.Alert) -> str:
    return next((info.headline or info.event for info in alert.infos), "")


def _warn(document: bytes, sent: Sent) -> Outcome:
    demand(sent.actor, "act:warnings.receive")
    alert = cap.parse(document)
    if sent.is_exercise is not None and sent.is_exercise != (alert.status != "Actual"):
        raise Unsuitable("status：与封装的 distributionStatus 不符，演练消息应装在演练封装中")
    known = Warning.objects.filter(identifier=alert.identifier).first()
    if known is not None and cap.parse(bytes(known.raw)) == alert:
        return Outcome(Result.KNOWN, "预警接入已收过", reverse("warning:warning", args=[known.pk]))
    try:
        warning, is_new = receive_warning(actor=sent.actor, document=document, received_from=sent.partner)
    except Waiting:
        return Outcome(Result.KEPT, "解除通知先于原预警到达，原预警到达后生效")
    link = reverse("warning:warning", args=[warning.pk])
    return Outcome(Result.ACCEPTED if is_new else Result.KNOWN, "已交预警接入", link)


def _hospital(report: have.Hospital, sent: Sent) -> Outcome:
    demand(sent.actor, "change:hospitals")
    rows = ledger("hospitals").rows(sent.actor)
    by_code = rows.filter(code=report.identifier) if report.identifier else rows.none()
    found = list(by_code or rows.filter(name=report.name))
    if len(found) != 1:
        why = (
            "有多家同名医院，请以 OrganisationName 的 ID 给出台账编号" if found else "医院台账中没有这家医院，请先登记"
        )
        raise Unsuitable(f"Organization：{report.identifier or report.name}，{why}")
    hospital: Hospital = found[0]
    if sent.is_exercise is not None and sent.is_exercise != hospital.is_demo:
        raise Unsuitable("distributionStatus：演练消息只能更新演示医院，实际消息不能更新演示医院")
    infectious = [
        capacity.baseline
        for beds in (report.beds.capacities if report.beds else ())
        if set(beds.bed_types) & set(INFECTIOUS)
        for capacity in beds.capacities
        if capacity.baseline is not None
    ]
    is_new = report_capacity(
        actor=sent.actor,
        hospital=hospital,
        reported_at=report.updated,
        free_beds=report.available(*BEDS),
        infectious_beds=sum(infectious) if infectious else None,
        note=f"EDXL-HAVE，{sent.partner}",
    )
    link = ledger("hospitals").url_of(hospital)
    return Outcome(Result.ACCEPTED if is_new else Result.KNOWN, "已更新医院台账" if is_new else "已有更晚的填报", link)


def _incidents(codes: list[str], sent: Sent) -> list[Incident]:
    """The incidents that a message names, all of them open to the sender and of its kind."""
    named = [code.strip() for code in codes if code.strip()] or [sent.incident_id]
    found = list(incidents_for(sent.actor).filter(code__in=named))
    if not found:
        raise Unsuitable(f"incidentID：{'、'.join(filter(None, named)) or '缺少'}，没有这个事件，或不在管辖范围内")
    for incident in found:
        if sent.is_exercise is not None and sent.is_exercise != incident.is_exercise:
            raise Unsuitable("distributionStatus：演练消息只能用于演练事件，实际消息不能用于演练事件")
        if not incident.is_open:
            raise Unsuitable(f"incidentID：{incident.code} 已结束，不再接收")
    return found


def _resource_message(message: rm.ResourceMessage, sent: Sent) -> list[Handed]:
    kind = rm.MESSAGE_TYPES[message.kind]
    if message.kind != "RequestResource":
        return [
            _handed(message, message.identifier, kind, sent, lambda: _note_resources(message, sent), kind),
        ]
    several = len(message.resources) > 1
    return [
        _handed(
            message,
            f"{message.identifier}#{item.identifier}" if several else message.identifier,
            str(item.resource or ""),
            sent,
            lambda one=item: _request(message, one, sent),
            kind,
        )
        for item in message.resources
    ]


def _request(message: rm.ResourceMessage, item: rm.ResourceInformation, sent: Sent) -> Outcome:
    incident = _incidents([each.identifier for each in message.incidents], sent)[0]
    resource, assignment = item.resource, item.assignment
    if resource is None:
        raise Unsuitable("ResourceInformation.Resource：RequestResource 必填")
    amount = assignment.quantity.amount if assignment and assignment.quantity else 1
    if amount is None or amount != int(amount) or not 1 <= amount < 100_000:
        raise Unsuitable("AssignmentInformation.Quantity：应为正整数")
    arrival = item.schedule("RequestedArrival") or item.schedule("ReportTo")
    place = arrival.location if arrival else None
    lon, lat = place.area.centre if place and place.area else (None, None)
    purpose = assignment.anticipated_function if assignment else ""
    wanted = request_resource(
        actor=sent.actor,
        incident=incident,
        kind=_kind(resource),
        what="，".join(dict.fromkeys(filter(None, (str(resource), resource.description, purpose))))[:200],
        quantity=int(amount),
        place=(place.description if place else "")[:120],
        needed_by=arrival.at if arrival else None,
        lon=lon,
        lat=lat,
    )
    return Outcome(Result.ACCEPTED, "已记入资源需求", reverse("resources:request", args=[wanted.pk]))


def _kind(resource: rm.Resource) -> str:
    """Our kind of resource that the message means: by its code or by what people call it."""
    kinds = resource_kinds()
    words = list(resource.kind.values) if resource.kind else []
    words += [value for keyword in resource.keywords for value in keyword.values] + [resource.name]
    for word in words:
        for code, title in kinds.items():
            if word.strip().lower() in (code.lower(), str(title)):
                return code
    offered = "、".join(f"{code}（{title}）" for code, title in kinds.items())
    raise Unsuitable(f"Resource.TypeStructure：没有台账提供这种资源，可用 {offered}")


def _note_resources(message: rm.ResourceMessage, sent: Sent) -> Outcome:
    """Other resource messages become a line of the incident's timeline; without an incident they are only kept."""
    codes = [each.identifier for each in message.incidents]
    if not any(codes) and not sent.incident_id:
        return Outcome(Result.KEPT, "没有写明事件，只留存")
    words = [message.description] + [
        "，".join(filter(None, (str(item.resource or ""), item.answer.kind if item.answer else "")))
        for item in message.resources
    ]
    text = f"资源消息（{rm.MESSAGE_TYPES[message.kind]}）：{'；'.join(filter(None, words)) or message.identifier}"
    data = {"rm": message.identifier, "type": message.kind}
    return _enter(_incidents(codes, sent), TimelineEntry.Kind.RESOURCE, text, message.sent, data, sent)


def _report(message: sitrep.SituationReport, sent: Sent) -> Outcome:
    incidents = _incidents(list(message.incident_ids), sent)
    said = "；".join(filter(None, (message.purpose, *report_words(message.report), message.action_plan)))
    text = f"态势报告第 {message.number} 号（{sitrep.REPORT_TITLES[message.report_type]}）：{said}"
    data = {"sitrep": message.identifier, "number": message.number, "report": edxl.as_json(message)["report"]}
    author = "、".join(dict.fromkeys(filter(None, (str(message.prepared_by), str(message.authorized_by)))))
    return _enter(incidents, TimelineEntry.Kind.REPORT, text, message.period.end, data, sent, author)


FIGURE_WORDS = {
    "fatalities": "死亡",
    "missing": "失联",
    "injured": "伤病",
    "hospitalized": "住院",
    "trapped": "被困",
    "evacuated": "转移",
    "sheltering": "就地避险",
    "in_shelters": "临时安置",
    "in_quarantine": "隔离",
}


def report_words(report: Any) -> list[str]:
    """What a report says in short, for a line of the timeline."""
    match report:
        case sitrep.FieldObservation():
            return [report.text, f"急需：{report.immediate_needs}" if report.immediate_needs else ""]
        case sitrep.CasualtyAndIllnessSummary():
            categories = report.counts.categories if report.counts else None
            words = [f"累计 {report.to_date} 人"] if report.to_date is not None else []
            known = {name: getattr(categories, name) for name in FIGURE_WORDS} if categories else {}
            words += [f"{FIGURE_WORDS[name]} {value} 人" for name, value in known.items() if value is not None]
            return ["，".join(words)]
        case sitrep.ResponseResourcesTotals():
            totals = {"到场": report.on_hand, "已承诺": report.committed, "尚缺": report.still_needed}
            return [
                f"{word}：人员 {_known(each.personnel)}，装备物资 {_known(each.resources)}"
                for word, each in totals.items()
                if each
            ]
        case sitrep.SituationInformation():
            return list(report.primary.names) if report.primary else []
        case sitrep.ManagementReportingSummary():
            support = report.decision_support
            return [report.remarks, *((support.threats, support.critical_needs) if support else ())]
    return []


def _known(value: int | None) -> str:
    return "未知" if value is None else str(value)


@transaction.atomic
def _enter(
    incidents: list[Incident], kind: str, text: str, at: datetime, data: dict, sent: Sent, author: str = ""
) -> Outcome:
    for incident in incidents:
        demand_incident(sent.actor, incident)
        record_entry(
            incident=incident,
            kind=kind,
            text=text[:2000],
            actor=sent.actor,
            happened_at=min(at, timezone.now()),
            source=(f"{sent.partner}（{author}）" if author else sent.partner)[:120],
            data=data,
        )
    return Outcome(Result.ACCEPTED, "已记入事件时间线", reverse("web:incident", args=[incidents[0].pk]))
