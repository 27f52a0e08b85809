"""Prices: a rise is told once to who looks after it, scope holds, and the purchase plan says what it does not know."""

import csv
import io
from datetime import timedelta

import pytest

from anlan.areas.supplies.depots.models import Norm
from anlan.areas.supplies.prices.models import Price, Rise
from anlan.areas.supplies.prices.services import tell_rises
from anlan.foundation.accounts.models import Department
from anlan.foundation.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def see(store):
    def make(days_ago, *yuan, area="371526", item=None):
        for one in yuan:
            Price.objects.create(
                code=f"P{Price.objects.count()}", area_id=area, item=item or store.water, market="城关市场", yuan=one,
                source="现场采价", observed_on=store.today - timedelta(days=days_ago),
                department=Department.objects.get(code="371526-yjj"),
            )  # fmt: skip

    return make


def test_a_rise_is_told_once_until_it_is_back(see):
    see(20, 10, 10, 11)
    see(1, 11.9, 11.9)
    assert tell_rises() == 0
    see(0, 14, 14, 14)
    assert tell_rises() == 1
    assert tell_rises() == 0
    assert "上涨 40.0%" in Notice.objects.get().body
    Price.objects.filter(yuan=14).update(yuan=10)
    assert tell_rises() == 0
    assert Rise.objects.get().closed_at is not None
    Price.objects.filter(yuan=10).filter(code__in=["P5", "P6", "P7"]).update(yuan=15)
    assert tell_rises() == 1


def test_one_price_alone_or_an_old_one_is_no_rise(see):
    see(20, 10, 10)
    see(0, 20)
    assert tell_rises() == 0
    Price.objects.filter(yuan=20).delete()
    see(40, 5, 5)
    assert tell_rises() == 0


def test_the_page_shows_the_readers_area_only(see, store, browser_of):
    see(20, 10, 10)
    see(0, 14, 14)
    see(0, 99, area="371503", item=store.tent)
    page = browser_of(store.county).get("/supplies/prices/").content.decode()
    assert "+40.0%" in page
    assert "帐篷" not in page
    assert "帐篷" in browser_of(store.people["duty_officer"]).get("/supplies/prices/").content.decode()
    assert browser_of(store.people["field"]).get("/supplies/prices/").status_code == 403


def test_the_purchase_plan_estimates_with_the_newest_median_and_says_unknown(see, store, browser_of):
    Norm.objects.create(code="N1", area_id="371526", item=store.water, quantity=500)
    Norm.objects.create(code="N2", area_id="371526", item=store.tent, quantity=500)
    see(0, 10, 12, 20)
    text = browser_of(store.county).get("/supplies/gaps.csv").content.decode("utf-8-sig")
    rows = {row["物资"]: row for row in csv.DictReader(io.StringIO(text))}
    water = rows["饮用水"]
    assert float(water["估算费用（元）"]) == 12 * int(water["建议采购"])
    assert water["采价截至"] == store.today.isoformat()
    assert rows["帐篷"]["估算费用（元）"] == "未知"
