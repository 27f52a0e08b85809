"""What a plan is made from: who needs what, what the depots hold, which trucks are free, what the roads cost now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, Sum
from django.utils import timezone

from anlan.areas.supplies.allocation.models import ReliefNeed, Waybill, WaybillLine
from anlan.areas.supplies.allocation.rules import tonnes_of
from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.models import Balance, Lot, Place
from anlan.foundation.accounts.models import User
from anlan.foundation.incidents.models import Incident
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.queries import free
from anlan.foundation.roads import queries as roads
from anlan.foundation.roads.models import RoadNetwork
from anlan.foundation.roads.registry import Obstacle, obstacles_at
from anlan.foundation.roads.speeds import Speeds, speeds_at
from anlan.science.geo.roads.graph import Floats, Roads, Spots, Vehicle, snap
from anlan.science.geo.roads.search import Route, matrix

#: Kinds of vehicles that carry goods.
TRUCKS = ("truck",)
#: Vertices kept of a route; more than a page can show is thinned out.
MOST_VERTICES = 400


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """The network with what its roads cost at a moment; times between places by truck."""

    network: RoadNetwork
    roads: Roads
    seconds: Floats
    obstacles: list[Obstacle]
    #: The speeds at the moment that times are asked for; a route's change by the hour on the way.
    speeds: Speeds
    at: datetime
    #: Whose limits of height and weight the roads are kept to; None for any vehicle.
    vehicle: Vehicle | None = None

    def spots(self, places: Iterable[tuple[float, float]]) -> Spots:
        return snap(self.roads, np.array(list(places), dtype=np.float64).reshape(-1, 2))

    def times(self, sources: Spots, targets: Spots) -> Floats:
        """Seconds from each source to each target, with the last stretch off the road at both ends."""
        way = roads.access()
        found = matrix(self.roads, self.seconds, sources, targets)
        return found + way.seconds(sources)[:, None] + way.seconds(targets)[None, :]

    def route(
        self, start: tuple[float, float], end: tuple[float, float], at: datetime | None = None
    ) -> tuple[Route, float] | None:
        """The fastest way and the seconds that it takes with both ends for a departure; None where there is none."""
        spots = self.spots([start, end])
        found = roads.fastest(
            self.network, self.obstacles, spots[0], spots[1], at=at or self.at, vehicle=self.vehicle
        )  # fmt: skip
        if found is None:
            return None
        seconds = found.time_s + float(roads.access().seconds(spots).sum())
        return (found, seconds) if np.isfinite(seconds) else None


def ways_now(at: datetime | None = None, vehicle: Vehicle | None = None) -> Ways | None:
    """The roads as they are, at the speeds of this hour, for a vehicle; None while there is no network."""
    network, at = roads.current_network(), at or timezone.now()
    if network is None:
        return None
    found, standing = roads.roads_of(network), obstacles_at(at)
    speeds = speeds_at(network, found, at)
    return Ways(
        network=network, roads=found, seconds=roads.seconds_with(found, standing, vehicle, speeds=speeds),
        obstacles=standing, speeds=speeds, at=at, vehicle=vehicle,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A stretch that a truck drives, as a way-bill keeps it."""

    length_km: float
    seconds: float
    line: list[list[float]]


def leg(ways: Ways, start: tuple[float, float], end: tuple[float, float]) -> Leg | None:
    """The fastest way between two places as the roads are; None where there is none."""
    found = ways.route(start, end)
    if found is None:
        return None
    route, seconds = found
    step = max(1, -(-len(route.line) // MOST_VERTICES))
    kept = route.line[::step]
    if step > 1:
        kept = np.vstack([kept, route.line[-1:]])
    return Leg(length_km=round(route.length_m / 1000, 1), seconds=seconds, line=kept.round(5).tolist())


@dataclass(kw_only=True)
class Target:
    """A place with what it still needs."""

    name: str
    area_code: str
    lon: float
    lat: float
    people: int | None
    contact: str
    phone: str
    #: Needs by item, each with what is left of it.
    needs: dict[int, list[tuple[ReliefNeed, int]]] = field(default_factory=lambda: defaultdict(list))

    def asked(self, item: int) -> int:
        return sum(n for _need, n in self.needs.get(item, ()))


@dataclass(frozen=True, kw_only=True)
class Truck:
    """A truck that could be sent."""

    ledger: str
    pk: int
    title: str
    load_t: float
    volume_m3: float | None
    driver: str
    phone: str
    lon: float
    lat: float
    located_at: datetime | None

    @property
    def key(self) -> tuple[str, int]:
        return self.ledger, self.pk


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything that a plan is computed from, at one moment."""

    at: datetime
    ways: Ways
    targets: list[Target]
    depots: list[Depot]
    #: Usable units by depot and item.
    stock: dict[tuple[int, int], int]
    items: list[Item]
    trucks: list[Truck]
    #: The government's depots that stock may be brought to.
    points: list[Depot]
    #: What was left out, and why.
    notes: list[str]


def left_of(needs: Iterable[ReliefNeed]) -> dict[int, int]:
    """What is left to send of each need: what arrived well, and what is loaded or on its way, is not asked again."""
    rows = list(needs)
    lines = WaybillLine.objects.filter(need__in=rows).values_list(
        "need", "waybill__status", "quantity", "loaded", "received"
    )
    left = {row.pk: row.quantity for row in rows}
    for need, status, quantity, loaded, received in lines:
        if status == Waybill.Status.RECEIVED:
            left[need] -= received or 0
        elif status in Waybill.KEPT:
            left[need] -= quantity if loaded is None else loaded
    return {pk: max(n, 0) for pk, n in left.items()}


def targets_of(incident: Incident) -> tuple[list[Target], list[str]]:
    """The places of the incident's open requests, and what cannot be planned for."""
    rows = ReliefNeed.objects.filter(request__incident=incident, request__status="open").select_related(
        "item", "request", "area"
    )
    rows = list(rows.order_by("request__requested_at", "place", "item__code"))
    left, found, notes = left_of(rows), {}, []
    for row in rows:
        if row.lon is None:
            notes.append(f"{row.place}没有位置，未列入方案：请在需求中填写经纬度")
        elif row.item.weight_kg is None:
            notes.append(f"{row.item}没有登记单位重量，无法排车，未列入方案：请在物资目录中填写")
        elif left[row.pk]:
            key = row.place, round(row.lon, 4), round(row.lat, 4)
            target = found.setdefault(
                key,
                Target(name=row.place, area_code=row.area_id, lon=row.lon, lat=row.lat, people=row.people,
                       contact=row.contact, phone=row.phone),
            )  # fmt: skip
            target.people = row.people if target.people is None else target.people
            target.needs[row.item_id].append((row, left[row.pk]))
    return list(found.values()), list(dict.fromkeys(notes))


def replaceable(incident: Incident) -> list[Waybill]:
    """Way-bills of the incident that wait for loading, or for stock from another depot: a new plan puts them back."""
    waiting = (Waybill.Status.TO_LOAD, Waybill.Status.WAITING)
    return list(Waybill.objects.filter(plan__incident=incident, status__in=waiting))


def stock_of(depots: Iterable[Depot], items: Iterable[Item], released: Iterable[Waybill] = ()) -> dict[tuple, int]:
    """Usable units by depot and item: in the depot, neither expired nor unfit; with what these way-bills put back."""
    usable = (Q(lot__expires_on=None) | Q(lot__expires_on__gte=timezone.localdate())) & ~Q(
        lot__fitness=Lot.Fitness.UNFIT
    )
    depots, items = [depot.pk for depot in depots], [item.pk for item in items]
    rows = Balance.objects.filter(usable, place=Place.DEPOT, depot__in=depots, item__in=items, quantity__gt=0)
    found = {(d, i): n for d, i, n in rows.order_by().values_list("depot", "item").annotate(n=Sum("quantity"))}
    aside = [one.pk for one in released if one.status == Waybill.Status.TO_LOAD]
    lines = WaybillLine.objects.filter(waybill__in=aside).order_by()
    for depot, item, n in lines.values_list("waybill__depot", "item").annotate(n=Sum("quantity")):
        found[depot, item] = found.get((depot, item), 0) + n
    return found


def truck_of(entry_name: str, record: Any) -> Truck | None:
    """A row of a register of vehicles as a truck; None where it carries no goods, or nobody knows how much or where."""
    load = tonnes_of(getattr(record, "load_t", None), getattr(record, "capacity", ""))
    if getattr(record, "kind", TRUCKS[0]) not in TRUCKS or not load or getattr(record, "lon", None) is None:
        return None
    return Truck(
        ledger=entry_name, pk=record.pk, title=str(record)[:120], load_t=load,
        volume_m3=getattr(record, "volume_m3", None), driver=getattr(record, "driver", ""),
        phone=getattr(record, "phone", ""), lon=record.lon, lat=record.lat,
        located_at=getattr(record, "located_at", None),
    )  # fmt: skip


def limits_of(ledger_name: str, pk: int) -> Vehicle | None:
    """What a truck's register says of its height and weight; None where it says neither."""
    record = ledger(ledger_name).model._default_manager.filter(pk=pk).first()
    height, weight = (getattr(record, name, None) for name in ("height_m", "weight_t"))
    if not height and not weight:
        return None
    return Vehicle(height_m=height or np.nan, weight_t=weight or np.nan)


def trucks_for(user: User, incident: Incident) -> list[Truck]:
    """Trucks that are free, and those that this incident bound only for loads that a new plan puts back."""
    waiting = {(one.ledger, one.vehicle) for one in replaceable(incident)}
    rolling = Waybill.objects.filter(plan__incident=incident, status__in=Waybill.KEPT)
    waiting -= set(rolling.values_list("ledger", "vehicle"))
    found = (truck_of(entry.name, record) for entry, record in free("vehicle", user, also=waiting))
    return sorted((one for one in found if one is not None), key=lambda one: (-one.load_t, one.title))


def depots_for(user: User) -> list[Depot]:
    """Depots that the person may send from: open, and somewhere on the map."""
    rows = ledger("depots").rows(user).filter(is_open=True, lon__isnull=False)
    return list(rows.select_related("area").order_by("code"))


def gather(user: User, incident: Incident, *, with_agreements: bool) -> Situation | str:
    """The situation now, or in a sentence why there is nothing to plan."""
    now = timezone.now()
    ways = ways_now(now)
    if ways is None:
        return "还没有路网：请管理员用 anlan import-roads 导入"
    targets, notes = targets_of(incident)
    if not targets:
        return "没有待满足的物资需求：" + ("；".join(notes) if notes else "请先提出需求")
    items = {need.item_id: need.item for one in targets for rows in one.needs.values() for need, _n in rows}
    every = depots_for(user)
    depots = [one for one in every if with_agreements or one.mode == Depot.Mode.GOVERNMENT]
    stock = stock_of(depots, items.values(), replaceable(incident))
    holding = {depot for (depot, _item), n in stock.items() if n}
    trucks = trucks_for(user, incident)
    if not trucks:
        return "没有空闲、已知载重和位置的货车：请在车辆台账中核对状态、载重和位置"
    return Situation(
        at=now, ways=ways, targets=targets, depots=[one for one in depots if one.pk in holding], stock=stock,
        items=sorted(items.values(), key=lambda one: one.code), trucks=trucks, notes=notes,
        points=[one for one in every if one.mode == Depot.Mode.GOVERNMENT],
    )  # fmt: skip
