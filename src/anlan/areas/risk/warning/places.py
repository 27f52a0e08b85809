"""Where a warning holds: its codes, names and polygons among the city's areas."""

import json
import math
from collections.abc import Iterable
from typing import Any

import shapely

from anlan.foundation.places.codes import prefix
from anlan.foundation.places.models import Area
from anlan.protocols import cap


def areas_of(alert: cap.Alert) -> list[Area] | None:
    """The city's areas that an alert names, None when all that it names are elsewhere or it names none."""
    parts = [part for info in alert.infos for part in info.areas]
    codes = dict.fromkeys(_code(value) for part in parts for _, value in part.geocodes if value.isdigit())
    if codes:
        return list(Area.objects.filter(pk__in=codes)) or None
    if outline := shape_of(parts):
        wanted = shapely.make_valid(shapely.from_geojson(json.dumps(outline)))
        rows = Area.objects.filter(level=Area.Level.COUNTY).exclude(shape=None)
        touched = [area for area in rows if area.geometry.intersects(wanted)]
        if touched:
            return touched
        return None if rows.exists() else list(Area.objects.filter(level=Area.Level.CITY))
    if not parts:
        return None
    words = "".join(part.area_desc for part in parts)
    named = [area for area in Area.objects.filter(level__in=("county", "zone")) if area.name in words]
    return named or list(Area.objects.filter(level=Area.Level.CITY))


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


def shape_of(parts: Iterable[cap.Area]) -> dict[str, Any] | None:
    """The polygons and circles of an alert's areas as one GeoJSON MultiPolygon; None when it has none.

    >>> part = cap.Area(area_desc="x", circles=(cap.Circle((116.0, 36.5), 5.0),))
    >>> shape_of([part])["type"], shape_of([])
    ('MultiPolygon', None)
    """
    rings = [[list(point) for point in polygon] for part in parts for polygon in part.polygons]
    rings += [_ring(circle) for part in parts for circle in part.circles if circle.radius_km > 0]
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]} if rings else None


def _ring(circle: cap.Circle) -> list[list[float]]:
    lon, lat = circle.center
    height = circle.radius_km / 111.2
    width = height / max(0.01, math.cos(math.radians(lat)))
    turns = [math.tau * step / 32 for step in range(32)] + [0.0]
    return [[round(lon + width * math.cos(turn), 5), round(lat + height * math.sin(turn), 5)] for turn in turns]
