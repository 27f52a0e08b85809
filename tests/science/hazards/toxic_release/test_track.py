"""Heavy clouds slump, and become the passive cloud when their weight is gone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.toxic_release import weather
from anlan.science.hazards.toxic_release.mixture import mixed
from anlan.science.hazards.toxic_release.track import Air, heavy, passive

AIR = Air(kind="D", terrain="rural", roughness_m=0.03, wind_m_s=3.0, wind_height_m=10.0, averaging_s=600.0,
          temperature_k=293.15, pressure_pa=101325.0)  # fmt: skip


def chlorine(aerosol=0.0):
    return mixed(substance("chlorine"), temperature_k=239.2, liquid_fraction=aerosol, air_k=293.15,
                 pressure_pa=101325.0, humidity=0.5)  # fmt: skip


def on_axis(track, flow):
    """Concentration at the ground, kg/m3."""
    mass = flow if track.is_puff else flow / track.speed * np.gradient(track.stretched, track.distance)
    width = track.width**2 if track.is_puff else track.width
    return mass / width * 2.0 / (np.sqrt(2.0 * np.pi) * track.sigma_z)


def test_it_is_wider_and_lower_than_a_passive_cloud():
    track = heavy(AIR, chlorine(), flow=10.0, half_width=2.0, depth=2.0, is_puff=False)
    still = passive(AIR, half_width=2.0, depth=2.0, height=0.0, is_puff=False, most=1.0)
    at = 100.0
    assert np.interp(at, track.distance, track.core) > 5 * np.interp(at, still.distance, still.core)
    assert np.interp(at, track.distance, track.sigma_z) < np.interp(at, still.distance, still.sigma_z)
    assert track.stretched[-1] > track.distance[-1], "it lies in slower air"


def test_a_trace_is_not_heavy():
    """It grows no faster than the air lets it, and in the end as fast."""
    for kind in "ABCDEF":
        air = replace(AIR, kind=kind)
        track = heavy(air, chlorine(), flow=1e-4, half_width=0.05, depth=0.05, is_puff=False)
        away = track.distance > 10.0
        natural = weather.sigma_z(track.distance + 1.0, kind, "rural")
        assert (track.sigma_z[away] <= 1.02 * natural[away]).all(), kind
        assert (track.sigma_z[away] >= 0.33 * natural[away]).all(), kind
        if kind != "C":  # where the shear's share is still the smaller one at 10 km
            assert track.sigma_z[-1] == pytest.approx(natural[-1], rel=0.05), kind
        assert track.core[-1] < 0.05 * track.sigma_y[-1], kind


@settings(max_examples=20, deadline=None)
@given(
    flow=st.floats(0.05, 500.0), wind=st.floats(0.5, 12.0), kind=st.sampled_from("ABCDEF"), puff=st.booleans(),
    aerosol=st.floats(0.0, 0.85),
)  # fmt: skip
def test_clouds_only_ever_dilute(flow, wind, kind, puff, aerosol):
    air = Air(kind=kind, terrain="rural", roughness_m=0.03, wind_m_s=wind, wind_height_m=10.0, averaging_s=600.0,
              temperature_k=293.15, pressure_pa=101325.0)  # fmt: skip
    size = (flow / 3.0) ** (1 / 3) if puff else np.sqrt(flow / 3.0 / wind)
    track = heavy(air, chlorine(aerosol), flow=flow, half_width=size, depth=size, is_puff=puff)
    for one in (track.core, track.sigma_z, track.stretched, track.width):
        assert np.isfinite(one).all()
    assert (np.diff(track.core) >= 0).all()
    assert (np.diff(track.stretched) > 0).all()
    far = track.distance > 100.0
    # an undiluted cloud stays as it is, but for what the tables of density are coarse
    assert (np.diff(np.log(on_axis(track, flow)[far])) < 0.01).all()


def test_droplets_make_ammonia_heavy():
    warm, cold = (
        mixed(substance("ammonia"), temperature_k=239.8, liquid_fraction=share, air_k=293.15, pressure_pa=101325.0,
              humidity=0.5)
        for share in (0.0, 0.8)
    )  # fmt: skip
    assert cold.density[60] > cold.air_density
    assert cold.temperature.min() < 220.0
    assert warm.temperature.min() >= 239.0
    assert (np.diff(cold.concentration) >= 0).all()


def test_mixing_keeps_the_energy_of_dry_gases():
    """Without droplets and water the temperature is the mean by heat capacity."""
    what = substance("carbon_monoxide")
    mix = mixed(what, temperature_k=250.0, liquid_fraction=0.0, air_k=300.0, pressure_pa=101325.0, humidity=0.0)
    m = mix.fraction[80]
    expected = (m * what.gas_heat * 250.0 + (1 - m) * 1006.0 * 300.0) / (m * what.gas_heat + (1 - m) * 1006.0)
    assert mix.temperature[80] == pytest.approx(expected, abs=0.05)
