"""A declared register mapping (寄存器映射): what an instrument's channel names, and values out of registers.

A channel is ``table:address:type``, with an optional ``*factor``: ``hr:100:f32``, ``ir:3:u16*0.1``, ``co:7``.
Tables are ``hr`` holding registers, ``ir`` input registers, ``co`` coils, ``di`` discrete inputs; addresses count from
0 as on the wire (Modbus Application Protocol V1.1b3, 4.4). Types are ``u16 i16 u32 i32 u64 i64 f32 f64`` with the
high word first, or with a ``w`` behind when the low word comes first, and ``b0`` to ``b15`` for a bit of a register.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anlan.protocols.modbus.frames import ModbusError

TABLES = {"hr": 3, "ir": 4, "co": 1, "di": 2}
"""The function that reads each table."""
MOST = {"hr": 125, "ir": 125, "co": 2000, "di": 2000}
"""Registers or bits in one request at most (6.1-6.4 of the specification)."""
GAP = 8
"""Registers that nobody wants may be read along, up to so many, to save a request."""
_TYPES = {"u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q", "i64": "q", "f32": "f", "f64": "d"}
_CHANNEL = re.compile(
    r"(?P<table>hr|ir|co|di):(?P<address>\d{1,5})(?::(?P<type>[uif](?:16|32|64)|b\d{1,2})(?P<swapped>w?))?(?:\*(?P<factor>-?[\d.]+(?:e-?\d+)?))?",
    re.ASCII,
)


class ModbusMappingError(ModbusError):
    """A channel that names no register, with what is right."""


@dataclass(frozen=True, slots=True)
class Register:
    """Where a reading stands and how it is to be read."""

    table: str
    address: int
    kind: str = "u16"
    is_swapped: bool = False
    factor: float = 1.0

    @property
    def size(self) -> int:
        """Registers (or bits) that the value takes."""
        is_single = self.table in ("co", "di") or self.kind.startswith("b")
        return 1 if is_single else int(self.kind[1:]) // 16

    @classmethod
    def parse(cls, channel: str) -> Register:
        """The register that a channel names.

        >>> Register.parse("ir:3:i16*0.1")
        Register(table='ir', address=3, kind='i16', is_swapped=False, factor=0.1)
        >>> Register.parse("hr:70000:u16")
        Traceback (most recent call last):
            ...
        anlan.protocols.modbus.mapping.ModbusMappingError: 通道 'hr:70000:u16' 的地址应为 0 到 65535
        """
        match = _CHANNEL.fullmatch(channel)
        if match is None:
            raise ModbusMappingError(f"通道 {channel!r} 应形如 hr:100:f32、ir:3:u16*0.1 或 co:7")
        table, kind, address = match["table"], match["type"] or "u16", int(match["address"])
        if table in ("co", "di") and match["type"]:
            raise ModbusMappingError(f"通道 {channel!r}：线圈和离散量不写类型")
        if kind not in _TYPES and not (kind.startswith("b") and int(kind[1:]) < 16):
            raise ModbusMappingError(f"通道 {channel!r} 的类型应为 {' '.join(_TYPES)} 或 b0 到 b15")
        try:
            factor = float(match["factor"] or 1)
        except ValueError:
            raise ModbusMappingError(f"通道 {channel!r} 的系数 {match['factor']!r} 不是数") from None
        found = cls(table, address, kind, bool(match["swapped"]), factor)
        if address + found.size > 65536:
            raise ModbusMappingError(f"通道 {channel!r} 的地址应为 0 到 65535")
        if not math.isfinite(factor) or factor == 0:
            raise ModbusMappingError(f"通道 {channel!r} 的系数不能是 0")
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that one request reads."""

    table: str
    start: int
    count: int
    channels: tuple[str, ...]


def blocks(registers: Mapping[str, Register]) -> list[Block]:
    """The fewest requests that read all registers without too much that nobody wants.

    >>> wanted = {c: Register.parse(c) for c in ("hr:0:u16", "hr:4:f32", "hr:300:u16", "co:2")}
    >>> [(block.table, block.start, block.count) for block in blocks(wanted)]
    [('co', 2, 1), ('hr', 0, 6), ('hr', 300, 1)]
    """
    found: list[Block] = []
    for channel, register in sorted(registers.items(), key=lambda item: (item[1].table, item[1].address, item[0])):
        end = register.address + register.size
        last = found[-1] if found else None
        if (
            last is not None
            and last.table == register.table
            and register.address <= last.start + last.count + GAP
            and end - last.start <= MOST[last.table]
        ):
            count = max(last.count, end - last.start)
            found[-1] = Block(last.table, last.start, count, (*last.channels, channel))
        else:
            found.append(Block(register.table, register.address, register.size, (channel,)))
    return found


def value_in(register: Register, block: Block, words: Sequence[int]) -> float:
    """The value of a register out of a block's words (or bits); NaN when the instrument says that it has none.

    >>> register = Register.parse("hr:4:f32*2")
    >>> value_in(register, Block("hr", 4, 2, ()), (0x4148, 0x0000))
    25.0
    """
    offset = register.address - block.start
    part = list(words[offset : offset + register.size])
    if len(part) < register.size:
        raise ModbusMappingError(f"应答只有 {len(words)} 个寄存器，没有地址 {register.address}")
    if register.table in ("co", "di"):
        return float(bool(part[0]))
    if register.kind.startswith("b"):
        return float(part[0] >> int(register.kind[1:]) & 1)
    if register.is_swapped:
        part.reverse()
    raw = struct.pack(f">{len(part)}H", *part)
    (number,) = struct.unpack(">" + _TYPES[register.kind], raw)
    return float(number) * register.factor


def packed(words: Iterable[int], table: str) -> bytes:
    """Words or bits as the bytes that stood in the answer."""
    words = list(words)
    return bytes(words) if table in ("co", "di") else struct.pack(f">{len(words)}H", *words)
