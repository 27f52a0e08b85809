"""What the web process heard of devices, handed to the gateway process over a local socket and kept there.

The gateway's intake stays the single door: a caller hears that its readings are kept when the intake has committed
them. A line of JSON goes there, a line comes back; the socket is a file that only this installation's user can open.
"""

import base64
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Bytes of one handover, and how long its commit may take, seconds.
LIMIT, PATIENCE_S = 32_000_000, 15.0


class NotKept(Exception):
    """The gateway did not confirm; whoever sent the readings should send them again, they count once."""


@dataclass(frozen=True)
class Part:
    """What one device says, as an adapter of the gateways would put it; or, with `fault`, why it cannot be read."""

    address: str
    frame: bytes
    #: (instrument, observed ms, value or None, flag)
    rows: tuple[tuple[int, int, float | None, int], ...] = ()
    #: (channel, problem); an empty channel stands for the whole device
    unknown: tuple[tuple[str, str], ...] = ()
    #: (code, reason)
    fault: tuple[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """The part as JSON values."""
        return {
            "address": self.address,
            "frame": base64.b64encode(self.frame).decode(),
            "rows": self.rows,
            "unknown": self.unknown,
            "fault": self.fault,
        }

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> "Part":
        """The part that `as_json` gave."""
        return cls(
            value["address"],
            base64.b64decode(value["frame"]),
            tuple((key, at, number, flag) for key, at, number, flag in value["rows"]),
            tuple((channel, problem) for channel, problem in value["unknown"]),
            None if value["fault"] is None else (value["fault"][0], value["fault"][1]),
        )


def hand_over(parts: list[Part], *, protocol: str, peer: str, path: Path) -> None:
    """Have the gateway keep what devices said; NotKept says why it did not."""
    line = json.dumps({"protocol": protocol, "peer": peer, "parts": [part.as_json() for part in parts]}).encode()
    if len(line) >= LIMIT:
        raise NotKept("一次交付的数据太多")
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(str(path))
            connection.sendall(line + b"\n")
            answer = connection.makefile("rb").readline(10_000)
    except OSError as error:
        raise NotKept(f"接入网关没有应答（{type(error).__name__}）") from None
    try:
        said = json.loads(answer)
    except ValueError:
        raise NotKept("接入网关中断了连接") from None
    if said.get("problem"):
        raise NotKept(str(said["problem"]))
