"""An urgent notice to the duty room of 高唐县, and a real SMTP server and a real web hook on this machine."""

import hashlib
import hmac
import json
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as installed

SECRET = "a shared secret"


@pytest.fixture
def send(people, rules):
    """Send a notice to the duty room of 高唐县 unless said otherwise."""
    from anlan.foundation.notices.services import send_notice

    def make(**values):
        known = {"actor": "测试", "post": people["county"].current_posts[0], "title": "请组织转移"}
        return send_notice(**(known | {"area_code": "371526", "urgency": "urgent"} | values))

    return make


@pytest.fixture
def notice(send):
    return send()


@pytest.fixture
def mailbox(settings):
    """The mails that an SMTP server on this machine received."""
    mails = []

    class Handler:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
            mails.append(envelope)
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.ANLAN = replace(installed.ANLAN, smtp=f"127.0.0.1:{port}", smtp_from="anlan@example.org")
    yield mails
    server.stop()


class Hook(BaseHTTPRequestHandler):
    """Keeps what was posted with a good signature; answers with the server's status."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["X-Anlan-Timestamp"].encode() + b"." + body
        mac = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        good = hmac.compare_digest(self.headers["X-Anlan-Signature"], f"sha256={mac}")
        if good:
            self.server.posted.append(json.loads(body))
        self.send_response(self.server.status if good else 401)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def hook(settings):
    """A web hook on this machine: `posted` holds what it took, `status` is what it answers."""
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.posted, server.status = [], 204
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/notices"
    settings.ANLAN = replace(settings.ANLAN, webhook=address, webhook_secret=SECRET)
    yield server
    server.shutdown()
    server.server_close()
