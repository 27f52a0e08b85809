"""Whatever happens in whatever order, the balances are the sum of the journal and never below zero."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.areas.supplies.movements.counting import decide, enter, open_count, submit
from anlan.areas.supplies.movements.models import HELD, Balance, Movement, Slip
from anlan.areas.supplies.movements.queries import unexplained
from anlan.areas.supplies.movements.services import arrive, receive, reverse_slip, send_out, take_back
from anlan.cli import main

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["receipt", "issue", "transfer", "loan", "rotation", "scrap", "arrive", "return", "reverse", "count"]
        ),
        st.integers(0, 2),  # which lot
        st.booleans(),  # from the first depot or the second
        st.integers(0, 80),  # how many
        st.integers(0, 9),  # which of the slips so far
    ),
    max_size=14,
)


def play(store, verb: str, lot, is_first: bool, quantity: int, pick: int) -> None:
    actor, reason = store.county, "试验"
    depot, other = (store.depot, store.other) if is_first else (store.other, store.depot)
    slips = list(Slip.objects.order_by("pk"))
    slip = slips[pick % len(slips)]
    if verb == "receipt":
        receive(actor=actor, depot=depot, lot=lot, quantity=quantity, reason=reason)
    elif verb == "arrive":
        transfers = [one for one in slips if one.kind == "transfer"]
        if transfers:
            slip = transfers[pick % len(transfers)]
            arrive(
                actor=actor, slip=slip, quantities={m.lot: m.quantity // 2 for m in slip.movements.all()}, reason="少"
            )
    elif verb == "return":
        given = [one for one in slips if one.kind in ("issue", "loan")]
        if given:
            take_back(actor=actor, slip=given[pick % len(given)], quantities={lot: quantity}, reason=reason)
    elif verb == "reverse":
        reverse_slip(actor=actor, slip=slip, reason=reason)
    elif verb == "count":
        count = open_count(actor=actor, depot=depot)
        enter(actor=actor, count=count, lot=lot, counted=quantity, reason="实盘")
        submit(actor=actor, count=count)
        decide(actor=store.second, count=count, approves=True)
    else:
        send_out(
            actor=actor, kind=verb, depot=depot, quantities={lot: quantity}, reason=reason, approver="局长", party="单位",
            to_depot=other if verb == "transfer" else None,
        )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_balances_are_the_sum_of_the_journal(store, steps):
    lots = [store.early, store.late, store.tents]
    with transaction.atomic():
        for verb, lot, is_first, quantity, pick in steps:
            before = Movement.objects.count()
            try:
                play(store, verb, lots[lot], is_first, quantity, pick)
            except (ValidationError, PermissionDenied):
                if verb != "count":
                    assert Movement.objects.count() == before, "a refused step leaves nothing behind"
            assert unexplained() == {}
            assert not Balance.objects.filter(quantity__lt=0).exists()
        for lot in lots:  # nothing appears or vanishes: what came in from outside is held or went out
            came = lot.movements.exclude(source__in=HELD).aggregate(n=Sum("quantity"))["n"] or 0
            went = lot.movements.exclude(target__in=HELD).aggregate(n=Sum("quantity"))["n"] or 0
            assert came - went == lot.balances.aggregate(n=Sum("quantity"))["n"]
        transaction.set_rollback(True)


def test_a_balance_that_was_tampered_with_is_found(store, capsys):
    assert main(["stock-verify"]) == 0
    assert capsys.readouterr().out.endswith(" balances checked, 0 problems\n")
    Balance.objects.filter(lot=store.tents).update(quantity=31)
    assert unexplained() == {(store.tents.pk, "depot", store.depot.pk): (31, 30)}
    assert main(["stock-verify"]) == 1
    told = capsys.readouterr().out
    assert f"{store.tents.code} " in told
    assert "the balance is 31, its movements sum to 30" in told
