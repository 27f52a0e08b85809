"""Many people take from one lot at once, each on a connection of their own, on whichever database the tests run on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from anlan.areas.supplies.movements.models import Balance, Slip
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.supplies.movements.services import arrive, send_out, take_back

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls) -> list[str]:
    """Run the calls at the same moment; "done" or "refused" of each."""
    barrier = Barrier(len(calls))

    def run(call) -> str:
        try:
            barrier.wait(10)
            call()
        except ValidationError:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def issuing(store, quantities, kind="issue", **fields):
    return lambda: send_out(
        actor=store.county,
        kind=kind,
        depot=store.depot,
        quantities=quantities,
        reason="抢险",
        approver="局长",
        **fields,
    )


def test_two_people_cannot_issue_the_same_boxes(store):
    outcomes = at_once(*[issuing(store, {store.early: 9})] * 6)
    assert sorted(outcomes) == ["done"] * 4 + ["refused"] * 2
    assert Balance.objects.get(lot=store.early, place="depot").quantity == 4
    assert Slip.objects.filter(kind="issue").count() == 4
    assert unexplained() == {}


def test_slips_that_name_the_same_lots_in_other_orders_do_not_wait_for_each_other(store):
    there = {store.early: 2, store.tents: 2}
    back = {store.tents: 2, store.early: 2}
    calls = [issuing(store, there), issuing(store, back)] * 3
    calls += [issuing(store, back, "transfer", to_depot=store.other), issuing(store, there, "loan", party="水利局")]
    assert at_once(*calls) == ["done"] * 8
    assert Balance.objects.get(lot=store.tents, place="depot").quantity == 30 - 16
    assert unexplained() == {}


def test_a_transfer_arrives_once_and_a_loan_returns_once(store):
    sent = issuing(store, {store.early: 10}, "transfer", to_depot=store.other)()
    lent = issuing(store, {store.tents: 10}, "loan", party="水利局")()

    def arriving():
        arrive(actor=store.county, slip=sent, quantities={store.early: 10})

    def returning():
        take_back(actor=store.county, slip=lent, quantities={store.tents: 10}, reason="归还")

    outcomes = at_once(arriving, returning, arriving, returning)
    assert sorted(outcomes) == ["done", "done", "refused", "refused"]
    assert Balance.objects.get(lot=store.early, depot=store.other, place="depot").quantity == 10
    assert Balance.objects.get(lot=store.tents, place="depot").quantity == 30
    assert unexplained() == {}
