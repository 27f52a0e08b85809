"""What is taken is noticed, handed over, returned and paid for; nobody approves the own proposal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.areas.transport.agreements import services
from anlan.areas.transport.agreements.documents import as_notice, as_receipt, as_return
from anlan.areas.transport.agreements.models import Agreement, AppendOnly, Requisition
from anlan.areas.transport.fleet.models import Carrier
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.incidents.models import EventKind, TimelineEntry
from anlan.foundation.incidents.services import raise_incident
from anlan.foundation.indicators.registry import indicators
from anlan.foundation.notices.models import Notice

TODAY = timezone.localdate()
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def incident(people, rules):
    kind = EventKind.objects.create(code="11B03", name="暴雨", category="natural")
    return raise_incident(actor=people["duty_officer"], title="内涝", kind=kind, area="371526", place="姜店镇")


@pytest.fixture
def agreement(people, rules):
    carrier = Carrier.objects.create(code="C1", name="市交运集团", business="mixed", area_id="371500", phone="0635-1")
    return Agreement.objects.create(
        code="XY1", name="保障协议", area_id="371500", department=people["transport"].department, carrier=carrier,
        requirements="演练", start_conditions="电话", compensation="按合同", liability="追责", response_min=60, vehicles=5,
        signed_on=TODAY - timedelta(days=10), valid_until=TODAY + timedelta(days=20),
    )  # fmt: skip


@pytest.fixture
def taken(incident, agreement, people):
    return services.draft_requisition(
        actor=people["transport"], incident=incident, department=people["transport"].department, agreement=agreement,
        owner_name="李某运输部", owner_address="高唐县", owner_contact="李某", owner_phone="0635-2", executor="周强",
        purpose="转移群众", since=timezone.now(), until=timezone.now() + timedelta(days=2),
        items=[{"name": "大客车", "model": "49座", "plate": "演P-9", "quantity": 2, "unit": "辆"}],
    )  # fmt: skip


def step(actor, taken, kind, **said):
    return services.take_step(actor=actor, requisition=taken, kind=kind, **said)


def finished(taken, people):
    """Taken from approval to payment by two people."""
    one, two = people["transport"], people["commander"]
    step(two, taken, "approved", number="聊交征〔2026〕1号")
    step(one, taken, "served", party="李某")
    step(one, taken, "handed_over", party="李某", note="外观完好，油量三分之二")
    step(one, taken, "returned", party="李某", note="左后视镜破损")
    step(one, taken, "claimed", amount=Decimal("3600.50"), note="2辆2日")
    step(two, taken, "settled")
    return step(one, taken, "paid", note="凭证 88")


def test_the_whole_way_with_its_papers(taken, people):
    done = finished(taken, people)
    assert done.status == "paid"
    assert done.amount == Decimal("3600.50")
    assert not clocks_of(done).filter(met_at=None).exists()
    assert done.steps.get(kind="settled").amount == Decimal("3600.50")
    text = str(as_notice(done))
    for words in (
        "李某运输部",
        "高唐县",
        "0635-2",
        "周强",
        "转移群众",
        "大客车",
        "49座",
        "第四十一条",
        "演P-9",
        "聊交征〔2026〕1号",
    ):
        assert words in text
    assert as_notice(done).organ == "聊城市应急局"
    assert "油量三分之二" in str(as_receipt(done))
    assert "3600.50 元" in str(as_return(done))
    assert "左后视镜破损" in str(as_return(done))
    entries = TimelineEntry.objects.filter(incident=done.incident, text__startswith="征用李某运输部")
    assert entries.count() == 8


def test_a_draft_is_marked_and_takes_nothing(taken, people):
    assert as_notice(taken).is_draft
    with pytest.raises(ValidationError, match="不能办"):
        step(people["transport"], taken, "handed_over", party="李某", note="好")


def test_two_persons_where_property_is_taken_or_money_is_promised(taken, people):
    with pytest.raises(ValidationError, match="另一位"):
        step(people["transport"], taken, "approved", number="1")
    step(people["commander"], taken, "approved", number="1")
    for kind, said in (
        ("served", {"party": "李某"}), ("handed_over", {"party": "李某", "note": "好"}),
        ("returned", {"party": "李某", "note": "好"}), ("claimed", {"amount": Decimal(1), "note": "x"}),
    ):  # fmt: skip
        step(people["transport"], taken, kind, **said)
    with pytest.raises(ValidationError, match="另一位"):
        step(people["transport"], taken, "settled")
    step(people["commander"], taken, "claimed", amount=Decimal(2), note="重新核定")
    with pytest.raises(ValidationError, match="另一位"):
        step(people["commander"], taken, "settled")
    assert step(people["transport"], taken, "settled").amount == Decimal(2)


def test_what_must_be_said(taken, people):
    with pytest.raises(ValidationError, match="文号"):
        step(people["commander"], taken, "approved")
    step(people["commander"], taken, "approved", number="1")
    with pytest.raises(ValidationError, match="早于"):
        step(people["transport"], taken, "served", party="李某", at=timezone.now() - timedelta(days=1))
    with pytest.raises(ValidationError, match="晚于现在"):
        step(people["transport"], taken, "served", party="李某", at=timezone.now() + timedelta(days=1))


def test_who_may_not(taken, people, client_of):
    for role in ("analyst", "duty_officer", "field"):
        with pytest.raises(PermissionDenied):
            step(people[role], taken, "approved", number="1")
    Requisition.objects.update(area_id="371502")
    with pytest.raises(PermissionDenied):
        step(people["county"], taken, "approved", number="1")
    assert client_of("county").get(taken.get_absolute_url()).status_code == 404
    assert client_of("hospital").get(taken.get_absolute_url()).status_code == 403
    assert client_of("analyst").get("/transport/requisitions/new/").status_code == 403


def test_the_journal_is_never_changed(taken):
    with pytest.raises(AppendOnly):
        taken.steps.first().save()
    with pytest.raises(AppendOnly):
        taken.steps.first().delete()


def test_the_page_asks_for_the_next_step_with_a_photograph(taken, people, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    mine, boss = client_of("transport"), client_of("commander")
    assert "这一步须由另一位负责人办理" in mine.get(taken.get_absolute_url()).content.decode()
    address = taken.get_absolute_url()
    assert boss.post(f"{address}approved/", {}).status_code == 422
    assert boss.post(f"{address}approved/", {"number": "聊交征〔2026〕1号"}).status_code == 302
    assert mine.post(f"{address}served/", {"party": "李某"}).status_code == 302
    data = {"party": "李某", "note": "完好", "photo": SimpleUploadedFile("a.png", PNG, "image/png")}
    assert mine.post(f"{address}handed_over/", data).status_code == 302
    assert attachments_of(taken).count() == 1
    (clock,) = clocks_of(taken)
    assert clock.due_at == taken.until + timedelta(days=3)
    for name in ("notice", "receipt", "return"):
        assert mine.get(f"{address}papers/{name}.docx").content[:2] == b"PK"
    assert mine.get(f"{address}papers/notice.pdf").content[:4] == b"%PDF"
    assert mine.get(f"{address}papers/other.pdf").status_code == 404


def test_a_notice_is_drafted_from_an_agreement(incident, agreement, people, client_of):
    browser = client_of("transport")
    page = browser.get(f"/transport/requisitions/new/?agreement={agreement.pk}&incident={incident.pk}").content.decode()
    assert "市交运集团" in page
    data = {
        "incident": incident.pk, "agreement": agreement.pk, "department": people["transport"].department_id,
        "owner_name": "市交运集团", "owner_address": "聊城", "owner_contact": "王", "owner_phone": "1", "executor": "周",
        "purpose": "运水", "since": "2026-06-01T08:00", "until": "2026-06-02T08:00", "items-TOTAL_FORMS": "2",
        "items-INITIAL_FORMS": "0", "items-0-name": "货车", "items-0-quantity": "1", "items-0-unit": "辆",
        "items-1-quantity": "1", "items-1-unit": "辆",
    }  # fmt: skip
    answer = browser.post("/transport/requisitions/new/", data)
    assert answer.status_code == 302
    assert str(Requisition.objects.get().items.get()) == "货车 1辆"
    assert browser.post("/transport/requisitions/new/", data | {"until": "2026-05-01T08:00"}).status_code == 422
    assert "至少要写一项" in browser.post("/transport/requisitions/new/", data | {"items-0-name": ""}).content.decode()


def complete():
    found = indicators()["transport.agreements_complete"].compute("371500", timezone.now())
    return found.value, found.samples


def test_an_agreement_without_an_element_or_out_of_date_does_not_count(agreement, client_of):
    assert complete() == (100, 1)
    Agreement.objects.update(liability=" ", vehicles=None)
    agreement.refresh_from_db()
    assert agreement.missing == ["违约责任", "承诺的车辆或人员"]
    assert complete() == (0, 1)
    page = client_of("transport").get(f"/registers/agreements/{agreement.pk}/").content.decode()
    assert "缺少：违约责任" in page
    Agreement.objects.update(liability="有", vehicles=1, valid_until=TODAY - timedelta(days=1))
    assert complete() == (0, 1)


def test_its_unit_is_told_once_a_limit(agreement):
    assert services.tell_expiring() == 1
    assert services.tell_expiring() == 0
    Agreement.objects.update(valid_until=TODAY - timedelta(days=1))
    assert services.tell_expiring() == 1
    assert "已到期" in Notice.objects.order_by("-pk").first().body
    assert services.tell_expiring() == 0
