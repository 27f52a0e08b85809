"""Files: the purchase plan as a table, the label of a lot."""

import csv
import io

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from anlan.areas.supplies.movements import queries
from anlan.areas.supplies.movements.labels import label_pdf
from anlan.areas.supplies.movements.views import gaps_chosen
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.exchange import defused
from anlan.foundation.ledger.registry import ledger

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def purchase_rows(found: list[queries.Gap]) -> list[list[object]]:
    """The plan's rows under its titles; what need not be bought is left out."""
    titles = [
        _("区域"), _("物资编码"), _("物资"), _("单位"), _("储备标准"), _("可用库存"), _("明年底前到期"), _("现有缺口"),
        _("建议采购"), _("依据"), _("单价中位数（元）"), _("采价截至"), _("估算费用（元）"),
    ]  # fmt: skip
    rows = [
        [str(gap.area), gap.item.gb_code, str(gap.item), gap.item.unit, gap.norm, gap.held, gap.ending, gap.missing,
         gap.to_buy, gap.basis + (_("（测算，待核对）") if gap.is_computed else ""),
         *((str(gap.price[0]), gap.price[1].isoformat(), str(gap.cost)) if gap.price else (_("未知"), "", _("未知")))]
        for gap in found
        if gap.to_buy
    ]  # fmt: skip
    return [titles, *([defused(value) for value in row] for row in rows)]


@requires("view:norms")
def purchase_table(request: HttpRequest, form: str) -> HttpResponse:
    """What to buy so that every norm is still met at the end of next year."""
    if form not in TYPES:
        raise Http404(_("只能导出 CSV 或 XLSX。"))
    rows = purchase_rows(gaps_chosen(request)["found"])
    audit.record(actor=request.user, action="stock.purchases.export", subject="norms", details={"rows": len(rows) - 1})
    response = HttpResponse(content_type=TYPES[form])
    name = f"purchases-{timezone.localdate().year + 1}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if form == "xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(response)
    else:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        response.write(b"\xef\xbb\xbf" + text.getvalue().encode())
    return response


@requires("view:lots")
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot's label to print and stick on."""
    lot = get_object_or_404(ledger("lots").rows(request.user).select_related("item"), pk=pk)
    path = f"{reverse('movements:keep')}?code={lot.code}"
    start = settings.ANLAN.public_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(label_pdf(lot, start + path), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{lot.code}.pdf"'
    return response
