"""Report a block, record what is done, reopen the road; keep proposed closures until a person decides.

Every closure's 24-hour clock is followed, and open pages are told.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.closures.models import Closure, ClosureEntry
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of, meet_clocks, start_clock
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import RoadChanged
from anlan.foundation.files.services import attach_file
from anlan.foundation.incidents.models import Incident
from anlan.foundation.places.codes import within
from anlan.foundation.places.queries import county_at
from anlan.foundation.resources.models import ResourceRequest
from anlan.foundation.resources.services import request_resource
from anlan.foundation.roads.registry import Cordon, keeps_cordons
from anlan.foundation.rules.queries import rule
from anlan.science.geo.distance import great_circle_km

#: A report so near to a closure that stands for the same reason is about the same block.
SAME_KM = 0.2
Kind = ClosureEntry.Kind


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
    _demand_inside(actor, record)
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
def report_block(
    *, actor: User, key: str, area_code: str, lon: float, lat: float, reason: str, name: str, text: str = "",
    at: datetime | None = None, photo: UploadedFile | None = None, lanes: int | None = None,
    blocked_lanes: int | None = None,
) -> tuple[Closure, bool]:  # fmt: skip
    """Report a block from where it is; a report sent twice counts once, and one beside a known block joins it."""
    demand(actor, "act:closures.report")
    if not actor.scope.contains(area_code):
        raise PermissionDenied(_("这个位置不在您的管辖范围内。"))
    known = Closure.objects.filter(report_key=key).first() or (
        entry.closure if (entry := ClosureEntry.objects.filter(key=key).first()) else None
    )
    if known:
        return known, False
    at = min(at or timezone.now(), timezone.now())
    same = Closure.objects.filter(Closure.standing(at), reason=reason, lon__isnull=False)
    closure = next((one for one in same if great_circle_km(one.lon, one.lat, lon, lat) <= SAME_KM), None)
    is_new = closure is None
    if closure is None:
        closure = Closure(
            code=f"ZD{timezone.localdate():%y%m%d}{secrets.token_hex(2).upper()}", name=name, reason=reason,
            area_id=area_code, lon=lon, lat=lat, since=at, lanes=lanes, blocked_lanes=blocked_lanes, report_key=key,
            source=str(_("现场上报：%(who)s") % {"who": actor}),
        )  # fmt: skip
        closure._history_user = actor
        closure.full_clean()
        closure.save()
        audit.record(actor=actor, action="closures.report", subject=closure, details={"reason": reason})
    _enter(actor, closure, Kind.REPORT, text or name, at=at, photo=photo, key=None if is_new else key)
    follow_closure(closure)
    return closure, is_new


@transaction.atomic
def add_progress(
    *, actor: User, closure: Closure, text: str, photo: UploadedFile | None = None, key: str | None = None
) -> ClosureEntry:
    """Say how far the repair is."""
    if not (actor.may("act:closures") or actor.may("act:closures.report")):
        demand(actor, "act:closures")
    _demand_inside(actor, closure)
    if not text.strip():
        raise ValidationError({"text": _("请写明进展。")})
    return _enter(actor, closure, Kind.PROGRESS, text.strip(), photo=photo, key=key)


@transaction.atomic
def request_plant(
    *, actor: User, closure: Closure, incident: Incident | None, kind: str, what: str, quantity: int,
    needed_by: datetime | None = None,
) -> ResourceRequest:  # fmt: skip
    """Ask for a team or plant at the closure; it is assigned and followed as every resource of its incident."""
    demand(actor, "act:closures")
    _demand_inside(actor, closure)
    incident = closure.incident or incident
    if incident is None:
        raise ValidationError({"incident": _("请先选择突发事件：队伍和机械按事件调派、跟踪。")})
    if closure.incident is None:
        closure.incident, closure._history_user = incident, actor
        closure.save()
    wanted = request_resource(
        actor=actor, incident=incident, kind=kind, what=what, quantity=quantity, place=closure.name, lon=closure.lon,
        lat=closure.lat, needed_by=needed_by,
    )  # fmt: skip
    _enter(actor, closure, Kind.PLANT, f"{what} × {quantity}", request=wanted)
    return wanted


def _enter(
    actor: User, closure: Closure, kind: str, text: str, photo: UploadedFile | None = None, **rest: Any
) -> ClosureEntry:
    entry = ClosureEntry(closure=closure, kind=kind, text=text[:500], by=actor, **rest)
    entry.full_clean()
    entry.save()
    if photo is not None:
        attach_file(actor=actor, subject=entry, upload=photo, area_code=closure.area_id)
    audit.record(actor=actor, action=f"closures.entry.{kind}", subject=closure, details={"text": entry.text})
    return entry


def _demand_inside(actor: User, closure: Closure) -> None:
    if not actor.scope.contains(closure.area_id):
        raise PermissionDenied(_("这处阻断不在您的管辖范围内。"))


@transaction.atomic
def reopen_road(
    *,
    actor: User,
    record: Closure,
    reopened_at: datetime | None = None,
    words: str = "",
    proof: UploadedFile | None = None,
) -> Closure:
    """State that a road is open again, with a picture or with who saw it; its clock stops at that moment."""
    demand(actor, "act:closures")
    _demand_inside(actor, record)
    if record.status != Closure.Status.CONFIRMED:
        raise ValidationError(_("这处封控还没有确认，道路没有封闭。"))
    if record.reopened_at is not None:
        raise ValidationError(_("这条路已经恢复通行。"))
    if proof is None and not words.strip():
        raise ValidationError({"words": _("请上传恢复通行的照片，或写明谁在现场确认。")})
    record.reopened_at = reopened_at or timezone.now()
    record.full_clean()
    record._history_user = actor
    record.save()
    audit.record(actor=actor, action="closures.reopen", subject=record, details={"at": record.reopened_at.isoformat()})
    _enter(actor, record, Kind.REOPENED, words.strip() or str(_("恢复通行")), photo=proof, at=record.reopened_at)
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
