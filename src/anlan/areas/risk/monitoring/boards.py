"""What a glance at the stations shows: the value that matters, its age, the colour it stands in, the last day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anlan.areas.risk.monitoring.models import Alarm, Instrument, Latest, Station
from anlan.areas.risk.monitoring.readings import GOOD, Readings, amounts, milliseconds, moment, thinned
from anlan.areas.risk.monitoring.rules import LEVELS
from anlan.areas.risk.monitoring.storage import series_of

#: Hours that a tile sums rain over and draws.
HOURS = 24
#: Quantities of which the first that a station has is the one it is known for.
FIRST = ("speed", "rain_total", "rain", "stage", "discharge")
#: Older readings are shown as old.
FRESH = timedelta(hours=2)
WIDTH, HEIGHT = 120, 28


@dataclass(kw_only=True)
class Tile:
    """One station."""

    station: Station
    instrument: Instrument | None
    #: What the value is: rain of a day, stage, or the instrument's name.
    label: str | Promise = ""
    value: float | None = None
    unit: str = ""
    decimals: int = 1
    observed_at: datetime | None = None
    is_old: bool = False
    level: str = ""
    #: Open trouble of the devices themselves.
    faults: list[Alarm] = field(default_factory=list)
    #: The last day as points of a polyline.
    line: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it."""
        return _("未知") if self.value is None else f"{self.value:.{self.decimals}f} {self.unit}".strip()


def tiles(stations: QuerySet[Station], now: datetime) -> list[Tile]:
    """The stations in their order, each with its newest value and its open alarms."""
    rows = list(stations.select_related("area"))
    instruments: dict[int, list[Instrument]] = {}
    live = Instrument.objects.filter(station__in=rows).exclude(state=Instrument.State.RETIRED).order_by("code")
    for instrument in live:
        instruments.setdefault(instrument.station_id, []).append(instrument)
    newest = Latest.objects.filter(instrument__station__in=rows).in_bulk()
    alarms: dict[int, list[Alarm]] = {}
    for alarm in Alarm.objects.filter(instrument__station__in=rows, cleared_at=None).select_related("instrument"):
        alarms.setdefault(alarm.instrument.station_id, []).append(alarm)
    chosen = {
        station.pk: _chosen(instruments.get(station.pk, []), alarms.get(station.pk, []), newest) for station in rows
    }
    start = now - timedelta(hours=HOURS)
    days = series_of([one.pk for one in chosen.values() if one], start - timedelta(hours=2), now)
    found = []
    for station in rows:
        tile = _tile(station, chosen[station.pk], alarms.get(station.pk, []), newest, now)
        if tile.instrument:
            _draw(tile, days[tile.instrument.pk], start, now)
        found.append(tile)
    return found


def _chosen(instruments: list[Instrument], alarms: list[Alarm], newest: dict[int, Latest]) -> Instrument | None:
    """The instrument a station is known for; where there is none, the worst in alarm, else the highest gas."""
    for quantity in FIRST:
        for instrument in instruments:
            if instrument.quantity == quantity:
                return instrument
    levels = {alarm.instrument_id: LEVELS.index(alarm.level) for alarm in alarms}

    def weight(instrument: Instrument) -> tuple[int, bool, float]:
        latest = newest.get(instrument.pk)
        is_gas = instrument.quantity.startswith("gas_")
        return levels.get(instrument.pk, 0), is_gas, (latest.value if latest and latest.value else 0.0)

    return max(instruments, key=weight, default=None)


def _tile(
    station: Station,
    instrument: Instrument | None,
    alarms: list[Alarm],
    newest: dict[int, Latest],
    now: datetime,
) -> Tile:
    tile = Tile(station=station, instrument=instrument)
    tile.level = max((alarm.level for alarm in alarms), key=LEVELS.index, default="")
    tile.faults = [alarm for alarm in alarms if alarm.kind != Alarm.Kind.THRESHOLD]
    latest = newest.get(instrument.pk) if instrument else None
    if instrument is None:
        return tile
    tile.label, tile.unit, tile.decimals = instrument.name, instrument.unit, instrument.measured.decimals
    if latest:
        tile.value, tile.observed_at = latest.value, latest.observed_at
        tile.is_old = now - latest.observed_at > max(FRESH, timedelta(minutes=3 * station.interval_minutes))
    return tile


def _draw(tile: Tile, rows: Readings, start: datetime, now: datetime) -> None:
    good = rows.pick(np.flatnonzero(rows.flag == GOOD))
    nature = tile.instrument.measured.nature
    if nature != "state":
        grown = amounts(good.value) if nature == "counter" else good.value
        inside = good.observed > milliseconds(start)
        fallen = np.cumsum(grown[inside])
        tile.label, tile.value = _("24小时降水量"), float(fallen[-1]) if len(fallen) else None
        good = Readings(good.instrument[inside], good.observed[inside], fallen, good.flag[inside])
    tile.line = _polyline(thinned(good, 60), milliseconds(start), milliseconds(now))


def _polyline(rows: Readings, start: int, end: int) -> str:
    rows = rows.pick(np.flatnonzero(rows.observed >= start))
    if len(rows) < 2:
        return ""
    low, high = float(rows.value.min()), float(rows.value.max())
    across = (rows.observed - start) / (end - start) * WIDTH
    up = HEIGHT - 2 - (rows.value - low) / ((high - low) or 1.0) * (HEIGHT - 4)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across.tolist(), up.tolist(), strict=True))


#: A vehicle that was not heard for so long went nobody knows where; its way is broken there.
GAP_MS = 10 * 60_000
#: Points of a way that are drawn at most.
DRAWN = 3_000


def track(station: Station, start: datetime, end: datetime) -> dict[str, Any]:
    """The way of a vehicle as GeoJSON lines, with its length, its last place and speed."""
    keys = dict(station.instruments.filter(channel__in=("lon", "lat", "speed")).values_list("channel", "pk"))
    found = {"type": "FeatureCollection", "features": [], "properties": {"last": None, "positions": 0}}
    if not {"lon", "lat"} <= keys.keys():
        return found
    rows = series_of(list(keys.values()), start, end)
    lon, lat = (rows[keys[name]].pick(np.flatnonzero(rows[keys[name]].flag == GOOD)) for name in ("lon", "lat"))
    times, in_lon, in_lat = np.intersect1d(lon.observed, lat.observed, assume_unique=True, return_indices=True)
    if not len(times):
        return found
    places = np.stack([lon.value[in_lon], lat.value[in_lat]], axis=1)
    breaks = np.flatnonzero(np.diff(times) > GAP_MS) + 1
    step = max(1, len(times) // DRAWN)
    km = 0.0
    for part in np.split(places, breaks):
        if len(part) > 1:
            km += _length_km(part)
            line = np.round(np.concatenate([part[:-1:step], part[-1:]]), 6).tolist()
            found["features"].append(
                {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {}}
            )
    speed = rows[keys["speed"]] if "speed" in keys else None
    found["properties"] = {
        "last": places[-1].round(6).tolist(),
        "positions": len(times),
        "km": round(km, 1),
        "at": date_format(localtime(moment(int(times[-1]))), "m-d H:i"),
        "speed": round(float(speed.value[-1]), 1) if speed is not None and len(speed) else None,
    }
    return found


def _length_km(places: np.ndarray) -> float:
    """The length of a line of lon and lat, on a sphere of the earth's mean radius (6371.0088 km, IUGG)."""
    lon, lat = np.radians(places).T
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * 6371.0088 * np.arcsin(np.sqrt(half)).sum())


def features(tiles: Iterable[Tile]) -> list[dict[str, Any]]:
    """The stations as points with their value and, where they stand in alarm, their level."""
    found = []
    for tile in tiles:
        station = tile.station
        if station.lon is None:
            continue
        properties: dict[str, Any] = {
            "title": station.name,
            "kind": station.kind,
            "shown": f"{tile.label} {tile.shown}",
            "at": date_format(localtime(tile.observed_at), "m-d H:i") if tile.observed_at else "",
            "url": reverse("monitoring:station", args=[station.pk]),
            "is_exercise": station.is_demo,
        }
        if tile.level:
            properties["level"] = tile.level
        found.append(
            {
                "type": "Feature",
                "id": station.pk,
                "geometry": {"type": "Point", "coordinates": [station.lon, station.lat]},
                "properties": properties,
            }
        )
    return found
