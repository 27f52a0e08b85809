"""The process tree before it starts: what would keep it from running is said first."""

import argparse
import socket
from dataclasses import replace

from anlan.cli import run
from anlan.project.config import Config


def test_a_port_in_use_is_named_with_the_fix(capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        config = replace(Config(), web_port=other.getsockname()[1])
        monkeypatch.setattr(Config, "load", classmethod(lambda cls: config))
        assert run.run(argparse.Namespace(replay=None, minutes=1.0)) == 2
    said = capsys.readouterr().out
    assert f"web_port = {config.web_port}" in said
    assert "anlan.toml" in said


def test_a_datagram_port_in_use_is_named_too():
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        config = replace(Config(), gb28181_port=other.getsockname()[1])
        assert any(f"gb28181_port = {config.gb28181_port}" in one for one in run.busy_ports(config))
