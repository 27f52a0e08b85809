"""Roads of a GeoJSON file (RFC 7946): LineString and MultiLineString features."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from anlan.foundation.roads.reading import Line, RoadFileError


def lines(path: Path) -> Iterator[Line]:
    """Every line of the file; other geometries are passed over."""
    try:
        features = json.loads(path.read_text("utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise RoadFileError(
            _("%(name)s 不是 GeoJSON 要素集：%(error)s") % {"name": path.name, "error": error}
        ) from error
    for number, feature in enumerate(features, 1):
        try:
            geometry = feature["geometry"] or {"type": "", "coordinates": ()}
            parts = {"LineString": [geometry["coordinates"]], "MultiLineString": geometry["coordinates"]}
            for part in parts.get(geometry["type"], ()):
                points = np.array([position[:2] for position in part], dtype=np.float64)
                yield Line(points=points, tags=feature.get("properties") or {})
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            text = _("%(name)s 第 %(number)s 个要素读不了：%(error)s")
            raise RoadFileError(text % {"name": path.name, "number": number, "error": error}) from error
