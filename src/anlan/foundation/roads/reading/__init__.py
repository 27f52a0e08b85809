"""Road files as lines with tags: GeoJSON, Shapefile, OpenStreetMap; the names of the tags are those of OpenStreetMap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _


class RoadFileError(ValueError):
    """The file cannot be used; the message says what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A road as it stands in a file: longitude and latitude of its vertices, and its tags."""

    points: np.ndarray
    tags: Mapping[str, Any] = field(default_factory=dict)


def read_lines(path: Path) -> Iterable[Line]:
    """The roads of a file, by the ending of its name."""
    name = path.name.lower()
    if not path.is_file():
        raise RoadFileError(_("找不到文件 %(path)s。") % {"path": path})
    if name.endswith((".geojson", ".json")):
        from anlan.foundation.roads.reading.geojson import lines
    elif name.endswith(".shp"):
        from anlan.foundation.roads.reading.shapefiles import lines
    elif name.endswith((".osm.pbf", ".osm", ".osm.bz2", ".osm.gz")):
        from anlan.foundation.roads.reading.osm import lines
    else:
        raise RoadFileError(
            _("不认识 %(name)s：请给出 .geojson、.shp（和它的 .dbf）、.osm.pbf 或 .osm 文件。") % {"name": path.name}
        )
    return lines(path)
