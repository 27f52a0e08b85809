"""People in the venue over time from counts at the gates: nobody is lost, nobody is made (客流平衡).

Gates are deterministic queues: what arrives waits until the gate passes it, what wants to leave waits inside. A gate for
both directions shares its capacity, less what opposing streams cost each other (`flow.counterflow_share`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.science.hazards.crowd import flow
from anlan.science.hazards.crowd.scenario import Count, Crowd
from anlan.science.hazards.crowd.venue import capacity_of

Array = NDArray[np.float64]
#: At most so many steps; each lasts at least 10 s.
MOST_STEPS = 4000
#: Fewer persons are nobody.
_FEW = 1e-9


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Counts at the ends of the steps; arrays by gate have the shape (times, gates)."""

    at_s: Array
    people: Array
    #: Since the start.
    arrived: Array
    admitted: Array
    left: Array
    #: Waiting outside each gate.
    queue: Array
    #: Inside and wanting to leave.
    leaving: Array
    #: When the entrances were shut; None is never.
    closed_at_s: float | None

    @property
    def peak(self) -> int:
        """The step with most people."""
        return int(np.argmax(self.people))

    def longest_wait_s(self, gate: int) -> float:
        """The longest that anybody waits outside a gate, first come first served; inf who never gets in."""
        came, entered = self.arrived[:, gate], self.admitted[:, gate]
        growing = np.flatnonzero(np.diff(came) > 1e-9) + 1
        if not growing.size:
            return 0.0
        if entered[-1] < came[-1] - 1e-6:
            return float("inf")
        served = np.searchsorted(entered, came[growing] - 1e-6)
        return float(np.max(self.at_s[served] - self.at_s[growing], initial=0.0))


def capacities(scenario: Crowd) -> tuple[Array, Array]:
    """Persons a second that each gate admits and lets out during the event; 0 where it is closed or not for it."""
    into, out = [], []
    for gate in scenario.gates:
        most = capacity_of(gate, scenario.flow_factor) if gate.is_open and gate.use != "emergency" else 0.0
        checked = most if gate.checked_per_min is None else min(most, gate.checked_per_min / 60.0)
        into.append(checked if gate.use in ("in", "both") else 0.0)
        out.append(most if gate.use in ("out", "both") else 0.0)
    return np.array(into), np.array(out)


def balanced(scenario: Crowd, capacity: float) -> Balance:
    """Follow people through the gates until all counts are over and queues are gone, at most twice the counted span."""
    into, out = capacities(scenario)
    end_s = 60.0 * max((count.to_min for count in scenario.counts), default=1.0)
    step = max(10.0, 2.0 * end_s / MOST_STEPS)
    steps = int(np.ceil(2.0 * end_s / step)) + 1
    factor = scenario.people_factor
    coming = np.array([_rates(scenario, "arrivals", into, at * step, step) for at in range(steps)]) * factor
    going = np.array([_rates(scenario, "departures", out, at * step, step) for at in range(steps)]) * factor
    gates = len(scenario.gates)
    people, closed_at = scenario.people_now * factor, None
    queue = np.zeros(gates)
    wanted = np.zeros(gates)
    rows: dict[str, list] = {name: [] for name in ("people", "arrived", "admitted", "left", "queue", "leaving")}
    totals = {name: np.zeros(gates) for name in ("arrived", "admitted", "left")}
    ordered_at = None
    for at in range(steps):
        if (
            scenario.closes_at_share is not None
            and ordered_at is None
            and people >= scenario.closes_at_share * capacity
        ):
            ordered_at = at * step
        if ordered_at is not None and closed_at is None and at * step >= ordered_at + 60.0 * scenario.closing_min:
            closed_at = at * step
        queue = queue + coming[at]
        # Nobody leaves who is not there: what is wanted is cut to the people inside.
        asked = wanted.sum() + going[at].sum()
        wanted = (wanted + going[at]) * (min(1.0, people / asked) if asked > _FEW else 0.0)
        admitted, left = _passed(queue if closed_at is None else 0.0 * queue, wanted, into * step, out * step)
        queue, wanted = queue - admitted, wanted - left
        wanted = np.where(wanted > _FEW, wanted, 0.0)
        people = people + admitted.sum() - left.sum()
        for name, flowed in (("arrived", coming[at]), ("admitted", admitted), ("left", left)):
            totals[name] = totals[name] + flowed
            rows[name].append(totals[name])
        rows["people"].append(people)
        rows["queue"].append(queue)
        rows["leaving"].append(wanted.sum())
        done = (at + 1) * step >= end_s and (closed_at is not None or queue.sum() < 1e-6) and wanted.sum() < 1e-6
        if done or (at + 1) * step >= 2.0 * end_s:
            break
    found = {name: np.array(values) for name, values in rows.items()}
    times = step * np.arange(1.0, len(rows["people"]) + 1.0, dtype=np.float64)
    return Balance(at_s=times, closed_at_s=closed_at, **found)


def _rates(scenario: Crowd, what: str, capacity: Array, from_s: float, step: float) -> Array:
    """Persons of a step by gate; what names no gate goes by capacity to those that are open for it."""
    names = [gate.name for gate in scenario.gates]
    shares = capacity / capacity.sum() if capacity.sum() > 0 else np.full(len(names), 1.0 / len(names))
    total = np.zeros(len(names))
    for count in scenario.counts:
        number = getattr(count, what) * _overlap(count, from_s, step)
        if number > 0:
            total = total + (number * shares if not count.gate else number * np.array([n == count.gate for n in names]))
    return total


def _overlap(count: Count, from_s: float, step: float) -> float:
    """The share of a count that falls into a step."""
    start, end = 60.0 * count.from_min, 60.0 * count.to_min
    return max(min(end, from_s + step) - max(start, from_s), 0.0) / (end - start)


def _passed(queue: Array, wanted: Array, into: Array, out: Array) -> tuple[Array, Array]:
    """Who gets in and out in a step through each gate; streams that oppose each other share the opening."""
    entering, leaving = np.minimum(queue, into), np.minimum(wanted, out)
    both = entering + leaving
    opposing = np.minimum(entering, leaving) / np.maximum(both, _FEW)
    # The opening passes at most what it passes one way; checks slow only those who enter.
    most = out * flow.counterflow_share(opposing)
    share = np.where((out > 0) & (both > most), most / np.maximum(np.maximum(both, most), _FEW), 1.0)
    return entering * share, leaving * share
