"""One run turned round the compass: the same risk by place and by scenario, whichever wind."""

import numpy as np
import pytest

from anlan.science.exposure.footprints import (
    FootprintError,
    Sourced,
    deaths_by_wind,
    footprint,
    risk_at,
    spread_rose,
)


def plume(places):
    """Kills to the east as far as 900 m, in a strip 60 m wide."""
    return np.where((places[:, 0] > 0) & (places[:, 0] < 900) & (np.abs(places[:, 1]) < 30), 0.8, 0.0)


def ball(places):
    return np.where(np.hypot(*places.T) < 200, 1.0, 0.0)


EVEN = spread_rose([1.0] * 16)


def test_a_narrow_plume_is_seen_whole_and_turned():
    found = footprint(plume, downwind_deg=90.0)
    assert 880 < found.reach_m < 1300
    assert found.at([[850.0, 0.0]], 90.0)[0] == pytest.approx(0.8)
    assert found.at([[0.0, 850.0]], 0.0)[0] == pytest.approx(0.8)
    assert found.at([[0.0, 850.0]], 90.0)[0] == 0.0
    # The wind blows to 0 degrees from the south: left of it is west.
    lopsided = footprint(
        lambda at: np.where((at[:, 0] > 0) & (at[:, 0] < 500) & (at[:, 1] > 5) & (at[:, 1] < 90), 1.0, 0.0),
        downwind_deg=90.0,
    )
    assert lopsided.at([[-50.0, 200.0]], 0.0)[0] == pytest.approx(1.0)
    assert lopsided.at([[50.0, 200.0]], 0.0)[0] == 0.0


def test_a_ball_needs_no_wind_and_its_risk_is_its_frequency():
    sources = [Sourced(footprint=footprint(ball, downwind_deg=None), east_m=100.0, north_m=0.0, per_year=1e-6)]
    assert risk_at(sources, EVEN, [[100.0, 0.0], [100.0, 150.0], [100.0, 400.0]]) == pytest.approx([1e-6, 1e-6, 0.0])


def test_risk_times_people_is_the_expected_loss_whatever_the_rose():
    rose = spread_rose([3, 1, 0, 0, 2, 5, 1, 0, 0, 0, 1, 1, 4, 2, 0, 0])
    sources = [
        Sourced(footprint=footprint(plume, downwind_deg=90.0), east_m=-40.0, north_m=15.0, per_year=1e-5),
        Sourced(footprint=footprint(ball, downwind_deg=None), east_m=0.0, north_m=0.0, per_year=2e-6),
    ]
    random = np.random.default_rng(3)
    places, people = random.uniform(-900, 900, (60, 2)), random.integers(1, 400, 60)
    by_place = float(risk_at(sources, rose, places) @ people)
    by_wind = sum(float(often @ killed) for often, killed in (deaths_by_wind(s, rose, places, people) for s in sources))
    assert by_place == pytest.approx(by_wind)
    assert by_place > 0


def test_wind_from_one_side_only_puts_all_risk_on_the_other():
    rose = spread_rose([1.0] + [0.0] * 15)  # from the north
    sources = [Sourced(footprint=footprint(plume, downwind_deg=90.0), east_m=0.0, north_m=0.0, per_year=1.0)]
    south, north = risk_at(sources, rose, [[0.0, -200.0], [0.0, 200.0]])
    assert south > 0.05
    assert north == 0.0


def test_what_cannot_be_told_is_refused():
    with pytest.raises(FootprintError, match="没有给出"):
        footprint(lambda at: np.full(len(at), np.nan), downwind_deg=None)
    with pytest.raises(FootprintError, match="5 km 处仍会致死"):
        footprint(lambda at: np.ones(len(at)), downwind_deg=None, farthest_m=5000)
    with pytest.raises(ValueError, match="rose"):
        spread_rose([0.0] * 16)
