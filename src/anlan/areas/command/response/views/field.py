"""What the phone page of a person in the field asks for and sends; it answers in JSON, refusals with a reason."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from anlan.areas.command.response import queries
from anlan.areas.command.response.forms import FieldReportForm
from anlan.areas.command.response.models import Order
from anlan.areas.command.response.services.orders import report_on_order
from anlan.foundation.accounts.access import requires
from anlan.foundation.incidents.queries import figure_sources, figure_title


@never_cache
@requires("view:field")
def pack(request: HttpRequest) -> JsonResponse:
    """My orders, with everything that is needed to work on them without a network."""
    orders = queries.orders_in_the_field(request.user)
    facts: dict[int, list] = {}
    for order in orders:
        if order.incident_id not in facts:
            facts[order.incident_id] = _facts(order)
    return JsonResponse({"orders": [_entry(order, facts[order.incident_id]) for order in orders]})


def _facts(order: Order) -> list[list[str]]:
    incident = order.incident
    figures = [[figure_title(one.name), f"{one.value:g}（{one.source}）"] for one in figure_sources(incident)]
    return [
        [_("类别"), str(incident.kind)],
        [_("事发地"), f"{incident.area} {incident.place}"],
        [_("情况"), incident.description],
        *figures,
    ]


def _entry(order: Order, facts: list[list[str]]) -> dict:
    deadline = {"started_at": order.started_at.isoformat(), "due_at": order.due_at.isoformat()}
    return {
        "id": order.pk,
        "title": order.title,
        "text": "\n".join(
            part
            for part in (order.detail, order.documents and _("应提交：%(what)s") % {"what": "、".join(order.documents)})
            if part
        ),
        "status_label": order.get_status_display(),
        "verbs": [verb.value for verb in queries.next_verbs(order)],
        **(deadline if order.is_open and not order.is_running else {"started_at": None, "due_at": None}),
        "place": order.place or None,
        "lon": order.lon if order.lon is not None else order.incident.lon,
        "lat": order.lat if order.lat is not None else order.incident.lat,
        "is_exercise": order.is_exercise,
        "incident": {
            "title": order.incident.title,
            "place": order.incident.place,
            "facts": [[term, value] for term, value in facts if value],
        },
    }


@require_POST
@requires("act:orders")
def report(request: HttpRequest, pk: int, verb: str) -> JsonResponse:
    """Record what a phone sends, perhaps late, perhaps twice; the same key counts once."""
    order = queries.orders_for(request.user).filter(pk=pk).first()
    if order is None:
        return _refusal(_("没有这条指令，或不是下达给您单位的。"), 404)
    form = FieldReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refusal("；".join(str(text) for texts in form.errors.values() for text in texts), 422)
    values = form.cleaned_data
    photo = values.pop("photo")
    try:
        made, is_new = report_on_order(
            actor=request.user, order=order, verb=verb, photos=[photo] if photo else (), **values
        )
    except PermissionDenied as error:
        return _refusal(str(error), 403)
    except ValidationError as error:
        return _refusal("；".join(error.messages), 422)
    return JsonResponse({"report": made.pk, "is_new": is_new})


def _refusal(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
