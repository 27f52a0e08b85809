"""Outlines of where a field on a grid reaches a level."""

from typing import cast

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import ArrayLike, NDArray

Polygon = tuple[NDArray[np.float64], ...]


def outlines(x: ArrayLike, y: ArrayLike, field: ArrayLike, level: float) -> tuple[Polygon, ...]:
    """The polygons where a field is at least a level: each its outside and its holes, closed, shape (points, 2).

    `field` has the shape (len(y), len(x)); what touches the grid's edge is closed along the edge.

    >>> x = y = np.linspace(-2.0, 2.0, 401)
    >>> bowl = 1.0 - np.hypot(*np.meshgrid(x, y))
    >>> (outside,), = outlines(x, y, bowl, 0.0)
    >>> bool(np.allclose(np.hypot(outside[:, 0], outside[:, 1]), 1.0, atol=1e-4))
    True
    """
    values = np.asarray(field, dtype=np.float64)
    top = float(np.nanmax(values, initial=-np.inf))
    if not top >= level:
        return ()
    made = contour_generator(x, y, np.ma.masked_invalid(values), fill_type=FillType.OuterOffset)
    points, cuts = (cast(list[NDArray], found) for found in made.filled(level, np.inf)[:2])
    return tuple(
        tuple(rings[start:end] for start, end in zip(cut[:-1], cut[1:], strict=True))
        for rings, cut in zip(points, cuts, strict=True)
    )
