"""What an incident still needs, what a plan brings whom, whether it can be carried out, and where trucks are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation import rules
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, ReliefRequest, Waybill, WaybillLine
from anlan.areas.supplies.allocation.situation import Truck, left_of, replaceable, stock_of, trucks_for, ways_now
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.queries import depots_kept
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import OPEN, incidents_for
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY
from anlan.foundation.rules.queries import rule
from anlan.science.geo.roads.graph import RoadError

#: Way-bills with all that a page shows of them.
LINES = Prefetch("lines", WaybillLine.objects.select_related("item", "need__request"))


def plans_for(user: User) -> QuerySet[AllocationPlan]:
    """The plans of the person's areas, the newest first."""
    rows = ledger("allocationplans").rows(user)
    return rows.select_related("incident", "made_by", "decided_by", "based_on", "network")


def waybills_for(user: User) -> QuerySet[Waybill]:
    """The way-bills that leave from, or go to, the person's areas; a keeper's those of the own depots."""
    return ledger("waybills").rows(user).select_related("plan__incident", "depot", "slip", "assignment")


def board(user: User) -> list[dict[str, Any]]:
    """Open incidents with requests, what is left of their needs and the plan in force or in the making."""
    requests = ledger("reliefrequests").rows(user).filter(status=ReliefRequest.Status.OPEN)
    incidents = incidents_for(user).filter(pk__in=requests.values("incident"))
    return [needs_of(user, one) for one in incidents.order_by("-received_at")[:20]]


@dataclass
class PlaceNeed:
    """A place of an incident with what it asked for and what is left of it."""

    name: str
    area: str
    people: int | None
    rows: list[tuple[ReliefNeed, int]] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        return not any(left for _need, left in self.rows)


def needs_of(user: User, incident: Incident) -> dict[str, Any]:
    """What an incident's people need, place by place; requests; plans."""
    requests = list(
        ledger("reliefrequests").rows(user).filter(incident=incident).select_related("area", "requested_by")
    )
    needs = list(
        ReliefNeed.objects.filter(request__in=requests, request__status=ReliefRequest.Status.OPEN)
        .select_related("item", "area", "request").order_by("place", "item__code")
    )  # fmt: skip
    left = left_of(needs)
    places: dict[tuple[str, str], PlaceNeed] = {}
    for need in needs:
        place = places.setdefault((need.area_id, need.place), PlaceNeed(need.place, str(need.area), need.people))
        place.people = need.people if place.people is None else place.people
        place.rows.append((need, left[need.pk]))
    plans = list(plans_for(user).filter(incident=incident)[:12])
    first = min((one.needed_by for one in requests if one.is_open), default=None)
    return {
        "incident": incident, "requests": requests, "places": list(places.values()), "plans": plans,
        "open": sum(not place.is_met for place in places.values()), "needed_by": first,
        "now": next((one for one in plans if one.status == AllocationPlan.Status.APPROVED), None),
        "waiting": [one for one in plans if one.status == AllocationPlan.Status.SUBMITTED],
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a place gets of an item in a plan, and why not all."""

    item: str
    unit: str
    asked: int
    sent: int
    why: str

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.sent / self.asked)) if self.asked else 100

    @property
    def missing(self) -> int:
        return max(self.asked - self.sent, 0)


@dataclass(kw_only=True)
class PlaceShare:
    """A place in a plan: its shares, and the proof that everything is there in time."""

    name: str
    people: int | None
    lon: float
    lat: float
    shares: list[Share]
    #: When the last trip is unloaded; None where nothing comes.
    last: datetime | None
    is_in_time: bool
    margin: timedelta | None

    @property
    def is_whole(self) -> bool:
        return not any(share.missing for share in self.shares)


def shares_of(plan: AllocationPlan, waybills: Sequence[Waybill]) -> list[PlaceShare]:
    """The plan place by place, from its trips as they are now, also after changes by hand."""
    sent: dict[tuple[str, int], int] = defaultdict(int)
    last: dict[str, datetime] = {}
    for one in waybills:
        if one.status == Waybill.Status.CANCELLED:
            continue
        last[one.place] = max(last.get(one.place, one.unloaded_at), one.unloaded_at)
        for line in one.lines.all():
            sent[one.place, line.item_id] += line.quantity
    why = {(row["place"], row["item"]): row["why"] for row in plan.outcome.get("unmet", ())}
    items = plan.basis.get("items", {})
    found = []
    for place in plan.basis.get("places", ()):
        shares = []
        for need in place["needs"]:
            item, got = items[str(need["item"])], sent[place["name"], need["item"]]
            missing = need["asked"] > got
            reason = why.get((place["name"], need["item"]), _("人工调整")) if missing else ""
            shares.append(Share(item=item["name"], unit=item["unit"], asked=need["asked"], sent=got, why=reason))
        at = last.get(place["name"])
        found.append(
            PlaceShare(
                name=place["name"], people=place["people"], lon=place["lon"], lat=place["lat"], shares=shares, last=at,
                is_in_time=at is not None and at <= plan.due_at, margin=plan.due_at - at if at else None,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Said:
    """A flaw of a plan in words."""

    text: str
    is_hard: bool


def flaws_of(plan: AllocationPlan) -> list[Said]:
    """Why a plan cannot, or should not, be carried out now."""
    waybills = list(plan.waybills.select_related("depot").prefetch_related(LINES))
    lines = [line for one in waybills for line in one.lines.all()]
    depots, items = {one.depot_id: one.depot for one in waybills}, {line.item_id: line.item for line in lines}
    needs = {line.need_id: line.need for line in lines}
    going = replaceable(plan.incident)
    freed = {(one.ledger, one.vehicle) for one in going}
    busy = set(Assignment.objects.filter(status__in=BUSY).values_list("ledger", "object_id")) - freed
    busy |= set(Waybill.objects.filter(status__in=Waybill.KEPT).exclude(plan=plan).values_list("ledger", "vehicle"))
    found = rules.flaws(
        [_ride(one) for one in waybills], stock=stock_of(depots.values(), items.values(), going),
        open_needs=left_of(needs.values()), due=plan.due_at, busy=busy,
    )  # fmt: skip
    told = [Said(_words(flaw, depots, items, needs), flaw.is_hard) for flaw in found]
    fresh = timedelta(minutes=rule("supplies.delivery").params["fresh_minutes"])
    if timezone.now() - plan.starts_at > fresh:
        at = timezone.localtime(plan.starts_at)
        told.append(
            Said(_("方案按 %(at)s 的情况编制，建议按现在情况重编。") % {"at": f"{at:%m-%d %H:%M}"}, is_hard=False)
        )
    return told


def _ride(one: Waybill) -> rules.Ride:
    items: dict[int, int] = defaultdict(int)
    for line in one.lines.all():
        items[line.item_id] += line.quantity
    return rules.Ride(
        name=one.code, depot=one.depot_id, truck=(one.ledger, one.vehicle), start=one.load_at, end=one.back_at,
        arrive=one.unloaded_at, weight_kg=one.weight_kg, load_kg=one.load_kg, items=items,
        needs={line.need_id: line.quantity for line in one.lines.all()},
    )  # fmt: skip


def _words(
    flaw: rules.Flaw, depots: dict[int, Depot], items: dict[int, Item], needs: dict[int, ReliefNeed]
) -> str:  # fmt: skip
    ride, have, want = flaw.ride, int(flaw.have), int(flaw.want)
    if flaw.kind == "stock":
        depot, item = flaw.subject
        return _("%(depot)s的%(item)s现在可用 %(have)s，方案要 %(want)s。") % {
            "depot": depots[depot], "item": items[item], "have": have, "want": want,
        }  # fmt: skip
    if flaw.kind == "need":
        need = needs[flaw.subject]
        return _("%(place)s的%(item)s还需 %(have)s，方案给 %(want)s。") % {
            "place": need.place, "item": need.item, "have": have, "want": want,
        }  # fmt: skip
    if flaw.kind == "weight":
        return _("%(ride)s装 %(want)s 千克，核定载重 %(have)s 千克。") % {"ride": ride, "have": have, "want": want}
    if flaw.kind == "busy":
        return _("%(ride)s的车辆已经派给别的任务。") % {"ride": ride}
    if flaw.kind == "overlap":
        return _("%(ride)s和 %(other)s 用同一辆车，时间重叠。") % {"ride": ride, "other": flaw.subject}
    if flaw.kind == "empty":
        return _("%(ride)s没有装物资。") % {"ride": ride}
    return _("%(ride)s晚于时限送达。") % {"ride": ride}


def spare_trucks(user: User, plan: AllocationPlan) -> list[Truck]:
    """Trucks that a changed trip could take."""
    return trucks_for(user, plan.incident)


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a truck is and when it arrives."""

    lon: float | None
    lat: float | None
    located_at: datetime | None
    eta: datetime | None
    #: Whether the time of arrival is worked out from a fresh position.
    is_tracked: bool


def position_of(waybill: Waybill) -> Position:
    """Where a truck on its way is by its terminal, and when it arrives by the roads as they are."""
    now = timezone.now()
    record = ledger(waybill.ledger).model._default_manager.filter(pk=waybill.vehicle).first()
    lon, lat, at = (getattr(record, name, None) for name in ("lon", "lat", "located_at"))
    planned = waybill.arrive_at - waybill.leave_at
    fresh = timedelta(minutes=rule("supplies.delivery").params["fresh_minutes"])
    ahead = None
    if waybill.left_at and at and lon is not None and at >= max(waybill.left_at, now - fresh):
        ways = ways_now(now)
        try:
            way = ways.route((lon, lat), (waybill.lon, waybill.lat)) if ways else None
        except RoadError:
            way = None
        ahead = way[1] if way else None
    eta = rules.eta(waybill.left_at, planned, now, ahead) if waybill.left_at else waybill.arrive_at
    return Position(lon=lon, lat=lat, located_at=at, eta=eta, is_tracked=ahead is not None)


def compared(plans: Sequence[AllocationPlan]) -> list[dict[str, Any]]:
    """Versions side by side: trips, kilometres, what is met, when the last place has everything."""
    found = []
    for plan in plans:
        waybills = list(plan.waybills.select_related("depot").prefetch_related(LINES))
        places = shares_of(plan, waybills)
        asked = sum(share.asked for place in places for share in place.shares)
        sent = sum(min(share.sent, share.asked) for place in places for share in place.shares)
        found.append(
            {
                "plan": plan, "trips": len(waybills), "trucks": len({(one.ledger, one.vehicle) for one in waybills}),
                "km": round(sum(one.length_km for one in waybills)), "places": places,
                "percent": round(100 * sent / asked, 1) if asked else None,
                "last": max((place.last for place in places if place.last), default=None),
                "late": sum(not place.is_in_time for place in places),
                "by_place": {place.name: place for place in places},
            }
        )  # fmt: skip
    return found


def room_of(user: User, incident: Incident) -> dict[str, Any]:
    """The incident room's panel: needs, the plan, trucks on their way."""
    found = needs_of(user, incident)
    waybills = waybills_for(user).filter(plan__incident=incident).exclude(status=Waybill.Status.PROPOSED)
    rows = list(waybills.exclude(status=Waybill.Status.CANCELLED))
    inside = user.scope.contains(incident.area_id)
    return found | {
        "waybills": [one for one in rows if one.status == Waybill.Status.UNDER_WAY][:6],
        "to_load": sum(one.status in (Waybill.Status.TO_LOAD, Waybill.Status.LOADED) for one in rows),
        "received": sum(one.status == Waybill.Status.RECEIVED for one in rows), "total": len(rows),
        "may_state": user.may("add:reliefrequests") and incident.is_open,
        "may_plan": inside and user.may("act:allocationplans") and incident.is_open,
    }  # fmt: skip


def to_receive(user: User) -> list[Waybill]:
    """Trucks on their way to the person's areas."""
    rows = waybills_for(user).filter(status=Waybill.Status.UNDER_WAY).prefetch_related(LINES)
    return [one for one in rows if user.scope.contains(one.area_code)]


def to_load(user: User) -> list[Waybill]:
    """Trucks to be loaded at the depots that the person keeps."""
    rows = Waybill.objects.filter(
        depot__in=depots_kept(user), status__in=(Waybill.Status.TO_LOAD, Waybill.Status.LOADED)
    )
    return list(rows.select_related("plan__incident", "depot", "slip").prefetch_related(LINES))


def open_incidents_for(user: User) -> QuerySet[Incident]:
    """Incidents for which relief can be asked."""
    return incidents_for(user).filter(status__in=OPEN)
