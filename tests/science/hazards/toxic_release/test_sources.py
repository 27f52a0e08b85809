"""Outflow, pools and emissions keep their mass, and grow with what drives them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.toxic_release import outflow
from anlan.science.hazards.toxic_release.emission import emission
from anlan.science.hazards.toxic_release.pool import evaporating
from anlan.science.hazards.toxic_release.scenario import Scenario, Source, Weather

WEATHER = Weather(wind_m_s=3.0, wind_from_deg=180.0)


def made(code, **source):
    return Scenario(substance=code, source=Source(**source), weather=WEATHER)


@given(hole=st.floats(1e-5, 1e-2), head=st.floats(0.1, 20.0), gauge=st.floats(0.0, 1e6))
def test_a_tank_never_gives_more_than_stands_above_the_hole(hole, head, gauge):
    out = outflow.liquid(density=800.0, hole_area=hole, coefficient=0.62, gauge_pa=gauge, head_m=head, tank_area=5.0,
                         until_s=1e9, temperature_k=290.0)  # fmt: skip
    assert out.mass_kg[-1] == pytest.approx(800.0 * 5.0 * head, rel=1e-6)
    assert (np.diff(out.mass_kg) > 0).all()
    assert (np.diff(out.mass_kg, 2) < 1e-9 * out.mass_kg[-1]).all()


@given(pressure=st.floats(1.2e5, 8e6), hole=st.floats(1e-6, 1e-3))
def test_a_vessel_empties_to_the_ambient_pressure(pressure, hole):
    what = substance("chlorine")
    out = outflow.gas(what, hole_area=hole, coefficient=0.8, pressure_pa=pressure, temperature_k=293.15, volume=3.0,
                      ambient_pa=101325.0, until_s=1e12)  # fmt: skip
    whole = what.gas_density(293.15, pressure) * 3.0
    left = whole * (101325.0 / pressure) ** (1.0 / what.heat_ratio)
    assert out.mass_kg[-1] == pytest.approx(whole - left, rel=1e-4)
    assert (np.diff(out.mass_kg / 1.0) > 0).all()


def test_choked_flow_does_not_ask_for_the_outside():
    inside = outflow.gas_rate(5e5, 293.0, 0.028, 1.4, np.array([1e4, 1e5, 2.6e5]))
    assert inside[0] == pytest.approx(inside[1])
    assert inside[2] < inside[1] or inside[2] == pytest.approx(inside[1], rel=1e-3)
    assert float(outflow.gas_rate(1e5, 293.0, 0.028, 1.4, 1e5)) == 0.0


def test_a_boiling_liquid_comes_slower_through_a_pipe_than_through_a_hole():
    flux = [
        outflow.flashing_flux(substance("ammonia"), pressure_pa=9e5, temperature_k=293.15, ambient_pa=101325.0,
                              length_m=length, diameter_m=0.05)
        for length in (0.0, 0.05, 0.1, 10.0)
    ]  # fmt: skip
    assert flux == sorted(flux, reverse=True)
    assert flux[0] > 2.0 * flux[2]


@settings(max_examples=25, deadline=None)
@given(
    code=st.sampled_from(["benzene", "acrylonitrile", "ammonia", "hydrogen_cyanide", "bromine"]),
    mass=st.floats(1.0, 1e5),
    wind=st.floats(0.5, 20.0),
    bund=st.one_of(st.none(), st.floats(1.0, 1e4)),
)
def test_a_pool_loses_nothing(code, mass, wind, bund):
    what = substance(code)
    found = evaporating(what, time_s=np.array([0.0, 60.0]), spilt_kg=np.array([0.0, mass]), liquid_k=280.0,
                        air_k=293.15, pressure_pa=101325.0, wind_10m=wind, bund_m2=bund, ground="soil",
                        until_s=3600.0)  # fmt: skip
    spilt = np.minimum(mass * found.time_s / 60.0, mass)
    assert found.evaporated_kg + found.left_kg == pytest.approx(spilt, rel=1e-9, abs=1e-9)
    assert (np.diff(found.evaporated_kg) >= 0).all()
    assert np.isfinite(found.temperature_k).all()
    assert bund is None or found.area_m2.max() <= bund * (1 + 1e-9)


def test_wind_and_warmth_evaporate_more():
    def gone(wind, air):
        return evaporating(
            substance("benzene"), time_s=np.array([0.0, 1.0]), spilt_kg=np.array([0.0, 1e4]), liquid_k=air, air_k=air,
            pressure_pa=101325.0, wind_10m=wind, bund_m2=100.0, ground="concrete", until_s=1800.0,
        ).evaporated_kg[-1]  # fmt: skip

    assert gone(6.0, 293.0) > gone(2.0, 293.0) > gone(2.0, 283.0) > 0


SOURCES = {
    "rate": ("chlorine", {"kind": "rate", "rate_kg_s": 2.0, "duration_s": 300.0}),
    "instant": ("chlorine", {"kind": "instant", "mass_kg": 500.0, "liquid_share": 1.0}),
    "tank_liquid": ("benzene", {"kind": "tank_liquid", "hole_mm": 30.0, "mass_kg": 2e4, "liquid_head_m": 4.0}),
    "tank_gas": ("hydrogen_sulfide", {"kind": "tank_gas", "hole_mm": 10.0, "gauge_kpa": 800.0, "volume_m3": 10.0}),
    "tank_liquefied": ("ammonia", {"kind": "tank_liquefied", "hole_mm": 25.0, "mass_kg": 1e4, "duration_s": 600.0}),
    "pipe_gas": ("ammonia", {"kind": "pipe_gas", "pipe_mm": 100.0, "pipe_length_m": 500.0, "gauge_kpa": 500.0}),
    "pipe_liquefied": ("chlorine", {"kind": "pipe_liquefied", "pipe_mm": 25.0, "pipe_length_m": 8.0, "mass_kg": 1e3}),
    "pool": ("acrylonitrile", {"kind": "pool", "mass_kg": 2000.0, "bund_m2": 60.0}),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_released_is_airborne_or_in_the_pool(kind):
    code, source = SOURCES[kind]
    found = emission(made(code, **source))
    assert found.airborne_kg + found.left_kg == pytest.approx(found.released_kg, rel=1e-6)
    assert found.airborne_kg > 0
    assert (found.mass_kg > 0).all()


@pytest.mark.parametrize("kind", SOURCES)
def test_the_factor_scales_a_release(kind):
    code, source = SOURCES[kind]
    one, two = emission(made(code, **source)), emission(made(code, **source, factor=2.0))
    assert two.released_kg == pytest.approx(2.0 * one.released_kg, rel=1e-6)


@pytest.mark.parametrize(
    ("code", "source", "field"),
    [
        ("chlorine", {"kind": "tank_liquid", "hole_mm": 30.0, "mass_kg": 2e4, "liquid_head_m": 4.0}, "source.kind"),
        ("benzene", {"kind": "tank_liquefied", "hole_mm": 30.0, "mass_kg": 2e4}, "source.kind"),
        ("chlorine", {"kind": "tank_gas", "hole_mm": 30.0, "gauge_kpa": 0.0, "volume_m3": 1.0}, "source.gauge_kpa"),
        ("sodium_chlorate", {"kind": "pool", "mass_kg": 20.0}, "substance"),
        ("benzene", {"kind": "pool", "mass_kg": 20.0, "temperature_c": -30.0}, "source.temperature_c"),
        ("benzene", {"kind": "instant", "mass_kg": 20.0, "liquid_share": 1.0}, "source.liquid_share"),
        ("ammonia", {"kind": "tank_liquefied", "hole_mm": 9.0, "mass_kg": 9.0, "gauge_kpa": 100.0}, "source.gauge_kpa"),
    ],
)
def test_what_the_model_cannot_do_is_refused_by_name(code, source, field):
    with pytest.raises(ScenarioError) as told:
        emission(made(code, **source))
    assert field in told.value.problems


def test_a_kind_says_what_it_needs():
    with pytest.raises(ScenarioError) as told:
        Source(kind="tank_gas", hole_mm=10.0)
    assert set(told.value.problems) == {"gauge_kpa", "volume_m3"}
