"""Outlines enclose exactly where the field reaches the level."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from anlan.science.geo.contours import outlines

AXIS = np.linspace(-3.0, 3.0, 301)
X, Y = np.meshgrid(AXIS, AXIS)


@given(st.floats(0.2, 1.9), st.floats(0.05, 0.19))
def test_a_ring_has_its_hole(radius, width):
    ring = -np.abs(np.hypot(X, Y) - radius)
    (found,) = outlines(AXIS, AXIS, ring, -width)
    area = Polygon(found[0], found[1:]).area
    inner = max(0.0, radius - width)
    assert abs(area - np.pi * ((radius + width) ** 2 - inner**2)) < 0.02 * area + 0.01


def test_a_field_that_reaches_the_edge_is_closed_along_it():
    (found,) = outlines(AXIS, AXIS, X, 0.0)
    assert abs(Polygon(found[0]).area - 18.0) < 1e-9


def test_nothing_where_the_level_is_not_reached_or_unknown():
    assert outlines(AXIS, AXIS, X, 3.1) == ()
    assert outlines(AXIS, AXIS, np.full_like(X, np.nan), 0.0) == ()
