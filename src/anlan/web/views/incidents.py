"""Incidents: the list, the incident room, and its replay."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.response.queries import activations_of
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.incidents import queries, services
from anlan.foundation.incidents.models import EventKind, Grade, Incident
from anlan.foundation.ledger.forms import tell
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area
from anlan.web.forms import ASKED, FiguresUpdateForm, GradeForm, NoteForm, StatusForm
from anlan.web.room import entries_for, panels, replayed, state_of, viewers_of
from anlan.web.views.onemap import map_config


@requires("view:incidents")
def incident_list(request: HttpRequest) -> HttpResponse:
    """The incidents of the own areas: open ones first, by what is asked for."""
    asked = request.GET
    rows = queries.incidents_for(request.user).order_by("-received_at")
    if asked.get("state", "open") == "open":
        rows = rows.filter(status__in=queries.OPEN)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=text) | Q(place__icontains=text) | Q(code__icontains=text))
    if category := asked.get("category"):
        rows = rows.filter(kind__category=category)
    if grade := asked.get("grade"):
        rows = rows.filter(grade="" if grade == "none" else grade)
    if (exercise := asked.get("exercise", "")) in ("0", "1"):
        rows = rows.filter(is_exercise=exercise == "1")
    if (county := asked.get("county", "")).isdecimal():
        rows = rows.filter(within((prefix(county),)))
    page = Paginator(rows, 30).get_page(asked.get("page"))
    context = {
        "page": page,
        "asked": asked,
        "state": asked.get("state", "open"),
        "categories": EventKind.Category.choices,
        "grades": Grade.choices,
        "counties": Area.objects.filter(
            within(request.user.scope.prefixes, "code"), level__in=("county", "zone")
        ).order_by("code"),
        "may_raise": request.user.may("add:incidents"),
    }
    return render(request, "web/incidents/list.html", context)


def _incident(request: HttpRequest, pk: int) -> Incident:
    return get_object_or_404(queries.incidents_for(request.user), pk=pk)


@requires("view:incidents")
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """The incident room: what is known, what was decided, what is under way."""
    found = _incident(request, pk)
    return render(request, "web/incidents/room.html", _room(request.user, found))


def _room(user: User, found: Incident, **forms: object) -> dict:
    may_act = user.may("act:incidents") and user.scope.contains(found.area_id)
    sources = {s.name: s for s in queries.figure_sources(found)}
    figures = [
        {"title": Incident._meta.get_field(n).verbose_name, "value": getattr(found, n), "source": sources.get(n)}
        for n in ASKED
    ]
    loss = None if found.loss_yuan is None else (found.loss_yuan / 10_000).normalize()
    title = FiguresUpdateForm.base_fields["loss"].label
    figures.append({"title": title, "value": loss if loss is None else f"{loss:f}", "source": sources.get("loss_yuan")})
    proposal = queries.propose_grade(found)
    return {
        "incident": found,
        "object": found,
        "figures": figures,
        "proposal": proposal,
        "indicators": [(queries.figure_title(i.name), i.figure) for i in proposal.indicators] if proposal else [],
        "is_graded_otherwise": proposal is not None and proposal.grade not in ("", found.grade),
        "entries": entries_for(found, user)[::-1],
        "clocks": clocks_of(found).filter(met_at=None, cancelled_at=None).select_related("department"),
        "responses": activations_of(found).filter(status="confirmed"),
        "next_states": [(s, Incident.Status(s).label) for s in services.MOVES[found.status]] if may_act else [],
        "may_act": may_act and found.status != Incident.Status.MERGED,
        "may_review": not found.is_open and user.may("view:reviews"),
        "may_merge": may_act and found.status in (Incident.Status.REPORTED, Incident.Status.CONFIRMED),
        "duplicates": _duplicates(user, found) if may_act and found.is_open else [],
        "others": queries.open_incidents(user).exclude(pk=found.pk).order_by("-received_at")[:60],
        "merged": found.merged.all(),
        "cause": found.cause
        if found.cause and queries.incidents_for(user).filter(pk=found.cause_id).exists()
        else None,
        "secondary": queries.incidents_for(user).filter(cause=found),
        "causes": queries.possible_causes(user, found) if may_act else [],
        "panels": panels(user, found),
        "figures_form": FiguresUpdateForm(initial={n: getattr(found, n) for n in ASKED} | {"loss": loss}),
        "map_config": map_config(user) if found.lon is not None else None,
        "note_form": NoteForm(),
        "grade_form": GradeForm(initial={"grade": proposal.grade if proposal else found.grade}),
    } | forms


def _duplicates(user: User, found: Incident) -> list:
    return queries.likely_duplicates(
        area=found.area_id, text=f"{found.title} {found.place} {found.description}", occurred_at=found.occurred_at,
        lon=found.lon, lat=found.lat, kind=found.kind, user=user, exclude=found,
    )  # fmt: skip


@requires("act:incidents")
@require_POST
def incident_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down newly known figures."""
    found, form = _incident(request, pk), FiguresUpdateForm(request.POST)
    if form.is_valid():
        try:
            services.update_figures(
                actor=request.user, incident=found, figures=form.figures, source=form.cleaned_data["source"],
                at=form.cleaned_data["at"],
            )  # fmt: skip
        except ValidationError as error:
            tell(form, error)
    return _answer(request, found, form, "figures_form", _("数字已更新。"))


@requires("act:incidents")
@require_POST
def incident_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a line to the timeline."""
    found, form = _incident(request, pk), NoteForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            if values["leader"]:
                services.record_instruction(
                    actor=request.user, incident=found, leader=values["leader"], text=values["text"]
                )
            else:
                services.add_note(actor=request.user, incident=found, text=values["text"], source=values["source"])
        except ValidationError as error:
            tell(form, error)
    return _answer(request, found, form, "note_form", _("已记入时间线。"))


@requires("act:incidents")
@require_POST
def incident_grade(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a grade into force."""
    found, form = _incident(request, pk), GradeForm(request.POST)
    if form.is_valid():
        try:
            services.confirm_grade(actor=request.user, incident=found, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
    return _answer(request, found, form, "grade_form", _("事件等级已确认。"))


@requires("act:incidents")
@require_POST
def incident_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an incident to its next state."""
    found, form = _incident(request, pk), StatusForm(request.POST)
    if form.is_valid():
        try:
            services.change_status(actor=request.user, incident=found, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
    return _answer(request, found, form, "status_form", _("状态已更新。"))


@requires("act:incidents")
@require_POST
def incident_final_grade(request: HttpRequest, pk: int) -> HttpResponse:
    """State that the figures are final, so that the grade changes no more."""
    found = _incident(request, pk)
    try:
        services.confirm_final_grade(actor=request.user, incident=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("伤亡和等级已核定。"))
    return redirect("web:incident", found.pk)


@requires("act:incidents")
@require_POST
def incident_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Join this report to the incident that it is about."""
    into = request.POST.get("into", "")
    found, other = _incident(request, pk), _incident(request, int(into) if into.isdecimal() else 0)
    try:
        services.merge_incident(
            actor=request.user, incident=found, into=other, reason=request.POST.get("reason", "")[:300]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("web:incident", found.pk)
    messages.success(request, _("已并入：%(title)s。") % {"title": other})
    return redirect("web:incident", other.pk)


@requires("act:incidents")
@require_POST
def incident_cause(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which incident brought this one about, or that none did."""
    found, asked = _incident(request, pk), request.POST.get("cause", "")
    cause = _incident(request, int(asked)) if asked.isdecimal() else None
    try:
        services.state_cause(
            actor=request.user, incident=found, cause=cause, reason=request.POST.get("reason", "")[:300]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记入时间线。"))
    return redirect("web:incident", found.pk)


def _answer(request: HttpRequest, found: Incident, form: forms.Form, name: str, done: str) -> HttpResponse:
    """Back to the room; with what was typed and the errors when it was not taken."""
    if not form.errors:
        messages.success(request, done)
        return redirect("web:incident", found.pk)
    found.refresh_from_db()
    context = _room(request.user, found, **{name: form, "failed_form": name})
    return render(request, "web/incidents/room.html", context, status=422)


@requires("view:incidents")
def incident_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The incident as it was known at a time, to this person or, as far as this person may see it, to another."""
    found = _incident(request, pk)
    viewers = viewers_of(found)
    viewer = next((one for one in viewers if one.username == request.GET.get("as", "")), request.user)
    entries = entries_for(found, request.user, viewer)
    at = _moment(request.GET.get("at", "")) or (entries[-1].recorded_at if entries else timezone.now())
    state = state_of(entries, at)
    context = {
        "incident": found,
        "object": found,
        "state": state,
        "status": Incident.Status(state.status).label if state.status else "",
        "grade": Grade(state.grade).label if state.grade else "",
        "grade_code": state.grade,
        "at": at,
        "marks": [{"at": e.recorded_at.isoformat(), "text": e.text[:80], "kind": e.kind} for e in entries],
        "viewer": viewer,
        "viewers": viewers,
        "place": max(len(state.entries) - 1, 0),
        "url": reverse("web:incident_replay", args=[found.pk]),
        **replayed(state),
    }
    name = "web/incidents/replay_state.html" if request.htmx else "web/incidents/replay.html"
    return render(request, name, context)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
