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
