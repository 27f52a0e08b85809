"""Turn the answer of the model into the proposed trips of a plan, with the road that each drives."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.supplies.allocation.answer import Answer, Gain, NoAnswer, Totals, Transfer, Trip
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill, WaybillLine
from anlan.areas.supplies.allocation.rules import split
from anlan.areas.supplies.allocation.situation import Leg, Situation, gather, leg
from anlan.areas.supplies.allocation.solving import solve
from anlan.areas.supplies.allocation.transferring import every_trip


def compute(plan: AllocationPlan, progress: Callable[[int, int], None]) -> None:
    """Fill a plan; one that cannot be made says why in a sentence."""
    situation = gather(plan.made_by, plan.incident, with_agreements=plan.with_agreements)
    if isinstance(situation, str):
        return _fail(plan, situation)
    progress(1, 3)
    try:
        answer = solve(situation, limit_hours=plan.limit_hours, wishes=plan.wishes, rounds=plan.rounds)
    except NoAnswer as problem:
        return _fail(plan, str(problem))
    progress(2, 3)
    return _keep(plan, situation, answer)


def _fail(plan: AllocationPlan, problem: str) -> None:
    AllocationPlan.objects.filter(pk=plan.pk).update(status=AllocationPlan.Status.FAILED, problem=problem[:300])


@transaction.atomic
def _keep(plan: AllocationPlan, situation: Situation, answer: Answer) -> None:
    left = {need.pk: n for target in situation.targets for rows in target.needs.values() for need, n in rows}
    legs: dict[tuple[int, int], Leg | None] = {}
    coming = {id(trip): one for one in answer.transfers for trip in one.onward}
    kept: dict[int, Waybill] = {}
    for number, one in enumerate(answer.transfers, 1):
        kept[id(one)] = _transfer(plan, situation, one, f"{plan.code}-D{number:02d}")
    trips = every_trip(answer)
    for trip, code in zip(trips, _codes(plan, trips), strict=True):
        waybill = _waybill(plan, situation, trip, code, legs)
        waybill.after = kept[id(coming[id(trip)])] if id(trip) in coming else None
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


def _transfer(plan: AllocationPlan, situation: Situation, one: Transfer, code: str) -> Waybill:
    """The way-bill of a move between depots; it serves no need itself."""
    point, truck = one.to_depot, one.truck
    way = leg(situation.ways, (one.depot.lon, one.depot.lat), (point.lon, point.lat))
    waybill = Waybill.objects.create(
        code=code, plan=plan, depot=one.depot, to_depot=point, ledger=truck.ledger, vehicle=truck.pk,
        truck=truck.title, load_kg=int(1000 * truck.load_t + 0.5), driver=truck.driver, driver_phone=truck.phone,
        place=point.name[:80], area_code=point.area_id, lon=point.lon, lat=point.lat, contact=point.keeper[:40],
        contact_phone=point.phone[:30], load_at=_at(situation, one.start_s), leave_at=_at(situation, one.leave_s),
        arrive_at=_at(situation, one.arrive_s), unloaded_at=_at(situation, one.unloaded_s),
        back_at=_at(situation, one.unloaded_s), length_km=way.length_km if way else 0.0, line=way.line if way else [],
        is_exercise=plan.is_exercise, is_demo=plan.is_demo,
    )  # fmt: skip
    for item, quantity in one.loads.items():
        WaybillLine.objects.create(waybill=waybill, item_id=item, quantity=quantity)
    return waybill


def _codes(plan: AllocationPlan, trips: Sequence[Trip]) -> list[str]:
    """A number for each trip; the stops of a round share it and count on."""
    found, numbers = [], {}
    for trip in trips:
        number = numbers.setdefault((trip.round, id(trip) if not trip.round else 0), len(numbers) + 1)
        code = f"{plan.code}-{number:03d}"
        found.append(f"{code}-{trip.stop}" if trip.round else code)
    return found


def _waybill(
    plan: AllocationPlan, situation: Situation, trip: Trip, code: str, legs: dict[tuple[int, int], Leg | None]
) -> Waybill:  # fmt: skip
    start = trip.before or trip.depot
    key = id(start), id(trip.target)
    if key not in legs:
        legs[key] = leg(situation.ways, (start.lon, start.lat), (trip.target.lon, trip.target.lat))
    way = legs[key]
    return Waybill(
        code=code, round_code=code.rsplit("-", 1)[0] if trip.round else "", stop=trip.stop, plan=plan,
        depot=trip.depot, ledger=trip.truck.ledger,
        vehicle=trip.truck.pk, truck=trip.truck.title, load_kg=int(1000 * trip.truck.load_t + 0.5),
        driver=trip.truck.driver, driver_phone=trip.truck.phone, place=trip.target.name,
        area_code=trip.target.area_code, lon=trip.target.lon, lat=trip.target.lat, contact=trip.target.contact,
        contact_phone=trip.target.phone, load_at=_at(situation, trip.start_s), leave_at=_at(situation, trip.leave_s),
        arrive_at=_at(situation, trip.arrive_s), unloaded_at=_at(situation, trip.unloaded_s),
        back_at=_at(situation, trip.back_s), length_km=way.length_km if way else 0.0,
        line=way.line if way else [], is_exercise=plan.is_exercise, is_demo=plan.is_demo,
    )  # fmt: skip


def _at(situation: Situation, seconds: float) -> datetime:
    """A moment of the plan, to the minute."""
    return (situation.at + timedelta(seconds=seconds)).replace(second=0, microsecond=0)


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
        "transfers": [_moved(situation, one) for one in answer.transfers],
        "rounds": [_gain(situation, one) for one in answer.gains], "computed_at": timezone.now().isoformat(),
    }  # fmt: skip


def _moved(situation: Situation, one: Transfer) -> dict[str, Any]:
    """Why stock goes to another depot first: to which places it goes on, and by when."""
    return {
        "depot": one.depot.name, "to": one.to_depot.name, "by": one.by,
        "places": list(dict.fromkeys(trip.target.name for trip in one.onward)),
        "last": _at(situation, max(trip.unloaded_s for trip in one.onward)).isoformat() if one.onward else None,
    }  # fmt: skip


def _gain(situation: Situation, one: Gain) -> dict[str, Any]:
    """What rounds change at a depot, with times of day, as the page says it."""

    def totals(way: Totals) -> dict[str, Any]:
        last = _at(situation, way.last_s).isoformat() if way.trips else None
        return {"trips": way.trips, "trucks": way.trucks, "hours": way.driven_s / 3600, "last": last}

    return {
        "depot": one.depot.name, "direct": totals(one.direct), "now": totals(one.rounds),
        "places": [
            {
                "place": place, "direct": None if before is None else _at(situation, before).isoformat(),
                "now": _at(situation, after).isoformat(),
            }
            for place, before, after in one.places
        ],
    }  # fmt: skip
