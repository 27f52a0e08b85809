"""What a plan is worth: one concave measure for the relaxation, its bound and the plan of whole units.

An item counts as one however many units of it are asked, a place by its priority. A unit within the guaranteed share
of a place counts `GUARANTEED` times more than one beyond it, a unit that arrives at once `EARLY` more than one at the
limit, and one that comes from nearby `NEAR` more than one over the longest road. So fairness is settled first, then
what is met, then time, then tonne-kilometres. All asked and met within the guaranteed share is worth 1.
"""

from dataclasses import dataclass

import numpy as np

from anlan.science.response.allocation.problem import Floats, Problem

GUARANTEED, EARLY, NEAR = 1000.0, 1e-3, 1e-5


@dataclass(frozen=True, kw_only=True, eq=False)
class Worth:
    """The measure for one problem."""

    #: Of one unit of each item at each place beyond the guaranteed share, shape (places, items).
    unit: Floats
    #: What a unit's worth loses over each link, as a share of an item, shape (stores, places).
    way: Floats
    #: Shares of an item that one unit is, shape (items,).
    share: Floats
    #: Units that are guaranteed, shape (places, items).
    guaranteed: Floats
    #: What it is divided by to be 1 at best.
    whole: float

    def of(self, got: Floats, way: float) -> float:
        """Worth of units at the places, with what their ways have lost."""
        met = self.unit * (got + GUARANTEED * np.minimum(got, self.guaranteed))
        return float((met.sum() - way) / self.whole)


def worth(problem: Problem, guaranteed: Floats) -> Worth:
    """The measure, once it is known what every place is guaranteed."""
    asked = problem.asked
    weight = problem.priority / problem.priority.mean()
    total = (weight[:, None] * asked).sum(axis=0)
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    arrive = problem.loading_s + problem.travel_s + problem.unloading_s
    with np.errstate(invalid="ignore"):
        late = np.minimum(arrive / problem.limit_s if problem.limit_s else 1.0, 1.0)
    far = problem.distance_km.max(initial=0.0)
    way = EARLY * late + NEAR * (np.minimum(problem.distance_km / far, 1.0) if far else 0.0)
    items = int((total > 0).sum())
    return Worth(
        unit=weight[:, None] * share, way=way * weight.min(), share=share, guaranteed=guaranteed,
        whole=max(items, 1) * (1.0 + GUARANTEED),
    )  # fmt: skip
