"""`anlan run`: the whole installation as one process tree."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.project.config import Config

HELP = "start web, gateways, worker and, when asked, a replay; Ctrl-C stops all"

#: The settings that name a port of this installation.
PORTS = (
    "web_port", "live_port", "sl651_port", "hj212_port", "jt808_port", "jt809_port", "gb26875_port", "gb28181_port",
    "metrics_port",
)  # fmt: skip
#: Those that are listened on by UDP as well.
DATAGRAM_PORTS = ("gb28181_port",)
#: A part that dies is started again after this long, doubled each time up to a minute.
FIRST_PAUSE_S = 1.0


@dataclass
class Part:
    """One child process."""

    name: str
    command: list[str]
    is_once: bool = False
    process: subprocess.Popen | None = None
    pause: float = FIRST_PAUSE_S
    next_start: float = 0.0
    is_done: bool = field(default=False)

    def watch(self) -> None:
        """Start the part, or start it again when it died."""
        if self.is_done or (self.process and self.process.poll() is None) or time.monotonic() < self.next_start:
            return
        if self.process is not None:
            if self.is_once and self.process.returncode == 0:
                self.is_done = True
                return
            print(
                f"anlan: {self.name} ended with status {self.process.returncode}; starting it again",
                flush=True,
            )
            self.pause = min(self.pause * 2, 60.0)
        self.next_start = time.monotonic() + self.pause
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def stop(self) -> None:
        """Ask the part to finish its work."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--replay NAME plays a story into the running installation."""
    parser.add_argument("--replay", metavar="STORY", help="play a story, for example lekima")
    parser.add_argument("--minutes", type=float, default=12.0, help="how long the replay takes (default 12)")


def parts(options: argparse.Namespace) -> list[Part]:
    """The processes of an installation."""
    from anlan.project.config import Config

    config = Config.load()
    anlan = [sys.executable, "-m", "anlan.cli"]
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", config.host, "--port", str(config.web_port),
        "--workers", str(config.web_workers), "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "anlan.project.wsgi:application",
    ]  # fmt: skip
    found = [Part("web", web), Part("gateway", [*anlan, "gateway"]), Part("worker", [*anlan, "worker"])]
    if options.replay:
        found.append(
            Part("replay", [*anlan, "replay", options.replay, "--minutes", str(options.minutes)], is_once=True)
        )
    return found


def busy_ports(config: "Config") -> list[str]:
    """The settings whose port somebody else listens on."""
    found = []
    for name in PORTS:
        if not getattr(config, name):
            continue
        kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM) if name in DATAGRAM_PORTS else (socket.SOCK_STREAM,)
        for kind in kinds:
            with socket.socket(type=kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((config.host, getattr(config, name)))
                except OSError as error:
                    found.append(f"{name} = {getattr(config, name)} ({error.strerror})")
                    break
    return found


def run(options: argparse.Namespace) -> int:
    """Start the parts, keep them alive, stop them together."""
    from anlan.project.config import Config

    config = Config.load()
    if taken := busy_ports(config):
        print("anlan: these ports cannot be used: " + "; ".join(taken))
        print("Stop what uses them, or choose others in anlan.toml or with ANLAN_WEB_PORT=8080 and so on.")
        return 2
    running = parts(options)
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print(f"\n安澜 Anlan  http://{config.host}:{config.web_port}/", flush=True)
    if config.demo:
        print(
            "Demo sign-ins (password Anlan-demo-2026): zhiban 值班员, zhihui 指挥长, duizhang 现场队长; more on the sign-in page"
        )
    print("Ctrl-C stops it.\n", flush=True)
    while not stopping:
        for part in running:
            part.watch()
        time.sleep(0.2)
    for part in reversed(running):
        part.stop()
    deadline = time.monotonic() + 15
    for part in running:
        if part.process:
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(part.process.pid, signal.SIGKILL)
    return 0
