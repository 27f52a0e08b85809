"""Gas that the wind does not take up lies round its source, on every side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.toxic_release.blanket import lying
from anlan.science.hazards.toxic_release.cloud import released
from anlan.science.hazards.toxic_release.field import exposure
from anlan.science.hazards.toxic_release.mixture import mixed
from anlan.science.hazards.toxic_release.model import run
from anlan.science.hazards.toxic_release.scenario import Scenario, Source, Weather
from anlan.science.hazards.toxic_release.weather import friction_velocity, near_ground_exponent

CHLORINE = mixed(substance("chlorine"), temperature_k=239.2, liquid_fraction=0.0, air_k=293.15, pressure_pa=101325.0,
                 humidity=0.5)  # fmt: skip


def gathered(flow=50.0, wind=2.5, kind="F", pooling_s=3600.0, radius=15.0):
    return lying(
        CHLORINE, flow=flow, first=1.0, radius=radius, wind=wind, height=10.0, pooling_s=pooling_s,
        friction=friction_velocity(wind, 10.0, kind, 0.03), power=near_ground_exponent(kind, 0.03),
    )  # fmt: skip


def scenario(rate=50.0, wind=2.5, stability="F"):
    return Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=rate, duration_s=1800.0),
                    weather=Weather(wind_m_s=wind, wind_height_m=10.0, wind_from_deg=180.0, stability=stability))  # fmt: skip


@pytest.mark.parametrize(
    ("flow", "wind", "kind", "radius", "theirs"), [(50.0, 2.5, "F", 15.0, 150.3), (5.0, 2.0, "F", 5.0, 42.2)]
)
def test_it_is_as_large_as_degadis_has_it(flow, wind, kind, radius, theirs):
    """Radii of runs with degadisx 0.1.4, whose u* is some per cent greater here."""
    assert gathered(flow, wind, kind, radius=radius)[0] == pytest.approx(theirs, rel=0.25)


@settings(max_examples=40, deadline=None)
@given(flow=st.floats(0.5, 300.0), wind=st.floats(1.0, 10.0), kind=st.sampled_from("BCDEF"))
def test_more_gas_or_less_wind_makes_it_larger(flow, wind, kind):
    reach, share = gathered(flow, wind, kind)
    assert gathered(2.0 * flow, wind, kind)[0] >= 0.999 * reach
    assert gathered(flow, 1.3 * wind, kind)[0] <= 1.001 * reach
    assert gathered(flow, wind, kind, pooling_s=60.0)[0] <= reach
    assert 0.0 < share <= 1.0


def test_a_strong_wind_takes_up_all():
    assert gathered(flow=5.0, wind=9.0, kind="D") == (15.0, 1.0)


def test_those_upwind_are_in_it_too():
    release = released(scenario())
    reach = release.cloud.track.lying
    assert reach > 100.0
    sides = np.array([[0.0, -0.9 * reach], [0.0, 0.9 * reach], [0.0, -1.3 * reach]])
    peak = exposure(release.cloud, sides, height=0.0).peak
    assert peak[0] == pytest.approx(peak[1]) == pytest.approx(release.cloud.track.most, rel=0.01)
    assert peak[2] == 0.0
    result = run(scenario())
    assert result.upwind_m >= reach
    assert any("上风向同样危险" in str(note) for note in result.notes)
    zone = max(result.zones, key=lambda one: one.level.severity)
    assert min(float(ring[:, 1].min()) for ring in zone.outlines) < -0.8 * reach
    assert not any("上风向同样危险" in str(note) for note in run(scenario(rate=1.0, wind=6.0, stability="D")).notes)


def test_what_leaves_it_is_what_comes():
    """Flux of the gas through a plane across the wind, beyond the cloud."""
    release = released(scenario())
    y, z = np.linspace(-1500.0, 1500.0, 601), np.linspace(0.0, 60.0, 61)
    places = np.column_stack((y, np.full_like(y, 800.0)))
    over = np.array([exposure(release.cloud, places, height=one).peak for one in z])
    track = release.cloud.track
    speed = track.speed / np.interp(800.0, track.distance, np.gradient(track.stretched, track.distance))
    flux = speed * np.trapezoid(np.trapezoid(over, y, axis=1), z)
    assert flux == pytest.approx(50.0, rel=0.03)
