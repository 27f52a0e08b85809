"""The page of routes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.areas.transport.closures.forms import RouteForm
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.routing import find_ways
from anlan.foundation.accounts.access import requires
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.roads.queries import current_network
from anlan.science.geo.roads.graph import RoadError
from anlan.science.geo.roads.search import Route


@requires("view:closures")
def routes(request: HttpRequest) -> HttpResponse:
    """The map on which two clicks ask for a way."""
    standing = (
        ledger("closures")
        .rows(request.user)
        .filter(reopened_at=None, status=Closure.Status.CONFIRMED, lon__isnull=False)
    )
    marks = [[row.lon, row.lat, str(row)] for row in standing]
    return render(
        request, "closures/routes.html", {"form": RouteForm(), "network": current_network(), "closures": marks}
    )


@requires("view:closures")
def find(request: HttpRequest) -> JsonResponse:
    """Both ways as lines with their time and length, or why there is no answer."""
    form = RouteForm(request.GET)
    if not form.is_valid():
        texts = [f"{form.fields[name].label}：{' '.join(found)}" for name, found in form.errors.items()]
        return JsonResponse({"problem": " ".join(texts)}, status=400)
    data = form.cleaned_data
    try:
        ways = find_ways(
            (data["from_lon"], data["from_lat"]), (data["to_lon"], data["to_lat"]), form.vehicle(), data["depart_at"]
        )
    except RoadError:
        return JsonResponse({"problem": _("起点或终点离路网太远，请在本市范围内选点。")}, status=400)
    if ways is None:
        return JsonResponse({"problem": _("还没有路网。")}, status=400)
    return JsonResponse(
        {
            "now": _as_json(ways.now),
            "if_all_open": _as_json(ways.if_all_open),
            "off_road_m": [round(metres) for metres in ways.off_road_m],
            "is_synthetic": ways.network.is_synthetic,
            "is_now": data["depart_at"] is None,
            "speeds": ways.speeds.words_for_route,
        }
    )


def _as_json(way: Route | None) -> dict[str, Any] | None:
    if way is None:
        return None
    line = {"type": "LineString", "coordinates": way.line.round(6).tolist()}
    return {"minutes": round(way.time_s / 60, 1), "km": round(way.length_m / 1000, 1), "line": line}
