"""The measured side of a storm: what every station sends, frame by frame.

Rain totals are published figures; how they spread over time and between the stations of a county, the rivers and the
works are assumptions, and everything comes from demo stations, so it is marked as an exercise everywhere.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from anlan.areas.risk.monitoring.models import Instrument, Latest, Station
from anlan.protocols import hj212, sl651

RAIN_STEP, RIVER_STEP, WORKS_STEP = timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=5)
#: The gas detector that responds once, when, for how long and how far (演示假设).
LEAK = (timedelta(hours=14, minutes=30), timedelta(minutes=20), 31.0)


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame, when it leaves in the story's own time, and from whom."""

    at: datetime
    protocol: str
    address: str
    frame: bytes


@dataclass
class Gauge:
    """A station with what its instruments showed before the story."""

    station: Station
    instruments: list[Instrument]
    before: dict[int, float]


class Storm:
    """A storm as the city's demo stations measure it, its times moved by `shift`."""

    def __init__(self, facts: dict[str, Any], *, shift: timedelta, is_over: bool = False) -> None:
        """`is_over` lets the stations go on after a storm that was played before: no more rain, nothing rises."""
        self.facts, self.shift, self.is_over = facts, shift, is_over
        self.start, self.end, self.typhoon = facts["start"], facts["end"], facts["typhoon"]
        rows = Station.objects.filter(is_demo=True).filter(protocol__in=("sl651", "hj212")).order_by("code")
        known = dict(Latest.objects.values_list("instrument_id", "value"))
        self.gauges = [Gauge(s, list(s.instruments.order_by("code")), known) for s in rows]
        self.totals = self._totals()

    def _totals(self) -> dict[int, tuple[float, float]]:
        """Rain by station before the typhoon and from it; the mean of a county's stations is the published one."""
        found: dict[int, tuple[float, float]] = {}
        rain = [g.station for g in self.gauges if g.station.kind == Station.Kind.RAIN]
        point = self.facts["max_point"]
        for county, (total, typhoon) in self.facts["county_mm"].items():
            stations = [s for s in rain if s.area_id[:6] == county]
            chance = random.Random(f"rain {county}")  # noqa: S311  (a fixed pattern, not a secret)
            factors = {s.pk: chance.uniform(0.85, 1.12) for s in stations}
            fixed = [s for s in stations if point["name"] in s.name]
            if fixed and len(stations) > 1:
                factors[fixed[0].pk] = point["mm"] / total
                others = [pk for pk in factors if pk != fixed[0].pk]
                wanted = (len(stations) - factors[fixed[0].pk]) / len(others)
                mean = fmean(factors[pk] for pk in others)
                factors |= {pk: factors[pk] * wanted / mean for pk in others}
            elif factors:
                mean = fmean(factors.values())
                factors = {pk: value / mean for pk, value in factors.items()}
            found |= {pk: ((total - typhoon) * f, typhoon * f) for pk, f in factors.items()}
        return found

    def rain(self, station: int, at: datetime) -> float:
        """Rain at a station from the story's start to a moment, mm."""
        if self.is_over:
            return 0.0
        first, typhoon = self.totals.get(station, (0.0, 0.0))
        return first * self._share("first", self.start, at) + typhoon * self._share("typhoon", self.typhoon, at)

    def _share(self, name: str, start: datetime, at: datetime) -> float:
        hours, shares = zip(*self.facts["shares"][name], strict=True)
        return float(np.interp((at - start) / timedelta(hours=1), hours, shares))

    def frames(self, start: datetime, end: datetime) -> Iterator[Sent]:
        """Every frame from `start` to `end` of the story, in the order in which they leave."""
        at, minute = start, timedelta(minutes=5)
        while at <= end:
            for gauge in self.gauges:
                step = self._step(gauge.station)
                if (at - self.start) % step:
                    continue
                station = gauge.station
                frame = self._hj212(gauge, at) if station.protocol == "hj212" else self._sl651(gauge, at)
                yield Sent(at, station.protocol, station.address, frame)
            at += minute

    @staticmethod
    def _step(station: Station) -> timedelta:
        return {Station.Kind.RAIN: RAIN_STEP, Station.Kind.WORKS: WORKS_STEP}.get(station.kind, RIVER_STEP)

    def _value(self, gauge: Gauge, instrument: Instrument, at: datetime) -> float:
        before = gauge.before.get(instrument.pk) or 0.0
        chance = random.Random(f"{instrument.code} {at:%d%H%M}")  # noqa: S311
        if instrument.quantity == "rain_total":
            return before + self.rain(gauge.station.pk, at)
        if instrument.quantity == "stage":
            return before + self._rise(gauge.station, before, at) + chance.uniform(-0.01, 0.01)
        if instrument.quantity.startswith("gas_"):
            return self._gas(gauge, instrument, at, chance)
        return before * (1 + chance.uniform(-0.01, 0.01))

    def _rise(self, station: Station, before: float, at: datetime) -> float:
        """A river answers half a day after the rain; the highest reach their warning mark (演示假设)."""
        if self.is_over:
            return 0.0
        share = self._share("first", self.start + timedelta(hours=5), at)
        share += 0.6 * self._share("typhoon", self.typhoon + timedelta(hours=8), at)
        full = 0.6 * (station.warning_mark - before) if station.warning_mark else 1.0
        reach = random.Random(f"river {station.code}").uniform(0.6, 1.1)  # noqa: S311
        return max(0.0, full) * share * reach

    def _gas(self, gauge: Gauge, instrument: Instrument, at: datetime, chance: random.Random) -> float:
        is_leaking = instrument == next(i for i in gauge.instruments if i.quantity.startswith("gas_"))
        begin, length, peak = LEAK
        since = at - self.start - begin
        if is_leaking and not self.is_over and timedelta(0) <= since <= length:
            return peak + chance.uniform(-1.5, 1.5)
        return chance.uniform(0.3, 2.5)

    def _sl651(self, gauge: Gauge, at: datetime) -> bytes:
        observed = (at + self.shift).astimezone(sl651.SHANGHAI)
        by_symbol = {row.symbol: key for key, row in sl651.ELEMENTS.items()}
        readings = tuple(
            sl651.reading(by_symbol[i.channel], round(self._value(gauge, i, at), i.measured.decimals))
            for i in gauge.instruments
            if i.channel in by_symbol
        )
        kind = "P" if gauge.station.kind == Station.Kind.RAIN else "H"
        block = sl651.Block(station=gauge.station.address, station_class=kind, observed=observed, readings=readings)
        header = sl651.Header(function=0x32, station=gauge.station.address, password=gauge.station.password or "0000")
        serial = int((at - self.start) / timedelta(minutes=5)) % 65535 + 1
        return sl651.encode(
            sl651.Message(header=header, serial=serial, sent=observed, body=sl651.Report(blocks=(block,)))
        )

    def _hj212(self, gauge: Gauge, at: datetime) -> bytes:
        stamp = hj212.timestamp((at + self.shift).astimezone(sl651.SHANGHAI))
        groups = [(("DataTime", stamp[:14]),)]
        for instrument in gauge.instruments:
            factor = instrument.channel.rpartition("-")[0]
            value = self._value(gauge, instrument, at)
            groups.append(((instrument.channel, f"{value:.2f}"), (f"{factor}-Flag", "N")))
        message = hj212.Message(
            qn=stamp, st="31", cn="2011", pw=gauge.station.password or "123456", mn=gauge.station.address, flag="5",
            groups=tuple(groups),
        )  # fmt: skip
        return hj212.encode(message, limit=9999)


def facts_of(name: str) -> dict[str, Any]:
    """The facts of a story."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
