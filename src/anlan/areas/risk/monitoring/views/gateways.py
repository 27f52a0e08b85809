"""Pages of the gateways: what they counted, what they could not read, who is not registered."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode

from anlan.areas.risk.monitoring import queries
from anlan.areas.risk.monitoring.models import GatewayMinute, MalformedFrame, Protocol, Source, Station, UnknownDevice
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.protocols.decoding import DECODERS, decoder

SHOWN, BARS = 30, 60
#: A gateway that counted none of these only listened.
COUNTED = ("frames", "malformed", "readings")
WIDTH, HEIGHT = 360, 60


@requires("view:gateways")
def overview(request: HttpRequest) -> HttpResponse:
    """Counters by protocol over an hour or a day, and what waits to be looked at."""
    hours = 24 if request.GET.get("hours") == "24" else 1
    since = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=hours)
    totals = {row["protocol"]: row for row in queries.gateway_totals(since) if any(row[name] for name in COUNTED)}
    used = {*totals, *queries.stations(request.user).exclude(protocol="").values_list("protocol", flat=True)}
    context = {
        "hours": hours,
        "gateways": [
            {"code": code, "title": title, "totals": totals.get(code), "bars": _bars(code, since, hours)}
            for code, title in Protocol.choices
            if code in used
        ],
        "unused": [title for code, title in Protocol.choices if code not in used],
        "malformed": _malformed(request.user)[:SHOWN],
        "unknown": [(one, add_url(request.user, one)) for one in _unknown(request.user)[:SHOWN]],
        "is_whole": is_whole(request.user),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "monitoring/gateways.html", context)


def is_whole(user: User) -> bool:
    """What cannot be placed belongs to nobody's area: only those who see a whole city see it."""
    return any(len(start) <= 4 for start in user.scope.prefixes)


def _malformed(user: User) -> QuerySet[MalformedFrame]:
    return MalformedFrame.objects.all() if is_whole(user) else MalformedFrame.objects.none()


def _unknown(user: User) -> QuerySet[UnknownDevice]:
    return UnknownDevice.objects.all() if is_whole(user) else UnknownDevice.objects.none()


def _bars(protocol: str, since: datetime, hours: int) -> dict[str, Any]:
    """Frames and refused frames of a protocol, a bar a minute or a bar of 24 minutes."""
    counts = [[0, 0] for _ in range(BARS)]
    rows = GatewayMinute.objects.filter(protocol=protocol, minute__gte=since)
    for minute, frames, bad in rows.values_list("minute", "frames", "malformed"):
        place = int((minute - since) / timedelta(hours=hours) * BARS)
        if 0 <= place < BARS:
            counts[place][0] += frames
            counts[place][1] += bad
    most = max((frames for frames, _bad in counts), default=0)
    step, scale = WIDTH / BARS, HEIGHT / (most or 1)
    bars = [
        {
            "x": round(place * step, 1),
            "y": round(HEIGHT - frames * scale, 1),
            "height": round(frames * scale, 1),
            "bad": round(min(frames, bad) * scale, 1),
            "bad_y": round(HEIGHT - min(frames, bad) * scale, 1),
        }
        for place, (frames, bad) in enumerate(counts)
        if frames
    ]
    return {"bars": bars, "most": most, "step": round(step - 1, 1), "minutes": hours * 60 // BARS}


@requires("view:gateways")
def malformed(request: HttpRequest, digest: str) -> HttpResponse:
    """One frame that could not be read, byte for byte."""
    found = get_object_or_404(_malformed(request.user), pk=digest)
    context = {
        "one": found,
        "frame": found,
        "dump": hex_dump(bytes(found.raw)),
        "may_replay": request.user.may("act:gateways") and replay_port(found.protocol),
    }
    return render(request, "monitoring/frame.html", context)


@requires("view:gateways")
def unknown(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest frame of a device that no station claims, and the way to register it."""
    found = get_object_or_404(_unknown(request.user), pk=pk)
    context = {
        "one": found,
        "device": found,
        "dump": hex_dump(bytes(found.sample)),
        "words": said(found.protocol, bytes(found.sample))[1],
        "add_url": add_url(request.user, found),
        "may_replay": request.user.may("act:gateways") and replay_port(found.protocol),
    }
    return render(request, "monitoring/frame.html", context)


def add_url(user: User, device: UnknownDevice) -> str:
    """Where the device, or the channel of a known one, is registered; empty for who may not, and where none can be."""
    if device.protocol == Protocol.SENSORTHINGS and device.address.startswith("datastreams("):
        return ""  # somebody writes to a Datastream that is not there: the sender has to be set right
    if device.protocol == Protocol.GB28181 and device.channel:  # a camera that two devices claim
        return f"/registers/cameras/?{urlencode({'q': device.channel})}" if user.may("view:cameras") else ""
    if device.channel:
        values = {"channel": device.channel}
        ledger = "instruments"
    else:
        values = {"protocol": device.protocol, "address": device.address.upper()}
        if device.protocol == Protocol.GB28181:
            values["kind"] = Station.Kind.VIDEO
        if device.protocol in Source.Kind.values:
            source, _slash, address = device.address.partition("/")
            values |= {"source": source.upper(), "address": address}
        ledger = "stations"
    return f"/registers/{ledger}/add/?{urlencode(values)}" if user.may(f"add:{ledger}") else ""


def hex_dump(data: bytes) -> str:
    """Bytes as an offset, sixteen hexadecimal pairs and the printable characters in each line.

    >>> hex_dump(b"##0101QN=1")
    '0000  23 23 30 31 30 31 51 4e 3d 31                    ##0101QN=1'
    """
    lines = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:04x}  {part.hex(' '):<47}  {text}")
    return "\n".join(lines)


#: Under which of these a protocol's decoder tells what kind of message a frame is.
NAMES = ("data_name", "message_name", "type_name", "function", "command_name", "CN", "cmd_type", "method")


#: Protocols whose frames are kept as they came; of Modbus what was read is kept, not the frames.
KEPT = DECODERS.keys() - {"modbus"}


def said(protocol: str, raw: bytes) -> tuple[str, str, str]:
    """What kind of message a frame is, what it says as indented JSON, or why it cannot be read."""
    if protocol not in KEPT:
        return "", "", ""
    try:
        found = decoder(protocol)(raw)
    except ValueError as error:
        return "", "", str(error)
    inside = found | found.get("manscdp", {})  # a SIP message is named by the command that it carries
    name = next((str(inside[key]) for key in NAMES if inside.get(key)), "")
    if found.get("status") and "cseq" in found:
        name = f"{found['status']} {found['cseq']['method']}"
    return name, json.dumps(found, ensure_ascii=False, indent=2, default=str), ""


def replay_port(protocol: str) -> int:
    """The port of the gateway that takes frames of a protocol; 0 where devices do not connect to Anlan."""
    return getattr(settings.ANLAN, f"{protocol}_port", 0) if protocol != Protocol.GB28181 else 0
