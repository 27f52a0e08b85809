"""The ground that is reached in a time: the driven parts of roads, with a strip on both sides (等时圈)."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from anlan.science.geo.roads.graph import Floats, RoadError, Roads
from anlan.science.geo.roads.search import Spread


def reached(
    roads: Roads, seconds: Floats, found: Spread, limits_s: Sequence[float], *, strip_m: float
) -> list[shapely.Geometry]:
    """For each limit the ground within a strip of the roads driven by then, in degrees; empty where nothing is.

    Every limit must lie within that of the spread: what was not looked at cannot be drawn.

    >>> from anlan.science.geo.roads.graph import build, seconds, snap
    >>> from anlan.science.geo.roads.search import spread
    >>> row = build(nodes=[[116, 36], [116.02, 36]], start=[0], end=[1], speed_kmh=[60])
    >>> found = spread(row, seconds(row), snap(row, [[116, 36]]), limit_s=60)
    >>> near, far = reached(row, seconds(row), found, [30, 60], strip_m=100)
    >>> [round(edge, 3) for edge in near.bounds], far.area > near.area
    ([115.999, 35.999, 116.007, 36.001], True)
    """
    if not strip_m > 0:
        raise RoadError("strip_m must be greater than 0")
    shapes = []
    for limit in limits_s:
        if not 0 <= limit <= found.limit_s:
            raise RoadError(f"limits_s: {limit} lies beyond the limit of the spread, {found.limit_s}")
        parts = _driven(roads, seconds, found, limit)
        grown = shapely.union_all(shapely.buffer(parts, strip_m, quad_segs=4)) if len(parts) else shapely.Polygon()
        shapes.append(shapely.transform(grown, roads.plane.to_degrees) if not grown.is_empty else grown)
    return shapes


def share(ground: shapely.Geometry, area: shapely.Geometry) -> float:
    """How much of an area lies on the ground, 0 to 1; both in the same degrees, small enough to be flat.

    >>> share(shapely.box(0, 0, 1, 1), shapely.box(0, 0, 2, 1))
    0.5
    """
    if area.is_empty or not area.area > 0:
        raise RoadError("area must be a surface")
    return float(shapely.intersection(ground, area).area / area.area)


def _driven(roads: Roads, seconds: Floats, found: Spread, limit: float) -> NDArray[np.object_]:
    """The parts of roads driven by then, as lines on the plane."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ahead = np.nan_to_num((limit - found.time_s[roads.start]) / seconds, nan=0.0, posinf=1.0)
        back = np.nan_to_num((limit - found.time_s[roads.end]) / seconds, nan=0.0, posinf=1.0)
    ahead, back = np.clip(ahead, 0.0, 1.0), np.where(roads.is_one_way, 0.0, np.clip(back, 0.0, 1.0))
    is_whole = (ahead + back >= 1.0) & np.isfinite(seconds)
    lines = list(roads.lines[is_whole])
    for edge in np.flatnonzero(~is_whole & (ahead > 0) & np.isfinite(seconds)):
        lines.append(substring(roads.lines[edge], 0.0, ahead[edge], normalized=True))
    for edge in np.flatnonzero(~is_whole & (back > 0) & np.isfinite(seconds)):
        lines.append(substring(roads.lines[edge], 1.0 - back[edge], 1.0, normalized=True))
    spots = found.sources
    for edge, at, late in zip(spots.edge, spots.fraction, found.head_start_s, strict=True):
        if late <= limit and np.isfinite(seconds[edge]):
            way = (limit - late) / seconds[edge] if seconds[edge] > 0 else 1.0
            low = at if roads.is_one_way[edge] else max(0.0, at - way)
            lines.append(substring(roads.lines[edge], low, min(1.0, at + way), normalized=True))
    return np.array(lines, dtype=object)
