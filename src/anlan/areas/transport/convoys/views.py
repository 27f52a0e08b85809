"""The transport board, a convoy order with its way, and the phone page with one big button."""

import json
from collections import Counter
from typing import Any

import shapely
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.convoys import queries, routing, services
from anlan.areas.transport.convoys.forms import CancelForm, CrewForm, OrderForm
from anlan.areas.transport.convoys.models import ConvoyOrder
from anlan.areas.transport.fleet.models import Convoy, Vehicle
from anlan.areas.transport.fleet.queries import expiring_papers, whole
from anlan.foundation.accounts.access import requires
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.ledger.forms import tell
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.roads.queries import current_network
from anlan.foundation.rules.queries import rule

#: Orders whose way the board draws.
DRAWN = 8
#: Papers that the board lists.
PAPERS = 20


def _order(request: HttpRequest, pk: int) -> ConvoyOrder:
    return get_object_or_404(queries.orders_for(request.user), pk=pk)


@requires("view:convoyorders")
def board(request: HttpRequest) -> HttpResponse:
    """What the dispatcher has: vehicles, convoys, running orders, closed roads, papers that end."""
    user, now = request.user, timezone.now()
    vehicles = ledger("vehicles").rows(user)
    states = Counter(vehicles.values_list("status", flat=True))
    running = ledger("convoyorders").rows(user).filter(status__in=ConvoyOrder.RUNNING)
    convoys = list(whole(ledger("convoys").rows(user).exclude(status=Convoy.Status.STOOD_DOWN)).select_related("area"))
    closures = ledger("closures").rows(user).filter(Closure.standing(now))
    papers = expiring_papers(user)
    context = {
        "total": sum(states.values()),
        "ready": states[Vehicle.Status.READY],
        "out": states[Vehicle.Status.OUT],
        "repair": states[Vehicle.Status.REPAIR],
        "special": vehicles.exclude(kind__in=Vehicle.ORDINARY).count(),
        "orders": running.select_related("incident", "convoy", "area").prefetch_related("steps", "trips")[:30],
        "convoys": [(one, one.status == Convoy.Status.OUT) for one in convoys],
        "meeting": sum(one.is_comprehensive and one.proof.meets for one in convoys),
        "comprehensive": sum(one.is_comprehensive for one in convoys),
        "closures": closures.select_related("area").order_by("-since")[:12],
        "blocking": closures.filter(reason__in=Closure.BLOCKING).count(),
        "papers": papers[:PAPERS],
        "ending": len(papers),
        "running": running.count(),
        "may_issue": user.may("act:convoyorders"),
        "network": current_network(),
    }
    return render(request, "convoys/board.html", context)


@requires("view:convoyorders")
def on_map(request: HttpRequest) -> JsonResponse:
    """Vehicles, convoys, closures and the ways of running orders."""
    user, now = request.user, timezone.now()
    running = ledger("convoyorders").rows(user).filter(status__in=ConvoyOrder.RUNNING).prefetch_related("steps")
    found = [_point(one, "vehicle", one.status) for one in ledger("vehicles").rows(user).filter(lon__isnull=False)]
    found += [_point(one, "convoy") for one in ledger("convoys").rows(user).filter(lon__isnull=False)]
    found += [
        _point(one, "closure", one.reason)
        for one in ledger("closures").rows(user).filter(Closure.standing(now), lon__isnull=False)
    ]
    for one in running.filter(lon__isnull=False)[:DRAWN]:
        found += _way(one)
    return _features(found)


def _way(order: ConvoyOrder) -> list[dict[str, Any]]:
    """The way of an order and its end."""
    way = routing.way_of(order)
    line = [_feature(shapely.LineString(way.ways.now.line), kind="way", name=str(order))] if way else []
    return [*line, _point(order, "goal")]


def _point(row: Any, kind: str, state: str = "") -> dict[str, Any]:
    return _feature(shapely.Point(row.lon, row.lat), kind=kind, name=str(row), state=state)


def _feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}


def _features(found: list[dict[str, Any]]) -> JsonResponse:
    body = {"type": "FeatureCollection", "features": found}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@requires("act:convoyorders")
def new(request: HttpRequest) -> HttpResponse:
    """Send a convoy without an incident."""
    initial = {"convoy": request.GET.get("convoy", "")}
    form = OrderForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.issue_order(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("调令已下达：%(order)s。") % {"order": made})
            return redirect("convoys:order", made.pk)
    return render(request, "convoys/new.html", {"form": form}, status=422 if form.errors else 200)


@requires("view:field")
def order(request: HttpRequest, pk: int, **forms: Any) -> HttpResponse:
    """An order: its next step, its way with rests, its crew and what speaks against it, its times."""
    found, user = _order(request, pk), request.user
    may_move = services.may_move(user, found)
    way = routing.way_of(found) if found.is_running else None
    drive_min = way.timetable.drive_min if way else None
    may_choose = may_move and found.status in (ConvoyOrder.Status.ISSUED, ConvoyOrder.Status.ACCEPTED)
    context = {
        "object": found,
        "steps": found.steps.select_related("user"),
        "moves": _moves(found) if may_move else [],
        "way": way,
        "located": len(routing.located(found)),
        "seats": queries.seats(found, drive_min),
        "crew_form": CrewForm(order=found, user=user) if may_choose else None,
        "cancel_form": CancelForm(),
        "may_board": user.may("view:convoyorders"),
        "may_cancel": user.may("act:convoyorders") and user.scope.contains(found.area_id)
        and found.status in (ConvoyOrder.Status.ISSUED, ConvoyOrder.Status.ACCEPTED, ConvoyOrder.Status.DEPARTED),
        "clock": clocks_of(found).filter(met_at=None, cancelled_at=None).first(),
        "limit": rule("transport.driving_time"),
        "fuel": rule("transport.refuelling"),
    }  # fmt: skip
    failed = any(form.errors for form in forms.values())
    return render(request, "convoys/order.html", context | forms, status=422 if failed else 200)


#: What the button of each step says.
BUTTONS = {
    ConvoyOrder.Status.ACCEPTED: gettext_lazy("接受调令"),
    ConvoyOrder.Status.DECLINED: gettext_lazy("不能执行"),
    ConvoyOrder.Status.DEPARTED: gettext_lazy("出发"),
    ConvoyOrder.Status.ARRIVED: gettext_lazy("到达"),
    ConvoyOrder.Status.RETURNING: gettext_lazy("返程"),
    ConvoyOrder.Status.RETURNED: gettext_lazy("归队"),
}


def _moves(order: ConvoyOrder) -> list[tuple[str, str]]:
    """The steps that may be taken now, the natural one first."""
    return [(str(kind), str(BUTTONS[kind])) for kind in services.MOVES.get(ConvoyOrder.Status(order.status), ())]


@requires("view:field")
def order_map(request: HttpRequest, pk: int) -> JsonResponse:
    """The way, the end, the closures and the vehicles of an order."""
    found = _order(request, pk)
    features = _way(found) if found.lon is not None else []
    if found.start_lon is not None:
        start = shapely.Point(found.start_lon, found.start_lat)
        features.append(_feature(start, kind="start", name=_("出发地"), state=""))
    vehicles = [trip.vehicle for trip in found.trips.select_related("vehicle") if trip.vehicle.lon is not None]
    features += [_point(one, "vehicle", one.status) for one in vehicles if one.located_at]
    standing = Closure.objects.filter(Closure.standing(timezone.now()), lon__isnull=False)
    features += [_point(one, "closure", one.reason) for one in standing]
    return _features(features)


@require_POST
@requires("view:field")
def crew(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose which vehicles go and who drives them."""
    found = _order(request, pk)
    form = CrewForm(request.POST, order=found, user=request.user)
    if form.is_valid():
        try:
            services.set_crew(actor=request.user, order=found, crew=form.crew)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("出动车辆和驾驶员已更新。"))
            return redirect("convoys:order", pk)
    return order(request, pk, crew_form=form)


@require_POST
@requires("act:convoyorders")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call an order off."""
    found, form = _order(request, pk), CancelForm(request.POST)
    if form.is_valid():
        try:
            services.cancel_order(actor=request.user, order=found, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("调令已撤销。"))
            return redirect("convoys:order", pk)
    return order(request, pk, cancel_form=form)


@requires("view:field")
def assigned(request: HttpRequest, pk: int) -> HttpResponse:
    """The order of an assignment."""
    return redirect("convoys:order", get_object_or_404(queries.orders_for(request.user), assignment_id=pk).pk)


@requires("view:field")
def mine(request: HttpRequest) -> HttpResponse:
    """My unit's running orders with one big button each; it also records without a network."""
    may_move = request.user.may("act:orders")
    orders = [(one, _moves(one) if may_move else []) for one in queries.own_orders(request.user)]
    return render(request, "convoys/mine.html", {"orders": orders})


@require_POST
@requires("view:field")
def step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take a step: from a page, or later from what a phone kept (then the answer is JSON)."""
    found, data = _order(request, pk), request.POST
    is_queued = request.headers.get("X-Requested-With") == "fetch"
    try:
        services.take_step(
            actor=request.user, order=found, kind=kind, at=_moment(data.get("at", "")), note=data.get("note", "")[:200],
            lon=_degrees(data.get("lon", ""), 180), lat=_degrees(data.get("lat", ""), 90), key=data.get("key", "")[:40],
        )  # fmt: skip
    except (ValidationError, PermissionDenied) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        if is_queued:
            return JsonResponse({"error": text}, status=422, json_dumps_params={"ensure_ascii": False})
        messages.error(request, text)
    else:
        if is_queued:
            return JsonResponse({"ok": True})
        messages.success(request, _("已记录。"))
    back = data.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_safe else found.get_absolute_url())


def _moment(text: str) -> Any:
    """An ISO time with its zone; None where there is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _degrees(text: str, most: float) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if -most <= found <= most else None
