"""A dispatcher puts trips together by hand into one round: proposed, checked in words, kept, taken apart again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.supplies.allocation import joining, planning, queries, stops
from anlan.areas.supplies.allocation.models import AllocationPlan, Waybill
from anlan.areas.transport.closures.models import Closure
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(villages, django_capture_on_commit_callbacks):
    """Each village gets its tents by an own trip of a truck of two tonnes or of one."""
    with django_capture_on_commit_callbacks(execute=True):
        made = planning.start_plan(actor=villages.officer, incident=villages.incident, rounds="direct")
    made.refresh_from_db()
    assert made.status == "draft", made.problem
    return made


def rows(plan) -> list[Waybill]:
    return list(plan.waybills.exclude(status="cancelled").select_related("depot").order_by("code"))


def codes(plan) -> list[str]:
    return [one.round_code or one.code for one in rows(plan)]


def propose(relief, plan, **asked):
    return joining.propose(user=relief.officer, plan=plan, **({"picked": codes(plan)} | asked))


def levels(made) -> dict[str, str]:
    return {check.title: check.level for check in made.checks}


def test_trips_become_one_round_in_the_quickest_order_and_can_be_taken_apart(relief, plan):
    before = rows(plan)
    made = propose(relief, plan)
    assert [call.waybill.place for call in made.calls] == ["近村", "中村", "远村"]
    assert made.busy_then < made.busy
    assert levels(made)["载重"] == "fine"
    # Nothing is kept by looking at it.
    assert [one.round_code for one in rows(plan)] == ["", "", ""]
    joining.join(actor=relief.officer, plan=plan, picked=codes(plan), reason="两辆车要留给下一批")
    found = rows(plan)
    assert {one.round_code for one in found} == {f"{plan.code}-R01"}
    assert {one.code for one in found} == {one.code for one in before}
    trip = stops.together(found)
    assert len(trip) == 1
    for first, second in zip(trip[0], trip[0][1:], strict=False):
        assert second.leave_at == first.unloaded_at == first.back_at
        assert (second.load_at, second.vehicle) == (first.load_at, first.vehicle)
    assert not [flaw for flaw in queries.flaws_of(plan) if flaw.is_hard]
    plan.refresh_from_db()
    assert "合成循环" in plan.changes[-1]["what"]
    assert "两辆车要留给下一批" in plan.changes[-1]["what"]
    assert AuditEntry.objects.filter(action="allocationplans.change").latest("pk").actor == str(relief.officer)
    planning.take_apart(actor=relief.officer, plan=plan, round_code=f"{plan.code}-R01")
    assert len(stops.together(rows(plan))) == 3
    # Put together anew it has a number of its own.
    joining.join(actor=relief.officer, plan=plan, picked=codes(plan)[:2], reason="再合")
    assert len(stops.together(rows(plan))) == 2
    planning.submit(actor=relief.officer, plan=plan)
    planning.approve(actor=relief.commander, plan=plan)
    assert {one.slip_id is None for one in rows(plan)} == {False}


def test_the_order_can_be_chosen_and_the_words_say_who_waits(relief, plan):
    order = [one.pk for name in ("远村", "近村", "中村") for one in rows(plan) if one.place == name]
    made = propose(relief, plan, order=order)
    assert [call.waybill.place for call in made.calls] == ["远村", "近村", "中村"]
    assert levels(made)["等待"] == "doubt"
    assert "晚" in " ".join(made.doubts)
    with pytest.raises(ValidationError, match="写明原因"):
        joining.join(actor=relief.officer, plan=plan, picked=codes(plan), order=order)
    assert [one.round_code for one in rows(plan)] == ["", "", ""]


def test_a_place_that_would_be_late_needs_a_reason(relief, plan):
    last = propose(relief, plan).calls[-1].waybill.unloaded_at
    plan.limit_hours = (last - plan.starts_at) / timedelta(hours=1) - 0.1
    plan.save()
    made = propose(relief, plan)
    assert levels(made)["送达时限"] == "doubt"
    assert "小时时限" in " ".join(made.doubts)


def test_a_load_that_no_truck_carries_is_refused_in_words(relief, plan):
    line = rows(plan)[0].lines.get()
    line.quantity = 28
    line.save()
    made = propose(relief, plan)
    assert made.stops == ["共 2,280 千克，核定载重 2,000 千克，超 280 千克：请换大一些的车，或少合一处。"]
    with pytest.raises(ValidationError, match="超 280 千克"):
        joining.join(actor=relief.officer, plan=plan, picked=codes(plan), reason="不要紧")
    # A bigger truck that is free and near is offered, with the time that it needs to come.
    Vehicle.objects.create(
        code="演P-9",
        name="大货车",
        kind="truck",
        area_id="371526",
        load_t=5,
        lon=116.24,
        lat=36.86,
        height_m=3.8,
        weight_t=9,
    )
    made = propose(relief, plan)
    assert "演P-9" in made.offer.truck.title
    assert not made.stops
    assert made.offer.ready_at >= plan.starts_at + timedelta(minutes=20)
    assert "车高 3.8 米、总质量 9 吨" in " ".join(check.text for check in made.checks)
    joining.join(actor=relief.officer, plan=plan, picked=codes(plan), reason="大车")
    assert {one.truck for one in rows(plan)} == {made.offer.truck.title}
    assert {one.load_kg for one in rows(plan)} == {5000}


def test_what_nobody_knows_of_the_truck_is_said_and_not_counted_as_sound(relief, plan):
    made = propose(relief, plan)
    assert (levels(made)["容积"], levels(made)["限高限重"]) == ("unknown", "unknown")


def test_a_truck_that_is_elsewhere_meanwhile_is_refused(relief, plan):
    first, second, third = rows(plan)
    Waybill.objects.filter(pk=third.pk).update(
        ledger=first.ledger, vehicle=first.vehicle, truck=first.truck, load_at=first.load_at + timedelta(minutes=90),
        back_at=first.load_at + timedelta(hours=4),
    )  # fmt: skip
    made = propose(
        relief, plan, picked=[first.code, second.code], truck=f"{first.ledger}:{first.vehicle}",
        order=[first.pk, second.pk],
    )  # fmt: skip
    assert levels(made)["车辆"] == "stop"
    assert third.code in " ".join(made.stops)


def test_blocked_roads_are_driven_around_or_said(relief, plan):
    Closure.objects.create(
        code="Z1",
        name="姜店南桥",
        reason="flooded",
        area_id="371526",
        lon=116.2875,
        lat=36.735,
        radius_m=300,
        source="巡查",
    )
    made = propose(relief, plan)
    assert levels(made)["道路"] == "fine"
    assert "姜店南桥" in " ".join(check.text for check in made.checks)
    Closure.objects.create(
        code="Z2", name="西路", reason="flooded", area_id="371526", lon=116.245, lat=36.72, radius_m=400, source="巡查"
    )
    made = propose(relief, plan)
    assert levels(made)["道路"] == "stop"
    assert "没有可通行的道路到远村" in " ".join(made.stops)


def test_what_cannot_be_one_round_is_said(relief, plan):
    first, second, _third = rows(plan)
    with pytest.raises(ValidationError, match="两个以上"):
        propose(relief, plan, picked=[first.code])
    Waybill.objects.filter(pk=second.pk).update(depot=relief.store.far)
    with pytest.raises(ValidationError, match="从不同的库发货（高唐县储备库、茌平区储备库）"):
        propose(relief, plan)
    Waybill.objects.filter(pk=second.pk).update(depot=relief.store.depot, to_depot=relief.store.far)
    with pytest.raises(ValidationError, match="库间调拨"):
        propose(relief, plan)
    Waybill.objects.filter(pk=second.pk).update(to_depot=None, after=first)
    with pytest.raises(ValidationError, match="等库间调拨到货"):
        propose(relief, plan)


def test_only_who_plans_may_and_only_while_it_is_a_draft(relief, plan):
    with pytest.raises(PermissionDenied):
        joining.join(actor=relief.field, plan=plan, picked=codes(plan), reason="x")
    planning.submit(actor=relief.officer, plan=plan)
    with pytest.raises(ValidationError, match="不能改动"):
        joining.join(actor=relief.officer, plan=plan, picked=codes(plan), reason="x")
    with pytest.raises(ValidationError, match="不能改动"):
        propose(relief, AllocationPlan.objects.get(pk=plan.pk))
    assert [one.round_code for one in rows(plan)] == ["", "", ""]


def test_the_pages_lead_from_ticks_to_one_waybill(relief, plan, browser_of):
    desk = browser_of(relief.officer)
    where = f"{plan.get_absolute_url()}join/"
    assert 'form="join"' in desk.get(plan.get_absolute_url()).content.decode()
    refused = desk.get(where, {"trip": codes(plan)[:1]})
    assert refused.status_code == 422
    assert "两个以上" in refused.content.decode()
    page = desk.get(where, {"trip": codes(plan)})
    assert "依次送 3 处" in page.content.decode()
    made = page.context["joined"]
    keys = [call.waybill.pk for call in made.calls]
    asked = {"trip": codes(plan), "stop": keys, "truck": made.offer.value} | {
        f"at-{key}": n for n, key in enumerate(keys, 1)
    }
    # The third is moved to the first place; the others move back.
    page = desk.post(where, asked | {"do": "check", f"at-{keys[2]}": 1})
    assert [call.waybill.pk for call in page.context["joined"].calls] == [keys[2], keys[0], keys[1]]
    refused = desk.post(where, asked | {"do": "keep", f"at-{keys[2]}": 1})
    assert refused.status_code == 422
    assert "写明原因" in refused.content.decode()
    assert desk.post(where, asked | {"do": "keep", "reason": "省车"}).status_code == 302
    assert "循环 3 站" in desk.get(plan.get_absolute_url()).content.decode()
    assert desk.get(f"{rows(plan)[0].get_absolute_url()}waybill.pdf").content.startswith(b"%PDF")
    assert browser_of(relief.field).get(where, {"trip": codes(plan)}).status_code in (403, 404)
