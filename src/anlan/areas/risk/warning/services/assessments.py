"""Merge alarms into one assessment for each county and hazard, raise and lower its colour, end it.

Texts that go on record are Chinese, whatever language their reader chose.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.warning import hazards
from anlan.areas.risk.warning.hazards import COLOUR_NAMES, COLOURS, HAZARDS
from anlan.areas.risk.warning.models import Assessment, AssessmentChange
from anlan.areas.risk.warning.queries import county_of, duty_posts, notices_of
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import AssessmentRaised, ReadingExceeded
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice, send_notices
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule

Kind = AssessmentChange.Kind
#: Alarms that are over and still shown.
KEPT = 30
#: Said in every notice: only the weather bureau issues meteorological signals.
DISCLAIMER = "本提示由系统按监测数据和公布的阈值自动研判，仅供内部使用，不是气象部门发布的预警信号。"


@transaction.atomic
def take_in_alarm(event: ReadingExceeded) -> Assessment | None:
    """Merge one alarm's state into the assessment of its county and hazard; None when it changes nothing."""
    hazard = hazards.hazard_of(event.quantity)
    area = county_of(event.area_code)
    if not hazard or area is None:
        return None
    now = timezone.now()
    found = (
        Assessment.objects.select_for_update()
        .filter(area=area, hazard=hazard, is_exercise=event.is_exercise, ended_at=None)
        .first()
    )
    if not event.level and (found is None or all(old["alarm"] != event.alarm for old in found.basis)):
        return None
    if found is None:
        found = Assessment(
            area=area,
            hazard=hazard,
            is_exercise=event.is_exercise,
            raised_at=event.observed_at,
            changed_at=event.observed_at,
            lon=event.lon if event.lon is not None else area.lon,
            lat=event.lat if event.lat is not None else area.lat,
        )
    before, was_quiet = found.colour, found.quiet_since is not None
    found.basis = _merged(found.basis, event)
    after = hazards.worst([one["level"] for one in found.basis])
    _describe(found, after or before)
    if after:
        found.quiet_since = None
    kind = Kind.RAISED if found.pk is None else _step(before, after, was_quiet)
    if kind == Kind.CLEARED:
        found.status, found.quiet_since = Assessment.Status.LOWERED, found.quiet_since or now
    elif kind == Kind.LOWERED:
        found.status = Assessment.Status.LOWERED
    elif kind == Kind.RESUMED:
        found.status = Assessment.Status.ACTIVE
    elif kind in (Kind.RAISED, Kind.CLIMBED):
        found.status = Assessment.Status.ACTIVE
        found.acknowledged_at = found.acknowledged_by = None
    if kind:
        found.changed_at = max(found.changed_at, event.observed_at)
    found.full_clean(exclude=["text"])
    found.save()
    if kind and not (kind == Kind.CLEARED and _is_cleared_already(found)):
        _note(found, kind, at=event.observed_at, text=_words(event))
        if kind != Kind.CLEARED:
            _announce(found)
        if kind in (Kind.RAISED, Kind.CLIMBED):
            _call(found)
    return found


def _merged(basis: list[dict[str, Any]], event: ReadingExceeded) -> list[dict[str, Any]]:
    """The alarms with this one's state, the worst first; of those that are over only the latest are kept."""
    rows = [*(old for old in basis if old["alarm"] != event.alarm), _entry(event)]
    active = sorted(
        (one for one in rows if one["level"]), key=lambda one: (-COLOURS.index(one["level"]), one["station"])
    )
    over = sorted((one for one in rows if not one["level"]), key=lambda one: one["observed_at"], reverse=True)
    return active + over[:KEPT]


def _entry(event: ReadingExceeded) -> dict[str, Any]:
    return {
        "alarm": event.alarm,
        "instrument": event.instrument,
        "station": event.station,
        "quantity": event.quantity,
        "value": event.value,
        "unit": event.unit,
        "observed_at": event.observed_at.isoformat(),
        "level": event.level,
        "rule": event.rule,
        "citation": citation_of(event.rule),
        "title": event.title,
        "lon": event.lon,
        "lat": event.lat,
    }


def citation_of(reference: str) -> str:
    """Document and clause of the rule version that a reference names; empty when it names none."""
    code, _, version = reference.partition("@")
    found = Rule.objects.filter(code=code, version=version).first() if version.isdigit() else None
    return found.citation if found else ""


def _step(before: str, after: str, was_quiet: bool) -> str:
    if not after:
        return Kind.CLEARED
    step = COLOURS.index(after) - COLOURS.index(before)
    if step > 0:
        return Kind.CLIMBED
    return Kind.LOWERED if step < 0 else Kind.RESUMED if was_quiet else ""


def _is_cleared_already(assessment: Assessment) -> bool:
    last = assessment.changes.exclude(kind=Kind.CONFIRMED).last()
    return last is not None and last.kind == Kind.CLEARED


def _words(event: ReadingExceeded) -> str:
    if not event.level:
        return f"{event.station}：告警解除"[:300]
    figure = "未知" if event.value is None else f"{event.value:g}{event.unit}"
    return (event.title or f"{event.station} {figure}")[:300]


def _describe(assessment: Assessment, colour: str) -> None:
    """Write colour, peak, title, text and rule from the worst alarms."""
    assessment.colour = colour
    assessment.peak = hazards.worst([assessment.peak, colour])
    with override("zh-hans"):
        name = str(HAZARDS[assessment.hazard].title)
    assessment.title = f"{assessment.area.name}{name}风险研判提示（{COLOUR_NAMES[colour]}色）"
    active = [one for one in assessment.basis if one["level"]]
    lines = [
        f"{one['title'] or one['station']}（{COLOUR_NAMES[one['level']]}色，{_hour(one['observed_at'])}）"
        for one in active
    ]
    summary = "；".join(lines[:5]) + (f"；等 {len(lines)} 处" if len(lines) > 5 else "")
    assessment.text = f"{summary}。{DISCLAIMER}" if lines else f"告警已全部解除，保持观察。{DISCLAIMER}"
    if active:
        assessment.rule, assessment.citation = active[0]["rule"][:100], active[0]["citation"][:300]


def _hour(moment: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%m-%d %H:%M}"


def _note(assessment: Assessment, kind: str, *, at: datetime, text: str = "", actor: str = "") -> None:
    AssessmentChange.objects.create(
        assessment=assessment,
        kind=kind,
        colour=assessment.colour,
        at=at,
        text=text,
        rule=assessment.rule,
        actor=actor,
    )


def _announce(assessment: Assessment) -> None:
    publish(
        AssessmentRaised(
            area_code=assessment.area_id,
            is_exercise=assessment.is_exercise,
            assessment=assessment.pk,
            colour="" if assessment.ended_at else assessment.colour,
            title=assessment.title,
            hazard=assessment.hazard,
            status=assessment.status,
            lon=assessment.lon,
            lat=assessment.lat,
        )
    )


def _call(assessment: Assessment) -> None:
    """Notify the duty posts of the county and of the city; each climb once, a fall never."""
    is_grave = assessment.colour in ("orange", "red")
    send_notices(
        [
            {
                "actor": "system",
                "post": post,
                "title": assessment.title,
                "body": assessment.text,
                "urgency": Notice.Urgency.CRITICAL if is_grave else Notice.Urgency.URGENT,
                "subject": assessment,
                "area_code": assessment.area_id,
                "link": f"/assessments/{assessment.pk}/",
                "is_exercise": assessment.is_exercise,
            }
            for post in duty_posts([assessment.area_id, assessment.area.parent_id or ""])
        ]
    )


@transaction.atomic
def acknowledge_assessment(*, actor: User, assessment: Assessment, at: datetime | None = None) -> Assessment:
    """Record who has taken note of the assessment at its present colour; this confirms all the person's notices of it."""
    if assessment.acknowledged_at is None:
        assessment.acknowledged_at, assessment.acknowledged_by = at or timezone.now(), actor
        assessment.save(update_fields=["acknowledged_at", "acknowledged_by"])
        _note(assessment, Kind.CONFIRMED, at=assessment.acknowledged_at, actor=f"{actor} {actor.post_title}".strip())
        audit.record(actor=actor, action="assessments.acknowledge", subject=assessment)
    for notice in notices_of(assessment).filter(confirmed_at=None):
        if actor in notice.post.holders():
            confirm_notice(notice=notice, user=actor, how="assessment")
    return assessment


@transaction.atomic
def end_quiet_assessments(now: datetime) -> int:
    """End the assessments whose alarms have all been cleared for the hold time of the rule."""
    hold = timedelta(minutes=rule("assessment.hold").params["minutes"])
    quiet = Assessment.objects.select_for_update().filter(ended_at=None, quiet_since__lte=now - hold)
    count = 0
    for assessment in quiet:
        assessment.status, assessment.ended_at = Assessment.Status.ENDED, now
        assessment.changed_at = now
        assessment.text = f"告警全部解除满 {hold.total_seconds() / 60:g} 分钟，提示结束。{DISCLAIMER}"
        assessment.save()
        _note(assessment, Kind.ENDED, at=now, text=assessment.text[:100], actor="system")
        _announce(assessment)
        audit.record(actor="system", action="assessments.end", subject=assessment)
        count += 1
    return count
