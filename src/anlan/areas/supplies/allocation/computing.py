"""Turn the answer of the model into the proposed trips of a plan, with the road that each drives."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill, WaybillLine
from anlan.areas.supplies.allocation.rules import split
from anlan.areas.supplies.allocation.situation import Situation, gather
from anlan.areas.supplies.allocation.solving import Answer, NoAnswer, Trip, solve

#: Vertices kept of a route; more than a page can show is thinned out.
MOST_VERTICES = 400


def compute(plan: AllocationPlan, progress: Callable[[int, int], None]) -> None:
    """Fill a plan; one that cannot be made says why in a sentence."""
    situation = gather(plan.made_by, plan.incident, with_agreements=plan.with_agreements)
    if isinstance(situation, str):
        return _fail(plan, situation)
    progress(1, 3)
    try:
        answer = solve(situation, limit_hours=plan.limit_hours, wishes=plan.wishes)
    except NoAnswer as problem:
        return _fail(plan, str(problem))
    progress(2, 3)
    return _keep(plan, situation, answer)


def _fail(plan: AllocationPlan, problem: str) -> None:
    AllocationPlan.objects.filter(pk=plan.pk).update(status=AllocationPlan.Status.FAILED, problem=problem[:300])


@transaction.atomic
def _keep(plan: AllocationPlan, situation: Situation, answer: Answer) -> None:
    left = {need.pk: n for target in situation.targets for rows in target.needs.values() for need, n in rows}
    lines = {}
    for number, trip in enumerate(answer.trips, 1):
        waybill = _waybill(plan, situation, trip, number, lines)
        waybill.save()
        for item, quantity in trip.loads.items():
            rows = trip.target.needs[item]
            parts = split(quantity, [left[need.pk] for need, _n in rows])
            for (need, _n), part in zip(rows, parts, strict=True):
                if part:
                    left[need.pk] -= part
                    WaybillLine.objects.create(waybill=waybill, need=need, item_id=item, quantity=part)
    plan.status, plan.network, plan.starts_at = AllocationPlan.Status.DRAFT, situation.ways.network, situation.at
    plan.basis, plan.outcome = _basis(situation), _outcome(situation, answer)
    plan.road_checked_at = situation.at
    plan.save()


def _waybill(
    plan: AllocationPlan, situation: Situation, trip: Trip, number: int, lines: dict[tuple[int, int], Any]
) -> Waybill:  # fmt: skip
    key = trip.depot.pk, id(trip.target)
    if key not in lines:
        found = situation.ways.route((trip.depot.lon, trip.depot.lat), (trip.target.lon, trip.target.lat))
        lines[key] = found[0] if found else None
    route = lines[key]
    return Waybill(
        code=f"{plan.code}-{number:03d}", plan=plan, depot=trip.depot, ledger=trip.truck.ledger,
        vehicle=trip.truck.pk, truck=trip.truck.title, load_kg=round(1000 * trip.truck.load_t),
        driver=trip.truck.driver, driver_phone=trip.truck.phone, place=trip.target.name,
        area_code=trip.target.area_code, lon=trip.target.lon, lat=trip.target.lat, contact=trip.target.contact,
        contact_phone=trip.target.phone, load_at=_at(situation, trip.start_s), leave_at=_at(situation, trip.leave_s),
        arrive_at=_at(situation, trip.arrive_s), unloaded_at=_at(situation, trip.unloaded_s),
        back_at=_at(situation, trip.back_s), length_km=round(route.length_m / 1000, 1) if route else 0.0,
        line=_line(route.line) if route else [], is_exercise=plan.is_exercise, is_demo=plan.is_demo,
    )  # fmt: skip


def _at(situation: Situation, seconds: float) -> datetime:
    """A moment of the plan, to the minute."""
    return (situation.at + timedelta(seconds=seconds)).replace(second=0, microsecond=0)


def _line(vertices: np.ndarray) -> list[list[float]]:
    step = max(1, -(-len(vertices) // MOST_VERTICES))
    kept = vertices[::step]
    if step > 1:
        kept = np.vstack([kept, vertices[-1:]])
    return kept.round(5).tolist()


def _basis(situation: Situation) -> dict[str, Any]:
    """What the plan was made from, each with its source and time, as the page and the document say it."""
    names = {one.pk: one.name for one in situation.depots}
    items = {one.pk: one for one in situation.items}
    with override("zh-hans"):  # what is kept does not depend on the reader's language
        speeds = situation.ways.speeds.words_for_circle
    return {
        "at": situation.at.isoformat(),
        "places": [
            {
                "name": one.name, "area": one.area_code, "lon": one.lon, "lat": one.lat, "people": one.people,
                "needs": [
                    {"item": item, "asked": one.asked(item), "request": rows[0][0].request.code}
                    for item, rows in one.needs.items()
                ],
            }
            for one in situation.targets
        ],
        "items": {str(pk): {"name": str(one), "unit": one.unit, "kg": one.weight_kg} for pk, one in items.items()},
        "stock": [
            {"depot": depot, "name": names[depot], "item": item, "quantity": n}
            for (depot, item), n in sorted(situation.stock.items())
            if n and depot in names
        ],
        "trucks": [
            {
                "title": one.title, "load_t": one.load_t,
                "located_at": one.located_at.isoformat() if one.located_at else None,
            }
            for one in situation.trucks
        ],
        "roads": {
            "title": situation.ways.network.title, "source": situation.ways.network.source,
            "is_synthetic": situation.ways.network.is_synthetic,
            "obstacles": [one.title for one in situation.ways.obstacles],
            "speeds": speeds,
        },
        "notes": situation.notes,
    }  # fmt: skip


def _outcome(situation: Situation, answer: Answer) -> dict[str, Any]:
    return {
        "unmet": [
            {
                "place": one.target.name, "item": one.item.pk, "name": str(one.item), "unit": one.item.unit,
                "asked": one.asked, "missing": one.missing, "why": one.why,
            }
            for one in answer.unmet
        ],
        "worth": round(answer.worth, 6), "bound": round(answer.bound, 6), "notes": answer.notes,
        "computed_at": timezone.now().isoformat(),
    }  # fmt: skip
