"""The command's pages: the entry with its QR code, who reported, one application."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.rescue.social import queries, services
from anlan.areas.rescue.social.forms import DecisionForm, EntryForm, PeopleForm, QuotaForm, ReleaseForm
from anlan.areas.rescue.social.models import Application
from anlan.foundation.accounts.access import requires
from anlan.foundation.documents.qr import qr_svg
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY


def _incident(request: HttpRequest, pk: int) -> Incident:
    return get_object_or_404(incidents_for(request.user).select_related("area", "kind"), pk=pk)


@requires("view:socialapplications")
def incident(request: HttpRequest, pk: int, form: EntryForm | None = None, secret: str = "") -> HttpResponse:
    """The entry and the applications of an incident; a new entry's code is shown once."""
    found = _incident(request, pk)
    room = queries.room_of(request.user, found)
    address = request.build_absolute_uri(reverse("social:join", args=[secret])) if secret else ""
    entry = room["entry"]
    context = {
        "incident": found, "object": found, "room": room, "entry": entry,
        "applications": queries.applications_at(found), "address": address, "qr": qr_svg(address) if address else "",
        "form": form or EntryForm(initial={"place": found.place}),
        "quota": QuotaForm(initial={"quota_teams": entry.quota_teams, "quota_people": entry.quota_people})
        if entry else None,
    }  # fmt: skip
    response = render(request, "social/incident.html", context, status=422 if form and form.errors else 200)
    if secret:
        add_never_cache_headers(response)
    return response


@require_POST
@requires(services.CAPABILITY)
def open_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the entry, or a new one in place of the old."""
    found, form = _incident(request, pk), EntryForm(request.POST)
    if form.is_valid():
        try:
            _entry, secret = services.open_entry(actor=request.user, incident=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return incident(request, pk, secret=secret)
    return incident(request, pk, form=form)


@require_POST
@requires(services.CAPABILITY)
def quota(request: HttpRequest, pk: int) -> HttpResponse:
    """Take more teams or fewer."""
    found, form = _incident(request, pk), QuotaForm(request.POST)
    entry = found.social_entries.filter(revoked_at=None).first()
    if entry is not None and form.is_valid():
        services.change_quota(actor=request.user, entry=entry, **form.cleaned_data)
        messages.success(request, _("名额已更新。"))
    else:
        messages.error(request, _("名额没有更新：请填 0 以上的数，并先开设报备入口。"))
    return redirect("social:incident", pk)


@require_POST
@requires(services.CAPABILITY)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the entry."""
    entry = _incident(request, pk).social_entries.filter(revoked_at=None).first()
    if entry is not None:
        services.close_entry(actor=request.user, entry=entry)
        messages.success(request, _("报备入口已停用，原来的二维码失效。"))
    return redirect("social:incident", pk)


def _application(request: HttpRequest, pk: int) -> Application:
    return get_object_or_404(queries.applications_for(request.user), pk=pk)


@requires("view:socialapplications")
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: what it said of itself, the decision, its people in and out, its tasks, its release."""
    found = _application(request, pk)
    people = list(found.people.all())
    tasks = Assignment.objects.filter(ledger="socialapplications", object_id=pk).select_related("request")
    context = {
        "application": found, "object": found, "incident": found.incident, "people": people,
        "inside": sum(one.is_inside for one in people), "outside": sum(one.checked_in_at is None for one in people),
        "tasks": tasks, "is_busy": any(task.status in BUSY for task in tasks),
        "may_decide": queries.may_decide(request.user, found.incident),
        "may_ask": request.user.may("add:resourcerequests") and found.incident.is_open,
    }  # fmt: skip
    return render(request, "social/application.html", context)


@require_POST
@requires(services.CAPABILITY)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Decide, let in, let out, release."""
    found, user = _application(request, pk), request.user
    forms = {
        "decide": (DecisionForm(request.POST), services.decide),
        "in": (PeopleForm(request.POST, application=found), services.check_in),
        "out": (PeopleForm(request.POST, application=found), services.check_out),
        "release": (ReleaseForm(request.POST), services.release),
    }
    if verb not in forms:
        return redirect(found)
    form, service = forms[verb]
    try:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        service(actor=user, application=found, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录。"))
    return redirect(found)
