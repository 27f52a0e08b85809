"""What becomes of a truck's load, and that every unit of it stays explained."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.supplies.allocation import delivering, planning, queries
from anlan.areas.supplies.allocation.indicators import basic_relief_hours
from anlan.areas.supplies.allocation.models import Waybill
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Balance, Movement, Place
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.supplies.movements.services import reverse_slip, take_back
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.closures.services import follow_closures
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.notices.models import Notice
from anlan.foundation.resources.models import Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(relief, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = planning.start_plan(actor=relief.officer, incident=relief.incident)
    made.refresh_from_db()
    planning.submit(actor=relief.officer, plan=made)
    return planning.approve(actor=relief.commander, plan=made)


def waybill_with(plan, item) -> Waybill:
    return plan.waybills.filter(lines__item=item).order_by("-lines__quantity").first()


def load(relief, waybill, less=0, reason=""):
    picked = carried(waybill.slip, Place.RESERVED)
    first = next(iter(picked))
    picked[first] -= less
    return delivering.check_load(actor=relief.keeper, waybill=waybill, picked=picked, reason=reason)


def drive(relief, waybill):
    load(relief, waybill)
    return delivering.depart(actor=relief.keeper, waybill=waybill)


def sign(relief, waybill, **fields):
    lines = {line: (line.loaded, 0) for line in waybill.lines.all()} | fields.pop("lines", {})
    fields = {"actor": relief.officer, "receiver": "张校长", "how": "phone"} | fields
    return delivering.receive(waybill=waybill, received=lines, **fields)


def test_what_stays_behind_goes_back_and_says_why(relief, plan):
    waybill = waybill_with(plan, relief.store.tent)
    with pytest.raises(PermissionDenied):
        delivering.check_load(actor=relief.field, waybill=waybill, picked=carried(waybill.slip, Place.RESERVED))
    with pytest.raises(ValidationError, match="写明原因"):
        load(relief, waybill, less=1)
    with pytest.raises(ValidationError, match="不能这样办理"):
        delivering.depart(actor=relief.keeper, waybill=waybill)
    load(relief, waybill, less=1, reason="包装破损")
    before = Balance.objects.get(lot=relief.store.tents, place="depot").quantity
    delivering.depart(actor=relief.keeper, waybill=waybill)
    assert Balance.objects.get(lot=relief.store.tents, place="depot").quantity == before + 1
    assert Assignment.objects.get(object_id=waybill.vehicle).status == "under_way"
    assert "发车" in relief.incident.timeline.latest("pk").text
    assert unexplained() == {}


def test_damage_and_losses_stay_in_the_journal_with_their_reason(relief, plan):
    waybill = drive(relief, waybill_with(plan, relief.store.tent))
    line = waybill.lines.filter(item=relief.store.tent).first()
    lines = {line: (line.loaded - 3, 2)}
    with pytest.raises(PermissionDenied):
        sign(relief, waybill, actor=relief.keeper)
    with pytest.raises(ValidationError, match="写明原因"):
        sign(relief, waybill, lines=lines)
    with pytest.raises(ValidationError, match="合计不能是"):
        sign(relief, waybill, lines={line: (line.loaded, 1)})
    sign(relief, waybill, lines=lines, reason="雨淋")
    lost = Movement.objects.get(target="difference")
    assert (lost.quantity, lost.reason) == (3, "帐篷破损 2、短少 1：雨淋")
    line.refresh_from_db()
    assert (line.received, line.damaged, line.missing) == (line.loaded - 3, 2, 1)
    assert not Balance.objects.filter(place="transit", quantity__gt=0).exists()
    # What was not received well is asked again.
    assert queries.left_of([line.need])[line.need_id] == line.need.quantity - line.received
    assert unexplained() == {}
    with pytest.raises(ValidationError, match="不能这样办理"):
        sign(relief, waybill)


def test_what_was_signed_for_comes_back_in_parts_and_a_slip_is_undone_whole(relief, plan):
    waybill = drive(relief, waybill_with(plan, relief.store.tent))
    slip = waybill.slip
    with pytest.raises(ValidationError, match="还有 0 没有归还"):
        take_back(actor=relief.keeper, slip=slip, quantities={relief.store.tents: 1}, reason="多余")
    sign(relief, waybill)
    back = take_back(actor=relief.keeper, slip=slip, quantities={relief.store.tents: 1}, reason="多余")
    reverse_slip(actor=relief.keeper, slip=back, reason="记错")
    slip.refresh_from_db()
    reverse_slip(actor=relief.keeper, slip=slip, reason="整单有误")
    assert unexplained() == {}
    others = plan.waybills.exclude(pk=waybill.pk)
    aside = sum(line.quantity for one in others for line in one.lines.filter(item=relief.store.tent))
    assert Balance.objects.get(lot=relief.store.tents, place="depot").quantity == 30 - aside


def test_a_truck_that_turns_back_brings_everything_home(relief, plan):
    waybill = drive(relief, waybill_with(plan, relief.store.tent))
    delivering.turn_back(actor=relief.keeper, waybill=waybill, reason="桥断")
    waybill.refresh_from_db()
    assert waybill.status == "cancelled"
    assert unexplained() == {}
    assert not Balance.objects.filter(place="transit", quantity__gt=0).exists()


def test_when_all_is_signed_for_the_clock_stops_and_trucks_are_free(relief, plan):
    clock = clocks_of(relief.request).get()
    assert clock.is_running
    for waybill in plan.waybills.order_by("load_at"):
        sign(relief, drive(relief, waybill))
    clock.refresh_from_db()
    assert clock.met_at is not None
    assert set(Assignment.objects.values_list("status", flat=True)) == {"released"}
    measure = basic_relief_hours("371500", timezone.now())
    assert measure.samples == 2
    assert 0 <= measure.value < 0.5
    assert "最慢" in measure.basis


def test_a_place_that_waits_past_the_limit_counts_with_the_time_so_far(relief):
    assert basic_relief_hours("371500", timezone.now()).value is None
    late = basic_relief_hours("371500", timezone.now() + timedelta(hours=20))
    assert (late.value, late.samples) == (20.0, 2)


def test_a_closure_flags_the_plan_and_a_new_one_keeps_what_is_under_way(
    relief, plan, django_capture_on_commit_callbacks
):
    gone = drive(relief, plan.waybills.order_by("load_at").first())
    Closure.objects.create(
        code="Z1", name="姜店路口", reason="flooded", area_id="371526", lon=116.265, lat=36.83, radius_m=300,
        source="巡查",
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        follow_closures()
    plan.refresh_from_db()
    assert "姜店路口（积水淹没）阻断，绕行多" in plan.road_problem
    told = Notice.objects.filter(title__contains=plan.code)
    assert told.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        newer = planning.start_plan(actor=relief.officer, incident=relief.incident, based_on=plan)
    newer.refresh_from_db()
    assert newer.status == "draft", newer.problem
    # All ways now lead round by 茌平.
    assert all(one.length_km > 30 for one in newer.waybills.all())
    planning.submit(actor=relief.officer, plan=newer)
    planning.approve(actor=relief.commander, plan=newer)
    gone.refresh_from_db()
    assert gone.status == "under_way"
    assert set(plan.waybills.exclude(pk=gone.pk).values_list("status", flat=True)) <= {"cancelled"}
    assert unexplained() == {}


def test_a_fresh_position_says_when_the_truck_arrives(relief, plan):
    waybill = drive(relief, plan.waybills.first())
    assert not queries.position_of(waybill).is_tracked
    Vehicle.objects.filter(pk=waybill.vehicle).update(
        lon=116.28, lat=36.82, located_at=timezone.now() + timedelta(seconds=1)
    )
    there = queries.position_of(waybill)
    assert there.is_tracked
    assert timedelta(0) < there.eta - timezone.now() < timedelta(minutes=15)
