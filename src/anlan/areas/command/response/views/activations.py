"""Pages of responses: choose a level and see what it means, let a second person decide, change it, end it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.response import queries
from anlan.areas.command.response.forms import EndForm, LevelForm, ProposalForm, ReasonForm
from anlan.areas.command.response.models import Activation, Level, Plan
from anlan.areas.command.response.services import activations as services
from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.forms import tell
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area


def _incident(request: HttpRequest, pk: int) -> Incident:
    return get_object_or_404(incidents_for(request.user), pk=pk)


def _activation(request: HttpRequest, pk: int) -> Activation:
    rows = Activation.objects.select_related("plan", "incident__area", "proposed_by", "decided_by", "previous")
    return get_object_or_404(rows, pk=pk, incident__in=incidents_for(request.user))


@requires("act:activations.propose")
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a plan and a level: what speaks for it, and exactly which orders would go to whom."""
    incident = _incident(request, pk)
    facts = queries.facts_for(incident)
    plans = queries.plans_for(incident)
    proposals = sorted((queries.propose_level(plan, facts) for plan in plans), key=lambda p: not p.level)
    chosen = _chosen(request, proposals)
    counties = _counties(chosen["plan"]) if chosen else []
    form = ProposalForm(request.POST or None, plans=plans, counties=counties, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose_activation(actor=request.user, incident=incident, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("已提出，请另一人确认；确认后指令才会发出。"))
            return redirect("response:confirm", made.pk)
    context = {
        "incident": incident,
        "object": incident,
        "proposals": proposals,
        "open_codes": {p.plan.code for p in queries.open_proposals(incident)},
        "facts": facts,
        "chosen": chosen,
        "levels": chosen["plan"].levels.all() if chosen else [],
        "form": form,
        "met": next((p.by_level.get(chosen["level"], []) for p in proposals if p.plan == chosen["plan"]), [])
        if chosen
        else [],
        "running": incident.activations.filter(status=Activation.Status.CONFIRMED).select_related("plan"),
    }
    if chosen:
        context |= _preview(incident, chosen["plan"], chosen["level"], chosen["areas"])
    return render(request, "response/activate.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, proposals: list[queries.LevelProposal]) -> dict | None:
    """The plan, level and areas of the address, or else what the facts call for."""
    asked = request.POST if request.method == "POST" else request.GET
    first = next((p for p in proposals if str(p.plan.pk) == asked.get("plan")), proposals[0] if proposals else None)
    if first is None:
        return None
    defined = [row.level for row in first.plan.levels.all()]
    level = asked.get("level") if asked.get("level") in defined else first.level or (defined or [""])[0]
    return {"plan": first.plan, "level": level, "areas": asked.getlist("areas")} if level else None


def _counties(plan: Plan) -> list[Area]:
    rows = Area.objects.filter(within(plan.area.prefixes, "code"), level__in=(Area.Level.COUNTY, Area.Level.ZONE))
    return list(rows.order_by("code"))


def _preview(incident: Incident, plan: Plan, level: str, areas: list[str]) -> dict:
    run = queries.dry_run(plan=plan, level=level, incident=incident, areas=areas)
    return {
        "run": run,
        "stand_ins": queries.stand_ins(run, is_exercise=incident.is_exercise),
        "level_title": Level(level).label,
    }


@require_POST
@requires("act:activations.propose")
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Record why a level whose conditions are met is not activated."""
    incident = _incident(request, pk)
    plan = next((one for one in queries.plans_for(incident) if str(one.pk) == request.POST.get("plan")), None)
    if plan is None:
        raise Http404(_("没有适用于这类事件的这个预案。"))
    try:
        services.decline_level(
            actor=request.user,
            incident=incident,
            plan=plan,
            level=request.POST.get("level", ""),
            reason=request.POST.get("reason", "")[:500],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("response:activate", pk)
    messages.success(request, _("不启动的原因已记录。"))
    return redirect("web:incident", pk)


@requires("view:incidents")
def confirm(request: HttpRequest, pk: int, **forms: Form) -> HttpResponse:
    """One response: the proposal with its orders for the second person, then how it runs, then how it ended."""
    activation = _activation(request, pk)
    incident, user = activation.incident, request.user
    may_decide = user.may("act:activations.confirm") and user.scope.contains(incident.area_id)
    may_propose = user.may("act:activations.propose") and user.scope.contains(incident.area_id)
    context = {
        "object": activation,
        "incident": incident,
        "is_proposer": user.pk == activation.proposed_by_id,
        "may_decide": may_decide,
        "may_propose": may_propose,
        "basis": [entry | {"at": parse_datetime(entry["at"])} for entry in activation.basis],
        "areas": Area.objects.filter(pk__in=activation.areas),
        "reject_form": ReasonForm(prefix="reject"),
        "end_form": EndForm(prefix="end"),
        "level_form": LevelForm(prefix="level", activation=activation),
    }
    if activation.status == Activation.Status.PROPOSED:
        context |= _preview(incident, activation.plan, activation.level, activation.areas)
    else:
        orders = list(queries.orders_for(user).filter(activation=activation))
        context |= {"board": queries.board_of(orders), "orders": orders}
        context["waiting"] = activation.following.filter(status=Activation.Status.PROPOSED).first()
    return render(
        request, "response/confirm.html", context | forms, status=422 if any(f.errors for f in forms.values()) else 200
    )


@require_POST
@requires("act:activations.confirm")
def put_into_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposal; its orders go out."""
    activation = _activation(request, pk)
    try:
        orders = services.confirm_activation(actor=request.user, activation=activation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("响应已启动，下达指令 %(n)s 条。") % {"n": len(orders)})
    return redirect("response:confirm", pk)


def _take(request: HttpRequest, pk: int, form: Form, name: str, act, done: str) -> HttpResponse:
    """Run a service with a form's values; the page again, with what was typed, when it is refused."""
    if form.is_valid():
        try:
            made = act(**form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect("response:confirm", made.pk)
    return confirm(request, pk, **{name: form})


@require_POST
@requires("act:activations.confirm")
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide against a proposal."""
    activation = _activation(request, pk)

    def act(reason: str) -> Activation:
        return services.reject_activation(actor=request.user, activation=activation, reason=reason)

    return _take(request, pk, ReasonForm(request.POST, prefix="reject"), "reject_form", act, _("已否决，原因已记录。"))


@require_POST
@requires("act:activations.propose")
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose another level for a running response."""
    activation = _activation(request, pk)

    def act(level: str, reason: str) -> Activation:
        return services.change_level(actor=request.user, activation=activation, level=level, reason=reason)

    form = LevelForm(request.POST, prefix="level", activation=activation)
    return _take(request, pk, form, "level_form", act, _("已提出调整级别，请另一人确认。"))


@require_POST
@requires("act:activations.confirm")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a running response."""
    activation = _activation(request, pk)

    def act(conditions: str, summary: str) -> Activation:
        return services.end_activation(
            actor=request.user, activation=activation, conditions=conditions, summary=summary
        )

    return _take(request, pk, EndForm(request.POST, prefix="end"), "end_form", act, _("响应已结束。"))
