"""Find sites in the background."""

from collections.abc import Callable
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.rescue.stations import queries
from anlan.areas.rescue.stations.models import SiteStudy
from anlan.foundation.jobs.queue import job
from anlan.foundation.places.codes import prefix
from anlan.foundation.roads.registry import obstacles_at
from anlan.science.geo.covering import CoveringError, best_sites


@job
def find_sites(*, progress: Callable[[int, int], None], study_id: int) -> dict[str, Any]:
    """Choose the sites that gain most; every village of the area is a site that may be chosen."""
    study = SiteStudy.objects.select_related("network").get(pk=study_id)
    try:
        found = _solve(study)
    except CoveringError as error:
        found = {"status": SiteStudy.Status.FAILED, "problem": str(error)[:200]}
    except Exception as error:
        SiteStudy.objects.filter(pk=study_id).update(
            status=SiteStudy.Status.FAILED, problem=f"{type(error).__name__}: {error}"[:200], finished_at=timezone.now()
        )
        raise
    SiteStudy.objects.filter(pk=study_id).update(finished_at=timezone.now(), **found)
    progress(1, 1)
    return {"study": study_id}


def _solve(study: SiteStudy) -> dict[str, Any]:
    """The outcome as fields of the study."""
    obstacles = obstacles_at(timezone.now()) if study.with_closures else ()
    reach = queries.reach_of(study.network, queries.stations_on_duty(), speeds=study.speeds, obstacles=obstacles)
    villages = queries.villages_within((prefix(study.area_id),))
    if not villages.size:
        return {"status": SiteStudy.Status.FAILED, "problem": "这个区域没有带位置的村（社区）"}
    times, _ = reach.minutes(villages.places)
    covers = reach.covers(villages.places, villages.places, study.minutes)
    is_covered = times <= study.minutes
    siting = best_sites(covers, villages.people, min(study.count, villages.size), is_covered=is_covered)
    with override("zh-hans"):
        note = reach.speeds.words_for_circle[:300]
    return {
        "status": SiteStudy.Status.DONE,
        "sites": _sites(siting.sites, covers, villages, is_covered),
        "gain": round(siting.gain),
        "bound": round(siting.bound),
        "speeds_note": note,
    }


def _sites(
    chosen: tuple[int, ...], covers: np.ndarray, villages: queries.Villages, is_covered: np.ndarray
) -> list[dict[str, Any]]:
    """The chosen sites, the greatest gain first, each with what it adds to those before."""
    left, rows, open_to = list(chosen), [], ~is_covered
    while left:
        best = max(left, key=lambda site: int(villages.people[covers[site] & open_to].sum()))
        gain = int(villages.people[covers[best] & open_to].sum())
        lon, lat = villages.places[best].tolist()
        rows.append({"code": villages.code[best], "name": villages.name[best], "lon": lon, "lat": lat, "gain": gain})
        open_to = open_to & ~covers[best]
        left.remove(best)
    return rows
