"""The page on which a call is taken, with the suggestions that it shows while somebody types."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.models import EventKind
from anlan.foundation.incidents.queries import incidents_for, likely_duplicates
from anlan.foundation.incidents.services import add_note, merge_incident, raise_incident, update_figures
from anlan.web.intake import COMMON_KINDS, SOURCES, IntakeForm, kinds_named, likeliest, places_in
from anlan.web.views.onemap import map_config


@requires("add:incidents")
def incident_raise(request: HttpRequest) -> HttpResponse:
    """Take a call; what was typed stays when something is missing."""
    is_note = bool(request.POST.get("note_to"))
    form = IntakeForm(request.POST or None, is_note=is_note)
    if request.method == "POST":
        done = _add_to(request, form) if is_note else _raise(request, form)
        if done:
            return done
    chosen = EventKind.objects.filter(pk=form["kind"].value() or "").first()
    context = {
        "form": form,
        "kinds": _with(kinds_named(""), chosen),
        **_places(request, form["place"].value() or "", form["area"].value() or ""),
        "sources": [(source, _(source)) for source in SOURCES],
        "config": map_config(request.user) | {"layers": []},
        "is_exercise": bool(form["is_exercise"].value()),
    }
    return render(request, "web/incidents/raise.html", context)


def _with(kinds: list[EventKind], chosen: EventKind | None) -> list[EventKind]:
    kinds.sort(key=lambda kind: COMMON_KINDS.index(kind.pk))
    return kinds if chosen is None or chosen in kinds else [*kinds, chosen]


def _raise(request: HttpRequest, form: IntakeForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    into = incidents_for(request.user).filter(pk=_number(request.POST.get("merge_into"))).first()
    try:
        with transaction.atomic():
            incident = raise_incident(actor=request.user, **form.report())
            if into:
                merge_incident(actor=request.user, incident=incident, into=into, reason="接报时判断为同一事件")
    except ValidationError as problem:
        _show(form, problem)
        return None
    if into:
        messages.success(request, _("已记录为 %(code)s，并入本事件。") % {"code": incident.code})
    return redirect("web:incident", (into or incident).pk)


def _add_to(request: HttpRequest, form: IntakeForm) -> HttpResponse | None:
    """Write what this caller said, in Chinese like every record, into the timeline of an incident known already."""
    if not form.is_valid():
        return None
    incident = get_object_or_404(incidents_for(request.user), pk=_number(request.POST["note_to"]))
    data, source = form.cleaned_data, form.told_by or "来电"
    phone = f"电话 {data['caller_phone']}" if data["caller_phone"] else ""
    text = "；".join(part for part in ("又接报", data["place"], data["description"], phone) if part)
    with transaction.atomic():
        add_note(actor=request.user, incident=incident, text=text, source=source)
        if form.figures:
            update_figures(actor=request.user, incident=incident, figures=form.figures, source=source)
    messages.success(request, _("已补记到本事件的时间线。"))
    return redirect("web:incident", incident.pk)


def _show(form: IntakeForm, problem: ValidationError) -> None:
    """Put what the service refuses next to the field that it is about."""
    for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
        form.add_error(name if name in form.fields else None, lines)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _point(request: HttpRequest) -> tuple[float | None, float | None]:
    given = request.POST or request.GET
    try:
        return float(given.get("lon", "")), float(given.get("lat", ""))
    except ValueError:
        return None, None


def _places(request: HttpRequest, text: str, chosen: str) -> dict:
    lon, lat = _point(request)
    places = places_in(text, request.user, lon=lon, lat=lat)
    return {"places": places, "area": likeliest(places, text, chosen=chosen, has_point=lon is not None)}


@requires("add:incidents")
def incident_kinds(request: HttpRequest) -> HttpResponse:
    """Kinds of events for the words typed so far, as buttons."""
    words = request.GET.get("kind_words", "")
    kinds = kinds_named(words) if words else _with(kinds_named(""), None)
    chosen = request.GET.get("kind") or ""
    if words and kinds and chosen not in {kind.pk for kind in kinds}:
        chosen = kinds[0].pk
    return render(request, "web/incidents/kind_choices.html", {"kinds": kinds, "chosen": chosen})


@requires("add:incidents")
def incident_areas(request: HttpRequest) -> HttpResponse:
    """The areas that the typed place may lie in, as buttons."""
    context = _places(request, request.GET.get("place", ""), request.GET.get("area", ""))
    return render(request, "web/incidents/area_choices.html", context)


@requires("add:incidents")
def incident_alike(request: HttpRequest) -> HttpResponse:
    """Open incidents that look like the call being typed."""
    given = request.GET
    text = f"{given.get('place', '')} {given.get('description', '')}".strip()
    lon, lat = _point(request)
    found = []
    if len(text) >= 4 and given.get("area"):
        at = parse_datetime(given.get("occurred_at", "") or "") if len(given.get("occurred_at", "")) > 10 else None
        found = likely_duplicates(
            area=given["area"],
            text=text,
            occurred_at=make_aware(at) if at and is_naive(at) else at,
            lon=lon,
            lat=lat,
            kind=given.get("kind", ""),
            user=request.user,
        )
    may_note = request.user.may("act:incidents")
    return render(request, "web/incidents/alike.html", {"found": found, "may_note": may_note})
