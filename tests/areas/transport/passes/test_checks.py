"""A check says what is wrong first, counts once whenever it arrives, and is judged again with all that is known now."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from anlan.areas.transport.passes.checking import record_check
from anlan.areas.transport.passes.keys import revoke_key, signing_key
from anlan.areas.transport.passes.models import Check, Checkpoint
from anlan.areas.transport.passes.queries import statistics
from anlan.areas.transport.passes.services import revoke_pass
from anlan.areas.transport.passes.token import Claims, encode
from anlan.foundation.indicators.registry import indicators


def test_a_good_pass_is_good_once_however_often_it_is_sent(issue, check):
    record = issue()
    first, is_new = check(record.token, seconds=8.0)
    assert (first.judged, is_new, first.record) == ("valid", True, record)
    assert check(record.token) == (first, False)
    assert check(record.short[:4].lower() + "-" + record.short[4:], key="k2")[0].judged == "valid"


@pytest.mark.parametrize(
    ("outcome", "given", "how"),
    [
        ("expired", {"starts": -23.99}, {"later": 1}),
        ("early", {"starts": 2.0}, {}),
        ("wrong_plate", {}, {"plate_seen": "鲁P 54321"}),
        ("valid", {}, {"plate_seen": "鲁p·12345"}),
        ("outside_area", {"areas": ("371502",)}, {}),
        ("valid", {"areas": ("371500",)}, {}),
    ],
)
def test_each_fault_has_its_own_answer(issue, check, monkeypatch, outcome, given, how):
    record = issue(**given)
    how = dict(how)
    at = timezone.now() + timedelta(hours=how.pop("later", 0))
    monkeypatch.setattr("anlan.areas.transport.passes.checking.timezone.now", lambda: at)
    assert check(record.token, at=at, **how)[0].judged == outcome


def test_a_revoked_pass_was_good_until_it_was_revoked(issue, check, people):
    record = issue()
    before = timezone.now()
    revoke_pass(actor=people["transport"], record=record, reason="停")
    assert check(record.token, at=before)[0].judged == "valid"
    found, _ = check(record.token, key="k2")
    assert (found.told, found.judged, found.differs) == ("valid", "revoked", True)


def test_forged_altered_foreign_and_other_codes(issue, check, people):
    record = issue()
    key, sign = signing_key("test")
    stolen = Claims(
        key=key.kid, serial=99, valid_from=record.valid_from, valid_until=record.valid_until, is_free=True,
        is_priority=True, is_exercise=False, category=0, vehicle_kind=0, areas=("371500",), plate="鲁P66666",
    )  # fmt: skip
    texts = {
        "forged": encode(stolen, lambda _body: bytes(64)),
        "unknown_key": encode(Claims(**(vars(stolen) | {"key": "00000000"})), sign),
        "unreadable": "LCP:HELLO",
        "unlisted": "https://example.com",
    }
    for outcome, text in texts.items():
        found, _ = check(text, key=outcome, told=outcome)
        assert (found.judged, found.record) == (outcome, None)
    revoke_key(actor=people["security_administrator"], key=key, reason="泄露")
    assert check(record.token, key="k9")[0].judged == "key_revoked"


def test_only_those_who_check_and_only_at_their_own_checkpoints(issue, people, gate, check):
    text = issue().token
    far = Checkpoint.objects.create(code="G2", name="外市", kind="toll", area_id="370000")
    with pytest.raises(ValidationError):
        check(text, place=far)
    for who in ("county", "enterprise", "field"):
        with pytest.raises(PermissionDenied):
            record_check(
                actor=people[who], key="x", checked_at=timezone.now(), checkpoint=gate, text=text, method="camera",
                told="valid", was_let_through=True,
            )  # fmt: skip
    assert not Check.objects.exists()


def test_what_a_phone_takes_along_and_sends(issue, people, client_of, gate):
    record, gone = issue(), issue(plate="鲁P00002")
    elsewhere = issue(plate="鲁P00003", areas=("371502",))
    revoke_pass(actor=people["transport"], record=gone, reason="停")
    client = client_of("traffic_police")
    assert client.get("/field/check/").status_code == 200
    pack = client.get("/field/check/pack.json").json()
    assert [one["id"] for one in pack["checkpoints"]] == [gate.pk]
    assert pack["revoked"].keys() == {str(gone.pk)}
    assert {one["plate"] for one in pack["passes"]} == {record.plate, gone.plate, elsewhere.plate}
    assert pack["keys"][0]["kid"] == record.key_id
    sent = {
        "key": "abc", "at": timezone.now().isoformat(), "checkpoint": gate.pk, "text": record.token, "method": "camera",
        "told": "valid", "passed": "on", "list_at": pack["made_at"], "seconds": "6.4", "title": "x",
    }  # fmt: skip
    assert client.post("/field/check/log/", sent).json()["is_new"] is True
    assert client.post("/field/check/log/", sent).json()["is_new"] is False
    assert client.post("/field/check/log/", sent | {"key": "d", "told": "fine"}).status_code == 422
    assert client.post("/field/check/log/", sent | {"key": "e", "text": ""}).status_code == 422
    row = Check.objects.get()
    assert row.was_let_through
    assert row.seconds == 6.4
    assert client_of("field").get("/field/check/pack.json").status_code == 403
    assert client_of("department").get("/field/check/").status_code == 403


def test_statistics_count_use_and_never_use(issue, check, people, client_of, settings):
    used, spare = issue(carrier="甲"), issue(carrier="乙", plate="鲁P00002")
    check(used.token, seconds=4.0)
    check(used.token, key="k2", seconds=8.0, told="wrong_plate", plate_seen="鲁P7")
    today = timezone.localdate()
    found = statistics(people["transport"], today - timedelta(days=1), today)
    assert (found.total.passes, found.total.used, found.total.checks, found.total.seconds) == (2, 1, 2, 6.0)
    assert [(line.title, line.used, line.refused) for line in found.by_carrier] == [("乙", 0, 0), ("甲", 1, 1)]
    assert [(line.title, line.checks) for line in found.by_checkpoint] == [("高唐收费站", 2)]
    assert found.never_used == []
    type(spare).objects.filter(pk=spare.pk).update(valid_until=timezone.now())
    assert statistics(people["transport"], today - timedelta(days=1), today).never_used == [spare]
    client = client_of("transport")
    assert "高唐收费站" in client.get("/passes/statistics/").content.decode()
    assert client.get("/passes/statistics/", {"first": "2026-02-02", "last": "2026-02-01"}).status_code == 422
    table = client.get("/passes/statistics.csv").content.decode("utf-8-sig")
    assert "承运单位,甲,1,1,2,1,6.0" in table


def test_indicators_count_what_is_settled(ask, issue, check):
    now = timezone.now
    value = lambda code: (lambda m: (m.value, m.samples))(indicators()[code].compute("371500", now()))  # noqa: E731
    assert value("passes.decided_in_time") == (None, 0)
    assert value("passes.checked_valid") == (None, 0)
    record = issue()
    late = ask(plate="鲁P00002")
    type(late).objects.filter(pk=late.pk).update(applied_at=now() - timedelta(hours=3))
    assert value("passes.decided_in_time") == (50.0, 2)
    check(record.token)
    check("LCP:X", key="k2", told="unreadable")
    assert value("passes.checked_valid") == (50.0, 2)
    issue(plate="鲁P00004", is_exercise=True)
    assert value("passes.decided_in_time") == (50.0, 2)
