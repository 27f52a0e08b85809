"""Compute a run in the background."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from anlan.areas.risk.prediction.computing import compute
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.jobs.queue import job
from anlan.foundation.places.residents import villages_near
from anlan.science.hazards.declaring import ScenarioError
from anlan.science.hazards.sentences import parts


@job
def perform(*, progress: Callable[[int, int], None], run_id: int) -> dict[str, Any]:
    """Compute the run and keep what it found; a refusal of the model is an outcome, any other error is a fault."""
    run = Run.objects.get(pk=run_id)
    model = run.model
    Run.objects.filter(pk=run_id).update(status=Run.Status.RUNNING)
    try:
        found = compute(
            model, run.inputs, lon=run.lon, lat=run.lat, villages=villages_near(run.lon, run.lat),
            count=run.members, progress=progress,
        )  # fmt: skip
    except ScenarioError as error:
        Run.objects.filter(pk=run_id).update(
            status=Run.Status.REFUSED, problem=str(error), notes=[parts(one) for one in error.told],
            finished_at=timezone.now(),
        )  # fmt: skip
        return {"run": run_id}
    except Exception as error:
        Run.objects.filter(pk=run_id).update(
            status=Run.Status.FAILED, problem=f"{type(error).__name__}: {error}", finished_at=timezone.now()
        )
        raise
    Run.objects.filter(pk=run_id).update(status=Run.Status.DONE, finished_at=timezone.now(), **vars(found))
    return {"run": run_id}
