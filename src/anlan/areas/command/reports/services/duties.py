"""Work out who must report to whom by when, run the legal clocks, and stop them when the report went out."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.command.reports.models import ReportDelivery, ReportDuty
from anlan.areas.command.reports.rules import fulfils, gravest, own_duties
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, meet_clocks, start_clock
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import propose_grade
from anlan.foundation.places.models import Area
from anlan.foundation.rules.judging import Duty, covers, strictest
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rules

DAILY = "reporting.periodic.disaster_daily"


def grade_for_reporting(incident: Incident) -> str:
    """The graver of the grade in force and the grade that the known figures give: reporting does not wait."""
    proposal = propose_grade(incident)
    return gravest(incident.grade, proposal.grade if proposal else "")


def duties_by_rule(incident: Incident) -> list[Duty]:
    """Every report that the city and the county owe for this incident, the most urgent first."""
    deadlines = rules("reporting.deadline.", on=timezone.localdate(incident.received_at))
    owed = strictest(
        deadlines,
        category=incident.kind_id,
        grade=grade_for_reporting(incident) or None,
        jurisdiction=incident.area_id,
    )
    return own_duties(owed, in_county=_county_of(incident) != _city_of(incident))


def _city_of(incident: Incident) -> str:
    return incident.area_id[:4] + "00"


def _county_of(incident: Incident) -> str:
    """The county or functional zone of the place; the city where it lies in none."""
    area = Area.objects.select_related("zone").filter(pk=incident.area_id).first()
    if area is not None and area.level == Area.Level.VILLAGE:
        area = Area.objects.select_related("zone").filter(pk=area.parent_id).first()
    return area.zone_id if area is not None and area.zone_id else incident.area_id[:6]


def open_duties(incident: Incident) -> QuerySet[ReportDuty]:
    """What must still be reported on an incident, the most urgent first."""
    return ReportDuty.objects.filter(incident=incident, met_at=None, cancelled_at=None)


@transaction.atomic
def refresh_duties(*, incident: Incident, at: datetime | None = None) -> None:
    """Bring duties and clocks up to the incident's grade and state; what a new grade adds runs from `at`."""
    if not incident.is_open:
        if incident.status in (Incident.Status.CLOSED, Incident.Status.MERGED):
            _cancel(open_duties(incident))
        return
    wanted = {(duty.from_role, duty.to_role, duty.channel): duty for duty in duties_by_rule(incident)}
    known = ReportDuty.objects.filter(incident=incident, is_periodic=False, cancelled_at=None)
    have = {(duty.from_role, duty.to_role, duty.channel): duty for duty in known}
    _cancel(duty for key, duty in have.items() if key not in wanted and duty.met_at is None)
    checked = set(Rule.objects.filter(status=Rule.Status.CHECKED).values_list("code", flat=True))
    for key, duty in wanted.items():
        row = have.get(key) or ReportDuty(incident=incident, started_at=_start(incident, duty, at))
        if row.rule != duty.reference and row.met_at is None:
            _set(row, duty, is_checked=duty.reference.rpartition("@")[0] in checked)
    _run_clocks(incident)


def _start(incident: Incident, duty: Duty, at: datetime | None) -> datetime:
    if at is not None:
        return at
    return incident.occurred_at if duty.start == "occurred" else incident.received_at


def _set(row: ReportDuty, duty: Duty, *, is_checked: bool) -> None:
    row.from_role, row.to_role, row.channel = duty.from_role, duty.to_role, duty.channel
    row.minutes, row.rule, row.citation = duty.minutes, duty.reference, duty.citation
    row.overlapped = [
        {"rule": one.reference, "citation": one.citation, "minutes": one.minutes} for one in duty.overlapped
    ]
    row.is_checked = is_checked
    row.due_at = row.started_at + timedelta(minutes=duty.minutes)
    row.area_code = _county_of(row.incident) if row.level == "county" else _city_of(row.incident)
    row.save()


def _cancel(duties) -> None:
    for duty in duties:
        duty.cancelled_at = timezone.now()
        duty.save(update_fields=["cancelled_at"])
        cancel_clocks(subject=duty)


def _run_clocks(incident: Incident) -> None:
    """One legal clock for each reporter and channel: that of the strictest duty still open."""
    groups = defaultdict(list)
    for duty in open_duties(incident):
        groups[duty.level, "phone" if duty.channel == "phone" else "written"].append(duty)
    # Of limits that end together, a clause that was checked stands before one that was not.
    binding = {min(group, key=lambda duty: (duty.due_at, not duty.is_checked, duty.pk)) for group in groups.values()}
    running = running_clocks(incident)
    for clock in running:
        if not any(duty.pk == clock.subject_id and duty.due_at == clock.due_at for duty in binding):
            clock.cancelled_at = timezone.now()
            clock.save(update_fields=["cancelled_at"])
    kept = {clock.subject_id for clock in running if clock.cancelled_at is None}
    for duty in sorted(binding, key=lambda duty: duty.due_at):
        if duty.pk not in kept:
            with override("zh-hans"):
                title = f"{duty.channel_title}报告{duty.receiver}：{incident.title}"[:200]
            start_clock(
                subject=duty,
                kind=Clock.Kind.LEGAL,
                title=title,
                started_at=duty.started_at,
                due_at=duty.due_at,
                area_code=duty.area_code,
                rule=duty.rule,
                citation=duty.citation[:200],
                incident_id=incident.pk,
                department=incident.department,
                is_exercise=incident.is_exercise,
            )


def running_clocks(incident: Incident) -> list[Clock]:
    """The reporting clocks of an incident that still run, the first due first."""
    kind = ContentType.objects.get_for_model(ReportDuty)
    return list(Clock.objects.filter(incident_id=incident.pk, subject_type=kind, met_at=None, cancelled_at=None))


def fulfilled(delivery: ReportDelivery, level: str) -> list[ReportDuty]:
    """The open duties of one level that a delivery fulfils; the daily report may go to anybody above."""
    return [
        duty
        for duty in open_duties(delivery.incident)
        if duty.level == level
        and (duty.is_periodic or duty.to_role == delivery.to_role)
        and fulfils(delivery.channel, duty.channel)
    ]


def meet_duties(delivery: ReportDelivery, level: str) -> None:
    """Stop the clocks of what this delivery fulfils, late or not, and let the next ones run."""
    duties = fulfilled(delivery, level)
    for duty in duties:
        duty.met_at = delivery.sent_at
        duty.save(update_fields=["met_at"])
        meet_clocks(subject=duty, at=delivery.sent_at)
    due = [duty.due_at for duty in duties if not duty.is_periodic]
    if due and delivery.due_at is None:
        delivery.due_at = min(due)
        delivery.save(update_fields=["due_at"])
    _run_clocks(delivery.incident)


def await_next_report(*, incident: Incident, level: str, sent_at: datetime) -> None:
    """Until a natural disaster is stable a report is owed every day, also when nothing changed (零报告)."""
    found = [one for one in rules(DAILY) if covers(one.params["categories"], incident.kind_id) >= 0]
    if not found or not incident.is_open:
        return
    daily, hours = found[0], found[0].params["every_hours"]
    role = f"{level}_government"
    ReportDuty.objects.update_or_create(
        incident=incident,
        from_role=role,
        to_role="above",
        channel="written",
        is_periodic=True,
        met_at=None,
        cancelled_at=None,
        defaults={
            "minutes": 60 * hours,
            "rule": daily.reference,
            "citation": daily.citation,
            "is_checked": daily.status == Rule.Status.CHECKED,
            "area_code": _county_of(incident) if level == "county" else _city_of(incident),
            "started_at": sent_at,
            "due_at": sent_at + timedelta(hours=hours),
        },
    )
    _run_clocks(incident)


def end_periodic_duties(incident: Incident) -> None:
    """The final report ends the daily ones."""
    _cancel(open_duties(incident).filter(is_periodic=True))
