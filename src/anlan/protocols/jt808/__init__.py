"""JT/T 808, what vehicle terminals (道路运输车辆卫星定位终端) say: editions of 2013 and 2019, and JT/T 1078's signalling."""

from anlan.protocols.jt808 import areas, control, media, parameters, safety
from anlan.protocols.jt808.exchange import ANSWERS, Assembler, acknowledge, reply, split
from anlan.protocols.jt808.frames import BODY_LIMIT, Frame, Header, JT808Error, Malformed, Splitter, unwrap, wrap
from anlan.protocols.jt808.messages import (
    Answer,
    Batch,
    Body,
    Message,
    Raw,
    Report,
    ReportAnswer,
    as_json,
    decode,
    encode,
)
from anlan.protocols.jt808.positions import SHANGHAI, Location

__all__ = [
    "ANSWERS",
    "BODY_LIMIT",
    "SHANGHAI",
    "Answer",
    "Assembler",
    "Batch",
    "Body",
    "Frame",
    "Header",
    "JT808Error",
    "Location",
    "Malformed",
    "Message",
    "Raw",
    "Report",
    "ReportAnswer",
    "Splitter",
    "acknowledge",
    "areas",
    "as_json",
    "control",
    "decode",
    "encode",
    "media",
    "parameters",
    "reply",
    "safety",
    "split",
    "unwrap",
    "wrap",
]
