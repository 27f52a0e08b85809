"""From a request to the receipt, as people click through it; who may not, may not."""

import json

import pytest

from anlan.areas.supplies.allocation.models import AllocationPlan, ReliefNeed, ReliefRequest, Waybill
from anlan.areas.supplies.movements.models import Movement
from anlan.areas.supplies.movements.queries import unexplained
from anlan.foundation.incidents.models import Incident
from anlan.foundation.places.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(relief, browser_of):
    return browser_of(relief.officer)


@pytest.fixture
def commander(relief, browser_of):
    return browser_of(relief.commander)


@pytest.fixture
def gate(relief, browser_of):
    return browser_of(relief.keeper)


def text(page) -> str:
    return page.content.decode()


def make_plan(desk, relief, capture, **data) -> AllocationPlan:
    with capture(execute=True):
        answer = desk.post(f"/supplies/relief/incidents/{relief.incident.pk}/plan/", {"with_agreements": "on", **data})
    assert answer.status_code == 302, text(answer)
    return AllocationPlan.objects.order_by("-pk").first()


def test_from_the_request_to_the_receipt(relief, desk, commander, gate, django_capture_on_commit_callbacks):
    address = f"/supplies/relief/incidents/{relief.incident.pk}/"
    asked = {"p0-area": relief.town.pk, "p0-place": "姜店中学", "p0-people": "30"}
    stated = desk.post(f"{address}state/", asked)
    assert stated.status_code == 302, text(stated)
    need = ReliefNeed.objects.get(place="姜店中学", item=relief.store.tent)
    # 30 people, one tent for fifteen by the rule, and the basis says so.
    assert need.quantity == 3
    assert "30 人按" in need.basis
    assert "待核对" in need.basis
    assert "姜店中学" in text(desk.get(address))
    ReliefNeed.objects.filter(request=need.request).delete()

    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    page = text(desk.get(plan.get_absolute_url()))
    assert "提交审批" in page
    assert "姜店敬老院" in page
    assert "批准并下达" not in page
    assert desk.post(f"{plan.get_absolute_url()}submit/").status_code == 302
    assert "批准并下达" not in text(desk.get(plan.get_absolute_url()))
    assert "批准并下达" in text(commander.get(plan.get_absolute_url()))
    assert commander.post(f"{plan.get_absolute_url()}approve/", {"remark": "同意"}).status_code == 302

    for waybill in plan.waybills.order_by("load_at"):
        where = waybill.get_absolute_url()
        assert waybill.place in text(gate.get("/supplies/keep/"))
        page = gate.get(where)
        assert "装车核对完成" in text(page)
        form = page.context["load_form"]
        data = {f"lot-{lot.pk}": n for lot, n, _bin, _field in form.rows}
        assert gate.post(f"{where}load/", data).status_code == 302
        assert gate.post(f"{where}depart/").status_code == 302
        assert gate.post(f"{where}receive/", {}).status_code in (403, 422)
        lines = list(waybill.lines.all())
        data = {f"good-{line.pk}": line.quantity for line in lines} | {f"bad-{line.pk}": 0 for line in lines}
        data |= {"receiver": "张校长", "how": "phone"}
        short = data | {f"good-{lines[0].pk}": lines[0].quantity - 1}
        refused = desk.post(f"{where}receive/", short)
        assert refused.status_code == 422
        assert "请写明原因" in text(refused)
        assert desk.post(f"{where}receive/", short | {"reason": "途中破损"}).status_code == 302
        assert "已签收" in text(desk.get(where))
    assert Movement.objects.filter(target="difference", reason__contains="途中破损").count() == plan.waybills.count()
    assert unexplained() == {}
    room = text(desk.get(f"/incidents/{relief.incident.pk}/"))
    assert "救灾物资" in room


def test_a_request_says_what_is_missing(relief, desk):
    address = f"/supplies/relief/incidents/{relief.incident.pk}/state/"
    for data, told in (
        ({}, "至少填写一个地点"),
        ({"p0-area": relief.town.pk}, "请填写受灾人数"),
        ({"p1-people": "5"}, "请选择乡镇"),
        ({"p0-area": relief.town.pk, "p0-item": relief.store.tent.pk}, "物资和数量要一起填写"),
    ):
        answer = desk.post(address, data)
        assert answer.status_code == 422, data
        assert told in text(answer)
    assert ReliefRequest.objects.count() == 1


def test_more_people_than_live_there_are_asked_about_once(relief, desk):
    Area.objects.filter(pk=relief.town.pk).update(population=20_000)
    address = f"/supplies/relief/incidents/{relief.incident.pk}/state/"
    asked = {"p0-area": relief.town.pk, "p0-people": "200000"}
    page = desk.post(address, asked)
    assert page.status_code == 422
    assert "多于姜店镇的常住人口 20000 人" in text(page)
    assert 'name="is_sure"' in text(page)
    assert ReliefRequest.objects.count() == 1
    assert desk.post(address, asked | {"is_sure": "on"}).status_code == 302
    assert desk.post(address, asked | {"p0-people": "20000"}).status_code == 302


def test_a_changed_trip_is_judged_at_once(relief, desk, django_capture_on_commit_callbacks):
    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    waybill = plan.waybills.first()
    line = waybill.lines.first()
    data = {f"line-{one.pk}": one.quantity for one in waybill.lines.all()} | {f"line-{line.pk}": 9000, "truck": ""}
    data["truck"] = f"{waybill.ledger}:{waybill.vehicle}"
    assert desk.post(f"{waybill.get_absolute_url()}change/", data).status_code == 302
    page = text(desk.get(plan.get_absolute_url()))
    assert "核定载重" in page
    refused = desk.post(f"{plan.get_absolute_url()}submit/")
    assert refused.status_code == 422


def test_wishes_make_a_new_version_and_versions_compare(relief, desk, django_capture_on_commit_callbacks):
    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        made = desk.post(
            f"{plan.get_absolute_url()}wish/",
            {"kind": "forbid", "depot": relief.store.depot.pk, "place": "姜店敬老院"},
        )
    newer = AllocationPlan.objects.order_by("-pk").first()
    assert made.url == newer.get_absolute_url()
    assert "人工禁止" in text(desk.get(made.url))
    compared = text(desk.get("/supplies/relief/plans/compare/", {"plan": [plan.pk, newer.pk]}))
    assert "第 1 版" in compared
    assert "第 2 版" in compared
    half = desk.post(f"{plan.get_absolute_url()}wish/", {"kind": "fix", "depot": relief.store.depot.pk})
    assert half.status_code == 422


def test_files_the_map_and_the_paper(relief, desk, django_capture_on_commit_callbacks):
    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    where = plan.get_absolute_url()
    body = json.loads(desk.get(f"{where}map.json").content)
    kinds = [one["properties"]["kind"] for one in body["features"]]
    assert kinds.count("route") == plan.waybills.count()
    assert {"depot", "place"} <= set(kinds)
    assert desk.get(f"{where}export.pdf").content.startswith(b"%PDF")
    assert desk.get(f"{where}export.docx").content.startswith(b"PK")
    assert desk.get(f"{where}export.geojson").json()["type"] == "FeatureCollection"
    assert desk.get(f"{where}export.exe").status_code == 404
    assert desk.get(f"{plan.waybills.first().get_absolute_url()}waybill.pdf").content.startswith(b"%PDF")


def test_a_program_starts_a_plan_and_signs(relief, desk, browser_of, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = desk.post("/api/v1/allocation/plans", {"incident": relief.incident.pk}, content_type="application/json")
    assert made.status_code == 202
    told = desk.get(f"/api/v1/allocation/plans/{made.json()['id']}").json()
    assert told["status"] == "draft"
    assert {place["name"] for place in told["places"]} == {"姜店小学", "姜店敬老院"}
    first = told["waybills"][0]
    refused = desk.post(
        f"/api/v1/allocation/waybills/{first['id']}/receive",
        {"receiver": "张校长", "lines": {}}, content_type="application/json",
    )  # fmt: skip
    assert refused.status_code == 422
    nobody = browser_of(relief.store.people["enterprise"])
    assert nobody.get(f"/api/v1/allocation/plans/{told['id']}").status_code == 403


def test_other_counties_and_other_roles_do_not_see_or_act(
    relief, desk, client_of, browser_of, django_capture_on_commit_callbacks
):
    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    where, trip = plan.get_absolute_url(), plan.waybills.first().get_absolute_url()
    for role in ("auditor", "analyst"):
        browser = client_of(role)
        assert browser.get(where).status_code == 200
        assert browser.post(f"{where}submit/").status_code == 403
        assert browser.post(f"/supplies/relief/incidents/{relief.incident.pk}/plan/").status_code == 403
    assert client_of("enterprise").get(where).status_code == 403
    assert client_of("warehouse").get(trip).status_code == 404
    elsewhere = Incident.objects.create(
        code="371503-1", title="茌平内涝", kind_id="11A01", area_id="371503", place="茌平", status="responding"
    )
    county = browser_of(relief.store.county)
    assert county.get(where).status_code == 200
    assert county.get(f"/supplies/relief/incidents/{elsewhere.pk}/").status_code == 404
    assert Area.objects.filter(pk="371503").exists()
    assert Waybill.objects.exclude(status="proposed").count() == 0


def test_a_signature_sent_twice_by_a_telephone_counts_once(
    relief, desk, commander, gate, django_capture_on_commit_callbacks
):
    plan = make_plan(desk, relief, django_capture_on_commit_callbacks)
    desk.post(f"{plan.get_absolute_url()}submit/")
    commander.post(f"{plan.get_absolute_url()}approve/")
    waybill = plan.waybills.order_by("load_at").first()
    where = waybill.get_absolute_url()
    form = gate.get(where).context["load_form"]
    gate.post(f"{where}load/", {f"lot-{lot.pk}": n for lot, n, _bin, _field in form.rows})
    gate.post(f"{where}depart/")
    lines = waybill.lines.all()
    data = {f"good-{line.pk}": line.quantity for line in lines} | {"receiver": "张校长", "how": "app"}
    headers = {"X-Requested-With": "fetch"}
    bad = desk.post(f"{where}receive/", data | {"receiver": ""}, headers=headers)
    assert bad.status_code == 422
    assert bad.json()["error"]
    assert [desk.post(f"{where}receive/", data, headers=headers).status_code for _ in range(2)] == [200, 200]
    assert Waybill.objects.get(pk=waybill.pk).received_by == "张校长"
