"""A located ledger as a map layer."""

import json
from typing import Any

import shapely
from django.db import models

from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.forms import name_field
from anlan.foundation.ledger.registry import Ledger

#: Most objects sent at once; a truncated answer says so.
MOST_OBJECTS = 20_000


def features(ledger: Ledger, user: User, *, bounds: tuple[float, float, float, float] | None = None) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the visible rows, all or inside (west, south, east, north)."""
    rows = ledger.rows(user).filter(lon__isnull=False)
    if bounds:
        rows = rows.filter(ledger.within_box(*bounds))
    names = ["pk", "lon", "lat", name_field(ledger.model), *extra_properties(ledger.model)]
    lines = dict(rows.values_list("pk", "line")[: MOST_OBJECTS + 1]) if ledger.is_line else {}
    found = list(rows.values_list(*names)[: MOST_OBJECTS + 1])
    return {
        "type": "FeatureCollection",
        "truncated": len(found) > MOST_OBJECTS,
        "features": [
            {
                "type": "Feature",
                "id": values[0],
                "geometry": geometry(values[1], values[2], lines.get(values[0], "")),
                "properties": {"title": values[3], **dict(zip(names[4:], values[4:], strict=True))},
            }
            for values in found[:MOST_OBJECTS]
        ],
    }


def geometry(lon: float, lat: float, line: str = "") -> dict[str, Any]:
    """A position, or the line whose WKT is given, as GeoJSON."""
    if line:
        return dict(shapely.geometry.mapping(shapely.from_wkt(line)))
    return {"type": "Point", "coordinates": [lon, lat]}


def extra_properties(model: type[models.Model]) -> list[str]:
    """Short fields that the map may colour or label by."""
    wanted = ("kind", "status", "level", "grade", "area_id", "is_demo")
    known = {f.attname for f in model._meta.concrete_fields}
    return [name for name in wanted if name in known]


def encode(collection: dict[str, Any]) -> bytes:
    """The collection as compact JSON."""
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=str).encode()
