"""Pages of assessments and warnings, kept apart: ours are internal, the bureau's are official."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.risk.warning import drawings, elements, hazards, layers, queries
from anlan.areas.risk.warning.forms import DecisionForm, RelayForm
from anlan.areas.risk.warning.models import Assessment, Warning
from anlan.areas.risk.warning.services.assessments import DISCLAIMER, acknowledge_assessment
from anlan.areas.risk.warning.services.decisions import record_decision
from anlan.areas.risk.warning.services.relays import relay_warning
from anlan.foundation.accounts.access import requires
from anlan.protocols import cap

SHOWN, FEW = 60, 10


@requires("view:warnings")
def overview(request: HttpRequest) -> HttpResponse:
    """What holds now, ours and the issuers' side by side; `?show=all` adds what is over."""
    user, now = request.user, timezone.now()
    is_all = request.GET.get("show") == "all"
    ours = queries.assessments(user) if is_all else queries.open_assessments(user)
    official = queries.warnings(user).filter(is_official=True).exclude(message_type="Cancel")
    if not is_all:
        official = official.filter(Warning.in_force(now))
    refused = queries.refused(user)
    foreign = queries.warnings(user).filter(is_official=False)
    context = {
        "assessments": sorted(ours[:SHOWN], key=_gravity),
        "warnings": sorted(official[:SHOWN], key=_gravity),
        "undecided": len(queries.undecided(user)),
        "foreign": foreign[: SHOWN if is_all else FEW],
        "foreign_count": foreign.count(),
        "refused": refused[: SHOWN if is_all else FEW],
        "few": FEW,
        "failing": queries.failing_sources(user),
        "refused_count": refused.count(),
        "is_all": is_all,
        "disclaimer": DISCLAIMER,
    }
    return render(request, "warning/list.html", context)


def _gravity(subject: Assessment | Warning) -> tuple[bool, int]:
    """What holds comes first, the gravest of it on top."""
    is_over = subject.ended_at is not None if isinstance(subject, Assessment) else subject.state != "in_force"
    return is_over, -hazards.COLOURS.index(subject.colour)


def _raise_link(subject: Assessment | Warning) -> str:
    values = {"warning": subject.ref, "kind": subject.incident_kind, "area": subject.area_id}
    return "/incidents/raise/?" + urlencode({name: value for name, value in values.items() if value})


def _common(request: HttpRequest, subject: Assessment | Warning, form: DecisionForm | None) -> dict:
    return {
        "object": subject,
        "decision": queries.decision_on(subject),
        "decision_form": form or DecisionForm(user=request.user, initial={"decision": "no_response"}),
        "may_decide": queries.may_decide(request.user, subject),
        "raise_link": _raise_link(subject) if request.user.may("add:incidents") else "",
    }


@requires("view:warnings")
def assessment(request: HttpRequest, pk: int, form: DecisionForm | None = None) -> HttpResponse:
    """One assessment: its basis, its climbs, who took note, what was decided."""
    found = get_object_or_404(queries.assessments(request.user), pk=pk)
    context = _common(request, found, form) | {
        "notices": queries.notices_of(found),
        "basis": [one | {"at": datetime.fromisoformat(one["observed_at"])} for one in found.basis],
        "chart": drawings.climbs(found),
        "changes": reversed(found.changes.all()),
        "disclaimer": DISCLAIMER,
        "decide_url": reverse("warning:decide_assessment", args=[pk]),
        "may_acknowledge": request.user.may("act:assessments") and found.acknowledged_at is None,
    }
    return render(request, "warning/assessment.html", context, status=422 if form else 200)


@requires("view:warnings")
def warning(
    request: HttpRequest, pk: int, form: DecisionForm | None = None, relay_form: RelayForm | None = None
) -> HttpResponse:
    """One warning: the issuer's words, its areas, its chain, to whom it was passed and who confirmed."""
    found = get_object_or_404(queries.warnings(request.user), pk=pk)
    relays = list(found.relays.all())
    context = _common(request, found, form) | {
        "relays": relays,
        "confirmed": sum(relay.notice.confirmed_at is not None for relay in relays),
        "chain": queries.chain_of(found, request.user),
        "map": drawings.outlines(found),
        "national": _national(found.identifier),
        "parts": elements.parts(bytes(found.raw)),
        "relay_form": relay_form or RelayForm(user=request.user),
        "may_relay": request.user.may("act:warnings") and found.is_official and found.state == "in_force",
        "decide_url": reverse("warning:decide_warning", args=[pk]),
    }
    return render(request, "warning/warning.html", context, status=422 if form or relay_form else 200)


def _national(identifier: str) -> cap.WarningIdentifier | None:
    """What a national identifier says; None for those of other systems."""
    try:
        return cap.WarningIdentifier.parse(identifier)
    except cap.CAPError:
        return None


@requires("view:warnings")
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """A message that was not taken in, as far as it is kept."""
    found = get_object_or_404(queries.refused(request.user), pk=pk)
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="refused-{pk}.xml"'
    return response


@requires("view:warnings")
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it arrived, byte for byte."""
    found = get_object_or_404(queries.warnings(request.user).defer(None), pk=pk)
    response = HttpResponse(bytes(found.raw), content_type="application/cap+xml")
    response["Content-Disposition"] = f'attachment; filename="warning-{found.pk}.xml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires("view:warnings")
def layer(request: HttpRequest) -> JsonResponse:
    """What holds now as GeoJSON."""
    found = {"type": "FeatureCollection", "features": layers.features(request.user)}
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


@require_POST
@requires("act:assessments")
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take note of an assessment."""
    found = get_object_or_404(queries.assessments(request.user), pk=pk)
    acknowledge_assessment(actor=request.user, assessment=found)
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, _("已确认。"))
    return redirect("warning:assessment", pk)


@require_POST
@requires("act:warnings")
def relay(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a warning on."""
    found = get_object_or_404(queries.warnings(request.user), pk=pk)
    form = RelayForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            made = relay_warning(actor=request.user, warning=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已转发给 %(n)s 个岗位，等待确认。") % {"n": len(made)})
            return redirect("warning:warning", pk)
    return warning(request, pk, relay_form=form)


@require_POST
@requires("act:assessments")
def decide_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the decision on an assessment."""
    return _decide(request, get_object_or_404(queries.assessments(request.user), pk=pk))


@require_POST
@requires("act:warnings")
def decide_warning(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the decision on a warning."""
    return _decide(request, get_object_or_404(queries.warnings(request.user), pk=pk))


def _decide(request: HttpRequest, subject: Assessment | Warning) -> HttpResponse:
    form = DecisionForm(request.POST, user=request.user)
    page = assessment if isinstance(subject, Assessment) else warning
    if form.is_valid():
        record_decision(actor=request.user, subject=subject, **form.cleaned_data)
        messages.success(request, _("决定已记录。"))
        return redirect(f"warning:{page.__name__}", subject.pk)
    return page(request, subject.pk, form=form)
