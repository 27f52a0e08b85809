"""Relief supplies: items apart, or by interior points where trucks bind, against HiGHS over all links at once, at the same objective; and the whole plan.

All times are processor seconds.
"""

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from anlan.science.response.allocation import Problem, allocate
from anlan.science.response.allocation.fair import guaranteed
from anlan.science.response.allocation.interior import Program
from anlan.science.response.allocation.loading import Yard
from anlan.science.response.allocation.relaxation import relax, stated
from anlan.science.response.allocation.worth import worth
from benchmarks.measure import report, report_ratio

#: Stores, places, items, how plentiful trucks are, rounds.
SIZES = ((60, 40, 10, 0.12, 3), (60, 40, 10, 1.0, 3), (100, 68, 15, 0.12, 1), (100, 68, 15, 1.0, 3))
LARGE = ((200, 136, 30, 1.0, 1), (200, 136, 30, 0.12, 1))
#: Parts of an item's total in which HiGHS counts; keeps its tolerance below a unit.
PARTS = 1e4
PATIENCE_S = float(os.environ.get("PATIENCE_S", "960"))


def city(stores: int, places: int, items: int, plenty: float) -> Problem:
    """Stores and townships on a plain of 150 km, stock uneven, trucks of 5 and 10 tonnes."""
    random = np.random.default_rng(0)
    store, place = random.uniform(0, 150, (stores, 2)), random.uniform(0, 150, (places, 2))
    km = np.hypot(*(store[:, None] - place[None]).transpose(2, 0, 1)) * 1.3
    demand = random.integers(0, 2000, (places, items))
    supply = random.integers(0, 2000, (stores, items)) * places // stores
    load = 10 ** random.uniform(-3, -1, items)
    trucks = random.poisson(plenty * (demand @ load).sum() / stores / 10, (stores, 2))
    trucks[0] += 1
    return Problem(
        supply=supply, demand=demand, unit_load=load[:, None], travel_s=km / 40 * 3600, trucks=trucks,
        truck_load=np.array([[5.0], [10.0]]), distance_km=km,
    )  # fmt: skip


def compare(stores: int, places: int, items: int, plenty: float, rounds: int) -> None:
    """Both optima must be equal before times are told."""
    problem = city(stores, places, items, plenty)
    room = Yard(problem).room()
    measure = worth(problem, guaranteed(problem, room))
    title = f"{stores} x {places} x {items}, trucks {plenty:g}"
    best = []

    def ours() -> None:
        best[:] = [relax(problem, room, measure)]

    def peer() -> None:
        answer = linprog(**at_once(stated(problem, room, measure)), method="highs", options={"time_limit": PATIENCE_S})
        value = -answer.fun / (PARTS * measure.whole) if answer.status == 0 else np.nan
        if answer.status:
            print(f"  {title}: HiGHS was stopped after {PATIENCE_S:g} s")
        print(f"  {title}: objective {best[0].objective:.9f}, bound {best[0].bound:.9f}, HiGHS {value:.9f}", flush=True)
        assert answer.status != 0 or abs(best[0].objective / value - 1) < 2e-6

    a, b = [], []
    for _ in range(rounds):
        a.append(processor_seconds(ours))
        b.append(processor_seconds(peer))
    report(f"{title}: items apart, or interior points", a)
    report(f"{title}: HiGHS, all links at once", b)
    report_ratio(f"{title}: HiGHS / ours", b, a, "goal 10")
    plan = []
    report(f"{title}: whole plan", [processor_seconds(lambda: plan.append(allocate(problem)))])
    print(f"  {title}: {plan[0].trips.size} trips, gap of whole units and trips {plan[0].gap:.5f}")


def at_once(program: Program) -> dict[str, object]:
    """The program over all links, as `linprog` takes it."""
    item, store, place = np.nonzero(program.usable)
    items, stores, places = program.usable.shape
    measures, tiers, count = program.truck.shape[1], program.tier.shape[1], item.size
    met, truck = items * stores, items * (stores + places)
    who = np.broadcast_to(np.arange(items)[:, None, None] * places + np.arange(places), program.tier.shape)
    rows = [item * stores + store, met + item * places + place, met + who.ravel()]
    columns = [np.arange(count), np.arange(count), count + np.arange(items * tiers * places)]
    data = [np.ones(count), -np.ones(count), np.ones(items * tiers * places)]
    for m in range(measures):
        rows.append(truck + store * measures + m)
        columns.append(np.arange(count))
        data.append(program.heft[item, m] / PARTS * program.day[store, place])
    shape = (truck + stores * measures, count + program.tier.size)
    matrix = coo_array((np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    most = np.concatenate([np.full(count, np.inf), (program.tier * PARTS).ravel()])
    return {
        "c": np.concatenate([program.way[store, place], -program.value.ravel()]),
        "A_ub": matrix.tocsr(),
        "b_ub": np.concatenate([(program.stock * PARTS).ravel(), np.zeros(items * places), program.truck.ravel()]),
        "bounds": np.column_stack([np.zeros(shape[1]), most]),
    }


def processor_seconds(call: Callable[[], object]) -> float:
    """Of the whole process, with all threads: on a shared machine the fairer measure of so long a call."""
    started = time.process_time()
    call()
    return time.process_time() - started


def main() -> None:
    """The large one takes HiGHS very long; it runs when asked for: `python -m benchmarks.allocation large`."""
    print(f"  load average {os.getloadavg()[0]:.1f}")
    allocate(city(3, 3, 2, 1.0))
    for size in LARGE if "large" in sys.argv[1:] else SIZES:
        compare(*size)
    print(f"  load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
