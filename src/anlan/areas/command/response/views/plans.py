"""Pages of plans: the list, one plan with its cards and timetable, reading in and writing out."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.response import queries
from anlan.areas.command.response.forms import ApproveForm, PlanFileForm
from anlan.areas.command.response.models import Plan
from anlan.areas.command.response.plan_text import compare, document_of, to_toml
from anlan.areas.command.response.rules import FACTS
from anlan.areas.command.response.services import plans as services
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.forms import tell
from anlan.foundation.places.models import Area


def _plan(request: HttpRequest, pk: int) -> Plan:
    return get_object_or_404(queries.plans_visible(request.user), pk=pk)


@requires("view:plans")
def overview(request: HttpRequest) -> HttpResponse:
    """The plans; all versions with `?show=all`, else the newest of each."""
    rows = list(queries.plans_visible(request.user))
    show_all = request.GET.get("show") == "all"
    newest: dict[str, Plan] = {}
    for plan in rows:
        newest.setdefault(plan.code, plan)
    context = {
        "plans": rows if show_all else list(newest.values()),
        "show_all": show_all,
        "may_change": request.user.may("change:plans"),
    }
    return render(request, "response/plans.html", context)


@requires("view:plans")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a plan: levels and conditions, groups, cards with their timetable, what is wrong with it."""
    plan = _plan(request, pk)
    others = list(queries.plans_visible(request.user).filter(code=plan.code).exclude(pk=pk))
    number = request.GET.get("compare", "")
    other = next((one for one in others if str(one.pk) == number), None)
    cards = list(plan.cards.select_related("group", "department"))
    levels = list(plan.levels.select_related("plan"))
    level = request.GET.get("level", "")
    shown = [card for card in cards if not level or level in card.levels]
    may_change = request.user.may("change:plans") and request.user.scope.contains(plan.area_id)
    context = {
        "object": plan,
        "levels": [(row, [_words(entry) for entry in queries.criteria_of(row)]) for row in levels],
        "groups": plan.groups.all(),
        "cards": shown,
        "card_count": len(cards),
        "level": level,
        "strip": _strip(shown),
        "problems": services.check_plan(document_of(plan)),
        "others": others,
        "other": other,
        "differences": compare(other, plan) if other else [],
        "may_change": may_change,
        "may_export": request.user.may("export:plans"),
        "approve_form": ApproveForm(initial={"document": plan.document}),
    }
    return render(request, "response/plan.html", context)


def _words(entry: dict) -> dict:
    title, unit = FACTS.get(entry["fact"], (entry["fact"], ""))
    return entry | {"title": title, "unit": unit}


def _strip(cards: list) -> dict:
    """Where each card's bar begins and ends in per cent; the few that last far longer run out of the scale."""
    dues = sorted(card.due_offset for card in cards) or [60]
    last = dues[int(0.85 * (len(dues) - 1))]
    step = next((s for s in (15, 30, 60, 120, 180, 240, 360, 720) if last / s <= 8), 1440)
    end = -(-last // step) * step
    bars = []
    for card in cards:
        start, due = min(card.start_offset, end), min(card.due_offset, end)
        bars.append(
            {
                "card": card,
                "left": round(100 * start / end, 2),
                "width": max(round(100 * (due - start) / end, 2), 0.8),
                "is_longer": card.due_offset > end,
            }
        )
    marks = [{"left": round(100 * m / end, 2), "label": _clock(m)} for m in range(0, end + 1, step)]
    return {"bars": bars, "marks": marks}


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


@requires("export:plans")
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a TOML file."""
    plan = _plan(request, pk)
    audit.record(actor=request.user, action="plan.export", subject=plan, details={"version": plan.version})
    response = HttpResponse(to_toml(document_of(plan)), content_type="application/toml; charset=utf-8")
    name = quote(f"{plan.code}-{plan.version}.toml")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@requires("change:plans")
def read_in(request: HttpRequest) -> HttpResponse:
    """Check a plan's file and show everything wrong with it; read it in as a draft when asked to."""
    form = PlanFileForm(request.POST or None, request.FILES or None)
    context: dict = {"form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            document = services.read_plan(text)
            problems = services.check_plan(document)
            context |= {"document": document, "problems": problems, "checked": True}
            context["errors"] = sum(problem.is_error for problem in problems)
            if "keep" in request.POST:
                plan = services.import_plan(actor=request.user, document=document, area=_own_area(request))
                messages.success(request, _("已存为第 %(n)s 版草案。") % {"n": plan.version})
                return redirect("response:plan", plan.pk)
        except ValidationError as error:
            tell(form, error)
        context["form"] = PlanFileForm(initial={"text": text})
        context["form"]._errors = form.errors
    status = 422 if form.errors else 200
    return render(request, "response/plan_import.html", context, status=status)


def _own_area(request: HttpRequest) -> Area:
    """The area whose plan a person reads in: the city for who oversees it, else the own department's."""
    city = settings.ANLAN.city
    if request.user.scope.contains(city):
        return Area.objects.get(pk=city)
    return request.user.department.area


def _do(request: HttpRequest, pk: int, done: str, act) -> HttpResponse:
    plan = _plan(request, pk)
    try:
        act(plan)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("response:plan", pk)


@require_POST
@requires("change:plans")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a draft."""
    document = request.POST.get("document", "").strip()[:120]
    return _do(
        request,
        pk,
        _("已批准。"),
        lambda plan: services.approve_plan(actor=request.user, plan=plan, document=document),
    )


@require_POST
@requires("change:plans")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an approved plan."""
    return _do(
        request, pk, _("已发布，旧版本已废止。"), lambda plan: services.publish_plan(actor=request.user, plan=plan)
    )


@require_POST
@requires("change:plans")
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a plan was filed."""
    return _do(request, pk, _("已登记备案。"), lambda plan: services.file_plan(actor=request.user, plan=plan))
