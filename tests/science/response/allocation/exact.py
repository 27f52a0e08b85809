"""The same question as one program over every link, whole or divided; written apart from the code it checks."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from anlan.science.response.allocation.worth import TIERS


def optimum(problem, measure, *, whole):
    """The greatest worth; with `whole` of whole units on whole trips."""
    names, value, most, rows = {}, [], [], []

    def variable(key, worth, limit=np.inf):
        names[key] = len(value)
        value.append(worth)
        most.append(limit)

    stores, places, kinds = problem.rounds.shape
    items, measures = problem.unit_load.shape
    links = [(s, p) for s in range(stores) for p in range(places) if problem.rounds[s, p].any()]
    for s, p in links:
        for i in range(items):
            variable(("x", s, p, i), -measure.way[s, p] * measure.share[i])
        for k in range(kinds):
            variable(("trip", s, p, k), 0.0, np.inf if problem.rounds[s, p, k] else 0.0)
    quarter = measure.guaranteed / len(TIERS)
    for p in range(places):
        for i in range(items):
            for n, tier in enumerate(TIERS):
                variable(("tier", p, i, n), measure.unit[p, i] + tier * measure.fair[i], quarter[p, i])
            variable(("tier", p, i, len(TIERS)), measure.unit[p, i], problem.asked[p, i] - measure.guaranteed[p, i])

    def row(terms, limit):
        line = np.zeros(len(value))
        for key, factor in terms:
            line[names[key]] += factor
        rows.append((line, limit))

    for i in range(items):
        for s in range(stores):
            row([(("x", s, p, i), 1.0) for t, p in links if t == s], problem.supply[s, i])
        for p in range(places):
            row(
                [(("tier", p, i, n), 1.0) for n in range(len(TIERS) + 1)]
                + [(("x", s, q, i), -1.0) for s, q in links if q == p],
                0,
            )
    for s, p in links:
        for m in range(measures):
            row(
                [(("x", s, p, i), problem.unit_load[i, m]) for i in range(items)]
                + [(("trip", s, p, k), -problem.truck_load[k, m]) for k in range(kinds)],
                0,
            )
    for s in range(stores):
        for k in range(kinds):
            row(
                [
                    (("trip", t, p, k), 1 / problem.rounds[t, p, k])
                    for t, p in links
                    if t == s and problem.rounds[t, p, k]
                ],
                problem.trucks[s, k],
            )
    integral = np.array([float(whole and key[0] != "tier") for key in sorted(names, key=names.get)])
    answer = milp(
        -np.array(value), integrality=integral, bounds=Bounds(0, np.array(most)),
        constraints=LinearConstraint(np.array([line for line, _ in rows]), -np.inf, [limit for _, limit in rows]),
        options={"mip_rel_gap": 1e-9},
    )  # fmt: skip
    assert answer.status == 0
    return -answer.fun / measure.whole
