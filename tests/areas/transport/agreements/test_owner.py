"""The owner of what is taken signs, on the officer's telephone or the own one, or refuses before two witnesses."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from anlan.areas.transport.agreements import services, signing
from anlan.areas.transport.agreements.documents import as_notice, as_return
from anlan.areas.transport.agreements.models import AppendOnly, OwnerAnswer
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.documents.signature import drawing, strokes_of
from anlan.foundation.incidents.models import EventKind, TimelineEntry
from anlan.foundation.incidents.services import raise_incident

pytestmark = pytest.mark.django_db
INK = [[[20, 120], [200, 40], [400, 200]], [[420, 60], [580, 180]]]


@pytest.fixture
def taken(people, rules):
    kind = EventKind.objects.create(code="11B03", name="暴雨", category="natural")
    incident = raise_incident(actor=people["duty_officer"], title="内涝", kind=kind, area="371526", place="姜店镇")
    return services.draft_requisition(
        actor=people["transport"], incident=incident, department=people["transport"].department,
        owner_name="李某运输部", owner_address="高唐县", owner_contact="李某", owner_phone="0635-2", executor="周强",
        purpose="转移群众", since=timezone.now(), until=timezone.now() + timedelta(days=2),
        items=[{"name": "大客车", "model": "49座", "plate": "演P-9", "quantity": 2, "unit": "辆"}],
    )  # fmt: skip


@pytest.fixture
def approved(taken, people):
    return services.take_step(actor=people["commander"], requisition=taken, kind="approved", number="聊交征〔2026〕1号")


@pytest.fixture
def desk(people):
    browser = Client()
    browser.force_login(people["transport"], backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def sign(people, requisition, paper="notice", **said):
    said = {"actor": people["transport"], "signer": "李某", "strokes": INK} | said
    return signing.sign(requisition=requisition, paper=paper, **said)


def test_the_signature_serves_the_notice_and_stands_on_it(approved, people):
    answer = sign(people, approved, lon=116.23, lat=36.86)
    approved.refresh_from_db()
    assert approved.status == "served"
    assert approved.steps.get(kind="served").party == "李某"
    assert "大客车（49座） 演P-9 2辆" in answer.shown
    notice = as_notice(approved)
    assert "116.23000" in str(notice)
    assert notice.sections[-1].pictures[0].svg.count("<polyline") == 2
    assert as_pdf(notice).startswith(b"%PDF")
    assert b"PNG" in as_docx(notice) or as_docx(notice).startswith(b"PK")
    assert "签收（李某）" in TimelineEntry.objects.latest("pk").text
    entry = AuditEntry.objects.filter(action="requisitions.owner_sign").get()
    assert len(entry.details["shown_sm3"]) == len(entry.details["signature_sm3"]) == 64


def test_an_answer_is_given_once_and_never_changed(approved, people):
    answer = sign(people, approved)
    with pytest.raises(ValidationError, match="已经签收"):
        sign(people, approved)
    answer.signer = "别人"
    with pytest.raises(AppendOnly):
        answer.save()
    with pytest.raises(AppendOnly):
        answer.delete()


def test_each_paper_waits_for_its_step(taken, people):
    assert signing.waiting(taken) == []
    with pytest.raises(ValidationError, match="不需要签收"):
        sign(people, taken)
    services.take_step(actor=people["commander"], requisition=taken, kind="approved", number="聊交征〔2026〕1号")
    taken.refresh_from_db()
    assert [paper.value for paper in signing.waiting(taken)] == ["notice"]
    sign(people, taken)
    one, two = people["transport"], people["commander"]
    for actor, kind, said in (
        (one, "handed_over", {"party": "李某", "note": "完好"}),
        (one, "returned", {"party": "李某", "note": "左后视镜破损"}),
        (one, "claimed", {"amount": Decimal("3600.50"), "note": "2辆2日"}),
        (two, "settled", {}),
    ):
        services.take_step(actor=actor, requisition=taken, kind=kind, **said)
    taken.__dict__.pop("_steps", None)
    assert [paper.value for paper in signing.waiting(taken)] == ["return", "money"]
    assert "左后视镜破损" in sign(people, taken, "return").shown
    assert "3600.50" in sign(people, taken, "money", strokes=[], is_typed=True).shown
    paper = as_return(taken)
    assert "以键入的姓名确认" in str(paper)
    assert [len(section.pictures) for section in paper.sections if section.pictures] == [1]


def test_a_refusal_needs_a_reason_and_two_other_people(approved, people):
    def refuse(reason="对补偿有异议", witnesses=("王某", "赵某"), actor=people["transport"]):
        return signing.refuse(
            actor=actor, requisition=approved, paper="notice", reason=reason, witnesses=witnesses
        )  # fmt: skip

    for wrong in ({"reason": " "}, {"witnesses": ("王某", "")}, {"witnesses": ("王某", "王某")},
                  {"witnesses": ("王某", "李某")}, {"witnesses": (people["transport"].full_name, "王某")}):  # fmt: skip
        with pytest.raises(ValidationError):
            refuse(**wrong)
    with pytest.raises(PermissionDenied):
        refuse(actor=people["field"])
    answer = refuse()
    assert answer.is_refused
    approved.refresh_from_db()
    assert approved.status == "served"
    assert "留置送达" in approved.steps.get(kind="served").note
    assert "拒签，理由：对补偿有异议。见证人：王某、赵某" in str(as_notice(approved))


def test_without_ink_or_name_nothing_is_signed(approved, people):
    with pytest.raises(ValidationError, match="手写签名"):
        sign(people, approved, strokes=[])
    with pytest.raises(ValidationError, match="姓名"):
        sign(people, approved, signer=" ")
    with pytest.raises(PermissionDenied):
        sign(people, approved, actor=people["field"])
    assert not OwnerAnswer.objects.exists()


@pytest.mark.parametrize(
    "text", ["{", "[1]", "[[1]]", '[[["a", 1], [2, 3]]]', "[[[1, 2], [601, 2]]]", "[[[1, 2], [3, 4]]]",
             json.dumps([[[n % 600, n % 240] for n in range(7000)]]), "[[[true, 1], [300, 200]]]"]
)  # fmt: skip
def test_strokes_that_are_none_are_refused(text):
    with pytest.raises(ValidationError):
        strokes_of(text)


def test_strokes_are_kept_as_drawn():
    assert strokes_of("") == []
    assert strokes_of(json.dumps(INK)) == INK
    assert 'points="420,60 580,180"' in drawing(INK)


def test_the_officer_hands_over_the_telephone(approved, desk, people):
    where = f"/transport/requisitions/{approved.pk}/owner/notice/"
    assert where in desk.get(approved.get_absolute_url()).content.decode()
    page = desk.get(where)
    assert "大客车（49座）" in page.content.decode()
    refused = desk.post(where, {"signer": "李某", "strokes": "[[[1, 2], [3, 4]]]"})
    assert refused.status_code == 422
    assert "签名太短" in refused.content.decode()
    half = desk.post(f"{where}refuse/", {"reason": "异议", "witness_1": "王某", "witness_2": "王某"})
    assert half.status_code == 422
    data = {"signer": "李某", "strokes": json.dumps(INK), "lon": "116.2", "lat": "36.8"}
    assert desk.post(where, data).status_code == 302
    assert "<polyline" in desk.get(approved.get_absolute_url()).content.decode()
    assert desk.get(where).status_code == 302
    stranger = Client()
    stranger.force_login(people["field"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.get(where).status_code == 403


def test_the_owner_signs_on_the_own_telephone_once(approved, desk):
    where = desk.get(f"/transport/requisitions/{approved.pk}/owner/notice/").context["address"]
    path = "/" + where.split("/", 3)[3]
    phone = Client()
    page = phone.get(path)
    assert page.status_code == 200
    assert "演P-9" in page.content.decode()
    assert phone.post(path, {"signer": "李某", "strokes": ""}).status_code == 422
    assert phone.post(path, {"signer": "李某", "strokes": json.dumps(INK)}).status_code == 302
    answer = OwnerAnswer.objects.get()
    assert (answer.is_own_phone, answer.signer) == (True, "李某")
    assert "已于" in phone.get(path).content.decode()
    assert phone.post(path, {"signer": "别人", "strokes": json.dumps(INK)}).status_code == 200
    assert OwnerAnswer.objects.get().signer == "李某"
    dead = phone.get(path[:-3] + "x/")
    assert dead.status_code == 404
    assert "已经失效" in dead.content.decode()


def test_an_address_ends(approved, people, monkeypatch):
    token = signing.address_for(actor=people["transport"], requisition=approved, paper="notice")
    assert signing.behind(token)[1] == "notice"
    monkeypatch.setattr(signing, "LASTS_S", -1)
    assert signing.behind(token) is None
    with pytest.raises(PermissionDenied):
        signing.address_for(actor=people["field"], requisition=approved, paper="notice")
