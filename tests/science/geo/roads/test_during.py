"""Routes while speeds change with the hour are those of a plain search by earliest arrival."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.geo.roads.during import Hours, route
from anlan.science.geo.roads.graph import RoadError, build, seconds, snap
from anlan.science.geo.roads.landmarks import landmarks
from anlan.science.geo.roads.landmarks import route as route_at_one_hour
from anlan.science.geo.roads.search import matrix
from tests.science.geo.roads.networks import networks
from tests.science.geo.roads.test_search import DRAWS, spots_of

SHARES = st.sampled_from([0.1, 0.4, 0.8, 1.0, 1.3])


def passed(now, free, row, into):
    """The same stretch by small steps of the clock: what is left of it, hour by hour."""
    if np.isinf(now) or np.isinf(free):
        return np.inf
    for hour in range(len(row)):
        ends = np.inf if hour == len(row) - 1 else (hour + 1) * 3600 - into
        if now >= ends:
            continue
        if now + free / row[hour] <= ends:
            return now + free / row[hour]
        free -= (ends - now) * row[hour]
        now = ends
    raise AssertionError


def by_plain_search(roads, free, start, end, hours):
    """Earliest arrivals at all nodes, one after the other; then the last part of the way."""
    rows = hours.share[hours.group]
    own, at, last, here = (int(start.edge[0]), float(start.fraction[0]), int(end.edge[0]), float(end.fraction[0]))

    def part(edge, fraction, now):
        return passed(now, fraction * free[edge] if fraction > 0 else 0.0, rows[edge], hours.into_s)

    queue = [(part(own, 1 - at, 0.0), int(roads.end[own]))]
    if at == 0 or not roads.is_one_way[own]:
        queue.append((part(own, at, 0.0), int(roads.start[own])))
    heapq.heapify(queue)
    best = {}
    while queue:
        now, node = heapq.heappop(queue)
        if node in best or np.isinf(now):
            continue
        best[node] = now
        for edge in range(roads.size):
            if roads.start[edge] == node:
                heapq.heappush(queue, (part(edge, 1.0, now), int(roads.end[edge])))
            if roads.end[edge] == node and not roads.is_one_way[edge]:
                heapq.heappush(queue, (part(edge, 1.0, now), int(roads.start[edge])))
    found = [part(last, here, best.get(int(roads.start[last]), np.inf))]
    if here == 1 or not roads.is_one_way[last]:
        found.append(part(last, 1 - here, best.get(int(roads.end[last]), np.inf)))
    if own == last and (here >= at or not roads.is_one_way[own]):
        found.append(part(own, abs(here - at), 0.0))
    return min(found)


@settings(max_examples=200, deadline=None)
@given(networks(most_nodes=15), DRAWS, DRAWS, st.integers(0, 3599), st.data())
def test_the_route_is_that_of_the_plain_search(roads, sources, targets, into_s, data):
    start, end = spots_of(roads, sources)[0], spots_of(roads, targets)[0]
    groups = np.array(data.draw(st.lists(st.integers(0, 2), min_size=roads.size, max_size=roads.size)))
    share = np.array([data.draw(st.lists(SHARES, min_size=4, max_size=4)) for _ in range(3)])
    closed = np.array(data.draw(st.lists(st.booleans(), min_size=roads.size, max_size=roads.size)))
    hours = Hours(share=share, group=groups, into_s=float(into_s))
    # An edge takes minutes to an hour: ways cross several turns of the hour.
    free = seconds(roads, is_closed=closed) * 8
    found = route(roads, free, start, end, hours, landmarks(roads, seconds(roads), 2))
    expected = by_plain_search(roads, free, start, end, hours)
    if found is None:
        assert np.isinf(expected)
        return
    assert found.time_s == pytest.approx(expected)
    assert np.isfinite(free[list(found.edges[1:-1])]).all()


@settings(max_examples=100, deadline=None)
@given(networks(most_nodes=15), DRAWS, DRAWS, st.data())
def test_at_one_hour_both_searches_agree_also_where_roads_are_faster_than_free(roads, sources, targets, data):
    start, end = spots_of(roads, sources)[0], spots_of(roads, targets)[0]
    share = np.array(data.draw(st.lists(SHARES, min_size=roads.size, max_size=roads.size)))
    marks = landmarks(roads, seconds(roads), 2)
    now = seconds(roads, share=share)
    expected = matrix(roads, now, start, end)[0, 0]
    hours = Hours(share=share[:, None], group=np.arange(roads.size))
    ways = [route_at_one_hour(roads, now, start, end, marks), route(roads, seconds(roads), start, end, hours, marks)]
    for way in ways:
        assert (np.inf if way is None else way.time_s) == pytest.approx(expected)


def test_another_road_is_faster_when_the_hour_turns_on_the_way():
    roads = build(
        nodes=[[116, 36], [116.1, 36], [116.2, 36], [116.1, 36.1]], start=[0, 1, 0, 3], end=[1, 2, 3, 2],
        speed_kmh=[60] * 4, length_m=[30_000, 30_000, 35_000, 35_000],
    )  # fmt: skip
    free, ends = seconds(roads), snap(roads, [[116, 36], [116.2, 36]])
    marks = landmarks(roads, free, 2)
    peak = np.array([[1.0, 0.2], [1.0, 1.0]])

    def edges(into_s):
        hours = Hours(share=peak, group=np.array([0, 0, 1, 1]), into_s=into_s)
        return route(roads, free, ends[0], ends[1], hours, marks).edges[1:-1]

    assert set(edges(0)) <= {0, 1}  # sixty minutes of the quiet hour are enough
    assert set(edges(1800)) <= {2, 3}  # from half past, the straight road is caught by the peak


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"share": np.array([[1.0, 0.0]])}, "greater than 0"),
        ({"share": np.array([[1.0, -0.5]])}, "greater than 0"),
        ({"share": np.array([[1.0, np.nan]])}, "greater than 0"),
        ({"share": np.empty((1, 0))}, "greater than 0"),
        ({"group": np.array([1])}, "one of 1 groups"),
        ({"into_s": 3600.0}, "into_s"),
    ],
)
def test_wrong_hours_are_named(wrong, words):
    roads = build(nodes=[[116, 36], [116.1, 36]], start=[0], end=[1], speed_kmh=[60])
    given = {"share": np.array([[1.0]]), "group": np.zeros(1, dtype=np.int64)} | wrong
    spots = snap(roads, [[116, 36]])
    with pytest.raises(RoadError, match=words):
        route(roads, seconds(roads), spots, spots, Hours(**given), landmarks(roads, seconds(roads), 1))


@pytest.mark.parametrize("share", [[0.0], [-1.0], [np.inf], [np.nan]])
def test_a_share_of_nothing_is_refused(share):
    roads = build(nodes=[[116, 36], [116.1, 36]], start=[0], end=[1], speed_kmh=[60])
    with pytest.raises(RoadError, match="share must be greater than 0: edges 0"):
        seconds(roads, share=share)
    with pytest.raises(RoadError, match="share: "):
        seconds(roads, share=[1.0, 1.0])
