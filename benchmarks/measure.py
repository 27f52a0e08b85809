"""Time two things in turn, so that a drifting machine slows both."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def start_django() -> None:
    """Set Django up on a throw-away SQLite database with the rules and a small city."""
    os.environ["ANLAN_DATA_DIR"] = tempfile.mkdtemp(prefix="anlan-bench-")
    os.environ["ANLAN_REQUIRE_MFA"] = "false"
    os.environ["ANLAN_CONFIG"] = os.devnull
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.project.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def paired(ours: Callable[[], object], peer: Callable[[], object], rounds: int = 7) -> tuple[list[float], list[float]]:
    """Seconds of each in alternating rounds, after one warm-up of both."""
    ours(), peer()
    a, b = [], []
    for _ in range(rounds):
        a.append(seconds(ours))
        b.append(seconds(peer))
    return a, b


def seconds(call: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def report(name: str, values: list[float], unit: str = "ms", scale: float = 1000.0) -> None:
    """One line: median, minimum and maximum."""
    scaled = [value * scale for value in values]
    print(f"  {name:<58} {statistics.median(scaled):10.2f} {unit}  ({min(scaled):.2f} .. {max(scaled):.2f})")


def report_ratio(name: str, numerator: list[float], denominator: list[float], goal: str = "") -> None:
    """One line: the ratio pair by pair."""
    ratios = [a / b for a, b in zip(numerator, denominator, strict=True)]
    print(f"  {name:<58} {statistics.median(ratios):10.2f} x   ({min(ratios):.2f} .. {max(ratios):.2f})  {goal}")


@contextmanager
def gateway(*protocols: str) -> Iterator[tuple[int, dict[str, int]]]:
    """A gateway process that listens for these protocols, its lanes compiled: its process number and its ports."""
    from anlan.gateways.lanes import compile_all
    from anlan.gateways.process import LISTENERS

    compile_all()  # the process loads what was compiled here
    names = (*protocols, "live", "metrics")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    wanted = dict.fromkeys(LISTENERS, 0) | ports
    process = subprocess.Popen(
        [sys.executable, "-m", "anlan.cli", "gateway"],
        env=os.environ | {f"ANLAN_{name.upper()}_PORT": str(port) for name, port in wanted.items()},
        stderr=subprocess.DEVNULL,
    )
    try:
        for port in ports.values():
            wait_for(port)
        while metric(ports["metrics"], "anlan_lanes") < len(protocols):
            time.sleep(0.1)
        yield process.pid, ports
    finally:
        process.terminate()
        process.wait(30)


def metric(port: int, name: str) -> float:
    """One number out of what a gateway tells of itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def processor_seconds(pid: int) -> tuple[float, float]:
    """What a process with all its threads has used so far, and how much of it in the kernel."""
    user, system = map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK"), system / os.sysconf("SC_CLK_TCK")


def wait_for(port: int, patience_s: float = 60.0) -> None:
    """Return once somebody listens on a port of this machine."""
    limit = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return


def sign_in(area) -> str:
    """The session cookie of a duty officer of an area."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from anlan.foundation.accounts.models import Department, Post
    from anlan.foundation.accounts.services import make_user

    unit = Department.objects.create(code="yjj", name="市应急局", area=area)
    post = Post.objects.create(department=unit, title="值班室", role="duty_officer")
    user = make_user(username="bench", full_name="测试", password="Anlan-bench-2026", department=unit, posts=[post])
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
