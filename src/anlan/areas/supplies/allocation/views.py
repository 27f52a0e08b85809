"""Pages at a desk: what is needed, plans with their map, changes by hand, approval, comparison, files."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.supplies.allocation import joining, planning, queries, requesting, stops
from anlan.areas.supplies.allocation.documents import as_geojson, as_official
from anlan.areas.supplies.allocation.forms import ROWS, PlaceForm, PlanForm, RequestForm, WishForm, areas_of
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefRequest, Waybill
from anlan.areas.supplies.allocation.rules import hours_left
from anlan.areas.supplies.allocation.situation import depots_for, ways_now
from anlan.areas.supplies.depots.models import Depot
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.incidents.models import Incident
from anlan.foundation.jobs.models import Job
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import NoRule, rule

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _incident(request: HttpRequest, pk: int) -> Incident:
    return get_object_or_404(queries.incidents_for(request.user), pk=pk)


def _plan(request: HttpRequest, pk: int) -> AllocationPlan:
    return get_object_or_404(queries.plans_for(request.user), pk=pk)


@requires("view:reliefrequests")
def board(request: HttpRequest) -> HttpResponse:
    """Incidents whose people need something, plans to decide on, trucks on their way."""
    user = request.user
    waybills = queries.waybills_for(user)
    context = {
        "rows": queries.board(user),
        "others": queries.open_incidents_for(user).exclude(relief_requests__status="open")[:12],
        "waiting": queries.plans_for(user).filter(status=AllocationPlan.Status.SUBMITTED)[:12],
        "under_way": waybills.filter(status=Waybill.Status.UNDER_WAY)[:20],
        "may_state": user.may("add:reliefrequests"),
    }
    return render(request, "allocation/board.html", context)


@requires("view:reliefrequests")
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """What an incident's people need and what is left of it, versions of the plan, way-bills."""
    return _incident_page(request, _incident(request, pk))


def _incident_page(request: HttpRequest, found: Incident, form: PlanForm | None = None) -> HttpResponse:
    user = request.user
    context = queries.room_of(user, found)
    hours = None
    if context["needed_by"]:
        most = rule("limits.basic_relief").params["minutes"] / 60
        hours = hours_left([context["needed_by"]], timezone.now(), most)
    waybills = queries.waybills_for(user).filter(plan__incident=found).exclude(status=Waybill.Status.PROPOSED)
    context |= {
        "form": form or PlanForm(initial={"limit_hours": hours}),
        "all_waybills": waybills.exclude(status=Waybill.Status.CANCELLED).order_by("load_at")[:100],
    }
    return render(request, "allocation/incident.html", context, status=422 if form and form.errors else 200)


@requires("add:reliefrequests")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """State what people need, place by place."""
    found, user = _incident(request, pk), request.user
    areas, data = areas_of(user, found), request.POST if request.method == "POST" else None
    form = RequestForm(data)
    first = {"area": found.area_id, "place": found.place} if areas.filter(pk=found.area_id).exists() else {}
    rows = [
        PlaceForm(
            data,
            areas=areas,
            is_sure=bool(data and data.get("is_sure")),
            prefix=f"p{number}",
            initial=first if number == 0 else None,
        )  # fmt: skip
        for number in range(ROWS)
    ]
    if request.method == "POST":
        sound = [one.is_valid() for one in (form, *rows)]
        if all(sound):
            wanted = [need for one in rows for need in one.wanted()]
            try:
                made = requesting.state_request(
                    actor=user, incident=found, area=_spoken_for(request, found), wanted=wanted, **form.cleaned_data
                )
            except ValidationError as problem:
                form.show(problem)
            else:
                messages.success(request, _("已提出：%(request)s。") % {"request": made})
                return redirect(made)
    try:
        kit = rule("supplies.living_kit")
    except NoRule:
        kit = None
    bad = form.errors or any(one.errors for one in rows)
    context = {
        "incident": found, "form": form, "first_rows": rows[:2], "more_rows": rows[2:], "kit": kit,
        "more_open": any(one.errors for one in rows[2:]), "is_doubted": any(one.is_doubted for one in rows), "kits": requesting.kit_items(),
    }  # fmt: skip
    return render(request, "allocation/state.html", context, status=422 if bad else 200)


def _spoken_for(request: HttpRequest, found: Incident) -> Area:
    """The area that the person speaks for: the incident's, or the own unit's where that lies inside."""
    if request.user.scope.contains(found.area_id):
        return found.area
    return request.user.department.area


@requires("view:reliefrequests")
def relief(request: HttpRequest, pk: int) -> HttpResponse:
    """A request with its needs, what is left of each, and its limit."""
    rows = ledger("reliefrequests").rows(request.user).select_related("incident", "area", "requested_by")
    found = get_object_or_404(rows, pk=pk)
    return _relief_page(request, found)


def _relief_page(request: HttpRequest, found: ReliefRequest, problem: list[str] | None = None) -> HttpResponse:
    user = request.user
    needs = list(found.needs.select_related("item", "area"))
    left = queries.left_of(needs)
    may = user.scope.contains(found.area_id)
    context = {
        "relief": found, "object": found, "needs": [(need, left[need.pk]) for need in needs], "problem": problem,
        "clock": clocks_of(found).first(), "may_add": may and found.is_open and user.may("add:reliefneeds"),
        "may_import": may and found.is_open and ledger("reliefneeds").may(user, "import"),
        "may_close": may and found.is_open and user.may("act:reliefrequests"),
        "may_change": may and found.is_open and user.may("change:reliefneeds"),
    }  # fmt: skip
    return render(request, "allocation/request.html", context, status=422 if problem else 200)


@requires("act:reliefrequests")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing more is to be brought."""
    found = get_object_or_404(ledger("reliefrequests").rows(request.user), pk=pk)
    try:
        requesting.close_request(actor=request.user, request=found, reason=request.POST.get("reason", ""))
    except ValidationError as problem:
        return _relief_page(request, found, problem.messages)
    messages.success(request, _("需求单已了结。"))
    return redirect(found)


@requires("act:allocationplans")
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute a plan, or a new version of one (`based_on`) that keeps its wishes."""
    found, form = _incident(request, pk), PlanForm(request.POST)
    if not form.is_valid():
        return _incident_page(request, found, form)
    based_on = queries.plans_for(request.user).filter(incident=found, pk=_number(request.POST.get("based_on"))).first()
    wishes = based_on.wishes if based_on else []
    return _start(request, found, form.cleaned_data | {"wishes": wishes, "based_on": based_on}, form)


def _start(request: HttpRequest, found: Incident, fields: dict[str, Any], form: PlanForm | None = None) -> HttpResponse:
    try:
        plan = planning.start_plan(actor=request.user, incident=found, **fields)
    except ValidationError as problem:
        if form is None:
            messages.error(request, " ".join(problem.messages))
            return redirect("allocation:incident", found.pk)
        form.show(problem)
        return _incident_page(request, found, form)
    return redirect(plan)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


@requires("view:allocationplans")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan: its map, who gets what and when, its trips, what is wrong with it, and who decides."""
    found = _plan(request, pk)
    is_part = request.htmx and not request.htmx.boosted
    if is_part and found.status != AllocationPlan.Status.COMPUTING:
        # Computed meanwhile: the heading and the buttons are others, too.
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "allocation/plan_body.html" if is_part else "allocation/plan.html"
    return render(request, template, plan_context(request, found))


def plan_context(request: HttpRequest, found: AllocationPlan, **more: Any) -> dict[str, Any]:
    """What a plan's page shows."""
    user = request.user
    waybills = list(found.waybills.select_related("depot").prefetch_related(queries.LINES))
    rows = [one for one in waybills if one.status != Waybill.Status.CANCELLED]
    may_plan = user.may("act:allocationplans") and user.scope.contains(found.incident.area_id)
    is_open = found.status in (
        AllocationPlan.Status.DRAFT,
        AllocationPlan.Status.SUBMITTED,
        AllocationPlan.Status.REJECTED,
    )
    places = queries.shares_of(found, waybills)
    asked = sum(share.asked for place in places for share in place.shares)
    sent = sum(min(share.sent, share.asked) for place in places for share in place.shares)
    first, last = _span(rows)
    context = {
        "plan": found, "object": found, "waybills": rows, "trips": stops.together(rows), "gains": queries.gains_of(found),
        "moves": queries.moves_of(found), "dropped": len(waybills) - len(rows), "places": places,
        "percent": round(100 * sent / asked, 1) if asked else None,
        "late": sum(not place.is_in_time for place in places), "trucks": _by_truck(rows, first, last),
        "km": sum(one.length_km for one in rows), "tonnes": sum(one.weight_kg for one in rows) / 1000,
        "flaws": queries.flaws_of(found) if is_open and rows else [],
        "may_change": may_plan and found.is_editable, "may_submit": may_plan and found.is_editable and bool(rows),
        "may_withdraw": may_plan and found.status == AllocationPlan.Status.SUBMITTED,
        "may_replan": may_plan and found.incident.is_open and found.status != AllocationPlan.Status.COMPUTING,
        "may_decide": found.status == AllocationPlan.Status.SUBMITTED and user.may("act:stock.approve")
        and user.scope.contains(found.incident.area_id) and found.made_by_id != user.pk,
        "may_export": user.may("export:allocationplans"),
        "job": Job.objects.filter(owner=found.made_by, title=found.title).first(),
        "changes": [one | {"at": datetime.fromisoformat(one["at"])} for one in found.changes],
        "versions": queries.plans_for(user).filter(incident=found.incident).exclude(pk=found.pk)[:8],
        "wish_form": _wish_form(request, found) if may_plan and found.basis else None, "wishes": _wishes(found),
    }  # fmt: skip
    return context | more


def _span(rows: list[Waybill]) -> tuple[Any, Any]:
    return min((one.load_at for one in rows), default=None), max((one.back_at for one in rows), default=None)


def _by_truck(rows: list[Waybill], first: Any, last: Any) -> list[dict[str, Any]]:
    """Trucks with their trips as bars on one axis of time, in per cent of it."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    whole = (last - first).total_seconds() if first else 1
    for one in rows:
        row = found.setdefault((one.ledger, one.vehicle), {"truck": one.truck, "driver": one.driver, "bars": []})
        at = [
            100 * (t - first).total_seconds() / whole for t in (one.load_at, one.leave_at, one.unloaded_at, one.back_at)
        ]
        steps = zip(("load", "drive", "back"), at, at[1:], strict=False)
        shown = [(kind, round(a, 2), round(b - a, 2)) for kind, a, b in steps if kind != "load" or one.stop == 1]
        row["bars"].append({"waybill": one, "steps": [step for step in shown if step[2] > 0]})
    return list(found.values())


def _wish_form(request: HttpRequest, found: AllocationPlan, data: Any = None) -> WishForm:
    return WishForm(
        data, depots=depots_for(request.user), places=[one["name"] for one in found.basis.get("places", ())],
        items=[int(pk) for pk in found.basis.get("items", {})],
    )  # fmt: skip


def _wishes(found: AllocationPlan) -> list[str]:
    depots = [one[key] for one in found.wishes for key in ("depot", "to_depot") if key in one]
    names = dict(Depot.objects.filter(pk__in=depots).values_list("pk", "name"))
    items = found.basis.get("items", {})
    told = []
    for one in found.wishes:
        depot, place = names.get(one["depot"], "—"), one["place"] or _("所有地点")
        if one["kind"] == "forbid":
            told.append(_("禁止%(depot)s发往%(place)s（%(by)s）") % {"depot": depot, "place": place, "by": one["by"]})
        elif one["kind"] == "move":
            item, to = items.get(str(one["item"]), {}).get("name", "—"), names.get(one["to_depot"], "—")
            told.append(
                _("先从%(depot)s调拨到%(to)s：%(item)s %(n)s（%(by)s）")
                % {"depot": depot, "to": to, "item": item, "n": one["quantity"], "by": one["by"]}
            )
        else:
            item = items.get(str(one["item"]), {}).get("name", "—")
            told.append(
                _("指定%(depot)s发往%(place)s：%(item)s %(n)s（%(by)s）")
                % {"depot": depot, "place": place, "item": item, "n": one["quantity"], "by": one["by"]}
            )
    return told


@requires("act:allocationplans")
@require_POST
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute a new version with one more thing that a person decided."""
    found = _plan(request, pk)
    form = _wish_form(request, found, request.POST)
    if not form.is_valid():
        context = plan_context(request, found, wish_form=form)
        return render(request, "allocation/plan.html", context, status=422)
    fields = {
        "wishes": [*found.wishes, form.wish(request.user)], "based_on": found, "limit_hours": found.limit_hours,
        "with_agreements": found.with_agreements, "rounds": found.rounds,
    }  # fmt: skip
    return _start(request, found.incident, fields)


@requires("view:allocationplans")
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Submit, withdraw, approve, send back, or take a round apart."""
    found, user, remark = _plan(request, pk), request.user, request.POST.get("remark", "").strip()[:200]
    verbs = {
        "submit": lambda: planning.submit(actor=user, plan=found),
        "withdraw": lambda: planning.withdraw(actor=user, plan=found),
        "approve": lambda: planning.approve(actor=user, plan=found, remark=remark),
        "reject": lambda: planning.reject(actor=user, plan=found, remark=remark),
        "take-apart": lambda: planning.take_apart(actor=user, plan=found, round_code=request.POST.get("round", "")),
    }
    if verb not in verbs:
        raise Http404(_("没有这种操作。"))
    try:
        verbs[verb]()
    except ValidationError as problem:
        context = plan_context(request, _plan(request, pk), problem=problem.messages, remark=remark)
        return render(request, "allocation/plan.html", context, status=422)
    done = {"submit": _("已提交审批。"), "withdraw": _("已撤回。"), "approve": _("已批准：物资已锁定，车辆已调派，运单已生成。"),
            "reject": _("已退回。"), "take-apart": _("循环已拆开，各处单独送；请核对时间和车辆。")}  # fmt: skip
    messages.success(request, done[verb])
    return redirect("allocation:plan", pk)


@requires("act:allocationplans")
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Trips that somebody picked as one round: looked at with its checks, changed in order and truck, then kept."""
    found, user, asked = _plan(request, pk), request.user, request.POST or request.GET
    picked, reason, doing = asked.getlist("trip"), asked.get("reason", "").strip()[:200], asked.get("do", "propose")
    order = [] if doing == "propose" else _order(asked)
    problem: list[str] = []
    if request.method == "POST" and doing == "keep":
        try:
            joining.join(
                actor=user, plan=found, picked=picked, truck=asked.get("truck", ""), order=order, reason=reason
            )
        except ValidationError as error:
            problem = error.messages
        else:
            messages.success(request, _("已合成循环，各处仍各自签收；不合适可以拆开。"))
            return redirect(f"{found.get_absolute_url()}#trips")
    try:
        made = joining.propose(user=user, plan=found, picked=picked, truck=asked.get("truck", ""), order=order)
    except ValidationError as error:
        context = plan_context(request, found, problem=error.messages, picked=picked)
        return render(request, "allocation/plan.html", context, status=422)
    context = {"plan": found, "object": found, "joined": made, "picked": picked, "reason": reason, "problem": problem}
    return render(request, "allocation/join.html", context, status=422 if problem else 200)


def _order(asked: Any) -> list[int]:
    """Way-bills in the order that the numbers beside them say; of two with one number the one that was moved wins."""
    keys = [_number(key) for key in asked.getlist("stop")]
    at = {}
    for here, key in enumerate(keys, 1):
        there = _number(asked.get(f"at-{key}")) or here
        at[key] = there + (0.5 if there > here else -0.5 if there < here else 0.0)
    return sorted(keys, key=lambda key: at[key])


@requires("view:allocationplans")
def on_map(request: HttpRequest, pk: int) -> JsonResponse:
    """Routes, depots and places for the map, with what stands in the way now."""
    found = _plan(request, pk)
    ways = ways_now()
    scope = request.user.scope
    standing = [one for one in ways.obstacles if scope.contains(one.area_code)] if ways else []
    body = as_geojson(found) | {"closures": [[one.lon, one.lat, one.title] for one in standing]}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@requires("view:allocationplans")
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four versions side by side."""
    keys = [int(key) for key in request.GET.getlist("plan") if key.isdecimal()][:4]
    rows = {one.pk: one for one in queries.plans_for(request.user).filter(pk__in=keys)}
    chosen = [rows[key] for key in dict.fromkeys(keys) if key in rows and rows[key].basis]
    if len(chosen) < 2:
        messages.error(request, _("请选择两个到四个已算出的方案版本。"))
        return redirect("allocation:board")
    columns = queries.compared(chosen)
    names = list(dict.fromkeys(place.name for one in columns for place in one["places"]))
    table = [(name, [one["by_place"].get(name) for one in columns]) for name in names]
    return render(request, "allocation/compare.html", {"columns": columns, "table": table})


@requires("export:allocationplans")
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The plan as PDF, DOCX or GeoJSON."""
    found = _plan(request, pk)
    if kind == "geojson":
        response = HttpResponse(json.dumps(as_geojson(found), ensure_ascii=False), content_type="application/geo+json")
    elif kind == "pdf":
        response = HttpResponse(as_pdf(as_official(found)), content_type="application/pdf")
    elif kind == "docx":
        response = HttpResponse(as_docx(as_official(found)), content_type=WORD)
    else:
        raise Http404(_("没有这种格式。"))
    audit.record(actor=request.user, action="allocationplans.export", subject=found, details={"kind": kind})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.code)}.{kind}"
    return response
