"""The transport contact map (应急运输联络图): whom to call at which node, and which townships are far from any."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from anlan.areas.transport.nodes import queries
from anlan.areas.transport.nodes.models import TransportNode
from anlan.foundation.accounts.access import requires
from anlan.foundation.ledger.registry import ledger


def _chosen(request: HttpRequest) -> tuple[list[TransportNode], str]:
    """The nodes of the kind asked for, in the reader's areas."""
    kind = request.GET.get("kind", "")
    rows = ledger("transportnodes").rows(request.user).select_related("area", "department")
    kind = kind if kind in TransportNode.Kind.values else ""
    return list(rows.filter(kind=kind) if kind else rows), kind


def _kilometres(request: HttpRequest) -> list[queries.Kilometre]:
    """The first and last kilometre of each of the reader's areas; all open nodes count, wherever they are."""
    nodes = list(TransportNode.objects.exclude(status=TransportNode.Status.CLOSED))
    found = [queries.first_last_kilometre(code, nodes) for code in request.user.scope.prefixes]
    return [one for one in found if one is not None]


@requires("view:transportnodes")
def contacts(request: HttpRequest) -> HttpResponse:
    """Nodes by kind with their contacts, and the gaps."""
    nodes, kind = _chosen(request)
    found = _kilometres(request)
    gaps = [one for part in found for one in part.gaps]
    context = {
        "nodes": [(one, queries.camera_of(request.user, one)) for one in nodes],
        "kinds": TransportNode.Kind.choices,
        "kind": kind,
        "gaps": gaps,
        "townships": sum(len(one.lines) for one in found),
        "unknown": sum(one.unknown for one in found),
        "found": found[0] if found else None,
        "silent": sum(not one.phone for one in nodes),
    }
    return render(request, "nodes/contacts.html", context)


@requires("view:transportnodes")
def on_map(request: HttpRequest) -> JsonResponse:
    """The nodes, and the townships by whether they are gaps."""
    nodes, _kind = _chosen(request)
    features = [_point(one.lon, one.lat, "node", f"{one} {one.phone}") for one in nodes if one.lon is not None]
    for part in _kilometres(request):
        for one in part.lines:
            far = f"{one.minutes} min → {one.node}" if one.minutes is not None else "—"
            state = "gap" if one.is_gap else "near"
            features.append(_point(one.area.lon, one.area.lat, "township", f"{one.area} {far}", state))
    body = {"type": "FeatureCollection", "features": features}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _point(lon: float, lat: float, kind: str, name: str, state: str = "") -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": {"kind": kind, "name": name, "state": state}}
