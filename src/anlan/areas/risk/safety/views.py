"""Pages of major hazards: how the units stand, one unit with its sums, sheets, and the tables to look things up."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.risk.safety import queries, services
from anlan.areas.risk.safety import rules as judging
from anlan.areas.risk.safety.exporting import as_official
from anlan.areas.risk.safety.forms import FilingForm, SheetForm
from anlan.areas.risk.safety.models import HazardSheet, HazardUnit, Level
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.documents.docx import as_docx
from anlan.foundation.documents.pdf import as_pdf
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule
from anlan.science.major_hazard.critical_quantities import CHECKED, TABLES_VERSION, search
from anlan.science.major_hazard.identification import IdentificationError

PAGE = 50
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: What the list can be narrowed to: name, words, which standings.
NARROWED = {
    "review": (gettext_lazy("待审核"), lambda one: one.waits_for_review),
    "filing": (gettext_lazy("待备案"), lambda one: one.waits_for_filing),
    "changed": (gettext_lazy("存量有变化"), lambda one: bool(one.changes)),
    "old": (gettext_lazy("已到期"), lambda one: one.is_old),
    "none": (gettext_lazy("没有计算书"), lambda one: one.sheet is None),
    "persons": (gettext_lazy("责任人不全"), lambda one: one.is_major and bool(one.missing)),
}


@requires("view:hazardunits")
def overview(request: HttpRequest) -> HttpResponse:
    """The units of the own areas with what waits for whom."""
    found = queries.standings(queries.units_for(request.user))
    kind = request.GET.get("show", "")
    shown = [one for one in found if kind not in NARROWED or NARROWED[kind][1](one)]
    by_level = [(level.label, sum(one.is_major and one.sheet.level == level for one in found)) for level in Level]
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "units": len(found),
        "by_level": by_level,
        "majors": sum(count for _level, count in by_level),
        "valid": sum(one.is_major and one.is_valid for one in found),
        "narrowed": [(name, words, sum(map(test, found))) for name, (words, test) in NARROWED.items()],
        "chosen": kind,
        "may_add": ledger("hazardunits").may(request.user, "add"),
        "may_import": ledger("hazardstocks").may(request.user, "import"),
    }
    return render(request, "safety/overview.html", context)


def _unit(user: User, pk: int) -> HazardUnit:
    return get_object_or_404(queries.units_for(user), pk=pk)


@requires("view:hazardunits")
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit: stock, people near, the sums as they are now, its sheets, who is responsible."""
    return _unit_page(request, _unit(request.user, pk), SheetForm())


def _unit_page(request: HttpRequest, one: HazardUnit, form: SheetForm, status: int = 200) -> HttpResponse:
    user = request.user
    stored, exposure = queries.stored_in(one), queries.exposure_of(one)
    residents = form.data.get("residents", "")
    context = {
        "unit": one,
        "standing": queries.standing_of(one),
        "exposure": exposure,
        "form": form,
        "sheets": queries.sheets_for(user).filter(unit=one)[:20],
        "persons": [(judging.PERSONS[role], who) for role, who in one.persons.items()],
        "persons_rule": rule(queries.PERSONS_RULE),
        "filing_rule": rule(queries.FILING_RULE),
        "reach_rule": rule(queries.REACH_RULE),
        "may_sign": user.may("act:hazardsheets"),
        "may_stock": ledger("hazardstocks").may(user, "add"),
        "may_change": ledger("hazardunits").may(user, "change"),
    }
    context |= _sums(stored, int(residents) if residents.isdecimal() else exposure.people)
    if context["steps"]:
        rows = sorted(one.stocks.all(), key=lambda row: row.code)
        context["rows"] = list(zip(rows, context["steps"]["shares"], strict=True))
    return render(request, "safety/unit.html", context, status=status)


def _sums(stored: list[dict[str, Any]], residents: int | None) -> dict[str, Any]:
    """The steps for some stock, with alpha only where the number of people is known."""
    if not stored:
        return {"steps": None}
    try:
        found = queries.judged(stored, residents or 0)
    except IdentificationError as error:
        return {"steps": None, "problem": str(error)}
    steps = judging.steps_of(found)
    return {
        "steps": steps,
        "residents": residents,
        "is_major": found.is_major,
        "level": Level(judging.level_of(found)) if found.is_major and residents is not None else None,
        "levels_rule": rule(queries.LEVELS_RULE),
        "tables": TABLES_VERSION,
        "tables_checked": CHECKED,
    }


@requires("view:hazardunits")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The sums for so many people, before anybody signs."""
    one = _unit(request.user, pk)
    given = request.GET.get("residents", "")
    people = int(given) if given.isdecimal() and len(given) < 9 else queries.exposure_of(one).people
    return render(request, "safety/sums.html", _sums(queries.stored_in(one), people))


@require_POST
@requires("act:hazardsheets")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one's name to the sums."""
    one = _unit(request.user, pk)
    form = SheetForm(request.POST)
    if form.is_valid():
        try:
            made = services.sign_sheet(actor=request.user, unit=one, **form.cleaned_data)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(
                request, _("已签署 %(code)s：%(level)s。") % {"code": made.code, "level": made.grade_words}
            )
            return redirect("safety:sheet", made.pk)
    return _unit_page(request, one, form, status=422)


def _sheet(user: User, pk: int) -> HazardSheet:
    return get_object_or_404(queries.sheets_for(user), pk=pk)


@requires("view:hazardsheets")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet with each step, what changed since the one before, and what is to be done with it."""
    return _sheet_page(request, _sheet(request.user, pk), FilingForm())


def _sheet_page(request: HttpRequest, one: HazardSheet, filing: FilingForm, status: int = 200) -> HttpResponse:
    user, newest = request.user, one.unit.sheets.first()
    may_review = user.may("act:hazardsheets.review") and one.signed_by_id != user.pk
    is_current = one.unit.sheet_id == one.pk
    if one.unit.source:
        filing.fields["number"].initial = one.unit.source.code
    context = {
        "sheet": one,
        "newest": newest if newest != one else None,
        "is_current": is_current,
        "changes": judging.sheet_changes(one.based_on, one) if one.based_on else None,
        "persons": [(judging.PERSONS[role], who) for role, who in one.inputs["persons"].items()],
        "filing": filing,
        "clock": queries.filing_clock(one.unit) if one.is_major and not one.filed_on else None,
        "may_review": may_review and one.status == HazardSheet.Status.SIGNED and newest == one,
        "may_file": user.may("act:hazardsheets.review") and is_current and one.is_major and not one.filed_on
        and one.status == HazardSheet.Status.ACCEPTED,
        "may_export": user.may("export:hazardsheets"),
    }  # fmt: skip
    return render(request, "safety/sheet.html", context, status=status)


@require_POST
@requires("act:hazardsheets.review")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or return a sheet."""
    one = _sheet(request.user, pk)
    is_accepted = request.POST.get("decision") == "accept"
    try:
        services.review_sheet(
            actor=request.user, sheet=one, is_accepted=is_accepted, opinion=request.POST.get("opinion", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已审核通过。") if is_accepted else _("已退回。"))
    return redirect("safety:sheet", pk)


@require_POST
@requires("act:hazardsheets.review")
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a filing."""
    one = _sheet(request.user, pk)
    form = FilingForm(request.POST)
    if form.is_valid():
        try:
            source = services.file_sheet(actor=request.user, sheet=one, **form.cleaned_data)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("已备案：%(code)s。") % {"code": source.code})
            return redirect("safety:sheet", pk)
    return _sheet_page(request, one, form, status=422)


@requires("export:hazardsheets")
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The sheet as PDF or DOCX."""
    one = _sheet(request.user, pk)
    if kind == "pdf":
        response = HttpResponse(as_pdf(as_official(one)), content_type="application/pdf")
    elif kind == "docx":
        response = HttpResponse(as_docx(as_official(one)), content_type=WORD)
    else:
        raise Http404(_("没有这种格式。"))
    audit.record(actor=request.user, action="hazardsheets.export", subject=one, details={"kind": kind})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(one.code)}.{kind}"
    return response


@requires("view:hazardunits")
def substances(request: HttpRequest) -> HttpResponse:
    """The tables of critical quantities, to search; for a unit each row leads to its stock."""
    text, key = request.GET.get("q", ""), request.GET.get("unit", "")
    rows, classes = search(text)
    one = queries.units_for(request.user).filter(pk=key).first() if key.isdecimal() else None
    may_add = one is not None and ledger("hazardstocks").may(request.user, "add")
    context = {
        "q": text, "unit": one, "tables": TABLES_VERSION, "tables_checked": CHECKED,
        "rows": [(row, _add_url(one, number=row.number, name=row.name, cas=row.cas) if may_add else "") for row in rows],
        "classes": [(row, _add_url(one, classes=row.symbol) if may_add else "") for row in classes],
    }  # fmt: skip
    name = "safety/substances_body.html" if request.htmx and not request.htmx.boosted else "safety/substances.html"
    return render(request, name, context)


def _add_url(one: HazardUnit, **known: Any) -> str:
    values = {"unit": one.code, "code": queries.next_stock_code(one)} | known
    return f"{reverse('ledger:add', args=['hazardstocks'])}?{urlencode(values)}"
