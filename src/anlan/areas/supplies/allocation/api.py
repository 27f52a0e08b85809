"""Allocation plans by program: start one, read it, decide on it; follow way-bills and sign for them."""

from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from anlan.areas.supplies.allocation import delivering, planning, queries
from anlan.areas.supplies.allocation.documents import as_geojson
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.foundation.accounts.access import demand
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.api import Problem, api

router = Router(tags=["allocation"])
REFUSED = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 422: Problem}


class Asked(Schema):
    """A plan to compute for an incident."""

    incident: int
    limit_hours: float | None = None
    with_agreements: bool = True
    #: Rounds not later than direct trips, fewer trucks within the limit, or direct trips only.
    rounds: Literal["sooner", "fewer", "direct"] = "sooner"


class Signed(Schema):
    """What came of each line: its id, well, spoilt."""

    receiver: str
    phone: str = ""
    how: str = "app"
    reason: str = ""
    lines: dict[int, tuple[int, int]]


def _refused(error: ValidationError) -> Status:
    fields = dict(error) if hasattr(error, "error_dict") else {"": error.messages}
    return Status(422, {"error": _("请修改所列字段后重试。"), "fields": fields})


def told(plan: AllocationPlan) -> dict[str, Any]:
    """A plan as JSON values."""
    waybills = list(plan.waybills.select_related("depot").prefetch_related(queries.LINES))
    return {
        "id": plan.pk, "code": plan.code, "incident": plan.incident_id, "version": plan.version,
        "status": plan.status, "problem": plan.problem, "road_problem": plan.road_problem,
        "limit_hours": plan.limit_hours, "limit_basis": plan.limit_basis, "rounds": plan.rounds, "starts_at": plan.starts_at,
        "due_at": plan.due_at, "made_by": str(plan.made_by), "made_at": plan.made_at,
        "decided_by": str(plan.decided_by) if plan.decided_by else None, "decided_at": plan.decided_at,
        "is_exercise": plan.is_exercise, "basis": plan.basis, "unmet": plan.outcome.get("unmet", []),
        "places": [
            {
                "name": one.name, "people": one.people, "last": one.last, "in_time": one.is_in_time,
                "shares": [
                    {"item": s.item, "unit": s.unit, "asked": s.asked, "sent": s.sent, "why": s.why}
                    for s in one.shares
                ],
            }
            for one in queries.shares_of(plan, waybills)
        ],
        "waybills": [told_waybill(one) for one in waybills],
        "routes": as_geojson(plan),
    }  # fmt: skip


def told_waybill(one: Waybill) -> dict[str, Any]:
    """A way-bill as JSON values."""
    return {
        "id": one.pk, "code": one.code, "status": one.status, "depot": one.depot.code, "place": one.place,
        "area": one.area_code, "truck": one.truck, "round": one.round_code or None, "stop": one.stop,
        "load_at": one.load_at, "leave_at": one.leave_at,
        "arrive_at": one.arrive_at, "left_at": one.left_at, "received_at": one.received_at,
        "received_by": one.received_by,
        "lines": [
            {
                "id": line.pk, "item": line.item.code, "quantity": line.quantity, "loaded": line.loaded,
                "received": line.received, "damaged": line.damaged,
            }
            for line in one.lines.all()
        ],
    }  # fmt: skip


@router.post("/plans", operation_id="allocation_plan", response={202: dict, **REFUSED})
def start(request, payload: Asked):
    """Queue a plan; read it until its status is no longer computing."""
    incident = get_object_or_404(incidents_for(request.user), pk=payload.incident)
    try:
        plan = planning.start_plan(
            actor=request.user, incident=incident, limit_hours=payload.limit_hours,
            with_agreements=payload.with_agreements, rounds=payload.rounds,
        )  # fmt: skip
    except ValidationError as error:
        return _refused(error)
    return Status(202, told(plan))


@router.get("/plans/{pk}", operation_id="allocation_plan_read", response={200: dict, **REFUSED})
def read(request, pk: int):
    """A plan with its trips, shares, reasons and routes."""
    demand(request.user, "view:allocationplans")
    return told(get_object_or_404(queries.plans_for(request.user), pk=pk))


@router.get("/waybills/{pk}", operation_id="allocation_waybill_read", response={200: dict, **REFUSED})
def waybill(request, pk: int):
    """A way-bill with what became of each line, and where its truck is."""
    demand(request.user, "view:waybills")
    one = get_object_or_404(queries.waybills_for(request.user).prefetch_related(queries.LINES), pk=pk)
    where = vars(queries.position_of(one)) if one.status == Waybill.Status.UNDER_WAY else None
    return told_waybill(one) | {"position": where}


@router.post("/waybills/{pk}/receive", operation_id="allocation_waybill_receive", response={200: dict, **REFUSED})
def receive(request, pk: int, payload: Signed):
    """Sign for what came."""
    demand(request.user, "view:waybills")
    one = get_object_or_404(queries.waybills_for(request.user).prefetch_related(queries.LINES), pk=pk)
    lines = {line: payload.lines[line.pk] for line in one.lines.all() if line.pk in payload.lines}
    try:
        delivering.receive(
            actor=request.user, waybill=one, received=lines, receiver=payload.receiver, phone=payload.phone,
            how=payload.how, reason=payload.reason,
        )  # fmt: skip
    except ValidationError as error:
        return _refused(error)
    return told_waybill(queries.waybills_for(request.user).get(pk=pk))


api.add_router("/allocation", router)
