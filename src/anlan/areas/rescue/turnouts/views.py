"""Pages of turn-outs: the list with times against limits, a leader's phone page, and whom to send."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.rescue.teams.models import Team
from anlan.areas.rescue.teams.queries import shift_of
from anlan.areas.rescue.turnouts import queries, rules, services
from anlan.areas.rescue.turnouts.forms import CallOutForm, RollCallForm
from anlan.areas.rescue.turnouts.models import Turnout
from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.indicators.registry import counted
from anlan.foundation.ledger.forms import tell
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import next_moves
from anlan.foundation.roads.queries import current_network
from anlan.foundation.rules.queries import rule

PAGE_SIZE = 40
#: Days of the table of times.
WINDOW = 90


@requires("view:turnouts")
def listing(request: HttpRequest) -> HttpResponse:
    """Teams that are out, then the others; how each kind kept its limits; `?team=` narrows."""
    rows = queries.turnouts_for(request.user)
    number = request.GET.get("team", "")
    team = ledger("teams").rows(request.user).filter(pk=number).first() if number.isdecimal() else None
    if team:
        rows = rows.filter(team=team)
    lately = counted(rows.filter(alarmed_at__gt=timezone.now() - timedelta(days=WINDOW)))
    context = {
        "working": queries.working_of(request.user),
        "out": rows.exclude(assignment__status=Assignment.Status.RELEASED)[:PAGE_SIZE],
        "page": Paginator(rows.filter(assignment__status=Assignment.Status.RELEASED), PAGE_SIZE).get_page(
            request.GET.get("page")
        ),
        "times": queries.times_by_kind(lately[:2000]),
        "team": team,
        "window": WINDOW,
        "rule": rule("rescue.turnout"),
    }
    return render(request, "turnouts/list.html", context)


def _turnout(request: HttpRequest, pk: int) -> Turnout:
    return get_object_or_404(queries.turnouts_for(request.user), pk=pk)


@requires("view:turnouts")
def turnout(request: HttpRequest, pk: int, form: RollCallForm | None = None) -> HttpResponse:
    """One turn-out: one big button for the next step, times, roll calls."""
    found = _turnout(request, pk)
    may_act = queries.may_act(request.user, found)
    shift = shift_of(found.team)
    expected = found.people or (shift.members.count() if shift else None)
    moves = next_moves(found.assignment) if may_act and request.user.may("act:orders") else []
    context = {
        "turnout": found, "object": found, "incident": found.incident, "assignment": found.assignment,
        "may_act": may_act, "next": moves[:1], "later": moves[1:],
        "may_control": may_act and found.controlled_at is None and found.assignment.status in ("on_site", "done"),
        "may_return": may_act and found.is_over and found.returned_at is None,
        "form": form or RollCallForm(initial={"expected": expected, "counted": expected}),
        "calls": found.roll_calls.all()[:30], "clock": queries.clock_of(found), "rule": rule("rescue.roll_call"),
        "may_open_incident": incidents_for(request.user).filter(pk=found.incident_id).exists(),
    }  # fmt: skip
    return render(request, "turnouts/turnout.html", context, status=422 if form is not None else 200)


@require_POST
@requires("act:orders")
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The next step, or controlled, or returned."""
    found = _turnout(request, pk)
    try:
        if verb == "controlled":
            services.mark_controlled(actor=request.user, turnout=found)
        elif verb == "returned":
            services.mark_returned(actor=request.user, turnout=found)
        else:
            services.move(actor=request.user, turnout=found, status=verb)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录。"))
    return redirect(found)


@require_POST
@requires("act:orders")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """A roll call."""
    found, form = _turnout(request, pk), RollCallForm(request.POST)
    if form.is_valid():
        try:
            made = services.count_people(actor=request.user, turnout=found, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            words = _("全员到齐，已记录。") if made.is_complete else _("已报警：值班员和指挥长已收到失联通知。")
            (messages.success if made.is_complete else messages.warning)(request, words)
            return redirect(found)
    return turnout(request, pk, form)


@requires("view:teams")
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """Teams for an incident, the best first with the reason, and what a fire crew would leave uncovered."""
    incident = get_object_or_404(incidents_for(request.user).select_related("kind", "area"), pk=pk)
    user, problem = request.user, ""
    may_call = incident.is_open and user.may("act:resourcerequests") and user.scope.contains(incident.area_id)
    if request.method == "POST":
        form = CallOutForm(request.POST)
        try:
            if not (may_call and form.is_valid()):
                raise ValidationError(_("不能调派：事件已结束，或不在您的管辖范围内。"))
            team = get_object_or_404(ledger("teams").rows(user), pk=form.cleaned_data["team"])
            made = services.call_out(actor=user, incident=incident, team=team, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("已调派：%(title)s。") % {"title": made})
            return redirect("turnouts:recommend", pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Team.Kind.values else ""
    network = current_network()
    context = {
        "incident": incident, "object": incident, "choices": queries.recommend(user, incident, kind=kind),
        "suited": [Team.Kind(one).label for one in rules.suited_kinds(incident.kind_id) if one in Team.Kind.values],
        "kinds": Team.Kind.choices, "kind": kind, "may_call": may_call, "network": network, "problem": problem,
        "speeds": queries.speeds_now(network) if network else None,
        "room": queries.room_of(user, incident) | {"may_call": False}, "rule": rule("rescue.suited_kinds"),
    }  # fmt: skip
    return render(request, "turnouts/recommend.html", context, status=422 if problem else 200)
