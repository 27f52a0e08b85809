"""Pages of resource requests: what is missing, who could help and why, what is on its way."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.forms import tell
from anlan.foundation.resources import queries, services
from anlan.foundation.resources.forms import AssignForm, CancelForm, MoveForm, RequestForm
from anlan.foundation.resources.models import Assignment, ResourceRequest

PAGE_SIZE = 40


@requires("view:field")
def overview(request: HttpRequest) -> HttpResponse:
    """The requests that are not answered yet; all with `?show=all`; `?incident=` narrows them."""
    rows = queries.requests_for(request.user)
    show_all = request.GET.get("show") == "all"
    if not show_all:
        rows = rows.filter(status__in=(ResourceRequest.Status.OPEN, ResourceRequest.Status.ASSIGNED))
    number = request.GET.get("incident", "")
    incident = incidents_for(request.user).filter(pk=number).first() if number.isdecimal() else None
    if incident:
        rows = rows.filter(incident=incident)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "show_all": show_all,
        "incident": incident,
        "may_request": incident is not None and _may_request(request, incident),
    }
    return render(request, "resources/list.html", context)


def _may_request(request: HttpRequest, incident: Incident) -> bool:
    user = request.user
    return incident.is_open and user.may("add:resourcerequests") and user.scope.contains(incident.area_id)


def _wanted(request: HttpRequest, pk: int) -> ResourceRequest:
    return get_object_or_404(queries.requests_for(request.user), pk=pk)


@requires("view:field")
def detail(request: HttpRequest, pk: int, **forms: Form) -> HttpResponse:
    """One request: who could answer it in which order and why, and what was assigned."""
    wanted = _wanted(request, pk)
    user, incident = request.user, wanted.incident
    inside = user.scope.contains(incident.area_id)
    may_assign = inside and user.may("act:resourcerequests") and wanted.is_open
    moves = [(a, queries.next_moves(a) if _may_move(request, a, inside) else []) for a in wanted.assignments.all()]
    context = {
        "object": wanted,
        "incident": incident,
        "candidates": queries.candidates(wanted, user) if may_assign else [],
        "assignments": moves,
        "missing": max(wanted.quantity - len(moves), 0),
        "may_assign": may_assign,
        "may_cancel": inside and user.may("act:resourcerequests") and wanted.status == ResourceRequest.Status.OPEN,
        "may_open_incident": incidents_for(user).filter(pk=incident.pk).exists(),
        "assign_form": AssignForm(kind=wanted.kind),
        "cancel_form": CancelForm(),
    }
    failed = any(form.errors for form in forms.values())
    return render(request, "resources/detail.html", context | forms, status=422 if failed else 200)


def _may_move(request: HttpRequest, assignment: Assignment, inside: bool) -> bool:
    user = request.user
    is_own = assignment.department_id is not None and assignment.department_id == user.department_id
    return user.may("act:orders") and (is_own or (inside and user.may("act:resourcerequests")))


@requires("add:resourcerequests")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """State what an incident needs."""
    incident = get_object_or_404(incidents_for(request.user), pk=pk)
    form = RequestForm(
        request.POST or None,
        initial={name: request.GET[name] for name in ("kind", "what", "quantity") if name in request.GET},
    )
    if request.method == "POST" and form.is_valid():
        try:
            wanted = services.request_resource(actor=request.user, incident=incident, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("需求已记录，请选择资源。"))
            return redirect("resources:request", wanted.pk)
    context = {"form": form, "incident": incident, "object": incident}
    return render(request, "resources/ask.html", context, status=422 if form.errors else 200)


@require_POST
@requires("act:resourcerequests")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a resource to a request and call out the unit that owns it."""
    wanted = _wanted(request, pk)
    form = AssignForm(request.POST, kind=wanted.kind)
    if form.is_valid():
        try:
            made = services.assign_resource(actor=request.user, request=wanted, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        except ObjectDoesNotExist:
            form.add_error(None, _("没有这项资源，或不在您的管辖范围内。"))
        else:
            messages.success(request, _("已调派：%(title)s。") % {"title": made})
            return redirect("resources:request", pk)
    return detail(request, pk, assign_form=form)


@require_POST
@requires("act:orders")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Set out, arrive, finish or withdraw."""
    rows = Assignment.objects.select_related("request__incident", "department")
    assignment = get_object_or_404(rows, pk=pk, request__in=queries.requests_for(request.user))
    form = MoveForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(sum(form.errors.values(), []))
        services.move_assignment(actor=request.user, assignment=assignment, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录：%(what)s。") % {"what": assignment.get_status_display()})
    return redirect("resources:request", assignment.request_id)


@require_POST
@requires("act:resourcerequests")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a request."""
    wanted, form = _wanted(request, pk), CancelForm(request.POST)
    if form.is_valid():
        try:
            services.cancel_request(actor=request.user, request=wanted, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("需求已取消。"))
            return redirect("resources:request", pk)
    return detail(request, pk, cancel_form=form)
