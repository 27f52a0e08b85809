"""Shortest times against scipy, and what always holds of closures, limits and routes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.geo.roads.graph import RoadError, Spots, build, seconds, snap
from anlan.science.geo.roads.search import arrivals, matrix, route, spread
from tests.science.geo.roads.networks import by_scipy, networks


def at_nodes(roads, nodes):
    """Spots at nodes that have an edge."""
    found = []
    for node in nodes:
        leaving = np.flatnonzero(roads.start == node)
        entering = np.flatnonzero(roads.end == node)
        edge = leaving[0] if leaving.size else entering[0]
        found.append((edge, 0.0 if leaving.size else 1.0))
    edges, fractions = zip(*found, strict=True)
    return Spots(edge=np.array(edges), fraction=np.array(fractions), off_road_m=np.zeros(len(found)))


def spots_of(roads, draws):
    edges, fractions = zip(*draws, strict=True)
    return Spots(edge=np.array(edges) % roads.size, fraction=np.array(fractions), off_road_m=np.zeros(len(draws)))


DRAWS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(networks(), st.data())
def test_times_are_those_of_scipy(roads, data):
    used = np.unique(np.concatenate([roads.start, roads.end])).tolist()
    chosen = data.draw(st.lists(st.sampled_from(used), min_size=1, max_size=3, unique=True))
    closed = np.array(data.draw(st.lists(st.booleans(), min_size=roads.size, max_size=roads.size)))
    now = seconds(roads, is_closed=closed)
    expected = by_scipy(roads, now, chosen)
    sources = at_nodes(roads, chosen)
    found = spread(roads, now, sources)
    np.testing.assert_allclose(found.time_s, expected.min(axis=0), rtol=1e-12)
    everywhere = at_nodes(roads, used)
    np.testing.assert_allclose(matrix(roads, now, sources, everywhere), expected[:, used], rtol=1e-12)
    times, source = arrivals(roads, now, found, everywhere)
    np.testing.assert_allclose(times, expected.min(axis=0)[used], rtol=1e-12)
    for time, whose, node in zip(times, source, used, strict=True):
        assert (whose == -1) == np.isinf(time)
        if whose >= 0:
            assert expected[whose, node] == pytest.approx(time)


@settings(max_examples=150, deadline=None)
@given(networks(), DRAWS, DRAWS, st.data())
def test_closing_never_shortens_and_a_limit_only_cuts(roads, sources, targets, data):
    sources, targets = spots_of(roads, sources), spots_of(roads, targets)
    free = seconds(roads)
    closed = seconds(
        roads, is_closed=data.draw(st.lists(st.booleans(), min_size=roads.size, max_size=roads.size)), factor=np.full(roads.size, 1.5)
    )  # fmt: skip
    before, after = (matrix(roads, now, sources, targets) for now in (free, closed))
    assert (after >= before - 1e-9).all()
    limit = data.draw(st.floats(0, 600))
    cut = matrix(roads, free, sources, targets, limit_s=limit)
    np.testing.assert_array_equal(cut, np.where(before <= limit, before, np.inf))
    nearest, _ = arrivals(roads, free, spread(roads, free, sources, limit_s=limit), targets)
    np.testing.assert_allclose(nearest, cut.min(axis=0), rtol=1e-12)


@settings(max_examples=150, deadline=None)
@given(networks(), DRAWS, DRAWS)
def test_a_route_takes_the_time_that_it_says(roads, sources, targets):
    start, end = spots_of(roads, sources)[0], spots_of(roads, targets)[0]
    now = seconds(roads)
    expected = matrix(roads, now, start, end)[0, 0]
    found = route(roads, now, start, end)
    if found is None:
        assert np.isinf(expected)
        return
    assert found.time_s == pytest.approx(expected)
    assert found.length_m / 10.0 == pytest.approx(expected)  # all roads are driven at 10 m/s
    assert found.line.shape[1] == 2
    assert np.isfinite(found.line).all()


def test_a_one_way_street_is_left_by_its_end():
    roads = build(
        nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], speed_kmh=[36], length_m=[1000], is_one_way=[True]
    )
    now = seconds(roads)
    near, far = snap(roads, [[116.002, 36]]), snap(roads, [[116.008, 36]])
    assert matrix(roads, now, near, far)[0, 0] == pytest.approx(60)
    assert np.isinf(matrix(roads, now, far, near)[0, 0])
    assert route(roads, now, far, near) is None


def test_nobody_leaves_a_closed_road_but_at_its_end():
    roads = build(
        nodes=[[116, 36], [116.01, 36], [116.02, 36]],
        start=[0, 1],
        end=[1, 2],
        speed_kmh=[36, 36],
        length_m=[1000, 1000],
    )
    now = seconds(roads, is_closed=[True, False])
    middle = snap(roads, [[116.005, 36]])
    corner = Spots(edge=np.array([0]), fraction=np.array([1.0]), off_road_m=np.zeros(1))
    assert np.isinf(spread(roads, now, middle).time_s).all()
    assert spread(roads, now, corner).time_s.tolist() == [np.inf, 0.0, 100.0]


def test_who_sets_out_late_arrives_late():
    roads = build(nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], speed_kmh=[36], length_m=[1000])
    now, ends = seconds(roads), snap(roads, [[116, 36], [116.01, 36]])
    found = spread(roads, now, ends, head_start_s=[0, 40])
    assert arrivals(roads, now, found, snap(roads, [[116.006, 36], [116.008, 36]]))[1].tolist() == [0, 1]


@pytest.mark.parametrize(("name", "value"), [("limit_s", -1), ("limit_s", np.nan), ("head_start_s", [np.nan])])
def test_wrong_questions_are_refused(name, value):
    roads = build(nodes=[[116, 36], [116.01, 36]], start=[0], end=[1], speed_kmh=[36])
    with pytest.raises(RoadError, match=name):
        spread(roads, seconds(roads), snap(roads, [[116, 36]]), **{name: value})
    with pytest.raises(RoadError, match="seconds"):
        spread(roads, np.array([np.nan]), snap(roads, [[116, 36]]))
