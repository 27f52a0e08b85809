"""Pages of stations: the overview, one station with its curves, its devices' commands."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.areas.risk.monitoring import boards, queries, storage
from anlan.areas.risk.monitoring.forms import CommandForm, SilenceForm, StateForm
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.areas.risk.monitoring.readings import ANCIENT, DEVICE, FUTURE, GOOD, MISSING, RANGE, SERVICE, moment
from anlan.areas.risk.monitoring.rules import bands_of
from anlan.areas.risk.monitoring.services import change_state, send_command, silence_instrument
from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area
from anlan.foundation.rules.queries import rule

#: Tiles on one page; who looks for more narrows the search.
SHOWN = 240
QUALITIES = {
    GOOD: gettext_lazy("正常"),
    MISSING: gettext_lazy("缺测"),
    RANGE: gettext_lazy("超出量程"),
    FUTURE: gettext_lazy("时间超前"),
    ANCIENT: gettext_lazy("时间过早"),
    DEVICE: gettext_lazy("设备标记异常"),
    SERVICE: gettext_lazy("检修或校准期间"),
}


def counties(user: User) -> QuerySet[Area]:
    """The counties and functional zones of a person's areas."""
    return Area.objects.filter(within(user.scope.prefixes, "code"), level__in=("county", "zone")).order_by("code")


@requires("view:stations")
def overview(request: HttpRequest) -> HttpResponse:
    """All stations as tiles by kind, the ones in alarm first."""
    user, now, chosen = request.user, timezone.now(), request.GET
    mine = queries.stations(user).exclude(kind=Station.Kind.VIDEO)  # they measure nothing; their cameras have pages
    open_alarms = queries.alarms(user).filter(cleared_at=None)
    rows = mine
    if chosen.get("kind") in Station.Kind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("county", "").isdigit():
        rows = rows.filter(within((chosen["county"],)))
    if words := chosen.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(address__icontains=words))
    if chosen.get("state") == "alarm":
        rows = rows.filter(pk__in=open_alarms.exclude(level="").values("instrument__station"))
    elif chosen.get("state") == "fault":
        rows = rows.filter(pk__in=open_alarms.filter(level="").values("instrument__station"))
    names = dict(counties(user).values_list("code", "name"))
    groups: dict[str, list[boards.Tile]] = {}
    for tile in boards.tiles(rows.order_by("kind", "code")[:SHOWN], now):
        tile.county = names.get(tile.station.area_id[:6], "")
        groups.setdefault(tile.station.get_kind_display(), []).append(tile)
    for found in groups.values():
        found.sort(key=lambda tile: -boards.LEVELS.index(tile.level))
    context = {
        "groups": groups.items(),
        "shown": sum(len(found) for found in groups.values()),
        "matching": rows.count(),
        "total": mine.count(),
        "reporting": mine.filter(instruments__latest__received_at__gte=now - timedelta(hours=1)).distinct().count(),
        "in_alarm": open_alarms.exclude(level="").count(),
        "faults": open_alarms.filter(level="").order_by("-recorded_at")[:20],
        "fault_count": open_alarms.filter(level="").count(),
        "waiting": queries.waiting_alarms(user).count(),
        "budget": queries.alarm_budget(user, now=now),
        "kinds": [one for one in Station.Kind.choices if one[0] != Station.Kind.VIDEO],
        "counties": names.items(),
        "chosen": chosen,
        "now": now,
    }
    return render(request, "monitoring/overview.html", context)


@requires("view:stations")
def layer(request: HttpRequest) -> JsonResponse:
    """The stations with their newest values as GeoJSON."""
    found = boards.features(boards.tiles(queries.stations(request.user), timezone.now()))
    return JsonResponse(
        {"type": "FeatureCollection", "features": found}, json_dumps_params={"ensure_ascii": False}
    )  # fmt: skip


@requires("view:stations")
def station(
    request: HttpRequest, pk: int, forms: dict[str, Any] | None = None, command_form: CommandForm | None = None
) -> HttpResponse:
    """One station: where and what it is, a curve an instrument, its alarms, what its device was told."""
    user = request.user
    found = get_object_or_404(queries.stations(user).select_related("area", "department"), pk=pk)
    rules = {code: rule(code) for code in queries.RULES}
    instruments = [
        one
        for one in found.instruments.select_related("latest").order_by("code")
        if one.measured.nature != "position"  # drawn as a way on the map
    ]
    now = timezone.now()
    for instrument in instruments:
        instrument.station = found
        instrument.lines = lines_of(instrument, rules)
        instrument.forms = {
            "silence": SilenceForm(prefix=str(instrument.pk)),
            "state": StateForm(prefix=str(instrument.pk), initial={"state": instrument.state}),
        } | (forms or {}).get(instrument.pk, {})
        instrument.is_silenced = bool(instrument.silenced_until and instrument.silenced_until > now)
        instrument.is_counted = instrument.is_in_service(now)
    may_command = found.protocol in CommandForm.PROTOCOLS and user.may("act:gateways")
    context = {
        "station": found,
        "object": {"is_exercise": found.is_demo},
        "instruments": instruments,
        "alarms": queries.alarms(user).filter(instrument__station=found)[:20],
        "may_act": user.may("act:alarms"),
        "may_export": user.may("export:readings"),
        "may_change": user.may("change:stations"),
        "may_frames": user.may("view:gateways"),
        "commands": found.commands.select_related("asked_by")[:10] if may_command else [],
        "command_form": (command_form or CommandForm(station=found)) if may_command else None,
    }
    return render(request, "monitoring/station.html", context, status=422 if forms or command_form else 200)


@requires("view:stations")
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """The way of a vehicle over the hours asked for."""
    found = get_object_or_404(queries.stations(request.user), pk=pk)
    try:
        start, end = _period(request)
    except ValidationError as error:
        return JsonResponse({"problem": " ".join(error.messages)}, status=400)
    return JsonResponse(boards.track(found, start, end))


def lines_of(instrument: Instrument, rules: dict[str, Any]) -> list[dict[str, Any]]:
    """The thresholds that can be drawn across an instrument's curve; sums over hours have none."""
    station = instrument.station
    marks = {
        "warning": station.warning_mark, "guaranteed": station.guaranteed_mark, "historic": station.historic_mark,
    }  # fmt: skip
    bands = bands_of(
        instrument.measured, rules, marks=marks, first=instrument.first_limit, second=instrument.second_limit,
        own=_("本仪表设定的报警值"),
    )  # fmt: skip
    return [
        {"at": band.threshold, "colour": band.colour, "citation": band.citation} for band in bands if not band.window_h
    ]


def _instrument(request: HttpRequest, pk: int) -> Instrument:
    mine = Instrument.objects.filter(station__in=queries.stations(request.user))
    return get_object_or_404(mine.select_related("station"), pk=pk)


def _period(request: HttpRequest) -> tuple[datetime, datetime]:
    """The moments asked for; `hours` counts back from now."""
    if hours := request.GET.get("hours", ""):
        if not hours.isdigit() or not 0 < int(hours) <= 24 * 3660:
            raise ValidationError(_("时段应在 1 小时到 10 年之间。"))
        return timezone.now() - timedelta(hours=int(hours)), timezone.now() + timedelta(minutes=10)
    try:
        start, end = (parse_datetime(request.GET.get(name, "")) for name in ("from", "to"))
    except ValueError:
        start = end = None
    if start is None or end is None or start >= end:
        raise ValidationError(_("请用 from 和 to 写明起止时间。"))
    start, end = (at if timezone.is_aware(at) else timezone.make_aware(at) for at in (start, end))
    return start, end


@requires("view:stations")
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """An instrument's curve between two moments."""
    found = _instrument(request, pk)
    try:
        start, end = _period(request)
    except ValidationError as error:
        return JsonResponse({"problem": " ".join(error.messages)}, status=400)
    return JsonResponse(queries.curve(found, start, end), json_dumps_params={"ensure_ascii": False})


class _Echo:
    """A file for the csv writer that hands each line on."""

    def write(self, line: str) -> str:
        return line


@requires("export:readings")
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """The readings themselves as CSV, with their quality; who took them is audited."""
    found = _instrument(request, pk)
    try:
        start, end = _period(request)
    except ValidationError as error:
        return HttpResponseBadRequest(" ".join(error.messages))
    rows = storage.series(found.pk, start, end)
    audit.record(
        actor=request.user, action="readings.export", subject=found,
        details={"from": start.isoformat(), "to": end.isoformat(), "rows": len(rows)},
    )  # fmt: skip
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([_("时间（北京时间）"), f"{found.station} {found} {found.unit}".strip(), _("质量")])
        for observed, value, flag in zip(rows.observed.tolist(), rows.value.tolist(), rows.flag.tolist(), strict=True):
            at = timezone.localtime(moment(observed)).strftime("%Y-%m-%d %H:%M:%S")
            yield writer.writerow([at, "" if np.isnan(value) else value, QUALITIES[flag]])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.csv"'
    return response


@require_POST
@requires("act:alarms")
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """Silence an instrument for some hours."""
    return _change(request, pk, "silence", SilenceForm, silence_instrument, _("静音设置已保存。"))


@require_POST
@requires("act:alarms")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an instrument into maintenance, calibration, or back into service."""
    return _change(request, pk, "state", StateForm, change_state, _("仪表状态已保存。"))


def _change(request: HttpRequest, pk: int, name: str, form_class: Any, service: Any, done: str) -> HttpResponse:
    found = _instrument(request, pk)
    form = form_class(request.POST, prefix=str(pk))
    if form.is_valid():
        try:
            service(actor=request.user, instrument=found, **form.cleaned_data)
        except ValidationError as error:
            for field, problems in getattr(error, "message_dict", {None: error.messages}).items():
                form.add_error({"state_until": "until"}.get(field, field), problems)
        else:
            messages.success(request, done)
            return redirect("monitoring:station", found.station_id)
    return station(request, found.station_id, forms={pk: {name: form}})


@require_POST
@requires("act:gateways")
def command(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a command for the station's device."""
    mine = queries.stations(request.user).filter(protocol__in=CommandForm.PROTOCOLS)
    found = get_object_or_404(mine, pk=pk)
    form = CommandForm(request.POST, station=found)
    if not form.is_valid():
        return station(request, pk, command_form=form)
    send_command(
        actor=request.user, station=found, code=form.cleaned_data["code"], parameters=form.cleaned_data["parameters"]
    )
    messages.success(request, _("命令已排队，设备连线时下发。"))
    return redirect("monitoring:station", pk)
