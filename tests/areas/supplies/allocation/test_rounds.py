"""One truck serves several places in a round: from the plan that proposes it to a signature at each stop."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.supplies.allocation import delivering, planning, queries, stops
from anlan.areas.supplies.allocation.documents import as_official
from anlan.areas.supplies.allocation.models import Waybill
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Balance, Place
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import follow_closures
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.resources.models import Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def villages(villages):
    """And there is the truck of two tonnes alone."""
    Vehicle.objects.filter(code="演P-1").update(status="repair")
    return villages


@pytest.fixture
def make(villages, django_capture_on_commit_callbacks):
    def made(**asked):
        with django_capture_on_commit_callbacks(execute=True):
            plan = planning.start_plan(actor=villages.officer, incident=villages.incident, **asked)
        plan.refresh_from_db()
        assert plan.status == "draft", plan.problem
        return plan

    return made


@pytest.fixture
def plan(villages, make):
    found = make()
    planning.submit(actor=villages.officer, plan=found)
    return planning.approve(actor=villages.commander, plan=found)


def trip(plan) -> list[Waybill]:
    return list(plan.waybills.exclude(status="cancelled").order_by("stop"))


def load(relief, waybill) -> Waybill:
    picked = carried(waybill.slip, Place.RESERVED)
    return delivering.check_load(actor=relief.keeper, waybill=waybill, picked=picked)


def leave(relief, plan) -> list[Waybill]:
    for one in trip(plan):
        load(relief, one)
    delivering.depart(actor=relief.keeper, waybill=trip(plan)[0])
    return trip(plan)


def sign(relief, waybill) -> Waybill:
    lines = {line: (line.loaded, 0) for line in waybill.lines.all()}
    return delivering.receive(actor=relief.officer, waybill=waybill, received=lines, receiver="张村长", how="phone")


def test_three_part_loads_become_one_round_that_is_sooner_than_three_trips(make):
    apart, round_trip = make(rounds="direct"), make()
    assert len(stops.together(trip(apart))) == 3
    rows = trip(round_trip)
    assert len(stops.together(rows)) == 1
    assert [one.stop for one in rows] == [1, 2, 3]
    assert [one.number for one in rows] == ["001-1", "001-2", "001-3"]
    for first, second in zip(rows, rows[1:], strict=False):
        assert second.leave_at == first.unloaded_at == first.back_at
        assert second.load_at == first.load_at
        assert len(second.line) >= 2
    last = [max(one.unloaded_at - found.starts_at for one in trip(found)) for found in (apart, round_trip)]
    assert last[1] < last[0] <= timedelta(hours=12)
    gain = queries.gains_of(round_trip)[0]
    assert (gain.trips, gain.direct_trips, gain.merged, gain.saved, gain.more) == (1, 3, 2, 2, 0)
    assert abs(gain.sooner - (last[0] - last[1])) < timedelta(minutes=3)
    # Nobody waits much longer than by a direct trip.
    assert all(wait <= timedelta(minutes=31) for _place, wait in gain.later)
    assert queries.flaws_of(round_trip) == []
    assert "3 处合并为 1 车次" in "".join(as_official(round_trip).sections[0].paragraphs)
    compared = queries.compared([apart, round_trip])
    assert [one["trips"] for one in compared] == [3, 1]


def test_with_a_truck_for_each_place_nobody_waits_for_a_round_unless_trucks_are_to_be_saved(villages, make):
    for n in (3, 4, 5):
        Vehicle.objects.create(
            code=f"演P-{n}", name="货车", kind="truck", area_id="371526", capacity="载重 2 吨", lon=116.23, lat=36.86
        )
    direct, fewer = make(rounds="direct"), make(rounds="fewer")
    assert len({one.vehicle for one in trip(direct)}) == 3
    assert len({one.vehicle for one in trip(fewer)}) == 1
    assert all(one.unloaded_at <= fewer.due_at for one in trip(fewer))
    sooner = make()
    before = {one.place: one.unloaded_at - direct.starts_at for one in trip(direct)}
    after = {one.place: one.unloaded_at - sooner.starts_at for one in trip(sooner)}
    assert max(after.values()) <= max(before.values()) + timedelta(minutes=2)
    assert all(after[place] <= before[place] + timedelta(minutes=32) for place in before)


def test_rounds_bring_what_direct_trips_cannot_bring_in_time(make):
    hours = 3.4
    apart, together = make(rounds="direct", limit_hours=hours), make(limit_hours=hours)
    missing = [sum(row["missing"] for row in found.outcome["unmet"]) for found in (apart, together)]
    assert missing[1] < missing[0]
    assert queries.gains_of(together)[0].more > 0
    assert all(one.unloaded_at <= together.due_at for one in trip(together))


def test_a_round_is_taken_apart_by_hand_and_stays_drivable(villages, make):
    plan = make()
    with pytest.raises(PermissionDenied):
        planning.take_apart(actor=villages.field, plan=plan, round_code=trip(plan)[0].round_code)
    planning.take_apart(actor=villages.officer, plan=plan, round_code=trip(plan)[0].round_code)
    rows = sorted(trip(plan), key=lambda one: one.load_at)
    assert len(stops.together(rows)) == 3
    assert all(second.load_at >= first.back_at for first, second in zip(rows, rows[1:], strict=False))
    plan.refresh_from_db()
    assert "拆开循环" in plan.changes[-1]["what"]
    assert [one.number for one in rows] == ["001-1", "001-2", "001-3"]
    assert not [flaw for flaw in queries.flaws_of(plan) if flaw.is_hard]
    with pytest.raises(ValidationError, match="不是循环"):
        planning.take_apart(actor=villages.officer, plan=plan, round_code="")


def test_a_round_counts_as_one_load_and_one_truck(villages, make):
    plan = make()
    first = trip(plan)[0]
    line = first.lines.get()
    planning.change_waybill(actor=villages.officer, waybill=first, quantities={line: 28})
    texts = " ".join(flaw.text for flaw in queries.flaws_of(plan))
    # 28 and twice 5 tents of 60 kg weigh more than two tonnes, though no stop's load does.
    assert f"{first.round_code}装 2280 千克" in texts
    planning.change_waybill(actor=villages.officer, waybill=first, quantities={line: 0})
    rest = trip(plan)
    assert [one.stop for one in rest] == [1, 2]
    assert not [flaw for flaw in queries.flaws_of(plan) if flaw.is_hard]


def test_all_stops_are_checked_leave_together_and_are_signed_for_one_by_one(villages, plan):
    first, second, third = trip(plan)
    load(villages, first)
    with pytest.raises(ValidationError, match="还有 2 处没有装车核对"):
        delivering.depart(actor=villages.keeper, waybill=first)
    load(villages, second)
    load(villages, third)
    delivering.depart(actor=villages.keeper, waybill=second)
    assert {one.status for one in trip(plan)} == {"under_way"}
    there = [queries.position_of(one).eta for one in trip(plan)]
    assert there == sorted(there)
    sign(villages, trip(plan)[0])
    assert Assignment.objects.get().status == "on_site"
    assert [one.status for one in trip(plan)] == ["received", "under_way", "under_way"]
    sign(villages, trip(plan)[2])
    assert Assignment.objects.get().status == "on_site"
    sign(villages, trip(plan)[1])
    assert Assignment.objects.get().status == "released"
    assert Balance.objects.filter(place="transit", quantity__gt=0).count() == 0
    assert unexplained() == {}


def test_a_cancelled_stop_leaves_the_others_a_shorter_round(villages, plan):
    before = trip(plan)
    delivering.cancel(actor=villages.officer, waybill=before[0], reason="自行领取")
    rest = trip(plan)
    assert [one.place for one in rest] == [one.place for one in before[1:]]
    assert rest[-1].unloaded_at < before[-1].unloaded_at
    assert Assignment.objects.get().status == "assigned"
    for one in rest:
        load(villages, one)
    delivering.depart(actor=villages.keeper, waybill=rest[0])
    assert unexplained() == {}


def test_a_closure_on_the_way_is_told_by_stop_and_the_rest_is_ordered_anew(
    villages, plan, django_capture_on_commit_callbacks
):
    rows = leave(villages, plan)
    Closure.objects.create(
        code="Z1", name="中村南路", reason="flooded", area_id="371526", lon=116.2875, lat=36.735, radius_m=300,
        source="巡查",
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        follow_closures()
    plan.refresh_from_db()
    assert "中村南路" in plan.road_problem
    assert rows[2].number in plan.road_problem
    with pytest.raises(PermissionDenied):
        stops.reorder(actor=villages.field, waybill=rows[0])
    order = stops.reorder(actor=villages.officer, waybill=rows[0])
    assert sorted(one.place for one in order) == ["中村", "近村", "远村"]
    assert [one.stop for one in order] == [1, 2, 3]
    for first, second in zip(order, order[1:], strict=False):
        assert second.leave_at == first.unloaded_at
    assert (
        "重新" in villages.incident.timeline.latest("pk").text or "改为" in villages.incident.timeline.latest("pk").text
    )
    for one in trip(plan):
        sign(villages, one)
    with pytest.raises(ValidationError, match="没有还要送"):
        stops.reorder(actor=villages.officer, waybill=rows[0])


def test_the_pages_lead_from_stop_to_stop(villages, plan, browser_of):
    desk, gate = browser_of(villages.officer), browser_of(villages.keeper)
    page = desk.get(plan.get_absolute_url()).content.decode()
    assert "循环 3 站" in page
    assert "3 处合并为 1 车次" in page
    assert "省 2 车次" in page
    first = trip(plan)[0]
    assert "这一车依次送 3 处" in gate.get(first.get_absolute_url()).content.decode()
    where = first.get_absolute_url()
    for _ in range(3):
        form = gate.get(where).context["load_form"]
        answer = gate.post(f"{where}load/", {f"lot-{lot.pk}": n for lot, n, _bin, _field in form.rows})
        assert answer.status_code == 302
        where = answer.url
    assert {one.status for one in trip(plan)} == {"loaded"}
    assert gate.post(f"{where}depart/").status_code == 302
    assert {one.status for one in trip(plan)} == {"under_way"}
    assert gate.get(f"{where}waybill.pdf").content.startswith(b"%PDF")
    assert desk.post(f"{where}reorder/").status_code == 302
    refused = desk.post(f"{plan.get_absolute_url()}take-apart/", {"round": first.round_code})
    assert refused.status_code == 422
