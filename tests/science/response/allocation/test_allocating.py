"""What holds of every plan, and what it says when not all can be met."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from anlan.science.response.allocation import (
    AllocationError,
    Problem,
    Reason,
    Shipments,
    UnderWay,
    allocate,
    replan,
)
from anlan.science.response.allocation.fair import guaranteed
from anlan.science.response.allocation.loading import Yard
from anlan.science.response.allocation.relaxation import relax
from anlan.science.response.allocation.worth import worth
from tests.science.response.allocation.exact import optimum
from tests.science.response.allocation.problems import problems

EXAMPLES = settings(max_examples=30, deadline=None)


def sums(problem, rows):
    """Units by store and item, by place and item."""
    sent, got = np.zeros_like(problem.supply), np.zeros_like(problem.demand)
    np.add.at(sent, (rows.store, rows.item), rows.quantity)
    np.add.at(got, (rows.place, rows.item), rows.quantity)
    return sent, got


@EXAMPLES
@given(problems())
def test_stock_demand_trucks_and_time_hold(problem):
    plan = allocate(problem)
    sent, got = sums(problem, plan.shipped)
    assert (plan.loads.quantity > 0).all()
    assert (sent <= problem.supply).all()
    np.testing.assert_array_equal(got + plan.unmet, problem.demand)
    assert (plan.unmet >= 0).all()
    assert ((plan.reason == Reason.MET) == (plan.unmet == 0)).all()
    trips = plan.trips
    carried = np.zeros((trips.size, problem.truck_load.shape[1]))
    np.add.at(carried, plan.loads.trip, plan.loads.quantity[:, None] * problem.unit_load[plan.loads.item])
    assert (carried <= problem.truck_load[trips.kind] + 1e-9).all()
    assert (trips.truck < problem.trucks[trips.store, trips.kind]).all()
    assert (trips.arrive_s <= problem.limit_s + 1e-6).all()
    assert not problem.is_forbidden[trips.store, trips.place].any()
    for key in {(s, k, t) for s, k, t in zip(trips.store, trips.kind, trips.truck, strict=True)}:
        rows = np.flatnonzero((trips.store == key[0]) & (trips.kind == key[1]) & (trips.truck == key[2]))
        rows = rows[np.argsort(trips.start_s[rows])]
        assert trips.start_s[rows[0]] >= problem.ready_s[key[1]]
        assert (trips.start_s[rows[1:]] >= trips.back_s[rows[:-1]] - 1e-6).all()


@EXAMPLES
@given(problems())
def test_no_plan_of_whole_trips_is_worth_more_than_the_bound(problem):
    plan = allocate(problem)
    measure = worth(problem, guaranteed(problem, Yard(problem).room()))
    best = optimum(problem, measure, whole=True)
    assert plan.objective <= best + 1e-8
    assert best <= plan.bound + 1e-8
    assert plan.bound <= 1 + 1e-8


@EXAMPLES
@given(problems())
def test_the_relaxation_is_that_of_all_links_at_once(problem):
    """With one kind of truck and one measure the relaxation is the program over every link itself."""
    problem = replace(
        problem, trucks=problem.trucks[:, :1], truck_load=problem.truck_load[:1, :1], ready_s=problem.ready_s[:1],
        unit_load=problem.unit_load[:, :1],
    )  # fmt: skip
    room = Yard(problem).room()
    measure = worth(problem, guaranteed(problem, room))
    found = relax(problem, room, measure)
    assert found.objective == pytest.approx(optimum(problem, measure, whole=False), rel=2e-6, abs=1e-7)
    assert found.objective <= found.bound <= found.objective * (1 + 1e-5) + 1e-9


@pytest.mark.parametrize("trucks", [1, 30])
def test_prices_prove_the_relaxation_of_a_larger_question(trucks):
    random = np.random.default_rng(trucks)
    travel = random.uniform(600, 15_000, (30, 20))
    problem = Problem(
        supply=random.integers(0, 900, (30, 5)), demand=random.integers(0, 2000, (20, 5)),
        unit_load=random.uniform(0.001, 0.1, (5, 2)), travel_s=travel, trucks=random.integers(0, 2 * trucks, (30, 2)),
        truck_load=np.array([[5.0, 6.0], [10.0, 9.0]]), distance_km=travel / 90,
    )  # fmt: skip
    room = Yard(problem).room()
    found = relax(problem, room, worth(problem, guaranteed(problem, room)))
    assert found.objective <= found.bound <= found.objective * (1 + 1e-8)
    assert (found.quantity.sum(axis=1) <= problem.supply * (1 + 1e-12)).all()
    assert (found.quantity.sum(axis=0) <= problem.demand * (1 + 1e-12)).all()
    load = np.einsum("spi,im,sp->sm", found.quantity, problem.unit_load, 1 / np.maximum(problem.rounds.max(axis=2), 1))
    assert (load <= room.capacity * (1 + 1e-12)).all()


@EXAMPLES
@given(problems())
def test_more_stock_never_makes_the_bound_worse(problem):
    free = replace(problem, fairness=0.0)
    more = replace(free, supply=free.supply + 20)
    assert allocate(more).bound >= allocate(free).bound * (1 - 1e-6)


def question(**changes):
    given = {
        "supply": [[60]], "demand": [[50], [70]], "unit_load": [[0.1]], "travel_s": [[3600, 7200]], "trucks": [[2]],
        "truck_load": [[5]],
    }  # fmt: skip
    return Problem(**given | changes)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (Reason.STOCK, {}),
        (Reason.ROAD, {"supply": [[500]], "travel_s": [[3600, np.inf]]}),
        (Reason.LIMIT, {"supply": [[500]], "travel_s": [[3600, 50_000]]}),
        (Reason.FORBIDDEN, {"supply": [[500]], "is_forbidden": np.array([[False, True]])}),
        (Reason.TRUCK, {"supply": [[500]], "limit_s": 11_000.0, "trucks": [[1]]}),
    ],
)
def test_each_shortage_names_its_constraint(reason, changes):
    plan = allocate(question(**changes))
    assert plan.unmet[1, 0] > 0
    assert plan.reason[1, 0] == reason


def test_what_is_short_everywhere_is_shared_in_proportion():
    plan = allocate(question(supply=[[60]], demand=[[30], [60], [90]], travel_s=[[60, 600, 6000]]))
    assert (plan.unmet.ravel()).tolist() == [20, 40, 60]
    assert plan.fair_share[0] == pytest.approx(1 / 3)


def test_what_is_fixed_is_sent_and_what_drives_is_counted():
    fixed = Shipments(store=np.array([0]), place=np.array([1]), item=np.array([0]), quantity=np.array([55]))
    plan = allocate(question(fixed=fixed))
    assert plan.unmet.ravel().tolist() == [45, 15]
    driving = UnderWay(place=np.array([0]), item=np.array([0]), quantity=np.array([50]), arrive_s=np.array([900.0]))
    plan = allocate(question(committed=driving))
    assert plan.unmet.ravel().tolist() == [0, 10]
    assert plan.arrival_s[0] == 900


def test_after_a_closure_what_drives_still_counts():
    first = question(supply=[[120]], trucks=[[1]], truck_load=[[10]])
    plan = allocate(first)
    assert not plan.unmet.any()
    rest = replan(first, plan, elapsed_s=600.0, travel_s=np.array([[3600.0, np.inf]]))
    again = allocate(rest)
    _, came = sums(first, again.shipped)
    np.add.at(came, (rest.committed.place, rest.committed.item), rest.committed.quantity)
    np.testing.assert_array_equal(came + again.unmet, first.demand)
    assert (again.unmet[:, 0] == [0, 70]).all()
    assert again.reason[1, 0] == Reason.ROAD
    assert (again.trips.start_s >= plan.trips.back_s.min() - 600.0).all()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("supply", {"supply": [[-1]]}),
        ("supply", {"supply": [[np.nan]]}),
        ("supply", {"supply": [[1.5]]}),
        ("demand", {"demand": [[1, 2], [3, 4]]}),
        ("unit_load", {"unit_load": [[np.nan]]}),
        ("unit_load", {"unit_load": [[0.0]]}),
        ("unit_load", {"unit_load": [[6.0]]}),
        ("travel_s", {"travel_s": [[np.nan, 1]]}),
        ("travel_s", {"travel_s": [[-1, 1]]}),
        ("travel_s: no road", {"travel_s": [[np.inf, np.inf]]}),
        ("trucks: there are none", {"trucks": [[0]]}),
        ("limit_s", {"limit_s": np.inf}),
        ("fairness", {"fairness": 2.0}),
        ("priority", {"priority": [0.0, 1.0]}),
        ("fixed", {"fixed": Shipments(store=np.array([0]), place=np.array([0]), item=np.array([0]), quantity=np.array([61]))}),
        ("fixed.store", {"fixed": Shipments(store=np.array([1]), place=np.array([0]), item=np.array([0]), quantity=np.array([1]))}),
    ],
)  # fmt: skip
def test_wrong_questions_are_refused(name, changes):
    with pytest.raises(AllocationError, match=name):
        question(**changes)


@pytest.mark.parametrize("quantity", [-1, np.nan, 0.5])
def test_wrong_rows_are_refused(quantity):
    with pytest.raises(AllocationError, match="quantity"):
        Shipments(store=[0], place=[0], item=[0], quantity=[quantity])


def test_what_a_person_fixed_but_trucks_cannot_bring_is_refused():
    fixed = Shipments(store=[0], place=[1], item=[0], quantity=[60])
    with pytest.raises(AllocationError, match="fixed: the trucks of store 0"):
        allocate(question(fixed=fixed, trucks=[[1]], limit_s=11_000.0))


def test_priority_decides_what_fairness_leaves():
    short = {"supply": [[60]], "demand": [[60], [60]], "travel_s": [[3600, 3600]], "priority": [1.0, 3.0]}
    assert allocate(question(**short)).unmet.ravel().tolist() == [30, 30]
    assert allocate(question(**short, fairness=0.0)).unmet.ravel().tolist() == [60, 0]
    assert allocate(question(**short, fairness=0.5)).unmet.ravel().tolist() == [45, 15]


def test_few_trucks_serve_a_place_that_has_nothing_before_one_that_has_much():
    plan = allocate(
        question(supply=[[400]], demand=[[200], [200]], trucks=[[1]], travel_s=[[1800, 5400]], limit_s=28_800.0)
    )
    assert (plan.unmet.ravel() < 200).all()
    assert (plan.reason == Reason.TRUCK).all()
