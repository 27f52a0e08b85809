"""A stock-take is counted by one person and approved by another; only its difference moves the books."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from anlan.areas.supplies.movements.counting import decide, enter, open_count, submit
from anlan.areas.supplies.movements.models import Balance, Movement
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.supplies.movements.services import receive, send_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def count(store):
    return open_count(actor=store.keeper, depot=store.depot)


def test_a_difference_is_explained_and_approved_by_a_second_person(store, count):
    assert open_count(actor=store.keeper, depot=store.depot) == count
    enter(actor=store.keeper, count=count, lot=store.early, counted=38)
    enter(actor=store.keeper, count=count, lot=store.tents, counted=31, reason="上次漏记")
    with pytest.raises(ValidationError, match=store.early.code):
        submit(actor=store.keeper, count=count)
    enter(actor=store.keeper, count=count, lot=store.early, counted=38, reason="破损两箱")
    submit(actor=store.keeper, count=count)
    receive(actor=store.keeper, depot=store.depot, lot=store.early, quantity=10, reason="到货")
    with pytest.raises(PermissionDenied):
        decide(actor=store.keeper, count=count, approves=True)
    made = decide(actor=store.second, count=count, approves=True)
    assert Balance.objects.get(lot=store.early, place="depot").quantity == 48
    assert Balance.objects.get(lot=store.tents, place="depot").quantity == 31
    assert made.slip.signed_by == store.second
    assert {(m.source, m.target, m.quantity) for m in made.slip.movements.all()} == {
        ("depot", "difference", 2), ("difference", "depot", 1),
    }  # fmt: skip
    assert unexplained() == {}
    with pytest.raises(ValidationError, match="已经审批"):
        decide(actor=store.second, count=count, approves=True)


def test_whoever_counted_does_not_approve(store):
    count = open_count(actor=store.second, depot=store.depot)
    enter(actor=store.second, count=count, lot=store.tents, counted=30)
    submit(actor=store.second, count=count)
    with pytest.raises(ValidationError, match="盘点人不能审批"):
        decide(actor=store.second, count=count, approves=True)
    assert decide(actor=store.county, count=count, approves=True).slip is None


def test_a_sheet_that_is_sent_back_is_counted_again(store, count):
    enter(actor=store.keeper, count=count, lot=store.tents, counted=1, reason="？")
    submit(actor=store.keeper, count=count)
    with pytest.raises(ValidationError, match="已经提交"):
        enter(actor=store.keeper, count=count, lot=store.tents, counted=30)
    with pytest.raises(ValidationError, match="退回请写明原因"):
        decide(actor=store.second, count=count, approves=False)
    before = Movement.objects.count()
    decide(actor=store.second, count=count, approves=False, remark="请重盘帐篷")
    assert Movement.objects.count() == before
    enter(actor=store.keeper, count=count, lot=store.tents, counted=30)
    assert submit(actor=store.keeper, count=count).status == "submitted"


def test_an_empty_sheet_and_foreign_hands_are_refused(store, count):
    with pytest.raises(ValidationError, match="还没有填写"):
        submit(actor=store.keeper, count=count)
    with pytest.raises(PermissionDenied):
        enter(actor=store.people["warehouse"], count=count, lot=store.tents, counted=1)


def test_a_shortage_that_would_go_below_zero_is_counted_again(store, count):
    enter(actor=store.keeper, count=count, lot=store.tents, counted=20, reason="短少")
    submit(actor=store.keeper, count=count)
    send_out(
        actor=store.keeper,
        kind="issue",
        depot=store.depot,
        quantities={store.tents: 25},
        reason="抢险",
        approver="李局长",
    )
    with pytest.raises(ValidationError, match="盘点以后又有出库"):
        decide(actor=store.second, count=count, approves=True)
    count.refresh_from_db()
    assert count.status == "submitted"
    assert Balance.objects.get(lot=store.tents, place="depot").quantity == 5
    assert unexplained() == {}
    decide(actor=store.second, count=count, approves=False, remark="重盘")
