"""From what is asked to a plan that a second person approves; nothing is promised twice."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.supplies.allocation import planning, queries
from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, Waybill
from anlan.areas.supplies.movements.models import Balance
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.supplies.movements.services import make_lot, receive
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.resources.models import Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(relief, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = planning.start_plan(actor=relief.officer, incident=relief.incident)
    made.refresh_from_db()
    return made


def sent(plan) -> dict[tuple[str, str], int]:
    found = {}
    for one in plan.waybills.all():
        for line in one.lines.all():
            found[one.place, line.item.code] = found.get((one.place, line.item.code), 0) + line.quantity
    return found


def approved(relief, plan):
    planning.submit(actor=relief.officer, plan=plan)
    return planning.approve(actor=relief.commander, plan=plan)


def test_a_plan_brings_what_is_asked_on_trucks_that_carry_it(relief, plan):
    assert plan.status == "draft", plan.problem
    assert sent(plan) == {("姜店小学", "W"): 30, ("姜店小学", "T"): 10, ("姜店敬老院", "T"): 20}
    for one in plan.waybills.all():
        assert one.weight_kg <= one.load_kg
        assert one.load_at < one.leave_at < one.arrive_at < one.unloaded_at <= plan.due_at
        assert len(one.line) >= 2
        assert one.length_km > 5
    # Both trucks drive at once: nobody waits for the first to come back.
    assert len(set(plan.waybills.values_list("vehicle", flat=True))) == 2
    assert len(set(plan.waybills.values_list("load_at", flat=True))) == 1
    places = queries.shares_of(plan, list(plan.waybills.prefetch_related(queries.LINES)))
    assert all(place.is_whole and place.is_in_time for place in places)
    assert queries.flaws_of(plan) == []
    assert plan.basis["roads"]["title"] == "测试路网"
    assert plan.basis["roads"]["speeds"].endswith("；全程按出发这一小时计")
    assert plan.outcome["unmet"] == []


def test_what_is_short_is_shared_and_says_why(relief, django_capture_on_commit_callbacks):
    ReliefNeed.objects.filter(item=relief.store.tent).update(quantity=30)
    with django_capture_on_commit_callbacks(execute=True):
        plan = planning.start_plan(actor=relief.officer, incident=relief.incident)
    plan.refresh_from_db()
    tents = [n for (_place, item), n in sent(plan).items() if item == "T"]
    assert sum(tents) == 30
    assert min(tents) == 15
    assert {(row["name"], row["missing"], row["why"]) for row in plan.outcome["unmet"]} == {
        ("帐篷", 15, "各库可用库存不够")
    }


def test_without_a_truck_or_a_need_the_plan_says_what_to_do(relief, django_capture_on_commit_callbacks):
    Vehicle.objects.update(status="repair")
    with django_capture_on_commit_callbacks(execute=True):
        plan = planning.start_plan(actor=relief.officer, incident=relief.incident)
    plan.refresh_from_db()
    assert plan.status == "failed"
    assert "没有空闲" in plan.problem


def test_a_second_person_approves_and_stock_and_trucks_are_bound(relief, plan):
    with pytest.raises(ValidationError, match="不能审批"):
        planning.approve(actor=relief.commander, plan=plan)
    planning.submit(actor=relief.officer, plan=plan)
    with pytest.raises(PermissionDenied):
        planning.approve(actor=relief.officer, plan=plan)
    planning.approve(actor=relief.commander, plan=plan)
    aside = Balance.objects.filter(depot=relief.store.depot, place="reserved")
    assert sum(row.quantity for row in aside.filter(item=relief.store.tent)) == 30
    # First expired first out: the water that ends first is taken.
    assert aside.get(item=relief.store.water).lot == relief.store.early
    assert set(plan.waybills.values_list("status", flat=True)) == {"to_load"}
    used = set(plan.waybills.values_list("vehicle", flat=True))
    assert set(Assignment.objects.values_list("object_id", flat=True)) == used
    assert "批准" in relief.incident.timeline.latest("pk").text
    assert unexplained() == {}


def test_each_truck_is_called_to_the_depot_where_it_loads_first(relief, plan):
    first, *others = plan.waybills.order_by("load_at", "pk")
    Waybill.objects.filter(pk=first.pk).update(depot=relief.store.far)
    for one in plan.waybills.exclude(vehicle=first.vehicle):
        assert one.depot == relief.store.depot
    receive(
        actor=relief.commander, depot=relief.store.far, lot=make_lot(item=relief.store.tent), quantity=50, reason="补"
    )
    receive(
        actor=relief.commander, depot=relief.store.far, lot=make_lot(item=relief.store.water), quantity=50, reason="补"
    )
    approved(relief, plan)
    called = {one.object_id: one.request for one in Assignment.objects.select_related("request")}
    assert called[first.vehicle].place == "茌平区储备库"
    assert (called[first.vehicle].lon, called[first.vehicle].lat) == (relief.store.far.lon, relief.store.far.lat)
    other = next(one for one in others if one.vehicle != first.vehicle)
    assert called[other.vehicle].place == "高唐县储备库"
    assert called[other.vehicle].needed_by == min(one.load_at for one in others if one.vehicle == other.vehicle)


def test_trucks_beyond_the_approvers_reach_are_named_and_nothing_is_bound(relief, plan, browser_of):
    Vehicle.objects.update(area_id="371502")
    planning.submit(actor=relief.officer, plan=plan)
    page = browser_of(relief.store.second).post(f"{plan.get_absolute_url()}approve/")
    assert page.status_code == 422
    assert "不在您的管辖范围" in page.content.decode()
    assert "演P-1" in page.content.decode()
    assert not Assignment.objects.exists()
    assert set(plan.waybills.values_list("status", flat=True)) == {"proposed"}
    planning.approve(actor=relief.commander, plan=plan)


def test_nobody_approves_the_own_plan(relief, plan):
    AllocationPlan.objects.filter(pk=plan.pk).update(made_by=relief.commander, status="submitted")
    plan.refresh_from_db()
    with pytest.raises(PermissionDenied, match="另一位"):
        planning.approve(actor=relief.commander, plan=plan)


def test_a_newer_plan_takes_the_place_of_what_was_not_loaded(relief, plan, django_capture_on_commit_callbacks):
    approved(relief, plan)
    with django_capture_on_commit_callbacks(execute=True):
        newer = planning.start_plan(actor=relief.officer, incident=relief.incident, based_on=plan)
    newer.refresh_from_db()
    assert newer.status == "draft", newer.problem
    assert sent(newer) == sent(plan)
    approved(relief, newer)
    plan.refresh_from_db()
    assert plan.status == "superseded"
    assert set(plan.waybills.values_list("status", flat=True)) == {"cancelled"}
    tents = Balance.objects.filter(item=relief.store.tent, depot=relief.store.depot)
    assert {row.place: row.quantity for row in tents} == {"depot": 0, "reserved": 30}
    assert unexplained() == {}


def test_changes_by_hand_are_checked_and_kept(relief, plan):
    waybill = plan.waybills.filter(lines__item=relief.store.water).first()
    line = waybill.lines.get(item=relief.store.water)
    planning.change_waybill(actor=relief.officer, waybill=waybill, quantities={line: 200})
    plan.refresh_from_db()
    assert "30→200" in plan.changes[-1]["what"]
    texts = " ".join(flaw.text for flaw in queries.flaws_of(plan))
    assert "现在可用 100，方案要 200" in texts
    assert "还需 30，方案给 200" in texts
    assert "核定载重" in texts
    with pytest.raises(ValidationError):
        planning.submit(actor=relief.officer, plan=plan)
    with pytest.raises(PermissionDenied):
        planning.change_waybill(actor=relief.field, waybill=waybill, quantities={line: 1})


def test_a_forbidden_link_and_a_fixed_quantity_are_kept(relief, django_capture_on_commit_callbacks):
    wishes = [{"kind": "forbid", "depot": relief.store.depot.pk, "place": "姜店小学"}]
    with django_capture_on_commit_callbacks(execute=True):
        plan = planning.start_plan(actor=relief.officer, incident=relief.incident, wishes=wishes)
    plan.refresh_from_db()
    assert {place for place, _item in sent(plan)} == {"姜店敬老院"}
    assert "人工禁止了有货的库向这里发货" in {row["why"] for row in plan.outcome["unmet"]}


def test_stock_that_went_elsewhere_meanwhile_refuses_the_approval_whole(relief, plan):
    from anlan.areas.supplies.movements.services import send_out

    planning.submit(actor=relief.officer, plan=plan)
    send_out(
        actor=relief.keeper, kind="scrap", depot=relief.store.depot, quantities={relief.store.tents: 5}, reason="破损"
    )
    with pytest.raises(ValidationError, match="现在可用 25，方案要 30"):
        planning.approve(actor=relief.commander, plan=plan)
    plan.refresh_from_db()
    assert plan.status == "submitted"
    assert not Balance.objects.filter(place="reserved", quantity__gt=0).exists()
    assert not Waybill.objects.exclude(status="proposed").exists()


@pytest.mark.parametrize(("agreements", "expected"), [(True, {"D1": 30, "D3": 10}), (False, {"D1": 30})])
def test_agreements_come_after_the_governments_own(relief, agreements, expected, django_capture_on_commit_callbacks):
    far, store = relief.store.far, relief.store
    type(far).objects.filter(pk=far.pk).update(mode="contract")
    lot = make_lot(item=store.tent)
    receive(actor=relief.commander, depot=far, lot=lot, quantity=50, reason="协议储备登记")
    ReliefNeed.objects.filter(item=store.water).delete()
    ReliefNeed.objects.filter(item=store.tent).update(quantity=20)
    with django_capture_on_commit_callbacks(execute=True):
        plan = planning.start_plan(
            actor=relief.officer, incident=relief.incident, with_agreements=agreements, limit_hours=12
        )
    plan.refresh_from_db()
    assert plan.status == "draft", plan.problem
    sums: dict[str, int] = {}
    for one in plan.waybills.select_related("depot"):
        sums[one.depot.code] = sums.get(one.depot.code, 0) + sum(line.quantity for line in one.lines.all())
    assert sums == expected


def test_what_weighs_nobody_knows_what_is_not_put_on_a_truck(relief, django_capture_on_commit_callbacks):
    type(relief.store.tent).objects.filter(pk=relief.store.tent.pk).update(weight_kg=None)
    with django_capture_on_commit_callbacks(execute=True):
        plan = planning.start_plan(actor=relief.officer, incident=relief.incident)
    plan.refresh_from_db()
    assert sent(plan) == {("姜店小学", "W"): 30}
    assert any("没有登记单位重量" in note for note in plan.basis["notes"])
