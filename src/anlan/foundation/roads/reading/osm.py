"""Roads of an OpenStreetMap file (PBF or XML): ways with a `highway` tag that cars may use."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import osmium
from django.utils.translation import gettext as _

from anlan.foundation.roads.reading import Line, RoadFileError

#: Ways that are no roads for vehicles, by their `highway` tag, are those that `network.CLASS_OF` does not know.
_CLOSED = ("no", "private")


def lines(path: Path) -> Iterator[Line]:
    """Every road of the file; a way that lacks positions of its nodes, as at the edge of an extract, loses those."""
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    try:
        for way in ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
            tags = dict(way.tags)
            if "highway" not in tags or tags.get("motor_vehicle", tags.get("access")) in _CLOSED:
                continue
            points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(points) > 1:
                yield Line(points=np.array(points), tags=tags)
    except RuntimeError as error:
        raise RoadFileError(_("%(name)s 读不了：%(error)s") % {"name": path.name, "error": error}) from error
