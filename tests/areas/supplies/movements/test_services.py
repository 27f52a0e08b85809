"""Every quantity is explained: two sides, a reason, a name; what is undone is undone by a counter-movement."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.areas.supplies.movements.models import Balance, Lot, Movement, Slip
from anlan.areas.supplies.movements.queries import holdings, proposal, unexplained
from anlan.areas.supplies.movements.services import (
    arrive,
    inspect_lot,
    make_lot,
    outstanding,
    receive,
    reverse_slip,
    send_out,
    sign,
    take_back,
)
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.audit.models import AppendOnly, AuditEntry
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.models import Assignment, ResourceRequest
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def at(lot, depot, place="depot") -> int:
    return Balance.objects.filter(lot=lot, depot=depot, place=place).values_list("quantity", flat=True).first() or 0


def issue(store, quantities, **fields):
    fields = {"actor": store.keeper, "reason": "抢险", "approver": "李局长", "kind": "issue"} | fields
    return send_out(depot=store.depot, quantities=quantities, **fields)


def test_a_receipt_makes_a_lot_whose_end_follows_from_the_shelf_life(store):
    slip = receive(
        actor=store.keeper, depot=store.depot, item=store.water, quantity=5, reason="捐赠", batch="B7",
        produced_on=store.today, bin="A-1",
    )  # fmt: skip
    lot = slip.movements.get().lot
    assert lot.expires_on == store.today + timedelta(days=365)
    assert slip.code.startswith("RK")
    movement = slip.movements.get()
    assert (movement.source, movement.target, movement.target_depot) == ("supplier", "depot", store.depot)
    assert (movement.made_by, movement.reason) == ("仓管乙", "捐赠")
    assert Balance.objects.get(lot=lot).bin == "A-1"
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details["lines"]) == ("stock.receipt", [f"{lot.code} 5 supplier→depot"])


def test_no_stock_below_zero_and_nothing_half_done(store):
    before = Slip.objects.count()
    with pytest.raises(ValidationError, match=r"现有 40 箱，不够 41 箱"):
        issue(store, {store.tents: 3, store.early: 41})
    assert (at(store.tents, store.depot), at(store.early, store.depot)) == (30, 40)
    assert Slip.objects.count() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.filter(lot=store.early).update(quantity=-1)


def test_the_journal_and_the_balances_are_not_for_hands(store):
    movement, balance = Movement.objects.first(), Balance.objects.first()
    for refused in (movement.save, movement.delete, balance.save, balance.delete):
        with pytest.raises(AppendOnly):
            refused()


def test_an_issue_by_word_of_mouth_is_signed_by_a_second_person_in_a_day(store):
    slip = issue(store, {store.early: 4})
    clock = clocks_of(slip).get()
    assert clock.due_at - clock.started_at == timedelta(hours=24)
    assert clock.rule == "supplies.verbal_approval@1"
    with pytest.raises(PermissionDenied):
        sign(actor=store.keeper, slip=slip)
    own = issue(store, {store.early: 1}, actor=store.people["department"])
    with pytest.raises(ValidationError, match="不能给自己补签"):
        sign(actor=store.people["department"], slip=own)
    sign(actor=store.second, slip=slip)
    slip.refresh_from_db()
    assert slip.signed_by == store.second
    assert not clocks_of(slip).get().is_running
    with pytest.raises(ValidationError, match="已经补签"):
        sign(actor=store.second, slip=slip)


def test_an_issue_needs_an_assignment_or_a_name(store):
    with pytest.raises(ValidationError) as problem:
        issue(store, {store.early: 1}, approver="")
    assert "approver" in problem.value.message_dict


def test_an_issue_for_an_incident_stands_on_its_timeline(store, incident):
    request = ResourceRequest.objects.create(
        incident=incident, kind="depot", what="帐篷", quantity=1, requested_by="甲"
    )
    assignment = Assignment.objects.create(
        request=request, ledger="depots", object_id=store.depot.pk, title="高唐县储备库", assigned_by="甲",
        assigned_at=timezone.now(),
    )  # fmt: skip
    slip = issue(store, {store.tents: 5}, assignment=assignment, approver="")
    assert slip.incident == incident
    assert not slip.waits_for_signature
    assert f"帐篷 5 顶（{slip.code}）" in incident.timeline.latest("pk").text
    with pytest.raises(ValidationError, match="不是派给本库"):
        send_out(
            actor=store.county, kind="issue", depot=store.other, quantities={store.tents: 1}, reason="x",
            assignment=assignment,
        )  # fmt: skip


def test_what_has_expired_or_is_unfit_is_not_issued_but_scrapped(store):
    Lot.objects.filter(pk=store.early.pk).update(expires_on=store.today - timedelta(days=1))
    store.early.refresh_from_db()
    with pytest.raises(ValidationError, match="已过期"):
        issue(store, {store.early: 1})
    assert proposal(store.depot, store.water, 70) == ([(store.late.pk, 60)], 10)
    issue(store, {store.early: 40}, kind="scrap", approver="")
    inspect_lot(actor=store.keeper, lot=store.tents, fitness="unfit", inspected_on=store.today, inspection="霉变")
    store.tents.refresh_from_db()
    with pytest.raises(ValidationError, match="检验不合格"):
        issue(store, {store.tents: 1})


def test_a_transfer_is_in_transit_until_it_arrives_and_losses_say_why(store):
    slip = issue(store, {store.early: 10, store.tents: 2}, kind="transfer", to_depot=store.other, approver="")
    assert (at(store.early, store.depot), at(store.early, store.other, "transit")) == (30, 10)
    assert at(store.early, store.other) == 0
    with pytest.raises(PermissionDenied):
        arrive(actor=store.keeper, slip=slip, quantities={store.early: 10, store.tents: 2})
    with pytest.raises(ValidationError, match="不能接收 11"):
        arrive(actor=store.county, slip=slip, quantities={store.early: 11})
    with pytest.raises(ValidationError, match="写明原因"):
        arrive(actor=store.county, slip=slip, quantities={store.early: 9, store.tents: 2})
    arrive(actor=store.county, slip=slip, quantities={store.early: 9, store.tents: 2}, reason="途中破损一箱")
    assert (at(store.early, store.other), at(store.early, store.other, "transit")) == (9, 0)
    assert Movement.objects.get(target="difference").reason == "途中破损一箱"
    with pytest.raises(ValidationError, match="已经接收"):
        arrive(actor=store.county, slip=slip, quantities={store.early: 9})
    assert unexplained() == {}


def test_an_arrived_transfer_is_reversed_step_by_step(store):
    slip = issue(store, {store.early: 10}, kind="transfer", to_depot=store.other, approver="", actor=store.county)
    arrive(actor=store.county, slip=slip, quantities={store.early: 8}, reason="丢失两箱")
    reverse_slip(actor=store.county, slip=slip, reason="发错")
    assert (at(store.early, store.depot), at(store.early, store.other), at(store.early, store.other, "transit")) == (
        40, 0, 0,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="已经冲销"):
        reverse_slip(actor=store.county, slip=slip, reason="再来")
    assert unexplained() == {}


def test_a_loan_comes_back_in_parts_and_never_more_than_was_lent(store):
    slip = issue(store, {store.tents: 6}, kind="loan", party="县水利局", approver="")
    assert at(store.tents, store.depot, "loan") == 6
    first = take_back(actor=store.keeper, slip=slip, quantities={store.tents: 4}, reason="用完归还")
    assert outstanding(slip) == {store.tents: 2}
    with pytest.raises(ValidationError, match="还有 2 没有归还"):
        take_back(actor=store.keeper, slip=slip, quantities={store.tents: 3}, reason="归还")
    with pytest.raises(ValidationError, match="已有后续单据"):
        reverse_slip(actor=store.keeper, slip=slip, reason="误借")
    reverse_slip(actor=store.keeper, slip=first, reason="记错")
    assert outstanding(slip) == {store.tents: 6}
    reverse_slip(actor=store.keeper, slip=slip, reason="误借")
    assert at(store.tents, store.depot) == 30
    with pytest.raises(ValidationError, match="还有 0 没有归还"):
        take_back(actor=store.keeper, slip=slip, quantities={store.tents: 1}, reason="归还")


def test_an_issue_that_is_used_cannot_come_back_twice(store):
    slip = issue(store, {store.tents: 6})
    take_back(actor=store.keeper, slip=slip, quantities={store.tents: 6}, reason="未使用")
    with pytest.raises(ValidationError):
        take_back(actor=store.keeper, slip=slip, quantities={store.tents: 1}, reason="未使用")


def test_the_same_submission_counts_once(store):
    first, again = (issue(store, {store.tents: 3}, key="abc") for _ in range(2))
    assert first == again
    assert at(store.tents, store.depot) == 27


def test_a_reversed_issue_no_longer_waits_for_a_signature(store):
    slip = issue(store, {store.tents: 3})
    reverse_slip(actor=store.keeper, slip=slip, reason="误操作")
    assert not clocks_of(slip).get().is_running
    assert clocks_of(slip).get().cancelled_at


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reason": " "}, "reason"),
        ({"kind": "transfer", "approver": ""}, "to_depot"),
        ({"kind": "loan", "approver": ""}, "party"),
        ({"kind": "count"}, "kind"),
    ],
)
def test_a_slip_that_lacks_something_names_it(store, fields, named):
    with pytest.raises(ValidationError) as problem:
        issue(store, {store.tents: 1}, **fields)
    assert named in problem.value.message_dict


@pytest.mark.parametrize("quantities", [{}, {"tents": 0}, {"tents": -1}])
def test_a_quantity_is_a_positive_number(store, quantities):
    with pytest.raises(ValidationError):
        issue(store, {getattr(store, name): n for name, n in quantities.items()})
    assert at(store.tents, store.depot) == 30


def test_a_lot_does_not_end_before_it_began(store):
    with pytest.raises(ValidationError, match="有效期不能早于生产日期"):
        make_lot(item=store.water, produced_on=store.today, expires_on=store.today - timedelta(days=1))


def test_only_the_own_depots(store):
    for actor, depot in ((store.keeper, store.other), (store.county, store.far)):
        with pytest.raises(PermissionDenied):
            receive(actor=actor, depot=depot, item=store.tent, quantity=1, reason="x")
    for role in ("duty_officer", "analyst", "enterprise", "warehouse"):
        with pytest.raises(PermissionDenied):
            receive(actor=store.people[role], depot=store.depot, item=store.tent, quantity=1, reason="x")


def test_a_bureau_that_does_not_stand_above_the_keeping_unit_only_looks(store):
    schools = Department.objects.create(code="jyj", name="市教育局", area_id="371500")
    post = Post.objects.create(department=schools, title="联络员", role="department")
    liaison = make_user(username="jyj", full_name="教育丁", password=PASSWORD, department=schools, posts=[post])
    assert ledger("depots").rows(liaison).filter(pk=store.depot.pk).exists()
    with pytest.raises(PermissionDenied, match="不归您管理"):
        receive(actor=liaison, depot=store.depot, item=store.tent, quantity=1, reason="x")
    slip = issue(store, {store.tents: 1})
    with pytest.raises(PermissionDenied, match="不归您管理"):
        sign(actor=liaison, slip=slip)
    assert sign(actor=store.people["department"], slip=slip).signed_at


def test_a_receipt_that_replaces_what_was_rotated_names_it(store):
    rotated = issue(store, {store.early: 40}, kind="rotation", approver="", party="批发市场")
    made = receive(
        actor=store.keeper, depot=store.depot, item=store.water, quantity=40, reason="轮换补库", origin=rotated
    )
    assert list(rotated.answers.all()) == [made]
    with pytest.raises(ValidationError, match="已有后续单据"):
        reverse_slip(actor=store.keeper, slip=rotated, reason="误轮换")


def test_a_depots_holdings_by_item_with_the_colour_of_their_end(store):
    water = next(row for row in holdings(store.depot) if row.item == store.water)
    assert water.quantity == 100
    assert [(row.lot, row.level) for row in water.balances] == [(store.early, "red"), (store.late, "")]
