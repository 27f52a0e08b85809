"""The page of the reach of forest teams, its map, and studies of where further teams gain most."""

from typing import Any

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anlan.areas.rescue.forest import queries, rules, services
from anlan.areas.rescue.forest.forms import LEAST, MOST, ReachForm
from anlan.areas.rescue.forest.models import Among
from anlan.areas.rescue.stations.queries import counted_at
from anlan.areas.rescue.stations.views import collection, feature
from anlan.foundation.accounts.access import requires
from anlan.science.geo.roads.graph import RoadError

#: Teams that a suggestion adds unless said.
SITES = 2
#: Cells that the page lists one by one.
LISTED = 300


def _defaults() -> dict[str, str]:
    return {"speeds": counted_at(), "minutes": f"{rules.limits().minutes:g}"}


def _wrong(form: ReachForm) -> str:
    return " ".join(f"{form.fields[name].label}：{' '.join(found)}" for name, found in form.errors.items())


def _asked(request: HttpRequest) -> tuple[ReachForm, queries.ForestReach | None, str]:
    """The question, its answer, and what is wrong with it."""
    form = ReachForm(_defaults() | (request.GET.dict() or {"closures": "on"}))
    if not form.is_valid():
        return form, None, _wrong(form)
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
        "among": Among.choices, "studies": queries.studies_for(request.user), "listed": f":{LISTED}", "most_listed": LISTED,
    }  # fmt: skip
    if found:
        context |= {"question": form.question(), "gaps": found.gaps[: queries.GAPS], "gap_count": len(found.gaps)}
    return render(request, "forest/reach_body.html" if request.htmx else "forest/reach.html", context)


@requires("view:forestcells")
def sites(request: HttpRequest) -> HttpResponse:
    """Ask where further teams gain most, for the question on the page; and what was found, while it is computed, too."""
    problem = ""
    if request.method == "POST":
        problem = _ask(request)
        if not request.htmx:
            if problem:
                messages.error(request, problem)
            return redirect("forest:reach")
    context = {"studies": queries.studies_for(request.user), "problem": problem}
    return render(request, "forest/sites.html", context)


def _ask(request: HttpRequest) -> str:
    """Queue the study that a form asks for; what is wrong with it otherwise."""
    form = ReachForm(_defaults() | request.POST.dict())
    if not form.is_valid():
        return _wrong(form)
    data = form.cleaned_data
    try:
        services.start_study(
            actor=request.user, minutes=float(data["minutes"]), with_closures=data["closures"], speeds=data["speeds"],
            among=data["among"] or Among.SEATS, count=data["count"] or SITES,
        )  # fmt: skip
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


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
