"""Stock goes to a nearer depot first where that brings more in time, and on from there; every unit stays explained."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.supplies.allocation import delivering, planning, queries
from anlan.areas.supplies.allocation.models import ReliefNeed, Waybill
from anlan.areas.supplies.allocation.requesting import Wanted, state_request
from anlan.areas.supplies.depots.models import Depot
from anlan.areas.supplies.movements.delivering import carried
from anlan.areas.supplies.movements.models import Balance, Place, Slip
from anlan.areas.supplies.movements.queries import under_way, unexplained
from anlan.areas.supplies.movements.services import arrive, outstanding, receive, send_out
from anlan.areas.transport.fleet.models import Vehicle
from anlan.foundation.accounts.models import User
from anlan.foundation.resources.models import Assignment
from anlan.foundation.roads.services import keep_network
from anlan.science.geo.roads.graph import build
from tests.areas.supplies.allocation.conftest import SEATS

pytestmark = pytest.mark.django_db


@pytest.fixture
def scarce(relief, city):
    """All tents lie far away behind slow roads with one big truck; eight villages and eight small trucks are near."""
    keep_network(
        actor="test", area=city, title="慢路", source="测试", is_synthetic=True,
        roads=build(nodes=SEATS, start=[0, 1, 0], end=[1, 2, 2], speed_kmh=[40, 18, 18]),
    )  # fmt: skip
    store = relief.store
    send_out(actor=relief.keeper, kind="scrap", depot=store.depot, quantities={store.tents: 30}, reason="破损")
    receive(actor=relief.commander, depot=store.far, lot=store.tents, quantity=40, reason="采购到货")
    ReliefNeed.objects.all().delete()
    Vehicle.objects.all().delete()
    for n in range(8):
        Vehicle.objects.create(
            code=f"演X-{n}", name="小货车", kind="truck", area_id="371526", capacity="载重 1 吨", lon=SEATS[0][0],
            lat=SEATS[0][1],
        )  # fmt: skip
    Vehicle.objects.create(
        code="演D-1",
        name="大货车",
        kind="truck",
        area_id="371503",
        capacity="载重 10 吨",
        lon=SEATS[2][0],
        lat=SEATS[2][1],
    )
    state_request(
        actor=relief.officer, incident=relief.incident, area=relief.town,
        wanted=[
            Wanted(area=relief.town, place=f"{n}村", item=store.tent, quantity=5, people=60, lon=116.235 + n * 0.004,
                   lat=36.8557 - n * 0.00343)
            for n in range(8)
        ],
    )  # fmt: skip
    return relief


@pytest.fixture
def make(scarce, django_capture_on_commit_callbacks):
    def made(**asked):
        asked = {"limit_hours": 4.5} | asked
        with django_capture_on_commit_callbacks(execute=True):
            plan = planning.start_plan(actor=scarce.officer, incident=scarce.incident, **asked)
        plan.refresh_from_db()
        assert plan.status == "draft", plan.problem
        return plan

    return made


def missing(plan) -> int:
    return sum(row["missing"] for row in plan.outcome["unmet"])


def approved(scarce, plan):
    planning.submit(actor=scarce.officer, plan=plan)
    return planning.approve(actor=scarce.commander, plan=plan)


def drive(scarce, waybill, who=None) -> Waybill:
    waybill.refresh_from_db()
    picked = carried(waybill.slip, Place.RESERVED)
    delivering.check_load(actor=who or scarce.commander, waybill=waybill, picked=picked)
    return delivering.depart(actor=who or scarce.commander, waybill=waybill)


def test_a_transfer_is_proposed_where_it_brings_more_in_time(scarce, make, monkeypatch):
    plan = make()
    transfer = plan.waybills.get(to_depot__isnull=False)
    assert (transfer.depot, transfer.to_depot) == (scarce.store.far, scarce.store.depot)
    assert "大货车" in transfer.truck
    onward = list(plan.waybills.filter(after=transfer))
    assert {one.depot for one in onward} == {scarce.store.depot}
    assert all(one.load_at >= transfer.unloaded_at for one in onward)
    assert all(one.unloaded_at <= plan.due_at for one in onward)
    assert sum(line.quantity for one in onward for line in one.lines.all()) <= transfer.lines.get().quantity
    assert not [flaw for flaw in queries.flaws_of(plan) if flaw.is_hard]
    assert plan.outcome["transfers"][0]["to"] == scarce.store.depot.name
    monkeypatch.setattr("anlan.areas.supplies.allocation.transferring.MOST", 0)
    without = make()
    assert not without.waybills.filter(to_depot__isnull=False).exists()
    assert missing(plan) < missing(without)


def test_what_the_other_depot_takes_in_is_sent_on(scarce, make):
    plan = approved(scarce, make())
    store = scarce.store
    transfer = plan.waybills.get(to_depot__isnull=False)
    onward = plan.waybills.filter(after=transfer)
    assert set(onward.values_list("status", flat=True)) == {"waiting"}
    slip = transfer.slip
    assert (slip.kind, slip.to_depot, slip.is_under_way) == (Slip.Kind.TRANSFER, store.depot, False)
    with pytest.raises(ValidationError, match="不能这样办理"):
        delivering.check_load(actor=scarce.keeper, waybill=onward.first(), picked={})
    drive(scarce, transfer)
    slip.refresh_from_db()
    assert slip.is_under_way
    assert slip in under_way(scarce.keeper)
    assert Balance.objects.get(place="transit", quantity__gt=0).depot == store.depot
    with pytest.raises(ValidationError, match="调入库"):
        delivering.receive(actor=scarce.officer, waybill=transfer, received={}, receiver="某")
    with pytest.raises(PermissionDenied):
        arrive(actor=scarce.field, slip=slip, quantities=outstanding(slip))
    arrive(actor=scarce.keeper, slip=slip, quantities=outstanding(slip))
    transfer.refresh_from_db()
    assert (transfer.status, transfer.lines.get().received) == ("received", transfer.lines.get().quantity)
    assert set(onward.values_list("status", flat=True)) == {"to_load"}
    for one in onward.order_by("load_at", "stop"):
        one.refresh_from_db()
        if one.status == "to_load":
            one = drive(scarce, one, scarce.keeper)
        lines = {line: (line.loaded, 0) for line in one.lines.all()}
        delivering.receive(actor=scarce.officer, waybill=one, received=lines, receiver="张村长", how="phone")
    assert unexplained() == {}
    assert Assignment.objects.get(ledger=transfer.ledger, object_id=transfer.vehicle).status == "released"


def test_what_arrives_short_goes_to_fewer(scarce, make):
    plan = approved(scarce, make())
    transfer = plan.waybills.get(to_depot__isnull=False)
    drive(scarce, transfer)
    planned = sum(line.quantity for one in plan.waybills.filter(after=transfer) for line in one.lines.all())
    slip = Slip.objects.get(pk=transfer.slip_id)
    arrive(actor=scarce.keeper, slip=slip, quantities={scarce.store.tents: planned - 7}, reason="途中雨淋")
    onward = plan.waybills.filter(after=transfer)
    assert sum(line.quantity for one in onward for line in one.lines.all()) == planned - 7
    assert set(onward.values_list("status", flat=True)) == {"to_load", "cancelled"}
    assert unexplained() == {}


def test_without_the_transfer_nothing_waits_for_it(scarce, make, django_capture_on_commit_callbacks):
    plan = approved(scarce, make())
    transfer = plan.waybills.get(to_depot__isnull=False)
    delivering.cancel(actor=scarce.officer, waybill=transfer, reason="桥断")
    assert set(plan.waybills.filter(after=transfer).values_list("status", flat=True)) == {"cancelled"}
    assert unexplained() == {}
    again = approved(scarce, make())
    third = approved(scarce, make())
    assert set(again.waybills.values_list("status", flat=True)) == {"cancelled"}
    transfer = third.waybills.get(to_depot__isnull=False)
    drive(scarce, transfer)
    delivering.turn_back(actor=scarce.commander, waybill=transfer, reason="路断")
    assert set(third.waybills.filter(after=transfer).values_list("status", flat=True)) == {"cancelled"}
    assert Balance.objects.get(lot=scarce.store.tents, place="depot", depot=scarce.store.far).quantity == 40
    assert unexplained() == {}


def test_a_person_has_stock_moved_ahead(scarce, make, browser_of):
    store = scarce.store
    wish = {"kind": "move", "depot": store.far.pk, "to_depot": store.depot.pk, "place": "", "item": store.tent.pk,
            "quantity": 12, "by": "值班员甲"}  # fmt: skip
    plan = make(wishes=[wish], limit_hours=12)
    transfer = plan.waybills.get(to_depot__isnull=False)
    assert transfer.lines.get().quantity == 12
    assert missing(plan) == 0
    page = browser_of(scarce.officer).get(plan.get_absolute_url()).content.decode()
    assert "先从茌平区储备库调拨到高唐县储备库" in page
    where = f"{plan.get_absolute_url()}wish/"
    half = browser_of(scarce.officer).post(where, {"kind": "move", "depot": store.far.pk})
    assert half.status_code == 422
    assert "调入库" in half.content.decode()
    assert Depot.objects.get(pk=store.depot.pk).is_open


def test_taking_in_is_not_held_up_by_what_was_planned(scarce, make):
    plan = approved(scarce, make())
    transfer = plan.waybills.get(to_depot__isnull=False)
    drive(scarce, transfer)
    User.objects.filter(pk=scarce.commander.pk).update(is_active=False)
    slip = Slip.objects.get(pk=transfer.slip_id)
    arrive(actor=scarce.keeper, slip=slip, quantities=outstanding(slip))
    onward = plan.waybills.filter(after=transfer)
    assert set(onward.values_list("status", flat=True)) == {"waiting"}
    assert all("请重编方案" in one.remark for one in onward)
    there = Balance.objects.get(lot=scarce.store.tents, place="depot", depot=scarce.store.depot)
    assert there.quantity == transfer.lines.get().quantity
    assert unexplained() == {}
