"""A requisition from its notice to its compensation, and its papers."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.transport.agreements import services, signing
from anlan.areas.transport.agreements.documents import PAPERS, said
from anlan.areas.transport.agreements.forms import (
    FIELDS,
    ItemForms,
    RefuseForm,
    RequisitionForm,
    SignForm,
    StepForm,
)
from anlan.areas.transport.agreements.models import Agreement, OwnerAnswer, Requisition
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.documents.qr import qr_svg
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.ledger.forms import tell
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule

Status = Requisition.Status
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: What the button of each step says.
BUTTONS = {
    Status.APPROVED: gettext_lazy("批准征用"),
    Status.SERVED: gettext_lazy("登记送达"),
    Status.HANDED_OVER: gettext_lazy("登记交接"),
    Status.RETURNED: gettext_lazy("登记返还"),
    Status.CLAIMED: gettext_lazy("核定补偿"),
    Status.SETTLED: gettext_lazy("批准补偿"),
    Status.PAID: gettext_lazy("登记支付"),
    Status.CANCELLED: gettext_lazy("撤销征用"),
}


def _found(request: HttpRequest, pk: int) -> Requisition:
    rows = ledger("requisitions").rows(request.user).select_related("incident", "department", "agreement", "area")
    return get_object_or_404(rows, pk=pk)


@requires("act:requisitions")
def new(request: HttpRequest) -> HttpResponse:
    """Write a notice; `?agreement=` and `?incident=` fill in what they know."""
    form = RequisitionForm(request.POST or None, user=request.user, initial=_initial(request))
    items = ItemForms(request.POST or None, prefix="items")
    if request.method == "POST" and form.is_valid() & items.is_valid():
        rows = [one.cleaned_data for one in items if one.cleaned_data.get("name")]
        try:
            made = services.draft_requisition(actor=request.user, items=rows, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("征用通知书已拟稿，请另一位负责人批准。"))
            return redirect("agreements:requisition", made.pk)
    failed = bool(form.errors or items.total_error_count())
    return render(request, "agreements/new.html", {"form": form, "items": items}, status=422 if failed else 200)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the agreement knows of the other side."""
    number, incident = request.GET.get("agreement", ""), request.GET.get("incident", "")
    found: dict[str, Any] = {"incident": incident} if incident.isdecimal() else {}
    rows: Any = ledger("agreements").rows(request.user).select_related("carrier")
    agreement: Agreement | None = rows.filter(pk=number).first() if number.isdecimal() else None
    if agreement is not None:
        found["agreement"] = agreement.pk
        if agreement.carrier is not None:
            carrier = agreement.carrier
            found |= {"owner_name": carrier.name, "owner_contact": carrier.contact, "owner_phone": carrier.phone}
    return found


@requires("view:requisitions")
def requisition(request: HttpRequest, pk: int, failed: tuple[str, StepForm] | None = None) -> HttpResponse:
    """What is taken from whom, which step is next and who may take it, all steps and papers."""
    found, user = _found(request, pk), request.user
    inside = user.scope.contains(found.area_id)
    steps = list(found.steps.all())
    moves = []
    for kind in services.MOVES.get(Status(found.status), ()):
        capability = "act:requisitions.approve" if kind in services.SECOND else "act:requisitions"
        first = found.step(services.SECOND[kind]) if kind in services.SECOND else None
        if inside and user.may(capability):
            form = failed[1] if failed and failed[0] == kind else StepForm(kind=kind)
            moves.append((kind.value, BUTTONS[kind], form, first is not None and first.user_id == user.pk))
    done = {one.kind for one in steps}
    chain = [kind for kind in Status if kind != Status.CANCELLED]
    context = {
        "object": found,
        "steps": steps,
        "chain": [(kind.label, kind in done) for kind in chain],
        "moves": moves,
        "items": found.items.all(),
        "papers": [(name, title) for name, (title, _write) in PAPERS.items()],
        "clock": clocks_of(found).filter(met_at=None, cancelled_at=None).first(),
        "attachments": attachments_of(found),
        "answers": found.answers.all(),
        "to_sign": signing.waiting(found) if inside and user.may("act:requisitions") else [],
        "basis": rule("transport.requisition"),
    }
    return render(request, "agreements/requisition.html", context, status=422 if failed else 200)


@require_POST
@requires("view:requisitions")
def step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take a step; the service asks who may."""
    found = _found(request, pk)
    if kind not in FIELDS:
        raise Http404
    form = StepForm(request.POST, request.FILES, kind=kind)
    if form.is_valid():
        try:
            services.take_step(actor=request.user, requisition=found, kind=kind, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("已记录：%(what)s。") % {"what": Status(kind).label})
            return redirect("agreements:requisition", pk)
    return requisition(request, pk, failed=(kind, form))


@requires("act:requisitions")
def sign(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """Hand the telephone to the owner to sign, or show the address for the owner's own."""
    found = _found(request, pk)
    form = SignForm(request.POST or None, initial={"signer": found.owner_contact, "phone": found.owner_phone})
    if request.method == "POST" and form.is_valid():
        try:
            signing.sign(actor=request.user, requisition=found, paper=paper, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("被征用人已签收。"))
            return redirect("agreements:requisition", pk)
    return _sign_page(request, found, paper, form, RefuseForm())


@require_POST
@requires("act:requisitions")
def refuse(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """The owner does not sign; two witnesses saw it."""
    found, form = _found(request, pk), RefuseForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            signing.refuse(
                actor=request.user, requisition=found, paper=paper, reason=data["reason"],
                witnesses=(data["witness_1"], data["witness_2"]), lon=data["lon"], lat=data["lat"],
            )  # fmt: skip
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("拒签已记录，两位见证人已列入文书。"))
            return redirect("agreements:requisition", pk)
    return _sign_page(request, found, paper, SignForm(initial={"signer": found.owner_contact}), form)


def _sign_page(
    request: HttpRequest, found: Requisition, paper: str, form: SignForm, refusal: RefuseForm
) -> HttpResponse:
    if paper not in signing.waiting(found):
        messages.info(request, _("这份文书现在不需要签收，或已经签收。"))
        return redirect("agreements:requisition", found.pk)
    token = signing.address_for(actor=request.user, requisition=found, paper=paper)
    start = settings.ANLAN.public_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    address = start + reverse("agreements:owner", args=[token])
    context = {
        "object": found, "paper": paper, "title": OwnerAnswer.Paper(paper).label, "lines": said(found, paper),
        "form": form, "refusal": refusal, "address": address, "qr": qr_svg(address),
    }  # fmt: skip
    return render(request, "agreements/sign.html", context, status=422 if form.errors or refusal.errors else 200)


@requires("view:requisitions")
def paper(request: HttpRequest, pk: int, name: str, form: str) -> HttpResponse:
    """A paper as PDF or DOCX."""
    found = _found(request, pk)
    if name not in PAPERS or form not in ("pdf", "docx"):
        raise Http404
    document = PAPERS[name][1](found)
    write, kind = (as_pdf, "application/pdf") if form == "pdf" else (as_docx, WORD)
    response = HttpResponse(write(document), content_type=kind)
    title = quote(f"{document.title}.{form}")
    response["Content-Disposition"] = f"attachment; filename=\"requisition-{pk}.{form}\"; filename*=UTF-8''{title}"
    audit.record(
        actor=request.user, action="requisitions.export", subject=found, details={"paper": name, "format": form}
    )
    return response
