"""The gas leak beside published numbers, experiments and accidents; what it misses stays in sight."""

import numpy as np
import pytest

from anlan.science.hazards.declaring import read
from anlan.science.hazards.gas_leak import HAZARD
from anlan.science.hazards.gas_leak.gases import ATMOSPHERE
from anlan.science.hazards.gas_leak.scenario import GasLeak
from anlan.science.statistics.agreement import fac2, geometric_mean_bias, geometric_variance
from tests.verification.gas_leak.cases import cases, rows

CASES = cases()


@pytest.mark.parametrize(
    ("name", "observed", "predicted", "tolerance"),
    [(name, seen, told, share) for name, seen, told, _unit, share, use, _source in CASES if use != "missed"],
)
def test_published_number(name, observed, predicted, tolerance):
    assert predicted == pytest.approx(observed, rel=tolerance), name


def test_what_is_missed_is_still_missed():
    """If a change heals one of these, move it to `judged` and say so in the model card."""
    missed = [(seen, told) for _name, seen, told, _unit, _share, use, _source in CASES if use == "missed"]
    assert len(missed) == 3
    assert all(not 1 / 1.5 <= told / seen <= 2.0 for seen, told in missed)


def test_radiation_of_large_jet_fires_is_not_underestimated_on_the_whole():
    pairs = np.array([(seen, told) for name, seen, told, *_rest in CASES if name.startswith("fires-radiation")])
    assert fac2(*pairs.T) == 1.0
    assert geometric_variance(*pairs.T) < 1.6
    assert geometric_mean_bias(*pairs.T) < 1.05


def test_jets_of_every_size_reach_at_least_as_far_as_measured_on_the_whole():
    pairs = np.array([(seen, told) for name, seen, told, *_rest in CASES if name.startswith("jets-")])
    assert fac2(*pairs.T) > 0.85
    assert 1.0 <= geometric_mean_bias(*pairs.T) <= 1.5


def rupture(row, upstream_m, downstream_m, minutes, **pipe):
    return read(
        GasLeak,
        {
            "pipe": {
                "pressure_mpa": float(row["pressure_psig"]) * 6894.757e-6,
                "diameter_mm": float(row["diameter_mm"]),
                "hole_mm": 700,
                "is_rupture": True,
                "upstream_m": upstream_m,
                "downstream_m": downstream_m,
                "upstream_close_min": minutes,
                "downstream_close_min": minutes,
                "closing_min": 1,
                **pipe,
            },
            "site": {"wind_m_s": float(row["wind_m_s"])},
            "duration_min": 95,
        },
    )


def area_radius(zone):
    """Radius of the circle with a zone's area."""
    area = 0.0
    for ring in zone.outlines:
        area += 0.5 * abs(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
    return float(np.sqrt(area / np.pi))


@pytest.mark.parametrize("row", [row for row in rows("accidents") if row["quantity"] == "burnt_radius"])
def test_wood_catches_fire_about_as_far_as_it_burnt(row):
    """Lengths of pipe are assumed; both come out too large, by about a half."""
    result = HAZARD.run(rupture(row, 8000, 8000, 55))
    (zone,) = [zone for zone in result.zones if zone.level.code == "heat_12_5"]
    assert 1.0 <= area_radius(zone) / float(row["observed"]) <= float(row["factor"])


def test_the_campers_at_carlsbad_were_in_deadly_heat_though_outside_the_impact_radius():
    (row,) = [row for row in rows("accidents") if row["quantity"] == "deaths_at"]
    scenario = rupture(row, 10000, 10000, 30)
    result = HAZARD.run(scenario)
    at = float(row["observed"])
    assert result.fire.impact_radius_m < at
    assert HAZARD.impact(scenario, result, np.array([[at * np.sin(2.356), at * np.cos(2.356)]])).lethality[0] > 0.5


def test_what_danville_lost_lies_between_no_supply_and_full_supply():
    """What the compressors gave in 55 minutes is not known: a bracket, no more."""
    (row,) = [row for row in rows("accidents") if row["quantity"] == "released"]
    released = []
    for pipe in ({"supply_limit_m3_h": 1}, {}):
        scenario = rupture(row, 5633, 24944, 55, **pipe)
        kg = HAZARD.run(scenario).release.released_kg
        released.append(kg / scenario.pipe.fuel().density(ATMOSPHERE, 288.7) * 35.3147 / 1e6)
    assert released[0] < float(row["observed"]) < released[1]
