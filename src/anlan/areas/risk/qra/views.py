"""Pages of risk studies: what there is, choosing scenarios, a study with contours, F-N curve and targets."""

from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anlan.areas.risk.qra import queries, services
from anlan.areas.risk.qra.computing import assumptions
from anlan.areas.risk.qra.exporting import as_geojson, as_official, ground, parts, power
from anlan.areas.risk.qra.models import RiskStudy
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.jobs.models import Job

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXPORTS = (("pdf", "PDF"), ("docx", "DOCX"), ("geojson", "GeoJSON"))
#: Names in the rules as they are installed and in what scenarios were made from: so that they have their English.
NAMES = (
    gettext_noop("高敏感、重要、一般一类"), gettext_noop("一般二类"), gettext_noop("一般三类"),
    gettext_noop("压力储罐：瞬时全部泄漏"), gettext_noop("压力储罐：10分钟内连续泄漏全部"), gettext_noop("压力储罐：10毫米孔连续泄漏"),
    gettext_noop("常压单防罐：瞬时全部泄漏到大气"), gettext_noop("常压单防罐：10分钟内连续泄漏全部"), gettext_noop("储罐数"),
    gettext_noop("天气份额"), gettext_noop("立即点火"), gettext_noop("延迟点火"), gettext_noop("火球份额"), gettext_noop("爆炸份额"),
)  # fmt: skip


@requires("view:riskstudies")
def overview(request: HttpRequest) -> HttpResponse:
    """The studies of the own areas."""
    rows = queries.studies_for(request.user)
    context = {
        "page": Paginator(rows, 20).get_page(request.GET.get("page")),
        "may_study": request.user.may("act:riskstudies"),
    }
    return render(request, "qra/list.html", context)


@requires("act:riskstudies")
def new(request: HttpRequest) -> HttpResponse:
    """Choose hazard sources and runs, then ask for the study."""
    if request.method == "POST":
        return _asked(request)
    return _form(request, {})


def _form(request: HttpRequest, data: Any, problems: list[str] | None = None) -> HttpResponse:
    sources = queries.sources_for(request.user)
    enterprises = list(sources.values_list("enterprise_id", "enterprise__name").distinct().order_by("enterprise__name"))
    chosen = request.GET.get("enterprise", "")
    if chosen.isdecimal():
        sources = sources.filter(enterprise_id=chosen)
    picked = set(data.getlist("source")) | set(data.getlist("run")) if data else set()
    if chosen.isdecimal() and not data:
        picked = {f"s{one.pk}" for one in sources}
    in_force = queries.rules_in_force()
    context = {
        "sources": [
            (one, f"s{one.pk}" in picked, data.get(f"tanks-{one.pk}", "1") if data else "1")
            for one in sources[: queries.OFFERED]
        ],
        "runs": [
            {
                "run": one, "is_on": f"r{one.pk}" in picked,
                **{name: data.get(f"{name}-{one.pk}", "") if data else "" for name in ("release", "times", "reason")},
            }
            for one in queries.runs_offered(request.user)[: queries.OFFERED]
        ],
        "releases": in_force["risk.release_frequencies"]["params"]["releases"],
        "frequencies": in_force["risk.release_frequencies"],
        "enterprises": enterprises, "chosen": int(chosen) if chosen.isdecimal() else None, "problems": problems,
        "title": data.get("title", "") if data else "", "is_new": bool(data and data.get("is_new")),
        "unchecked": [one for one in in_force.values() if one["status"] != "checked"],
    }  # fmt: skip
    return render(request, "qra/form.html", context, status=422 if problems else 200)


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text) if text.strip() else otherwise
    except ValueError:
        return 0.0


def _asked(request: HttpRequest) -> HttpResponse:
    data = request.POST
    keys = {kind: [key[1:] for key in data.getlist(name) if key[1:].isdecimal()] for kind, name in
            (("s", "source"), ("r", "run"))}  # fmt: skip
    sources = list(queries.sources_for(request.user).filter(pk__in=keys["s"]))
    runs = list(queries.runs_offered(request.user).filter(pk__in=keys["r"]))
    try:
        made = services.start_study(
            actor=request.user, title=data.get("title", ""), is_new=data.get("is_new") == "on",
            is_exercise=data.get("is_exercise") == "on",
            sources=[(one, int(_number(data.get(f"tanks-{one.pk}", ""), 1))) for one in sources],
            runs=[
                (one, data.get(f"release-{one.pk}", ""), _number(data.get(f"times-{one.pk}", ""), 1),
                 data.get(f"reason-{one.pk}", ""))
                for one in runs
            ],
        )  # fmt: skip
    except ValidationError as error:
        return _form(request, data, error.messages)
    return redirect("qra:study", made.pk)


def _study(request: HttpRequest, pk: int) -> RiskStudy:
    return get_object_or_404(queries.studies_for(request.user), pk=pk)


@requires("view:riskstudies")
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """A study: how far it is, then contours, curve, targets, scenarios, assumptions."""
    one = _study(request, pk)
    context: dict[str, Any] = {"study": one, "is_exercise": one.is_exercise, "exports": EXPORTS}
    if not one.is_over:
        context["job"] = Job.objects.filter(owner=one.asked_by, title=one.title).order_by("-pk").first()
    elif one.status == RiskStudy.Status.DONE:
        criteria = one.rules["risk.individual_criteria"]["params"]
        told = {row["title"]: row for row in one.findings["scenarios"]}
        context |= {
            "targets": [row | {"words": power(row["risk"]), "limit_words": power(row["limit"])}
                        for row in one.findings["targets"][:100]],
            "levels": [row | {"words": power(row["per_year"]), "area": ground(row["area_km2"]), "classes": _classes(criteria, row["per_year"], one.is_new)}
                       for row in one.findings["levels"]],
            "highest": power(one.findings["highest"]), "loss": power(one.loss_of_life or 0.0),
            "scenarios": [row | {"words": power(row["per_year"]), "found": told.get(row["title"]), "parts": parts(row["basis"])}
                          for row in one.scenarios],
            "assumptions": assumptions(one.rules, one.findings), "notes_of_people": queries.notes_of_people(one),
            "missing": queries.registers_missing(one),
            "curve": {"points": one.findings["curve"], "lines": one.rules["risk.societal_criteria"]["params"]},
            "worst": _worst(one), "most": _most(one),
            "may_export": request.user.may("export:riskstudies"),
        }  # fmt: skip
    return render(request, "qra/study_body.html" if request.htmx else "qra/study.html", context)


def _worst(one: RiskStudy) -> dict[str, Any] | None:
    """Where the F-N curve stands worst: deaths, frequency, how many times the line of what is not acceptable."""
    lines, points = one.rules["risk.societal_criteria"]["params"], one.findings["curve"]
    if not points:
        return None
    deaths, often = max(points, key=lambda point: point[0] * point[1])
    times = deaths * often / lines["unacceptable_fn"]
    return {
        "deaths": deaths, "often": power(often), "times": power(times) if times < 0.01 else f"{times:.2g}",
        "most": lines["most_deaths"], "is_beyond": points[-1][0] > lines["most_deaths"],
    }  # fmt: skip


def _most(one: RiskStudy) -> dict[str, Any] | None:
    """The scenario that contributes most to the loss of life, with its share in per cent."""
    found = max(one.findings["scenarios"], key=lambda row: row["loss_of_life"], default=None)
    if not found or not one.loss_of_life:
        return None
    return {"title": found["title"], "share": round(100.0 * found["loss_of_life"] / one.loss_of_life)}


def _classes(criteria: dict[str, Any], per_year: float, is_new: bool) -> list[str]:
    """The classes of protected targets whose criterion a contour is."""
    return [one["name"] for one in criteria["classes"] if one["new" if is_new else "existing"] == per_year]


@requires("view:riskstudies")
def contours(request: HttpRequest, pk: int) -> JsonResponse:
    """Contours, targets and sources for the map."""
    one = _study(request, pk)
    body = {
        "contours": one.contours or {"type": "FeatureCollection", "features": []},
        "targets": one.findings.get("targets", [])[:300],
        "sources": sorted({(row["lon"], row["lat"]) for row in one.scenarios}),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@requires("export:riskstudies")
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The study as PDF, DOCX or GeoJSON."""
    one = _study(request, pk)
    if one.status != RiskStudy.Status.DONE:
        raise Http404(_("还没有算完。"))
    if kind == "geojson":
        response: HttpResponse = JsonResponse(
            as_geojson(one), content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
        )
    elif kind == "pdf":
        response = HttpResponse(as_pdf(as_official(one)), content_type="application/pdf")
    elif kind == "docx":
        response = HttpResponse(as_docx(as_official(one)), content_type=WORD)
    else:
        raise Http404(_("没有这种格式。"))
    audit.record(actor=request.user, action="riskstudies.export", subject=one, details={"kind": kind})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(one.title)}.{kind}"
    return response
