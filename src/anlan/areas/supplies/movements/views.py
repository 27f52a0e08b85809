"""Pages to read: what the depots hold, what nears its end, what is missing, and a slip with its movements."""

import uuid
from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from anlan.areas.supplies.depots.models import Item
from anlan.areas.supplies.movements import queries
from anlan.areas.supplies.movements.forms import QuantitiesForm
from anlan.areas.supplies.movements.models import Balance, Count, Slip
from anlan.areas.supplies.movements.services import is_reversed, outstanding
from anlan.areas.supplies.prices.queries import unit_costs
from anlan.foundation.accounts.access import requires
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.ledger.registry import ledger

SHOWN = 100


@requires("view:stock")
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for somebody, and the depots."""
    user = request.user
    ends = queries.expiring(user)
    levels, days = Counter(row.level for row in ends), queries.expiry_days()
    colours = ("yellow", "orange", "red")
    counts = queries.counts_for(user)
    context = {
        "unsigned": queries.unsigned(user)[:20],
        "under_way": queries.under_way(user)[:20],
        "counts": counts.filter(status__in=(Count.Status.OPEN, Count.Status.SUBMITTED, Count.Status.REJECTED))[:20],
        "slips": ledger("slips").rows(user).select_related("depot", "to_depot")[:12],
        "depots": ledger("depots").rows(user).select_related("area").order_by("level", "code")[:SHOWN],
        "ends": [
            (colour, limit, sum(levels[worse] for worse in colours[number:]))
            for number, (colour, limit) in enumerate(zip(colours, days, strict=False))
        ][::-1],
    }
    return render(request, "movements/overview.html", context)


@requires("view:stock")
def depot(request: HttpRequest, pk: int) -> HttpResponse:
    """What belongs to a depot, what is coming, and what happened lately."""
    found = get_object_or_404(ledger("depots").rows(request.user).select_related("area", "department"), pk=pk)
    holdings = queries.holdings(found)
    may_act = queries.depots_kept(request.user).filter(pk=pk).exists()
    slips = ledger("slips").rows(request.user)
    context = {
        "depot": found,
        "holdings": holdings,
        "may_act": may_act,
        "asked": queries.asked_of([found] if may_act else []),
        "incoming": queries.under_way(request.user).filter(to_depot=found),
        "unsigned": queries.unsigned(request.user).filter(depot=found),
        "counts": queries.counts_for(request.user).filter(depot=found)[:5],
        "slips": (slips.filter(depot=found) | slips.filter(to_depot=found)).select_related("depot", "to_depot")[:12],
        "lots": sum(len(row.balances) for row in holdings),
    }
    return render(request, "movements/depot.html", context)


@requires("view:stock")
def expiring(request: HttpRequest) -> HttpResponse:
    """Lots near their end, the first end first."""
    days = queries.expiry_days()
    chosen = request.GET.get("days", "")
    within = int(chosen) if chosen.isdecimal() and int(chosen) in days else days[0]
    page = Paginator(queries.expiring(request.user, within), SHOWN).get_page(request.GET.get("page"))
    return render(
        request, "movements/expiring.html", {"page": page, "days": days, "within": within, "query": f"days={within}"}
    )


def gaps_chosen(request: HttpRequest) -> dict[str, Any]:
    """The gaps of the reader's areas that the request asks for."""
    need, missing = request.GET.get("need", ""), "missing" in request.GET
    needs = Item.URGENT if need == "urgent" else (need,) if need in Item.Need.values else ()
    found: dict[tuple[str, int], queries.Gap] = {}
    prices = unit_costs()
    for code in request.user.scope.prefixes:
        found |= {(gap.area.pk, gap.item.pk): gap for gap in queries.gaps(code, needs=needs, prices=prices)}
    areas = {gap.area.pk: gap.area for gap in found.values()}
    area = request.GET.get("area", "")
    rows = [
        gap
        for key, gap in sorted(found.items())
        if (area not in areas or key[0] == area) and (gap.missing or not missing)
    ]
    return {"found": rows, "areas": areas.values(), "area": area, "need": need, "missing": missing}


@requires("view:norms")
def gaps(request: HttpRequest) -> HttpResponse:
    """Norm against stock, and what to buy for next year."""
    chosen = gaps_chosen(request)
    rows = chosen["found"]
    context = chosen | {
        "page": Paginator(rows, SHOWN).get_page(request.GET.get("page")),
        "met": sum(gap.is_met for gap in rows),
        "computed": sum(gap.is_computed for gap in rows),
        "to_buy": sum(gap.to_buy > 0 for gap in rows),
        "needs": [("urgent", None), *Item.Need.choices],
        "year": timezone.localdate().year + 1,
        "query": request.GET.urlencode(),
    }
    return render(request, "movements/gaps.html", context)


@requires("view:slips")
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """A slip: who, why, which lots, and what can be done with it now."""
    found = get_object_or_404(ledger("slips").rows(request.user), pk=pk)
    return render(request, "movements/slip.html", slip_context(request, found))


def slip_context(request: HttpRequest, slip: Slip, **more: Any) -> dict[str, Any]:
    """What a slip's page shows."""
    kept = queries.depots_kept(request.user)
    is_undone = is_reversed(slip)
    is_ours = kept.filter(pk=slip.depot_id).exists()
    arriving = returning = None
    if slip.is_under_way and not is_undone and kept.filter(pk=slip.to_depot_id).exists():
        arriving = quantities_form(slip, is_full=True)
    if slip.kind in (Slip.Kind.ISSUE, Slip.Kind.LOAN) and is_ours and not is_undone:
        returning = quantities_form(slip)
    final = (Slip.Kind.REVERSAL, Slip.Kind.OPENING, Slip.Kind.COUNT)
    context = {
        "slip": slip,
        "object": slip,
        "movements": slip.movements.select_related("lot__item", "source_depot", "target_depot").order_by("pk"),
        "answers": slip.answers.all(),
        "is_undone": is_undone,
        "clock": clocks_of(slip).first(),
        "may_reverse": is_ours and not is_undone and slip.kind not in final,
        "may_sign": slip.waits_for_signature and is_ours and not is_undone and slip.author_id != request.user.pk
        and request.user.may("act:stock.approve"),
        "arriving": arriving,
        "key": uuid.uuid4().hex,
        "returning": returning if returning and returning.balances else None,
    }  # fmt: skip
    return context | more


def quantities_form(slip: Slip, *, is_full: bool = False, data: Any = None) -> QuantitiesForm:
    """How much of each lot came: all that was sent unless said otherwise, or nothing yet."""
    rows = [Balance(lot=lot, item=lot.item, quantity=n) for lot, n in outstanding(slip).items()]
    initial = {f"lot-{row.lot_id}": row.quantity for row in rows} if is_full else {}
    return QuantitiesForm(data, balances=rows, initial=initial)
