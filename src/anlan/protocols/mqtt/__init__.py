"""MQTT as sensors use it: which reading of a station stands where in which topic's payload."""

from anlan.protocols.mqtt.mapping import MQTTError, Place, Reading, readings, stations_of

__all__ = ["MQTTError", "Place", "Reading", "readings", "stations_of"]
