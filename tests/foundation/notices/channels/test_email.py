"""Mail goes through a real SMTP server when nobody confirmed on the page."""

import email
from datetime import timedelta
from email import policy

import pytest
from django.utils import timezone

from anlan.foundation.accounts.models import User
from anlan.foundation.notices.services import climb, confirm_notice
from anlan.foundation.rules.models import Rule


@pytest.fixture
def reachable(people):
    User.objects.filter(pk=people["county"].pk).update(email="county@example.org")


def _climb(capture, minutes=6):
    with capture(execute=True):
        climb(now=timezone.now() + timedelta(minutes=minutes))


def test_unconfirmed_notice_is_mailed(reachable, mailbox, notice, django_capture_on_commit_callbacks):
    _climb(django_capture_on_commit_callbacks)
    mail = email.message_from_bytes(mailbox[0].content, policy=policy.default)
    assert mailbox[0].rcpt_tos == ["county@example.org"]
    assert mail["Subject"] == "请组织转移"
    assert "高唐县应急管理局值班室 高唐值班" in mail.get_content()
    assert notice.attempts.get(channel="email").outcome == "sent"


def test_title_of_two_lines_is_one_subject(reachable, mailbox, send, django_capture_on_commit_callbacks):
    send(title="请组织转移\nBcc: other@example.org")
    _climb(django_capture_on_commit_callbacks)
    mail = email.message_from_bytes(mailbox[0].content, policy=policy.default)
    assert mail["Subject"] == "请组织转移 Bcc: other@example.org"
    assert mailbox[0].rcpt_tos == ["county@example.org"]


def test_mail_is_not_sent_when_somebody_confirmed_meanwhile(
    reachable, mailbox, notice, people, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as waiting:
        climb(now=timezone.now() + timedelta(minutes=6))
    confirm_notice(notice=notice, user=people["county"])
    for send in waiting:
        send()
    assert mailbox == []
    assert notice.attempts.get(channel="email").outcome == "已确认，未再发送"


def test_dead_server_is_written_down_and_the_ladder_goes_on_at_once(
    reachable, mailbox, notice, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_PORT = 9
    _climb(django_capture_on_commit_callbacks)
    attempt = notice.attempts.get(channel="email")
    assert "ConnectionRefusedError" in attempt.outcome
    assert attempt.next_at <= timezone.now()


def test_exercise_stays_in_the_house(reachable, mailbox, send, django_capture_on_commit_callbacks):
    drill = send(is_exercise=True)
    for step in range(1, 6):
        _climb(django_capture_on_commit_callbacks, 6 * step)
    assert mailbox == []
    assert set(drill.attempts.values_list("channel", flat=True)) == {"in_app"}


def test_exercise_that_may_leave_says_what_it_is(reachable, mailbox, send, django_capture_on_commit_callbacks):
    ladder = Rule.objects.get(code="notices.ladder")
    ladder.params["exercises_leave_the_house"] = True
    ladder.save()
    send(is_exercise=True)
    _climb(django_capture_on_commit_callbacks)
    mail = email.message_from_bytes(mailbox[0].content, policy=policy.default)
    assert mail["Subject"] == "【演练】请组织转移"
