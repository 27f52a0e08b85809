"""Readings survive packing, and of several at one moment the last counts."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.areas.risk.monitoring.readings import Readings, amounts, thinned

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2**32 - 1),
        st.integers(-(2**53), 2**53),
        st.floats(width=64, allow_infinity=False),
        st.integers(0, 6),
    ),
    max_size=25,
)


def rows_of(readings: Readings) -> list[tuple]:
    columns = (readings.instrument, readings.observed, readings.value, readings.flag)
    return [tuple(repr(one) for one in row) for row in zip(*(column.tolist() for column in columns), strict=True)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_packing_keeps_every_row(rows):
    readings = Readings.of(rows)
    packed = readings.pack()
    assert len(packed) == 21 * len(rows)
    assert rows_of(Readings.unpack(packed, len(rows))) == rows_of(readings)


@given(st.lists(st.tuples(st.just(1), st.integers(0, 9), st.floats(0, 9), st.just(0)), max_size=30))
def test_sorting_keeps_the_last_of_each_moment(rows):
    expected = {observed: value for _, observed, value, _ in rows}
    found = Readings.of(rows).sorted()
    assert list(zip(found.observed.tolist(), found.value.tolist(), strict=True)) == sorted(expected.items())


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_a_counter_never_grows_backwards(steps):
    totals = np.cumsum(steps).astype(float)
    assert amounts(totals).sum() == totals[-1] - totals[0]
    assert (amounts(totals[::-1]) >= 0).all()


@settings(deadline=None)
@given(st.integers(4, 200), st.integers(0, 3000))
def test_thinning_keeps_the_extremes_and_the_order(points, count):
    values = np.random.default_rng(count).normal(size=count)
    readings = Readings.of((1, at, value, 0) for at, value in enumerate(values.tolist()))
    found = thinned(readings, points)
    assert len(found) <= max(points, 4)
    assert (np.diff(found.observed) > 0).all()
    if count:
        assert (found.value.min(), found.value.max()) == (values.min(), values.max())


def test_thinning_keeps_a_gap():
    readings = Readings.of((1, at, float("nan"), 1) for at in range(100))
    assert np.isnan(thinned(readings, 10).value).all()
