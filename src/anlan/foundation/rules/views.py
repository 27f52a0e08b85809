"""Read, compare and change rules."""

import json
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import requires
from anlan.foundation.rules.forms import RuleForm
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rules
from anlan.foundation.rules.services import change_rule


@requires("view:rules")
def catalogue(request: HttpRequest) -> HttpResponse:
    """All rules in force, by subject, with source and check status."""
    found = rules("")
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
    shown = [
        r
        for r in found
        if status in ("", r.status) and (not text or text in f"{r.code} {r.title} {r.title_en} {r.document} {r.clause}")
    ]
    groups = [(name, list(rows)) for name, rows in groupby(shown, key=lambda r: r.code.split(".")[0])]
    open_ones = sum(r.status == Rule.Status.TO_BE_CHECKED for r in found)
    context = {"groups": groups, "total": len(found), "to_be_checked": open_ones, "status": status, "q": text}
    return render(request, "rules/catalogue.html", context)


def _pretty(params: dict) -> str:
    return json.dumps(params, ensure_ascii=False, indent=2)


@requires("view:rules")
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """A rule with all its versions, two of them side by side."""
    versions = get_list_or_404(Rule.objects.order_by("-version"), code=code)
    newest = versions[0]
    chosen = request.GET.get("with", "")
    other = next((v for v in versions if str(v.version) == chosen), versions[1] if len(versions) > 1 else None)
    context = {
        "rule": newest,
        "versions": versions,
        "other": other,
        "params": _pretty(newest.params),
        "other_params": _pretty(other.params) if other else "",
        "differences": differences(other.params, newest.params) if other else [],
        "may_change_rules": request.user.may("act:rules"),
    }
    return render(request, "rules/detail.html", context)


def differences(before: object, after: object, path: str = "") -> list[tuple[str, object, object]]:
    """Path, old and new value of everything that differs.

    >>> differences({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]})
    [('b[1]', 2, 3)]
    """
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            row
            for name in {**before, **after}
            for row in differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(before, list) and isinstance(after, list):
        length = max(len(before), len(after))
        pairs = zip(before + [None] * (length - len(before)), after + [None] * (length - len(after)), strict=True)
        return [row for position, (a, b) in enumerate(pairs) for row in differences(a, b, f"{path}[{position}]")]
    return [] if before == after else [(path, before, after)]


@requires("act:rules")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Make the next version of a rule."""
    newest = get_list_or_404(Rule.objects.order_by("-version"), code=code)[0]
    initial = {
        "params": newest.params, "status": newest.status, "effective_from": timezone.localdate(),
        "source": newest.source, "note": newest.note,
    }  # fmt: skip
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = change_rule(actor=request.user, rule=newest, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已保存为第 %(version)s 版。") % {"version": made.version})
            return redirect("rules:detail", code)
    return render(request, "rules/change.html", {"rule": newest, "form": form}, status=422 if form.errors else 200)
