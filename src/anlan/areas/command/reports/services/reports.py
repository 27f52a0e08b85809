"""Draft, edit, approve, send and correct information reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.areas.command.reports.drafting import Record, snapshot, write_draft
from anlan.areas.command.reports.models import Channel, Report, ReportDelivery, ReportDuty
from anlan.areas.command.reports.rules import STANDING, official_title
from anlan.areas.command.reports.services.duties import await_next_report, end_periodic_duties, meet_duties
from anlan.areas.command.reports.services.receivers import tell_duty_room
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.places.models import Area

#: What a person may change in a draft.
EDITABLE = ("title", "addressee", "copy_to", "urgency")


@dataclass(frozen=True)
class Addressee:
    """Whom a report goes to, and how; the role links it to the duty that it fulfils."""

    title: str
    channel: str
    to_role: str = ""


def level_of_department(department: Department) -> str:
    """Whether a department reports for a county or for the city."""
    return "city" if department.area.level in (Area.Level.CITY, Area.Level.PROVINCE) else "county"


def last_valid_report(incident: Incident) -> Report | None:
    """The newest approved or sent report, whose end is where the next one begins."""
    valid = incident.reports.filter(status__in=(Report.Status.APPROVED, Report.Status.SENT))
    return valid.order_by("-told_until", "-approved_at").first()


@transaction.atomic
def draft_report(*, actor: User, incident: Incident, kind: str) -> Report:
    """Start a report with a text from the record; an incident has one draft at a time."""
    demand_incident(actor, incident, "add:reports")
    if actor.department is None:
        raise ValidationError(_("您没有所属单位，不能拟稿。"))
    reports = incident.reports.exclude(status=Report.Status.DISCARDED).filter(corrects=None)
    if reports.filter(status=Report.Status.DRAFT).exists():
        raise ValidationError(_("这起事件还有没有报出的草稿，请先完成或作废。"))
    previous = last_valid_report(incident)
    _check_order(kind, reports, previous)
    sequence = reports.filter(kind=kind).count() + 1
    report = Report(incident=incident, kind=kind, sequence=sequence)
    department = actor.department
    with override("zh-hans"):
        draft = write_draft(Record(incident, actor, department, previous), kind, sequence, report.kind_title)
    report.title, report.sections, report.figures = draft.title, draft.sections, draft.figures
    report.based_on, report.urgency = draft.based_on, draft.urgency
    report.department, report.drafted_by, report.is_exercise = department, actor, incident.is_exercise
    report.addressee = "，".join(one.title for one in addressees_for(incident, department))[:300]
    _save(report, actor)
    audit.record(actor=actor, action="report.draft", subject=report, details={"kind": kind, "incident": incident.code})
    return report


def _check_order(kind: str, reports, previous: Report | None) -> None:
    if kind not in Report.Kind.values:
        raise ValidationError(_("请选择初报、续报或终报。"))
    if kind == Report.Kind.FIRST and reports.filter(kind=kind).exists():
        raise ValidationError(_("已经有初报，新情况请用续报，有误请更正。"))
    if kind != Report.Kind.FIRST and previous is None:
        raise ValidationError(_("还没有签发过初报，请先拟初报。"))
    if reports.filter(kind=Report.Kind.FINAL, status__in=(Report.Status.APPROVED, Report.Status.SENT)).exists():
        raise ValidationError(_("终报已签发，有误请更正。"))


def addressees_for(incident: Incident, department: Department) -> list[Addressee]:
    """Whom a department's report goes to: the units that the rules name, then those told of everything."""
    level = level_of_department(department)
    duties = ReportDuty.objects.filter(incident=incident, cancelled_at=None, is_periodic=False)
    roles = dict.fromkeys((*(duty.to_role for duty in duties if duty.level == level), *STANDING[level]))
    return [Addressee(official_title(role), Channel.WRITTEN, role) for role in roles]


def _save(report: Report, actor: User) -> None:
    report.full_clean()
    report._history_user = actor
    report.save()


def _demand_draft(actor: User, report: Report, revision: int | None, capability: str) -> Report:
    """The report as it is now, locked; only a draft that nobody changed meanwhile goes on."""
    demand_incident(actor, report.incident, capability)
    report = Report.objects.select_for_update().get(pk=report.pk)
    if not report.is_draft:
        raise ValidationError(_("这份报告%(status)s，不能再改；有误请更正。") % {"status": report.get_status_display()})
    if revision is not None and revision != report.revision:
        raise ValidationError(_("这份报告刚刚被别人改过，请刷新后再操作。"))
    return report


@transaction.atomic
def edit_report(
    *, actor: User, report: Report, values: Mapping[str, Any], texts: Mapping[str, str], revision: int | None = None
) -> Report:
    """Change the words of a draft: `values` of the head, `texts` of the sections by their key."""
    report = _demand_draft(actor, report, revision, "change:reports")
    for name in EDITABLE:
        if name in values:
            setattr(report, name, values[name].strip())
    report.sections = [
        section | {"text": texts.get(section["key"], section["text"]).strip()} for section in report.sections
    ]
    report.revision += 1
    _save(report, actor)
    audit.record(actor=actor, action="report.edit", subject=report, details={"revision": report.revision})
    return report


@transaction.atomic
def refresh_figures(*, actor: User, report: Report) -> Report:
    """Take the figures of the record as they are now into a draft."""
    report = _demand_draft(actor, report, None, "change:reports")
    before = [{"name": f["name"], "value": f["before"]} for f in report.figures if f["has_before"]]
    with override("zh-hans"):
        report.figures = snapshot(report.incident, before)
    report.revision += 1
    _save(report, actor)
    audit.record(actor=actor, action="report.figures", subject=report, details={"figures": report.figures})
    return report


@transaction.atomic
def discard_report(*, actor: User, report: Report) -> Report:
    """Give up a draft; it stays in the record."""
    report = _demand_draft(actor, report, None, "change:reports")
    report.status = Report.Status.DISCARDED
    _save(report, actor)
    audit.record(actor=actor, action="report.discard", subject=report)
    return report


@transaction.atomic
def approve_report(*, actor: User, report: Report, revision: int | None = None) -> Report:
    """Sign a draft (签发); whoever drafted it cannot."""
    report = _demand_draft(actor, report, revision, "act:reports.approve")
    if actor.pk == report.drafted_by_id:
        raise PermissionDenied(_("拟稿人不能签发自己的报告，请另一位负责人签发。"))
    if not report.addressee:
        raise ValidationError({"addressee": _("请写明主送单位。")})
    Department.objects.select_for_update().get(pk=report.department_id)
    report.year = timezone.localdate().year
    numbered = Report.objects.filter(department=report.department_id, year=report.year)
    report.serial = (numbered.aggregate(last=Max("serial"))["last"] or 0) + 1
    report.status, report.approved_by, report.approved_at = Report.Status.APPROVED, actor, timezone.now()
    _save(report, actor)
    audit.record(
        actor=actor,
        action="report.approve",
        subject=report,
        details={
            "number": report.number,
            "revision": report.revision,
            "sections": report.sections,
            "figures": report.figures,
        },
    )
    return report


@transaction.atomic
def send_report(
    *, actor: User, report: Report, addressees: Sequence[Addressee], at: datetime | None = None
) -> list[ReportDelivery]:
    """Record that an approved report went to everybody on the list; its text stays as it was approved."""
    demand_incident(actor, report.incident, "change:reports")
    report = Report.objects.select_for_update().get(pk=report.pk)
    if not report.is_valid:
        raise ValidationError(_("报告签发以后才能报出。"))
    if not addressees:
        raise ValidationError(_("请至少选择一个报送对象。"))
    at = at or timezone.now()
    if at < report.approved_at - timedelta(minutes=1) or at > timezone.now() + timedelta(minutes=5):
        raise ValidationError({"at": _("报出时间应在签发之后，且不晚于现在。")})
    level = level_of_department(report.department)
    deliveries = [_deliver(actor, report.incident, report, addressee, at, level) for addressee in addressees]
    for delivery in deliveries:
        tell_duty_room(delivery)
    if report.status == Report.Status.APPROVED:
        report.status, report.sent_at = Report.Status.SENT, at
        _save(report, actor)
    if report.kind == Report.Kind.FINAL:
        end_periodic_duties(report.incident)
    else:
        await_next_report(incident=report.incident, level=level, sent_at=at)
    names = "、".join(dict.fromkeys(one.title for one in addressees))
    audit.record(
        actor=actor,
        action="report.send",
        subject=report,
        details={"number": report.number, "to": [[one.title, one.channel] for one in addressees]},
    )
    with override("zh-hans"):
        told = f"报出{report.kind_title}（{report.number}）：{names}"
    record_entry(
        incident=report.incident,
        kind=TimelineEntry.Kind.REPORT,
        text=told,
        actor=actor,
        happened_at=at,
        data={"report": report.pk, "number": report.number},
    )
    return deliveries


def _deliver(
    actor: User,
    incident: Incident,
    report: Report | None,
    addressee: Addressee,
    at: datetime,
    level: str,
    **rest: Any,
) -> ReportDelivery:
    delivery = ReportDelivery(
        incident=incident,
        report=report,
        addressee=addressee.title.strip() or official_title(addressee.to_role),
        to_role=addressee.to_role,
        channel=addressee.channel,
        sent_at=at,
        sent_by=actor,
        **rest,
    )
    delivery.full_clean()
    delivery.save()
    meet_duties(delivery, level)
    return delivery


@transaction.atomic
def record_phone_report(
    *, actor: User, incident: Incident, duty: ReportDuty, spoke_to: str, text: str = "", at: datetime | None = None
) -> ReportDelivery:
    """Write down a report by telephone, before anything is on paper: to whom, when, who took it."""
    demand_incident(actor, incident, "change:reports")
    if not spoke_to.strip():
        raise ValidationError({"spoke_to": _("请写明接电话人的姓名。")})
    at = at or timezone.now()
    if at < incident.received_at or at > timezone.now() + timedelta(minutes=5):
        raise ValidationError({"at": _("通话时间应在接报之后，且不晚于现在。")})
    addressee = Addressee(official_title(duty.to_role), Channel.PHONE, duty.to_role)
    delivery = _deliver(
        actor, incident, None, addressee, at, duty.level, text=text.strip(), receipt=spoke_to.strip(), receipt_at=at
    )
    audit.record(actor=actor, action="report.phone", subject=incident, details={"to": addressee.title, "at": at})
    record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.REPORT,
        text=f"电话报告{addressee.title}，接电话人：{spoke_to.strip()}" + (f"。{text.strip()}" if text.strip() else ""),
        actor=actor,
        happened_at=at,
        data={"delivery": delivery.pk},
    )
    return delivery


@transaction.atomic
def record_receipt(*, actor: User, delivery: ReportDelivery, receipt: str) -> ReportDelivery:
    """Write down who confirmed that a report arrived."""
    demand_incident(actor, delivery.incident, "change:reports")
    if not receipt.strip():
        raise ValidationError({"receipt": _("请写明签收人或回执号。")})
    if delivery.receipt:
        raise ValidationError(_("这条记录已经有回执。"))
    delivery.receipt, delivery.receipt_at = receipt.strip(), timezone.now()
    delivery.full_clean()
    delivery.save()
    audit.record(actor=actor, action="report.receipt", subject=delivery, details={"receipt": delivery.receipt})
    return delivery


@transaction.atomic
def correct_report(*, actor: User, report: Report, reason: str) -> Report:
    """Start a correction of a report that went out; the one that went out stays as it was."""
    demand_incident(actor, report.incident, "add:reports")
    if report.status != Report.Status.SENT:
        raise ValidationError(_("只有已报出的报告才需要更正。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正的内容和原因。")})
    if report.corrections.exclude(status=Report.Status.DISCARDED).exists():
        raise ValidationError(_("这份报告已经有更正稿。"))
    note = {
        "key": "correction",
        "heading": "",
        "text": f"{report.number}《{report.title}》有误，现更正如下：{reason.strip()}",
    }
    with override("zh-hans"):
        figures = snapshot(report.incident, report.figures)
    made = Report(
        incident=report.incident,
        kind=report.kind,
        sequence=report.sequence,
        corrects=report,
        title=f"{report.title}（更正）"[:200],
        addressee=report.addressee,
        copy_to=report.copy_to,
        urgency=report.urgency,
        sections=[note, *(section for section in report.sections if section["key"] != "correction")],
        figures=figures,
        based_on=report.based_on,
        told_until=report.told_until,
        department=actor.department or report.department,
        drafted_by=actor,
        is_exercise=report.is_exercise,
    )
    _save(made, actor)
    audit.record(actor=actor, action="report.correct", subject=made, details={"of": report.number, "reason": reason})
    return made
