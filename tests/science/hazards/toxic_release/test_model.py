"""A whole release: zones, what happens at places, probabilities, and back from measurements."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anlan.science.hazards.chemicals import substance
from anlan.science.hazards.declaring import ScenarioError, read, schema
from anlan.science.hazards.outcomes import as_json, described
from anlan.science.hazards.toxic_release import HAZARD, harm
from anlan.science.hazards.toxic_release.cloud import released
from anlan.science.hazards.toxic_release.field import exposure
from anlan.science.hazards.toxic_release.model import impact, run
from anlan.science.hazards.toxic_release.probability import likely
from anlan.science.hazards.toxic_release.reestimation import Measurement, modelled, reestimate
from anlan.science.hazards.toxic_release.result import Found
from anlan.science.hazards.toxic_release.scenario import Scenario, Source, Weather, WindRow
from tests.science.hazards.toxic_release.test_sources import SOURCES

SOUTH = Weather(wind_m_s=3.0, wind_from_deg=180.0, stability="D")
CHLORINE = Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=1.0, duration_s=900.0), weather=SOUTH)


def whole(result):
    return {zone.level.code: zone for zone in result.zones if zone.at_s is None}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_source_gives_zones_downwind(kind):
    code, source = SOURCES[kind]
    scenario = Scenario(substance=code, source=Source(**source), weather=SOUTH)
    result = run(scenario)
    reached = [zone for zone in result.zones if zone.at_s is None and zone.reach_m > 150.0]
    assert reached
    for zone in reached:
        ring = max(zone.outlines, key=len)
        assert np.allclose(ring[0], ring[-1])
        assert ring[:, 1].max() > 0.9 * zone.reach_m, "the wind comes from the south"
    assert result.notes
    assert as_json(result)["released_kg"] > 0


def test_graver_levels_reach_less_far():
    zones = whole(run(CHLORINE))
    for codes in (("aegl1", "aegl2", "aegl3"), ("erpg1", "erpg2", "erpg3"), ("lethal1", "lethal50")):
        reach = [zones[code].reach_m for code in codes]
        assert reach == sorted(reach, reverse=True)
        assert reach[-1] > 0


def test_more_reaches_farther():
    more = replace(CHLORINE, source=replace(CHLORINE.source, rate_kg_s=4.0))
    one, four = whole(run(CHLORINE)), whole(run(more))
    assert all(four[code].reach_m > one[code].reach_m for code in ("aegl2", "aegl3", "erpg2", "lethal50"))


def test_places_and_zones_agree():
    result = run(CHLORINE)
    zones = whole(result)
    edge = zones["aegl2"].reach_m
    places = np.array([[0.0, 0.9 * edge], [0.0, 1.1 * edge], [0.0, -50.0], [3000.0, 100.0]])
    found = impact(CHLORINE, result, places)
    assert found.severity[0] >= 2 > found.severity[1]
    assert found.severity[2] == found.severity[3] == 0
    assert 0 < found.arrival_s[0] < 3600.0
    assert np.isnan(found.arrival_s[2])
    assert found.lethality[0] < 0.01
    near = impact(CHLORINE, result, np.array([[0.0, 60.0]]))
    assert near.lethality[0] > 0.5
    assert near.severity[0] == 4


@pytest.mark.parametrize(
    "scenario",
    [CHLORINE, replace(CHLORINE, source=Source(kind="instant", mass_kg=300.0)),
     replace(CHLORINE, model="passive", winds=(WindRow(from_s=500.0, wind_m_s=4.0, wind_from_deg=240.0),))],
    ids=["plume", "puff", "turning"],
)  # fmt: skip
def test_an_outline_holds_the_places_that_reach_its_level(scenario):
    result = run(scenario)
    zone = whole(result)["idlh"]
    inside = shapely.unary_union([shapely.Polygon(ring).buffer(0) for ring in zone.outlines])
    places = np.random.default_rng(5).uniform(-0.6, 1.1, (4000, 2)) * zone.reach_m
    what, release = substance("chlorine"), released(scenario)
    limit = next(one for one in harm.limits(what, 293.15, 101325.0) if one.level.code == "idlh")
    found = exposure(release.cloud, places, height=release.level(1.5), power=2.75)
    reached = harm.ratio(limit, found) >= 1.0
    wrong = reached != shapely.contains_xy(inside, places)
    assert reached.sum() > 20
    assert wrong.sum() <= 0.1 * reached.sum()


def test_zones_move_with_time():
    moments = [zone for zone in run(CHLORINE).zones if zone.at_s is not None and zone.level.code == "aegl2"]
    reach = [zone.reach_m for zone in sorted(moments, key=lambda zone: zone.at_s)]
    assert len(reach) == 12
    assert reach[0] < reach[3]
    assert reach[-1] < max(reach), "the release has ended"


def test_a_turning_wind_reaches_both_sides():
    turned = replace(CHLORINE, model="passive", winds=(WindRow(from_s=600.0, wind_m_s=3.0, wind_from_deg=270.0),),
                     source=replace(CHLORINE.source, duration_s=1800.0))  # fmt: skip
    result = run(turned)
    found = impact(turned, result, np.array([[0.0, 400.0], [400.0, 0.0], [-400.0, 0.0]]))
    assert (found.severity[:2] >= 2).all()
    assert found.severity[2] == 0
    assert found.arrival_s[0] < 600.0 < found.arrival_s[1]


def test_heavy_or_not_is_decided_and_told():
    assert released(CHLORINE).is_heavy
    trace = replace(CHLORINE, source=replace(CHLORINE.source, rate_kg_s=1e-5))
    assert not released(trace).is_heavy
    assert any("判别数" in note for note in run(trace).notes)
    assert run(replace(CHLORINE, model="passive")).model == "中性羽"


def test_recalled_and_missing_data_are_told():
    methane = replace(CHLORINE, substance="propane")
    notes = "".join(run(methane).notes)
    assert "AEGL" in notes
    assert "待核对" in "".join(run(replace(CHLORINE, substance="sulfur_dioxide")).notes)
    lethality = impact(methane, run(methane), np.array([[0.0, 100.0]])).lethality
    assert np.isnan(lethality).all()


def test_shelter_helps_a_passing_cloud():
    result = run(CHLORINE)
    assert result.shelter_ratio < 0.5
    assert any("关闭门窗" in one for one in result.advice)


def test_inputs_are_read_from_plain_values_and_refused_with_their_path():
    plain = {
        "substance": "ammonia",
        "source": {"kind": "rate", "rate_kg_s": "2", "duration_s": 300},
        "weather": {"wind_m_s": 2.5, "wind_from_deg": 90, "sky": "night_clear"},
        "winds": [{"from_s": 600, "wind_m_s": 3, "wind_from_deg": 120}],
    }
    assert read(Scenario, plain).source.rate_kg_s == 2.0
    with pytest.raises(ScenarioError) as told:
        read(Scenario, plain | {"weather": {"wind_m_s": 0.1, "wind_from_deg": 90}})
    assert "weather.wind_m_s" in told.value.problems
    with pytest.raises(ScenarioError):
        run(replace(CHLORINE, weather=replace(SOUTH, wind_m_s=100.0)))
    assert schema(Scenario)["required"] == ["substance", "source", "weather"]


def test_curves_are_chosen_and_refused_where_they_do_not_hold():
    little = replace(CHLORINE, source=Source(kind="rate", rate_kg_s=0.05, duration_s=1800.0))
    briggs = run(little).screening_m["AEGL-2"]
    gifford = run(replace(little, weather=replace(SOUTH, curves="pasquill_gifford"))).screening_m["AEGL-2"]
    assert 1.0 < gifford / briggs < 1.5
    with pytest.raises(ScenarioError, match="城区请选 Briggs"):
        replace(SOUTH, curves="pasquill_gifford", terrain="urban")


def test_results_say_what_their_figures_are():
    assert set(described(Found)) >= {"released_kg", "hot_m", "shelter_ratio"}
    assert HAZARD.run is run
    assert HAZARD.scenario is Scenario


def test_an_aegl_is_compared_with_the_mean_over_its_time():
    what = substance("chlorine")
    limits = {one.level.code: one for one in harm.limits(what, 293.15, 101325.0)}
    ten, hour = limits["aegl3"].by_minutes[10.0], limits["aegl3"].by_minutes[60.0]
    assert ten / hour == pytest.approx(2.5)
    assert limits["gbz"].by_minutes == {0.0: pytest.approx(1e-6)}


def test_members_of_an_ensemble_spread_round_the_one():
    places = np.array([[0.0, 400.0], [300.0, 500.0], [0.0, -500.0]])
    found = likely(CHLORINE, places, count=60, seed=2)
    at = found.codes.index("aegl2")
    assert found.members == 60
    assert found.at_places[at, 0] > 0.7 > found.at_places[at, 1] > 0
    assert found.at_places[at, 2] == 0
    reach = {zone.probability: zone.reach_m for zone in found.zones if zone.level.code == "aegl2"}
    assert reach[0.1] > reach[0.5] > reach[0.9] >= 0


def monitors(values):
    places = [(x, y) for x in (-150.0, -50.0, 50.0, 150.0) for y in (400.0, 900.0)]
    return tuple(
        Measurement(east_m=x, north_m=y, at_s=1200.0, value_ppm=value)
        for (x, y), value in zip(places, values, strict=True)
    )


@pytest.mark.parametrize(("factor", "turn"), [(3.0, 8.0), (0.3, -6.0), (1.0, 0.0)])
def test_measurements_bring_source_and_wind_back(factor, turn):
    guess = replace(CHLORINE, model="passive", source=replace(CHLORINE.source, duration_s=3600.0))
    truth = replace(guess, source=replace(guess.source, factor=factor),
                    weather=replace(SOUTH, wind_from_deg=180.0 + turn))  # fmt: skip
    seen = monitors(modelled(truth, monitors([0.0] * 8)))
    found = reestimate(guess, seen)
    assert found.factor_interval[0] < factor < found.factor_interval[1]
    assert found.factor == pytest.approx(factor, rel=0.5)
    assert abs((found.wind_from_deg - 180.0 - turn + 180.0) % 360.0 - 180.0) < 3.0
    assert found.fac2_after >= found.fac2_before
    assert found.notes


def test_one_measurement_is_not_enough():
    with pytest.raises(ScenarioError):
        reestimate(CHLORINE, monitors([0.0] * 8)[:1])


def test_silence_is_a_small_release_or_another_wind_and_says_so():
    guess = replace(CHLORINE, model="passive", source=replace(CHLORINE.source, duration_s=3600.0))
    found = reestimate(guess, monitors([0.0] * 8))
    assert found.factor < 1.0
    assert found.factor_interval[1] / found.factor_interval[0] > 100.0
    assert any("难以分开" in note for note in found.notes)


@settings(max_examples=20, deadline=None)
@given(
    kind=st.sampled_from(sorted(SOURCES)), wind=st.floats(0.5, 20.0), stability=st.sampled_from("ABCDEF"),
    air=st.floats(5.0, 40.0), horizon=st.floats(60.0, 14_400.0), terrain=st.sampled_from(["rural", "urban"]),
    factor=st.floats(0.05, 20.0),
)  # fmt: skip
@example(
    kind="pipe_liquefied",
    wind=0.5,
    stability="B",
    air=5.0,
    horizon=240.0,
    terrain="rural",
    factor=0.0625,
)  # its front has only just come to the place when the time is over
def test_whatever_is_accepted_has_an_answer(kind, wind, stability, air, horizon, terrain, factor):
    code, source = SOURCES[kind]
    scenario = Scenario(
        substance=code, source=Source(**source, factor=factor), horizon_s=horizon,
        weather=Weather(wind_m_s=wind, wind_from_deg=30.0, stability=stability, temperature_c=air, terrain=terrain),
    )  # fmt: skip
    result = run(scenario)
    assert result.airborne_kg + result.left_kg == pytest.approx(result.released_kg, rel=1e-6)
    for zone in result.zones:
        assert np.isfinite(zone.reach_m)
        assert all(np.isfinite(ring).all() for ring in zone.outlines)
    found = impact(scenario, result, np.array([[0.0, 0.0], [-50.0, -86.0], [-500.0, -866.0]]))
    assert ((found.lethality >= 0) & (found.lethality <= 1)).all()
    assert np.isnan(found.arrival_s[found.severity == 0]).all()
    assert np.isfinite(found.arrival_s[found.severity > 0]).all()
