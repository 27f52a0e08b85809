"""Roads of a Shapefile in degrees; attribute names are cut at ten letters there, so `max_height` may be `maxheight`."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapefile
from django.utils.translation import gettext as _

from anlan.foundation.roads.reading import Line, RoadFileError

_LINES = (shapefile.POLYLINE, shapefile.POLYLINEZ, shapefile.POLYLINEM)


def lines(path: Path) -> Iterator[Line]:
    """Every line of the file, part by part."""
    projection = path.with_suffix(".prj")
    if projection.is_file() and "PROJCS" in projection.read_text("utf-8", errors="replace").upper():
        raise RoadFileError(_("%(name)s 是投影坐标，请先转为经纬度（CGCS2000 或 WGS-84）。") % {"name": path.name})
    encoding = path.with_suffix(".cpg")
    code = encoding.read_text("ascii", errors="replace").strip() if encoding.is_file() else "utf-8"
    try:
        with shapefile.Reader(str(path), encoding=code) as file:
            if file.shapeType not in _LINES:
                raise RoadFileError(_("%(name)s 不是线图层。") % {"name": path.name})
            for row in file.iterShapeRecords():
                points = np.array([position[:2] for position in row.shape.points], dtype=np.float64)
                tags = {name.lower(): value for name, value in row.record.as_dict().items()}
                for part in np.split(points, list(row.shape.parts)[1:]):
                    yield Line(points=part.reshape(-1, 2), tags=tags)
    except RoadFileError:
        raise
    except (shapefile.ShapefileException, struct.error, ValueError, LookupError, OSError) as error:
        raise RoadFileError(_("%(name)s 读不了：%(error)s") % {"name": path.name, "error": error}) from error
