"""Two depots of 高唐县 and one of 茌平区, an item that ages and one that does not, a keeper and two officers."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements.services import make_lot, receive
from anlan.foundation.accounts.models import Department, Post
from anlan.foundation.accounts.services import make_user
from anlan.foundation.incidents.models import EventKind, Incident
from tests.conftest import PASSWORD


@pytest.fixture
def store(people, rules):
    """The county bureau's depots with 100 boxes of water in two lots and 30 tents; `keeper` keeps `depot` alone."""
    bureau = Department.objects.get(code="371526-yjj")
    unit = Department.objects.create(code="gt-depot", name="高唐县储备库管理站", area_id="371526", parent=bureau)
    post = Post.objects.create(department=unit, title="仓库管理员", role="warehouse")
    keeper = make_user(username="keeper", full_name="仓管乙", password=PASSWORD, department=unit, posts=[post])
    leader = Post.objects.create(department=bureau, title="科长", role="department")
    second = make_user(username="second", full_name="科长丙", password=PASSWORD, department=bureau, posts=[leader])
    depot = Depot.objects.create(code="D1", name="高唐县储备库", level="county", area_id="371526", department=unit)
    other = Depot.objects.create(code="D2", name="姜店储备点", level="township", area_id="371526105", department=bureau)
    far = Depot.objects.create(code="D3", name="茌平区储备库", level="county", area_id="371503")
    water = Item.objects.create(
        code="W", name="饮用水", unit="箱", gb_code="1020000", group="2.5", need="living", shelf_life_months=12,
        kit="water", kit_content=12,
    )  # fmt: skip
    tent = Item.objects.create(
        code="T", name="帐篷", unit="顶", gb_code="1040000", group="2.5", need="living", kit="tent"
    )
    today = timezone.localdate()
    lots = {}
    for name, item, days, quantity in (("late", water, 300, 60), ("early", water, 20, 40), ("tents", tent, 0, 30)):
        lot = make_lot(item=item, expires_on=today + timedelta(days=days) if days else None)
        receive(actor=keeper, depot=depot, lot=lot, quantity=quantity, reason="采购到货")
        lots[name] = lot
    return SimpleNamespace(
        keeper=keeper, second=second, county=people["county"], people=people, depot=depot, other=other, far=far,
        water=water, tent=tent, today=today, **lots,
    )  # fmt: skip


@pytest.fixture
def browser_of():
    """A browser that somebody is signed in to."""
    from django.test import Client

    def make(user) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def incident(city):
    """A flood in 姜店镇."""
    EventKind.objects.create(code="11A01", name="洪水", category="natural")
    return Incident.objects.create(
        code="371526-1", title="姜店内涝", kind_id="11A01", area_id="371526105", place="姜店镇"
    )
