"""The price watch: medians, changes, rises, and the course of one item in one area."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.areas.supplies.prices.queries import Watched, watched
from anlan.foundation.accounts.access import requires
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule


@requires("view:prices")
def watch(request: HttpRequest) -> HttpResponse:
    """The table of all, and the chart of the chosen one, else of the greatest rise."""
    rows = ledger("prices").rows(request.user)
    found = watched(rows)
    wanted = request.GET.get("area", ""), request.GET.get("item", "")
    chosen = next((one for one in found if (one.area.pk, str(one.item.pk)) == wanted), found[0] if found else None)
    context = {
        "found": found,
        "rises": sum(one.is_over for one in found),
        "chosen": chosen,
        "points": _points(rows, chosen) if chosen else [],
        "basis": rule("supplies.price_watch"),
        "may_add": ledger("prices").may(request.user, "add"),
        "may_import": ledger("prices").may(request.user, "import"),
    }
    return render(request, "prices/watch.html", context)


def _points(rows, chosen: Watched) -> list[tuple[str, float, str]]:
    """Day, price and market of each observation."""
    seen = rows.filter(area=chosen.area, item=chosen.item).order_by("observed_on")
    return [(row.observed_on.isoformat(), float(row.yuan), row.market) for row in seen]
