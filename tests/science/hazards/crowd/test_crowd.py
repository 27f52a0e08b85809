"""Crowds: nobody is lost, wider is faster, mirrors mirror, and what cannot be said is refused by name."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anlan.science.hazards.crowd import HAZARD, cells
from anlan.science.hazards.crowd.balance import balanced
from anlan.science.hazards.crowd.gathering import spread
from anlan.science.hazards.crowd.model import impact, run
from anlan.science.hazards.crowd.movement import chosen
from anlan.science.hazards.crowd.scenario import Corner, Count, Crowd, Gate, Scenic, Watch
from anlan.science.hazards.crowd.venue import capacity_of, drawn
from anlan.science.hazards.declaring import ScenarioError, read, schema
from anlan.science.hazards.ensemble import members
from anlan.science.hazards.outcomes import as_json, covered, described

QUICK = settings(max_examples=25, deadline=None)


def box(west, south, east, north, kind="venue"):
    points = ((west, south), (east, south), (east, north), (west, north))
    return tuple(Corner(kind=kind, east_m=x, north_m=y) for x, y in points)


SQUARE = Crowd(
    corners=box(0, 0, 60, 40) + box(25, 15, 35, 25, "obstacle") + box(5, 5, 55, 14, "gathering"),
    gates=(
        Gate(name="南", east_m=30, north_m=0, clear_m=3, checked_per_min=80),
        Gate(name="东", east_m=60, north_m=20, clear_m=2, use="out"),
        Gate(name="西", east_m=0, north_m=20, clear_m=2, use="emergency"),
        Gate(name="北", east_m=30, north_m=40, clear_m=4, use="emergency", is_open=False),
    ),
    counts=(Count(from_min=0, to_min=30, arrivals=3000), Count(from_min=40, to_min=60, departures=5000)),
    focus_east_m=30, focus_north_m=5, people_now=200, evacuate_at_min=35, clear_within_min=4,
)  # fmt: skip


def test_a_run_tells_what_a_planner_asks():
    found = run(replace(SQUARE, method="cells"))
    assert found.area_m2 == pytest.approx(2300)
    assert found.permit.startswith("县级公安机关")
    assert found.longest_queue == pytest.approx(30 * (100 - 80), rel=0.02)
    assert found.longest_wait_min == pytest.approx(600 / 80, rel=0.02)
    assert found.peak_per_m2 >= found.mean_per_m2
    assert found.peak_north_m < 15.0
    assert found.clear_min >= found.clear_hydraulic_min * 0.999
    assert found.margin_min == pytest.approx(4.0 - found.clear_min)
    assert sum(row.evacuated for row in found.gates) == pytest.approx(found.evacuated_people, rel=1e-3)
    assert any("北" in one.text for one in found.advice)
    assert found.series[-1].people == pytest.approx(0.0, abs=1.0)
    assert found.clearing[0].remaining == pytest.approx(found.evacuated_people, rel=1e-3)
    as_json(found)
    assert described(type(found))["clear_min"] == {"label": "清场用时", "unit": "min"}


def test_zones_follow_time_and_nest():
    found = run(replace(SQUARE, method="cells", people_factor=2.0))
    assert {zone.at_s is None for zone in found.zones} == {True, False}
    for at in {zone.at_s for zone in found.zones}:
        areas = [covered(zone).area for zone in found.zones if zone.at_s == at]
        assert areas == sorted(areas)  # gravest first
    whole = covered(next(z for z in found.zones if z.at_s is None and z.level.code == "packed"))
    assert whole.area > 1.0
    there = whole.representative_point()
    said = impact(SQUARE, found, np.array([[there.x, there.y], [5000.0, 0.0]]))
    assert said.severity.tolist()[0] >= 3
    assert said.severity.tolist()[1] == 0
    assert said.arrival_s[0] > 0
    assert np.isnan(said.arrival_s[1])
    assert np.isnan(said.lethality).all()


@QUICK
@given(
    arrivals=some.floats(0, 9000), departures=some.floats(0, 9000), now=some.floats(0, 3000),
    check=some.floats(1, 400), share=some.sampled_from([None, 0.3, 1.0]),
)  # fmt: skip
def test_nobody_is_lost_or_made_at_the_gates(arrivals, departures, now, check, share):
    gates = (replace(SQUARE.gates[0], checked_per_min=check), *SQUARE.gates[1:])
    crowd = replace(
        SQUARE, gates=gates, people_now=now, closes_at_share=share,
        counts=(Count(from_min=0, to_min=30, arrivals=arrivals), Count(from_min=10, to_min=60, departures=departures)),
    )  # fmt: skip
    found = balanced(crowd, 2000.0)
    assert np.allclose(found.people, now + found.admitted.sum(1) - found.left.sum(1))
    assert np.allclose(found.arrived, found.admitted + found.queue)
    assert found.arrived[-1].sum() == pytest.approx(arrivals)
    assert found.people.min() >= -1e-6
    assert found.queue.min() >= -1e-9
    assert (found.leaving <= found.people + 1e-6).all()
    assert (np.diff(found.admitted[:, 0]) <= check / 60 * found.at_s[0] * (1 + 1e-9)).all()
    if found.closed_at_s is not None:
        after = found.admitted[found.at_s > found.closed_at_s + found.at_s[0]]
        assert (after == after[:1]).all()


@QUICK
@given(people=some.floats(0, 1000), most=some.floats(0.1, 10), seed=some.integers(0, 99))
def test_people_spread_exactly_and_never_too_dense_while_there_is_room(people, most, seed):
    weight = np.random.default_rng(seed).random(200) + 1e-3
    weight[:20] = 0.0
    found = spread(people, weight, most)
    assert found.sum() == pytest.approx(people)
    assert found[:20].sum() == 0
    assert found.max(initial=0) <= max(most, people / 180) * (1 + 1e-9)
    assert (np.diff(found[np.argsort(weight)]) >= -1e-9).all()


def emptied(width, people=600.0, *, mirrored=False, steps=900.0):
    gate = Gate(name="门", east_m=0 if mirrored else 20, north_m=6, clear_m=width)
    venue = drawn(Crowd(corners=box(0, 0, 20, 20), gates=(gate,)))
    grid, capacities = venue.grid(0.5), np.array([capacity_of(gate, 1.0)])
    start = np.where(grid.inside, people / grid.inside.sum(), 0.0)
    choice = chosen(grid, list(venue.doors), start, capacities, 1.34, even=False)
    return cells.leave(grid, list(venue.doors), choice, start, capacities, free_m_s=1.34, limit_s=steps)


def test_cells_keep_everybody_and_wider_doors_are_faster():
    times = [emptied(width).all_out_s for width in (1.0, 1.5, 2.5, 4.0, 8.0)]
    assert times == sorted(times, reverse=True)
    half = emptied(1.0, steps=200.0)
    assert half.by_door.sum() + half.remaining[-1] == pytest.approx(600.0)
    assert half.density.max() <= 5.4 + 1e-6


def test_a_mirrored_room_empties_the_same_way():
    left, right = emptied(2.0, mirrored=True), emptied(2.0)
    assert left.all_out_s == pytest.approx(right.all_out_s, rel=1e-6)
    assert np.allclose(left.remaining, right.remaining, atol=1e-3)
    # Rounding grows where ways part: a few hundredths of a person/m2 late in the jam.
    assert np.allclose(left.density, right.density[:, :, ::-1], atol=0.2)


def test_even_guidance_uses_all_doors_and_is_no_slower():
    gates = (
        Gate(name="近", east_m=15, north_m=0, clear_m=1.5),
        Gate(name="远", east_m=60, north_m=20, clear_m=4),
    )
    crowd = Crowd(corners=box(0, 0, 60, 40) + box(0, 0, 25, 40, "gathering"), gates=gates, people_now=1200,
                  gathering_share=1.0, method="cells")  # fmt: skip
    nearest, even = run(crowd), run(replace(crowd, choice="balanced"))
    assert even.clear_min < 0.8 * nearest.clear_min
    assert nearest.clear_balanced_min == pytest.approx(even.clear_min)


@pytest.mark.parametrize("method", ["agents", "cells"])
def test_flow_factor_people_and_stairs_matter_as_they_should(method):
    crowd = Crowd(corners=box(0, 0, 20, 20), gates=(Gate(name="门", east_m=20, north_m=6, clear_m=2),), people_now=300,
                  method=method, reaction_s=0)  # fmt: skip
    usual = run(crowd).clear_min
    assert run(replace(crowd, flow_factor=0.7)).clear_min > 1.1 * usual
    assert run(replace(crowd, people_factor=1.5)).clear_min > 1.2 * usual
    stairs = (replace(crowd.gates[0], way="stairs"),)
    assert run(replace(crowd, gates=stairs)).clear_min > 1.1 * usual
    assert run(replace(crowd, reaction_s=120)).clear_min > usual + 0.9
    assert run(crowd).clear_min == usual  # the same inputs, the same figures


def test_ensembles_run_and_differ():
    found = [run(replace(one, method="cells")) for one in members(SQUARE, 6, seed=1)]
    assert np.ptp([one.clear_min for one in found]) > 0.2
    assert all(one.notes for one in found)


def test_scenic_capacity_watches_and_closing():
    scenic = Scenic(area_m2=50_000, area_per_person_m2=5, open_h=9, stay_h=3)
    watches = (
        Watch(name="桥头", people=60, area_m2=10, speed_variance_m2_s2=0.01),
        Watch(name="通道", people=25, area_m2=10, opposing_share=0.1),
    )
    found = run(replace(SQUARE, scenic=scenic, watches=watches, closes_at_share=0.3, capacity=2000, method="cells"))
    assert (found.instant_capacity, found.daily_capacity) == (10_000, 30_000)
    assert found.watches[0].pressure_s2 == pytest.approx(0.06)
    assert "踩踏危险" in found.watches[0].judgement
    assert found.watches[1].capacity_left == pytest.approx(0.855)
    assert found.closed_at_min is not None
    assert found.peak_people < 2000
    assert found.longest_wait_min is None


def test_time_of_full_is_told_with_the_last_moment_to_close():
    found = run(replace(SQUARE, capacity=1000, closing_min=4, method="cells"))
    full = next(row.reached_min for row in found.warnings if row.value == "100%" and row.what == "场内人数/容量")
    assert full == pytest.approx((1000 - 200) / 80, abs=0.4)
    assert f"最迟第 {full - 4:.0f} min" in found.advice[0].text


def refused(crowd):
    with pytest.raises(ScenarioError) as error:
        run(crowd)
    return error.value.problems


def test_what_cannot_be_computed_is_refused_by_name():
    crossed = tuple(Corner(east_m=x, north_m=y) for x, y in ((0, 0), (60, 40), (60, 0), (0, 40)))
    assert "自相交" in refused(replace(SQUARE, corners=crossed))["corners"]
    off = (replace(SQUARE.gates[0], north_m=8.0), *SQUARE.gates[1:])
    assert "离场地外缘 8.0 m" in refused(replace(SQUARE, gates=off))["gates[0].east_m"]
    assert "超过 10 人/m²" in refused(replace(SQUARE, people_now=30_000))["people_now"]
    shut = tuple(replace(gate, is_open=False) for gate in SQUARE.gates)
    assert "没有开放的门" in refused(replace(SQUARE, gates=shut))["gates"]
    assert "超过 10" in refused(replace(SQUARE, watches=(Watch(name="门口", people=300, area_m2=10),)))["watches"]
    assert "请提前" in refused(replace(SQUARE, evacuate_at_min=600))["evacuate_at_min"]
    split = SQUARE.corners[:4] + box(28, -1, 32, 41, "obstacle")
    assert "切成了几块" in refused(replace(SQUARE, corners=split))["corners"]
    assert "恰好有一圈" in refused(replace(SQUARE, corners=SQUARE.corners[4:]))["corners"]
    two = SQUARE.corners[:4] + SQUARE.corners[4:6]
    assert "至少要3个" in refused(replace(SQUARE, corners=two))["corners"]


def test_forms_say_what_contradicts():
    with pytest.raises(ScenarioError) as error:
        read(
            Crowd,
            {
                "corners": [{"east_m": x, "north_m": y} for x, y in ((0, 0), (9, 0), (9, 9))],
                "gates": [{"name": "南", "east_m": 4, "north_m": 0, "clear_m": 0.3}],
                "counts": [{"from_min": 5, "to_min": 5}],
            },
        )
    assert {"gates[0].clear_m", "counts[0].to_min"} <= set(error.value.problems)
    with pytest.raises(ScenarioError):
        replace(SQUARE, focus_north_m=None)
    with pytest.raises(ScenarioError):
        replace(SQUARE, children_share=0.6, elderly_share=0.6)
    with pytest.raises(ScenarioError):
        replace(SQUARE, counts=(Count(from_min=0, to_min=1, gate="无", arrivals=1),))
    assert schema(Crowd)["properties"]["people_now"]["x-unit"] == "人"


def test_the_answer_comes_in_time():
    run(SQUARE)  # compiled
    started = time.perf_counter()
    found = HAZARD.run(replace(SQUARE, people_factor=1.5))
    assert time.perf_counter() - started < 10.0
    assert found.zones
    assert found.notes


def test_a_queue_before_closed_gates_is_told_as_such():
    """Gates that pass all who come until they close: more checks would not help."""
    gate = Gate(name="门", east_m=60, north_m=20, clear_m=4, checked_per_min=100)
    crowd = Crowd(
        corners=box(0, 0, 60, 40), gates=(gate,), counts=(Count(from_min=0, to_min=60, arrivals=3000),),
        capacity=1000, closes_at_share=0.9, closing_min=0, method="cells",
    )  # fmt: skip
    told = [row.text for row in run(crowd).advice]
    assert any("关闭入场后外面积压" in text for text in told)
    assert not any("应再加" in text for text in told)
