"""The page of the five-minute circle, its map, and studies of sites."""

import json
from typing import Any

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.rescue.stations import queries, rules, services
from anlan.areas.rescue.stations.forms import LEAST, MOST, QuestionForm, StudyForm
from anlan.foundation.accounts.access import requires
from anlan.science.geo.roads.graph import RoadError

#: Edges beyond which the roads themselves are not drawn; the base map has them.
DRAWN_EDGES = 5000


def _asked(request: HttpRequest) -> tuple[QuestionForm, queries.Coverage | None, str]:
    """The question, its answer, and what is wrong with it."""
    asked = request.GET.dict() if request.GET else {"minutes": rules.MINUTES[1], "closures": "on"}
    form = QuestionForm({"speeds": queries.counted_at()} | asked)
    if not form.is_valid():
        return form, None, " ".join(text for texts in form.errors.values() for text in texts)
    try:
        return form, queries.coverage_for(request.user, **form.question()), ""
    except RoadError:
        return form, None, _("这个位置离路网太远，请在本市范围内选点。")


@requires("view:firestations")
def coverage(request: HttpRequest) -> HttpResponse:
    """Who is reached in time, by county; the gaps; what one more station would gain."""
    form, found, problem = _asked(request)
    context: dict[str, Any] = {
        "form": form, "found": found, "problem": problem, "limits": rules.MINUTES, "least": LEAST, "most": MOST,
        "arrival": rules.arrival(), "query": request.GET.urlencode(), "studies": queries.studies_for(request.user),
        "may_study": request.user.may("act:sitestudies"), "counted_at": queries.counted_at(),
    }  # fmt: skip
    if found:
        question = form.question()
        context |= {
            "question": question, "oversized": queries.oversized(found.stations),
            "missed": [one for one in found.key_places if not one.is_reached],
            "study_form": StudyForm(user=request.user, initial={"speeds": queries.counted_at()}),
        }  # fmt: skip
    return render(request, "stations/coverage_body.html" if request.htmx else "stations/coverage.html", context)


@requires("view:firestations")
def on_map(request: HttpRequest) -> JsonResponse:
    """The same answer for the map."""
    _form, found, problem = _asked(request)
    if found is None:
        return JsonResponse({"problem": problem or _("还没有路网。")}, status=400 if problem else 200)
    villages, times = found.villages, found.times.round(1)
    points = [
        feature(shapely.Point(place), name=name, people=int(people), is_reached=bool(time <= found.minutes),
                 minutes=float(time) if time < float("inf") else None)
        for place, name, people, time in zip(villages.places, villages.name, villages.people, times, strict=True)
    ]  # fmt: skip
    roads = found.reach.roads
    lines = roads.size <= DRAWN_EDGES
    body = {
        "reach": feature(shapely.set_precision(found.reach.ground(found.minutes), 1e-6)),
        "villages": collection(points),
        "stations": collection([feature(shapely.Point(s.lon, s.lat), name=s.name) for s in found.stations]),
        "closures": collection([feature(shapely.Point(o.lon, o.lat), name=o.title) for o in found.obstacles]),
        "missed": collection(
            [feature(shapely.Point(k.lon, k.lat), name=k.title) for k in found.key_places if not k.is_reached]
        ),
        "roads": collection(
            [
                feature(shapely.LineString(roads.vertices[a:b]), is_closed=bool(cost == float("inf")))
                for a, b, cost in zip(roads.first_vertex, roads.first_vertex[1:], found.reach.seconds, strict=False)
            ]
            if lines
            else []
        ),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    """A shape with its properties as GeoJSON."""
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as a collection."""
    return {"type": "FeatureCollection", "features": features}


@require_POST
@requires("act:sitestudies")
def study(request: HttpRequest) -> HttpResponse:
    """Ask where further stations gain most."""
    form = StudyForm({"speeds": queries.counted_at()} | request.POST.dict(), user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return redirect("stations:coverage")
    data = form.cleaned_data
    try:
        services.start_study(
            actor=request.user, area=data["area"], count=data["count"], minutes=float(data["minutes"]),
            with_closures=data["closures"], speeds=data["speeds"],
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("选址测算已开始，算完后列在本页。"))
    return redirect("stations:coverage")
