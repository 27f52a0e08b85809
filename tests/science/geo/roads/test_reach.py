"""Reached ground grows with time and shrinks with closures."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.geo.roads.graph import RoadError, Spots, build, seconds, snap
from anlan.science.geo.roads.reach import reached, share
from anlan.science.geo.roads.search import arrivals, spread
from tests.science.geo.roads.networks import networks

#: Straight sides of a strip on the plane are straight in degrees too only so nearly.
SLACK = 5e-3


@settings(max_examples=60, deadline=None)
@given(networks(8), st.integers(0, 40), st.sampled_from([0.0, 0.3, 1.0]), st.data())
def test_reached_ground_grows_with_time_and_shrinks_with_closures(roads, edge, fraction, data):
    source = Spots(edge=np.array([edge % roads.size]), fraction=np.array([fraction]), off_road_m=np.zeros(1))
    shut = data.draw(st.lists(st.booleans(), min_size=roads.size, max_size=roads.size))
    areas = []
    for now in (seconds(roads), seconds(roads, is_closed=shut)):
        grounds = reached(roads, now, spread(roads, now, source, limit_s=300), [60, 180, 300], strip_m=50)
        for small, great in zip(grounds, grounds[1:], strict=False):
            assert shapely.difference(small, great).area <= SLACK * small.area + 1e-9
        areas.append([ground.area for ground in grounds])
    assert all(after <= before * (1 + SLACK) for before, after in zip(*areas, strict=True))


def test_what_is_reached_in_time_lies_on_the_ground():
    roads = build(
        nodes=[[116, 36], [116.03, 36], [116.03, 36.03], [116, 36.03]], start=[0, 1, 2, 3], end=[1, 2, 3, 0],
        speed_kmh=[36] * 4,
    )  # fmt: skip
    now, source = seconds(roads), snap(roads, [[116.01, 36]])
    found = spread(roads, now, source, limit_s=400)
    (ground,) = reached(roads, now, found, [400], strip_m=30)
    places = np.concatenate([roads.nodes, [[116.02, 36], [116.0, 36.01], [116.0, 36.029], [116.02, 36.03]]])
    times, _ = arrivals(roads, now, found, snap(roads, places))
    assert 0 < np.isfinite(times).sum() < len(places)
    assert shapely.contains_xy(ground, places).tolist() == np.isfinite(times).tolist()


def test_wrong_questions_are_refused():
    roads = build(nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], speed_kmh=[36])
    found = spread(roads, seconds(roads), snap(roads, [[116, 36]]), limit_s=60)
    with pytest.raises(RoadError, match="limits_s"):
        reached(roads, seconds(roads), found, [61], strip_m=10)
    with pytest.raises(RoadError, match="strip_m"):
        reached(roads, seconds(roads), found, [60], strip_m=0)
    with pytest.raises(RoadError, match="surface"):
        share(shapely.box(0, 0, 1, 1), shapely.Point(0, 0))
