"""Many people spend the same money at once, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.donations.queries import summary
from anlan.areas.supplies.donations.services import correct, record_money, record_use
from anlan.foundation.accounts.models import Department

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


def test_more_is_never_used_than_given(store):
    common = {
        "actor": store.county, "department": Department.objects.get(code="371526-yjj"), "party": "某单位",
        "happened_on": timezone.localdate(), "document": "X",
    }  # fmt: skip
    record_money(amount=Decimal(1000), **common)
    mistaken = record_money(amount=Decimal(400), **common)
    spending = [lambda: record_use(amount=Decimal(400), purpose="购买棉被", **common)] * 4
    undoing = [lambda: correct(actor=store.county, entry=mistaken, reason="重复登记")] * 2
    outcomes = at_once(*spending, *undoing)
    sums = summary(Entry.objects.all())
    assert outcomes.count("done") == 3
    assert sums.balance == 200
    assert Entry.objects.filter(corrects=mistaken).count() <= 1
