"""Blasts obey scaling, fall with distance, balance energy, and refuse what they cannot say."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from anlan.science.hazards.declaring import ScenarioError, declared, kind_of, read, schema
from anlan.science.hazards.ensemble import members
from anlan.science.hazards.explosion import HAZARD, multi_energy, sources
from anlan.science.hazards.explosion.blasts import CloudBlast, TntBlast, reach_m
from anlan.science.hazards.explosion.kingery import FARTHEST, NEAREST, blast_wave
from anlan.science.hazards.explosion.model import LEVELS, cloud_mass_kg, impact, run, strength_of
from anlan.science.hazards.explosion.scenario import (
    Condensed,
    DustExplosion,
    Explosion,
    Neighbour,
    VapourCloud,
    VesselBurst,
)
from anlan.science.hazards.outcomes import as_json

masses = some.floats(0.1, 1e6)
QUICK = settings(max_examples=40, deadline=None)


@QUICK
@given(
    mass=masses, factor=some.floats(1.01, 100.0), z=some.floats(0.08, 190.0), burst=some.sampled_from(["ground", "air"])
)
def test_cube_root_scaling_is_exact(mass, factor, z, burst):
    near = blast_wave([z * mass ** (1 / 3)], mass, burst)
    far = blast_wave([z * (mass * factor) ** (1 / 3)], mass * factor, burst)
    assert far.overpressure_pa == pytest.approx(near.overpressure_pa, rel=1e-9)
    for name in ("impulse_pa_s", "arrival_s", "duration_s", "reflected_impulse_pa_s"):
        assert getattr(far, name) == pytest.approx(getattr(near, name) * factor ** (1 / 3), rel=1e-9)


@pytest.mark.parametrize("burst", ["ground", "air"])
def test_overpressure_falls_and_arrival_grows_with_distance(burst):
    wave = blast_wave(np.geomspace(NEAREST[burst], FARTHEST, 3000), 1.0, burst)
    assert (np.diff(wave.overpressure_pa) < 0).all()
    assert (np.diff(wave.reflected_pa) < 0).all()
    assert (np.diff(wave.arrival_s) > 0).all()
    assert (wave.reflected_pa >= 1.99 * wave.overpressure_pa).all()


def test_the_ground_mirrors_a_charge_so_that_it_acts_as_up_to_twice_as_much():
    distance = np.geomspace(1.0, 40.0, 200)
    ground, air = blast_wave(distance, 1.0, "ground"), blast_wave(distance, 2.0, "air")
    assert np.allclose(ground.overpressure_pa / air.overpressure_pa, 1.0, atol=0.15)


def test_arrival_is_never_slower_than_sound():
    distance = np.geomspace(NEAREST["ground"], FARTHEST, 500)
    assert (blast_wave(distance, 1.0).arrival_s <= distance / 340.0).all()


@pytest.mark.parametrize("distance", [0.05, 199.0, math.nan, math.inf, -1.0])
def test_outside_the_curves_is_refused(distance):
    with pytest.raises(ScenarioError, match="比例距离"):
        blast_wave([distance], 1.0)
    with pytest.raises(ScenarioError):
        multi_energy.scaled_overpressure([101.0], 5)


@QUICK
@given(strength=some.integers(1, 10))
def test_clouds_fall_with_distance_and_grow_with_strength(strength):
    distance = np.geomspace(0.01, 100.0, 400)
    pressure = multi_energy.scaled_overpressure(distance, strength)
    assert (np.diff(pressure) <= 1e-12).all()
    assert pressure[0] == pytest.approx(multi_energy.INSIDE[strength - 1])
    if strength > 1:
        assert (pressure >= multi_energy.scaled_overpressure(distance, strength - 1) - 1e-12).all()


@QUICK
@given(bar=some.floats(1.5, 1000), volume=some.floats(0.01, 5e4), gamma=some.floats(1.02, 1.67))
def test_a_vessel_gives_no_more_work_than_its_heat_and_no_shock_above_its_pressure(bar, volume, gamma):
    pressure = bar * 1e5
    work = sources.isentropic_energy_j(pressure, volume, gamma)
    assert 0 < work <= sources.brode_energy_j(pressure, volume, gamma)
    assert work <= pressure * volume * math.log(pressure / 101_325) * 1.0001  # isothermal
    assert 0 < sources.burst_shock_pa(pressure, 340.3, gamma) < pressure - 101_325


def test_the_shock_tube_gives_its_textbook_strength():
    """Sod's tube: ten to one in the same gas gives a shock of 3.03 (Sod 1978; its right state is at 0.1, here at 1)."""
    hot_over_cold = math.sqrt(1.0 / 1.0 / (0.1 / 0.125))
    shock = sources.burst_shock_pa(10 * 101_325.0, 340.3 * hot_over_cold, 1.4)
    assert shock / 101_325 + 1 == pytest.approx(3.031, rel=0.002)


def condensed(mass, **more):
    return Explosion(condensed=Condensed(explosive="tnt", mass_kg=mass), **more)


ALL = {
    "condensed": Explosion(condensed=Condensed(explosive="ammonium_nitrate", mass_kg=1e5)),
    "cloud": Explosion(cloud=VapourCloud(fuel="propane", mass_kg=5000)),
    "weak cloud": Explosion(cloud=VapourCloud(fuel="methane", mass_kg=500, strength="2")),
    "cloud as tnt": Explosion(cloud=VapourCloud(fuel="propane", mass_kg=5000, method="tnt")),
    "vessel": Explosion(vessel=VesselBurst(pressure_bar=20, volume_m3=100)),
    "vented dust": Explosion(dust=DustExplosion(volume_m3=60, kst_bar_m_s=150, strength_bar=0.5, vent_area_m2=5)),
    "burst dust": Explosion(dust=DustExplosion(volume_m3=60, kst_bar_m_s=250, strength_bar=0.5)),
    "strong enclosure": Explosion(dust=DustExplosion(volume_m3=1, kst_bar_m_s=150, strength_bar=15)),
}


@pytest.mark.parametrize("name", ALL)
def test_every_source_gives_finite_answers_that_fall_outwards_and_are_round(name):
    scenario = ALL[name]
    result = run(scenario)
    reaches = [zone.reach_m for zone in result.zones]
    assert reaches == sorted(reaches)
    away = np.geomspace(1.0, 5e4, 300)
    east, north = (impact(scenario, result, places) for places in (
        np.column_stack((away, 0 * away)), np.column_stack((0 * away, -away)),
    ))  # fmt: skip
    for found in (east, north):
        assert not np.isnan(found.lethality).any()
        assert ((found.lethality >= 0) & (found.lethality <= 1)).all()
        assert (np.diff(found.severity) <= 0).all()
        assert (np.isnan(found.arrival_s) == (found.severity == 0)).all()
    assert (east.severity == north.severity).all()
    assert as_json(result)["zones"]
    assert result.notes


@QUICK
@given(mass=some.floats(1.0, 1e6), factor=some.floats(1.05, 10.0))
def test_more_explosive_reaches_farther(mass, factor):
    for pascal in (2e3, 30e3):
        near, far = (reach_m(TntBlast(tnt_kg=one), pascal) for one in (mass, mass * factor))
        assert far == pytest.approx(near * factor ** (1 / 3), rel=1e-4)
    weak, strong = (reach_m(CloudBlast(energy_j=one * 46e6, strength=7), 5e3) for one in (mass, mass * factor))
    assert strong == pytest.approx(weak * factor ** (1 / 3), rel=1e-4)


def test_zones_reach_where_their_level_is():
    result = run(condensed(1000.0))
    assert result.blast is not None
    for zone in result.zones:
        assert float(result.blast.at([zone.reach_m]).overpressure_pa[0]) == pytest.approx(
            zone.level.value * 1e3, rel=1e-3
        )


def test_people_indoors_are_worse_off_than_outdoors_where_houses_fall():
    places = np.array([[130.0, 0.0]])
    inside, outside = (condensed(3000.0, is_indoors=one) for one in (True, False))
    assert impact(inside, run(inside), places).lethality[0] > impact(outside, run(outside), places).lethality[0]


def test_consequence_distances_are_those_of_the_standards_example():
    result = run(condensed(1000.0))
    found = (result.safety_distance_first_m, result.safety_distance_second_m, result.safety_distance_third_m)
    assert found == pytest.approx((588.6, 257.6, 158.5), abs=0.1)


def test_neighbours_are_judged_and_chains_listed_with_the_likeliest_first():
    result = run(
        condensed(
            500.0,
            neighbours=(
                Neighbour(name="V1", kind="pressurised", east_m=25, north_m=0, tnt_kg=800),
                Neighbour(name="T2", kind="atmospheric", east_m=70, north_m=0),
                Neighbour(name="far", kind="atmospheric", east_m=5000, north_m=0),
            ),
        )
    )
    assert [row.name for row in result.neighbours] == ["V1", "T2", "far"]
    assert result.neighbours[2].probability == 0.0
    assert ("V1", "T2") in [one.path for one in result.chains]
    assert [one.probability for one in result.chains] == sorted(
        (one.probability for one in result.chains), reverse=True
    )
    assert all("far" not in one.path for one in result.chains)


@pytest.mark.parametrize(("kst", "st"), [(1, "St1"), (200, "St1"), (200.5, "St2"), (300, "St2"), (301, "St3")])
def test_dust_classes_include_their_upper_limit(kst, st):
    dust = DustExplosion(volume_m3=5, kst_bar_m_s=kst, strength_bar=0.4)
    assert run(Explosion(dust=dust)).dust_class == st


def test_enough_vents_make_the_blast_smaller_and_too_little_are_told():
    vented, unvented = run(ALL["vented dust"]), run(ALL["burst dust"])
    assert vented.vent_needed_m2 is not None
    assert vented.vent_needed_m2 < 5
    assert any("小于所需" in note for note in unvented.notes)


def test_exactly_one_source_is_wanted():
    for values in ({}, {"cloud": {"fuel": "propane", "mass_kg": 5}, "vessel": {"pressure_bar": 5, "volume_m3": 1}}):
        with pytest.raises(ScenarioError, match="恰好填一种"):
            read(Explosion, values)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"condensed": {"explosive": "tnt", "mass_kg": -1}}, "condensed.mass_kg"),
        ({"cloud": {"fuel": "water", "mass_kg": 10}}, "cloud.fuel"),
        ({"vessel": {"pressure_bar": 1.0, "volume_m3": 1}}, "vessel.pressure_bar"),
        ({"dust": {"volume_m3": 5, "kst_bar_m_s": 100, "strength_bar": 99}}, "dust.strength_bar"),
    ],
)
def test_inputs_outside_the_model_are_refused_by_name(values, path):
    with pytest.raises(ScenarioError) as told:
        read(Explosion, values)
    assert path in told.value.problems


def test_run_refuses_what_was_made_directly():
    with pytest.raises(ScenarioError, match="质量"):
        run(condensed(1e9))


def test_thousands_of_villages_are_answered_at_once():
    scenario = ALL["cloud"]
    found = impact(scenario, run(scenario), np.random.default_rng(1).uniform(-3e3, 3e3, (2408, 2)))
    assert found.severity.shape == (2408,)
    assert {level.severity for level in LEVELS} >= set(found.severity[found.severity > 0].tolist())


def test_the_declaration_is_complete():
    assert HAZARD.code == "explosion"
    assert set(schema(HAZARD.scenario)["properties"]) == {
        "condensed", "cloud", "vessel", "dust", "is_indoors", "at_m", "neighbours",
    }  # fmt: skip


def test_an_ensemble_spreads_its_reach():
    reaches = [run(one).zones[-1].reach_m for one in members(ALL["cloud"], 60, seed=1)]
    assert all(math.isfinite(reach) for reach in reaches)
    assert np.std(reaches) > 0.05 * np.mean(reaches)


def test_cold_liquids_make_no_cloud_and_warm_ones_at_most_all():
    with pytest.raises(ScenarioError, match="池火"):
        run(Explosion(cloud=VapourCloud(fuel="butane", mass_kg=1000.0, stored_c=-20.0)))
    with pytest.raises(ScenarioError, match="没有该物质的沸腾数据"):
        VapourCloud(fuel="benzene", mass_kg=1000.0, stored_c=20.0)
    masses = [
        cloud_mass_kg(VapourCloud(fuel="propane", mass_kg=1000.0, stored_c=one)) for one in (-42.0, 0.0, 30.0, 60.0)
    ]
    assert masses == sorted(masses)
    assert masses[-1] <= 1000.0


@settings(max_examples=150, deadline=None)
@given(kind=some.sampled_from(["condensed", "cloud", "vessel", "dust"]), seed=some.integers(0, 10**6))
def test_whatever_is_accepted_is_answered_without_nan(kind, seed):
    """Random values from the declared ranges, logarithmic where they span decades."""
    random = np.random.default_rng(seed)
    values = {}
    for name, what in declared(kind_of(Explosion, kind)[0]).items():
        if what.choices is not None:
            values[name] = str(random.choice(list(what.choices)))
        elif name != "stored_c":
            low, high = float(what.low or 0.0), float(what.high)
            wide = low > 0 and high / low > 100
            values[name] = float(np.clip(low * (high / low) ** random.random(), low, high) if wide
                                 else random.uniform(low, high))  # fmt: skip
    scenario = read(Explosion, {kind: values})
    tnt_kg = strength_of(scenario).tnt_kg
    assume(tnt_kg is None or tnt_kg >= 1e-4)  # milligrams that react are refused
    result = run(scenario)
    found = impact(scenario, result, random.uniform(-1e4, 1e4, (50, 2)))
    assert not np.isnan(found.lethality).any()
    assert all(math.isfinite(zone.reach_m) for zone in result.zones)
    assert all(math.isfinite(value) for row in result.profile for value in vars(row).values())
