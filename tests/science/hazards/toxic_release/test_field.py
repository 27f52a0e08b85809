"""Clouds keep their mass, are symmetric, and are the textbook's plume and puff where those hold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.toxic_release import weather
from anlan.science.hazards.toxic_release.field import WINDOWS_MIN, Cloud, arrival, exposure, history, snapshot
from anlan.science.hazards.toxic_release.track import Air, passive

AIR = Air(kind="D", terrain="rural", roughness_m=0.03, wind_m_s=5.0, wind_height_m=4.0, averaging_s=600.0,
          temperature_k=293.15, pressure_pa=101325.0)  # fmt: skip
X = np.array([100.0, 300.0, 1000.0, 3000.0])


def cloud(*, duration=1800.0, mass=1800.0, parts=1, rows=((0.0, 1.0, 0.0),), puff=False, height=0.0, air=AIR):
    """A release whose wind blows to the north unless rows say otherwise."""
    track = passive(air, half_width=0.01, depth=0.01, height=height, is_puff=puff, most=10.0)
    start, ratio, to = (np.array(column) for column in zip(*rows, strict=True))
    edges = np.zeros(2) if puff else np.linspace(0.0, duration, parts + 1)
    return Cloud(track=track, edges_s=edges, mass_kg=np.full(1 if puff else parts, mass / (1 if puff else parts)),
                 wind_from_s=start, wind_ratio=ratio, wind_to=to, height_m=height, lid_m=5000.0,
                 horizon_s=5400.0)  # fmt: skip


def ahead(x):
    return np.column_stack((np.zeros_like(x), x))


def test_a_long_release_is_the_gaussian_plume():
    plume = 1.0 / (np.pi * weather.sigma_y(X, "D", "rural") * weather.sigma_z(X, "D", "rural") * AIR.speed(4.0))
    found = exposure(cloud(), ahead(X), height=0.0)
    assert found.peak == pytest.approx(plume, rel=0.01)
    assert found.dose == pytest.approx(1800.0 * plume, rel=0.01)
    assert found.means[WINDOWS_MIN.index(30.0)] == pytest.approx(plume, rel=0.05)


def test_an_elevated_release_reflects_at_the_ground():
    found = exposure(cloud(height=30.0), ahead(X), height=0.0).peak
    deep = weather.sigma_z(X, "D", "rural")
    plume = np.exp(-0.5 * (30.0 / deep) ** 2) / (np.pi * weather.sigma_y(X, "D", "rural") * deep * AIR.speed(30.0))
    assert found == pytest.approx(plume, rel=0.02, abs=1e-9)


def test_all_at_once_is_the_gaussian_puff():
    found = exposure(cloud(puff=True, mass=100.0), ahead(X), height=0.0)
    wide, deep = weather.sigma_y(X, "D", "rural"), weather.sigma_z(X, "D", "rural")
    assert found.peak == pytest.approx(200.0 / ((2 * np.pi) ** 1.5 * wide**2 * deep), rel=0.06)
    assert found.dose == pytest.approx(100.0 / (np.pi * wide * deep * AIR.speed(4.0)), rel=0.02)


@pytest.mark.parametrize("parts", [1, 12])
def test_followed_in_time_it_is_the_same_as_by_distance(parts):
    steady = cloud(parts=parts)
    turning = replace(steady, wind_from_s=np.array([0.0, 5000.0]), wind_ratio=np.ones(2), wind_to=np.zeros(2))
    ours, plain = (exposure(one, ahead(X), height=1.5, power=2.0, changes_h=1.0) for one in (steady, turning))
    for name in ("peak", "dose", "load", "indoor_peak", "indoor_load"):
        assert getattr(ours, name) == pytest.approx(getattr(plain, name), rel=0.04), name
    assert ours.means == pytest.approx(plain.means, rel=0.04)
    assert arrival(steady, ahead(X), 1e-7) == pytest.approx(arrival(turning, ahead(X), 1e-7), rel=0.2)


@pytest.mark.parametrize(
    "made", [cloud(), cloud(puff=True), cloud(rows=((0.0, 1.0, 0.0), (300.0, 1.5, 0.9)), parts=24)],
    ids=["plume", "puff", "turning"],
)  # fmt: skip
def test_the_released_mass_is_in_the_air(made):
    axis = np.arange(-1500.0, 4500.0, 15.0)
    places = np.column_stack([one.ravel() for one in np.meshgrid(axis, axis)])
    heights = np.arange(3.0, 260.0, 6.0)
    wind = AIR.speed(4.0) * made.wind_ratio[-1]
    near = np.hypot(places[:, 0], places[:, 1]) < 150.0  # too narrow there for such a grid
    total = sum(snapshot(made, places[~near], 600.0, height=float(z)).sum() for z in heights) * 6.0 * 15.0**2
    assert total == pytest.approx(1800.0 if made.track.is_puff else 600.0 - 150.0 / wind, rel=0.03)


def test_a_lid_keeps_it_below():
    far, low = ahead(np.array([9000.0])), replace(cloud(), lid_m=100.0)
    assert exposure(low, far, height=0.0).peak > 1.5 * exposure(cloud(), far, height=0.0).peak


@settings(max_examples=30, deadline=None)
@given(turn=st.floats(0.0, 6.28), x=st.floats(30.0, 5000.0), y=st.floats(0.0, 500.0))
def test_it_turns_with_the_wind_and_is_symmetric(turn, x, y):
    made, turned = cloud(), cloud(rows=((0.0, 1.0, turn),))
    place = np.array([[y, x], [-y, x]])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    one, other = exposure(made, place), exposure(turned, place @ rotation)
    assert one.peak[0] == pytest.approx(one.peak[1], rel=1e-9)
    assert other.peak == pytest.approx(one.peak, rel=1e-6, abs=1e-30)


@settings(max_examples=30, deadline=None)
@given(factor=st.floats(0.01, 100.0), kind=st.sampled_from("ABCDEF"))
def test_concentrations_scale_with_the_source_and_fall_with_distance(factor, kind):
    air = replace(AIR, kind=kind)
    one, more = (exposure(cloud(air=air, mass=mass), ahead(X), height=0.0) for mass in (1.0, factor))
    assert more.peak == pytest.approx(factor * one.peak, rel=1e-9)
    assert (np.diff(one.peak) < 0).all()


def test_indoors_is_less_and_later():
    found = exposure(cloud(duration=600.0), ahead(X), power=2.0, changes_h=0.5)
    assert (found.indoor_peak < found.peak).all()
    assert (found.indoor_load < found.load).all()
    airy = exposure(cloud(duration=600.0), ahead(X), power=2.0, changes_h=20.0)
    assert (airy.indoor_peak > found.indoor_peak).all()


def test_a_turning_wind_bends_the_plume():
    made = cloud(rows=((0.0, 1.0, 0.0), (1200.0, 1.0, np.pi / 2)), parts=24)
    places = np.array([[0.0, 1000.0], [1000.0, 0.0]])
    early, late = history(made, places, np.array([900.0, 1790.0]), height=0.0)
    assert early[0] > 1e-6 > early[1]
    assert late[1] > 1e-6


def test_nowhere_is_not_a_number():
    axis = np.linspace(-3000.0, 3000.0, 41)
    places = np.column_stack([one.ravel() for one in np.meshgrid(axis, axis)])
    for made in (cloud(), cloud(puff=True), cloud(rows=((0.0, 1.0, 0.0), (60.0, 2.0, 3.0)))):
        found = exposure(made, places, power=2.75)
        for name in ("peak", "means", "dose", "load", "indoor_peak", "indoor_load"):
            assert np.isfinite(getattr(found, name)).all()
            assert (getattr(found, name) >= 0).all()
