"""Read stations, their series, alarms and the gateways' books."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from anlan.areas.risk.monitoring.models import Alarm, GatewayMinute, Instrument, Latest, Source, Station
from anlan.areas.risk.monitoring.readings import GOOD, amounts, milliseconds, moment, thinned
from anlan.areas.risk.monitoring.rules import HOUR, LEVELS, MINUTE, Judge, Watch, bands_of
from anlan.areas.risk.monitoring.storage import series, series_of
from anlan.foundation.accounts.models import User
from anlan.foundation.places.codes import within
from anlan.foundation.rules.models import Rule
from anlan.foundation.rules.queries import rule

#: What waits first, then what stands open, the gravest of each on top.
GRAVEST_FIRST = (
    Case(
        When(cleared_at=None, acknowledged_at=None, is_silenced=False, then=Value(0)),
        When(cleared_at=None, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    ),
    Case(
        *(When(cleared_at=None, level=level, then=Value(-rank)) for rank, level in enumerate(LEVELS)),
        default=Value(0),
        output_field=IntegerField(),
    ),
    "-recorded_at",
)
RULES = ("warning.rainstorm", "warning.flood_level", "flood.near_warning", "monitoring.gas_alarm")


@dataclass(frozen=True, slots=True)
class Device:
    """What the gateway has to know of a station: its password and the instruments behind its channels."""

    station: int
    password: str
    channels: dict[str, int]
    protocol: str
    address: str
    crs: str = "wgs84"
    source: int | None = None


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What the gateway has to know to reach a source."""

    pk: int
    code: str
    kind: str
    host: str
    port: int | None
    uses_tls: bool
    username: str
    password: str
    time_path: str
    poll_seconds: int
    centre: int | None
    cipher: str
    base_path: str


def sources() -> list[SourceConfig]:
    """The sources that are switched on."""
    names = [one.name for one in fields(SourceConfig)]
    return [SourceConfig(*row) for row in Source.objects.filter(is_enabled=True).values_list(*names)]


def devices() -> dict[tuple[str, str], Device]:
    """The stations that report by a protocol, by protocol and address; of a source by `source's code/address`."""
    channels: dict[int, dict[str, int]] = {}
    live = Instrument.objects.exclude(state=Instrument.State.RETIRED)
    for key, station, channel in live.values_list("pk", "station_id", "channel"):
        channels.setdefault(station, {})[channel] = key
    rows = Station.objects.exclude(address="").values_list(
        "pk", "protocol", "address", "password", "crs", "source", "source__code"
    )
    return {
        (protocol, (f"{code}/{address}" if code else address).lower()): Device(
            pk, password, channels.get(pk, {}), protocol, address, crs, source
        )
        for pk, protocol, address, password, crs, source, code in rows
    }


def register_version() -> tuple:
    """Changes whenever a station, an instrument or a rule changes."""
    stations = Station.objects.aggregate(n=Count("pk"), at=Max("updated_at"))
    instruments = Instrument.objects.aggregate(n=Count("pk"), at=Max("updated_at"))
    sources = Source.objects.aggregate(n=Count("pk"), at=Max("updated_at"))
    rules = Rule.objects.filter(code__in=RULES).aggregate(n=Count("pk"))
    expired = Instrument.objects.filter(state_until__lte=timezone.now()).count()
    return (*stations.values(), *instruments.values(), *sources.values(), *rules.values(), expired)


def watches(now: datetime) -> list[Watch]:
    """What judging has to know, of every instrument that is not retired."""
    rules = {code: rule(code) for code in RULES}
    found = []
    rows = Instrument.objects.exclude(state=Instrument.State.RETIRED).select_related("station")
    for instrument in rows:
        quantity, station = instrument.measured, instrument.station
        marks = {
            "warning": station.warning_mark, "guaranteed": station.guaranteed_mark, "historic": station.historic_mark,
        }  # fmt: skip
        found.append(
            Watch(
                key=instrument.pk,
                low=quantity.low,
                high=quantity.high,
                nature=quantity.nature,
                bands=bands_of(
                    quantity, rules, marks=marks, first=instrument.first_limit, second=instrument.second_limit,
                    own="本仪表设定的报警值",
                ),
                persistence=instrument.persistence,
                deadband=instrument.deadband,
                hold=quantity.hold_minutes * MINUTE,
                rate_limit=instrument.rate_limit,
                stuck=None if instrument.stuck_hours is None else int(instrument.stuck_hours * HOUR),
                interval=station.interval_minutes * MINUTE,
                in_service=instrument.is_in_service(now),
            )
        )  # fmt: skip
    return found


def history(keys: Collection[int], start: int, end: int) -> dict[int, tuple[list[int], list[float]]]:
    """The times and values of the good stored readings of instruments between two moments (ms)."""
    found = {}
    for key, rows in series_of(list(keys), moment(start), moment(end)).items():
        good = rows.pick(np.flatnonzero(rows.flag == GOOD))
        found[key] = (good.observed.tolist(), good.value.tolist())
    return found


def judge(now: datetime, *, before: Judge | None = None) -> Judge:
    """A judge of all instruments as they are registered now, with what is on record as its memory."""
    return Judge(
        watches(now),
        now=milliseconds(now),
        history=history,
        is_open=Alarm.objects.filter(cleared_at=None).values_list("instrument_id", "kind", "level"),
        latest=[
            (key, milliseconds(at), float("nan") if value is None else value)
            for key, at, value in Latest.objects.values_list("instrument_id", "observed_at", "value")
        ],
        before=before,
    )


def stations(user: User) -> QuerySet[Station]:
    """The stations that a person may see."""
    rows = Station.objects.filter(within(user.scope.prefixes))
    if user.scope.owner is not None:
        rows = rows.filter(department_id=user.scope.owner)
    return rows


def alarms(user: User) -> QuerySet[Alarm]:
    """The alarms that a person may see, the newest first."""
    rows = Alarm.objects.filter(within(user.scope.prefixes, "area_code"))
    if user.scope.owner is not None:
        rows = rows.filter(instrument__station__department_id=user.scope.owner)
    return rows.select_related("instrument__station", "acknowledged_by")


def waiting_alarms(user: User) -> QuerySet[Alarm]:
    """Open alarms that nobody has acknowledged and that are not silenced."""
    return alarms(user).filter(cleared_at=None, acknowledged_at=None, is_silenced=False)


@dataclass(frozen=True)
class Budget:
    """How many alarms rose a day and how many the rule allows."""

    alarms: int
    points: int
    days: int
    per_100: float | None
    allowed: float
    citation: str
    by_kind: dict[str, int]

    @property
    def is_kept(self) -> bool:
        return self.per_100 is not None and self.per_100 <= self.allowed


def alarm_budget(user: User, *, days: int = 30, now: datetime | None = None) -> Budget:
    """Alarms that called somebody over the last days, against the points that report and the budget."""
    return budget_of(stations(user), alarms(user), days=days, now=now or timezone.now())


def budget_of(stations: QuerySet[Station], alarms: QuerySet[Alarm], *, days: int, now: datetime) -> Budget:
    """The same for any stations and their alarms.

    What one county's instruments of one quantity raise on one day calls once: it is merged into one assessment.
    """
    limit = rule("monitoring.alarm_budget")
    allowed = limit.params["alarms"] * 100 / limit.params["points"] / limit.params["days"]
    points = Instrument.objects.filter(station__in=stations, state=Instrument.State.IN_SERVICE).count()
    rows = alarms.filter(recorded_at__gt=now - timedelta(days=days), recorded_at__lte=now, is_silenced=False)
    calls = {
        (kind, area[:6], quantity, timezone.localdate(at))
        for kind, area, quantity, at in rows.values_list("kind", "area_code", "instrument__quantity", "recorded_at")
    }
    kinds = Counter(kind for kind, *_ in calls)
    total = sum(kinds.values())
    per_100 = round(total * 100 / points / days, 2) if points else None
    return Budget(total, points, days, per_100, allowed, limit.citation, dict(kinds))


def curve(instrument: Instrument, start: datetime, end: datetime, *, points: int = 1500) -> dict[str, Any]:
    """The series of an instrument for a chart: a line, or sums by hour or day where amounts are measured."""
    rows = series(instrument.pk, start, end)
    quantity = instrument.measured
    good = rows.pick(np.flatnonzero(rows.flag == GOOD))
    answer: dict[str, Any] = {
        "title": str(quantity.title), "unit": quantity.unit, "decimals": quantity.decimals,
        "readings": len(rows), "doubtful": int(np.count_nonzero(rows.flag != GOOD)),
        "from": start.isoformat(), "to": end.isoformat(),
    }  # fmt: skip
    if quantity.nature in ("amount", "counter"):
        grown = amounts(good.value) if quantity.nature == "counter" else good.value
        step = HOUR if end - start <= timedelta(days=8) else 24 * HOUR
        # Buckets begin at full hours and days of Beijing time, and an amount belongs to the time before it was read.
        bucket = (good.observed - 1 + 8 * HOUR) // step
        slots, place = np.unique(bucket, return_inverse=True)
        sums = np.bincount(place, weights=grown) if len(slots) else np.array([])
        times = slots * step - 8 * HOUR
        answer |= {"kind": "bars", "step": step // HOUR, "total": round(float(grown.sum()), 3)}
        answer["points"] = [[int(t), round(float(v), 3)] for t, v in zip(times, sums, strict=True)]
        return answer
    few = thinned(good, points)
    answer |= {"kind": "line"}
    answer["points"] = [[t, round(v, 4)] for t, v in zip(few.observed.tolist(), few.value.tolist(), strict=True)]
    return answer


def rainfall(instruments: list[int], end: datetime, hours: int) -> dict[int, float | None]:
    """Rain of several counters over the hours before `end`; None where nothing was received."""
    start = end - timedelta(hours=hours)
    found: dict[int, float | None] = {}
    for key, rows in series_of(instruments, start - timedelta(hours=2), end).items():
        good = rows.pick(np.flatnonzero(rows.flag == GOOD))
        inside = good.observed > milliseconds(start)
        found[key] = round(float(amounts(good.value)[inside].sum()), 2) if inside.any() else None
    return found


def gateway_totals(since: datetime) -> list[dict[str, Any]]:
    """What each protocol's gateway counted since then."""
    sums = {name: Sum(name) for name in ("frames", "duplicates", "malformed", "unknown", "readings")}
    rows = GatewayMinute.objects.filter(minute__gte=since).values("protocol")
    # `last` stands first: after `frames` is a sum, the filter would ask for the sum.
    return list(rows.annotate(last=Max("minute", filter=Q(frames__gt=0)), peak=Max("devices"), **sums))
