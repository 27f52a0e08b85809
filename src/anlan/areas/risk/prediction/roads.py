"""What a run means for the roads in use: which to close, where a cordon stands, and where forces gather on a road."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from anlan.areas.risk.prediction import queries, rules
from anlan.areas.risk.prediction.models import Run
from anlan.foundation.roads.models import RoadClass, RoadNetwork
from anlan.foundation.roads.queries import access, current_network, roads_of
from anlan.foundation.roads.registry import Cordon
from anlan.science.geo.local import Plane
from anlan.science.geo.roads.cutting import Cut, approach, cut
from anlan.science.geo.roads.graph import CLASSES, RoadError, Roads

#: Zones from this severity on are cordoned off (injury); below it people are told, and roads stay open.
CORDONED = 2
#: A closure at an entry bears on the roads that pass this near, m.
ENTRY_RADIUS_M = 30
#: Forces that gather nearer to a road than this stay where the rule puts them, m.
ON_THE_ROAD_M = 200.0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Where a road leads into the cordoned zone (封控点)."""

    road: str
    lon: float
    lat: float
    bearing: int
    distance_m: int

    @property
    def title(self) -> str:
        """What a closure there is called."""
        place = gettext("方位 %(bearing)s°、%(distance)s 米处") % {"bearing": self.bearing, "distance": self.distance_m}
        return f"{self.road or gettext('未命名道路')} {place}"


@dataclass
class Line:
    """A road by name and class: how much of it lies inside, how grave, and how many entries it has."""

    name: str
    road_class: str
    severity: int
    inside_m: float = 0.0
    entries: int = 0

    @property
    def class_title(self) -> str | Promise:
        return RoadClass(self.road_class).label


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Where forces may gather: on a road that leads there, or where no road is known to lead."""

    bearing: int
    distance_m: int
    lon: float
    lat: float
    #: Whether it can be driven to outside the zone; None while there is no network.
    is_reached: bool | None = None
    road: str = ""


@dataclass(frozen=True, kw_only=True)
class RoadPicture:
    """What the roads in use say of a run; `network` is None while there is none, or none near."""

    network: RoadNetwork | None
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    #: The cut parts as GeoJSON features.
    features: tuple[dict[str, Any], ...]
    gathering: tuple[Gathering, ...]


def picture(run: Run) -> RoadPicture:
    """The roads that the zones of the whole event cut, and where forces gather outside them."""
    points = _points(run)
    network = current_network()
    if network is None:
        return RoadPicture(network=None, lines=(), entries=(), features=(), gathering=tuple(slot[0] for slot in points))
    roads = roads_of(network)
    zones = _cordoned(run)
    parts = shapely.get_parts([shape for _severity, shape in zones])
    ground = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    try:
        whole = cut(roads, ground)
        gathering = tuple(_driven_to(run, roads, ground, whole, slot) for slot in points)
    except (RoadError, ValueError):  # farther from the network than its plane is flat
        return RoadPicture(network=None, lines=(), entries=(), features=(), gathering=tuple(slot[0] for slot in points))
    severity = _severities(roads, whole, zones)
    entries = _entries(run, roads, whole)
    return RoadPicture(
        network=network, lines=_lines(roads, whole, severity), entries=entries, gathering=gathering,
        features=tuple(
            {
                "type": "Feature", "geometry": shapely.geometry.mapping(shapely.set_precision(part, 1e-6)),
                "properties": _about(roads, edge) | {"severity": severity[edge], "inside_m": round(length)},
            }
            for edge, part, length in zip(whole.edge.tolist(), whole.inside, whole.inside_m.tolist(), strict=True)
        ),
    )  # fmt: skip


def cordons(run: Run) -> list[Cordon]:
    """The entries as whoever keeps closures takes them."""
    source = f"推演 {run.pk}：{run.title}"
    entries = picture(run).entries
    with override("zh-hans"):  # what is kept does not depend on the reader's language
        titles = [one.title for one in entries]
    return [
        Cordon(
            title=title, lon=one.lon, lat=one.lat, radius_m=ENTRY_RADIUS_M, source=source[:100],
            incident=run.incident, is_exercise=run.is_exercise,
        )
        for one, title in zip(entries, titles, strict=True)
    ]  # fmt: skip


def _cordoned(run: Run) -> list[tuple[int, shapely.Geometry]]:
    return [(p["severity"], shape) for p, shape in queries.zone_shapes(run) if p["severity"] >= CORDONED]


def _about(roads: Roads, edge: int) -> dict[str, Any]:
    return {"name": str(roads.names[roads.name[edge]]), "class": CLASSES[roads.road_class[edge]]}


def _severities(roads: Roads, whole: Cut, zones: list[tuple[int, shapely.Geometry]]) -> dict[int, int]:
    """The gravest severity that reaches each cut edge."""
    found = dict.fromkeys(whole.edge.tolist(), CORDONED)
    for severity, shape in sorted(zones, key=lambda one: one[0]):
        for edge in roads.crossing(shapely.transform(shape, roads.plane.to_metres)).tolist():
            if edge in found:
                found[edge] = severity
    return found


def _lines(roads: Roads, whole: Cut, severity: dict[int, int]) -> tuple[Line, ...]:
    found: dict[tuple[str, str], Line] = {}
    crossing = whole.entry_edge.tolist()
    for edge, length in zip(whole.edge.tolist(), whole.inside_m.tolist(), strict=True):
        about = _about(roads, edge)
        line = found.setdefault((about["name"], about["class"]), Line(about["name"], about["class"], severity[edge]))
        line.severity = max(line.severity, severity[edge])
        line.inside_m += length
        line.entries += crossing.count(edge)
    order = {name: at for at, name in enumerate(CLASSES)}
    return tuple(sorted(found.values(), key=lambda one: (order[one.road_class], -one.inside_m)))


def _entries(run: Run, roads: Roads, whole: Cut) -> tuple[Entry, ...]:
    """Where roads lead in; roads that one closure would bear on, as at a crossroads, are one entry."""
    places = Plane(run.lon, run.lat).to_metres(whole.entries)
    names = [_about(roads, edge)["name"] for edge in whole.entry_edge.tolist()]
    left, found = list(range(len(names))), []
    while left:
        first, (east, north) = left[0], places[left[0]].tolist()
        here = [at for at in left if np.hypot(*(places[at] - places[first])) <= ENTRY_RADIUS_M]
        left = [at for at in left if at not in here]
        lon, lat = whole.entries[first].round(6).tolist()
        road = "、".join(dict.fromkeys(names[at] for at in here if names[at]))
        far = round(float(np.hypot(east, north)))
        found.append(Entry(road=road, lon=lon, lat=lat, bearing=_bearing(east, north), distance_m=far))
    return tuple(found)


def _bearing(east: float, north: float) -> int:
    return round(float(np.degrees(np.arctan2(east, north)))) % 360


def _points(run: Run) -> list[list[Gathering]]:
    """For each place where forces may gather, where the rule puts it first and then what would do as well."""
    plane = Plane(run.lon, run.lat)
    slots = rules.gathering_slots(run.zones | {"origin": (run.lon, run.lat)}, rules.wind_from(run.inputs))
    found = []
    for slot in slots:
        places = plane.to_degrees([one.metres for one in slot]).round(6).tolist()
        found.append(
            [
                Gathering(bearing=round(one.bearing_deg) % 360, distance_m=round(one.distance_m), lon=lon, lat=lat)
                for one, (lon, lat) in zip(slot, places, strict=True)
            ]
        )
    return found


def _driven_to(run: Run, roads: Roads, ground: shapely.Geometry, whole: Cut, slot: list[Gathering]) -> Gathering:
    """The first place of a slot that can be driven to, moved onto its road where that lies off; else the rule's own."""
    plane, least = Plane(run.lon, run.lat), 0.8 * slot[0].distance_m
    points, off, edge = approach(roads, ground, whole, [(one.lon, one.lat) for one in slot], access().most_m)
    for at, one in enumerate(slot):
        if edge[at] < 0:
            continue
        road = _about(roads, int(edge[at]))["name"] or str(RoadClass(_about(roads, int(edge[at]))["class"]).label)
        if off[at] <= ON_THE_ROAD_M and not shapely.intersects_xy(ground, one.lon, one.lat):
            return Gathering(**vars(one) | {"is_reached": True, "road": road})
        lon, lat = points[at].round(6).tolist()
        east, north = plane.to_metres([(lon, lat)])[0].tolist()
        distance, bearing = float(np.hypot(east, north)), _bearing(east, north)
        turned = abs((bearing - slot[0].bearing + 180) % 360 - 180)
        if distance >= least and turned <= rules.MOST_TURN and not shapely.intersects_xy(ground, lon, lat):
            return Gathering(bearing=bearing, distance_m=round(distance), lon=lon, lat=lat, is_reached=True, road=road)
    return Gathering(**vars(slot[0]) | {"is_reached": False})
