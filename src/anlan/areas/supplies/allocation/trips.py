"""Pages of a way-bill, at the depot's gate and at the far end: pick, check, leave, follow, sign."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.supplies.allocation import delivering, planning, queries, stops
from anlan.areas.supplies.allocation.documents import waybill_pdf
from anlan.areas.supplies.allocation.forms import ChangeForm, LoadForm, ReceiveForm
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Balance, Place
from anlan.areas.supplies.movements.queries import depots_kept
from anlan.foundation.accounts.access import requires
from anlan.foundation.documents.qr import qr_svg

Status = Waybill.Status


def _waybill(request: HttpRequest, pk: int) -> Waybill:
    rows = queries.waybills_for(request.user).prefetch_related(queries.LINES)
    return get_object_or_404(rows, pk=pk)


def address_of(request: HttpRequest, waybill: Waybill) -> str:
    """What the QR code says: the way-bill's page, wherever the installation is reached."""
    start = settings.ANLAN.public_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    return start + waybill.get_absolute_url()


@requires("view:waybills")
def waybill(request: HttpRequest, pk: int) -> HttpResponse:
    """A way-bill: what is on it, where the truck is, and the one thing to do next."""
    return _page(request, _waybill(request, pk))


def _page(request: HttpRequest, found: Waybill, *, problem: list[str] | None = None, **forms: Any) -> HttpResponse:
    user = request.user
    is_ours = depots_kept(user).filter(pk=found.depot_id).exists()
    is_loading = found.status in (Status.TO_LOAD, Status.LOADED) and is_ours
    may_plan = user.may("act:allocationplans") and user.scope.contains(found.plan.incident.area_id)
    trip = stops.of_round(found)
    waiting = [one for one in trip if one.status == Status.TO_LOAD]
    context: dict[str, Any] = {
        "waybill": found, "object": found, "lines": found.lines.all(), "problem": problem, "is_ours": is_ours,
        "load_form": _load_form(found) if is_loading else None,
        "may_depart": found.status == Status.LOADED and is_ours and not waiting,
        "may_cancel": found.status in (Status.WAITING, Status.TO_LOAD, Status.LOADED) and may_plan,
        "may_turn_back": found.status == Status.UNDER_WAY and is_ours,
        "receive_form": _receive_form(request, found), "steps": _steps(found),
        "position": queries.position_of(found) if found.status == Status.UNDER_WAY else None,
        "qr": qr_svg(address_of(request, found)), "round": trip, "waiting": waiting,
        "may_reorder": may_plan and found.status == Status.UNDER_WAY
        and sum(one.status == Status.UNDER_WAY for one in trip) > 1,
        "change_form": _change_form(request, found) if may_plan and found.status == Status.PROPOSED
        and found.plan.is_editable else None,
    }  # fmt: skip
    context |= forms
    bad = problem or any(form.errors for form in forms.values())
    return render(request, "allocation/waybill.html", context, status=422 if bad else 200)


def _steps(found: Waybill) -> list[tuple[str, Any, bool]]:
    """The way-bill's stages with when each was reached."""
    return [
        (_("已批准"), found.plan.decided_at, found.status != Status.PROPOSED),
        (_("装车核对"), found.loaded_at, found.loaded_at is not None),
        (_("发车"), found.left_at, found.left_at is not None),
        (_("签收"), found.received_at, found.received_at is not None),
    ]


def _load_form(found: Waybill, data: Any = None) -> LoadForm:
    lots = carried(found.slip, Place.RESERVED)
    rows = Balance.objects.filter(depot=found.depot_id, lot__in=lots, place=Place.DEPOT)
    initial = {f"lot-{pk}": n for pk, n in found.picked.items()}
    return LoadForm(data, lots=lots, bins=dict(rows.values_list("lot_id", "bin")), initial=initial)


def _receive_form(request: HttpRequest, found: Waybill, data: Any = None) -> ReceiveForm | None:
    if found.to_depot_id or found.status != Status.UNDER_WAY or not delivering.may_receive(request.user, found):
        return None
    return ReceiveForm(data, waybill=found, initial={"receiver": found.contact, "phone": found.contact_phone})


def _change_form(request: HttpRequest, found: Waybill, data: Any = None) -> ChangeForm:
    return ChangeForm(data, waybill=found, trucks=queries.spare_trucks(request.user, found.plan))


@requires("view:waybills")
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Check the load, leave, sign, change, cancel, turn back, reorder; a program gets JSON, with 422 for a refusal."""
    found = _waybill(request, pk)
    verbs: dict[str, Callable[[HttpRequest, Waybill], tuple[Any, dict[str, Any]]]] = {
        "load": _load, "depart": _depart, "receive": _receive, "change": _change, "cancel": _cancel,
        "turn-back": _turn_back, "reorder": _reorder,
    }  # fmt: skip
    if verb not in verbs:
        raise Http404(_("没有这种操作。"))
    is_program = request.headers.get("X-Requested-With") == "fetch"
    if verb == "receive" and is_program and found.status == Status.RECEIVED:
        # Sent twice from a telephone that lost its network between: the first one counts.
        return JsonResponse({"status": found.status})
    try:
        done, forms = verbs[verb](request, found)
        problem = None
    except ValidationError as error:
        done, forms, problem = None, {}, error.messages
    if done is not None:
        if is_program:
            return JsonResponse({"status": "done"})
        messages.success(request, done)
        return redirect(_next(found, verb))
    if is_program:
        told = problem or [text for form in forms.values() for texts in form.errors.values() for text in texts]
        return JsonResponse({"error": " ".join(told)}, status=422)
    return _page(request, _waybill(request, pk), problem=problem, **forms)


def _next(found: Waybill, verb: str) -> Waybill | AllocationPlan:
    """Where to go on: the plan after a change, the next stop to be checked after a load of a round."""
    if verb == "change":
        return found.plan
    waiting = [one for one in stops.of_round(found) if one.status == Status.TO_LOAD] if verb == "load" else []
    return waiting[0] if waiting else found


def _load(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    if found.slip is None:
        raise ValidationError(_("方案还没有批准。"))
    form = _load_form(found, request.POST)
    if not form.is_valid():
        return None, {"load_form": form}
    try:
        delivering.check_load(actor=request.user, waybill=found, picked=form.picked, reason=form.cleaned_data["reason"])
    except ValidationError as problem:
        form.show(problem)
        return None, {"load_form": form}
    waiting = sum(one.status == Status.TO_LOAD for one in stops.of_round(found))
    if waiting:
        return _("装车已核对；这一车还有 %(n)s 处要核对。") % {"n": waiting}, {}
    return _("装车已核对，可以发车。"), {}


def _depart(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    delivering.depart(actor=request.user, waybill=found)
    return _("已发车。"), {}


def _receive(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    form = ReceiveForm(request.POST, waybill=found)
    if not form.is_valid():
        return None, {"receive_form": form}
    data = form.cleaned_data
    try:
        delivering.receive(
            actor=request.user, waybill=found, received=form.received, receiver=data["receiver"], phone=data["phone"],
            how=data["how"], reason=data["reason"],
        )  # fmt: skip
    except ValidationError as problem:
        form.show(problem)
        return None, {"receive_form": form}
    return _("已签收。"), {}


def _change(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    form = _change_form(request, found, request.POST)
    if not form.is_valid():
        return None, {"change_form": form}
    planning.change_waybill(actor=request.user, waybill=found, quantities=form.quantities, truck=form.chosen)
    return _("已改动，方案已重新核对。"), {}


def _cancel(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    delivering.cancel(actor=request.user, waybill=found, reason=request.POST.get("reason", ""))
    return _("运单已取消，物资已退回库存。"), {}


def _reorder(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    stops.reorder(actor=request.user, waybill=found)
    return _("余下各处已按现在道路重新排序。"), {}


def _turn_back(request: HttpRequest, found: Waybill) -> tuple[Any, dict[str, Any]]:
    delivering.turn_back(actor=request.user, waybill=found, reason=request.POST.get("reason", ""))
    return _("已登记原车返回，物资已退回库存。"), {}


@requires("view:waybills")
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The way-bill on paper: pick list, load, and lines to sign where there is no network."""
    found = _waybill(request, pk)
    rows = list(queries.waybills_for(request.user).prefetch_related(queries.LINES)
                .filter(pk__in=[one.pk for one in stops.of_round(found)] or [found.pk]).order_by("stop"))  # fmt: skip
    body = waybill_pdf(rows, {one.pk: address_of(request, one) for one in rows})
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.round_code or found.code}.pdf"'
    return response


@requires("view:waybills")
def mine(request: HttpRequest) -> HttpResponse:
    """On the telephone: trucks to load where I keep, trucks on their way to where I am; or one by its number."""
    code = request.GET.get("code", "").strip()
    found = queries.waybills_for(request.user).filter(code__iexact=code).first() if code else None
    if found:
        return redirect(found)
    user = request.user
    context = {
        "code": code, "to_load": queries.to_load(user),
        "to_receive": queries.to_receive(user) if user.may("act:waybills.receive") else [],
    }  # fmt: skip
    return render(request, "allocation/mine.html", context, status=404 if code else 200)
