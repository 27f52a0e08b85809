"""The pages: a keeper works from the lot's label, an officer signs and approves, others only look."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from anlan.areas.supplies.depots.models import Depot, Norm
from anlan.areas.supplies.movements.counting import enter, open_count, submit
from anlan.areas.supplies.movements.models import Balance, Count, Slip
from anlan.areas.supplies.movements.services import receive, send_out
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.models import Assignment, ResourceRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(store, browser_of):
    return browser_of(store.keeper)


@pytest.fixture
def officer(store, browser_of):
    return browser_of(store.second)


def test_a_scanned_label_opens_the_lot_and_a_wrong_one_says_so(store, keeping):
    assert keeping.get("/supplies/keep/", {"code": store.early.code.lower()}).url == f"/supplies/lots/{store.early.pk}/"
    page = keeping.get("/supplies/keep/", {"code": "NO-SUCH"})
    assert page.status_code == 404
    assert "找不到“NO-SUCH”" in page.content.decode()
    assert store.tents.code in keeping.get("/supplies/keep/", {"code": "帐篷"}).content.decode()


def test_a_keeper_issues_from_the_lots_page(store, keeping):
    address = f"/supplies/lots/{store.late.pk}/?do=issue"
    page = keeping.get(address).content.decode()
    assert f"{store.early.code} 更早到期" in page
    refused = keeping.post(address, {"quantity": "99", "reason": "抢险", "approver": "李局长"})
    assert refused.status_code == 422
    assert "现有 60 箱，不够 99 箱" in refused.content.decode()
    assert keeping.post(address, {"quantity": "5", "reason": "抢险"}).status_code == 422
    done = keeping.post(address, {"quantity": "5", "reason": "抢险", "approver": "李局长", "key": "k1"})
    slip = Slip.objects.get(kind="issue")
    assert done.url == slip.get_absolute_url()
    keeping.post(address, {"quantity": "5", "reason": "抢险", "approver": "李局长", "key": "k1"})
    assert Balance.objects.get(lot=store.late).quantity == 55
    assert "待补签" in keeping.get(done.url).content.decode()


def test_a_keeper_receives_a_new_lot_and_prints_its_label(store, keeping):
    address = f"/supplies/depots/{store.depot.pk}/receive/"
    data = {
        "item": store.water.pk,
        "quantity": 12,
        "produced_on": "2026-01-01",
        "expires_on": "2025-01-01",
        "reason": "采购",
    }
    assert "有效期不能早于生产日期" in keeping.post(address, data).content.decode()
    lot = Slip.objects.filter(kind="receipt").count()
    answer = keeping.post(address, data | {"expires_on": ""})
    assert Slip.objects.filter(kind="receipt").count() == lot + 1
    label = keeping.get(f"{answer.url}label.pdf")
    assert label["Content-Type"] == "application/pdf"
    assert label.content.startswith(b"%PDF")


def test_the_proposal_fills_in_what_ends_first(store, keeping):
    address = f"/supplies/depots/{store.depot.pk}/out/transfer/"
    page = keeping.get(address, {"item": store.water.pk, "quantity": 50})
    initial = page.context["lines"].initial
    assert initial == {f"lot-{store.early.pk}": 40, f"lot-{store.late.pk}": 10}
    assert [row.lot for row in page.context["lines"].balances] == [store.early, store.late, store.tents]
    data = {f"lot-{store.early.pk}": 40, f"lot-{store.late.pk}": 10, "to_depot": store.other.pk, "reason": "前置"}
    answer = keeping.post(address, data)
    assert Balance.objects.filter(depot=store.other, place="transit").count() == 2
    assert "在途" in keeping.get(answer.url).content.decode()


def test_a_transfer_is_taken_in_on_its_slip(store, browser_of):
    slip = send_out(
        actor=store.keeper, kind="transfer", depot=store.depot, quantities={store.early: 10}, reason="前置",
        to_depot=store.other,
    )  # fmt: skip
    browser = browser_of(store.county)
    assert 'value="10"' in browser.get(slip.get_absolute_url()).content.decode()
    act = f"{slip.get_absolute_url()}arrive/"
    assert browser.post(act, {f"lot-{store.early.pk}": 9}).status_code == 422
    assert browser.post(act, {f"lot-{store.early.pk}": 9, "reason": "破损"}).status_code == 302
    assert Balance.objects.get(depot=store.other, place="depot").quantity == 9


def test_signing_returning_and_reversing_from_the_slip(store, keeping, officer):
    slip = send_out(
        actor=store.keeper,
        kind="issue",
        depot=store.depot,
        quantities={store.tents: 6},
        reason="抢险",
        approver="李局长",
    )
    address = slip.get_absolute_url()
    assert keeping.post(f"{address}sign/").status_code == 403
    assert officer.post(f"{address}sign/").status_code == 302
    assert keeping.post(f"{address}return/", {f"lot-{store.tents.pk}": 7, "reason": "未用"}).status_code == 422
    assert keeping.post(f"{address}return/", {f"lot-{store.tents.pk}": 2, "reason": "未用"}).status_code == 302
    assert keeping.post(f"{address}reverse/", {"reason": "误开"}).status_code == 422
    assert keeping.post(f"{address}burn/").status_code == 404


def test_a_count_is_entered_handed_in_and_approved(store, keeping, officer):
    address = keeping.post(f"/supplies/depots/{store.depot.pk}/count/").url
    assert keeping.post(f"{address}enter/", {"lot": store.tents.pk, "counted": "-3"}).status_code == 422
    keeping.post(f"{address}enter/", {"lot": store.tents.pk, "counted": "29", "reason": "破损一顶"})
    keeping.post(f"/supplies/lots/{store.early.pk}/?do=count", {"counted": "40", "at": store.depot.pk})
    assert "已盘 2 / 3 个批次" in keeping.get(address).content.decode()
    assert keeping.post(f"{address}submit/").status_code == 302
    assert keeping.post(f"{address}approve/").status_code == 403
    assert officer.post(f"{address}reject/").status_code == 422
    assert officer.post(f"{address}approve/").status_code == 302
    assert Count.objects.get().slip.movements.get().quantity == 1
    assert officer.get(address).status_code == 200


def test_who_counted_before_something_left_counts_again(store, keeping):
    address = keeping.post(f"/supplies/depots/{store.depot.pk}/count/").url
    assert f'name="seen" value="{30}"' in keeping.get(address).content.decode()
    send_out(
        actor=store.keeper,
        kind="issue",
        depot=store.depot,
        quantities={store.tents: 2},
        reason="抢险",
        approver="李局长",
    )
    asked = {"lot": store.tents.pk, "counted": "30", "reason": "没有差异", "seen": "30"}
    page = keeping.post(f"{address}enter/", asked)
    assert page.status_code == 422
    assert "账面由 30 变为 28" in page.content.decode()
    assert 'value="没有差异"' in page.content.decode()
    assert not Count.objects.get().lines.exists()
    assert keeping.post(f"{address}enter/", asked | {"counted": "28", "seen": "28"}).status_code == 302
    # The same on the phone's page of the lot, whose form then carries the books of now.
    where = f"/supplies/lots/{store.tents.pk}/?do=count&at={store.depot.pk}"
    page = keeping.post(where, {"counted": "30", "seen": "30", "at": store.depot.pk})
    assert page.status_code == 422
    assert 'name="seen" value="28"' in page.content.decode()
    assert keeping.post(where, {"counted": "28", "seen": "28", "at": store.depot.pk}).status_code == 302


def test_a_quantity_above_the_stock_names_lot_and_stock_beside_it_and_at_the_end(store, keeping):
    where = f"/supplies/depots/{store.depot.pk}/out/issue/"
    page = keeping.post(where, {f"lot-{store.tents.pk}": 31, "reason": "抢险", "approver": "李局长"})
    assert page.status_code == 422
    words = f"{store.tents.code}：最多只有 30 顶，请改小这个数量。"
    assert page.content.decode().count(words) == 2
    assert "没有填写数量" in keeping.post(where, {"reason": "抢险"}).content.decode()


def test_who_only_looks_sees_no_buttons_and_may_not_press_them(store, client_of):
    looking = client_of("duty_officer")
    page = looking.get(f"/supplies/depots/{store.depot.pk}/").content.decode()
    assert store.early.code in page
    assert f"/supplies/depots/{store.depot.pk}/receive/" not in page
    for address in (f"/supplies/depots/{store.depot.pk}/receive/", f"/supplies/depots/{store.depot.pk}/out/issue/"):
        assert looking.get(address).status_code == 403
    for address in ("/supplies/", "/supplies/expiring/?days=30", "/supplies/gaps/?need=living&missing=on"):
        assert looking.get(address).status_code == 200


@pytest.mark.parametrize(
    "path", ["depots/{0.other.pk}/", "depots/{0.other.pk}/receive/", "lots/{1.pk}/", "slips/{2.pk}/"]
)
def test_a_keeper_sees_the_own_depots_only(store, keeping, path):
    slip = receive(actor=store.county, depot=store.other, item=store.tent, quantity=3, reason="到货")
    lot = slip.movements.get().lot
    assert keeping.get("/supplies/" + path.format(store, lot, slip)).status_code == 404
    assert lot.code not in keeping.get("/supplies/").content.decode()


@pytest.mark.parametrize("name", ["stock", "lots", "slips", "movements"])
def test_the_registers_follow_the_depots(store, keeping, client_of, name):
    receive(actor=store.county, depot=store.other, item=store.tent, quantity=3, reason="到货")
    every = ledger(name).rows(store.people["duty_officer"]).count()
    assert ledger(name).rows(store.county).count() == every > ledger(name).rows(store.keeper).count() == 3
    assert keeping.get(f"/api/v1/{name}").json()["count"] == 3
    assert client_of("department").post(f"/api/v1/{name}", {}, content_type="application/json").status_code == 405
    assert client_of("department").get(f"/registers/{name}/add/").status_code == 403


def test_both_ends_of_a_transfer_see_it(store):
    send_out(
        actor=store.keeper, kind="transfer", depot=store.depot, quantities={store.early: 1}, reason="前置",
        to_depot=store.far,
    )  # fmt: skip
    assert ledger("slips").rows(store.keeper).filter(kind="transfer").exists()
    assert not ledger("slips").rows(store.people["enterprise"]).exists()


def test_the_gap_page_and_the_table_of_purchases(store, client_of):
    Norm.objects.create(code="N1", area_id="371526", item=store.tent, quantity=50, basis="县级标准")
    Norm.objects.create(code="N2", area_id="371526", item=store.tent, quantity=45)
    Depot.objects.filter(pk=store.far.pk).update(mode="contract")
    receive(actor=store.people["department"], depot=store.far, item=store.tent, quantity=900, reason="协议储备")
    browser = client_of("county")
    gaps = {gap.item.code: gap for gap in browser.get("/supplies/gaps/").context["found"]}
    tent, water = gaps["T"], gaps["W"]
    assert (tent.norm, tent.held, tent.missing, tent.to_buy, tent.is_computed) == (50, 30, 20, 20, False)
    assert (water.norm, water.held, water.is_computed) == (3750, 100, True)
    assert water.ending == 100 - (60 if (store.late.expires_on.year > store.today.year + 1) else 0)
    text = browser.get("/supplies/gaps.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["物资"]: row["建议采购"] for row in rows} == {"帐篷": "20", "饮用水": str(water.to_buy)}
    assert ["待核对" in row["依据"] for row in rows] == [True, False]
    sheet = load_workbook(io.BytesIO(browser.get("/supplies/gaps.xlsx").content)).active
    assert sheet.max_row == 3
    assert browser.get("/supplies/gaps.pdf").status_code == 404
    every = client_of("duty_officer").get("/supplies/gaps/", {"area": "371503"}).context["found"]
    assert [(gap.area.pk, gap.held) for gap in every if gap.item == store.tent] == [("371503", 0)]


def test_a_foreign_sheet_cannot_be_opened(store, browser_of, client_of):
    count = open_count(actor=store.county, depot=store.other)
    assert browser_of(store.keeper).get(count.get_absolute_url()).status_code == 404
    enter_line = {"lot": store.tents.pk, "counted": 1}
    assert client_of("duty_officer").post(f"{count.get_absolute_url()}enter/", enter_line).status_code == 403
    count = open_count(actor=store.keeper, depot=store.depot)
    enter(actor=store.keeper, count=count, lot=store.tents, counted=30)
    submit(actor=store.keeper, count=count)
    assert "批准调整" not in browser_of(store.keeper).get(count.get_absolute_url()).content.decode()


def test_what_an_incident_asks_of_the_depot_waits_on_its_page(store, keeping, incident):
    request = ResourceRequest.objects.create(incident=incident, kind="depot", what="帐篷六顶", requested_by="甲")
    assignment = Assignment.objects.create(
        request=request, ledger="depots", object_id=store.depot.pk, title="高唐县储备库", assigned_by="甲",
        assigned_at=timezone.now(),
    )  # fmt: skip
    address = f"/supplies/depots/{store.depot.pk}/"
    assert "帐篷六顶" in keeping.get(address).content.decode()
    assert "待出库：帐篷六顶" in keeping.get("/supplies/keep/").content.decode()
    data = {f"lot-{store.tents.pk}": 6, "assignment": assignment.pk, "reason": "安置"}
    assert keeping.post(f"{address}out/issue/", data).status_code == 302
    assert Slip.objects.get(kind="issue").incident == incident
    assert "待出库" not in keeping.get("/supplies/keep/").content.decode()


@pytest.mark.parametrize("path", ["/supplies/depots/{0.depot.pk}/", "/supplies/expiring/", "/registers/movements/"])
def test_more_lots_ask_no_more_of_the_database(store, keeping, path, django_assert_max_num_queries):
    address = path.format(store)
    with CaptureQueriesContext(connection) as before:
        keeping.get(address)
    for _ in range(8):
        receive(
            actor=store.keeper, depot=store.depot, item=store.water, quantity=1, reason="到货", expires_on=store.today
        )
    with django_assert_max_num_queries(len(before)):
        assert keeping.get(address).status_code == 200
