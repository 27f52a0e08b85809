"""The queue keeps its vehicles, grows with the blockage and is gone as cumulative counts say."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlan.science.response.queue import (
    Blockage,
    QueueError,
    hcm_open_share,
    queue,
    stopping_distance_m,
)

TYPICAL = {
    "flow_veh_h": 3000.0, "capacity_veh_h_lane": 2000.0, "lanes": 3, "blocked_lanes": 2, "free_speed_kmh": 100.0,
    "jam_density_veh_km_lane": 140.0, "blocked_min": 20.0,
}  # fmt: skip

BLOCKAGES = st.builds(
    Blockage,
    flow_veh_h=st.floats(100, 7000), capacity_veh_h_lane=st.floats(1800, 2400), lanes=st.just(4),
    blocked_lanes=st.integers(0, 3), free_speed_kmh=st.floats(60, 120), jam_density_veh_km_lane=st.floats(100, 160),
    blocked_min=st.floats(1, 180), discharge_share=st.floats(0.9, 1.0),
)  # fmt: skip


@given(BLOCKAGES)
def test_cumulative_counts_clear_at_the_same_time(blockage):
    found = queue(blockage)
    arriving, passing, leaving = blockage.flow_veh_h, blockage.passing_veh_h, blockage.discharge_veh_h
    if arriving <= passing:
        assert found.growth_kmh == found.longest_m == found.delay_veh_h == 0
        return
    if arriving >= leaving:
        assert math.isinf(found.gone_min)
        assert math.isinf(found.longest_m)
        return
    assume(leaving - arriving > 1)
    assert found.clear_min == pytest.approx(blockage.blocked_min * (leaving - passing) / (leaving - arriving), rel=1e-6)
    assert found.blocked_min < found.gone_min < found.clear_min


@given(BLOCKAGES, st.floats(0, 1))
def test_vehicles_are_conserved_while_the_road_is_blocked(blockage, part):
    found = queue(blockage)
    assume(found.growth_kmh > 0)
    minutes = part * blockage.blocked_min
    length_km = found.end_m(minutes) / 1000
    more = length_km * (blockage.queued_veh_km - blockage.flow_veh_h / blockage.free_speed_kmh)
    assert more == pytest.approx((blockage.flow_veh_h - blockage.passing_veh_h) * minutes / 60, rel=1e-6, abs=1e-6)
    assert found.queued_kmh < blockage.free_speed_kmh


def test_a_full_closure_stands_still_and_front_meets_end():
    closed = Blockage(**TYPICAL | {"blocked_lanes": 3})
    found = queue(closed)
    assert found.queued_kmh == 0
    assert found.growth_kmh == pytest.approx(3000 / (3 * 140 - 30))  # all who come stand at jam density
    just_before = found.gone_min - 1e-6
    assert found.front_m(just_before) == pytest.approx(found.end_m(just_before), rel=1e-4)
    assert found.end_m(just_before) == pytest.approx(found.longest_m, rel=1e-4)
    assert found.end_m(found.gone_min) == 0


def test_the_warning_stands_before_the_end_that_is_still_to_come():
    found = queue(Blockage(**TYPICAL))
    stop = stopping_distance_m(100)
    assert found.warning_m(0, stopping_m=stop) == pytest.approx(stop)
    assert found.warning_m(5, stopping_m=stop, lead_min=5) == pytest.approx(found.end_m(10) + stop)
    assert found.warning_m(found.gone_min - 1, stopping_m=stop, lead_min=9) == pytest.approx(found.longest_m + stop)
    assert found.warning_m(found.gone_min + 1, stopping_m=stop) == pytest.approx(stop)


def test_published_stopping_sight_distances():
    """AASHTO's table gives 85, 130, 185 and 250 m, rounded up, for 60, 80, 100 and 120 km/h."""
    assert [5 * math.ceil(stopping_distance_m(v) / 5 - 0.1) for v in (60, 80, 100, 120)] == [85, 130, 185, 250]


def test_shares_that_are_not_published_are_not_made_up():
    assert hcm_open_share(2, 1) == 0.35
    with pytest.raises(QueueError, match="open_share"):
        hcm_open_share(6, 4)
    assert queue(Blockage(**TYPICAL | {"lanes": 6, "blocked_lanes": 4, "open_share": 0.2})).growth_kmh > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flow_veh_h", math.nan), ("flow_veh_h", -1), ("flow_veh_h", 6001), ("lanes", 0), ("blocked_lanes", 4),
        ("free_speed_kmh", 10), ("jam_density_veh_km_lane", 20), ("blocked_min", math.inf), ("open_share", 1.1),
    ],
)  # fmt: skip
def test_questions_outside_the_model_are_refused(name, value):
    with pytest.raises(QueueError, match=name):
        Blockage(**TYPICAL | {name: value})
    with pytest.raises(QueueError, match="stop"):
        stopping_distance_m(80, grade=-0.4)
