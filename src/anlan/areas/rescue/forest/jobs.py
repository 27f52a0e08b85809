"""Find the places of further forest teams in the background."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from anlan.areas.rescue.forest import queries
from anlan.areas.rescue.forest.models import TeamStudy
from anlan.foundation.jobs.queue import job
from anlan.science.geo.covering import CoveringError


@job
def find_team_sites(*, progress: Callable[[int, int], None], study_id: int) -> dict[str, Any]:
    """Compute the reach of today's teams and of each candidate, and choose; what is found is kept with its question."""
    study = TeamStudy.objects.select_related("asked_by").get(pk=study_id)
    try:
        found = _solve(study, progress)
    except CoveringError as error:
        found = {"status": TeamStudy.Status.FAILED, "problem": str(error)[:200]}
    except Exception as error:
        TeamStudy.objects.filter(pk=study_id).update(
            status=TeamStudy.Status.FAILED, problem=f"{type(error).__name__}: {error}"[:200], finished_at=timezone.now()
        )
        raise
    TeamStudy.objects.filter(pk=study_id).update(finished_at=timezone.now(), **found)
    progress(1, 1)
    return {"study": study_id}


def _solve(study: TeamStudy, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """The outcome as fields of the study."""
    user = study.asked_by
    found = queries.reach_for(
        user, minutes=study.minutes, with_closures=study.with_closures, speeds=study.speeds
    )  # fmt: skip
    if found is None:
        return {"status": TeamStudy.Status.FAILED, "problem": "路网已被移除"}
    suggestion = queries.suggest(user, found, study.count, study.among, progress)
    with override("zh-hans"):  # what is kept does not depend on the asker's language
        note = found.ways.speeds.words_for_circle[:300]
    return {
        "status": TeamStudy.Status.DONE, "network": found.network, "speeds_note": note,
        "sites": [
            {"name": one.name, "lon": one.lon, "lat": one.lat, "hectares": one.hectares} for one in suggestion.sites
        ],
        "candidates": suggestion.candidates, "of_key": suggestion.of_key,
        "has_gaps": any(not one.is_reached for one in found.lines),
        "gap": suggestion.siting.gap if suggestion.siting else None,
    }  # fmt: skip
