"""MQTT as sensors use it: which reading of a station stands where in which topic's payload."""

from anlan.protocols.mqtt.mapping import MQTTError, Place, Reading, readings, stations_of
from anlan.protocols.mqtt.messages import Message, as_json, decode, encode

__all__ = ["MQTTError", "Message", "Place", "Reading", "as_json", "decode", "encode", "readings", "stations_of"]
