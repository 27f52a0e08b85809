"""A signed HTTP POST to the city's own gateway, which may send SMS, call by voice or post to a work chat.

The receiver checks `X-Anlan-Signature: sha256=<hex>`, the HMAC-SHA256 with the shared secret over the value of
`X-Anlan-Timestamp`, a full stop and the body, and refuses old timestamps.
"""

import hashlib
import hmac
import http.client
import json
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.notices.channels.channel import TIMEOUT, Channel, Undelivered, address, heading
from anlan.foundation.notices.models import Attempt


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A signed message goes to the address that was configured, nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of one request.

    >>> sign("secret", "1700000000", b"{}")[:15]
    'sha256=b8569b78'
    """
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


class Webhook(Channel):
    """The city's message gateway (短信、语音等外部网关)."""

    name = "webhook"
    title = _("外部网关")

    def reaches(self, user: User | None) -> bool:
        return bool(settings.ANLAN.webhook and user)

    def deliver(self, attempt: Attempt) -> str:
        body = json.dumps(payload(attempt), ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Anlan-Timestamp": timestamp,
            "X-Anlan-Signature": sign(settings.ANLAN.webhook_secret, timestamp, body),
        }
        # The configuration admits http and https addresses only.
        request = urllib.request.Request(settings.ANLAN.webhook, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with _opener.open(request, timeout=TIMEOUT):
                return Attempt.SENT
        except HTTPError as error:
            raise Undelivered(f"HTTP {error.code}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error


def payload(attempt: Attempt) -> dict[str, Any]:
    """What the gateway gets; `id` is the same when the same attempt comes twice."""
    notice, user = attempt.notice, attempt.user
    return {
        "id": attempt.pk,
        "notice": notice.pk,
        "title": heading(attempt),
        "body": notice.body,
        "urgency": notice.urgency,
        "area": notice.area_code,
        "is_exercise": notice.is_exercise,
        "recipient": {"name": str(user), "post": attempt.post_title, "phone": user.phone},
        "confirm_at": address(attempt),
    }
