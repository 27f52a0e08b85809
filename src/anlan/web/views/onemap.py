"""The one map (一张图): layers of every ledger with a location, search, and what is inside a zone."""

import csv
import hashlib
import io
import json

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.services import record
from anlan.foundation.ledger import registry
from anlan.foundation.ledger.exchange import defused
from anlan.foundation.ledger.zones import BadZoneError, inside, zone_of
from anlan.foundation.places.models import Area
from anlan.web import queries

#: A colour for each area of work; the icon tells its ledgers apart.
COLOURS = {
    "command": "#5f3dc4",
    "risk": "#d9480f",
    "rescue": "#c2255c",
    "drills": "#7048e8",
    "supplies": "#2b8a3e",
    "medical": "#a61e4d",
    "transport": "#1864ab",
    "communications": "#0b7285",
    "technology": "#364fc7",
    "grassroots": "#087f5b",
}
GREY = "#495057"


def map_config(user: User) -> dict:
    """What the map's program needs: the city's frame, the base map, the layers this person may see."""
    config = settings.ANLAN
    city = Area.objects.filter(pk=config.city).first()
    backdrop = f"geo/{config.city}/backdrop.geojson"
    layers = [entry for entry in registry.located() if entry.name != "areas" and entry.may(user, "view")]
    return {
        "city": config.city,
        "bounds": [city.min_lon, city.min_lat, city.max_lon, city.max_lat] if city and city.shape else None,
        "centre": [city.lon, city.lat] if city and city.lon else [104, 35.5],
        "areas": reverse("web:map_areas"),
        "backdrop": static(backdrop) if finders.find(backdrop) else "",
        "xyz": config.basemap_xyz,
        "pmtiles": config.basemap_pmtiles,
        "attribution": config.basemap_attribution,
        "icons": static("vendor/icons/"),
        "layers": [
            {
                "name": entry.name,
                "title": str(entry.title),
                "icon": entry.icon,
                "colour": COLOURS.get(entry.group, GREY),
                "isLine": entry.is_line,
                "url": reverse("ledger:layer", args=[entry.name]),
                "count": entry.rows(user).filter(lon__isnull=False).count(),
            }
            for entry in layers
        ],
    }


@requires("view:home")
def config(request: HttpRequest) -> JsonResponse:
    """The same as JSON, for small maps on other pages."""
    return JsonResponse(map_config(request.user) | {"layers": []}, json_dumps_params={"ensure_ascii": False})


@requires("view:map")
def onemap(request: HttpRequest) -> HttpResponse:
    """The map page; `?place=` names an area to begin with."""
    config = map_config(request.user)
    place = Area.objects.filter(pk=request.GET.get("place", "")).first()
    if place and place.lon is not None:
        config["place"] = {"lon": place.lon, "lat": place.lat, "title": place.name, "level": place.level}
    config |= {"search": reverse("web:map_search"), "inside": reverse("web:map_inside"), "card": "/map/card/"}
    config["token"] = get_token(request)
    if request.user.may("view:warnings"):
        config["warned"] = reverse("warning:layer")
    return render(request, "web/map.html", {"config": config})


@requires("view:home")
def areas(request: HttpRequest) -> HttpResponse:
    """The city and its counties as outlines, its townships as points, for the base map of every page."""
    features = []
    for area in Area.objects.filter(level__in=("city", "county", "zone", "township")).iterator():
        geometry = area.geometry
        if geometry is None and area.lon is not None:
            shape = {"type": "Point", "coordinates": [area.lon, area.lat]}
        elif geometry is not None:
            shape = geometry.__geo_interface__
        else:
            continue
        label = [area.lon, area.lat]
        properties = {"code": area.code, "name": area.name, "level": area.level, "label": label}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, max-age=3600"
    return response


@requires("view:map")
def card(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    """A record's card on the map: what its list shows, and the way to its page."""
    entry = next((e for e in registry.located() if e.name == name and e.may(request.user, "view")), None)
    if entry is None:
        raise Http404(_("没有这个图层。"))
    row = get_object_or_404(entry.rows(request.user), pk=pk)
    fields = []
    for column in entry.columns:
        model_field = entry.model._meta.get_field(column)
        shown = getattr(row, f"get_{column}_display", None)
        fields.append((model_field.verbose_name, shown() if shown else getattr(row, column)))
    return render(
        request,
        "web/map_card.html",
        {"ledger": entry, "row": row, "fields": fields, "url": entry.url_of(row)},
    )


@requires("view:map")
def search(request: HttpRequest) -> JsonResponse:
    """Places and records by name, each with its position."""
    words = request.GET.get("q", "").strip()[:60]
    if not words:
        return JsonResponse({"results": []})
    places = queries.places_named(request.user, words).filter(lon__isnull=False)[:6]
    results = [
        {
            "title": p.name,
            "note": f"{p.parent.name if p.parent else ''} {p.get_level_display()}",
            "lon": p.lon,
            "lat": p.lat,
            "level": p.level,
        }
        for p in places
    ]
    for entry in registry.located():
        if entry.name == "areas" or not entry.search or not entry.may(request.user, "view"):
            continue
        named = Q()
        for path in entry.search:
            named |= Q(**{f"{path}__icontains": words})
        for row in entry.rows(request.user).filter(named, lon__isnull=False)[:4]:
            results.append(
                {
                    "title": str(row),
                    "note": str(entry.title),
                    "lon": row.lon,
                    "lat": row.lat,
                    "layer": entry.name,
                    "id": row.pk,
                }
            )
    return JsonResponse({"results": results[:20]})


@requires("view:map")
@require_POST
def zone(request: HttpRequest) -> HttpResponse:
    """Who and what is inside the posted polygon, as a table or as CSV."""
    try:
        found = inside(zone_of(json.loads(request.POST.get("geometry", ""))), request.user)
    except (ValueError, RecursionError) as problem:
        message = str(problem) if isinstance(problem, BadZoneError) else _("画的范围不完整，请重新画。")
        return render(request, "web/map_inside.html", {"problem": message}, status=422)
    if request.POST.get("format") != "csv":
        return render(request, "web/map_inside.html", {"found": found})
    ledgers = [entry for entry in found.ledgers if entry.ledger.may(request.user, "export")]
    details = {"area_km2": round(found.area_km2, 2), "ledgers": {e.ledger.name: e.count for e in ledgers}}
    record(actor=request.user, action="map.export", details=details)
    return _csv(found, ledgers)


def _csv(found, ledgers) -> HttpResponse:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([_("类别"), _("名称"), _("所属"), _("人口"), _("经度"), _("纬度"), _("数据说明")])
    for entry in found.townships:
        area = entry.area
        people = "" if entry.people is None else entry.people
        table.writerow([_("乡镇（街道）"), area.name, area.parent, people, area.lon, area.lat, area.population_note])
    for entry in ledgers:
        for row in entry.rows:
            demo = _("演示数据") if getattr(row, "is_demo", False) else ""
            place = getattr(row, "area", "")
            people = getattr(row, "by_day", None)
            count = "" if people is None else people
            table.writerow([entry.ledger.title, defused(str(row)), place, count, row.lon, row.lat, demo])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="zone-{timezone.localtime():%Y%m%d-%H%M}.csv"'
    return response
