"""Stations, instruments, quantities and readings as the standard's entities, and the ways between them, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from anlan.areas.risk.monitoring import queries
from anlan.areas.risk.monitoring.models import Instrument, Station
from anlan.areas.risk.monitoring.quantities import QUANTITIES, UNITS, Quantity
from anlan.areas.risk.monitoring.readings import ANCIENT, DEVICE, FUTURE, GOOD, MISSING, RANGE, SERVICE, moment
from anlan.foundation.accounts.models import User
from anlan.protocols.sensorthings import OBSERVATION_TYPE, SETS, TYPES, EntityType, Relation, SensorThingsError, plain
from anlan.protocols.sensorthings.paths import Key, written_key

GEOJSON = "application/geo+json"
#: How the quality of a reading is called.
QUALITY = "anlan:quality"
QUALITIES = {
    GOOD: "good", MISSING: "missing", RANGE: "out of range", FUTURE: "ahead of time", ANCIENT: "too old",
    DEVICE: "doubted by the device", SERVICE: "in maintenance",
}  # fmt: skip
STATION_TYPES = ("Thing", "Location", "HistoricalLocation", "FeatureOfInterest")
#: Types of which a station without a position has none.
LOCATED_TYPES = STATION_TYPES[1:]


class Sample(NamedTuple):
    """One reading."""

    instrument: int
    observed: int
    value: float
    flag: int


@dataclass(eq=False)
class Node(Mapping):
    """An entity: a row seen as one of the eight types, with the entities around it as far as they were fetched."""

    type: EntityType
    row: Any
    site: str
    related: dict[str, "Node | None | list[Node]"] = field(default_factory=dict)
    _values: dict[str, Any] | None = None

    @property
    def key(self) -> Key:
        if isinstance(self.row, Sample):
            return f"{self.row.instrument}-{self.row.observed}"
        return self.row.code if isinstance(self.row, Quantity) else self.row.pk

    @property
    def path(self) -> str:
        return f"{self.type.plural}({written_key(self.key)})"

    @property
    def values(self) -> dict[str, Any]:  # type: ignore[override]
        if self._values is None:
            self._values = _DESCRIBED[self.type.name](self.row, self.site)
        return self._values

    def __getitem__(self, name: str) -> Any:
        if name in ("id", "@iot.id"):
            return self.key
        if name == "@iot.selfLink":
            return f"{self.site}/{self.path}"
        return self.related[name] if name in self.related else self.values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("@iot.id", "@iot.selfLink", *self.values, *self.related))

    def __len__(self) -> int:
        return 2 + len(self.values) + len(self.related)


def _thing(station: Station, site: str) -> dict[str, Any]:
    more = {
        "code": station.code,
        "area": station.area_id,
        "protocol": station.protocol,
        "interval_minutes": station.interval_minutes,
    }
    marks = {
        name: getattr(station, name)
        for name in ("warning_mark", "guaranteed_mark", "historic_mark", "marks_source")
        if getattr(station, name) not in (None, "")
    }
    return {
        "name": station.name,
        "description": str(station.get_kind_display()),
        "properties": more | marks | {"kind": station.kind, "is_demo": station.is_demo},
    }


def _place(station: Station) -> dict[str, Any] | None:
    return None if station.lon is None else {"type": "Point", "coordinates": [station.lon, station.lat]}


def _located(name: str, station: Station) -> dict[str, Any]:
    return {
        "name": station.name, "description": f"{station.name}的位置", "encodingType": GEOJSON, name: _place(station),
        "properties": {"area": station.area_id, "is_demo": station.is_demo},
    }  # fmt: skip


def _datastream(instrument: Instrument, site: str) -> dict[str, Any]:
    name, code = UNITS[instrument.unit]
    return {
        "name": f"{instrument.station.name} {instrument.name}",
        "description": f"{instrument.station.name}的{instrument.measured.title}",
        "unitOfMeasurement": {"name": name, "symbol": instrument.unit, "definition": f"ucum:{code}"},
        "observationType": OBSERVATION_TYPE,
        "properties": {
            "code": instrument.code, "channel": instrument.channel, "state": instrument.state,
            "nature": instrument.measured.nature, "is_demo": instrument.is_demo or instrument.station.is_demo,
        },
    }  # fmt: skip


def _sensor(instrument: Instrument, site: str) -> dict[str, Any]:
    return {
        "name": instrument.name,
        "description": f"{instrument.station.name}的仪表 {instrument.code}",
        "encodingType": "text/html",
        "metadata": site.partition("/sta/")[0] + reverse("ledger:detail", args=["instruments", instrument.pk]),
        "properties": {"code": instrument.code, "channel": instrument.channel},
    }


def _observed_property(quantity: Quantity, site: str) -> dict[str, Any]:
    return {
        "name": str(quantity.title),
        "definition": f"{site}/ObservedProperties({written_key(quantity.code)})",
        "description": f"{quantity.title}（{quantity.unit}）" if quantity.unit else str(quantity.title),
        "properties": {"code": quantity.code, "unit": quantity.unit, "low": quantity.low, "high": quantity.high},
    }


def _observation(sample: Sample, site: str) -> dict[str, Any]:
    at = moment(sample.observed)
    return {
        "phenomenonTime": at,
        "resultTime": at,
        "result": None if isnan(sample.value) else sample.value,
        "resultQuality": {"nameOfMeasure": QUALITY, "result": QUALITIES[sample.flag]},
    }


_DESCRIBED = {
    "Thing": _thing,
    "Location": lambda station, site: _located("location", station),
    "HistoricalLocation": lambda station, site: {"time": station.updated_at},
    "FeatureOfInterest": lambda station, site: _located("feature", station),
    "Datastream": _datastream,
    "Sensor": _sensor,
    "ObservedProperty": _observed_property,
    "Observation": _observation,
}


def plain_values(node: Node) -> dict[str, Any]:
    """The properties of an entity as JSON."""
    return {name: plain(value) for name, value in node.values.items()}


@dataclass
class Graph:
    """What one person may see, as entities."""

    user: User
    site: str

    def node(self, kind: str, row: Any) -> Node:
        return Node(TYPES[kind], row, self.site)

    def instruments(self) -> QuerySet[Instrument]:
        """The instruments of the stations that the person may see."""
        return Instrument.objects.filter(station__in=queries.stations(self.user)).select_related("station")

    def rows(self, kind: EntityType) -> QuerySet | list[Quantity]:
        """All rows behind a set, but for readings."""
        if kind.name in STATION_TYPES:
            rows = queries.stations(self.user).order_by("pk")
            return rows.exclude(lon=None) if kind.name in LOCATED_TYPES else rows
        if kind.name == "ObservedProperty":
            return sorted(QUANTITIES.values(), key=lambda one: one.code)
        return self.instruments().order_by("pk")

    def one(self, kind: EntityType, key: Key) -> Node | None:
        """The entity of a key; None when there is none that the person may see."""
        rows = self.rows(kind)
        if isinstance(rows, list):
            found = next((row for row in rows if row.code == key), None)
        else:
            found = rows.filter(pk=key).first() if isinstance(key, int) and key < 2**63 else None
        return None if found is None else self.node(kind.name, found)

    def attach(self, nodes: Sequence[Node], relation: Relation) -> list[Node]:
        """Fetch the entities at the end of a relation, of all nodes at once; they are also hung onto their nodes."""
        if not nodes:
            return []
        if relation.target == "Observation":
            raise SensorThingsError(
                "不能按观测值筛选或排序上级实体；请查询 Observations 并按 Datastream 筛选", "unsupported"
            )
        found = self._around(nodes, relation)
        for node, around in zip(nodes, found, strict=True):
            node.related[relation.name] = around if relation.is_many else next(iter(around), None)
        return [one for around in found for one in around]

    def _around(self, nodes: Sequence[Node], relation: Relation) -> list[list[Node]]:
        kind, target = nodes[0].type.name, relation.target
        if kind in STATION_TYPES and target in STATION_TYPES:
            return [self._of_station(target, node.row) for node in nodes]
        if target == "Datastream" and kind in ("Thing", "ObservedProperty"):
            return self._datastreams(nodes, "station_id" if kind == "Thing" else "quantity")
        if kind == "Observation":
            keys = {node.row.instrument for node in nodes}
            instruments = {one.pk: one for one in self.instruments().filter(pk__in=keys)}
            rows = [instruments.get(node.row.instrument) for node in nodes]
        else:
            rows = [node.row for node in nodes]
        if target in ("Datastream", "Sensor"):
            return [[self.node(target, row)] if row else [] for row in rows]
        if target == "ObservedProperty":
            return [[self.node(target, row.measured)] for row in rows]
        return [self._of_station(target, row.station) if row else [] for row in rows]

    def _of_station(self, target: str, station: Station) -> list[Node]:
        is_nowhere = target in LOCATED_TYPES and station.lon is None
        return [] if is_nowhere else [self.node(target, station)]

    def _datastreams(self, nodes: Sequence[Node], by: str) -> list[list[Node]]:
        keys = [node.key for node in nodes]
        found: dict[Key, list[Node]] = {key: [] for key in keys}
        for row in self.instruments().filter(**{f"{by}__in": keys}).order_by("pk"):
            found[getattr(row, by)].append(self.node("Datastream", row))
        return [found[key] for key in keys]


def sets(site: str) -> list[dict[str, str]]:
    """The eight sets with their addresses."""
    return [{"name": name, "url": f"{site}/{name}"} for name in SETS]
