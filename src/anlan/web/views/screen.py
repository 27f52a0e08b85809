"""The command screen (指挥大屏): everything that is going on, live, on one wall."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.web import queries, situation
from anlan.web.views.onemap import map_config


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One box of the wall: what it shows, and which events refresh it."""

    name: str
    title: str | Promise
    icon: str
    side: str
    capability: str
    context: Callable[[User], dict]
    topics: tuple[str, ...]


def _clocks(user: User) -> dict:
    rows = queries.running_clocks(user)
    return {"clocks": rows[:12], "more": max(0, rows.count() - 12)}


_INCIDENTS = ("IncidentRaised", "IncidentChanged")
PANELS = (
    Panel(
        name="waiting",
        title=_("等待确认"),
        icon="bell-ringing",
        side="left",
        capability="view:screen",
        context=lambda user: {"items": situation.waiting(user)},
        topics=(*_INCIDENTS, "NoticeSent", "ResponseActivated", "ReadingExceeded", "AssessmentRaised", "WarningIssued"),
    ),
    Panel(
        name="warnings",
        title=_("预警与研判"),
        icon="cloud-storm",
        side="left",
        capability="view:warnings",
        context=lambda user: situation.warnings(user),
        topics=("AssessmentRaised", "WarningIssued"),
    ),
    Panel(
        name="figures",
        title=_("伤亡和转移"),
        icon="users",
        side="centre",
        capability="view:incidents",
        context=lambda user: {"figures": situation.casualties(user)},
        topics=_INCIDENTS,
    ),
    Panel(
        name="incidents",
        title=_("突发事件"),
        icon="alert-triangle",
        side="right",
        capability="view:incidents",
        context=lambda user: {"incidents": situation.incidents(user)[:12]},
        topics=(*_INCIDENTS, "ResponseActivated"),
    ),
    Panel(
        name="orders",
        title=_("指令"),
        icon="checklist",
        side="right",
        capability="view:orders",
        context=lambda user: {"board": situation.orders(user)},
        topics=("OrderChanged", "ResponseActivated"),
    ),
    Panel(
        name="clocks",
        title=_("时限"),
        icon="hourglass",
        side="right",
        capability="view:incidents",
        context=_clocks,
        topics=("ClockStruck", "IncidentRaised", "OrderChanged", "ResponseActivated"),
    ),
)
#: The map's legend: what each mark means, and its colour.
LEGEND = (
    {"shape": "dot", "colour": "#ff5a5f", "title": _("突发事件")},
    {"shape": "line", "colour": "#37d67a", "title": _("资源出动（直线示意）")},
    {"shape": "area", "colour": "#ff9230", "title": _("预警或研判区域")},
)


@requires("view:screen")
def screen(request: HttpRequest) -> HttpResponse:
    """The frame of the wall; its panels refresh themselves when something happens."""
    open_panels = [panel for panel in PANELS if request.user.may(panel.capability)]
    columns = [
        {"side": side, "panels": [panel for panel in open_panels if panel.side == side]}
        for side in ("left", "centre", "right")
    ]
    config = map_config(request.user) | {"live": reverse("web:screen_layers")}
    return render(request, "web/screen.html", {"columns": columns, "config": config, "legend": LEGEND})


@requires("view:screen")
def panel(request: HttpRequest, name: str) -> HttpResponse:
    """One panel's content."""
    for entry in PANELS:
        if entry.name == name and request.user.may(entry.capability):
            return render(request, f"web/screen/{name}.html", entry.context(request.user))
    raise Http404(name)


@requires("view:screen")
def layers(request: HttpRequest) -> JsonResponse:
    """The live layers of the situation map as GeoJSON."""
    return JsonResponse(situation.layers(request.user), json_dumps_params={"ensure_ascii": False})
