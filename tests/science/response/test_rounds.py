"""Published instances are solved to their published optimum; small ones as by trying all; nothing is late or too heavy."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.response.rounds import Deliveries, Round, Rounds, RoundsError, plan_rounds, sooner, spread
from tests.science.response.published import CAPACITATED, R101_25, capacitated, with_windows


def check(asked: Deliveries, found: Rounds) -> None:
    """Every load once, no truck too heavy or in two places, nothing late."""
    served = sorted(stop.load for one in found.rounds for stop in one.stops)
    assert sorted(served + list(found.left)) == list(range(len(asked.load)))
    assert all(asked.worth[n] > 0 for n in found.left)
    turns: dict[int, list[Round]] = {}
    for one in found.rounds:
        loads = [stop.load for stop in one.stops]
        assert (asked.load[loads].sum(axis=0) <= asked.truck_load[one.truck] + 1e-6).all()
        at, here = one.start_s + asked.loading_s, 0
        assert one.leave_s == pytest.approx(at)
        for stop in one.stops:
            assert stop.arrive_s == pytest.approx(at + asked.travel_s[here, stop.load + 1])
            at, here = max(stop.arrive_s, asked.open_s[stop.load]) + asked.unloading_s, stop.load + 1
            assert stop.unloaded_s == pytest.approx(at)
            assert stop.unloaded_s <= asked.due_s[stop.load] + 0.5
        assert one.back_s == pytest.approx(at + asked.travel_s[here, 0])
        turns.setdefault(one.truck, []).append(one)
    for truck, rows in turns.items():
        rows.sort(key=lambda one: one.start_s)
        assert rows[0].start_s >= asked.ready_s[truck]
        assert all(second.start_s >= first.back_s - 1e-6 for first, second in zip(rows, rows[1:], strict=False))


@pytest.mark.parametrize(("instance", "capacity", "trucks", "optimum"), CAPACITATED)
def test_capacitated_instances_reach_their_published_optimum(instance, capacity, trucks, optimum):
    asked = capacitated(instance, capacity, trucks)
    found = plan_rounds(asked)
    check(asked, found)
    assert found.driven_s == optimum


def test_time_windows_reach_the_published_optimum():
    asked = with_windows(R101_25, 200, 10)
    found = plan_rounds(asked)
    check(asked, found)
    assert found.driven_s == pytest.approx(617.1)
    assert len(found.rounds) == 8


@st.composite
def questions(draw):
    count = draw(st.integers(1, 4))
    at = np.array(draw(st.lists(st.tuples(*[st.integers(0, 60)] * 2), min_size=count + 1, max_size=count + 1)))
    travel = 60.0 * np.abs(at[:, None] - at[None]).sum(axis=2)
    load = np.array(draw(st.lists(st.integers(1, 5), min_size=count, max_size=count)), dtype=float)[:, None]
    return Deliveries(travel_s=travel, load=load, truck_load=[[8.0]], loading_s=1200, unloading_s=600)


@settings(max_examples=40, deadline=None)
@given(questions())
def test_one_truck_drives_no_more_than_in_the_best_of_all_orders(asked):
    def cost(order, cuts):
        trips, total = np.split(np.array(order), cuts), 0.0
        for trip in trips:
            if asked.load[trip].sum() > 8:
                return np.inf
            rows = [0, *(trip + 1), 0]
            total += 1200 + sum(asked.travel_s[a, b] for a, b in zip(rows, rows[1:], strict=False))
        return total

    count = len(asked.load)
    cuts = [[n for n in range(1, count) if bits >> n & 1] for bits in range(0, 1 << count, 2)]
    best = min(cost(order, cut) for order in permutations(range(count)) for cut in cuts)
    found = plan_rounds(asked)
    check(asked, found)
    assert found.driven_s + 1200 * len(found.rounds) == pytest.approx(best)


@settings(max_examples=25, deadline=None)
@given(questions(), st.integers(1, 3))
def test_drawing_in_what_is_due_makes_nothing_later(asked, trucks):
    asked = replace(asked, truck_load=np.full((trucks, 1), 8.0), ready_s=600.0 * np.arange(trucks))
    first, drawn = plan_rounds(asked), sooner(asked)
    check(asked, drawn)
    assert drawn.last_s <= first.last_s + 1e-6
    wide = spread(asked, drawn)
    check(asked, wide)
    assert wide.last_s <= drawn.last_s + 1


def test_what_cannot_be_in_time_has_no_answer_and_optional_loads_come_by_worth():
    travel = [[0, 3600, 3600], [3600, 0, 60], [3600, 60, 0]]
    asked = Deliveries(travel_s=travel, load=[[5], [5]], truck_load=[[5]], due_s=[5000, 5000])
    assert plan_rounds(asked) is None
    assert sooner(asked) is None
    assert plan_rounds(replace(asked, truck_load=np.zeros((0, 1)), ready_s=np.zeros(0))) is None
    found = plan_rounds(replace(asked, worth=np.array([1.0, 2.0])))
    assert found.left == (0,)
    closed = np.array(travel, dtype=float)
    closed[0, 1] = closed[2, 1] = np.inf
    assert plan_rounds(replace(asked, travel_s=closed, due_s=np.full(2, np.inf))) is None
    apart = plan_rounds(replace(asked, due_s=np.full(2, np.inf)))
    check(asked=replace(asked, due_s=np.full(2, np.inf)), found=apart)
    assert len(apart.rounds) == 2


def test_the_same_question_has_the_same_answer():
    asked = capacitated(*CAPACITATED[1][:3])
    assert plan_rounds(asked) == plan_rounds(asked)


@pytest.mark.parametrize(
    ("name", "value"),
    [("travel_s", [[0.0]]), ("load", [[-1.0]]), ("ready_s", [1.0, 2.0]), ("due_s", [np.nan]), ("loading_s", -1.0)],
)
def test_wrong_questions_name_the_field(name, value):
    fine = {"travel_s": [[0.0, 1.0], [1.0, 0.0]], "load": [[1.0]], "truck_load": [[2.0]]}
    with pytest.raises(RoundsError, match=name):
        Deliveries(**fine | {name: value})
