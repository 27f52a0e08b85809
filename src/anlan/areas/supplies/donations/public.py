"""What everybody may read without a sign-in: published donations, their use and what is left."""

import csv
import io
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.areas.supplies.donations import queries
from anlan.areas.supplies.donations.models import Entry
from anlan.foundation.ledger.exchange import defused

SHOWN = 100


def _book(request: HttpRequest) -> str:
    book = request.GET.get("book", "")
    return book if book in queries.BOOKS else queries.own_book()


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Sums, donations, use, balance; a book of an exercise or of samples stands alone and says so."""
    book = _book(request)
    rows = queries.published(book)
    given, used = rows.exclude(kind=Entry.Kind.USE), rows.filter(kind=Entry.Kind.USE)
    newest = rows.order_by("-published_at").first()
    context = {
        "book": book,
        "sums": queries.summary(rows),
        "given": Paginator(given, SHOWN).get_page(request.GET.get("page")),
        "used": used[:SHOWN],
        "more_used": max(0, used.count() - SHOWN),
        "published_at": newest.published_at if newest else None,
        "units": queries.receiving_units(rows),
        "others": [name for name in queries.BOOKS if name != book and queries.published(name).exists()],
    }
    return render(request, "donations/public.html", context)


def _row(one: Entry) -> list[Any]:
    what = str(one.amount) if one.item is None else f"{one.item} {one.quantity} {one.item.unit}"
    return [
        one.code, one.get_kind_display(), one.happened_on.isoformat(), one.public_party, what,
        _("定向") if one.is_directed or one.source_id else _("非定向"), one.purpose, str(one.incident or ""),
        str(one.department), one.document, one.corrects.code if one.corrects else "", one.reason,
        timezone.localtime(one.published_at).strftime("%Y-%m-%d %H:%M"),
        _("演练") if one.is_exercise else _("演示数据") if one.is_demo else "",
    ]  # fmt: skip


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    titles = [
        _("收据号"), _("类型"), _("日期"), _("捐赠人、受益人"), _("金额（元）或物资"), _("是否定向"), _("用途"),
        _("突发事件"), _("接收单位"), _("凭证号"), _("更正的记录"), _("更正原因"), _("公示时间"), _("标记"),
    ]  # fmt: skip
    text, book = io.StringIO(), _book(request)
    lines = ([defused(value) for value in _row(one)] for one in queries.published(book))
    csv.writer(text).writerows([titles, *lines])
    response = HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="donations-{book}-{timezone.localdate()}.csv"'
    return response
