"""A drawn search finds what the plain one finds, whatever is closed or slowed meanwhile."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.geo.roads.graph import RoadError, build, seconds, snap
from anlan.science.geo.roads.landmarks import landmarks, route
from anlan.science.geo.roads.search import matrix
from tests.science.geo.roads.networks import networks
from tests.science.geo.roads.test_search import DRAWS, spots_of


@settings(max_examples=200, deadline=None)
@given(networks(most_nodes=20), DRAWS, DRAWS, st.integers(1, 4), st.data())
def test_the_route_is_that_of_the_plain_search(roads, sources, targets, count, data):
    start, end = spots_of(roads, sources)[0], spots_of(roads, targets)[0]
    marks = landmarks(roads, seconds(roads), count)
    closed = np.array(data.draw(st.lists(st.booleans(), min_size=roads.size, max_size=roads.size)))
    slow = np.array(data.draw(st.lists(st.sampled_from([1.0, 1.0, 2.5]), min_size=roads.size, max_size=roads.size)))
    for now in (seconds(roads), seconds(roads, is_closed=closed, factor=slow)):
        expected = matrix(roads, now, start, end)[0, 0]
        found = route(roads, now, start, end, marks)
        if found is None:
            assert np.isinf(expected)
            continue
        assert found.time_s == pytest.approx(expected)
        assert np.isfinite(now[list(found.edges[1:-1])]).all()
        assert found.line.shape[1] == 2


def test_a_faster_road_than_the_landmarks_knew_is_still_found():
    roads = build(
        nodes=[[116, 36], [116.01, 36], [116.02, 36], [116.01, 36.01]], start=[0, 1, 0, 3], end=[1, 2, 3, 2],
        speed_kmh=[36] * 4, length_m=[1000, 1000, 1500, 1500],
    )  # fmt: skip
    marks = landmarks(roads, seconds(roads), 2)
    now = seconds(roads) * [1, 1, 0.1, 0.1]
    ends = snap(roads, [[116, 36], [116.02, 36]])
    assert route(roads, now, ends[0], ends[1], marks).time_s == pytest.approx(30)
    with pytest.raises(RoadError, match="marks"):
        route(
            roads,
            now,
            ends[0],
            ends[1],
            landmarks(build(nodes=[[0, 0], [0, 1]], start=[0], end=[1], speed_kmh=[1]), np.ones(1)),
        )
    with pytest.raises(RoadError, match="count"):
        landmarks(roads, now, 0)
    with pytest.raises(RoadError, match="one place"):
        route(roads, now, ends, ends[1], marks)
