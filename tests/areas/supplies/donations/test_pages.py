"""The pages: the book is kept by its unit, the public reads what was published and nothing else."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.donations.services import correct, publish
from anlan.foundation.accounts.models import Department

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(store):
    return Department.objects.get(code="371526-yjj")


@pytest.fixture
def recorder(store, browser_of):
    return browser_of(store.county)


def fill(bureau, **fields):
    data = {
        "department": bureau.pk, "party": "张某某", "amount": "1000", "document": "HD-7",
        "happened_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    return data | fields


def test_money_is_recorded_published_by_a_second_person_and_read_by_everybody(store, recorder, browser_of, bureau):
    refused = recorder.post("/supplies/donations/new/money/", fill(bureau, document="", amount="0"))
    assert refused.status_code == 422
    data = fill(bureau, is_anonymous="on", is_directed="on", purpose="修缮学校")
    assert recorder.post("/supplies/donations/new/money/", data).status_code == 302
    entry = Entry.objects.get()
    anybody = Client()
    assert "还没有公示的捐赠" in anybody.get("/public/donations/").content.decode()
    assert "请另一位负责人核对" in recorder.get(entry.get_absolute_url()).content.decode()
    recorder.post(f"{entry.get_absolute_url()}publish/")
    assert not Entry.objects.exclude(published_at=None).exists()
    browser_of(store.second).post(f"{entry.get_absolute_url()}publish/")
    page = anybody.get("/public/donations/").content.decode()
    assert "修缮学校" in page
    assert "匿名" in page
    assert "张某某" not in page
    lines = list(csv.reader(io.StringIO(anybody.get("/public/donations.csv").content.decode("utf-8-sig"))))
    assert lines[1][3:6] == ["匿名", "1000.00", "定向"]


def test_the_public_reads_a_correction_next_to_the_mistake(store, recorder, bureau):
    recorder.post("/supplies/donations/new/money/", fill(bureau))
    entry = publish(actor=store.second, entry=Entry.objects.get())
    recorder.post(f"{entry.get_absolute_url()}correct/", {"reason": "重复登记"})
    publish(actor=store.second, entry=Entry.objects.get(corrects=entry))
    page = Client().get("/public/donations/").content.decode()
    assert f"更正 {entry.code}：重复登记" in page
    assert "已更正" in page


def test_exercises_and_samples_stand_alone_and_say_so(store, recorder, bureau):
    recorder.post("/supplies/donations/new/money/", fill(bureau, is_exercise="on", party="演练商会"))
    publish(actor=store.second, entry=Entry.objects.get())
    anybody = Client()
    assert "演练商会" not in anybody.get("/public/donations/").content.decode()
    page = anybody.get("/public/donations/?book=exercise").content.decode()
    assert "演练商会" in page
    assert "不是真实捐赠" in page


def test_a_keeper_takes_goods_in_and_gives_a_receipt(store, browser_of):
    keeping = browser_of(store.keeper)
    unit = store.depot.department
    data = fill(unit, item=store.water.pk, quantity="12", depot=store.depot.pk)
    assert keeping.post("/supplies/donations/new/goods/", data).status_code == 302
    entry = Entry.objects.get()
    assert entry.slip.depot == store.depot
    paper = keeping.get(f"{entry.get_absolute_url()}receipt.pdf")
    assert paper.content.startswith(b"%PDF")
    correct(actor=store.keeper, entry=entry, reason="写错")
    assert keeping.get(f"{entry.get_absolute_url()}receipt.pdf").status_code == 404
    assert keeping.get("/supplies/donations/new/money/").status_code == 403


def test_scope_and_roles(store, recorder, browser_of, bureau):
    recorder.post("/supplies/donations/new/money/", fill(bureau))
    address = Entry.objects.get().get_absolute_url()
    for role, status in (("duty_officer", 200), ("auditor", 200), ("field", 403)):
        assert browser_of(store.people[role]).get(address).status_code == status
    assert browser_of(store.keeper).get(address).status_code == 404
    assert browser_of(store.people["duty_officer"]).get("/supplies/donations/new/money/").status_code == 403
    assert browser_of(store.people["duty_officer"]).post(f"{address}correct/", {"reason": "x"}).status_code == 403
    assert Client().get(address).status_code == 302
    assert recorder.get("/supplies/donations/").status_code == 200
