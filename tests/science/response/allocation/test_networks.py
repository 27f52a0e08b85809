"""Items apart, each as a network: the same optimum as by interior points, proven by its own prices, or no answer."""

import numpy as np
import pytest
from hypothesis import given, settings

from anlan.science.response.allocation import Problem
from anlan.science.response.allocation.fair import guaranteed
from anlan.science.response.allocation.interior import optimum
from anlan.science.response.allocation.loading import Yard
from anlan.science.response.allocation.networks import apart
from anlan.science.response.allocation.relaxation import _bound, _held, _worth, relax, stated
from anlan.science.response.allocation.worth import worth
from tests.science.response.allocation.problems import problems


def program_of(problem):
    room = Yard(problem).room()
    return stated(problem, room, worth(problem, guaranteed(problem, room)))


def city(trucks, seed=0, stores=30, places=20, items=4, step=1):
    """Stores and places on a plain; a `step` of quantities and ways makes many of them the same."""
    random = np.random.default_rng(seed)
    store, place = random.uniform(0, 150, (stores, 2)), random.uniform(0, 150, (places, 2))
    km = np.hypot(*(store[:, None] - place[None]).transpose(2, 0, 1))
    km = np.maximum(np.round(km / step) * step, step)
    return Problem(
        supply=random.integers(0, 900 // step, (stores, items)) * step,
        demand=random.integers(0, 1500 // step, (places, items)) * step,
        unit_load=random.uniform(0.001, 0.05, (items, 1)), travel_s=km / 40 * 3600,
        trucks=np.full((stores, 1), trucks), truck_load=np.array([[10.0]]), distance_km=km,
    )  # fmt: skip


@pytest.mark.parametrize("step", [1, 50])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_flows_hold_and_their_prices_prove_them_also_where_much_is_the_same(seed, step):
    program = program_of(city(1000, seed, step=step))
    found = apart(program)
    assert (found.sent >= 0).all()
    assert not found.sent[~program.usable].any()
    assert (found.sent.sum(axis=2) <= program.stock * (1 + 1e-9)).all()
    assert (found.sent.sum(axis=1) <= program.tier.sum(axis=1) * (1 + 1e-9)).all()
    value = _worth(program, _held(program, found.sent))
    assert _bound(program, found.stock, found.truck) == pytest.approx(value, rel=1e-12)
    # At a vertex few links are used: a tree.
    assert (found.sent > 0).sum() < len(found.sent) * (50 + 1)
    assert value == pytest.approx(_worth(program, _held(program, optimum(program).sent)), rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_of_any_question_it_finds_the_optimum_or_says_that_trucks_bind(problem):
    program = program_of(problem)
    found = apart(program) if program.usable.any() else None
    if found is not None:
        value = _worth(program, _held(program, found.sent))
        assert _bound(program, found.stock, found.truck) == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_few_trucks_are_left_to_interior_points():
    problem = city(1)
    assert apart(program_of(problem)) is None
    room = Yard(problem).room()
    found = relax(problem, room, worth(problem, guaranteed(problem, room)))
    assert found.truck_price.max() > 0
    assert found.objective <= found.bound <= found.objective * (1 + 1e-8)
