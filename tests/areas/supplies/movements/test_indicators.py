"""The plan's numbers about supplies: none where nothing is known, and only what is usable and kept counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.supplies.depots.models import Item, Norm, PurchasePlan
from anlan.areas.supplies.movements.indicators import (
    living_supplies_norm,
    supply_process_online,
    supply_purchase_plans,
    urgent_supplies_met,
)
from anlan.areas.supplies.movements.models import Lot
from anlan.areas.supplies.movements.services import receive

pytestmark = pytest.mark.django_db


def test_living_supplies_against_the_norm(store):
    Norm.objects.create(code="N1", area_id="371526", item=store.tent, quantity=30)
    Norm.objects.create(code="N2", area_id="371526", item=store.water, quantity=100)
    now = timezone.now()
    assert living_supplies_norm("371526", now).value == 100
    Lot.objects.filter(pk=store.early.pk).update(expires_on=store.today - timedelta(days=1))
    assert (living_supplies_norm("371526", now).value, living_supplies_norm("371526", now).samples) == (50, 2)
    Lot.objects.filter(pk=store.tents.pk).update(fitness="unfit")
    assert living_supplies_norm("371526", now).value == 0


def test_urgent_supplies_are_unknown_without_norms(store):
    now = timezone.now()
    assert urgent_supplies_met("371500", now).value is None
    boat = Item.objects.create(code="B", name="冲锋舟", unit="艘", gb_code="2070000", group="2.2", need="search")
    Norm.objects.create(code="N1", area_id="371526", item=boat, quantity=2)
    assert urgent_supplies_met("371500", now).value == 0
    receive(actor=store.keeper, depot=store.depot, item=boat, quantity=2, reason="采购")
    assert urgent_supplies_met("371500", now).value == 100


def test_only_adopted_plans_of_this_year_or_the_next_count(store):
    now = timezone.now()
    assert supply_purchase_plans("371500", now).value == 0
    year = timezone.localdate().year
    for number, (area, ahead, adopted) in enumerate(
        [("371526", 1, store.today), ("371502", 1, None), ("371503", -1, store.today), ("371526", 0, store.today)]
    ):
        PurchasePlan.objects.create(
            code=f"P{number}", title="计划", year=year + ahead, area_id=area, adopted_on=adopted
        )
    measure = supply_purchase_plans("371500", timezone.now())
    assert (measure.value, measure.samples) == (20.0, 5)


def test_a_depot_counts_when_something_came_or_went(store):
    measure = supply_process_online("371500", timezone.now())
    assert (measure.value, measure.samples) == (33.3, 3)
    assert supply_process_online("371502", timezone.now()).value is None
