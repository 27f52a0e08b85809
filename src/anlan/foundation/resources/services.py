"""Ask for resources, assign them by nearness and readiness, follow them until they are released."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.events.bus import publish
from anlan.foundation.events.catalogue import ResourceMoved
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.ledger.registry import deployables
from anlan.foundation.notices.services import send_notice
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.resources.queries import candidate

#: Each state, the column that keeps its time, and what the record says.
STEPS = {
    Assignment.Status.UNDER_WAY: ("under_way_at", "出动"),
    Assignment.Status.ON_SITE: ("on_site_at", "到达"),
    Assignment.Status.DONE: ("", "完成任务"),
    Assignment.Status.RELEASED: ("released_at", "撤出"),
}
ORDER = list(Assignment.Status.values)


@transaction.atomic
def request_resource(
    *,
    actor: User,
    incident: Incident,
    kind: str,
    what: str,
    quantity: int = 1,
    place: str = "",
    needed_by: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
) -> ResourceRequest:
    """State what an incident needs; without a position of its own it is needed at the incident."""
    demand_incident(actor, incident, "add:resourcerequests")
    if not deployables(kind):
        raise ValidationError({"kind": _("没有台账提供这种资源。")})
    wanted = ResourceRequest(
        incident=incident,
        kind=kind,
        what=what,
        quantity=quantity,
        place=place or incident.place,
        needed_by=needed_by,
        lon=incident.lon if lon is None else lon,
        lat=incident.lat if lat is None else lat,
        requested_by=str(actor),
    )
    wanted.full_clean()
    wanted.save()
    audit.record(actor=actor, action="resource.request", subject=wanted, details={"kind": kind, "quantity": quantity})
    record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.RESOURCE,
        text=f"请求资源：{what}，数量 {quantity}，送达 {wanted.place}",
        actor=actor,
        data={"request": wanted.pk},
    )
    _publish(incident, 0, what, "requested")
    return wanted


@transaction.atomic
def assign_resource(
    *, actor: User, request: ResourceRequest, ledger: str, object_id: int, reason: str = ""
) -> Assignment:
    """Give a resource to a request and call out the unit that owns it; taking a bound one needs a reason."""
    demand_incident(actor, request.incident, "act:resourcerequests")
    if request.status not in (ResourceRequest.Status.OPEN, ResourceRequest.Status.ASSIGNED):
        raise ValidationError(_("这项需求已到位或已取消。"))
    chosen = candidate(request, actor, ledger, object_id)
    if not chosen.is_free and not reason.strip():
        raise ValidationError({"reason": _("该资源不空闲（%(why)s），请写明理由。") % {"why": chosen.reason}})
    assignment = Assignment.objects.create(
        request=request,
        ledger=ledger,
        object_id=object_id,
        title=str(chosen.record)[:120],
        department=chosen.department,
        distance_km=chosen.distance_km,
        reason=(f"{chosen.reason}；{reason}" if reason else chosen.reason)[:300],
        assigned_by=str(actor),
        assigned_at=timezone.now(),
    )
    request.status = ResourceRequest.Status.ASSIGNED
    request.save(update_fields=["status"])
    audit.record(actor=actor, action="resource.assign", subject=assignment, details={"reason": assignment.reason})
    _tell_owner(actor, assignment)
    _record(actor, assignment, f"调派{assignment.title}：{request.what}（{assignment.reason}）", None)
    return assignment


def _tell_owner(actor: User, assignment: Assignment) -> None:
    """Call out the owning unit's first post; a unit without one is told by telephone and the record says so."""
    incident = assignment.request.incident
    post = Post.objects.filter(department=assignment.department).order_by("rank").first()
    if post is None:
        return
    send_notice(
        actor=actor,
        post=post,
        title=f"调派：{assignment.title}"[:200],
        body=f"{incident.title}，{incident.place}。{assignment.request.what}，送达 {assignment.request.place}。",
        urgency="urgent",
        subject=assignment,
        incident_id=incident.pk,
        area_code=assignment.department.area_id,
        link=assignment.url or f"/incidents/{incident.pk}/",
        is_exercise=incident.is_exercise,
    )


@transaction.atomic
def move_assignment(*, actor: User, assignment: Assignment, status: str, at: datetime | None = None) -> Assignment:
    """Set out, arrive, finish or withdraw; steps may be skipped but never taken back."""
    demand(actor, "act:orders")
    incident = assignment.request.incident
    is_own = assignment.department_id is not None and assignment.department_id == actor.department_id
    if not is_own:
        demand_incident(actor, incident, "act:resourcerequests")
    return follow(actor=actor, assignment=assignment, status=status, at=at)


@transaction.atomic
def follow(*, actor: User, assignment: Assignment, status: str, at: datetime | None = None) -> Assignment:
    """Move an assigned resource on because of what was recorded elsewhere; whoever records it says who may."""
    if status not in STEPS or ORDER.index(status) <= ORDER.index(assignment.status):
        raise ValidationError(
            _("“%(title)s”已经是“%(now)s”。") % {"title": assignment, "now": assignment.get_status_display()}
        )
    column, words = STEPS[Assignment.Status(status)]
    now = timezone.now()
    at = min(at or now, now)
    assignment.status = status
    if column:
        setattr(assignment, column, at)
    assignment.save()
    _settle(assignment.request)
    audit.record(actor=actor, action=f"resource.{status}", subject=assignment, details={"at": at})
    _record(actor, assignment, f"{assignment.title}{words}", at)
    return assignment


def _settle(request: ResourceRequest) -> None:
    """A request is fulfilled once as many resources arrived as were asked for, open again when none is left."""
    states = list(request.assignments.values_list("status", flat=True))
    arrived = [s for s in states if s in ("on_site", "done")]
    if len(arrived) >= min(request.quantity, len(states)) and arrived:
        request.status = ResourceRequest.Status.FULFILLED
        request.save(update_fields=["status"])


@transaction.atomic
def cancel_request(*, actor: User, request: ResourceRequest, reason: str) -> ResourceRequest:
    """Withdraw a request that nothing was assigned to yet."""
    demand_incident(actor, request.incident, "act:resourcerequests")
    if request.status != ResourceRequest.Status.OPEN:
        raise ValidationError(_("已经调派的需求不能取消，请先让资源撤出。"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明取消的原因。")})
    request.status = ResourceRequest.Status.CANCELLED
    request.save(update_fields=["status"])
    audit.record(actor=actor, action="resource.cancel", subject=request, details={"reason": reason})
    record_entry(
        incident=request.incident,
        kind=TimelineEntry.Kind.RESOURCE,
        text=f"取消资源请求：{request.what}。{reason}",
        actor=actor,
        data={"request": request.pk, "cancelled": True},
    )
    return request


def _record(actor: User, assignment: Assignment, text: str, at: datetime | None) -> None:
    incident = assignment.request.incident
    unit = assignment.department
    told = list(unit.users.filter(is_active=True).values_list("pk", flat=True)) if unit else []
    record_entry(
        incident=incident,
        kind=TimelineEntry.Kind.RESOURCE,
        text=text,
        actor=actor,
        happened_at=at,
        data={"assignment": assignment.pk, "title": assignment.title, "status": assignment.status},
        told=told,
    )
    _publish(incident, assignment.pk, assignment.title, assignment.status)


def _publish(incident: Incident, assignment: int, title: str, status: str) -> None:
    publish(
        ResourceMoved(
            area_code=incident.area_id,
            is_exercise=incident.is_exercise,
            assignment=assignment,
            incident=incident.pk,
            title=title,
            status=status,
        )
    )


def move_resources(positions: Mapping[str, tuple[float, float, datetime]]) -> None:
    """Put what carries a positioning terminal to where the terminal is: {terminal: (lon, lat, observed)}."""
    for entry in deployables():
        if not entry.terminal:
            continue
        moved = list(entry.model._default_manager.filter(**{f"{entry.terminal}__in": positions}))
        for record in moved:
            record.lon, record.lat, record.located_at = positions[getattr(record, entry.terminal)]
        entry.model._default_manager.bulk_update(moved, ["lon", "lat", "located_at"], batch_size=500)
