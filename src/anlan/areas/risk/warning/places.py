"""Where a warning holds: its codes, names and polygons among the city's areas."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import shapely

from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area
from anlan.protocols import cap

#: A circle of radius 0 stands for a point (CAP 1.2, 3.2.4); it is drawn as large as this.
LEAST_RADIUS_KM = 0.1


def areas_of(alert: cap.Alert) -> list[Area] | None:
    """The city's areas that an alert names, None when all that it names are elsewhere or it names none.

    CAP 1.2, 3.2.4: an alert holds in all its areas together. Of one area the codes say it best, then polygons and
    circles, then its words.
    """
    parts = [part for info in alert.infos for part in info.areas]
    found = [_areas_of_part(part) for part in parts]
    named = {area.pk: area for areas in found for area in areas or ()}
    if named or not parts:
        return list(named.values()) or None
    # Words that name no county are the city's, unless a code or an outline says that it is elsewhere.
    return list(Area.objects.filter(level=Area.Level.CITY)) if all(areas is None for areas in found) else None


def _areas_of_part(part: cap.Area) -> list[Area] | None:
    """The areas of one part: none when it is elsewhere, None when its words name nothing known."""
    codes = dict.fromkeys(_code(value) for _, value in part.geocodes if value.isdigit())
    if codes:
        return _areas_of_codes(codes)
    if outline := shape_of([part]):
        wanted = shapely.make_valid(shapely.from_geojson(json.dumps(outline)))
        rows = Area.objects.filter(level=Area.Level.COUNTY).exclude(shape=None)
        touched = [area for area in rows if area.geometry.intersects(wanted)]
        return touched if touched or rows.exists() else None
    counties = Area.objects.filter(level__in=(Area.Level.COUNTY, Area.Level.ZONE))
    return [area for area in counties if area.name in part.area_desc] or None


def _areas_of_codes(codes: Iterable[str]) -> list[Area]:
    """The areas of some codes; a township or village that the table lacks counts as its county."""
    found = {area.pk: area for area in Area.objects.filter(pk__in=codes)}
    lacking = {code[:6] for code in codes if code not in found and len(code) > 6}
    found |= {area.pk: area for area in Area.objects.filter(pk__in=lacking)}
    return list(found.values())


def _code(text: str) -> str:
    """A code as the table has it: twelve digits lose the zeros that name no township or village.

    >>> _code("371526000000"), _code("371526105000"), _code("371500")
    ('371526', '371526105', '371500')
    """
    if len(text) != 12:
        return text
    return text[:6] if text.endswith("000000") else text[:9] if text.endswith("000") else text


def common_area(places: list[Area]) -> Area:
    """The smallest area that holds all of these."""
    first = places[0]
    while not all(place.pk == first.pk or place.pk.startswith(prefix(first.pk)) for place in places):
        if first.parent is None:
            break
        first = first.parent
    return first


def shape_of(parts: Sequence[cap.Area]) -> dict[str, Any] | None:
    """The polygons and circles of an alert's areas as one GeoJSON MultiPolygon; None when it has none.

    >>> part = cap.Area(area_desc="x", circles=(cap.Circle((116.0, 36.5), 5.0),))
    >>> shape_of([part])["type"], shape_of([])
    ('MultiPolygon', None)
    """
    rings = [[list(point) for point in polygon] for part in parts for polygon in part.polygons]
    rings += [_ring(circle) for part in parts for circle in part.circles]
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]} if rings else None


def _ring(circle: cap.Circle) -> list[list[float]]:
    lon, lat = circle.center
    height = max(circle.radius_km, LEAST_RADIUS_KM) / 111.2
    width = height / max(0.01, math.cos(math.radians(lat)))
    turns = [math.tau * step / 32 for step in range(32)] + [0.0]
    return [[round(lon + width * math.cos(turn), 5), round(lat + height * math.sin(turn), 5)] for turn in turns]
