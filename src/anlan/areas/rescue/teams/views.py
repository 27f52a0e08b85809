"""The rescue forces at a glance, a team's page with its score explained, and enterprises that owe a team."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.rescue.teams import queries, rules, services
from anlan.areas.rescue.teams.forms import EquipmentForm, HandOverForm, TakeOverForm, TrainingForm
from anlan.areas.rescue.teams.models import Equipment, Team
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.forms import tell
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule

PAGE_SIZE = 60
#: Lines of a team's page; the registers have all.
SHOWN = 40


@requires("view:teams")
def overview(request: HttpRequest) -> HttpResponse:
    """Teams by kind, the plan's fields, forest teams, parks, and what runs out."""
    user = request.user
    teams = list(ledger("teams").rows(user).select_related("area"))
    parks = ledger("chemicalparks")
    forest = [team for team in teams if team.kind == Team.Kind.FOREST]
    ends = queries.endings(user) if user.may("view:teamcertificates") else []
    context = {
        "kinds": [line for line in queries.kinds_of(teams) if line.teams or line.kind in queries.NAMED_KINDS],
        "teams": len(teams),
        "seen": {team.pk for team in teams},
        "people": sum(team.people for team in teams),
        "judged": sum(team.readiness is not None for team in teams),
        "ready": sum(team.readiness is not None and team.readiness >= _least() for team in teams),
        "least": _least(),
        "rule": rule("rescue.readiness"),
        "fields": queries.plan_fields(teams),
        "province": queries.province_fields(teams),
        "province_rule": rule("rescue.professional_fields"),
        "forest": [(role.label, [t for t in forest if t.forest_role == role]) for role in Team.ForestRole],
        "unplaced_forest": [team for team in forest if not team.forest_role],
        "parks": queries.parks_with_teams(parks.rows(user), timezone.localdate()) if parks.may(user, "view") else None,
        "endings": ends[:SHOWN],
        "ending_count": len(ends),
        "mine": queries.my_teams(user)[:6],
        "may_duties": queries.enterprises_for(user) is not None,
    }
    return render(request, "teams/overview.html", context)


def _least() -> int:
    return rule("rescue.readiness").params["ready"]


@requires("view:teams")
def duties(request: HttpRequest) -> HttpResponse:
    """Enterprises that must have a team by law, and what they have."""
    enterprises = queries.enterprises_for(request.user)
    lines = [] if enterprises is None else queries.duties_of(enterprises, timezone.localdate())
    only_gaps = request.GET.get("show") != "all"
    shown = [line for line in lines if not line.is_met] if only_gaps else lines
    context = {
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_closed": enterprises is None,
        "only_gaps": only_gaps,
        "total": len(lines),
        "gaps": sum(not line.is_met for line in lines),
        "rule": rule("rescue.enterprise_duty"),
    }
    return render(request, "teams/duties.html", context)


def _team(user: User, pk: int) -> Team:
    rows = ledger("teams").rows(user) | queries.my_teams(user)
    return get_object_or_404(rows.distinct().select_related("area", "department", "leader", "station"), pk=pk)


@requires("view:teams")
def team(request: HttpRequest, pk: int, **forms: BaseForm) -> HttpResponse:
    """A team: its score part by part, who is on duty, people, equipment, training and agreements."""
    found, user = _team(request.user, pk), request.user
    may_lead = queries.may_lead(user, found)
    entry = ledger("teams")
    members = found.members.filter(is_active=True).prefetch_related("certificates")
    # People's names and papers are for those who keep them or lead the team.
    may_people = may_lead or user.may("view:teammembers")
    shift = queries.shift_of(found)
    on_duty = {one.pk for one in shift.members.all()} if shift else set()
    context = {
        "team": found, "object": found, "parts": [one | {"title": rules.TITLES[one["part"]], "words": rules.words(one)}
                                                  for one in found.readiness_parts],
        "rule": rule("rescue.readiness"), "least": _least(), "shift": shift, "on_duty": on_duty,
        "shifts": found.shifts.exclude(ended_at=None)[:6], "members": members[:200] if may_people else None,
        "equipment": [(one, one.is_usable()) for one in found.equipment.all()[:SHOWN]],
        "trainings": found.trainings.all()[:12],
        "agreements": [(one, one.is_valid()) for one in found.agreements.select_related("partner", "park")[:SHOWN]],
        "partners": found.partner_agreements.select_related("team")[:SHOWN],
        "endings": queries.endings(user, team=found)[:12] if may_people else [],
        "may_lead": may_lead, "may_change": entry.may(user, "change") and entry.holds(user, found),
        "take_over": TakeOverForm(team=found, initial={"members": list(on_duty)}) if may_lead else None,
        "hand_over": HandOverForm(), "training": TrainingForm(), "states": Equipment.State.choices,
    }  # fmt: skip
    failed = any(form.errors for form in forms.values())
    return render(request, "teams/team.html", context | forms, status=422 if failed else 200)


def _do(
    request: HttpRequest, pk: int, name: str, form: BaseForm, service: Callable, done: str, **given: Any
) -> HttpResponse:
    """Run a service with a form's data; what is wrong stands beside the form."""
    if form.is_valid():
        try:
            service(actor=request.user, **given, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect("teams:team", pk)
    return team(request, pk, **{name: form})


@require_POST
@requires("act:teams")
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a shift."""
    found = _team(request.user, pk)
    form = TakeOverForm(request.POST, team=found)
    return _do(request, pk, "take_over", form, services.take_over, _("已接班，战备分已更新。"), team=found)


@require_POST
@requires("act:teams")
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """End the running shift."""
    found = _team(request.user, pk)
    return _do(request, pk, "hand_over", HandOverForm(request.POST), services.hand_over, _("已交班。"), team=found)


@require_POST
@requires("act:teams")
def train(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was trained or inspected."""
    found = _team(request.user, pk)
    form = TrainingForm(request.POST)
    form.instance.team = found
    return _do(request, pk, "training", form, services.record_training, _("已记录，战备分已更新。"), team=found)


@require_POST
@requires("act:teams")
def equip(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say what state a piece of equipment is in."""
    found = _team(request.user, pk)
    piece = get_object_or_404(found.equipment.select_related("team"), pk=number)
    form = EquipmentForm(request.POST)
    return _do(request, pk, "equip", form, services.report_equipment, _("装备状态已更新。"), equipment=piece)
