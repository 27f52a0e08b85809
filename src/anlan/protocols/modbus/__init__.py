"""Modbus as instruments use it: which registers hold a reading, which to read together, what they say."""

from anlan.protocols.modbus.frames import Frame, ModbusError, as_json, decode, encode
from anlan.protocols.modbus.mapping import Block, ModbusMappingError, Register, blocks, value_in

__all__ = [
    "Block",
    "Frame",
    "ModbusError",
    "ModbusMappingError",
    "Register",
    "as_json",
    "blocks",
    "decode",
    "encode",
    "value_in",
]
