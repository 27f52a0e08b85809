"""The fire model against books, tables and large experiments."""

import numpy as np

from anlan.science.statistics.agreement import fac2, geometric_mean_bias, geometric_variance
from tests.verification.fire import cases


def test_sizes_and_brightness_are_those_of_books_and_experiments():
    for row, (name, observed, predicted, _unit, _source) in zip(
        cases.rows("published.csv"), cases.published(), strict=True
    ):
        assert abs(predicted / observed - 1) <= float(row["tolerance"]), (name, predicted)


def test_view_factors_are_those_of_the_yellow_book():
    for row, (name, observed, predicted, _unit, _source) in zip(
        cases.rows("view_factors.csv"), cases.view_factors(), strict=True
    ):
        assert abs(predicted - observed) <= max(float(row["tolerance"]), 0.008 * observed), (name, predicted)


def test_heat_round_burning_liquefied_gas_is_right_within_a_factor_of_two_and_not_too_low():
    """121 radiometers of five fires of 21 to 56 m; nothing was fitted to them. The model says a third too much."""
    observed, predicted = np.array([(one[1], one[2]) for one in cases.liquefied_gas_pools()]).T
    assert len(observed) > 100
    assert fac2(observed, predicted) >= 0.9
    assert 0.67 <= geometric_mean_bias(observed, predicted) <= 1.05
    assert geometric_variance(observed, predicted) <= 1.3


def test_jet_flames_are_as_long_as_experiments_say():
    observed, predicted = np.array([(one[1], one[2]) for one in cases.jet_lengths()]).T
    assert fac2(observed, predicted) == 1.0
    assert 0.8 <= geometric_mean_bias(observed, predicted) <= 1.25


def test_every_case_names_its_source_and_use():
    for table in ("published.csv", "view_factors.csv", "liquefied_gas_pools.csv"):
        for row in cases.rows(table):
            assert row["source"], table
            assert row["use"] in ("tuned", "judged", "recalled")


def test_flames_over_diesel_are_as_long_as_measured():
    for name, observed, predicted, _unit, _source in cases.oil_pool_lengths():
        assert 0.75 <= predicted / observed <= 1.25, name


def test_heat_from_diesel_errs_on_the_safe_side_within_a_factor_of_two():
    for name, observed, predicted, _unit, _source in cases.oil_pool_heat():
        assert 1.0 <= predicted / observed <= 2.0, name


def test_heat_beside_natural_gas_jets_is_right_on_the_whole():
    observed, predicted = np.array([(one[1], one[2]) for one in cases.natural_gas_jet_heat()]).T
    assert fac2(observed, predicted) == 1.0
    assert 0.9 <= geometric_mean_bias(observed, predicted) <= 1.1


def test_gas_jets_burn_as_measured():
    for use in ("judged", "tuned", "recalled"):
        wanted = [row for row in cases.rows("gas_jets.csv") if row["use"] == use]
        for row, (name, observed, predicted, _unit, _source) in zip(wanted, cases.gas_jets(use), strict=True):
            factor = float(row["tolerance_factor"])
            assert 1 / factor <= predicted / observed <= factor, name


def test_what_is_missed_is_still_missed():
    """If a change heals one of these, move it to `judged` and say so in the model card."""
    missed = cases.oil_pool_heat("missed") + cases.gas_jets("missed")
    assert len(missed) == 3
    assert not any(0.5 <= predicted / observed <= 2.0 for _name, observed, predicted, _unit, _source in missed)
