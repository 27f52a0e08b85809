"""Worked examples of books and rules through the door that everybody has: `anlan simulate HAZARD scenario.json`."""

import pytest

from tests.verification import examples

TABLES = ("explosion", "gas_leak", "crowd")


@pytest.mark.parametrize("code", TABLES)
def test_examples_come_out(code):
    for row, (name, published, computed, _unit, source) in examples.cases(code):
        assert source
        assert row["use"] in ("judged", "recalled", "missed"), name
        if row["use"] == "missed":
            assert not 0.8 <= computed / published <= 1.25, f"{name}: healed, say so in the model card"
        else:
            assert computed == pytest.approx(published, rel=float(row["tolerance"])), name
