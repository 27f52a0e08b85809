"""Stability and spread as the tables have them."""

import numpy as np
import pytest

from anlan.science.hazards.toxic_release import weather


@pytest.mark.parametrize(
    ("sky", "wind", "kind"),
    [("sun_strong", 1.0, "A"), ("sun_moderate", 4.0, "C"), ("sun_slight", 7.0, "D"), ("overcast", 2.0, "D"),
     ("night_clear", 1.0, "F"), ("night_clear", 4.0, "E"), ("night_cloudy", 2.5, "E"), ("night_cloudy", 6.5, "D")],
)  # fmt: skip
def test_turners_table(sky, wind, kind):
    assert weather.stability(sky, wind) == kind


@pytest.mark.parametrize(("curves", "until"), [("rural", 10_000.0), ("urban", 10_000.0), ("pasquill_gifford", 3_000.0)])
@pytest.mark.parametrize("curve", [weather.sigma_y, weather.sigma_z])
def test_unstable_air_spreads_more_and_everything_spreads_on(curves, until, curve):
    x = np.geomspace(10.0, until, 500)
    spreads = np.array([curve(x, kind, curves) for kind in weather.CLASSES])
    assert (np.diff(spreads, axis=1) > 0).all()
    assert (np.diff(spreads, axis=0) <= 1e-9).all()


@pytest.mark.parametrize(
    ("kind", "y", "z"),
    [("A", 213, 454), ("B", 158, 109), ("C", 105, 61), ("D", 68, 32.1), ("E", 51, 21.6), ("F", 34, 14.0)],
)
def test_the_curves_of_pasquill_and_gifford_at_a_kilometre(kind, y, z):
    """Read off the drawn curves of Turner 1970 (recalled, 待核对)."""
    assert float(weather.sigma_y(1000.0, kind, "pasquill_gifford")) == pytest.approx(y, rel=0.025)
    assert float(weather.sigma_z(1000.0, kind, "pasquill_gifford")) == pytest.approx(z, rel=0.025)
    assert float(weather.sigma_z(30_000.0, "A", "pasquill_gifford")) == weather.HIGHEST


def test_wind_rises_with_height_and_friction_with_roughness():
    heights = weather.wind_at(3.0, 10.0, np.array([2.0, 10.0, 50.0]), "E", "rural")
    assert (np.diff(heights) > 0).all()
    assert heights[1] == 3.0
    smooth, rough = (weather.friction_velocity(5.0, 10.0, "D", z0) for z0 in (0.001, 0.3))
    assert 0.1 < smooth < rough < 1.0
