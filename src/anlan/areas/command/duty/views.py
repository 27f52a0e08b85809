"""The roster, swaps, handovers and the duty log."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.duty import queries, services
from anlan.areas.command.duty.calendars import units_on_duty
from anlan.areas.command.duty.forms import CancelForm, LogForm, PlanForm, SwapForm
from anlan.areas.command.duty.models import DutyLog
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import Department
from anlan.foundation.calendars.registry import calendars
from anlan.foundation.calendars.services import document


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


@requires("view:duty")
def roster(request: HttpRequest) -> HttpResponse:
    """The roster of a month; one's own shifts stand out."""
    return _roster(request)


def _roster(request: HttpRequest, plan: PlanForm | None = None) -> HttpResponse:
    user, first = request.user, _month(request.GET.get("month", ""))
    rows = queries.shifts_for(user).filter(
        start__date__gte=first - timedelta(days=7), start__date__lt=first + timedelta(days=38)
    )
    units = Department.objects.filter(shifts__in=rows).distinct()
    unit = request.GET.get("unit", "")
    if unit == "mine":
        rows = rows.filter(user=user)
    elif unit.isdecimal():
        rows = rows.filter(department_id=int(unit))
    elif user.department_id and units.filter(pk=user.department_id).exists() and not unit:
        rows, unit = rows.filter(department_id=user.department_id), str(user.department_id)
    weeks = queries.month_of(rows.order_by("start", "post__rank"), first)
    swaps = queries.swaps_for(user)
    context = {
        "weeks": weeks,
        "days": [day for week in weeks for day in week if day.is_in_month and day.shifts],
        "title": queries.title_of_month(first),
        "first": first,
        "before": first - timedelta(days=1),
        "after": first + timedelta(days=31),
        "units": units,
        "unit": unit,
        "now": queries.on_shift().filter(pk__in=queries.shifts_for(user).values("pk")),
        "mine": queries.shifts_for(user).filter(user=user, end__gt=timezone.now()).order_by("start")[:6],
        "swaps": [swap for swap in swaps[:30] if swap.is_open],
        "decided": [swap for swap in swaps[:30] if not swap.is_open][:8],
        "may_plan": user.may("act:duty"),
        "at": timezone.now(),
        "may_approve": user.may("act:duty.approve"),
        "plan": plan or (PlanForm(user=user) if user.may("act:duty") else None),
    }
    return render(request, "duty/roster.html", context)


@requires("act:duty")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a roster; what was chosen stays when it cannot be planned."""
    form = PlanForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            planned = services.plan_roster(actor=request.user, **form.values)
        except ValidationError as problem:
            _show(form, problem)
        else:
            messages.success(request, _("已排 %(n)s 个班次。") % {"n": len(planned)})
            month = f"{form.cleaned_data['first']:%Y-%m}"
            return redirect(f"/duty/?month={month}&unit={form.cleaned_data['post'].department_id}")
    return _roster(request, form)


@requires("view:duty")
def calendar(request: HttpRequest) -> HttpResponse:
    """The own shifts, or those of a unit, as a file for a calendar program."""
    number = _number(request.GET.get("unit"))
    unit = get_object_or_404(units_on_duty(request.user), pk=number) if number else None
    body = document(calendars()["duty.unit" if unit else "duty.mine"], request.user, unit)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="duty.ics"'
    return response


@requires("act:duty")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift that has not begun out of the roster."""
    shift = get_object_or_404(queries.shifts_for(request.user), pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_shift(actor=request.user, shift=shift, **form.cleaned_data)
        except ValidationError as problem:
            _show(form, problem)
        else:
            messages.success(request, _("班次已撤销。"))
            return redirect("duty:roster")
    return render(request, "duty/cancel.html", {"form": form, "shift": shift}, status=422 if form.errors else 200)


@requires("view:duty")
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to take over one's shift."""
    shift = get_object_or_404(queries.shifts_for(request.user).filter(user=request.user), pk=pk)
    form = SwapForm(request.POST or None, user=request.user, shift=shift)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_swap(actor=request.user, shift=shift, **form.cleaned_data)
        except ValidationError as problem:
            _show(form, problem)
        else:
            messages.success(request, _("换班申请已发出，等待对方同意。"))
            return redirect("duty:roster")
    return render(request, "duty/swap.html", {"form": form, "shift": shift})


@requires("view:duty")
@require_POST
def swap_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Agree to a swap, decline, withdraw, or decide on it."""
    found = get_object_or_404(queries.swaps_for(request.user), pk=pk)
    verbs = {
        "accept": lambda: services.answer_swap(actor=request.user, swap=found, accepts=True),
        "refuse": lambda: services.answer_swap(actor=request.user, swap=found, accepts=False),
        "withdraw": lambda: services.withdraw_swap(actor=request.user, swap=found),
        "approve": lambda: services.approve_swap(actor=request.user, swap=found),
        "reject": lambda: services.approve_swap(actor=request.user, swap=found, approves=False),
    }
    try:
        verbs[verb]()
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("换班：%(status)s。") % {"status": found.get_status_display()})
    return redirect("duty:roster")


@requires("view:duty")
def handovers(request: HttpRequest) -> HttpResponse:
    """The handovers so far, and the one that is due."""
    page = Paginator(queries.handovers_for(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "duty/handovers.html", {"page": page, "due": queries.handover_due(request.user)})


@requires("view:duty")
@require_POST
def handover_draft(request: HttpRequest) -> HttpResponse:
    """Begin the handover of one's running shift."""
    due = queries.handover_due(request.user)
    if due is None:
        messages.error(request, _("您现在没有要交的班：不在班上，或下一班还没有排人。"))
        return redirect("duty:handovers")
    made = services.draft_handover(actor=request.user, giving=due[0], taking=due[1])
    return redirect("duty:handover", made.pk)


@requires("view:duty")
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """A handover sheet; whose turn it is signs here."""
    found = get_object_or_404(queries.handovers_for(request.user), pk=pk)
    text = ""
    if request.method == "POST":
        text = request.POST.get("text", "").strip()[:5000]
        try:
            if "refresh" in request.POST:
                services.draft_handover(actor=request.user, giving=found.giving, taking=found.taking, notes=text)
            else:
                services.sign_handover(actor=request.user, handover=found, text=text)
                messages.success(request, _("已签名。"))
            return redirect("duty:handover", pk)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
    is_giver = request.user == found.giving.user and found.given_at is None
    is_taker = request.user == found.taking.user and found.given_at is not None and found.taken_at is None
    context = {
        "handover": found,
        "is_giver": is_giver,
        "is_taker": is_taker,
        "text": text or (found.notes if is_giver else ""),
        "count": sum(len(section["rows"]) for section in found.items),
        "log": found.giving.log.order_by("at"),
    }
    return render(request, "duty/handover.html", context)


@requires("view:duty")
def log(request: HttpRequest) -> HttpResponse:
    """The duty log, and a line to add to it."""
    form = LogForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        corrects = queries.log_for(request.user).filter(pk=_number(request.POST.get("corrects"))).first()
        try:
            services.write_log(actor=request.user, corrects=corrects, **form.cleaned_data)
        except ValidationError as problem:
            _show(form, problem)
        else:
            messages.success(request, _("已记入值班日志。"))
            return redirect("web:desk" if request.POST.get("from") == "desk" else "duty:log")
    rows = queries.log_for(request.user)
    kind = request.GET.get("kind", "")
    if kind in DutyLog.Kind.values:
        rows = rows.filter(kind=kind)
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(text__icontains=words)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "form": form,
        "kinds": DutyLog.Kind.choices,
        "kind": kind,
        "words": words,
        "may_write": request.user.may("act:duty"),
        "corrects": queries.log_for(request.user).filter(pk=_number(request.GET.get("corrects"))).first(),
    }
    return render(request, "duty/log.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _show(form: forms.Form, problem: ValidationError) -> None:
    """Put what a service refuses next to the field that it is about."""
    for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
        form.add_error(name if name in form.fields else None, lines)
