"""Pages to work with, at a desk and on a phone: receive, send out, count, and what a slip still needs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.supplies.depots.models import Depot, Item
from anlan.areas.supplies.movements import counting, queries, services
from anlan.areas.supplies.movements.forms import (
    ASKED,
    CountLineForm,
    InspectForm,
    MoreForm,
    OutForm,
    QuantitiesForm,
    QuantityForm,
    ReceiveForm,
)
from anlan.areas.supplies.movements.models import Balance, Count, Lot, Place, Slip
from anlan.areas.supplies.movements.views import quantities_form, slip_context
from anlan.foundation.accounts.access import requires
from anlan.foundation.ledger.registry import ledger


def _kept(request: HttpRequest, pk: int) -> Depot:
    return get_object_or_404(queries.depots_kept(request.user), pk=pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


@requires("act:stock")
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """A new lot comes into a depot."""
    depot = _kept(request, pk)
    form = ReceiveForm(request.POST or None, depot=depot, initial={"item": _number(request.GET.get("item")) or None})
    if request.method == "POST" and form.is_valid():
        try:
            slip = services.receive(actor=request.user, depot=depot, **form.cleaned_data)
        except ValidationError as problem:
            form.show(problem)
        else:
            messages.success(request, _("已入库：%(slip)s。可以打印批次标签。") % {"slip": slip.code})
            return redirect("movements:lot", slip.movements.get().lot_id)
    return render(request, "movements/receive.html", {"depot": depot, "form": form}, status=422 if form.errors else 200)


@requires("act:stock")
def out(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Send lots out of a depot; `item` and `quantity` in the address propose lots, first expired first out."""
    depot = _kept(request, pk)
    if kind not in ASKED:
        raise Http404(_("没有这种出库。"))
    rows = Balance.objects.filter(depot=depot, place=Place.DEPOT, quantity__gt=0).select_related("item", "lot__item")
    rows = queries.marked(rows.order_by("item__code", "lot__expires_on", "lot__code"))
    proposed, missing = _proposed(request, depot)
    rows.sort(key=lambda row: row.lot_id not in proposed)
    data = request.POST or None
    form = OutForm(data, kind=kind, depot=depot, initial={"assignment": _number(request.GET.get("assignment")) or None})
    lines = QuantitiesForm(data, balances=rows, initial={f"lot-{lot}": n for lot, n in proposed.items()})
    if request.method == "POST" and form.is_valid() & lines.is_valid():
        try:
            if not lines.quantities:
                raise ValidationError(_("没有填写数量：至少一个批次的数量要大于 0。"))
            slip = services.send_out(
                actor=request.user, kind=kind, depot=depot, quantities=lines.quantities, **form.cleaned_data
            )
        except ValidationError as problem:
            form.show(problem)
        else:
            messages.success(request, _("已开单：%(slip)s。") % {"slip": slip})
            return redirect("movements:slip", slip.pk)
    context = {
        "depot": depot, "kind": kind, "title": Slip.Kind(kind).label, "kinds": [(k.value, k.label) for k in ASKED],
        "form": form, "lines": lines, "items": {row.item for row in rows}, "missing": missing,
        "chosen": _number(request.GET.get("item")), "wanted": _number(request.GET.get("quantity")) or "",
    }  # fmt: skip
    context["items"] = sorted(context["items"], key=lambda item: item.code)
    return render(request, "movements/out.html", context, status=422 if form.errors or lines.errors else 200)


def _proposed(request: HttpRequest, depot: Depot) -> tuple[dict[int, int], int]:
    item = Item.objects.filter(pk=_number(request.GET.get("item"))).first()
    wanted = _number(request.GET.get("quantity"))
    if item is None or not wanted:
        return {}, 0
    taken, missing = queries.proposal(depot, item, wanted)
    return dict(taken), missing


@requires("act:stock")
def keep(request: HttpRequest) -> HttpResponse:
    """Scan or type a lot's number; the code on its label leads here, too."""
    code = request.GET.get("code", "").strip()
    lots = ledger("lots").rows(request.user).select_related("item")
    found = lots.filter(code__iexact=code).first() if code else None
    if found:
        return redirect("movements:lot", found.pk)
    depots = queries.depots_kept(request.user).select_related("area")
    context = {
        "code": code,
        "alike": (lots.filter(code__icontains=code) | lots.filter(item__name__icontains=code))[:12] if code else [],
        "depots": depots[:12],
        "asked": queries.asked_of(depots)[:12],
        "to_load": queries.to_load(depots)[:12],
        "incoming": queries.under_way(request.user).filter(to_depot__in=depots)[:12],
        "counts": queries.counts_for(request.user).filter(depot__in=depots, status__in=("open", "rejected"))[:12],
    }
    return render(request, "movements/keep.html", context, status=404 if code and not context["alike"] else 200)


@requires("view:lots")
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot: what it is, where it lies, its journal, and big buttons for whoever keeps it."""
    found = get_object_or_404(ledger("lots").rows(request.user).select_related("item"), pk=pk)
    verb = request.GET.get("do", "")
    work = _Work(request, found, verb) if verb else None
    if request.method == "POST":
        if work is None or not work.is_ready:
            raise Http404(_("没有这种操作。"))
        if target := work.post():
            return redirect(target)
    depots = ledger("depots").rows(request.user)
    rows = queries.marked(found.balances.filter(quantity__gt=0, depot__in=depots).select_related("depot", "lot__item"))
    journal = found.movements.filter(source_depot__in=depots) | found.movements.filter(target_depot__in=depots)
    context = {
        "lot": found, "balances": rows, "may_act": queries.depots_kept(request.user).exists(), "work": work,
        "kept": set(queries.depots_kept(request.user).values_list("pk", flat=True)),
        "movements": journal.select_related("slip", "source_depot", "target_depot").order_by("-pk")[:50],
        "level": queries.marked([Balance(lot=found)])[0].level,
    }  # fmt: skip
    status = 422 if work and any(form.errors for form in work.forms) else 200
    return render(request, "movements/lot.html", context, status=status)


class _Work:
    """What somebody is about to do with a lot at a depot: its forms, and the service behind its button."""

    def __init__(self, request: HttpRequest, lot: Lot, verb: str):
        self.request, self.lot, self.verb = request, lot, verb
        self.forms: list[Any] = []
        self._act: Callable[[], Any] | None = None
        self.title: Any = ""
        self.earlier: list[Lot] = []
        kept = queries.depots_kept(request.user)
        self.depots = list(kept.filter(balances__lot=lot, balances__place=Place.DEPOT).distinct())
        chosen = _number(request.POST.get("at") or request.GET.get("at"))
        self.depot = next((one for one in self.depots if one.pk == chosen), self.depots[0] if self.depots else None)
        data = request.POST or None
        if self.depot is None:
            return
        if verb == "receive":
            self._ready(_("入库"), MoreForm(data, depots=kept, initial={"depot": self.depot}), act=self._receive)
        elif verb in ASKED:
            form = OutForm(data, kind=verb, depot=self.depot)
            self._ready(Slip.Kind(verb).label, QuantityForm(data), form, act=self._send_out)
            self.earlier = self._earlier() if verb == Slip.Kind.ISSUE else []
        elif verb == "count":
            self._ready(_("盘点"), CountLineForm(data, books=counting.books(lot, self.depot)), act=self._count)
        elif verb == "inspect":
            form = InspectForm(data, initial={"fitness": "fit", "inspected_on": timezone.localdate()})
            self._ready(_("检验"), form, act=self._inspect)

    def _ready(self, title: Any, *forms: Any, act: Callable[[], Any]) -> None:
        self.title, self.forms, self._act = title, list(forms), act

    def post(self) -> Any:
        """Where to go when it was done; None when the forms say what is wrong."""
        judged = [form.is_valid() for form in self.forms]
        if not all(judged):
            return None
        try:
            return self._act()
        except ValidationError as problem:
            self.forms[-1].show(problem)
            return None

    @property
    def is_ready(self) -> bool:
        return self._act is not None

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for form in self.forms for name, value in form.cleaned_data.items()}

    def _receive(self) -> Slip:
        slip = services.receive(actor=self.request.user, lot=self.lot, **self.values)
        messages.success(self.request, _("已入库：%(slip)s。") % {"slip": slip.code})
        return slip

    def _send_out(self) -> Slip:
        values = self.values
        quantities = {self.lot: values.pop("quantity")}
        slip = services.send_out(
            actor=self.request.user, kind=self.verb, depot=self.depot, quantities=quantities, **values
        )
        messages.success(self.request, _("已开单：%(slip)s。") % {"slip": slip})
        return slip

    def _count(self) -> Count:
        count = counting.open_count(actor=self.request.user, depot=self.depot)
        counting.enter(actor=self.request.user, count=count, lot=self.lot, **self.values)
        messages.success(self.request, _("已记入盘点表。"))
        return count

    def _inspect(self) -> str:
        services.inspect_lot(actor=self.request.user, lot=self.lot, **self.values)
        messages.success(self.request, _("检验结果已登记。"))
        return self.request.path

    def _earlier(self) -> list[Lot]:
        """Usable lots of the same item in the depot that end before this one."""
        if self.lot.expires_on is None:
            ahead = {"lot__expires_on__isnull": False}
        else:
            ahead = {"lot__expires_on__lt": self.lot.expires_on}
        rows = Balance.objects.filter(
            depot=self.depot, item=self.lot.item, place=Place.DEPOT, quantity__gt=0,
            lot__expires_on__gte=timezone.localdate(), **ahead,
        ).exclude(lot__fitness=Lot.Fitness.UNFIT)  # fmt: skip
        return [row.lot for row in rows.select_related("lot__item").order_by("lot__expires_on")[:3]]


@requires("view:slips")
@require_POST
def slip_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Sign, take in, take back or reverse."""
    slip = get_object_or_404(ledger("slips").rows(request.user), pk=pk)
    user, reason = request.user, request.POST.get("reason", "").strip()[:200]
    lines = quantities_form(slip, data=request.POST)
    verbs: dict[str, Callable[[], Slip]] = {
        "sign": lambda: services.sign(actor=user, slip=slip),
        "arrive": lambda: services.arrive(actor=user, slip=slip, quantities=lines.quantities, reason=reason),
        "return": lambda: services.take_back(
            actor=user, slip=slip, quantities=lines.quantities, reason=reason, key=request.POST.get("key", "")[:40]
        ),
        "reverse": lambda: services.reverse_slip(actor=user, slip=slip, reason=reason),
    }
    if verb not in verbs:
        raise Http404(_("没有这种操作。"))
    try:
        if not lines.is_valid():
            raise ValidationError([text for texts in lines.errors.values() for text in texts])
        made = verbs[verb]()
    except ValidationError as problem:
        more = {"problem": problem.messages, "reason": reason}
        return render(request, "movements/slip.html", slip_context(request, slip, **more), status=422)
    messages.success(request, _("已办理：%(slip)s。") % {"slip": made})
    return redirect("movements:slip", made.pk)


@requires("act:stock")
@require_POST
def count_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a stock-take of a depot, or go on with it."""
    return redirect(counting.open_count(actor=request.user, depot=_kept(request, pk)))


@requires("view:stock")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a stock-take: what the books say, what was found."""
    return _sheet(request, get_object_or_404(queries.counts_for(request.user), pk=pk))


def _sheet(request: HttpRequest, found: Count, problems: list[str] | None = None) -> HttpResponse:
    held = Balance.objects.filter(depot=found.depot, place=Place.DEPOT, quantity__gt=0).select_related("lot__item")
    # What was refused stays in its fields.
    typed = _number(request.POST.get("lot")) if problems else 0
    lines = {line.lot_id: line for line in found.lines.select_related("lot__item")}
    is_open = found.status in (Count.Status.OPEN, Count.Status.REJECTED)
    rows = [(row.lot, row.quantity, row.bin, lines.pop(row.lot_id, None)) for row in held.order_by("bin", "lot__code")]
    rows += [(line.lot, 0, "", line) for line in lines.values()]
    is_ours = queries.depots_kept(request.user).filter(pk=found.depot_id).exists()
    context = {
        "count": found,
        "rows": rows if is_open else [row for row in rows if row[3]],
        "counted": sum(row[3] is not None for row in rows),
        "differing": sum(bool(row[3] and row[3].variance) for row in rows),
        "may_count": is_open and is_ours, "typed": typed,
        "may_decide": found.status == Count.Status.SUBMITTED and is_ours and found.counted_by_id != request.user.pk
        and request.user.may("act:stock.approve"),
        "problems": problems or [],
    }  # fmt: skip
    return render(request, "movements/count.html", context, status=422 if problems else 200)


@requires("act:stock")
@require_POST
def count_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Enter a line, hand the sheet in, approve it or send it back."""
    found = get_object_or_404(queries.counts_for(request.user), pk=pk)
    user, remark = request.user, request.POST.get("remark", "").strip()[:200]
    verbs: dict[str, Callable[[], object]] = {
        "enter": lambda: _enter(request, found),
        "submit": lambda: counting.submit(actor=user, count=found, remark=remark),
        "approve": lambda: counting.decide(actor=user, count=found, approves=True, remark=remark),
        "reject": lambda: counting.decide(actor=user, count=found, approves=False, remark=remark),
    }
    if verb not in verbs:
        raise Http404(_("没有这种操作。"))
    try:
        verbs[verb]()
    except ValidationError as problem:
        return _sheet(request, found, problem.messages)
    return redirect("movements:count", pk)


def _enter(request: HttpRequest, count: Count) -> None:
    lot = get_object_or_404(ledger("lots").rows(request.user), pk=_number(request.POST.get("lot")))
    form = CountLineForm(request.POST, books=counting.books(lot, count.depot))
    if not form.is_valid():
        raise ValidationError([f"{lot.code}：{text}" for texts in form.errors.values() for text in texts])
    counting.enter(actor=request.user, count=count, lot=lot, **form.cleaned_data)
