"""OGC API - Features over every located register: what a geographic information system of another bureau reads.

Part 1 (OGC 17-069r4: Core, GeoJSON, HTML, OpenAPI 3.0) and Part 2 (18-058r1: coordinate reference systems by
reference) for CRS84, EPSG:4326 and EPSG:4490. Who may see which row is decided where the register itself decides it;
a collection holds the rows that have a position. Periods of ?datetime= also take a day and a duration (2026-11-20/P2D),
as conformance suites still ask.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import wraps
from math import isfinite
from typing import Any
from urllib.parse import urlencode

import shapely
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.db.models import Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_date, parse_datetime, parse_duration
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.api import serialize
from anlan.foundation.ledger.filters import filtered, filterset
from anlan.foundation.ledger.layers import geometry
from anlan.foundation.ledger.ogc_definition import definition
from anlan.foundation.ledger.programs import caller
from anlan.foundation.ledger.registry import Ledger, ledger, located

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
#: Reference systems, and whether their coordinates begin with the latitude. All three agree to a decimetre.
SYSTEMS = {CRS84: False, EPSG.format(4326): True, EPSG.format(4490): True}
CLASSES = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
LIMIT, MOST = 100, 10_000
#: Query parameters of items that belong to the standard and to paging; all others are filters of the register.
OWN = {"f", "limit", "bbox", "bbox-crs", "crs", "datetime", "after"}


class Refused(Exception):
    """A request that cannot be answered, with the parameter and the fix."""


def _address(request: HttpRequest, name: str, *args: object, **query: object) -> str:
    address = request.build_absolute_uri(reverse(f"ledger:{name}", args=args))
    return f"{address}?{urlencode(query)}" if query else address


def _link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


def _wants_html(request: HttpRequest) -> bool:
    chosen = request.GET.get("f", "")
    if chosen not in ("", "json", "html"):
        raise Refused(_("参数 f 应为 json 或 html。"))
    return chosen == "html" or (not chosen and _prefers_html(request))


def _prefers_html(request: HttpRequest) -> bool:
    """Whether the caller is a browser, by what it accepts most."""
    return request.get_preferred_type(["application/json", GEOJSON, "text/html"]) == "text/html"


def _answered(
    request: HttpRequest, content: dict[str, Any], kind: str, title: str, entry: Ledger | None = None
) -> HttpResponse:
    """The content as JSON, or as a page for people."""
    if not _wants_html(request):
        return JsonResponse(content, json_dumps_params={"ensure_ascii": False}, content_type=kind)
    query = request.GET.copy()
    query["f"] = "json"
    links = {link["rel"]: link["href"] for link in content.get("links", ())}
    context = {
        "title": title,
        "content": content,
        "text": json.dumps(content, ensure_ascii=False, indent=2, default=str),
        "json_url": f"?{query.urlencode()}",
        "next_url": links.get("next", ""),
        "root": _address(request, "ogc"),
        "is_landing": "service-desc" in links,
        "collection": entry.name if entry else "",
        "collection_title": entry.title if entry else "",
    }
    return render(request, "ledger/ogc.html", context)


def _guarded(view):
    """A view for people and programs; what is wrong with a request is said in JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs):
        user = caller(request, "view:home")
        if not isinstance(user, User):
            is_visitor = user.status_code == 401 and "Authorization" not in request.headers
            return redirect_to_login(request.get_full_path()) if is_visitor and _prefers_html(request) else user
        request.user = user
        try:
            found = view(request, *args, **kwargs)
        except Refused as error:
            found = JsonResponse(
                {"code": "InvalidParameterValue", "description": str(error)}, status=400,
                json_dumps_params={"ensure_ascii": False},
            )  # fmt: skip
        except Http404:
            found = JsonResponse(
                {"code": "NotFound", "description": _("没有这个图层或要素，或不在您的管辖范围内。")}, status=404,
                json_dumps_params={"ensure_ascii": False},
            )  # fmt: skip
        patch_vary_headers(found, ["Accept", "Authorization"])
        return found

    guarded.required_capability = "view:home"
    return csrf_exempt(require_safe(guarded))  # so that other methods are answered 405, not 403


def _demand_known(request: HttpRequest, known: Iterable[str]) -> None:
    """Refuse a parameter that the definition does not name."""
    if unknown := sorted(set(request.GET) - set(known)):
        raise Refused(
            _("没有参数 %(name)s；可用：%(known)s。") % {"name": unknown[0], "known": "、".join(sorted(known))}
        )


def _readable(user: User) -> list[Ledger]:
    return [entry for entry in located() if entry.may(user, "view")]


def _entry(request: HttpRequest, name: str) -> Ledger:
    try:
        entry = ledger(name)
    except KeyError:
        raise Http404(name) from None
    if not entry.location or not entry.may(request.user, "view"):
        raise Http404(name)
    return entry


@_guarded
def landing(request: HttpRequest) -> HttpResponse:
    """Where everything else is."""
    _demand_known(request, {"f"})
    links = [
        _link(_address(request, "ogc"), "self", "application/json"),
        _link(_address(request, "ogc", f="html"), "alternate", "text/html"),
        _link(_address(request, "ogc_api"), "service-desc", OPENAPI, _("接口定义")),
        _link(_address(request, "ogc_api", f="html"), "service-doc", "text/html", _("接口说明")),
        _link(_address(request, "ogc_conformance"), "conformance", "application/json", _("符合的标准类")),
        _link(_address(request, "ogc_collections"), "data", "application/json", _("图层")),
    ]
    title = _("地理数据接口")
    content = {"title": title, "description": _("所有带位置的台账，按您的管辖范围提供。"), "links": links}
    return _answered(request, content, "application/json", title)


@_guarded
def conformance(request: HttpRequest) -> HttpResponse:
    """What of the standard is kept to."""
    _demand_known(request, {"f"})
    return _answered(request, {"conformsTo": list(CLASSES)}, "application/json", _("符合的标准类"))


@_guarded
def collections(request: HttpRequest) -> HttpResponse:
    """The registers that the caller may read."""
    _demand_known(request, {"f"})
    content = {
        "links": [
            _link(_address(request, "ogc_collections"), "self", "application/json"),
            _link(_address(request, "ogc_collections", f="html"), "alternate", "text/html"),
        ],
        "crs": list(SYSTEMS),
        "collections": [_described(request, entry) for entry in _readable(request.user)],
    }
    return _answered(request, content, "application/json", _("图层"))


@_guarded
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """One register."""
    _demand_known(request, {"f"})
    entry = _entry(request, name)
    return _answered(request, _described(request, entry), "application/json", str(entry.title), entry)


def _rows(request: HttpRequest, entry: Ledger) -> models.QuerySet:
    """What a collection holds."""
    return entry.rows(request.user).filter(lon__isnull=False)


def _is_dated(entry: Ledger) -> bool:
    return "updated_at" in {one.name for one in entry.model._meta.get_fields()}


def _described(request: HttpRequest, entry: Ledger) -> dict[str, Any]:
    west, south, east, north = entry.box
    ends = {"west": Min(west), "south": Min(south), "east": Max(east), "north": Max(north)}
    if _is_dated(entry):
        ends |= {"start": Min("updated_at"), "end": Max("updated_at")}
    ends = _rows(request, entry).aggregate(**ends)
    extent: dict[str, Any] = {}
    if ends["west"] is not None:
        extent["spatial"] = {"bbox": [[ends[side] for side in ("west", "south", "east", "north")]], "crs": CRS84}
    if ends.get("start"):
        extent["temporal"] = {"interval": [[timezone.localtime(ends[end]).isoformat() for end in ("start", "end")]]}
    return {
        "id": entry.name,
        "title": str(entry.title),
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        **({"extent": extent} if extent else {}),
        "links": [
            _link(_address(request, "ogc_collection", entry.name), "self", "application/json"),
            _link(_address(request, "ogc_collection", entry.name, f="html"), "alternate", "text/html"),
            _link(_address(request, "ogc_items", entry.name), "items", GEOJSON, str(entry.title)),
            _link(_address(request, "ogc_items", entry.name, f="html"), "items", "text/html", str(entry.title)),
        ],
    }


def _system(request: HttpRequest, name: str) -> bool:
    """Whether coordinates in the system that a parameter names begin with the latitude."""
    chosen = request.GET.get(name) or CRS84
    if chosen not in SYSTEMS:
        raise Refused(_("参数 %(name)s 应为：%(systems)s。") % {"name": name, "systems": "、".join(SYSTEMS)})
    return SYSTEMS[chosen]


def _inside(request: HttpRequest, entry: Ledger) -> Q:
    """The rows inside ?bbox=; west may lie east of east, across the 180th meridian."""
    text = request.GET.get("bbox", "")
    is_latitude_first = _system(request, "bbox-crs")
    if not text:
        return Q()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    if len(numbers) != 4 or not all(map(isfinite, numbers)):
        raise Refused(_("参数 bbox 应为四个或六个用逗号分开的数：最小经度,最小纬度,最大经度,最大纬度。"))
    if is_latitude_first:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if south > north:
        raise Refused(_("参数 bbox 的最小纬度大于最大纬度。"))
    return entry.within_box(west, south, east, north)


def _during(request: HttpRequest, entry: Ledger) -> Q:
    """The rows that were changed during ?datetime=, an instant, a day or an interval with `..` for an open end."""
    text = request.GET.get("datetime", "")
    if not text:
        return Q()
    start, end = _period(text)
    if not _is_dated(entry):  # rows without a time of their own belong to every time
        return Q()
    found = Q(updated_at__gte=start) if start else Q()
    return found & Q(updated_at__lte=end) if end else found


def _period(text: str) -> tuple[datetime | None, datetime | None]:
    parts = ["" if part == ".." else part for part in text.split("/")]
    if len(parts) == 1:
        parts *= 2
    if len(parts) != 2 or parts == ["", ""]:
        raise Refused(_("参数 datetime 应为一个时刻，或用 / 分开的两个时刻，一端可为 ..。"))
    start = _moment(parts[0]) if parts[0] else None
    length = parse_duration(parts[1]) if start and parts[1].startswith("P") else None
    try:
        end = start + length if start and length else _moment(parts[1], is_end=True) if parts[1] else None
    except OverflowError:
        end = None
    if start and end and start > end:
        raise Refused(_("参数 datetime 的开始晚于结束。"))
    return start, end


def _moment(text: str, *, is_end: bool = False) -> datetime:
    """A moment; of a day its first moment, or its last where it ends a period."""
    try:
        found = None if parse_date(text) else parse_datetime(text)
        if found is None and (day := parse_date(text)):
            found = datetime.combine(day, datetime.max.time() if is_end else datetime.min.time())
        if found:
            found = (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Refused(_("参数 datetime 的时刻应为 RFC 3339，例如 2026-11-24T08:00:00+08:00。"))
    return found


@_guarded
def items(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of a register, a page at a time, streamed."""
    entry = _entry(request, name)
    _demand_known(request, OWN | set(filterset(entry.name).base_filters))
    try:
        limit, after = int(request.GET.get("limit", LIMIT)), request.GET.get("after", "")
    except ValueError:
        limit = 0
    if not limit >= 1:
        raise Refused(_("参数 limit 应为 1 到 %(most)s 的整数。") % {"most": MOST})
    limit = min(limit, MOST)
    rows, chosen = filtered(entry, request.user, request.GET)
    if not chosen.is_valid():
        field, problems = next(iter(chosen.errors.items()))
        raise Refused(f"{field}: {' '.join(problems)}")
    matching = rows.filter(_inside(request, entry) & _during(request, entry), lon__isnull=False)
    page = matching.select_related(*_joined(entry)).order_by("pk")
    if after:
        try:
            page = page.filter(pk__gt=after)
        except (ValueError, TypeError):
            raise Refused(_("参数 after 不是上一页给出的值。")) from None
    is_latitude_first = _system(request, "crs")
    keys = list(page.values_list("pk", flat=True)[: limit + 1])
    head = {
        "type": "FeatureCollection",
        "timeStamp": timezone.localtime().isoformat(),
        "numberMatched": matching.count(),
        "numberReturned": min(len(keys), limit),
        "links": _paging(request, entry, keys[limit - 1] if len(keys) > limit else None),
    }
    page = page.filter(pk__lte=keys[:limit][-1]) if keys else page.none()
    if _wants_html(request):
        head["features"] = [_feature(entry, record, is_latitude_first) for record in page]
        return _answered(request, head, GEOJSON, str(entry.title), entry)
    found = StreamingHttpResponse(streamed(entry, head, page.iterator(1000), is_latitude_first), content_type=GEOJSON)
    found["Content-Crs"] = f"<{request.GET.get('crs') or CRS84}>"
    return found


def _paging(request: HttpRequest, entry: Ledger, last: object) -> list[dict[str, str]]:
    query = request.GET.copy()
    here = request.build_absolute_uri()
    links = [
        _link(here, "self", GEOJSON),
        _link(_address(request, "ogc_collection", entry.name), "collection", "application/json"),
    ]
    query["f"] = "html"
    links.append(_link(request.build_absolute_uri(f"?{query.urlencode()}"), "alternate", "text/html"))
    if last is not None:
        is_page = _wants_html(request)
        query["f"], query["after"] = "html" if is_page else "json", str(last)
        links.append(
            _link(request.build_absolute_uri(f"?{query.urlencode()}"), "next", "text/html" if is_page else GEOJSON)
        )
    return links


def _joined(entry: Ledger) -> list[str]:
    return [one for one in entry.form_fields if entry.model._meta.get_field(one).is_relation]


def streamed(
    entry: Ledger, head: dict, records: Iterable[models.Model], is_latitude_first: bool = False
) -> Iterator[bytes]:
    """A FeatureCollection in pieces."""
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "features": ['
    parts: list[str] = []
    for number, record in enumerate(records):
        text = json.dumps(_feature(entry, record, is_latitude_first), ensure_ascii=False, default=str)
        parts.append(f", {text}" if number else text)
        if len(parts) == 200:
            yield "".join(parts).encode()
            parts = []
    yield "".join(parts).encode() + b"]}"


def _feature(entry: Ledger, record: models.Model, is_latitude_first: bool) -> dict[str, Any]:
    values = serialize(entry, record)
    key = values.pop("id")
    lon, lat = values.pop("lon", record.lon), values.pop("lat", record.lat)
    place = None if lon is None else geometry(lon, lat, values.pop("line", "") if entry.is_line else "")
    if place and is_latitude_first:
        place = _latitude_first(place)
    marks = {name: getattr(record, name) for name in ("is_demo", "is_exercise") if hasattr(record, name)}
    if updated := getattr(record, "updated_at", None):
        marks["updated_at"] = timezone.localtime(updated).isoformat()
    return {
        "type": "Feature",
        "id": key,
        "geometry": place,
        "properties": values | marks,
    }


def _latitude_first(place: dict[str, Any]) -> dict[str, Any]:
    turned = shapely.transform(shapely.geometry.shape(place), lambda degrees: degrees[:, ::-1])
    return dict(shapely.geometry.mapping(turned))


@_guarded
def item(request: HttpRequest, name: str, fid: str) -> HttpResponse:
    """One row."""
    _demand_known(request, {"f", "crs"})
    entry = _entry(request, name)
    try:
        record = get_object_or_404(_rows(request, entry), pk=fid)
    except (ValueError, TypeError):
        raise Http404(fid) from None
    content = _feature(entry, record, _system(request, "crs")) | {
        "links": [
            _link(request.build_absolute_uri(), "self", GEOJSON),
            _link(_address(request, "ogc_item", name, fid, f="html"), "alternate", "text/html"),
            _link(_address(request, "ogc_collection", name), "collection", "application/json"),
        ]
    }
    found = _answered(request, content, GEOJSON, str(record), entry)
    found["Content-Crs"] = f"<{request.GET.get('crs') or CRS84}>"
    return found


@_guarded
def openapi(request: HttpRequest) -> HttpResponse:
    """The definition of all this, for programs that read definitions."""
    _demand_known(request, {"f"})
    root = _address(request, "ogc").rstrip("/")
    content = definition(root, _readable(request.user), limit=LIMIT, most=MOST, systems=list(SYSTEMS))
    return _answered(request, content, OPENAPI, _("接口定义"))
