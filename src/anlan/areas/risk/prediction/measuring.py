"""What gas detectors near a run showed while it lasted: read from monitoring, converted, ready to hold the run against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.risk.monitoring.models import Instrument
from anlan.areas.risk.monitoring.readings import GOOD, Readings, milliseconds, moment
from anlan.areas.risk.monitoring.storage import series_of
from anlan.areas.risk.prediction import queries, rules
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.rules.queries import rule
from anlan.science.geo.distance import great_circle_km
from anlan.science.hazards.chemicals import substances
from anlan.science.hazards.chemicals.substances import Substance

#: A run without a horizon of its own is held against this much of the event, and after its end refreshed so much longer.
HORIZON, AFTERWARDS = timedelta(hours=1), timedelta(minutes=30)
#: Position of a workplace limit in the library's row.
LIMITS = {"mac": 0, "twa": 1, "stel": 2}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The mean of an instrument over a stretch of the event, in mg/m³; has what a typed measurement has."""

    instrument: Instrument
    lon: float
    lat: float
    at_s: float
    value: float
    source: str
    observed_at: datetime
    averaging_s: float
    #: What it showed before the event, mg/m³: a value not above this tells nothing.
    detection: float | None
    #: Good readings in the stretch, and those left out for their quality.
    good: int
    left_out: int
    unit: str = "mg/m³"


@dataclass(frozen=True, kw_only=True)
class Monitored:
    """What the instruments say of a run; `why_not` says what they cannot and what to do about it."""

    readings: tuple[Reading, ...] = ()
    why_not: tuple[str, ...] = ()
    newest: datetime | None = None
    #: Whether readings may still come: the incident is open and the run's span not long over.
    is_live: bool = False


def monitored(run: Run, user: User) -> Monitored:
    """The readings of the person's instruments near a run, while the event that it describes lasted."""
    what = _substance(run.inputs)
    if run.model is None or run.model.reestimate is None or what is None:
        return Monitored()
    if run.incident is None:
        return Monitored(why_not=(_("推演没有关联突发事件，不知道从何时开始，不能自动取用监测数据。"),))
    params = rule("prediction.gas_readings").params
    start, now = run.incident.occurred_at, timezone.now()
    horizon = _horizon(run.inputs)
    end = start + horizon
    found = _instruments(run, user, params["near_m"])
    factors = {one.pk: factor for one in found if (factor := _factor(one, what, params["limits"])) is not None}
    chosen = [one for one in found if one.pk in factors]
    before = start - timedelta(hours=params["background_h"])
    series = series_of([one.pk for one in chosen], before, min(end, now)) if chosen else {}
    readings: list[Reading] = []
    newest = None
    for one in chosen:
        rows = series[one.pk]
        if len(rows):
            newest = max(newest or moment(0), moment(int(rows.observed[-1])))
        readings += _means(one, rows, factors[one.pk], start, horizon / params["windows"])
    return Monitored(
        readings=tuple(sorted(readings, key=lambda one: (one.at_s, one.instrument.code))),
        why_not=_silent(found, factors, what), newest=newest,
        is_live=run.incident.is_open and now < end + AFTERWARDS,
    )  # fmt: skip


def _substance(inputs: Mapping[str, Any]) -> Substance | None:
    return substances().get(str(inputs.get("substance", "")))


def _horizon(inputs: Mapping[str, Any]) -> timedelta:
    try:
        return timedelta(seconds=float(inputs["horizon_s"]))
    except (KeyError, TypeError, ValueError):
        return HORIZON


def _instruments(run: Run, user: User, near_m: float) -> list[Instrument]:
    """Gas instruments within the run's reach; those of demo stations count in exercises only."""
    reach_km = max([near_m, *(zone["properties"]["reach_m"] for zone in rules.whole(run.zones))]) / 1000
    rows = ledger("instruments").rows(user).filter(quantity__in=queries.SNIFFING, station__lon__isnull=False)
    rows = rows.exclude(state=Instrument.State.RETIRED).select_related("station")
    if not run.is_exercise:
        rows = rows.filter(station__is_demo=False)
    return [one for one in rows if great_circle_km(run.lon, run.lat, one.station.lon, one.station.lat) <= reach_km]


def _factor(instrument: Instrument, what: Substance, limits: list[str]) -> float | None:
    """What one of its unit is in mg/m³ of the substance; None when it measures another or cannot be converted."""
    if instrument.cas != what.cas:
        return None
    if instrument.quantity == "concentration":
        return 1.0
    if instrument.quantity == "gas_toxic" and what.workplace is not None:
        known = [value for name in limits if (value := what.workplace.values[LIMITS[name]]) is not None]
        return known[0] / 100 if known else None
    return None


def _means(instrument: Instrument, rows: Readings, factor: float, start: datetime, stretch: timedelta) -> list[Reading]:
    """Means over stretches of the event, each with what the instrument showed before as its detection limit."""
    good = (rows.flag == GOOD) & np.isfinite(rows.value)
    begin, step = milliseconds(start), round(stretch.total_seconds() * 1000)
    quiet = rows.value[good & (rows.observed < begin)]
    detection = float(quiet.max() * factor) if quiet.size else None
    number = (rows.observed - begin - 1) // step  # a reading at the end of a stretch belongs to it
    found = []
    for at in np.unique(number[good & (rows.observed > begin)]).tolist():
        here = number == at
        taken = here & good
        last = int(rows.observed[taken][-1])
        shown = float(rows.value[taken].mean())
        found.append(
            Reading(
                instrument=instrument, lon=instrument.station.lon, lat=instrument.station.lat, value=shown * factor,
                at_s=(last - begin) / 1000, averaging_s=(last - begin - at * step) / 1000, observed_at=moment(last),
                detection=detection,
                good=int(taken.sum()), left_out=int(here.sum() - taken.sum()),
                source=f"{instrument.station.name} {instrument.name}"
                + (f"（{shown:{'.0f' if shown >= 100 else '.3g'}} {instrument.unit}）" if factor != 1.0 else ""),
            )
        )  # fmt: skip
    return found


def _silent(found: list[Instrument], factors: Mapping[int, float], what: Substance) -> tuple[str, ...]:
    """Why instruments nearby were not used, each reason once with their names."""
    nameless = [
        one.name for one in found if one.pk not in factors and not one.cas and one.quantity != "gas_combustible"
    ]
    lost = [one.name for one in found if one.pk not in factors and one.cas == what.cas]
    said = []
    if nameless:
        said.append(
            _("附近仪表没有登记监测物质，未取用：%(names)s。请在监测仪表台账填写 CAS 号。")
            % {"names": "、".join(nameless[:6])}
        )
    if lost:
        said.append(_("附近仪表的读数不能换算为浓度，未取用：%(names)s。") % {"names": "、".join(lost[:6])})
    if not found:
        said.append(_("附近没有气体监测仪表。"))
    return tuple(said)
