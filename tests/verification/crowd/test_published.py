"""Crowds keep to handbooks, experiments and RiMEA's tests; README says what was tuned to what."""

import numpy as np
import pytest

from anlan.science.hazards.crowd import cells, evacuating, flow
from anlan.science.hazards.crowd.movement import chosen
from anlan.science.hazards.crowd.scenario import Crowd, Gate
from anlan.science.hazards.crowd.venue import GROUND_SPEEDS, capacity_of, drawn
from anlan.science.statistics.agreement import fac2, fractional_bias, geometric_variance
from tests.verification.crowd import cases
from tests.verification.crowd.cases import box, ring

HAS_TRAJECTORIES = pytest.mark.skipif(
    not cases.TRAJECTORIES.is_dir(), reason="the experiments' trajectories are not here"
)


def both(found):
    """Observed and predicted columns."""
    return np.array([(one[1], one[2]) for one in found]).T


def test_handbook_numbers_hold():
    for row, (name, observed, predicted, _unit, _source) in zip(
        cases.rows("published.csv"), cases.published(), strict=True
    ):
        assert abs(predicted - observed) <= float(row["tolerance"]) * observed, (name, predicted)


def test_every_case_names_its_source_and_use():
    for table in ("published.csv", "kretz_2006.csv"):
        for row in cases.rows(table):
            assert row["source"]
            assert row["use"] in ("tuned", "judged", "recalled", "out_of_range")


def test_bottlenecks_pass_what_was_measured():
    """Kretz 2006, 16 runs of 0.6 to 1.2 m, judged: at most a quarter off, a tenth too little on average."""
    observed, predicted = both(cases.kretz())
    assert fac2(observed, predicted) == 1.0
    assert np.abs(predicted / observed - 1.0).max() < 0.25
    assert 0.0 <= fractional_bias(observed, predicted) <= 0.15


def test_wide_bottlenecks_pass_somewhat_less_than_in_seyfrieds_experiments():
    """Seyfried 2009 found about 1.9 persons/(m s) (recalled); handbooks say 1.3. Ours lies between."""
    assert flow.greatest_specific_flow("door") < cases.bottleneck_flow(2.4, 200) / 2.4 < 1.9


def test_rimea_4_persons_walk_at_the_speed_of_the_fundamental_diagram():
    observed, predicted = both(cases.fundamental())
    assert fac2(observed, predicted) == 1.0
    assert abs(fractional_bias(observed, predicted)) < 0.08
    assert geometric_variance(observed, predicted) < 1.03


@HAS_TRAJECTORIES
def test_the_two_way_corridor_walks_as_weidmann_says():
    density, speed = cases.experiments()["bi_corr_400_b_03"].T
    predicted = flow.weidmann_speed(density)
    assert len(density) > 50
    assert fac2(speed, predicted) == 1.0
    assert abs(fractional_bias(speed, predicted)) < 0.06


@HAS_TRAJECTORIES
def test_the_jammed_corridor_walks_as_weidmann_says_where_it_is_dense():
    """While it fills and empties people do not walk freely; from 2 persons/m2 on the diagram is judged."""
    density, speed = cases.experiments()["uo-180-180-070"].T
    dense = density >= 2.0
    predicted = flow.weidmann_speed(density[dense])
    assert dense.sum() > 25
    assert fac2(speed[dense], predicted) >= 0.85
    assert abs(fractional_bias(speed[dense], predicted)) < 0.25


@HAS_TRAJECTORIES
def test_a_motivated_crowd_at_half_a_metre_passes_twice_what_persons_of_the_model_do():
    """Outside the model's range (0.6 m): why narrower gates are refused."""
    assert 1.0 < cases.entrance_flow() < 1.3
    assert cases.bottleneck_flow(0.5) < cases.entrance_flow()


def test_rimea_1_a_person_keeps_the_speed():
    venue = drawn(Crowd(corners=box(0, 0, 40, 2), gates=(Gate(name="端", east_m=40, north_m=1, clear_m=2),)))
    egress = cases.walked(venue, np.array([[0.4, 1.0]]), np.array([1.33]))
    assert 26.0 <= egress.all_out_s <= 34.0


def test_rimea_2_and_3_stairs_slow_by_their_share():
    for kind in ("stairs", "slope"):
        corners = box(0, 0, 10, 2) + box(0, 0, 10, 2, kind)
        venue = drawn(Crowd(corners=corners, gates=(Gate(name="端", east_m=10, north_m=1, clear_m=2),)))
        egress = cases.walked(venue, np.array([[0.4, 1.0]]), np.array([1.33]))
        assert egress.all_out_s == pytest.approx(9.6 / (1.33 * GROUND_SPEEDS[kind]) + 0.6 / 1.33, abs=0.7)


def test_rimea_5_everybody_starts_when_due():
    venue = drawn(Crowd(corners=box(0, 0, 8, 5), gates=(Gate(name="门", east_m=8, north_m=2.5, clear_m=1),)))
    for start in np.linspace(10.0, 100.0, 10):
        alone = cases.walked(venue, np.array([[4.0, 2.5]]), np.array([1.0]), starts=np.array([start]))
        assert alone.all_out_s == pytest.approx(start + 4.6, abs=0.6)


def test_rimea_6_nobody_crosses_the_corner():
    bend = ring(((0, 0), (12, 0), (12, 12), (10, 12), (10, 2), (0, 2)))
    venue = drawn(Crowd(corners=bend, gates=(Gate(name="端", east_m=11, north_m=12, clear_m=2),)))
    egress = cases.walked(venue, *cases.scattered(venue, 20, lambda grid: grid.x[None, :] < 6.0))
    assert egress.by_door.sum() == 20
    assert egress.density[:, ~egress.grid.inside].max(initial=0.0) == 0.0
    assert egress.all_out_s < 60.0


def test_rimea_7_speeds_are_those_of_the_groups():
    """RiMEA's table after Weidmann: limited mobility 0.46 to 0.76 m/s, over 50 years 0.68 to 1.41 m/s."""
    rng = np.random.default_rng(1)
    square = box(0, 0, 9, 9)
    gate = (Gate(name="门", east_m=9, north_m=4, clear_m=2),)
    impaired = evacuating.free_speeds(Crowd(corners=square, gates=gate, impaired_share=1.0), 2000, rng)
    elderly = evacuating.free_speeds(Crowd(corners=square, gates=gate, elderly_share=1.0), 2000, rng)
    assert 0.46 <= impaired.mean() <= 0.76
    assert np.mean((elderly >= 0.68) & (elderly <= 1.41)) > 0.9
    assert evacuating.free_speeds(Crowd(corners=square, gates=gate), 4000, rng).std() == pytest.approx(0.24, abs=0.02)


def _two_or_four(count: int):
    gates = [Gate(name=f"{at}", east_m=x, north_m=y, clear_m=1.0)
             for at, (x, y) in enumerate(((0, 10), (30, 10), (15, 0), (15, 20)))]  # fmt: skip
    venue = drawn(Crowd(corners=box(0, 0, 30, 20), gates=tuple(gates[:count])))
    return cases.walked(venue, *cases.scattered(venue, 400))


def test_rimea_9_twice_the_doors_twice_the_flow():
    four, two = _two_or_four(4), _two_or_four(2)
    assert two.most_out_s / four.most_out_s == pytest.approx(2.0, rel=0.25)


def test_rimea_12_behind_a_bottleneck_there_is_no_jam():
    room = ((0, 0), (10, 0), (10, 4.5), (16, 4.5), (16, 5.5), (10, 5.5), (10, 10), (0, 10))
    venue = drawn(Crowd(corners=ring(room), gates=(Gate(name="端", east_m=16, north_m=5, clear_m=1.0),)))
    egress = cases.walked(venue, *cases.scattered(venue, 120, lambda grid: grid.x[None, :] < 9.0), spans=60)
    grid = egress.grid
    mean = egress.density[:8].mean(axis=0)
    before = mean[(grid.y > 3) & (grid.y < 7)][:, (grid.x > 8.5) & (grid.x < 10)].mean()
    behind = mean[(grid.y > 4.5) & (grid.y < 5.5)][:, (grid.x > 14.5) & (grid.x < 16)].mean()
    assert egress.by_door.sum() == 120
    assert behind < 0.75 * before


def test_rimea_13_people_jam_before_stairs():
    def widest(extra):
        venue = drawn(Crowd(corners=box(0, 0, 20, 2) + extra,
                            gates=(Gate(name="端", east_m=20, north_m=1, clear_m=2.0),)))  # fmt: skip
        egress = cases.walked(venue, *cases.scattered(venue, 80, lambda grid: grid.x[None, :] < 12.0))
        return egress.all_out_s

    assert widest(box(14, 0, 20, 2, "stairs")) > 1.1 * widest(())


def test_cells_and_persons_agree_on_how_long_a_room_empties():
    """Two models of their own: the cells' doors have the SFPE capacity, which is a quarter below the persons' flow."""
    gate = Gate(name="门", east_m=20, north_m=10, clear_m=3.0)
    venue = drawn(Crowd(corners=box(0, 0, 20, 20), gates=(gate,)))
    persons = cases.walked(venue, *cases.scattered(venue, 400))
    grid, capacities = venue.grid(0.5), np.array([capacity_of(gate, 1.0)])
    people = np.where(grid.inside, 400.0 / grid.inside.sum(), 0.0)
    choice = chosen(grid, list(venue.doors), people, capacities, 1.34, even=False)
    flowing = cells.leave(grid, list(venue.doors), choice, people, capacities, free_m_s=1.34, limit_s=900)
    assert 400.0 / capacities[0] < flowing.all_out_s < 1.25 * 400.0 / capacities[0]
    assert flowing.all_out_s / persons.all_out_s == pytest.approx(1.35, abs=0.2)
