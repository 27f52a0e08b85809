"""Pages of alarms: what stands open, who took it over, and why it rose."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.areas.risk.monitoring import queries
from anlan.areas.risk.monitoring.forms import AcknowledgeForm, SilenceForm
from anlan.areas.risk.monitoring.models import Alarm, Colour, Instrument
from anlan.areas.risk.monitoring.services import acknowledge_alarm
from anlan.areas.risk.monitoring.views.stations import counties, lines_of
from anlan.foundation.accounts.access import requires
from anlan.foundation.places.codes import within
from anlan.foundation.rules.queries import rule

PAGE = 50


def _filtered(rows: QuerySet[Alarm], chosen) -> QuerySet[Alarm]:
    if chosen.get("show", "open") == "open":
        rows = rows.filter(cleared_at=None)
    elif chosen["show"] == "waiting":
        rows = rows.filter(cleared_at=None, acknowledged_at=None, is_silenced=False)
    if chosen.get("kind") in Alarm.Kind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("level") in Colour.values:
        rows = rows.filter(Q(level=chosen["level"]) | Q(level="", peak=chosen["level"]))
    if chosen.get("county", "").isdigit():
        rows = rows.filter(within((chosen["county"],), "area_code"))
    if chosen.get("exercise") in ("yes", "no"):
        rows = rows.filter(is_exercise=chosen["exercise"] == "yes")
    return rows


@requires("view:alarms")
def overview(request: HttpRequest) -> HttpResponse:
    """The alarms; unless asked otherwise those that stand open."""
    user = request.user
    mine = queries.alarms(user)
    names = dict(counties(user).values_list("code", "name"))
    page = Paginator(_filtered(mine, request.GET).order_by(*queries.GRAVEST_FIRST), PAGE).get_page(
        request.GET.get("page")
    )
    for alarm in page:
        alarm.county = names.get(alarm.area_code[:6], "")
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "query": kept.urlencode(),
        "chosen": request.GET,
        "show": request.GET.get("show", "open"),
        "open_count": mine.filter(cleared_at=None).count(),
        "waiting_count": queries.waiting_alarms(user).count(),
        "kinds": Alarm.Kind.choices,
        "levels": Colour.choices,
        "reasons": Alarm.Reason.choices,
        "counties": names.items(),
        "may_act": user.may("act:alarms"),
        "budget": queries.alarm_budget(user),
    }
    return render(request, "monitoring/alarms.html", context)


@requires("view:alarms")
def alarm(request: HttpRequest, pk: int, form: AcknowledgeForm | None = None) -> HttpResponse:
    """One alarm: its steps on the curve, its ground, who took it over and why it rose."""
    found = get_object_or_404(queries.alarms(request.user), pk=pk)
    instrument = found.instrument
    end = found.cleared_at or found.last_at
    context = {
        "object": found,
        "instrument": instrument,
        "lines": lines_of(instrument, {code: rule(code) for code in queries.RULES}),
        "steps": [
            {"at": datetime.fromisoformat(at), "level": level, "value": value} for at, level, value in found.steps
        ],
        "start": found.raised_at - timedelta(hours=max(6, found.window_h)),
        "end": min(end + timedelta(hours=6), timezone.now() + timedelta(minutes=10)),
        "form": form or AcknowledgeForm(initial={"reason": found.reason, "note": found.note}),
        "silence_form": SilenceForm(prefix=str(instrument.pk)),
        "may_act": request.user.may("act:alarms"),
        "leak_at": _leak_at(instrument),
        "may_see_pipes": request.user.may("view:gaspipes"),
        "may_predict": request.user.may("add:predictions"),
        "is_silent_now": bool(instrument.silenced_until and instrument.silenced_until > timezone.now()),
    }
    return render(request, "monitoring/alarm.html", context, status=422 if form else 200)


def _leak_at(instrument: Instrument) -> tuple[float, float] | None:
    """Where a detector of combustible gas is: a gas pipe near it may be leaking."""
    station = instrument.station
    if instrument.quantity != "gas_combustible" or station.lon is None:
        return None
    return station.lon, station.lat


@require_POST
@requires("act:alarms")
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an alarm over, or say afterwards why it rose."""
    found = get_object_or_404(queries.alarms(request.user), pk=pk)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return alarm(request, pk, form=form)
    acknowledge_alarm(actor=request.user, alarm=found, **form.cleaned_data)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "acknowledged"})
    messages.success(request, _("已确认。"))
    return redirect("monitoring:alarm", pk)
