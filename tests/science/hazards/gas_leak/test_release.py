"""Flow from a hole and a pipe: continuous, monotone, and exact where both models meet; blow-down keeps every kilogram."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.gas_leak.blowdown import Line, Side, blow_down
from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, USUAL, usual
from anlan.science.hazards.gas_leak.release import (
    Feed,
    critical_ratio,
    friction_factor,
    hole_flow,
    pipe_flow,
    steady_release,
)

T = 288.15
GASES = st.sampled_from(["natural_gas", "methane", "coal_gas", "hydrogen"])
PRESSURES = st.floats(1.02 * ATMOSPHERE, 1e7)


@given(kind=GASES, pressure=PRESSURES, more=st.floats(1.001, 3.0))
def test_more_pressure_and_more_hole_let_out_more(kind, pressure, more):
    gas = usual(kind)
    less = hole_flow(gas, pressure, T, 1e-4, 0.9)
    assert hole_flow(gas, pressure, T, 1e-4 * more, 0.9) == pytest.approx(less * more)
    assert hole_flow(gas, min(pressure * more, 2e7), T, 1e-4, 0.9) > less


@given(kind=GASES)
def test_flow_has_no_jump_where_it_becomes_choked(kind):
    gas = usual(kind)
    limit = ATMOSPHERE / critical_ratio(gas.gamma)
    below, above = (hole_flow(gas, limit * share, T, 1e-4, 1.0) for share in (1 - 1e-7, 1 + 1e-7))
    assert above == pytest.approx(below, rel=1e-6)


@settings(deadline=None, max_examples=10)
@given(pressure=st.floats(1.05 * ATMOSPHERE, 5e6), length=st.floats(5.0, 5000.0), share=st.floats(0.01, 0.95))
def test_hole_and_pipe_together_never_exceed_either(pressure, length, share):
    gas, diameter = usual("methane"), 0.2
    feed = Feed(length=length, diameter=diameter, friction=friction_factor(diameter, 1e-4))
    area = math.pi / 4 * (share * diameter) ** 2
    rate, inside = steady_release(gas, pressure, T, (feed,), area, 0.9)
    larger, _ = steady_release(gas, pressure, T, (feed,), 1.1 * area, 0.9)
    both, _ = steady_release(gas, pressure, T, (feed, feed), area, 0.9)
    assert 0 < rate <= hole_flow(gas, pressure, T, area, 0.9) * (1 + 1e-9)
    assert rate <= pipe_flow(gas, pressure, T, feed, ATMOSPHERE) * (1 + 1e-6)
    if inside < 0.99 * pressure:  # nearer than that the drop is lost in rounding
        assert rate == pytest.approx(pipe_flow(gas, pressure, T, feed, inside), rel=1e-4)
    assert larger >= rate * (1 - 1e-6)
    assert both >= rate * (1 - 1e-6)


SIDES = st.builds(
    Side,
    length=st.floats(5.0, 5000.0),
    is_supplied=st.booleans(),
    close_start=st.floats(0.0, 900.0),
    close_end=st.floats(901.0, 1500.0),
    most=st.sampled_from([math.inf, 0.05]),
)


@settings(deadline=None, max_examples=10)
@given(
    up=SIDES,
    down=SIDES,
    pressure=st.floats(1.02 * ATMOSPHERE, 8e6),
    share=st.floats(0.005, 1.0),
    is_rupture=st.booleans(),
)
def test_blow_down_keeps_every_kilogram(up, down, pressure, share, is_rupture):
    line = Line(
        gas=usual("methane"),
        pressure=pressure,
        temperature=T,
        diameter=0.2,
        friction=0.02,
        up=up,
        down=down,
        hole_area=math.pi / 4 * (share * 0.2) ** 2,
        discharge=0.9,
        is_rupture=is_rupture,
    )
    made = blow_down(line, 3600.0)
    gap = made.remaining[0] + made.supplied - made.released - made.remaining
    assert np.abs(gap).max() <= 1e-9 * (made.remaining[0] + made.supplied[-1])
    assert (np.diff(made.released) >= -1e-5 * made.released[-1]).all()
    assert np.isfinite(made.rate).all()
    assert (made.rate >= 0).all()
    assert (made.rate[1:] * np.diff(made.time)).sum() == pytest.approx(made.released[-1], rel=1e-9)
    assert made.rate.max() <= made.rate[0] * (1 + 1e-6)  # full pressure at the hole is the most there is


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
def test_a_supplied_line_settles_at_the_steady_release_of_the_other_model(share):
    """Two derivations: friction without inertia in cells, and adiabatic flow with friction (Fanno)."""
    gas, diameter, area = usual("methane"), 0.1, math.pi / 4 * (share * 0.1) ** 2
    up = Side(length=1000.0, is_supplied=True, close_start=1e6, close_end=1e6)
    down = Side(length=10.0, is_supplied=False, close_start=0.0, close_end=0.0)
    line = Line(
        gas=gas,
        pressure=501_325.0,
        temperature=T,
        diameter=diameter,
        friction=0.02,
        up=up,
        down=down,
        hole_area=area,
        discharge=0.9,
        is_rupture=False,
    )
    feed = Feed(length=1000.0, diameter=diameter, friction=0.02)
    steady, _ = steady_release(gas, 501_325.0, T, (feed,), area, 0.9)
    assert blow_down(line, 20_000.0).rate[-1] == pytest.approx(steady, rel=0.01)


@given(first=st.sampled_from(sorted(USUAL)), hydrogen=st.floats(0.0, 30.0))
def test_limits_of_blends_lie_between_those_of_the_parts(first, hydrogen):
    blend, pure, added = usual(first, hydrogen), usual(first), usual("hydrogen")
    for name in ("lower_limit", "upper_limit"):
        parts = sorted((getattr(pure, name), getattr(added, name)))
        assert parts[0] - 1e-12 <= getattr(blend, name) <= parts[1] + 1e-12
    assert blend.lower_limit < blend.stoichiometric < blend.upper_limit
