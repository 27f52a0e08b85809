"""JT/T 809, what platforms for road vehicles (道路运输车辆卫星定位系统平台) exchange: editions of 2011 and 2019."""

from anlan.protocols.jt809 import bodies, supervision
from anlan.protocols.jt809.catalogue import car_info, car_text, moment
from anlan.protocols.jt809.cipher import Cipher
from anlan.protocols.jt809.codes import MESSAGES, PLATE_COLORS, SUB_MESSAGES, WARN_TYPES, alarm_names
from anlan.protocols.jt809.exchange import (
    MAIN,
    SUB,
    Account,
    Action,
    Close,
    Connect,
    Receive,
    Send,
    Subordinate,
    Superior,
    Terms,
    acknowledge,
    answer,
    answer_post,
    draft,
)
from anlan.protocols.jt809.frames import PACKET_LIMIT, Frame, JT809Error, Malformed, Splitter, unwrap, wrap
from anlan.protocols.jt809.messages import Message, as_json, decode, encode
from anlan.protocols.jt809.positions import SHANGHAI, Location, Position

__all__ = [
    "MAIN",
    "MESSAGES",
    "PACKET_LIMIT",
    "PLATE_COLORS",
    "SHANGHAI",
    "SUB",
    "SUB_MESSAGES",
    "WARN_TYPES",
    "Account",
    "Action",
    "Cipher",
    "Close",
    "Connect",
    "Frame",
    "JT809Error",
    "Location",
    "Malformed",
    "Message",
    "Position",
    "Receive",
    "Send",
    "Splitter",
    "Subordinate",
    "Superior",
    "Terms",
    "acknowledge",
    "alarm_names",
    "answer",
    "answer_post",
    "as_json",
    "bodies",
    "car_info",
    "car_text",
    "decode",
    "draft",
    "encode",
    "moment",
    "supervision",
    "unwrap",
    "wrap",
]
