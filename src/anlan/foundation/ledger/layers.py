"""A located ledger as a map layer."""

import json
from typing import Any

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
        west, south, east, north = bounds
        rows = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    names = ["pk", "lon", "lat", name_field(ledger.model), *extra_properties(ledger.model)]
    found = list(rows.values_list(*names)[: MOST_OBJECTS + 1])
    return {
        "type": "FeatureCollection",
        "truncated": len(found) > MOST_OBJECTS,
        "features": [
            {
                "type": "Feature",
                "id": values[0],
                "geometry": {"type": "Point", "coordinates": [values[1], values[2]]},
                "properties": {"title": values[3], **dict(zip(names[4:], values[4:], strict=True))},
            }
            for values in found[:MOST_OBJECTS]
        ],
    }


def extra_properties(model: type[models.Model]) -> list[str]:
    """Short fields that the map may colour or label by."""
    wanted = ("kind", "status", "level", "area_id", "is_demo")
    known = {f.attname for f in model._meta.concrete_fields}
    return [name for name in wanted if name in known]


def encode(collection: dict[str, Any]) -> bytes:
    """The collection as compact JSON."""
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=str).encode()
