"""Risks add up: places and people, curves and criteria."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anlan.science.exposure import risk
from anlan.science.geo.contours import outlines
from anlan.science.hazards.explosion.model import impact, run
from anlan.science.hazards.explosion.scenario import Condensed, Explosion

LINES = risk.SocietalLines(unacceptable_fn=1e-3, acceptable_fn=1e-5, most_deaths=1000)
QUICK = settings(max_examples=60, deadline=None)
tables = some.integers(1, 6).flatmap(
    lambda count: some.tuples(
        some.lists(some.floats(1e-9, 1e-2), min_size=count, max_size=count),
        some.lists(some.floats(0, 5000), min_size=count, max_size=count),
    )
)


@QUICK
@given(table=tables)
def test_the_area_under_the_curve_is_the_expected_loss_of_life(table):
    frequency, deaths = table
    whole = [float(round(one)) for one in deaths]
    curve = risk.societal_curve(frequency, whole)
    assert (np.diff(curve.per_year) <= 1e-15).all()
    widths = np.diff(np.append(0.0, curve.deaths))
    assert float(curve.per_year @ widths) == pytest.approx(risk.potential_loss_of_life(frequency, whole), abs=1e-12)


@QUICK
@given(seed=some.integers(0, 99))
def test_risk_times_people_is_the_expected_loss_of_life(seed):
    random = np.random.default_rng(seed)
    frequency, lethality, people = random.random(4) * 1e-4, random.random((4, 7)), random.integers(0, 500, 7)
    by_place = risk.individual_risk(frequency, lethality) @ people
    by_scenario = risk.potential_loss_of_life(frequency, risk.expected_deaths(lethality, people))
    assert by_place == pytest.approx(by_scenario)


@pytest.mark.parametrize(
    ("frequency", "values"), [([1e-5], [[0.1], [0.2]]), ([-1e-5], [[0.1]]), ([1e-5], [[np.nan]]), ([[1e-5]], [[0.1]])]
)
def test_tables_that_do_not_fit_are_refused(frequency, values):
    with pytest.raises(ValueError, match="lethality"):
        risk.individual_risk(frequency, values)


@pytest.mark.parametrize(
    ("per_year", "deaths", "standing"),
    [(9.9e-7, 10, "acceptable"), (1e-6, 10, "alarp"), (9.9e-5, 10, "alarp"), (1e-4, 10, "unacceptable"),
     (1e-9, 1000, "acceptable"), (1e-12, 1001, "unacceptable"), (1e-1, 0.5, "acceptable")],
)  # fmt: skip
def test_societal_risk_lies_between_the_lines(per_year, deaths, standing):
    assert risk.societal_standing(risk.societal_curve([per_year], [deaths]), LINES) == standing


def test_an_installation_from_scenarios_to_contours_and_distances():
    """Two explosions at a works: risk at villages, outlines on the ground, distance by the risk method."""
    scenarios = [
        (1e-5, Explosion(condensed=Condensed(explosive="tnt", mass_kg=2000.0))),
        (1e-6, Explosion(condensed=Condensed(explosive="tnt", mass_kg=20_000.0))),
    ]
    runs = [(one, run(one)) for _frequency, one in scenarios]
    frequency = [one for one, _ in scenarios]

    def risk_at(places):
        return risk.individual_risk(frequency, [impact(one, result, places).lethality for one, result in runs])

    side = np.linspace(-600.0, 600.0, 121)
    field = risk_at(np.array(np.meshgrid(side, side)).reshape(2, -1).T).reshape(121, 121)
    assert field.max() == pytest.approx(1.1e-5, rel=1e-6)
    distances = risk.safety_distance_m(risk_at, 3e-7, farthest_m=2000.0)
    assert np.ptp(distances) < 1e-6
    ((outside, *_holes),) = outlines(side, side, np.log(field + 1e-30), np.log(3e-7))
    # Indoors one in forty dies between 10 and 30 kPa: 2.75e-7 a year, so the frequent explosion's 30 kPa decides.
    assert np.hypot(*outside.T).mean() == pytest.approx(distances[0], rel=0.05)
    with pytest.raises(ValueError, match="farther"):
        risk.safety_distance_m(risk_at, 1e-9, farthest_m=200.0)
