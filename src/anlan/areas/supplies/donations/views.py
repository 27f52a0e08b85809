"""The book for those who keep it: sums, what waits for publication, new entries, corrections, receipts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.supplies.donations import documents, queries, services
from anlan.areas.supplies.donations.forms import CorrectForm, GoodsForm, MoneyForm, UseForm
from anlan.areas.supplies.donations.models import Entry
from anlan.areas.supplies.movements.services import is_reversed
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.ledger.registry import ledger

Kind = Entry.Kind
#: What each kind of entry is called, asks for and needs.
KINDS: dict[str, tuple[Any, type, Any, str]] = {
    Kind.MONEY: (gettext_lazy("登记捐款"), MoneyForm, services.record_money, services.MONEY),
    Kind.GOODS: (gettext_lazy("登记捐赠物资"), GoodsForm, services.record_goods, services.GOODS),
    Kind.USE: (gettext_lazy("登记捐款使用"), UseForm, services.record_use, services.MONEY),
}
SHOWN = 50


def _rows(request: HttpRequest) -> Any:
    rows = ledger("donations").rows(request.user)
    return rows.select_related("department", "item", "incident", "corrects", "correction", "source", "slip__depot")


@requires("view:donations")
def board(request: HttpRequest) -> HttpResponse:
    """Sums of one book, what waits for a second person, the newest entries."""
    book = request.GET.get("book", "")
    book = book if book in queries.BOOKS else queries.own_book()
    rows = _rows(request).filter(**queries.BOOKS[book])
    context = {
        "book": book,
        "sums": queries.summary(rows),
        "waiting": queries.to_publish(rows)[:SHOWN],
        "entries": rows[:SHOWN],
        "kinds": [(kind.value, KINDS[kind][0]) for kind in Kind if request.user.may(KINDS[kind][3])],
    }
    return render(request, "donations/board.html", context)


@requires("view:donations")
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter money given, goods given, or money used."""
    if kind not in KINDS:
        raise Http404
    title, form_class, record, capability = KINDS[kind]
    if not request.user.may(capability):
        raise PermissionDenied(_("您的岗位不能登记这类捐赠记录。"))
    form = form_class(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = record(actor=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.show(problem)
        else:
            messages.success(request, _("已登记 %(code)s。请另一位负责人核对后公示。") % {"code": made.code})
            return redirect(made)
    return render(request, "donations/new.html", {"form": form, "title": title}, status=422 if form.errors else 200)


@requires("view:donations")
def entry(request: HttpRequest, pk: int, form: CorrectForm | None = None) -> HttpResponse:
    """One entry: what it says, who recorded and published it, and what may be done with it."""
    found, user = get_object_or_404(_rows(request), pk=pk), request.user
    is_ours = queries.units_of(user).filter(pk=found.department_id).exists()
    waits = queries.to_publish(Entry.objects.filter(pk=pk)).exists()
    may_correct = is_ours and user.may(KINDS[found.kind][3]) and not found.corrects_id and not found.is_corrected
    context = {
        "object": found,
        "waits": waits,
        "is_own": found.author_id == user.pk,
        "may_publish": is_ours and waits and user.may(services.PUBLISH),
        "form": (form or CorrectForm()) if may_correct else None,
        "is_slip_undone": found.slip is not None and not found.is_corrected and is_reversed(found.slip),
        "left": queries.available(found.department, found, is_exercise=found.is_exercise, is_demo=found.is_demo)
        if found.kind == Kind.MONEY and found.is_directed and not found.corrects_id
        else None,
        "uses": found.uses.all(),
    }
    return render(request, "donations/entry.html", context, status=422 if form and form.errors else 200)


@require_POST
@requires("view:donations")
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Publish or correct; the service asks who may."""
    found = get_object_or_404(_rows(request), pk=pk)
    form = CorrectForm(request.POST)
    try:
        if verb == "publish":
            services.publish(actor=request.user, entry=found)
            messages.success(request, _("已公示，任何人都可以在捐赠公示网页看到。"))
        elif verb != "correct":
            raise Http404
        elif form.is_valid():
            made = services.correct(actor=request.user, entry=found, **form.cleaned_data)
            messages.success(request, _("已用反向记录更正：%(code)s。") % {"code": made.code})
            return redirect(made)
        else:
            return entry(request, pk, form=form)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(found)


@requires("view:donations")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The donor's receipt as PDF; none for what was corrected."""
    found = get_object_or_404(_rows(request), pk=pk)
    if not found.is_receipt:
        raise Http404(_("已更正的记录和使用记录没有收据。"))
    response = HttpResponse(as_pdf(documents.receipt(found)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.code}.pdf"'
    audit.record(actor=request.user, action="donations.receipt", subject=found, details={"code": found.code})
    return response
