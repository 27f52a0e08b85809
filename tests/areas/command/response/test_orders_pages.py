"""The board and the page of an order: search by words, clocks with their source, parts that refresh themselves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.areas.command.response.models import Order
from anlan.areas.command.response.services.orders import add_order


@pytest.fixture
def orders(people, flood) -> list[Order]:
    return [
        add_order(
            actor=people["commander"], incident=flood, department=people["county"].department, title=title,
            place=place, due_at=timezone.now() + timedelta(hours=3),
        )
        for title, place in (("转移低洼村群众", "姜店村"), ("巡查堤防", "徒骇河右岸"))
    ]  # fmt: skip


def shown(client, **asked) -> list[str]:
    columns = client.get(reverse("response:orders"), asked).context["columns"]
    return sorted(order.title for column in columns for order in column[3])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ["巡查堤防", "转移低洼村群众"]),
        ("姜店", ["转移低洼村群众"]),
        ("徒骇河 堤防", ["巡查堤防"]),
        ("徒骇河 姜店", []),
    ],
)
def test_the_board_is_searched_by_words(client_of, orders, text, titles):
    assert shown(client_of("duty_officer"), text=text) == titles


def test_the_board_of_another_county_is_empty(client_of, orders, people):
    assert shown(client_of("duty_officer"), county="371526")
    assert shown(client_of("duty_officer"), county="371581") == []
    assert len(shown(client_of("duty_officer"), county="x")) == 2
    assert shown(client_of("enterprise")) == []


def test_an_order_shows_its_clocks_until_it_is_taken_back(client_of, orders):
    page = reverse("response:order", args=[orders[0].pk])
    county = client_of("county")
    assert [clock.title for clock in county.get(page).context["clocks"]] == [
        "签收：转移低洼村群众",
        "完成：转移低洼村群众",
    ]
    assert f"anlan:OrderChanged:order-{orders[0].pk} from:window" in county.get(page).content.decode()
    client_of("commander").post(reverse("response:order_cancel", args=[orders[0].pk]), {"cancel-reason": "重复"})
    assert not county.get(page).context["clocks"]


def test_only_who_leads_an_incident_is_offered_to_give_and_remind(client_of, orders, flood):
    board, add = f"{reverse('response:orders')}?incident={flood.pk}", reverse("response:order_add", args=[flood.pk])
    assert add in client_of("commander").get(board).content.decode()
    assert add not in client_of("county").get(board).content.decode()
    assert client_of("county").get(add).status_code in (403, 404)
