"""JT/T 809 messages: what the content of a packet says, and packets that say it.

Header (数据头, 2011 table 2): length 4, serial 4, business type 2, access code (下级平台接入码) 4, version 3,
encryption flag 1, key 4; the edition of 2019 adds the UTC time, 8. Messages about a vehicle then carry its
plate (21 bytes GBK) and the plate's colour; those with sub-messages the sub-business type and a length.
Nothing in a packet names the edition for certain, so it is found from what fits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from anlan.protocols.jt809.bodies import Body, Raw, Sealed, SourceFirst
from anlan.protocols.jt809.catalogue import LAYOUTS, LINK, body_json, moment, read_body, write_body
from anlan.protocols.jt809.cipher import Cipher
from anlan.protocols.jt809.codes import MESSAGES, PLATE_COLORS, SUB_MESSAGES, Kind
from anlan.protocols.jt809.frames import AROUND, HEADER_SIZE, Frame, JT809Error, unwrap, wrap
from anlan.protocols.layouts import LayoutError, Text

_HEADER = struct.Struct(">IIHI3sBI")
_SUB_HEADER = struct.Struct(">HI")
_VEHICLE = 22  # bytes of plate and colour
_PLATE = Text(21)
_EARLIEST, _LATEST = 0x386D4380, 0xFFFFFFFF  # 2000 to 2106: what may be the time of a header
_LONGER = HEADER_SIZE + 8
_VERSIONS = {b"\x01\x00\x00": "1.0.0"}  # the usual one
_SOURCE_FIRST = frozenset({0x1205, 0x1206})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One JT/T 809 message."""

    message_id: int
    """Business type (业务类型标识), 0x1200."""
    body: Body
    serial: int = 0
    """Number of the packet (报文序列号)."""
    centre_id: int = 0
    """Access code of the subordinate platform (下级平台接入码, 上级平台给下级平台分配唯一标识码)."""
    version: str = "1.0.0"
    encrypt_flag: int = 0
    key: int = 0
    utc: int | None = None
    """Seconds since 1970 in the header of 2019; None in that of 2011."""
    data_type: int | None = None
    """Sub-business type (子业务类型标识), 0x1202."""
    plate: str | None = None
    plate_color: int | None = None

    @property
    def kind(self) -> int:
        """The most that is known of the type: the sub-business type where there is one."""
        return self.message_id if self.data_type is None else self.data_type

    @property
    def problem(self) -> str:
        """Why the body could not be read; empty when it was, or when the standard's body is not declared."""
        return self.body.problem if isinstance(self.body, Raw) else ""

    @property
    def is_2019(self) -> bool:
        """Whether the header is that of 2019."""
        return self.utc is not None


def decode(raw: bytes | Frame, *, cipher: Cipher | None = None) -> Message:
    """The message in a packet; an encrypted body stays sealed without the cipher.

    >>> logged_in = decode(bytes.fromhex("5b0000001f00000001100200000457010000000000000000000008aea0265d"))
    Traceback (most recent call last):
        ...
    anlan.protocols.jt809.frames.JT809Error: CRC 校验错误：收到 A026，应为 7E8F
    """
    content = raw.content if isinstance(raw, Frame) else unwrap(raw)
    _, serial, message_id, centre_id, version, flag, key = _HEADER.unpack_from(content)
    utc, (plate, color, data_type, body) = _fitting(message_id, content, key if flag else None, cipher)
    return Message(
        message_id=message_id, body=body, serial=serial, centre_id=centre_id,
        version=_VERSIONS.get(version) or ".".join(map(str, version)), encrypt_flag=flag, key=key, utc=utc,
        data_type=data_type, plate=plate, plate_color=color,
    )  # fmt: skip


def _fitting(
    kind: int, content: bytes, key: int | None, cipher: Cipher | None
) -> tuple[int | None, tuple[str | None, int | None, int | None, Body]]:
    """The time and what follows, by the edition whose header fits the content; `key` when it is encrypted."""
    first = None
    for utc in _editions(content):
        data = content[HEADER_SIZE if utc is None else _LONGER :]
        if key is not None:
            if cipher is None:
                return utc, (None, None, None, Sealed(data))
            data = cipher.apply(data, key=key)
        found = _read(kind, data, utc is not None)
        body = found[3]
        if not isinstance(body, Raw) or not body.problem:
            return utc, found
        first = first or (utc, found)
    assert first is not None
    return first


def _editions(content: bytes) -> tuple[int | None, ...]:
    """The times that the header may carry, None for that of 2011; the likelier first."""
    if len(content) < _LONGER:
        return (None,)
    utc = int.from_bytes(content[HEADER_SIZE:_LONGER], "big")
    return (utc, None) if _EARLIEST <= utc <= _LATEST else (None, utc)


def _read(kind: int, data: bytes, is_2019: bool) -> tuple[str | None, int | None, int | None, Body]:
    """Plate, its colour, the sub-business type and the body that the content behind the header declares."""
    if kind in LINK:
        return _read_link(kind, data, is_2019)
    at = _sub_header(kind, data)
    if at is None:
        return None, None, None, Raw(data, _misfit(kind, data))
    plate, color = None, None
    if at:
        try:
            plate, color = _PLATE.read(data, 0, "车牌号")[0], data[21]
        except LayoutError:
            return None, None, None, Raw(data, f"车牌号不是 GBK 编码：{data[:21].hex()}")
    data_type, size = _SUB_HEADER.unpack_from(data, at)
    rest = data[at + 6 :]
    if size != len(rest):
        return plate, color, data_type, LAYOUTS[SourceFirst].read(data[at + 2 :])
    return plate, color, data_type, read_body(data_type, rest, is_2019=is_2019)


def _read_link(kind: int, data: bytes, is_2019: bool) -> tuple[None, None, int | None, Body]:
    """A message of the links or of their management; some put a sub-header of the same type before 1102 and 1103."""
    body = read_body(kind, data, is_2019=is_2019)
    if isinstance(body, Raw) and data[:2] == kind.to_bytes(2, "big") and _sub_header(kind, data) == 0:
        inner = read_body(kind, data[6:], is_2019=is_2019)
        if not isinstance(inner, Raw):
            return None, None, kind, inner
    return None, None, None, body


def _sub_header(kind: int, body: bytes) -> int | None:
    """Where the sub-business type stands: at once or behind the plate, with a length that agrees."""
    for at in (_VEHICLE, 0):
        if len(body) < at + _SUB_HEADER.size:
            continue
        data_type, size = _SUB_HEADER.unpack_from(body, at)
        rest = len(body) - at - _SUB_HEADER.size
        if data_type >> 8 == kind >> 8 and (size == rest or (data_type in _SOURCE_FIRST and rest == 6)):
            return at
    return None


def _misfit(kind: int, body: bytes) -> str:
    """Why no sub-message was found."""
    if kind not in MESSAGES:
        return ""
    for at in (_VEHICLE, 0):
        data_type, size = _SUB_HEADER.unpack_from(body, at) if len(body) >= at + _SUB_HEADER.size else (0, 0)
        if data_type >> 8 == kind >> 8:
            return f"{data_type:04X} 后续数据长度声明为 {size} 字节，实际为 {len(body) - at - _SUB_HEADER.size} 字节"
    return f"{kind:04X} 的数据体没有子业务类型标识"


def encode(message: Message, *, cipher: Cipher | None = None) -> bytes:
    """The packet that says a message.

    >>> from anlan.protocols.jt809.bodies import LoginAnswer
    >>> packet = encode(Message(message_id=0x1002, serial=1, centre_id=1111, body=LoginAnswer(0, 2222)))
    >>> packet.hex()
    '5b0000001f00000001100200000457010000000000000000000008ae7e8f5d'
    >>> decode(packet).body
    LoginAnswer(result=0, verify_code=2222)
    """
    body = write_body(message.body)
    if message.data_type is not None:
        has_length = not isinstance(message.body, SourceFirst)
        length = len(body).to_bytes(4, "big") if has_length else b""
        body = _number(message.data_type, 2, "子业务类型标识") + length + body
    if message.plate is not None:
        try:
            plate = _PLATE.write(message.plate, "车牌号")
        except LayoutError as error:
            raise JT809Error(str(error)) from None
        body = plate + _number(message.plate_color or 0, 1, "车牌颜色") + body
    if message.encrypt_flag and not isinstance(message.body, Sealed):
        if cipher is None:
            raise JT809Error("数据体须加密，但没有 M1、IA1、IC1")
        body = cipher.apply(body, key=message.key)
    utc = b"" if message.utc is None else _number(message.utc, 8, "发送消息时的系统 UTC 时间")
    content = utc + body
    try:
        header = _HEADER.pack(
            HEADER_SIZE + len(content) + AROUND, message.serial, message.message_id, message.centre_id,
            _version(message.version), message.encrypt_flag, message.key,
        )  # fmt: skip
    except struct.error as error:
        raise JT809Error(f"数据头的数值超出范围：{error}") from None
    return wrap(header + content)


def _number(value: int, size: int, name: str) -> bytes:
    try:
        return value.to_bytes(size, "big")
    except (OverflowError, AttributeError):
        raise JT809Error(f"{name}={value!r} 应为 {size} 字节无符号整数") from None


def _version(text: str) -> bytes:
    parts = text.split(".")
    if len(parts) != 3 or any(not part.isascii() or not part.isdigit() or int(part) > 255 for part in parts):
        raise JT809Error(f"协议版本号 {text!r} 应为三个 0—255 的数字，如 1.0.0")
    return bytes(map(int, parts))


def as_json(message: Message) -> dict[str, Any]:
    """A message for people and programs, with the standard's names.

    >>> from anlan.protocols.jt809.bodies import LoginAnswer
    >>> as_json(Message(message_id=0x1002, serial=1, centre_id=1111, body=LoginAnswer(0, 2222)))["body"]
    {'result': 0, 'result_name': '成功', 'verify_code': 2222}
    """
    fields = body_json(message.kind, message.body)
    found: dict[str, Any] = {"message_id": f"0x{message.message_id:04X}"}
    found |= _described("message", MESSAGES.get(message.message_id))
    found |= {
        "serial": message.serial,
        "centre_id": message.centre_id,
        "version": message.version,
        "edition": 2019 if message.is_2019 else 2011,
        "encrypted": bool(message.encrypt_flag),
    }
    if message.encrypt_flag:
        found["key"] = message.key
    if message.utc is not None:
        when = moment(message.utc)
        found["utc"] = when.isoformat() if when else message.utc
    if message.data_type is not None:
        found["data_type"] = f"0x{message.data_type:04X}"
        found |= _described("data", SUB_MESSAGES.get(message.data_type))
    plate = fields.get("vehicle_no") if message.plate is None else message.plate
    color = fields.get("vehicle_color") if message.plate is None else message.plate_color
    if plate is not None:
        found["plate"] = plate
        found["plate_color"] = PLATE_COLORS.get(color or 0, str(color))
    for name in ("position", "positions"):
        if name in fields:
            found[name] = fields.pop(name)
    if fields:
        found["body"] = fields
    if message.problem:
        found["problem"] = message.problem
    return found


def _described(what: str, kind: Kind | None) -> dict[str, str]:
    return {f"{what}_code": kind.code, f"{what}_name": kind.name} if kind else {}
