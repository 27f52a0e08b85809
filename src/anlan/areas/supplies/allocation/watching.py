"""Hold the plans that are open against the roads as they are now, and tell whoever made them."""

import numpy as np
import shapely
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.areas.supplies.allocation.situation import Ways, ways_now
from anlan.areas.supplies.allocation.stops import starts
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import record_entry
from anlan.foundation.notices.services import send_notices
from anlan.science.geo.roads.graph import RoadError

Status = AllocationPlan.Status
#: Plans whose routes are watched.
WATCHED = (Status.DRAFT, Status.SUBMITTED, Status.APPROVED)
#: Trips of theirs that still have to be driven.
AHEAD = (
    Waybill.Status.PROPOSED,
    Waybill.Status.WAITING,
    Waybill.Status.TO_LOAD,
    Waybill.Status.LOADED,
    Waybill.Status.UNDER_WAY,
)


def check_roads() -> int:
    """Check every open plan; how many have a new problem."""
    rolling = Q(status=Status.SUPERSEDED, waybills__status__in=Waybill.KEPT)
    plans = list(
        AllocationPlan.objects.filter(Q(status__in=WATCHED) | rolling).select_related("incident", "made_by").distinct()
    )
    if not plans or (ways := ways_now()) is None:
        return 0
    return sum(flag(plan=plan, problem=road_problem(plan, ways)) for plan in plans)


def crosses(line: list[list[float]], ways: Ways) -> list[str]:
    """Titles of the obstacles that lie on a route."""
    if len(line) < 2:
        return []
    metres = ways.roads.plane.to_metres(np.array(line, dtype=np.float64))
    drawn = shapely.LineString(metres)
    blocking = [one for one in ways.obstacles if np.isinf(one.factor)]
    if not blocking:
        return []
    points = shapely.points(ways.roads.plane.to_metres(np.array([(one.lon, one.lat) for one in blocking])))
    far = shapely.distance(drawn, points)
    return [one.title for one, d in zip(blocking, far, strict=True) if d <= one.radius_m]


def road_problem(plan: AllocationPlan, ways: Ways) -> str:
    """What the roads as they are do to the trips that lie ahead, in a sentence; empty when all is well."""
    told: list[str] = []
    begins = starts(plan.waybills.select_related("depot"))
    for row in plan.waybills.filter(status__in=AHEAD).select_related("depot"):
        blocked = crosses(row.line, ways)
        if not blocked:
            continue
        try:
            way = ways.route(begins[row.pk], (row.lon, row.lat), at=row.leave_at)
        except RoadError:
            way = None
        what = f"{row.number}号车次（{row.depot}→{row.place}）被{blocked[0]}阻断"
        if way is None:
            told.append(f"{what}，没有别的路")
        else:
            later = round((way[1] - (row.arrive_at - row.leave_at).total_seconds()) / 60)
            told.append(f"{what}，绕行多 {max(later, 0)} 分钟")
    return ("；".join(told[:4]) + (f"；共 {len(told)} 个车次受影响" if len(told) > 4 else ""))[:300]


@transaction.atomic
def flag(*, plan: AllocationPlan, problem: str) -> bool:
    """Keep what the roads do to a plan; its maker is told once for each new problem."""
    plan = AllocationPlan.objects.select_for_update(of=("self",)).select_related("incident", "made_by").get(pk=plan.pk)
    is_new = bool(problem) and problem != plan.road_problem
    AllocationPlan.objects.filter(pk=plan.pk).update(road_problem=problem, road_checked_at=timezone.now())
    if not is_new:
        return False
    post = next(iter(plan.made_by.current_posts), None)
    if post is not None:
        send_notices(
            [
                {
                    "actor": "system", "post": post, "title": f"道路变化影响调拨方案 {plan.code}", "body": problem,
                    "subject": plan, "incident_id": plan.incident_id, "area_code": plan.incident.area_id,
                    "link": plan.get_absolute_url(), "is_exercise": plan.is_exercise,
                }
            ]
        )  # fmt: skip
    record_entry(
        incident=plan.incident, kind=TimelineEntry.Kind.NOTE, actor="system", text=f"调拨方案 {plan.code}：{problem}",
        data={"allocation_plan": plan.pk},
    )  # fmt: skip
    return True
