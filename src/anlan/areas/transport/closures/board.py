"""The wall of road states, a closure's own page, and the phone page that reports a block."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.transport.closures import queries, queueing, services
from anlan.areas.transport.closures.forms import PlantForm, ProgressForm, QueueForm, ReopenForm, ReportForm
from anlan.areas.transport.closures.models import Closure
from anlan.foundation.accounts.access import requires
from anlan.foundation.roads.queries import current_network, roads_of


@requires("view:closures")
def wall(request: HttpRequest) -> HttpResponse:
    """Closed, limited, slow; what is due first on top."""
    found = queries.wall_for(request.user)
    cards = [*found.closed, *found.limited, *found.slow]
    context = {
        "wall": found, "network": current_network(), "may_report": request.user.may("act:closures.report"),
        "marks": {
            "closures": [_mark(card.closure) for card in cards],
            "cut_off": _cut_off_marks(found.isolation), "line": [], "posts": [], "ends": [], "roads": _road_lines(),
        },
    }  # fmt: skip
    return render(request, "closures/wall_body.html" if request.htmx else "closures/wall.html", context)


def _mark(closure: Closure) -> list[Any]:
    return [closure.lon, closure.lat, str(closure), closure.state]


#: Edges beyond which the roads themselves are not drawn; the base map has them.
DRAWN_EDGES = 5000


def _road_lines() -> list[list[list[float]]]:
    """The network as lines, where it is small enough to be sent along."""
    network = current_network()
    roads = roads_of(network) if network else None
    if roads is None or roads.size > DRAWN_EDGES:
        return []
    vertices = roads.vertices.round(5)
    return [
        vertices[low:high].tolist() for low, high in zip(roads.first_vertex[:-1], roads.first_vertex[1:], strict=True)
    ]


def _cut_off_marks(isolation: Any) -> list[list[Any]]:
    return [[one.lon, one.lat, one.name] for one in isolation.cut_off] if isolation else []


@requires("view:closures")
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """A closure: its clock, who is cut off, what is done, the queue behind it, and how it is opened again."""
    return _shown(request, get_object_or_404(queries.closures_for(request.user), pk=pk))


def _shown(request: HttpRequest, record: Closure, **bound: Any) -> HttpResponse:
    user = request.user
    is_standing = record.status == Closure.Status.CONFIRMED and record.reopened_at is None
    may_act, may_report = user.may("act:closures"), user.may("act:closures.report")
    inside = user.scope.contains(record.area_id) and is_standing
    isolation = queries.isolation_by(user, record)
    estimate = record.estimates.select_related("made_by").first()
    context = {
        "record": record, "object": record, "clock": queries.clock_of(record), "isolation": isolation,
        "entries": queries.entries_of(record), "estimate": estimate, "inputs": queueing.inputs_of(estimate) if estimate else [], "posts": queueing.POSTS,
        "may_report": may_report and inside, "may_act": may_act and inside,
        "may_decide": may_act and user.scope.contains(record.area_id), "network": current_network(),
        "progress": bound.get("progress") or ProgressForm(), "reopen": bound.get("reopen") or ReopenForm(),
        "may_see_files": user.may("view:attachments"), "may_change": user.may("change:closures") and user.scope.contains(record.area_id),
        "marks": {
            "closures": [_mark(record)], "cut_off": _cut_off_marks(isolation), "roads": _road_lines(),
            "line": estimate.result["line"] if estimate else [],
            "ends": [[*one["place"], one["minutes"]] for one in estimate.result["ends"] if not one["is_beyond"]] if estimate else [],
            "posts": [[*one["place"], str(queueing.POSTS[one["kind"]])] for one in estimate.result["posts"]]
            if estimate else [],
        },
    }  # fmt: skip
    if context["may_act"]:
        context["plant"] = bound.get("plant") or PlantForm(user=user, closure=record)
    if context["may_report"] and (offered := queueing.proposal(record)):
        inputs, sources, sides = offered
        context["queue"] = bound.get("queue") or QueueForm(sides=sides, initial=estimate.inputs if estimate else inputs)
        context["proposed"] = [(str(context["queue"].fields[name].label), sources[name]) for name in sources]
    return render(request, "closures/closure.html", context, status=422 if bound else 200)


@require_POST
@requires("view:closures")
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Progress, plant, a queue estimate, telling of it, or the reopening."""
    record = get_object_or_404(queries.closures_for(request.user), pk=pk)
    work = _ACTS.get(verb)
    if work is None:
        raise Http404(_("没有这种操作。"))
    return work(request, record)


def _progress(request: HttpRequest, record: Closure) -> HttpResponse:
    form = ProgressForm(request.POST, request.FILES)
    return _with(request, record, "progress", form, services.add_progress, _("已记录。"))


def _plant(request: HttpRequest, record: Closure) -> HttpResponse:
    form = PlantForm(request.POST, user=request.user, closure=record)
    return _with(
        request, record, "plant", form, services.request_plant, _("已提出需求，可在需求页指派队伍和机械。"),
        incident=None,
    )  # fmt: skip


def _reopen(request: HttpRequest, record: Closure) -> HttpResponse:
    form = ReopenForm(request.POST, request.FILES)

    def reopen(*, closure: Closure, **values: Any) -> Closure:
        return services.reopen_road(record=closure, **values)

    return _with(request, record, "reopen", form, reopen, _("已恢复通行，抢通时限停表。"))


def _estimate(request: HttpRequest, record: Closure) -> HttpResponse:
    offered = queueing.proposal(record)
    if offered is None:
        messages.error(request, _("还没有路网，无法沿道路推算排队。"))
        return redirect(record)
    form = QueueForm(request.POST, sides=offered[2])
    return _with(request, record, "queue", form, queueing.estimate_queue, _("已测算。核对后通知。"))


def _tell(request: HttpRequest, record: Closure) -> HttpResponse:
    estimate = get_object_or_404(record.estimates, pk=request.POST.get("estimate") or 0)
    try:
        count = queueing.tell_queue(actor=request.user, estimate=estimate)
    except ValidationError as problem:
        messages.error(request, "；".join(problem.messages))
    else:
        messages.success(request, _("已通知 %(n)s 个岗位。") % {"n": count})
    return redirect(record)


_ACTS = {"progress": _progress, "plant": _plant, "reopen": _reopen, "estimate": _estimate, "tell": _tell}


def _with(
    request: HttpRequest, record: Closure, name: str, form: Any, service: Any, done: str, **fixed: Any
) -> HttpResponse:
    """Run a service with a form; a refusal is shown in the form."""
    if form.is_valid():
        try:
            service(actor=request.user, closure=record, **(fixed | form.cleaned_data))
        except ValidationError as problem:
            form.show(problem)
            record.refresh_from_db()
        else:
            messages.success(request, done)
            return redirect(record)
    return _shown(request, record, **{name: form})


@requires("act:closures.report")
def field(request: HttpRequest) -> HttpResponse:
    """The phone page that reports a block, also without a network."""
    return render(request, "closures/field.html", {"form": ReportForm()})


@require_POST
@requires("act:closures.report")
def report(request: HttpRequest) -> JsonResponse:
    """What a phone reports; the same key counts once, refusals are 4xx with a reason."""
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        words = "；".join(
            f"{form.fields[name].label or name}：{' '.join(found)}" for name, found in form.errors.items()
        )
        return JsonResponse({"error": words}, status=422)
    values = form.cleaned_data
    try:
        made, is_new = services.report_block(
            actor=request.user, area_code=queries.county_at(request.user, values["lon"], values["lat"]), **values
        )
    except PermissionDenied as error:
        return JsonResponse({"error": str(error)}, status=403)
    except ValidationError as error:
        return JsonResponse({"error": "；".join(error.messages)}, status=422)
    return JsonResponse({"closure": made.pk, "code": made.code, "is_new": is_new})
