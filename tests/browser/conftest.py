"""A whole installation as `anlan run` starts it, on free ports and a data folder of its own, and a browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import weakref
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from anlan.project.config import Config

ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
PASSWORD = "Anlan-demo-2026"
PHONE = {"width": 390, "height": 844}
#: Every setting that is a port; each gets a free one.
PORTS = [field.name for field in fields(Config) if field.name.endswith("_port")]


@dataclass(frozen=True)
class Installation:
    """Where the installation listens."""

    ports: dict[str, int]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    def send(self, protocol: str, *frames: bytes) -> bytes:
        """What a device hears after it sent these frames."""
        with socket.create_connection(("127.0.0.1", self.ports[protocol]), 10) as line:
            line.sendall(b"".join(frames))
            return line.recv(65536)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@pytest.fixture(scope="session")
def installation(tmp_path_factory) -> Installation:
    """The demo city, set up and running."""
    folder = tmp_path_factory.mktemp("installation")
    ports = {name.removesuffix("_port"): port for name, port in zip(PORTS, _free_ports(len(PORTS)), strict=True)}
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "anlan.project.settings",
        "ANLAN_DATA_DIR": str(folder),
        "ANLAN_DEMO": "true",
        "ANLAN_REQUIRE_MFA": "false",
        "ANLAN_CONFIG": os.devnull,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2] / "src"), os.environ.get("PYTHONPATH", "")]),
        **{f"ANLAN_{name.upper()}_PORT": str(port) for name, port in ports.items()},
    }
    anlan = [sys.executable, "-m", "anlan.cli"]
    log = (folder / "log.txt").open("wb")
    subprocess.run([*anlan, "setup", "--demo"], env=environment, check=True, stdout=log, stderr=log)
    process = subprocess.Popen([*anlan, "run"], env=environment, stdout=log, stderr=log, start_new_session=True)
    found = Installation(ports)
    limit = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{found.url}/health", timeout=2).close()
            for name in ("live", "hj212"):
                socket.create_connection(("127.0.0.1", ports[name]), 1).close()
            break
        except OSError:
            assert time.monotonic() < limit, (folder / "log.txt").read_text("utf-8")[-4000:]
            assert process.poll() is None
            time.sleep(0.2)
    yield found
    os.kill(process.pid, signal.SIGTERM)
    process.wait(30)
    log.close()


@pytest.fixture(scope="session")
def chromium():
    """The system's browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed (Debian/Ubuntu: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(installation, chromium):
    """`page = sign_in("zhiban")`: a signed-in browser; errors on its pages fail the test in the end."""
    contexts, errors = [], []

    def make(username: str, *, viewport: dict | None = None, **options):
        context = chromium.new_context(
            base_url=installation.url, viewport=viewport or {"width": 1440, "height": 900}, locale="zh-CN", **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{username}: {error}"))
        page.on("console", lambda m: errors.append(f"{username} {page.url}: {m.text}") if _is_fault(m) else None)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


def switch_off(page) -> None:
    """Takes the network from a person's browser, on purpose, in whatever it is just doing."""
    _switched_off.add(page.context)
    page.context.set_offline(True)


#: Browsers that were without a network: a request on its way fails as the service worker says it.
_switched_off = weakref.WeakSet()


def _is_fault(message) -> bool:
    """Whether a console message is one; a network switched off on purpose and a form sent back are none."""
    expected = ["ERR_INTERNET_DISCONNECTED", "status of 400"]
    if message.page is not None and message.page.context in _switched_off:
        expected.append("ERR_FAILED")
    return message.type == "error" and not any(text in message.text for text in expected)
