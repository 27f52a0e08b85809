"""Relief supplies to where they are asked for: which store sends what by which truck (物资调拨).

`problem.Problem` says what there is and what is asked, `allocating.allocate` answers with a `plan.Plan`, and
`allocating.replan` answers again when a road closes or stock runs out on the way.
"""

from anlan.science.response.allocation.allocating import allocate, replan
from anlan.science.response.allocation.plan import Loads, Plan, Reason, Trips
from anlan.science.response.allocation.problem import AllocationError, Problem, Shipments, UnderWay

__all__ = [
    "AllocationError",
    "Loads",
    "Plan",
    "Problem",
    "Reason",
    "Shipments",
    "Trips",
    "UnderWay",
    "allocate",
    "replan",
]
