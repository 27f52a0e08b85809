"""The city's gateway gets a signed POST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anlan.foundation.notices.services import climb
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
