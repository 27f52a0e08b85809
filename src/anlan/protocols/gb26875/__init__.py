"""GB/T 26875.3, what fire-facility transmission devices (用户信息传输装置) tell the monitoring centre."""

from anlan.protocols.gb26875 import codes
from anlan.protocols.gb26875.exchange import Sender, acknowledge, request
from anlan.protocols.gb26875.frames import (
    DATA_LIMIT,
    SHANGHAI,
    Frame,
    GB26875Error,
    Header,
    Malformed,
    Splitter,
    Stamp,
    unwrap,
    wrap,
)
from anlan.protocols.gb26875.messages import (
    DeviceState,
    Item,
    Message,
    PartState,
    PartValue,
    SystemState,
    as_json,
    decode,
    encode,
)

__all__ = [
    "DATA_LIMIT",
    "SHANGHAI",
    "DeviceState",
    "Frame",
    "GB26875Error",
    "Header",
    "Item",
    "Malformed",
    "Message",
    "PartState",
    "PartValue",
    "Sender",
    "Splitter",
    "Stamp",
    "SystemState",
    "acknowledge",
    "as_json",
    "codes",
    "decode",
    "encode",
    "request",
    "unwrap",
    "wrap",
]
