"""Escalation has thresholds, grows with the load, and chains are limited and listed."""

import numpy as np
import pytest

from anlan.science.exposure.escalation import (
    EQUIPMENT,
    blast_escalation,
    chains,
    heat_escalation,
    seconds_to_failure,
)


@pytest.mark.parametrize("kind", EQUIPMENT)
def test_loads_below_the_threshold_do_not_escalate_and_more_is_worse(kind):
    load = np.geomspace(1e3, 1e6, 200)
    found = blast_escalation(load, kind)
    assert (found[load < EQUIPMENT[kind].overpressure_pa] == 0).all()
    assert (np.diff(found) >= 0).all()
    heat = np.geomspace(1e3, 200e3, 200)
    found = heat_escalation(heat, 7200.0, 500.0, kind)
    assert (found[heat < EQUIPMENT[kind].heat_w_m2] == 0).all()
    assert (np.diff(found) >= 0).all()
    assert (np.diff(seconds_to_failure(heat, 500.0, kind)) < 0).all()
    assert np.isinf(seconds_to_failure(0.0, 500.0, kind))


def test_one_in_ten_vessels_fails_at_twenty_minutes_and_nine_in_ten_at_five():
    """The two points that define the probit of Landucci et al. 2009."""
    heat = np.geomspace(15e3, 60e3, 4000)
    minutes = seconds_to_failure(heat, 5000.0, "atmospheric") / 60.0
    found = heat_escalation(heat, 7200.0, 5000.0, "atmospheric")
    for at, share in ((5.0, 0.9), (13.0, 0.31)):
        assert float(np.interp(-at, -minutes, found)) == pytest.approx(share, abs=0.02)


def test_chains_visit_each_piece_once_and_stay_within_their_limits():
    count = 8
    onward = np.full((count, count), 0.9)
    found = chains([str(at) for at in range(count)], np.full(count, 0.5), onward, most_steps=3, most=40)
    assert len(found) == 40
    assert all(len(set(one.path)) == len(one.path) <= 3 for one in found)
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    assert chains(["a"], [1e-4], [[0.0]]) == ()
