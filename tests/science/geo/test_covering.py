"""Maximal covering equals trying every choice."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.geo.covering import CoveringError, best_sites

TABLES = st.tuples(st.integers(1, 7), st.integers(1, 9)).flatmap(
    lambda shape: st.tuples(
        arrays(bool, shape), arrays(np.int64, shape[1], elements=st.integers(0, 9)), arrays(bool, shape[1]), st.integers(1, shape[0])
    )
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_the_answer_is_that_of_trying_all(given):
    table, weights, is_covered, count = given
    worth = np.where(is_covered, 0, weights)
    best = max(worth[table[list(sites)].any(axis=0)].sum() for sites in combinations(range(len(table)), count))
    found = best_sites(table, weights, count, is_covered=is_covered)
    assert len(set(found.sites)) == count
    assert found.gain == pytest.approx(best)
    assert found.gain == pytest.approx(worth[table[list(found.sites)].any(axis=0)].sum())
    assert found.bound == pytest.approx(best)
    assert found.gap == 0


@pytest.mark.parametrize(
    ("name", "covers", "weights", "count"),
    [("covers", [[1, 0]], [1], 1), ("weights", [[1]], [-1], 1), ("weights", [[1]], [np.nan], 1), ("count", [[1]], [1], 2), ("count", [[1]], [1], 0)],
)  # fmt: skip
def test_wrong_questions_are_refused(name, covers, weights, count):
    with pytest.raises(CoveringError, match=name):
        best_sites(covers, weights, count)
