"""Modbus frames on the wire, of TCP and of serial lines (RTU, ASCII), and what they say; for reading what was captured.

Source: MODBUS Application Protocol V1.1b3, clauses 4.1, 6 and 7; Messaging on TCP/IP V1.0b, 3.1.3 (header); over
Serial Line V1.02, 2.5.1.2, 2.5.2 and annex B (CRC, LRC).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

NAMES = {
    1: "读线圈", 2: "读离散量输入", 3: "读保持寄存器", 4: "读输入寄存器", 5: "写单个线圈", 6: "写单个寄存器",
    7: "读异常状态", 8: "诊断", 11: "读通信事件计数", 12: "读通信事件记录", 15: "写多个线圈", 16: "写多个寄存器",
    17: "读服务器标识", 20: "读文件记录", 21: "写文件记录", 22: "屏蔽写寄存器", 23: "读写多个寄存器", 24: "读先进先出队列",
    43: "封装接口传输",
}  # fmt: skip
EXCEPTIONS = {1: "功能码不支持", 2: "地址不存在", 3: "数值不合法", 4: "设备故障", 5: "已接受，处理中", 6: "设备忙",
              8: "存储校验错误", 10: "网关路径不可用", 11: "网关后的设备无应答"}  # fmt: skip
_HEADER = struct.Struct(">HHHB")
_MOST_BITS = 2000


class ModbusError(ValueError):
    """Bytes or a channel that are no Modbus, with what is right."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One request or answer; a serial line's has no transaction."""

    unit: int
    function: int
    data: bytes
    transaction: int | None = None
    is_ascii: bool = False
    """Whether a serial line carries it as characters."""


def crc(data: bytes) -> int:
    """The CRC of a serial line, as a number whose low byte is sent first.

    >>> f"{crc(bytes.fromhex('02 07')):04X}"  # the example of annex B
    '1241'
    """
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return register


def lrc(data: bytes) -> int:
    """The check of a serial line that carries characters.

    >>> f"{lrc(bytes.fromhex('11 03 00 6b 00 03')):02X}"
    '7E'
    """
    return -sum(data) & 0xFF


def encode(frame: Frame) -> bytes:
    """The bytes of a frame.

    >>> encode(Frame(17, 3, bytes.fromhex("006b0003"), transaction=1)).hex(" ")
    '00 01 00 00 00 06 11 03 00 6b 00 03'
    """
    body = bytes([frame.function]) + frame.data
    if frame.transaction is not None:
        return _HEADER.pack(frame.transaction, 0, len(body) + 1, frame.unit) + body
    body = bytes([frame.unit]) + body
    if frame.is_ascii:
        return b":" + (body.hex().upper() + f"{lrc(body):02X}").encode() + b"\r\n"
    return body + crc(body).to_bytes(2, "little")


def decode(raw: bytes) -> Frame:
    """The frame in some bytes: of TCP when its header fits, else of a serial line when its CRC does.

    >>> decode(bytes.fromhex("11 03 00 6b 00 03 76 87")).function
    3
    """
    if len(raw) >= 8:
        transaction, protocol, size, unit = _HEADER.unpack_from(raw)
        if protocol == 0 and size == len(raw) - 6:
            return Frame(unit, raw[7], bytes(raw[8:]), transaction)
    if len(raw) < 4:
        raise ModbusError(f"只有 {len(raw)} 字节，Modbus 帧至少 4 字节（RTU）或 8 字节（TCP）")
    given, expected = int.from_bytes(raw[-2:], "little"), crc(raw[:-2])
    if given != expected and raw.startswith(b":"):
        return _characters(raw[1:].rstrip(b"\r\n"))
    if given != expected:
        raise ModbusError(
            f"既不是 Modbus TCP 帧（协议标识应为 0，长度应与实际一致），CRC 也不符：收到 {given:04X}，应为 {expected:04X}"
        )
    return Frame(raw[0], raw[1], bytes(raw[2:-2]))


def _characters(digits: bytes) -> Frame:
    try:
        raw = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        raise ModbusError("冒号之后应为十六进制数字（Modbus ASCII）") from None
    if len(raw) < 3:
        raise ModbusError(f"只有 {len(raw)} 字节，Modbus ASCII 帧至少 3 字节")
    if raw[-1] != lrc(raw[:-1]):
        raise ModbusError(f"LRC 不符：收到 {raw[-1]:02X}，应为 {lrc(raw[:-1]):02X}")
    return Frame(raw[0], raw[1], raw[2:-1], is_ascii=True)


def as_json(frame: Frame) -> dict[str, Any]:
    """A frame under readable names; which way it goes is told from its form.

    >>> as_json(decode(bytes.fromhex("000100000005 11 03 02 022b")))["registers"]
    [555]
    """
    function = frame.function & 0x7F
    serial = "ASCII" if frame.is_ascii else "RTU"
    found: dict[str, Any] = {"transport": serial if frame.transaction is None else "TCP"}
    if frame.transaction is not None:
        found["transaction"] = frame.transaction
    found |= {"unit": frame.unit, "function": function, "function_name": NAMES.get(function, "")}
    return found | _content(function, frame.function > 0x7F, frame.data)


def _content(function: int, is_exception: bool, data: bytes) -> dict[str, Any]:
    if is_exception and len(data) == 1:
        return {"kind": "exception", "exception": data[0], "exception_name": EXCEPTIONS.get(data[0], "")}
    words = struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])
    is_counted = bool(data) and data[0] == len(data) - 1
    if function in (1, 2, 3, 4) and len(data) == 4 and not (is_counted and words[1] > _MOST_BITS):
        return {"kind": "request", "address": words[0], "count": words[1]}
    if function in (1, 2) and is_counted:
        return {"kind": "response", "bits": [byte >> n & 1 for byte in data[1:] for n in range(8)]}
    if function in (3, 4) and is_counted and data[0] % 2 == 0:
        return {"kind": "response", "registers": list(struct.unpack(f">{data[0] // 2}H", data[1:]))}
    if function in (5, 6) and len(data) == 4:
        return {"kind": "request_or_echo", "address": words[0], "value": words[1]}
    if function in (15, 16) and len(data) == 4:
        return {"kind": "response", "address": words[0], "count": words[1]}
    if function in (15, 16) and len(data) > 5 and data[4] == len(data) - 5:
        return {"kind": "request", "address": words[0], "count": words[1], "data": data[5:].hex()}
    return {"kind": "other", "data": data.hex()}
