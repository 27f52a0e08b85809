"""A perfect model scores perfectly; a biased one shows its bias."""

import numpy as np
import pytest

from anlan.science.statistics.agreement import fac2, fractional_bias, geometric_mean_bias, geometric_variance, nmse


def test_a_perfect_model_scores_perfectly():
    seen = np.geomspace(0.1, 100, 20)
    assert fac2(seen, seen) == geometric_mean_bias(seen, seen) == geometric_variance(seen, seen) == 1.0
    assert fractional_bias(seen, seen) == nmse(seen, seen) == 0.0


@pytest.mark.parametrize(("factor", "share"), [(2.0, 1.0), (0.5, 1.0), (2.01, 0.0), (0.49, 0.0)])
def test_a_factor_of_two_belongs_to_fac2(factor, share):
    seen = np.array([1.0, 10.0, 100.0])
    assert fac2(seen, factor * seen) == share
    assert geometric_mean_bias(seen, factor * seen) == pytest.approx(1 / factor)
    assert fractional_bias(seen, factor * seen) == pytest.approx(2 * (1 - factor) / (1 + factor))


def test_of_nothing_nothing_can_be_said():
    measures = (fac2, fractional_bias, nmse, geometric_mean_bias, geometric_variance)
    assert all(np.isnan(measure([], [])) for measure in measures)
