"""A toxic release: from the scenario to zones on the ground and to what happens at places (有毒物质泄漏扩散).

The cloud is made in `cloud`, concentrations and exposures come from `field`, levels of harm from `harm`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anlan.science.geo.contours import outlines
from anlan.science.hazards.chemicals import Substance, substance
from anlan.science.hazards.declaring import check
from anlan.science.hazards.outcomes import Impact, Zone
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.toxic_release import harm
from anlan.science.hazards.toxic_release.cloud import Release, released
from anlan.science.hazards.toxic_release.field import Cloud, Exposure, arrival, exposure, history, snapshot
from anlan.science.hazards.toxic_release.harm import Limit
from anlan.science.hazards.toxic_release.result import Found
from anlan.science.hazards.toxic_release.scenario import Scenario
from anlan.science.hazards.toxic_release.track import FARTHEST

#: What the cloud is called: is it heavy, is it a puff.
MODELS = {(True, True): "重气团", (True, False): "重气羽", (False, True): "中性团", (False, False): "中性羽"}
#: Moments of the time slider as shares of the horizon.
_MOMENTS = np.array([0.02, 0.05, 0.1, 0.17, 0.25, 0.33, 0.42, 0.5, 0.6, 0.7, 0.85, 1.0])


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Nodes of a field: a product of two coordinates with the places that they mean, metres east and north."""

    u: NDArray[np.float64]
    v: NDArray[np.float64]
    #: Shape (v, u, 2).
    places: NDArray[np.float64]

    def outlines(self, values: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], ...]:
        """Rings on the ground where values, shape (v, u), reach a level."""
        columns, rows = np.arange(self.u.size), np.arange(self.v.size)
        found = []
        for polygon in outlines(columns, rows, values, level):
            for ring in polygon:
                # between nodes places run straight, in both coordinates
                i = np.minimum(ring[:, 0].astype(int), self.u.size - 2)
                j = np.minimum(ring[:, 1].astype(int), self.v.size - 2)
                a, b = (ring[:, 0] - i)[:, None], (ring[:, 1] - j)[:, None]
                p = self.places
                found.append((1 - a) * (1 - b) * p[j, i] + a * (1 - b) * p[j, i + 1] + (1 - a) * b * p[j + 1, i]
                             + a * b * p[j + 1, i + 1])  # fmt: skip
        return tuple(found)


def along_wind(cloud: Cloud, reach: float) -> Grid:
    """A grid that widens with the cloud, for a steady wind."""
    track = cloud.track
    first = max(2.0, 0.2 * float(track.width[0]))
    x = np.geomspace(first, max(reach, 10.0 * first), 110)
    if track.is_puff:
        x = np.concatenate((np.linspace(-1.5 * float(track.width[0]) - 0.2 * first * 50, 0.0, 24), x))
    if track.lying > 0.0:
        x = np.concatenate((np.linspace(-1.2 * track.lying, 0.0, 24), x))
    widest = np.maximum.accumulate(track.core + 4.5 * track.sigma_y)
    travelled = np.maximum(x, 0.0) + float(track.width[0]) if track.is_puff else np.maximum(np.abs(x), track.lying)
    half = np.interp(travelled, track.distance, widest)
    share = np.sinh(np.linspace(-2.0, 2.0, 61)) / np.sinh(2.0)
    y = share[:, None] * half[None, :]
    to = float(cloud.wind_to[0])
    east, north = x * np.sin(to) + y * np.cos(to), x * np.cos(to) - y * np.sin(to)
    return Grid(u=x, v=share, places=np.stack((east, north), axis=-1))


def around(reach: float, angles: int = 241, radii: int = 56, to: float = 0.0) -> Grid:
    """A grid round the source, finer near it, for turning winds; its seam lies upwind of the direction `to`."""
    angle = to + np.linspace(-np.pi, np.pi, angles)
    radius = np.concatenate(([0.0], np.geomspace(reach / 300.0, reach, radii)))
    east, north = radius * np.sin(angle)[:, None], radius * np.cos(angle)[:, None]
    return Grid(u=radius, v=angle, places=np.stack((east, north), axis=-1))


def run(scenario: Scenario) -> Found:
    """Zones and figures of a release; ScenarioError where the model does not hold."""
    check(scenario)
    what = substance(scenario.substance)
    release = released(scenario)
    cloud = release.cloud
    limits = harm.limits(what, release.air.temperature_k, release.air.pressure_pa)
    reach = _reach(what, scenario, release, limits)
    is_straight = cloud.wind_ratio.size == 1
    grid = along_wind(cloud, reach) if is_straight else around(reach, to=_mean_direction(cloud))
    shape = (grid.v.size, grid.u.size)
    found = exposure(cloud, grid.places.reshape(-1, 2), height=release.level(scenario.receptor_height_m), power=harm.exponent(what),
                     changes_h=scenario.air_changes_h)  # fmt: skip
    zones = [_zone(grid, harm.ratio(one, found).reshape(shape), one) for one in limits]
    zones += _moments(grid, release, limits, scenario)
    return _figures(scenario, what, release, limits, tuple(zones), reach)


def impact(scenario: Scenario, result: Found, places: NDArray[np.float64]) -> Impact:
    """Gravest level, probability of death outdoors and time of arrival at places, metres, shape (n, 2)."""
    what = substance(scenario.substance)
    release = released(scenario)
    limits = harm.limits(what, release.air.temperature_k, release.air.pressure_pa)
    points = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    found = exposure(release.cloud, points, height=release.level(scenario.receptor_height_m), power=harm.exponent(what),
                     changes_h=scenario.air_changes_h)  # fmt: skip
    severity = np.zeros(len(points), dtype=np.int64)
    for one in limits:
        severity = np.where(harm.ratio(one, found) >= 1.0, np.maximum(severity, one.level.severity), severity)
    arrived = np.full(len(points), np.nan)
    lowest = min((one.lowest_kg_m3 for one in limits if one.by_minutes), default=float("nan"))
    reached = severity > 0
    if reached.any() and not np.isnan(lowest):
        level = np.minimum(lowest, 0.5 * found.peak[reached].min())
        came = arrival(release.cloud, points[reached], float(level), height=release.level(scenario.receptor_height_m))
        # Exposure is taken between nodes of the axis: a front that has only just come there counts as come at the end.
        arrived[reached] = np.where(np.isnan(came), release.cloud.horizon_s, came)
    lethality = harm.lethality(what, found.load, release.air.temperature_k, release.air.pressure_pa)
    return Impact(severity=severity, lethality=lethality, arrival_s=arrived)


def _mean_direction(cloud: Cloud) -> float:
    ends = np.append(cloud.wind_from_s[1:], cloud.horizon_s)
    weight = np.maximum(ends - cloud.wind_from_s, 0.0) * cloud.wind_ratio
    return float(np.arctan2((weight * np.sin(cloud.wind_to)).sum(), (weight * np.cos(cloud.wind_to)).sum()))


def _reach(what: Substance, scenario: Scenario, release: Release, limits: tuple[Limit, ...]) -> float:
    """Distance that a grid has to span: that of the faintest level on the axis of a steady wind, with a margin."""
    line, x = _axis(what, scenario, release)
    worst = np.zeros_like(x)
    for one in limits:
        worst = np.maximum(worst, harm.ratio(one, line))
    beyond = np.flatnonzero(worst >= 1.0)
    far = float(x[beyond[-1]]) * 1.15 if beyond.size else 100.0
    fastest = float(release.cloud.wind_ratio.max()) if release.cloud.wind_ratio.size > 1 else 1.0
    return float(np.clip(far * max(fastest, 1.0), 100.0, FARTHEST))


def _axis(what: Substance, scenario: Scenario, release: Release) -> tuple[Exposure, NDArray[np.float64]]:
    """Exposure along the axis of the first wind."""
    x = np.geomspace(5.0, FARTHEST, 90)
    to = float(release.cloud.wind_to[0])
    cloud = replace(release.cloud, wind_from_s=np.zeros(1), wind_ratio=np.ones(1), wind_to=np.array([to]))
    places = np.column_stack((x * np.sin(to), x * np.cos(to)))
    found = exposure(cloud, places, height=release.level(scenario.receptor_height_m), power=harm.exponent(what),
                     changes_h=scenario.air_changes_h)  # fmt: skip
    return found, x


def _zone(grid: Grid, ratio: NDArray[np.float64], limit: Limit, at_s: float | None = None) -> Zone:
    rings = grid.outlines(np.log(np.maximum(ratio, 1e-12)), 0.0)
    far = max((float(np.hypot(ring[:, 0], ring[:, 1]).max()) for ring in rings), default=0.0)
    return Zone(level=limit.level, outlines=rings, reach_m=far, at_s=at_s)


def _moments(grid: Grid, release: Release, limits: tuple[Limit, ...], scenario: Scenario) -> list[Zone]:
    """Where levels of concentration are exceeded at moments: AEGLs by their 10 min value, IDLH."""
    shown = [one for one in limits if one.level.code in ("aegl1", "aegl2", "aegl3", "idlh")]
    if not shown:
        shown = [one for one in limits if one.by_minutes]
    cloud = release.cloud
    times = _MOMENTS * scenario.horizon_s
    places, shape = grid.places.reshape(-1, 2), (grid.v.size, grid.u.size)
    if cloud.is_steady:
        fields = [snapshot(cloud, places, float(at), height=release.level(scenario.receptor_height_m)) for at in times]
    else:
        fields = list(history(cloud, places, times, height=release.level(scenario.receptor_height_m)))
    return [
        _zone(grid, (values / one.lowest_kg_m3).reshape(shape), one, at_s=float(at))
        for at, values in zip(times, fields, strict=True)
        for one in shown
    ]


def _figures(
    scenario: Scenario,
    what: Substance,
    release: Release,
    limits: tuple[Limit, ...],
    zones: tuple[Zone, ...],
    reach: float,
) -> Found:
    out = release.emission
    line, x = _axis(what, scenario, release)
    by_code = {zone.level.code: zone for zone in zones if zone.at_s is None}
    screening = {}
    for one in limits:
        threshold = one.by_minutes.get(60.0, one.by_minutes.get(0.0))
        if threshold is not None:
            screening[one.level.label] = _last(x, line.peak / threshold)
    hot = _first_reach(by_code, ("aegl3", "idlh", "erpg3"))
    warm = max(hot, _first_reach(by_code, ("aegl2", "erpg2", "idlh")))
    shelter = float(np.interp(warm, x, harm.shelter_factor(line))) if warm > 0 else float("nan")
    track = release.cloud.track
    upwind = max(100.0, 2.0 * track.lying, 2.0 * float(track.width.max()) if track.is_puff else 0.0)
    return Found(
        substance=tell(
            "{name} {formula}（CAS {cas}，UN {un}）",
            name=what.name,
            formula=what.formula,
            cas=what.cas,
            un=what.un or "—",
        ),
        released_kg=out.released_kg,
        airborne_kg=out.airborne_kg,
        left_kg=out.left_kg,
        peak_rate_kg_s=out.peak_rate_kg_s,
        release_s=float(out.edges_s[-1]),
        flash_share=out.flash,
        method=out.method,
        stability=release.air.kind,
        wind_10m_m_s=release.wind_10m_m_s,
        model=MODELS[release.is_heavy, out.is_puff],
        richardson=release.richardson,
        screening_m=screening,
        hot_m=hot,
        warm_m=warm,
        upwind_m=min(upwind, 1000.0),
        approach_deg=scenario.weather.wind_from_deg % 360.0,
        shelter_ratio=shelter,
        advice=_advice(scenario, hot, warm, shelter, release),
        zones=zones,
        notes=(*release.notes, *_model_notes(release, warm), *_data_notes(what, limits, reach), *_still_growing(zones)),
    )


def _model_notes(release: Release, warm: float) -> tuple[str, ...]:
    """Where trials show the model to be off on the unsafe side."""
    found = []
    if release.is_heavy and release.air.kind in "EF" and warm > 1000.0:
        found.append(
            "稳定大气下重气在 1 km 以外可能偏低（外场试验 2.8 km 处曾低 5 倍，SLAB 程序的结果高 2–4 倍），边界宜放大。"
        )
    if not release.is_heavy and release.air.kind in "CD":
        found.append("中性大气下中性气体在 200 m 以外可能偏低约一半（Prairie Grass 试验），边界宜放大。")
    return tuple(found)


def _still_growing(zones: tuple[Zone, ...]) -> tuple[str, ...]:
    """Whether the last moment is the farthest."""
    reaches: dict[str, list[float]] = {}
    for zone in zones:
        if zone.at_s is not None:
            reaches.setdefault(zone.level.label, []).append(zone.reach_m)
    growing = [label for label, far in reaches.items() if far[-1] > 1.02 * max(far[:-1])]
    if not growing:
        return ()
    return (tell("评估时长末 {levels} 的范围仍在扩大，请延长评估时长。", levels=growing),)


def _first_reach(zones: dict[str, Zone], codes: tuple[str, ...]) -> float:
    return next((zones[code].reach_m for code in codes if code in zones), 0.0)


def _last(x: NDArray[np.float64], ratio: NDArray[np.float64]) -> float:
    """Farthest distance at which a ratio is at least 1, between nodes on a line of logarithms."""
    found = 0.0
    logs = np.log(np.maximum(ratio, 1e-30))
    for (x0, x1), (a, b) in zip(pairwise(x), pairwise(logs), strict=True):
        if a >= 0.0 > b:
            found = float(x0 * (x1 / x0) ** (a / (a - b)))
    return FARTHEST if logs[-1] >= 0.0 else found


def _advice(scenario: Scenario, hot: float, warm: float, shelter: float, release: Release) -> tuple[str, ...]:
    found = [
        tell(
            "从上风向（方位 {wind:.0f}°）进入，热区内须全封闭防护；热区下风向至 {hot:.0f} m，温区至 {warm:.0f} m。",
            wind=scenario.weather.wind_from_deg % 360,
            hot=hot,
            warm=warm,
        )
    ]
    travel = warm / max(release.cloud.track.speed, 0.1)
    if warm > 0 and np.isfinite(shelter):
        if shelter < 0.5:
            found.append(
                tell(
                    "温区边界处室内毒性负荷约为室外的 {percent:.0f} %：来不及在 {minutes:.0f} min 内撤出的人员就地关闭门窗和通风，云团过后立即开窗通风并离开。",
                    percent=100 * shelter,
                    minutes=travel / 60,
                )
            )
        else:
            found.append(
                tell(
                    "温区边界处室内毒性负荷为室外的 {percent:.0f} %，躲避作用有限，应优先向侧风向撤离。",
                    percent=100 * shelter,
                )
            )
    found.append("疏散方向取侧风向，不向下风向撤离。以上为建议，由现场指挥员确定。")
    return tuple(found)


def _data_notes(what: Substance, limits: tuple[Limit, ...], reach: float) -> tuple[str, ...]:
    found = []
    missing = [name for name, has in (
        ("AEGL", any(what.aegl)), ("ERPG", what.erpg), ("IDLH", what.idlh), ("GBZ 2.1 限值", what.workplace),
        ("致死概率函数", what.probit)) if not has]  # fmt: skip
    if missing:
        found.append(
            tell("{substance}没有（或本库未收录）{missing}，相应范围未给出。", substance=what.name, missing=missing)
        )
    doubtful = sorted({one.level.label for one in limits if "待核对" in one.level.source})
    if doubtful:
        found.append(tell("以下限值为凭记忆录入，待核对：{limits}。", limits=doubtful))
    if ";R" in what.sources or "R;" in what.sources:
        found.append("部分物性为凭记忆录入，待核对。")
    if reach >= FARTHEST:
        found.append("最远范围达到 10 km，超出扩散参数的有效范围，10 km 以外未计算。")
    return tuple(found)
