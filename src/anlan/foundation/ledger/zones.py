"""Who and what is inside a zone: drawn on the one map by a person, or computed by a model."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import shapely
from django.db import models
from django.utils.translation import gettext as _

from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import Ledger, located
from anlan.foundation.places.codes import within
from anlan.foundation.places.models import Area

#: Square metres of a degree squared are not wanted here; areas are told in this equal-area projection (m).
EQUAL_AREA = "EPSG:6933"
MOST_VERTICES = 2000
MOST_LISTED = 200


class BadZoneError(ValueError):
    """A zone that cannot be used; the message tells the person what to draw instead."""


@dataclass
class Township:
    """A township that a zone reaches, and the people counted there."""

    area: Area
    people: int | None
    #: Part of the township inside, 0 to 1; None where no outline is known.
    share: float | None = None
    #: Its villages inside; empty where only its outline or its seat is known.
    villages: list[Area] = field(default_factory=list)


@dataclass(frozen=True)
class Crowd:
    """People in the places of a register: None where no place has a number."""

    day: int | None
    night: int | None
    #: Places that lack a number for the day or for the night.
    unknown: int


@dataclass
class Found:
    """The records of one ledger inside a zone."""

    ledger: Ledger
    count: int
    rows: list[models.Model]
    #: People there by day and by night, and in how many of the places they are not known; None where none are counted.
    people: "Crowd | None" = None


@dataclass
class Inside:
    """The answer: people by township and records by ledger."""

    area_km2: float
    townships: list[Township] = field(default_factory=list)
    ledgers: list[Found] = field(default_factory=list)

    @property
    def people(self) -> int | None:
        """Everybody counted; None when no township inside has a known population."""
        known = [t.people for t in self.townships if t.people is not None]
        return sum(known) if known else None

    @property
    def notes(self) -> list[str]:
        """Where figures and positions of people come from, each source once."""
        counted = [area for t in self.townships for area in (t.villages or [t.area])]
        found = {area.population_note for area in counted} | {
            village.position_note for t in self.townships for village in t.villages
        }
        return sorted(found - {""})

    @property
    def has_seats(self) -> bool:
        """Whether some township is counted as a whole by its seat."""
        return any(t.share is None and not t.villages for t in self.townships)


def zone_of(geometry: dict) -> shapely.Geometry:
    """The polygon that a browser sent as GeoJSON, checked."""
    try:
        zone = shapely.geometry.shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError):
        raise BadZoneError(_("画的范围不完整，请重新画。")) from None
    if zone.geom_type not in ("Polygon", "MultiPolygon") or zone.is_empty:
        raise BadZoneError(_("请画一个多边形或圆。"))
    if shapely.get_num_coordinates(zone) > MOST_VERTICES:
        raise BadZoneError(_("范围的顶点太多，请画得简单一些。"))
    west, south, east, north = zone.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadZoneError(_("范围超出了经纬度界限，请重新画。"))
    return zone if zone.is_valid else shapely.make_valid(zone)


def inside(zone: shapely.Geometry, user: User, *, without: Collection[str] = ()) -> Inside:
    """People and records inside a zone, as far as this person may see them; `without` the registers of these names."""
    wanted = [ledger for ledger in located() if ledger.name not in ("areas", *without) and ledger.may(user, "view")]
    found = [_records(zone, ledger, user) for ledger in wanted]
    return Inside(
        area_km2=_area_km2(zone),
        townships=_townships(zone, user),
        ledgers=[entry for entry in found if entry.count],
    )


def _area_km2(zone: shapely.Geometry) -> float:
    from pyproj import Transformer

    project = Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True)
    return shapely.transform(zone, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1]))).area / 1e6


def _in_box(rows: models.QuerySet, zone: shapely.Geometry) -> models.QuerySet:
    west, south, east, north = zone.bounds
    return rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def _townships(zone: shapely.Geometry, user: User) -> list[Township]:
    """Townships by their outline, else by their villages, else by their seat, as far as each is known."""
    visible = Area.objects.filter(within(user.scope.prefixes, "code"))
    rows = visible.filter(level=Area.Level.TOWNSHIP).select_related("parent")
    west, south, east, north = zone.bounds
    outlined = rows.filter(
        shape__isnull=False, min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south
    )
    found = []
    for area in outlined:
        share = shapely.intersection(zone, area.geometry).area / area.geometry.area
        if share > 0:
            people = None if area.population is None else round(area.population * share)
            found.append(Township(area, people, share))
    placed = visible.filter(level=Area.Level.VILLAGE, lon__isnull=False, parent__shape__isnull=True)
    for villages in _by_parent(_hit(zone, _in_box(placed, zone))).values():
        known = [village.population for village in villages if village.population is not None]
        found.append(Township(villages[0].parent, sum(known) if known else None, villages=villages))
    seats = rows.filter(shape__isnull=True).exclude(children__lon__isnull=False)
    found += [Township(area, area.population) for area in _hit(zone, _in_box(seats, zone))]
    return sorted(found, key=lambda t: -(t.people or 0))


def _hit(zone: shapely.Geometry, areas: models.QuerySet) -> list[Area]:
    return [area for area in areas.select_related("parent__parent") if shapely.intersects_xy(zone, area.lon, area.lat)]


def _by_parent(villages: list[Area]) -> dict[str, list[Area]]:
    found: dict[str, list[Area]] = {}
    for village in villages:
        found.setdefault(village.parent_id, []).append(village)
    return found


def _records(zone: shapely.Geometry, ledger: Ledger, user: User) -> Found:
    if ledger.is_line:
        return _lines(zone, ledger, user)
    found = list(_in_box(ledger.rows(user), zone).values_list("pk", "lon", "lat", *(ledger.people or ())))
    if not found:
        return Found(ledger, 0, [])
    keys, lon, lat, *people = zip(*found, strict=True)
    hit = np.flatnonzero(shapely.intersects_xy(zone, np.array(lon), np.array(lat))).tolist()
    rows = list(ledger.rows(user).filter(pk__in=[keys[at] for at in hit[:MOST_LISTED]]))
    for row in rows if ledger.people else ():
        row.by_day, row.by_night = (getattr(row, name) for name in ledger.people)
    crowd = _crowd([tuple(column[at] for column in people) for at in hit]) if people and hit else None
    return Found(ledger, len(hit), rows, crowd)


def _lines(zone: shapely.Geometry, ledger: Ledger, user: User) -> Found:
    """The rows whose line reaches into a zone."""
    found = list(ledger.rows(user).filter(ledger.within_box(*zone.bounds)).values_list("pk", "line"))
    hit = shapely.intersects(zone, shapely.from_wkt([line for _pk, line in found]))
    keys = [pk for (pk, _line), is_hit in zip(found, hit, strict=True) if is_hit]
    return Found(ledger, len(keys), list(ledger.rows(user).filter(pk__in=keys[:MOST_LISTED])))


def _crowd(counts: list[tuple[int | None, ...]]) -> Crowd:
    day, night = ([one[at] for one in counts if one[at] is not None] for at in (0, 1))
    return Crowd(
        day=sum(day) if day else None, night=sum(night) if night else None, unknown=sum(None in one for one in counts)
    )
