"""Compute a study in the background."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from anlan.areas.risk.qra import queries
from anlan.areas.risk.qra.computing import FARTHEST_KM, compute
from anlan.areas.risk.qra.models import RiskStudy
from anlan.foundation.jobs.queue import job
from anlan.foundation.places.residents import villages_near


@job
def perform(*, progress: Callable[[int, int], None], study_id: int) -> dict[str, Any]:
    """Compute the study and keep what it found."""
    study = RiskStudy.objects.select_related("asked_by").get(pk=study_id)
    RiskStudy.objects.filter(pk=study_id).update(status=RiskStudy.Status.RUNNING)
    try:
        found = compute(
            study.scenarios, study.rules, lon=study.lon, lat=study.lat, is_new=study.is_new,
            villages=villages_near(study.lon, study.lat, FARTHEST_KM), places=queries.places_near(study),
            progress=progress,
        )  # fmt: skip
    except Exception as error:
        RiskStudy.objects.filter(pk=study_id).update(
            status=RiskStudy.Status.FAILED, problem=f"{type(error).__name__}: {error}", finished_at=timezone.now()
        )
        raise
    RiskStudy.objects.filter(pk=study_id).update(
        status=RiskStudy.Status.DONE, finished_at=timezone.now(), **vars(found)
    )
    return {"study": study_id}
