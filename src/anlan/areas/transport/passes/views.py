"""Pages at a desk: apply, decide, a pass with its checks, statistics, keys."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.transport.passes import queries, services
from anlan.areas.transport.passes.documents import spaced
from anlan.areas.transport.passes.forms import ApplyForm, DaysForm
from anlan.areas.transport.passes.keys import revoke_key, rotate_key
from anlan.areas.transport.passes.models import Pass, SigningKey
from anlan.foundation.accounts.access import requires
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.documents.qr import qr_svg
from anlan.foundation.rules.queries import rule

SHOWN = 60
#: What stands against an automatic issue, in words.
AGAINST = {
    "no_incident": gettext_lazy("没有对应的、正在处置的突发事件"),
    "too_long": gettext_lazy("时段超过自动签发的上限"),
    "not_listed": gettext_lazy("车牌和单位都不在白名单"),
    "beyond_entry": gettext_lazy("超出白名单条目的类别、区域或时长"),
}


def _may(request: HttpRequest) -> dict[str, bool]:
    """What the pages' tabs and buttons offer."""
    asked = {
        "see_checks": "view:passchecks",
        "check": "act:passes.check",
        "apply": "add:passes",
        "keys": "act:passkeys",
    }
    return {name: request.user.may(capability) for name, capability in asked.items()}


@requires("view:passes")
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, what is in force, what the checkpoints met today."""
    rows, now = queries.passes_for(request.user), timezone.now()
    waiting = list(rows.filter(status=Pass.Status.APPLIED).order_by("applied_at")[:SHOWN])
    clocks = {
        clock.subject_id: clock
        for clock in Clock.objects.filter(
            subject_type__model="pass", subject_id__in=[p.pk for p in waiting], met_at=None, cancelled_at=None
        )
    }
    for one in waiting:
        one.clock = clocks.get(one.pk)
    in_force = rows.filter(status=Pass.Status.ISSUED, valid_until__gt=now).order_by("valid_until")
    can_see_checks = request.user.may("view:passchecks")
    today = queries.checks_for(request.user).filter(checked_at__date=timezone.localdate()) if can_see_checks else None
    context = {
        "may": _may(request), "waiting": waiting, "in_force": in_force[:SHOWN], "in_force_count": in_force.count(),
        "ending": in_force.filter(valid_until__lt=now + timedelta(hours=6)).count(),
        "today": None if today is None else today.count(),
        "stopped": None if today is None else today.filter(was_let_through=False).count(),
        "checks": [] if today is None else queries.checks_for(request.user)[:8],
        "done": rows.exclude(status=Pass.Status.APPLIED).exclude(status=Pass.Status.ISSUED, valid_until__gt=now)[:12],
    }  # fmt: skip
    return render(request, "passes/overview.html", context)


@requires("add:passes")
def apply(request: HttpRequest) -> HttpResponse:
    """Apply, or go on with a pass that ends (`?from=`)."""
    given = request.GET.get("from", "")
    number = int(given) if given.isdecimal() and len(given) < 12 else 0
    replaces = queries.passes_for(request.user).filter(pk=number, status=Pass.Status.ISSUED).first()
    form = ApplyForm(request.POST or None, user=request.user, replaces=replaces)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            record = services.apply_pass(
                actor=request.user, replaces=replaces, **(data | {"areas": list(data["areas"])})
            )
        except ValidationError as problem:
            form.show(problem)
        else:
            is_issued = record.status == Pass.Status.ISSUED
            messages.success(request, _("已按白名单签发。") if is_issued else _("已提交，等待审批。"))
            return redirect(record)
    context = {"form": form, "replaces": replaces, "limits": rule(services.RULE)}
    return render(request, "passes/apply.html", context, status=422 if form.errors else 200)


@requires("view:passes")
def pass_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A pass: its state, its code, who decided, where it was checked, and what can be done with it now."""
    return _shown(request, get_object_or_404(queries.passes_for(request.user), pk=pk))


def _shown(request: HttpRequest, record: Pass, problem: tuple[str, ...] = ()) -> HttpResponse:
    user = request.user
    is_waiting = record.status == Pass.Status.APPLIED
    may_decide = user.may("act:passes") and user.scope.contains(record.area_id)
    against = services.approving_entry(record)[1] if is_waiting else []
    context = {
        "record": record, "object": record, "problem": problem, "areas": queries.area_names(record.areas),
        "qr": qr_svg(record.token, is_long=True) if record.token and not record.is_over else "",
        "short": spaced(record.short) if record.short else "", "clock": clocks_of(record).first(),
        "checks": record.checks.select_related("checkpoint", "checked_by")[:30],
        "against": [AGAINST[code] for code in against], "extensions": record.extensions.all(),
        "may_decide": may_decide and is_waiting and record.applied_by_id != user.pk,
        "is_own": is_waiting and record.applied_by_id == user.pk,
        "may_revoke": may_decide and record.status == Pass.Status.ISSUED and not record.is_over,
        "may_extend": user.may("add:passes") and record.status == Pass.Status.ISSUED,
    }  # fmt: skip
    return render(request, "passes/pass.html", context, status=422 if problem else 200)


@require_POST
@requires("act:passes")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse."""
    record = get_object_or_404(queries.passes_for(request.user), pk=pk)
    is_approved, reason = request.POST.get("verb") == "approve", request.POST.get("reason", "")[:200]
    try:
        services.decide_pass(actor=request.user, record=record, is_approved=is_approved, reason=reason)
    except ValidationError as error:
        return _shown(request, record, tuple(error.messages))
    messages.success(request, _("已签发。") if is_approved else _("已退回申请。"))
    return redirect(record)


@require_POST
@requires("act:passes")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an issued pass."""
    record = get_object_or_404(queries.passes_for(request.user), pk=pk)
    try:
        services.revoke_pass(actor=request.user, record=record, reason=request.POST.get("reason", "")[:200])
    except ValidationError as error:
        return _shown(request, record, tuple(error.messages))
    messages.success(request, _("已撤销；查验点更新清单后生效。"))
    return redirect(record)


@requires("view:passchecks")
def statistics(request: HttpRequest) -> HttpResponse:
    """Use by carrier, checkpoint and day; what was never used; where office and checkpoint differ."""
    form = DaysForm(request.GET)
    found = queries.statistics(request.user, **form.cleaned_data) if form.is_valid() else None
    context = {"may": _may(request), "form": form, "found": found}
    if found:
        context["shares"] = {
            "used": round(100 * found.total.used / found.total.passes) if found.total.passes else None,
            "checks": round(found.total.checks / found.total.used, 1) if found.total.used else None,
        }
    return render(request, "passes/statistics.html", context, status=200 if found else 422)


@requires("view:passkeys")
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that sign passes, and since when."""
    return render(request, "passes/keys.html", {"may": _may(request), "keys": SigningKey.objects.all()})


@require_POST
@requires("act:passkeys")
def key_act(request: HttpRequest, verb: str) -> HttpResponse:
    """Rotate, or revoke one that fell into wrong hands."""
    try:
        if verb == "rotate":
            key = rotate_key(actor=request.user)
            messages.success(request, _("已启用新密钥 %(key)s。") % {"key": key})
        elif verb == "revoke":
            key = get_object_or_404(SigningKey, pk=request.POST.get("key", ""))
            revoke_key(actor=request.user, key=key, reason=request.POST.get("reason", ""))
            messages.success(request, _("密钥 %(key)s 已作废，由它签发的通行证都不再有效。") % {"key": key})
        else:
            raise Http404(_("没有这种操作。"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect("passes:keys")
