"""Pages of devices: who is connected, what they sent byte for byte and in words, and sending a kept frame again."""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.risk.monitoring import queries, storage
from anlan.areas.risk.monitoring.models import IntakeBatch, MalformedFrame, Protocol, Source, Station, UnknownDevice
from anlan.areas.risk.monitoring.views.gateways import hex_dump, is_whole, replay_port, said
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit

PAGE = 60
#: Frames shown of a device, and how far back they are looked for.
SHOWN, LOOK_BACK = 50, timedelta(hours=24)
#: How long the gateway may take to confirm a frame that is sent again.
PATIENCE_S = 5.0


def devices_for(user: User) -> QuerySet[Station]:
    """The stations with a device that a person may see, those heard last first."""
    rows = queries.stations(user).exclude(protocol="").select_related("device_state", "area", "source")
    return rows.order_by(
        F("device_state__is_online").desc(nulls_last=True), F("device_state__heard_at").desc(nulls_last=True), "code"
    )


@requires("view:gateways")
def overview(request: HttpRequest) -> HttpResponse:
    """Every registered device: whether it is connected, when it was heard last and from where."""
    chosen = request.GET
    rows = mine = devices_for(request.user)
    if chosen.get("protocol") in Protocol.values:
        rows = rows.filter(protocol=chosen["protocol"])
    if chosen.get("state") == "online":
        rows = rows.filter(device_state__is_online=True)
    elif chosen.get("state") == "offline":
        rows = rows.filter(device_state__is_online=False)
    elif chosen.get("state") == "never":
        rows = rows.filter(device_state=None)
    if words := chosen.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(address__icontains=words))
    kept = chosen.copy()
    kept.pop("page", None)
    context = {
        "page": Paginator(rows, PAGE).get_page(chosen.get("page")),
        "query": kept.urlencode(),
        "chosen": chosen,
        "protocols": Protocol.choices,
        "total": mine.count(),
        "online": mine.filter(device_state__is_online=True).count(),
        "silent": mine.filter(device_state__is_online=False).count(),
        "never": mine.filter(device_state=None).count(),
        "sources": Source.objects.order_by("code") if request.user.may("view:sources") else [],
    }
    return render(request, "monitoring/devices.html", context)


@dataclass(frozen=True)
class Shown:
    """One frame on the page."""

    at: datetime
    #: What kind of message it is, in the standard's words.
    name: str
    batch: int
    place: int
    size: int
    dump: str
    words: str
    error: str


@requires("view:gateways")
def frames(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest frames of a station, byte for byte and in the standard's own words."""
    station = get_object_or_404(devices_for(request.user), pk=pk)
    found = []
    for at, batch, place, raw in storage.recent_frames(station.pk, timezone.now() - LOOK_BACK, most=SHOWN):
        name, words, error = said(station.protocol, raw)
        found.append(Shown(at, name, batch, place, len(raw), hex_dump(raw), words, error))
    context = {
        "station": station,
        "frames": found,
        "most": SHOWN,
        "hours": LOOK_BACK // timedelta(hours=1),
        "may_replay": request.user.may("act:gateways") and replay_port(station.protocol),
    }
    return render(request, "monitoring/frames.html", context)


def _kept_frame(user: User, chosen) -> tuple[str, bytes]:
    """The protocol and bytes of the frame that a form names, if the person may see it."""
    try:
        if digest := chosen.get("malformed"):
            if not is_whole(user):
                raise Http404
            found = MalformedFrame.objects.get(pk=digest)
            return found.protocol, bytes(found.raw)
        if key := chosen.get("unknown"):
            if not is_whole(user):
                raise Http404
            device = UnknownDevice.objects.get(pk=int(key))
            return device.protocol, bytes(device.sample)
        batch, place = int(chosen.get("batch", "")), int(chosen.get("place", ""))
        station, raw = storage.frames_of(IntakeBatch.objects.get(pk=batch))[place]
        return devices_for(user).get(pk=station).protocol, raw
    except (
        ValueError,
        IndexError,
        MalformedFrame.DoesNotExist,
        UnknownDevice.DoesNotExist,
        IntakeBatch.DoesNotExist,
        Station.DoesNotExist,
    ):
        raise Http404 from None


@require_POST
@requires("act:gateways")
def replay(request: HttpRequest) -> HttpResponse:
    """Send a kept frame to the gateway again, as its device would; one that was kept already counts once."""
    protocol, raw = _kept_frame(request.user, request.POST)
    port = replay_port(protocol)
    if not port:
        messages.error(request, _("这种协议的报文不能重放。"))
    else:
        try:
            answer = _send(port, raw)
        except OSError as error:
            messages.error(request, _("接入网关没有应答：%(error)s。请确认网关正在运行。") % {"error": error})
        else:
            audit.record(
                actor=request.user,
                action="frame.replay",
                subject=protocol,
                details={"bytes": len(raw), "answer": answer.hex()},
            )
            if answer:
                messages.success(
                    request, _("已重新送入网关，网关已应答 %(n)s 字节；收过的报文只计一次。") % {"n": len(answer)}
                )
            else:
                messages.warning(request, _("已重新送入网关，没有应答：报文可能仍不能读取，或协议不要求应答。"))
    target = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if is_safe else "monitoring:gateways")


def _send(port: int, raw: bytes) -> bytes:
    """What the gateway answers to a frame; empty when it answers nothing in time."""
    with socket.create_connection((settings.ANLAN.host, port), timeout=PATIENCE_S) as connection:
        connection.sendall(raw)
        try:
            return connection.recv(4096)
        except TimeoutError:
            return b""
