"""Which orders a person sees, what speaks against a crew, and how long somebody has driven."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.convoys.models import ConvoyOrder, OrderStep, Trip
from anlan.areas.transport.convoys.rules import tired
from anlan.areas.transport.fleet.models import Driver
from anlan.areas.transport.fleet.rules import licences
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule

Status = ConvoyOrder.Status
#: Stretches on the road: from which step to which.
DRIVES = ((Status.DEPARTED, Status.ARRIVED), (Status.RETURNING, Status.RETURNED))


def orders_for(user: User) -> QuerySet[ConvoyOrder]:
    """The orders of the person's areas, where it may see the register, and those that its own unit carries out."""
    seen = Q(department_id=user.department_id) if user.department_id and user.may("view:field") else Q(pk__in=[])
    if ledger("convoyorders").may(user, "view"):
        seen |= Q(pk__in=ledger("convoyorders").rows(user).values("pk"))
    return ConvoyOrder.objects.filter(seen).select_related("convoy", "incident", "department", "area", "assignment")


def own_orders(user: User) -> QuerySet[ConvoyOrder]:
    """The running orders of the person's own unit, the newest first."""
    rows = ConvoyOrder.objects.filter(department_id=user.department_id, status__in=ConvoyOrder.RUNNING)
    return rows.select_related("incident").prefetch_related("steps", "trips__vehicle", "trips__driver")


def driven_min(driver: Driver, until: datetime | None = None, hours: int = 24) -> float:
    """Minutes that somebody was on the road with convoys within the last hours, rests included.

    Only what Anlan ordered is known; other driving of the day is not.
    """
    until = until or timezone.now()
    since, total = until - timedelta(hours=hours), 0.0
    steps = OrderStep.objects.filter(order__trips__driver=driver, at__gte=since - timedelta(days=2)).order_by("pk")
    by_order: dict[int, dict[str, datetime]] = {}
    for step in steps:
        by_order.setdefault(step.order_id, {})[step.kind] = step.at
    for times in by_order.values():
        closed = times.get(Status.CANCELLED)
        for first, last in DRIVES:
            if first in times:
                end = times.get(last) or closed or until
                total += max((min(end, until) - max(times[first], since)).total_seconds() / 60, 0.0)
    return total


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A vehicle of an order with its driver and what speaks against them."""

    trip: Trip
    problems: tuple[str, ...]


def seats(order: ConvoyOrder, drive_min: float | None = None) -> list[Seat]:
    """The crew with everything that a dispatcher has to know before it sets out."""
    limit, today = rule("transport.driving_time"), timezone.localdate()
    licence_rows = rule("transport.driving_licence").params["rows"]
    trips = order.trips.select_related("vehicle", "driver")
    found = []
    for trip in trips:
        problems: list[str] = [f"{trip.vehicle}：{fault}"] if (fault := trip.vehicle.piece.fault(today)) else []
        if trip.driver is None:
            problems.append(_("未定驾驶员"))
        else:
            if fault := trip.driver.piece.fault(today):
                problems.append(f"{trip.driver}：{fault}")
            if trip.vehicle.hazard_class and trip.driver.qualification != Driver.Qualification.HAZARDOUS:
                problems.append(_("%(driver)s：没有危险货物运输从业资格") % {"driver": trip.driver})
            classes = licences(trip.vehicle.kind, trip.vehicle.seats, trip.vehicle.weight_t, licence_rows)
            if classes and trip.driver.licence not in classes:
                problems.append(
                    _("%(driver)s：准驾车型 %(has)s，这辆车须 %(need)s（规则待核对）")
                    % {"driver": trip.driver, "has": trip.driver.licence or "—", "need": "、".join(classes)}
                )
            driven = driven_min(trip.driver)
            if order.is_running and tired(driven, drive_min or 0, limit.params["hours_24"]):
                problems.append(
                    _("%(driver)s：24小时内已在途 %(driven)s 小时，加上这一程超过 %(most)s 小时，须换人或双班")
                    % {"driver": trip.driver, "driven": round(driven / 60, 1), "most": limit.params["hours_24"]}
                )
        found.append(Seat(trip=trip, problems=tuple(problems)))
    return found
