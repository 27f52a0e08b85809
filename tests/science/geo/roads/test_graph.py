"""What a network takes, what it refuses, and places on it."""

import numpy as np
import pytest

from anlan.science.geo.roads.graph import RoadError, Vehicle, build, edges_near, seconds, snap

NODES = [[116.0, 36.0], [116.01, 36.0], [116.02, 36.0]]


def row(**given):
    return build(**({"nodes": NODES, "start": [0, 1], "end": [1, 2], "speed_kmh": [60, 60]} | given))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speed_kmh", [60, 0]),
        ("speed_kmh", [60, np.nan]),
        ("speed_kmh", [60, -5]),
        ("speed_kmh", [60]),
        ("length_m", [np.nan, 10]),
        ("length_m", [-1, 10]),
        ("start", [0, 3]),
        ("end", [1, -1]),
        ("nodes", [[116, 36], [np.nan, 36], [116, 37]]),
        ("nodes", [[116, 36], [196, 36], [116, 37]]),
        ("road_class", [0, 7]),
        ("max_height_m", [0, 4]),
        ("max_weight_t", [20, -1]),
        ("capacity", [0, 1]),
        ("lines", [[[116, 36]], [[116, 36], [117, 36]]]),
        ("lines", [[[116, 36], [116.01, 36]]]),
        ("lines", [[[116, 36], [np.inf, 36]], [[116, 36], [117, 36]]]),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(field, value):
    with pytest.raises(RoadError, match=field):
        row(**{field: value})


def test_a_network_has_edges():
    with pytest.raises(RoadError, match="at least one edge"):
        row(start=[], end=[], speed_kmh=[])


def test_the_length_is_that_of_the_line():
    bent = row(lines=[[[116.0, 36.0], [116.005, 36.01], [116.01, 36.0]], [[116.01, 36.0], [116.02, 36.0]]])
    assert bent.length_m[0] > 2 * 1111 > bent.length_m[1] > 895


def test_limits_bind_vehicles_that_are_known_to_exceed_them():
    roads = row(max_height_m=[4.0, np.nan], max_weight_t=[np.nan, 20.0], allows_hazardous=[True, False])
    free = seconds(roads)
    closed = {
        Vehicle(): (False, False),
        Vehicle(height_m=4.0): (False, False),
        Vehicle(height_m=4.2): (True, False),
        Vehicle(weight_t=30): (False, True),
        Vehicle(is_hazardous=True): (False, True),
    }
    for vehicle, expected in closed.items():
        now = seconds(roads, vehicle=vehicle)
        assert tuple(np.isinf(now)) == expected
        assert (now[np.isfinite(now)] == free[np.isfinite(now)]).all()


@pytest.mark.parametrize(
    "given", [{"factor": [0.5, 1]}, {"factor": [np.nan, 1]}, {"factor": [2]}, {"is_closed": [True]}]
)
def test_what_changes_is_checked_too(given):
    with pytest.raises(RoadError, match=next(iter(given))):
        seconds(row(), **given)


def test_places_snap_to_the_nearest_road():
    spots = snap(row(), [[116.005, 36.001], [116.03, 36.0], [116.0, 35.99]])
    assert spots.edge.tolist() == [0, 1, 0]
    assert spots.fraction == pytest.approx([0.5, 1.0, 0.0], abs=1e-3)
    assert spots.off_road_m == pytest.approx([111, 901, 1110], abs=2)
    assert spots[1:].edge.tolist() == [1, 0]
    assert spots[np.array([False, True, False])].size == 1


@pytest.mark.parametrize("place", [[np.nan, 36], [10.0, 36.0]])
def test_a_place_far_away_is_refused(place):
    with pytest.raises(RoadError, match="places"):
        snap(row(), [place])


def test_a_blast_closes_what_passes_near():
    roads = row()
    assert edges_near(roads, 116.01, 36.0, 30).tolist() == [0, 1]
    assert edges_near(roads, 116.015, 36.0, 30).tolist() == [1]
    assert edges_near(roads, 116.015, 36.1, 30).tolist() == []
