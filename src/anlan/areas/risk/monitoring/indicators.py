"""How much is measured, how much of it reports, and whether the alarms can be taken seriously."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.monitoring import queries
from anlan.areas.risk.monitoring.models import Alarm, Instrument, Station
from anlan.foundation.indicators.registry import Measure, counted, indicator
from anlan.foundation.places.codes import prefix, within
from anlan.foundation.places.models import Area

#: An instrument that sent nothing for a day is not online; alarms are counted over so many days.
ONLINE, DAYS = timedelta(days=1), 30


def _stations(area_code: str):
    return counted(Station.objects.filter(within((prefix(area_code),))), "is_demo")


def _alarms(area_code: str, as_of: datetime):
    rows = Alarm.objects.filter(within((prefix(area_code),), "area_code"), recorded_at__lte=as_of)
    return counted(rows)


@indicator(code="monitoring.townships_covered", title=_("有雨量站的乡镇比例"), unit="%", drill_down="stations")
def townships_covered(area_code: str, as_of: datetime) -> Measure:
    """Share of townships in which rain is measured; a zone's stations are at the zone and cover none by code."""
    townships = set(
        Area.objects.filter(within((prefix(area_code),), "code"), level=Area.Level.TOWNSHIP).values_list("code", flat=True)
    )  # fmt: skip
    rain = Instrument.objects.filter(
        station__in=_stations(area_code), quantity__in=("rain", "rain_total"), state=Instrument.State.IN_SERVICE
    )
    covered = {code[:9] for code in rain.values_list("station__area_id", flat=True)} & townships
    return Measure(
        value=round(100 * len(covered) / len(townships), 1) if townships else None,
        samples=len(townships),
        basis=_("监测站和监测仪表台账：在用雨量计；登记在功能区的站不计入乡镇"),
    )


@indicator(code="monitoring.instruments_online", title=_("监测仪表在线率"), unit="%", drill_down="instruments")
def instruments_online(area_code: str, as_of: datetime) -> Measure:
    """Share of instruments in service that sent something in the last day."""
    rows = Instrument.objects.filter(station__in=_stations(area_code), state=Instrument.State.IN_SERVICE)
    total = rows.count()
    online = rows.filter(latest__received_at__gt=as_of - ONLINE).count()
    return Measure(
        value=round(100 * online / total, 1) if total else None,
        samples=total,
        basis=_("最新数据：近24小时有数据的在用仪表"),
    )


@indicator(code="monitoring.devices_connected", title=_("接入设备近24小时通信率"), unit="%", drill_down="stations")
def devices_connected(area_code: str, as_of: datetime) -> Measure:
    """Share of registered devices, by whatever protocol, that were heard in the last day."""
    rows = _stations(area_code).exclude(protocol="")
    total = rows.count()
    heard = rows.filter(device_state__heard_at__gt=as_of - ONLINE, device_state__heard_at__lte=as_of).count()
    return Measure(
        value=round(100 * heard / total, 1) if total else None,
        samples=total,
        basis=_("设备状态：登记了通信协议的站，近24小时有报文"),
    )


@indicator(
    code="monitoring.alarms_per_100",
    title=_("每百个监测点每天报警数（合并后）"),
    unit=_("条"),
    drill_down="instruments",
)
def alarms_per_100(area_code: str, as_of: datetime) -> Measure:
    """Alarms a day for a hundred points, to be held against the alarm budget."""
    budget = queries.budget_of(_stations(area_code), _alarms(area_code, as_of), days=DAYS, now=as_of)
    return Measure(
        value=budget.per_100,
        samples=budget.points,
        basis=_("报警记录：近%(days)s天，同县同要素同日合并；%(citation)s")
        % {"days": DAYS, "citation": budget.citation},
    )


@indicator(
    code="monitoring.alarms_taken_over", title=_("超限报警30分钟内确认的比例"), unit="%", drill_down="instruments"
)
def alarms_taken_over(area_code: str, as_of: datetime) -> Measure:
    """Share of the level alarms that a named person took over within half an hour."""
    rows = _alarms(area_code, as_of).filter(
        kind=Alarm.Kind.THRESHOLD, is_silenced=False, recorded_at__gt=as_of - timedelta(days=DAYS)
    )
    pairs = list(rows.values_list("recorded_at", "acknowledged_at"))
    met = sum(taken is not None and taken - rose <= timedelta(minutes=30) for rose, taken in pairs)
    return Measure(
        value=round(100 * met / len(pairs), 1) if pairs else None,
        samples=len(pairs),
        basis=_("报警记录：近%(days)s天") % {"days": DAYS},
    )
