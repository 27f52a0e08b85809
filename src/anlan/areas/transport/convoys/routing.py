"""The way of an order over the roads as they are now: with rests and refuelling, and from where its vehicles are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import override

from anlan.areas.transport.closures.routing import Ways, find_ways
from anlan.areas.transport.convoys.models import ConvoyOrder
from anlan.areas.transport.convoys.rules import Timetable, timetable
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.rules.queries import rule
from anlan.science.geo.distance import great_circle_km
from anlan.science.geo.roads.graph import RoadError
from anlan.science.geo.roads.graph import Vehicle as Limits

#: A position older than this does not say where a vehicle is now.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Way:
    """From where, over which roads, and when it arrives."""

    ways: Ways
    timetable: Timetable
    #: The vehicle whose position the way begins at; None at the place of departure.
    vehicle: Vehicle | None
    #: What the limits of the vehicles made the way keep to.
    limits: Limits


def limits_of(order: ConvoyOrder) -> Limits:
    """The tightest limits of the vehicles that go; nan where no vehicle says anything."""
    vehicles = [trip.vehicle for trip in order.trips.select_related("vehicle")]
    heights = [one.height_m for one in vehicles if one.height_m]
    weights = [one.weight_t for one in vehicles if one.weight_t]
    return Limits(
        height_m=max(heights, default=np.nan), weight_t=max(weights, default=np.nan),
        is_hazardous=any(one.hazard_class for one in vehicles),
    )  # fmt: skip


def located(order: ConvoyOrder, at: datetime | None = None) -> list[Vehicle]:
    """The order's vehicles whose terminals said lately where they are."""
    since = (at or timezone.now()) - FRESH
    vehicles = [trip.vehicle for trip in order.trips.select_related("vehicle")]
    return [one for one in vehicles if one.lon is not None and one.located_at and one.located_at >= since]


def way_of(order: ConvoyOrder, at: datetime | None = None) -> Way | None:
    """The way ahead; on the road from the vehicle that is farthest away. None where a place or a road is missing."""
    at = at or timezone.now()
    if order.lon is None:
        return None
    vehicle = None
    start = (order.start_lon, order.start_lat)
    if order.status == ConvoyOrder.Status.DEPARTED:
        known = located(order)
        vehicle = max(known, key=lambda one: great_circle_km(one.lon, one.lat, order.lon, order.lat), default=None)
        if vehicle is None:
            at = order.times.get(ConvoyOrder.Status.DEPARTED, at)
        else:
            start = (vehicle.lon, vehicle.lat)
    if start[0] is None:
        return None
    limits = limits_of(order)
    try:
        ways = find_ways(start, (order.lon, order.lat), limits, at)
    except RoadError:
        return None
    if ways is None or ways.now is None:
        return None
    table = timetable(
        ways.now.time_s / 60, ways.now.length_m / 1000, timezone.localtime(at),
        time=rule("transport.driving_time").params, fuel=rule("transport.refuelling").params,
    )  # fmt: skip
    return Way(ways=ways, timetable=table, vehicle=vehicle, limits=limits)


def _in_chinese(way: Way) -> str:
    """At whose speeds; what is kept does not depend on the reader's language."""
    with override("zh-hans"):
        return way.ways.speeds.words_for_route


def as_plan(way: Way | None) -> dict[str, Any]:
    """A way as it is kept with the order; empty where there is none."""
    if way is None:
        return {}
    table = way.timetable
    return {
        "computed_at": timezone.now().isoformat(),
        "network": way.ways.network.title,
        "is_synthetic": way.ways.network.is_synthetic,
        "speeds": _in_chinese(way),
        "starts_at": table.starts_at.isoformat(),
        "arrives_at": table.arrives_at.isoformat(),
        "drive_min": round(table.drive_min, 1),
        "km": round(table.km, 1),
        "stops": [
            {"at": one.at.isoformat(), "km": one.km, "minutes": one.minutes, "is_rest": one.is_rest,
             "is_refuelling": one.is_refuelling}
            for one in table.stops
        ],
    }  # fmt: skip
