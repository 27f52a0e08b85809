"""MQTT as sensors use it: which reading of a station stands where in which topic's payload."""

from anlan.protocols.mqtt.mapping import MQTTError, Place, Reading, readings, stations_of
from anlan.protocols.mqtt.messages import Message, as_json, decode, encode, read
from anlan.protocols.mqtt.packets import Packet, Splitter, parse

__all__ = [
    "MQTTError", "Message", "Packet", "Place", "Reading", "Splitter", "as_json", "decode", "encode", "parse", "read",
    "readings", "stations_of",
]  # fmt: skip
