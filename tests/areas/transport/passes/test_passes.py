"""Who gets a pass, who decides, what is refused; an extension is a new pass; keys rotate and can be revoked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.transport.passes.keys import revoke_key, rotate_key, signing_key
from anlan.areas.transport.passes.models import Pass, SigningKey
from anlan.areas.transport.passes.rules import short_code
from anlan.areas.transport.passes.services import approving_entry, decide_pass, revoke_pass
from anlan.foundation.audit.models import AuditEntry
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.notices.models import Notice

Status = Pass.Status


def test_an_application_waits_with_a_clock_until_somebody_else_decides(ask, people):
    record = ask()
    assert record.plate == "鲁P12345"
    assert record.status == Status.APPLIED
    (clock,) = clocks_of(record)
    assert clock.due_at - clock.started_at >= timedelta(minutes=29)
    assert Notice.objects.filter(title__contains="鲁P12345").count() == 1
    with pytest.raises(ValidationError, match="原因"):
        decide_pass(actor=people["traffic_police"], record=record, is_approved=False)
    decide_pass(actor=people["traffic_police"], record=record, is_approved=True)
    clock.refresh_from_db()
    assert clock.met_at is not None
    assert record.status == Status.ISSUED
    assert record.short == short_code(record.token)
    assert record.history.first().history_user == people["traffic_police"]
    assert AuditEntry.objects.filter(action="passes.issue").count() == 1
    with pytest.raises(ValidationError, match="已经办结"):
        decide_pass(actor=people["transport"], record=record, is_approved=True)


def test_nobody_decides_alone_or_outside_the_own_area(ask, people):
    own = ask(who="transport", plate="鲁P00001")
    with pytest.raises(PermissionDenied, match="自己的"):
        decide_pass(actor=people["transport"], record=own, is_approved=True)
    for who in ("county", "field", "enterprise"):
        with pytest.raises(PermissionDenied):
            decide_pass(actor=people[who], record=own, is_approved=True)
    with pytest.raises(PermissionDenied):
        ask(who="traffic_police")


@pytest.mark.parametrize(
    ("entry", "given", "against"),
    [
        ({"plate": "鲁P-12345"}, {}, []),
        ({"plate": "鲁P12345", "category": "living"}, {}, []),
        (None, {}, ["not_listed"]),
        ({"plate": "鲁P99999"}, {}, ["not_listed"]),
        ({"plate": "鲁P12345", "category": "staff"}, {}, ["beyond_entry"]),
        ({"plate": "鲁P12345", "area": "371502"}, {}, ["beyond_entry"]),
        ({"plate": "鲁P12345", "most_hours": 12}, {}, ["beyond_entry"]),
        ({"plate": "鲁P12345", "valid_until": timezone.localdate() - timedelta(days=1)}, {}, ["not_listed"]),
        ({"plate": "鲁P12345"}, {"incident": None}, ["no_incident"]),
        ({"plate": "鲁P12345", "most_hours": 200}, {"hours": 100}, ["too_long"]),
    ],
)
def test_the_white_list_approves_only_what_it_names(ask, white, flood, entry, given, against):
    if entry:
        white(**entry)
    record = ask(**{"incident": flood, **given})
    assert approving_entry(record)[1] == against
    assert record.status == (Status.APPLIED if against else Status.ISSUED)
    assert bool(record.token) is not bool(against)


def test_an_application_that_the_list_would_approve_by_now_is_still_decided_by_a_person(ask, white, flood, client_of):
    record = ask(incident=flood)
    white(plate="鲁P12345")
    page = client_of("transport").get(f"/passes/{record.pk}/").content.decode()
    assert "批准并签发" in page
    assert "仍由人审批" in page


def test_a_unit_on_the_white_list_names_its_own_vehicles(ask, white, flood, people):
    white(department=people["county"].department)
    assert ask(incident=flood).status == Status.ISSUED
    assert ask(who="department", incident=flood).status == Status.APPLIED


def test_nobody_profits_alone_from_a_line_of_the_own_hand(ask, white, flood, people):
    row = white(plate="鲁P12345")
    row.history.update(history_user=people["transport"])
    assert ask(who="transport", incident=flood).status == Status.APPLIED
    assert ask(incident=flood).status == Status.ISSUED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"plate": " - "}, "plate"),
        ({"hours": 169}, "valid_until"),
        ({"hours": -1}, "valid_until"),
        ({"starts": -30}, "valid_until"),
        ({"areas": ()}, "areas"),
        ({"category": "fun"}, "category"),
    ],
)
def test_an_application_that_makes_no_sense_is_refused_by_field(ask, given, field):
    with pytest.raises(ValidationError) as error:
        ask(**given)
    assert field in error.value.message_dict
    assert not Pass.objects.exists()


def test_an_extension_is_a_new_pass_for_the_same_vehicle(ask, issue):
    old = issue()
    new = ask(replaces=old, starts=23)
    assert new.pk != old.pk
    assert list(old.extensions.all()) == [new]
    with pytest.raises(ValidationError, match="同一辆车"):
        ask(replaces=old, plate="鲁P54321")


def test_revoking_needs_a_reason_and_happens_once(issue, people):
    record = issue()
    with pytest.raises(ValidationError):
        revoke_pass(actor=people["transport"], record=record, reason=" ")
    revoke_pass(actor=people["transport"], record=record, reason="任务取消")
    assert record.status == Status.REVOKED
    with pytest.raises(ValidationError):
        revoke_pass(actor=people["transport"], record=record, reason="再撤")


def test_a_rotated_key_signs_no_more_and_its_private_half_goes(
    issue, people, tmp_path, django_capture_on_commit_callbacks
):
    first = issue().key
    with django_capture_on_commit_callbacks(execute=True):
        second = rotate_key(actor=people["security_administrator"])
    assert [path.name for path in (tmp_path / "pass_keys").iterdir()] == [second.kid]
    assert (tmp_path / "pass_keys" / second.kid).stat().st_mode & 0o777 == 0o600
    assert issue(plate="鲁P00002").key == second
    with django_capture_on_commit_callbacks(execute=True):
        revoke_key(actor=people["security_administrator"], key=second, reason="电脑失窃")
    third, _sign = signing_key("test")
    assert third.kid not in (first.kid, second.kid)
    assert SigningKey.objects.count() == 3
    for who in ("commander", "transport", "system_administrator"):
        with pytest.raises(PermissionDenied):
            rotate_key(actor=people[who])


def test_pages_and_the_paper(issue, ask, client_of, people):
    record, waiting = issue(), ask(plate="鲁P00003")
    client = client_of("transport")
    assert "鲁P00003" in client.get("/passes/").content.decode()
    page = client.get(f"/passes/{record.pk}/").content.decode()
    assert f"{record.short[:4]}-{record.short[4:]}" in page
    assert "<svg" in page
    assert "车牌和单位都不在白名单" in client.get(f"/passes/{waiting.pk}/").content.decode()
    assert client.get(f"/passes/{record.pk}/pass.pdf").content.startswith(b"%PDF")
    assert client.get(f"/passes/{waiting.pk}/pass.pdf").status_code == 404
    assert client.post(f"/passes/{waiting.pk}/decide/", {"verb": "refuse"}).status_code == 422
    assert client.post(f"/passes/{waiting.pk}/decide/", {"verb": "approve"}).status_code == 302
    assert client.post(f"/passes/{record.pk}/revoke/", {"reason": "停"}).status_code == 302
    assert "已撤销" in client.get(f"/passes/{record.pk}/").content.decode()
    assert client_of("enterprise").get(f"/passes/{record.pk}/").status_code == 404
    assert client_of("warehouse").get("/passes/").status_code == 403


def test_a_carrier_applies_on_the_page_and_sees_its_own(client_of, people, rules):
    client = client_of("enterprise")
    form = {
        "plate": "鲁P10001", "vehicle_kind": "truck", "carrier": "示例化工", "driver": "李乙", "phone": "0635-0002",
        "category": "production", "cargo": "消毒剂", "route": "厂 — 医院", "areas": ["371502"], "is_free": "on",
        "valid_from": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "valid_until": (timezone.localtime() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert client.post("/passes/apply/", form | {"plate": ""}).status_code == 422
    answer = client.post("/passes/apply/", form)
    assert answer.status_code == 302, answer.content.decode()
    record = Pass.objects.get()
    assert client.get(answer.url).status_code == 200
    assert not record.is_priority
    assert client.get("/passes/statistics/").status_code == 403


def test_the_security_administrator_keeps_the_keys(client_of, rules):
    client = client_of("security_administrator")
    assert client.post("/passes/keys/rotate/").status_code == 302
    key = SigningKey.objects.get()
    assert key.kid in client.get("/passes/keys/").content.decode()
    client.post("/passes/keys/revoke/", {"key": key.kid, "reason": ""})
    key.refresh_from_db()
    assert key.revoked_at is None
    client.post("/passes/keys/revoke/", {"key": key.kid, "reason": "泄露"})
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert client_of("transport").get("/passes/keys/").status_code == 403
