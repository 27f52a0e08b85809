"""The city's gateway gets a signed POST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.foundation.notices.delivery import queue_lost
from anlan.foundation.notices.services import climb
from anlan.foundation.rules.models import Rule
from anlan.project.config import Config, ConfigError


def _climb(capture):
    with capture(execute=True):
        climb(now=timezone.now() + timedelta(minutes=6))


def test_gateway_gets_a_signed_message(hook, notice, django_capture_on_commit_callbacks):
    _climb(django_capture_on_commit_callbacks)
    posted = hook.posted[0]
    attempt = notice.attempts.get(channel="webhook")
    assert (posted["id"], posted["notice"], posted["title"]) == (attempt.pk, notice.pk, "请组织转移")
    assert posted["recipient"]["name"] == "高唐值班"
    assert attempt.outcome == "sent"


def test_exercise_that_may_leave_says_what_it_is(hook, send, django_capture_on_commit_callbacks):
    ladder = Rule.objects.get(code="notices.ladder")
    ladder.params["exercises_leave_the_house"] = True
    ladder.save()
    send(is_exercise=True)
    _climb(django_capture_on_commit_callbacks)
    assert hook.posted[0]["title"] == "【演练】请组织转移"
    assert hook.posted[0]["is_exercise"] is True


def test_what_a_stopped_process_left_unsent_is_sent(hook, notice):
    climb(now=timezone.now() + timedelta(minutes=6))
    assert queue_lost() == 0
    notice.attempts.filter(channel="webhook").update(sent_at=timezone.now() - timedelta(minutes=3))
    assert queue_lost() == 1
    assert notice.attempts.get(channel="webhook").outcome == "sent"
    assert queue_lost() == 0
    assert len(hook.posted) == 1


@pytest.mark.parametrize("status", [500, 302])
def test_refusal_is_written_down(hook, notice, status, django_capture_on_commit_callbacks):
    hook.status = status
    _climb(django_capture_on_commit_callbacks)
    assert notice.attempts.get(channel="webhook").outcome == f"HTTP {status}"
    assert len(hook.posted) == 1


def test_wrong_secret_is_refused(hook, notice, settings, django_capture_on_commit_callbacks):
    object.__setattr__(settings.ANLAN, "webhook_secret", "another")
    _climb(django_capture_on_commit_callbacks)
    assert hook.posted == []
    assert notice.attempts.get(channel="webhook").outcome == "HTTP 401"


def test_webhook_is_configured_with_a_web_address_and_a_secret():
    with pytest.raises(ConfigError, match="webhook_secret"):
        Config(webhook="https://example.org/")
    with pytest.raises(ConfigError, match="https"):
        Config(webhook="file:///etc/passwd", webhook_secret="x")
