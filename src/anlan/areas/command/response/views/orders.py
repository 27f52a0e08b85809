"""Pages of orders: the board, one order with its reports, and what addressees and commanders do there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.command.response import queries
from anlan.areas.command.response.forms import OrderForm, ReasonForm, ReportForm, SubAssignForm
from anlan.areas.command.response.models import Order, OrderReport
from anlan.areas.command.response.services import orders as services
from anlan.areas.command.response.services.reminding import remind_orders
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import Department
from anlan.foundation.clocks.services import clocks_of
from anlan.foundation.files.queries import attachments_of
from anlan.foundation.incidents.models import Incident
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.incidents.services import demand_incident
from anlan.foundation.ledger.forms import tell
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: Finished orders on the board; the register has them all.
MOST_DONE = 60


@requires("view:field")
def overview(request: HttpRequest) -> HttpResponse:
    """The board: late, not received, in hand, done; by incident, unit, county and words."""
    asked = request.GET
    rows = queries.orders_for(request.user)
    incidents = Incident.objects.filter(pk__in=rows.values("incident")).order_by("-received_at")
    units = Department.objects.filter(pk__in=rows.values("department")).order_by("code")
    counties = Area.objects.filter(
        pk__in=units.values("area"), level__in=(Area.Level.COUNTY, Area.Level.ZONE)
    ).order_by("code")
    for name, path in (("incident", "incident_id"), ("unit", "department_id")):
        if (value := asked.get(name, "")).isdecimal():
            rows = rows.filter(**{path: value})
    if (county := asked.get("county", "")).isdecimal():
        rows = rows.filter(within((prefix(county),), "department__area_id"))
    for word in asked.get("text", "").split():
        rows = rows.filter(Q(title__icontains=word) | Q(detail__icontains=word) | Q(place__icontains=word))
    if asked.get("mine"):
        rows = rows.filter(pk__in=queries.my_orders(request.user).values("pk"))
    board = queries.board_of(rows)
    board.done = sorted(board.done, key=lambda order: order.done_at, reverse=True)
    columns = [
        ("late", _("超时"), "alarm", board.late),
        ("sent", _("待签收"), "bell-ringing", board.not_received),
        ("hand", _("执行中"), "progress", board.in_hand),
        ("done", _("已完成"), "checks", board.done[:MOST_DONE]),
    ]
    counts = {"late": len(board.late), "sent": len(board.not_received), "hand": len(board.in_hand)}
    chosen = next((one for one in incidents if str(one.pk) == asked.get("incident")), None)
    context = {
        "columns": [(*column, counts.get(column[0], len(board.done))) for column in columns],
        "cancelled": len(board.cancelled),
        "incidents": incidents,
        "units": units,
        "counties": counties,
        "asked": asked,
        "may_remind": request.user.may("act:incidents")
        and all(request.user.scope.contains(one.area_id) for one in ([chosen] if chosen else incidents)),
        "incident": chosen,
    }
    return render(request, "response/orders.html", context)


def _order(request: HttpRequest, pk: int) -> Order:
    rows = queries.orders_for(request.user).select_related("incident__area", "parent", "post", "activation__plan")
    return get_object_or_404(rows, pk=pk)


@requires("view:field")
def detail(request: HttpRequest, pk: int, **forms: Form) -> HttpResponse:
    """One order: what, to whom, by when, what was reported, and the next step."""
    order = _order(request, pk)
    user = request.user
    is_own = user.department_id == order.department_id or user.pk == order.person_id
    may_act = user.may("act:orders") and services.may_act(user, order)
    context = {
        "object": order,
        "incident": order.incident,
        "reports": [(report, attachments_of(report)) for report in order.reports.all()],
        "clocks": clocks_of(order).filter(cancelled_at=None),
        "suborders": order.suborders.select_related("department"),
        "is_own": is_own,
        "may_act": may_act and order.status != Order.Status.CANCELLED,
        "verbs": queries.next_verbs(order) if may_act else [],
        "may_cancel": order.is_open and user.may("act:incidents") and user.scope.contains(order.incident.area_id),
        "may_assign": may_act and order.is_open,
        "may_request": user.may("add:resourcerequests") and user.scope.contains(order.incident.area_id),
        "may_open_incident": incidents_for(user).filter(pk=order.incident_id).exists(),
        "may_open_parent": queries.orders_for(user).filter(pk=order.parent_id).exists(),
        "report_form": ReportForm(),
        "assign_form": SubAssignForm(order=order, user=user),
        "cancel_form": ReasonForm(prefix="cancel"),
    }
    failed = any(form.errors for form in forms.values())
    return render(request, "response/order.html", context | forms, status=422 if failed else 200)


def _take(request: HttpRequest, pk: int, form: Form, name: str, act, done: str) -> HttpResponse:
    """Run a service with a form's values; the page again, with what was typed, when it is refused."""
    if form.is_valid():
        try:
            act(**form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect("response:order", pk)
    return detail(request, pk, **{name: form})


@require_POST
@requires("act:orders")
def report(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Acknowledge, set out, arrive, report, finish or withdraw."""
    order = _order(request, pk)

    def act(**values) -> None:
        services.report_on_order(actor=request.user, order=order, verb=verb, **values)

    done = OrderReport.Verb(verb).label if verb in OrderReport.Verb.values else verb
    form = ReportForm(request.POST, request.FILES)
    return _take(request, pk, form, "report_form", act, _("已记录：%(verb)s。") % {"verb": done})


@require_POST
@requires("act:orders")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass parts of an order on."""
    order = _order(request, pk)

    def act(**values) -> None:
        services.sub_assign(actor=request.user, order=order, **values)

    form = SubAssignForm(request.POST, order=order, user=request.user)
    return _take(request, pk, form, "assign_form", act, _("已分派。"))


@require_POST
@requires("act:incidents")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an order back."""
    order = _order(request, pk)

    def act(reason: str) -> None:
        services.cancel_order(actor=request.user, order=order, reason=reason)

    form = ReasonForm(request.POST, prefix="cancel")
    return _take(request, pk, form, "cancel_form", act, _("指令已取消。"))


@require_POST
@requires("act:incidents")
def remind(request: HttpRequest) -> HttpResponse:
    """Call the addressees of the chosen orders once more."""
    chosen = [number for number in request.POST.getlist("order") if number.isdecimal()]
    rows = queries.orders_for(request.user).filter(pk__in=chosen).select_related("post")
    try:
        n = remind_orders(actor=request.user, orders=list(rows))
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        messages.success(request, _("已催办 %(n)s 个岗位。") % {"n": n})
    if "single" in request.POST and len(chosen) == 1:
        return redirect("response:order", chosen[0])
    back = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(f"{reverse('response:orders')}?{back}")


@requires("act:incidents")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an order that no plan foresaw."""
    incident = get_object_or_404(incidents_for(request.user), pk=pk)
    demand_incident(request.user, incident, "act:orders")
    form = OrderForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            order = services.add_order(actor=request.user, incident=incident, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("指令已下达。"))
            return redirect("response:order", order.pk)
    context = {"form": form, "incident": incident, "object": incident}
    return render(request, "response/order_add.html", context, status=422 if form.errors else 200)
