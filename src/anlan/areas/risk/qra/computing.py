"""One study: scenarios to contours, F-N curve and targets. Knows the models, not the database."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from anlan.areas.risk.qra.rules import class_of_people
from anlan.foundation.places.residents import Village
from anlan.science.exposure.footprints import FootprintError, Sourced, deaths_by_wind, footprint, risk_at, spread_rose
from anlan.science.exposure.risk import (
    SocietalLines,
    potential_loss_of_life,
    societal_curve,
    societal_standing,
)
from anlan.science.geo.contours import outlines
from anlan.science.geo.local import Plane
from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import ScenarioError, read

#: Points of the grid on each side.
GRID = 181
#: Farthest that people are looked for, km.
FARTHEST_KM = 25.0
MOST_TARGETS = 300


@dataclass(frozen=True, kw_only=True)
class Place:
    """A protected target that a register keeps."""

    name: str
    register: str
    class_code: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a study found, ready to be kept."""

    contours: dict[str, Any]
    findings: dict[str, Any]
    standing: str
    exceeded: int
    loss_of_life: float
    seconds: float


def wind_towards(scenario: Any) -> float | None:
    """Where a scenario's wind blows to, degrees; None for one without wind."""
    comes = getattr(getattr(scenario, "weather", scenario), "wind_from_deg", None)
    return None if comes is None else (comes + 180.0) % 360.0


def _footprints(
    scenarios: Sequence[Mapping[str, Any]], plane: Plane, progress: Callable[[int, int], None], steps: int
) -> tuple[list[tuple[Mapping[str, Any], Sourced]], list[str]]:
    found, refused = [], []
    for number, one in enumerate(scenarios, 1):
        model = hazards()[one["hazard"]]
        try:
            scenario = read(model.scenario, one["inputs"])
            result = model.run(scenario)
            made = footprint(
                lambda at, m=model, s=scenario, r=result: m.impact(s, r, at).lethality,
                downwind_deg=wind_towards(scenario),
            )
        except (ScenarioError, FootprintError) as error:
            refused.append(f"{one['title']}：{error}")
        else:
            east, north = plane.to_metres([(one["lon"], one["lat"])])[0]
            sourced = Sourced(footprint=made, east_m=float(east), north_m=float(north), per_year=one["per_year"])
            found.append((one, sourced))
        progress(number, steps)
    return found, refused


def compute(
    scenarios: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Mapping[str, Any]],
    *,
    lon: float,
    lat: float,
    is_new: bool,
    villages: Sequence[Village],
    places: Sequence[Place],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Run every scenario once, turn it round the wind rose, and add up."""
    started, steps = time.perf_counter(), len(scenarios) + 3
    plane, rose = Plane(lon, lat), spread_rose(rules["risk.wind_rose"]["params"]["shares"])
    pairs, refused = _footprints(scenarios, plane, progress, steps)
    sources = [sourced for _one, sourced in pairs]
    contours, levels, highest = _contours(sources, rose, rules, plane)
    progress(steps - 2, steps)
    targets = _targets(sources, rose, rules, plane, is_new, villages, places)
    progress(steps - 1, steps)
    lines = SocietalLines(**rules["risk.societal_criteria"]["params"])
    known = [one for one in villages if one.people is not None]
    at, people = plane.to_metres([(one.lon, one.lat) for one in known]), [float(one.people or 0) for one in known]
    told, often, killed = [], [np.empty(0)], [np.empty(0)]
    for one, sourced in pairs:
        each, dead = deaths_by_wind(sourced, rose, at, people)
        often.append(each)
        killed.append(dead)
        told.append(
            {
                "title": one["title"], "per_year": one["per_year"], "reach_m": round(sourced.footprint.reach_m),
                "most_deaths": round(float(dead.max(initial=0.0)), 1), "loss_of_life": float(each @ dead),
            }
        )  # fmt: skip
    frequency, deaths = np.concatenate(often), np.concatenate(killed)
    curve = societal_curve(frequency, np.round(deaths, 3))
    loss = potential_loss_of_life(frequency, deaths)
    findings = {
        "levels": levels, "highest": highest, "targets": targets[:MOST_TARGETS], "target_count": len(targets),
        "curve": _thinned(curve.deaths, curve.per_year), "scenarios": told, "refused": refused,
        "people": int(sum(people)), "villages": len(villages), "unknown": _unknown(sources, plane, villages),
    }  # fmt: skip
    progress(steps, steps)
    return Outcome(
        contours=contours, findings=findings, standing=societal_standing(curve, lines),
        exceeded=sum(not one["is_met"] for one in targets), loss_of_life=loss,
        seconds=round(time.perf_counter() - started, 2),
    )  # fmt: skip


def _unknown(sources: Sequence[Sourced], plane: Plane, villages: Sequence[Village]) -> int:
    """Villages within reach of some scenario whose population nobody knows."""
    dark = [(one.lon, one.lat) for one in villages if one.people is None]
    if not dark:
        return 0
    at = plane.to_metres(dark)
    near = [np.hypot(*(at - (one.east_m, one.north_m)).T) <= one.footprint.reach_m for one in sources]
    return int(np.any(near, axis=0).sum()) if near else 0


def _thinned(deaths: np.ndarray, per_year: np.ndarray, most: int = 200) -> list[list[float]]:
    """The curve as pairs, thinned evenly in the logarithm where there are many; its ends stay."""
    if deaths.size > most:
        wanted = np.searchsorted(deaths, np.geomspace(deaths[0], deaths[-1], most))
        keep = np.unique(np.concatenate(([0], np.minimum(wanted, deaths.size - 1), [deaths.size - 1])))
        deaths, per_year = deaths[keep], per_year[keep]
    return [[float(f"{n:.4g}"), float(f"{f:.4g}")] for n, f in zip(deaths, per_year, strict=True)]


def _contours(
    sources: Sequence[Sourced], rose: np.ndarray, rules: Mapping, plane: Plane
) -> tuple[dict[str, Any], list[dict[str, Any]], float]:
    """Outlines of each level as GeoJSON, the lowest first, with area and reach; and the highest risk on the grid."""
    wanted = sorted(rules["risk.individual_criteria"]["params"]["contours"])
    empty = {"type": "FeatureCollection", "features": []}
    reaches = [one.footprint.reach_m for one in sources]
    if not any(reaches):
        return empty, [{"per_year": level, "area_km2": 0.0, "reach_m": 0.0} for level in wanted], 0.0
    sides = [
        (one.east_m - reach, one.east_m + reach, one.north_m - reach, one.north_m + reach)
        for one, reach in zip(sources, reaches, strict=True)
    ]
    west, east, south, north = (pick(side[at] for side in sides) for at, pick in enumerate((min, max, min, max)))
    field = _field(sources, rose, (west, east, south, north))
    # Where the lowest level reaches only part of the ground, look again at that part alone.
    x, y, values = field
    if (values >= wanted[0]).any():
        rows, columns = np.any(values >= wanted[0], axis=1), np.any(values >= wanted[0], axis=0)
        dx, dy = 2 * (x[1] - x[0]), 2 * (y[1] - y[0])
        x, y, values = _field(
            sources, rose, (x[columns][0] - dx, x[columns][-1] + dx, y[rows][0] - dy, y[rows][-1] + dy)
        )
    features, levels = [], []
    for level in wanted:
        polygons = [
            shapely.Polygon(rings[0], rings[1:]) for rings in outlines(x, y, np.log(values + 1e-30), np.log(level))
        ]
        shape = shapely.union_all([shapely.make_valid(one) for one in polygons])
        corners = shapely.get_coordinates(shape)
        away = [np.hypot(*(corners - (one.east_m, one.north_m)).T) for one in sources]
        reach = float(np.min(away, axis=0).max(initial=0.0))
        levels.append({"per_year": level, "area_km2": round(shape.area / 1e6, 4), "reach_m": round(reach)})
        if not shape.is_empty:
            ground = shapely.set_precision(shapely.transform(shape, plane.to_degrees), 1e-6)
            features.append(
                {"type": "Feature", "properties": {"per_year": level}, "geometry": shapely.geometry.mapping(ground)}
            )
    return empty | {"features": features}, levels, float(values.max())


def _field(
    sources: Sequence[Sourced], rose: np.ndarray, box: tuple[float, float, float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = np.linspace(box[0], box[1], GRID), np.linspace(box[2], box[3], GRID)
    places = np.array(np.meshgrid(x, y)).reshape(2, -1).T
    return x, y, risk_at(sources, rose, places).reshape(GRID, GRID)


def _targets(
    sources: Sequence[Sourced],
    rose: np.ndarray,
    rules: Mapping,
    plane: Plane,
    is_new: bool,
    villages: Sequence[Village],
    places: Sequence[Place],
) -> list[dict[str, Any]]:
    """Protected targets with any risk, those above their criterion first."""
    classes = rules["risk.individual_criteria"]["params"]["classes"]
    by_code = {one["code"]: one for one in classes}
    named = [
        (one.name, one.township, class_of_people(one.people, classes), one.people, one.lon, one.lat) for one in villages
    ]
    named += [(one.name, one.register, by_code[one.class_code], None, one.lon, one.lat) for one in places]
    if not named:
        return []
    at = plane.to_metres([(row[4], row[5]) for row in named])
    found = []
    for (name, kind, criterion, people, lon, lat), risk, spot in zip(
        named, risk_at(sources, rose, at), at, strict=True
    ):
        if risk <= 0.0:
            continue
        limit = criterion["new" if is_new else "existing"]
        away = min(np.hypot(spot[0] - one.east_m, spot[1] - one.north_m) for one in sources)
        found.append(
            {
                "name": name, "kind": str(kind), "class": criterion["name"], "people": people, "lon": lon, "lat": lat,
                "risk": float(f"{risk:.3g}"), "limit": limit, "is_met": bool(risk <= limit * (1 + 1e-9)),
                "distance_m": round(float(away)),
            }
        )  # fmt: skip
    return sorted(found, key=lambda one: (one["is_met"], -one["risk"] / one["limit"]))


def assumptions(rules: Mapping[str, Mapping[str, Any]], findings: Mapping[str, Any]) -> list[str]:
    """What a study takes for granted, in words."""
    told = [
        _("人全天在室外、不撤离、不避险；室内的爆炸伤害按模型的室内关系。这样算出的风险偏大。"),
        _("每个村按村委会位置计全部人口；没有计入厂区职工、相邻企业、道路上的人和流动人口。"),
        _("每个情景只算一次，把致死足迹按风玫瑰转到72个方向；地面平坦、没有障碍；死亡概率低于0.1%的不计。"),
        _(
            "瞬时泄漏按全部成为气体或气溶胶；10分钟泄漏按等速；延迟点火按必然发生，爆炸按在泄漏处、全部质量参与，闪火没有计入。"
        ),
        _("既有毒又可燃的物质，毒性和燃爆分别按全部频率计，合计偏大。"),
        _("通用泄漏频率和死亡概率本身约有一个数量级的不确定；单条等值线的位置不能当作精确边界。"),
    ]
    unchecked = [one["title"] for one in rules.values() if one["status"] != "checked"]
    if unchecked:
        told.append(
            _("待核对的规则：%(rules)s。核对前不能单独据此作出规划或行政许可决定。") % {"rules": "、".join(unchecked)}
        )
    if findings.get("unknown"):
        told.append(_("%(n)d 个村人口未知，没有计入社会风险；个人风险按最严一类比较。") % {"n": findings["unknown"]})
    return told
