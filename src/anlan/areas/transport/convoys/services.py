"""Issue convoy orders, take their steps, choose who drives; the incident's timeline and the assignment follow.

Orders are official records: what they say is Chinese, whatever language their writer reads.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.convoys import routing
from anlan.areas.transport.convoys.models import ConvoyOrder, OrderStep, Trip
from anlan.areas.transport.fleet.models import Convoy, Driver, Vehicle
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, meet_clocks, start_clock
from anlan.foundation.notices.services import send_notice
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.services import move_assignment
from anlan.foundation.rules.queries import NoRule, rule

Status = ConvoyOrder.Status
#: From each state to those that may follow; the first is the big button.
MOVES = {
    Status.ISSUED: (Status.ACCEPTED, Status.DECLINED),
    Status.ACCEPTED: (Status.DEPARTED,),
    Status.DEPARTED: (Status.ARRIVED,),
    Status.ARRIVED: (Status.RETURNING,),
    Status.RETURNING: (Status.RETURNED,),
}
#: What a step says on the assignment.
ASSIGNED = {
    Status.DEPARTED: Assignment.Status.UNDER_WAY,
    Status.ARRIVED: Assignment.Status.ON_SITE,
    Status.RETURNING: Assignment.Status.DONE,
    Status.RETURNED: Assignment.Status.RELEASED,
    Status.DECLINED: Assignment.Status.RELEASED,
    Status.CANCELLED: Assignment.Status.RELEASED,
}
STEPS = {state: step for step, state in reversed(ASSIGNED.items()) if step not in (Status.DECLINED, Status.CANCELLED)}
ORDER = list(Status)


def may_move(user: User, order: ConvoyOrder) -> bool:
    """Whether the person takes the order's steps: of the unit that carries it out, or the area's dispatcher."""
    is_own = order.department_id is not None and order.department_id == user.department_id
    dispatches = user.may("act:convoyorders") and user.scope.contains(order.area_id)
    return (is_own and user.may("act:orders")) or dispatches


def demand_order(actor: User, order: ConvoyOrder) -> None:
    """Raise PermissionDenied unless the person takes the order's steps."""
    if not may_move(actor, order):
        raise PermissionDenied(_("这份调令不归您执行，也不在您的管辖范围内。"))


@transaction.atomic
def issue_for(assignment: Assignment) -> ConvoyOrder:
    """The order that follows from an incident's assignment of a convoy or a vehicle; made once."""
    found = ConvoyOrder.objects.filter(assignment=assignment).first()
    if found:
        return found
    wanted, incident = assignment.request, assignment.request.incident
    is_convoy = assignment.ledger == "convoys"
    sent = (Convoy if is_convoy else Vehicle).objects.get(pk=assignment.object_id)
    order = ConvoyOrder(
        area_id=incident.area_id, incident=incident, assignment=assignment, convoy=sent if is_convoy else None,
        department=assignment.department, title=assignment.title, task=wanted.what, place=wanted.place,
        lon=wanted.lon, lat=wanted.lat, start_lon=sent.lon, start_lat=sent.lat, needed_by=wanted.needed_by,
        issued_by=assignment.assigned_by, issued_at=assignment.assigned_at, is_exercise=incident.is_exercise,
    )  # fmt: skip
    return _issue(order, [] if is_convoy else [sent], None)


@transaction.atomic
def issue_order(
    *, actor: User, convoy: Convoy, task: str, place: str, lon: float | None = None, lat: float | None = None,
    needed_by: datetime | None = None, is_exercise: bool = False,
) -> ConvoyOrder:  # fmt: skip
    """Send a convoy without an incident: a transport task or an exercise; its unit is called out."""
    demand(actor, "act:convoyorders")
    if not actor.scope.contains(convoy.area_id):
        raise PermissionDenied(_("这支车队不在您的管辖范围内。"))
    if ConvoyOrder.objects.filter(convoy=convoy, status__in=ConvoyOrder.RUNNING).exists():
        raise ValidationError({"convoy": _("这支车队正在执行另一份调令，请等它归队，或从突发事件调派并写明理由。")})
    order = ConvoyOrder(
        area=convoy.area, convoy=convoy, department=convoy.department, title=str(convoy), task=task, place=place,
        lon=lon, lat=lat, start_lon=convoy.lon, start_lat=convoy.lat, needed_by=needed_by, issued_by=str(actor),
        is_exercise=is_exercise,
    )  # fmt: skip
    _issue(order, [], actor)
    post = Post.objects.filter(department=order.department).order_by("rank").first() if order.department else None
    if post is not None:
        send_notice(
            actor=actor, post=post, title=f"调令：{order.title}"[:200], body=f"{task}，前往{place}。", subject=order,
            area_code=order.department.area_id, link=order.get_absolute_url(), is_exercise=is_exercise,
        )  # fmt: skip
    return order


def _issue(order: ConvoyOrder, vehicles: list[Vehicle], actor: User | None) -> ConvoyOrder:
    order.code = secrets.token_hex(12)
    order.full_clean(exclude=["code"])
    order.save()
    order.code = f"DL{timezone.localtime(order.issued_at):%y%m%d}-{order.pk:04d}"
    order.save(update_fields=["code"])
    for vehicle, driver in propose_crew(order, vehicles):
        Trip.objects.create(order=order, vehicle=vehicle, driver=driver)
    _write(order, Status.ISSUED, actor, order.issued_at, made_by=order.issued_by)
    _mark_convoy(order, actor)
    _start_clock(order)
    audit.record(
        actor=actor or order.issued_by, action="convoyorders.issue", subject=order, details={"task": order.task}
    )
    return order


def propose_crew(order: ConvoyOrder, vehicles: list[Vehicle]) -> list[tuple[Vehicle, Driver | None]]:
    """A first proposal: what can leave now with its papers in order, each with its own driver or the next free one."""
    today = timezone.localdate()
    if order.convoy is None:
        return [(one, None) for one in vehicles]
    able = [one for one in order.convoy.vehicles.all() if one.is_available and not one.piece.fault(today)]
    free = [
        one
        for one in order.convoy.drivers.filter(duty=Driver.Duty.DRIVER, status=Driver.Status.READY)
        if not one.piece.fault(today)
    ]
    pairs = []
    for vehicle in able:
        driver = next((one for one in free if one.name == vehicle.driver), None)
        pairs.append((vehicle, driver))
        free = [one for one in free if one is not driver]
    return [(vehicle, driver or (free.pop(0) if free else None)) for vehicle, driver in pairs]


def _start_clock(order: ConvoyOrder) -> None:
    try:
        limit = rule("transport.order_acceptance")
    except NoRule:  # an installation without the rule has no limit, but it still sends convoys
        return
    start_clock(
        subject=order, kind=Clock.Kind.OPERATIONAL, title=f"接受调令 {order.code} {order.title}",
        started_at=order.issued_at, due_at=order.issued_at + timedelta(minutes=limit.params["minutes"]),
        area_code=order.area_id, rule=limit.reference, citation=limit.citation, incident_id=order.incident_id,
        department=order.department, is_exercise=order.is_exercise,
    )  # fmt: skip


@transaction.atomic
def set_crew(*, actor: User, order: ConvoyOrder, crew: Mapping[Vehicle, Driver | None]) -> ConvoyOrder:
    """Choose which vehicles go and who drives them, until the order sets out."""
    order = ConvoyOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    demand_order(actor, order)
    if order.status not in (Status.ISSUED, Status.ACCEPTED):
        raise ValidationError(_("已经出发，不能再换车换人。"))
    if not crew:
        raise ValidationError(_("至少要有一辆车。"))
    drivers = [one for one in crew.values() if one is not None]
    if len(set(drivers)) < len(drivers):
        raise ValidationError(_("一名驾驶员不能同时开两辆车。"))
    order.trips.all().delete()
    for vehicle, driver in crew.items():
        Trip.objects.create(order=order, vehicle=vehicle, driver=driver)
    said = {str(vehicle): str(driver or "未定") for vehicle, driver in crew.items()}
    audit.record(actor=actor, action="convoyorders.crew", subject=order, details=said)
    return order


@transaction.atomic
def take_step(
    *, actor: User, order: ConvoyOrder, kind: str, at: datetime | None = None, note: str = "",
    lon: float | None = None, lat: float | None = None, key: str = "",
) -> ConvoyOrder:  # fmt: skip
    """Accept, decline, set out, arrive, turn back, be back; the time is when it happened, also when it is sent later."""
    order = ConvoyOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    demand_order(actor, order)
    if key and OrderStep.objects.filter(key=key).exists():
        return order
    if kind not in MOVES.get(Status(order.status), ()):
        raise ValidationError(_("调令现在是“%(now)s”，不能记这一步。") % {"now": order.get_status_display()})
    if kind == Status.DECLINED and not note.strip():
        raise ValidationError({"note": _("请写明不能执行的原因。")})
    at = _when(order, at)
    if kind == Status.ACCEPTED:
        order.plan = routing.as_plan(routing.way_of(order, at))
    if kind == Status.DEPARTED and not order.trips.exists():
        raise ValidationError(_("还没有确定出动的车辆，请先选车和驾驶员。"))
    _move(order, kind, actor, at, note=note, lon=lon, lat=lat, key=key or None)
    _move_assignment(actor, order, kind, at)
    return order


@transaction.atomic
def cancel_order(*, actor: User, order: ConvoyOrder, reason: str) -> ConvoyOrder:
    """Call an order off before it has arrived."""
    order = ConvoyOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    demand(actor, "act:convoyorders")
    if not actor.scope.contains(order.area_id):
        raise PermissionDenied(_("这份调令不在您的管辖范围内。"))
    if order.status not in (Status.ISSUED, Status.ACCEPTED, Status.DEPARTED):
        raise ValidationError(_("调令现在是“%(now)s”，不能撤销。") % {"now": order.get_status_display()})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤销的原因。")})
    _move(order, Status.CANCELLED, actor, timezone.now(), note=reason)
    _move_assignment(actor, order, Status.CANCELLED, timezone.now())
    return order


def _when(order: ConvoyOrder, at: datetime | None) -> datetime:
    """When the step was taken: never in the future, never before the step before."""
    now = timezone.now()
    last = order.steps.order_by("-pk").values_list("at", flat=True).first()
    at = min(at or now, now)
    if last and at < last:
        raise ValidationError(_("这一步的时间早于上一步，请检查手机时间。"))
    return at


def _move(order: ConvoyOrder, kind: str, actor: User | None, at: datetime, **rest: object) -> None:
    order.status = kind
    order.save(update_fields=["status", "plan"])
    _write(order, kind, actor, at, **rest)
    if kind == Status.ACCEPTED:
        meet_clocks(subject=order, at=at)
    elif kind in (Status.DECLINED, Status.CANCELLED):
        cancel_clocks(subject=order)
    if kind == Status.DEPARTED:
        _mark_vehicles(order, actor, Vehicle.Status.READY, Vehicle.Status.OUT)
    elif kind in (Status.RETURNED, Status.CANCELLED, Status.DECLINED):
        _mark_vehicles(order, actor, Vehicle.Status.OUT, Vehicle.Status.READY)
    _mark_convoy(order, actor)
    audit.record(actor=actor or "system", action=f"convoyorders.{kind}", subject=order, details={"at": at.isoformat()})


def _write(order: ConvoyOrder, kind: str, actor: User | None, at: datetime, made_by: str = "", **rest: object) -> None:
    OrderStep.objects.create(order=order, kind=kind, at=at, user=actor, made_by=made_by or str(actor or "系统"), **rest)
    order.__dict__.pop("times", None)


def _mark_convoy(order: ConvoyOrder, actor: User | None) -> None:
    """A convoy is out from its order until it is back; one that was stood down stays so."""
    convoy = order.convoy
    if convoy is None or convoy.status == Convoy.Status.STOOD_DOWN:
        return
    is_out = convoy.orders.filter(status__in=ConvoyOrder.RUNNING).exists()
    status = Convoy.Status.OUT if is_out else Convoy.Status.READY
    if convoy.status != status:
        convoy.status = status
        convoy._history_user = actor
        convoy.save(update_fields=["status", "updated_at"])


def _mark_vehicles(order: ConvoyOrder, actor: User | None, before: str, after: str) -> None:
    """Vehicles are out while the order runs; one that is in repair stays so."""
    for trip in order.trips.select_related("vehicle"):
        if trip.vehicle.status == before:
            trip.vehicle.status = after
            trip.vehicle._history_user = actor
            trip.vehicle.save(update_fields=["status", "updated_at"])


def _move_assignment(actor: User, order: ConvoyOrder, kind: str, at: datetime) -> None:
    """The incident's timeline and its resource panel learn of the step."""
    state = ASSIGNED.get(Status(kind))
    if order.assignment is None or state is None:
        return
    order.assignment.refresh_from_db()
    states = list(Assignment.Status.values)
    if states.index(state) > states.index(order.assignment.status):
        move_assignment(actor=actor, assignment=order.assignment, status=state, at=at)


@transaction.atomic
def follow_assignment(assignment: Assignment) -> None:
    """Take over a step that was recorded on the assignment itself."""
    order = ConvoyOrder.objects.select_for_update(of=("self",)).filter(assignment=assignment).first()
    kind = STEPS.get(Assignment.Status(assignment.status))
    if order is None or kind is None or not order.is_running or ORDER.index(kind) <= ORDER.index(Status(order.status)):
        return
    happened = {Status.DEPARTED: assignment.under_way_at, Status.ARRIVED: assignment.on_site_at, Status.RETURNED: assignment.released_at}  # fmt: skip
    _move(order, kind, None, happened.get(kind) or timezone.now(), note="按资源调派记录")
    meet_clocks(subject=order)
