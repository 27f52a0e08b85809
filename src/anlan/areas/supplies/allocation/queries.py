"""What an incident still needs, what a plan brings whom, whether it can be carried out, and where trucks are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation import rules, stops
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, ReliefRequest, Waybill, WaybillLine
from anlan.areas.supplies.allocation.situation import Truck, Ways, left_of, replaceable, stock_of, trucks_for, ways_now
from anlan.areas.supplies.depots.models import Item
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
        if one.status == Waybill.Status.CANCELLED or one.to_depot_id:
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


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What rounds changed at a depot when the plan was computed, against one place a truck."""

    depot: str
    trips: int
    direct_trips: int
    trucks: int
    direct_trucks: int
    #: When the last place has everything; None where no direct trip was possible.
    last: datetime
    direct_last: datetime | None
    #: Place, when direct (None: not at all), when now.
    places: list[tuple[str, datetime | None, datetime]]

    @property
    def merged(self) -> int:
        return len(self.places) - self.trips

    @property
    def saved(self) -> int:
        return max(self.direct_trips - self.trips, 0)

    @property
    def sooner(self) -> timedelta | None:
        """How much sooner the last place has everything; None where it is not sooner."""
        gain = self.direct_last - self.last if self.direct_last else timedelta(0)
        return gain if gain >= timedelta(minutes=1) else None

    @property
    def later(self) -> list[tuple[str, timedelta]]:
        """Places that wait longer than by a direct trip, and how much."""
        found = [(place, now - direct) for place, direct, now in self.places if direct]
        return [(place, wait) for place, wait in found if wait >= timedelta(minutes=1)]

    @property
    def more(self) -> int:
        """Loads that no direct trip would have brought."""
        return sum(direct is None for _place, direct, _now in self.places)


def gains_of(plan: AllocationPlan) -> list[Gain]:
    """What rounds changed, depot by depot, as it was computed; changes by hand come after."""

    def at(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return [
        Gain(
            depot=one["depot"], trips=one["now"]["trips"], direct_trips=one["direct"]["trips"],
            trucks=one["now"]["trucks"], direct_trucks=one["direct"]["trucks"], last=at(one["now"]["last"]),
            direct_last=at(one["direct"]["last"]),
            places=[(row["place"], at(row["direct"]), at(row["now"])) for row in one["places"]],
        )
        for one in plan.outcome.get("rounds", ())
    ]  # fmt: skip


def moves_of(plan: AllocationPlan) -> list[dict[str, Any]]:
    """What goes to another depot first, and why, as it was computed."""
    return [
        one | {"last": datetime.fromisoformat(one["last"]) if one["last"] else None}
        for one in plan.outcome.get("transfers", ())
    ]


@dataclass(frozen=True)
class Said:
    """A flaw of a plan in words."""

    text: str
    is_hard: bool


def flaws_of(plan: AllocationPlan) -> list[Said]:
    """Why a plan cannot, or should not, be carried out now."""
    waybills = list(plan.waybills.select_related("depot", "after").prefetch_related(LINES))
    lines = [line for one in waybills for line in one.lines.all()]
    depots, items = {one.depot_id: one.depot for one in waybills}, {line.item_id: line.item for line in lines}
    needs = {line.need_id: line.need for line in lines if line.need_id}
    going = replaceable(plan.incident)
    freed = {(one.ledger, one.vehicle) for one in going}
    busy = set(Assignment.objects.filter(status__in=BUSY).values_list("ledger", "object_id")) - freed
    busy |= set(Waybill.objects.filter(status__in=Waybill.KEPT).exclude(plan=plan).values_list("ledger", "vehicle"))
    stock: dict[tuple[Any, int], int] = stock_of(depots.values(), items.values(), going)
    for one in waybills:
        if one.to_depot_id:
            depots[one] = one
            stock |= {(one, line.item_id): line.quantity for line in one.lines.all()}
    found = rules.flaws(
        [_ride(rows) for rows in stops.together(waybills)], stock=stock,
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


def _ride(trip: Sequence[Waybill]) -> rules.Ride:
    """A trip, or all stops of a round, as the check looks at it."""
    items: dict[int, int] = defaultdict(int)
    needs: dict[int, int] = defaultdict(int)
    for one in trip:
        for line in one.lines.all():
            items[line.item_id] += line.quantity
            if line.need_id:
                needs[line.need_id] += line.quantity
    first = trip[0]
    return rules.Ride(
        name=first.round_code or first.code, depot=first.after or first.depot_id, truck=(first.ledger, first.vehicle),
        start=first.load_at, end=max(one.back_at for one in trip), arrive=max(one.unloaded_at for one in trip),
        weight_kg=sum(one.weight_kg for one in trip), load_kg=first.load_kg, items=items, needs=needs,
        is_empty=any(not one.lines.all() for one in trip),
    )  # fmt: skip


def _words(
    flaw: rules.Flaw, depots: dict[Any, Any], items: dict[int, Item], needs: dict[int, ReliefNeed]
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
    before = [one for one in stops.of_round(waybill) if one.stop < waybill.stop]
    planned = waybill.arrive_at - min(one.leave_at for one in [waybill, *before])
    fresh = timedelta(minutes=rule("supplies.delivery").params["fresh_minutes"])
    ahead = None
    if waybill.left_at and at and lon is not None and at >= max(waybill.left_at, now - fresh):
        ways = ways_now(now)
        ahead = (
            _ahead(ways, (lon, lat), [*(one for one in before if one.status == waybill.status), waybill])
            if ways
            else None
        )
    eta = rules.eta(waybill.left_at, planned, now, ahead) if waybill.left_at else waybill.arrive_at
    return Position(lon=lon, lat=lat, located_at=at, eta=eta, is_tracked=ahead is not None)


def _ahead(ways: Ways, at: tuple[float, float], trip: Sequence[Waybill]) -> float | None:
    """Seconds from here to the last of these stops, with unloading at those between; None where no road leads."""
    unload = 60.0 * rule("supplies.delivery").params["unload_minutes"]
    seconds = -unload
    for one in trip:
        try:
            way = ways.route(at, (one.lon, one.lat))
        except RoadError:
            return None
        if way is None:
            return None
        seconds += way[1] + unload
        at = one.lon, one.lat
    return seconds


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
                "plan": plan, "trips": len(stops.together(waybills)), "trucks": len({(one.ledger, one.vehicle) for one in waybills}),
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
    rows = waybills_for(user).filter(status=Waybill.Status.UNDER_WAY, to_depot=None).prefetch_related(LINES)
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
