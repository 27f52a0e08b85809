"""HJ 212, what pollution monitors (污染物在线监控) say: packets of 2005 and 2017 and their messages."""

from anlan.protocols.hj212.codes import Command, Factor, command, factor
from anlan.protocols.hj212.exchange import Reassembler, acknowledge, report_execution, request, split
from anlan.protocols.hj212.frames import DECLARABLE, SEGMENT_LIMIT, Frame, HJ212Error, Malformed, Splitter
from anlan.protocols.hj212.messages import (
    SHANGHAI,
    Message,
    Observation,
    as_json,
    decode,
    encode,
    timestamp,
)

__all__ = [
    "DECLARABLE",
    "SEGMENT_LIMIT",
    "SHANGHAI",
    "Command",
    "Factor",
    "Frame",
    "HJ212Error",
    "Malformed",
    "Message",
    "Observation",
    "Reassembler",
    "Splitter",
    "acknowledge",
    "as_json",
    "command",
    "decode",
    "encode",
    "factor",
    "report_execution",
    "request",
    "split",
    "timestamp",
]
