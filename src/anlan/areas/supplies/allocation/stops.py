"""Rounds (循环配送) as way-bills: which belong together, taken apart by hand, driven in another order when roads change."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation.models import Waybill
from anlan.areas.supplies.allocation.situation import Ways, leg, limits_of, ways_now
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import RoadError
from anlan.science.response.rounds import Deliveries, plan_rounds

Status = Waybill.Status
Spot = tuple[float, float]


def together(waybills: Iterable[Waybill]) -> list[list[Waybill]]:
    """Way-bills by trip: the stops of a round in their order, and every other alone."""
    found: dict[str, list[Waybill]] = {}
    for one in waybills:
        found.setdefault(one.round_code or one.code, []).append(one)
    return [sorted(rows, key=lambda one: one.stop) for rows in found.values()]


def of_round(waybill: Waybill) -> list[Waybill]:
    """The stops of a way-bill's round that have not been cancelled, itself among them; empty where it goes alone."""
    if not waybill.round_code:
        return []
    rows = Waybill.objects.filter(round_code=waybill.round_code).exclude(status=Status.CANCELLED)
    return list(rows.select_related("depot", "slip", "plan__incident").order_by("stop"))


def to_leave(waybill: Waybill) -> list[Waybill]:
    """The stops of its round that have not left yet."""
    waiting = (Status.WAITING, Status.TO_LOAD, Status.LOADED)
    return [one for one in of_round(waybill) if one.status in waiting]


def starts(waybills: Iterable[Waybill]) -> dict[int, Spot]:
    """Where the truck comes from on its way to each way-bill's place: the depot, or the stop before."""
    found: dict[int, Spot] = {}
    for rows in together(one for one in waybills if one.status != Status.CANCELLED):
        here = rows[0].depot.lon, rows[0].depot.lat
        for one in rows:
            found[one.pk], here = here, (one.lon, one.lat)
    return found


def draw(ways: Ways, stops: Sequence[Waybill], begin: Spot, leave: datetime) -> None:
    """Draw the way from a place through these stops as the roads are, with its times; back at the depot. Not saved."""
    unload = timedelta(minutes=rule("supplies.delivery").params["unload_minutes"])
    at, here = leave, begin
    for one in stops:
        way = leg(ways, here, (one.lon, one.lat))
        if way is None:
            raise ValidationError(_("现在没有可通行的道路到%(place)s。") % {"place": one.place})
        one.leave_at, one.arrive_at = at, at + timedelta(seconds=round(way.seconds))
        one.unloaded_at = one.back_at = at = one.arrive_at + unload
        one.length_km, one.line, here = way.length_km, way.line, (one.lon, one.lat)
    last = stops[-1]
    home = leg(ways, here, (last.depot.lon, last.depot.lat))
    last.back_at = last.unloaded_at + timedelta(seconds=round(home.seconds if home else 0.0))


def lay(ways: Ways, stops: Sequence[Waybill], begin: Spot, leave: datetime) -> None:
    """Draw the way through these stops and keep it."""
    draw(ways, stops, begin, leave)
    for one in stops:
        one.save()


def order_of(ways: Ways, begin: Spot, stops: Sequence[Waybill], due: timedelta | None = None) -> list[Waybill] | None:
    """The stops in the order that is quickest on these roads, each unloaded by then if that can be; None without a way.

    The way home takes nothing from anybody; it counts as so dear that it is driven once, whichever place is the last.
    """
    spots = ways.spots([begin, *((one.lon, one.lat) for one in stops)])
    travel = ways.times(spots, spots)
    travel[1:, 0] = 1e6
    asked = Deliveries(
        travel_s=travel, load=np.ones((len(stops), 1)), truck_load=np.array([[float(len(stops))]]),
        unloading_s=60.0 * rule("supplies.delivery").params["unload_minutes"],
    )  # fmt: skip
    found = None
    if due is not None and due > timedelta(0):
        found = plan_rounds(replace(asked, due_s=np.full(len(stops), due.total_seconds())))
    found = found or plan_rounds(asked)
    if found is None or len(found.rounds) != 1:
        return None
    return [stops[stop.load] for stop in found.rounds[0].stops]


def ways_or_refuse(truck: Waybill) -> Ways:
    """The roads as they are for the truck of a way-bill; a sentence what to do while there are none."""
    ways = ways_now(vehicle=limits_of(truck.ledger, truck.vehicle))
    if ways is None:
        raise ValidationError(_("还没有路网：请管理员用 anlan import-roads 导入。"))
    return ways


def close_up(stops: Sequence[Waybill]) -> None:
    """A stop has dropped out of a round: these are driven without it, where roads are known and lead there."""
    ways = ways_now(vehicle=limits_of(stops[0].ledger, stops[0].vehicle)) if stops else None
    if ways is None:
        return
    loading = timedelta(minutes=rule("supplies.delivery").params["load_minutes"])
    try:
        with transaction.atomic():
            lay(ways, stops, (stops[0].depot.lon, stops[0].depot.lat), stops[0].load_at + loading)
    except (ValidationError, RoadError):
        return


@transaction.atomic
def reorder(*, actor: User, waybill: Waybill) -> list[Waybill]:
    """On its way: the stops ahead in the order that is quickest on the roads as they are now, from the last one served."""
    demand_incident(actor, waybill.plan.incident, "act:allocationplans")
    rows = list(
        Waybill.objects.select_for_update().filter(pk__in=[one.pk for one in of_round(waybill)]).order_by("stop")
    )
    done = [one for one in rows if one.status == Status.RECEIVED]
    ahead = [one for one in rows if one.status == Status.UNDER_WAY]
    if not ahead:
        raise ValidationError(_("这一车没有还要送的地点。"))
    ways = ways_or_refuse(ahead[0])
    last = max(done, key=lambda one: one.received_at, default=None)
    begin = (last.lon, last.lat) if last else (ahead[0].depot.lon, ahead[0].depot.lat)
    order = order_of(ways, begin, ahead)
    if order is None:
        raise ValidationError(_("按现在的道路到不了余下的全部地点：请登记原车返回，或重编方案。"))
    for number, one in enumerate(order, len(done) + 1):
        one.stop = number
    lay(ways, order, begin, max(last.received_at if last else ahead[0].left_at, timezone.now()))
    told = "→".join(one.place for one in order)
    audit.record(actor=actor, action="waybills.reorder", subject=order[0], details={"order": told})
    record_entry(
        incident=waybill.plan.incident, kind=TimelineEntry.Kind.RESOURCE, actor=actor,
        text=f"{order[0].truck}按现在道路改为依次送{told}（{waybill.round_code}）", data={"waybill": order[0].pk},
        area_code=order[0].area_code,
    )  # fmt: skip
    return order
