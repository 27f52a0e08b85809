"""Raise incidents, keep their figures, grade and state, and write their timeline.

The timeline is an official record: its texts are Chinese, whatever language their writer reads.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Department, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, clocks_of, start_clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import IncidentChanged, IncidentRaised
from anlan.foundation.incidents.models import OTHER_FIGURES, EventKind, Grade, Incident, TimelineEntry, author
from anlan.foundation.incidents.queries import figure_text, propose_grade
from anlan.foundation.places.models import Area
from anlan.foundation.rules.judging import covers
from anlan.foundation.rules.queries import NoRule, rule

EVENT_KINDS = Path(__file__).parent / "data" / "event_kinds.csv"
CATEGORIES = {"1": "natural", "2": "accident", "3": "health", "4": "security"}
#: From each state to those that may follow.
MOVES = {
    "reported": ("confirmed", "responding", "closed"),
    "confirmed": ("responding", "ended", "closed"),
    "responding": ("ended",),
    "ended": ("responding", "closed"),
    "closed": ("ended",),
    "merged": (),
}


@transaction.atomic
def load_event_kinds() -> int:
    """Add the national event codes that are missing; what a city changed stays."""
    known = set(EventKind.objects.values_list("code", flat=True))
    with EVENT_KINDS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    EventKind.objects.bulk_create(
        EventKind(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            category=CATEGORIES[row["code"][1]],
            is_checked=row["status"] == "V",
        )
        for row in rows
    )
    return len(rows)


def demand_incident(actor: User, incident: Incident, capability: str = "act:incidents") -> None:
    """Raise PermissionDenied unless the person may do this, and the incident lies in the person's areas."""
    demand(actor, capability)
    if not actor.scope.contains(incident.area_id):
        raise PermissionDenied(_("事件不在您的管辖范围内。"))


def record_entry(
    *,
    incident: Incident,
    kind: str,
    text: str,
    actor: User | str,
    happened_at: datetime | None = None,
    source: str = "",
    data: Mapping[str, Any] | None = None,
    area_code: str = "",
    lon: float | None = None,
    lat: float | None = None,
    told: Sequence[int] = (),
) -> TimelineEntry:
    """Append to the timeline and tell open pages; `told` are users outside the area who learn of it."""
    now = timezone.now()
    entry = TimelineEntry.objects.create(
        incident=incident,
        kind=kind,
        text=text,
        happened_at=happened_at or now,
        recorded_at=now,
        source=source,
        data=dict(data or {}),
        area_code=area_code or incident.area_id,
        lon=lon,
        lat=lat,
        told=list(told),
        **author(actor),
    )
    publish(
        IncidentChanged(
            area_code=incident.area_id,
            is_exercise=incident.is_exercise,
            incident=incident.pk,
            title=incident.title,
            text=text[:200],
        )
    )
    return entry


@transaction.atomic
def raise_incident(
    *,
    actor: User,
    title: str,
    kind: EventKind | str,
    area: Area | str,
    place: str,
    occurred_at: datetime | None = None,
    received_at: datetime | None = None,
    source: str = "",
    caller_phone: str = "",
    description: str = "",
    lon: float | None = None,
    lat: float | None = None,
    figures: Mapping[str, Any] | None = None,
    department: Department | None = None,
    warning_ref: str = "",
    is_exercise: bool = False,
    is_demo: bool = False,
) -> Incident:
    """Record an emergency; figures that nobody knows yet stay out and are unknown, never zero."""
    demand(actor, "add:incidents")
    now = timezone.now()
    area_code = area.pk if isinstance(area, Area) else area
    if not actor.scope.contains(area_code):
        raise PermissionDenied(_("%(area)s 不在您的管辖范围内。") % {"area": area})
    incident = Incident(
        title=title,
        kind_id=kind.pk if isinstance(kind, EventKind) else kind,
        area_id=area_code,
        place=place,
        occurred_at=occurred_at or received_at or now,
        received_at=received_at or now,
        source=source,
        caller_phone=caller_phone,
        description=description,
        lon=lon,
        lat=lat,
        department=department,
        warning_ref=warning_ref,
        is_exercise=is_exercise,
        is_demo=is_demo,
    )
    known = _take_figures(incident, figures or {})
    incident.code = _next_code(incident)
    _check_times(incident, now)
    incident.full_clean()
    incident._history_user = actor
    incident.save()
    audit.record(
        actor=actor, action="incident.raise", subject=incident, details={"code": incident.code, "figures": known}
    )
    TimelineEntry.objects.create(
        incident=incident,
        kind=TimelineEntry.Kind.INTAKE,
        text="；".join(part for part in (f"接报：{title}", place, description, figure_text(known)) if part),
        happened_at=incident.received_at,
        recorded_at=now,
        source=source,
        data={"status": incident.status, "figures": _plain(known)},
        area_code=area_code,
        lon=lon,
        lat=lat,
        **author(actor),
    )
    publish(
        IncidentRaised(
            area_code=area_code,
            is_exercise=is_exercise,
            incident=incident.pk,
            title=title,
            kind=incident.kind_id,
            grade="",
            lon=lon,
            lat=lat,
        )
    )
    return incident


def _next_code(incident: Incident) -> str:
    """County, day of receipt and a number within them: 371526-20190810-001."""
    start = f"{incident.area_id[:6]}-{timezone.localtime(incident.received_at):%Y%m%d}-"
    last = Incident.objects.filter(code__startswith=start).order_by("-code").values_list("code", flat=True).first()
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"


def _check_times(incident: Incident, now: datetime) -> None:
    late = now + timedelta(minutes=5)
    if incident.occurred_at > late:
        raise ValidationError({"occurred_at": _("发生时间不能晚于现在，请核对日期。")})
    if incident.received_at > late:
        raise ValidationError({"received_at": _("接报时间不能晚于现在，请核对日期。")})
    if incident.received_at < incident.occurred_at:
        raise ValidationError({"occurred_at": _("发生时间不能晚于接报时间。")})


def _take_figures(incident: Incident, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Set the figures that are given and known; the result holds those that changed."""
    before, others = incident.figures, dict(incident.other_figures)
    for name, value in figures.items():
        if value is None:
            continue
        if name in Incident.FIGURES:
            setattr(incident, name, value)
        elif name in OTHER_FIGURES:
            if not isinstance(value, int | float) or value < 0:
                raise ValidationError(_("“%(name)s”应当是不小于 0 的数。") % {"name": OTHER_FIGURES[name]})
            others[name] = value
        else:
            raise ValidationError(_("没有名为“%(name)s”的指标。") % {"name": name})
    incident.other_figures = others
    return {name: value for name, value in incident.figures.items() if before.get(name) != value}


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | float) else float(value) for name, value in figures.items()}


@transaction.atomic
def update_figures(
    *, actor: User, incident: Incident, figures: Mapping[str, Any], source: str, at: datetime | None = None
) -> TimelineEntry | None:
    """Write newly known casualties and losses with their source and time; None when nothing changed."""
    demand_incident(actor, incident)
    if not source.strip():
        raise ValidationError({"source": _("请写明数字的来源，例如“市人民医院急诊科”。")})
    if at and at > timezone.now() + timedelta(minutes=5):
        raise ValidationError({"at": _("统计时间不能晚于现在。")})
    changed = _take_figures(incident, figures)
    if not changed:
        return None
    incident.full_clean()
    incident._history_user = actor
    incident.save()
    audit.record(
        actor=actor, action="incident.figures", subject=incident, details={"changed": changed, "source": source}
    )
    text = f"核报：{figure_text(changed)}"
    proposal = propose_grade(incident)
    if proposal and proposal.grade and incident.grade and proposal.grade != incident.grade:
        text += f"。按现有数字应为{Grade(proposal.grade).label}，请重新定级（{proposal.citation}）"
    return record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.FIGURES,
        text=text,
        actor=actor,
        happened_at=at,
        source=source,
        data={"figures": _plain(changed)},
    )


@transaction.atomic
def confirm_grade(*, actor: User, incident: Incident, grade: str, reason: str = "") -> TimelineEntry:
    """Put a grade into force; one that differs from the rule's needs a reason in writing."""
    demand_incident(actor, incident)
    proposal = propose_grade(incident)
    if grade not in Grade.values:
        raise ValidationError({"grade": _("请选择事件等级。")})
    agrees = proposal is not None and proposal.grade == grade
    if not agrees and not reason.strip():
        raise ValidationError({"reason": _("所选等级与规则建议不同，或没有规则可依，请写明理由。")})
    incident.grade = grade
    incident.grade_rule = proposal.rule if proposal else ""
    incident.grade_basis = (proposal.citation if agrees else f"人工判定：{reason}")[:300]
    incident.grade_confirmed_by = f"{actor}（{actor.post_title}）"[:150]
    incident._history_user = actor
    incident.save()
    audit.record(
        actor=actor,
        action="incident.grade",
        subject=incident,
        details={
            "grade": grade,
            "rule": incident.grade_rule,
            "reason": reason,
            "proposed": proposal.grade if proposal else None,
        },
    )
    _run_regrade_window(incident)
    return record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.GRADE,
        text=f"定级：{Grade(grade).label}。{incident.grade_basis}",
        actor=actor,
        data={"grade": grade, "rule": incident.grade_rule, "proposal": proposal.as_data() if proposal else None},
    )


def _run_regrade_window(incident: Incident) -> None:
    """Start the window in which casualties may change an accident's grade (Order 493, articles 13 and 20)."""
    try:
        window = rule("regrading.production_safety")
    except NoRule:
        return
    fitting = [(covers(entry["categories"], incident.kind_id), entry["days"]) for entry in window.params["windows"]]
    rank, days = max(fitting)
    if rank < 0 or clocks_of(incident).filter(rule=window.reference).exists():
        return
    start_clock(
        subject=incident,
        kind=Clock.Kind.LEGAL,
        title=f"核对伤亡变化并重新定级：{incident.title}"[:200],
        started_at=incident.occurred_at,
        due_at=incident.occurred_at + timedelta(days=days),
        area_code=incident.area_id,
        rule=window.reference,
        citation=window.citation[:200],
        incident_id=incident.pk,
        department=incident.department,
        is_exercise=incident.is_exercise,
    )


@transaction.atomic
def confirm_final_grade(*, actor: User, incident: Incident) -> TimelineEntry:
    """State that the figures are final, which ends the window for grading again."""
    demand_incident(actor, incident)
    proposal = propose_grade(incident)
    if proposal and proposal.grade and proposal.grade != incident.grade:
        raise ValidationError(_("现有数字对应的等级与已定等级不同，请先重新定级。"))
    clocks_of(incident).filter(rule__startswith="regrading.", met_at=None).update(met_at=timezone.now())
    audit.record(actor=actor, action="incident.grade_final", subject=incident, details={"grade": incident.grade})
    return record_entry(
        incident=incident, kind=TimelineEntry.Kind.GRADE, text="伤亡和损失数字已核定，等级不再变化", actor=actor
    )


@transaction.atomic
def change_status(*, actor: User, incident: Incident, status: str, reason: str = "") -> TimelineEntry:
    """Move an incident on: verified, responding, ended, filed."""
    demand_incident(actor, incident)
    if status not in MOVES[incident.status]:
        before, after = incident.get_status_display(), Incident.Status(status).label
        raise ValidationError(_("不能从“%(before)s”改为“%(after)s”。") % {"before": before, "after": after})
    incident.status = status
    incident.ended_at = timezone.now() if status == Incident.Status.ENDED else incident.ended_at
    if status == Incident.Status.RESPONDING:
        incident.ended_at = None
    incident._history_user = actor
    incident.save()
    if status == Incident.Status.CLOSED:
        cancel_clocks(subject=incident)
    audit.record(actor=actor, action="incident.status", subject=incident, details={"status": status, "reason": reason})
    text = f"状态：{incident.get_status_display()}" + (f"。{reason}" if reason else "")
    return record_entry(
        incident=incident, kind=TimelineEntry.Kind.NOTE, text=text, actor=actor, data={"status": status}
    )


@transaction.atomic
def merge_incident(*, actor: User, incident: Incident, into: Incident, reason: str = "") -> None:
    """Mark an incident as another report of the same emergency; both timelines say so, nothing is lost."""
    demand_incident(actor, incident)
    demand_incident(actor, into)
    if incident == into or into.status == Incident.Status.MERGED:
        raise ValidationError(_("请选择另一起没有被并入的事件。"))
    if incident.status not in (Incident.Status.REPORTED, Incident.Status.CONFIRMED):
        raise ValidationError(_("已经启动处置的事件不能并入其他事件。"))
    incident.status, incident.merged_into = Incident.Status.MERGED, into
    incident._history_user = actor
    incident.save()
    cancel_clocks(subject=incident)
    details = {"into": into.code, "reason": reason}
    audit.record(actor=actor, action="incident.merge", subject=incident, details=details)
    record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.NOTE,
        text=f"并入 {into.code} {into.title}" + (f"：{reason}" if reason else ""),
        actor=actor,
        data={"status": incident.status, "merged_into": into.pk},
    )
    told = f"并入重复报告 {incident.code}：{incident.title}，{incident.place}，{incident.description}".rstrip("，")
    record_entry(incident=into, kind=TimelineEntry.Kind.NOTE, text=told, actor=actor, data={"merged": incident.pk})


@transaction.atomic
def state_cause(*, actor: User, incident: Incident, cause: Incident | None, reason: str) -> None:
    """Say which incident brought this one about (次生、衍生事件), or that none did; both timelines say so, and why."""
    demand_incident(actor, incident)
    reason, before = reason.strip(), incident.cause
    if not reason:
        raise ValidationError({"reason": _("请写明依据，例如追尾发生在前一起事故的排队车流中。")})
    if cause == before:
        raise ValidationError({"cause": _("没有变化。")})
    if cause is not None:
        demand_incident(actor, cause)
        _demand_possible_cause(incident, cause)
    incident.cause, incident._history_user = cause, actor
    incident.save()
    details = {"cause": cause.code if cause else "", "reason": reason}
    audit.record(actor=actor, action="incident.cause", subject=incident, details=details)
    told = (
        f"认定由 {cause.code} {cause.title} 引发：{reason}" if cause else f"撤销由 {before.code} 引发的认定：{reason}"
    )
    record_entry(incident=incident, kind=TimelineEntry.Kind.NOTE, text=told, actor=actor)
    if cause is not None:
        told = f"引发次生事件 {incident.code} {incident.title}：{reason}"
        record_entry(incident=cause, kind=TimelineEntry.Kind.NOTE, text=told, actor=actor)


def _demand_possible_cause(incident: Incident, cause: Incident) -> None:
    if Incident.Status.MERGED in (incident.status, cause.status):
        raise ValidationError({"cause": _("已并入其他事件的报告不能作为原因，也不能认定原因。")})
    if cause.is_exercise != incident.is_exercise:
        raise ValidationError({"cause": _("演练和真实事件之间不能认定因果。")})
    if cause.occurred_at > incident.occurred_at:
        raise ValidationError({"cause": _("原因应先于后果发生，请核对两起事件的发生时间。")})
    above = cause
    while above is not None:
        if above == incident:
            raise ValidationError({"cause": _("这起事件本身是由当前事件引发的。")})
        above = above.cause


@transaction.atomic
def add_note(
    *, actor: User, incident: Incident, text: str, at: datetime | None = None, source: str = ""
) -> TimelineEntry:
    """Write down what happened or was said."""
    demand_incident(actor, incident)
    return _note(actor, incident, TimelineEntry.Kind.NOTE, text, at, source)


@transaction.atomic
def record_instruction(
    *, actor: User, incident: Incident, leader: str, text: str, at: datetime | None = None
) -> TimelineEntry:
    """Write down a leader's instruction (领导批示), word for word."""
    demand_incident(actor, incident)
    if not leader.strip():
        raise ValidationError({"leader": _("请写明批示领导的姓名和职务。")})
    return _note(actor, incident, TimelineEntry.Kind.INSTRUCTION, text, at, leader)


def _note(actor: User, incident: Incident, kind: str, text: str, at: datetime | None, source: str) -> TimelineEntry:
    if not text.strip():
        raise ValidationError({"text": _("请填写内容。")})
    audit.record(actor=actor, action=f"incident.{kind}", subject=incident, details={"text": text})
    return record_entry(
        incident=incident, kind=kind, text=text.strip(), actor=actor, happened_at=at, source=source[:120]
    )
