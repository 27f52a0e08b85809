"""State what people need, by the rule or as reported, change it, and close a request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation.models import ReliefNeed, ReliefRequest
from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.movements.rules import kit_norm
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, meet_clocks, start_clock
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.ledger.writing import save_many
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import NoRule, rule


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """So much of an item at a place, as somebody states it."""

    area: Area
    place: str
    item: Item
    quantity: int
    people: int | None = None
    lon: float | None = None
    lat: float | None = None
    contact: str = ""
    phone: str = ""
    basis: str = ""


def kit_items() -> dict[str, Item]:
    """The item of the catalogue that stands for each part of the kit for one person; of several the first by code."""
    found: dict[str, Item] = {}
    for item in Item.objects.exclude(kit="").order_by("code"):
        found.setdefault(item.kit, item)
    return found


def by_kit(people: int) -> list[tuple[Item, int, str]]:
    """What so many people need, by the rule in force: items, quantities and where the figure comes from."""
    try:
        kit = rule("supplies.living_kit")
    except NoRule:
        return []
    told = f"{people} 人按{kit.citation}（{kit.get_status_display()}）"
    found = []
    for code, item in kit_items().items():
        quantity = kit_norm(code, people, kit.params, item.kit_content)
        if quantity:
            row = next(row for row in kit.params["items"] if row["kit"] == code)
            part = f"{told}：每人 {row['per_person']:g} × {row['days']:g} 天"
            found.append((item, quantity, part + (f" ÷ {item.kit_content:g}" if item.kit_content != 1 else "")))
    return found


def due(incident: Incident, now: datetime) -> tuple[datetime, str, Any]:
    """By when relief has to be there: the plan's twelve hours, from the event while they last, else from now."""
    limit = rule("limits.basic_relief")
    span = timedelta(minutes=limit.params["minutes"])
    by = incident.occurred_at + span
    basis = limit.citation
    return (
        (by, f"{basis}，自事发起算", limit) if by > now + span / 2 else (now + span, f"{basis}，自提出需求起算", limit)
    )


@transaction.atomic
def state_request(
    *,
    actor: User,
    incident: Incident,
    area: Area,
    wanted: Sequence[Wanted],
    title: str = "",
    needed_by: datetime | None = None,
    at: datetime | None = None,
) -> ReliefRequest:
    """Keep what an area's people need; its limit runs from now on and the timeline says so."""
    demand(actor, "add:reliefrequests")
    if not incidents_for(actor).filter(pk=incident.pk).exists() or not actor.scope.contains(area.pk):
        raise PermissionDenied(_("事件或区域不在您的管辖范围内。"))
    if not incident.is_open:
        raise ValidationError(_("事件已经结束，不能再提需求。"))
    if not wanted:
        raise ValidationError(_("请至少填写一个地点和一种物资。"))
    now = at or timezone.now()
    by, basis, limit = due(incident, now)
    if needed_by is not None:
        if needed_by <= now:
            raise ValidationError({"needed_by": _("需到位时间应晚于现在。")})
        by, basis = needed_by, "提出人指定"
    request = ReliefRequest(
        code=f"{incident.code}-X{incident.relief_requests.count() + 1:02d}"[-40:], incident=incident, area=area,
        title=(title.strip() or f"{area}救灾物资需求")[:120], needed_by=by, needed_by_basis=basis[:200],
        requested_by=actor, requested_at=now, is_exercise=incident.is_exercise, is_demo=incident.is_demo,
    )  # fmt: skip
    request.full_clean()
    request._history_user = actor
    request.save()
    add_needs(actor=actor, request=request, wanted=wanted)
    start_clock(
        subject=request, kind=Clock.Kind.OPERATIONAL, title=f"救灾物资送达：{request.title}"[:200], due_at=by,
        started_at=now, area_code=area.pk, rule=limit.reference, citation=basis[:200], incident_id=incident.pk,
        is_exercise=incident.is_exercise,
    )  # fmt: skip
    audit.record(actor=actor, action="reliefrequests.state", subject=request, details={"needs": len(wanted)})
    record_entry(
        incident=incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor, area_code=area.pk, happened_at=now,
        text=f"提出救灾物资需求（{request.code}）：{summed(wanted)}，{timezone.localtime(by):%m-%d %H:%M} 前送达",
        data={"relief_request": request.pk},
    )  # fmt: skip
    return request


def summed(wanted: Iterable[Wanted]) -> str:
    """What is wanted in all, in one line of the record."""
    totals: dict[Item, int] = {}
    for one in wanted:
        totals[one.item] = totals.get(one.item, 0) + one.quantity
    places = len({one.place for one in wanted})
    said = "、".join(f"{item.name} {n} {item.unit}" for item, n in list(totals.items())[:6])
    return f"{places} 个地点，{said}" + ("等" if len(totals) > 6 else "")


@transaction.atomic
def add_needs(*, actor: User, request: ReliefRequest, wanted: Sequence[Wanted]) -> list[ReliefNeed]:
    """Add needs to an open request; each place must lie in the actor's areas."""
    demand(actor, "add:reliefneeds")
    if not request.is_open:
        raise ValidationError(_("需求单已经了结。"))
    outside = [one.area for one in wanted if not actor.scope.contains(one.area.pk)]
    if outside:
        raise PermissionDenied(_("%(area)s不在您的管辖范围内。") % {"area": outside[0]})
    start, rows = request.needs.count(), []
    for number, one in enumerate(wanted, start + 1):
        row = ReliefNeed(
            code=f"{request.code}-{number:03d}", request=request, area=one.area, place=one.place[:80],
            people=one.people, item=one.item, quantity=one.quantity, lon=one.lon, lat=one.lat, contact=one.contact,
            phone=one.phone, basis=one.basis[:300], is_demo=request.is_demo,
        )  # fmt: skip
        row.full_clean()
        rows.append(row)
    save_many(ledger=ledger("reliefneeds"), actor=actor, created=rows, changed=[], action="reliefneeds.state")
    return rows


@transaction.atomic
def close_request(*, actor: User, request: ReliefRequest, reason: str = "") -> ReliefRequest:
    """State that nothing more is to be brought."""
    demand(actor, "act:reliefrequests")
    if not actor.scope.contains(request.area_id):
        raise PermissionDenied(_("需求单不在您的管辖范围内。"))
    if not request.is_open:
        raise ValidationError(_("需求单已经了结。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明了结的原因。")})
    request.status = ReliefRequest.Status.CLOSED
    request._history_user = actor
    request.save(update_fields=["status", "updated_at"])
    cancel_clocks(subject=request)
    audit.record(actor=actor, action="reliefrequests.close", subject=request, details={"reason": reason})
    return request


def settle(request: ReliefRequest, left: Mapping[int, int], at: datetime) -> None:
    """Stop the clock of a request whose needs are all met by what has been signed for."""
    if not any(left.get(pk, 0) for pk in request.needs.values_list("pk", flat=True)):
        meet_clocks(subject=request, at=at)
