"""What a SIP message of GB/T 28181 says: its body as a value, and all of it under readable names."""

from __future__ import annotations

from typing import Any

from anlan.protocols.gb28181 import codes, ptz
from anlan.protocols.gb28181.bodies import Alarm, Body, DeviceControl, body_json, decode_body
from anlan.protocols.gb28181.frames import GB28181Error
from anlan.protocols.gb28181.identifiers import describe
from anlan.protocols.gb28181.sdp import Session, parse
from anlan.protocols.gb28181.sip import Address, Message, decode

_SHOWN = frozenset({"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Expires", "Content-Type"})
_COMMAND_TYPES = frozenset({"application/manscdp+xml", "application/manscdp", "application/xml", "text/xml"})
"""The standard's own type comes first; devices that name plain XML mean the same."""


def content(message: Message) -> Body | Session | str | None:
    """The body of a message: a MANSCDP command, a session, the text of another type, or None without one.

    >>> from anlan.protocols.gb28181.sip import decode
    >>> content(decode(b"BYE sip:1@2 SIP/2.0\\r\\nVia: SIP/2.0/UDP 2\\r\\nFrom: <sip:1@2>\\r\\nTo: <sip:3@4>\\r\\n"
    ...                b"Call-ID: 5\\r\\nCSeq: 2 BYE\\r\\n\\r\\n"))
    """
    if not message.body.strip(b"\r\n\x00 "):
        return None
    kind = message.content_type
    if kind in _COMMAND_TYPES or (not kind and b"<CmdType>" in message.body):
        return decode_body(message.body)
    if kind == "application/sdp":
        return parse(message.body)
    for encoding in ("utf-8", "gb18030"):
        try:
            return message.body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GB28181Error(f"{kind or '没有类型'} 的消息体不是 UTF-8 或 GB18030 文字")


def read(raw: bytes) -> Message | Body | Session | ptz.PTZCommand:
    """What captured bytes are: a SIP message, or a command, session or camera control taken out of one.

    >>> as_json(read(bytes.fromhex("A50F010800FA00B7")))
    {'ptz': {'action': 'move', 'tilt': 'up', 'tilt_speed': 250}}
    """
    start = raw.lstrip(b"\xef\xbb\xbf\r\n\t ")[:8]
    if len(raw) == 8 and raw[0] == 0xA5:
        return ptz.PTZCommand.parse(raw.hex())
    if start[:1] == b"<":
        return decode_body(raw)
    return parse(raw) if start.startswith(b"v=0") else decode(raw)


def as_json(value: Message | Body | Session | ptz.PTZCommand) -> dict[str, Any]:
    """A message, or what was taken out of one, under readable names, with what its codes mean.

    >>> as_json(decode(b"SIP/2.0 200 OK\\r\\nVia: SIP/2.0/UDP a\\r\\nFrom: <sip:1@2>\\r\\nTo: <sip:3@4>\\r\\n"
    ...                b"Call-ID: 5\\r\\nCSeq: 1 BYE\\r\\n\\r\\n"))["cseq"]
    {'number': 1, 'method': 'BYE'}
    """
    if isinstance(value, Message):
        return _message(value)
    if isinstance(value, Body):
        return {"manscdp": _command(value)}
    return {"sdp": _session(value)} if isinstance(value, Session) else {"ptz": value.describe()}


def _message(message: Message) -> dict[str, Any]:
    number, method = message.sequence
    found: dict[str, Any] = {"status": message.status, "reason": message.reason}
    if message.is_request:
        found = {"method": message.method, "request_uri": message.uri}
    found |= {
        "via": list(message.all("Via")),
        "from": _address(message.sender),
        "to": _address(message.recipient),
        "call_id": message.call_id,
        "cseq": {"number": number, "method": method},
    }
    if message.contact is not None:
        found["contact"] = _address(message.contact)
    if message.expires is not None:
        found["expires"] = message.expires
    headers: dict[str, Any] = {}
    for name, value in message.headers:
        if name not in _SHOWN:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    found["headers"] = headers
    if version := codes.VERSIONS.get(message.header("X-GB-Ver")):
        found["version"] = version
    body = content(message)
    if body is not None:
        found["content_type"] = message.header("Content-Type")
    if isinstance(body, Body):
        found["manscdp"] = _command(body)
    elif isinstance(body, Session):
        found["sdp"] = _session(body)
    elif body is not None:
        found["text"] = body
    return found


def _address(address: Address) -> dict[str, Any]:
    code = address.uri.user
    found: dict[str, Any] = {"id": code, "uri": str(address.uri)}
    if address.tag:
        found["tag"] = address.tag
    if parts := describe(code):
        found["device"] = parts
    return found


def _command(body: Body) -> dict[str, Any]:
    found = body_json(body)
    if parts := describe(body.device_id):
        found["device"] = parts
    if isinstance(body, Alarm):
        kind = body.info.alarm_type if body.info else None
        found["alarm_priority_name"] = codes.ALARM_PRIORITIES.get(body.alarm_priority, "")
        found["alarm_method_name"] = codes.ALARM_METHODS.get(body.alarm_method, "")
        found["alarm_type_name"] = codes.alarm_name(body.alarm_method, kind)
    if isinstance(body, DeviceControl) and body.ptz_cmd:
        try:
            found["ptz"] = ptz.PTZCommand.parse(body.ptz_cmd).describe()
        except GB28181Error as error:
            found["ptz"] = {"error": str(error)}
    return found


def _session(session: Session) -> dict[str, Any]:
    found = {name: getattr(session, name) for name in Session.__slots__}
    found["formats"] = {str(number): name for number, name in session.formats}
    found["attributes"] = list(session.attributes)
    return {name: value for name, value in found.items() if value not in ("", [], {})}
