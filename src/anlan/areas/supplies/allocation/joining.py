"""Trips put together by hand into one round (合成循环): in which order, on which truck, and what speaks against it.

A round is proposed and looked at before it is kept. What cannot be driven is refused; what somebody would have to answer
for, such as a place that gets its goods after the limit, needs a reason. Official records are Chinese.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.supplies.allocation import queries, stops
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.areas.supplies.allocation.planning import changeable, note_change
from anlan.areas.supplies.allocation.situation import Truck, Ways, leg, limits_of, truck_of, trucks_for, ways_now
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule

#: As a check ends: all is well, somebody has to answer for it, it cannot be driven, nobody knows.
FINE, DOUBT, STOP, UNKNOWN = "fine", "doubt", "stop", "unknown"
Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A truck that could drive the round, and when it could begin to load."""

    truck: Truck
    ready_at: datetime
    #: Whether it drives one of these trips anyway.
    is_own: bool
    carries: bool

    @property
    def value(self) -> str:
        return f"{self.truck.ledger}:{self.truck.pk}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was looked at, how it ended, and the words for it."""

    title: str
    level: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A stop of the round: as it would be, and how much later than now."""

    waybill: Waybill
    later: timedelta
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Trips as one round, not kept yet."""

    plan: AllocationPlan
    trips: list[list[Waybill]]
    calls: list[Call]
    offer: Offer
    offers: list[Offer]
    checks: list[Check]

    @property
    def first(self) -> Waybill:
        return self.calls[0].waybill

    @property
    def back_at(self) -> datetime:
        return self.calls[-1].waybill.back_at

    @property
    def line(self) -> list[list[float]]:
        return [at for call in self.calls for at in call.waybill.line]

    @property
    def marks(self) -> list[list[float]]:
        """Where the stops lie, in their order."""
        return [[call.waybill.lon, call.waybill.lat] for call in self.calls]

    @property
    def trucks(self) -> int:
        """How many trucks drive these trips now."""
        return len({(rows[0].ledger, rows[0].vehicle) for rows in self.trips})

    @property
    def busy(self) -> timedelta:
        """How long trucks are busy with them now, all together."""
        return sum((rows[-1].back_at - rows[0].load_at for rows in self.trips), timedelta(0))

    @property
    def busy_then(self) -> timedelta:
        return self.back_at - self.first.load_at

    @property
    def stops(self) -> list[str]:
        return [check.text for check in self.checks if check.level == STOP]

    @property
    def doubts(self) -> list[str]:
        return [check.text for check in self.checks if check.level == DOUBT]


def propose(
    *, user: User, plan: AllocationPlan, picked: Sequence[str], truck: str = "", order: Sequence[int] = ()
) -> Joined:
    """These trips (by code) as one round, on this truck and in this order where they are given; refuses what is none."""
    if not plan.is_editable:
        raise ValidationError(_("方案现在是“%(status)s”，不能改动。") % {"status": plan.get_status_display()})
    every = stops.together(
        plan.waybills.exclude(status=Waybill.Status.CANCELLED).select_related("depot", "after").prefetch_related(
            queries.LINES
        )
    )  # fmt: skip
    trips = [rows for rows in every if (rows[0].round_code or rows[0].code) in picked]
    _demand_alike(trips)
    rows = [one for trip in trips for one in trip]
    depot = rows[0].depot
    others = [trip for trip in every if trip not in trips]
    ways = ways_now()
    if ways is None:
        raise ValidationError(_("还没有路网：请管理员用 anlan import-roads 导入。"))
    offers = _offers(user, plan, trips, others, ways)
    offer = next((one for one in offers if one.value == truck), offers[0])
    key = offer.truck.key
    ways = ways_now(vehicle=limits_of(*key)) or ways
    leave = offer.ready_at + timedelta(minutes=rule("supplies.delivery").params["load_minutes"])
    begin = depot.lon, depot.lat
    places = {one.pk: one for one in rows}
    if sorted(order) == sorted(places):
        chosen = [places[pk] for pk in order]
    else:
        chosen = stops.order_of(ways, begin, rows, plan.due_at - leave) or rows
    drawn = [copy.copy(one) for one in chosen]
    for number, one in enumerate(drawn, 1):
        one.stop, one.load_at = number, offer.ready_at
        one.ledger, one.vehicle, one.truck = offer.truck.ledger, offer.truck.pk, offer.truck.title
        one.load_kg, one.driver, one.driver_phone = (
            round(offer.truck.load_t * 1000),
            offer.truck.driver,
            offer.truck.phone,
        )
    blocked = ""
    try:
        stops.draw(ways, drawn, begin, leave)
    except ValidationError as problem:
        blocked = " ".join(problem.messages)
    calls = [
        Call(waybill=one, later=one.unloaded_at - old.unloaded_at, is_late=one.unloaded_at > plan.due_at)
        for one, old in zip(drawn, chosen, strict=True)
    ]
    load = _load_checks(rows, offer)
    checks = [*load, Check(title=_("道路"), level=STOP, text=blocked)] if blocked else [
        *load, *_time_checks(plan, calls), _turn_check(calls, others, key), *_road_checks(ways, calls, offer)
    ]  # fmt: skip
    return Joined(plan=plan, trips=trips, calls=calls, offer=offer, offers=offers, checks=checks)


def _demand_alike(trips: Sequence[Sequence[Waybill]]) -> None:
    """One store, one moment at which the stock is there, no transfer between stores."""
    if len(trips) < 2:
        raise ValidationError(_("请选择两个以上的车次，再合成循环。"))
    heads = [rows[0] for rows in trips]
    if any(one.to_depot_id for one in heads):
        raise ValidationError(_("库间调拨的车次不能和送达的车次合成循环。"))
    depots = list(dict.fromkeys(str(one.depot) for one in heads))
    if len(depots) > 1:
        raise ValidationError(
            _("所选车次从不同的库发货（%(depots)s），一辆车一次只在一个库装车，不能合成循环。")
            % {"depots": _("、").join(depots)}
        )
    if len({one.after_id for one in heads}) > 1:
        raise ValidationError(_("所选车次有的要等库间调拨到货，有的现在就能装车，不能合成循环。"))
    if any(not one.lines.all() for rows in trips for one in rows):
        raise ValidationError(_("所选车次里有没装物资的，请先撤销它。"))


def _offers(
    user: User,
    plan: AllocationPlan,
    trips: Sequence[Sequence[Waybill]],
    others: Sequence[Sequence[Waybill]],
    ways: Ways,
) -> list[Offer]:
    """Trucks for the round, the best first: those of the trips, then by when they are there; too small ones last."""
    heads, last = [rows[0] for rows in trips], {}
    for trip in sorted(others, key=lambda trip: trip[-1].back_at):
        last[trip[0].ledger, trip[0].vehicle] = trip[-1]
    begin = max([plan.starts_at, *(one.after.unloaded_at for one in heads[:1] if one.after)])
    found: dict[Key, tuple[Truck, datetime, bool]] = {}
    for one in heads:
        key = one.ledger, one.vehicle
        start = min(other.load_at for other in heads if (other.ledger, other.vehicle) == key)
        found[key] = _known(one), max(start, begin), True
    far = {one.key: one for one in trucks_for(user, plan.incident) if one.key not in found}
    far |= {key: _known(one) for key, one in last.items() if key not in found}
    spots = [_whence(last[key]) if key in last else (one.lon, one.lat) for key, one in far.items()]
    if spots:
        prepare = timedelta(minutes=rule("supplies.delivery").params["ready_minutes"])
        depot = heads[0].depot
        way = ways.times(ways.spots(spots), ways.spots([(depot.lon, depot.lat)]))[:, 0]
        for (key, one), seconds in zip(far.items(), way.tolist(), strict=True):
            if seconds == float("inf"):
                continue
            free = last[key].back_at if key in last else plan.starts_at + prepare
            found[key] = one, max(free + timedelta(seconds=ceil(seconds)), begin), False
    weight, volume, _unknown = _size(row for trip in trips for row in trip)
    offers = [
        Offer(
            truck=one, ready_at=at, is_own=is_own,
            carries=weight <= one.load_t * 1000 + 0.5 and volume <= (one.volume_m3 or volume) + 1e-6,
        )
        for one, at, is_own in found.values()
    ]  # fmt: skip
    return sorted(
        offers,
        key=lambda one: (
            (0, not one.is_own, one.ready_at, one.truck.load_t, one.truck.title)
            if one.carries
            else (1, not one.is_own, -one.truck.load_t, one.ready_at, one.truck.title)
        ),
    )


def _known(waybill: Waybill) -> Truck:
    """The truck of a way-bill as its register has it, or as the way-bill remembers it."""
    record = ledger(waybill.ledger).model._default_manager.filter(pk=waybill.vehicle).first()
    return truck_of(waybill.ledger, record) or Truck(
        ledger=waybill.ledger, pk=waybill.vehicle, title=waybill.truck, load_t=waybill.load_kg / 1000, volume_m3=None,
        driver=waybill.driver, phone=waybill.driver_phone, lon=waybill.depot.lon, lat=waybill.depot.lat, located_at=None,
    )  # fmt: skip


def _whence(last: Waybill) -> tuple[float, float]:
    """Where a truck is when its last trip is over: back at the depot, or where it brought a transfer to."""
    return (last.lon, last.lat) if last.to_depot_id else (last.depot.lon, last.depot.lat)


def _size(rows: Any) -> tuple[float, float, bool]:
    """Kilograms, cubic metres, and whether the volume of something is not known."""
    lines = [line for one in rows for line in one.lines.all()]
    weight = sum(line.quantity * (line.item.weight_kg or 0) for line in lines)
    volume = sum(line.quantity * (line.item.volume_m3 or 0) for line in lines)
    return weight, volume, any(line.item.volume_m3 is None for line in lines)


def _load_checks(rows: Sequence[Waybill], offer: Offer) -> list[Check]:
    weight, volume, is_unknown = _size(rows)
    most, room = round(offer.truck.load_t * 1000), offer.truck.volume_m3
    words = {"want": f"{ceil(weight):,}", "have": f"{most:,}", "over": f"{ceil(weight) - most:,}"}
    if weight > most + 0.5:
        text = _("共 %(want)s 千克，核定载重 %(have)s 千克，超 %(over)s 千克：请换大一些的车，或少合一处。") % words
        found = [Check(title=_("载重"), level=STOP, text=text)]
    else:
        text = _("共 %(want)s 千克，核定载重 %(have)s 千克，装得下。") % words
        found = [Check(title=_("载重"), level=FINE, text=text)]
    words = {"want": f"{volume:.1f}", "have": f"{room or 0:.1f}"}
    if room is None or (is_unknown and volume <= room):
        text = _("车厢容积或物资体积没有登记，只核对了载重；装车时请看装不装得下。")
        found.append(Check(title=_("容积"), level=UNKNOWN, text=text))
    elif volume > room + 1e-6:
        text = _("共 %(want)s 立方米，车厢 %(have)s 立方米，装不下：请换大一些的车，或少合一处。") % words
        found.append(Check(title=_("容积"), level=STOP, text=text))
    else:
        text = _("共 %(want)s 立方米，车厢 %(have)s 立方米，装得下。") % words
        found.append(Check(title=_("容积"), level=FINE, text=text))
    return found


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def _time_checks(plan: AllocationPlan, calls: Sequence[Call]) -> list[Check]:
    """Everything there by the plan's limit; nobody much later than by an own trip."""
    late = [call for call in calls if call.is_late]
    due, last = _clock(plan.due_at), max(call.waybill.unloaded_at for call in calls)
    if late:
        told = _("、").join(f"{call.waybill.place} {_clock(call.waybill.unloaded_at)}" for call in late)
        text = _("超过 %(hours)s 小时时限（%(due)s）才卸完：%(places)s。") % {
            "hours": f"{round(plan.limit_hours, 1):g}", "due": due, "places": told,
        }  # fmt: skip
        found = [Check(title=_("送达时限"), level=DOUBT, text=text)]
    else:
        text = _("最晚一处 %(last)s 卸完，在 %(hours)s 小时时限（%(due)s）之内。") % {
            "last": _clock(last), "hours": f"{round(plan.limit_hours, 1):g}", "due": due,
        }  # fmt: skip
        found = [Check(title=_("送达时限"), level=FINE, text=text)]
    grace = rule("supplies.rounds").params["grace_minutes"]
    # Plans are made to the minute.
    waits = [call for call in calls if call.later >= timedelta(minutes=grace + 1)]
    if waits:
        told = _("、").join(
            _("%(place)s晚 %(n)s 分钟") % {"place": call.waybill.place, "n": round(call.later.total_seconds() / 60)}
            for call in waits
        )
        text = _("比原来的车次晚超过约定的 %(grace)s 分钟：%(places)s。") % {"grace": grace, "places": told}
        found.append(Check(title=_("等待"), level=DOUBT, text=text))
    else:
        text = _("各处都不比原来的车次晚 %(grace)s 分钟以上。") % {"grace": grace}
        found.append(Check(title=_("等待"), level=FINE, text=text))
    return found


def _turn_check(calls: Sequence[Call], others: Sequence[Sequence[Waybill]], key: Key) -> Check:
    """The truck is nowhere else meanwhile."""
    start, back = calls[0].waybill.load_at, calls[-1].waybill.back_at
    words = {"start": _clock(start), "back": _clock(back)}
    for trip in others:
        mine = (trip[0].ledger, trip[0].vehicle) == key
        if mine and start < max(one.back_at for one in trip) and trip[0].load_at < back:
            text = _("这辆车 %(start)s 装车、%(back)s 回库，其间还要开 %(other)s（%(at)s 装车）：请换一辆车。") % (
                words | {"other": trip[0].round_code or trip[0].code, "at": _clock(trip[0].load_at)}
            )
            return Check(title=_("车辆"), level=STOP, text=text)
    return Check(title=_("车辆"), level=FINE, text=_("%(start)s 装车，%(back)s 回库，和别的车次不冲突。") % words)


def _road_checks(ways: Ways, calls: Sequence[Call], offer: Offer) -> list[Check]:
    """What stands in the way is driven around; heights and weights are kept to as far as the register knows them."""
    hit, more = _detour(ways, calls)
    if hit:
        text = _("已绕开 %(names)s，多走 %(n)s 分钟。") % {"names": _("、").join(hit), "n": more}
    else:
        text = _("按现在的道路走得通，途中没有道路阻断。")
    found = [Check(title=_("道路"), level=FINE, text=text)]
    if ways.vehicle is None:
        text = _("车辆台账没有登记车高和总质量，没有核对限高、限重。")
        return [*found, Check(title=_("限高限重"), level=UNKNOWN, text=text)]
    said = [
        words % {"n": f"{value:g}"}
        for words, value in ((_("车高 %(n)s 米"), ways.vehicle.height_m), (_("总质量 %(n)s 吨"), ways.vehicle.weight_t))
        if value == value  # nan is not known
    ]
    text = _("路线按%(limits)s避开限高、限重的路段。") % {"limits": _("、").join(said)}
    return [*found, Check(title=_("限高限重"), level=FINE, text=text)]


def _detour(ways: Ways, calls: Sequence[Call]) -> tuple[list[str], int]:
    """Obstacles on the way that would be driven without them, and the minutes that the way around takes more."""
    standing = [one for one in ways.obstacles if one.factor == float("inf")]
    if not standing:
        return [], 0
    free, plane = replace(ways, obstacles=[]), ways.roads.plane
    points = shapely.points(plane.to_metres([(one.lon, one.lat) for one in standing]))
    hit, more = [], 0.0
    here = calls[0].waybill.depot.lon, calls[0].waybill.depot.lat
    for one in (call.waybill for call in calls):
        way = leg(free, here, (one.lon, one.lat))
        here = one.lon, one.lat
        if way is None or len(way.line) < 2:
            continue
        near = shapely.distance(shapely.LineString(plane.to_metres(way.line)), points)
        hit += [what.title for what, metres in zip(standing, near, strict=True) if metres <= what.radius_m]
        more += max((one.arrive_at - one.leave_at).total_seconds() - way.seconds, 0.0)
    return list(dict.fromkeys(hit)), round(more / 60)


@transaction.atomic
def join(
    *, actor: User, plan: AllocationPlan, picked: Sequence[str], truck: str = "", order: Sequence[int] = (),
    reason: str = "",
) -> AllocationPlan:  # fmt: skip
    """Keep trips as one round of one truck; each stop keeps its way-bill and its signature. `take_apart` undoes it."""
    plan = changeable(actor, plan)
    found = propose(user=actor, plan=plan, picked=picked, truck=truck, order=order)
    if found.stops:
        raise ValidationError(found.stops)
    if found.doubts and not reason.strip():
        raise ValidationError({"reason": _("仍要合成的，请写明原因。")})
    code = _next_code(plan)
    for call in found.calls:
        call.waybill.round_code = code
        call.waybill.save()
    told = "→".join(call.waybill.place for call in found.calls)
    numbers = "、".join(call.waybill.number for call in found.calls)
    what = f"合成循环 {code}（{numbers}）：{found.offer.truck.title}依次送{told}"
    note_change(actor, plan, f"{what}；{reason.strip()}" if reason.strip() else what)
    return plan


def _next_code(plan: AllocationPlan) -> str:
    """Rounds made by hand count on their own: R01, R02."""
    start = f"{plan.code}-R"
    used = plan.waybills.filter(round_code__startswith=start).values_list("round_code", flat=True)
    numbers = [int(code.removeprefix(start)) for code in used if code.removeprefix(start).isdecimal()]
    return f"{start}{max(numbers, default=0) + 1:02d}"
