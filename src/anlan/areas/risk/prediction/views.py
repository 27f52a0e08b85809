"""Pages of runs: what models there are, asking for a run, its zones on the map, runs side by side."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.risk.monitoring.models import Latest
from anlan.areas.risk.prediction import inputs, leaks, proposing, queries, roads, rules, scoring, services
from anlan.areas.risk.prediction.exporting import as_geojson, as_kml, as_official
from anlan.areas.risk.prediction.models import MOST_MEMBERS, Run
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.jobs.models import Job
from anlan.foundation.places.residents import population_notes
from anlan.science.hazards.catalogue import Hazard, hazards
from anlan.science.hazards.declaring import ScenarioError, read

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Formats that a run may be taken along in.
EXPORTS = (("pdf", "PDF"), ("docx", "DOCX"), ("geojson", "GeoJSON"), ("kml", "KML"))
#: Inputs that a re-estimation changes.
REFITTED = ("source.factor", "weather.wind_from_deg")
#: Members that the form offers.
MEMBERS = (0, 50, 200, 1000)


@requires("view:predictions")
def overview(request: HttpRequest) -> HttpResponse:
    """The models, and the runs of the own areas."""
    rows = queries.runs_for(request.user)
    if code := request.GET.get("hazard", ""):
        rows = rows.filter(hazard=code)
    incident = _incident(request.user, request.GET.get("incident", ""))
    codes = rules.models_for(incident.kind_id, list(hazards())) if incident else list(hazards())
    context = {
        "models": [hazards()[one] for one in codes],
        "page": Paginator(rows, 20).get_page(request.GET.get("page")),
        "incident": incident,
        "chosen": code,
        "may_add": request.user.may("add:predictions"),
    }
    return render(request, "prediction/list.html", context)


def _incident(user: User, key: str) -> Incident | None:
    return incidents_for(user).filter(pk=key).first() if key.isdigit() else None


@requires("add:predictions")
def new(request: HttpRequest, hazard: str) -> HttpResponse:
    """Ask for a run: filled from an incident, from a run to be changed, or from what is known at a place."""
    model = hazards().get(hazard)
    if model is None:
        raise Http404(_("没有这个模型。"))
    if request.method == "POST":
        return _asked(request, model)
    incident = _incident(request.user, request.GET.get("incident", ""))
    before = request.GET.get("based_on", "")
    based_on = queries.runs_for(request.user).filter(pk=before).first() if before.isdigit() else None
    if based_on is not None:
        given = {"lon": based_on.lon, "lat": based_on.lat, "title": based_on.title, "members": based_on.members}
        return _form(request, model, given, based_on.inputs, based_on.sources, based_on.incident, based_on)
    lon, lat = _number(request.GET.get("lon")), _number(request.GET.get("lat"))
    if incident is not None and lon is None:
        lon, lat = incident.lon, incident.lat
    leak = leaks.leak_at(request.user, lon, lat, request.GET.get("pipe", "")) if hazard == leaks.CODE else None
    if leak is not None and leak.chosen is not None and lon is None:
        lon, lat = leak.chosen.lon, leak.chosen.lat
    known = queries.known_at(lon, lat) if lon is not None and lat is not None else queries.Known({}, {}, lon, lat)
    filled, sources = proposing.propose(model, known, leak)
    here = (known.lon, known.lat)
    if hazard == leaks.CODE:  # a leak is where its pipe is, not where the next store of chemicals is
        here = (leak.chosen.lon, leak.chosen.lat) if leak is not None and leak.chosen is not None else (lon, lat)
    given = {"lon": here[0], "lat": here[1], "title": "", "members": 0}
    return _form(request, model, given, filled, sources, incident, None, readings=known.readings, leak=leak)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _form(
    request: HttpRequest,
    model: Hazard,
    given: Mapping[str, Any],
    filled: Mapping[str, Any],
    sources: Mapping[str, str],
    incident: Incident | None,
    based_on: Run | None,
    problems: Mapping[str, str] | None = None,
    readings: Sequence[Latest] = (),
    leak: leaks.Leak | None = None,
) -> HttpResponse:
    context = {
        "leak": leak,
        "asks_register": model.code == leaks.CODE and request.user.may("view:gaspipes"),
        "model": model,
        "readings": readings,
        "given": given,
        "parts": inputs.form(model.scenario, filled, problems, sources),
        "incident": incident,
        "based_on": based_on,
        "problems": problems,
        "member_choices": sorted({*MEMBERS, int(given["members"] or 0)}),
        "most_members": MOST_MEMBERS,
    }
    return render(request, "prediction/form.html", context, status=400 if problems else 200)


def _asked(request: HttpRequest, model: Hazard) -> HttpResponse:
    data = request.POST
    filled = inputs.posted(model.scenario, data)
    incident = _incident(request.user, data.get("incident", ""))
    key = data.get("based_on", "")
    based_on = queries.runs_for(request.user).filter(pk=key).first() if key.isdigit() else None
    sources = _still_true(model, filled, data)
    given = {name: data.get(name, "") for name in ("lon", "lat", "title")}
    members = data.get("members", "0")
    given["members"] = int(members) if members.isdigit() else 0
    lon, lat = _number(given["lon"]), _number(given["lat"])
    if lon is None or lat is None:
        problems = {"lon": _("请在地图上选取位置，或填写经纬度。")} | _wrong(model, filled)
        return _form(request, model, given, filled, sources, incident, based_on, problems)
    try:
        run = services.start_run(
            actor=request.user, hazard=model.code, inputs=filled, lon=lon, lat=lat, title=given["title"].strip(),
            members=given["members"], incident=incident, based_on=based_on, sources=sources,
            is_exercise=data.get("is_exercise") == "on",
        )  # fmt: skip
    except ScenarioError as error:
        return _form(request, model, given, filled, sources, incident, based_on, error.problems)
    except ValidationError as error:
        problems = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        return _form(request, model, given, filled, sources, incident, based_on, problems)
    return redirect("prediction:run", run.pk)


def _wrong(model: Hazard, filled: Mapping[str, Any]) -> Mapping[str, str]:
    """All that the model does not take, so that it is told together with a missing place."""
    try:
        read(model.scenario, filled)
    except ScenarioError as error:
        return error.problems
    return {}


def _still_true(model: Hazard, filled: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, str]:
    """The sources of those proposed values that nobody changed."""
    now = inputs.flat(filled)
    found = {}
    for name, text in data.items():
        path = name.removeprefix("source-of-")
        if path != name and data.get(f"proposed-{path}") == str(now.get(path)):
            found[path] = text[:300]
    return found


@requires("view:predictions")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: how far it is, then its zones, people, advice and figures."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk)
    context: dict[str, Any] = {"run": one, "is_exercise": one.is_exercise}
    if not one.is_over:
        context["job"] = Job.objects.filter(owner=one.asked_by, title=one.title).first()
    elif one.status == Run.Status.DONE:
        villages = one.people.get("villages", [])
        context |= {
            "advice": rules.advise(one.hazard, one.zones),
            "inside": queries.things_inside(request.user, one),
            "villages": villages[:100],
            "notes_of_people": population_notes([village["code"] for village in villages]),
            "roads": roads.picture(one),
            "closings": leaks.ways_of(one, request.user),
            "leaking": leaks.pipe_of(one, request.user),
            "grade": queries.potential_grade(one),
            "levels": sorted(one.people.get("levels", {}).items(), reverse=True),
            "whole": sorted(
                (z["properties"] for z in rules.whole(one.zones)), key=lambda p: (-p["severity"], p["reach_m"])
            ),
            "measurements": one.measurements.select_related("entered_by"),
            "is_scored": one.model is not None and one.model.reestimate is not None,
            "variants": queries.runs_for(request.user).filter(based_on=one)[:10],
            "may_accept": request.user.may("act:predictions.accept") and request.user.scope.contains(one.area_id),
            "may_add": request.user.may("add:predictions"),
            "may_close": request.user.may("add:closures") and request.user.scope.contains(one.area_id),
            "may_export": request.user.may("export:predictions"),
        }
    context["given"] = [
        (inputs.shown(one.model and one.model.scenario, path, value), one.sources.get(path, ""))
        for path, value in inputs.flat(one.inputs).items()
        if value not in ("", None)
    ]
    context["exports"] = EXPORTS
    name = "prediction/run_body.html" if request.htmx else "prediction/run.html"
    return render(request, name, context)


@requires("view:predictions")
def zones(request: HttpRequest, pk: int) -> JsonResponse:
    """The zones for the map, the roads that they cut, and where forces gather."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk)
    times = sorted(
        {z["properties"]["at_s"] for z in one.zones.get("features", ()) if z["properties"]["at_s"] is not None}
    )
    shares = sorted(
        {z["properties"]["probability"] for z in one.zones.get("features", ()) if z["properties"]["probability"]}
    )
    seen = roads.picture(one) if one.status == Run.Status.DONE else None
    body = {
        "zones": one.zones, "origin": [one.lon, one.lat], "times": times, "shares": shares,
        "gathering": [vars(point) for point in seen.gathering] if seen else [],
        "roads": {"type": "FeatureCollection", "features": seen.features if seen else ()},
        "entries": [vars(entry) | {"title": entry.title} for entry in seen.entries] if seen else [],
        "wind_from": rules.wind_from(one.inputs),
        "drawn": {"type": "FeatureCollection", "features": queries.drawn_inputs(one) if seen else ()},
    }  # fmt: skip
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@requires("view:predictions")
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """How the run agrees with what was measured; an open page asks again while readings come."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk, status=Run.Status.DONE)
    found = scoring.score(one, request.user)
    context = {"run": one, "score": found, "may_add": request.user.may("add:predictions"), "now": timezone.now()}
    return render(request, "prediction/score.html", context)


@require_POST
@requires("act:predictions.accept")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one's name to a run."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk)
    try:
        services.accept_run(actor=request.user, run=one, opinion=request.POST.get("opinion", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已采纳，并记入事件时间线。") if one.incident_id else _("已采纳。"))
    return redirect("prediction:run", pk)


@require_POST
@requires("add:closures")
def close_roads(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a closure at every entry; whoever keeps closures confirms them."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk, status=Run.Status.DONE)
    count = services.propose_closures(actor=request.user, run=one)
    if count:
        messages.success(request, _("已提出 %(count)s 处封控建议，由有权的人确认后才封闭道路。") % {"count": count})
    else:
        messages.info(request, _("没有新的封控建议：这些位置已经提出过，或不在您的管辖范围内。"))
    return redirect("prediction:run", pk)


@require_POST
@requires("add:predictions")
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was measured at a place."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk)
    data = request.POST
    lon, lat, value = (_number(data.get(name)) for name in ("lon", "lat", "value"))
    if lon is None or lat is None or value is None or not data.get("source", "").strip():
        messages.error(request, _("请填写实测的位置、数值和来源。"))
        return redirect("prediction:run", pk)
    try:
        services.add_measurement(
            actor=request.user, run=one, lon=lon, lat=lat, value=value, unit=data.get("unit", "")[:12],
            source=data["source"], at_s=_number(data.get("at_s")),
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("prediction:run", pk)


@require_POST
@requires("add:predictions")
def refit(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute anew with what explains the measurements best."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk, status=Run.Status.DONE)
    found = scoring.score(one, request.user)
    if found is None or found.found is None:
        messages.error(request, found.problem if found else _("没有可以反算的实测。"))
        return redirect("prediction:run", pk)
    again = services.start_run(
        actor=request.user, hazard=one.hazard, inputs=found.inputs, lon=one.lon, lat=one.lat,
        title=_("%(title)s（按实测反算）") % {"title": one.title}, members=one.members, incident=one.incident,
        based_on=one, sources=one.sources | dict.fromkeys(REFITTED, found.basis), is_exercise=one.is_exercise,
    )  # fmt: skip
    return redirect("prediction:run", again.pk)


@requires("view:predictions")
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four runs of one model side by side."""
    keys = [key for key in request.GET.getlist("run") if key.isdigit()][:4]
    found = {one.pk: one for one in queries.runs_for(request.user).filter(pk__in=keys, status=Run.Status.DONE)}
    rows = [found[int(key)] for key in dict.fromkeys(keys) if int(key) in found]
    if len(rows) < 2 or len({one.hazard for one in rows}) > 1:
        messages.error(request, _("请选择同一模型的两次到四次已完成的推演。"))
        return redirect("prediction:list")
    return render(request, "prediction/compare.html", {"runs": rows, **queries.compared(rows)})


@requires("export:predictions")
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The run as GeoJSON, KML, PDF or DOCX."""
    one = get_object_or_404(queries.runs_for(request.user), pk=pk, status=Run.Status.DONE)
    if kind == "geojson":
        response: HttpResponse = JsonResponse(
            as_geojson(one), content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
        )
    elif kind == "kml":
        response = HttpResponse(as_kml(one), content_type="application/vnd.google-earth.kml+xml")
    elif kind == "pdf":
        response = HttpResponse(as_pdf(as_official(one)), content_type="application/pdf")
    elif kind == "docx":
        response = HttpResponse(as_docx(as_official(one)), content_type=WORD)
    else:
        raise Http404(_("没有这种格式。"))
    audit.record(actor=request.user, action="predictions.export", subject=one, details={"kind": kind})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(one.title)}.{kind}"
    return response
