"""Stations and instruments, packed readings, alarms, and what the gateways could not place."""

from anlan.areas.risk.monitoring.models.records import (
    Alarm,
    Colour,
    DeviceCommand,
    DeviceState,
    GatewayMinute,
    IntakeBatch,
    Latest,
    MalformedFrame,
    ReadingBlock,
    UnknownDevice,
)
from anlan.areas.risk.monitoring.models.registers import (
    Crs,
    Instrument,
    Protocol,
    Source,
    Station,
)

__all__ = [
    "Alarm",
    "Colour",
    "Crs",
    "DeviceCommand",
    "DeviceState",
    "GatewayMinute",
    "Instrument",
    "IntakeBatch",
    "Latest",
    "MalformedFrame",
    "Protocol",
    "ReadingBlock",
    "Source",
    "Station",
    "UnknownDevice",
]
