"""The registers of relief requests and needs, allocation plans and way-bills."""

from django.db import models
from django.db.models import Q

from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, ReliefRequest, Waybill
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import Ledger, ledger, register
from anlan.foundation.places.codes import within


@register
class ReliefRequestLedger(Ledger):
    """What areas hit by an incident asked for."""

    model = ReliefRequest
    name = "reliefrequests"
    group = "supplies"
    icon = "heart-handshake"
    columns = ("code", "title", "incident", "area", "needed_by", "status", "requested_by", "requested_at")
    filters = ("status", "area", "is_exercise")
    search = ("code", "title", "incident__title")
    is_read_only = True
    detail_url = "allocation:request"


@register
class ReliefNeedLedger(Ledger):
    """Needs, place by place and item by item; also from a table of a county or township."""

    model = ReliefNeed
    name = "reliefneeds"
    group = "supplies"
    icon = "basket"
    columns = ("request", "place", "area", "people", "item", "quantity", "basis")
    filters = ("request", "item", "area")
    search = ("code", "place", "item__name")
    location = "point"


@register
class AllocationPlanLedger(Ledger):
    """Versions of who sends what where."""

    model = AllocationPlan
    name = "allocationplans"
    group = "supplies"
    icon = "route-2"
    columns = ("code", "incident", "version", "status", "made_by", "made_at", "decided_by", "decided_at")
    filters = ("status", "is_exercise")
    search = ("code", "incident__title")
    is_read_only = True
    detail_url = "allocation:plan"


@register
class WaybillLedger(Ledger):
    """Trips of trucks from a depot to a place; whoever sees either end sees the trip."""

    model = Waybill
    name = "waybills"
    group = "supplies"
    icon = "truck-delivery"
    columns = ("code", "status", "depot", "place", "truck", "load_at", "arrive_at", "left_at", "received_at")
    filters = ("status", "depot", "is_exercise")
    search = ("code", "place", "truck", "driver")
    area_path = ""
    is_read_only = True
    detail_url = "allocation:waybill"

    def rows(self, user: User) -> models.QuerySet:
        seen = Q(depot__in=ledger("depots").rows(user).values("pk"))
        if user.scope.owner is None:
            seen |= within(user.scope.prefixes, "area_code")
        return self.model._default_manager.filter(seen)
