"""Close and reopen roads, and follow every closure: its 24-hour clock, and what open pages are told."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.closures.models import Closure
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of, meet_clocks, start_clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import RoadChanged
from anlan.foundation.places.codes import within
from anlan.foundation.places.queries import county_at
from anlan.foundation.roads.registry import Cordon, keeps_cordons
from anlan.foundation.rules.queries import rule
from anlan.science.geo.distance import great_circle_km


@keeps_cordons
@transaction.atomic
def propose_closures(*, actor: User, cordons: Sequence[Cordon]) -> int:
    """Keep cordons as proposed closures (建议封控点), each once a source and place; how many are new."""
    demand(actor, "add:closures")
    found = 0
    for one in cordons:
        area = county_at(one.lon, one.lat)
        if area is None or not actor.scope.contains(area.code):
            continue  # the neighbours' roads are closed by the neighbours
        before = Closure.objects.filter(source=one.source[:100], reopened_at=None)
        if any(great_circle_km(one.lon, one.lat, row.lon, row.lat) * 1000 < one.radius_m for row in before):
            continue
        row = Closure(
            code=f"FK{timezone.localtime():%y%m%d}-{secrets.token_hex(4)}", name=one.title[:120], area=area, lon=one.lon,
            lat=one.lat, reason=Closure.Reason.CONTROLLED, radius_m=one.radius_m, source=one.source[:100],
            incident=one.incident, is_exercise=one.is_exercise, status=Closure.Status.PROPOSED,
        )  # fmt: skip
        row.full_clean()
        row._history_user = actor
        row.save()
        audit.record(actor=actor, action="closures.propose", subject=row, details={"source": one.source})
        found += 1
    return found


@transaction.atomic
def decide_closure(*, actor: User, record: Closure, is_confirmed: bool, with_others: bool = False) -> Closure:
    """Confirm or decline a proposed closure, or every one of the same source in the person's areas."""
    demand(actor, "act:closures")
    if not actor.scope.contains(record.area_id):
        raise PermissionDenied(_("这处阻断不在您的管辖范围内。"))
    if record.status != Closure.Status.PROPOSED:
        raise ValidationError(_("这处封控已经决定过。"))
    rows = [record]
    if with_others:
        others = Closure.objects.filter(
            within(actor.scope.prefixes), status=Closure.Status.PROPOSED, source=record.source
        )
        rows += others.exclude(pk=record.pk)
    for row in rows:
        row.status = Closure.Status.CONFIRMED if is_confirmed else Closure.Status.DECLINED
        row.decided_by = actor
        if is_confirmed:
            row.since = timezone.now()
        row._history_user = actor
        row.save()
        audit.record(actor=actor, action="closures.decide", subject=row, details={"status": row.status})
        if is_confirmed:
            follow_closure(row)
    return record


def confirm_closure(*, actor: User, record: Closure, with_others: bool) -> Closure:
    """Close the road from now on."""
    return decide_closure(actor=actor, record=record, is_confirmed=True, with_others=with_others)


def decline_closure(*, actor: User, record: Closure, with_others: bool) -> Closure:
    """Leave the road open; the proposal stays on record."""
    return decide_closure(actor=actor, record=record, is_confirmed=False, with_others=with_others)


@transaction.atomic
def reopen_road(*, actor: User, record: Closure, reopened_at: datetime | None = None) -> Closure:
    """State that a road is open again; its clock stops at that moment."""
    demand(actor, "act:closures")
    if not actor.scope.contains(record.area_id):
        raise PermissionDenied(_("这处阻断不在您的管辖范围内。"))
    if record.status != Closure.Status.CONFIRMED:
        raise ValidationError(_("这处封控还没有确认，道路没有封闭。"))
    if record.reopened_at is not None:
        raise ValidationError(_("这条路已经恢复通行。"))
    record.reopened_at = reopened_at or timezone.now()
    record.full_clean()
    record._history_user = actor
    record.save()
    audit.record(actor=actor, action="closures.reopen", subject=record, details={"at": record.reopened_at.isoformat()})
    follow_closure(record)
    return record


def follow_closures() -> int:
    """Bring clocks and open pages up to date with the register, however its rows were written; how many had changed."""
    now = timezone.now()
    closed = Closure.objects.filter(Closure.standing(now)).exclude(told="closed")
    reopened = Closure.objects.filter(told="closed", reopened_at__lte=now)
    rows = [*closed.select_related("department"), *reopened]
    for row in rows:
        follow_closure(row)
    return len(rows)


@transaction.atomic
def follow_closure(closure: Closure) -> None:
    """Start or stop the clock of one closure and tell open pages, once a change."""
    is_open = closure.reopened_at is not None
    if is_open:
        meet_clocks(subject=closure, at=closure.reopened_at)
    elif closure.is_blocking and not clocks_of(closure).filter(met_at=None, cancelled_at=None).exists():
        limit = rule("limits.road_reopening")
        start_clock(
            subject=closure, kind=Clock.Kind.OPERATIONAL, title=f"抢通道路：{closure.name}", area_code=closure.area_id,
            started_at=closure.since, due_at=closure.since + timedelta(minutes=limit.params["minutes"]),
            rule=limit.reference, citation=limit.citation, incident_id=closure.incident_id,
            department=closure.department, is_exercise=closure.is_exercise,
        )  # fmt: skip
    Closure.objects.filter(pk=closure.pk).update(told="open" if is_open else "closed")
    publish(
        RoadChanged(
            area_code=closure.area_id, is_exercise=closure.is_exercise, closure=closure.pk, title=closure.name,
            is_open=is_open,
        )
    )  # fmt: skip
