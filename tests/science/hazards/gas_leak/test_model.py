"""A leak from beginning to end: what is told agrees with itself, is refused outside its range, and is never nan."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.hazards.declaring import ScenarioError, read, schema
from anlan.science.hazards.ensemble import members, uncertain
from anlan.science.hazards.gas_leak import HAZARD
from anlan.science.hazards.gas_leak.scenario import GasLeak
from anlan.science.hazards.outcomes import as_json

PIPE = {"pressure_mpa": 0.2, "diameter_mm": 100, "hole_mm": 20}
NET = {
    "leaking": "p2",
    "links": [
        {"name": "p1", "start": "station", "end": "a", "kind": "pipe", "length_m": 800, "diameter_mm": 200},
        {"name": "v1", "start": "a", "end": "b", "kind": "valve", "minutes": 12},
        {
            "name": "p2",
            "start": "b",
            "end": "c",
            "kind": "pipe",
            "length_m": 500,
            "diameter_mm": 100,
            "pressure_mpa": 0.2,
        },
        {"name": "v2", "start": "c", "end": "d", "kind": "valve", "is_closable": False},
        {
            "name": "p3",
            "start": "d",
            "end": "e",
            "kind": "pipe",
            "length_m": 300,
            "diameter_mm": 100,
            "pressure_mpa": 0.2,
        },
    ],
    "users": [
        {"node": "station", "kind": "source"},
        {"node": "c", "kind": "homes", "count": 420},
        {"node": "e", "kind": "hospital", "name": "市人民医院"},
    ],
}


def leak(**given_):
    return read(GasLeak, {"pipe": PIPE, **given_})


@settings(deadline=None, max_examples=6)
@given(
    kind=st.sampled_from(["natural_gas", "coal_gas", "hydrogen"]),
    pressure=st.floats(0.001, 9.9),
    diameter=st.floats(10, 1400),
    hole=st.floats(0.1, 1400),
    is_rupture=st.booleans(),
    buried=st.booleans(),
    up=st.booleans(),
    space=st.sampled_from([None, "room", "tunnel"]),
)
def test_no_accepted_scenario_gives_nan(kind, pressure, diameter, hole, is_rupture, buried, up, space):
    scenario = read(
        GasLeak,
        {
            "pipe": {
                "gas": kind,
                "pressure_mpa": pressure,
                "diameter_mm": diameter,
                "hole_mm": hole,
                "is_rupture": is_rupture,
            },
            "site": {"kind": "buried" if buried else "open", "is_upwards": up},
            "enclosure": None if space is None else {"kind": space, "length_m": 60.0},
            "duration_min": 60,
        },
    )
    result = HAZARD.run(scenario)
    release = result.release
    for values in (release.rate_kg_s, release.pressure_kpa, release.released_over_time_kg):
        assert np.isfinite(values).all()
    balance = release.line_pack_kg + release.supplied_kg - release.released_kg - release.remaining_kg
    assert abs(balance) <= 1e-8 * (release.line_pack_kg + release.supplied_kg)
    assert all(np.isfinite(zone.reach_m) for zone in result.zones)
    found = HAZARD.impact(scenario, result, np.array([[0.5, 0.0], [30.0, 40.0], [5000.0, 0.0]]))
    assert np.isfinite(found.lethality).all()
    assert (np.diff(found.severity) <= 0).all() or not up
    as_json(result)


def test_stronger_leaks_reach_farther():
    results = [
        HAZARD.run(leak(pipe=PIPE | change)) for change in ({}, {"hole_mm": 40}, {"hole_mm": 40, "pressure_mpa": 0.4})
    ]
    for name in ("lfl_reach_m", "half_lfl_reach_m", "cloud_mass_kg", "blast_tnt_kg"):
        values = [getattr(result, name) for result in results]
        assert values == sorted(values)
    reaches = [result.fire.reach_4_m for result in results]
    assert reaches == sorted(reaches)


def test_a_later_valve_loses_more_and_a_limited_supply_less():
    soon, late, limited = (
        HAZARD.run(leak(pipe=PIPE | change)).release.released_kg
        for change in (
            {"upstream_close_min": 10},
            {"upstream_close_min": 60},
            {"upstream_close_min": 60, "supply_limit_m3_h": 100},
        )
    )
    assert soon < late
    assert limited < late


def test_the_zone_of_an_upright_flame_lies_downwind():
    site = {"wind_from_deg": 270.0, "wind_m_s": 10.0}
    result = HAZARD.run(leak(pipe=PIPE | {"hole_mm": 80}, site=site))
    (zone,) = [zone for zone in result.zones if zone.level.code == "heat_4"]
    assert zone.outlines[0][:, 0].max() > -zone.outlines[0][:, 0].min()
    assert zone.outlines[0][:, 1].max() == pytest.approx(-zone.outlines[0][:, 1].min(), rel=0.05)


def test_impact_agrees_with_the_zones():
    scenario = leak(pipe=PIPE | {"hole_mm": 80}, site={"is_upwards": False})
    result = HAZARD.run(scenario)
    for zone in result.zones:
        if zone.level.code.startswith("heat") and zone.reach_m > 0:
            inside = HAZARD.impact(scenario, result, np.array([[0.97 * zone.reach_m, 0.0]]))
            assert inside.severity[0] >= zone.level.severity


def test_villages_are_answered_at_once():
    scenario = leak(enclosure={}, net=NET)
    points = np.random.default_rng(1).normal(0, 3000, (2408, 2))
    begun = time.perf_counter()
    result = HAZARD.run(scenario)
    found = HAZARD.impact(scenario, result, points)
    assert time.perf_counter() - begun < 10.0
    assert found.severity.shape == found.lethality.shape == found.arrival_s.shape == (2408,)
    far = np.hypot(*points.T) > 2 * result.evacuation_m
    assert (found.severity[far] == 0).all()
    assert np.isnan(found.arrival_s[far]).all()


def test_valves_and_who_loses_gas():
    result = HAZARD.run(leak(net=NET))
    nearest = result.valves.nearest
    assert nearest.valves == ("v1",)
    assert nearest.is_isolated
    assert (nearest.homes, nearest.hospitals, nearest.minutes) == (420, ("市人民医院",), 12.0)
    assert nearest.bleeding == ("p2", "p3")
    assert nearest.remaining_m3 == pytest.approx(np.pi / 4 * 0.1**2 * 800 * 3.0 * 273.15 / 288.15, rel=0.02)
    assert any("v1" in line and "市人民医院" in line for line in result.advice)


def test_an_alarm_that_starts_the_fans_keeps_a_tunnel_from_the_limit():
    tunnel = {
        "kind": "tunnel",
        "length_m": 200.0,
        "width_m": 2.0,
        "height_m": 2.8,
        "leak_at_m": 60.0,
        "air_changes_h": 2.0,
    }
    results = [
        HAZARD.run(leak(pipe=PIPE | {"hole_mm": 12}, enclosure=tunnel | {"emergency_air_changes_h": fans})).indoors
        for fans in (2.0, 30.0)
    ]
    assert results[0].alarm_min == pytest.approx(results[1].alarm_min)
    assert results[0].explosive_for_min > results[1].explosive_for_min


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"pipe": PIPE | {"pressure_mpa": 12}}, "pipe.pressure_mpa"),
        ({"pipe": PIPE | {"gas": "lpg", "pressure_mpa": 0.8}}, "pipe.pressure_mpa"),
        ({"pipe": PIPE | {"gas": "given"}}, "pipe.composition"),
        (
            {"pipe": PIPE | {"gas": "given", "composition": [{"component": "nitrogen", "percent": 100}]}},
            "pipe.composition",
        ),
        ({"enclosure": {"leak_height_m": 5.0}}, "enclosure.leak_height_m"),
        ({"enclosure": {"kind": "tunnel", "length_m": 20.0}}, "enclosure.leak_at_m"),
        ({"net": NET | {"leaking": "v1"}}, "net.leaking"),
        ({"net": NET | {"users": []}}, "net.users"),
        ({"net": NET | {"links": [*NET["links"], NET["links"][0]]}}, "net.links"),
        ({"site": {"ignition_s": 80_000.0}}, "site.ignition_s"),
    ],
)
def test_what_is_outside_is_refused_by_name(given_, field):
    with pytest.raises(ScenarioError) as refused:
        leak(**given_)
    assert field in refused.value.problems


def test_run_checks_what_was_made_by_hand():
    good = leak()
    with pytest.raises(ScenarioError):
        HAZARD.run(replace(good, duration_min=1e9))


def test_an_ensemble_spreads_hole_pressure_wind_and_ventilation():
    scenario = leak(enclosure={})
    assert {("pipe", "hole_mm"), ("pipe", "pressure_mpa"), ("site", "wind_m_s"), ("enclosure", "air_changes_h")} <= set(
        uncertain(scenario)
    )
    times = [HAZARD.run(one).indoors.explosive_min for one in members(scenario, 12)]
    assert len(set(times)) > 6
    schema(GasLeak)
