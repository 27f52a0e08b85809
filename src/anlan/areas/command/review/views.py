"""Pages of after-action reviews: the list, and one incident's review with its chart, findings and improvements."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.review import queries, services
from anlan.areas.command.review.analysis import Analysis, analyse
from anlan.areas.command.review.documents import as_official
from anlan.areas.command.review.forms import ConclusionForm, FindingForm, ImprovementForm
from anlan.areas.command.review.models import Review
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.forms import tell

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@requires("view:reviews")
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews, ended incidents that nobody reviews yet, and improvements past their day."""
    overdue = queries.overdue_improvements(request.user)
    context = {
        "page": Paginator(queries.reviews_for(request.user), 30).get_page(request.GET.get("page")),
        "unreviewed": queries.unreviewed(request.user)[:20],
        "overdue": overdue[:20],
        "overdue_count": overdue.count(),
        "today": timezone.localdate(),
    }
    return render(request, "review/list.html", context)


@requires("view:reviews")
def detail(request: HttpRequest, pk: int, **failed: forms.Form) -> HttpResponse:
    """What the records say about one response, and what was found and is to improve."""
    incident = get_object_or_404(incidents_for(request.user), pk=pk)
    review = Review.objects.filter(incident=incident).select_related("department", "opened_by", "closed_by").first()
    may_write = bool(review) and review.is_open and request.user.may("change:reviews")
    may_write = may_write and request.user.scope.contains(incident.area_id)
    analysis = analyse(incident)
    context = {
        "incident": incident,
        "review": review,
        "analysis": analysis,
        "chart": drawing(analysis),
        "may_write": may_write,
        "may_open": review is None and incident.status in queries.OVER and request.user.may("add:reviews"),
        "may_export": review is not None and request.user.may("export:reviews"),
        "today": timezone.localdate(),
    }
    if review:
        context["findings"] = review.findings.select_related("entry", "department")
        context["improvements"] = review.improvements.select_related("department")
    if may_write:
        context["finding_form"] = FindingForm(user=request.user, incident=incident)
        context["improvement_form"] = ImprovementForm(user=request.user, review=review)
        context["conclusion_form"] = ConclusionForm()
    return render(request, "review/detail.html", context | failed, status=400 if failed else 200)


def drawing(analysis: Analysis) -> dict:
    """The timeline as points by kind, the turning points as lines, and the figures as steps."""
    kinds = list(dict.fromkeys(str(entry.get_kind_display()) for entry in analysis.entries))
    return {
        "kinds": kinds,
        "points": [
            {"at": _wall(e.happened_at), "kind": str(e.get_kind_display()), "text": e.text[:120]}
            for e in analysis.entries
        ],
        "phases": [{"at": _wall(p.at), "title": str(p.title)} for p in analysis.phases if p.at],
        "figures": {
            name: [[_wall(at), float(value)] for at, value in rows if value is not None]
            for name, rows in analysis.figures.items()
        },
    }


def _wall(at: datetime) -> str:
    """The wall clock of Beijing, marked as UTC so that no browser shifts it."""
    return timezone.localtime(at).replace(tzinfo=UTC).isoformat()


def _review(request: HttpRequest, pk: int) -> Review:
    rows = Review.objects.filter(incident__in=incidents_for(request.user))
    return get_object_or_404(rows.select_related("incident__area", "department"), incident=pk)


@require_POST
@requires("add:reviews")
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the review of an ended incident."""
    incident: Incident = get_object_or_404(incidents_for(request.user), pk=pk)
    try:
        services.open_review(actor=request.user, incident=incident)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("review:detail", pk)


@require_POST
@requires("change:reviews")
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a finding."""
    review = _review(request, pk)
    form = FindingForm(request.POST, user=request.user, incident=review.incident)
    return _do(request, review, "finding_form", form, services.add_finding, _("已记录评估发现。"))


@require_POST
@requires("change:reviews")
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an improvement."""
    review = _review(request, pk)
    form = ImprovementForm(request.POST, user=request.user, review=review)
    return _do(request, review, "improvement_form", form, services.add_improvement, _("已下达改进措施。"))


@require_POST
@requires("change:reviews")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the review."""
    form = ConclusionForm(request.POST)
    return _do(request, _review(request, pk), "conclusion_form", form, services.close_review, _("复盘评估已结案。"))


def _do(
    request: HttpRequest, review: Review, name: str, form: forms.Form, service: Callable, said: str
) -> HttpResponse:
    """Hand a form to a service; what is wrong stands beside its field."""
    if form.is_valid():
        try:
            service(actor=request.user, review=review, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, said)
            return redirect("review:detail", review.incident_id)
    return detail(request, review.incident_id, **{name: form})


@requires("export:reviews")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The review as PDF."""
    return _file(request, pk, "pdf", "application/pdf", as_pdf)


@requires("export:reviews")
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The review as DOCX."""
    return _file(request, pk, "docx", WORD, as_docx)


def _file(request: HttpRequest, pk: int, suffix: str, kind: str, write: Callable) -> HttpResponse:
    review = _review(request, pk)
    document = as_official(review, analyse(review.incident))
    response = HttpResponse(write(document), content_type=kind)
    name = quote(f"{document.title}.{suffix}")
    response["Content-Disposition"] = f"attachment; filename=\"review-{pk}.{suffix}\"; filename*=UTF-8''{name}"
    audit.record(actor=request.user, action="review.export", subject=review, details={"format": suffix})
    return response
