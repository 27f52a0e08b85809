"""Make plans, change them by hand, have a second person approve them, and replace them when roads change.

Official records are Chinese, whatever language their writer reads.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation import queries, stops
from anlan.areas.supplies.allocation.jobs import compute_plan
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefRequest, Waybill, WaybillLine
from anlan.areas.supplies.allocation.rules import hours_left
from anlan.areas.supplies.allocation.situation import replaceable, truck_of
from anlan.areas.supplies.movements.delivering import lock_stock, release, set_aside
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.jobs.queue import enqueue
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.notices.services import send_notices
from anlan.foundation.resources import services as resources
from anlan.foundation.resources.models import Assignment, ResourceRequest
from anlan.foundation.rules.queries import rule

Status = AllocationPlan.Status


@transaction.atomic
def start_plan(*, actor: User, incident: Incident, **asked: Any) -> AllocationPlan:
    """Keep the question (see `ask_plan`) and queue it."""
    plan = ask_plan(actor=actor, incident=incident, **asked)
    transaction.on_commit(lambda: enqueue(compute_plan, title=plan.title, owner=actor, plan_id=plan.pk))
    return plan


@transaction.atomic
def ask_plan(
    *,
    actor: User,
    incident: Incident,
    limit_hours: float | None = None,
    with_agreements: bool = True,
    wishes: Sequence[Mapping[str, Any]] = (),
    rounds: str = AllocationPlan.Rounds.SOONER,
    based_on: AllocationPlan | None = None,
) -> AllocationPlan:
    """Keep what is to be computed; what is loaded or on its way stays as it is."""
    demand_incident(actor, incident, "act:allocationplans")
    if not incident.is_open:
        raise ValidationError(_("事件已经结束，不能再编方案。"))
    limit = rule("limits.basic_relief")
    most, now = limit.params["minutes"] / 60, timezone.now()
    needed = ReliefRequest.objects.filter(incident=incident, status=ReliefRequest.Status.OPEN)
    times = list(needed.values_list("needed_by", flat=True))
    hours = limit_hours or hours_left(times, now, most)
    basis = limit.citation if hours <= most else f"{limit.citation}；编制人指定 {hours:g} 小时"
    if any(one < now for one in times):
        basis += "；最早的需到位时间已过，自现在重新起算"
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    last = incident.allocation_plans.order_by("-version").first()
    version = last.version + 1 if last else 1
    plan = AllocationPlan(
        code=f"{incident.code}-P{version:02d}"[-40:], incident=incident, area_id=incident.area_id, version=version,
        based_on=based_on, with_agreements=with_agreements, limit_hours=hours, limit_basis=basis[:200],
        rounds=rounds, wishes=list(wishes), starts_at=now, made_by=actor, made_at=now, is_exercise=incident.is_exercise,
        is_demo=incident.is_demo,
    )  # fmt: skip
    plan.full_clean()
    plan._history_user = actor
    plan.save()
    audit.record(actor=actor, action="allocationplans.start", subject=plan, details={"wishes": plan.wishes})
    return plan


def changeable(actor: User, plan: AllocationPlan) -> AllocationPlan:
    """The plan, locked, if the person may still change it by hand."""
    demand_incident(actor, plan.incident, "act:allocationplans")
    plan = AllocationPlan.objects.select_for_update(of=("self",)).select_related("incident").get(pk=plan.pk)
    if not plan.is_editable:
        raise ValidationError(_("方案现在是“%(status)s”，不能改动。") % {"status": plan.get_status_display()})
    return plan


def note_change(actor: User, plan: AllocationPlan, what: str) -> None:
    """Keep what somebody changed by hand."""
    plan.changes = [*plan.changes, {"at": timezone.now().isoformat(), "by": str(actor), "what": what}]
    plan._history_user = actor
    plan.save(update_fields=["changes", "updated_at"])
    audit.record(actor=actor, action="allocationplans.change", subject=plan, details={"what": what})


@transaction.atomic
def change_waybill(
    *, actor: User, waybill: Waybill, quantities: Mapping[WaybillLine, int], truck: tuple[str, int] | None = None
) -> AllocationPlan:
    """Change what a proposed trip carries, or which truck drives it; nothing left on it takes it off the plan."""
    plan = changeable(actor, waybill.plan)
    said = []
    for line, quantity in quantities.items():
        if quantity < 0:
            raise ValidationError(_("数量不能小于 0。"))
        if quantity != line.quantity:
            said.append(f"{waybill.code} {line.item} {line.quantity}→{quantity}")
            WaybillLine.objects.filter(pk=line.pk, waybill=waybill).update(quantity=max(quantity, 1))
            if not quantity:
                WaybillLine.objects.filter(pk=line.pk, waybill=waybill).delete()
    if truck and truck != (waybill.ledger, waybill.vehicle):
        entry = ledger(truck[0])
        found = truck_of(entry.name, entry.rows(actor).get(pk=truck[1]))
        if found is None:
            raise ValidationError(_("这辆车不是已知载重的货车。"))
        said.append(f"{waybill.code} 车辆 {waybill.truck}→{found.title}")
        for one in stops.of_round(waybill) or [waybill]:
            one.ledger, one.vehicle, one.truck = found.ledger, found.pk, found.title
            one.load_kg, one.driver, one.driver_phone = round(found.load_t * 1000), found.driver, found.phone
            one.save()
    if not waybill.lines.exists():
        onward = list(waybill.onward.all())
        said += [f"撤销 {one.code}" for one in [waybill, *onward]]
        for one in [*onward, waybill]:
            one.delete()
        _close_up_draft(plan, waybill.round_code)
    if said:
        note_change(actor, plan, "；".join(said))
    return plan


def _close_up_draft(plan: AllocationPlan, round_code: str) -> None:
    """A round that lost a stop goes on without it; the last stop that is left goes alone."""
    rest = list(plan.waybills.filter(round_code=round_code).order_by("stop")) if round_code else []
    for number, one in enumerate(rest, 1):
        one.stop, one.round_code = number, round_code if len(rest) > 1 else ""
        one.save(update_fields=["stop", "round_code"])
    if rest:
        stops.close_up(rest)


@transaction.atomic
def take_apart(*, actor: User, plan: AllocationPlan, round_code: str) -> AllocationPlan:
    """Take a round apart: its truck brings each place its load by itself, one after the other."""
    plan = changeable(actor, plan)
    rows = list(plan.waybills.filter(round_code=round_code).select_related("depot").order_by("stop"))
    if not round_code or len(rows) < 2:
        raise ValidationError(_("这不是循环配送的车次。"))
    ways, loading = stops.ways_or_refuse(rows[0]), timedelta(minutes=rule("supplies.delivery").params["load_minutes"])
    start = rows[0].load_at
    for one in rows:
        one.round_code, one.stop, one.load_at = "", 1, start
        stops.lay(ways, [one], (one.depot.lon, one.depot.lat), start + loading)
        start = one.back_at
    note_change(actor, plan, f"拆开循环 {round_code}：{'、'.join(one.place for one in rows)}各送一趟")
    return plan


@transaction.atomic
def submit(*, actor: User, plan: AllocationPlan) -> AllocationPlan:
    """Hand a plan in for approval; one that cannot be carried out is not handed in."""
    plan = changeable(actor, plan)
    _demand_sound(plan)
    plan.status, plan.submitted_at, plan.made_by = Status.SUBMITTED, timezone.now(), actor
    plan._history_user = actor
    plan.save()
    audit.record(actor=actor, action="allocationplans.submit", subject=plan)
    return plan


def _demand_sound(plan: AllocationPlan) -> None:
    flaws = [flaw.text for flaw in queries.flaws_of(plan) if flaw.is_hard]
    if flaws:
        raise ValidationError(flaws)


@transaction.atomic
def withdraw(*, actor: User, plan: AllocationPlan) -> AllocationPlan:
    """Take a plan back before it is decided, to change it."""
    demand_incident(actor, plan.incident, "act:allocationplans")
    plan = AllocationPlan.objects.select_for_update(of=("self",)).select_related("incident").get(pk=plan.pk)
    if plan.status != Status.SUBMITTED:
        raise ValidationError(_("只有待批准的方案可以撤回。"))
    plan.status = Status.DRAFT
    plan._history_user = actor
    plan.save()
    audit.record(actor=actor, action="allocationplans.withdraw", subject=plan)
    return plan


@transaction.atomic
def reject(*, actor: User, plan: AllocationPlan, remark: str) -> AllocationPlan:
    """Send a plan back, with a reason."""
    plan = _decidable(actor, plan)
    if not remark.strip():
        raise ValidationError({"remark": _("退回时请写明意见。")})
    plan.status, plan.decided_by, plan.decided_at, plan.remark = Status.REJECTED, actor, timezone.now(), remark[:200]
    plan._history_user = actor
    plan.save()
    audit.record(actor=actor, action="allocationplans.reject", subject=plan, details={"remark": remark})
    return plan


def _decidable(actor: User, plan: AllocationPlan) -> AllocationPlan:
    demand_incident(actor, plan.incident, "act:stock.approve")
    # Whoever decides on plans of one incident does so one after the other.
    Incident.objects.select_for_update(of=("self",)).get(pk=plan.incident_id)
    plan = AllocationPlan.objects.select_for_update(of=("self",)).select_related("incident").get(pk=plan.pk)
    if plan.status != Status.SUBMITTED:
        raise ValidationError(_("方案现在是“%(status)s”，不能审批。") % {"status": plan.get_status_display()})
    if plan.made_by_id == actor.pk:
        raise PermissionDenied(_("编制人不能批准自己的方案，请另一位负责人批准。"))
    return plan


@transaction.atomic
def approve(*, actor: User, plan: AllocationPlan, remark: str = "") -> AllocationPlan:
    """Put a plan into force: stock is set aside, trucks are called, what an older version had not loaded goes back.

    All or nothing: where stock or a truck has gone to somebody else meanwhile, nothing is approved and the message
    says what is missing.
    """
    plan = _decidable(actor, plan)
    if not plan.incident.is_open:
        raise ValidationError(_("事件已经结束，不能再批准方案。"))
    waybills = list(plan.waybills.select_related("depot", "to_depot").prefetch_related("lines__item", "lines__need"))
    if not waybills:
        raise ValidationError(_("方案里没有车次。"))
    depots = {one.depot_id: one.depot for one in waybills}
    lock_stock(depots.values(), {line.item for one in waybills for line in one.lines.all()})
    _demand_reach(actor, waybills)
    _lock_trucks(waybills)
    _demand_sound(plan)
    _replace_older(actor, plan)
    for one in waybills:
        if one.after_id:
            one.status = Waybill.Status.WAITING
        else:
            load_aside(actor, one)
    _call_trucks(actor, plan, waybills)
    for one in waybills:
        one.save()
    plan.status, plan.decided_by, plan.decided_at, plan.remark = Status.APPROVED, actor, timezone.now(), remark[:200]
    plan.road_problem = ""
    plan._history_user = actor
    plan.save()
    _tell(actor, plan, waybills)
    return plan


def load_aside(actor: User, waybill: Waybill) -> None:
    """Set the stock of a way-bill aside; it waits for its truck. Not saved."""
    wanted: dict[Any, int] = {}
    for line in waybill.lines.all():
        wanted[line.item] = wanted.get(line.item, 0) + line.quantity
    waybill.slip = set_aside(
        actor=actor, depot=waybill.depot, wanted=wanted, incident=waybill.plan.incident, party=waybill.place,
        to_depot=waybill.to_depot, reason=f"调拨方案 {waybill.plan.code}，运单 {waybill.code}",
    )  # fmt: skip
    waybill.status = Waybill.Status.TO_LOAD


def _demand_reach(actor: User, waybills: Sequence[Waybill]) -> None:
    """Nobody calls trucks that the own post does not reach: who made the plan may see more than who approves it."""
    beyond: list[str] = []
    for name in sorted({one.ledger for one in waybills}):
        called = {one.vehicle: one.truck for one in waybills if one.ledger == name}
        seen = set(ledger(name).rows(actor).filter(pk__in=called).values_list("pk", flat=True))
        beyond += [truck for pk, truck in called.items() if pk not in seen]
    if beyond:
        raise ValidationError(
            _("这些货车不在您的管辖范围，您不能调派：%(trucks)s。请上一级负责人批准，或退回后换用本地货车。")
            % {"trucks": _("、").join(beyond)}
        )


def _lock_trucks(waybills: Sequence[Waybill]) -> None:
    """Let whoever else calls one of these trucks wait; in one order."""
    for name in sorted({one.ledger for one in waybills}):
        rows = ledger(name).model._default_manager.order_by("pk").filter(
            pk__in={one.vehicle for one in waybills if one.ledger == name}
        )  # fmt: skip
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _replace_older(actor: User, plan: AllocationPlan) -> None:
    """What older versions have not loaded goes back to the depots, their trucks are free again."""
    for one in replaceable(plan.incident):
        # A transfer takes the trips that wait for it along.
        if Waybill.objects.filter(pk=one.pk, status=one.status).exists():
            put_back(actor=actor, waybill=one, reason=f"由方案 {plan.code} 代替")
    older = plan.incident.allocation_plans.filter(status=Status.APPROVED).exclude(pk=plan.pk)
    for row in older:
        row.status = Status.SUPERSEDED
        row._history_user = actor
        row.save(update_fields=["status", "updated_at"])


@transaction.atomic
def put_back(*, actor: User, waybill: Waybill, reason: str) -> Waybill:
    """Take back a way-bill that waits for loading; its stock is free again, and its truck unless it drives another."""
    waybill = Waybill.objects.select_for_update(of=("self",)).select_related("slip").get(pk=waybill.pk)
    if waybill.status not in (Waybill.Status.WAITING, Waybill.Status.TO_LOAD, Waybill.Status.LOADED):
        raise ValidationError(_("运单现在是“%(status)s”，不能取消。") % {"status": waybill.get_status_display()})
    if waybill.slip is not None:
        release(actor=actor, slip=waybill.slip, reason=reason)
    waybill.status, waybill.remark = Waybill.Status.CANCELLED, reason[:200]
    waybill.save(update_fields=["status", "remark"])
    free_truck(actor, waybill)
    stops.close_up(stops.to_leave(waybill))
    audit.record(actor=actor, action="waybills.cancel", subject=waybill, details={"reason": reason})
    drop_onward(actor, waybill, reason)
    return waybill


def drop_onward(actor: User, waybill: Waybill, reason: str) -> None:
    """Trips that wait for a transfer that does not come are cancelled with it."""
    for one in waybill.onward.filter(status=Waybill.Status.WAITING):
        put_back(actor=actor, waybill=one, reason=reason)


def free_truck(actor: User, waybill: Waybill) -> None:
    """A truck whose last way-bill is over is released."""
    if waybill.assignment_id is None:
        return
    if not Waybill.objects.filter(assignment=waybill.assignment_id, status__in=Waybill.OPEN).exists():
        resources.follow(actor=actor, assignment=waybill.assignment, status=Assignment.Status.RELEASED)


def _call_trucks(actor: User, plan: AllocationPlan, waybills: Sequence[Waybill]) -> None:
    """A request for trucks to each depot, and one assignment for each truck, to the depot where it loads first.

    Their owners are called like for any other resource; the place of the request is where the driver goes.
    """
    first: dict[tuple[str, int], Waybill] = {}
    for one in sorted(waybills, key=lambda one: (one.load_at, one.stop)):
        first.setdefault((one.ledger, one.vehicle), one)
    bound = {}
    for depot in dict.fromkeys(one.depot for one in first.values()):
        here = {key: one for key, one in first.items() if one.depot_id == depot.pk}
        wanted: ResourceRequest = resources.request_resource(
            actor=actor, incident=plan.incident, kind="vehicle", what=f"运送救灾物资（方案 {plan.code}）",
            quantity=len(here), place=depot.name[:120], lon=depot.lon, lat=depot.lat,
            needed_by=min(one.load_at for one in here.values()),
        )  # fmt: skip
        for key in here:
            bound[key] = resources.assign_resource(actor=actor, request=wanted, ledger=key[0], object_id=key[1])
    for one in waybills:
        one.assignment = bound[one.ledger, one.vehicle]


def _tell(actor: User, plan: AllocationPlan, waybills: Sequence[Waybill]) -> None:
    """The timeline, the audit log, and a notice to whoever keeps each depot."""
    late = plan.due_at
    told = "、".join(dict.fromkeys(one.place for one in waybills))
    unmet = len(plan.outcome.get("unmet", ()))
    record_entry(
        incident=plan.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor, data={"allocation_plan": plan.pk},
        text=f"批准{plan.title}：{len(stops.together(waybills))} 个车次送往{told}，{timezone.localtime(late):%m-%d %H:%M} 前送达"
        + (f"，{unmet} 项需求未能满足" if unmet else ""),
    )  # fmt: skip
    audit.record(actor=actor, action="allocationplans.approve", subject=plan, details={"remark": plan.remark})
    notices = []
    for depot in {one.depot_id: one.depot for one in waybills}.values():
        post = Post.objects.filter(department=depot.department_id).order_by("rank").first()
        mine = [rows[0] for rows in stops.together(one for one in waybills if one.depot_id == depot.pk)]
        if depot.department_id and post:
            first = timezone.localtime(min(one.load_at for one in mine))
            notices.append(
                {
                    "actor": actor, "post": post, "title": f"备货装车：{depot}，{len(mine)} 车", "subject": plan,
                    "body": f"方案 {plan.code}，{first:%m-%d %H:%M} 开始装车：{'、'.join(one.round_code or one.code for one in mine)}。",
                    "incident_id": plan.incident_id, "area_code": depot.area_id, "link": plan.get_absolute_url(),
                    "is_exercise": plan.is_exercise,
                }
            )  # fmt: skip
    send_notices(notices)
