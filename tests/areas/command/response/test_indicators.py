"""The numbers of the action plan that orders and plans yield: known only from records, exercises left out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.command.response.models import ActionCard, Order, Plan
from anlan.areas.command.response.services import activations
from anlan.areas.command.response.services.orders import mark_overdue_orders, report_on_order
from anlan.foundation.indicators.registry import indicators

CITY, NOTHING = "371500", (None, 0)


def measure(code: str, area: str = CITY) -> tuple[float | None, int]:
    found = indicators()[code].compute(area, timezone.now())
    return found.value, found.samples


@pytest.fixture
def sent(people, flood, plan) -> list[Order]:
    made = activations.propose_activation(
        actor=people["duty_officer"], incident=flood, plan=plan, level="II", reason="会商意见"
    )
    return activations.confirm_activation(actor=people["commander"], activation=made)


@pytest.mark.parametrize(
    "code",
    ["command.orders_received", "command.orders_in_time", "medical_rescue_hours"],
)  # fmt: skip
def test_without_orders_nothing_is_known(city, code):
    assert measure(code) == NOTHING


def test_receipt_and_completion_count_once_they_are_due(people, sent):
    assert measure("command.orders_received") == NOTHING
    mine = [order for order in sent if order.department_id == people["county"].department_id]
    for order in mine[:2]:
        report_on_order(actor=people["county"], order=order, verb="acknowledge")
    assert measure("command.orders_received") == (100.0, 2)
    rest = Order.objects.exclude(pk__in=[order.pk for order in mine[:2]])
    past = timezone.now() - timedelta(minutes=1)
    rest.filter(pk=mine[2].pk).update(acknowledge_by=past, due_at=past, is_continuous=False)
    mark_overdue_orders()
    assert measure("command.orders_received") == (66.7, 3)
    assert measure("command.orders_in_time") == (0.0, 1)
    assert measure("command.orders_received", "371502") == NOTHING


@pytest.mark.parametrize(("code", "value"), [("medical_rescue_hours", 6.0)])
def test_a_card_measures_the_target_that_it_names(sent, code, value):
    now = timezone.now()
    rows = Order.objects.filter(card__target=code)
    assert rows.exists()
    rows.update(sent_at=now - timedelta(hours=6), done_at=now, status="done")
    assert measure(code) == (value, rows.count())
    rows.update(is_exercise=True)
    assert measure(code) == NOTHING


def test_plans_count_once_filed_and_cards_once_checked(plan):
    n = Plan.objects.filter(status="published").count()
    assert measure("command.plans_filed") == (0.0, n)
    Plan.objects.update(filed_at=timezone.localdate())
    ActionCard.objects.update(is_checked=True)
    assert measure("command.plans_filed") == (100.0, n)
    assert measure("command.cards_checked")[0] == 100.0
