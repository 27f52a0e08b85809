"""Pages of information reports: the list with its limits, one report with editor and preview, its files."""

from base64 import b64encode
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.reports import queries
from anlan.areas.command.reports.documents import as_official
from anlan.areas.command.reports.forms import PhoneForm, ReportForm, SendForm
from anlan.areas.command.reports.models import Report
from anlan.areas.command.reports.services import reports as services
from anlan.areas.command.reports.services.receivers import ask_for_approval
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import NoFonts, as_pdf, as_pictures
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE_SIZE = 30


@requires("view:reports")
def overview(request: HttpRequest) -> HttpResponse:
    """What must be reported next, and the reports; `?incident=`, `?status=` and `?kind=` narrow them."""
    rows = queries.reports_for(request.user)
    status, kind = request.GET.get("status", ""), request.GET.get("kind", "")
    rows = rows.filter(status=status) if status in Report.Status.values else rows.exclude(status="discarded")
    if kind in Report.Kind.values:
        rows = rows.filter(kind=kind)
    incident = _incident(request, request.GET.get("incident", ""))
    if incident:
        rows = rows.filter(incident=incident)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "waiting": [] if incident else queries.waiting_by_incident(request.user),
        "room": queries.room_of(request.user, incident) if incident else None,
        "incident": incident,
        "statuses": Report.Status.choices,
        "kinds": Report.Kind.choices,
        "status": status,
        "kind": kind,
    }
    return render(request, "reports/list.html", context)


def _incident(request: HttpRequest, number: str) -> Incident | None:
    return get_object_or_404(incidents_for(request.user), pk=number) if number.isdecimal() else None


def _report(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(queries.reports_for(request.user), pk=pk)


@requires("view:reports")
def detail(
    request: HttpRequest, pk: int, form: ReportForm | None = None, send_form: SendForm | None = None
) -> HttpResponse:
    """One report: its words, its pages as they will be printed, its figures with source, its duties."""
    report = _report(request, pk)
    user, is_inside = request.user, request.user.scope.contains(report.incident.area_id)
    may_change = is_inside and user.may("change:reports")
    if form is None and report.is_draft and may_change:
        form = ReportForm(instance=report)
    if send_form is None and report.is_valid and may_change:
        send_form = SendForm(report=report)
    context = {
        "object": report,
        "form": form,
        "send_form": send_form,
        "pictures": _pictures(report) if form is None else None,
        "figures": queries.figure_lines(report),
        "duties": queries.duties_for(user).filter(incident=report.incident),
        "corrections": queries.reports_for(user).filter(corrects=report).exclude(status=Report.Status.DISCARDED),
        "may_change": may_change,
        "may_approve": is_inside and report.is_draft and user.may("act:reports.approve"),
        "is_author": report.drafted_by_id == user.pk,
        "may_export": user.may("export:reports"),
        "asked": report.is_draft and queries.last_call(report),
        "may_correct": is_inside and user.may("add:reports") and report.status == Report.Status.SENT,
    }
    failed = (form and form.errors) or (send_form and send_form.errors)
    return render(request, "reports/detail.html", context, status=422 if failed else 200)


def _pictures(report: Report) -> list[str]:
    try:
        return [b64encode(page).decode() for page in as_pictures(as_official(report))]
    except NoFonts:
        return []


def _fail(request: HttpRequest, error: ValidationError) -> None:
    for line in error.messages:
        messages.error(request, line)


def _revision(request: HttpRequest) -> int:
    """Which state of the report the person saw; 0, which is never current, where the page did not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else 0


def _do(request: HttpRequest, pk: int, done: str, act) -> HttpResponse:
    """Run one service on a report, and say on its page what came of it."""
    report = _report(request, pk)
    try:
        report = act(report)
    except ValidationError as error:
        _fail(request, error)
    else:
        messages.success(request, done)
    return redirect("reports:detail", report.pk)


@require_POST
@requires("add:reports")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a report on an incident."""
    incident = get_object_or_404(incidents_for(request.user), pk=pk)
    try:
        made = services.draft_report(actor=request.user, incident=incident, kind=request.POST.get("kind", ""))
    except ValidationError as error:
        _fail(request, error)
        return redirect(f"{reverse('reports:list')}?incident={pk}")
    messages.success(request, _("已按记录生成草稿，请核对。"))
    return redirect("reports:detail", made.pk)


@require_POST
@requires("change:reports")
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a duty was met by telephone."""
    duty = get_object_or_404(queries.waiting_duties(request.user), pk=pk)
    form = PhoneForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(sum(form.errors.values(), []))
        services.record_phone_report(actor=request.user, incident=duty.incident, duty=duty, **form.cleaned_data)
    except ValidationError as error:
        _fail(request, error)
    else:
        messages.success(request, _("电话报告已记录。"))
    return redirect(f"{reverse('reports:list')}?incident={duty.incident_id}")


@require_POST
@requires("change:reports")
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written."""
    report = _report(request, pk)
    form = ReportForm(request.POST, instance=report)
    if not form.is_valid():
        return detail(request, pk, form=form)
    revision = _revision(request)
    return _do(
        request,
        pk,
        _("已保存。"),
        lambda found: services.edit_report(
            actor=request.user, report=found, values=form.values, texts=form.texts, revision=revision
        ),
    )


@require_POST
@requires("change:reports")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages as they would be printed from what is in the editor; nothing is kept."""
    report = _report(request, pk)
    form = ReportForm(request.POST, instance=report)
    if form.is_valid():
        for name, value in form.values.items():
            setattr(report, name, value)
        report.sections = [section | {"text": form.texts[section["key"]]} for section in report.sections]
    else:
        report.refresh_from_db()
    return render(request, "reports/pages.html", {"pictures": _pictures(report), "errors": form.errors})


@require_POST
@requires("change:reports")
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the record's figures of now."""
    return _do(request, pk, _("数字已更新。"), lambda found: services.refresh_figures(actor=request.user, report=found))


@require_POST
@requires("change:reports")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    return _do(request, pk, _("草稿已作废。"), lambda found: services.discard_report(actor=request.user, report=found))


@require_POST
@requires("change:reports")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the leader who signs."""
    report = _report(request, pk)
    try:
        notice = ask_for_approval(actor=request.user, report=report)
    except ValidationError as error:
        _fail(request, error)
    else:
        messages.success(request, _("已通知%(post)s签发。") % {"post": notice.post})
    return redirect("reports:detail", pk)


@require_POST
@requires("act:reports.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a draft as it was shown."""
    revision = _revision(request)
    return _do(
        request,
        pk,
        _("已签发。"),
        lambda found: services.approve_report(actor=request.user, report=found, revision=revision),
    )


@require_POST
@requires("change:reports")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Record to whom it went."""
    report = _report(request, pk)
    form = SendForm(request.POST, report=report)
    if form.is_valid():
        try:
            made = services.send_report(
                actor=request.user, report=report, addressees=form.addressees, at=form.cleaned_data["at"]
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("已报 %(n)s 个单位。") % {"n": len(made)})
            return redirect("reports:detail", pk)
    return detail(request, pk, send_form=form)


@require_POST
@requires("change:reports")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who confirmed that it arrived."""
    delivery = get_object_or_404(queries.deliveries_for(request.user).exclude(report=None), pk=pk)
    try:
        services.record_receipt(actor=request.user, delivery=delivery, receipt=request.POST.get("receipt", ""))
    except ValidationError as error:
        _fail(request, error)
    else:
        messages.success(request, _("回执已记录。"))
    return redirect("reports:detail", delivery.report_id)


@require_POST
@requires("add:reports")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a correction."""
    return _do(
        request,
        pk,
        _("已生成更正稿，原报告不变。"),
        lambda found: services.correct_report(actor=request.user, report=found, reason=request.POST.get("reason", "")),
    )


@requires("export:reports")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as PDF."""
    return _file(request, pk, "pdf", "application/pdf", as_pdf)


@requires("export:reports")
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as DOCX."""
    return _file(request, pk, "docx", WORD, as_docx)


def _file(request: HttpRequest, pk: int, suffix: str, kind: str, write) -> HttpResponse:
    report = _report(request, pk)
    response = HttpResponse(write(as_official(report)), content_type=kind)
    name = quote(f"{report.title}.{suffix}")
    response["Content-Disposition"] = f"attachment; filename=\"report-{pk}.{suffix}\"; filename*=UTF-8''{name}"
    audit.record(actor=request.user, action="report.export", subject=report, details={"format": suffix})
    return response
