"""Files: a pass to print, and the statistics as a table."""

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from anlan.areas.transport.passes import queries
from anlan.areas.transport.passes.documents import pass_pdf
from anlan.areas.transport.passes.forms import DaysForm
from anlan.foundation.accounts.access import requires
from anlan.foundation.audit import services as audit
from anlan.foundation.ledger.exchange import defused


@requires("view:passes")
def pass_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The pass as PDF: the sheet with the code, and the sheet for a check by hand."""
    record = get_object_or_404(queries.passes_for(request.user), pk=pk)
    if not record.token:
        raise Http404(_("还没有签发。"))
    audit.record(actor=request.user, action="passes.print", subject=record)
    response = HttpResponse(pass_pdf(record), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{record.code}.pdf"'
    return response


@requires("view:passchecks")
def statistics_table(request: HttpRequest) -> HttpResponse:
    """All lines of the statistics under one head."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        raise Http404(_("日期不对。"))
    found = queries.statistics(request.user, **form.cleaned_data)
    head = [
        _("分组"), _("名称"), _("通行证"), _("用过的通行证"), _("查验次数"), _("未放行"), _("平均用时（秒）"),
    ]  # fmt: skip
    groups = (
        (_("合计"), [found.total]), (_("承运单位"), found.by_carrier), (_("查验点"), found.by_checkpoint),
        (_("日期"), found.by_day),
    )  # fmt: skip
    rows = [
        [
            title,
            line.title,
            line.passes,
            line.used,
            line.checks,
            line.refused,
            line.seconds if line.seconds is not None else "",
        ]
        for title, lines in groups
        for line in lines
    ]
    audit.record(actor=request.user, action="passes.statistics.export", subject="passes", details={"rows": len(rows)})
    text = io.StringIO()
    csv.writer(text).writerows([head, *([defused(value) for value in row] for row in rows)])
    response = HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="green-channel-{found.first}-{found.last}.csv"'
    return response
