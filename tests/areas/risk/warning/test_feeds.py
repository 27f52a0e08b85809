"""Feeds are asked by the clock, each message is taken in once, signatures are demanded, failures reach the duty officer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.areas.risk.warning.jobs import ask_sources
from anlan.areas.risk.warning.models import FeedEntry, TrustedCertificate, Warning, WarningProblem, WarningSource
from anlan.areas.risk.warning.services.feeds import TRIES, claim_due, poll_source
from anlan.areas.risk.warning.services.warnings import Refused, receive_warning
from anlan.foundation.notices.models import Notice
from tests.areas.risk.warning.bureau import link
from tests.protocols.cap.signing import Signer

pytestmark = pytest.mark.django_db


def ask(source: WarningSource) -> dict[str, int]:
    """One round, now."""
    source.refresh_from_db()
    counts = dict(poll_source(source=source))
    source.refresh_from_db()
    return counts


def trust(signer: Signer, senders: str = "3715??416*") -> TrustedCertificate:
    row = TrustedCertificate(code="c1", name="聊城市气象台", senders=senders, pem=signer.pem, area_id="371500")
    row.full_clean()
    row.save()
    return row


def test_entries_are_fetched_once_and_in_the_order_of_their_chain(bureau, source, message):
    update = message("2", kind="Update", of="1")
    bureau.put_feed(link("/2.xml"), link("/1.xml"), etag='"a"')
    bureau.put("/1.xml", message("1"))
    bureau.put("/2.xml", update)
    assert ask(source) == {"taken": 2}
    assert ask(source) == {}
    assert bureau.paths() == ["/feed.atom", "/1.xml", "/2.xml", "/feed.atom"]
    assert bureau.asked[-1][1]["If-None-Match"] == '"a"'
    assert bytes(Warning.objects.get(message_type="Update").raw) == update
    assert Warning.objects.get(message_type="Alert").state == "replaced"
    assert source.problem == ""
    assert source.next_at > timezone.now()


def test_a_new_feed_with_old_entries_brings_only_what_is_new(bureau, source, message):
    bureau.put("/1.xml", message("1"))
    bureau.put("/2.xml", message("2"))
    bureau.put_feed(link("/1.xml"), etag='"a"')
    ask(source)
    bureau.put_feed(link("/2.xml"), link("/1.xml"), link("/1.xml", name="again"), etag='"b"')
    assert ask(source) == {"taken": 1, "known": 1}
    assert Warning.objects.count() == 2


def test_carried_alerts_need_no_second_request_and_keep_their_signature(bureau, source, message):
    signer = Signer()
    trust(signer)
    signed = signer.sign(message("1")).split(b"?>", 1)[1].strip()
    bureau.put_feed(f"<entry><id>1</id><content type='application/cap+xml'>{signed.decode()}</content></entry>")
    assert ask(source) == {"taken": 1}
    found = Warning.objects.get()
    assert bytes(found.raw) == signed
    assert found.signature == "valid"
    assert bureau.paths() == ["/feed.atom"]


def test_a_provincial_feed_leaves_other_cities_alone(bureau, source, message):
    bureau.put_feed(link("/3.xml"), link("/2.xml"), link("/1.xml"))
    bureau.put("/1.xml", message("1", code="370102000000"))
    bureau.put("/2.xml", message("2", code="370102000000", sender="37010041600000"))
    bureau.put("/3.xml", message("3", kind="Cancel", of="2", bare=True, sender="37010041600000"))
    assert ask(source) == {"elsewhere": 3}
    assert not WarningProblem.objects.exists()
    assert not Notice.objects.exists()


def test_other_senders_are_refused_kept_and_told(bureau, source, message, people):
    bureau.put_feed(link("/1.xml", name="假冒"))
    bureau.put("/1.xml", message("1", sender="nobody@example.org"))
    assert ask(source) == {"refused": 1}
    assert "nobody@example.org" in WarningProblem.objects.get().problems[0]
    notice = Notice.objects.get()
    assert notice.post.role == "duty_officer"
    assert "1 条消息未能接收" in notice.title
    assert "假冒" in notice.body
    assert ask(source) == {}
    assert Notice.objects.count() == 1


def test_a_source_that_demands_signatures_refuses_others(bureau, source, message):
    WarningSource.objects.update(demands_signature=True)
    signer = Signer()
    trust(signer)
    good, changed = signer.sign(message("3")), signer.sign(message("2")).replace("50 毫米".encode(), b"5 mm")
    for path, document in (("/1.xml", message("1")), ("/2.xml", changed), ("/3.xml", good)):
        bureau.put(path, document)
    bureau.put_feed(link("/1.xml"), link("/2.xml"), link("/3.xml"))
    assert ask(source) == {"refused": 2, "taken": 1}
    assert [bytes(problem.raw) for problem in WarningProblem.objects.order_by("size")] == sorted(
        [message("1"), changed], key=len
    )
    said = " ".join(problem.problems[0] for problem in WarningProblem.objects.all())
    assert "没有签名" in said
    assert "InvalidDigest" in said
    assert Warning.objects.get().signature_note.startswith("聊城市气象台")


def test_the_demand_holds_on_every_way_in(source, message, people):
    WarningSource.objects.update(demands_signature=True)
    with pytest.raises(Refused, match="要求签名"):
        receive_warning(actor=people["duty_officer"], document=message("1"), received_from="post")


def test_a_certificate_signs_for_its_senders_only(source, message, people, client_of):
    signer = Signer()
    trust(signer, senders="370000416*")
    document = signer.sign(message("1"))
    found, _ = receive_warning(actor=people["duty_officer"], document=document, received_from="post")
    assert found.signature == "invalid"
    page = client_of("duty_officer").get(f"/warnings/{found.pk}/").content.decode()
    assert "签名无效，内容可能被改动" in page
    assert "签名无效" in client_of("duty_officer").get("/warnings/").content.decode()
    assert "不在可信证书中" in page
    TrustedCertificate.objects.update(senders="*")
    again, _ = receive_warning(actor=people["duty_officer"], document=signer.sign(message("2")), received_from="post")
    assert again.signature == "valid"


def test_a_document_that_is_missing_is_asked_for_again_and_given_up(bureau, source, message):
    bureau.put_feed(link("/1.xml"), etag='"a"')
    for _ in range(TRIES - 1):
        assert ask(source) == {"failed": 1}
        assert "还没有取到" in source.problem
    assert not Notice.objects.exists()
    bureau.put("/1.xml", message("1"))
    assert ask(source) == {"taken": 1}
    assert source.problem == ""
    bureau.put_feed(link("/2.xml"), etag='"b"')
    for _ in range(TRIES):
        assert ask(source) == {"failed": 1}
    assert ask(source) == {}
    assert Notice.objects.filter(title__contains="未能接收").count() == 1


def test_a_feed_that_fails_is_asked_less_and_less_and_the_duty_officer_hears_once(bureau, source, client_of):
    waits = []
    for _ in range(6):
        before = timezone.now()
        ask(source)
        waits.append(round((source.next_at - before).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 10, 10]
    assert source.failures == 6
    assert "404" in source.problem
    assert not Notice.objects.exists()
    page = client_of("duty_officer").get("/warnings/").content.decode()
    assert "市气象局" in page
    assert "404" in page
    WarningSource.objects.update(failing_since=timezone.now() - timedelta(minutes=11))
    ask(source)
    ask(source)
    notice = Notice.objects.get()
    assert "取不到预警" in notice.title
    bureau.put_feed()
    ask(source)
    assert (source.failures, source.problem, source.failing_since, source.notified_at) == (0, "", None, None)


def test_the_server_may_ask_for_patience(bureau, source):
    bureau.put("/feed.atom", b"", status=503, Retry_After="1800")
    ask(source)
    assert source.next_at > timezone.now() + timedelta(minutes=29)


@pytest.mark.parametrize(
    ("put", "said"),
    [
        ({"body": b"<html/>"}, "RSS 2.0"),
        ({"body": b"x" * 20, "Content_Length": "30"}, "不完整"),
        ({"body": b"x", "Content_Encoding": "gzip"}, "压缩"),
        ({"body": b"", "status": 401}, "核对"),
        ({"body": b"", "status": 302, "Location": "/feed.atom"}, "成环"),
        ({"body": b"", "status": 302, "Location": "http://localhost/"}, "其他主机"),
        ({"body": b"", "status": 302, "Location": "file:///etc/passwd"}, "离开 http"),
    ],
)
def test_what_a_server_does_wrong_is_said(bureau, source, put, said):
    bureau.put("/feed.atom", **put)
    ask(source)
    assert said in source.problem


def test_too_much_is_not_read(bureau, source, message, monkeypatch):
    monkeypatch.setattr("anlan.areas.risk.warning.services.feeds.FEED_LIMIT", 100)
    bureau.put_feed(link("/1.xml"))
    ask(source)
    assert "100 字节" in source.problem


def test_entries_lead_to_declared_hosts_only_and_credentials_stay_at_home(bureau, source, message):
    WarningSource.objects.update(username="anlan", password="secret")
    elsewhere = f"http://localhost:{bureau.port}/1.xml"
    bureau.put("/1.xml", message("1"))
    bureau.put_feed(link(elsewhere))
    assert ask(source) == {"failed": 1}
    assert "其他主机" in FeedEntry.objects.get().detail
    WarningSource.objects.update(other_hosts="localhost")
    assert ask(source) == {"taken": 1}
    own, other = [dict(headers) for path, headers in bureau.asked if path in ("/feed.atom", "/1.xml")][-2:]
    assert own["Authorization"].startswith("Basic ")
    assert "Authorization" not in other


def test_a_redirect_keeps_credentials_at_home(bureau, source):
    WarningSource.objects.update(password="token", other_hosts="localhost")
    bureau.put("/feed.atom", b"", status=302, Location=f"http://localhost:{bureau.port}/moved.atom")
    bureau.put_feed(path="/moved.atom")
    ask(source)
    assert source.problem == ""
    assert [headers.get("Authorization") for _, headers in bureau.asked] == ["Bearer token", None]


def test_the_clock_asks_each_source_once(bureau, source, message):
    bureau.put_feed(link("/1.xml"))
    bureau.put("/1.xml", message("1"))
    ask_sources()
    ask_sources()
    assert bureau.paths() == ["/feed.atom", "/1.xml"]
    WarningSource.objects.update(next_at=timezone.now(), is_enabled=False)
    assert list(claim_due(timezone.now())) == []


def test_a_fault_of_our_own_is_said_and_asked_again(bureau, source, message, monkeypatch):
    bureau.put_feed(link("/1.xml"))
    bureau.put("/1.xml", message("1"))
    with monkeypatch.context() as fault:
        fault.delattr("anlan.areas.risk.warning.services.feeds.FEED_LIMIT")
        ask_sources()
    source.refresh_from_db()
    assert "NameError" in source.problem
    assert source.failures == 1
    WarningSource.objects.update(next_at=timezone.now())
    ask_sources()
    source.refresh_from_db()
    assert (source.problem, Warning.objects.count()) == ("", 1)


def test_one_round_fetches_so_many_documents_and_the_next_the_rest(bureau, source, message, monkeypatch):
    monkeypatch.setattr("anlan.areas.risk.warning.services.feeds.DOCUMENTS", 1)
    bureau.put_feed(link("/2.xml"), link("/1.xml"), etag='"a"')
    bureau.put("/1.xml", message("1"))
    bureau.put("/2.xml", message("2"))
    assert ask(source) == {"taken": 1, "failed": 1}
    assert ask(source) == {"taken": 1}
    assert source.etag == '"a"'


def test_a_person_may_ask_at_once(bureau, source, client_of):
    bureau.put_feed()
    ask(source)
    keeper = client_of("system_administrator")
    page = keeper.get(f"/registers/warningsources/{source.pk}/").content.decode()
    assert "立即查询" in page
    assert keeper.post(f"/registers/warningsources/{source.pk}/action/poll/").status_code == 302
    source.refresh_from_db()
    assert source.next_at <= timezone.now()
    assert client_of("analyst").post(f"/registers/warningsources/{source.pk}/action/poll/").status_code == 403


def test_secrets_need_a_safe_address(source):
    source.password = "token"
    source.full_clean()
    source.address = "http://weather.example/feed"
    with pytest.raises(Exception, match="https"):
        source.full_clean()
