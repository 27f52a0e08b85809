"""The page of a camera: its state, where it is, its picture, what it raised, and telling it what to do."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from anlan.areas.risk.cameras import queries
from anlan.areas.risk.cameras.forms import STEPS, ControlForm
from anlan.areas.risk.cameras.models import Camera
from anlan.areas.risk.cameras.services import control_camera
from anlan.foundation.accounts.access import requires

ALARMS, COMMANDS, PAGE = 10, 6, 50
#: Priorities of alarms (警情级别), the gravest first.
PRIORITIES = ("1", "2", "3", "4")
#: What a browser plays by itself.
PLAYED = (".m3u8", ".mp4", ".webm")


@requires("view:cameras")
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """One camera."""
    found = get_object_or_404(
        queries.cameras(request.user).select_related("area", "department", "device__device_state"), pk=pk
    )
    return _page(request, found)


def _page(request: HttpRequest, found: Camera, problems: Sequence[str] = ()) -> HttpResponse:
    user, device = request.user, found.device
    context = {
        "camera": found,
        "object": {"is_exercise": found.is_demo},
        "device": device,
        "state": getattr(device, "device_state", None),
        "about": getattr(device, "video_device", None),
        "problems": problems,
        "picture": picture(found),
        "can_ask": settings.ANLAN.receiver is not None,
        "alarms": queries.alarms(user).filter(camera=found)[:ALARMS],
        "commands": queries.commands(found, most=COMMANDS),
        "steps": STEPS,
        "may_act": user.may("act:cameras"),
        "may_change": user.may("change:cameras"),
        "may_frames": user.may("view:gateways"),
    }
    return render(request, "cameras/camera.html", context)


@requires("view:cameras")
def alarms(request: HttpRequest) -> HttpResponse:
    """What cameras and their devices raised, the newest first."""
    rows = queries.alarms(request.user)
    if (priority := request.GET.get("priority", "")) in PRIORITIES:
        rows = rows.filter(priority=priority)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "priority": priority, "priorities": PRIORITIES}
    return render(request, "cameras/alarms.html", context)


def picture(found: Camera) -> dict[str, Any]:
    """Where a camera's picture is at the media server; empty without one."""
    address = settings.ANLAN.media_server
    if not address:
        return {}
    ssrc = found.ssrc or "0"
    words = {
        "camera": found.code, "device": found.device.address if found.device else "", "ssrc": ssrc,
        "ssrc_hex": f"{int(ssrc):08X}",
    }  # fmt: skip
    for name, value in words.items():
        address = address.replace(f"{{{name}}}", urlencode({"": value})[1:])
    return {"url": address, "is_played": address.partition("?")[0].endswith(PLAYED)}


@require_POST
@requires("act:cameras")
def control(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a camera what to do; the page shows what it answered."""
    found = get_object_or_404(queries.cameras(request.user).select_related("device"), pk=pk)
    form = ControlForm(request.POST)
    problems: list[str] = []
    if form.is_valid():
        try:
            control_camera(
                actor=request.user, camera=found, action=form.cleaned_data["action"],
                parameters=form.cleaned_data["parameters"],
            )  # fmt: skip
        except ValidationError as error:
            problems = error.messages
    else:
        problems = [text for errors in form.errors.values() for text in errors]
    if request.htmx:
        return _page(request, found, problems)
    for text in problems:
        messages.error(request, text)
    return redirect("cameras:camera", pk)
