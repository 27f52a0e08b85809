"""Which reports and duties a person may see, and what the incident room shows of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from anlan.areas.command.reports.drafting import figure_value
from anlan.areas.command.reports.models import Report, ReportDelivery, ReportDuty
from anlan.areas.command.reports.services.reports import last_valid_report
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import figure_title
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.codes import within


def reports_for(user: User) -> QuerySet[Report]:
    """The reports on incidents of the user's areas."""
    rows = Report.objects.filter(within(user.scope.prefixes, "incident__area_id"))
    return rows.select_related(
        "incident__area", "department__area", "drafted_by", "approved_by", "corrects"
    ).prefetch_related("deliveries")


def duties_for(user: User) -> QuerySet[ReportDuty]:
    """The duties of the user's areas that did not fall away."""
    rows = ReportDuty.objects.filter(within(user.scope.prefixes, "area_code"), cancelled_at=None)
    return rows.select_related("incident")


def waiting_duties(user: User) -> QuerySet[ReportDuty]:
    """Those of them that are still open, the most urgent first."""
    return duties_for(user).filter(met_at=None)


def waiting_by_incident(user: User) -> list[tuple[Incident, list[ReportDuty]]]:
    """The open duties under their incidents, the incident with the most urgent duty first."""
    groups: dict[Incident, list[ReportDuty]] = {}
    for duty in waiting_duties(user):
        groups.setdefault(duty.incident, []).append(duty)
    return list(groups.items())


def last_call(report: Report) -> Notice | None:
    """The last notice that asked a leader to sign a report."""
    kind = ContentType.objects.get_for_model(Report)
    return Notice.objects.filter(subject_type=kind, subject_id=report.pk).select_related("post", "confirmed_by").first()


def deliveries_for(user: User) -> QuerySet[ReportDelivery]:
    """To whom reports went, for incidents of the user's areas."""
    rows = ReportDelivery.objects.filter(within(user.scope.prefixes, "incident__area_id"))
    return rows.select_related("incident", "report")


def next_kinds(incident: Incident) -> list[str]:
    """Which kinds of report may be drafted now; none while a draft is open or after the final report."""
    reports = incident.reports.exclude(status=Report.Status.DISCARDED).filter(corrects=None)
    if reports.filter(status=Report.Status.DRAFT).exists() or reports.filter(kind=Report.Kind.FINAL).exists():
        return []
    return [Report.Kind.FOLLOW_UP, Report.Kind.FINAL] if last_valid_report(incident) else [Report.Kind.FIRST]


@dataclass(frozen=True)
class FigureLine:
    """A figure of a report beside what the record says now."""

    title: str
    text: str
    source: str
    at: datetime | None
    now: str

    @property
    def is_outdated(self) -> bool:
        return self.text != self.now


def figure_lines(report: Report) -> list[FigureLine]:
    """The figures of a report with source and time, and what the record says of each now."""
    known = report.incident.figures
    return [
        FigureLine(
            title=figure_title(one["name"]),
            text=figure_value(one["name"], one["value"]),
            source=one["source"],
            at=datetime.fromisoformat(one["at"]) if one["at"] else None,
            now=figure_value(one["name"], known.get(one["name"])),
        )
        for one in report.figures
    ]


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """What `reports/room.html` shows as `room`: duties with their limits, reports, calls, what may be drafted."""
    is_inside = user.scope.contains(incident.area_id)
    kinds = next_kinds(incident) if is_inside and user.may("add:reports") else []
    calls = deliveries_for(user).filter(incident=incident, report=None)
    return {
        "incident": incident,
        "duties": list(duties_for(user).filter(incident=incident)),
        "reports": list(reports_for(user).filter(incident=incident).exclude(status=Report.Status.DISCARDED)),
        "calls": list(calls),
        "kinds": [(kind, Report.Kind(kind).label) for kind in kinds],
        "may_report": is_inside and user.may("change:reports"),
    }
