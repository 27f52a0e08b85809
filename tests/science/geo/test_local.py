"""Metres round a point agree with the geodesic, and go back to the same degrees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from anlan.science.geo.local import Plane

GEOD = Geod(ellps="WGS84")


@given(st.floats(73, 135), st.floats(18, 53), st.floats(0, 50_000), st.floats(0, 360))
def test_distance_and_bearing_from_the_origin_are_geodesic(lon, lat, distance, bearing):
    there = GEOD.fwd(lon, lat, bearing, distance)[:2]
    east, north = Plane(lon, lat).to_metres([there])[0]
    assert abs(np.hypot(east, north) - distance) < 0.01
    if distance > 1:
        assert abs((np.degrees(np.arctan2(east, north)) - bearing + 180) % 360 - 180) < 0.01


@given(st.floats(-60_000, 60_000), st.floats(-60_000, 60_000))
def test_there_and_back(east, north):
    plane = Plane(115.985, 36.457)
    assert np.allclose(plane.to_metres(plane.to_degrees([[east, north]])), [[east, north]], atol=1e-3)


def test_what_is_too_far_or_no_place_is_refused():
    with pytest.raises(ValueError, match="500 km"):
        Plane(116, 36).to_metres([[130, 36]])
    with pytest.raises(ValueError, match="no longitude"):
        Plane(216, 36)
