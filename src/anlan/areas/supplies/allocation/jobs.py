"""Compute a plan, and check open plans against the roads, in the background."""

from collections.abc import Callable
from typing import Any

from anlan.areas.supplies.allocation import watching
from anlan.areas.supplies.allocation.computing import compute
from anlan.areas.supplies.allocation.models import AllocationPlan
from anlan.foundation.jobs.queue import job


@job
def compute_plan(*, progress: Callable[[int, int], None], plan_id: int) -> dict[str, Any]:
    """Compute the plan; a sentence why there is none is an outcome, any other error is a fault."""
    plan = AllocationPlan.objects.select_related("incident", "made_by").get(pk=plan_id)
    try:
        compute(plan, progress)
    except Exception as error:
        AllocationPlan.objects.filter(pk=plan_id).update(
            status=AllocationPlan.Status.FAILED, problem=f"{type(error).__name__}: {error}"[:300]
        )
        raise
    progress(3, 3)
    return {"plan": plan_id}


@job
def check_roads(*, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Flag the plans whose routes a closure blocks."""
    return {"flagged": watching.check_roads()}
