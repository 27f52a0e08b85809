"""The network on the map, what does not join, and what to close if it leaks here."""

import time
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from anlan.areas.risk.gas import queries, topology
from anlan.areas.risk.gas.models import GasPipe, GasPoint
from anlan.areas.risk.gas.network import Way, counted, ways
from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.layers import geometry
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule

#: Findings of one kind that the page lists; the page says how many more there are.
LISTED = 50


def _place(request: HttpRequest) -> tuple[float, float] | None:
    """The place that the address names."""
    try:
        lon, lat = float(request.GET["lon"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 < lat < 90 else None


def _incident(request: HttpRequest) -> Any:
    key = request.GET.get("incident", "")
    return incidents_for(request.user).filter(pk=key).first() if key.isdigit() else None


@requires("view:gaspipes")
def network(request: HttpRequest) -> HttpResponse:
    """The map with what is known of valves; at a place, the pipes near it."""
    net = queries.net_for(request.user)
    place, incident = _place(request), _incident(request)
    if place is None and incident is not None and incident.lon is not None:
        place = (incident.lon, incident.lat)
    findings = topology.check(net)
    context = {
        "net": net,
        "km": queries.kilometres(net.pipes),
        "valves": queries.valves_of(net.points),
        "customers": counted(net.users()),
        "findings": len(findings),
        "place": place,
        "incident": incident,
        "near": queries.pipes_near(request.user, *place) if place else [],
        "nearby": rule("gas.nearby"),
        "newest": max((part.updated_at for part in (*net.pipes, *net.points)), default=None),
        "may_import": ledger("gaspipes").may(request.user, "import"),
    }
    return render(request, "gas/network.html", context)


@requires("view:gaspipes")
def on_map(request: HttpRequest) -> JsonResponse:
    """The network as GeoJSON."""
    net = queries.net_for(request.user)
    pipes = [
        _feature(geometry(0, 0, one.line), one, grade=one.grade, grade_label=one.get_grade_display())
        for one in net.pipes
    ]
    points = [
        _feature(geometry(one.lon, one.lat), one, state=one.state, kind_label=one.get_kind_display())
        for one in net.points
        if one.lon is not None
    ]
    return _json({"pipes": _collection(pipes), "points": _collection(points)})


def _feature(shape: dict, one: GasPipe | GasPoint, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": one.pk,
        "geometry": shape,
        "properties": {"pk": one.pk, "label": one.label, **more},
    }


def _collection(features: list[dict]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _json(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@requires("view:gaspipes")
def check(request: HttpRequest) -> HttpResponse:
    """What does not join, each with the record to mend."""
    net = queries.net_for(request.user)
    found = topology.check(net)
    groups = []
    for kind, rows in groupby(found, key=lambda one: one.kind):
        listed = list(rows)
        groups.append((topology.KINDS[kind], listed[:LISTED], len(listed)))
    for _title, rows, _count in groups:
        for one in rows:
            one.part.url = ledger("gaspipes" if isinstance(one.part, GasPipe) else "gaspoints").url_of(one.part)
    return render(request, "gas/check.html", {"groups": groups, "count": len(found), "net": net})


@requires("view:gaspipes")
def leak(request: HttpRequest, pk: int) -> HttpResponse:
    """If it leaks here: the valves to close, how long it takes, who loses gas, what is left in the pipes."""
    pipe = get_object_or_404(ledger("gaspipes").rows(request.user), pk=pk)
    context = _answered(request, pipe) | {
        "pipe": pipe,
        "incident": _incident(request),
        "may_predict": request.user.may("add:predictions"),
        "may_turn": request.user.may("act:gaspoints"),
    }
    return render(request, "gas/leak.html", context)


@requires("view:gaspipes")
def leak_json(request: HttpRequest, pk: int) -> JsonResponse:
    """The same for programs and for the map."""
    pipe = get_object_or_404(ledger("gaspipes").rows(request.user), pk=pk)
    found = _answered(request, pipe)
    near = found["near"]
    return _json(
        {
            "pipe": {"id": pipe.pk, "code": pipe.code, "name": pipe.name, "updated_at": pipe.updated_at.isoformat()},
            "place": [near.lon, near.lat],
            "ways": [_as_json(way) for way in found["ways"]],
            "is_partial": bool(found["net"].beyond),
        }
    )


def _answered(request: HttpRequest, pipe: GasPipe) -> dict[str, Any]:
    started = time.perf_counter()
    net = queries.net_for(request.user)
    if pipe.label not in net.parts:  # not in use: the question is what would be, were it
        net = queries.with_pipe(net, pipe)
    near = queries.nearest_on(pipe, *(_place(request) or (pipe.lon, pipe.lat)))
    return {"net": net, "near": near, "ways": ways(net, pipe), "ms": round(1000 * (time.perf_counter() - started))}


def _as_json(way: Way) -> dict[str, Any]:
    def told(point: GasPoint) -> dict[str, Any]:
        return {"id": point.pk, "code": point.code, "name": point.name, "state": point.state, "minutes": point.minutes}

    return {
        "methods": way.methods,
        "is_isolated": way.is_isolated,
        "valves": [told(valve) for valve in way.valves],
        "minutes": way.minutes,
        "valves_without_minutes": len(way.untimed),
        "stuck": [told(valve) for valve in way.stuck],
        "homes": way.homes,
        "users": [
            {"id": one.pk, "code": one.code, "name": one.name, "kind": one.users, "customers": one.customers}
            for one in way.users
        ],
        "bleeding": [{"id": one.pk, "code": one.code, "name": one.name} for one in way.pipes],
        "remaining_m3": way.remaining_m3 and round(way.remaining_m3, 1),
    }
