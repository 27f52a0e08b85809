"""The page of the reach of forest teams, its map, and where further teams gain most."""

from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.areas.rescue.forest import queries, rules
from anlan.areas.rescue.forest.forms import LEAST, MOST, ReachForm
from anlan.areas.rescue.stations.queries import counted_at
from anlan.areas.rescue.stations.views import collection, feature
from anlan.foundation.accounts.access import requires
from anlan.science.geo.covering import CoveringError
from anlan.science.geo.roads.graph import RoadError

#: Teams that a suggestion adds unless said.
SITES = 2
#: Cells that the page lists one by one.
LISTED = 300


def _asked(request: HttpRequest) -> tuple[ReachForm, queries.ForestReach | None, str]:
    """The question, its answer, and what is wrong with it."""
    asked = request.GET.dict() or {"closures": "on"}
    form = ReachForm({"speeds": counted_at(), "minutes": f"{rules.limits().minutes:g}"} | asked)
    if not form.is_valid():
        texts = [f"{form.fields[name].label}：{' '.join(found)}" for name, found in form.errors.items()]
        return form, None, " ".join(texts)
    try:
        return form, queries.reach_for(request.user, **form.question()), ""
    except RoadError:
        return form, None, _("这个位置离路网太远，请在本市范围内选点。")


@requires("view:forestcells")
def reach(request: HttpRequest) -> HttpResponse:
    """How much forest is reached in time, by farm; the gaps; what one more team would gain."""
    form, found, problem = _asked(request)
    context: dict[str, Any] = {
        "form": form, "found": found, "problem": problem, "limits": rules.MINUTES, "least": LEAST, "most": MOST,
        "query": request.GET.urlencode(), "roles": queries.Role.labels, "may_add": request.user.may("add:forestcells"),
        "among": queries.Among.choices, "listed": f":{LISTED}", "most_listed": LISTED,
    }  # fmt: skip
    if found:
        context |= {"question": form.question(), "gaps": found.gaps[: queries.GAPS], "gap_count": len(found.gaps)}
    return render(request, "forest/reach_body.html" if request.htmx else "forest/reach.html", context)


@requires("view:forestcells")
def sites(request: HttpRequest) -> HttpResponse:
    """Where further teams gain most, for the question on the page."""
    form, found, problem = _asked(request)
    suggestion = None
    if found:
        try:
            data = form.cleaned_data
            among = data["among"] or queries.Among.SEATS
            suggestion = queries.suggest(request.user, found, data["count"] or SITES, among)
        except CoveringError as error:
            problem = str(error)
    context = {"found": found, "suggestion": suggestion, "problem": problem}
    return render(request, "forest/sites.html", context)


@requires("view:forestcells")
def on_map(request: HttpRequest) -> JsonResponse:
    """The same answer for the map."""
    _form, found, problem = _asked(request)
    if found is None:
        return JsonResponse({"problem": problem or _("还没有路网。")}, status=400 if problem else 200)
    body = {
        "cells": collection(
            [
                feature(
                    shapely.Point(one.cell.lon, one.cell.lat), name=one.cell.name, minutes=one.minutes,
                    hectares=one.cell.hectares, is_key=one.cell.is_key, is_reached=one.is_reached,
                )
                for one in found.lines
            ]
        ),
        "teams": collection(
            [
                feature(shapely.Point(one.lon, one.lat), name=f"{one.name} · {one.get_forest_role_display()}")
                for one in found.teams
            ]
        ),
        "waters": collection([feature(shapely.Point(one.lon, one.lat), name=one.name) for one in found.waters]),
        "closures": collection([feature(shapely.Point(one.lon, one.lat), name=one.title) for one in found.obstacles]),
    }  # fmt: skip
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
