"""The blast model against published waves, curves and accidents."""

import numpy as np

from anlan.science.statistics.agreement import fac2, geometric_mean_bias
from tests.verification.explosion import cases


def test_waves_of_tnt_are_those_of_the_tables():
    for row, (name, observed, predicted, _unit, _source) in zip(
        cases.rows("blast_waves.csv"), cases.blast_waves(), strict=True
    ):
        assert abs(predicted / observed - 1) <= float(row["tolerance"]), name


def test_vapour_clouds_follow_independent_curves_and_err_on_the_safe_side():
    found = cases.vapour_clouds()
    for row, (name, observed, predicted, _unit, _source) in zip(cases.rows("vapour_clouds.csv"), found, strict=True):
        factor = float(row["tolerance_factor"])
        assert 1 / factor <= predicted / observed <= factor, name
    observed, predicted = np.array([(one[1], one[2]) for one in found]).T
    assert 0.8 <= geometric_mean_bias(observed, predicted) <= 1.02


def test_ammonium_nitrate_accidents_lie_inside_what_is_published():
    for row, (name, _middle, predicted, _unit, _source) in zip(
        cases.rows("accidents.csv"), cases.accidents(), strict=True
    ):
        assert float(row["low"]) <= predicted <= float(row["high"]), name


def test_every_case_names_its_source_and_use():
    for table in ("blast_waves.csv", "vapour_clouds.csv", "accidents.csv"):
        for row in cases.rows(table):
            assert row["source"], table
            assert row["use"] in ("tuned", "judged", "recalled")


def test_judged_waves_agree_within_a_factor_of_two_everywhere():
    judged = [one for row, one in zip(cases.rows("blast_waves.csv"), cases.blast_waves(), strict=True)
              if row["use"] == "judged"]  # fmt: skip
    assert fac2([one[1] for one in judged], [one[2] for one in judged]) == 1.0
