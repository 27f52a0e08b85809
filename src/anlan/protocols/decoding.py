"""What a frame of any protocol says, in the standard's own names: for the command line and for the gateways' page."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

DECODERS: dict[str, str] = {
    "sl651": "decode",
    "hj212": "decode",
    "jt808": "decode",
    "gb26875": "decode",
    "cap": "parse",
    "edxl": "parse",
    "jt809": "decode",
    "gb28181": "read",
    "sensorthings": "decode",
    "mqtt": "read",
    "modbus": "decode",
}
"""Protocols whose frames can be read: the folder's name, and its function that reads one frame."""
STREAMED = frozenset({"sl651", "hj212", "jt808", "jt809", "gb26875", "mqtt"})
"""Protocols whose frames follow one another in a stream, and tell where they end."""


def decoder(protocol: str) -> Callable[[bytes], dict[str, Any]]:
    """The function that reads a frame of the protocol into JSON values; a bad frame raises ValueError.

    >>> decoder("hj212")(b"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00")["CN"]
    '9014'
    """
    module = import_module(f"anlan.protocols.{protocol}")
    read = getattr(module, DECODERS[protocol])
    as_json = module.as_json

    def decode(raw: bytes) -> dict[str, Any]:
        return as_json(read(raw))

    return decode


def frames_in(protocol: str, raw: bytes) -> list[tuple[bytes, str]]:
    """The frames that stand one behind another in captured bytes, and with a reason the bytes between that are none.

    >>> frame = bytes.fromhex("7e00020000012345678900000a817e")
    >>> [(len(part), reason) for part, reason in frames_in("jt808", frame + frame[1:])]
    [(15, ''), (15, '')]
    """
    module = import_module(f"anlan.protocols.{protocol}")
    splitter = module.Splitter()
    return [(part.raw, getattr(part, "reason", "")) for part in [*splitter.feed(raw), *splitter.close()]]
