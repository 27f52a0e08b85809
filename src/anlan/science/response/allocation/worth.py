"""What a plan is worth: one concave measure for the relaxation, its bound and the plan of whole units.

An item counts as one however many units of it are asked. Of the share that a place is guaranteed the first quarter counts
`TIERS[0]` times, the second `TIERS[1]` times and so on, the same for all places: a far place that has nothing yet goes
before a near one that has a quarter, unless it takes more than four times the trucks. What lies beyond counts by the place's
priority; a unit that arrives at once counts `EARLY` more than one at the limit, one from nearby `NEAR` more than one over
the longest road. So fairness comes first, then what is met, then time, then tonne-kilometres. All asked and met within
the guaranteed share is worth 1.
"""

from dataclasses import dataclass

import numpy as np

from anlan.science.response.allocation.problem import Floats, Problem

TIERS = (2048.0, 512.0, 128.0, 32.0)
EARLY, NEAR = 1e-3, 1e-5


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
    #: Of one unit within it, to be multiplied by the tiers, shape (items,).
    fair: Floats
    #: What it is divided by to be 1 at best.
    whole: float

    def of(self, got: Floats, way: float) -> float:
        """Worth of units at the places, with what their ways have lost."""
        return float((self.met(got).sum() - way) / self.whole)

    def met(self, got: Floats) -> Floats:
        """Worth of the units at each place, shape (places, items)."""
        quarter = self.guaranteed / len(TIERS)
        fair = sum(
            (tier * np.clip(got - n * quarter, 0.0, quarter) for n, tier in enumerate(TIERS)), np.zeros(quarter.shape)
        )
        return self.unit * got + self.fair * fair


def worth(problem: Problem, guaranteed: Floats) -> Worth:
    """The measure, once it is known what every place is guaranteed."""
    asked = problem.asked
    weight = problem.priority / problem.priority.mean()
    total = (weight[:, None] * asked).sum(axis=0)
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    arrive = problem.loading_s + problem.travel_s + problem.unloading_s
    with np.errstate(invalid="ignore"):
        late = np.minimum(arrive / problem.limit_s if problem.limit_s else 1.0, 1.0)
    far = problem.distance_km.max(initial=0.0, where=np.isfinite(problem.distance_km))
    way = EARLY * late + NEAR * (np.minimum(problem.distance_km / far, 1.0) if far else 0.0)
    items = int((total > 0).sum())
    return Worth(
        unit=weight[:, None] * share, way=way * weight.min(), share=share, guaranteed=guaranteed,
        fair=np.divide(1.0, asked.sum(axis=0), out=np.zeros_like(total), where=total > 0),
        whole=max(items, 1) * (1.0 + float(np.mean(TIERS))),
    )  # fmt: skip
